//! Both wire formats from the vendor's side: what a question must look like, and an answer in pieces.

use axum::http::HeaderMap;
use serde_json::{Value, json};

use super::Bill;
use super::script::Said;

/// Whose format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Anthropic,
    Openai,
}

/// What a strict vendor would not take.
pub fn complaint(format: Format, headers: &HeaderMap, question: &Value) -> Option<&'static str> {
    let messages = question["messages"].as_array()?;
    if question["model"].as_str().is_none_or(str::is_empty) {
        return Some("model: field required");
    }
    match format {
        Format::Anthropic => {
            if headers.get("anthropic-version").is_none() {
                return Some("anthropic-version: header is required");
            }
            if question["max_tokens"].as_u64().is_none() {
                return Some("max_tokens: field required");
            }
            answered_in_turn(messages)
        }
        Format::Openai => calls_are_answered(messages),
    }
}

/// Anthropic: roles alternate, texts are not blank, and every call's result stands in the message after it.
fn answered_in_turn(messages: &[Value]) -> Option<&'static str> {
    let ids = |message: &Value, kind: &str, key: &str| -> Vec<String> {
        let blocks = message["content"].as_array().cloned().unwrap_or_default();
        let of_kind = blocks.iter().filter(|block| block["type"] == kind);
        of_kind.filter_map(|block| block[key].as_str().map(str::to_owned)).collect()
    };
    for (at, message) in messages.iter().enumerate() {
        let expected = if at % 2 == 0 { "user" } else { "assistant" };
        if message["role"] != expected {
            return Some("messages: roles must alternate");
        }
        let blank =
            |block: &Value| block["type"] == "text" && block["text"].as_str().is_none_or(|t| t.trim().is_empty());
        let content = message["content"].as_array().cloned().unwrap_or_default();
        if content.is_empty() || content.iter().any(blank) {
            return Some("messages: text content blocks must be non-empty");
        }
        let calls = ids(message, "tool_use", "id");
        let next = messages.get(at + 1).map(|next| ids(next, "tool_result", "tool_use_id")).unwrap_or_default();
        if calls != next {
            return Some("messages: every tool_use must have its tool_result in the next message");
        }
    }
    None
}

/// OpenAI: after a message with calls comes one message for each.
fn calls_are_answered(messages: &[Value]) -> Option<&'static str> {
    let mut owed: Vec<&str> = Vec::new();
    for message in messages {
        let answers = message["tool_call_id"].as_str();
        if !owed.is_empty() || answers.is_some() {
            let before = owed.len();
            owed.retain(|id| Some(*id) != answers);
            if owed.len() == before {
                return Some("messages: tool_calls must be followed by tool messages");
            }
        }
        for call in message["tool_calls"].as_array().into_iter().flatten() {
            owed.extend(call["id"].as_str());
            let arguments = call["function"]["arguments"].as_str().unwrap_or_default();
            if serde_json::from_str::<Value>(arguments).is_err() {
                return Some("messages: arguments must be JSON");
            }
        }
    }
    (!owed.is_empty()).then_some("messages: tool_calls must be followed by tool messages")
}

/// The last message as text, for the script.
pub fn last_words(question: &Value) -> String {
    question["messages"].as_array().and_then(|messages| messages.last()).map(Value::to_string).unwrap_or_default()
}

/// How much of an answer is half of it; never nothing, never all.
pub fn half(events: usize) -> usize {
    (events / 2).max(1)
}

/// The answer as events, ready to be sent.
pub fn events(format: Format, model: &str, said: &Said, bill: Bill) -> Vec<String> {
    match format {
        Format::Anthropic => anthropic(model, said, bill),
        Format::Openai => openai(model, said, bill),
    }
}

fn anthropic(model: &str, said: &Said, bill: Bill) -> Vec<String> {
    let usage = json!({ "input_tokens": bill.input, "cache_read_input_tokens": bill.cached, "output_tokens": 1 });
    let message = json!({ "id": "msg", "role": "assistant", "model": model, "content": [], "usage": usage });
    let mut events = vec![json!({ "type": "message_start", "message": message })];
    let mut index = 0;
    let mut block = |block: Value, deltas: Vec<Value>| {
        events.push(json!({ "type": "content_block_start", "index": index, "content_block": block }));
        events.extend(deltas.into_iter().map(|d| json!({ "type": "content_block_delta", "index": index, "delta": d })));
        events.push(json!({ "type": "content_block_stop", "index": index }));
        index += 1;
    };
    if !said.text.is_empty() {
        let deltas = pieces(&said.text).map(|piece| json!({ "type": "text_delta", "text": piece })).collect();
        block(json!({ "type": "text", "text": "" }), deltas);
    }
    for (n, call) in said.calls.iter().enumerate() {
        let arguments = call.arguments_text();
        let deltas =
            pieces(&arguments).map(|piece| json!({ "type": "input_json_delta", "partial_json": piece })).collect();
        block(json!({ "type": "tool_use", "id": format!("toolu_{n}"), "name": call.name, "input": {} }), deltas);
    }
    let reason = match (said.cut_off, said.calls.is_empty()) {
        (true, _) => "max_tokens",
        (false, true) => "end_turn",
        (false, false) => "tool_use",
    };
    let usage = json!({ "output_tokens": bill.output });
    events.push(json!({ "type": "message_delta", "delta": { "stop_reason": reason }, "usage": usage }));
    events.push(json!({ "type": "message_stop" }));
    let named = |event: &Value| format!("event: {}\ndata: {event}\n\n", event["type"].as_str().unwrap_or_default());
    events.iter().map(named).collect()
}

fn openai(model: &str, said: &Said, bill: Bill) -> Vec<String> {
    let chunk = |delta: Value, finish: Option<&str>| {
        let choices = json!([{ "index": 0, "delta": delta, "finish_reason": finish }]);
        json!({ "object": "chat.completion.chunk", "model": model, "choices": choices, "usage": null })
    };
    let mut events = vec![chunk(json!({ "role": "assistant", "content": "" }), None)];
    events.extend(pieces(&said.text).map(|piece| chunk(json!({ "content": piece }), None)));
    for (index, call) in said.calls.iter().enumerate() {
        let begins = json!({ "name": call.name, "arguments": "" });
        let part = |function: Value| chunk(json!({ "tool_calls": [{ "index": index, "function": function }] }), None);
        events.push(part(begins));
        events.extend(pieces(&call.arguments_text()).map(|piece| part(json!({ "arguments": piece }))));
    }
    let reason = match (said.cut_off, said.calls.is_empty()) {
        (true, _) => "length",
        (false, true) => "stop",
        (false, false) => "tool_calls",
    };
    events.push(chunk(json!({}), Some(reason)));
    let usage = json!({
        "prompt_tokens": bill.input + bill.cached, "prompt_tokens_details": { "cached_tokens": bill.cached },
        "completion_tokens": bill.output,
    });
    events.push(json!({ "object": "chat.completion.chunk", "model": model, "choices": [], "usage": usage }));
    let mut lines: Vec<String> = events.iter().map(|event| format!("data: {event}\n\n")).collect();
    lines.push("data: [DONE]\n\n".to_owned());
    lines
}

/// A text in pieces of a few characters, as models send it.
fn pieces(text: &str) -> impl Iterator<Item = String> {
    let characters: Vec<char> = text.chars().collect();
    let cut: Vec<String> = characters.chunks(12).map(|piece| piece.iter().collect()).collect();
    cut.into_iter()
}
