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
    // A workflow by another name is a new one; each of its steps stands for one step of those that are gone.
    let is_new = |now: &&Workflow| pair.was.workflows.iter().all(|was| was.name != now.name);
    let mut moved: Vec<&WorkflowStep> = pair.now.workflows.iter().filter(is_new).flat_map(|now| &now.steps).collect();
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

fn waits_as_much(kept: &WorkflowStep, was: &WorkflowStep) -> bool {
    let within = |step: &WorkflowStep| step.within.as_ref().map_or(Some(DEFAULT_WITHIN), |within| within.span());
    (&kept.who, &kept.what) == (&was.who, &was.what)
        && !kept.approval.is_empty()
        && kept.approval.iter().all(|worker| was.approval.contains(worker))
        && kept.count >= was.count
        && within(kept).zip(within(was)).is_some_and(|(kept, was)| kept <= was)
}
