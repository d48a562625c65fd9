//! `undo A-31`: the second path to *Undo*, while what was approved has not started.

use super::arguments::{approval, incomplete};
use super::asked::{Asked, Intent};
use super::spec::{Group, InMention, Spec};

pub const SPEC: Spec = Spec {
    name: "undo",
    aliases: &["take-back"],
    group: Group::Decide,
    usage: "undo A-31",
    about: "Take your approval back before the action starts",
    examples: &["undo A-31"],
    read,
    mention: InMention::WithId,
};

fn read(rest: &str) -> Asked {
    match approval(rest) {
        Some((id, _)) => Asked::Intent(Intent::Undo { id }),
        None => incomplete(SPEC.name, "Write which one: undo A-31."),
    }
}
