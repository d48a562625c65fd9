//! Who should take a piece of work, and why: [`route`]`(request, directives, router, now)` → [`Routing`]. Pure and deterministic.
//!
//! Rules decide first (`escalate` over `route`; literal words over channel over topic); what no rule settles is scored by
//! text against the roles' descriptions and examples. Below the threshold the answer is `human`, with the candidates.
//! The [`Router`] is built once for a set of directives and what was learned since; it is rebuilt from the whole log, never
//! nudged, so that it can be reproduced and a correction can be taken back.
//!
//! Absent here: clocks, stores, models of language, and any table whose order is not fixed.

mod decide;
mod likeness;
mod material;
mod outcomes;
mod precedence;
mod router;
mod rules;
mod said;
pub mod store;
mod targets;
#[cfg(test)]
mod tests;

pub use decide::{fits, fits_as, route, urgency};
pub use router::{Experience, Router};

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::directives::Origin;
use crate::directives::rule::{Priority, Source};
use crate::workers::WorkerRef;

/// A request, as far as routing looks at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Plain text, without the mention of the bot.
    pub text: String,
    /// Name without `#`; `None` in direct messages.
    pub channel: Option<String>,
    /// The requester's handle, where the roster knows the account.
    pub from: Option<String>,
    /// Another bot's name, where it is one that asks.
    pub from_bot: Option<String>,
    pub source: Source,
    pub at: Timestamp,
}

/// Where a request goes, and the receipt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Routing {
    /// `[human]` when unsure.
    pub to: Vec<WorkerRef>,
    pub priority: Priority,
    /// 1 where a rule decides.
    pub confidence: f64,
    /// The lines that decided, the deciding one first; empty where text similarity decided.
    pub because: Vec<Cause>,
    /// Closest first; always there, also where a rule decides.
    pub candidates: Vec<Candidate>,
    /// How it was settled.
    pub settled: Settled,
    /// The `route` rule that an `escalate` overrode: context for whoever takes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead_of: Option<Cause>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settled {
    /// A `route` sentence.
    Rule,
    /// An `escalate` sentence.
    Escalation,
    /// Descriptions and examples, confidently enough.
    Likeness,
    /// Nothing fits well enough: the triage person has the candidates.
    Unsure,
}

/// A line that decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    pub file: String,
    pub line: u32,
    /// The sentence as it was then.
    pub text: String,
}

impl Cause {
    pub fn of(origin: &Origin) -> Self {
        Self { file: origin.file.clone(), line: origin.line, text: origin.text.clone() }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    pub worker: WorkerRef,
    /// 0 to 1.
    pub score: f64,
}
