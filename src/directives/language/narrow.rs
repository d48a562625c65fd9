//! What narrows work down besides its topic: literal words, channels, kinds of customers, urgency, sources, freedom.

use super::forms::singular;
use super::grammar::Slot;
use super::scan::Reader;
use super::token::Kind;
use super::values::{Slotted, Val, error};
use super::vocabulary::topics::{CUSTOMERS, LEVELS, PRIORITIES, SOURCES, TOPIC_STOPS};
use super::workers::{channel_fault, phrase_at};
use crate::directives::rule::{Priority, Source};
use crate::workers::WorkerRef;

/// "high-priority", "urgent", "P1".
pub fn priority_word(reader: &Reader<'_>, i: usize) -> Option<(usize, Priority)> {
    PRIORITIES
        .iter()
        .filter_map(|(phrase, priority)| phrase_at(reader, i, phrase).map(|end| (end, *priority)))
        .max_by_key(|(end, _)| *end)
}

pub fn priority(reader: &Reader<'_>, i: usize) -> Vec<Slotted> {
    let at = i + usize::from(matches!(reader.low(i), "the" | "a" | "an" | "of" | "as"));
    priority_word(reader, at)
        .map(|(end, priority)| {
            let end = if reader.low(end) == "priority" { end + 1 } else { end };
            Slotted { end, val: Val::Priority(priority), cost: 0, faults: Vec::new() }
        })
        .into_iter()
        .collect()
}

/// Whether a defined term is for customers or accounts rather than for a topic.
pub fn is_segment(reader: &Reader<'_>, term: &str) -> bool {
    reader.index.segments.iter().any(|(_, known)| known == term)
}

/// A defined term at `i`: (its length, the term).
pub fn segment_word(reader: &Reader<'_>, i: usize) -> Option<(usize, String)> {
    reader
        .index
        .segments
        .iter()
        .filter_map(|(words, term)| said_at(reader, i, words).map(|end| (end - i, term.to_lowercase())))
        .max_by_key(|(length, _)| *length)
}

/// Where these words end if they stand at `i`, with or without articles between them.
fn said_at(reader: &Reader<'_>, i: usize, words: &[String]) -> Option<usize> {
    let mut at = i;
    for word in words {
        while at > i && matches!(reader.low(at), "the" | "of" | "a" | "our") {
            at += 1;
        }
        reader.tokens.get(at).filter(|t| (t.is_word() || t.kind == Kind::Number) && singular(&t.low) == *word)?;
        at += 1;
    }
    (at > i).then_some(at)
}

/// Kinds of customers: "VIP accounts", "customers on the Platinum plan" (where that is defined).
pub fn segments(reader: &Reader<'_>, i: usize) -> Vec<Slotted> {
    let mut at = i;
    while matches!(reader.low(at), "the" | "a" | "an" | "any" | "all" | "our" | "every") && at < i + 2 {
        at += 1;
    }
    let mut list = Vec::new();
    let mut found = Vec::new();
    let mut from = at;
    while let Some((length, term)) = segment_word(reader, from) {
        list.push(term);
        let mut end = from + length;
        let noun = CUSTOMERS.contains(&singular(reader.low(end)).as_str());
        let own = (from..end).any(|at| CUSTOMERS.contains(&singular(reader.low(at)).as_str()));
        let plain = is_segment(reader, &list[list.len() - 1]);
        if noun {
            end += 1;
        }
        if noun || own || plain {
            found.push(Slotted { end, val: Val::Words(list.clone()), cost: 0, faults: Vec::new() });
        }
        let mut next = end;
        next += usize::from(reader.tokens.get(next).is_some_and(|t| t.is_mark(',')));
        next += usize::from(matches!(reader.low(next), "and" | "or"));
        if next == end {
            break;
        }
        from = next;
    }
    if found.is_empty() {
        // "from reseller accounts", "from large customers": a kind of customer that is nowhere defined.
        for end in at + 1..=(at + 3).min(reader.tokens.len()) {
            let noun = reader.tokens.get(end).is_some_and(|t| CUSTOMERS.contains(&singular(&t.low).as_str()));
            let words = (at..end).all(|j| reader.tokens[j].is_word() && !TOPIC_STOPS.contains(&reader.low(j)));
            if noun && words {
                let phrase: Vec<&str> = (at..end).map(|j| reader.low(j)).collect();
                let fault = error(
                    "undefined-term",
                    reader.span(at, end),
                    format!("“{}” is nowhere defined", phrase.join(" ")),
                    &format!("define it in company.md: “By {} we mean …”", phrase.join(" ")),
                );
                found.push(Slotted {
                    end: end + 1,
                    val: Val::Words(vec![phrase.join(" ")]),
                    cost: super::actions::UNDEFINED,
                    faults: vec![fault],
                });
            }
        }
    }
    found
}

/// Literal words: quoted, or a short phrase; lists of them.
pub fn mentions(reader: &Reader<'_>, i: usize) -> Vec<Slotted> {
    let mut found = Vec::new();
    collect_mentions(reader, i, &[], 0, &mut found);
    found
}

fn collect_mentions(reader: &Reader<'_>, i: usize, before: &[String], cost: u32, found: &mut Vec<Slotted>) {
    if before.len() > 10 {
        return;
    }
    let mut at = i;
    while matches!(
        reader.low(at),
        "a" | "an" | "the" | "any" | "our" | "either" | "word" | "words" | "phrase" | "term" | "their" | "his" | "her"
    ) && at < i + 3
    {
        at += 1;
    }
    let mut ends: Vec<(usize, String, u32)> = Vec::new();
    match reader.tokens.get(at).map(|t| &t.kind) {
        Some(Kind::Quote(text)) => ends.push((at + 1, text.clone(), 0)),
        Some(Kind::Word) => {
            for end in at + 1..=(at + 4).min(reader.tokens.len()) {
                let last = &reader.tokens[end - 1];
                if !last.is_word()
                    || TOPIC_STOPS.contains(&last.low.as_str())
                        && !(end > at + 1 && matches!(last.low.as_str(), "of" | "to" | "the" | "for"))
                {
                    break;
                }
                if matches!(last.low.as_str(), "of" | "to" | "the" | "for") {
                    continue;
                }
                let text: Vec<&str> = reader.tokens[at..end].iter().map(|t| t.text.as_str()).collect();
                let content = (at..end).filter(|j| !matches!(reader.low(*j), "of" | "to" | "the" | "for")).count();
                ends.push((end, text.join(" "), 2 * u32::try_from(content).unwrap_or(4)));
            }
        }
        _ => {}
    }
    for (end, text, more) in ends {
        let mut list = before.to_vec();
        if !list.contains(&text) {
            list.push(text);
        }
        found.push(Slotted { end, val: Val::Words(list.clone()), cost: cost + more, faults: Vec::new() });
        let mut next = end;
        next += usize::from(reader.tokens.get(next).is_some_and(|t| t.is_mark(',') || t.is_mark('/')));
        next += usize::from(matches!(reader.low(next), "or" | "and" | "nor"));
        if next > end {
            collect_mentions(reader, next, &list, cost + more, found);
        }
    }
}

/// "#it and #help", "the #support channel".
pub fn channels(reader: &Reader<'_>, i: usize) -> Vec<Slotted> {
    let (mut at, mut list, mut faults, mut found) = (i, Vec::new(), Vec::new(), Vec::new());
    loop {
        while matches!(reader.low(at), "the" | "channel" | "channels" | "our" | "either" | "any") {
            at += 1;
        }
        let name = match reader.tokens.get(at).map(|t| &t.kind) {
            Some(Kind::Channel(name)) => name.clone(),
            Some(Kind::Word)
                if reader.low(at + 1) == "channel" && reader.voc.roster.channels.contains_key(reader.low(at)) =>
            {
                reader.low(at).to_owned()
            }
            _ => break,
        };
        faults.extend(channel_fault(reader, &name, at));
        list.push(format!("#{name}"));
        at += 1;
        if matches!(reader.low(at), "channel" | "channels") {
            at += 1;
        }
        let cost = if faults.is_empty() { 0 } else { 95 };
        found.push(Slotted { end: at, val: Val::Words(list.clone()), cost, faults: faults.clone() });
        let mut next = at + usize::from(reader.tokens.get(at).is_some_and(|t| t.is_mark(',')));
        next += usize::from(matches!(reader.low(next), "and" | "or" | "&"));
        if next == at {
            break;
        }
        at = next;
    }
    found
}

pub fn source(reader: &Reader<'_>, i: usize) -> Vec<Slotted> {
    let mut found: Vec<Slotted> = SOURCES
        .iter()
        .filter_map(|(phrase, source, _)| phrase_at(reader, i, phrase).map(|end| (end, source.to_source())))
        .map(|(end, source)| Slotted { end, val: Val::Source(source), cost: 0, faults: Vec::new() })
        .collect();
    // "the billing webhook", "webhook billing", "the webhook “billing”".
    let name = |at: usize| match reader.tokens.get(at).map(|t| &t.kind) {
        Some(Kind::Word) => Some(reader.low(at).to_owned()),
        Some(Kind::Quote(name) | Kind::Code(name)) => Some(name.clone()),
        _ => None,
    };
    if reader.low(i) == "webhook" {
        if let Some(name) = name(i + 1) {
            found.push(Slotted { end: i + 2, val: Val::Source(Source::Webhook(name)), cost: 1, faults: Vec::new() });
        }
    } else if reader.low(i + 1) == "webhook"
        && let Some(name) = name(i)
    {
        found.push(Slotted { end: i + 2, val: Val::Source(Source::Webhook(name)), cost: 0, faults: Vec::new() });
    }
    found
}

/// How free a worker is: "only suggests", "asks before it acts", "acts and reports".
pub fn level(reader: &Reader<'_>, i: usize) -> Vec<Slotted> {
    // "merely observes" is "only observes".
    let merely = matches!(reader.low(i), "merely" | "solely" | "purely");
    let end = |phrase: &str| match phrase.strip_prefix("only ").filter(|_| merely) {
        Some(rest) => phrase_at(reader, i + 1, rest),
        None => phrase_at(reader, i, phrase),
    };
    LEVELS
        .iter()
        .filter_map(|(phrase, level)| end(phrase).map(|end| (end, *level)))
        .map(|(end, level)| Slotted { end, val: Val::Level(level), cost: 0, faults: Vec::new() })
        .collect()
}

/// Whether an agent is named by this one word.
pub fn is_agent(reader: &Reader<'_>, at: usize) -> bool {
    reader.slot(Slot::Who, at).iter().any(|one| match &one.val {
        Val::Workers(workers) => {
            let agents = workers.refs.iter().all(|who| matches!(who, WorkerRef::Agent(_)));
            one.end == at + 1 && one.faults.is_empty() && agents && !workers.refs.is_empty()
        }
        _ => false,
    })
}

/// Whether the word here is more than one of something.
pub fn is_plural(reader: &Reader<'_>, at: usize) -> bool {
    let low = reader.low(at);
    low.len() > 3 && low.ends_with('s') && singular(low) != low
}
