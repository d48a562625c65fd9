//! `grant A-31 20 up to $50 until Friday`: approves what waits, and the next ones like it beforehand.

use chrono::{NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use super::arguments::{approval, bare, first_word, incomplete, strip_word};
use super::asked::{Asked, Intent};
use super::spec::{Group, InMention, Spec};
use crate::money::Money;
use crate::replies::grants::ANY;

pub const SPEC: Spec = Spec {
    name: "grant",
    aliases: &["approve-next"],
    group: Group::Decide,
    usage: "grant A-31 COUNT [up to AMOUNT] [until DAY]",
    about: "Approve what waits, and beforehand so many more like it",
    examples: &["grant A-31 20", "grant A-31 the next 20 up to $50 until Friday", "grant A-31 5 for 3 days"],
    read,
    mention: InMention::WithId,
};

/// For how many more, how large and how long somebody says yes beforehand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Next {
    pub uses: u32,
    /// `None`: up to the amount of the action itself.
    pub at_most: Option<Money>,
    pub until: LastDay,
    /// Names of arguments that stay as they are.
    pub only: Vec<String>,
}

/// The last day, at the company's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LastDay {
    On(NaiveDate),
    /// The next one, today included.
    Next(Weekday),
    /// 1 is today.
    After(u32),
}

fn read(rest: &str) -> Asked {
    match approval(rest).and_then(|(id, rest)| Some(Intent::ApproveNext { id, next: next(rest)? })) {
        Some(intent) => Asked::Intent(intent),
        None => incomplete(
            SPEC.name,
            "Write which one, and for how many more: grant A-31 20 up to $50 until Friday. Its card has a form for it.",
        ),
    }
}

fn next(text: &str) -> Option<Next> {
    let text = strip_word(text, "for").unwrap_or(text);
    let text = strip_word(text, "the").unwrap_or(text);
    let text = strip_word(text, "next").unwrap_or(text);
    let (uses, rest) = first_word(text);
    let uses = uses.parse().ok()?;
    let (amount, time) = match ["until", "till", "for"].iter().find_map(|word| split_at_word(rest, word)) {
        Some((before, word, after)) => (before, Some((word, after))),
        None => (rest, None),
    };
    let until = match time {
        None => LastDay::After(1),
        Some(("for", length)) => days(length)?,
        Some((_, day)) => last_day(day)?,
    };
    Some(Next { uses, at_most: at_most(amount)?, until, only: Vec::new() })
}

/// From what the form brought back.
pub(super) fn of_form(fields: &[(String, String)]) -> Option<Next> {
    let value = |id: &str| fields.iter().find(|(name, _)| name == id).map(|(_, value)| value.as_str());
    let at_most = match value("amount") {
        None => None,
        Some(amount) => {
            let (micros, currency) = amount.split_once(' ')?;
            Some(Money::new(micros.parse().ok()?, crate::money::Currency::new(currency)))
        }
    };
    let only = value("only").filter(|name| *name != ANY && !name.is_empty()).map(str::to_owned).into_iter().collect();
    Some(Next { uses: value("uses")?.parse().ok()?, at_most, until: LastDay::On(value("until")?.parse().ok()?), only })
}

/// `Some(None)`: nothing is said of an amount. "Under $50" leaves $50 out.
fn at_most(text: &str) -> Option<Option<Money>> {
    let words = text.to_lowercase();
    match Money::find_all(text).as_slice() {
        [] if bare(text.trim()).is_empty() => Some(None),
        [(_, amount)] => {
            let strictly = ["under", "below", "less than"].iter().any(|word| words.contains(word));
            let cent = 10_i64.pow(6 - amount.currency.minor_digits().min(6));
            let less = if strictly { cent } else { 0 };
            Some(Some(Money::new(amount.micros - less, amount.currency.clone())))
        }
        [..] => None,
    }
}

fn days(text: &str) -> Option<LastDay> {
    let (number, unit) = first_word(text);
    let each = match bare(unit).to_lowercase().as_str() {
        "day" | "days" => 1,
        "week" | "weeks" => 7,
        _ => return None,
    };
    let number: u32 = if number.eq_ignore_ascii_case("a") { 1 } else { number.parse().ok()? };
    number.checked_mul(each).filter(|days| *days > 0).map(LastDay::After)
}

fn last_day(text: &str) -> Option<LastDay> {
    let text = bare(text.trim());
    match text.to_lowercase().as_str() {
        "today" | "tonight" => Some(LastDay::After(1)),
        "tomorrow" => Some(LastDay::After(2)),
        day => day.parse().map(LastDay::Next).or_else(|_| day.parse().map(LastDay::On)).ok(),
    }
}

/// The text before a word, the word, and what follows it.
fn split_at_word<'a>(text: &'a str, word: &'static str) -> Option<(&'a str, &'static str, &'a str)> {
    let lower = text.to_ascii_lowercase();
    let mut from = 0;
    while let Some(found) = lower.get(from..)?.find(word) {
        let at = from + found;
        let alone = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        let after = text.get(at + word.len()..)?;
        if alone(text.get(..at)?.chars().next_back()) && alone(after.chars().next()) {
            return Some((text.get(..at)?, word, after.trim()));
        }
        from = at + word.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ApprovalId;
    use crate::money::Currency;

    fn granted(text: &str) -> Option<Next> {
        match read(text) {
            Asked::Intent(Intent::ApproveNext { id: ApprovalId(31), next }) => Some(next),
            _ => None,
        }
    }

    #[test]
    fn count_amount_and_last_day_are_read() {
        let usd = |micros| Some(Money::new(micros, Currency::new("USD")));
        let next = |uses, at_most, until| Some(Next { uses, at_most, until, only: vec![] });
        assert_eq!(granted("A-31 20"), next(20, None, LastDay::After(1)));
        assert_eq!(
            granted("A-31 the next 20 up to $50 until Friday"),
            next(20, usd(50_000_000), LastDay::Next(Weekday::Fri))
        );
        assert_eq!(granted("a-31 20 under $50 for 2 weeks"), next(20, usd(49_990_000), LastDay::After(14)));
        let on = NaiveDate::from_ymd_opt(2026, 11, 27).unwrap();
        assert_eq!(granted("A-31 for the next 5 until 2026-11-27."), next(5, None, LastDay::On(on)));
        assert_eq!(granted("A-31 5 until tomorrow"), next(5, None, LastDay::After(2)));
        for bad in ["", "A-31", "A-31 many", "A-31 20 until whenever", "A-31 20 for ever", "A-31 20 large ones", "20"] {
            assert_eq!(granted(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_form_brings_back_what_it_offered() {
        let fields = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            pairs.iter().map(|(id, value)| ((*id).to_owned(), (*value).to_owned())).collect()
        };
        let found = of_form(&fields(&[
            ("uses", "20"),
            ("amount", "50000000 USD"),
            ("until", "2026-11-27"),
            ("only", "order_id"),
        ]));
        let on = NaiveDate::from_ymd_opt(2026, 11, 27).unwrap();
        let usd = Money::new(50_000_000, Currency::new("USD"));
        let next = Next { uses: 20, at_most: Some(usd), until: LastDay::On(on), only: vec!["order_id".to_owned()] };
        assert_eq!(found, Some(next));
        assert_eq!(of_form(&fields(&[("uses", "20")])), None);
        assert_eq!(of_form(&fields(&[("uses", "-1"), ("until", "2026-11-27")])), None);
    }
}
