//! The interpreter: walks the steps over the journal and stops at the first that has not happened yet.

use std::collections::BTreeMap;

use minijinja::Environment;
use minijinja::value::{Serde, Value};

use super::arguments::arguments;
use super::slots::{Filled, fill_slots};
use super::{JournalEntry, Next, Question, Request};
use crate::catalogue::{Class, ToolName};
use crate::directives::{Directives, PlaybookSource, Step, StepAct, template};
use crate::workers::WorkerRef;

/// The next step of a run of `playbook` for `request`, after everything in `journal`.
pub fn next(playbook: &PlaybookSource, directives: &Directives, request: &Request, journal: &[JournalEntry]) -> Next {
    let slots = match fill_slots(playbook, directives, request, journal) {
        Filled::All(slots) => slots,
        Filled::Ask { slot, question } => return Next::Ask(Question::to_requester(slot, question)),
        Filled::GaveUp { label } => {
            let why = format!("nobody could say which {label} is meant");
            return Next::HandOver { to: WorkerRef::Human, why };
        }
    };
    Run::new(directives, request, slots, journal).walk(playbook)
}

struct Run<'a> {
    directives: &'a Directives,
    /// Everything that templates may name.
    values: BTreeMap<String, Value>,
    for_people: Environment<'static>,
    for_tools: Environment<'static>,
    /// What became of calls, in order.
    outcomes: std::vec::IntoIter<&'a JournalEntry>,
    answers: Vec<(&'a str, &'a str)>,
    /// Calls that changed something and happened.
    changed: Vec<ToolName>,
}

/// What one step comes to.
enum Walked {
    /// It has happened, or does not apply: go on.
    On,
    /// The run does this now.
    Halt(Next),
}

impl<'a> Run<'a> {
    fn new(
        directives: &'a Directives,
        request: &Request,
        slots: BTreeMap<String, Value>,
        journal: &'a [JournalEntry],
    ) -> Self {
        let mut values = slots;
        values.insert("request".to_owned(), Value::from(request.text.as_str()));
        values.insert("requester".to_owned(), Value::from_serde(&request.requester));
        values.insert("today".to_owned(), Value::from(request.today.to_string()));
        values.insert("shared".to_owned(), Value::from_serde(&request.shared));
        let mut outcomes = Vec::new();
        let mut answers = Vec::new();
        for entry in journal {
            match entry {
                JournalEntry::ToolResult { .. }
                | JournalEntry::ToolRefused { .. }
                | JournalEntry::ToolFailed { .. } => {
                    outcomes.push(entry);
                }
                JournalEntry::Answered { slot, value, .. } => answers.push((slot.as_str(), value.as_str())),
                // Nobody thinks in a run that follows a playbook, and its steps know of no news.
                JournalEntry::Said { .. }
                | JournalEntry::News { .. }
                | JournalEntry::Malformed { .. }
                | JournalEntry::Later { .. }
                | JournalEntry::Unheard { .. } => {}
            }
        }
        Self {
            directives,
            values,
            for_people: template::for_people(request.today),
            for_tools: template::for_tools(request.today),
            outcomes: outcomes.into_iter(),
            answers,
            changed: Vec::new(),
        }
    }

    fn walk(mut self, playbook: &PlaybookSource) -> Next {
        for step in &playbook.steps {
            match self.act(&step.act, step) {
                Walked::On => {}
                Walked::Halt(next) => return next,
            }
        }
        if self.outcomes.next().is_some() {
            return Next::Broken { why: "the journal holds calls that the playbook does not make".to_owned() };
        }
        match playbook.steps.last().map(|step| &step.act) {
            Some(StepAct::Call { .. }) => Next::Answer { text: "Done.".to_owned(), done: true },
            Some(
                StepAct::If { .. }
                | StepAct::Answer { .. }
                | StepAct::Ask { .. }
                | StepAct::HandOver { .. }
                | StepAct::Stop,
            )
            | None => {
                let why = format!("no step of the playbook “{}” fits", playbook.name);
                Next::HandOver { to: WorkerRef::Human, why }
            }
        }
    }

    fn act(&mut self, act: &StepAct, step: &Step) -> Walked {
        match act {
            StepAct::Call { tool, arguments, as_name } => self.call(tool, arguments, as_name, step),
            StepAct::If { expression, then } => match self.holds(expression) {
                Ok(true) => self.act(then, step),
                Ok(false) => Walked::On,
                Err(error) => self.broken(step, &error),
            },
            StepAct::Answer { template } => match self.for_people.render_str(template, self.context()) {
                Ok(text) => Walked::Halt(Next::Answer { text, done: true }),
                Err(error) => self.broken(step, &error),
            },
            StepAct::Ask { template, as_name, of } => {
                if let Some((_, answer)) = self.answers.iter().rev().find(|(slot, _)| slot == as_name) {
                    self.values.insert(as_name.clone(), Value::from(*answer));
                    return Walked::On;
                }
                match self.for_people.render_str(template, self.context()) {
                    Ok(question) => Walked::Halt(Next::Ask(Question::to(of.clone(), as_name.clone(), question))),
                    Err(error) => self.broken(step, &error),
                }
            }
            StepAct::HandOver { to, why } => {
                let why = if why.is_empty() { reason_of(step) } else { why.clone() };
                Walked::Halt(Next::HandOver { to: to.clone(), why })
            }
            StepAct::Stop => Walked::Halt(Next::Stop),
        }
    }

    fn call(&mut self, tool: &ToolName, templates: &[(String, String)], as_name: &str, step: &Step) -> Walked {
        let Some(outcome) = self.outcomes.next() else {
            let context = self.context();
            return match arguments(tool, templates, &self.directives.catalogue, &self.for_tools, &context) {
                Ok(arguments) => {
                    Walked::Halt(Next::Call { tool: tool.clone(), arguments, as_name: as_name.to_owned() })
                }
                Err(why) => Walked::Halt(self.at_fault(step, &why)),
            };
        };
        match outcome {
            JournalEntry::ToolResult { as_name: named, .. }
            | JournalEntry::ToolRefused { as_name: named, .. }
            | JournalEntry::ToolFailed { as_name: named, .. }
                if named != as_name =>
            {
                let why = format!("the journal holds “{named}” where step {} makes “{as_name}”", step.number);
                Walked::Halt(Next::Broken { why })
            }
            JournalEntry::ToolResult { value, .. } => {
                self.values.insert(as_name.to_owned(), Value::from_serde(value));
                let reads = self.directives.catalogue.get(tool).is_some_and(|tool| tool.binding.class == Class::Read);
                if !reads {
                    self.changed.push(tool.clone());
                }
                Walked::On
            }
            JournalEntry::ToolRefused { why, .. } => Walked::Halt(self.not_done(tool, "was not run", why)),
            JournalEntry::ToolFailed { why, .. } => Walked::Halt(self.not_done(tool, "did not work", why)),
            JournalEntry::Answered { .. }
            | JournalEntry::News { .. }
            | JournalEntry::Said { .. }
            | JournalEntry::Malformed { .. }
            | JournalEntry::Later { .. }
            | JournalEntry::Unheard { .. } => Walked::On,
        }
    }

    /// Whether the condition of a step holds.
    fn holds(&self, expression: &str) -> Result<bool, minijinja::Error> {
        Ok(self.for_people.compile_expression(expression)?.eval(self.context())?.is_true())
    }

    fn context(&self) -> Value {
        Value::from(self.values.clone())
    }

    /// The honest end of a run whose call did not happen: what did not happen, why, and what had happened before.
    fn not_done(&self, tool: &ToolName, how: &str, why: &str) -> Next {
        let name = self.directives.catalogue.get(tool).and_then(|tool| tool.binding.title.clone());
        let name = name.unwrap_or_else(|| tool.0.clone());
        let why = why.trim().trim_end_matches('.');
        let before = if self.changed.is_empty() {
            "Nothing was changed.".to_owned()
        } else {
            let names: Vec<String> = self.changed.iter().map(|tool| self.title(tool)).collect();
            format!("Done before that: {}.", names.join(", "))
        };
        Next::Answer { text: format!("“{name}” {how}: {why}. {before}"), done: false }
    }

    fn title(&self, tool: &ToolName) -> String {
        let title = self.directives.catalogue.get(tool).and_then(|tool| tool.binding.title.clone());
        title.unwrap_or_else(|| tool.0.clone())
    }

    fn broken(&self, step: &Step, error: &minijinja::Error) -> Walked {
        let detail = error.detail().map_or_else(|| error.to_string(), str::to_owned);
        Walked::Halt(self.at_fault(step, &detail))
    }

    fn at_fault(&self, step: &Step, why: &str) -> Next {
        Next::Broken { why: format!("step {} (“{}”) cannot be run: {why}", step.number, step.text) }
    }
}

/// Why a step hands over, in the words of its own condition.
fn reason_of(step: &Step) -> String {
    let words = step.text.strip_prefix("If ").unwrap_or(&step.text);
    let end = words.find([',', '`']).unwrap_or(words.len());
    let words = words[..end].trim();
    if words.is_empty() || !step.text.starts_with("If ") {
        format!("step {} says so", step.number)
    } else {
        words.to_owned()
    }
}

/// A shorter way to say it.
trait FromSerde {
    fn from_serde<T: serde::Serialize>(value: &T) -> Value;
}

impl FromSerde for Value {
    fn from_serde<T: serde::Serialize>(value: &T) -> Value {
        serde_json::to_value(value).map_or(Value::UNDEFINED, |value| Value::from(Serde(value)))
    }
}
