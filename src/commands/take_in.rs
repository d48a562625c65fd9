//! `take-in R-3`: the second path to *Take it in* on a proposed sentence.

use super::arguments::{first_word, incomplete};
use super::asked::{Asked, Intent};
use super::spec::{Group, InMention, Spec};

pub const SPEC: Spec = Spec {
    name: "take-in",
    aliases: &[],
    group: Group::Administer,
    usage: "take-in R-3",
    about: "Take a proposed sentence into the directives that you keep",
    examples: &["take-in R-3"],
    read,
    mention: InMention::WithId,
};

fn read(rest: &str) -> Asked {
    match first_word(rest).0.parse() {
        Ok(proposal) => Asked::Intent(Intent::TakeIn { proposal }),
        Err(_) => incomplete(SPEC.name, "Write which one, as its card says: take-in R-3."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ProposalId;

    #[test]
    fn the_proposal_is_named() {
        assert_eq!(read("R-3"), Asked::Intent(Intent::TakeIn { proposal: ProposalId(3) }));
        assert!(matches!(read("D-3"), Asked::Incomplete { .. }));
    }
}
