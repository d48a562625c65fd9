//! `approve A-31`: the second path to *Approve*, for a card that was lost.

use super::arguments::{approval, incomplete};
use super::asked::{Asked, Intent};
use super::spec::{Group, InMention, Spec};

pub const SPEC: Spec = Spec {
    name: "approve",
    aliases: &["ok"],
    group: Group::Decide,
    usage: "approve A-31",
    about: "Approve what waits, as its button does",
    examples: &["approve A-31", "approve a-31", "ok A-31"],
    read,
    mention: InMention::WithId,
};

fn read(rest: &str) -> Asked {
    match approval(rest) {
        Some((id, _)) => Asked::Intent(Intent::Approve { id }),
        None => incomplete(SPEC.name, "Write which one: approve A-31. /workforce approvals lists what waits for you."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ApprovalId;

    #[test]
    fn the_approval_is_named() {
        assert_eq!(read("A-31"), Asked::Intent(Intent::Approve { id: ApprovalId(31) }));
        assert_eq!(read("a31, thanks"), Asked::Intent(Intent::Approve { id: ApprovalId(31) }));
        for bad in ["", "T-17", "the refund"] {
            assert!(matches!(read(bad), Asked::Incomplete { command: "approve", .. }), "{bad}");
        }
    }
}
