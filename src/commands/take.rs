//! `take T-18`: a person takes a task that nobody fits, or that somebody else was asked about.

use super::arguments::{incomplete, task};
use super::asked::{Asked, Intent};
use super::spec::{Group, InMention, Spec};

pub const SPEC: Spec = Spec {
    name: "take",
    aliases: &["i take", "i'll take", "claim"],
    group: Group::Decide,
    usage: "take T-18",
    about: "Take a task yourself",
    examples: &["take T-18", "i take T-18", "claim T-18"],
    read,
    mention: InMention::WithId,
};

fn read(rest: &str) -> Asked {
    match task(rest) {
        Some((task, _)) => Asked::Intent(Intent::TakeIt { task }),
        None => incomplete(SPEC.name, "Write which one: take T-18."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::TaskId;

    #[test]
    fn the_task_is_named() {
        assert_eq!(read("T-18"), Asked::Intent(Intent::TakeIt { task: TaskId(18) }));
        assert!(matches!(read("it"), Asked::Incomplete { .. }));
    }
}
