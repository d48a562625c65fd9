//! Action phrases in numbers ("more than $500 in refunds a week"), and tools by their names in backticks.

use super::Finding;
use super::actions::{MAX_WORDS, NO_TOOL, STOPS, cores, same_one};
use super::grammar::Slot;
use super::scan::Reader;
use super::token::Kind;
use super::values::{Action, Slotted, Val, error};
use super::workers::phrase_at;
use crate::catalogue::{Tool, ToolName, own};
use crate::directives::rule::{AmountRange, Condition, Times, ToolPattern};

/// "more than $500 in refunds per customer and week", "more than five refunds a day".
pub fn quantities(reader: &Reader<'_>, slot: Slot, i: usize) -> Vec<Slotted> {
    let mut found = Vec::new();
    // "offer more than $250 in discounts a month".
    let start = i + usize::from(super::tools::is_light(reader, i));
    for bound in reader.slot(Slot::Bound, start).iter() {
        let Val::Range(range) = &bound.val else { continue };
        let Some(at) = ["in", "of", "worth of", "for"].iter().filter_map(|w| phrase_at(reader, bound.end, w)).max()
        else {
            continue;
        };
        for core in cores(reader, slot, at) {
            let Val::Action(action) = &core.val else { continue };
            let faults: Vec<Finding> = bound.faults.iter().chain(&core.faults).cloned().collect();
            let mut push = |end: usize, range: &AmountRange, cost: u32| {
                let when = Condition { amount: Some(range.clone()), ..action.when.clone() };
                let action = Action { when, span: reader.span(i, end), ..(**action).clone() };
                found.push(Slotted { end, val: Val::Action(Box::new(action)), cost, faults: faults.clone() });
            };
            let cost = bound.cost + core.cost;
            push(core.end, range, cost + 1);
            for per in reader.slot(Slot::Per, core.end).iter() {
                if let (Val::Per { days, same }, None) = (&per.val, &range.per) {
                    push(per.end, &AmountRange { per: Some(days.clone()), same: *same, ..range.clone() }, cost);
                }
            }
        }
    }
    for bound in reader.slot(Slot::NumBound, start).iter() {
        let Val::Count(over) = bound.val else { continue };
        for core in cores(reader, slot, bound.end) {
            let Val::Action(action) = &core.val else { continue };
            for per in reader.slot(Slot::Per, core.end).iter() {
                let Val::Per { days, same } = &per.val else { continue };
                // "of the same service"; what cannot be counted by is a fault of the phrase.
                let again = (bound.end..core.end).find(|at| reader.low(*at) == "same");
                let same = same.or(again.and_then(|at| same_one(reader, at + 1, &action.tools).ok()));
                let times = Times { over, per: days.clone(), same };
                let when = Condition { times: Some(times), ..action.when.clone() };
                let action = Action { when, same: None, span: reader.span(i, per.end), ..(**action).clone() };
                found.push(Slotted {
                    end: per.end,
                    val: Val::Action(Box::new(action)),
                    cost: core.cost,
                    faults: core.faults.clone(),
                });
            }
        }
    }
    found
}

/// Words that may stand before a tool in backticks and say nothing more about it.
const BEFORE_A_TOOL: &[&str] = &[
    "use", "call", "the", "tool", "tools", "run", "calling", "using", "running", "look", "looking", "up", "a", "any",
    "it", "them", "with", "through",
];

/// "`billing.refund`", "refund (`billing.refund`)", "`a.b` and `c.*`".
pub fn codes(reader: &Reader<'_>, i: usize) -> Vec<Slotted> {
    let mut at = i;
    let mut words = Vec::new();
    while at < i + MAX_WORDS && reader.tokens.get(at).is_some_and(|t| t.is_word() && !STOPS.contains(&t.low.as_str())) {
        words.push(reader.low(at).to_owned());
        at += 1;
    }
    let bracket = reader.tokens.get(at).is_some_and(|t| t.is_mark('('));
    if bracket {
        at += 1;
    } else if !words.iter().all(|w| BEFORE_A_TOOL.contains(&w.as_str())) {
        return Vec::new();
    }
    let start = at;
    let (mut tools, mut faults) = (Vec::new(), Vec::new());
    let mut found = Vec::new();
    while let Some(Kind::Code(code)) = reader.tokens.get(at).map(|t| &t.kind) {
        if !code.contains('.') {
            return found;
        }
        faults.extend(unknown_code(reader, code, at));
        tools.push(ToolPattern(code.clone()));
        at += 1;
        let end = if bracket { at + usize::from(reader.tokens.get(at).is_some_and(|t| t.is_mark(')'))) } else { at };
        let closed = !bracket || end > at;
        if closed {
            let text = if bracket {
                words.join(" ")
            } else {
                tools.iter().map(|t| t.0.as_str()).collect::<Vec<_>>().join(", ")
            };
            let span = reader.span(i, end);
            let action = Action { text, tools: tools.clone(), span, ..Action::default() };
            let cost = if faults.is_empty() { 0 } else { NO_TOOL };
            found.push(Slotted { end, val: Val::Action(Box::new(action)), cost, faults: faults.clone() });
        }
        let mut next = at;
        if reader.tokens.get(next).is_some_and(|t| t.is_mark(',')) {
            next += 1;
        }
        if matches!(reader.low(next), "and" | "or") {
            next += 1;
        }
        if next == at {
            break;
        }
        at = next;
    }
    debug_assert!(start <= at);
    found
}

/// What is wrong with a tool's name in backticks, if anything.
pub fn unknown_code(reader: &Reader<'_>, code: &str, at: usize) -> Option<Finding> {
    let known = |name: &ToolName| name.matches(code);
    let of_servers = || reader.index.tools.iter().map(|tool| ToolName(tool.name.clone()));
    // Tools of our own are named only so, and only where no server has taken their place.
    let ours = |tool: &Tool| known(&tool.name) && of_servers().all(|other| other.server() != tool.name.server());
    if of_servers().any(|name| known(&name)) || own::iter().any(ours) {
        return None;
    }
    let near = reader
        .index
        .tools
        .iter()
        .map(|tool| (strsim::jaro_winkler(&tool.name, code), &tool.name))
        .filter(|(score, _)| *score > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let help = near
        .map_or("add the tool with `workforce tools lock`".to_owned(), |(_, name)| format!("did you mean `{name}`?"));
    Some(error("unknown-tool", reader.span(at, at + 1), format!("there is no tool `{code}`"), &help))
}
