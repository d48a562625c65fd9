//! What happens when a step fails: recovery, and what makes things undone when the workflow fails for good.

use super::words::{
    ASKS, FAILING, FOR_GOOD, FROM, GETS, HANDS_OVER, IFS, SKIPS, STOPS, TAKES_OVER, TRIED, TRIES, UNDOES, WAITS,
    base_of,
};
use super::{Cursor, Part, RecoverWords, StepRef, UndoWords};
use crate::directives::rule::IsoDuration;
use crate::directives::workflow::Then;
use crate::workers::WorkerRef;

/// What is done about a failure.
struct Cure {
    ask: Option<WorkerRef>,
    what: Option<String>,
    then: Then,
    times: u32,
    wait: Option<IsoDuration>,
    end: usize,
}

impl Cursor<'_> {
    /// "if no licence is left, ask the procurement agent for one, wait, and try again".
    pub(super) fn failure(&self, at: usize) -> Option<(Part, usize)> {
        let (open, bare) = match self
            .any(at, &["on failure", "in case of failure", "if not", "failing that", "otherwise", "if unsuccessful"])
        {
            Some(end) => (end, true),
            None => (self.any(at, IFS)?, false),
        };
        let fails = |from: usize, to: usize| {
            (from..to).any(|i| FAILING.contains(&self.low(i)) || self.any(i, FOR_GOOD).is_some())
        };
        let sure = matches!(self.low(at), "if" | "should" | "in" | "were" | "but" | "and" | "only" | "suppose" | "on");
        let separators: Vec<usize> = (open..self.len())
            .filter(|m| {
                self.is_mark(*m, &[',', ':', '-'])
                    || matches!(self.low(*m), "then" | "ask" | "asks")
                    || bare && *m == open
            })
            .collect();
        for m in separators {
            let start = if self.is_mark(m, &[',', ':', '-']) || self.low(m) == "then" { m + 1 } else { m };
            let start = if self.low(start) == "then" { start + 1 } else { start };
            if !bare && (m == open || !sure && !fails(open, m)) {
                continue;
            }
            let when = if bare { "it fails".to_owned() } else { self.written(open, m) };
            let of = (open..m).find_map(|i| match self.refs(i)?.0.as_slice() {
                [StepRef::Number(n)] => Some(*n),
                _ => None,
            });
            if !bare
                && (open..m).any(|i| self.any(i, FOR_GOOD).is_some())
                && let Some((who, what, end)) = self.deed(start)
            {
                return Some((Part::Undo(UndoWords { who, what, on: of, span: self.span(at, end) }), end));
            }
            if let Some(cure) = self.cure(start, bare || fails(open, m)) {
                let Cure { ask, what, then, times, wait, end } = cure;
                let span = self.span(at, end);
                return Some((Part::Recover(RecoverWords { when, ask, what, then, times, wait, of, span }), end));
            }
        }
        None
    }

    /// What is done about it, from `at` on. `fails`: what happened is surely a failure, so that any worker's deed cures it.
    fn cure(&self, at: usize, fails: bool) -> Option<Cure> {
        let at = self.any(at, &["please", "just", "simply", "first"]).unwrap_or(at);
        let plain = |then: Then, end: usize| Cure { ask: None, what: None, then, times: 1, wait: None, end };
        let begin = self.actor(at);
        if let Some(end) = self.any(begin, SKIPS).or_else(|| self.any(at, SKIPS)) {
            return Some(plain(Then::Skip, end));
        }
        if let Some(end) = self.any(begin, STOPS).or_else(|| self.any(at, STOPS)) {
            return Some(plain(Then::Stop, end));
        }
        if self.resumes(begin).is_some() {
            return Some(self.with_resume(None, None, begin));
        }
        if let Some(end) = self.any(begin, HANDS_OVER)
            && let Some(found) = self.known_worker(end)
        {
            let stop = self.clause_end(found.end);
            let told = matches!(self.low(begin), "tell" | "tells" | "bring" | "brings" | "goes");
            let wants = told && (matches!(self.low(found.end), "to" | "for") || self.resumes_later(found.end));
            if !wants {
                let what = self.written(found.end, stop);
                let what = (!what.is_empty()).then_some(what);
                return Some(Cure { ask: found.refs.first().cloned(), what, end: stop, ..plain(Then::HandOver, stop) });
            }
        }
        self.asks(begin).or_else(|| self.gets(begin)).or_else(|| self.other(at, fails))
    }

    /// Skips "it", "the agent", and the step's own worker before a verb of asking.
    fn actor(&self, at: usize) -> usize {
        if let Some(end) = self.any(
            at,
            &[
                "it", "they", "he", "she", "the agent", "we", "you", "the bot", "the worker", "the step", "this step",
                "the workflow", "have it", "let it",
            ],
        ) {
            return end;
        }
        match self.known_worker(at) {
            Some(found)
                if self.any(found.end, ASKS).is_some()
                    || self.any(found.end, GETS).is_some()
                    || self.resumes(found.end).is_some() =>
            {
                found.end
            }
            Some(_) | None => at,
        }
    }

    /// "ask the procurement agent for one", "ask procurement to buy one".
    fn asks(&self, at: usize) -> Option<Cure> {
        let open = self.any(at, ASKS)?;
        let found = self.known_worker(open)?;
        let mut from = found.end;
        if matches!(self.low(from), "for" | "to" | "about" | "if" | "whether") {
            from += 1;
        }
        Some(self.with_what(found.refs.first().cloned(), from))
    }

    /// "request one from procurement".
    fn gets(&self, at: usize) -> Option<Cure> {
        let open = self.any(at, GETS)?;
        let limit = (open..self.len()).find(|i| self.is_mark(*i, &[',', ';'])).unwrap_or(self.len());
        let (m, found) = (open + 1..limit).find_map(|m| {
            let from = self.any(m, FROM)?;
            Some((m, self.known_worker(from)?))
        })?;
        let what = self.written(open, m);
        let cure = self.with_resume(found.refs.first().cloned(), Some(what), found.end);
        Some(cure)
    }

    /// "procurement buys one", "the procurement agent is asked for one", "@kim decides".
    fn other(&self, at: usize, fails: bool) -> Option<Cure> {
        let made = self.any(at, &["have", "let", "make", "get"]).unwrap_or(at);
        let found = self.known_worker(made)?;
        let worker = found.refs.first().cloned();
        if let Some(end) = self.any(found.end, TAKES_OVER) {
            let stop = self.clause_end(end);
            return Some(Cure { ask: worker, what: None, then: Then::HandOver, times: 1, wait: None, end: stop });
        }
        if let Some(from) = self.any(
            found.end,
            &[
                "is asked for", "is asked to", "are asked for", "are asked to", "must be asked for",
                "should be asked for", "is requested to",
            ],
        ) {
            return Some(self.with_what(worker, from));
        }
        if !fails || self.is_boundary(found.end) {
            return None;
        }
        let from = self.any(found.end, super::words::HELPERS).unwrap_or(found.end);
        if from >= self.len() {
            return None;
        }
        let mut cure = self.with_what(worker, from);
        cure.what = cure.what.map(|what| first_base(&what));
        // Whoever helps is followed by another attempt, said or not.
        Some(cure)
    }

    /// What is asked for ends where waiting and trying again begin.
    fn with_what(&self, ask: Option<WorkerRef>, from: usize) -> Cure {
        let end = (from..self.len())
            .find(|i| {
                (self.is_mark(*i, &[',', ';']) || matches!(self.low(*i), "and" | "then"))
                    && self.resumes(self.joined(*i)).is_some()
            })
            .unwrap_or_else(|| self.clause_end(from));
        let what = self.written(from, end);
        self.with_resume(ask, (!what.is_empty()).then_some(what), end)
    }

    fn joined(&self, mut at: usize) -> usize {
        while self.is_mark(at, &[',', ';']) || matches!(self.low(at), "and" | "then" | "it" | "they" | "only") {
            at += 1;
        }
        at
    }

    fn clause_end(&self, from: usize) -> usize {
        (from..self.len()).find(|i| self.is_mark(*i, &[';', ')'])).unwrap_or(self.len())
    }

    fn resumes(&self, at: usize) -> Option<usize> {
        self.any(at, WAITS).or_else(|| self.any(at, TRIES))
    }

    fn resumes_later(&self, from: usize) -> bool {
        (from..self.len()).any(|i| self.resumes(i).is_some())
    }

    /// "…, wait, and try again up to three times".
    fn with_resume(&self, ask: Option<WorkerRef>, what: Option<String>, at: usize) -> Cure {
        let mut cure = Cure { ask, what, then: Then::Retry, times: 1, wait: None, end: at };
        let mut at = at;
        loop {
            let next = self.joined(at);
            if let Some(end) = self.any(next, WAITS) {
                at = end;
                if let Some((wait, end)) = self.duration(self.any(at, &["for"]).unwrap_or(at)) {
                    cure.wait = Some(wait);
                    at = end;
                } else if self.any(at, &["for", "until", "till"]).is_some() {
                    let stop = |i: usize| self.is_boundary(i) || matches!(self.low(i), "and" | "then");
                    at = (at..=self.len()).find(|i| stop(*i)).unwrap_or(self.len());
                }
            } else if let Some(end) = self.any(next, TRIES) {
                at = end;
                while let Some(end) = self.any(at, TRIED) {
                    at = end;
                }
                if let Some((times, end)) = self.times(at) {
                    cure.times = times;
                    at = end;
                }
                while let Some(end) = self.any(at, TRIED) {
                    at = end;
                }
                if self.low(at) == "after"
                    && let Some((wait, end)) = self.duration(at + 1)
                {
                    cure.wait = Some(wait);
                    at = end;
                }
            } else {
                cure.end = at;
                return cure;
            }
        }
    }

    /// "up to three times", "twice".
    fn times(&self, at: usize) -> Option<(u32, usize)> {
        let at = self.any(at, &["up to", "at most", "no more than"]).unwrap_or(at);
        match self.low(at) {
            "once" => return Some((1, at + 1)),
            "twice" => return Some((2, at + 1)),
            "thrice" => return Some((3, at + 1)),
            _ => {}
        }
        let low = self.low(at);
        let n = low
            .parse()
            .ok()
            .or_else(|| super::words::NUMBERS.iter().find(|(word, _)| *word == low).map(|(_, n)| *n))?;
        matches!(self.low(at + 1), "times" | "time" | "more" | "attempts")
            .then_some((n, self.any(at + 1, &["more times", "times more", "times", "time", "attempts"])?))
    }

    /// "undo: revoke the accounts".
    pub(super) fn undo(&self, at: usize) -> Option<(Part, usize)> {
        let open = self.any(at, UNDOES)?;
        let open = if self.is_mark(open, &[',', ':', '-']) { open + 1 } else { open };
        let (who, what, end) = self.deed(open)?;
        Some((Part::Undo(UndoWords { who, what, on: None, span: self.span(at, end) }), end))
    }

    /// "[the IT agent] revokes the accounts".
    fn deed(&self, at: usize) -> Option<(Option<WorkerRef>, String, usize)> {
        let made = self.any(at, super::words::MAKES).filter(|end| self.known_worker(*end).is_some());
        let begin = self.any(at, &["it", "they", "we"]).unwrap_or(at);
        let found = self.known_worker(made.unwrap_or(begin));
        let mut from = found.as_ref().map_or(begin, |found| found.end);
        while let Some(end) = self.any(from, super::words::HELPERS) {
            from = end;
        }
        let end = self.clause_end(from);
        let what = first_base(&self.written(from, end));
        (!what.is_empty()).then(|| (found.and_then(|found| found.refs.first().cloned()), what, end))
    }
}

/// The first word in its base form.
pub(super) fn first_base(words: &str) -> String {
    let (first, rest) = words.split_once(' ').map_or((words, None), |(first, rest)| (first, Some(rest)));
    let base = base_of(first);
    rest.map_or(base.clone(), |rest| format!("{base} {rest}"))
}
