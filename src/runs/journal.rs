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
    /// Whoever was asked answered the question about `slot`, in these words; `by` is their name, where it was not the requester.
    Answered {
        slot: String,
        value: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
    },
    /// Something came in about the task while the run was at work: what a hook delivered.
    News { from: String, text: String },
    /// A thinking driver said this.
    Said { said: Said, usage: Usage },
    /// A call that a driver said cannot be made as it stands: no such tool, or arguments that do not fit. Nothing was proposed.
    Malformed { as_name: String, why: String },
    /// An agent outside took a question and answers by itself, until then or not at all.
    Later { until: Timestamp },
    /// A thinking driver was asked and not heard, or not to the end. It may have cost something all the same.
    Unheard { why: String, usage: Usage },
}

/// A question that a run waits with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// What the answer is called.
    pub slot: String,
    pub question: String,
    /// Who answers: whoever this means at the moment of answering.
    #[serde(default = "requester", skip_serializing_if = "is_requester")]
    pub of: WorkerRef,
    /// Answers to choose from, each a button; whoever is asked may say something else all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// Handles of those who were asked before and did not answer in time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub before: Vec<String>,
}

impl Question {
    /// Puts it to whoever made the request.
    pub fn to_requester(slot: impl Into<String>, question: impl Into<String>) -> Self {
        Self::to(WorkerRef::Requester, slot, question)
    }

    pub fn to(of: WorkerRef, slot: impl Into<String>, question: impl Into<String>) -> Self {
        Self { slot: slot.into(), question: question.into(), of, options: Vec::new(), before: Vec::new() }
    }
}

fn requester() -> WorkerRef {
    WorkerRef::Requester
}

fn is_requester(of: &WorkerRef) -> bool {
    *of == WorkerRef::Requester
}

/// What a run does next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Propose this call; what comes of it is journalled under `as_name`.
    Call { tool: ToolName, arguments: Value, as_name: String },
    /// Ask somebody and wait; the answer is journalled as [`JournalEntry::Answered`] of the question's slot.
    Ask(Question),
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
