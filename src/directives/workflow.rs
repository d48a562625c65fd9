//! A workflow as its file says it: a trigger and steps, in the contract's JSON form.
//!
//! A run keeps the workflow that it began with, so everything that running needs is part of the JSON; readers of `check`
//! find the contract's fields in it.

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::rule::{Approve, Condition, IsoDuration, Otherwise, Rule, Schedule, ToolPattern};
use super::{Origin, Reading};
use crate::catalogue::{ToolName, canonical};
use crate::workers::WorkerRef;

/// How much of a digest tells one step from another; what it is made of is written by the company itself.
const DIGITS: usize = 10;

/// One file of `directives/workflows/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workflow {
    /// The file's name without its ending.
    pub name: String,
    pub file: String,
    /// The trigger sentence's line, or the title's where there is none.
    pub line: u32,
    /// The trigger sentence; empty where the workflow is only started by name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    pub when: Condition,
    /// A trigger by the clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<Schedule>,
    /// In the order of the list.
    pub steps: Vec<WorkflowStep>,
}

/// One item of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkflowStep {
    pub n: u32,
    pub line: u32,
    pub who: WorkerRef,
    /// What the worker is asked for, beginning with a verb; for people and prompts. Only a step's gate compares it.
    #[serde(rename = "do")]
    pub what: String,
    /// The steps that must be done before this one starts.
    pub after: Vec<u32>,
    /// Starts together with the step before.
    pub parallel: bool,
    /// Whose approval it needs before it starts; empty: nobody's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approval: Vec<WorkerRef>,
    /// How many of them.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub count: u32,
    /// How long the approval waits; absent: one day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<IsoDuration>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recover: Option<Recover>,
    /// What makes it undone when the workflow fails for good later.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub undo: Vec<Undo>,
    /// How long it waits after the steps before it are done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<IsoDuration>,
    /// The name under which later steps find what it returned.
    #[serde(default, rename = "as", skip_serializing_if = "Option::is_none")]
    pub as_name: Option<String>,
    /// As written, on one line.
    pub text: String,
    /// The canonical wording; reading it gives the same step.
    pub paraphrase: String,
}

/// What happens when a step fails.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recover {
    /// The failure that this is for, in the file's words.
    pub when: String,
    /// Who is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ask: Option<WorkerRef>,
    /// For what.
    #[serde(default, rename = "for", skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
    pub then: Then,
    /// How often at most.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub times: u32,
    /// How long to wait before trying again, where nobody is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<IsoDuration>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// Waits for what was asked for and tries the step again.
    Retry,
    /// The worker asked takes the step over.
    HandOver,
    /// The workflow goes on without the step.
    Skip,
    /// The workflow ends.
    Stop,
}

/// A compensation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undo {
    pub who: WorkerRef,
    #[serde(rename = "do")]
    pub what: String,
    /// Only when this step fails; absent: whichever does.
    #[serde(default, rename = "on", skip_serializing_if = "Option::is_none")]
    pub on: Option<u32>,
}

impl Workflow {
    pub fn step(&self, n: u32) -> Option<&WorkflowStep> {
        self.steps.iter().find(|step| step.n == n)
    }

    /// Where the trigger stands.
    pub fn origin(&self) -> Origin {
        Origin { file: self.file.clone(), line: self.line, column: 1, text: self.text.clone() }
    }

    /// What the gate knows the start of a step by; only a step that needs an approval has one.
    ///
    /// It tells who does what and not where that stands in the list: a run keeps its old workflow, and must find the gate of this
    /// very step in the files of now, or none. Of steps that are alike the first is the first again.
    pub fn gate_tool(&self, step: &WorkflowStep) -> ToolName {
        let name: String = self.name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        let alike = |other: &&WorkflowStep| other.n < step.n && (&other.who, &other.what) == (&step.who, &step.what);
        let before = self.steps.iter().filter(alike).count();
        let digest = canonical::digest(&json!([self.name, step.who, step.what, before]));
        let digits: String = digest.trim_start_matches("sha256:").chars().take(DIGITS).collect();
        ToolName(format!("workforce.start_step_of_{name}_{digits}"))
    }

    /// The approvals that its steps need, as the gate reads them.
    pub fn gates(&self) -> Vec<Reading> {
        let gated = self.steps.iter().filter(|step| !step.approval.is_empty());
        let reading = |step: &WorkflowStep| {
            let rule = Approve {
                action: format!("start “{}” of {}", step.what, self.name),
                tools: vec![ToolPattern(self.gate_tool(step).0)],
                who: Vec::new(),
                when: Condition::default(),
                by: step.approval.clone(),
                count: step.count,
                within: step.within.clone(),
                otherwise: Otherwise::Deny,
                confirm: None,
            };
            let origin = self.origin_of(step);
            Reading { origin, rule: Rule::Approve(rule), paraphrase: step.paraphrase.clone(), role: None }
        };
        gated.map(reading).collect()
    }

    /// Where a step stands.
    pub fn origin_of(&self, step: &WorkflowStep) -> Origin {
        Origin { file: self.file.clone(), line: step.line, column: 1, text: step.text.clone() }
    }
}

fn one() -> u32 {
    1
}

fn is_one(n: &u32) -> bool {
    *n == 1
}
