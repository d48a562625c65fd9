//! `done T-19 NOTE`: the second path to *Done*. `done A-31` opens what came of something that was taken over.

use super::arguments::{approval, incomplete, reason, task};
use super::asked::{Asked, Intent};
use super::spec::{Group, InMention, Spec};
use crate::replies::Verb;

pub const SPEC: Spec = Spec {
    name: "done",
    aliases: &["finish"],
    group: Group::Decide,
    usage: "done T-19 NOTE",
    about: "Finish your work; the note goes to the thread",
    examples: &["done T-19", "done T-19: called him, he is content"],
    read,
    mention: InMention::WithId,
};

fn read(rest: &str) -> Asked {
    match (task(rest), approval(rest)) {
        (Some((task, rest)), _) => Asked::Intent(Intent::Done { task, note: reason(rest) }),
        (None, Some((id, _))) => Asked::Form { verb: Verb::Record, target: id.to_string() },
        (None, None) => incomplete(SPEC.name, "Write which one: done T-19, and what came of it."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::TaskId;

    #[test]
    fn the_note_is_what_follows() {
        let note = Some("called him".to_owned());
        assert_eq!(read("T-19: called him"), Asked::Intent(Intent::Done { task: TaskId(19), note }));
        assert_eq!(read("A-31"), Asked::Form { verb: Verb::Record, target: "A-31".to_owned() });
        assert_eq!(read("T-19"), Asked::Intent(Intent::Done { task: TaskId(19), note: None }));
    }
}
