//! `cancel T-17`: ends one's own request; what ran already stays done.

use super::arguments::{incomplete, task};
use super::asked::{Asked, Intent};
use super::spec::{Group, InMention, Spec};

pub const SPEC: Spec = Spec {
    name: "cancel",
    aliases: &["abort"],
    group: Group::Steer,
    usage: "cancel T-17",
    about: "End a request; what ran already stays done",
    examples: &["cancel T-17"],
    read,
    mention: InMention::WithId,
};

fn read(rest: &str) -> Asked {
    match task(rest) {
        Some((id, _)) => Asked::Intent(Intent::CancelTask { id }),
        None => incomplete(SPEC.name, "Write which one: cancel T-17. /workforce status lists yours."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::TaskId;

    #[test]
    fn the_task_is_named() {
        assert_eq!(read("T-17!"), Asked::Intent(Intent::CancelTask { id: TaskId(17) }));
        assert!(matches!(read("A-17"), Asked::Incomplete { .. }));
    }
}
