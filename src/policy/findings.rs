//! From a rule's value to what it objects to. What nobody understands is a failure, never nothing.

use serde_json::{Map, Value};

use super::source::{ASK, DENY};
use super::{MAX_ANSWERS, MAX_REASON_CHARS, Objection};
use crate::workers::WorkerRef;

/// The answers that a value holds: the members of a set or a list, or the value itself. `false` is none.
pub fn answers(value: &Value) -> Vec<Value> {
    match value {
        Value::Null | Value::Bool(false) => Vec::new(),
        Value::Array(items) => items.clone(),
        Value::Bool(true) | Value::Number(_) | Value::String(_) | Value::Object(_) => vec![value.clone()],
    }
}

/// What one answer of the rule `name` objects to.
pub fn objection(name: &str, file: &str, answer: &Value) -> Objection {
    let read = match name {
        DENY => deny(file, answer),
        ASK => ask(file, answer),
        _ => Err(format!("{name} is no rule that is asked for")),
    };
    read.unwrap_or_else(|why| Objection::Failed { why: short(&why) })
}

/// Too many answers are no answer.
pub fn too_many(name: &str) -> Objection {
    Objection::Failed { why: format!("{name} has more than {MAX_ANSWERS} answers") }
}

fn deny(file: &str, answer: &Value) -> Result<Objection, String> {
    let reason = match answer {
        Value::Bool(true) => format!("{file} denies this."),
        Value::String(reason) => short(reason),
        Value::Object(fields) => {
            only(fields, &["reason"])?;
            reason_of(fields)?
        }
        Value::Null | Value::Bool(false) | Value::Number(_) | Value::Array(_) => {
            return Err(format!("deny should give a text, or an object with a reason, not {answer}"));
        }
    };
    Ok(Objection::Deny { reason })
}

fn ask(file: &str, answer: &Value) -> Result<Objection, String> {
    let by_owner = |reason: String| Objection::Ask { reason, by: Vec::new(), count: 1, within: None };
    let fields = match answer {
        Value::Bool(true) => return Ok(by_owner(format!("{file} asks for somebody's word."))),
        Value::String(reason) => return Ok(by_owner(short(reason))),
        Value::Object(fields) => fields,
        Value::Null | Value::Bool(false) | Value::Number(_) | Value::Array(_) => {
            return Err(format!("ask should give a text, or an object with a reason, not {answer}"));
        }
    };
    only(fields, &["reason", "by", "count", "within"])?;
    let named: Vec<&Value> = match fields.get("by") {
        None => Vec::new(),
        Some(Value::Array(workers)) => workers.iter().collect(),
        Some(one) => vec![one],
    };
    let mut by = Vec::new();
    for worker in named {
        let worker = worker.as_str().ok_or("by should name workers as texts")?;
        by.push(worker.parse::<WorkerRef>().map_err(|bad| bad.to_string())?);
    }
    let count = match fields.get("count") {
        None => 1,
        Some(count) => count
            .as_u64()
            .and_then(|count| u32::try_from(count).ok())
            .filter(|count| *count > 0)
            .ok_or("count should be a number of people")?,
    };
    let within = match fields.get("within") {
        None => None,
        Some(within) => Some(within.as_str().ok_or("within should be a duration such as PT4H")?.to_owned()),
    };
    Ok(Objection::Ask { reason: reason_of(fields)?, by, count, within })
}

fn only(fields: &Map<String, Value>, known: &[&str]) -> Result<(), String> {
    match fields.keys().find(|key| !known.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => Err(format!("“{key}” means nothing here; {} are known", known.join(", "))),
    }
}

fn reason_of(fields: &Map<String, Value>) -> Result<String, String> {
    let reason = fields.get("reason").and_then(Value::as_str).filter(|reason| !reason.trim().is_empty());
    reason.map(short).ok_or_else(|| "a reason is missing".to_owned())
}

fn short(text: &str) -> String {
    let one_line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match one_line.char_indices().nth(MAX_REASON_CHARS) {
        None => one_line,
        Some((at, _)) => format!("{}…", &one_line[..at]),
    }
}
