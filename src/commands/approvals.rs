//! `approvals`: what waits for my decision, and which of my requests wait for others.

use serde::{Deserialize, Serialize};

use super::arguments::bare;
use super::asked::{Asked, Query};
use super::lines::ApprovalLine;
use super::spec::{Group, InMention, Spec};
use crate::clock::Timestamp;
use crate::replies::card::Card;
use crate::replies::compose::{bold, day_and_clock, text};
use crate::replies::named::any_of;
use crate::replies::wording::counted;

pub const SPEC: Spec = Spec {
    name: "approvals",
    aliases: &["pending", "approval"],
    group: Group::Decide,
    usage: "approvals [health]",
    about: "List what waits for your decision, and whom your requests wait for",
    examples: &["approvals", "pending", "approvals health"],
    read,
    mention: InMention::AloneOrId,
};

fn read(rest: &str) -> Asked {
    if bare(rest.trim()).is_empty() {
        return Asked::Query(Query::Approvals);
    }
    if bare(rest.trim()).eq_ignore_ascii_case("health") {
        return Asked::Query(Query::ApproverHealth);
    }
    match super::arguments::subject(rest) {
        Some(of) => Asked::Query(Query::Status { of: Some(of) }),
        None => super::arguments::incomplete(SPEC.name, "Write approvals alone for the list, or A-31 for one of them."),
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalsAnswer {
    /// What the asker may decide now, the nearest deadline first.
    pub yours: Vec<ApprovalLine>,
    /// What the asker asked for and others decide.
    pub requested: Vec<ApprovalLine>,
    /// Set where more wait than were looked at: only so many, those with the nearest deadlines.
    pub only_first: Option<usize>,
    pub as_of: Timestamp,
}

pub fn render(answer: &ApprovalsAnswer) -> Card {
    let count = counted(answer.yours.len() as i64, "approval");
    let mut card = Card::new(format!("{count} for you to decide"));
    if answer.yours.is_empty() {
        card = card.line([bold("Nothing waits for your decision.")]);
    } else {
        card = card.line([bold(format!("{count} for you to decide"))]);
    }
    for line in answer.yours.iter().take(super::home::MAX_LINES) {
        card = card.line(line.spans()).buttons(line.buttons());
    }
    if let Some(rest) = answer.yours.len().checked_sub(super::home::MAX_LINES).filter(|rest| *rest > 0) {
        card = card.note([text(format!("And {rest} more, with later deadlines."))]);
    }
    if !answer.requested.is_empty() {
        card = card.line([bold("You asked; others decide")]);
    }
    for line in answer.requested.iter().take(super::home::MAX_LINES) {
        card = card.line([line.spans(), vec![text(format!(" · {} decides", any_of(&line.asked)))]].concat());
    }
    let scope = match answer.only_first {
        None => "Open ones only · ".to_owned(),
        Some(n) => format!("Open ones only, of the {n} nearest deadlines · "),
    };
    card.note([text(scope), day_and_clock(answer.as_of)])
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::*;

    #[test]
    fn mine_stand_above_what_others_decide() {
        let line = approval_line();
        let answer =
            ApprovalsAnswer { yours: vec![line.clone()], requested: vec![line], only_first: None, as_of: at(10, 2) };
        insta::assert_snapshot!(render(&answer).to_plain(), @r"
        *1 approval for you to decide*
        • *Refund $450.00 to order ORD-1042* · A-31 · asked by Ana Silva · until 14:02
        [*Approve $450.00*] [Edit and approve] [Ask back] [!Deny!] [Take over] [Details]
        *You asked; others decide*
        • *Refund $450.00 to order ORD-1042* · A-31 · asked by Ana Silva · until 14:02 · Dana Ruiz or Omar Haddad decides
        · Open ones only · 20 Nov 10:02
        ");
        let none = ApprovalsAnswer { yours: vec![], requested: vec![], only_first: None, as_of: at(10, 2) };
        insta::assert_snapshot!(render(&none).to_plain(), @r"
        *Nothing waits for your decision.*
        · Open ones only · 20 Nov 10:02
        ");
    }
}
