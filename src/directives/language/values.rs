//! What slots of patterns yield: typed phrases, each with its cost and with what is wrong with it.

use std::ops::Range;
use std::rc::Rc;

use super::grammar::Slot;
use super::pattern_set::Form;
use super::{Finding, Severity};
use crate::directives::rule::{
    AmountRange, Condition, IsoDuration, Level, Number, Period, Priority, Same, Source, ToolPattern,
};
use crate::workers::WorkerRef;

/// A phrase that names workers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Workers {
    /// Empty: everyone.
    pub refs: Vec<WorkerRef>,
    /// "two people from …".
    pub count: Option<u32>,
    /// "agents", "everybody".
    pub everyone: bool,
    /// "both Kim and Dana": all of them, not any.
    pub all: bool,
}

/// A phrase that names actions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Action {
    pub text: String,
    pub tools: Vec<ToolPattern>,
    /// What the phrase itself says of segments and urgency.
    pub when: Condition,
    /// "refunds to one customer": by whose actions a sum or a count is to be taken.
    pub same: Option<Same>,
    /// Where it stands in the text.
    pub span: Range<usize>,
}

/// One alternative of a condition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Clause {
    pub when: Condition,
    pub who: Vec<WorkerRef>,
    pub action: Option<Action>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Okay {
    pub by: Vec<WorkerRef>,
    pub count: Option<u32>,
    pub all: bool,
    /// "Ivan's typed approval".
    pub typed: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Every {
    pub days: u32,
    pub period: Option<Period>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DaysAndHours {
    pub days: Vec<String>,
    pub start: String,
    pub end: String,
    pub timezone: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Val {
    Workers(Workers),
    Action(Box<Action>),
    Clauses(Vec<Clause>),
    Range(AmountRange),
    Money(Number, String),
    Count(u32),
    Percent(Number),
    Duration(IsoDuration, i64),
    Dates(String, String),
    Until(String),
    Priority(Priority),
    Per { days: IsoDuration, same: Option<Same> },
    Every(Every),
    Hours(DaysAndHours),
    Words(Vec<String>),
    Source(Source),
    Level(Level),
    Okay(Okay),
    Adjunct(Rc<Match>),
}

/// One way in which a slot can be filled from a place in the sentence.
#[derive(Debug, Clone)]
pub struct Slotted {
    pub end: usize,
    pub val: Val,
    pub cost: u32,
    pub faults: Vec<Finding>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bind {
    pub slot: Option<Slot>,
    pub val: Val,
    /// Tokens.
    pub from: usize,
    pub to: usize,
}

/// One pattern that fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    pub form: Form,
    pub pattern: &'static str,
    pub start: usize,
    pub end: usize,
    pub binds: Vec<Bind>,
    pub cost: u32,
    pub faults: Vec<Finding>,
}

impl Match {
    /// The first value of a slot.
    pub fn val(&self, slot: Slot) -> Option<&Val> {
        self.vals(slot).next()
    }

    pub fn vals(&self, slot: Slot) -> impl Iterator<Item = &Val> {
        self.binds.iter().filter(move |bind| bind.slot == Some(slot)).map(|bind| &bind.val)
    }

    pub fn adjuncts(&self) -> impl Iterator<Item = &Rc<Match>> {
        self.binds.iter().filter_map(|bind| match &bind.val {
            Val::Adjunct(adjunct) => Some(adjunct),
            _ => None,
        })
    }

    pub fn workers(&self, slot: Slot) -> Option<&Workers> {
        self.vals(slot).find_map(|val| match val {
            Val::Workers(workers) => Some(workers),
            _ => None,
        })
    }

    pub fn action(&self, slot: Slot) -> Option<&Action> {
        self.vals(slot).find_map(|val| match val {
            Val::Action(action) => Some(&**action),
            _ => None,
        })
    }

    pub fn duration(&self) -> Option<&IsoDuration> {
        self.vals(Slot::Dur).find_map(|val| match val {
            Val::Duration(duration, _) => Some(duration),
            _ => None,
        })
    }
}

pub fn error(code: &'static str, span: Range<usize>, message: String, help: &str) -> Finding {
    let help = (!help.is_empty()).then(|| help.to_owned());
    Finding { severity: Severity::Error, code, span, message, help, suggestion: None }
}

pub fn warning(code: &'static str, span: Range<usize>, message: String, help: &str) -> Finding {
    Finding { severity: Severity::Warning, ..error(code, span, message, help) }
}
