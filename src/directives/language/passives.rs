//! Actions in the passive ("licences may be revoked"), and words that nothing accounts for.

use super::Finding;
use super::actions::{NO_TOOL, STOPS, UNDEFINED, is_tool_word, no_tool, segment_at, several, undefined};
use super::grammar::Slot;
use super::scan::{HEDGE_COST, Reader};
use super::token::Kind;
use super::tools::{Bound, bind};
use super::values::{Action, Slotted, Val, error};
use super::vocabulary::irregular::IRREGULAR;
use super::vocabulary::synonyms::{NOISE, PARTICLES};
use super::vocabulary::words::VAGUE;
use crate::directives::rule::{AmountRange, Condition, ToolPattern};

/// What is acted on, in the passive; bound to a tool together with the participle.
pub fn object(reader: &Reader<'_>, i: usize) -> Vec<Slotted> {
    let mut found: Vec<Slotted> = sums(reader, i)
        .map(|(end, _)| Slotted { end, val: Val::Words(Vec::new()), cost: 0, faults: Vec::new() })
        .collect();
    for end in i + 1..=(i + 7).min(reader.tokens.len()) {
        let token = &reader.tokens[end - 1];
        let joint = end > i + 1 && token.is_mark(',');
        if !joint && (!token.is_word() || STOPS.contains(&token.low.as_str()) || token.low == "no") {
            break;
        }
        if !joint && !matches!(token.low.as_str(), "and" | "or" | "the" | "a" | "an" | "of" | "to") {
            found.push(Slotted { end, val: Val::Words(Vec::new()), cost: 0, faults: Vec::new() });
            let narrowed = |(end, _): (usize, Condition)| Slotted {
                end,
                val: Val::Words(Vec::new()),
                cost: 2,
                faults: Vec::new(),
            };
            found.extend(narrowing(reader, end).map(narrowed));
        }
    }
    found
}

/// What narrows the noun before it: "discounts *of less than $60*", "orders *from #help*".
fn narrowing<'r>(reader: &'r Reader<'_>, at: usize) -> impl Iterator<Item = (usize, Condition)> + 'r {
    let begins = matches!(
        reader.low(at),
        "of" | "over"
            | "above"
            | "under"
            | "below"
            | "up"
            | "from"
            | "between"
            | "exceeding"
            | "worth"
            | "in"
            | "for"
            | "to"
            | "outside"
            | "beyond"
            | "at"
            | "less"
            | "more"
            | "not"
            | "requested"
    );
    let mods = if begins { reader.slot(Slot::Mod, at) } else { Vec::new().into() };
    let clean: Vec<(usize, Condition)> = mods
        .iter()
        .filter(|one| one.faults.is_empty() && one.cost < 3)
        .filter_map(|one| match &one.val {
            Val::Clauses(clauses) => match clauses.as_slice() {
                [clause] if clause.who.is_empty() && clause.action.is_none() => Some((one.end, clause.when.clone())),
                _ => None,
            },
            _ => None,
        })
        .collect();
    clean.into_iter()
}

/// Sums that are themselves what is acted on: "more than $300 may be refunded", "anything under $20".
fn sums<'r>(reader: &'r Reader<'_>, i: usize) -> impl Iterator<Item = (usize, AmountRange)> + 'r {
    let led =
        usize::from(matches!(reader.low(i), "amounts" | "sums" | "anything" | "everything" | "any" | "all" | "money"));
    let second = usize::from(led == 1 && matches!(reader.low(i + 1), "amount" | "amounts" | "sum" | "sums" | "of"));
    let bounds = reader.slot(Slot::Bound, i + led + second);
    let clean: Vec<(usize, AmountRange)> = bounds
        .iter()
        .filter(|one| one.faults.is_empty())
        .filter_map(|one| match &one.val {
            Val::Range(range) => Some((one.end, range.clone())),
            _ => None,
        })
        .collect();
    clean.into_iter()
}

/// "revoked", "written off", "shut down", "cancelled or changed".
pub fn participle(reader: &Reader<'_>, i: usize) -> Vec<Slotted> {
    let Some(token) = reader.tokens.get(i).filter(|t| t.is_word()) else { return Vec::new() };
    let low = token.low.as_str();
    let regular = low.ends_with("ed")
        || IRREGULAR.iter().any(|(_, forms)| forms.contains(&low))
        || matches!(
            low,
            "reset" | "shut" | "set" | "cut" | "put" | "run" | "split" | "rerun" | "let" | "cast" | "shed"
        );
    // "must be cancel": the base form where a participle belongs.
    let base = !regular
        && is_tool_word(reader, i)
        && matches!(
            reader.low(i.wrapping_sub(1)),
            "be" | "been" | "may" | "can" | "must" | "should" | "shall" | "will"
        );
    if !(regular || base)
        || STOPS.contains(&low)
        || matches!(low, "done" | "made" | "allowed" | "permitted" | "needed" | "required" | "approved")
    {
        return Vec::new();
    }
    let cost = if base { 4 } else { 0 };
    let plain = |end: usize| Slotted { end, val: Val::Words(Vec::new()), cost, faults: Vec::new() };
    let mut found = vec![plain(i + 1)];
    if PARTICLES.contains(&reader.low(i + 1)) {
        found.push(plain(i + 2));
    }
    found
}

/// The action of a passive: the object's words and the participle's, as one phrase.
pub fn passive(reader: &Reader<'_>, object: (usize, usize), part: (usize, usize)) -> Slotted {
    let mut words: Vec<usize> = (part.0..part.1).collect();
    words.extend((object.0..object.1).filter(|at| !reader.tokens[*at].is_mark(',')));
    let mut when = Condition::default();
    let (mut cost, mut faults) = (1, Vec::new());
    let mut at = object.0;
    let sum = sums(reader, at).find(|(end, _)| *end == object.1);
    if let Some((end, range)) = sum.clone() {
        when.amount = Some(range);
        words.retain(|word| *word < object.0 || *word >= end);
        at = end;
    }
    let narrowed = (object.0 + 1..object.1).find_map(|from| {
        narrowing(reader, from).find(|(end, _)| *end == object.1).map(|(_, condition)| (from, condition))
    });
    let mut noun_end = object.1;
    if let Some((from, condition)) = narrowed.filter(|_| at < object.1) {
        when = condition;
        words.retain(|word| *word < from || *word >= object.1);
        noun_end = from;
    }
    while at < noun_end {
        if let Some((length, term)) = segment_at(reader, at, object.1) {
            when.segments.push(term);
            words.retain(|word| *word < at || *word >= at + length);
            at += length;
        } else if reader.hedge_at(at) > 0
            || VAGUE.contains(&reader.low(at)) && !is_tool_word(reader, at) && !matches!(reader.low(at), "new" | "old")
        {
            let end = at + reader.hedge_at(at).max(1);
            faults.push(reader.hedge_fault(at, end));
            cost += HEDGE_COST;
            words.retain(|word| *word < at || *word >= end);
            at = end;
        } else {
            at += 1;
        }
    }
    let tools = bound_tools(reader, &words, part, &mut cost, &mut faults);
    let mut text: Vec<&str> = vec![reader.low(part.0)];
    // What narrows the act is said in its condition.
    let said = if sum.is_some() { object.0 } else { noun_end };
    text.extend((object.0..said).map(|at| reader.low(at)).filter(|low| !NOISE.contains(low)));
    let span = reader.span(object.0, part.1);
    let action = Action { text: text.join(" "), tools, when, span, ..Action::default() };
    Slotted { end: part.1, val: Val::Action(Box::new(action)), cost, faults }
}

/// The tools of a passive's words, which begin with the participle's.
fn bound_tools(
    reader: &Reader<'_>,
    words: &[usize],
    part: (usize, usize),
    cost: &mut u32,
    faults: &mut Vec<Finding>,
) -> Vec<ToolPattern> {
    // "accounts and licences may be revoked": each object with the one participle.
    let mut objects: Vec<Vec<usize>> = vec![Vec::new()];
    for &at in &words[(part.1 - part.0)..] {
        if matches!(reader.low(at), "and" | "or") {
            objects.push(Vec::new());
        } else if let Some(last) = objects.last_mut() {
            last.push(at);
        }
    }
    let mut tools = Vec::new();
    for object_words in objects {
        let all: Vec<usize> = (part.0..part.1).chain(object_words).collect();
        match bind(reader, &all, false) {
            Bound::Tool(name, far) => {
                *cost += far;
                tools.push(ToolPattern(name));
            }
            Bound::Several(names) => {
                *cost += UNDEFINED;
                faults.push(several(reader, &all, &names));
            }
            Bound::Unknown(name, missing) => {
                *cost += UNDEFINED;
                faults.push(undefined(reader, &missing, &name));
            }
            Bound::None => {
                *cost += NO_TOOL;
                faults.push(no_tool(reader, &all));
            }
        }
    }
    tools
}

/// Words that nothing else accounts for, as an error: a condition that cannot be looked up.
pub fn free(reader: &Reader<'_>, i: usize) -> Vec<Slotted> {
    let mut found = Vec::new();
    for end in i + 1..=(i + 12).min(reader.tokens.len()) {
        let token = &reader.tokens[end - 1];
        if token.is_mark(',') || token.is_mark(';') {
            break;
        }
        let last = end == reader.tokens.len()
            || matches!(reader.tokens[end].kind, Kind::Mark(',' | ';'))
            || STOPS.contains(&reader.low(end));
        if last {
            let words: Vec<&str> = reader.tokens[i..end].iter().map(|t| t.text.as_str()).collect();
            let fault = error(
                "undefined-condition",
                reader.span(i, end),
                format!("“{}” is no condition that can be checked", words.join(" ")),
                "use an amount, a topic, literal words, a channel, a person, a defined term, or hours",
            );
            let cost = NO_TOOL + 5 + 2 * u32::try_from(end - i).unwrap_or(9);
            found.push(Slotted { end, val: Val::Words(Vec::new()), cost, faults: vec![fault] });
        }
    }
    found
}
