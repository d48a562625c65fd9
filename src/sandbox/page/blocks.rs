//! Block Kit as it stands → the same with what the template needs beside it: pieces for texts, names for ids, values for
//! inputs. The template draws it; nothing is left out.

use serde_json::{Value, json};

use super::mrkdwn;
use super::names::Names;

/// Blocks, ready to draw.
pub(super) fn dressed(blocks: &[Value], names: &Names<'_>) -> Vec<Value> {
    blocks.iter().map(|block| dress(block.clone(), names)).collect()
}

fn dress(mut value: Value, names: &Names<'_>) -> Value {
    match &mut value {
        Value::Array(list) => list.iter_mut().for_each(|item| *item = dress(item.take(), names)),
        Value::Object(fields) => {
            for item in fields.values_mut() {
                *item = dress(item.take(), names);
            }
            let added = added_to(&value, names);
            for (name, item) in added {
                value[name] = item;
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
    value
}

fn added_to(value: &Value, names: &Names<'_>) -> Vec<(&'static str, Value)> {
    let text = value["text"].as_str().unwrap_or_default();
    match value["type"].as_str().unwrap_or_default() {
        "mrkdwn" => vec![("pieces", json!(mrkdwn::pieces(text, names)))],
        "plain_text" => vec![("pieces", json!(mrkdwn::plain(text, value["emoji"] == true)))],
        "markdown" => vec![("pieces", json!(mrkdwn::plain(text, true)))],
        "user" => vec![("piece", names.person(value["user_id"].as_str().unwrap_or_default()))],
        "channel" => vec![("piece", names.channel(value["channel_id"].as_str().unwrap_or_default()))],
        "usergroup" => vec![("piece", names.group(value["usergroup_id"].as_str().unwrap_or_default()))],
        "emoji" => {
            let name = value["name"].as_str().unwrap_or_default();
            let shown = format!(":{name}:");
            vec![("piece", mrkdwn::plain(&shown, true).into_iter().next().unwrap_or_default())]
        }
        "link" => {
            let to = value["url"].as_str().unwrap_or_default();
            vec![("piece", mrkdwn::link(to, if text.is_empty() { to } else { text }))]
        }
        _ => Vec::new(),
    }
}
