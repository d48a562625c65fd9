//! What differs between two judgements of the same decision, and which differences make something looser.

use serde::{Deserialize, Serialize};

use super::{Decision, Judged, Outcome, Word};
use crate::clock::Timestamp;
use crate::ids::{ActionId, ConversationId, TaskId};
use crate::routing::{Routing, Settled};

/// What the other set would have done otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// It waited for people and would run.
    SkipsApproval,
    /// It was refused and would run.
    NowRuns,
    /// It was refused and would wait for people.
    NowWaits,
    /// It waited for some people and would wait for others, fewer, or longer.
    AsksOthers,
    /// It ran and would wait for people.
    GainsApproval,
    /// It ran or waited and would be refused.
    NowRefused,
    /// Somebody else takes the work.
    Elsewhere,
    /// Somebody was found and nobody would be: the triage person is asked.
    Unroutable,
    /// The same worker, but more or less urgently.
    OtherPriority,
}

impl Effect {
    pub const ALL: [Self; 9] = [
        Self::SkipsApproval,
        Self::NowRuns,
        Self::NowWaits,
        Self::AsksOthers,
        Self::GainsApproval,
        Self::NowRefused,
        Self::Elsewhere,
        Self::Unroutable,
        Self::OtherPriority,
    ];

    /// Whether an action could happen that did not, or by another word than before.
    pub fn is_looser(self) -> bool {
        match self {
            Self::SkipsApproval | Self::NowRuns | Self::NowWaits | Self::AsksOthers => true,
            Self::GainsApproval | Self::NowRefused | Self::Elsewhere | Self::Unroutable | Self::OtherPriority => false,
        }
    }

    /// "3 would skip approval", without the number.
    pub fn phrase(self, many: bool) -> &'static str {
        match (self, many) {
            (Self::SkipsApproval, _) => "would skip approval",
            (Self::NowRuns, _) => "would run instead of being refused",
            (Self::NowWaits, _) => "would wait for people instead of being refused",
            (Self::AsksOthers, _) => "would ask other people, or otherwise",
            (Self::GainsApproval, _) => "would wait for approval",
            (Self::NowRefused, _) => "would be refused",
            (Self::Elsewhere, true) => "go elsewhere",
            (Self::Elsewhere, false) => "goes elsewhere",
            (Self::Unroutable, true) => "find nobody and go to triage",
            (Self::Unroutable, false) => "finds nobody and goes to triage",
            (Self::OtherPriority, true) => "get another priority",
            (Self::OtherPriority, false) => "gets another priority",
        }
    }
}

/// One decision that would be another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Difference {
    pub effect: Effect,
    pub task: TaskId,
    pub action: Option<ActionId>,
    pub conversation: ConversationId,
    pub at: Timestamp,
    pub was: Outcome,
    pub now: Outcome,
}

/// Compares what was decided with what would be; `was` and `now` are in the order of `decisions`. What either could not judge
/// is no difference.
pub fn compare(decisions: &[Decision], was: &[Option<Outcome>], now: &[Option<Outcome>]) -> Vec<Difference> {
    let judged = decisions.iter().zip(was).zip(now);
    let both = judged.filter_map(|((decision, was), now)| Some((decision, was.as_ref()?, now.as_ref()?)));
    let differing = both.filter_map(|(decision, was, now)| {
        Some(Difference {
            effect: effect(was, now)?,
            task: decision.task,
            action: decision.action,
            conversation: decision.conversation.clone(),
            at: decision.at,
            was: was.clone(),
            now: now.clone(),
        })
    });
    differing.collect()
}

fn effect(was: &Outcome, now: &Outcome) -> Option<Effect> {
    match (was, now) {
        (Outcome::Route(was), Outcome::Route(now)) => of_routes(was, now),
        (Outcome::Action(was), Outcome::Action(now)) => of_verdicts(was, now),
        (Outcome::Route(_), Outcome::Action(_)) | (Outcome::Action(_), Outcome::Route(_)) => None,
    }
}

fn of_routes(was: &Routing, now: &Routing) -> Option<Effect> {
    match (was.settled == Settled::Unsure, now.settled == Settled::Unsure) {
        (true, true) => None,
        (false, true) => Some(Effect::Unroutable),
        (true, false) => Some(Effect::Elsewhere),
        (false, false) if was.to != now.to => Some(Effect::Elsewhere),
        (false, false) => (was.priority != now.priority).then_some(Effect::OtherPriority),
    }
}

fn of_verdicts(was: &Judged, now: &Judged) -> Option<Effect> {
    match (was.verdict, now.verdict) {
        (Word::Run, Word::Run) | (Word::Deny, Word::Deny) => None,
        (Word::Approve, Word::Run) => Some(Effect::SkipsApproval),
        (Word::Deny, Word::Run) => Some(Effect::NowRuns),
        (Word::Deny, Word::Approve) => Some(Effect::NowWaits),
        (Word::Run, Word::Approve) => Some(Effect::GainsApproval),
        (Word::Run | Word::Approve, Word::Deny) => Some(Effect::NowRefused),
        (Word::Approve, Word::Approve) => (asked(was) != asked(now)).then_some(Effect::AsksOthers),
    }
}

/// Whom an approval needs and how, without the place of the line that says so.
fn asked(judged: &Judged) -> Vec<String> {
    let mut asked: Vec<String> = judged
        .needs
        .iter()
        .map(|need| {
            let placeless = crate::gate::Requirement { origin: None, ..need.clone() };
            crate::store::json(&placeless)
        })
        .collect();
    asked.sort();
    asked.dedup();
    asked
}
