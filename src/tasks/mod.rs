//! Tasks: one piece of work that somebody asked for, and its legal moves.
//!
//! ```text
//! open ──▶ assigned ──▶ done | failed
//!   └────▶ unsure ──▶ assigned      every state that has not ended ──▶ cancelled
//!                                   an edited request: unsure | assigned ──▶ open
//! ```
//! A task that has ended never moves by itself. Somebody may ask for it again, or say that somebody else should have had it;
//! then it is reopened ([`store::reopen`]), unless it was cancelled.

pub mod store;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::ids::{ConversationId, TaskId};
use crate::workers::SlackUser;

/// Where a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskState {
    /// Stored, not routed yet.
    Open,
    /// No rule and no description fits well enough: the triage person has the candidates.
    Unsure,
    /// Somebody has it.
    Assigned,
    Done,
    /// Whoever had it could not do it, and said so.
    Failed,
    Cancelled,
}

impl TaskState {
    pub fn has_ended(self) -> bool {
        match self {
            Self::Open | Self::Unsure | Self::Assigned => false,
            Self::Done | Self::Failed | Self::Cancelled => true,
        }
    }

    /// Whether a task may go from here to `next`.
    pub fn may_become(self, next: Self) -> bool {
        match (self, next) {
            (Self::Open, Self::Unsure | Self::Assigned | Self::Failed | Self::Cancelled) => true,
            (Self::Unsure, Self::Assigned | Self::Failed | Self::Cancelled) => true,
            // An edited request is routed afresh.
            (Self::Unsure, Self::Open) => true,
            // Handing over keeps it assigned; whoever has it may also find that nobody fits.
            (
                Self::Assigned,
                Self::Open | Self::Assigned | Self::Unsure | Self::Done | Self::Failed | Self::Cancelled,
            ) => true,
            (Self::Open | Self::Unsure, _) => false,
            (Self::Done | Self::Failed | Self::Cancelled, _) => false,
        }
    }
}

/// How urgent a task is; ordered, the most urgent last. The words are the directives' own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskPriority {
    Low,
    #[default]
    Normal,
    High,
    Urgent,
}

/// A task as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    pub id: TaskId,
    pub conversation: ConversationId,
    pub requester: SlackUser,
    pub channel: String,
    /// `public`, `private`, `direct`, `group`, as the inbox writes it.
    pub channel_kind: String,
    /// The thread that everything about this task is said in.
    pub root_ts: String,
    /// The message that asked.
    pub message_ts: String,
    /// `mention`, `message`, `form`, `webhook:NAME`…, as directives write it.
    pub source: String,
    /// What was asked, in plain text; empty once erased.
    pub text: String,
    /// The thread above the request, oldest first, in plain text; empty where there is none or it was erased.
    pub above: String,
    pub state: TaskState,
    pub priority: TaskPriority,
    /// The set of directives that routed it; empty until then.
    pub directives_digest: String,
    /// The routing receipt, as `routing` writes it; empty until then.
    pub routing: String,
    pub created: Timestamp,
    pub ended: Option<Timestamp>,
}

/// The source of a copy that a shadow works on.
pub const SHADOW: &str = "shadow";

impl Task {
    /// Whether every member of the workspace may read what was asked.
    pub fn asked_in_public(&self) -> bool {
        self.channel_kind == "public"
    }

    /// Whether it is a shadow's copy of somebody else's task: nobody sees it, and nothing in it takes effect.
    pub fn is_copy(&self) -> bool {
        self.source == SHADOW
    }
}

/// A task that is about to be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTask {
    pub conversation: ConversationId,
    pub requester: SlackUser,
    pub channel: String,
    pub channel_kind: String,
    pub root_ts: String,
    pub message_ts: String,
    pub source: String,
    pub text: String,
    pub above: String,
}

#[cfg(test)]
mod tests {
    use super::TaskState::*;

    #[test]
    fn what_has_ended_never_moves() {
        for ended in [Done, Failed, Cancelled] {
            for next in [Open, Unsure, Assigned, Done, Failed, Cancelled] {
                assert!(!ended.may_become(next), "{ended:?} → {next:?}");
            }
        }
        assert!(Open.may_become(Assigned) && Assigned.may_become(Assigned) && !Open.may_become(Done));
    }
}
