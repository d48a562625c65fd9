//! Two rules with the same condition that say different things are an error that names both lines.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::catalogue::canonical;
use crate::directives::Reading;
use crate::directives::diagnostics::{Problem, Severity};
use crate::directives::rule::{Condition, Rule, ToolPattern};
use crate::workers::WorkerRef;

/// Compares every two rules that speak of the same case.
pub fn check(read: &[Reading], problems: &mut Vec<Problem>) {
    let mut first: BTreeMap<String, (&Reading, String)> = BTreeMap::new();
    for reading in read {
        for (case, says) in cases(reading) {
            let key = canonical::to_canonical(&case);
            let says = canonical::to_canonical(&says);
            match first.get(&key) {
                None => {
                    first.insert(key, (reading, says));
                }
                Some((other, said)) if *said == says => problems.push(problem(reading, other, Severity::Warning)),
                Some((other, _)) => problems.push(problem(reading, other, Severity::Error)),
            }
        }
    }
}

fn problem(reading: &Reading, other: &Reading, severity: Severity) -> Problem {
    let place = format!("{}:{}", other.origin.file, other.origin.line);
    let (code, message, help) = match severity {
        Severity::Error => (
            "conflict",
            format!("this says something else about the same case as {place}: “{}”", other.origin.text),
            "keep one of the two, or give one of them a condition of its own",
        ),
        Severity::Warning | Severity::Note => {
            ("duplicate", format!("this says the same as {place}"), "one of the two lines is enough")
        }
    };
    Problem {
        severity,
        code: code.to_owned(),
        file: reading.origin.file.clone(),
        line: reading.origin.line,
        column: reading.origin.column,
        message,
        help: Some(help.to_owned()),
        length: u32::try_from(reading.origin.text.chars().count()).unwrap_or(u32::MAX),
        related: Some(place),
        suggestion: None,
    }
}

/// What a rule speaks of, and what it says about it. Rules of a role file and of the company never meet: the one may
/// tighten the other.
fn cases(reading: &Reading) -> Vec<(Value, Value)> {
    let role = &reading.role;
    let gate = |tools: &[ToolPattern], who: &[WorkerRef], when: &Condition| {
        json!(["gate", role, set(tools), set(who), normal(when)])
    };
    let one = |case: Value, says: Value| vec![(case, says)];
    match &reading.rule {
        Rule::Define(rule) => {
            one(json!(["define", role, rule.term]), json!([set(&rule.means), set(&rule.tools), rule.amount]))
        }
        Rule::Route(rule) => one(json!(["route", role, normal(&rule.when)]), set(&rule.to)),
        Rule::Escalate(rule) => one(json!(["escalate", role, set(&rule.who), normal(&rule.when)]), set(&rule.to)),
        Rule::Approve(rule) => one(
            gate(&rule.tools, &rule.who, &rule.when),
            json!(["approve", set(&rule.by), rule.count, rule.within, rule.otherwise, rule.confirm]),
        ),
        Rule::Allow(rule) => one(gate(&rule.tools, &rule.who, &rule.when), json!("allow")),
        Rule::Forbid(rule) => one(gate(&rule.tools, &rule.who, &rule.when), json!("forbid")),
        Rule::Prioritise(rule) => one(json!(["prioritise", role, normal(&rule.when)]), json!(rule.priority)),
        Rule::Budget(rule) => {
            one(json!(["budget", role, set(&rule.who), rule.per]), json!([rule.amount, rule.currency, rule.then]))
        }
        Rule::Expect(rule) => one(
            json!(["expect", role, set(&rule.who), normal(&rule.when)]),
            json!([rule.respond_within, rule.resolve_within]),
        ),
        Rule::Review(rule) => {
            each(&rule.who).map(|who| (json!(["review", who]), json!([rule.every_days, set(&rule.remind)]))).collect()
        }
        Rule::Sample(rule) => one(json!(["sample", set(&rule.who)]), json!([rule.percent, set(&rule.by)])),
        Rule::Guard(rule) => one(
            json!(["guard", set(&rule.who), rule.measure, rule.over_days, rule.then]),
            json!([rule.below, rule.above, set(&rule.to)]),
        ),
        Rule::Autonomy(rule) => {
            one(json!(["autonomy", set(&rule.who), set(&rule.tools), rule.until]), json!(rule.level))
        }
        Rule::Cover(rule) => one(json!(["cover", rule.person, rule.from, rule.until]), set(&rule.by)),
        // Two shifts of one day, two permissions, two look-ups and two schedules stand beside each other.
        Rule::Hours(_) | Rule::Permit(_) | Rule::Before(_) | Rule::Schedule(_) | Rule::Guidance(_) => Vec::new(),
    }
}

fn each(who: &[WorkerRef]) -> impl Iterator<Item = &WorkerRef> {
    who.iter()
}

/// A list whose order does not matter.
fn set<T: serde::Serialize>(items: &[T]) -> Value {
    sorted(json!(items))
}

fn normal(condition: &Condition) -> Value {
    sorted(json!(condition))
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.into_iter().map(sorted).collect();
            items.sort_by_key(canonical::to_canonical);
            items.dedup();
            Value::Array(items)
        }
        Value::Object(map) => Value::Object(map.into_iter().map(|(key, value)| (key, sorted(value))).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}
