//! OpenAI's chat completions, streamed, as many other servers speak them too (platform.openai.com, "Chat", "Streaming").

use serde_json::{Value, json};

use super::names::Names;
use super::wire::{Answer, Reader, Trouble, count};
use crate::runs::brief::{Brief, Turn};
use crate::runs::said::End;

/// The request. `newer_limit`: OpenAI's own servers know the limit of an answer's length by another name than all others.
pub fn request(brief: &Brief, names: &Names, model: &str, max_tokens: u32, newer_limit: bool) -> Value {
    let tools: Vec<Value> = names
        .tools()
        .iter()
        .map(|tool| {
            let function = json!({ "name": tool.name, "description": tool.description, "parameters": tool.schema });
            json!({ "type": "function", "function": function })
        })
        .collect();
    let mut messages = vec![
        json!({ "role": "system", "content": brief.instructions }),
        json!({ "role": "user", "content": brief.request }),
    ];
    for turn in &brief.turns {
        messages.extend(messages_of(turn, names));
    }
    let limit = if newer_limit { "max_completion_tokens" } else { "max_tokens" };
    let mut request = json!({
        "model": model, "stream": true, "stream_options": { "include_usage": true }, "messages": messages, "tools": tools,
    });
    request[limit] = json!(max_tokens);
    request
}

fn messages_of(turn: &Turn, names: &Names) -> Vec<Value> {
    match turn {
        Turn::Worker { text, calls } if calls.is_empty() => vec![json!({ "role": "assistant", "content": text })],
        Turn::Worker { text, calls } => {
            let calls: Vec<Value> = calls
                .iter()
                .map(|call| {
                    let function = json!({ "name": names.wire(&call.name), "arguments": call.arguments.to_string() });
                    json!({ "id": call.id, "type": "function", "function": function })
                })
                .collect();
            vec![json!({ "role": "assistant", "content": text, "tool_calls": calls })]
        }
        Turn::Outcomes(outcomes) => outcomes
            .iter()
            .map(|outcome| json!({ "role": "tool", "tool_call_id": outcome.id, "content": outcome.text }))
            .collect(),
        Turn::Note(words) => vec![json!({ "role": "user", "content": words })],
    }
}

/// The stream as it comes.
pub struct Completions(Answer);

impl Completions {
    pub fn new(answer: Answer) -> Self {
        Self(answer)
    }

    fn count(&mut self, usage: &Value) {
        let known = &mut self.0.usage;
        let cached = count(usage, "/prompt_tokens_details/cached_tokens");
        // The vendor's count of the prompt includes what came from its cache.
        known.input = count(usage, "/prompt_tokens").map(|all| all.saturating_sub(cached.unwrap_or(0)));
        known.cached = cached;
        known.output = count(usage, "/completion_tokens");
        known.reasoning = count(usage, "/completion_tokens_details/reasoning_tokens");
    }

    fn delta(&mut self, delta: &Value) -> Result<(), Trouble> {
        self.0.text.push_str(delta["content"].as_str().unwrap_or_default());
        for call in delta["tool_calls"].as_array().into_iter().flatten() {
            let piece = self.0.call(call["index"].as_u64().unwrap_or_default())?;
            piece.name.push_str(call["function"]["name"].as_str().unwrap_or_default());
            piece.arguments.push_str(call["function"]["arguments"].as_str().unwrap_or_default());
        }
        Ok(())
    }
}

impl Reader for Completions {
    fn event(&mut self, data: &str) -> Result<(), Trouble> {
        if data.trim() == "[DONE]" {
            return Ok(());
        }
        let event: Value = serde_json::from_str(data).map_err(|_| Trouble::NotJson)?;
        if let Some(error) = event.get("error").filter(|error| !error.is_null()) {
            let words = error["message"].as_str().unwrap_or("an error without words");
            return Err(Trouble::Vendor(words.to_owned()));
        }
        if let Some(model) = event["model"].as_str().filter(|model| !model.is_empty()) {
            self.0.usage.model = Some(model.to_owned());
        }
        if event["usage"].is_object() {
            self.count(&event["usage"]);
        }
        let choice = &event["choices"][0];
        self.delta(&choice["delta"])?;
        if let Some(reason) = choice["finish_reason"].as_str() {
            self.0.end = Some(match reason {
                "length" => End::CutOff,
                "content_filter" => End::Declined,
                _ => End::Finished,
            });
        }
        Ok(())
    }

    fn answer(&mut self) -> &mut Answer {
        &mut self.0
    }
}
