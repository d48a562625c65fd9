//! Playbooks: a deterministic agent for those who have no model at hand. A pure interpreter: (playbook, request, journal so
//! far) → the next step. The same journal always gives the same next step, so a run may be taken up by any process.
//!
//! Absent here: calling tools (every call passes the gate like any agent's), posting, time, and guesses. A value that the
//! request leaves open, or gives twice in different ways, is asked for.

mod arguments;
mod dates;
mod decide;
mod recognise;
mod slots;
#[cfg(test)]
mod tests;
mod values;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::catalogue::ToolName;
use crate::workers::WorkerRef;

pub use decide::next;

/// What somebody asked for. All texts are material: nothing in them carries authority.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// Without the mention of the bot.
    pub text: String,
    /// The messages above it in its thread, the oldest first.
    pub thread_above: Vec<String>,
    pub requester: Requester,
    pub today: NaiveDate,
}

/// Who asked, as far as templates may say it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Requester {
    /// Without `@`.
    pub handle: Option<String>,
    pub name: Option<String>,
    pub email: Option<String>,
}

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
    /// The playbook cannot go on: it, or the journal, is at fault. For its owner, and for the log.
    Broken { why: String },
}
