//! The part of JSON Schema that matters for tool arguments: does a value fit, and which fields would a form show?
//!
//! Nothing is coerced: a number in quotes is text, `40.0` is no integer, and neither is 2⁶³. Stricter than the standard in
//! one point: where an object lists its `properties` and says nothing of others, others are refused, so that no argument
//! reaches a server that an approver's card could not name. Absent: `pattern`, `format`, `if`, `dependentRequired`; the
//! server checks those. Remote references are never fetched.

use std::cell::Cell;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt;

use serde_json::{Map, Value};

/// How deep schemas may nest or refer to each other before the value is refused.
const MAX_DEPTH: usize = 32;
/// How many comparisons of a (sub)schema with a (sub)value are made: schemas that refer to themselves can double.
const MAX_STEPS: u32 = 20_000;
/// How many violations are told at once.
const MAX_VIOLATIONS: usize = 20;

/// One way in which a value does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Where, as `address.street` or `items[2]`; empty for the value as a whole.
    pub path: String,
    /// What is wrong, as the end of a sentence: “must be text”.
    pub message: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.path.as_str() {
            "" => write!(f, "the arguments {}", self.message),
            path => write!(f, "`{path}` {}", self.message),
        }
    }
}

/// A property of an object schema, as a form would show it.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    pub name: String,
    /// The schema's `title`, else the name with its underscores as spaces and a capital.
    pub title: String,
    pub description: Option<String>,
    pub kind: FieldKind,
    pub required: bool,
    pub default: Option<Value>,
}

/// What a field holds. `Json` is everything that a form has no control for.
#[derive(Debug, Clone, PartialEq)]
pub enum FieldKind {
    Text { min_length: Option<u64>, max_length: Option<u64> },
    Integer { minimum: Option<i64>, maximum: Option<i64> },
    Number { minimum: Option<f64>, maximum: Option<f64> },
    Boolean,
    Choice(Vec<String>),
    Json,
}

/// All ways in which `value` does not fit `schema`; none means that it fits as far as this module can tell.
pub fn violations(schema: &Value, value: &Value) -> Vec<Violation> {
    let steps = Cell::new(0);
    let mut check = Check { root: schema, steps: &steps, found: Vec::new() };
    check.value(schema, value, "", 0);
    check.found
}

/// The fields of an object schema: the required ones in the order in which `required` names them, then the others by name.
pub fn fields(schema: &Value) -> Vec<Field> {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return Vec::new() };
    let required = required_names(schema);
    let rest = properties.keys().map(String::as_str).filter(|name| !required.contains(name));
    let mut seen = BTreeSet::new();
    required
        .iter()
        .copied()
        .chain(rest)
        .filter(|name| seen.insert(*name))
        .filter_map(|name| properties.get(name).map(|property| field(name, property, required.contains(&name))))
        .collect()
}

fn field(name: &str, schema: &Value, required: bool) -> Field {
    let text = |key: &str| schema.get(key).and_then(Value::as_str).map(str::to_owned);
    Field {
        name: name.to_owned(),
        title: text("title").unwrap_or_else(|| title_of(name)),
        description: text("description"),
        kind: field_kind(schema),
        required,
        default: schema.get("default").cloned(),
    }
}

fn field_kind(schema: &Value) -> FieldKind {
    if let Some(choices) = schema.get("enum").and_then(Value::as_array) {
        let texts: Option<Vec<String>> = choices.iter().map(|c| c.as_str().map(str::to_owned)).collect();
        return texts.map_or(FieldKind::Json, FieldKind::Choice);
    }
    let unsigned = |key: &str| schema.get(key).and_then(Value::as_u64);
    let integer = |key: &str| schema.get(key).and_then(Value::as_i64);
    let number = |key: &str| schema.get(key).and_then(Value::as_f64);
    match schema.get("type").and_then(Value::as_str) {
        Some("string") => FieldKind::Text { min_length: unsigned("minLength"), max_length: unsigned("maxLength") },
        Some("integer") => FieldKind::Integer { minimum: integer("minimum"), maximum: integer("maximum") },
        Some("number") => FieldKind::Number { minimum: number("minimum"), maximum: number("maximum") },
        Some("boolean") => FieldKind::Boolean,
        Some(_) | None => FieldKind::Json,
    }
}

fn title_of(name: &str) -> String {
    let spaced = name.replace('_', " ");
    let mut chars = spaced.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn required_names(schema: &Value) -> Vec<&str> {
    let list = schema.get("required").and_then(Value::as_array);
    list.map(|names| names.iter().filter_map(Value::as_str).collect()).unwrap_or_default()
}

struct Check<'a> {
    root: &'a Value,
    /// Shared with the checks of alternatives, so that the limit holds for all of them together.
    steps: &'a Cell<u32>,
    found: Vec<Violation>,
}

impl<'a> Check<'a> {
    fn say(&mut self, path: &str, message: impl Into<String>) {
        if self.found.len() < MAX_VIOLATIONS {
            self.found.push(Violation { path: path.to_owned(), message: message.into() });
        }
    }

    fn value(&mut self, schema: &'a Value, value: &Value, path: &str, depth: usize) {
        self.steps.set(self.steps.get().saturating_add(1));
        if depth > MAX_DEPTH || self.steps.get() > MAX_STEPS {
            return self.say(path, "is nested too deeply to be checked");
        }
        let rules = match schema {
            Value::Bool(true) => return,
            Value::Bool(false) => return self.say(path, "is not allowed"),
            Value::Object(rules) => rules,
            Value::Null | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                return self.say(path, "cannot be checked: the tool's schema is no schema");
            }
        };
        if let Some(reference) = rules.get("$ref").and_then(Value::as_str) {
            self.reference(reference, value, path, depth);
        }
        if let Some(expected) = rules.get("type")
            && !has_type(expected, value)
        {
            return self.say(path, format!("must be {}", type_words(expected)));
        }
        self.choices(rules, value, path);
        match value {
            Value::Object(members) => self.object(schema, rules, members, path, depth),
            Value::Array(items) => self.array(rules, items, path, depth),
            Value::String(text) => self.text(rules, text, path),
            Value::Number(_) => self.number(rules, value, path),
            Value::Null | Value::Bool(_) => {}
        }
        self.combinations(rules, value, path, depth);
    }

    fn reference(&mut self, reference: &str, value: &Value, path: &str, depth: usize) {
        let target = reference.strip_prefix('#').and_then(|pointer| self.root.pointer(pointer));
        match target {
            Some(schema) => self.value(schema, value, path, depth + 1),
            None => self.say(path, "cannot be checked: the tool's schema refers to something outside itself"),
        }
    }

    fn choices(&mut self, rules: &Map<String, Value>, value: &Value, path: &str) {
        if let Some(choices) = rules.get("enum").and_then(Value::as_array)
            && !choices.contains(value)
        {
            let words: Vec<String> = choices.iter().map(Value::to_string).collect();
            self.say(path, format!("must be one of {}", words.join(", ")));
        }
        if let Some(only) = rules.get("const")
            && only != value
        {
            self.say(path, format!("must be {only}"));
        }
    }

    fn object(
        &mut self,
        schema: &'a Value,
        rules: &'a Map<String, Value>,
        members: &Map<String, Value>,
        path: &str,
        depth: usize,
    ) {
        for name in required_names(schema) {
            if !members.contains_key(name) {
                self.say(&join(path, name), "is missing");
            }
        }
        let properties = rules.get("properties").and_then(Value::as_object);
        let others = rules.get("additionalProperties");
        let open = rules.contains_key("patternProperties") || (properties.is_none() && others.is_none());
        for (name, member) in members {
            let at = join(path, name);
            match (properties.and_then(|p| p.get(name)), others) {
                (Some(property), _) => self.value(property, member, &at, depth + 1),
                (None, Some(other)) if !open => match other {
                    Value::Bool(false) => self.say(&at, "is no argument of this tool"),
                    schema => self.value(schema, member, &at, depth + 1),
                },
                (None, None) if !open => self.say(&at, "is no argument of this tool"),
                (None, _) => {}
            }
        }
    }

    fn array(&mut self, rules: &'a Map<String, Value>, items: &[Value], path: &str, depth: usize) {
        let count = items.len() as u64;
        if let Some(least) = rules.get("minItems").and_then(Value::as_u64).filter(|least| count < *least) {
            self.say(path, format!("must have at least {least} entries"));
        }
        if let Some(most) = rules.get("maxItems").and_then(Value::as_u64).filter(|most| count > *most) {
            self.say(path, format!("must have at most {most} entries"));
        }
        if let Some(schema) = rules.get("items") {
            for (index, item) in items.iter().enumerate() {
                self.value(schema, item, &format!("{path}[{index}]"), depth + 1);
            }
        }
    }

    fn text(&mut self, rules: &Map<String, Value>, text: &str, path: &str) {
        let length = text.chars().count() as u64;
        if let Some(least) = rules.get("minLength").and_then(Value::as_u64).filter(|least| length < *least) {
            match least {
                1 => self.say(path, "must not be empty"),
                _ => self.say(path, format!("must have at least {least} characters")),
            }
        }
        if let Some(most) = rules.get("maxLength").and_then(Value::as_u64).filter(|most| length > *most) {
            self.say(path, format!("must have at most {most} characters"));
        }
    }

    fn number(&mut self, rules: &Map<String, Value>, value: &Value, path: &str) {
        let bounds = [
            ("minimum", "at least", Ordering::is_ge as fn(Ordering) -> bool),
            ("exclusiveMinimum", "more than", Ordering::is_gt),
            ("maximum", "at most", Ordering::is_le),
            ("exclusiveMaximum", "less than", Ordering::is_lt),
        ];
        for (keyword, words, holds) in bounds {
            let Some(bound) = rules.get(keyword).filter(|bound| bound.is_number()) else { continue };
            if !compare(value, bound).is_some_and(holds) {
                self.say(path, format!("must be {words} {bound}"));
            }
        }
    }

    fn combinations(&mut self, rules: &'a Map<String, Value>, value: &Value, path: &str, depth: usize) {
        let list = |key: &str| rules.get(key).and_then(Value::as_array);
        for schema in list("allOf").into_iter().flatten() {
            self.value(schema, value, path, depth + 1);
        }
        let fitting = |list: &'a [Value]| list.iter().filter(|schema| self.fits(schema, value, depth + 1)).count();
        let any = list("anyOf").map(|schemas| fitting(schemas.as_slice()));
        let one = list("oneOf").map(|schemas| fitting(schemas.as_slice()));
        if any == Some(0) || one == Some(0) {
            self.say(path, "has none of the shapes that the tool takes");
        } else if one.is_some_and(|count| count > 1) {
            self.say(path, "has more than one of the shapes that the tool takes");
        }
    }

    fn fits(&self, schema: &'a Value, value: &Value, depth: usize) -> bool {
        let mut inner = Check { root: self.root, steps: self.steps, found: Vec::new() };
        inner.value(schema, value, "", depth);
        inner.found.is_empty()
    }
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// Exact for integers of 64 bits; two numbers of which one is a fraction are compared as doubles.
fn compare(left: &Value, right: &Value) -> Option<Ordering> {
    match (left.as_i64(), right.as_i64()) {
        (Some(left), Some(right)) => Some(left.cmp(&right)),
        _ => left.as_f64()?.partial_cmp(&right.as_f64()?),
    }
}

fn has_type(expected: &Value, value: &Value) -> bool {
    match expected {
        Value::String(name) => is_a(name, value),
        Value::Array(names) => names.iter().filter_map(Value::as_str).any(|name| is_a(name, value)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => false,
    }
}

fn is_a(name: &str, value: &Value) -> bool {
    match name {
        "string" => value.is_string(),
        "integer" => value.is_i64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "object" => value.is_object(),
        "array" => value.is_array(),
        "null" => value.is_null(),
        _ => false,
    }
}

fn type_words(expected: &Value) -> String {
    let one = |name: &str| match name {
        "string" => "text".to_owned(),
        "integer" => "a whole number of at most 64 bits, without quotes or decimal point".to_owned(),
        "number" => "a number, without quotes".to_owned(),
        "boolean" => "true or false".to_owned(),
        "object" => "an object".to_owned(),
        "array" => "a list".to_owned(),
        "null" => "null".to_owned(),
        other => format!("of the type {other}, which does not exist"),
    };
    match expected {
        Value::String(name) => one(name),
        Value::Array(names) => names.iter().filter_map(Value::as_str).map(one).collect::<Vec<_>>().join(", or "),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => "of a type that the schema names".into(),
    }
}

#[cfg(test)]
#[path = "schema_tests.rs"]
mod tests;
