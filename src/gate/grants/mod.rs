//! Standing grants: "the next 20 refunds up to $50 by the support agent until Friday", given by somebody who may approve them.
//!
//! A grant is no second way past the gate. Used, it is its giver's click on a card, made through [`super::authorize`] like
//! any other, at the moment of acting; so it opens nothing that its giver could not open then, and counts as one person's
//! word. [`super::release`] looks at it once more before anything starts. Absent here: anything that a grant decides itself.

mod offer;
pub mod store;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::amounts::amount_of;
use super::clicks::{Choice, Click};
use super::{Approval, Decision, History, Parties, Proposal, Requirement, Surroundings, TaskFacts, approvers, judge};
use crate::catalogue::{Class, ToolName, canonical};
use crate::clock::Timestamp;
use crate::directives::Directives;
use crate::ids::{ActionId, ApprovalId, GrantId, TaskId};
use crate::money::Money;
use crate::workers::{SlackUser, WorkerRef};

pub use offer::{Asked, Limits, NoGrant, Offer, Unfit, end_of, offer, terms};

/// Somebody's word for actions that are alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    pub id: GrantId,
    /// Whose word it is.
    pub account: SlackUser,
    pub body: Body,
    pub used: u32,
    pub state: GrantState,
    pub given_at: Timestamp,
}

/// What does not change once it was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// The giver's handle when it was given; for display, the account counts.
    pub by: String,
    pub terms: Terms,
}

/// For which actions it is good, how often and how long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    pub worker: WorkerRef,
    pub tool: ToolName,
    /// Of the tool's definition when the grant was given.
    pub tool_digest: String,
    /// Of each single action; `None` where the tool moves no money.
    pub at_most: Option<Money>,
    /// Arguments that must be as they were, by name.
    pub only: BTreeMap<String, Value>,
    /// The names of all arguments that there may be.
    pub arguments: BTreeSet<String>,
    pub uses: u32,
    /// Until then, not at that instant.
    pub until: Timestamp,
    /// The card that it was given from, and that card's action.
    pub from: ApprovalId,
    pub like: ActionId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantState {
    Active,
    UsedUp,
    /// Its time is over.
    Over,
    Revoked,
    /// Its giver may no longer approve such actions, or the tool is no longer what it was.
    Void,
}

/// Why an action does not run under a grant. People are asked instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Declined {
    #[error("the grant has ended")]
    Ended,
    #[error("it is for other work")]
    OtherWork,
    #[error("the tool's definition changed since")]
    ToolChanged,
    #[error("such actions are approved one by one")]
    TooRisky,
    #[error("it moves more than the grant allows")]
    TooMuch,
    #[error("it is about something that the grant leaves out")]
    OtherTarget,
}

impl Grant {
    /// How often it may still be used.
    pub fn left(&self) -> u32 {
        self.body.terms.uses.saturating_sub(self.used)
    }

    /// Whether this action is one that the grant is for, and may be begun under it now.
    pub fn covers(&self, proposal: &Proposal, directives: &Directives, now: Timestamp) -> Result<(), Declined> {
        if self.state != GrantState::Active || self.left() == 0 {
            return Err(Declined::Ended);
        }
        self.holds_for(proposal, directives, now)
    }

    /// Whether an action that was let pass under this grant may still start. Its use is counted already, so that the last one
    /// holds although none is left.
    pub fn holds_for(&self, proposal: &Proposal, directives: &Directives, now: Timestamp) -> Result<(), Declined> {
        let terms = &self.body.terms;
        let ended = match self.state {
            GrantState::Active | GrantState::UsedUp => now >= terms.until,
            GrantState::Over | GrantState::Revoked | GrantState::Void => true,
        };
        if ended {
            return Err(Declined::Ended);
        }
        if proposal.worker != terms.worker || proposal.tool != terms.tool {
            return Err(Declined::OtherWork);
        }
        terms.same_tool(directives)?;
        let Some(fields) = proposal.arguments.as_object() else { return Err(Declined::OtherTarget) };
        if !fields.keys().all(|name| terms.arguments.contains(name)) {
            return Err(Declined::OtherTarget);
        }
        let same = |(name, value): (&String, &Value)| {
            fields.get(name).is_some_and(|now| canonical::to_canonical(now) == canonical::to_canonical(value))
        };
        if !terms.only.iter().all(same) {
            return Err(Declined::OtherTarget);
        }
        match (amount_of(directives, &proposal.tool, &proposal.arguments), &terms.at_most) {
            (Ok(Some(amount)), Some(most)) if amount.currency == most.currency && amount.micros <= most.micros => {
                Ok(())
            }
            (Ok(None), None) => Ok(()),
            (Ok(Some(_) | None) | Err(_), _) => Err(Declined::TooMuch),
        }
    }

    /// The giver's word on a card, to be authorised like a click. Nothing is typed by it, so that a card that wants something
    /// typed refuses it.
    pub fn click(&self, approval: &Approval) -> Click {
        Click {
            approval: approval.id,
            by: self.account.clone(),
            choice: Choice::Approve,
            typed: None,
            digest: Some(approval.digest.clone()),
            under: Some(self.id),
        }
    }
}

impl Terms {
    /// The tool is the one that the giver saw at work, and none that destroys.
    pub(super) fn same_tool(&self, directives: &Directives) -> Result<(), Declined> {
        let Some(tool) = directives.catalogue.get(&self.tool) else { return Err(Declined::ToolChanged) };
        if tool.binding.digest != self.tool_digest {
            return Err(Declined::ToolChanged);
        }
        match tool.binding.class {
            Class::Read | Class::Write => Ok(()),
            Class::Destructive => Err(Declined::TooRisky),
        }
    }
}

/// Why a grant is void for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Lost {
    #[error("The tool is no longer what it was when it was given.")]
    Tool,
    #[error("Whoever gave it is no longer here.")]
    Giver,
    #[error("Whoever gave it may no longer approve such actions.")]
    Right,
}

/// Whether a grant lost its ground, looked at apart from any call: `like` is the action that it was given on, where its texts
/// are still there.
pub fn lost(grant: &Grant, like: Option<&Proposal>, around: &Surroundings<'_>) -> Option<Lost> {
    let terms = &grant.body.terms;
    if terms.same_tool(around.directives).is_err() {
        return Some(Lost::Tool);
    }
    let Some(handle) = around.accounts.handle_of(&grant.account).filter(|handle| around.accounts.is_active(handle))
    else {
        return Some(Lost::Giver);
    };
    let like = like?;
    // Of the task nothing is told, so that every sentence that may ask for somebody's word does.
    let facts = TaskFacts::unknown(TaskId(0));
    let verdict = judge(like, &facts, around.directives, &History::Unknown, around.now);
    let Decision::Approve(needs) = verdict.decision else { return None };
    let parties = Parties::of(like);
    let may = |need: &Requirement| approvers(need, true, &parties, around).people.iter().any(|person| person == handle);
    (!needs.iter().any(may)).then_some(Lost::Right)
}
