//! One waiting action, one decision: the states of an approval and what may follow what.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Requirement;
use super::approvers::Parties;
use crate::clock::Timestamp;
use crate::directives::rule::{Confirm, Otherwise};
use crate::ids::{ActionId, ApprovalId, GrantId};
use crate::workers::{SlackUser, WorkerRef};

/// A card that waits, or did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    pub id: ApprovalId,
    pub action: ActionId,
    /// Of what the approvers are shown; see [`super::digest`].
    pub digest: String,
    pub parties: Parties,
    pub opened_at: Timestamp,
    /// All of them must be satisfied.
    pub progress: Vec<Progress>,
    pub votes: Vec<Vote>,
    pub state: ApprovalState,
}

/// How far one requirement is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub requirement: Requirement,
    pub deadline: Timestamp,
    /// Whether its `otherwise` has been asked.
    pub escalated: bool,
}

/// One person's yes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vote {
    /// Handle.
    pub by: String,
    pub account: SlackUser,
    pub at: Timestamp,
    /// Which requirements it counted for when it was given, by their place in `progress`.
    pub counts_for: Vec<usize>,
    /// The standing grant that it was given by beforehand; `None`: at this card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub under: Option<GrantId>,
}

/// Each state carries what is true in it, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ApprovalState {
    Waiting,
    Approved {
        at: Timestamp,
    },
    Denied {
        by: String,
        account: SlackUser,
        reason: String,
        at: Timestamp,
    },
    /// Nobody decided in time. This is not a denial by anyone.
    Expired {
        at: Timestamp,
    },
    /// What was asked about is no longer what would happen.
    Void {
        why: String,
        at: Timestamp,
    },
    /// The approved action started; the word is used up.
    Spent {
        by: ActionId,
        at: Timestamp,
    },
}

/// What happened to an approval: recorded, then applied by [`Approval::after`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// A yes, and more are needed.
    Voted(Vote),
    /// The last yes that was needed.
    Approved(Vote),
    Denied {
        by: String,
        account: SlackUser,
        reason: String,
        at: Timestamp,
    },
    /// The requirement's time is over: `to` are asked as well.
    Escalated {
        requirement: usize,
        to: Vec<WorkerRef>,
        deadline: Timestamp,
        at: Timestamp,
    },
    Expired {
        at: Timestamp,
    },
    Voided {
        why: String,
        at: Timestamp,
    },
    Spent {
        by: ActionId,
        at: Timestamp,
    },
    /// Whoever said yes took it back before the action started.
    Undone {
        by: String,
        account: SlackUser,
        at: Timestamp,
    },
}

/// The reason of a denial that was an approval before.
pub const TAKEN_BACK: &str = "The approval was taken back before it started.";

impl Approval {
    /// Opens a card for a call that needs people's word.
    pub fn open(
        id: ApprovalId,
        action: ActionId,
        digest: String,
        parties: Parties,
        requirements: Vec<Requirement>,
        now: Timestamp,
    ) -> Self {
        let progress = requirements
            .into_iter()
            .map(|requirement| Progress { deadline: now.plus(requirement.within), requirement, escalated: false })
            .collect();
        Self { id, action, digest, parties, opened_at: now, progress, votes: Vec::new(), state: ApprovalState::Waiting }
    }

    pub fn is_waiting(&self) -> bool {
        self.state == ApprovalState::Waiting
    }

    /// The next instant at which [`Approval::due`] has something to say.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        let unmet = self.progress.iter().enumerate().filter(|(at, _)| !self.was_satisfied(*at));
        unmet.map(|(_, progress)| progress.deadline).min().filter(|_| self.is_waiting())
    }

    /// The word to type where a rule wants a typed confirmation.
    pub fn word_to_type(&self) -> Option<String> {
        let typed = self.progress.iter().any(|progress| progress.requirement.confirm == Some(Confirm::Typed));
        typed.then(|| self.id.to_string())
    }

    /// What the clock does: asks the next, or ends the wait with the safe default. `None` while nothing is due.
    pub fn due(&self, now: Timestamp) -> Option<Change> {
        if !self.is_waiting() {
            return None;
        }
        let late = |(at, progress): &(usize, &Progress)| progress.deadline <= now && !self.was_satisfied(*at);
        let mut escalation = None;
        for (requirement, progress) in self.progress.iter().enumerate().filter(late) {
            match &progress.requirement.otherwise {
                Otherwise::Ask(workers) if !progress.escalated && !workers.is_empty() => {
                    let deadline = now.plus(progress.requirement.within);
                    escalation.get_or_insert(Change::Escalated { requirement, to: workers.clone(), deadline, at: now });
                }
                Otherwise::Ask(_) | Otherwise::Deny => return Some(Change::Expired { at: now }),
            }
        }
        escalation
    }

    /// The approval after a change; `None` where the change may not follow this state.
    pub fn after(&self, change: &Change) -> Option<Self> {
        let mut next = self.clone();
        next.state = match (&self.state, change) {
            (ApprovalState::Waiting, Change::Voted(vote)) => {
                next.votes.push(vote.clone());
                ApprovalState::Waiting
            }
            (ApprovalState::Waiting, Change::Approved(vote)) => {
                next.votes.push(vote.clone());
                ApprovalState::Approved { at: vote.at }
            }
            (ApprovalState::Waiting, Change::Denied { by, account, reason, at }) => {
                ApprovalState::Denied { by: by.clone(), account: account.clone(), reason: reason.clone(), at: *at }
            }
            (ApprovalState::Waiting, Change::Escalated { requirement, deadline, .. }) => {
                let progress = next.progress.get_mut(*requirement).filter(|progress| !progress.escalated)?;
                progress.escalated = true;
                progress.deadline = *deadline;
                ApprovalState::Waiting
            }
            (ApprovalState::Waiting, Change::Expired { at }) => ApprovalState::Expired { at: *at },
            (ApprovalState::Waiting | ApprovalState::Approved { .. }, Change::Voided { why, at }) => {
                ApprovalState::Void { why: why.clone(), at: *at }
            }
            (ApprovalState::Approved { .. }, Change::Spent { by, at }) if *by == self.action => {
                ApprovalState::Spent { by: *by, at: *at }
            }
            (ApprovalState::Approved { .. }, Change::Undone { by, account, at }) => ApprovalState::Denied {
                by: by.clone(),
                account: account.clone(),
                reason: TAKEN_BACK.to_owned(),
                at: *at,
            },
            (
                ApprovalState::Waiting
                | ApprovalState::Approved { .. }
                | ApprovalState::Denied { .. }
                | ApprovalState::Expired { .. }
                | ApprovalState::Void { .. }
                | ApprovalState::Spent { .. },
                Change::Voted(_)
                | Change::Approved(_)
                | Change::Denied { .. }
                | Change::Escalated { .. }
                | Change::Expired { .. }
                | Change::Voided { .. }
                | Change::Spent { .. }
                | Change::Undone { .. },
            ) => return None,
        };
        Some(next)
    }

    /// Whether the votes, as they counted when they were given, satisfy one requirement.
    pub(super) fn was_satisfied(&self, requirement: usize) -> bool {
        let voters = self.votes.iter().filter(|vote| vote.counts_for.contains(&requirement));
        let distinct: BTreeSet<&SlackUser> = voters.map(|vote| &vote.account).collect();
        self.progress
            .get(requirement)
            .is_some_and(|progress| u32::try_from(distinct.len()).unwrap_or(u32::MAX) >= progress.requirement.count)
    }
}

/// The approval as it is at `now`, with everything applied that the clock owes it, and those changes in order.
pub fn caught_up(approval: &Approval, now: Timestamp) -> (Approval, Vec<Change>) {
    let (mut current, mut changes) = (approval.clone(), Vec::new());
    // Each requirement can escalate once and the whole can expire once, so that this ends.
    while let Some(change) = current.due(now) {
        let Some(next) = current.after(&change) else { break };
        changes.push(change);
        current = next;
    }
    (current, changes)
}
