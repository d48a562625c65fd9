//! Steps of workflows that wait for somebody: each must be found again, waiting for no others and no fewer. And policies.

use super::{Looser, Pair, What, in_file};
use crate::directives::workflow::{Workflow, WorkflowStep};
use crate::gate::DEFAULT_WITHIN;

/// A policy in Rego only ever holds something back: one that is gone, or says something else, may hold back less.
fn policies(pair: &Pair<'_>, found: &mut Vec<Looser>) {
    for (file, text) in pair.was.files.iter().filter(|(file, _)| file.ends_with(".rego")) {
        if pair.now.files.get(file) != Some(text) {
            found.push(in_file(What::Gate, format!("The policy {file} says something else"), file));
        }
    }
}

pub(super) fn compare(pair: &Pair<'_>, found: &mut Vec<Looser>) {
    policies(pair, found);
    // A workflow by another name is a new one; each step that is new anywhere stands for one step of those that are gone.
    let mut moved: Vec<&WorkflowStep> = pair.now.workflows.iter().flat_map(|now| added(pair, now)).collect();
    let starts_elsewhere = !moved.is_empty();
    for was in &pair.was.workflows {
        let same = pair.now.workflows.iter().find(|now| now.name == was.name);
        // A workflow that is gone starts nothing.
        if same.is_none() && !starts_elsewhere {
            continue;
        }
        let mut own: Vec<&WorkflowStep> = same.map(|now| now.steps.iter().collect()).unwrap_or_default();
        let kept = if same.is_some() { &mut own } else { &mut moved };
        for step in was.steps.iter().filter(|step| !step.approval.is_empty()) {
            if let Some(at) = kept.iter().position(|kept| waits_as_much(kept, step)) {
                kept.remove(at);
                continue;
            }
            let place = Some(format!("{}:{}", was.file, step.line));
            let says = format!("No longer waits as it did: “{}”", step.text);
            found.push(Looser { what: What::Gate, says, place, file: was.file.clone() });
        }
    }
}

/// The steps of a workflow that it had not before, by who does what; of several alike those that still wait as they did stayed.
fn added<'a>(pair: &Pair<'a>, now: &'a Workflow) -> Vec<&'a WorkflowStep> {
    let mut left: Vec<&WorkflowStep> = now.steps.iter().collect();
    let was = pair.was.workflows.iter().find(|was| was.name == now.name);
    for old in was.into_iter().flat_map(|was| &was.steps) {
        let alike = |step: &&WorkflowStep| (&step.who, &step.what) == (&old.who, &old.what);
        let stayed = left.iter().position(|step| alike(step) && step.approval == old.approval);
        if let Some(at) = stayed.or_else(|| left.iter().position(alike)) {
            left.remove(at);
        }
    }
    left
}

fn waits_as_much(kept: &WorkflowStep, was: &WorkflowStep) -> bool {
    let within = |step: &WorkflowStep| step.within.as_ref().map_or(Some(DEFAULT_WITHIN), |within| within.span());
    (&kept.who, &kept.what) == (&was.who, &was.what)
        && !kept.approval.is_empty()
        && kept.approval.iter().all(|worker| was.approval.contains(worker))
        && kept.count >= was.count
        && within(kept).zip(within(was)).is_some_and(|(kept, was)| kept <= was)
}
