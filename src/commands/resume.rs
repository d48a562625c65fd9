//! `resume finn`, `resume all`: what was stopped goes on, oldest first.

use super::arguments::{incomplete, stop_what};
use super::asked::{Asked, Intent};
use super::spec::{Group, InMention, Spec};

pub const SPEC: Spec = Spec {
    name: "resume",
    aliases: &["continue", "unpause"],
    group: Group::Steer,
    usage: "resume T-17 | WORKER | all",
    about: "Show what was stopped, and let it go on",
    examples: &["resume finance-agent", "resume all", "resume T-17"],
    read,
    mention: InMention::Worker,
};

fn read(rest: &str) -> Asked {
    match stop_what(rest) {
        Some(what) => Asked::Intent(Intent::Resume { what, confirmed: false }),
        None => incomplete(SPEC.name, "Write what: resume finance-agent, or resume all."),
    }
}

#[cfg(test)]
mod tests {
    use super::super::asked::StopWhat;
    use super::*;

    #[test]
    fn what_was_stopped_is_named_alike() {
        assert_eq!(read("everything"), Asked::Intent(Intent::Resume { what: StopWhat::Everything, confirmed: false }));
        assert!(matches!(read("  "), Asked::Incomplete { .. }));
    }
}
