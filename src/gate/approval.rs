//! One waiting action, one decision: the states of an approval and what may follow what.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Requirement;
use super::approvers::{Parties, Surroundings, approvers};
use super::clock::{Times, times_of};
use crate::clock::{Span, Timestamp};
use crate::directives::rule::Confirm;
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
    /// Put to the requester by those who may decide, the oldest first. While the last one is open, the time stands still.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub questions: Vec<Question>,
    /// Set where a person changed what an earlier card asked about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_from: Option<EditedFrom>,
}

/// How far one requirement is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub requirement: Requirement,
    pub deadline: Timestamp,
    /// Whether its `otherwise` has been asked.
    pub escalated: bool,
    /// When those who have not answered are reminded; `None` once they were, and where the wait is short.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remind_at: Option<Timestamp>,
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

/// A question back to the requester.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Handle.
    pub by: String,
    pub account: SlackUser,
    pub text: String,
    pub at: Timestamp,
    /// The time stands still no longer than this.
    pub until: Timestamp,
    /// What was left of each requirement's time, in their order.
    pub left: Vec<Span>,
    pub answer: Option<Answer>,
    /// When the time went on.
    pub over: Option<Timestamp>,
}

/// The requester's answer: material, never authority.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub account: SlackUser,
    pub text: String,
    pub at: Timestamp,
}

/// Where an edited card comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditedFrom {
    pub approval: ApprovalId,
    pub by: SlackUser,
    /// Label, what it was, what it is; as shown.
    pub changes: Vec<(String, String, String)>,
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
    /// A person changed it; the edited action is judged and asked about by itself.
    Edited {
        by: String,
        account: SlackUser,
        into: ActionId,
        at: Timestamp,
    },
    /// A person does it outside, and says by `until` what came of it. Nothing is called.
    ByHand {
        by: String,
        account: SlackUser,
        at: Timestamp,
        until: Timestamp,
    },
    /// What came of it; `None`: they did not say in time, so that nobody knows.
    Recorded {
        by: String,
        account: SlackUser,
        done: Option<bool>,
        at: Timestamp,
    },
}

/// What happened to an approval: recorded, then applied by [`Approval::after`]. What people say is only written down with the
/// gate's own proof ([`super::Authorized`]); everything else is a [`Turn`].
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
    /// The requester is asked something, and the time stands still.
    Asked(Question),
    TookOver {
        by: String,
        account: SlackUser,
        until: Timestamp,
        at: Timestamp,
    },
    Edited {
        by: String,
        account: SlackUser,
        into: ActionId,
        at: Timestamp,
    },
    #[serde(untagged)]
    Turned(Turn),
}

/// What happens without a decision: by the clock, by the world, or because the action went on. None of these is a yes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Turn {
    /// Most of the time is over.
    Reminded {
        requirement: usize,
        at: Timestamp,
    },
    /// The requirement's time is over: `to` are asked as well.
    Escalated {
        requirement: usize,
        to: Vec<WorkerRef>,
        times: Times,
        at: Timestamp,
    },
    /// The requester answered, or took too long: the time goes on.
    WentOn {
        answer: Option<Answer>,
        times: Vec<Times>,
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
    /// Whoever took it over said what came of it, or did not in time (`None`).
    Recorded {
        done: Option<bool>,
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

impl From<Turn> for Change {
    fn from(turn: Turn) -> Self {
        Self::Turned(turn)
    }
}

impl Approval {
    /// Opens a card for a call that needs people's word.
    pub fn open(
        id: ApprovalId,
        action: ActionId,
        digest: String,
        parties: Parties,
        requirements: Vec<Requirement>,
        around: &Surroundings<'_>,
    ) -> Self {
        let start = |requirement: Requirement| {
            let people = approvers(&requirement, false, &parties, around).people;
            let Times { deadline, remind_at } = times_of(requirement.within, &people, around);
            Progress { requirement, deadline, escalated: false, remind_at }
        };
        Self {
            id,
            action,
            digest,
            opened_at: around.now,
            progress: requirements.into_iter().map(start).collect(),
            parties,
            votes: Vec::new(),
            state: ApprovalState::Waiting,
            questions: Vec::new(),
            edited_from: None,
        }
    }

    pub fn is_waiting(&self) -> bool {
        self.state == ApprovalState::Waiting
    }

    /// The question that the requester has not answered, and that stops the time.
    pub fn open_question(&self) -> Option<&Question> {
        self.questions.last().filter(|question| question.over.is_none() && self.is_waiting())
    }

    /// The next instant at which it escalates or expires, or at which whoever took it over must have said what came of it.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        if let ApprovalState::ByHand { until, .. } = &self.state {
            return Some(*until);
        }
        if let Some(question) = self.open_question() {
            return Some(question.until);
        }
        self.unmet().map(|progress| progress.deadline).min().filter(|_| self.is_waiting())
    }

    /// The next instant at which [`Approval::due`] has something to say.
    pub fn next_due(&self) -> Option<Timestamp> {
        let reminder = match self.open_question() {
            Some(_) => None,
            None => self.unmet().filter_map(|progress| progress.remind_at).min().filter(|_| self.is_waiting()),
        };
        self.next_deadline().into_iter().chain(reminder).min()
    }

    /// The word to type where a rule wants a typed confirmation.
    pub fn word_to_type(&self) -> Option<String> {
        let typed = self.progress.iter().any(|progress| progress.requirement.confirm == Some(Confirm::Typed));
        typed.then(|| self.id.to_string())
    }

    /// Without what anybody wrote: who decided what and when stays.
    #[must_use]
    pub fn without_texts(&self) -> Self {
        let mut bare = self.clone();
        if let ApprovalState::Denied { reason, .. } = &mut bare.state {
            reason.clear();
        }
        for question in &mut bare.questions {
            question.text.clear();
            question.answer.iter_mut().for_each(|answer| answer.text.clear());
        }
        bare.edited_from.iter_mut().for_each(|edited| edited.changes.clear());
        bare
    }

    fn unmet(&self) -> impl Iterator<Item = &Progress> {
        self.progress.iter().enumerate().filter(|(at, _)| !self.was_satisfied(*at)).map(|(_, progress)| progress)
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
            (ApprovalState::Waiting, Change::Asked(question)) => {
                if self.open_question().is_some() {
                    return None;
                }
                next.questions.push(question.clone());
                ApprovalState::Waiting
            }
            (ApprovalState::Waiting, Change::TookOver { by, account, until, at }) => {
                ApprovalState::ByHand { by: by.clone(), account: account.clone(), at: *at, until: *until }
            }
            (ApprovalState::Waiting, Change::Edited { by, account, into, at }) => {
                ApprovalState::Edited { by: by.clone(), account: account.clone(), into: *into, at: *at }
            }
            (_, Change::Turned(turn)) => return self.turned(turn),
            (
                ApprovalState::Approved { .. }
                | ApprovalState::Denied { .. }
                | ApprovalState::Expired { .. }
                | ApprovalState::Void { .. }
                | ApprovalState::Spent { .. }
                | ApprovalState::Edited { .. }
                | ApprovalState::ByHand { .. }
                | ApprovalState::Recorded { .. },
                Change::Voted(_)
                | Change::Approved(_)
                | Change::Denied { .. }
                | Change::Asked(_)
                | Change::TookOver { .. }
                | Change::Edited { .. },
            ) => return None,
        };
        Some(next)
    }

    fn turned(&self, turn: &Turn) -> Option<Self> {
        let mut next = self.clone();
        next.state = match (&self.state, turn) {
            (ApprovalState::Waiting, Turn::Reminded { requirement, .. }) => {
                next.progress.get_mut(*requirement)?.remind_at.take()?;
                ApprovalState::Waiting
            }
            (ApprovalState::Waiting, Turn::Escalated { requirement, times, .. }) => {
                let progress = next.progress.get_mut(*requirement).filter(|progress| !progress.escalated)?;
                progress.escalated = true;
                progress.deadline = times.deadline;
                progress.remind_at = times.remind_at;
                ApprovalState::Waiting
            }
            (ApprovalState::Waiting, Turn::WentOn { answer, times, at }) => {
                self.open_question()?;
                let question = next.questions.last_mut()?;
                question.answer.clone_from(answer);
                question.over = Some(*at);
                for (progress, times) in next.progress.iter_mut().zip(times) {
                    progress.deadline = times.deadline;
                    progress.remind_at = times.remind_at;
                }
                ApprovalState::Waiting
            }
            (ApprovalState::Waiting, Turn::Expired { at }) => ApprovalState::Expired { at: *at },
            (
                ApprovalState::Waiting | ApprovalState::Approved { .. } | ApprovalState::ByHand { .. },
                Turn::Voided { why, at },
            ) => ApprovalState::Void { why: why.clone(), at: *at },
            (ApprovalState::Approved { .. }, Turn::Spent { by, at }) if *by == self.action => {
                ApprovalState::Spent { by: *by, at: *at }
            }
            (ApprovalState::Approved { .. }, Turn::Undone { by, account, at }) => ApprovalState::Denied {
                by: by.clone(),
                account: account.clone(),
                reason: TAKEN_BACK.to_owned(),
                at: *at,
            },
            (ApprovalState::ByHand { by, account, .. }, Turn::Recorded { done, at }) => {
                ApprovalState::Recorded { by: by.clone(), account: account.clone(), done: *done, at: *at }
            }
            (
                ApprovalState::Waiting
                | ApprovalState::Approved { .. }
                | ApprovalState::Denied { .. }
                | ApprovalState::Expired { .. }
                | ApprovalState::Void { .. }
                | ApprovalState::Spent { .. }
                | ApprovalState::Edited { .. }
                | ApprovalState::ByHand { .. }
                | ApprovalState::Recorded { .. },
                Turn::Reminded { .. }
                | Turn::Escalated { .. }
                | Turn::WentOn { .. }
                | Turn::Expired { .. }
                | Turn::Voided { .. }
                | Turn::Spent { .. }
                | Turn::Recorded { .. }
                | Turn::Undone { .. },
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
