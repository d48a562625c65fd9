//! What a demo server says about a tool, and the arguments that it gets.

use serde_json::{Map, Value, json};

use crate::catalogue::Class;

/// One tool of a demo server.
#[derive(Debug, Clone)]
pub struct Definition {
    /// The name after the dot.
    pub tool: &'static str,
    pub title: &'static str,
    pub description: &'static str,
    pub input: Value,
    pub output: Option<Value>,
    /// What the annotations will claim.
    pub class: Class,
    /// What one call costs, in millionths of a US dollar.
    pub price_micros: i64,
}

/// Arguments that the schema has passed; a text that is absent reads as empty, a number as zero.
pub struct Arguments<'a>(pub &'a Map<String, Value>);

/// The name of the argument that carries the idempotency key, in every writing tool.
pub const KEY_ARGUMENT: &str = "idempotency_key";

/// What a property of an input schema is: its name, its schema, and whether it must be there.
pub type Property = (&'static str, Value, Need);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    Required,
    Optional,
}

impl Definition {
    pub fn new(tool: &'static str, class: Class, title: &'static str, description: &'static str) -> Self {
        let price_micros = match class {
            Class::Read => 500,
            Class::Write => 2_000,
            Class::Destructive => 3_000,
        };
        Self { tool, title, description, input: json!({}), output: None, class, price_micros }
    }

    /// The arguments; a writing tool's idempotency key is added as the last one.
    #[must_use]
    pub fn takes(mut self, mut properties: Vec<Property>) -> Self {
        if self.class != Class::Read {
            let what = "A text of your choice that names this very action; the same key never acts twice.";
            properties.push((KEY_ARGUMENT, text(what), Need::Required));
        }
        self.input = object(properties);
        self
    }

    /// The result's fields; those that may be missing are null.
    #[must_use]
    pub fn gives(mut self, fields: &[(&'static str, Value)]) -> Self {
        let required: Vec<&str> = fields.iter().map(|(name, _)| *name).collect();
        let properties: Map<String, Value> =
            fields.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
        self.output = Some(json!({"type": "object", "properties": properties, "required": required}));
        self
    }
}

impl Arguments<'_> {
    pub fn text(&self, name: &str) -> &str {
        self.0.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    pub fn maybe_text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    pub fn integer(&self, name: &str) -> i64 {
        self.0.get(name).and_then(Value::as_i64).unwrap_or_default()
    }
}

fn object(properties: Vec<Property>) -> Value {
    let required: Vec<&str> =
        properties.iter().filter(|(_, _, need)| *need == Need::Required).map(|(name, _, _)| *name).collect();
    let all: Map<String, Value> =
        properties.iter().map(|(name, schema, _)| ((*name).to_owned(), schema.clone())).collect();
    json!({"type": "object", "properties": all, "required": required, "additionalProperties": false})
}

/// A text that is not empty and not a book.
pub fn text(description: &str) -> Value {
    json!({"type": "string", "description": description, "minLength": 1, "maxLength": 4000})
}

pub fn whole_number(description: &str, minimum: i64, maximum: i64) -> Value {
    json!({"type": "integer", "description": description, "minimum": minimum, "maximum": maximum})
}

/// A field of a result.
pub fn is_text() -> Value {
    json!({"type": "string"})
}

pub fn is_text_or_null() -> Value {
    json!({"type": ["string", "null"]})
}

pub fn is_integer() -> Value {
    json!({"type": "integer"})
}

pub fn is_boolean() -> Value {
    json!({"type": "boolean"})
}

pub fn is_list() -> Value {
    json!({"type": "array", "items": {"type": "object"}})
}
