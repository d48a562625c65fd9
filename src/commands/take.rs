//! `take T-18`: a person takes a task that nobody fits, or that somebody else was asked about. `take A-31`: the second path to
//! *Take over*; what an agent asked about is done by hand.

use super::arguments::{approval, incomplete, task};
use super::asked::{Asked, Intent};
use super::spec::{Group, InMention, Spec};

pub const SPEC: Spec = Spec {
    name: "take",
    aliases: &["i take", "i'll take", "claim"],
    group: Group::Decide,
    usage: "take T-18",
    about: "Take a task yourself, or do by hand what waits as A-31",
    examples: &["take T-18", "i take T-18", "claim T-18", "take A-31"],
    read,
    mention: InMention::WithId,
};

fn read(rest: &str) -> Asked {
    match (task(rest), approval(rest)) {
        (Some((task, _)), _) => Asked::Intent(Intent::TakeIt { task }),
        (None, Some((id, _))) => Asked::Intent(Intent::TakeOver { id }),
        (None, None) => incomplete(SPEC.name, "Write which one: take T-18, or take A-31."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::TaskId;

    #[test]
    fn the_task_is_named() {
        assert_eq!(read("T-18"), Asked::Intent(Intent::TakeIt { task: TaskId(18) }));
        assert_eq!(read("A-31"), Asked::Intent(Intent::TakeOver { id: crate::ids::ApprovalId(31) }));
        assert!(matches!(read("it"), Asked::Incomplete { .. }));
    }
}
