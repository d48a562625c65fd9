//! The last look before a sentence is taken for guidance: one that begins with what a tool does, and speaks of approval,
//! waiting or a ban, is a gate that somebody believes in. If no reading of it is known, that must be said.

use super::grammar::Slot;
use super::scan::Reader;
use super::token::Token;
use super::values::{Slotted, Val, error};
use super::{Finding, Vocabulary};
use crate::workers::WorkerRef;

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
    if let Some(finding) = of_a_worker(&reader).or_else(|| of_everything(&reader)) {
        return Some(finding);
    }
    let at = (0..=LATEST_START.min(tokens.len().saturating_sub(1))).filter(|at| leads(*at)).find(|at| {
        let whole = |end: usize| !matches!(low(end), "a" | "an" | "the" | "any" | "your" | "our" | "their");
        let sure = |act: &Slotted| act.faults.is_empty() && act.cost < SURE && whole(act.end);
        reader.slot(Slot::Act, *at).iter().any(sure)
    })?;
    let waits = |i: usize| matches!(low(i), "wait" | "waits") && low(i + 1) == "for";
    let gated = (0..tokens.len()).any(|i| GATE.contains(&low(i)) || waits(i));
    let banned = (0..at).any(|i| BAN.contains(&low(i))) || (at == 0 && low(1) == "nothing");
    (gated || banned).then(|| unread(&reader))
}

fn unread(reader: &Reader<'_>) -> Finding {
    error(
        "unread-gate",
        reader.span(0, reader.tokens.len()),
        "this looks like a rule about something that a tool does, and it cannot be read as one".to_owned(),
        "say it plainly: who must approve what, above which amount; or what never happens",
    )
}

/// "Petra can't pay anyone …": an agent, a ban, and something that a tool does.
fn of_a_worker(reader: &Reader<'_>) -> Option<Finding> {
    let agent = |one: &&Slotted| match &one.val {
        Val::Workers(workers) => {
            one.faults.is_empty() && workers.refs.iter().any(|who| matches!(who, WorkerRef::Agent(_)))
        }
        _ => false,
    };
    let subjects = reader.slot(Slot::Who, 0);
    subjects.iter().filter(agent).find_map(|subject| {
        let not = reader.low(subject.end + 1) == "not" || reader.low(subject.end + 1) == "never";
        let modal =
            matches!(reader.low(subject.end), "can" | "may" | "must" | "should" | "shall" | "will" | "do" | "does");
        let never = reader.low(subject.end) == "never";
        let act = subject.end + if never { 1 } else { 2 };
        let acts = reader.slot(Slot::Act, act).iter().any(|act| act.faults.is_empty() && act.cost < SURE);
        ((modal && not || never) && acts).then(|| unread(reader))
    })
}

/// "Everything the SRE agent does needs approval".
fn of_everything(reader: &Reader<'_>) -> Option<Finding> {
    let low = |at: usize| reader.low(at);
    let all = matches!(low(0), "everything" | "anything" | "whatever") || low(0) == "all" && low(1) == "that";
    let worker = (1..4).any(|at| {
        reader
            .slot(Slot::Who, at)
            .iter()
            .any(|one| one.faults.is_empty() && matches!(low(one.end), "does" | "do" | "wants" | "proposes" | "plans"))
    });
    let gated = (0..reader.tokens.len()).any(|i| GATE.contains(&low(i)));
    (all && worker && gated).then(|| unread(reader))
}
