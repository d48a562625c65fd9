//! One line per task or approval, as lists show them, and what was spent.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::ids::{ApprovalId, TaskId};
use crate::money::{Cost, Money};
use crate::replies::approval::{other_buttons, yes_button};
use crate::replies::asking::answer_button;
use crate::replies::card::{Button, Span};
use crate::replies::compose::{bold, clock, day_and_clock, text};
use crate::replies::named::{Who, any_of};
use crate::replies::plain::{shorten, visible_line};

/// How far a task is, with what is known only in that state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Not yet begun: work of one conversation is done first in, first out.
    Queued,
    Working {
        worker: Who,
    },
    WaitsForApproval {
        id: ApprovalId,
        asked: Vec<Who>,
        until: Timestamp,
    },
    /// The requester was asked something.
    WaitsForAnswer {
        from: Who,
        label: String,
    },
    /// A person was asked and has not accepted.
    WaitsForPerson {
        asked: Who,
        until: Option<Timestamp>,
    },
    WithPerson {
        who: Who,
    },
    Unsure {
        triage: Who,
    },
    Stopped {
        by: Who,
    },
    /// Nobody knows whether an action happened.
    OutcomeUnknown {
        owner: Who,
    },
    Done {
        at: Timestamp,
    },
    Failed {
        at: Timestamp,
        why: String,
    },
    Cancelled {
        by: Who,
        at: Timestamp,
    },
}

impl Stage {
    /// "waits for Dana or Omar to decide A-31, until 14:02".
    pub fn spans(&self) -> Vec<Span> {
        match self {
            Self::Queued => vec![text("queued behind earlier work of this thread")],
            Self::Working { worker } => vec![text(format!("{} works on it", worker.name))],
            Self::WaitsForApproval { id, asked, until } => {
                vec![text(format!("waits for {} to decide {id}, until ", any_of(asked))), day_and_clock(*until)]
            }
            Self::WaitsForAnswer { from, label } => vec![text(format!("waits for {} to tell the {label}", from.name))],
            Self::WaitsForPerson { asked, until } => {
                let mut spans = vec![text(format!("waits for {} to accept", asked.name))];
                spans.extend(until.iter().flat_map(|at| [text(", until "), day_and_clock(*at)]));
                spans
            }
            Self::WithPerson { who } => vec![text(format!("{} has it", who.name))],
            Self::Unsure { triage } => vec![text(format!("waits for {} to say who takes it", triage.name))],
            Self::Stopped { by } => vec![text(format!("stopped by {}; waits until somebody resumes", by.name))],
            Self::OutcomeUnknown { owner } => {
                vec![text(format!("outcome unknown; waits for {} to look", owner.name))]
            }
            Self::Done { at } => vec![text("done "), day_and_clock(*at)],
            Self::Failed { at, why } => vec![text("not finished, "), day_and_clock(*at), text(format!(": {why}"))],
            Self::Cancelled { by, at } => vec![text(format!("cancelled by {}, ", by.name)), day_and_clock(*at)],
        }
    }

    /// Whether anything can still happen by itself or by a decision.
    pub fn is_open(&self) -> bool {
        match self {
            Self::Queued
            | Self::Working { .. }
            | Self::WaitsForApproval { .. }
            | Self::WaitsForAnswer { .. }
            | Self::WaitsForPerson { .. }
            | Self::WithPerson { .. }
            | Self::Unsure { .. }
            | Self::Stopped { .. }
            | Self::OutcomeUnknown { .. } => true,
            Self::Done { .. } | Self::Failed { .. } | Self::Cancelled { .. } => false,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskLine {
    pub task: TaskId,
    /// The request's first words; words of others, shown as text.
    pub subject: String,
    pub stage: Stage,
}

impl TaskLine {
    pub fn spans(&self) -> Vec<Span> {
        let subject = visible_line(&shorten(self.subject.trim(), MAX_SUBJECT_CHARS));
        let mut spans = vec![text("• "), bold(self.task.to_string()), text(format!(" {subject} · "))];
        spans.extend(self.stage.spans());
        spans
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalLine {
    pub id: ApprovalId,
    /// As the gate titled it.
    pub title: String,
    pub amount: Option<Money>,
    pub requester: Who,
    /// Everybody who may decide now.
    pub asked: Vec<Who>,
    pub until: Timestamp,
}

impl ApprovalLine {
    pub fn spans(&self) -> Vec<Span> {
        vec![
            text("• "),
            bold(visible_line(&self.title)),
            text(format!(" · {} · asked by {} · until ", self.id, self.requester.name)),
            clock(self.until),
        ]
    }

    /// The same buttons as on the card.
    pub fn buttons(&self) -> Vec<Button> {
        let first = yes_button(self.id, &self.title, self.amount.as_ref());
        std::iter::once(first).chain(other_buttons(self.id, &self.title)).collect()
    }
}

/// A question that a run waits with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionLine {
    pub task: TaskId,
    pub worker: Who,
    /// The agent's words, shown as text.
    pub words: String,
    pub until: Timestamp,
}

impl QuestionLine {
    pub fn spans(&self) -> Vec<Span> {
        let words = visible_line(&shorten(self.words.trim(), MAX_SUBJECT_CHARS));
        vec![
            text("• "),
            self.worker.bold(),
            text(format!(" asks: {words} · {} · until ", self.task)),
            day_and_clock(self.until),
        ]
    }

    /// The same button as under the question.
    pub fn button(&self) -> Button {
        answer_button(self.task)
    }
}

/// Longer subjects are cut in lists.
pub const MAX_SUBJECT_CHARS: usize = 80;

/// What a piece of work cost, as far as anybody told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// One sum per currency.
    pub known: Vec<Money>,
    pub metered: u32,
    pub unmetered: u32,
}

impl Spent {
    /// "$0.12", "$0.12 measured, 2 steps not metered", "not metered", "nothing to meter".
    pub fn phrase(&self) -> String {
        let sums: Vec<String> = self.known.iter().map(Money::to_string).collect();
        let unmetered = crate::replies::wording::counted(i64::from(self.unmetered), "step");
        match (sums.is_empty(), self.unmetered) {
            (true, 0) => "nothing to meter".to_owned(),
            (true, _) => "not metered".to_owned(),
            (false, 0) => sums.join(" + "),
            (false, _) => format!("{} measured, {unmetered} not metered", sums.join(" + ")),
        }
    }
}

/// One step's cost: "$0.02" or "not metered".
pub fn cost_phrase(cost: &Cost) -> String {
    crate::replies::wording::cost(cost)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    #[test]
    fn an_unknown_cost_is_never_zero() {
        let cents = |n: i64| Money::new(n * 10_000, Currency::new("USD"));
        assert_eq!(Spent { known: vec![], metered: 0, unmetered: 3 }.phrase(), "not metered");
        assert_eq!(Spent { known: vec![cents(12)], metered: 2, unmetered: 0 }.phrase(), "$0.12");
        let mixed = Spent { known: vec![cents(12)], metered: 2, unmetered: 1 };
        assert_eq!(mixed.phrase(), "$0.12 measured, 1 step not metered");
        assert_eq!(Spent::default().phrase(), "nothing to meter");
        assert_eq!(cost_phrase(&Cost::Unmetered), "not metered");
    }
}
