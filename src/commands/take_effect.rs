//! `take-effect D-4`: the second path to *Take effect* on edited directives.

use super::arguments::{first_word, incomplete};
use super::asked::{Asked, Intent};
use super::spec::{Group, InMention, Spec};

pub const SPEC: Spec = Spec {
    name: "take-effect",
    aliases: &[],
    group: Group::Administer,
    usage: "take-effect D-4",
    about: "Let edited directives take effect that would be looser",
    examples: &["take-effect D-4"],
    read,
    mention: InMention::WithId,
};

fn read(rest: &str) -> Asked {
    match first_word(rest).0.parse() {
        Ok(change) => Asked::Intent(Intent::TakeEffect { change }),
        Err(_) => incomplete(SPEC.name, "Write which change, as its card says: take-effect D-4."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ChangeId;

    #[test]
    fn the_change_is_named() {
        assert_eq!(read("D-4"), Asked::Intent(Intent::TakeEffect { change: ChangeId(4) }));
        assert!(matches!(read("A-4"), Asked::Incomplete { .. }));
    }
}
