//! Times of day and time zones: "9:30", "5 pm", "noon", "Berlin time".

use super::Finding;
use super::numbers::{MICROS, number};
use super::scan::Reader;
use super::token::Kind;
use super::values::error;
use super::workers::phrase_at;

/// A clock time at `i`: (end, hour, minute, faults).
pub fn clock(reader: &Reader<'_>, i: usize) -> Option<(usize, u32, u32, Vec<Finding>)> {
    let token = reader.tokens.get(i)?;
    let (mut end, mut hour, minute, bare) = match &token.kind {
        Kind::Clock(hour, minute) => (i + 1, *hour, *minute, false),
        Kind::Number => match token.low.split_once('.') {
            // "8.30" as some write it.
            Some((hour, minute)) if minute.len() == 2 => (i + 1, hour.parse().ok()?, minute.parse().ok()?, false),
            Some(_) => return None,
            None => (i + 1, token.low.parse().ok()?, 0, true),
        },
        Kind::Word => match token.low.as_str() {
            "noon" | "midday" => return Some((i + 1, 12, 0, Vec::new())),
            "midnight" => return Some((i + 1, 0, 0, Vec::new())),
            "half" if reader.low(i + 1) == "past" => {
                let (end, hour, _, faults) = clock(reader, i + 2)?;
                return Some((end, hour, 30, faults));
            }
            "quarter" if reader.low(i + 1) == "past" => {
                let (end, hour, _, faults) = clock(reader, i + 2)?;
                return Some((end, hour, 15, faults));
            }
            _ => {
                let (end, micros) = number(reader, i)?;
                (end, u32::try_from(micros / MICROS).ok()?, 0, true)
            }
        },
        _ => return None,
    };
    let mut marked = !bare;
    if matches!(reader.low(end), "o'clock" | "oclock") {
        end += 1;
    } else if reader.low(end) == "hrs" || reader.low(end) == "h" || reader.low(end) == "hours" && bare {
        end += 1;
        marked = true;
    }
    let half = reader.low(end).replace('.', "");
    let morning = matches!((half.as_str(), reader.low(end + 1), reader.low(end + 2)), ("in", "the", "morning"));
    let evening =
        matches!((half.as_str(), reader.low(end + 1), reader.low(end + 2)), ("in", "the", "afternoon" | "evening"))
            || (half == "at" && reader.low(end + 1) == "night");
    let mut faults = Vec::new();
    let bad = |hour: u32| hour == 0 || hour > 12;
    if half == "am" || morning {
        faults.extend(bad(hour).then(|| impossible(reader, i, end)));
        hour = if hour == 12 { 0 } else { hour };
        end += if morning { 3 } else { 1 };
        marked = true;
    } else if half == "pm" || evening {
        faults.extend((bad(hour) && half == "pm").then(|| impossible(reader, i, end)));
        hour = if hour < 12 { hour + 12 } else { hour };
        end += if half == "pm" {
            1
        } else if half == "at" {
            2
        } else {
            3
        };
        marked = true;
    }
    if hour > 24 || minute > 59 || (hour == 24 && minute > 0) {
        faults.push(impossible(reader, i, end));
    }
    if !marked && (1..=6).contains(&hour) {
        faults.push(error(
            "ambiguous-time",
            reader.span(i, end),
            format!("{hour} o'clock may be in the morning or in the afternoon"),
            "write 5 pm or 17:00",
        ));
    }
    Some((end, hour, minute, faults))
}

fn impossible(reader: &Reader<'_>, from: usize, to: usize) -> Finding {
    error(
        "impossible-time",
        reader.span(from, to),
        "there is no such time".to_owned(),
        "write a time such as 9:00, 17:30 or 5 pm",
    )
}

/// A time zone at `i`: "Berlin time", "UTC", "(Europe/Berlin)", "our time".
pub fn zone(reader: &Reader<'_>, i: usize) -> Option<(usize, Option<String>, Vec<Finding>)> {
    let mut at = i;
    while matches!(reader.low(at), "(" | "," | "in" | "the" | "by" | "according") && at < i + 3 {
        at += 1;
    }
    for phrase in ["our time", "our time zone", "company time", "local time", "our local time", "office time"] {
        if let Some(end) = phrase_at(reader, at, phrase) {
            return Some((close(reader, end), None, Vec::new()));
        }
    }
    let token = reader.tokens.get(at).filter(|t| t.is_word())?;
    if token.low.contains('/') {
        let mut name = token.text.clone();
        let mut end = at + 1;
        // "America/New_York" is cut at the underscore.
        while reader.tokens.get(end).is_some_and(|t| t.glued && t.is_word()) {
            name = format!("{name}_{}", reader.tokens[end].text);
            end += 1;
        }
        if reader.low(end) == "time" {
            end += 1;
        }
        return match name.parse::<chrono_tz::Tz>() {
            Ok(zone) => Some((close(reader, end), Some(zone.name().to_owned()), Vec::new())),
            Err(_) => {
                let fault = error(
                    "unknown-zone",
                    reader.span(at, end),
                    format!("there is no time zone {name}"),
                    "write a zone such as Europe/Berlin",
                );
                Some((close(reader, end), Some(name), vec![fault]))
            }
        };
    }
    let known = super::vocabulary::words::ZONES
        .iter()
        .filter_map(|(words, zone)| phrase_at(reader, at, words).map(|end| (end, (*zone).to_owned())))
        .max_by_key(|(end, _)| *end);
    let city = || {
        let all = |words: &[String]| words.iter().enumerate().all(|(n, word)| reader.low(at + n) == word);
        reader
            .index
            .zones
            .iter()
            .find(|(words, _)| all(words) && reader.low(at + words.len()) == "time")
            .map(|(words, zone)| (at + words.len(), zone.clone()))
    };
    let (end, zone) = known.or_else(city)?;
    let end = if matches!(reader.low(end), "standard") { end + 1 } else { end };
    let end = if reader.low(end) == "time" { end + 1 } else { end };
    Some((close(reader, end), Some(zone), Vec::new()))
}

fn close(reader: &Reader<'_>, end: usize) -> usize {
    if reader.tokens.get(end).is_some_and(|t| t.is_mark(')')) { end + 1 } else { end }
}
