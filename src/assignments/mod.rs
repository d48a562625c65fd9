//! Who holds a task until when. Every task has at most one current holder; what was before stays as history.

pub mod decide;
pub mod store;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::ids::{AssignmentId, TaskId};
use crate::workers::WorkerRef;

/// How a holding stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssignmentState {
    /// A person was asked and has not said yes yet.
    Offered,
    /// Somebody works on it. Agents hold at once; people once they accept.
    Held,
    Done,
    /// Handed over, taken away or refused.
    Released,
}

/// One holding of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    pub id: AssignmentId,
    pub task: TaskId,
    pub worker: WorkerRef,
    pub state: AssignmentState,
    /// Why: a JSON receipt, as `routing` writes it.
    pub because: String,
    pub since: Timestamp,
    pub accepted: Option<Timestamp>,
    pub until: Option<Timestamp>,
    /// How often it was escalated already.
    pub level: u32,
    /// When nobody having answered has consequences.
    pub due: Option<Timestamp>,
}
