//! `done T-19 NOTE`: the second path to *Done*. `done A-31` opens what came of something that was taken over.

use super::arguments::{approval, incomplete, reason, task};
use super::asked::{Asked, Intent};
use super::spec::{Group, InMention, Spec};
use super::took::minutes;
use crate::ids::TaskId;
use crate::replies::Verb;

pub const SPEC: Spec = Spec {
    name: "done",
    aliases: &["finish"],
    group: Group::Decide,
    usage: "done T-19 NOTE",
    about: "Finish your work; the note goes to the thread",
    examples: &["done T-19", "done T-19: called him, he is content", "done T-19 took 25 min"],
    read,
    mention: InMention::WithId,
};

fn read(rest: &str) -> Asked {
    match (task(rest), approval(rest)) {
        (Some((task, rest)), _) => done(task, rest),
        (None, Some((id, _))) => Asked::Form { verb: Verb::Record, target: id.to_string() },
        (None, None) => incomplete(SPEC.name, "Write which one: done T-19, and what came of it."),
    }
}

/// "called him, took 25 min": what stands at the end after "took" is how long, if it is a length of time.
fn done(task: TaskId, rest: &str) -> Asked {
    let (note, took) = match rest.rsplit_once("took ").filter(|(_, took)| minutes(took).is_some()) {
        Some((note, took)) => (note.trim_end_matches([' ', ',', ';', '.']), Some(took.trim().to_owned())),
        None => (rest, None),
    };
    Asked::Intent(Intent::Done { task, note: reason(note), took })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_note_is_what_follows() {
        let note = Some("called him".to_owned());
        assert_eq!(read("T-19: called him"), Asked::Intent(Intent::Done { task: TaskId(19), note, took: None }));
        assert_eq!(read("A-31"), Asked::Form { verb: Verb::Record, target: "A-31".to_owned() });
        assert_eq!(read("T-19"), Asked::Intent(Intent::Done { task: TaskId(19), note: None, took: None }));
        let of = |note: Option<&str>, took: &str| {
            let (note, took) = (note.map(str::to_owned), Some(took.to_owned()));
            Asked::Intent(Intent::Done { task: TaskId(19), note, took })
        };
        assert_eq!(read("T-19: called him, took 25 min"), of(Some("called him"), "25 min"));
        assert_eq!(read("T-19 took 1 h 30"), of(None, "1 h 30"));
        let took_it = Some("he took it well".to_owned());
        assert_eq!(
            read("T-19 he took it well"),
            Asked::Intent(Intent::Done { task: TaskId(19), note: took_it, took: None })
        );
    }
}
