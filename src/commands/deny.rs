//! `deny A-31 REASON`: the second path to *Deny*.

use super::arguments::{approval, incomplete, reason};
use super::asked::{Asked, Intent};
use super::spec::{Group, InMention, Spec};

pub const SPEC: Spec = Spec {
    name: "deny",
    aliases: &["decline", "reject"],
    group: Group::Decide,
    usage: "deny A-31 REASON",
    about: "Refuse what waits; the requester reads the reason",
    examples: &["deny A-31", "deny A-31 because the amount is wrong", "reject A-31: replace it instead"],
    read,
    mention: InMention::WithId,
};

fn read(rest: &str) -> Asked {
    match approval(rest) {
        Some((id, rest)) => Asked::Intent(Intent::Deny { id, reason: reason(rest) }),
        None => incomplete(SPEC.name, "Write which one and why: deny A-31 the amount is wrong."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ApprovalId;

    #[test]
    fn the_reason_is_what_follows() {
        let denied = |reason: Option<&str>| {
            Asked::Intent(Intent::Deny { id: ApprovalId(31), reason: reason.map(str::to_owned) })
        };
        assert_eq!(read("A-31"), denied(None));
        assert_eq!(read("A-31 because it is too much"), denied(Some("it is too much")));
        assert_eq!(read("A-31: replace it instead."), denied(Some("replace it instead.")));
        assert!(matches!(read("because"), Asked::Incomplete { .. }));
    }
}
