//! Steps of workflows that wait for somebody: each must be found again, waiting for no others and no fewer. And policies.

use super::{Looser, Pair, What, in_file};
use crate::directives::workflow::WorkflowStep;
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
    for was in &pair.was.workflows {
        let now = pair.now.workflows.iter().find(|now| now.name == was.name);
        // A workflow that is gone starts nothing.
        let Some(now) = now else { continue };
        for step in was.steps.iter().filter(|step| !step.approval.is_empty()) {
            if !now.steps.iter().any(|kept| waits_as_much(kept, step)) {
                let place = Some(format!("{}:{}", was.file, step.line));
                let says = format!("No longer waits as it did: “{}”", step.text);
                found.push(Looser { what: What::Gate, says, place, file: was.file.clone() });
            }
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
