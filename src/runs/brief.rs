//! What a thinking driver is told: its instructions, what it may use, and the conversation so far.

use serde::Serialize;
use serde_json::Value;

use super::journal::JournalEntry;
use super::said::{Arguments, End, Said};
use crate::catalogue::{Class, ToolName};
use crate::ids::{RunId, TaskId};
use crate::redact;

/// Everything for one question to a driver. Its digest is what the journal keeps of the question.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Brief {
    pub run: RunId,
    pub task: TaskId,
    /// How many answers of this run came before.
    pub asked_before: usize,
    /// The position's id.
    pub position: String,
    /// Who the worker is and what it is to keep to; the same for every question of a run, so that vendors can cache it.
    pub instructions: String,
    /// What was asked for, with what belongs to it.
    pub request: String,
    /// What the worker may use, by name.
    pub offers: Vec<Offer>,
    pub peers: Peers,
    /// What happened since, oldest first.
    pub turns: Vec<Turn>,
}

/// A tool that the worker may use; using it passes the gate all the same.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Offer {
    pub tool: ToolName,
    pub description: String,
    pub schema: Value,
    pub class: Class,
}

/// Whom a worker may turn to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Peers {
    /// Whom it may hand over to.
    pub colleagues: Vec<Colleague>,
    /// Whom it may ask, besides whoever made the request.
    pub askable: Vec<Colleague>,
}

/// Somebody to hand over to, or to ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Colleague {
    /// In the notation of the directives: `agent:orders-agent`, `role:legal-desk`, `human`.
    pub worker: String,
    pub about: String,
}

/// One piece of the conversation after the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// What the worker said; each call with the name that its outcome carries.
    Worker { text: String, calls: Vec<Told> },
    /// What became of the calls, in their order.
    Outcomes(Vec<Outcome>),
    /// What was wrong with an answer that wanted nothing.
    Note(String),
}

/// A call as the worker wrote it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Told {
    pub id: String,
    pub name: String,
    /// `{}` where what came could not be read.
    pub arguments: Value,
}

/// What became of one call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outcome {
    pub id: String,
    pub text: String,
    pub failed: bool,
}

/// The name under which the outcome of a call is journalled: `s2c1` is the first call of the second answer.
pub fn outcome_name(answer: usize, call: usize) -> String {
    format!("s{answer}c{}", call + 1)
}

/// The slot of the question that an answer asks.
pub const QUESTION: &str = "answer";

/// The journal as a conversation, without the secrets that tools or people wrote into it.
pub fn turns(journal: &[JournalEntry]) -> Vec<Turn> {
    let first = journal.iter().position(|entry| matches!(entry, JournalEntry::Said { .. })).unwrap_or(journal.len());
    let mut turns: Vec<Turn> = journal[..first].iter().filter_map(news).map(Turn::Note).collect();
    let mut answers = 0;
    for (at, entry) in journal.iter().enumerate() {
        let JournalEntry::Said { said, .. } = entry else { continue };
        answers += 1;
        let calls: Vec<Told> = said.calls.iter().enumerate().map(|(i, call)| told(answers, i, call)).collect();
        turns.push(Turn::Worker { text: said.text.clone(), calls: calls.clone() });
        let rest = &journal[at + 1..];
        let until = rest.iter().position(|entry| matches!(entry, JournalEntry::Said { .. })).unwrap_or(rest.len());
        if !calls.is_empty() {
            let outcomes = (0..calls.len()).map(|index| outcome(&calls, index, &rest[..until]));
            turns.push(Turn::Outcomes(outcomes.collect()));
        } else if let Some(fault) = fault(said) {
            turns.push(Turn::Note(fault.to_owned()));
        }
        turns.extend(rest[..until].iter().filter_map(news).map(Turn::Note));
    }
    turns
}

/// What came in meanwhile, as the worker is told of it: material like any other.
fn news(entry: &JournalEntry) -> Option<String> {
    let JournalEntry::News { from, text } = entry else { return None };
    Some(format!("Meanwhile {from} delivered about this request:\n{}", redact::text(text)))
}

/// What is wrong with an answer as a whole, in words for whoever said it.
pub fn fault(said: &Said) -> Option<&'static str> {
    match said.end {
        End::CutOff => {
            Some("Your answer was cut off at the limit of its length, so nothing of it was done. Be shorter.")
        }
        End::Finished if said.calls.is_empty() && said.text.trim().is_empty() => {
            Some("Your answer was empty. Call a tool, ask, hand over, say that you cannot do it, or answer in words.")
        }
        End::Finished | End::Declined => None,
    }
}

fn told(answer: usize, index: usize, call: &super::said::Call) -> Told {
    let arguments = match &call.arguments {
        Arguments::Read(value @ Value::Object(_)) => value.clone(),
        Arguments::Read(_) | Arguments::Unreadable(_) => Value::Object(serde_json::Map::new()),
    };
    Told { id: outcome_name(answer, index), name: call.name.clone(), arguments }
}

/// The answer to the question that the call at `index` asks: questions of one answer are asked, and answered, one after another.
pub(super) fn answer_to<'a>(
    names: &[(&str, &str)],
    index: usize,
    entries: &'a [JournalEntry],
) -> Option<(&'a str, Option<&'a str>)> {
    let (_, name) = names.get(index).filter(|(_, name)| *name == super::thinking::ASK)?;
    let was_refused = |id: &str| {
        entries.iter().any(|entry| matches!(entry, JournalEntry::Malformed { as_name, .. } if as_name == id))
    };
    let asked_before = names[..index].iter().filter(|(id, other)| other == name && !was_refused(id)).count();
    let answers = entries.iter().filter_map(|entry| match entry {
        JournalEntry::Answered { slot, value, by } if slot == QUESTION => Some((value.as_str(), by.as_deref())),
        JournalEntry::Answered { .. }
        | JournalEntry::ToolResult { .. }
        | JournalEntry::ToolRefused { .. }
        | JournalEntry::ToolFailed { .. }
        | JournalEntry::Malformed { .. }
        | JournalEntry::News { .. }
        | JournalEntry::Said { .. }
        | JournalEntry::Later { .. }
        | JournalEntry::Unheard { .. } => None,
    });
    answers.into_iter().nth(asked_before)
}

fn outcome(calls: &[Told], index: usize, entries: &[JournalEntry]) -> Outcome {
    let call = &calls[index];
    let found = entries.iter().find_map(|entry| match entry {
        JournalEntry::ToolResult { as_name, value } if *as_name == call.id => Some((value.to_string(), false)),
        JournalEntry::ToolRefused { as_name, why } if *as_name == call.id => {
            Some((format!("Not run, nothing happened: {why}"), true))
        }
        JournalEntry::ToolFailed { as_name, why } if *as_name == call.id => Some((format!("It failed: {why}"), true)),
        JournalEntry::Malformed { as_name, why } if *as_name == call.id => {
            Some((format!("Not run, nothing happened: {why}"), true))
        }
        JournalEntry::ToolResult { .. }
        | JournalEntry::ToolRefused { .. }
        | JournalEntry::ToolFailed { .. }
        | JournalEntry::Malformed { .. }
        | JournalEntry::Answered { .. }
        | JournalEntry::News { .. }
        | JournalEntry::Said { .. }
        | JournalEntry::Later { .. }
        | JournalEntry::Unheard { .. } => None,
    });
    let names: Vec<(&str, &str)> = calls.iter().map(|call| (call.id.as_str(), call.name.as_str())).collect();
    let answered = || {
        let (words, by) = answer_to(&names, index, entries)?;
        Some((by.map_or_else(|| words.to_owned(), |by| format!("{by} answered: {words}")), false))
    };
    let (text, failed) = found.or_else(answered).unwrap_or_else(|| ("Not run, nothing happened.".to_owned(), true));
    Outcome { id: call.id.clone(), text: redact::text(&text).into_owned(), failed }
}
