//! Times of day and time zones: "9:30", "5 pm", "noon", "Berlin time".

use super::Finding;
use super::numbers::{MICROS, number};
use super::scan::Reader;
use super::token::Kind;
use super::values::error;
use super::workers::phrase_at;

/// A clock time at `i`: (end, hour, minute, faults).
pub fn clock(reader: &Reader<'_>, i: usize) -> Option<(usize, u32, u32, Vec<Finding>)> {
    let low = reader.low(i);
    match low {
        "noon" | "midday" => return Some((i + 1, 12, 0, Vec::new())),
        "midnight" => return Some((i + 1, 0, 0, Vec::new())),
        "half" | "quarter" if reader.low(i + 1) == "past" => {
            let (end, hour, _, faults) = clock(reader, i + 2)?;
            return Some((end, hour, if low == "half" { 30 } else { 15 }, faults));
        }
        _ => {}
    }
    let (mut end, hour, minute, bare) = written(reader, i)?;
    let mut marked = !bare;
    if matches!(reader.low(end), "o'clock" | "oclock") {
        end += 1;
    } else if reader.low(end) == "hrs" || reader.low(end) == "h" || reader.low(end) == "hours" {
        end += 1;
        marked = true;
    }
    let mut faults = Vec::new();
    let (end, hour) = match half_of_day(reader, end) {
        Some(half) => {
            marked = true;
            faults.extend((half.strict && (hour == 0 || hour > 12)).then(|| impossible(reader, i, end)));
            (half.end, by_half(hour, half.late))
        }
        None => (end, hour),
    };
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

/// Twelve at night is 0, twelve at noon 12; 14 in the afternoon stays 14.
fn by_half(hour: u32, late: bool) -> u32 {
    match (hour, late) {
        (12, false) => 0,
        (0..12, true) => hour + 12,
        _ => hour,
    }
}

/// The figures alone: (end, hour, minute, whether there was an hour only).
fn written(reader: &Reader<'_>, i: usize) -> Option<(usize, u32, u32, bool)> {
    let token = reader.tokens.get(i)?;
    match &token.kind {
        Kind::Clock(hour, minute) => Some((i + 1, *hour, *minute, false)),
        Kind::Number => match token.low.split_once('.') {
            // "8.30" as some write it.
            Some((hour, minute)) if minute.len() == 2 => Some((i + 1, hour.parse().ok()?, minute.parse().ok()?, false)),
            Some(_) => None,
            None => Some((i + 1, token.low.parse().ok()?, 0, true)),
        },
        Kind::Word => {
            let (end, micros) = number(reader, i)?;
            Some((end, u32::try_from(micros / MICROS).ok()?, 0, true))
        }
        _ => None,
    }
}

/// "am", "in the evening", "at night".
struct HalfOfDay {
    end: usize,
    late: bool,
    /// Goes with the hours from one to twelve only.
    strict: bool,
}

fn half_of_day(reader: &Reader<'_>, at: usize) -> Option<HalfOfDay> {
    let half = reader.low(at).replace('.', "");
    if half == "am" || half == "pm" {
        return Some(HalfOfDay { end: at + 1, late: half == "pm", strict: true });
    }
    if phrase_at(reader, at, "at night").is_some() {
        return Some(HalfOfDay { end: at + 2, late: true, strict: false });
    }
    let end = at + 3;
    match reader.low(at + 2) {
        _ if half != "in" || reader.low(at + 1) != "the" => None,
        "morning" => Some(HalfOfDay { end, late: false, strict: true }),
        "afternoon" | "evening" => Some(HalfOfDay { end, late: true, strict: false }),
        _ => None,
    }
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
