//! `reassign T-17 to WHO`: it went to the wrong worker.

use super::arguments::{incomplete, task, to};
use super::asked::{Asked, Intent};
use super::spec::{Group, InMention, Spec};

pub const SPEC: Spec = Spec {
    name: "reassign",
    aliases: &["give", "route"],
    group: Group::Steer,
    usage: "reassign T-17 to WHO",
    about: "Give a task to another agent, role or person; the correction is kept",
    examples: &["reassign T-17 to finance-agent", "reassign T-17 to @kim", "give T-17 to the support team"],
    read,
    mention: InMention::WithId,
};

fn read(rest: &str) -> Asked {
    let Some((task, rest)) = task(rest) else {
        return incomplete(SPEC.name, "Write which task and to whom: reassign T-17 to @kim.");
    };
    match to(rest) {
        Some(to) => Asked::Intent(Intent::Reassign { task, to }),
        None => incomplete(SPEC.name, "Write to whom: reassign T-17 to @kim, or to an agent or role."),
    }
}

#[cfg(test)]
mod tests {
    use super::super::asked::To;
    use super::*;
    use crate::ids::TaskId;

    #[test]
    fn task_and_worker_are_named() {
        let to = |to| Asked::Intent(Intent::Reassign { task: TaskId(17), to });
        assert_eq!(read("T-17 to <@U0KIM>"), to(To::Account("U0KIM".into())));
        assert_eq!(read("T-17 finance-agent"), to(To::Named("finance-agent".into())));
        for bad in ["", "T-17", "T-17 to", "to @kim"] {
            assert!(matches!(read(bad), Asked::Incomplete { .. }), "{bad}");
        }
    }
}
