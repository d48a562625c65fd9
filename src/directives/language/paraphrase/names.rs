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
        WorkerRef::Role(id) => format!("the role {id}"),
        WorkerRef::Team(id) => format!("the team {id}"),
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

/// A list joined by "or".
pub fn workers(list: &[WorkerRef], voc: &Vocabulary<'_>) -> String {
    any(&list.iter().map(|w| worker(w, voc)).collect::<Vec<_>>())
}

/// "a, b or c".
pub fn any(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [front @ .., last] => format!("{} or {last}", front.join(", ")),
    }
}

/// "refund (`billing.refund`)", or the tools alone.
pub fn action(text: &str, tools: &[ToolPattern]) -> String {
    let codes: Vec<String> = tools.iter().map(|t| format!("`{}`", t.0)).collect();
    let plain = !text.is_empty() && text.chars().all(|c| c.is_alphabetic() || c == ' ');
    if plain { format!("{text} ({})", any(&codes)) } else { any(&codes) }
}

pub fn tools(list: &[ToolPattern]) -> String {
    any(&list.iter().map(|t| format!("`{}`", t.0)).collect::<Vec<_>>())
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

/// " in total per customer and 7 days".
pub fn per(duration: &IsoDuration, same: Option<Same>) -> String {
    let counted = match same {
        None => String::new(),
        Some(Same::Customer) => "customer and ".to_owned(),
        Some(Same::Requester) => "requester and ".to_owned(),
        Some(Same::Worker) => "worker and ".to_owned(),
        Some(Same::Target) => "target and ".to_owned(),
    };
    format!(" per {counted}{}", length(duration))
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
