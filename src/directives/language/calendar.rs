//! Dates, ranges of dates, days of the week and working hours.

use chrono::NaiveDate;

use super::Finding;
use super::clock_time::{clock, zone};
use super::numbers::number;
use super::scan::Reader;
use super::times::{duration, iso};
use super::token::Kind;
use super::values::{DaysAndHours, Slotted, Val, error};
use super::vocabulary::words::{DAYS, MONTHS, ORDINALS};
use super::workers::phrase_at;

const NAMES: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// A date that may lack month or year, as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Partial {
    day: u32,
    month: Option<u32>,
    year: Option<i32>,
}

fn month_at(reader: &Reader<'_>, i: usize) -> Option<u32> {
    let low = reader.low(i).trim_end_matches('.').to_owned();
    let at = MONTHS.iter().position(|(_, names)| names.contains(&low.as_str()))?;
    u32::try_from(at + 1).ok()
}

pub fn day_number(reader: &Reader<'_>, i: usize) -> Option<(usize, u32)> {
    let at = if reader.low(i) == "the" { i + 1 } else { i };
    let token = reader.tokens.get(at)?;
    if token.kind == Kind::Number {
        let day: u32 = token.low.parse().ok()?;
        let suffix = matches!(reader.low(at + 1), "st" | "nd" | "rd" | "th") && reader.tokens[at + 1].glued;
        return (day <= 99).then_some((at + 1 + usize::from(suffix), day));
    }
    ORDINALS.iter().find(|(word, _)| *word == token.low).map(|(_, n)| (at + 1, *n))
}

fn year_at(reader: &Reader<'_>, i: usize) -> Option<(usize, i32)> {
    let at = i + usize::from(reader.tokens.get(i).is_some_and(|t| t.is_mark(',')));
    let token = reader.tokens.get(at).filter(|t| t.kind == Kind::Number && t.low.len() == 4)?;
    token.low.parse().ok().map(|year| (at + 1, year))
}

fn partial(reader: &Reader<'_>, i: usize) -> Option<(usize, Partial, Vec<Finding>)> {
    let mut i = i;
    // "Monday 3 August 2026": the day's name is only a help for readers.
    if DAYS.iter().any(|(_, names)| names.contains(&reader.low(i))) {
        i += 1 + usize::from(reader.tokens.get(i + 1).is_some_and(|t| t.is_mark(',')));
    }
    if let Some(Kind::Date(year, month, day)) = reader.tokens.get(i).map(|t| t.kind.clone()) {
        return Some((i + 1, Partial { day, month: Some(month), year: Some(year) }, Vec::new()));
    }
    // "03/04/2027" reads two ways.
    if reader.tokens.get(i).is_some_and(|t| t.kind == Kind::Number)
        && (reader.tokens.get(i + 1).is_some_and(|t| t.is_mark('/')) || reader.tokens[i].low.matches('.').count() == 2)
    {
        let end = if reader.tokens.get(i + 1).is_some_and(|t| t.is_mark('/')) {
            let third = reader.tokens.get(i + 3).is_some_and(|t| t.is_mark('/'));
            i + if third { 5 } else { 3 }
        } else {
            i + 1
        };
        let fault = error(
            "ambiguous-date",
            reader.span(i, end),
            "this date may be read day first or month first".to_owned(),
            "write the month as a word, or 2027-04-03",
        );
        return Some((end.min(reader.tokens.len()), Partial { day: 1, month: Some(1), year: Some(2000) }, vec![fault]));
    }
    if let Some(month) = month_at(reader, i)
        && let Some((end, day)) = day_number(reader, i + 1)
    {
        let (end, year) = year_at(reader, end).map_or((end, None), |(end, year)| (end, Some(year)));
        return Some((end, Partial { day, month: Some(month), year }, Vec::new()));
    }
    let (end, day) = day_number(reader, i)?;
    let of = end + usize::from(reader.low(end) == "of");
    match month_at(reader, of) {
        Some(month) => {
            let (end, year) = year_at(reader, of + 1).map_or((of + 1, None), |(end, year)| (end, Some(year)));
            Some((end, Partial { day, month: Some(month), year }, Vec::new()))
        }
        None => Some((end, Partial { day, month: None, year: None }, Vec::new())),
    }
}

fn resolve(reader: &Reader<'_>, from: usize, to: usize, date: Partial, faults: &mut Vec<Finding>) -> NaiveDate {
    let fallback = NaiveDate::default();
    let (Some(month), Some(year)) = (date.month, date.year) else {
        faults.push(error(
            "date-year",
            reader.span(from, to),
            "this date lacks its year or month".to_owned(),
            "write the whole date, as in 14 August 2026",
        ));
        return fallback;
    };
    NaiveDate::from_ymd_opt(year, month, date.day).unwrap_or_else(|| {
        faults.push(error(
            "impossible-date",
            reader.span(from, to),
            "there is no such date".to_owned(),
            "check day and month",
        ));
        fallback
    })
}

/// "from 3 to 14 August 2026", "between 3 August and 14 September 2026", "on 5 August 2026", "3–14 August 2026".
pub fn dates(reader: &Reader<'_>, i: usize) -> Vec<Slotted> {
    let mut at = i;
    while matches!(
        reader.low(at),
        "from" | "between" | "on" | "during" | "for" | "," | "the" | "days" | "starting" | "("
    ) && at < i + 3
    {
        at += 1;
    }
    let Some((first_end, mut first, mut faults)) = partial(reader, at) else { return Vec::new() };
    let mut found = Vec::new();
    let joint = ["to", "until", "till", "-", "through", "and", "up to", "until the", "to the", "up to and including"]
        .iter()
        .filter_map(|joint| phrase_at(reader, first_end, joint))
        .max();
    if let Some(next) = joint
        && let Some((end, second, bad)) = partial(reader, next)
    {
        faults.extend(bad);
        first.month = first.month.or(second.month);
        first.year = first.year.or(second.year);
        let from = resolve(reader, at, first_end, first, &mut faults);
        let until = resolve(reader, next, end, second, &mut faults);
        if faults.is_empty() && until < from {
            faults.push(error(
                "empty-range",
                reader.span(at, end),
                "the end lies before the start".to_owned(),
                "put the earlier date first",
            ));
        }
        let end = if matches!(reader.low(end), "inclusive") { end + 1 } else { end };
        found.push(dated(from.to_string(), until.to_string(), end, faults.clone()));
    } else {
        let date = resolve(reader, at, first_end, first, &mut faults);
        if matches!(reader.low(i), "on" | "during" | "for" | ",") || reader.low(at) != "from" && at == i {
            found.push(dated(date.to_string(), date.to_string(), first_end, faults));
        }
    }
    found
}

fn dated(from: String, until: String, end: usize, faults: Vec<Finding>) -> Slotted {
    Slotted { end, val: Val::Dates(from, until), cost: if faults.is_empty() { 0 } else { 90 }, faults }
}

/// The end of a span of time: a date, or a duration.
pub fn until(reader: &Reader<'_>, i: usize) -> Vec<Slotted> {
    let at = i + usize::from(matches!(reader.low(i), "the"));
    let mut found = Vec::new();
    if let Some((end, date, mut faults)) = partial(reader, i)
        && date.month.is_some()
    {
        let date = resolve(reader, i, end, date, &mut faults);
        let cost = if faults.is_empty() { 0 } else { 90 };
        found.push(Slotted { end, val: Val::Until(date.to_string()), cost, faults });
    }
    // "until the end of March 2027".
    if let Some(month) = month_at(reader, at)
        && phrase_before(reader, i, "end of")
    {
        let mut faults = Vec::new();
        let (end, year) = year_at(reader, at + 1).map_or((at + 1, None), |(end, year)| (end, Some(year)));
        let last = (28..=31)
            .rev()
            .find(|day| year.is_none_or(|year| NaiveDate::from_ymd_opt(year, month, *day).is_some()))
            .unwrap_or(28);
        let date = resolve(reader, at, end, Partial { day: last, month: Some(month), year }, &mut faults);
        let cost = if faults.is_empty() { 0 } else { 90 };
        found.push(Slotted { end, val: Val::Until(date.to_string()), cost, faults });
    }
    if found.is_empty()
        && let Some((end, seconds, faults)) = duration(reader, i)
    {
        let cost = if faults.is_empty() { 0 } else { 90 };
        found.push(Slotted { end, val: Val::Until(iso(seconds).0), cost, faults });
    }
    found
}

fn phrase_before(reader: &Reader<'_>, i: usize, phrase: &str) -> bool {
    let words: Vec<&str> = phrase.split(' ').collect();
    let Some(start) = i.checked_sub(words.len()) else { return false };
    words.iter().enumerate().all(|(n, word)| reader.low(start + n) == *word)
}

fn day_at(reader: &Reader<'_>, i: usize) -> Option<usize> {
    DAYS.iter().position(|(_, names)| names.contains(&reader.low(i)))
}

/// Days of the week at `i`: (end, three-letter names, Monday first).
pub fn days(reader: &Reader<'_>, i: usize) -> Option<(usize, Vec<String>)> {
    let mut at = i;
    while matches!(reader.low(at), "on" | "every" | "each" | "from" | "the" | "all" | "at" | "," | "between")
        && at < i + 3
    {
        at += 1;
    }
    let named = |from: usize, to: usize| NAMES[from..=to].iter().map(|d| (*d).to_owned()).collect::<Vec<_>>();
    match reader.low(at) {
        "weekday" | "weekdays" | "workday" | "workdays" => return Some((at + 1, named(0, 4))),
        "working" | "work" | "business" if matches!(reader.low(at + 1), "day" | "days") => {
            return Some((at + 2, named(0, 4)));
        }
        "weekend" | "weekends" => return Some((at + 1, named(5, 6))),
        "day" | "days" if at > i => {
            let week = phrase_at(reader, at + 1, "of the week").unwrap_or(at + 1);
            return Some((week, named(0, 6)));
        }
        "daily" => return Some((at + 1, named(0, 6))),
        "seven" | "7" if matches!(reader.low(at + 1), "days") => {
            let end = phrase_at(reader, at + 2, "a week").or_else(|| phrase_at(reader, at + 2, "per week"))?;
            return Some((end, named(0, 6)));
        }
        _ => {}
    }
    let first = day_at(reader, at)?;
    let mut end = at + 1;
    let mut list = vec![first];
    let range = matches!(reader.low(end), "to" | "through" | "thru" | "till" | "until" | "-" | "up")
        || (matches!(reader.low(end), "and") && reader.low(at.wrapping_sub(1)) == "between");
    let range_to = if range { day_at(reader, end + 1).map(|day| (end + 2, day)) } else { None };
    let hyphen = reader
        .tokens
        .get(end)
        .is_some_and(|t| t.hyphen)
        .then(|| day_at(reader, end).map(|day| (end + 1, day)))
        .flatten();
    if let Some((next, last)) = range_to.or(hyphen) {
        if last < first {
            return None;
        }
        list = (first..=last).collect();
        end = next;
    }
    loop {
        let mut next = end;
        if reader.tokens.get(next).is_some_and(|t| t.is_mark(',')) {
            next += 1;
        }
        if matches!(reader.low(next), "and" | "&" | "plus" | "or") {
            next += 1;
        }
        if matches!(reader.low(next), "on") {
            next += 1;
        }
        match day_at(reader, next) {
            Some(day) if next > end => {
                list.push(day);
                end = next + 1;
            }
            _ => break,
        }
    }
    list.sort_unstable();
    list.dedup();
    Some((end, list.into_iter().map(|d| NAMES[d].to_owned()).collect()))
}

/// "8:00 to 18:00", "from 9 to 5", "9 am – 5 pm", "between 8 and 16:30".
pub fn hours_range(reader: &Reader<'_>, i: usize) -> Option<(usize, String, String, Vec<Finding>)> {
    let mut at = i;
    while matches!(reader.low(at), "from" | "between" | "at" | ",") && at < i + 2 {
        at += 1;
    }
    let (first_end, mut hour, minute, mut faults) = clock(reader, at)?;
    let joint = match reader.low(first_end) {
        "to" | "till" | "until" | "-" | "through" | "and" => first_end + 1,
        _ => return None,
    };
    let (end, mut last_hour, last_minute, more) = clock(reader, joint)?;
    faults.extend(more);
    // "9 to 5" is the working day that everyone knows.
    let bare = |at: usize, end: usize| end == at + 1 && reader.tokens[at].kind == Kind::Number;
    if bare(joint, end) && last_hour <= hour && (1..=7).contains(&last_hour) && last_hour + 12 > hour {
        last_hour += 12;
        faults.retain(|f| f.code != "ambiguous-time");
    }
    if bare(at, first_end) && last_hour > 12 {
        faults.retain(|f| f.code != "ambiguous-time");
    }
    if bare(at, first_end) && bare(joint, end) && hour == last_hour {
        hour = last_hour;
    }
    if faults.is_empty() && (last_hour, last_minute) <= (hour, minute) {
        faults.push(error(
            "empty-range",
            reader.span(at, end),
            "the end lies before the start".to_owned(),
            "put the earlier time first",
        ));
    }
    Some((end, format!("{hour:02}:{minute:02}"), format!("{last_hour:02}:{last_minute:02}"), faults))
}

/// Working hours: days and times in either order, and a time zone.
pub fn days_and_hours(reader: &Reader<'_>, i: usize) -> Vec<Slotted> {
    let all_week = || NAMES.iter().map(|d| (*d).to_owned()).collect::<Vec<_>>();
    for phrase in ["around the clock", "24/7", "24 / 7", "24 hours a day", "round the clock", "day and night"] {
        if let Some(end) = phrase_at(reader, i, phrase) {
            let hours =
                DaysAndHours { days: all_week(), start: "00:00".to_owned(), end: "24:00".to_owned(), timezone: None };
            return vec![Slotted { end, val: Val::Hours(hours), cost: 0, faults: Vec::new() }];
        }
    }
    let mut mid_zone = None;
    let (end, days, start, stop, mut faults) = if let Some((end, names)) = days(reader, i)
        && let Some((end, start, stop, faults)) = hours_range(reader, end)
    {
        (end, names, start, stop, faults)
    } else if let Some((end, start, stop, mut faults)) = hours_range(reader, i)
        && let (end, middle) = zoned(reader, end, &mut faults)
        && let Some((end, names)) = days(reader, end)
    {
        mid_zone = middle;
        (end, names, start, stop, faults)
    } else {
        return Vec::new();
    };
    let (end, last_zone) = zoned(reader, end, &mut faults);
    let timezone = mid_zone.or(last_zone);
    let cost = if faults.is_empty() { 0 } else { 90 };
    vec![Slotted { end, val: Val::Hours(DaysAndHours { days, start, end: stop, timezone }), cost, faults }]
}

fn zoned(reader: &Reader<'_>, end: usize, faults: &mut Vec<Finding>) -> (usize, Option<String>) {
    match zone(reader, end) {
        Some((end, zone, bad)) => {
            faults.extend(bad);
            (end, zone)
        }
        None => (end, None),
    }
}

/// A plain count of days that an age is given in: "older than 90 days", "for 90 days".
pub fn days_old(reader: &Reader<'_>, i: usize) -> Option<(usize, u32)> {
    let (end, seconds, faults) = duration(reader, i)?;
    let days = u32::try_from(seconds / 86_400).ok().filter(|days| *days > 0 && seconds % 86_400 == 0)?;
    (faults.is_empty() && number(reader, i).is_some() || matches!(reader.low(i), "a" | "an")).then_some((end, days))
}
