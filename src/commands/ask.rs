//! `ask A-31 QUESTION`: the second path to *Ask back*.

use super::arguments::{approval, incomplete, reason};
use super::asked::{Asked, Intent};
use super::spec::{Group, InMention, Spec};
use crate::replies::Verb;

pub const SPEC: Spec = Spec {
    name: "ask",
    aliases: &["ask-back"],
    group: Group::Decide,
    usage: "ask A-31 QUESTION",
    about: "Ask the requester something before you decide; the time stands still meanwhile",
    examples: &["ask A-31", "ask A-31 which of the two parcels broke?", "ask-back A-31: is this the whole order?"],
    read,
    mention: InMention::WithId,
};

fn read(rest: &str) -> Asked {
    match approval(rest).map(|(id, rest)| (id, reason(rest))) {
        Some((id, Some(text))) => Asked::Intent(Intent::AskBack { id, text }),
        Some((id, None)) => Asked::Form { verb: Verb::AskBack, target: id.to_string() },
        None => incomplete(SPEC.name, "Write which one and what: ask A-31 which parcel broke?"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ApprovalId;

    #[test]
    fn the_question_is_what_follows() {
        let text = "which parcel broke?".to_owned();
        assert_eq!(read("A-31 which parcel broke?"), Asked::Intent(Intent::AskBack { id: ApprovalId(31), text }));
        assert_eq!(read("A-31"), Asked::Form { verb: Verb::AskBack, target: "A-31".to_owned() });
        assert!(matches!(read("which parcel?"), Asked::Incomplete { .. }));
    }
}
