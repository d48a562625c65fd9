//! Whether arguments fit a tool's input schema (JSON Schema 2020-12, the part that tools use).
//!
//! A keyword that this does not know constrains nothing here; the server checks it again. What it knows it checks strictly.
//! Arguments that the schema does not name pass where the standard lets them pass: approvers are shown them all the same.

use std::cell::Cell;

use serde_json::{Map, Value};

/// Deeper schemas and arguments are refused, so that a reference to itself ends.
const MAX_DEPTH: usize = 32;
/// More steps than this are refused: a schema that refers to itself twice would double the work at each level, and telling
/// items apart takes a step a pair.
const MAX_STEPS: usize = 200_000;

/// One check: the whole schema, and what may still be done.
struct Work<'a> {
    root: &'a Value,
    steps: Cell<usize>,
    /// Something was not looked at. Then nothing fits, also where a part would have to be one that does not.
    gave_up: Cell<bool>,
}

impl Work<'_> {
    fn may_take(&self, steps: usize) -> bool {
        let left = self.steps.get().checked_sub(steps);
        self.steps.set(left.unwrap_or(0));
        self.gave_up.set(self.gave_up.get() || left.is_none());
        left.is_some()
    }
}

/// `Err` says which argument does not fit, and why, in words.
pub fn check(schema: &Value, arguments: &Value) -> Result<(), String> {
    if !arguments.is_object() {
        return Err("the arguments are not an object".to_owned());
    }
    match schema {
        Value::Null => Ok(()),
        Value::Bool(_) | Value::Object(_) => {
            let work = Work { root: schema, steps: Cell::new(MAX_STEPS), gave_up: Cell::new(false) };
            let found = fits(&work, schema, arguments, "", MAX_DEPTH);
            if work.gave_up.get() {
                Err("the call is nested too deeply, or too large, to be checked".to_owned())
            } else {
                found
            }
        }
        Value::Number(_) | Value::String(_) | Value::Array(_) => Err("the tool's schema is none".to_owned()),
    }
}

/// Whether every number is the same in canonical JSON as in any other spelling: RFC 8785 writes numbers as doubles, so that
/// a larger integer would be shown as another one than the one that is sent.
pub fn exact(arguments: &Value) -> Result<(), String> {
    /// The largest integer up to which all integers are doubles: 2^53 - 1.
    const MAX_EXACT: u64 = (1 << 53) - 1;
    match arguments {
        Value::Number(number) => {
            let whole = number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs));
            let large = whole.is_some_and(|whole| whole > MAX_EXACT);
            if large { Err(format!("{number} is too large to be told exactly")) } else { Ok(()) }
        }
        Value::Array(items) => items.iter().try_for_each(exact),
        Value::Object(fields) => fields.values().try_for_each(exact),
        Value::Null | Value::Bool(_) | Value::String(_) => Ok(()),
    }
}

fn fits(work: &Work<'_>, schema: &Value, value: &Value, path: &str, depth: usize) -> Result<(), String> {
    let Some(depth) = depth.checked_sub(1).filter(|_| work.may_take(1)) else {
        work.gave_up.set(true);
        return Err(format!("{} is nested too deeply", named(path)));
    };
    let keywords = match schema {
        Value::Bool(true) => return Ok(()),
        Value::Object(keywords) => keywords,
        Value::Null | Value::Bool(false) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            return Err(format!("{} is not allowed", named(path)));
        }
    };
    if let Some(Value::String(reference)) = keywords.get("$ref") {
        let target = reference.strip_prefix('#').and_then(|pointer| work.root.pointer(pointer));
        let target = target.ok_or_else(|| format!("the schema of {} refers to nothing", named(path)))?;
        fits(work, target, value, path, depth)?;
    }
    check_value(keywords, value, path)?;
    check_joins(work, keywords, value, path, depth)?;
    match value {
        Value::Object(fields) => check_object(work, keywords, fields, path, depth),
        Value::Array(items) => check_array(work, keywords, items, path, depth),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}

fn check_value(keywords: &Map<String, Value>, value: &Value, path: &str) -> Result<(), String> {
    let wrong = |what: String| Err(format!("{} {what}", named(path)));
    let is_one_of = |types: &Value| match types {
        Value::String(name) => is_type(value, name),
        Value::Array(names) => names.iter().filter_map(Value::as_str).any(|name| is_type(value, name)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => false,
    };
    if let Some(types) = keywords.get("type")
        && !is_one_of(types)
    {
        return wrong(format!("should be {}", types.to_string().replace('"', "")));
    }
    if let Some(Value::Array(allowed)) = keywords.get("enum")
        && !allowed.iter().any(|each| same(each, value))
    {
        return wrong("is none of the allowed values".to_owned());
    }
    if let Some(only) = keywords.get("const")
        && !same(only, value)
    {
        return wrong("is not the only allowed value".to_owned());
    }
    if let Some(number) = value.as_f64().filter(|_| value.is_number()) {
        let bound = |name: &str, breaks: &dyn Fn(f64, f64) -> bool| {
            keywords.get(name).and_then(Value::as_f64).is_some_and(|limit| breaks(number, limit))
        };
        if bound("minimum", &|n, l| n < l)
            || bound("maximum", &|n, l| n > l)
            || bound("exclusiveMinimum", &|n, l| n <= l)
            || bound("exclusiveMaximum", &|n, l| n >= l)
            || bound("multipleOf", &|n, l| l > 0.0 && (n / l).fract() != 0.0)
        {
            return wrong("is out of its range".to_owned());
        }
    }
    let length = match value {
        Value::String(text) => Some(("minLength", "maxLength", text.chars().count())),
        Value::Array(items) => Some(("minItems", "maxItems", items.len())),
        Value::Object(fields) => Some(("minProperties", "maxProperties", fields.len())),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    };
    if let Some((least, most, length)) = length {
        let length = u64::try_from(length).unwrap_or(u64::MAX);
        let limit = |name: &str| keywords.get(name).and_then(Value::as_u64);
        if limit(least).is_some_and(|n| length < n) || limit(most).is_some_and(|n| length > n) {
            return wrong("is too short or too long".to_owned());
        }
    }
    Ok(())
}

fn check_joins(
    work: &Work<'_>,
    keywords: &Map<String, Value>,
    value: &Value,
    path: &str,
    depth: usize,
) -> Result<(), String> {
    let list = |name: &str| keywords.get(name).and_then(Value::as_array);
    for each in list("allOf").into_iter().flatten() {
        fits(work, each, value, path, depth)?;
    }
    let fitting = |each: &&Value| fits(work, each, value, path, depth).is_ok();
    if list("anyOf").is_some_and(|options| !options.iter().any(|each| fitting(&each))) {
        return Err(format!("{} fits none of the forms that the tool takes", named(path)));
    }
    if list("oneOf").is_some_and(|options| options.iter().filter(fitting).count() != 1) {
        return Err(format!("{} should fit exactly one of the forms that the tool takes", named(path)));
    }
    if keywords.get("not").is_some_and(|never| fitting(&never)) {
        return Err(format!("{} has a form that the tool does not take", named(path)));
    }
    Ok(())
}

fn check_object(
    work: &Work<'_>,
    keywords: &Map<String, Value>,
    fields: &Map<String, Value>,
    path: &str,
    depth: usize,
) -> Result<(), String> {
    for needed in keywords.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
        if !fields.contains_key(needed) {
            return Err(format!("{} is missing", named(&join(path, needed))));
        }
    }
    let known = keywords.get("properties").and_then(Value::as_object);
    for (name, value) in fields {
        let path = join(path, name);
        match (known.and_then(|known| known.get(name)), keywords.get("additionalProperties")) {
            (Some(schema), _) | (None, Some(schema @ Value::Object(_))) => fits(work, schema, value, &path, depth)?,
            (None, Some(Value::Bool(false))) => return Err(format!("{} is no argument of this tool", named(&path))),
            (None, Some(_) | None) => {}
        }
    }
    Ok(())
}

fn check_array(
    work: &Work<'_>,
    keywords: &Map<String, Value>,
    items: &[Value],
    path: &str,
    depth: usize,
) -> Result<(), String> {
    let unique = keywords.get("uniqueItems") == Some(&Value::Bool(true));
    for (at, item) in items.iter().enumerate() {
        if let Some(schema) = keywords.get("items") {
            fits(work, schema, item, &join(path, &at.to_string()), depth)?;
        }
        if unique && !work.may_take(at) {
            return Err(format!("{} has too many items to tell them apart", named(path)));
        }
        if unique && items[..at].iter().any(|earlier| same(earlier, item)) {
            return Err(format!("{} names something twice", named(path)));
        }
    }
    Ok(())
}

fn is_type(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|n| n.fract() == 0.0),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

/// Equal as values: `1` and `1.0` are one number.
fn same(left: &Value, right: &Value) -> bool {
    left == right || left.as_f64().zip(right.as_f64()).is_some_and(|(l, r)| l.to_bits() == r.to_bits())
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn named(path: &str) -> String {
    if path.is_empty() { "the call".to_owned() } else { format!("the argument `{path}`") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn arguments_fit_or_the_sentence_says_why_not() {
        let schema = json!({
            "type": "object", "required": ["order_id"], "additionalProperties": false,
            "properties": {
                "order_id": {"type": "string", "minLength": 3},
                "amount_cents": {"type": "integer", "minimum": 1},
                "kind": {"enum": ["full", "part"]},
                "lines": {"type": "array", "items": {"$ref": "#/$defs/line"}, "maxItems": 2},
            },
            "$defs": {"line": {"type": "object", "required": ["sku"], "properties": {"sku": {"type": "string"}}}},
        });
        for good in [
            json!({"order_id": "ORD-1"}),
            json!({"order_id": "ORD-1", "amount_cents": 5.0, "kind": "part", "lines": [{"sku": "a"}]}),
        ] {
            assert_eq!(check(&schema, &good), Ok(()), "{good}");
        }
        for (bad, why) in [
            (json!([]), "the arguments are not an object"),
            (json!({}), "the argument `order_id` is missing"),
            (json!({"order_id": 5}), "the argument `order_id` should be string"),
            (json!({"order_id": "ORD-1", "amount_cents": 0}), "the argument `amount_cents` is out of its range"),
            (json!({"order_id": "ORD-1", "amount_cents": 1.5}), "the argument `amount_cents` should be integer"),
            (json!({"order_id": "ORD-1", "sudo": true}), "the argument `sudo` is no argument of this tool"),
            (json!({"order_id": "ORD-1", "lines": [{}]}), "the argument `lines.0.sku` is missing"),
        ] {
            assert_eq!(check(&schema, &bad), Err(why.to_owned()), "{bad}");
        }
    }

    #[test]
    fn numbers_that_canonical_json_cannot_tell_apart_are_refused() {
        assert_eq!(exact(&json!({"a": [9_007_199_254_740_991_u64, -5, 1.5]})), Ok(()));
        for bad in [json!({"a": [9_007_199_254_740_993_u64]}), json!(i64::MIN), json!(u64::MAX)] {
            assert!(exact(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_schema_that_refers_to_itself_ends() {
        assert!(check(&json!({"$ref": "#"}), &json!({})).is_err());
        // Each level asks four times; what was given up never counts as something that does not fit.
        let twice = json!({"$defs": {"a": {"oneOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/a"}, {"$ref": "#/$defs/a"}]}}, "not": {"$ref": "#/$defs/a"}});
        assert_eq!(
            check(&twice, &json!({})),
            Err("the call is nested too deeply, or too large, to be checked".to_owned())
        );
        assert_eq!(
            check(&json!({"not": {"$ref": "#"}}), &json!({})),
            Err("the call is nested too deeply, or too large, to be checked".to_owned())
        );
    }

    #[test]
    fn telling_items_apart_takes_a_bounded_time() {
        let schema = json!({"properties": {"ids": {"uniqueItems": true}}});
        let ids = |many: u32| json!({"ids": (0..many).collect::<Vec<_>>()});
        assert_eq!(check(&schema, &ids(500)), Ok(()));
        assert!(check(&schema, &json!({"ids": [1, 2, 1.0]})).is_err());
        assert_eq!(
            check(&schema, &ids(100_000)),
            Err("the call is nested too deeply, or too large, to be checked".to_owned())
        );
    }
}
