//! What a journal holds, and the steps that may follow from one, whoever works.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::said::{Said, Usage};
use crate::catalogue::ToolName;
use crate::clock::Timestamp;
use crate::workers::WorkerRef;

/// Something that happened in a run, in the order in which it happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum JournalEntry {
    /// The tool answered; its value is called `as_name` from here on.
    ToolResult { as_name: String, value: Value },
    /// The gate or a person refused the call; nothing ran.
    ToolRefused { as_name: String, why: String },
    /// The tool was called and said that it failed.
    ToolFailed { as_name: String, why: String },
    /// The requester answered the question about `slot`, in these words.
    Answered { slot: String, value: String },
    /// A thinking driver said this.
    Said { said: Said, usage: Usage },
    /// A call that a driver said cannot be made as it stands: no such tool, or arguments that do not fit. Nothing was proposed.
    Malformed { as_name: String, why: String },
    /// An agent outside took a question and answers by itself, until then or not at all.
    Later { until: Timestamp },
    /// A thinking driver was asked and not heard, or not to the end. It may have cost something all the same.
    Unheard { why: String, usage: Usage },
}

/// What a run does next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Propose this call; what comes of it is journalled under `as_name`.
    Call { tool: ToolName, arguments: Value, as_name: String },
    /// Ask the requester and wait; the answer is journalled as [`JournalEntry::Answered`] of `slot`.
    Ask { slot: String, question: String },
    /// The last word. `done` is false where the work was not done, and then the text says what did not happen.
    Answer { text: String, done: bool },
    /// Give the work to somebody else, and why.
    HandOver { to: WorkerRef, why: String },
    /// End without a word more.
    Stop,
    /// The worker says that it cannot do this; its words go up the chain.
    CannotDo { why: String },
    /// The playbook cannot go on: it, or the journal, is at fault. For its owner, and for the log.
    Broken { why: String },
}
