//! What a playbook takes from a request: first from the request, then from the thread above it, then from the answers to
//! questions. This order never changes a value that was already used, because only answers are added while a run goes on.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::value::Value;

use super::recognise::{Found, recognise};
use super::{JournalEntry, Request};
use crate::directives::rule::Rule;
use crate::directives::{Directives, PlaybookSource, Slot, SlotShape, StepAct};

/// How often one thing is asked for before a human takes over.
const MAX_QUESTIONS: usize = 3;

/// What is known of the slots.
pub enum Filled {
    All(BTreeMap<String, Value>),
    /// The first that is missing.
    Ask {
        slot: String,
        question: String,
    },
    /// Asked as often as is polite, in vain.
    GaveUp {
        label: String,
    },
}

/// Fills the slots of `playbook` in their order.
pub fn fill_slots(
    playbook: &PlaybookSource,
    directives: &Directives,
    request: &Request,
    journal: &[JournalEntry],
) -> Filled {
    let answers: Vec<(&str, &str)> = journal
        .iter()
        .filter_map(|entry| match entry {
            JournalEntry::Answered { slot, value, .. } => Some((slot.as_str(), value.as_str())),
            JournalEntry::ToolResult { .. }
            | JournalEntry::ToolRefused { .. }
            | JournalEntry::ToolFailed { .. }
            | JournalEntry::News { .. }
            | JournalEntry::Said { .. }
            | JournalEntry::Malformed { .. }
            | JournalEntry::Later { .. }
            | JournalEntry::Unheard { .. } => None,
        })
        .collect();
    // Answers to questions of steps are no source for slots: by then every slot is filled.
    let names: BTreeSet<&str> = playbook.takes.iter().map(|slot| slot.name.as_str()).collect();
    let answers: Vec<(&str, &str)> = answers.into_iter().filter(|(slot, _)| names.contains(slot)).collect();
    let currency = currency_of(playbook, directives);
    let mut out = BTreeMap::new();
    for slot in &playbook.takes {
        let filler = Filler { slot, currency: currency.as_deref(), request };
        match filler.fill(&answers) {
            Ok(value) => {
                out.insert(slot.name.clone(), value);
            }
            Err(why) => {
                let asked = answers.iter().filter(|(name, _)| *name == slot.name).count();
                if asked >= MAX_QUESTIONS {
                    return Filled::GaveUp { label: slot.label.clone() };
                }
                let question = question(slot, &why, asked, currency.as_deref());
                return Filled::Ask { slot: slot.name.clone(), question };
            }
        }
    }
    Filled::All(out)
}

/// The currency in which the tools of this playbook move money, where there is exactly one.
fn currency_of(playbook: &PlaybookSource, directives: &Directives) -> Option<String> {
    fn tool_of(act: &StepAct) -> Option<&crate::catalogue::ToolName> {
        match act {
            StepAct::Call { tool, .. } => Some(tool),
            StepAct::If { then, .. } => tool_of(then),
            StepAct::Answer { .. } | StepAct::Ask { .. } | StepAct::HandOver { .. } | StepAct::Stop => None,
        }
    }
    let mut found = BTreeSet::new();
    for tool in playbook.steps.iter().filter_map(|step| tool_of(&step.act)) {
        let defines = directives.each(|rule| if let Rule::Define(define) = rule { Some(define) } else { None });
        for (_, define) in defines.filter(|(_, define)| define.tools.iter().any(|pattern| pattern.covers(tool))) {
            found.extend(define.amount.as_ref().map(|amount| amount.currency.clone()));
        }
    }
    if found.len() == 1 { found.pop_first() } else { None }
}

/// Why a slot is not filled.
enum Missing {
    NotSaid,
    /// Said in different ways.
    Several(Vec<String>),
    /// An amount in a currency that the tools do not move.
    OtherCurrency,
}

struct Filler<'a> {
    slot: &'a Slot,
    currency: Option<&'a str>,
    request: &'a Request,
}

impl Filler<'_> {
    fn fill(&self, answers: &[(&str, &str)]) -> Result<Value, Missing> {
        if self.slot.shape == SlotShape::Text {
            let text = self.request.text.trim();
            let answer = answers.iter().find(|(name, _)| *name == self.slot.name).map(|(_, text)| text.trim());
            return Some(text).filter(|text| !text.is_empty()).or(answer).map(Value::from).ok_or(Missing::NotSaid);
        }
        let mut why = match self.look(&self.request.text, false) {
            Ok(value) => return Ok(value),
            Err(why) => why,
        };
        // What the request says in two ways is not settled by the thread above it; the nearest message speaks first.
        if let Missing::NotSaid = why {
            for text in self.request.thread_above.iter().rev() {
                match self.look(text, false) {
                    Ok(value) => return Ok(value),
                    Err(Missing::NotSaid) => {}
                    Err(other) => {
                        why = other;
                        break;
                    }
                }
            }
        }
        for (name, text) in answers {
            match self.look(text, *name == self.slot.name) {
                Ok(value) => return Ok(value),
                Err(Missing::NotSaid) => {}
                Err(other) => why = other,
            }
        }
        Err(why)
    }

    /// Looks for the slot in one text; an answer to its own question may be barer than a request.
    fn look(&self, text: &str, own_answer: bool) -> Result<Value, Missing> {
        let mut found: Vec<Found> = recognise(self.slot, text, self.request.today, self.currency, own_answer);
        let mut seen = BTreeSet::new();
        found.retain(|one| seen.insert(one.said.clone()));
        match found.as_slice() {
            [] => Err(Missing::NotSaid),
            [only] => match (&only.currency, self.currency) {
                (Some(said), Some(known)) if said != known => Err(Missing::OtherCurrency),
                (Some(_) | None, Some(_) | None) => Ok(only.value.clone()),
            },
            [_, ..] => Err(Missing::Several(found.into_iter().map(|one| one.said).collect())),
        }
    }
}

fn question(slot: &Slot, why: &Missing, asked: usize, currency: Option<&str>) -> String {
    let thing = slot.label.strip_suffix(" number").unwrap_or(&slot.label);
    let plain = match &slot.shape {
        SlotShape::Like(example) => format!("Which {thing} is it? The {} is written like {example}.", slot.label),
        SlotShape::Money => {
            let example = match currency {
                Some("EUR") => "€40",
                Some("GBP") => "£40",
                Some("USD") | None => "$40",
                Some(_) => "40 with its currency",
            };
            format!("What is the {}? Write it as {example}.", slot.label)
        }
        SlotShape::Person => format!("Who is the {}? Write it as @name.", slot.label),
        SlotShape::Email => format!("Which {0} is it? The {0} is written like name@example.com.", slot.label),
        SlotShape::Number => format!("What is the {}? A number is enough.", slot.label),
        SlotShape::OneOf(options) => format!("Which {} is it: {}?", slot.label, listed(options)),
        SlotShape::Date => format!("Which {} is it? Write it as 9 November or 2026-11-09.", slot.label),
        SlotShape::Quoted => format!("What is the {}? Write it in quotation marks.", slot.label),
        SlotShape::Text => format!("What is the {}?", slot.label),
    };
    match why {
        Missing::Several(said) => format!("Which {} is meant: {}?", slot.label, listed(said)),
        Missing::OtherCurrency => {
            let known = currency.unwrap_or("its own currency");
            format!("This can only be done in {known}. What is the {} in {known}?", slot.label)
        }
        Missing::NotSaid if asked > 0 => format!("I could not find it in your answer. {plain}"),
        Missing::NotSaid => plain,
    }
}

fn listed(options: &[String]) -> String {
    match options {
        [] => String::new(),
        [only] => only.clone(),
        [head @ .., last] => format!("{} or {last}", head.join(", ")),
    }
}
