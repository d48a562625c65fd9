//! The last look before a sentence is taken for guidance: one that begins with what a tool does, and speaks of approval,
//! waiting or a ban, is a gate that somebody believes in. If no reading of it is known, that must be said.

use super::grammar::Slot;
use super::scan::Reader;
use super::token::Token;
use super::values::error;
use super::{Finding, Vocabulary};

/// The action is the sentence's subject or its verb if it begins this early: "Nothing gets refunded", "Never cancel".
const LATEST_START: usize = 2;
/// Actions that bind with more guessing than this are words that only look like one.
const SURE: u32 = 4;

/// Words that make a gate of a sentence about an action.
const GATE: &[&str] = &[
    "approval", "approvals", "approve", "approves", "approved", "approver", "approvers", "authorisation",
    "authorization", "authorised", "authorized", "blessing", "clearance", "consent", "okay", "ok", "permission",
    "signature",
];
/// Words that may stand before an action that the sentence is about.
const BEFORE: &[&str] = &[
    "a", "all", "an", "any", "are", "be", "can", "do", "each", "every", "get", "gets", "is", "may", "must", "never",
    "new", "no", "nobody", "not", "nothing", "our", "please", "the", "to",
];
/// Words before an action that ban it.
const BAN: &[&str] = &["never", "no", "nothing", "nobody", "not"];

/// The error for a sentence that looks like a gate about a tool and could not be read.
pub fn gate(voc: &Vocabulary<'_>, tokens: &[Token]) -> Option<Finding> {
    let reader = Reader::new(voc, tokens.to_vec());
    let low = |at: usize| tokens.get(at).map_or("", |token| token.low.as_str());
    // What stands before the action may only count, ban or help it: "Never promise a refund" is about promising.
    let leads = |at: usize| (0..at).all(|i| BEFORE.contains(&low(i)));
    let at = (0..=LATEST_START.min(tokens.len().saturating_sub(1)))
        .filter(|at| leads(*at))
        .find(|at| reader.slot(Slot::Act, *at).iter().any(|act| act.faults.is_empty() && act.cost < SURE))?;
    let waits = |i: usize| matches!(low(i), "wait" | "waits") && low(i + 1) == "for";
    let gated = (0..tokens.len()).any(|i| GATE.contains(&low(i)) || waits(i));
    let banned = (0..at).any(|i| BAN.contains(&low(i))) || (at == 0 && low(1) == "nothing");
    (gated || banned).then(|| {
        error(
            "unread-gate",
            reader.span(0, tokens.len()),
            "this looks like a rule about something that a tool does, and it cannot be read as one".to_owned(),
            "say it plainly: who must approve what, above which amount; or what never happens",
        )
    })
}
