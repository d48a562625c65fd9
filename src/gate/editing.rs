//! What a person may change of a call, field by field: from the tool's schema to a form's fields, and back to arguments.
//!
//! Absent here: judgement. What comes back is a new call, which the gate judges like any other.

use serde_json::{Map, Number, Value};

use super::schema;
use crate::catalogue::canonical;

/// Text inputs hold so many characters; what is longer is left as it is.
const LONGEST_TEXT: usize = 3_000;
/// A form holds a hundred blocks; what is beyond this is left as it is.
const MOST_FIELDS: usize = 80;
/// Longer texts get several lines.
const ONE_LINE: usize = 120;

/// One argument, as a form shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditField {
    /// Names the field on its way out and back; arguments' own names may hold signs that forms use.
    pub id: String,
    /// As the tool calls it.
    pub argument: String,
    pub label: String,
    pub hint: Option<String>,
    pub kind: EditKind,
    pub required: bool,
}

/// How it is filled in, with what stands there now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditKind {
    Text {
        multiline: bool,
        max: u32,
        value: String,
    },
    Number {
        whole: bool,
        value: Option<String>,
    },
    /// The values as they are written, the present one first; empty: not given.
    OneOf(Vec<String>),
    Date {
        value: Option<String>,
    },
    /// Nested objects and lists, as JSON.
    Json {
        value: String,
    },
}

/// The fields of a call, in the order of their names, and the names of those that no form can hold. `but` is filled in by us.
pub fn fields(schema: &Value, arguments: &Value, but: Option<&str>) -> (Vec<EditField>, Vec<String>) {
    let (mut fields, mut left_out) = (Vec::new(), Vec::new());
    for (at, name) in names(schema, arguments, but).into_iter().enumerate() {
        let property = resolved(schema, schema.get("properties").and_then(|all| all.get(&name)));
        let now = arguments.get(&name).filter(|value| !value.is_null());
        let required = is_required(schema, &name);
        match kind_of(property, now, required) {
            Some(kind) if fields.len() < MOST_FIELDS => {
                let text = |key: &str| property.get(key).and_then(Value::as_str).map(str::to_owned);
                let label = text("title").filter(|title| !title.trim().is_empty()).unwrap_or_else(|| name.clone());
                let id = format!("f{at}");
                fields.push(EditField { id, argument: name, label, hint: text("description"), kind, required });
            }
            Some(_) | None => left_out.push(name),
        }
    }
    (fields, left_out)
}

/// The arguments with what was filled in; or, per field, what does not fit and why.
pub fn changed(
    schema: &Value,
    arguments: &Value,
    but: Option<&str>,
    filled: &[(String, String)],
) -> Result<Value, Vec<(String, String)>> {
    let (fields, _) = fields(schema, arguments, but);
    let mut next = arguments.as_object().cloned().unwrap_or_default();
    let mut wrong = Vec::new();
    for field in &fields {
        // A form that lacks a field says nothing about it; an empty one says that it is not given.
        let text = filled.iter().find(|(id, _)| *id == field.id).map(|(_, text)| text.as_str());
        let text = text.unwrap_or_default();
        if let Err(why) = take(&mut next, field, text, arguments) {
            wrong.push((field.id.clone(), why));
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let next = Value::Object(next);
    if let Err(why) = schema::check(schema, &next).and_then(|()| schema::exact(&next)) {
        let at = fields.iter().find(|field| why.contains(&field.argument)).or(fields.first());
        return Err(at.map(|field| (field.id.clone(), format!("{why}."))).into_iter().collect());
    }
    Ok(next)
}

/// What differs between two calls: label, what it was, what it is.
pub fn changes(schema: &Value, before: &Value, after: &Value, but: Option<&str>) -> Vec<(String, String, String)> {
    let told = |value: Option<&Value>| match value {
        None | Some(Value::Null) => "nothing".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => canonical::to_canonical(other),
    };
    let mut all: Vec<String> = names(schema, before, but);
    let new: Vec<String> = names(schema, after, but).into_iter().filter(|name| !all.contains(name)).collect();
    all.extend(new);
    let differs = |name: &&String| {
        let canonical = |of: &Value| of.get(name.as_str()).map(canonical::to_canonical);
        canonical(before) != canonical(after)
    };
    all.iter().filter(differs).map(|name| (name.clone(), told(before.get(name)), told(after.get(name)))).collect()
}

fn names(schema: &Value, arguments: &Value, but: Option<&str>) -> Vec<String> {
    let known = [schema.get("properties"), Some(arguments)].into_iter().flatten().filter_map(Value::as_object);
    let mut names: Vec<String> = known.flat_map(Map::keys).cloned().collect();
    names.sort();
    names.dedup();
    names.retain(|name| Some(name.as_str()) != but);
    names
}

fn is_required(schema: &Value, name: &str) -> bool {
    let list = schema.get("required").and_then(Value::as_array);
    list.is_some_and(|list| list.iter().any(|each| each.as_str() == Some(name)))
}

/// A property's own schema, through one reference into the same document.
fn resolved<'a>(root: &'a Value, property: Option<&'a Value>) -> &'a Value {
    let property = property.unwrap_or(&Value::Null);
    let reference = property.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix('#'));
    reference.and_then(|pointer| root.pointer(pointer)).unwrap_or(property)
}

fn kind_of(property: &Value, now: Option<&Value>, required: bool) -> Option<EditKind> {
    if let Some(allowed) = property.get("enum").and_then(Value::as_array) {
        let values: Vec<String> = allowed.iter().filter(|value| !value.is_null()).map(as_written).collect();
        return Some(EditKind::OneOf(first(values, now.map(as_written), required)));
    }
    let types = type_of(property, now);
    match types {
        "boolean" => {
            let values = vec!["true".to_owned(), "false".to_owned()];
            Some(EditKind::OneOf(first(values, now.map(as_written), required)))
        }
        "integer" | "number" => {
            Some(EditKind::Number { whole: types == "integer", value: now.map(canonical::to_canonical) })
        }
        "string" => {
            let value = now.and_then(Value::as_str).unwrap_or_default().to_owned();
            let is_date = property.get("format").and_then(Value::as_str) == Some("date");
            let as_date = value.parse::<chrono::NaiveDate>().is_ok();
            if is_date && (value.is_empty() || as_date) {
                return Some(EditKind::Date { value: (!value.is_empty()).then_some(value) });
            }
            let most = property.get("maxLength").and_then(Value::as_u64).and_then(|most| usize::try_from(most).ok());
            let max = most.unwrap_or(LONGEST_TEXT).min(LONGEST_TEXT);
            let length = value.chars().count();
            let multiline = length > ONE_LINE || value.contains('\n') || (value.is_empty() && max > ONE_LINE);
            let max_length = u32::try_from(max).unwrap_or(1).max(1);
            (length <= max).then_some(EditKind::Text { multiline, max: max_length, value })
        }
        _nested => {
            let value = now.map(canonical::to_canonical).unwrap_or_default();
            (value.chars().count() <= LONGEST_TEXT).then_some(EditKind::Json { value })
        }
    }
}

/// The type that is filled in: the schema's one type besides `null`, else that of the value.
fn type_of<'a>(property: &'a Value, now: Option<&Value>) -> &'a str {
    let told = match property.get("type") {
        Some(Value::String(name)) => Some(name.as_str()),
        Some(Value::Array(names)) => {
            let mut real = names.iter().filter_map(Value::as_str).filter(|name| *name != "null");
            real.next().filter(|_| real.next().is_none())
        }
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => None,
    };
    told.unwrap_or(match now {
        Some(Value::String(_)) => "string",
        Some(Value::Bool(_)) => "boolean",
        Some(Value::Number(number)) if number.is_i64() || number.is_u64() => "integer",
        Some(Value::Number(_)) => "number",
        Some(Value::Null | Value::Array(_) | Value::Object(_)) | None => "json",
    })
}

/// The choices with the present one first; where nothing need be given, nothing is a choice too.
fn first(mut values: Vec<String>, now: Option<String>, required: bool) -> Vec<String> {
    if !required {
        values.push(String::new());
    }
    let now = now.unwrap_or_default();
    match values.iter().position(|value| *value == now) {
        Some(at) => values.swap(0, at),
        None if !now.is_empty() => values.insert(0, now),
        None => {}
    }
    values
}

fn as_written(value: &Value) -> String {
    value.as_str().map_or_else(|| canonical::to_canonical(value), str::to_owned)
}

/// Puts one field's text into the arguments.
fn take(next: &mut Map<String, Value>, field: &EditField, text: &str, before: &Value) -> Result<(), String> {
    let name = &field.argument;
    let kept = before.get(name);
    let value = match &field.kind {
        EditKind::Text { .. } if text.is_empty() && kept == Some(&Value::String(String::new())) => return Ok(()),
        EditKind::Text { .. } | EditKind::Date { .. } if text.is_empty() => None,
        EditKind::Text { .. } => Some(Value::String(text.to_owned())),
        EditKind::Date { .. } => {
            text.parse::<chrono::NaiveDate>().map_err(|_| "Write a date, like 2026-11-20.".to_owned())?;
            Some(Value::String(text.to_owned()))
        }
        EditKind::Number { .. } if text.trim().is_empty() => None,
        EditKind::Number { whole, .. } => Some(Value::Number(number(text.trim(), *whole)?)),
        EditKind::OneOf(values) if values.iter().any(|value| value == text) => one_of(text, kept),
        EditKind::OneOf(_) => return Err("This is none of the choices.".to_owned()),
        EditKind::Json { .. } if text.trim().is_empty() => None,
        EditKind::Json { .. } => {
            Some(serde_json::from_str(text).map_err(|error| format!("This is not JSON: {error}."))?)
        }
    };
    match value {
        Some(value) => drop(next.insert(name.clone(), value)),
        None if field.required => return Err("This must be filled in.".to_owned()),
        None => drop(next.remove(name)),
    }
    Ok(())
}

/// A whole number or a decimal as it is written, without a detour over a double.
fn number(text: &str, whole: bool) -> Result<Number, String> {
    let wrong = || match whole {
        true => "Write a whole number.".to_owned(),
        false => "Write a number, like 12.50.".to_owned(),
    };
    if let Ok(number) = text.parse::<i64>() {
        return Ok(Number::from(number));
    }
    let decimal = serde_json::from_str::<Number>(text).map_err(|_| wrong())?;
    if whole { Err(wrong()) } else { Ok(decimal) }
}

/// A choice back as the value that it stands for: a text stays a text, `true` and `3` become what they are.
fn one_of(text: &str, kept: Option<&Value>) -> Option<Value> {
    if text.is_empty() {
        return None;
    }
    if let Some(kept) = kept.filter(|kept| as_written(kept) == text) {
        return Some(kept.clone());
    }
    match serde_json::from_str::<Value>(text) {
        Ok(value @ (Value::Bool(_) | Value::Number(_))) => Some(value),
        Ok(_) | Err(_) => Some(Value::String(text.to_owned())),
    }
}

#[cfg(test)]
mod tests;
