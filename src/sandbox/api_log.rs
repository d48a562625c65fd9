//! Every Web API call, for oracles: what was asked, what was answered, when. Tokens are never kept.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::Sandbox;

#[derive(Debug, Clone, Serialize)]
pub struct ApiCall {
    pub method: String,
    /// The arguments without the token; JSON given as text is parsed.
    pub args: Value,
    /// HTTP status of the answer.
    pub status: u16,
    /// `null` where a fault kept Slack from answering in JSON.
    pub answer: Value,
    /// The fault that was planted for this call, if any.
    pub fault: Option<String>,
    /// Microseconds of the sandbox's clock.
    pub at: i64,
}

impl ApiCall {
    pub fn is_ok(&self) -> bool {
        self.answer["ok"] == Value::Bool(true)
    }
}

#[derive(Debug, Default)]
pub(crate) struct ApiLog {
    pub calls: Vec<ApiCall>,
    pub in_flight: usize,
}

impl Sandbox {
    /// All calls so far, in the order in which they were carried out.
    pub fn calls(&self) -> Vec<ApiCall> {
        self.read(|s| s.api_log.calls.clone())
    }

    /// The calls of one method.
    pub fn calls_of(&self, method: &str) -> Vec<ApiCall> {
        self.read(|s| s.api_log.calls.iter().filter(|c| c.method == method).cloned().collect())
    }

    /// How many messages the bot posted (not edited) in each conversation: channel and the thread's first ts, the message's
    /// own where it starts one.
    pub fn posts_by_thread(&self) -> BTreeMap<(String, String), usize> {
        let mut counts = BTreeMap::new();
        let new = ["chat.postMessage", "chat.startStream"];
        for call in self.calls().iter().filter(|c| new.contains(&c.method.as_str()) && c.is_ok()) {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let ts = text(&call.answer["ts"]);
            let root = call.args["thread_ts"].as_str().map_or(ts, str::to_owned);
            *counts.entry((text(&call.answer["channel"]), root)).or_insert(0) += 1;
        }
        counts
    }

    /// How many messages the bot posted for each value of a field of `metadata.event_payload`, such as a task's or an
    /// outbox row's id: two for one outbox id is a double post.
    pub fn posts_by_metadata(&self, field: &str) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for call in self.calls_of("chat.postMessage").iter().filter(|c| c.is_ok()) {
            match &call.args["metadata"]["event_payload"][field] {
                Value::Null => {}
                Value::String(text) => *counts.entry(text.clone()).or_insert(0) += 1,
                other => *counts.entry(other.to_string()).or_insert(0) += 1,
            }
        }
        counts
    }
}
