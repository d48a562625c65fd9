//! `hand-over T-19 to WHO`: the one who has it gives it on.

use super::arguments::{incomplete, task, to};
use super::asked::{Asked, Intent};
use super::spec::{Group, InMention, Spec};

pub const SPEC: Spec = Spec {
    name: "hand-over",
    aliases: &["handover", "pass"],
    group: Group::Decide,
    usage: "hand-over T-19 to WHO",
    about: "Give your work on; it stays yours until they accept",
    examples: &["hand-over T-19 to @kim", "hand over T-19 to @kim", "pass T-19 to the support lead"],
    read,
    mention: InMention::WithId,
};

fn read(rest: &str) -> Asked {
    let Some((task, rest)) = task(rest) else {
        return incomplete(SPEC.name, "Write which task and to whom: hand-over T-19 to @kim.");
    };
    match to(rest) {
        Some(to) => Asked::Intent(Intent::HandOver { task, to }),
        None => incomplete(SPEC.name, "Write to whom: hand-over T-19 to @kim."),
    }
}

#[cfg(test)]
mod tests {
    use super::super::asked::To;
    use super::*;
    use crate::ids::TaskId;

    #[test]
    fn task_and_person_are_named() {
        let to = To::Account("U0KIM".into());
        assert_eq!(read("T-19 to <@U0KIM|kim>"), Asked::Intent(Intent::HandOver { task: TaskId(19), to }));
        assert!(matches!(read("T-19"), Asked::Incomplete { .. }));
    }
}
