//! What keeps a tired person from harm: time to read what is dangerous, and time to take a yes back.

pub mod evidence;
pub mod health;
pub mod prompts;
pub mod store;

use super::approval::{Approval, ApprovalState, Turn};
use crate::catalogue::{Class, ToolName};
use crate::clock::{Span, Timestamp};
use crate::directives::Directives;
use crate::workers::SlackUser;

/// How much harm a thoughtless yes can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Risk {
    Low,
    /// The tool destroys something, or is unknown, or a sentence wants something typed.
    High,
}

pub fn risk(tool: &ToolName, approval: &Approval, directives: &Directives) -> Risk {
    let class = directives.catalogue.get(tool).map(|tool| tool.binding.class);
    match class {
        Some(Class::Read | Class::Write) if approval.word_to_type().is_none() => Risk::Low,
        Some(Class::Read | Class::Write | Class::Destructive) | None => Risk::High,
    }
}

/// Whether a card has stood long enough for somebody to have read it. What is of low risk is read at a glance.
pub fn may_have_read(approval: &Approval, risk: Risk, takes: Span, now: Timestamp) -> bool {
    match risk {
        Risk::Low => true,
        Risk::High => now >= approval.opened_at.plus(takes),
    }
}

/// Until when a yes can be taken back; `None` where nobody said yes at the card, or it is too late. What was said beforehand,
/// by a standing grant, is not taken back but revoked.
pub fn undo_until(approval: &Approval, window: Span, now: Timestamp) -> Option<Timestamp> {
    let ApprovalState::Approved { at } = approval.state else { return None };
    let until = at.plus(window);
    (now < until && approval.votes.iter().any(|vote| vote.under.is_none())).then_some(until)
}

/// Why a yes cannot be taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotUndone {
    #[error("the action started, or nothing was approved")]
    TooLate,
    #[error("only those who said yes can take it back")]
    NotYours,
}

/// Taking one's own yes back is a denial by that person; whether they may still approve does not matter for it.
pub fn undo(approval: &Approval, by: &SlackUser, window: Span, now: Timestamp) -> Result<Turn, NotUndone> {
    undo_until(approval, window, now).ok_or(NotUndone::TooLate)?;
    let own = approval.votes.iter().find(|vote| vote.account == *by && vote.under.is_none());
    let own = own.ok_or(NotUndone::NotYours)?;
    Ok(Turn::Undone { by: own.by.clone(), account: by.clone(), at: now })
}
