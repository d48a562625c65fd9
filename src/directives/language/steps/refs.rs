//! How a step speaks of other steps: by number, by place in the list, or by what they do.

use super::words::{AUXILIARIES, NUMBERS, ORDINALS, STATES, stems_of};
use super::{Cursor, Kind};
use crate::workers::WorkerRef;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepRef {
    Number(u32),
    /// The one before in the list.
    Previous,
    /// The two before.
    Two,
    /// All before.
    All,
    /// By what is said of it: the stems of its words, and who does it.
    Words {
        stems: Vec<String>,
        who: Option<WorkerRef>,
        words: String,
    },
}

const ALL: &[&str] = &[
    "all steps", "all previous steps", "all of the above", "everything above", "everything", "all of this",
    "all of that", "all this", "all that", "the steps above", "all the steps above", "all steps above",
    "all earlier steps", "the earlier steps", "the previous steps", "all the others", "the other steps",
    "everything before", "all steps before", "every step before", "every other step", "all other steps", "the above",
    "all",
];
const PREVIOUS: &[&str] = &[
    "the previous step", "the step before", "the last step", "the preceding step", "the step above", "previous step",
    "that step", "the former step", "the previous one", "the one before", "that", "this", "it", "the step before it",
    "the step just before", "the prior step",
];
const TWO: &[&str] = &[
    "both", "both steps", "both of them", "both of these", "both of those", "the two previous steps",
    "the two steps before", "the two steps above", "the last two steps", "the previous two steps", "these two",
    "those two", "the two", "both things", "the preceding two steps", "the two of them",
];

impl Cursor<'_> {
    fn number(&self, i: usize) -> Option<u32> {
        let token = self.reader.tokens.get(i)?;
        match &token.kind {
            Kind::Number => token.low.parse().ok().filter(|n| *n > 0 && *n < 1000),
            Kind::Word => NUMBERS.iter().find(|(word, _)| *word == token.low).map(|(_, n)| *n),
            _ => None,
        }
    }

    /// The steps that are named from `i` on, and where that ends.
    pub(super) fn refs(&self, i: usize) -> Option<(Vec<StepRef>, usize)> {
        if let Some(found) = self.numbered_refs(i) {
            return Some(found);
        }
        let ordinal = if self.low(i) == "the" { i + 1 } else { i };
        if let Some((_, n)) = ORDINALS.iter().find(|(word, _)| *word == self.low(ordinal))
            && self.low(ordinal + 1) == "step"
        {
            return Some((vec![StepRef::Number(*n)], ordinal + 2));
        }
        let found = [(ALL, StepRef::All), (TWO, StepRef::Two), (PREVIOUS, StepRef::Previous)];
        let longest = found.into_iter().filter_map(|(phrases, step)| self.any(i, phrases).map(|end| (end, step)));
        longest.max_by_key(|(end, _)| *end).map(|(end, step)| (vec![step], end))
    }

    /// "step 2", "steps 1, 2 and 3", "steps 1-3", "both step 1 and step 2".
    fn numbered_refs(&self, i: usize) -> Option<(Vec<StepRef>, usize)> {
        let mut at = if matches!(self.low(i), "both" | "the" | "number" | "our") { i + 1 } else { i };
        if !matches!(
            self.low(at),
            "step" | "steps" | "item" | "items" | "point" | "points" | "number" | "numbers" | "nr" | "no"
        ) {
            return None;
        }
        at += 1;
        let mut steps = vec![self.number(at)?];
        at += 1;
        loop {
            let range = self.is_mark(at, &['-']) || matches!(self.low(at), "to" | "through");
            if range && let Some(last) = self.number(at + 1) {
                let first = steps.last().copied().unwrap_or(last);
                steps.extend(first + 1..=last.min(first + 100));
                at += 2;
                continue;
            }
            let mut next = at;
            while self.is_mark(next, &[',']) || matches!(self.low(next), "and" | "&" | "or" | "as" | "well") {
                next += 1;
            }
            if matches!(self.low(next), "step" | "steps") {
                next += 1;
            }
            match self.number(next).filter(|_| next > at) {
                Some(n) => {
                    steps.push(n);
                    at = next + 1;
                }
                None => break,
            }
        }
        Some((steps.into_iter().map(StepRef::Number).collect(), at))
    }

    /// Skips "is done", "have both been finished": what is said of steps that are named.
    pub(super) fn states(&self, mut at: usize) -> usize {
        for _ in 0..6 {
            let low = self.low(at);
            if !(AUXILIARIES.contains(&low) || STATES.contains(&low)) || low.is_empty() {
                break;
            }
            at += 1;
        }
        at
    }

    /// A step by what is said of it.
    pub(super) fn by_words(&self, from: usize, to: usize) -> StepRef {
        let mut who = None;
        let mut rest = String::new();
        let mut at = from;
        while at < to {
            match self
                .worker(at)
                .filter(|found| who.is_none() && found.faults.is_empty() && found.end <= to && !found.everyone)
            {
                Some(found) if found.refs.len() == 1 && !matches!(found.refs[0], WorkerRef::Channel(_)) => {
                    who = found.refs.first().cloned();
                    at = found.end;
                }
                Some(_) | None => {
                    rest.push_str(self.low(at));
                    rest.push(' ');
                    at += 1;
                }
            }
        }
        StepRef::Words { stems: stems_of(&rest), who, words: self.written(from, to) }
    }
}
