//! The one door to every tool: whether a proposed call runs, waits for a human's word, or never happens.
//!
//! [`judge`] is a pure and total function of the proposal, the task, the directives, the history and the time; the rules that
//! decide stand in the contract of the directive language ("Which rule wins"). [`approvers()`] says who may decide about what
//! waits, [`authorize`] whether a click carries that authority, and [`release`] is the sole maker of an [`Approved`] action,
//! without which nothing is executed. [`Shown`] is what an approver sees, made from the canonical arguments only.
//!
//! Absent here: text that carries authority. Agents, requesters, tools and buttons supply facts; people are known by their
//! authenticated accounts, looked up at the moment of acting. Nothing fails open: what cannot be looked up counts against
//! the call, and an empty list of approvers is nobody.

pub mod amounts;
mod approval;
pub mod approvers;
mod autonomy;
mod clicks;
mod clock;
pub mod containment;
mod digest;
pub mod editing;
pub mod fatigue;
mod fitting;
pub mod grants;
mod history;
mod judge;
mod policies;
pub mod precedence;
mod privilege;
mod release;
mod schema;
mod segments;
pub mod shown;
pub mod store;
#[cfg(test)]
pub(crate) mod tests;
pub mod timing;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use crate::directives::matching::holds::Holds;
pub use crate::directives::rule::Level;
pub use approval::{Answer, Approval, ApprovalState, Change, EditedFrom, Progress, Question, TAKEN_BACK, Turn, Vote};
pub use approvers::{
    AccountState, Accounts, Approvers, Climbed, Parties, StandIn, Surroundings, approvers, fewest_deciders, telling,
};
pub use autonomy::{level_of, level_with, speaks_openly};
pub use clicks::{Authorized, Choice, Click, Decided, MOST_QUESTIONS, Refusal, authorize, record};
pub use clock::{Times, caught_up};
pub use digest::{Bound, Outside, digest};
pub use history::{History, Past, Whose, longest_period};
pub use judge::{judge, whose};
pub use policies::policy_document;
pub use privilege::may_use;
pub use release::{Action, ActionRow, Approved, Void, release};
pub use shown::{Line, Looked, Shown, visible};

use crate::catalogue::ToolName;
use crate::clock::{Span, Timestamp};
use crate::directives::Origin;
use crate::directives::rule::{Confirm, Otherwise, Priority, Source};
use crate::ids::TaskId;
use crate::workers::{ActorChain, SlackUser, WorkerRef};

/// How long an approval waits where its rule names no time.
pub const DEFAULT_WITHIN: Span = Span::days(1);

/// A tool call that somebody wants to make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    pub tool: ToolName,
    /// An object, whole: the bytes that will be sent are its canonical form.
    pub arguments: Value,
    pub actor: ActorChain,
    /// Who would act: `agent:POSITION`, or `person:@handle` for what people do through the bot itself.
    pub worker: WorkerRef,
    /// `None`: nobody told who asked.
    pub requester: Option<Requester>,
    /// The digest of the tool's definition as its server gives it now; `None` where no server was asked (the lock counts).
    pub live_digest: Option<String>,
}

/// The human at the origin of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requester {
    /// In the roster, without `@`; `None` for an account that the roster does not know.
    pub handle: Option<String>,
    pub account: Option<SlackUser>,
}

/// What is known of the task that a call belongs to. `None` is what nobody told, which is not the same as "no".
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskFacts {
    pub task: TaskId,
    pub text: Option<String>,
    /// Topics that the router gave it; what its words say is looked for besides.
    pub topics: Option<Vec<String>>,
    /// Without `#`.
    pub channel: Option<String>,
    pub source: Option<Source>,
    pub priority: Option<Priority>,
    /// Segments that the task's record states outright.
    pub segments: BTreeMap<String, bool>,
    /// What was looked up in this task so far, by tools whose calls succeeded.
    pub looked_up: Vec<LookedUp>,
    pub unanswered_for: Option<Span>,
    pub failed_times: Option<u32>,
    pub unsure: Option<bool>,
    pub stuck_for: Option<Span>,
    /// Why nothing may start (somebody stopped the task, the agent, or everything).
    pub stopped: Option<String>,
    /// The sentence whose guard fell, for this worker or one before it: whatever this worker changes needs its owner's word.
    pub guarded: Option<Origin>,
}

impl TaskFacts {
    /// A task of which nothing is known but its number.
    pub fn unknown(task: TaskId) -> Self {
        Self {
            task,
            text: None,
            topics: None,
            channel: None,
            source: None,
            priority: None,
            segments: BTreeMap::new(),
            looked_up: Vec::new(),
            unanswered_for: None,
            failed_times: None,
            unsure: None,
            stuck_for: None,
            stopped: None,
            guarded: None,
        }
    }
}

/// A call that succeeded earlier in the same task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookedUp {
    pub tool: ToolName,
    pub arguments: Value,
    pub result: Value,
    pub at: Timestamp,
}

/// What the gate says, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub decision: Decision,
    /// What decided, the weightiest first. Never empty.
    pub because: Vec<Because>,
    /// How free the worker is now (`act` where nobody said); stored with the action.
    pub autonomy: Level,
    /// What `before` rules want looked up for this call, and when it was; for the card.
    pub looked_up_first: Vec<(String, Timestamp)>,
    /// For those who keep the directives: what could not be looked up, what was assumed.
    pub warnings: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    Run,
    /// Waits for humans: every requirement must be satisfied.
    Approve(Vec<Requirement>),
    Deny(Denial),
}

impl Decision {
    /// `run`, `approve` or `deny`: the contract's words.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Approve(_) => "approve",
            Self::Deny(_) => "deny",
        }
    }
}

/// Why a call never happens: data for the agent and a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    pub ground: Ground,
    /// A whole sentence with a next step where there is one.
    pub reason: String,
}

/// The kind of reason for a denial.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// No such worker, or one that may not act at all now.
    Worker,
    UnknownTool,
    /// The server changed the tool since a human accepted it.
    HeldBack,
    Arguments,
    Amount,
    NotPermitted,
    Forbidden,
    /// A policy in Rego denies it.
    Policy,
    /// Something must be looked up first.
    LookUpFirst,
    /// The worker's autonomy does not reach as far as acting.
    Autonomy,
    Stopped,
}

/// A human's word that an action needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requirement {
    pub by: Vec<WorkerRef>,
    /// Distinct people.
    pub count: u32,
    pub within: Span,
    pub otherwise: Otherwise,
    pub confirm: Option<Confirm>,
    /// `None`: the default, not a sentence.
    pub origin: Option<Origin>,
}

/// One reason: the sentence that decided, or the default that did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Because {
    /// The line to look at; for a default, the lines of the worker's own position.
    pub origin: Option<Origin>,
    pub says: String,
}
