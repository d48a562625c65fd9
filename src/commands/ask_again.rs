//! `ask-again A-31`: opens an expired approval anew.

use super::arguments::{approval, incomplete};
use super::asked::{Asked, Intent};
use super::spec::{Group, InMention, Spec};

pub const SPEC: Spec = Spec {
    name: "ask-again",
    aliases: &["reask"],
    group: Group::Decide,
    usage: "ask-again A-31",
    about: "Ask the approvers once more after nobody decided",
    examples: &["ask-again A-31", "ask again A-31"],
    read,
    mention: InMention::WithId,
};

fn read(rest: &str) -> Asked {
    match approval(rest) {
        Some((id, _)) => Asked::Intent(Intent::AskAgain { id }),
        None => incomplete(SPEC.name, "Write which one: ask-again A-31."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ApprovalId;

    #[test]
    fn the_approval_is_named() {
        assert_eq!(read("A-31"), Asked::Intent(Intent::AskAgain { id: ApprovalId(31) }));
        assert!(matches!(read(""), Asked::Incomplete { .. }));
    }
}
