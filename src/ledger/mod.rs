//! What happened, append-only. One hash chain per conversation; facts about the system have a chain of their own.
//!
//! A row's hash covers the *digest* of its payload, so that texts can be erased and the chain still verifies. There is no
//! update and no delete here, and triggers in the database refuse both.

pub mod store;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::catalogue::canonical;
use crate::clock::Timestamp;
use crate::ids::{ConversationId, TaskId};

/// The hash before the first row of every chain.
pub const GENESIS: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";
/// The chain of facts about the system itself: directive sets, stops, connections.
pub const SYSTEM_CHAIN: &str = "system";

/// What kind of fact a row is. Closed; the payload's shape follows from the kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactKind {
    TaskOpened,
    TaskChanged,
    Routed,
    Assigned,
    Accepted,
    Escalated,
    HandedOver,
    RunStarted,
    /// A driver was asked for a next step; the payload holds what that cost, as far as it is known.
    DriverAsked,
    Asked,
    Answered,
    ActionProposed,
    ActionDenied,
    /// A worker wanted something that is no call it can make: a tool that is not its own, arguments that do not fit.
    CallRefused,
    ApprovalOpened,
    ApprovalVoted,
    ApprovalRefused,
    /// A click or a form that counts nowhere: a button that is none of ours, or on a card that was not made for its target.
    ButtonRefused,
    ApprovalDecided,
    ApprovalExpired,
    ApprovalVoided,
    ActionStarted,
    ActionEnded,
    ActionUnknown,
    RunEnded,
    TaskEnded,
    Corrected,
    WorkflowStarted,
    /// A step, a recovery or a compensation was given, or ended.
    WorkflowStepped,
    WorkflowEnded,
    Stopped,
    Resumed,
    Reviewed,
    DirectivesLoaded,
    DirectivesRefused,
    /// An edited set would be looser: it waits for somebody to agree.
    DirectivesHeld,
    DirectivesAccepted,
    DirectivesDeclined,
    /// The files no longer make a set that somebody was asked about or had agreed to.
    DirectivesWithdrawn,
    RuleProposed,
    RuleDecided,
    RuleWritten,
    DeadLetter,
    Reminded,
    ConnectionChanged,
    TextsErased,
    GrantGiven,
    GrantUsed,
    GrantEnded,
    /// Whoever keeps a sentence was told how it could ask less.
    ChangeProposed,
    /// A tool that nobody accepted was shown to the keeper of the directives.
    ToolOffered,
    /// Somebody accepted it or kept it off, or it could not be accepted.
    ToolDecided,
    /// A model call was paid for.
    Spent,
    BudgetAlert,
    BudgetRefused,
    BudgetRaised,
    /// Somebody said what a result was worth.
    Judged,
    /// A result was drawn for a human's check.
    CheckAsked,
    /// What a worker would have done that only observes or suggests.
    Proposed,
    GuardFell,
    GuardLifted,
    /// What a sentence promised about time was not kept.
    PromiseMissed,
}

/// A fact that is about to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    pub chain: String,
    pub kind: FactKind,
    pub task: Option<TaskId>,
    pub payload: Value,
}

impl Fact {
    pub fn of_task(conversation: &ConversationId, task: TaskId, kind: FactKind, payload: Value) -> Self {
        Self { chain: conversation.0.clone(), kind, task: Some(task), payload }
    }

    pub fn of_system(kind: FactKind, payload: Value) -> Self {
        Self { chain: SYSTEM_CHAIN.to_owned(), kind, task: None, payload }
    }
}

/// A written fact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub chain: String,
    pub seq: i64,
    pub at: Timestamp,
    pub kind: FactKind,
    pub task: Option<TaskId>,
    /// Absent once erased.
    pub payload: Option<Value>,
    pub payload_digest: String,
    pub previous: String,
    pub hash: String,
}

/// The hash of a row: over the previous row's hash and everything in the row but the payload, of which it takes the digest.
pub fn link(
    chain: &str,
    seq: i64,
    at: Timestamp,
    kind: FactKind,
    task: Option<TaskId>,
    payload_digest: &str,
    previous: &str,
) -> String {
    canonical::digest(&serde_json::json!({
        "chain": chain, "seq": seq, "at": at.0.to_string(), "kind": kind, "task": task.map(|t| t.to_string()),
        "payload": payload_digest, "previous": previous,
    }))
}

/// Where a chain does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    #[error("row {seq} is missing or out of order; restore the ledger from a backup and compare")]
    Gap { seq: i64 },
    #[error("row {seq} was changed after it was written; compare it with a backup")]
    Changed { seq: i64 },
    #[error("the chain ends at row {found}, but its head says {head}: rows were cut off")]
    Cut { found: i64, head: i64 },
}

/// Verifies one chain, given all its rows in order and its head (`seq`, `hash`).
pub fn verify(entries: &[Entry], head: Option<(i64, &str)>) -> Result<(), Broken> {
    let mut previous = GENESIS.to_owned();
    for (expected, entry) in (1_i64..).zip(entries) {
        if entry.seq != expected {
            return Err(Broken::Gap { seq: expected });
        }
        let digest = entry.payload.as_ref().map(canonical::digest);
        let hash = link(&entry.chain, entry.seq, entry.at, entry.kind, entry.task, &entry.payload_digest, &previous);
        let payload_fits = digest.is_none_or(|digest| digest == entry.payload_digest);
        if !payload_fits || entry.previous != previous || entry.hash != hash {
            return Err(Broken::Changed { seq: entry.seq });
        }
        previous = hash;
    }
    let found = i64::try_from(entries.len()).unwrap_or(i64::MAX);
    match head {
        Some((seq, hash)) if seq != found || hash != previous => Err(Broken::Cut { found, head: seq }),
        Some(_) => Ok(()),
        None if entries.is_empty() => Ok(()),
        None => Err(Broken::Cut { found, head: 0 }),
    }
}
