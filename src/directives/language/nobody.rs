//! Phrases that stand where a worker should, and that nobody is called.

use super::forms::singular;
use super::grammar::Slot;
use super::scan::Reader;
use super::values::error;
use super::vocabulary::people::NOUNS_OF_WORKERS;
use super::vocabulary::topics::CUSTOMERS;
use super::vocabulary::words::{DAYS, MONTHS, VAGUE};
use super::workers::{One, STOPS, UNKNOWN_COST, display, known};
use crate::workers::WorkerRef;

/// Something that stands where a worker should and looks like one, but that nobody is called.
pub fn unknown(reader: &Reader<'_>, slot: Slot, i: usize, at: usize, found: &mut Vec<One>) {
    if slot == Slot::From {
        return;
    }
    let stop = |j: usize| {
        let token = &reader.tokens[j];
        !token.is_word() || (j > at && STOPS.contains(&token.low.as_str()))
    };
    if matches!(reader.low(i), "someone" | "somebody" | "anyone" | "anybody") && VAGUE.contains(&reader.low(i + 1)) {
        let fault = reader.hedge_fault(i, i + 2);
        found.push(One { faults: vec![fault], ..known(i + 2, WorkerRef::Human, UNKNOWN_COST) });
    }
    let mut vague = false;
    for end in at + 1..=(at + 4).min(reader.tokens.len()) {
        if stop(end - 1) || STOPS.contains(&reader.low(at)) {
            break;
        }
        let words: Vec<String> = (at..end).map(|j| singular(reader.low(j))).collect();
        vague |= (at..end).any(|j| VAGUE.contains(&reader.low(j)));
        let last = words.last().map_or("", String::as_str);
        let phrase = words.join(" ");
        let near = reader.index.nearest(&phrase);
        let upper = |j: usize| reader.tokens[j].text.chars().next().is_some_and(char::is_uppercase);
        let strange = at > 0 || reader.tokens[at].lemmas.is_empty() && !reader.is_filler(at);
        let capital = (at..end).all(upper) && strange && !common_noun(reader, at, end);
        let worker_like = NOUNS_OF_WORKERS.contains(&last);
        if !(worker_like || capital || near.is_some() || called_for(reader, i, at, end) && !CUSTOMERS.contains(&last)) {
            continue;
        }
        let help = near.map_or("write a name from company.md, a role or a position".to_owned(), |name| {
            format!("did you mean {}?", display(&name.worker))
        });
        let written = reader.tokens[at].span.start..reader.tokens[end - 1].span.end;
        let fault = if vague {
            error(
                "hedge",
                reader.span(i, end),
                format!("“{phrase}” does not say who"),
                "name a person, a role or a team",
            )
        } else {
            error("unknown-worker", written, format!("no worker is called “{phrase}”"), &help)
        };
        let cost = UNKNOWN_COST + if worker_like || near.is_some() { 0 } else { 15 };
        found.push(One { faults: vec![fault], ..known(end, WorkerRef::Human, cost) });
    }
}

/// "page the night watch", "if nobody answers, tell the gatekeepers": somebody is called, whoever that may be.
fn called_for(reader: &Reader<'_>, i: usize, at: usize, end: usize) -> bool {
    let before = reader.low(i.wrapping_sub(1));
    let ends = reader.tokens.get(end).is_none_or(|token| !token.is_word() || STOPS.contains(&token.low.as_str()));
    let waits = (0..reader.tokens.len()).any(|j| WAITING.contains(&reader.low(j)));
    let called = matches!(before, "page" | "wake" | "summon" | "alert")
        || waits && matches!(before, "tell" | "call" | "notify" | "ping" | "inform" | "contact" | "in" | "by");
    at > i && ends && called
}

/// Words of sentences in which somebody has to be brought in.
const WAITING: &[&str] = &[
    "answers", "answered", "unanswered", "reply", "replies", "fails", "failed", "stuck", "unsure", "silence",
    "approved",
];

/// Written large, and yet nobody: days, months, and a plural that begins its sentence ("Photos help with claims").
fn common_noun(reader: &Reader<'_>, at: usize, end: usize) -> bool {
    let of_the_calendar = |low: &str| {
        DAYS.iter().any(|(_, names)| names.contains(&low)) || MONTHS.iter().any(|(_, names)| names.contains(&low))
    };
    let next = reader.low(end);
    // The verb tells one ("Thomas takes") from many ("Photos help").
    let many = at == 0
        && end == 1
        && reader.low(0).ends_with('s')
        && reader.tokens.get(end).is_some_and(super::token::Token::is_word)
        && !next.ends_with('s')
        && !next.ends_with("ed")
        && !matches!(
            next,
            "may" | "can" | "must" | "should" | "shall" | "will" | "and" | "or" | "never" | "only" | "always"
        );
    many || (at..end).any(|j| of_the_calendar(reader.low(j)))
}
