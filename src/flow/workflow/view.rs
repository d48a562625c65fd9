//! A workflow under way as people see it.

use super::super::says::{Names, cited_origin};
use super::SLOW;
use crate::assignments::decide::{Holder, holder_of};
use crate::clock::Timestamp;
use crate::directives::workflow::WorkflowStep;
use crate::replies::Who;
use crate::replies::workflow::{PlanEnd, PlanStep, PlanView, StepState};
use crate::tasks::Task;
use crate::workflows::plan::{Standing, standing, undoing};
use crate::workflows::{Entry, EntryKind, EntryState, WorkflowRun, WorkflowState, kinds};

/// What the plan shows; `end`: how the workflow stands, and who decides after a failure.
pub fn plan_view(
    names: &Names<'_>,
    run: &WorkflowRun,
    task: &Task,
    journal: &[Entry],
    end: (WorkflowState, Option<Who>),
    now: Timestamp,
) -> PlanView {
    let workflow = &run.workflow;
    let steps = workflow
        .steps
        .iter()
        .map(|step| PlanStep { state: state_of(names, run, step, journal, now), ..definition(names, step) });
    let failed =
        workflow.steps.iter().find(|step| matches!(standing(workflow, step, journal, now), Standing::Failed { .. }));
    let undone = failed.map(|failed| undoing(workflow, journal, failed.n)).unwrap_or_default();
    let undone = undone.into_iter().filter_map(|(n, attempt, undo)| {
        let step = workflow.step(n)?;
        let entry = journal.iter().find(|e| (e.kind, e.n, e.attempt) == (EntryKind::Undo, n, attempt));
        let state = entry.map_or(StepState::Waiting { after: Vec::new() }, |entry| ended(entry, now));
        let what = format!("undo: {}", undo.what);
        Some(PlanStep { who: names.worker(&undo.who), what, state, ..definition(names, step) })
    });
    PlanView {
        task: task.id,
        name: workflow.name.clone(),
        requester: names.requester(task),
        rule: (!workflow.text.is_empty()).then(|| cited_origin(&workflow.origin())),
        steps: steps.collect(),
        undone: undone.collect(),
        end: match end {
            (WorkflowState::Running, _) => PlanEnd::Running,
            (WorkflowState::Done, _) => PlanEnd::Done { at: now },
            (WorkflowState::Cancelled, _) => PlanEnd::Cancelled { at: now },
            (WorkflowState::Failed, to) => {
                PlanEnd::Failed { to: to.unwrap_or_else(|| Who::new("a human", None)), at: now }
            }
        },
    }
}

/// A step as its file says it, without a run.
pub fn definition(names: &Names<'_>, step: &WorkflowStep) -> PlanStep {
    let agent = matches!(holder_of(&names.directives.roster, &step.who, None), Holder::Agent { .. });
    PlanStep {
        n: step.n,
        who: names.worker(&step.who),
        what: step.what.clone(),
        nature: kinds::nature(step).word().to_owned(),
        by: kinds::by(step, agent).word().to_owned(),
        state: StepState::Waiting { after: step.after.clone() },
    }
}

fn state_of(names: &Names<'_>, run: &WorkflowRun, step: &WorkflowStep, journal: &[Entry], now: Timestamp) -> StepState {
    let slow = |since: Timestamp| since.plus(SLOW) <= now;
    let asked = |since: Timestamp| {
        let recover = step.recover.as_ref();
        let who = recover.and_then(|recover| recover.ask.as_ref()).map(|who| names.worker(who));
        let what = recover.and_then(|recover| recover.what.clone());
        StepState::Asked { who: who.unwrap_or_else(|| names.worker(&step.who)), what, since, slow: slow(since) }
    };
    match standing(&run.workflow, step, journal, now) {
        Standing::Waiting | Standing::Ready => StepState::Waiting { after: step.after.clone() },
        Standing::Later(at) => StepState::Later { at },
        Standing::Gated { since } => {
            StepState::Gated { by: step.approval.iter().map(|by| names.worker(by)).collect(), since }
        }
        Standing::Running { since } => StepState::Running { since, slow: slow(since) },
        Standing::Recovering { since } => asked(since),
        Standing::Next(_) => asked(now),
        Standing::RetryAt(at, _) => StepState::RetryAt { at },
        Standing::Done { at } => StepState::Done { at },
        Standing::Skipped { .. } => StepState::Skipped,
        Standing::Failed { why } => StepState::Failed { why },
    }
}

fn ended(entry: &Entry, now: Timestamp) -> StepState {
    match entry.state {
        EntryState::Gated | EntryState::Given => {
            StepState::Running { since: entry.started, slow: entry.started.plus(SLOW) <= now }
        }
        EntryState::Done => StepState::Done { at: entry.ended.unwrap_or(entry.started) },
        EntryState::Failed | EntryState::Cancelled => {
            StepState::Failed { why: entry.why.clone().unwrap_or_else(|| "It was not undone.".to_owned()) }
        }
    }
}
