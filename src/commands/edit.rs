//! `edit A-31`: the second path to *Edit and approve*.

use super::arguments::{approval, incomplete};
use super::asked::Asked;
use super::spec::{Group, InMention, Spec};
use crate::replies::Verb;

pub const SPEC: Spec = Spec {
    name: "edit",
    aliases: &["change"],
    group: Group::Decide,
    usage: "edit A-31",
    about: "Change what waits, and approve it as changed",
    examples: &["edit A-31", "change A-31"],
    read,
    mention: InMention::WithId,
};

fn read(rest: &str) -> Asked {
    match approval(rest) {
        Some((id, _)) => Asked::Form { verb: Verb::EditFirst, target: id.to_string() },
        None => incomplete(SPEC.name, "Write which one: edit A-31. A form opens with what would be sent."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_opens() {
        assert_eq!(read("A-31"), Asked::Form { verb: Verb::EditFirst, target: "A-31".to_owned() });
        assert!(matches!(read("T-3"), Asked::Incomplete { .. }));
    }
}
