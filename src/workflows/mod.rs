//! Workflows under way: a pure planner over the steps that were given so far, what starts one, and their tables.
//!
//! A workflow is a task of its own; each of its steps, recoveries and compensations is another one in the same thread. What
//! happens next follows from the workflow as it began and from the entries below alone, so that any process may go on with it.
//!
//! Absent here: giving work to anybody, waiting, clocks, and what a step does.

pub mod kinds;
pub mod plan;
pub mod store;
#[cfg(test)]
mod tests;
pub mod trigger;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::Timestamp;
use crate::directives::workflow::Workflow;
use crate::ids::{TaskId, WorkflowRunId};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkflowState {
    Running,
    Done,
    Failed,
    Cancelled,
}

/// One workflow that somebody started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkflowRun {
    pub id: WorkflowRunId,
    /// The request that started it; its thread is where everything is said.
    pub task: TaskId,
    /// As it was when it began.
    pub workflow: Workflow,
    pub state: WorkflowState,
    pub version: i64,
    pub created: Timestamp,
    pub ended: Option<Timestamp>,
}

/// What a piece of work is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryKind {
    Step,
    /// Somebody was asked for what the step lacked.
    Recovery,
    /// A compensation; its `attempt` counts the compensations of the step.
    Undo,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryState {
    /// Waits for an approval before its worker hears of it.
    Gated,
    /// Somebody has it.
    Given,
    Done,
    Failed,
    Cancelled,
}

/// One piece of work that a workflow gave to somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub kind: EntryKind,
    /// The step's number.
    pub n: u32,
    /// From 1.
    pub attempt: u32,
    pub task: TaskId,
    pub state: EntryState,
    /// What it returned; `None` until then, and once erased.
    pub result: Option<Value>,
    /// Why it failed.
    pub why: Option<String>,
    pub started: Timestamp,
    pub ended: Option<Timestamp>,
}

impl Entry {
    pub fn is_open(&self) -> bool {
        match self.state {
            EntryState::Gated | EntryState::Given => true,
            EntryState::Done | EntryState::Failed | EntryState::Cancelled => false,
        }
    }
}

/// What the steps before returned, by the names that the workflow gives them.
pub fn shared(workflow: &Workflow, journal: &[Entry]) -> serde_json::Map<String, Value> {
    let mut out = serde_json::Map::new();
    for step in &workflow.steps {
        let done = journal
            .iter()
            .filter(|entry| entry.n == step.n && entry.kind != EntryKind::Undo && entry.state == EntryState::Done);
        let last = done.max_by_key(|entry| (entry.kind == EntryKind::Step, entry.attempt));
        if let (Some(name), Some(result)) = (&step.as_name, last.and_then(|entry| entry.result.clone())) {
            out.insert(name.clone(), flattened(name, result));
        }
    }
    out
}

/// A result that holds a thing of its own name is that thing: `shared.account.email`, not `shared.account.account.email`.
fn flattened(name: &str, result: Value) -> Value {
    match result {
        Value::Object(mut fields) => {
            if let Some(Value::Object(inner)) = fields.get(name).cloned() {
                for (key, value) in inner {
                    fields.entry(key).or_insert(value);
                }
            }
            Value::Object(fields)
        }
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => other,
    }
}
