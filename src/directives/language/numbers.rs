//! Numbers, money and bounds: "$1k", "1.000 €", "two hundred dollars", "more than", "up to", "between … and …".

use super::Finding;
use super::scan::Reader;
use super::token::Kind;
use super::values::{Slotted, Val, error};
use super::vocabulary::bounds::{AFTER, BEFORE, Side};
use super::vocabulary::words::{COMMA_CURRENCIES, CURRENCY_WORDS, NUMBER_WORDS};
use super::workers::phrase_at;
use crate::directives::rule::{AmountRange, Number};

pub const MICROS: i64 = 1_000_000;

/// A number that needs no currency to be read: digits, or words ("two hundred", "a dozen"); in millionths.
pub fn number(reader: &Reader<'_>, i: usize) -> Option<(usize, i64)> {
    let token = reader.tokens.get(i)?;
    match &token.kind {
        Kind::Number => {
            let value = parse_written(&token.low, None)?;
            Some(scaled(reader, i + 1, value))
        }
        Kind::Word => spelled(reader, i),
        _ => None,
    }
}

/// "k", "thousand", "million" after digits.
fn scaled(reader: &Reader<'_>, end: usize, value: i64) -> (usize, i64) {
    let glued = reader.tokens.get(end).is_some_and(|t| t.glued);
    let factor = match reader.low(end) {
        "k" if glued => 1_000,
        "m" | "mio" | "mn" if glued => 1_000_000,
        "thousand" | "grand" => 1_000,
        "hundred" => 100,
        "million" => 1_000_000,
        _ => return (end, value),
    };
    (end + 1, value.saturating_mul(factor))
}

fn small(word: &str) -> Option<i64> {
    NUMBER_WORDS.iter().find(|(name, _)| *name == word).map(|(_, n)| i64::from(*n))
}

/// "two hundred and fifty", "a thousand", "twenty-five".
fn spelled(reader: &Reader<'_>, i: usize) -> Option<(usize, i64)> {
    let (mut total, mut group, mut at, mut seen) = (0_i64, 0_i64, i, false);
    loop {
        let low = reader.low(at);
        if let Some(n) = small(low) {
            if seen && group % 100 != 0 && !(group % 10 == 0 && n < 10 && group % 100 >= 20) {
                break;
            }
            group += n;
        } else if matches!(low, "a" | "an")
            && !seen
            && matches!(reader.low(at + 1), "hundred" | "thousand" | "million" | "dozen")
        {
            at += 1;
            continue;
        } else if low == "hundred" && (seen || at > i) {
            group = group.max(1) * 100;
        } else if low == "thousand" && (seen || at > i) {
            total += group.max(1) * 1_000;
            group = 0;
        } else if low == "million" && (seen || at > i) {
            total += group.max(1) * 1_000_000;
            group = 0;
        } else if low == "and"
            && seen
            && (group % 100 == 0)
            && small(reader.low(at + 1)).is_some()
            && group + total >= 100
        {
            at += 1;
            continue;
        } else {
            break;
        }
        seen = true;
        at += 1;
    }
    seen.then_some((at, (total + group) * MICROS))
}

/// Digits as written, by the habits of the currency: in euros and crowns the point groups thousands. `None` when the
/// separators fit no way of writing.
pub fn parse_written(text: &str, currency: Option<&str>) -> Option<i64> {
    let text: String = text.chars().filter(|c| !matches!(c, '\'' | '\u{a0}' | '\u{202f}')).collect();
    let marks: Vec<(usize, char)> = text.char_indices().filter(|(_, c)| matches!(c, '.' | ',')).collect();
    let Some((last_at, last)) = marks.last().copied() else {
        return text.parse::<i64>().ok()?.checked_mul(MICROS);
    };
    let tail = text.len() - last_at - 1;
    let mixed = marks.iter().any(|(_, c)| *c != last);
    let grouped = |mark: char| text.split(mark).skip(1).all(|part| part.len() == 3);
    let comma_habit = currency.is_some_and(|code| COMMA_CURRENCIES.contains(&code));
    let decimal = if mixed {
        // One mark groups, the other one, which comes last and once, divides.
        if marks.iter().filter(|(_, c)| *c == last).count() > 1 {
            return None;
        }
        Some(last_at)
    } else if tail == 3 && (last == ',' || comma_habit) && grouped(last) {
        None
    } else if marks.len() > 1 {
        return grouped(last).then(|| text.replace(last, "").parse::<i64>().ok()).flatten()?.checked_mul(MICROS);
    } else if last == '.' || (comma_habit && tail <= 2) {
        Some(last_at)
    } else {
        return None;
    };
    if tail == 3 && last == '.' && decimal.is_some() && !mixed {
        // "1.000" with a currency that divides by the point reads two ways.
        return None;
    }
    let digits = |part: &str| part.chars().filter(char::is_ascii_digit).collect::<String>();
    match decimal {
        None => digits(&text).parse::<i64>().ok()?.checked_mul(MICROS),
        Some(at) => {
            let units: i64 = digits(&text[..at]).parse().ok()?;
            let mut rest = digits(&text[at + 1..]);
            rest.truncate(6);
            let micros: i64 = format!("{rest:0<6}").parse().ok()?;
            units.checked_mul(MICROS)?.checked_add(micros)
        }
    }
}

/// An amount of money at `i`: (end, millionths, currency, faults).
pub fn money(reader: &Reader<'_>, i: usize) -> Option<(usize, i64, String, Vec<Finding>)> {
    let token = reader.tokens.get(i)?;
    if matches!(reader.low(i), "the" | "a" | "an")
        && !matches!(reader.low(i + 1), "hundred" | "thousand" | "million" | "dozen")
    {
        return None;
    }
    let before = match &token.kind {
        Kind::Currency(code) => Some(((*code).to_owned(), 100)),
        Kind::Word => currency_word(&token.low).filter(|_| !matches!(token.low.as_str(), "cent" | "cents")),
        _ => None,
    };
    if let Some((currency, scale)) = before {
        let (end, micros, bad) = amount_digits(reader, i + 1, Some(&currency))?;
        // "US$", "USD 200", "$200 USD".
        let end = if currency_word(reader.low(end)).is_some_and(|(code, _)| code == currency) { end + 1 } else { end };
        return Some((end, micros / 100 * scale, currency, bad));
    }
    if matches!(token.low.as_str(), "us")
        && matches!(reader.tokens.get(i + 1).map(|t| &t.kind), Some(Kind::Currency(_)))
    {
        return money(reader, i + 1);
    }
    let (end, plain, _) = amount_digits(reader, i, None)
        .or_else(|| matches!(token.kind, Kind::Number).then_some((i + 1, 0, Vec::new())))?;
    let (currency, scale) = match &reader.tokens.get(end)?.kind {
        Kind::Currency(code) => ((*code).to_owned(), 100),
        Kind::Word => {
            let us = usize::from(reader.low(end) == "us");
            let (code, scale) = currency_word(reader.low(end + us))?;
            if us == 1 {
                return Some((end + 2, plain, code, Vec::new()));
            }
            (code, scale)
        }
        _ => return None,
    };
    let (_, micros, bad) = amount_digits(reader, i, Some(&currency))?;
    Some((end + 1, micros / 100 * scale, currency, bad))
}

fn amount_digits(reader: &Reader<'_>, i: usize, currency: Option<&str>) -> Option<(usize, i64, Vec<Finding>)> {
    let token = reader.tokens.get(i)?;
    if token.kind != Kind::Number {
        return spelled(reader, i).map(|(end, micros)| (end, micros, Vec::new()));
    }
    match parse_written(&token.low, currency) {
        Some(micros) => {
            let (end, micros) = scaled(reader, i + 1, micros);
            Some((end, micros, Vec::new()))
        }
        None => {
            let fault = error(
                "number",
                token.span.clone(),
                format!("“{}” can be read in two ways", token.text),
                "write 1000 or 1,000.00",
            );
            Some((i + 1, 0, vec![fault]))
        }
    }
}

fn currency_word(word: &str) -> Option<(String, i64)> {
    CURRENCY_WORDS.iter().find(|(name, _, _)| *name == word).map(|(_, code, scale)| ((*code).to_owned(), *scale))
}

pub fn money_slot(reader: &Reader<'_>, i: usize) -> Vec<Slotted> {
    let mut found = Vec::new();
    if let Some((end, micros, currency, faults)) = money(reader, i) {
        let cost = if faults.is_empty() { 0 } else { 90 };
        found.push(Slotted { end, val: Val::Money(Number(micros), currency), cost, faults });
    } else if let Some((end, micros)) = number(reader, i) {
        found.push(Slotted {
            end,
            val: Val::Money(Number(micros), String::new()),
            cost: 90,
            faults: vec![no_unit(reader, i, end)],
        });
    }
    found
}

fn no_unit(reader: &Reader<'_>, from: usize, to: usize) -> Finding {
    error("no-unit", reader.span(from, to), "this limit has no unit".to_owned(), "write a currency, as in $200")
}

/// A bound on an amount, or a range of two.
pub fn bound(reader: &Reader<'_>, i: usize) -> Vec<Slotted> {
    let mut found = Vec::new();
    for one in one_bound(reader, i) {
        let Val::Range(range) = &one.val else { continue };
        // "over $50 but under $200", "over $50 and up to $200".
        let joint = match reader.low(one.end) {
            "and" | "but" | "," if reader.low(one.end + 1) == "but" => one.end + 2,
            "and" | "but" => one.end + 1,
            _ => 0,
        };
        if joint > 0 {
            for other in one_bound(reader, joint) {
                let Val::Range(second) = &other.val else { continue };
                if let Some(both) = join(range, second) {
                    let faults = one.faults.iter().chain(&other.faults).cloned().collect();
                    found.push(Slotted { end: other.end, val: Val::Range(both), cost: one.cost + other.cost, faults });
                }
            }
        }
        found.push(one);
    }
    let mut totals = Vec::new();
    for one in &found {
        totals.extend(running_total(reader, one));
    }
    found.extend(totals);
    for one in &mut found {
        if let Val::Range(range) = &one.val
            && empty(range)
        {
            one.faults.push(error(
                "empty-range",
                reader.span(i, one.end),
                "no amount lies in this range".to_owned(),
                "put the smaller amount first",
            ));
            one.cost += 80;
        }
    }
    found
}

/// "… per customer and week", "a week", "in total per requester and day".
fn running_total(reader: &Reader<'_>, one: &Slotted) -> Vec<Slotted> {
    let Val::Range(range) = &one.val else { return Vec::new() };
    let mut at = one.end;
    for phrase in ["in total", "altogether", "together", "in sum", "in all", "combined", "total"] {
        if let Some(end) = phrase_at(reader, at, phrase) {
            at = end;
            break;
        }
    }
    super::times::per(reader, at)
        .into_iter()
        .filter_map(|per| match per.val {
            Val::Per { days, same } => {
                let range = AmountRange { per: Some(days), same, ..range.clone() };
                Some(Slotted {
                    end: per.end,
                    val: Val::Range(range),
                    cost: one.cost + per.cost,
                    faults: one.faults.clone(),
                })
            }
            _ => None,
        })
        .collect()
}

fn one_bound(reader: &Reader<'_>, i: usize) -> Vec<Slotted> {
    let mut found = Vec::new();
    // "above need approval": no limit at all.
    if matches!(reader.low(i), "over" | "above" | "under" | "below" | "exceeding")
        && matches!(
            reader.low(i + 1),
            "need" | "needs" | "must" | "require" | "requires" | "are" | "is" | "run" | "should"
        )
    {
        let fault = error(
            "no-limit",
            reader.span(i, i + 1),
            "this bound has no amount".to_owned(),
            "write an amount, as in “above $200”",
        );
        found.push(Slotted { end: i + 1, val: Val::Range(AmountRange::default()), cost: 90, faults: vec![fault] });
    }
    // "above 3 points": a unit that is no money.
    if matches!(reader.low(i), "over" | "above" | "under" | "below" | "exceeding")
        && let Some((end, micros)) = number(reader, i + 1)
        && reader.tokens.get(end).is_some_and(|t| t.is_word() && super::times::duration(reader, i + 1).is_none())
        && money(reader, i + 1).is_none()
        && !matches!(reader.low(end), "need" | "needs" | "percent" | "per" | "must" | "without")
    {
        let range = AmountRange { over: Some(Number(micros)), ..AmountRange::default() };
        found.push(Slotted {
            end: end + 1,
            val: Val::Range(range),
            cost: 92,
            faults: vec![no_unit(reader, i, end + 1)],
        });
    }
    // "of roughly €5,000": an amount with a hedge and no bound.
    let hedge = reader.hedge_at(i);
    if hedge > 0
        && let Some((end, micros, currency, _)) = money(reader, i + hedge)
    {
        let range = AmountRange { over: Some(Number(micros)), currency, ..AmountRange::default() };
        found.push(Slotted { end, val: Val::Range(range), cost: 60, faults: vec![reader.hedge_fault(i, i + hedge)] });
    }
    for (phrase, side) in BEFORE {
        if let Some(at) = phrase_at(reader, i, phrase) {
            for mut amount in amounts(reader, at) {
                // "until 150 € inclusive".
                let inclusive = matches!(reader.low(amount.end), "inclusive" | "included" | "incl");
                amount.end += usize::from(inclusive && *side == Side::AtMost);
                found.push(as_range(*side, amount, u32::from(*side == Side::Exactly)));
            }
        }
    }
    let from = i + usize::from(reader.low(i) == "from" || (reader.low(i) == "of" && i > 0));
    for amount in amounts(reader, from) {
        for (phrase, side) in AFTER {
            if let Some(end) = phrase_at(reader, amount.end, phrase) {
                found.push(as_range(*side, Slotted { end, ..amount.clone() }, 0));
            }
        }
    }
    found.extend(between(reader, i));
    found
}

/// "between $200 and $1,000", "from $50 to $100", "$50 to $100", "$50–$100".
fn between(reader: &Reader<'_>, i: usize) -> Vec<Slotted> {
    let (start, joints): (usize, &[&str]) = match reader.low(i) {
        "between" => (i + 1, &["and"]),
        "from" => (i + 1, &["to", "up to", "through"]),
        _ => (i, &["to", "-"]),
    };
    let mut found = Vec::new();
    let Some((first_end, low, low_currency, low_faults)) = loose_money(reader, start) else { return found };
    for joint in joints {
        let Some(at) = phrase_at(reader, first_end, joint) else { continue };
        let Some((end, high, high_currency, high_faults)) = loose_money(reader, at) else { continue };
        let currency = if high_currency.is_empty() { low_currency.clone() } else { high_currency };
        let mut faults: Vec<Finding> = low_faults.iter().chain(&high_faults).cloned().collect();
        if currency.is_empty() {
            faults.push(no_unit(reader, start, end));
        } else if !low_currency.is_empty() && low_currency != currency {
            faults.push(error(
                "currency",
                reader.span(start, end),
                "the two ends have different currencies".to_owned(),
                "use one currency",
            ));
        }
        let range = AmountRange {
            at_least: Some(Number(low)),
            at_most: Some(Number(high)),
            currency,
            ..AmountRange::default()
        };
        let cost = if faults.is_empty() { 0 } else { 90 };
        found.push(Slotted { end, val: Val::Range(range), cost, faults });
    }
    found
}

fn loose_money(reader: &Reader<'_>, i: usize) -> Option<(usize, i64, String, Vec<Finding>)> {
    money(reader, i).or_else(|| number(reader, i).map(|(end, micros)| (end, micros, String::new(), Vec::new())))
}

/// Amounts, and bare numbers as an error.
fn amounts(reader: &Reader<'_>, i: usize) -> Vec<Slotted> {
    let i = if reader.hedge_at(i) > 0 && money(reader, i + reader.hedge_at(i)).is_some() {
        i + reader.hedge_at(i)
    } else {
        i
    };
    let hedged = i > 0
        && reader.hedge_at(i - 1) > 0
        && matches!(
            reader.low(i - 1),
            "around" | "about" | "roughly" | "approximately" | "circa" | "approx" | "nearly" | "almost" | "say"
        );
    let mut found = money_slot(reader, i);
    // A count of something ("more than three refunds") is no amount.
    found.retain(|one| match &one.val {
        Val::Money(_, currency) if currency.is_empty() => {
            reader.tokens.get(one.end).is_none_or(|t| !t.is_word() && !t.is_mark('%'))
                || matches!(
                    reader.low(one.end),
                    "need"
                        | "needs"
                        | "require"
                        | "requires"
                        | "must"
                        | "should"
                        | "without"
                        | "have"
                        | "per"
                        | "a"
                        | "are"
                        | "is"
                        | "to"
                        | "or"
                        | "go"
                        | "and"
                        | "run"
                        | "with"
                        | "may"
                        | "can"
                )
        }
        _ => true,
    });
    if hedged {
        for one in &mut found {
            one.faults.push(reader.hedge_fault(i - 1, i));
            one.cost += 60;
        }
    }
    found
}

fn as_range(side: Side, amount: Slotted, extra: u32) -> Slotted {
    let Val::Money(number, currency) = amount.val else { return amount };
    let mut range = AmountRange { currency, ..AmountRange::default() };
    match side {
        Side::Over => range.over = Some(number),
        Side::AtLeast => range.at_least = Some(number),
        Side::Under => range.under = Some(number),
        Side::AtMost => range.at_most = Some(number),
        Side::Exactly => {
            range.at_least = Some(number);
            range.at_most = Some(number);
        }
    }
    Slotted { end: amount.end, val: Val::Range(range), cost: amount.cost + extra, faults: amount.faults }
}

fn join(first: &AmountRange, second: &AmountRange) -> Option<AmountRange> {
    let lower = |r: &AmountRange| r.over.is_some() || r.at_least.is_some();
    let upper = |r: &AmountRange| r.under.is_some() || r.at_most.is_some();
    let fits = lower(first) && !upper(first) && upper(second) && !lower(second)
        || upper(first) && !lower(first) && lower(second) && !upper(second);
    fits.then(|| AmountRange {
        over: first.over.or(second.over),
        at_least: first.at_least.or(second.at_least),
        under: first.under.or(second.under),
        at_most: first.at_most.or(second.at_most),
        currency: if first.currency.is_empty() { second.currency.clone() } else { first.currency.clone() },
        per: None,
        same: None,
    })
}

/// Whether no amount lies in the range.
pub fn empty(range: &AmountRange) -> bool {
    match (range.over, range.at_least, range.under, range.at_most) {
        (Some(low), _, Some(high), _) | (Some(low), _, _, Some(high)) | (_, Some(low), Some(high), _) => low >= high,
        (_, Some(low), _, Some(high)) => low > high,
        (None, None, Some(high), _) => high.0 <= 0,
        _ => false,
    }
}
