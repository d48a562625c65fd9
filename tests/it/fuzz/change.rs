//! Inputs changed at random: as bytes, as words, and as JSON where they are JSON.

use fastrand::Rng;
use serde_json::{Map, Value, json};

/// What readers stumble over.
const NASTY: [&str; 26] = [
    "", "\0", "\u{FEFF}", "\u{202E}", "\u{200B}", "\u{E0041}", "e\u{0301}", "🙂", "\r\n", "\"", "\\", "{{", "%s",
    "<@U1>", "<!channel>", "`", "-1", "1e999", "9007199254740993", "-0", "NaN", "null", "0x1", "../",
    "A-99999999999999999999", "T-0",
];
/// Longer inputs are cut: what is large is bounded elsewhere, and here it would only cost time.
const LONGEST: usize = 16 * 1024;

/// One of the inputs with one to four changes.
pub fn changed(dice: &mut Rng, kept: &[Vec<u8>]) -> Vec<u8> {
    let mut input = kept[dice.usize(..kept.len())].clone();
    for _ in 0..dice.usize(1..=4) {
        let other = dice.usize(..kept.len());
        input = once(dice, input, &kept[other]);
        input.truncate(LONGEST);
    }
    input
}

fn once(dice: &mut Rng, input: Vec<u8>, other: &[u8]) -> Vec<u8> {
    if dice.bool()
        && let Ok(text) = std::str::from_utf8(&input)
    {
        // Where JSON stands behind a head (a webhook's, a stream's), what is in front of it stays.
        let at = text.find('{').unwrap_or(0);
        if let Ok(mut value) = serde_json::from_str::<Value>(&text[at..]) {
            in_json(dice, &mut value, other);
            return format!("{}{value}", &text[..at]).into_bytes();
        }
        return in_words(dice, text, other).into_bytes();
    }
    in_bytes(dice, input, other)
}

fn in_bytes(dice: &mut Rng, mut input: Vec<u8>, other: &[u8]) -> Vec<u8> {
    let at = dice.usize(..=input.len());
    let end = (at + dice.usize(..=16)).min(input.len());
    match dice.u8(..8) {
        0 => drop(input.drain(at..end)),
        1 => input.truncate(at),
        2 => {
            let again = input[at..end].repeat(dice.usize(1..40));
            input.splice(at..at, again);
        }
        3 => input.insert(at, dice.u8(..)),
        4 if at < input.len() => input[at] ^= 1 << dice.u8(..8),
        5 => {
            let from = dice.usize(..=other.len());
            input.splice(at..end, other[from..(from + 64).min(other.len())].iter().copied());
        }
        6 => input = [&input[..at], other].concat(),
        _ => drop(input.splice(at..end, NASTY[dice.usize(..NASTY.len())].bytes())),
    }
    input
}

/// Words and signs are moved, doubled, taken from elsewhere.
fn in_words(dice: &mut Rng, text: &str, other: &[u8]) -> String {
    let mut words: Vec<&str> = text.split_inclusive([' ', '\n', '.', ',', ':', '=']).collect();
    let others = std::str::from_utf8(other).unwrap_or_default();
    let others: Vec<&str> = others.split_inclusive([' ', '\n', '.', ',', ':', '=']).collect();
    let at = dice.usize(..=words.len());
    match dice.u8(..6) {
        0 if at < words.len() => drop(words.remove(at)),
        1 if at < words.len() => words.insert(at, words[at]),
        2 if at < words.len() => {
            let with = dice.usize(..words.len());
            words.swap(at, with);
        }
        3 if !others.is_empty() => words.insert(at, others[dice.usize(..others.len())]),
        4 if !others.is_empty() => {
            let from = dice.usize(..others.len());
            words.splice(at..at, others[from..(from + 12).min(others.len())].iter().copied());
        }
        _ => words.insert(at, NASTY[dice.usize(..NASTY.len())]),
    }
    words.concat()
}

fn in_json(dice: &mut Rng, value: &mut Value, other: &[u8]) {
    match value {
        Value::Object(fields) if !fields.is_empty() && dice.u8(..5) > 0 => {
            let keys: Vec<String> = fields.keys().cloned().collect();
            let key = &keys[dice.usize(..keys.len())];
            match dice.u8(..8) {
                0 => drop(fields.remove(key)),
                1 => {
                    let moved = fields.remove(key).unwrap_or_default();
                    fields.insert(format!("{key}{}", NASTY[dice.usize(..NASTY.len())]), moved);
                }
                2 => drop(fields.insert(key.clone(), another(dice, other))),
                _ => in_json(dice, &mut fields[key], other),
            }
        }
        Value::Array(items) if !items.is_empty() && dice.u8(..5) > 0 => {
            let at = dice.usize(..items.len());
            match dice.u8(..6) {
                0 => drop(items.remove(at)),
                1 => items.extend(vec![items[at].clone(); dice.usize(..20)]),
                _ => in_json(dice, &mut items[at], other),
            }
        }
        Value::Object(_) | Value::Array(_) | Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            *value = another(dice, other);
        }
    }
}

fn another(dice: &mut Rng, other: &[u8]) -> Value {
    match dice.u8(..12) {
        0 => Value::Null,
        1 => json!(dice.bool()),
        2 => json!(dice.i64(..)),
        3 => json!(f64::from_bits(dice.u64(..))),
        4 => json!(NASTY[dice.usize(..NASTY.len())].repeat(dice.usize(1..300))),
        5 => (0..dice.usize(1..120)).fold(json!(1), |inner, _| json!([inner])),
        6 => (0..dice.usize(1..60)).fold(json!({}), |inner, _| json!({"a": inner})),
        7 => Value::Object(Map::new()),
        8 => json!([]),
        9 => json!(u64::MAX),
        10 => serde_json::from_slice(other).unwrap_or(json!("x")),
        _ => json!(NASTY[dice.usize(..NASTY.len())]),
    }
}
