//! What the clock does to an approval: reminders, escalations, the end of a wait.

use serde::{Deserialize, Serialize};

use super::approval::{Answer, Approval, ApprovalState, Progress, Turn};
use super::approvers::{Surroundings, approvers};
use super::timing;
use crate::clock::{Span, Timestamp};
use crate::directives::rule::Otherwise;

/// The instants of one wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    pub deadline: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remind_at: Option<Timestamp>,
}

/// The instants of a wait of `within` that begins now, for these people.
pub(super) fn times_of(within: Span, people: &[String], around: &Surroundings<'_>) -> Times {
    let roster = &around.directives.roster;
    let deadline = timing::deadline(around.now, within, people, roster);
    Times { deadline, remind_at: timing::remind_at(around.now, deadline, people, roster) }
}

impl Approval {
    /// What the clock does: reminds, asks the next, or ends the wait with the safe default. `None` while nothing is due.
    pub fn due(&self, around: &Surroundings<'_>) -> Option<Turn> {
        let now = around.now;
        if let ApprovalState::ByHand { until, .. } = &self.state {
            return (*until <= now).then_some(Turn::Recorded { done: None, at: now });
        }
        if !self.is_waiting() {
            return None;
        }
        if let Some(question) = self.open_question() {
            return (question.until <= now).then(|| self.goes_on(None, around));
        }
        let open = || self.progress.iter().enumerate().filter(|(at, _)| !self.was_satisfied(*at));
        let mut escalation = None;
        for (requirement, progress) in open().filter(|(_, progress)| progress.deadline <= now) {
            match &progress.requirement.otherwise {
                Otherwise::Ask(workers) if !progress.escalated && !workers.is_empty() => {
                    escalation.get_or_insert_with(|| {
                        let people = approvers(&progress.requirement, true, &self.parties, around).people;
                        let times = times_of(progress.requirement.within, &people, around);
                        Turn::Escalated { requirement, to: workers.clone(), times, at: now }
                    });
                }
                Otherwise::Ask(_) | Otherwise::Deny => return Some(Turn::Expired { at: now }),
            }
        }
        let reminder = || {
            let late = |progress: &Progress| progress.remind_at.is_some_and(|at| at <= now);
            let found = open().find(|(_, progress)| late(progress));
            found.map(|(requirement, _)| Turn::Reminded { requirement, at: now })
        };
        escalation.or_else(reminder)
    }

    /// The end of a question: with the requester's answer, or because they took too long. What was left is left again.
    pub fn goes_on(&self, answer: Option<Answer>, around: &Surroundings<'_>) -> Turn {
        let roster = &around.directives.roster;
        let left = self.questions.last().map(|question| question.left.as_slice()).unwrap_or_default();
        let times = self.progress.iter().enumerate().map(|(at, progress)| {
            let people = approvers(&progress.requirement, progress.escalated, &self.parties, around).people;
            let left = left.get(at).copied().unwrap_or(progress.requirement.within);
            let deadline = timing::goes_on_until(around.now, left, &people, roster);
            let remind_at = progress.remind_at.and(timing::remind_at(around.now, deadline, &people, roster));
            Times { deadline, remind_at }
        });
        Turn::WentOn { answer, times: times.collect(), at: around.now }
    }

    /// What is left of each requirement's time now.
    pub(super) fn left(&self, around: &Surroundings<'_>) -> Vec<Span> {
        let left = |progress: &Progress| {
            let people = approvers(&progress.requirement, progress.escalated, &self.parties, around).people;
            timing::left(around.now, progress.deadline, &people, &around.directives.roster)
        };
        self.progress.iter().map(left).collect()
    }
}

/// The approval as it is now, with everything applied that the clock owes it, and those turns in order.
pub fn caught_up(approval: &Approval, around: &Surroundings<'_>) -> (Approval, Vec<Turn>) {
    let (mut current, mut turns) = (approval.clone(), Vec::new());
    // Each requirement is reminded of and escalates once, a question ends once and the whole ends once, so that this ends.
    while let Some(turn) = current.due(around) {
        let Some(next) = current.after(&turn.clone().into()) else { break };
        turns.push(turn);
        current = next;
    }
    (current, turns)
}
