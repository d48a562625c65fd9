//! What the text of a request itself tells of amounts and segments: all there is before anyone looked anything up.
//!
//! Here the world is closed: an amount that is not written is not there, so that "refunds over $500 go to Dana" leaves a
//! request without an amount to whoever takes refunds. The gate looks again, with the real arguments.

use crate::directives::matching::conditions::Measures;
use crate::directives::matching::holds::Holds;
use crate::directives::matching::words::{Terms, Words};
use crate::directives::rule::{AmountRange, Number, Times};

/// Currencies as people write them beside a number.
const SIGNS: &[(&str, &str)] = &[
    ("us$", "USD"),
    ("$", "USD"),
    ("usd", "USD"),
    ("dollars", "USD"),
    ("dollar", "USD"),
    ("bucks", "USD"),
    ("€", "EUR"),
    ("eur", "EUR"),
    ("euros", "EUR"),
    ("euro", "EUR"),
    ("£", "GBP"),
    ("gbp", "GBP"),
    ("pounds", "GBP"),
    ("pound", "GBP"),
    ("chf", "CHF"),
    ("francs", "CHF"),
    ("¥", "JPY"),
    ("jpy", "JPY"),
    ("yen", "JPY"),
];

/// One number's worth of millionths.
const MICROS: i64 = 1_000_000;

pub(super) struct Said<'a> {
    pub words: &'a Words,
    pub terms: &'a Terms,
    pub amounts: Vec<(i64, &'static str)>,
}

impl Measures for Said<'_> {
    fn amount(&self, range: &AmountRange) -> Holds {
        // A running total needs a record; one request has none.
        let single = range.per.is_none() && range.same.is_none();
        let fits =
            |(micros, currency): &(i64, &str)| currency.eq_ignore_ascii_case(&range.currency) && inside(*micros, range);
        Holds::of(single && self.amounts.iter().any(fits))
    }

    fn times(&self, _: &Times) -> Holds {
        Holds::NotMet
    }

    fn segment(&self, name: &str) -> Holds {
        Holds::of(self.terms.expand(name).iter().any(|term| self.words.contain(term)))
    }
}

fn inside(micros: i64, range: &AmountRange) -> bool {
    let holds = |bound: Option<Number>, test: fn(i64, i64) -> bool| bound.is_none_or(|bound| test(micros, bound.0));
    holds(range.over, |a, b| a > b)
        && holds(range.at_least, |a, b| a >= b)
        && holds(range.under, |a, b| a < b)
        && holds(range.at_most, |a, b| a <= b)
}

/// Every amount of money in a text: a number with a currency before or behind it. A bare number is no amount.
pub(super) fn amounts(text: &str) -> Vec<(i64, &'static str)> {
    let text = text.to_lowercase();
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text[at..].find(|c: char| c.is_ascii_digit()).map(|offset| at + offset) {
        let digits = text[start..]
            .find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ',' || c == '\''))
            .unwrap_or(text.len() - start);
        let number = text[start..start + digits].trim_end_matches(['.', ',', '\'']);
        let rest = &text[start + number.len()..];
        let (scale, rest) = match rest.strip_prefix('k') {
            Some(rest) if !rest.starts_with(char::is_alphanumeric) => (1_000, rest),
            Some(_) | None => (1, rest),
        };
        let before = text[..start].trim_end();
        let currency = sign_before(before).or_else(|| sign_behind(rest.trim_start()));
        if let (Some(currency), Some(micros)) = (currency, micros(number)) {
            found.push((micros.saturating_mul(scale), currency));
        }
        at = start + digits;
    }
    found
}

fn sign_before(before: &str) -> Option<&'static str> {
    SIGNS
        .iter()
        .find(|(sign, _)| {
            before.strip_suffix(sign).is_some_and(|rest| !is_word(sign) || !rest.ends_with(char::is_alphanumeric))
        })
        .map(|(_, code)| *code)
}

fn sign_behind(behind: &str) -> Option<&'static str> {
    SIGNS
        .iter()
        .find(|(sign, _)| behind.strip_prefix(sign).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric)))
        .map(|(_, code)| *code)
}

fn is_word(sign: &str) -> bool {
    sign.starts_with(char::is_alphabetic)
}

/// "1,000.50", "1.000,50" and "1'000" as millionths. A mark followed by exactly three digits groups thousands.
fn micros(number: &str) -> Option<i64> {
    let mark = number.rfind(['.', ',']).filter(|at| number.len() - at - 1 != 3);
    let (whole, fraction) = mark.map_or((number, ""), |at| (&number[..at], &number[at + 1..]));
    let whole: String = whole.chars().filter(char::is_ascii_digit).collect();
    let fraction: String = fraction.chars().take(6).collect();
    let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let fraction: i64 = format!("{fraction:0<6}").parse().ok()?;
    whole.checked_mul(MICROS)?.checked_add(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_numbers_with_a_currency() {
        let of = |text: &str| {
            amounts(text).into_iter().map(|(micros, code)| (micros as f64 / 1e6, code)).collect::<Vec<_>>()
        };
        assert_eq!(of("please refund ORD-1042, $40, it arrived broken"), [(40.0, "USD")]);
        assert_eq!(of("€ 1.000,50 or 1,000.50 EUR, or $1k"), [(1000.5, "EUR"), (1000.5, "EUR"), (1000.0, "USD")]);
        assert_eq!(of("450 dollars and 3 euros; 12 kilos; £7."), [(450.0, "USD"), (3.0, "EUR"), (7.0, "GBP")]);
        assert_eq!(of("room 12, 3 dollarstores, ORD-1042, 5 $x"), []);
        assert_eq!(of("$99999999999999999999 ٣ $"), []);
    }
}
