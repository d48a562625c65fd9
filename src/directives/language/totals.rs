//! Sums: in which unit, by whose actions they add up, and over which time.

use super::Finding;
use super::beside::Beside;
use super::scan::Reader;
use super::values::{Action, error};
use crate::catalogue::ToolName;
use crate::directives::rule::{Condition, Same};

/// A running total over hours beside "otherwise", or one that leaves out by whom it said to count, is the dearer reading.
pub fn uncounted(action: &Action, when: &Condition, beside: &Beside) -> u32 {
    let total =
        when.amount.as_ref().filter(|amount| amount.per.is_some()).map(|amount| (amount.per.clone(), amount.same));
    let counted = total.or(when.times.as_ref().map(|times| (Some(times.per.clone()), times.same)));
    let Some((per, None)) = counted else { return 0 };
    let words: Vec<&str> = action.text.split(' ').collect();
    let each = words.windows(2).any(|pair| {
        matches!(pair[0], "one" | "same" | "single" | "a" | "each" | "customer" | "requester")
            && matches!(pair[1], "customer" | "client" | "requester" | "account" | "'s")
    }) || words.contains(&"customer");
    let hours = per.is_some_and(|per| per.0.starts_with("PT"));
    let answered = hours && (beside.otherwise.is_some() || when.amount.is_some());
    4 * u32::from(each) + 4 * u32::from(answered)
}

/// "refunds to one customer" only says something where refunds are added up or counted.
pub fn counted_by(when: &mut Condition, by: Same, span: &std::ops::Range<usize>, faults: &mut Vec<Finding>) {
    let total = when.amount.as_mut().filter(|amount| amount.per.is_some()).map(|amount| &mut amount.same);
    match total.or(when.times.as_mut().map(|times| &mut times.same)) {
        Some(same) if same.is_none_or(|known| known == by) => *same = Some(by),
        Some(_) | None => faults.push(error(
            "no-limit",
            span.clone(),
            "this does not say how much or how often for the same one".to_owned(),
            "write a sum or a number and a time, as in “more than $500 per customer and week”",
        )),
    }
}

/// An amount must be in the tool's currency, and the tool must have one.
pub fn check_amount(
    reader: &Reader<'_>,
    action: &Action,
    when: &Condition,
    span: &std::ops::Range<usize>,
    faults: &mut Vec<Finding>,
) {
    let unless = when.unless.as_ref().and_then(|u| u.amount.as_ref());
    let Some(amount) = when.amount.as_ref().or(unless) else { return };
    if amount.currency.is_empty() {
        return;
    }
    let tools =
        reader.index.tools.iter().filter(|tool| action.tools.iter().any(|p| p.covers(&ToolName(tool.name.clone()))));
    let tools: Vec<_> = tools.collect();
    for tool in &tools {
        if let Some(currency) = &tool.currency
            && *currency != amount.currency
        {
            faults.push(error(
                "currency",
                span.clone(),
                format!("the amounts of {} are in {currency}, not in {}", tool.name, amount.currency),
                &format!("write the limit in {currency}"),
            ));
        }
    }
    let unknown = |tool: &&&super::index::ToolWords| tool.currency.is_none();
    let whole_server = action.tools.iter().any(|pattern| pattern.0.ends_with(".*"));
    let bad = if whole_server {
        tools.iter().find(unknown).filter(|_| tools.iter().all(|t| t.currency.is_none()))
    } else {
        tools.iter().find(unknown)
    };
    if let Some(tool) = bad {
        let (message, help) = if tool.takes_amount == Some(false) {
            (format!("{} takes no amount of money", tool.name), "leave the amount out".to_owned())
        } else {
            (
                format!("nobody has said where {} holds its amount, and in which unit", tool.name),
                format!(
                    "define it: “A … means `{}`; its amount is `amount_cents` in cents of {}.”",
                    tool.name, amount.currency
                ),
            )
        };
        faults.push(error("no-amount", span.clone(), message, &help));
    }
}
