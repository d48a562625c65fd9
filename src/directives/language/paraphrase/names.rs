//! Workers, tools, amounts and times as the canonical wording writes them.

use crate::directives::language::Vocabulary;
use crate::directives::rule::{AmountRange, IsoDuration, Number, Same, ToolPattern};
use crate::workers::WorkerRef;

/// "Finn (finance-agent)", "the role finance-manager", "@kim", "a human".
pub fn worker(worker: &WorkerRef, voc: &Vocabulary<'_>) -> String {
    match worker {
        WorkerRef::Agent(id) => {
            let name = voc.roster.positions.get(id).map(|p| p.name.split('(').next().unwrap_or("").trim().to_owned());
            match name {
                Some(name) if !name.is_empty() => format!("{name} ({id})"),
                Some(_) | None => format!("agent {id}"),
            }
        }
        WorkerRef::Role(id) => format!("the {id} role"),
        WorkerRef::Team(id) => team(id, voc),
        WorkerRef::Person(handle) => format!("@{handle}"),
        WorkerRef::Channel(name) => format!("#{name}"),
        WorkerRef::Bot(name) => format!("`bot:{name}`"),
        WorkerRef::Human => "a human".to_owned(),
        WorkerRef::Owner => "the owner".to_owned(),
        WorkerRef::Supervisor => "the supervisor".to_owned(),
        WorkerRef::Requester => "the requester".to_owned(),
        WorkerRef::RequesterManager => "the requester's manager".to_owned(),
    }
}

/// "the support team", by the name that people use.
fn team(id: &str, voc: &Vocabulary<'_>) -> String {
    let name = voc.roster.teams.get(id).map_or(id, |team| team.name.split('(').next().unwrap_or(id).trim());
    // "Finance team" starts small in the middle of a sentence, "SRE team" does not.
    let shouted = name.chars().nth(1).is_some_and(char::is_uppercase);
    let name = if shouted { name.to_owned() } else { name.to_lowercase() };
    if name.split(' ').any(|word| word == "team") { format!("the {name}") } else { format!("the {name} team") }
}

/// Workers any of whom will do, joined by "or".
pub fn workers(list: &[WorkerRef], voc: &Vocabulary<'_>) -> String {
    any(&list.iter().map(|w| worker(w, voc)).collect::<Vec<_>>())
}

/// Workers of each of whom something is said, joined by "and".
pub fn each(list: &[WorkerRef], voc: &Vocabulary<'_>) -> String {
    every(&list.iter().map(|w| worker(w, voc)).collect::<Vec<_>>())
}

/// "a, b and c".
pub fn every(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [front @ .., last] => format!("{} and {last}", front.join(", ")),
    }
}

/// "a, b or c".
pub fn any(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [front @ .., last] => format!("{} or {last}", front.join(", ")),
    }
}

/// "`a` and `b`": all of them.
pub fn tools(list: &[ToolPattern]) -> String {
    every(&list.iter().map(|t| format!("`{}`", t.0)).collect::<Vec<_>>())
}

pub fn number(number: Number) -> String {
    let (units, micros) = (number.0 / 1_000_000, number.0 % 1_000_000);
    if micros == 0 {
        return units.to_string();
    }
    format!("{units}.{micros:06}").trim_end_matches('0').to_owned()
}

/// "200 USD", "1000.50 EUR": a way of writing that no habit of the currency changes.
pub fn money(amount: Number, currency: &str) -> String {
    let (units, micros) = (amount.0 / 1_000_000, amount.0 % 1_000_000);
    if micros == 0 {
        return format!("{units} {currency}");
    }
    let mut decimals = format!("{micros:06}").trim_end_matches('0').to_owned();
    if decimals.len() < 2 {
        decimals.push('0');
    }
    // Three decimals could be taken for a group of thousands.
    if decimals.len() == 3 {
        decimals.push('0');
    }
    format!("{units}.{decimals} {currency}")
}

pub fn range(range: &AmountRange) -> String {
    let mut parts = Vec::new();
    let bounds =
        [(range.over, "over"), (range.at_least, "at least"), (range.under, "under"), (range.at_most, "at most")];
    for (bound, word) in bounds {
        if let Some(bound) = bound {
            parts.push(format!("{word} {}", money(bound, &range.currency)));
        }
    }
    let mut text = parts.join(" and ");
    if let Some(days) = &range.per {
        text.push_str(&per(days, range.same));
    }
    text
}

/// " per customer and week".
pub fn per(duration: &IsoDuration, same: Option<Same>) -> String {
    let counted = match same {
        None => String::new(),
        Some(Same::Customer) => "customer and ".to_owned(),
        Some(Same::Requester) => "requester and ".to_owned(),
        Some(Same::Worker) => "worker and ".to_owned(),
        Some(Same::Target) => "target and ".to_owned(),
    };
    let named = match duration.0.as_str() {
        "P1D" => "day".to_owned(),
        "P7D" => "week".to_owned(),
        "P30D" => "month".to_owned(),
        _ => length(duration),
    };
    format!(" per {counted}{named}")
}

/// "4 hours", "1 day", "90 minutes".
pub fn length(duration: &IsoDuration) -> String {
    let seconds = duration.span().map_or(0, |span| span.0 / 1_000_000);
    let (count, unit) = if seconds > 0 && seconds % 86_400 == 0 {
        (seconds / 86_400, "day")
    } else if seconds > 0 && seconds % 3_600 == 0 {
        (seconds / 3_600, "hour")
    } else if seconds > 0 && seconds % 60 == 0 {
        (seconds / 60, "minute")
    } else {
        (seconds, "second")
    };
    if count == 1 { format!("1 {unit}") } else { format!("{count} {unit}s") }
}
