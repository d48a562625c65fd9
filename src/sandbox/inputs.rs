//! What stands in the inputs of a view: their first values, and what a person fills in, as `state.values` writes it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

/// Every element of a block that keeps a value, with its block.
fn stateful(blocks: &Value) -> Vec<(&Value, &Value)> {
    let mut out = Vec::new();
    for block in blocks.as_array().into_iter().flatten() {
        let single = [&block["element"], &block["accessory"]];
        for element in single.into_iter().chain(block["elements"].as_array().into_iter().flatten()) {
            let kind = element["type"].as_str().unwrap_or_default();
            if super::blocks::keeps_value(kind) && element["action_id"].is_string() {
                out.push((block, element));
            }
        }
    }
    out
}

/// `state.values` of a view or message nobody touched.
pub(crate) fn initial_values(surface: &Value) -> Value {
    let mut values = Map::new();
    for (block, element) in stateful(&surface["blocks"]) {
        let (Some(block_id), Some(action_id)) = (block["block_id"].as_str(), element["action_id"].as_str()) else {
            continue;
        };
        let slot = values.entry(block_id).or_insert_with(|| json!({}));
        slot[action_id] = initial(element);
    }
    Value::Object(values)
}

fn initial(element: &Value) -> Value {
    let kind = element["type"].as_str().unwrap_or_default();
    let (field, from) = value_field(kind);
    let empty = if field == "selected_options" || field.ends_with('s') { json!([]) } else { Value::Null };
    let value = element.get(from).cloned().unwrap_or(empty);
    json!({ "type": kind, field: value })
}

/// The field a kind of element keeps its value in, and the one it starts from.
fn value_field(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "static_select" | "external_select" | "radio_buttons" | "overflow" => ("selected_option", "initial_option"),
        "multi_static_select" | "multi_external_select" | "checkboxes" => ("selected_options", "initial_options"),
        "users_select" => ("selected_user", "initial_user"),
        "multi_users_select" => ("selected_users", "initial_users"),
        "conversations_select" => ("selected_conversation", "initial_conversation"),
        "multi_conversations_select" => ("selected_conversations", "initial_conversations"),
        "channels_select" => ("selected_channel", "initial_channel"),
        "multi_channels_select" => ("selected_channels", "initial_channels"),
        "datepicker" => ("selected_date", "initial_date"),
        "timepicker" => ("selected_time", "initial_time"),
        "datetimepicker" => ("selected_date_time", "initial_date_time"),
        // The text inputs: plain_text, number, email, url.
        _ => ("value", "initial_value"),
    }
}

/// What a person chose of one element, in the shape of its kind; or why Slack's client would not let them.
pub(crate) fn filled(element: &Value, text: &str) -> Result<Value, String> {
    let kind = element["type"].as_str().unwrap_or_default();
    let (field, _) = value_field(kind);
    let value = match field {
        "selected_option" => option(element, text)?,
        "selected_options" => {
            let chosen: Result<Vec<Value>, String> =
                text.split(',').map(str::trim).filter(|t| !t.is_empty()).map(|t| option(element, t)).collect();
            json!(chosen?)
        }
        "selected_users" | "selected_conversations" | "selected_channels" => {
            json!(text.split(',').map(str::trim).filter(|t| !t.is_empty()).collect::<Vec<_>>())
        }
        "selected_date_time" => json!(text.parse::<i64>().map_err(|e| format!("{text} is no unix time: {e}"))?),
        "value" => {
            text_fits(element, text)?;
            json!(text)
        }
        _ => json!(text),
    };
    Ok(json!({ "type": kind, field: value }))
}

fn text_fits(element: &Value, text: &str) -> Result<(), String> {
    let length = text.chars().count() as u64;
    if element["max_length"].as_u64().is_some_and(|max| length > max) {
        return Err(format!("{length} characters are more than the input takes"));
    }
    if element["min_length"].as_u64().is_some_and(|min| length < min) {
        return Err(format!("{length} characters are fewer than the input asks for"));
    }
    if element["type"] == "number_input" && text.parse::<f64>().is_err() {
        return Err(format!("{text} is no number"));
    }
    Ok(())
}

/// The option with this value or this label.
pub(crate) fn option(element: &Value, wanted: &str) -> Result<Value, String> {
    let groups = element["option_groups"].as_array().into_iter().flatten().map(|g| &g["options"]);
    std::iter::once(&element["options"])
        .chain(groups)
        .filter_map(Value::as_array)
        .flatten()
        .find(|o| o["value"] == wanted || o["text"]["text"] == wanted)
        .cloned()
        .or_else(|| {
            // The options of an external menu live in the app; a person can only pick what it offered.
            (element["type"] == "external_select")
                .then(|| json!({ "text": { "type": "plain_text", "text": wanted, "emoji": true }, "value": wanted }))
        })
        .ok_or_else(|| format!("there is no option {wanted}"))
}

/// `state.values` after a person filled in `answers` (keyed by action id, block id or label), or why it cannot be sent.
pub(crate) fn submitted(view: &Value, answers: &BTreeMap<String, String>) -> Result<Value, String> {
    let mut values = view["state"]["values"].clone();
    let mut used = Vec::new();
    for (block, element) in stateful(&view["blocks"]) {
        let names = [&element["action_id"], &block["block_id"], &block["label"]["text"]];
        let found = names.iter().filter_map(|n| n.as_str()).find_map(|n| answers.get_key_value(n));
        let (Some(block_id), Some(action_id)) = (block["block_id"].as_str(), element["action_id"].as_str()) else {
            continue;
        };
        if let Some((key, text)) = found {
            used.push(key.clone());
            values[block_id][action_id] = filled(element, text)?;
        }
        let required = block["type"] == "input" && block["optional"] != Value::Bool(true);
        if required && is_empty(&values[block_id][action_id]) {
            return Err(format!("“{}” must be filled in", block["label"]["text"].as_str().unwrap_or(block_id)));
        }
    }
    match answers.keys().find(|key| !used.contains(key)) {
        Some(key) => Err(format!("the view has no input {key}")),
        None => Ok(values),
    }
}

fn is_empty(value: &Value) -> bool {
    value.as_object().is_none_or(|fields| {
        fields.iter().filter(|(name, _)| *name != "type").all(|(_, v)| match v {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(list) => list.is_empty(),
            _ => false,
        })
    })
}
