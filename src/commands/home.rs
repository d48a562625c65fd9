//! Bare `/workforce`: what waits for me, what I have, what I asked for.

use serde::{Deserialize, Serialize};

use super::arguments::bare;
use super::asked::{Asked, Query};
use super::lines::{ApprovalLine, QuestionLine, TaskLine};
use super::reviews::ReviewLine;
use super::spec::{Group, InMention, Spec};
use crate::clock::Timestamp;
use crate::replies::card::{Card, Part};
use crate::replies::compose::{bold, code, day_and_clock, text};
use crate::replies::named::Who;
use crate::replies::wording::counted;

pub const SPEC: Spec = Spec {
    name: "home",
    aliases: &["me", "mine"],
    group: Group::Ask,
    usage: "",
    about: "Show what waits for you, what you have, and what you asked for",
    examples: &["", "home"],
    read,
    mention: InMention::AloneOrId,
};

fn read(rest: &str) -> Asked {
    match bare(rest.trim()) {
        "" => Asked::Query(Query::Home),
        _ => super::arguments::incomplete(SPEC.name, "Write /workforce alone for your own list."),
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HomeAnswer {
    /// What the asker may decide now.
    pub approvals: Vec<ApprovalLine>,
    /// What workers ask the asker, and wait for.
    pub questions: Vec<QuestionLine>,
    /// What the asker holds or was asked to take.
    pub work: Vec<TaskLine>,
    /// What the asker asked for and is still open.
    pub requested: Vec<TaskLine>,
    /// The agents that the asker answers for.
    pub agents: Vec<AgentLine>,
    /// Reviews of the asker's that are due.
    pub due: Vec<ReviewLine>,
    pub as_of: Timestamp,
}

/// An agent and how much it has now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentLine {
    pub who: Who,
    pub has: u32,
    /// Set while it starts nothing: "stopped by Kim Osei".
    pub idle: Option<String>,
}

/// At most this many lines per list; the rest is counted.
pub const MAX_LINES: usize = 10;

pub fn render(answer: &HomeAnswer) -> Card {
    let (approvals, work) = (answer.approvals.len() as i64, answer.work.len() as i64);
    let mut card = Card::new(format!("{} and {} for you", counted(approvals, "approval"), counted(work, "task")));
    let waits = !(answer.approvals.is_empty() && answer.questions.is_empty());
    if !waits && answer.work.is_empty() && answer.requested.is_empty() {
        card = card.line([bold("Nothing waits for you."), text(" Mention me with what you need.")]);
    }
    if !answer.approvals.is_empty() {
        card = section(card, "You decide");
        for line in answer.approvals.iter().take(MAX_LINES) {
            card = card.line(line.spans()).buttons(line.buttons());
        }
        card = more(card, answer.approvals.len());
    }
    if !answer.questions.is_empty() {
        card = section(card, "You are asked");
        for line in answer.questions.iter().take(MAX_LINES) {
            card = card.line(line.spans()).buttons([line.button()]);
        }
        card = more(card, answer.questions.len());
    }
    for (title, list) in [("You have", &answer.work), ("You asked for", &answer.requested)] {
        if !list.is_empty() {
            card = section(card, title);
            for line in list.iter().take(MAX_LINES) {
                card = card.line(line.spans());
            }
            card = more(card, list.len());
        }
    }
    card = agents(card, &answer.agents);
    card = due(card, answer);
    card.note([text("Yours only · "), day_and_clock(answer.as_of), text(" · "), code("/workforce help")])
}

/// A heading, set apart from what stands above it.
fn section(card: Card, title: &str) -> Card {
    let apart = if card.parts.is_empty() { card } else { card.part(Part::Divider) };
    apart.line([bold(title)])
}

fn agents(card: Card, agents: &[AgentLine]) -> Card {
    if agents.is_empty() {
        return card;
    }
    let mut card = section(card, "Your agents");
    for agent in agents.iter().take(MAX_LINES) {
        let state = agent.idle.as_ref().map(|why| format!(" · {why}")).unwrap_or_default();
        let has = counted(i64::from(agent.has), "task");
        card = card.line([text("• "), agent.who.bold(), text(format!(" has {has}{state}"))]);
    }
    more(card, agents.len())
}

fn due(card: Card, answer: &HomeAnswer) -> Card {
    use chrono::Datelike;
    if answer.due.is_empty() {
        return card;
    }
    let mut card = section(card, "Reviews due");
    for line in answer.due.iter().take(MAX_LINES) {
        let spans = line.spans(answer.as_of.to_utc().year());
        card = card.line(spans).buttons(line.button().into_iter().collect::<Vec<_>>());
    }
    more(card, answer.due.len())
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
    fn what_waits_for_me_comes_first() {
        let answer = HomeAnswer {
            approvals: vec![approval_line()],
            questions: vec![question_line(18, "Which of the two carriers?")],
            work: vec![task_line(19, "a customer mentions their lawyer", waits_for_priya())],
            requested: vec![task_line(17, "refund ORD-1042", waits_for_dana())],
            agents: vec![AgentLine { who: who("Finn (Finance)"), has: 2, idle: Some("stopped by Kim Osei".into()) }],
            due: vec![review_line("Finn (Finance)", None, 10, true)],
            as_of: at(10, 2),
        };
        insta::assert_snapshot!(render(&answer).to_plain(), @r"
        *You decide*
        • *Refund $450.00 to order ORD-1042* · A-31 · asked by Ana Silva · until 14:02
        [*Approve $450.00*] [Edit and approve] [Ask back] [!Deny!] [Take over] [Details]
        ---
        *You are asked*
        • *Finn (Finance)* asks: Which of the two carriers? · T-18 · until 20 Nov 14:02
        [Answer]
        ---
        *You have*
        • *T-19* a customer mentions their lawyer · waits for Priya Nair to accept, until 20 Nov 10:32
        ---
        *You asked for*
        • *T-17* refund ORD-1042 · waits for Dana Ruiz or Omar Haddad to decide A-31, until 20 Nov 14:02
        ---
        *Your agents*
        • *Finn (Finance)* has 2 tasks · stopped by Kim Osei
        ---
        *Reviews due*
        • *Finn (Finance)* · finance operations · never reviewed · *10 days late* · Dana Ruiz reviews
        [Record review]
        · Yours only · 20 Nov 10:02 · `/workforce help`
        ");
        let empty = HomeAnswer {
            approvals: vec![],
            questions: vec![],
            work: vec![],
            requested: vec![],
            agents: vec![],
            due: vec![],
            as_of: at(10, 2),
        };
        insta::assert_snapshot!(render(&empty).to_plain(), @r"
        *Nothing waits for you.* Mention me with what you need.
        · Yours only · 20 Nov 10:02 · `/workforce help`
        ");
        let many = HomeAnswer { work: vec![answer.work[0].clone(); 13], ..empty };
        assert!(render(&many).to_plain().contains("And 3 more."));
    }
}
