//! `stop T-17`, `stop finn`, `stop all`: nothing more runs. Everybody may stop their own task, an owner their agent; who may
//! stop everything, a directive says, and it is asked about once more.

use super::arguments::{incomplete, stop_what};
use super::asked::{Asked, Intent};
use super::spec::{Group, InMention, Spec};

pub const SPEC: Spec = Spec {
    name: "stop",
    aliases: &["halt", "pause"],
    group: Group::Steer,
    usage: "stop T-17 | WORKER | all",
    about: "Stop a task, an agent or everything at once",
    examples: &["stop T-17", "stop finance-agent", "stop all"],
    read,
    mention: InMention::Worker,
};

fn read(rest: &str) -> Asked {
    match stop_what(rest) {
        Some(what) => Asked::Intent(Intent::Stop { what, confirmed: false }),
        None => incomplete(SPEC.name, "Write what: stop T-17, stop finance-agent, or stop all."),
    }
}

#[cfg(test)]
mod tests {
    use super::super::asked::StopWhat;
    use super::*;
    use crate::ids::TaskId;

    #[test]
    fn a_typed_stop_is_never_confirmed_by_itself() {
        let stop = |what| Asked::Intent(Intent::Stop { what, confirmed: false });
        assert_eq!(read("T-17"), stop(StopWhat::Task(TaskId(17))));
        assert_eq!(read("all"), stop(StopWhat::Everything));
        assert_eq!(read("all agents!"), stop(StopWhat::Everything));
        assert_eq!(read("the finance agent"), stop(StopWhat::Worker("finance agent".into())));
        assert!(matches!(read(""), Asked::Incomplete { .. }));
    }
}
