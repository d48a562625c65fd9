//! "When fewer than 80% of the finance agent's proposals are accepted over a month, everything it does needs approval."

use super::Finding;
use super::build::Built;
use super::build_care::guard;
use super::counts::percent;
use super::grammar::Slot;
use super::numbers::{money, number};
use super::pattern_set::Form;
use super::scan::Reader;
use super::times::duration;
use super::values::{Val, error};
use super::vocabulary::guards::{
    ALL_THAT, CONSEQUENCES, DIRECTIONS, DOES, LEADS, MEASURES, MUST_BE_APPROVED, NOTIFY, SMALL,
};
use super::workers::phrase_at;
use crate::directives::rule::{GuardThen, Measure, Number};
use crate::workers::WorkerRef;

#[derive(Default)]
struct Parts {
    who: Vec<WorkerRef>,
    measure: Option<Measure>,
    below: Option<bool>,
    value: Option<Number>,
    days: Option<u32>,
    faults: Vec<Finding>,
    cost: u32,
}

/// All readings as a guard: a condition on a measure, and a consequence, in either order.
pub fn read(reader: &Reader<'_>) -> Vec<Built> {
    let total = reader.tokens.len();
    let mut found = Vec::new();
    // "Calla's acceptance under 85% over 2 weeks: everything it does needs approval."
    for colon in (3..total).filter(|at| reader.tokens[*at].is_mark(':') || reader.tokens[*at].is_mark('-')) {
        if let Some(mut parts) = condition(reader, 0, colon)
            && let Some((then, to)) = consequence(reader, colon + 1, total, &mut parts)
        {
            found.extend(built(reader, parts, then, to, (0, colon)));
        }
    }
    for i in 0..total {
        let Some(start) = LEADS.iter().filter_map(|lead| phrase_at(reader, i, lead)).max() else { continue };
        let splits: Vec<(usize, usize, usize)> = if i == 0 {
            (start + 3..total)
                .filter(|at| reader.tokens[*at].is_mark(',') || reader.low(*at) == "then")
                .map(|at| (at, at + 1, total))
                .collect()
        } else {
            vec![(total, 0, i)]
        };
        for (end, then_from, then_to) in splits {
            let Some(mut parts) = condition(reader, start, end) else { continue };
            let Some((then, to)) = consequence(reader, then_from, then_to, &mut parts) else { continue };
            found.extend(built(reader, parts, then, to, (i, end)));
        }
    }
    found
}

fn built(reader: &Reader<'_>, parts: Parts, then: GuardThen, to: Vec<WorkerRef>, at: (usize, usize)) -> Option<Built> {
    let mut faults = parts.faults;
    let span = reader.span(at.0, at.1);
    if parts.value.is_none() || parts.below.is_none() {
        let help = "say below or above which share or sum";
        faults.push(error("no-limit", span.clone(), "this measure has no limit".to_owned(), help));
    }
    let (below, value) = (parts.below.unwrap_or(true), parts.value.unwrap_or(Number(0)));
    let measure = parts.measure.unwrap_or_else(|| {
        faults.push(error(
            "no-measure",
            span.clone(),
            "this does not say what is measured".to_owned(),
            "name it: accepted proposals, escalations, cost or CSAT",
        ));
        Measure::Acceptance
    });
    let days = parts.days.unwrap_or_else(|| {
        faults.push(error(
            "no-period",
            span.clone(),
            "this does not say over which time".to_owned(),
            "add “over a month”, or “over 30 days”",
        ));
        30
    });
    if parts.who.is_empty() {
        faults.push(error("no-worker", span, "this does not say whose work is measured".to_owned(), "name the agent"));
    }
    let penalty = if faults.is_empty() { 0 } else { 70 };
    Some(Built {
        rules: vec![guard(parts.who, measure, (below, value), days, then, to)],
        cost: parts.cost + penalty,
        faults,
        warnings: Vec::new(),
        form: if below { Form::GuardBelow } else { Form::GuardAbove },
        subject: (0, 0),
        natural: None,
    })
}

/// Every word must be a part of the measure, or small.
fn condition(reader: &Reader<'_>, from: usize, to: usize) -> Option<Parts> {
    let mut parts = Parts::default();
    let mut at = from;
    while at < to {
        if let Some((end, below)) =
            DIRECTIONS.iter().filter_map(|(p, b)| phrase_at(reader, at, p).map(|e| (e, *b))).max_by_key(|(e, _)| *e)
            && parts.below.is_none()
        {
            parts.below = Some(below);
            at = end;
        } else if let Some(share) =
            percent(reader, at).into_iter().max_by_key(|s| s.end).filter(|_| parts.value.is_none())
        {
            if let Val::Percent(value) = share.val {
                parts.value = Some(value);
            }
            parts.faults.extend(share.faults);
            at = share.end;
        } else if let Some((end, micros, _, bad)) = money(reader, at).filter(|_| parts.value.is_none()) {
            parts.value = Some(Number(micros));
            parts.faults.extend(bad);
            at = end;
        } else if let Some((end, seconds, bad)) = duration(reader, at).filter(|_| parts.days.is_none()) {
            parts.days = u32::try_from(seconds / 86_400).ok().filter(|d| *d > 0);
            parts.days?;
            parts.faults.extend(bad);
            at = end;
        } else if let Some((end, measure)) =
            MEASURES.iter().filter_map(|(p, m)| phrase_at(reader, at, p).map(|e| (e, *m))).max_by_key(|(e, _)| *e)
        {
            if parts.measure.is_some_and(|known| known != measure) {
                return None;
            }
            parts.measure = Some(measure);
            at = end;
        } else if let Some(named) = reader.slot(Slot::To, at).iter().rev().find(|s| s.cost < 60 && parts.who.is_empty())
        {
            let Val::Workers(workers) = &named.val else { return None };
            parts.who.clone_from(&workers.refs);
            at = named.end;
        } else if let Some((end, micros)) = number(reader, at).filter(|_| parts.value.is_none()) {
            parts.value = Some(Number(micros));
            at = end;
        } else if SMALL.contains(&reader.low(at)) || reader.is_filler(at) {
            at += 1;
        } else if reader.hedge_at(at) > 0 {
            let end = at + reader.hedge_at(at);
            parts.faults.push(reader.hedge_fault(at, end));
            at = end;
        } else {
            return None;
        }
    }
    let complete = parts.below.is_some()
        && parts.value.is_some()
        && (parts.measure.is_some() || !parts.who.is_empty() && parts.days.is_some());
    let limitless = parts.measure.is_some() && parts.days.is_some();
    (complete || limitless).then_some(parts)
}

fn consequence(reader: &Reader<'_>, from: usize, to: usize, parts: &mut Parts) -> Option<(GuardThen, Vec<WorkerRef>)> {
    let mut at = from;
    while at < to && (matches!(reader.low(at), "," | "then" | "please") || reader.is_filler(at)) {
        at += 1;
    }
    let end = (0..=2).map(|n| to.saturating_sub(n)).find(|end| *end > at && !reader.tokens[*end - 1].is_mark(','))?;
    let all_it_does = ALL_THAT
        .iter()
        .filter(|head| phrase_at(reader, at, head).is_some())
        .flat_map(|head| DOES.iter().map(move |does| format!("{head} * {does}")))
        .flat_map(|what| MUST_BE_APPROVED.iter().map(move |must| (format!("{what} {must}"), GuardThen::ApproveAll)));
    let known = CONSEQUENCES.iter().map(|(phrase, then)| ((*phrase).to_owned(), *then));
    for (phrase, then) in known.chain(all_it_does) {
        if let Some(named) = fits(reader, at, end, &phrase, &parts.who) {
            if parts.who.is_empty() {
                parts.who = named;
            }
            return Some((then, Vec::new()));
        }
    }
    for phrase in NOTIFY {
        let Some(next) = phrase_at(reader, at, phrase) else { continue };
        for named in reader.slot(Slot::To, next).iter().filter(|s| s.cost < 60) {
            let tail: Vec<&str> = (named.end..end).map(|i| reader.low(i)).collect();
            if let Val::Workers(workers) = &named.val
                && matches!(
                    tail.join(" ").as_str(),
                    "" | "about it" | "know" | "of it" | "at once" | "immediately" | "of this" | "about this"
                )
            {
                return Some((GuardThen::Notify, workers.refs.clone()));
            }
        }
    }
    // "Dana is told".
    for named in reader.slot(Slot::To, at).iter().filter(|s| s.cost < 60) {
        let tail: Vec<&str> = (named.end..end).map(|i| reader.low(i)).collect();
        if let Val::Workers(workers) = &named.val
            && is_told(&tail)
        {
            return Some((GuardThen::Notify, workers.refs.clone()));
        }
    }
    None
}

/// Small words before what is done to somebody.
const AUXILIARIES: &[&str] =
    &["is", "are", "be", "gets", "get", "must", "should", "shall", "will", "has", "have", "to", "being", "ought"];

fn same_need(word: &str, said: &str) -> bool {
    matches!((word, said), ("needs" | "requires" | "need", "needs" | "need" | "requires" | "require"))
        || matches!((word, said), ("approval", "approval" | "sign-off" | "clearance" | "permission" | "consent"))
}

/// "is told", "is to be notified at once", "hears about it", "gets a message".
fn is_told(tail: &[&str]) -> bool {
    let verb = tail.iter().take_while(|word| AUXILIARIES.contains(word)).count();
    let rest = tail[verb..].join(" ");
    let plain =
        matches!(rest.as_str(), "hears about it" | "hear about it" | "a message" | "a note" | "hears of it" | "know");
    let told = tail.get(verb).is_some_and(|word| {
        matches!(
            *word,
            "told"
                | "notified"
                | "alerted"
                | "informed"
                | "pinged"
                | "warned"
                | "paged"
                | "messaged"
                | "called"
                | "emailed"
        )
    });
    let after = tail.get(verb + 1..).map(|rest| rest.join(" ")).unwrap_or_default();
    plain
        || verb > 0
            && told
            && matches!(after.as_str(), "" | "about it" | "of it" | "of this" | "at once" | "immediately")
}

/// A phrase in which `*` stands for the worker, by name or pronoun; the name that stood there, if any.
fn fits(reader: &Reader<'_>, from: usize, to: usize, phrase: &str, who: &[WorkerRef]) -> Option<Vec<WorkerRef>> {
    let mut ends = vec![(from, Vec::new())];
    for word in phrase.split(' ') {
        let mut next = Vec::new();
        for (at, name) in &ends {
            if word == "*" {
                if matches!(
                    reader.low(*at),
                    "it" | "they" | "its" | "them" | "their" | "that" | "she" | "her" | "he" | "him" | "his"
                ) {
                    next.push((at + 1, name.clone()));
                }
                if reader.low(*at) == "the" && reader.low(at + 1) == "agent" {
                    next.push((at + 2, name.clone()));
                }
                for named in reader.slot(Slot::To, *at).iter().filter(|s| s.cost < 60) {
                    if let Val::Workers(workers) = &named.val
                        && (workers.refs == who || who.is_empty())
                    {
                        next.push((named.end, workers.refs.clone()));
                    }
                }
            } else if AUXILIARIES.contains(&word) {
                // "is paused", "is to be paused", "must be paused".
                let run = (*at..to).take_while(|at| AUXILIARIES.contains(&reader.low(*at))).count();
                next.extend((1..=run.min(4)).map(|n| (at + n, name.clone())));
            } else if reader.low(*at) == word || same_need(word, reader.low(*at)) {
                next.push((at + 1, name.clone()));
            } else if reader.is_filler(*at) && reader.low(at + 1) == word {
                next.push((at + 2, name.clone()));
            }
        }
        ends = next;
    }
    ends.into_iter().find(|(end, _)| *end == to).map(|(_, name)| name)
}
