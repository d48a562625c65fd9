//! What another set of directives would have decided: every recorded decision again, and whether the other set is looser.
//!
//! [`judge_again`] asks the same `routing::route` and `gate::judge` that serve Slack, with what was known then: the facts of
//! the moment, the time of the moment, and the past as it stood at the moment. [`compare`] tells what differs, each with its
//! conversation. [`looser`] compares two sets by their rules alone, since what never happened yet has no record.
//!
//! Absent here: side effects, guesses about what was erased (it is counted as not replayable), and any judgement of its own.

mod again;
mod compare;
pub mod looser;
mod report;
pub mod store;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use again::{Material, judge_again};
pub use compare::{Difference, Effect, compare};
pub use report::Report;

use crate::clock::Timestamp;
use crate::directives::rule::Source;
use crate::gate::{Because, Decision as Verdict, LookedUp, Proposal, Requirement, TaskFacts};
use crate::ids::{ActionId, ConversationId, TaskId};
use crate::routing::{Cause, Routing};
use crate::workers::{SlackUser, WorkerRef};

/// A decision as it was recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// The row, which orders decisions of one instant.
    pub id: i64,
    pub task: TaskId,
    pub action: Option<ActionId>,
    pub conversation: ConversationId,
    /// The set that decided.
    pub directives: String,
    pub at: Timestamp,
    /// What it was made from; `None` once that was erased.
    pub facts: Option<Facts>,
    pub outcome: Outcome,
}

/// What a decision was made from, besides the directives, the past and the time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Facts {
    Route(RouteFacts),
    Action(Box<ActionFacts>),
}

/// Who asked, as far as it settles who that is in another set's roster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asker {
    pub account: SlackUser,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
}

/// What a request was routed by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteFacts {
    pub text: String,
    pub channel: Option<String>,
    pub asker: Asker,
    pub from_bot: Option<String>,
    pub source: Source,
    /// How many corrections the router had learned from.
    pub lessons: usize,
}

/// What a call was judged by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ActionFacts {
    pub proposal: Proposal,
    pub asker: Asker,
    /// Without what was looked up, which stands with the actions that looked.
    pub task: TaskFacts,
    pub looked_up: Vec<ActionId>,
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Outcome {
    Route(Routing),
    Action(Judged),
}

/// A verdict, with the lines that gave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    pub verdict: Word,
    /// Whom an approval needs; empty otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Requirement>,
    pub because: Vec<Because>,
}

/// The contract's words for a verdict; ordered, the loosest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    Run,
    Approve,
    Deny,
}

impl Judged {
    pub fn of(verdict: &crate::gate::Verdict) -> Self {
        let (word, needs) = match &verdict.decision {
            Verdict::Run => (Word::Run, Vec::new()),
            Verdict::Approve(needs) => (Word::Approve, needs.clone()),
            Verdict::Deny(_) => (Word::Deny, Vec::new()),
        };
        Self { verdict: word, needs, because: verdict.because.clone() }
    }
}

impl Outcome {
    /// The lines that decided, the deciding one first.
    pub fn lines(&self) -> Vec<Cause> {
        match self {
            Self::Route(routing) => routing.because.clone(),
            Self::Action(judged) => {
                let origins = judged.because.iter().filter_map(|because| because.origin.as_ref());
                origins.map(Cause::of).collect()
            }
        }
    }

    /// Who takes it, where this settles that.
    pub fn to(&self) -> &[WorkerRef] {
        match self {
            Self::Route(routing) => &routing.to,
            Self::Action(_) => &[],
        }
    }
}

/// An action of the past as running totals count it: from when it was allowed until it turned out not to happen.
#[derive(Debug, Clone, PartialEq)]
pub struct Counted {
    pub id: ActionId,
    /// `None` once erased; then no total over that time is known.
    pub proposal: Option<Proposal>,
    pub planned: Timestamp,
    pub from: Timestamp,
    /// `None`: it counts still.
    pub until: Option<Timestamp>,
}

/// What actions looked up, by their numbers.
pub type LookUps = BTreeMap<ActionId, LookedUp>;
