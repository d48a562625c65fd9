//! Amounts of money: where a tool's arguments carry them, and the ranges that rules put around them.
//!
//! All arithmetic is exact, in millionths. An amount that is of the wrong type, negative or too large is no amount: the gate
//! refuses such a call instead of guessing what it would cost.

use serde_json::Value;

use crate::catalogue::ToolName;
use crate::directives::Directives;
use crate::directives::rule::{AmountArgument, AmountRange, AmountUnit, Number, Rule};
use crate::money::{Currency, Money};

/// The arguments carry something where the amount should be, and it is no amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the argument `{argument}` should be an amount in {unit} of {currency}, but {wrong}")]
pub struct BadAmount {
    pub argument: String,
    pub unit: &'static str,
    pub currency: String,
    pub wrong: &'static str,
}

/// Where this tool's amount stands, by the company's `define`. `None` where nobody said, or two say different things.
pub fn amount_argument<'a>(directives: &'a Directives, tool: &ToolName) -> Option<&'a AmountArgument> {
    let mut told = directives
        .each(|rule| if let Rule::Define(define) = rule { Some(define) } else { None })
        .filter(|(_, define)| define.tools.iter().any(|pattern| pattern.covers(tool)))
        .filter_map(|(_, define)| define.amount.as_ref());
    let first = told.next()?;
    told.all(|other| other == first).then_some(first)
}

/// The amount that a call would move. `Ok(None)`: it cannot be looked up.
pub fn amount_of(directives: &Directives, tool: &ToolName, arguments: &Value) -> Result<Option<Money>, BadAmount> {
    match amount_argument(directives, tool) {
        Some(place) => read_amount(place, arguments),
        None => Ok(None),
    }
}

/// Reads the amount at its place; a call that names another currency in `currency` is in that one.
pub fn read_amount(place: &AmountArgument, arguments: &Value) -> Result<Option<Money>, BadAmount> {
    let Some(value) = at_path(arguments, &place.argument).filter(|value| !value.is_null()) else { return Ok(None) };
    let named = match arguments.get("currency") {
        Some(Value::String(code)) if !code.is_empty() => Currency::new(code),
        Some(_) | None => Currency::new(&place.currency),
    };
    let digits = match place.unit {
        AmountUnit::Units => 6,
        AmountUnit::Cents => 6 - named.minor_digits().min(6),
    };
    let bad = |wrong| BadAmount {
        argument: place.argument.clone(),
        unit: match place.unit {
            AmountUnit::Units => "units",
            AmountUnit::Cents => "cents",
        },
        currency: place.currency.clone(),
        wrong,
    };
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return Err(bad("it is no number")),
    };
    let millionths = match place.unit {
        AmountUnit::Units => decimal(&text, 6),
        // A cent is not divided: 450.5 cents is a slip, not an amount.
        AmountUnit::Cents => decimal(&text, 0).map(|cents| cents.and_then(|c| c.checked_mul(10_i64.pow(digits)))),
    };
    match millionths {
        Err(wrong) => Err(bad(wrong)),
        Ok(None) => Err(bad("it is too large")),
        Ok(Some(micros)) => Ok(Some(Money::new(micros, named))),
    }
}

/// A plain decimal with at most `places` decimals, scaled by them. `Ok(None)` when it overflows.
fn decimal(text: &str, places: usize) -> Result<Option<i64>, &'static str> {
    if text.starts_with('-') {
        return Err("it is negative");
    }
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || (text.contains('.') && rest.is_empty()) {
        return Err(if text.contains(['e', 'E']) { "it is too large" } else { "it is no plain number" });
    }
    if !all_digits(rest) {
        return Err("it is too large or too small");
    }
    let rest = rest.trim_end_matches('0');
    if rest.len() > places {
        return Err("it has more decimals than its unit");
    }
    let scaled = format!("{whole}{rest:0<places$}");
    Ok(scaled.parse().ok())
}

fn at_path<'a>(arguments: &'a Value, path: &str) -> Option<&'a Value> {
    match arguments.get(path) {
        Some(value) => Some(value),
        None => path.split('.').try_fold(arguments, |value, part| value.get(part)),
    }
}

/// A closed interval of millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    pub low: i64,
    pub high: i64,
}

impl Interval {
    /// What a range allows: "over" and "under" leave their number out, "at least" and "at most" take it in.
    pub fn of(range: &AmountRange) -> Self {
        let low = [range.at_least.map(|Number(n)| n), range.over.map(|Number(n)| n.saturating_add(1))];
        let high = [range.at_most.map(|Number(n)| n), range.under.map(|Number(n)| n.saturating_sub(1))];
        Self {
            low: low.into_iter().flatten().max().unwrap_or(i64::MIN),
            high: high.into_iter().flatten().min().unwrap_or(i64::MAX),
        }
    }

    pub fn holds(&self, micros: i64) -> bool {
        self.low <= micros && micros <= self.high
    }

    pub fn inside(&self, other: &Self) -> bool {
        other.low <= self.low && self.high <= other.high
    }

    pub fn apart(&self, other: &Self) -> bool {
        self.high < other.low || other.high < self.low
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(unit: AmountUnit, currency: &str, arguments: Value) -> Result<Option<i64>, &'static str> {
        let place = AmountArgument { argument: "amount".to_owned(), unit, currency: currency.to_owned() };
        read_amount(&place, &arguments).map(|found| found.map(|money| money.micros)).map_err(|bad| bad.wrong)
    }

    #[test]
    fn amounts_are_exact_or_refused() {
        use AmountUnit::{Cents, Units};
        assert_eq!(read(Cents, "USD", json!({"amount": 45000})), Ok(Some(450_000_000)));
        assert_eq!(read(Cents, "JPY", json!({"amount": 450})), Ok(Some(450_000_000)));
        assert_eq!(read(Cents, "USD", json!({"amount": 45000.0})), Ok(Some(450_000_000)));
        assert_eq!(read(Units, "USD", json!({"amount": 200.01})), Ok(Some(200_010_000)));
        assert_eq!(read(Units, "USD", json!({"amount": "1200.50"})), Ok(Some(1_200_500_000)));
        assert_eq!(read(Units, "USD", json!({})), Ok(None));
        assert_eq!(read(Units, "USD", json!({"amount": null})), Ok(None));
        for bad in
            [json!(-1), json!("-1"), json!("1e3"), json!("1,000"), json!(""), json!(true), json!([1]), json!(1e300)]
        {
            assert!(read(Units, "USD", json!({"amount": bad.clone()})).is_err(), "{bad}");
        }
        assert_eq!(read(Cents, "USD", json!({"amount": 10.5})), Err("it has more decimals than its unit"));
        assert_eq!(read(Cents, "USD", json!({"amount": i64::MAX})), Err("it is too large"));
        assert_eq!(read(Cents, "USD", json!({"amount": u64::MAX})), Err("it is too large"));
    }

    #[test]
    fn another_currency_in_the_call_is_that_currency() {
        let place =
            AmountArgument { argument: "a.value".to_owned(), unit: AmountUnit::Cents, currency: "USD".to_owned() };
        let money = read_amount(&place, &json!({"a": {"value": 5}, "currency": "eur"})).unwrap().unwrap();
        assert_eq!(money, Money::new(50_000, Currency::new("EUR")));
    }
}
