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
use serde::Serialize;

pub use crate::runs::journal::{JournalEntry, Next, Question};
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
    /// What earlier steps of a workflow returned, by the workflow's names; empty outside workflows.
    pub shared: serde_json::Map<String, serde_json::Value>,
}

/// Who asked, as far as templates may say it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Requester {
    /// Without `@`.
    pub handle: Option<String>,
    pub name: Option<String>,
    pub email: Option<String>,
}
