//! Walks over blocks: their texts, all of them or only those in which Slack resolves mentions.

use serde_json::Value;

/// Every text a reader sees, in reading order.
pub(super) fn collect_text(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::Array(list) => list.iter().for_each(|item| collect_text(item, out)),
        Value::Object(fields) => {
            for (name, inner) in fields {
                match inner {
                    Value::String(text) if name == "text" => out.push(text.clone()),
                    other => collect_text(other, out),
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Only the texts whose `<!channel>` would ring: mrkdwn objects, markdown blocks, and broadcasts in rich text.
pub(crate) fn collect_mrkdwn(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::Array(list) => list.iter().for_each(|item| collect_mrkdwn(item, out)),
        Value::Object(fields) => {
            match fields.get("type").and_then(Value::as_str) {
                Some("mrkdwn" | "markdown") => out.extend(value["text"].as_str().map(str::to_owned)),
                Some("broadcast") => out.push(format!("<!{}>", value["range"].as_str().unwrap_or("channel"))),
                _ => {}
            }
            fields.values().for_each(|inner| collect_mrkdwn(inner, out));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
