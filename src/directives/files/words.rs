//! Conditions of steps in plain words, as far as they can be told without guessing.

use std::collections::BTreeMap;

use serde_json::Value;

use super::takes::name_of;
use crate::catalogue::ToolName;
use crate::directives::language::Vocabulary;
use crate::directives::{Slot, SlotShape};
use crate::money::Money;

const HELP: &str =
    "add the condition as an expression in back-ticks: “If the order is not paid yet, `not order.paid_on`, …”";

/// The expression that `words` mean: "it is older than 90 days", "the amount is over $200", "there is no ticket".
/// Else how to say it.
pub fn condition_in_words(
    words: &str,
    vocabulary: &Vocabulary<'_>,
    slots: &[Slot],
    known: &BTreeMap<String, Option<ToolName>>,
    latest: Option<&str>,
) -> Result<String, String> {
    let lower = words.trim().trim_end_matches(',').to_lowercase();
    if let Some((subject, limit)) = lower.split_once(" is older than ").or_else(|| lower.split_once(" are older than "))
    {
        let name = subject_name(subject, known, latest).ok_or(HELP)?;
        let days = days(limit).ok_or(HELP)?;
        let field = date_field(&name, known, vocabulary)?;
        return Ok(format!("{name}.{field} | age_in_days > {days}"));
    }
    if let Some(slot) = slots.iter().find(|slot| slot.shape == SlotShape::Money) {
        let label = slot.label.as_str();
        for (word, sign) in [
            ("is more than ", ">"),
            ("is higher than ", ">"),
            ("is greater than ", ">"),
            ("is over ", ">"),
            ("is above ", ">"),
            ("exceeds ", ">"),
            ("is at least ", ">="),
            ("is less than ", "<"),
            ("is lower than ", "<"),
            ("is under ", "<"),
            ("is below ", "<"),
            ("is at most ", "<="),
        ] {
            let limit = ["the ", ""].iter().find_map(|a| lower.strip_prefix(&format!("{a}{label} {word}")));
            let Some(limit) = limit else { continue };
            let found = Money::find_all(limit);
            let [(range, money)] = found.as_slice() else { return Err(HELP.to_owned()) };
            if range.len() != limit.trim().len() {
                return Err(HELP.to_owned());
            }
            let cents = money.minor_units().ok_or(HELP)?;
            let currency = &money.currency.0;
            return Ok(format!("{0}.currency == \"{currency}\" and {0}.cents {sign} {cents}", slot.name));
        }
    }
    let missing = ["there is no ", "there are no "].iter().find_map(|head| lower.strip_prefix(head));
    if let Some(name) = missing.map(name_of).filter(|name| known.contains_key(name)) {
        return Ok(format!("not {name}"));
    }
    Err(HELP.to_owned())
}

fn subject_name(subject: &str, known: &BTreeMap<String, Option<ToolName>>, latest: Option<&str>) -> Option<String> {
    let subject = subject.trim().trim_start_matches("the ");
    if matches!(subject, "it" | "this" | "that" | "they") {
        return latest.map(str::to_owned);
    }
    Some(name_of(subject)).filter(|name| known.contains_key(name))
}

fn days(limit: &str) -> Option<u32> {
    let mut words = limit.split_whitespace();
    let first = words.next()?;
    let count: u32 = if matches!(first, "a" | "one") { 1 } else { first.parse().ok()? };
    let unit = match words.next()?.trim_end_matches('s') {
        "day" => 1,
        "week" => 7,
        "month" => 30,
        "year" => 365,
        _ => return None,
    };
    words.next().is_none().then(|| count.checked_mul(unit)).flatten()
}

/// The one field of a result that tells when it came to be.
fn date_field(
    name: &str,
    known: &BTreeMap<String, Option<ToolName>>,
    vocabulary: &Vocabulary<'_>,
) -> Result<String, String> {
    let tool = known.get(name).and_then(Option::as_ref);
    if tool.is_some_and(|tool| vocabulary.catalogue.get(tool).is_none()) {
        // The set is refused for the unknown tool; one mistake is told once.
        return Ok("date".to_owned());
    }
    let properties = tool
        .and_then(|tool| vocabulary.catalogue.get(tool))
        .and_then(|tool| tool.binding.output_schema.as_ref())
        .and_then(|schema| schema.get("properties"))
        .and_then(Value::as_object);
    let Some(properties) = properties else {
        return Err(format!(
            "the tool does not say which date it gives; write “If `{name}.ordered_on | age_in_days > 90`, …”"
        ));
    };
    let starts = ["ordered", "created", "placed", "opened", "issued", "bought", "date"];
    let dates: Vec<&String> = properties
        .keys()
        .filter(|key| {
            starts.iter().any(|start| key.starts_with(start))
                && (key.ends_with("_on") || key.ends_with("_at") || *key == "date")
        })
        .collect();
    match dates.as_slice() {
        [only] => Ok((*only).clone()),
        [] | [_, ..] => Err(format!("write which date counts: “If `{name}.ordered_on | age_in_days > 90`, …”")),
    }
}
