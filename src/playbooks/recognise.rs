//! One text → every value of one shape in it.

use std::ops::Range;

use chrono::NaiveDate;
use minijinja::value::Value;

use super::dates::find_dates;
use super::values::Amount;
use crate::directives::{Slot, SlotShape};
use crate::money::{Currency, Money};

/// A value that was found, and how it is told apart from others.
#[derive(Debug, Clone)]
pub struct Found {
    pub value: Value,
    pub said: String,
    /// Amounts only.
    pub currency: Option<String>,
}

/// Everything in `text` that has the shape of `slot`. In an answer to the slot's own question, a bare value counts too.
pub fn recognise(slot: &Slot, text: &str, today: NaiveDate, currency: Option<&str>, own_answer: bool) -> Vec<Found> {
    match &slot.shape {
        SlotShape::Like(example) => {
            let mut all = like(example, text);
            if all.is_empty() && own_answer {
                all.extend(bare_digits(example, text));
            }
            all.into_iter().map(found).collect()
        }
        SlotShape::Money => amounts(text, currency, own_answer),
        SlotShape::Person => people(text).into_iter().map(found).collect(),
        SlotShape::Email => emails(text).into_iter().map(found).collect(),
        SlotShape::Number => numbers(slot, text),
        SlotShape::OneOf(options) => {
            options.iter().filter(|option| names(text, option)).map(|option| found(option.clone())).collect()
        }
        SlotShape::Date => find_dates(text, today).into_iter().map(|date| found(date.to_string())).collect(),
        SlotShape::Quoted => {
            let quoted = quoted(text);
            let bare = own_answer && quoted.is_empty() && !text.trim().is_empty();
            if bare { vec![found(text.trim().to_owned())] } else { quoted.into_iter().map(found).collect() }
        }
        SlotShape::Text => vec![found(text.trim().to_owned())],
    }
}

fn found(said: String) -> Found {
    Found { value: Value::from(said.as_str()), said, currency: None }
}

fn amounts(text: &str, currency: Option<&str>, own_answer: bool) -> Vec<Found> {
    let mut all: Vec<Money> = Money::find_all(text).into_iter().map(|(_, money)| money).collect();
    if let (true, true, Some(currency)) = (all.is_empty(), own_answer, currency) {
        let bare = text.trim().trim_end_matches('.');
        all.extend(Money::from_bare(bare, Currency::new(currency)));
    }
    let one = |money: Money| Found {
        said: money.to_string(),
        currency: Some(money.currency.0.clone()),
        value: Value::from_object(Amount(money)),
    };
    all.into_iter().filter(|money| money.micros > 0).map(one).collect()
}

/// Matches of an example such as `ORD-1042`: its letters and signs as they are, any digits where it has digits.
fn like(example: &str, text: &str) -> Vec<String> {
    let pattern = pieces(example);
    let mut out = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let starts_word = text[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
        match starts_word.then(|| match_at(&pattern, &text[at..])).flatten() {
            Some((said, length)) => {
                out.push(said);
                at += length;
            }
            None => at += text[at..].chars().next().map_or(1, char::len_utf8),
        }
    }
    out
}

/// "1042" as an answer where the example is `ORD-1042`: the letters are the example's.
fn bare_digits(example: &str, text: &str) -> Option<String> {
    let digits = text.trim().trim_end_matches('.');
    let only_digits = !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit());
    match pieces(example).as_slice() {
        [Piece::Letters(letters), Piece::Digits] if only_digits => Some(format!("{letters}{digits}")),
        _ => None,
    }
}

enum Piece {
    Letters(String),
    Digits,
}

fn pieces(example: &str) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    for c in example.chars() {
        match (c.is_ascii_digit(), out.last_mut()) {
            (true, Some(Piece::Digits)) => {}
            (true, Some(Piece::Letters(_)) | None) => out.push(Piece::Digits),
            (false, Some(Piece::Letters(letters))) => letters.push(c),
            (false, Some(Piece::Digits) | None) => out.push(Piece::Letters(c.to_string())),
        }
    }
    out
}

fn match_at(pattern: &[Piece], text: &str) -> Option<(String, usize)> {
    let mut said = String::new();
    let mut length = 0;
    for piece in pattern {
        let rest = &text[length..];
        match piece {
            Piece::Letters(letters) => {
                rest.get(..letters.len()).filter(|start| start.eq_ignore_ascii_case(letters))?;
                said.push_str(letters);
                length += letters.len();
            }
            Piece::Digits => {
                let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
                (digits > 0).then_some(())?;
                said.push_str(&rest[..digits]);
                length += digits;
            }
        }
    }
    let ends_word = text[length..].chars().next().is_none_or(|c| !c.is_alphanumeric());
    (ends_word && length > 0).then_some((said, length))
}

/// `@name`, or an account as Slack writes it (`<@U024BE7LH>`).
fn people(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    for (at, _) in text.match_indices('@') {
        let before = text[..at].chars().next_back();
        if before.is_some_and(char::is_alphanumeric) {
            continue;
        }
        let rest = &text[at + 1..];
        let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))).unwrap_or(rest.len());
        let name = rest[..end].trim_end_matches(['.', '-']);
        if !name.is_empty() {
            out.push(if before == Some('<') { name.to_owned() } else { format!("@{name}") });
        }
    }
    out
}

/// Addresses, bare or as Slack writes them (`<mailto:a@b.c|a@b.c>`).
fn emails(text: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for word in text
        .split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '|' | ',' | ';' | '(' | ')' | '"' | '“' | '”'))
    {
        let word = word.trim_start_matches("mailto:").trim_end_matches(['.', ':', '!', '?', '\'', '’']);
        let Some((user, host)) = word.split_once('@') else { continue };
        let sane = !user.is_empty()
            && !host.contains('@')
            && host.contains('.')
            && !host.starts_with('.')
            && !host.ends_with('.');
        if sane && !out.contains(&word.to_lowercase()) {
            out.push(word.to_lowercase());
        }
    }
    out
}

/// Whole numbers that are no part of an amount, a date or an identifier; where there are several, the one before the thing
/// that is counted ("5 seats").
fn numbers(slot: &Slot, text: &str) -> Vec<Found> {
    const WORDS: &[&str] =
        &["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    let money: Vec<Range<usize>> = Money::find_all(text).into_iter().map(|(range, _)| range).collect();
    let unit = slot.label.strip_prefix("number of ").unwrap_or_default().trim_end_matches('s');
    let counts = |rest: &str| !unit.is_empty() && rest.trim_start().to_lowercase().starts_with(unit);
    let mut all: Vec<(i64, &str)> = Vec::new();
    let mut at = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let start = at;
        at += word.len();
        let bare = word.trim().trim_matches(|c: char| !c.is_alphanumeric() && c != '-');
        if money.iter().any(|range| range.start < at && start < range.end) {
            continue;
        }
        let rest = &text[at..];
        let number = bare.parse::<i64>().ok().or_else(|| {
            // A number in words counts only before the thing that is counted: "one" alone is more often a pronoun.
            let index = WORDS.iter().position(|name| bare.eq_ignore_ascii_case(name)).filter(|_| counts(rest))?;
            i64::try_from(index).ok()
        });
        all.extend(number.map(|n| (n, rest)));
    }
    let exact: Vec<i64> = all.iter().filter(|(_, rest)| counts(rest)).map(|(n, _)| *n).collect();
    let chosen = if exact.is_empty() { all.into_iter().map(|(n, _)| n).collect() } else { exact };
    chosen.into_iter().map(|n| Found { value: Value::from(n), said: n.to_string(), currency: None }).collect()
}

/// Whether a text names an option as a whole word. Short words in capitals ("IT") are told apart by their case.
fn names(text: &str, option: &str) -> bool {
    let exact = option.chars().count() <= 3 && option.chars().all(char::is_uppercase);
    let (text, option) =
        if exact { (text.to_owned(), option.to_owned()) } else { (text.to_lowercase(), option.to_lowercase()) };
    text.match_indices(&option).any(|(at, found)| {
        let before = text[..at].chars().next_back();
        let after = text[at + found.len()..].chars().next();
        !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
    })
}

fn quoted(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find(['"', '“', '„']) {
        let after = &rest[open..];
        let length = after.chars().next().map_or(1, char::len_utf8);
        let closers: &[char] = if after.starts_with('"') { &['"'] } else { &['”', '“', '"'] };
        let Some(close) = after[length..].find(closers) else { break };
        let inside = after[length..length + close].trim();
        if !inside.is_empty() {
            out.push(inside.to_owned());
        }
        let closer = after[length + close..].chars().next().map_or(1, char::len_utf8);
        rest = &after[length + close + closer..];
    }
    out
}
