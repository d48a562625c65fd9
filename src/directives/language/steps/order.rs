//! When a step starts: together with others, after others, some time after them.

use super::words::{
    AFTER, AFTER_STEPS_ONLY, APPROVED_WHAT, APPROVES, AUXILIARIES, CALLS, FAILING, MAKES, NAMES, PARALLEL,
    PARALLEL_WITH, RESULTS, STATES, WHILE, name_of,
};
use super::{Cursor, Gate, Kind, Part, StepRef};
use crate::directives::language::grammar::Slot;
use crate::directives::language::values::Val;
use crate::directives::rule::IsoDuration;

impl Cursor<'_> {
    pub(super) fn parallel(&self, at: usize) -> Option<(Part, usize)> {
        if let Some(open) = self.any(at, WHILE) {
            if let Some((steps, end)) = self.refs(open) {
                let end = self.going_on(end);
                if self.ends_here(end) {
                    return Some((Part::Parallel(steps), end));
                }
            }
            let end = (open..=self.len()).find(|end| self.is_boundary(*end)).unwrap_or(self.len());
            let one = self.by_words(open, end);
            let named = matches!(&one, StepRef::Words { stems, who, .. } if who.is_some() || !stems.is_empty());
            if named && end > open && self.low(at) != "as" && self.any(at, PARALLEL).is_none_or(|end| end <= open) {
                return Some((Part::Parallel(vec![one]), end));
            }
        }
        let end = self.any(at, PARALLEL)?;
        if let Some(with) = self.any(end, PARALLEL_WITH) {
            if let Some((steps, end)) = self.refs(with) {
                return Some((Part::Parallel(steps), end));
            }
            let stop = (with..=self.len()).find(|end| self.is_boundary(*end)).unwrap_or(self.len());
            return Some((Part::Parallel(vec![self.by_words(with, stop)]), stop));
        }
        (self.ends_here(end) || at == 0 || end > at + 1).then_some((Part::Parallel(Vec::new()), end))
    }

    /// "is running", "goes on".
    fn going_on(&self, mut at: usize) -> usize {
        let words = [
            "is", "are", "still", "running", "runs", "run", "under", "way", "in", "progress", "going", "on", "goes",
            "happening", "happens", "open", "being", "done",
        ];
        for _ in 0..5 {
            if words.contains(&self.low(at)) {
                at += 1;
            }
        }
        at
    }

    /// A clause ends here, or the main clause begins.
    pub(super) fn ends_here(&self, at: usize) -> bool {
        self.is_boundary(at) || matches!(self.low(at), "and" | "but" | "then") || self.begins_main(at)
    }

    pub(super) fn begins_main(&self, at: usize) -> bool {
        self.any(at, MAKES).is_some_and(|end| self.known_worker(end).is_some()) || self.known_worker(at).is_some()
    }

    pub(super) fn duration(&self, at: usize) -> Option<(IsoDuration, usize)> {
        let found = self.reader.slot(Slot::Dur, at);
        let best = found.iter().filter(|filled| filled.faults.is_empty()).max_by_key(|filled| filled.end)?;
        match &best.val {
            Val::Duration(iso, _) => Some((iso.clone(), best.end)),
            _ => None,
        }
    }

    /// "after step 2", "once the accounts exist", "as soon as @kim has approved", "after two weeks".
    pub(super) fn event(&mut self, at: usize, front: bool) -> Option<(Part, usize)> {
        if let Some((wait, end)) = self.duration(at) {
            if let Some(end) = self.any(end, &["later", "after that", "afterwards", "after this", "later on"]) {
                return Some((Part::Wait(wait), end));
            }
            if self.any(end, AFTER).is_some() && self.quietly(|cursor| cursor.event(end, front)).is_some() {
                return Some((Part::Wait(wait), end));
            }
        }
        let open = self.any(at, AFTER)?;
        let opener: Vec<&str> = (at..open).map(|i| self.low(i)).collect();
        let opener = opener.join(" ");
        if let Some((wait, end)) = self.duration(open)
            && self.ends_here(end)
            && opener.ends_with("after")
        {
            return Some((Part::Wait(wait), end));
        }
        if let Some((steps, end)) = self.refs(open) {
            let end = self.states(end);
            let pronoun = steps == [StepRef::Previous] && matches!(self.low(open), "that" | "this" | "it");
            if self.ends_here(end) && !(pronoun && AFTER_STEPS_ONLY.contains(&opener.as_str())) {
                return Some((Part::After { steps, span: self.span(at, end), soft: None }, end));
            }
        }
        if AFTER_STEPS_ONLY.contains(&opener.as_str()) || self.low(open).is_empty() {
            return None;
        }
        self.approved(at, open).or_else(|| self.clause(at, open, front, &opener))
    }

    /// "once @kim has approved the budget".
    fn approved(&self, at: usize, open: usize) -> Option<(Part, usize)> {
        let found = self.known_worker(open)?;
        let mut end = found.end;
        while AUXILIARIES.contains(&self.low(end)) {
            end += 1;
        }
        end = self.any(end, APPROVES)?;
        end = self.any(end, APPROVED_WHAT).unwrap_or(end);
        let stop = (end..=self.len()).find(|end| self.ends_here(*end)).unwrap_or(self.len());
        let gate = Gate { by: found.refs, count: 1, within: None, of: None, event: true, span: self.span(at, stop) };
        Some((Part::Gate(gate), stop))
    }

    /// "once the accounts exist": a step by its words.
    fn clause(&mut self, at: usize, open: usize, front: bool, opener: &str) -> Option<(Part, usize)> {
        let end = if front { self.front_clause_end(open)? } else { self.first_end(open) };
        if end <= open {
            return None;
        }
        let has = |table: &[&str]| (open..end).any(|i| table.contains(&self.low(i)));
        let waits = opener.contains("wait");
        if opener.ends_with("when") && !front && !has(STATES)
            || has(FAILING) && !has(STATES)
            || waits && !has(STATES) && opener != "waits for"
        {
            return None;
        }
        let steps = vec![self.by_words(open, end)];
        let soft = !front && (opener.ends_with("after") || opener.ends_with("when") || waits || opener == "following");
        let soft = soft.then(|| self.written(at, end));
        Some((Part::After { steps, span: self.span(at, end), soft }, end))
    }

    /// Where a clause at the end of a sentence ends: at the next part.
    fn first_end(&mut self, open: usize) -> usize {
        (open + 1..self.len())
            .find(|at| {
                self.is_mark(*at, &[';', ')', '-'])
                    || (self.is_mark(*at, &[',']) || self.low(*at) == "and") && {
                        let begin = self.connectors(*at);
                        self.quietly(|cursor| {
                            cursor.gate(begin).or_else(|| cursor.failure(begin)).or_else(|| cursor.name(begin))
                        })
                        .is_some()
                            || self.parallel(begin).is_some()
                    }
            })
            .unwrap_or(self.len())
    }

    /// Where a clause at the beginning ends: at the comma before the main clause, or where a worker begins it.
    fn front_clause_end(&mut self, open: usize) -> Option<usize> {
        let comma = (open + 1..self.len()).find(|at| {
            self.is_mark(*at, &[',', ':']) && {
                let next = self.any(*at + 1, super::words::FRONT).unwrap_or(*at + 1);
                let next = if self.is_mark(next, &[',']) { next + 1 } else { next };
                self.begins_main(next) || self.parallel(next).is_some() || self.begins_like_a_worker(next)
            }
        });
        if comma.is_some() {
            return comma;
        }
        let states = |from: usize, to: usize| (from..to).any(|i| STATES.contains(&self.low(i)));
        (open + 2..self.len())
            .find(|at| states(open, *at) && self.known_worker(*at).is_some() && !self.is_boundary(*at))
    }

    fn begins_like_a_worker(&self, at: usize) -> bool {
        self.worker(at).is_some() || matches!(self.low(at), "the" | "a" | "our")
    }

    /// "keep it as `accounts`", "call the result accounts".
    pub(super) fn name(&mut self, at: usize) -> Option<(Part, usize)> {
        // "…, as `accounts`".
        if matches!(self.low(at), "as" | "as the")
            && let Some(Kind::Code(code)) = self.reader.tokens.get(at + 1).map(|t| &t.kind)
        {
            return Some((Part::Name(name_of(code)), at + 2));
        }
        let from = self.any(at, RESULTS).unwrap_or(at);
        let (mut end, calls) = match (self.any(from, NAMES), self.any(from, CALLS)) {
            (Some(end), _) => (end, false),
            (None, Some(end)) => (end, true),
            (None, None) => return None,
        };
        let object = self.any(end, RESULTS);
        if let Some(after) = object {
            end = after;
        }
        let under = self.any(
            end,
            &[
                "as", "under the name", "under the name of", "by the name", "by the name of", "under", "as the",
                "for later as", "for the next steps as", "for later steps as", "with the others as",
                "for later use as",
            ],
        );
        if let Some(after) = under {
            end = after;
        }
        let told = object.is_some() || from > at;
        if !(under.is_some() || calls) {
            return None;
        }
        let (name, after) = self.name_at(end)?;
        let quoted = matches!(self.reader.tokens.get(end).map(|t| &t.kind), Some(Kind::Code(_) | Kind::Quote(_)));
        let passive = matches!(
            self.low(from),
            "is" | "are" | "known" | "called" | "available" | "shared" | "kept" | "saved" | "stored"
        );
        (told || quoted || passive).then_some((Part::Name(name), after))
    }

    fn name_at(&self, at: usize) -> Option<(String, usize)> {
        match self.reader.tokens.get(at).map(|t| &t.kind) {
            Some(Kind::Code(text) | Kind::Quote(text)) => {
                let name = name_of(text);
                (!name.is_empty()).then_some((name, at + 1))
            }
            Some(Kind::Word) => {
                let stop = |i: usize| {
                    self.is_boundary(i)
                        || matches!(self.low(i), "and" | "for" | "so" | "in" | "after" | "once" | "when" | "if")
                };
                let end = (at..=self.len()).find(|i| stop(*i)).unwrap_or(self.len());
                let name = name_of(&self.written(at, end));
                (!name.is_empty() && end <= at + 5).then_some((name, end))
            }
            Some(_) | None => None,
        }
    }
}
