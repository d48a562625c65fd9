//! Counts and shares: "twice", "more than three", "10%", "one in ten".

use super::numbers::{MICROS, number};
use super::scan::Reader;
use super::values::{Slotted, Val, error};
use super::vocabulary::bounds::{BEFORE, Side};
use super::vocabulary::words::ORDINALS;
use super::workers::phrase_at;
use crate::directives::rule::Number;

fn slotted(end: usize, val: Val) -> Slotted {
    Slotted { end, val, cost: 0, faults: Vec::new() }
}

/// A plain number: "three", "10".
pub fn num(reader: &Reader<'_>, i: usize) -> Vec<Slotted> {
    number(reader, i)
        .filter(|(_, micros)| micros % MICROS == 0)
        .and_then(|(end, micros)| u32::try_from(micros / MICROS).ok().map(|n| slotted(end, Val::Count(n))))
        .or_else(|| {
            ORDINALS.iter().find(|(word, _)| *word == reader.low(i)).map(|(_, n)| slotted(i + 1, Val::Count(*n)))
        })
        .into_iter()
        .collect()
}

/// "twice", "three times", "a third time".
pub fn count(reader: &Reader<'_>, i: usize) -> Vec<Slotted> {
    let mut found = Vec::new();
    let plus = |found: &mut Vec<Slotted>, end: usize, n: u32| {
        found.push(slotted(end, Val::Count(n)));
        for phrase in ["or more", "or more times"] {
            if let Some(end) = phrase_at(reader, end, phrase) {
                found.push(slotted(end, Val::Count(n)));
            }
        }
    };
    match reader.low(i) {
        "once" => plus(&mut found, i + 1, 1),
        "twice" => plus(&mut found, i + 1, 2),
        "thrice" => plus(&mut found, i + 1, 3),
        "at" if reader.low(i + 1) == "least" => return count(reader, i + 2),
        "for" if reader.low(i + 1) == "the" || reader.low(i + 1) == "a" => {
            for one in num(reader, i + 2) {
                if let (Val::Count(n), "time") = (&one.val, reader.low(one.end)) {
                    plus(&mut found, one.end + 1, *n);
                }
            }
        }
        "a" | "the" if reader.low(i + 2) == "time" => {
            for one in num(reader, i + 1) {
                if let Val::Count(n) = &one.val {
                    plus(&mut found, one.end + 1, *n);
                }
            }
        }
        _ => {
            for one in num(reader, i) {
                if let (Val::Count(n), "time" | "times") = (&one.val, reader.low(one.end)) {
                    plus(&mut found, one.end + 1, *n);
                }
            }
            if matches!(reader.low(i), "more") && reader.low(i + 1) == "than" {
                for one in count(reader, i + 2) {
                    if let Val::Count(n) = one.val {
                        found.push(slotted(one.end, Val::Count(n + 1)));
                    }
                }
            }
        }
    }
    found
}

/// "more than three", "over 5", "at least 4" (over 3), "more than twice"; the value is what is exceeded.
pub fn number_bound(reader: &Reader<'_>, i: usize) -> Vec<Slotted> {
    let mut found = Vec::new();
    for (phrase, side) in BEFORE {
        let Some(at) = phrase_at(reader, i, phrase) else { continue };
        for one in num(reader, at).into_iter().chain(count(reader, at)) {
            match (&one.val, side) {
                (Val::Count(n), Side::Over) => found.push(slotted(one.end, Val::Count(*n))),
                (Val::Count(n), Side::AtLeast) if *n > 0 => found.push(slotted(one.end, Val::Count(n - 1))),
                _ => {}
            }
        }
    }
    for one in num(reader, i) {
        if let Val::Count(n) = one.val
            && n > 0
            && let Some(end) = phrase_at(reader, one.end, "or more")
        {
            found.push(slotted(end, Val::Count(n - 1)));
        }
    }
    found
}

/// "10%", "ten percent", "one in ten", "every tenth", "a tenth", "half", "all".
pub fn percent(reader: &Reader<'_>, i: usize) -> Vec<Slotted> {
    let mut found = Vec::new();
    let hundred = 100 * MICROS;
    let mut push = |end: usize, micros: i64| {
        let faults = if micros <= 0 || micros > hundred {
            vec![error(
                "percentage",
                reader.span(i, end),
                "a share lies above 0% and at most at 100%".to_owned(),
                "write a share such as 10%",
            )]
        } else {
            Vec::new()
        };
        let cost = if faults.is_empty() { 0 } else { 90 };
        found.push(Slotted { end, val: Val::Percent(Number(micros)), cost, faults });
    };
    if let Some((end, micros)) = number(reader, i) {
        if reader.tokens.get(end).is_some_and(|t| t.is_mark('%')) || matches!(reader.low(end), "percent" | "pct") {
            push(end + 1, micros);
        } else if matches!(reader.low(end), "per") && reader.low(end + 1) == "cent" {
            push(end + 2, micros);
        } else {
            // "15 of its answers": of how many?
            if reader.low(end) == "of" && number(reader, end + 1).is_none() && reader.low(end + 1) != "every" {
                push(end, 0);
            }
            for phrase in ["in", "out of", "in every", "of every", "out of every", "of"] {
                if let Some((end, whole)) = phrase_at(reader, end, phrase).and_then(|at| number(reader, at))
                    && whole > 0
                {
                    let share = i128::from(micros) * i128::from(hundred) / i128::from(whole);
                    push(end, i64::try_from(share).unwrap_or(0));
                }
            }
        }
    }
    let ordinal = |at: usize| ORDINALS.iter().find(|(word, _)| *word == reader.low(at)).map(|(_, n)| i64::from(*n));
    match reader.low(i) {
        "every" | "each" if ordinal(i + 1).is_none() => {
            let output = [
                "answer", "reply", "output", "response", "message", "proposal", "draft", "email", "result", "decision",
            ];
            if output.contains(&reader.low(i + 1)) {
                push(i + 1, hundred);
            }
        }
        "every" | "each" => {
            if let Some(n) = ordinal(i + 1) {
                push(i + 2, hundred / n);
            }
        }
        "a" | "one" if ordinal(i + 1).is_some() => push(i + 2, hundred / ordinal(i + 1).unwrap_or(1)),
        "a" if reader.low(i + 1) == "quarter" => push(i + 2, 25 * MICROS),
        "none" if reader.low(i + 1) == "of" => {
            if let Some((end, _)) = number(reader, i + 2) {
                push(end, 0);
            }
        }
        "half" => push(i + 1, 50 * MICROS),
        "all" => push(i + 1, hundred),
        _ => {}
    }
    found
}
