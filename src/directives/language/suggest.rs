//! The nearest sentence that would be read: for a gate that could not be, what its words did name, said plainly.
//!
//! Whatever was not understood is left out only where that makes the gate wider: a suggestion never holds less back than
//! the sentence said. It is read back before anybody sees it.

use super::grammar::Slot;
use super::scan::Reader;
use super::token::tokenize;
use super::values::{Action, Val};
use super::verdict::{Meaning, same, understand};
use crate::directives::rule::{Approve, Condition, Forbid, Rule};
use crate::workers::WorkerRef;

/// Words that let something run: a suggestion could only be looser.
const FREE: &[&str] = &["automatically", "freely", "without", "no", "not", "needn't", "exempt", "waived", "skip"];
/// Words that forbid.
const BANS: &[&str] = &["never", "forbidden", "prohibited", "banned", "barred", "nobody", "nothing"];

/// Words after which a ban has an end.
const BUT: &[&str] = &["without", "unless", "until", "except", "before", "only", "but", "save"];

/// The canonical wording of the gate that these words speak of, if they name all that one needs.
pub fn nearest(reader: &Reader<'_>) -> Option<String> {
    let action = only_action(reader)?;
    let says = |words: &[&str]| (0..reader.tokens.len()).any(|at| words.contains(&reader.low(at)));
    let amount = only_bound(reader);
    let when = Condition { amount, ..action.when.clone() };
    let rule = match approvers(reader) {
        Some((by, count)) if !frees(reader) => Rule::Approve(Approve {
            action: action.text,
            tools: action.tools,
            who: subject(reader),
            when,
            by,
            count,
            within: None,
            otherwise: crate::directives::rule::Otherwise::default(),
            confirm: None,
        }),
        None if says(BANS) && !says(BUT) => {
            Rule::Forbid(Forbid { action: action.text, tools: action.tools, who: subject(reader), when })
        }
        Some(_) | None => return None,
    };
    let text = super::paraphrase(&rule, reader.voc);
    match understand(reader.voc, &tokenize(&text), 0) {
        Meaning::Rules(rules, _) => {
            let read: Vec<Rule> = rules.into_iter().map(|(rule, ..)| rule).collect();
            same(&read, std::slice::from_ref(&rule)).then_some(text)
        }
        Meaning::Broken(_) | Meaning::Ambiguous(_) | Meaning::Nothing => None,
    }
}

/// "without approval", "no approval": the words for an approval are there to take it away.
fn frees(reader: &Reader<'_>) -> bool {
    (1..reader.tokens.len()).any(|at| {
        let before = (at.saturating_sub(2)..at).any(|back| FREE.contains(&reader.low(back)));
        let bare = reader.low(at).starts_with("approv") && !matches!(reader.low(at + 1), "of" | "from" | "by");
        bare && before
    })
}

/// The one thing that is done; two are two sentences.
fn only_action(reader: &Reader<'_>) -> Option<Action> {
    let mut best: Option<(u32, usize, Action)> = None;
    for at in 0..reader.tokens.len() {
        for one in reader.slot(Slot::Act, at).iter().filter(|one| one.faults.is_empty() && one.cost < 4) {
            let Val::Action(action) = &one.val else { continue };
            match &best {
                Some((.., known)) if known.tools != action.tools => return None,
                Some((cost, width, _)) if (*cost, usize::MAX - *width) <= (one.cost, usize::MAX - (one.end - at)) => {}
                Some(_) | None => best = Some((one.cost, one.end - at, (**action).clone())),
            }
        }
    }
    best.map(|(.., action)| Action { when: Condition::default(), ..action })
}

/// The sum, where only one is spoken of; without it the gate is wider.
fn only_bound(reader: &Reader<'_>) -> Option<crate::directives::rule::AmountRange> {
    let mut ranges = (0..reader.tokens.len()).filter_map(|at| {
        let widest =
            reader.slot(Slot::Bound, at).iter().filter(|one| one.faults.is_empty()).max_by_key(|one| one.end).cloned();
        match widest?.val {
            Val::Range(range) if range.over.is_some() || range.at_least.is_some() => Some(range),
            _ => None,
        }
    });
    let first = ranges.next()?;
    ranges.all(|other| other == first).then_some(first)
}

/// Whoever must approve, and how many of them.
fn approvers(reader: &Reader<'_>) -> Option<(Vec<WorkerRef>, u32)> {
    (0..reader.tokens.len()).find_map(|at| {
        reader.slot(Slot::Okay, at).iter().rev().find_map(|one| match &one.val {
            Val::Okay(okay) if one.faults.is_empty() && !okay.by.is_empty() && spoken(reader, at, one.end) => {
                let all = if okay.all { u32::try_from(okay.by.len()).unwrap_or(1) } else { 1 };
                Some((okay.by.clone(), okay.count.unwrap_or(all)))
            }
            _ => None,
        })
    })
}

fn spoken(reader: &Reader<'_>, from: usize, to: usize) -> bool {
    (from..to).any(|at| super::vocabulary::turns::APPROVALS.contains(&reader.low(at)))
}

/// The agent that the sentence begins with.
fn subject(reader: &Reader<'_>) -> Vec<WorkerRef> {
    let subjects = reader.slot(Slot::Who, 0);
    let agents = subjects.iter().rev().find_map(|one| match &one.val {
        Val::Workers(workers) if one.faults.is_empty() => {
            let all = workers.refs.iter().all(|who| matches!(who, WorkerRef::Agent(_)));
            (all && !workers.refs.is_empty()).then(|| workers.refs.clone())
        }
        _ => None,
    });
    agents.unwrap_or_default()
}
