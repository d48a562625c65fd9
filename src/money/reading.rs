//! Amounts as people write them: "$40", "1.000 €", "USD 1,234.50", "450 dollars", "$1k".

use std::ops::Range;

use super::{Currency, Money};

/// Signs and words, with the currency that they mean.
const WORDS: &[(&str, &str)] = &[
    ("$", "USD"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("¥", "JPY"),
    ("usd", "USD"),
    ("eur", "EUR"),
    ("gbp", "GBP"),
    ("chf", "CHF"),
    ("jpy", "JPY"),
    ("dollars", "USD"),
    ("dollar", "USD"),
    ("bucks", "USD"),
    ("euros", "EUR"),
    ("euro", "EUR"),
    ("pounds", "GBP"),
    ("pound", "GBP"),
    ("francs", "CHF"),
    ("yen", "JPY"),
];

impl Money {
    /// All amounts in a text with their byte ranges, in order. A number without a currency is no amount.
    pub fn find_all(text: &str) -> Vec<(Range<usize>, Self)> {
        let mut out: Vec<(Range<usize>, Self)> = Vec::new();
        for number in numbers(text) {
            if out.last().is_some_and(|(taken, _)| number.start < taken.end) {
                continue;
            }
            let (scale, after) = scale(text, number.end);
            let before = currency_before(text, number.start);
            let behind = currency_after(text, after);
            let Some((currency, range)) = (match (before, behind) {
                (Some((currency, start)), _) => Some((currency, start..after)),
                (None, Some((currency, end))) => Some((currency, number.start..end)),
                (None, None) => None,
            }) else {
                continue;
            };
            let currency = Currency::new(currency);
            if let Some(micros) = micros(&text[number], &currency).and_then(|m| m.checked_mul(scale)) {
                out.push((range, Self { micros, currency }));
            }
        }
        out
    }

    /// A bare number read as an amount of `currency`: what people answer when they are asked for an amount.
    pub fn from_bare(text: &str, currency: Currency) -> Option<Self> {
        let text = text.trim();
        let found = numbers(text);
        let [only] = found.as_slice() else { return None };
        (only.len() == text.len()).then_some(())?;
        micros(text, &currency).map(|micros| Self { micros, currency })
    }

    /// The amount in minor units (cents), where it is a whole number of them.
    pub fn minor_units(&self) -> Option<i64> {
        let step = 10_i64.pow(6 - self.currency.minor_digits());
        (self.micros % step == 0).then(|| self.micros / step)
    }
}

/// Byte ranges of digits with separators inside ("1,234.50"), where no letter touches them from the left ("ORD-1042").
fn numbers(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(found) = text[at..].find(|c: char| c.is_ascii_digit()) {
        let start = at + found;
        let rest = &text[start..];
        let raw = rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | ','))).unwrap_or(rest.len());
        let length = rest[..raw].trim_end_matches(['.', ',']).len();
        at = start + raw.max(1);
        let before = text[..start].chars().next_back();
        if !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '/')) {
            out.push(start..start + length);
        }
    }
    out
}

fn scale(text: &str, end: usize) -> (i64, usize) {
    let rest = &text[end..];
    let free = |length: usize| !rest[length..].chars().next().is_some_and(char::is_alphanumeric);
    for (word, scale) in [("k", 1_000), ("K", 1_000), (" thousand", 1_000), (" million", 1_000_000), ("m", 1_000_000)] {
        if rest.starts_with(word) && free(word.len()) {
            return (scale, end + word.len());
        }
    }
    (1, end)
}

fn currency_before(text: &str, start: usize) -> Option<(&'static str, usize)> {
    let head = text[..start].trim_end_matches(' ');
    WORDS.iter().find_map(|(word, code)| {
        let at = head.len().checked_sub(word.len())?;
        let fits = head.get(at..)?.eq_ignore_ascii_case(word);
        let symbol = !word.is_ascii() || *word == "$";
        let free = symbol || !head[..at].chars().next_back().is_some_and(char::is_alphanumeric);
        // Words such as "dollars" stand behind their number; only signs and codes stand before it.
        (fits && free && (symbol || word.len() == 3)).then_some((*code, at))
    })
}

fn currency_after(text: &str, end: usize) -> Option<(&'static str, usize)> {
    let rest = &text[end..];
    let gap = rest.len() - rest.trim_start_matches([' ', '\u{a0}', '\u{202f}']).len();
    let rest = &rest[gap..];
    WORDS.iter().find_map(|(word, code)| {
        let fits = rest.get(..word.len())?.eq_ignore_ascii_case(word);
        let symbol = !word.is_ascii() || *word == "$";
        let free = symbol || !rest[word.len()..].chars().next().is_some_and(char::is_alphanumeric);
        (fits && free).then_some((*code, end + gap + word.len()))
    })
}

/// The number as its currency writes it: a separator that is followed by exactly three digits groups thousands, unless
/// it is the only one and the currency counts in thousandths; the last of two kinds is the decimal one.
fn micros(number: &str, currency: &Currency) -> Option<i64> {
    let last = number.rfind(['.', ',']);
    let decimal = last.filter(|at| {
        let separator = &number[*at..=*at];
        let tail = number.len() - at - 1;
        let mixed = number.contains('.') && number.contains(',');
        if mixed { number.matches(separator).count() == 1 } else { tail != 3 || currency.minor_digits() == 3 }
    });
    let (units, rest) = match decimal {
        Some(at) => (&number[..at], &number[at + 1..]),
        None => (number, ""),
    };
    let units: String = units.chars().filter(char::is_ascii_digit).collect();
    if rest.len() > 6 || !rest.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let fraction: i64 = format!("{rest:0<6}").parse().ok()?;
    units.parse::<i64>().ok()?.checked_mul(Money::MICROS_PER_UNIT)?.checked_add(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_found_where_people_write_them() {
        for (text, want) in [
            ("please refund ORD-1042, $40, it arrived broken", vec!["$40.00"]),
            ("give back 1.000 € at once", vec!["€1,000.00"]),
            ("USD 1,234.50 or 450 dollars.", vec!["$1,234.50", "$450.00"]),
            ("$1k, £1.5k", vec!["$1,000.00", "£1,500.00"]),
            ("€1.234,56", vec!["€1,234.56"]),
            ("$5.", vec!["$5.00"]),
            ("3 orders, number 1042, 2026-11-09", vec![]),
            ("12 CHF", vec!["12.00 CHF"]),
        ] {
            let found: Vec<String> = Money::find_all(text).iter().map(|(_, money)| money.to_string()).collect();
            assert_eq!(found, want, "{text}");
        }
        let (range, money) = Money::find_all("pay $ 40 now").remove(0);
        assert_eq!((range, money.minor_units()), (4..8, Some(4_000)));
        assert_eq!(Money::from_bare(" 40 ", Currency::new("USD")).map(|m| m.to_string()), Some("$40.00".to_owned()));
        assert_eq!(Money::from_bare("40 apples", Currency::new("USD")), None);
    }
}
