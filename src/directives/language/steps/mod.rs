//! One item of a workflow's list → its parts: who does what, in which order, with whose approval, and what happens when it
//! fails. Numbers and names of other steps are resolved by whoever knows the whole list.
//!
//! A step is read from the outside in: parts that begin or end a sentence are taken off, and what is left is what the worker
//! does. What looks like a gate and cannot be read as one is an error, never part of the work.

mod fails;
mod gate;
mod main_clause;
mod order;
mod refs;
mod said;
mod trigger;
mod words;

use std::ops::Range;

use super::scan::Reader;
use super::token::{Kind, tokenize};
use super::values::error;
use super::{Finding, Vocabulary};
use crate::directives::rule::IsoDuration;
use crate::directives::workflow::Then;
use crate::workers::WorkerRef;

pub use refs::StepRef;
pub use said::paraphrase_step;
pub use trigger::{hedge_in, phrase_of};
pub use words::{is_approving, stems_of};

/// What one sentence of a step says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StepWords {
    pub act: Option<Act>,
    pub parts: Vec<Part>,
    /// A sentence that is only more about the work.
    pub note: Option<String>,
    pub findings: Vec<Finding>,
}

/// Who does what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    pub who: WorkerRef,
    pub what: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// At the same time as these; none: as the step before.
    Parallel(Vec<StepRef>),
    After {
        steps: Vec<StepRef>,
        span: Range<usize>,
        /// The words themselves, kept as part of the work where they name no step and need not.
        soft: Option<String>,
    },
    /// "In the end": after everything before.
    Last,
    Wait(IsoDuration),
    Gate(Gate),
    Recover(RecoverWords),
    Undo(UndoWords),
    Name(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    /// Empty: the owner.
    pub by: Vec<WorkerRef>,
    pub count: u32,
    pub within: Option<IsoDuration>,
    /// The step that it is about, where the sentence names one.
    pub of: Option<u32>,
    /// "Once @kim has approved": may also speak of an earlier step in which @kim does.
    pub event: bool,
    pub span: Range<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoverWords {
    pub when: String,
    pub ask: Option<WorkerRef>,
    pub what: Option<String>,
    pub then: Then,
    pub times: u32,
    pub wait: Option<IsoDuration>,
    pub of: Option<u32>,
    pub span: Range<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndoWords {
    /// `None`: whoever does the step.
    pub who: Option<WorkerRef>,
    pub what: String,
    /// Only when this step fails.
    pub on: Option<u32>,
    pub span: Range<usize>,
}

/// Reads one sentence of an item. `subject` is the step's worker once an earlier sentence named one; a first sentence must.
pub fn read_step(text: &str, voc: &Vocabulary<'_>, subject: Option<&WorkerRef>) -> StepWords {
    let reader = Reader::new(voc, tokenize(text));
    let mut cursor = Cursor { reader: &reader, text, subject: subject.cloned(), out: StepWords::default() };
    cursor.sentence();
    cursor.out
}

/// The reading of one sentence.
struct Cursor<'r> {
    reader: &'r Reader<'r>,
    text: &'r str,
    subject: Option<WorkerRef>,
    out: StepWords,
}

impl Cursor<'_> {
    fn len(&self) -> usize {
        self.reader.tokens.len()
    }

    fn low(&self, i: usize) -> &str {
        self.reader.low(i)
    }

    fn is_mark(&self, i: usize, marks: &[char]) -> bool {
        matches!(self.reader.tokens.get(i).map(|t| &t.kind), Some(Kind::Mark(c)) if marks.contains(c))
    }

    /// The longest of `phrases` that stands at `i`.
    fn any(&self, i: usize, phrases: &[&str]) -> Option<usize> {
        phrases.iter().filter_map(|phrase| super::workers::phrase_at(self.reader, i, phrase)).max()
    }

    fn span(&self, from: usize, to: usize) -> Range<usize> {
        self.reader.span(from, to)
    }

    /// The words as written.
    fn written(&self, from: usize, to: usize) -> String {
        if from >= to {
            return String::new();
        }
        let text = self.text[self.span(from, to)].trim_matches([' ', ',', ';', ':', '–', '-', '.']);
        let open = text.matches('(').count() > text.matches(')').count();
        let text = if open { text.replacen('(', "", 1) } else { text.to_owned() };
        text.replace(['“', '”'], "\"").trim().to_owned()
    }

    /// Where a clause ends for certain: the end, or a mark that separates.
    fn is_boundary(&self, i: usize) -> bool {
        i >= self.len() || self.is_mark(i, &[',', ';', ')', '-', ':', '.'])
    }

    fn sentence(&mut self) {
        let mut at = self.numbered(0);
        at = self.fronts(at);
        if at >= self.len() {
            return self.must_say_something();
        }
        // "If X fails, …" is a recovery before it is anything else.
        if let Some((part, end)) = self.failure(at) {
            self.out.parts.push(part);
            return self.rest(end);
        }
        if self.subject.is_some() {
            if let Some((part, end)) = self.part(at) {
                self.out.parts.push(part);
                return self.rest(end);
            }
            return self.later(at);
        }
        self.main(at);
    }

    /// "Step 3:", "3.": the item's own number, written once more.
    fn numbered(&self, i: usize) -> usize {
        let number = |j: usize| matches!(self.reader.tokens.get(j).map(|t| &t.kind), Some(Kind::Number));
        if self.low(i) == "step" && number(i + 1) && self.is_mark(i + 2, &[':', '-', '.', ')']) {
            return i + 3;
        }
        if number(i) && self.is_mark(i + 1, &[':', '.', ')']) { i + 2 } else { i }
    }

    /// Takes off what may stand before the main clause.
    fn fronts(&mut self, mut at: usize) -> usize {
        loop {
            let begun = at;
            while self.is_mark(at, &[',', ':', '-']) || self.any(at, words::FRONT).is_some() {
                if let Some(end) = self.any(at, words::LAST) {
                    self.out.parts.push(Part::Last);
                    at = end;
                } else {
                    at = self.any(at, words::FRONT).unwrap_or(at + 1);
                }
            }
            if let Some((part, end)) = self.front(at) {
                self.out.parts.push(part);
                at = end;
            }
            if at == begun {
                return at;
            }
        }
    }

    fn front(&mut self, at: usize) -> Option<(Part, usize)> {
        if self.quietly(|cursor| cursor.failure(at)).is_some() {
            return None;
        }
        self.parallel(at).or_else(|| self.gate_before(at)).or_else(|| self.event(at, true)).or_else(|| self.undo(at))
    }

    /// Any part that may end a sentence or be one.
    fn part(&mut self, at: usize) -> Option<(Part, usize)> {
        self.parallel(at)
            .or_else(|| self.gate(at))
            .or_else(|| self.failure(at))
            .or_else(|| self.undo(at))
            .or_else(|| self.event(at, false))
            .or_else(|| self.name(at))
    }

    /// What follows a part: more parts, or more of the work.
    fn rest(&mut self, mut at: usize) {
        let mut extra: Option<usize> = None;
        while at < self.len() {
            let begin = self.connectors(at);
            match self.part(begin).or_else(|| if begin == at { None } else { self.part(at) }) {
                Some((part, end)) if extra.is_none() => {
                    self.out.parts.push(part);
                    at = end;
                }
                Some(_) | None if self.is_mark(at, &[',', ';', ')', '(', '-', '.']) && extra.is_none() => at += 1,
                Some((part, end)) => {
                    self.more_work(extra.take().unwrap_or(at), at);
                    self.out.parts.push(part);
                    at = end;
                }
                None => {
                    extra = extra.or(Some(at));
                    at += 1;
                }
            }
        }
        if let Some(from) = extra {
            self.more_work(from, self.len());
        }
    }

    fn more_work(&mut self, from: usize, to: usize) {
        let from = self.connectors(from);
        let words = self.written(from, to);
        if words.is_empty() {
            return;
        }
        self.refuse_gate_like(from, to, false);
        self.refuse_second_worker(from, to);
        match &mut self.out.act {
            Some(act) => act.what = format!("{} and {words}", act.what),
            None => {
                let note = self.out.note.take().map_or(words.clone(), |note| format!("{note} {words}"));
                self.out.note = Some(note);
            }
        }
    }

    /// A later sentence of an item that is none of the parts: more about the work, unless it looks like a gate.
    fn later(&mut self, at: usize) {
        let end = self.first_part(at + 1).unwrap_or(self.len());
        self.refuse_gate_like(at, end, false);
        let note = self.text[self.span(at, end)].trim_end_matches([',', ';', ' ']).to_owned();
        self.out.note = Some(note);
        if end < self.len() {
            self.rest(end);
        }
    }

    /// The first place from `from` on at which a part stands.
    fn first_part(&mut self, from: usize) -> Option<usize> {
        (from..self.len()).find(|at| {
            let begin = self.connectors(*at);
            self.quietly(|cursor| cursor.part(begin)).is_some()
        })
    }

    /// Looks without telling what is wrong.
    fn quietly<T>(&mut self, look: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let known = self.out.findings.len();
        let found = look(self);
        self.out.findings.truncate(known);
        found
    }

    /// Skips what joins a part to what stands before it.
    fn connectors(&self, mut at: usize) -> usize {
        for _ in 0..4 {
            // "the invoices that need approval" speaks of invoices; ", that needs approval" of the step.
            let relative = self.low(at) == "that" && at > 0 && !self.is_boundary(at - 1);
            if self.is_mark(at, &[',', ';', '(', '-']) {
                at += 1;
            } else if let Some(end) = self.any(at, words::JOINS).filter(|_| !relative) {
                at = end;
            }
        }
        at
    }

    /// What speaks of approval and was read as no gate must not pass as work.
    fn refuse_gate_like(&mut self, from: usize, to: usize, working: bool) {
        let relative = |at: usize| at > 0 && matches!(self.low(at - 1), "that" | "which" | "who" | "whose");
        let begins =
            (from..to).find(|at| !relative(*at) && self.any(*at, words::GATE_LIKE).is_some_and(|end| end <= to));
        // Behind the sentence that names the work, every word of approval is about the step.
        let Some(at) = begins.or((self.out.act.is_none() && !working).then_some(from)) else { return };
        let table = if begins.is_some() { words::APPROVALS } else { words::SURE_APPROVALS };
        let speaks = (from..to).any(|at| table.contains(&self.low(at)));
        if speaks {
            let finding = error(
                "unread-gate",
                self.span(at, to),
                "this looks like an approval that the step needs, but it does not say clearly whose".to_owned(),
                "write “needs @kim's approval”, with a person, a role or a team",
            );
            self.out.findings.push(finding);
        }
    }

    fn must_say_something(&mut self) {
        if self.subject.is_none() && self.out.findings.is_empty() && self.out.parts.is_empty() {
            self.nobody(0);
        } else if self.subject.is_none() && !self.out.parts.is_empty() && self.out.act.is_none() {
            // A fragment such as "Meanwhile:" alone.
            self.nobody(0);
        }
    }
}
