//! Rehearsals: conversations with the outcome they must have, written in Markdown beside the directives; their own tests.
//!
//! Each section of `directives/rehearsals/*.md` plays on a fresh look-alike Slack with a fresh bot, a fresh database and the
//! demo's tool servers, on a clock that stands still between the steps. What people would see is the transcript; what must
//! hold is compared with it, with the stores and with what the tool servers really did.
//!
//! [`parse`] is pure. The rest drives sandbox and bot together, which nothing else but `cli/` and `tests/` may.

pub mod company;
pub mod example;
mod expect;
mod forms;
mod known;
pub mod parse;
pub mod run;
mod seen;
mod stage;
#[cfg(test)]
mod tests;
pub mod transcript;

use crate::clock::Span;

pub use company::{CannotRehearse, Company};
pub use run::{Failure, Outcome, Play, rehearse};
pub use seen::{Entry, Visible};

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rehearsal {
    /// Relative to the directives' folder.
    pub file: String,
    pub sections: Vec<Section>,
}

/// One conversation, from its heading on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    pub title: String,
    /// Counted from 1.
    pub line: u32,
    pub steps: Vec<Step>,
}

/// One line of a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub line: u32,
    /// As written.
    pub text: String,
    pub what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    Act(Act),
    Expect(Expectation),
}

/// What somebody does, or what happens to the world. Handles are without `@`, channels without `#`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// Begins a conversation in a channel.
    Says { who: String, channel: String, text: String },
    /// Begins a conversation with the bot alone.
    Writes { who: String, text: String },
    /// In the thread of the section's last conversation.
    Replies { who: String, text: String },
    /// Changes the message they wrote last.
    Edits { who: String, text: String },
    /// A button by its label or its first words; `with` fills in the form that opens.
    Clicks { who: String, label: String, with: Option<String> },
    /// A slash command with its slash.
    Runs { who: String, command: String, text: String },
    /// The clock is turned, deadline by deadline.
    After(Span),
    /// A file of the private copy of the directives is changed while they are in force.
    Edit { file: String, old: String, new: String },
}

/// What must hold after the act above.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expectation {
    RoutedTo {
        worker: String,
        by: Option<Line>,
    },
    /// The request waits for this person, and they were told.
    WaitsFor(String),
    /// The request waits for no person.
    WaitsForNobody,
    /// Counted since the conversation began.
    Runs {
        tool: String,
        times: usize,
    },
    /// Nothing that changes anything ran since the conversation began; looking things up is fine.
    NothingRuns,
    /// Only the one who acted sees it; or the gate refused the action, and the conversation says so.
    Refused(String),
    Says(String),
    DoesNotSay(String),
    /// Somebody is asked, and the request waits for the answer.
    Asks(String),
    EscalatesTo(String),
    /// Nobody decided in time.
    Expires,
}

/// A line of the directives, by its file and its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub file: String,
    pub sentence: Option<String>,
}
