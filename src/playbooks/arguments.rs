//! Templates of a step → the arguments of a call, typed as the tool's schema says.

use minijinja::value::Value as Rendered;
use minijinja::value::ValueKind;
use minijinja::{Environment, Error};
use serde_json::{Map, Value, json};

use crate::catalogue::{Catalogue, ToolName};

/// Renders all arguments. Else why a call would be wrong.
pub fn arguments(
    tool: &ToolName,
    templates: &[(String, String)],
    catalogue: &Catalogue,
    environment: &Environment<'_>,
    context: &Rendered,
) -> Result<Value, String> {
    let schema = catalogue.get(tool).map(|tool| &tool.binding.input_schema);
    let mut out = Map::new();
    for (name, template) in templates {
        let rendered = render(template, environment, context).map_err(|error| {
            format!("the value of “{name}” is not known: {}", error.detail().unwrap_or("it cannot be worked out"))
        })?;
        let wanted = schema.and_then(|schema| schema.get("properties")).and_then(|properties| properties.get(name));
        let required = schema
            .and_then(|schema| schema.get("required"))
            .and_then(Value::as_array)
            .is_some_and(|list| list.iter().any(|entry| entry == name));
        match rendered.kind() {
            ValueKind::Undefined | ValueKind::None if required => {
                return Err(format!("there is no value for “{name}”"));
            }
            ValueKind::Undefined | ValueKind::None => {}
            _ => {
                out.insert(name.clone(), typed(name, &rendered, wanted)?);
            }
        }
    }
    Ok(Value::Object(out))
}

/// A template that is one expression keeps its type; any other is text.
fn render(template: &str, environment: &Environment<'_>, context: &Rendered) -> Result<Rendered, Error> {
    let inner = template.trim().strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}"));
    match inner.filter(|inner| !inner.contains("{{") && !inner.contains("}}")) {
        Some(expression) => environment.compile_expression(expression.trim())?.eval(context.clone()),
        None => environment.render_str(template, context.clone()).map(Rendered::from),
    }
}

/// The value in the type that the schema of the argument asks for.
fn typed(name: &str, value: &Rendered, schema: Option<&Value>) -> Result<Value, String> {
    let types: Vec<&str> = match schema.and_then(|schema| schema.get("type")) {
        Some(Value::String(one)) => vec![one.as_str()],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => Vec::new(),
    };
    let text = value.to_string();
    let plain = serde_json::to_value(value).map_err(|_| format!("“{name}” cannot be sent"))?;
    for wanted in &types {
        let fitting = match *wanted {
            "integer" => whole_number(&plain, &text).map(|n| json!(n)),
            "number" => plain.as_number().cloned().or_else(|| text.trim().parse().ok()).map(Value::Number),
            "boolean" => plain.as_bool().or_else(|| text.trim().parse().ok()).map(Value::Bool),
            "string" => Some(Value::String(text.clone())),
            "array" => plain.is_array().then(|| plain.clone()),
            "object" => plain.is_object().then(|| plain.clone()),
            _ => None,
        };
        if let Some(value) = fitting {
            return Ok(value);
        }
    }
    if types.is_empty() {
        Ok(plain)
    } else {
        Err(format!("“{name}” needs {}, not “{text}”", types.join(" or ")))
    }
}

fn whole_number(plain: &Value, text: &str) -> Option<i64> {
    /// Beyond this, a float no longer tells whole numbers apart (2⁵³).
    const EXACT: f64 = 9_007_199_254_740_992.0;
    plain
        .as_i64()
        .or_else(|| plain.as_f64().filter(|f| f.fract() == 0.0 && f.abs() < EXACT).map(|f| f as i64))
        .or_else(|| text.trim().parse().ok())
}
