//! `accept T-19`: the second path to *Accept*.

use super::arguments::{incomplete, task};
use super::asked::{Asked, Intent};
use super::spec::{Group, InMention, Spec};

pub const SPEC: Spec = Spec {
    name: "accept",
    aliases: &[],
    group: Group::Decide,
    usage: "accept T-19",
    about: "Accept work that you were asked to do",
    examples: &["accept T-19"],
    read,
    mention: InMention::WithId,
};

fn read(rest: &str) -> Asked {
    match task(rest) {
        Some((task, _)) => Asked::Intent(Intent::Accept { task }),
        None => incomplete(SPEC.name, "Write which one: accept T-19. Approvals are decided with approve A-31."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::TaskId;

    #[test]
    fn the_task_is_named() {
        assert_eq!(read("T-19"), Asked::Intent(Intent::Accept { task: TaskId(19) }));
        assert!(matches!(read("A-31"), Asked::Incomplete { .. }));
    }
}
