//! `can NAME`: what a worker may do, line by line.

use serde::{Deserialize, Serialize};

use super::arguments::{bare, incomplete, worker_name};
use super::asked::{Asked, Query};
use super::spec::{Group, InMention, Spec};
use crate::clock::Timestamp;
use crate::replies::card::{Card, Span};
use crate::replies::compose::{bold, code, day_and_clock, text};
use crate::replies::named::{Cited, Who};

pub const SPEC: Spec = Spec {
    name: "can",
    aliases: &["authority"],
    group: Group::Ask,
    usage: "can NAME",
    about: "Tell what a worker may do, what waits for whom, and what never runs, line by line",
    examples: &["can finance-agent", "authority of finance-agent"],
    read,
    mention: InMention::Worker,
};

fn read(rest: &str) -> Asked {
    let rest = super::arguments::strip_word(rest.trim(), "of").unwrap_or(rest.trim());
    let name = worker_name(bare(rest));
    if name.is_empty() {
        return incomplete(SPEC.name, "Write who: can finance-agent.");
    }
    Asked::Query(Query::Can { name })
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CanAnswer {
    pub who: Who,
    pub owner: Option<Who>,
    /// Why it does nothing at all now: "paused", "stopped by Kim Osei".
    pub idle: Option<String>,
    pub tools: Vec<ToolLine>,
    /// What runs without approval: the phrase and its line.
    pub may: Vec<(String, Cited)>,
    pub waits: Vec<(String, Cited)>,
    pub never: Vec<(String, Cited)>,
    pub as_of: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolLine {
    /// `billing.refund`.
    pub tool: String,
    pub reads_only: bool,
    /// The line that grants it.
    pub because: Option<Cited>,
}

/// So many lines of a kind are shown.
const MAX_LINES: usize = 20;

pub fn render(answer: &CanAnswer) -> Card {
    let owner = answer.owner.as_ref().map(|owner| format!(" · {} answers for it", owner.name)).unwrap_or_default();
    let mut card = Card::new(format!("What {} may do", answer.who.name)).line([answer.who.bold(), text(owner)]);
    if let Some(why) = &answer.idle {
        card = card.line([bold("It starts nothing now:"), text(format!(" {why}."))]);
    }
    for (title, reads) in [("Reads, which runs by itself", true), ("Changes something", false)] {
        let tools: Vec<&ToolLine> = answer.tools.iter().filter(|tool| tool.reads_only == reads).collect();
        if !tools.is_empty() {
            card = card.line([bold(title)]);
        }
        for tool in tools.iter().take(MAX_LINES) {
            card = card.line(tool_spans(tool));
        }
        card = more(card, tools.len());
    }
    if answer.tools.is_empty() {
        card = card.line([bold("No tool."), text(" No line gives it one.")]);
    }
    for (title, list) in
        [("Runs without approval", &answer.may), ("Waits", &answer.waits), ("Never runs", &answer.never)]
    {
        if !list.is_empty() {
            card = card.line([bold(title)]);
        }
        for (phrase, rule) in list.iter().take(MAX_LINES) {
            card = card.line([vec![text(format!("• {phrase}: "))], rule.quoted()].concat());
        }
        card = more(card, list.len());
    }
    card.note([text("What changes something and no line speaks of asks its owner.")])
        .note([text("By the directives in force · "), day_and_clock(answer.as_of)])
}

fn tool_spans(tool: &ToolLine) -> Vec<Span> {
    let mut spans = vec![text("• "), code(&tool.tool)];
    spans.extend(tool.because.iter().flat_map(|rule| [text(" · "), rule.place()]));
    spans
}

fn more(card: Card, len: usize) -> Card {
    match len.checked_sub(MAX_LINES) {
        None | Some(0) => card,
        Some(rest) => card.note([text(format!("And {rest} more."))]),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::*;

    #[test]
    fn authority_is_told_line_by_line() {
        let tool = |name: &str, reads_only| ToolLine {
            tool: name.into(),
            reads_only,
            because: Some(cited("- id: finance-agent", "roles/finance-operations.md", 7)),
        };
        let answer = CanAnswer {
            who: who("Finn (Finance)"),
            owner: Some(who("Dana Ruiz")),
            idle: Some("stopped by Kim Osei".into()),
            tools: vec![tool("orders.get", true), tool("billing.refund", false)],
            may: vec![(
                "refund up to $200".into(),
                cited("Refunds up to $200 run without approval.", "approvals.md", 7),
            )],
            waits: vec![(
                "refund above $200 asks a finance manager".into(),
                cited("Refunds above $200 need approval from a finance manager.", "approvals.md", 8),
            )],
            never: vec![("refund".into(), cited("Only the support team may ask for refunds.", "approvals.md", 9))],
            as_of: at(10, 2),
        };
        insta::assert_snapshot!(render(&answer).to_plain(), @r"
        *Finn (Finance)* · Dana Ruiz answers for it
        *It starts nothing now:* stopped by Kim Osei.
        *Reads, which runs by itself*
        • `orders.get` · `roles/finance-operations.md:7`
        *Changes something*
        • `billing.refund` · `roles/finance-operations.md:7`
        *Runs without approval*
        • refund up to $200: “Refunds up to $200 run without approval.” `approvals.md:7`
        *Waits*
        • refund above $200 asks a finance manager: “Refunds above $200 need approval from a finance manager.” `approvals.md:8`
        *Never runs*
        • refund: “Only the support team may ask for refunds.” `approvals.md:9`
        · What changes something and no line speaks of asks its owner.
        · By the directives in force · 20 Nov 10:02
        ");
    }

    #[test]
    fn a_name_is_needed() {
        assert_eq!(read("the finance agent?"), Asked::Query(Query::Can { name: "finance agent".into() }));
        assert!(matches!(read("?"), Asked::Incomplete { .. }));
    }
}
