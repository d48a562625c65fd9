//! Runs: one attempt at a task by one position, as a journal of steps that survives any crash.
//!
//! A run is `ready` (somebody should take its next step), `waiting` (for an answer, a decision or an outcome: a state, never
//! a parked future), or ended. Its next step follows from its journal alone, so any process may take it.
//!
//! Whoever works is a *driver*. A playbook's next step is computed; a thinking driver (a model, a remote agent, a program) is
//! asked for it. What it said is journalled before anything follows from it, so that nobody asks twice ([`thinking`]).

pub mod brief;
pub mod journal;
pub mod said;
pub mod store;
pub mod thinking;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::Timestamp;
use crate::ids::{ActionId, ApprovalId, RunId, TaskId};
use crate::workers::{ActorChain, WorkerRef};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    Ready,
    Waiting,
    Done,
    Failed,
    Cancelled,
}

/// What a waiting run waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "for", rename_all = "snake_case")]
pub enum Waiting {
    /// Somebody's answer, which becomes the value of the question's slot.
    Answer(journal::Question),
    /// A person's decision about an action.
    Approval { approval: ApprovalId, action: ActionId, as_name: String },
    /// A tool call that is on its way.
    Action { action: ActionId, as_name: String },
}

/// What drives a run. People work through assignments, not through runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DriverKind {
    /// Computed from the role file and the journal, at once.
    Playbook,
    Model,
    Http,
    Command,
}

impl DriverKind {
    /// Whether somebody outside is asked for the next step, which takes its time.
    pub fn thinks(self) -> bool {
        match self {
            Self::Playbook => false,
            Self::Model | Self::Http | Self::Command => true,
        }
    }
}

/// A run as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub id: RunId,
    pub task: TaskId,
    /// The position's id.
    pub position: String,
    pub driver: DriverKind,
    /// What it follows: the playbook's name, the model's, or the position's own for an agent outside.
    pub plan: String,
    pub state: RunState,
    pub waiting: Option<Waiting>,
    pub actor_chain: ActorChain,
    pub directives_digest: String,
    pub fence: i64,
    pub attempts: i64,
    pub created: Timestamp,
}

/// What a step of the journal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// A tool was called, or refused; the result says which.
    Call,
    /// A thinking driver said something, or could not be heard; the result says which.
    Said,
    /// Whoever was asked answered a question.
    Answer,
    /// Something came in meanwhile.
    News,
    /// The last word: an answer, a hand-over, a failure.
    End,
}

/// One step that happened. The run's next step is a function of these.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub seq: i64,
    pub kind: StepKind,
    /// What was asked for, as a digest; a journal whose digests do not fit the plan is not continued.
    pub request_digest: String,
    /// What came of it; `None` once erased, and then the run cannot continue.
    pub result: Option<Value>,
    pub at: Timestamp,
}

/// Who acts at a position: an agent by its id, or, where a workflow asks for the approval of a person's step, that person as
/// `person:@handle`.
pub fn worker_at(position: &str) -> WorkerRef {
    match position.parse() {
        Ok(person @ WorkerRef::Person(_)) => person,
        Ok(_) | Err(_) => WorkerRef::Agent(position.to_owned()),
    }
}
