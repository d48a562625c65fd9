//! Steps of workflows that wait for somebody: each must be found again, waiting for no others and no fewer.

use super::{Looser, Pair, What};
use crate::directives::workflow::WorkflowStep;
use crate::gate::DEFAULT_WITHIN;

pub(super) fn compare(pair: &Pair<'_>, found: &mut Vec<Looser>) {
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
