//! Durations, periods and what they are counted by.

use super::Finding;
use super::numbers::number;
use super::scan::Reader;
use super::token::Token;
use super::values::{Every, Slotted, Val, error};
use super::vocabulary::words::UNITS;
use super::workers::phrase_at;
use crate::directives::rule::{IsoDuration, Period, Same};

pub use super::calendar::{dates, days_and_hours, until};

const MICROS: i64 = 1_000_000;
const DAY: i64 = 86_400;

fn slotted(end: usize, val: Val) -> Slotted {
    Slotted { end, val, cost: 0, faults: Vec::new() }
}

/// The contract's form: whole days as `PnD`, else the largest units that fit whole.
pub fn iso(seconds: i64) -> IsoDuration {
    if seconds > 0 && seconds % DAY == 0 {
        return IsoDuration(format!("P{}D", seconds / DAY));
    }
    let (hours, minutes, rest) = (seconds / 3_600, seconds % 3_600 / 60, seconds % 60);
    if rest == 0 && hours > 0 && minutes == 0 {
        return IsoDuration(format!("PT{hours}H"));
    }
    if rest == 0 {
        return IsoDuration(format!("PT{}M", seconds / 60));
    }
    IsoDuration(format!("PT{seconds}S"))
}

fn unit(word: &str) -> Option<i64> {
    UNITS.iter().find(|(names, _)| names.contains(&word)).map(|(_, seconds)| *seconds)
}

/// (end, seconds): "30 minutes", "half an hour", "an hour and a half", "1.5 hours", "a fortnight", "end of day".
pub fn duration(reader: &Reader<'_>, i: usize) -> Option<(usize, i64, Vec<Finding>)> {
    for phrase in [
        "the same day", "same day", "that same day", "end of day", "the end of the day", "end of the day",
        "the end of day", "eod", "the day", "the very same day", "end of the same day", "the end of the same day",
        "end of that day", "the end of that day", "the end of the working day",
    ] {
        if phrase != "the day"
            && let Some(end) = phrase_at(reader, i, phrase)
        {
            return Some((end, DAY, Vec::new()));
        }
    }
    let (at, half_first) = match (reader.low(i), reader.low(i + 1), reader.low(i + 2)) {
        ("half", "a" | "an", _) => (i + 2, true),
        ("a", "half", _) => (i + 2, true),
        ("half", _, _) => (i + 1, true),
        ("three", "quarters", "of") => {
            let at = i + 3 + usize::from(matches!(reader.low(i + 3), "a" | "an"));
            return unit(reader.low(at)).map(|seconds| (at + 1, seconds * 3 / 4, Vec::new()));
        }
        ("a" | "one", "quarter", "of") => {
            let at = i + 3 + usize::from(matches!(reader.low(i + 3), "a" | "an"));
            return unit(reader.low(at)).map(|seconds| (at + 1, seconds / 4, Vec::new()));
        }
        _ => (i, false),
    };
    if half_first {
        return unit(reader.low(at)).map(|seconds| (at + 1, seconds / 2, Vec::new()));
    }
    let (mut end, mut seconds, mut faults) = plain(reader, i)?;
    // "an hour and a half", "2 hours 30 minutes", "1 h 30 min".
    if let Some(next) = phrase_at(reader, end, "and a half") {
        let size = unit(reader.low(end - 1)).unwrap_or(0);
        seconds += size / 2;
        end = next;
    } else {
        let joint = usize::from(reader.low(end) == "and");
        if let Some((next, more, bad)) = plain(reader, end + joint)
            && more < seconds
            && !matches!(reader.low(end + joint), "a" | "an" | "one")
        {
            seconds += more;
            end = next;
            faults.extend(bad);
        }
    }
    if matches!(reader.low(end), "'s") {
        end += 1;
    }
    Some((end, seconds, faults))
}

fn plain(reader: &Reader<'_>, i: usize) -> Option<(usize, i64, Vec<Finding>)> {
    let (mut at, micros) = match reader.low(i) {
        "a" | "an" | "one" | "the" if reader.low(i) != "the" => match number(reader, i) {
            Some((end, micros)) if unit(reader.low(end)).is_some() => (end, micros),
            _ => (i + 1, MICROS),
        },
        _ => match number(reader, i) {
            Some(known) => known,
            // "for its first month", "within minutes" are no durations; "month" alone after "first" is one.
            None if matches!(
                reader.low(i.wrapping_sub(1)),
                "first" | "next" | "initial" | "coming" | "full" | "whole"
            ) =>
            {
                (i, MICROS)
            }
            None => return None,
        },
    };
    // "one and a half hours".
    let mut half = 0;
    if let Some(end) = phrase_at(reader, at, "and a half") {
        at = end;
        half = MICROS / 2;
    }
    if matches!(reader.low(at), "full" | "whole" | "calendar" | "consecutive" | "straight") {
        at += 1;
    }
    let mut faults = Vec::new();
    if matches!(reader.low(at), "business" | "working" | "work" | "office") && unit(reader.low(at + 1)).is_some() {
        faults.push(error(
            "working-days",
            reader.span(i, at + 2),
            "working days and hours cannot be counted as a duration".to_owned(),
            "write days or hours by the clock, as in “within 24 hours”",
        ));
        at += 1;
    }
    // A lone "m" would be minutes or months.
    let seconds = unit(reader.low(at))?;
    let total = (i128::from(micros + half) * i128::from(seconds)) / i128::from(MICROS);
    let total = i64::try_from(total).ok()?;
    if total <= 0 {
        faults.push(error(
            "empty-range",
            reader.span(i, at + 1),
            "this takes no time at all".to_owned(),
            "write a longer time",
        ));
    }
    Some((at + 1, total, faults))
}

pub fn duration_slot(reader: &Reader<'_>, i: usize) -> Vec<Slotted> {
    // "a second factor" is one more of them.
    if matches!(reader.low(i), "a" | "the" | "one")
        && reader.low(i + 1) == "second"
        && reader.tokens.get(i + 2).is_some_and(Token::is_word)
    {
        return Vec::new();
    }
    // "within 20": of what?
    if let Some((end, _)) = number(reader, i)
        && reader.tokens.get(end).is_none_or(|t| !t.is_word() && !t.is_mark('%') && !t.is_mark('/'))
        && !reader.low(i).is_empty()
    {
        let fault =
            error("no-unit", reader.span(i, end), "this time has no unit".to_owned(), "write minutes, hours or days");
        return vec![Slotted { end, val: Val::Duration(iso(60), 60), cost: 90, faults: vec![fault] }];
    }
    duration(reader, i)
        .map(|(end, seconds, faults)| Slotted {
            end,
            val: Val::Duration(iso(seconds), seconds),
            cost: if faults.is_empty() { 0 } else { 90 },
            faults,
        })
        .into_iter()
        .collect()
}

/// "a week", "per month", "daily", "every 90 days", "once a quarter", "twice a year"; how often, in days.
pub fn period(reader: &Reader<'_>, i: usize) -> Vec<Slotted> {
    let mut found: Vec<Slotted> = ADVERBS
        .iter()
        .filter_map(|(word, days, period)| adverb_end(reader, i, word).and_then(|end| every(end, *days, *period)))
        .collect();
    // "once a quarter", "twice a year", "four times a year".
    let (at, times) = match reader.low(i) {
        "once" => (i + 1, 1),
        "twice" => (i + 1, 2),
        _ => match super::counts::count(reader, i).first() {
            Some(Slotted { end, val: Val::Count(n), .. }) => (*end, i64::from(*n)),
            _ => (i, 1),
        },
    };
    let at = if reader.low(at) == "at" && reader.low(at + 1) == "least" { at + 2 } else { at };
    found.extend(each_period(reader, at, times));
    found
}

const ADVERBS: &[(&str, i64, Option<Period>)] = &[
    ("daily", 1, Some(Period::Day)),
    ("weekly", 7, Some(Period::Week)),
    ("monthly", 30, Some(Period::Month)),
    ("quarterly", 91, Some(Period::Quarter)),
    ("yearly", 365, None),
    ("annually", 365, None),
    ("annual", 365, None),
];

/// "weekly", "on a weekly basis".
fn adverb_end(reader: &Reader<'_>, i: usize, word: &str) -> Option<usize> {
    if reader.low(i) == word {
        return Some(i + 1);
    }
    let basis =
        phrase_at(reader, i, "on a") == Some(i + 2) && reader.low(i + 2) == word && reader.low(i + 3) == "basis";
    basis.then_some(i + 4)
}

fn every(end: usize, days: i64, period: Option<Period>) -> Option<Slotted> {
    let days = u32::try_from(days).ok().filter(|days| *days > 0)?;
    Some(slotted(end, Val::Every(Every { days, period })))
}

/// "a week", "per task", "every 90 days", "in any month".
fn each_period(reader: &Reader<'_>, at: usize, times: i64) -> Option<Slotted> {
    let word = reader.low(at);
    let slash = reader.tokens.get(at).is_some_and(|t| t.is_mark('/'));
    if !(slash || matches!(word, "a" | "an" | "per" | "each" | "every" | "in" | "within" | "for")) {
        return None;
    }
    let mut next = at + 1;
    if matches!(word, "in" | "within" | "for") {
        if !matches!(reader.low(next), "a" | "an" | "any" | "one" | "each") {
            return None;
        }
        next += 1;
    }
    if matches!(reader.low(next), "calendar" | "single" | "full") {
        next += 1;
    }
    let named = match reader.low(next) {
        "task" | "request" | "job" | "ticket" | "case" => Some((Period::Task, 1)),
        "day" => Some((Period::Day, 1)),
        "week" => Some((Period::Week, 7)),
        "month" => Some((Period::Month, 30)),
        "quarter" => Some((Period::Quarter, 91)),
        _ => None,
    };
    match named {
        Some((period, days)) => every(next + 1, days / times, (times == 1).then_some(period)),
        None if reader.low(next) == "year" => every(next + 1, 365 / times, None),
        None if matches!(word, "every" | "each") => every_length(reader, at, next),
        None => None,
    }
}

/// "every 90 days", "every other week"; "every 90" lacks its unit.
fn every_length(reader: &Reader<'_>, at: usize, next: usize) -> Option<Slotted> {
    if let Some((end, _)) = number(reader, next)
        && reader.tokens.get(end).is_none_or(|t| !t.is_word())
    {
        let help = "write days, weeks or months";
        let fault = error("no-unit", reader.span(at, end), "this time has no unit".to_owned(), help);
        let every = Val::Every(Every { days: 1, period: None });
        return Some(Slotted { end, val: every, cost: 90, faults: vec![fault] });
    }
    let second = matches!(reader.low(next), "other" | "second");
    let from = next + usize::from(second);
    let (end, seconds) = if second || unit(reader.low(from)).is_some() && number(reader, from).is_none() {
        (from + 1, unit(reader.low(from))?)
    } else {
        duration(reader, from).map(|(end, seconds, _)| (end, seconds))?
    };
    if seconds % DAY != 0 {
        return None;
    }
    every(end, seconds / DAY * if second { 2 } else { 1 }, None)
}

/// "per customer and week", "a day", "per requester per day", "within a week by the same person".
pub fn per(reader: &Reader<'_>, i: usize) -> Vec<Slotted> {
    let mut found = Vec::new();
    collect_per(reader, i, None, None, 0, &mut found);
    found
}

fn collect_per(
    reader: &Reader<'_>,
    i: usize,
    days: Option<&IsoDuration>,
    same: Option<Same>,
    depth: u32,
    found: &mut Vec<Slotted>,
) {
    if let Some(days) = days {
        found.push(slotted(i, Val::Per { days: days.clone(), same }));
    }
    if depth > 2 {
        return;
    }
    let Some(at) = counted_at(reader, i) else { return };
    if days.is_none() {
        if let Some(seconds) = unit(reader.low(at)) {
            collect_per(reader, at + 1, Some(&iso(seconds)), same, depth + 1, found);
        } else if let Some((end, seconds, _)) = duration(reader, at) {
            collect_per(reader, end, Some(&iso(seconds)), same, depth + 1, found);
        }
    }
    if same.is_none()
        && let Some(counted) = counted_by(reader.low(at))
    {
        collect_per(reader, at + 1, days, Some(counted), depth + 1, found);
    }
}

/// Where what is counted by stands, after "per", "in a", "and each" and the like.
fn counted_at(reader: &Reader<'_>, i: usize) -> Option<usize> {
    const LEADS: &[&str] = &[
        "per", "a", "an", "each", "every", "and", "in", "within", "by", "for", "from", "to", "any", "one", "over", "/",
        "during", "on",
    ];
    const AFTER_AND: &[&str] =
        &["per", "day", "week", "month", "hour", "customer", "requester", "client", "person", "quarter", "year"];
    let mut at = i;
    if reader.tokens.get(at).is_some_and(|t| t.is_mark(',')) {
        at += 1;
        // "…, within 4 hours" is a deadline.
        if !matches!(reader.low(at), "per" | "each" | "every" | "a") {
            return None;
        }
    }
    if !LEADS.contains(&reader.low(at)) && !reader.tokens.get(at).is_some_and(|t| t.is_mark('/')) {
        return None;
    }
    let joined = reader.low(at) == "and";
    at += 1;
    if joined && number(reader, at).is_none() && !AFTER_AND.contains(&reader.low(at)) {
        return None;
    }
    while matches!(
        reader.low(at),
        "a" | "an" | "the" | "per" | "any" | "one" | "same" | "each" | "single" | "any one" | "calendar"
    ) {
        at += 1;
    }
    Some(at)
}

pub fn counted_by(word: &str) -> Option<Same> {
    Some(match word {
        "customer" | "client" | "account" | "buyer" | "patient" | "guest" | "subscriber" | "passenger" | "tenant" => {
            Same::Customer
        }
        "requester" | "person" | "employee" | "colleague" | "requestor" | "user" | "human" => Same::Requester,
        "agent" | "worker" | "bot" => Same::Worker,
        "order" | "target" | "ticket" | "invoice" | "subscription" | "record" | "contract" | "case" | "machine"
        | "server" | "service" => Same::Target,
        _ => return None,
    })
}
