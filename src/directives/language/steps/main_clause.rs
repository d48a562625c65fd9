//! Who does what: the main clause of a step.

use super::fails::first_base;
use super::words::{APPROVES, HELPERS, MAKES, base_of};
use super::{Act, Cursor, Part};
use crate::directives::language::Finding;
use crate::directives::language::grammar::Slot;
use crate::directives::language::token::Kind;
use crate::directives::language::values::{Val, error};
use crate::workers::WorkerRef;

/// Workers that a phrase names.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) end: usize,
    pub(super) refs: Vec<WorkerRef>,
    pub(super) faults: Vec<Finding>,
    pub(super) everyone: bool,
    all: bool,
    count: Option<u32>,
}

impl Found {
    /// How many of them must agree.
    pub(super) fn count(&self) -> u32 {
        self.count.unwrap_or(if self.all { u32::try_from(self.refs.len()).unwrap_or(1) } else { 1 })
    }
}

const MANAGER: &[&str] = &["the manager", "the hiring manager", "a manager", "the line manager", "their line manager"];
/// "… is done by", "… falls to".
const PASSIVES: &[&str] = &[
    "is done by", "are done by", "is handled by", "are handled by", "is taken care of by", "is up to", "is the job of",
    "is the task of", "falls to", "fall to", "lies with", "is for", "goes to", "is on", "is carried out by",
    "are carried out by", "is owned by", "is performed by", "is with", "belongs to", "is left to",
];

impl Cursor<'_> {
    /// The workers named at `i`: the longest phrase without a fault, else the likeliest with one.
    pub(super) fn worker(&self, i: usize) -> Option<Found> {
        let filled = self.reader.slot(Slot::To, i);
        let best = filled.iter().min_by_key(|one| {
            (!one.faults.is_empty(), if one.faults.is_empty() { 0 } else { one.cost }, std::cmp::Reverse(one.end))
        });
        let faulty = best.is_none_or(|one| !one.faults.is_empty());
        if faulty && let Some(end) = self.any(i, MANAGER) {
            let refs = vec![WorkerRef::RequesterManager];
            return Some(Found { end, refs, faults: Vec::new(), everyone: false, all: false, count: None });
        }
        let best = best?;
        let Val::Workers(workers) = &best.val else { return None };
        Some(Found {
            end: best.end,
            refs: workers.refs.clone(),
            faults: best.faults.clone(),
            everyone: workers.everyone,
            all: workers.all,
            count: workers.count,
        })
    }

    pub(super) fn known_worker(&self, i: usize) -> Option<Found> {
        self.worker(i).filter(|found| found.faults.is_empty() && !found.refs.is_empty() && !found.everyone)
    }

    pub(super) fn main(&mut self, at: usize) {
        if let Some(made) = self.any(at, MAKES)
            && let Some(found) = self.worker(made).filter(|found| found.faults.is_empty())
        {
            return self.work_of(at, found);
        }
        // "If the new hire works abroad, the HR agent …": told to the worker as part of the work.
        if matches!(self.low(at), "if" | "unless" | "where" | "should" | "for")
            && self.known_worker(at).is_none()
            && self.conditional(at)
        {
            return;
        }
        match self.known_worker(at) {
            Some(found) => self.work_of(at, found),
            None => {
                if !self.passive(at) {
                    self.nobody(at);
                }
            }
        }
    }

    fn conditional(&mut self, at: usize) -> bool {
        let comma = (at + 1..self.len()).find(|i| self.is_mark(*i, &[',']) && self.begins_main(*i + 1));
        let Some(comma) = comma else { return false };
        let condition = self.written(at, comma);
        let made = self.any(comma + 1, MAKES).filter(|end| self.known_worker(*end).is_some());
        let Some(found) = self.known_worker(made.unwrap_or(comma + 1)) else { return false };
        self.refuse_gate_like(at, comma, true);
        self.work_of(comma + 1, found);
        if let Some(act) = &mut self.out.act {
            let lower =
                condition.get(..1).map_or(String::new(), str::to_lowercase) + condition.get(1..).unwrap_or_default();
            act.what = format!("{lower}, {}", act.what);
        }
        true
    }

    /// What stands behind the worker.
    fn work_of(&mut self, start: usize, found: Found) {
        let Some(who) = self.only_one(start, &found) else { return };
        let mut at = found.end;
        loop {
            let begun = at;
            if self.is_mark(at, &[',', ':', '-']) {
                at += 1;
            }
            if let Some(end) = self.any(at, HELPERS) {
                at = end;
            }
            // "The HR agent, with @kim's approval, creates …".
            let inner =
                if self.is_mark(begun, &[',']) || self.parallel(at).is_some() { self.between(at) } else { None };
            if let Some((part, end)) = inner {
                self.out.parts.push(part);
                at = end;
            }
            if at == begun {
                break;
            }
        }
        self.subject = Some(who.clone());
        let end = if at < self.len() { self.first_part(at + 1).unwrap_or(self.len()) } else { at };
        let what = self.work(at, end);
        if what.is_empty() {
            let finding = error(
                "no-work",
                self.span(start, self.len()),
                "this step does not say what is done".to_owned(),
                "write what the worker does, beginning with a verb",
            );
            self.out.findings.push(finding);
            return;
        }
        if self.any(at, APPROVES).is_none() {
            self.refuse_gate_like(at, end, true);
        }
        self.out.act = Some(Act { who, what });
        self.rest(end);
    }

    fn between(&mut self, at: usize) -> Option<(Part, usize)> {
        let (part, end) = self.quietly(|cursor| cursor.part(at))?;
        let inner = self.is_mark(end, &[',', '-', ')']) || matches!(part, Part::Parallel(_));
        if !inner || end >= self.len() {
            return None;
        }
        self.part(at)
    }

    /// The work in words, its verbs in their base form.
    fn work(&self, from: usize, to: usize) -> String {
        let text = self.written(from, to);
        let text = text
            .trim_end_matches([',', ' '])
            .trim_end_matches(" and")
            .trim_end_matches(" but")
            .trim_end_matches(" then")
            .trim_end_matches(',');
        let third = text.split(' ').next().is_some_and(|first| base_of(&first.to_lowercase()) != first.to_lowercase());
        let text = first_base(text);
        if !third {
            return text;
        }
        let determiners = [
            "the", "a", "an", "their", "them", "it", "its", "his", "her", "him", "all", "every", "to", "for", "with",
            "@", "this", "that", "each", "one", "us", "our", "in", "up", "on", "what", "who", "new", "whether", "two",
        ];
        let words: Vec<&str> = text.split(' ').collect();
        let joins = |word: &str| matches!(word, "and" | "then" | "or" | "also");
        let out: Vec<String> = words
            .iter()
            .enumerate()
            .map(|(i, word)| {
                let verb = i > 0
                    && (joins(words[i - 1]) || words[i - 1].ends_with(','))
                    && word.ends_with('s')
                    && words
                        .get(i + 1)
                        .is_some_and(|next| determiners.contains(next) || next.starts_with(['@', '#', '`']));
                if verb { base_of(word) } else { (*word).to_owned() }
            })
            .collect();
        out.join(" ")
    }

    fn only_one(&mut self, at: usize, found: &Found) -> Option<WorkerRef> {
        let span = self.span(at, found.end);
        match found.refs.as_slice() {
            [WorkerRef::Channel(name)] => {
                let finding =
                    error("no-worker", span, format!("#{name} is a channel, which does no work"), "name a worker");
                self.out.findings.push(finding);
                None
            }
            [only] => Some(only.clone()),
            [] | [_, ..] => {
                let names: Vec<String> = found.refs.iter().map(ToString::to_string).collect();
                let finding = error(
                    "two-workers",
                    span,
                    format!("a step has one worker, and this one names {}", names.join(" and ")),
                    "write two steps, the second one beginning with “Meanwhile,”",
                );
                self.out.findings.push(finding);
                None
            }
        }
    }

    /// "The accounts are created by the HR agent", "Accounts: the HR agent", "Create the accounts (HR agent)".
    fn passive(&mut self, at: usize) -> bool {
        for j in at + 1..self.len() {
            let done = self.any(j, PASSIVES);
            let by = if done.is_none() && self.low(j) == "by" { Some(j + 1) } else { None };
            let marked = self.is_mark(j, &['(', '-', ':', '>', '→', '=', '[']).then_some(j + 1);
            let marked = marked.map(|from| if self.is_mark(from, &['>']) { from + 1 } else { from });
            let Some(open) = done.or(by).or(marked) else { continue };
            let Some(found) = self.known_worker(open) else { continue };
            let closes = marked.is_none() || found.end >= self.len() || self.is_mark(found.end, &[')', ']']);
            if !closes {
                continue;
            }
            let Some(who) = self.only_one(open, &found) else { return true };
            let text = self.written(at, j);
            let what = match (done.or(marked).is_some(), text.is_empty()) {
                (_, true) => continue,
                (true, _) => decapitalised(&text),
                (false, _) => format!("make sure that {}", decapitalised(&text)),
            };
            self.subject = Some(who.clone());
            self.out.act = Some(Act { who, what });
            let mut end = found.end;
            if self.is_mark(end, &[')', ']']) {
                end += 1;
            }
            self.rest(end);
            return true;
        }
        false
    }

    /// Nobody is named, or nobody who is known.
    pub(super) fn nobody(&mut self, at: usize) {
        // "Create the accounts": a verb rather than the name of somebody.
        let verb =
            matches!(self.low(at + 1), "the" | "a" | "an" | "their" | "all" | "his" | "her" | "our" | "your" | "new");
        match self.worker(at).filter(|found| !found.faults.is_empty() && !verb) {
            Some(found) => self.out.findings.extend(found.faults),
            None => {
                let finding = error(
                    "no-worker",
                    self.span(at, self.len()),
                    "this step does not say who does it".to_owned(),
                    "begin with the worker: “The HR agent creates the accounts.”",
                );
                self.out.findings.push(finding);
            }
        }
    }

    /// A second worker in one item is a step of its own.
    pub(super) fn refuse_second_worker(&mut self, from: usize, to: usize) {
        let Some(found) = self.known_worker(from).filter(|found| found.end < to) else { return };
        let next = &self.reader.tokens[found.end];
        if matches!(next.kind, Kind::Word) && next.low != "'s" && base_of(&next.low) != next.low {
            let finding = error(
                "two-workers",
                self.span(from, to),
                "this is a second step in the same item".to_owned(),
                "write it as an item of its own, beginning with “Meanwhile,” if it need not wait",
            );
            self.out.findings.push(finding);
        }
    }
}

fn decapitalised(text: &str) -> String {
    let mut chars = text.chars();
    match (chars.next(), text.chars().nth(1)) {
        (Some(first), Some(second)) if first.is_uppercase() && !second.is_uppercase() => {
            first.to_lowercase().chain(chars).collect()
        }
        (Some(_) | None, _) => text.to_owned(),
    }
}
