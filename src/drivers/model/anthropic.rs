//! Anthropic's Messages API, streamed (docs.anthropic.com, "Messages", "Streaming messages", "Prompt caching").

use serde_json::{Value, json};

use super::names::Names;
use super::wire::{Answer, Reader, Trouble, count};
use crate::runs::brief::{Brief, Outcome, Told, Turn};
use crate::runs::said::End;

/// The version of the API that this is written after.
pub const VERSION: &str = "2023-06-01";

/// The request. Everything up to the end of the conversation so far may be cached: the next question repeats it.
pub fn request(brief: &Brief, names: &Names, model: &str, max_tokens: u32) -> Value {
    let tools: Vec<Value> = names
        .tools()
        .iter()
        .map(|tool| json!({ "name": tool.name, "description": tool.description, "input_schema": tool.schema }))
        .collect();
    let mut messages = vec![json!({ "role": "user", "content": [{ "type": "text", "text": brief.request }] })];
    messages.extend(brief.turns.iter().map(|turn| message(turn, names)));
    let last = messages.last_mut().and_then(|message| message["content"].as_array_mut()).and_then(|c| c.last_mut());
    if let Some(Value::Object(block)) = last {
        block.insert("cache_control".to_owned(), json!({ "type": "ephemeral" }));
    }
    json!({
        "model": model,
        "max_tokens": max_tokens,
        "stream": true,
        "system": [{ "type": "text", "text": brief.instructions, "cache_control": { "type": "ephemeral" } }],
        "tools": tools,
        "messages": messages,
    })
}

fn message(turn: &Turn, names: &Names) -> Value {
    match turn {
        Turn::Worker { text, calls } => {
            let mut content: Vec<Value> = Vec::new();
            if !text.trim().is_empty() {
                content.push(json!({ "type": "text", "text": text }));
            }
            content.extend(calls.iter().map(|call| tool_use(call, names)));
            if content.is_empty() {
                // An empty message is refused.
                content.push(json!({ "type": "text", "text": "(nothing)" }));
            }
            json!({ "role": "assistant", "content": content })
        }
        Turn::Outcomes(outcomes) => {
            json!({ "role": "user", "content": outcomes.iter().map(tool_result).collect::<Vec<_>>() })
        }
        Turn::Note(words) => json!({ "role": "user", "content": [{ "type": "text", "text": words }] }),
    }
}

fn tool_use(call: &Told, names: &Names) -> Value {
    json!({ "type": "tool_use", "id": call.id, "name": names.wire(&call.name), "input": call.arguments })
}

fn tool_result(outcome: &Outcome) -> Value {
    json!({ "type": "tool_result", "tool_use_id": outcome.id, "content": outcome.text, "is_error": outcome.failed })
}

/// The stream as it comes.
pub struct Messages(Answer);

impl Messages {
    pub fn new(answer: Answer) -> Self {
        Self(answer)
    }

    fn count(&mut self, usage: &Value) {
        let known = &mut self.0.usage;
        known.input = count(usage, "/input_tokens").or(known.input);
        known.cached = count(usage, "/cache_read_input_tokens").or(known.cached);
        known.cache_written = count(usage, "/cache_creation_input_tokens").or(known.cache_written);
        known.output = count(usage, "/output_tokens").or(known.output);
    }

    fn block(&mut self, index: u64, block: &Value) -> Result<(), Trouble> {
        match block["type"].as_str() {
            Some("tool_use") => {
                let call = self.0.call(index)?;
                block["name"].as_str().unwrap_or_default().clone_into(&mut call.name);
                // A server may send small arguments whole; streamed ones begin with an empty object.
                if block["input"].as_object().is_some_and(|input| !input.is_empty()) {
                    call.arguments = block["input"].to_string();
                }
            }
            Some("text") => self.0.text.push_str(block["text"].as_str().unwrap_or_default()),
            // Thoughts and whatever comes later are not said.
            Some(_) | None => {}
        }
        Ok(())
    }

    fn delta(&mut self, index: u64, delta: &Value) -> Result<(), Trouble> {
        match delta["type"].as_str() {
            Some("text_delta") => self.0.text.push_str(delta["text"].as_str().unwrap_or_default()),
            Some("input_json_delta") => {
                let part = delta["partial_json"].as_str().unwrap_or_default();
                self.0.call(index)?.arguments.push_str(part);
            }
            Some(_) | None => {}
        }
        Ok(())
    }
}

impl Reader for Messages {
    fn event(&mut self, data: &str) -> Result<(), Trouble> {
        let event: Value = serde_json::from_str(data).map_err(|_| Trouble::NotJson)?;
        let index = event["index"].as_u64().unwrap_or_default();
        match event["type"].as_str() {
            Some("message_start") => {
                if let Some(model) = event["message"]["model"].as_str() {
                    self.0.usage.model = Some(model.to_owned());
                }
                self.count(&event["message"]["usage"]);
            }
            Some("content_block_start") => self.block(index, &event["content_block"])?,
            Some("content_block_delta") => self.delta(index, &event["delta"])?,
            Some("message_delta") => {
                self.count(&event["usage"]);
                self.0.end = event["delta"]["stop_reason"].as_str().map(|reason| match reason {
                    "max_tokens" | "model_context_window_exceeded" => End::CutOff,
                    "refusal" => End::Declined,
                    _ => End::Finished,
                });
            }
            Some("error") => {
                let words = event["error"]["message"].as_str().or(event["error"]["type"].as_str());
                return Err(Trouble::Vendor(words.unwrap_or("an error without words").to_owned()));
            }
            Some(_) | None => {}
        }
        Ok(())
    }

    fn answer(&mut self) -> &mut Answer {
        &mut self.0
    }
}
