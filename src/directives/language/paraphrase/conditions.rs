//! Conditions in the canonical wording: "if it is about billing or refund and it comes from @kim".

use super::names::{any, length, per, range, workers};
use crate::directives::language::Vocabulary;
use crate::directives::rule::{Condition, HoursSide, Priority, Source};

/// The clause without its "if"; `unless` is said after it.
pub fn clause(when: &Condition, voc: &Vocabulary<'_>) -> String {
    let mut parts = Vec::new();
    if !when.topics.is_empty() {
        parts.push(format!("it is about {}", any(&when.topics)));
    }
    if !when.mentions.is_empty() {
        let quoted: Vec<String> = when.mentions.iter().map(|word| format!("“{word}”")).collect();
        parts.push(format!("it mentions {}", any(&quoted)));
    }
    if !when.channels.is_empty() {
        parts.push(format!("it is in {}", any(&when.channels)));
    }
    if !when.from.is_empty() {
        parts.push(format!("it comes from {}", workers(&when.from, voc)));
    }
    if let Some(source) = &when.source {
        parts.push(format!("it came by {}", came_by(source)));
    }
    if let Some(amount) = &when.amount {
        parts.push(format!("the amount is {}", range(amount)));
    }
    if let Some(times) = &when.times {
        let count = if times.over == 1 { "once".to_owned() } else { format!("{} times", times.over) };
        parts.push(format!("it happens more than {count}{}", per(&times.per, times.same)));
    }
    if !when.segments.is_empty() {
        parts.push(format!("the customer is {}", any(&when.segments)));
    }
    if let Some(priority) = when.priority {
        parts.push(format!("the priority is {}", word(priority)));
    }
    if let Some(side) = when.hours {
        parts.push(match side {
            HoursSide::Inside => "it is within working hours".to_owned(),
            HoursSide::Outside => "it is outside working hours".to_owned(),
        });
    }
    if let Some(duration) = &when.unanswered_for {
        parts.push(format!("nobody answers within {}", length(duration)));
    }
    if let Some(times) = when.failed_times {
        parts.push(format!("it fails {times} times"));
    }
    if when.unsure {
        parts.push("it is unsure".to_owned());
    }
    if let Some(duration) = &when.stuck_for {
        parts.push(format!("it is stuck for {}", length(duration)));
    }
    let mut text = parts.join(" and ");
    for inner in &when.all {
        let inner = format!("also ({})", clause(inner, voc));
        text = if text.is_empty() { inner } else { format!("{text} and {inner}") };
    }
    text
}

/// " if …" and " unless …", each where there is something to say.
pub fn tail(when: &Condition, voc: &Vocabulary<'_>) -> String {
    let mut text = String::new();
    let main = clause(when, voc);
    if !main.is_empty() {
        text.push_str(&format!(" if {main}"));
    }
    if let Some(unless) = &when.unless {
        let exception = clause(unless, voc);
        text.push_str(&format!(" unless {exception}"));
    }
    text
}

fn came_by(source: &Source) -> String {
    match source {
        Source::Mention => "mention".to_owned(),
        Source::Message => "direct message".to_owned(),
        Source::Form => "form".to_owned(),
        Source::Email => "email".to_owned(),
        Source::Calendar => "calendar".to_owned(),
        Source::Webhook(name) => format!("webhook `{name}`"),
    }
}

/// "urgent", "high priority": what something is treated as.
pub fn rank(priority: Priority) -> &'static str {
    match priority {
        Priority::Urgent => "urgent",
        Priority::High => "high priority",
        Priority::Normal => "normal priority",
        Priority::Low => "low priority",
    }
}

fn word(priority: Priority) -> &'static str {
    match priority {
        Priority::Urgent => "urgent",
        Priority::High => "high",
        Priority::Normal => "normal",
        Priority::Low => "low",
    }
}
