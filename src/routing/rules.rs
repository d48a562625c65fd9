//! The rules that route, found by the words of a request: with a thousand rules only the few that could fit are weighed.

use std::collections::BTreeMap;

use crate::directives::matching::words::{Terms, Words};
use crate::directives::rule::{Condition, Rule};
use crate::directives::{Directives, Reading};
use crate::workers::WorkerRef;

/// Which rules a stem could set off.
///
/// A rule that hangs on words or topics is kept under the first stem of each of its phrases, meanings of defined terms
/// included; all others are weighed for every request. Nothing is decided here: a rule that is left out cannot fit.
#[derive(Debug, Clone)]
pub(super) struct RuleIndex {
    terms: Terms,
    /// Indices into the readings.
    by_stem: BTreeMap<String, Vec<usize>>,
    always: Vec<usize>,
}

impl RuleIndex {
    pub(super) fn of(directives: &Directives) -> Self {
        let mut index = Self { terms: Terms::of(directives), by_stem: BTreeMap::new(), always: Vec::new() };
        for (at, reading) in directives.readings.iter().enumerate() {
            let Some(when) = condition(&reading.rule) else { continue };
            match index.keys(when) {
                Some(stems) => stems.into_iter().for_each(|stem| index.by_stem.entry(stem).or_default().push(at)),
                None => index.always.push(at),
            }
        }
        index
    }

    pub(super) fn terms(&self) -> &Terms {
        &self.terms
    }

    /// The readings that could fit these words, in file order.
    pub(super) fn that_could_fit<'a>(&self, directives: &'a Directives, words: &Words) -> Vec<&'a Reading> {
        let by_word = words.stems().iter().filter_map(|stem| self.by_stem.get(stem)).flatten();
        let mut found: Vec<usize> = by_word.chain(&self.always).copied().collect();
        found.sort_unstable();
        found.dedup();
        found.into_iter().filter_map(|at| directives.readings.get(at)).collect()
    }

    /// The stems of which one must occur for the condition to hold; `None` if it can hold whatever the words.
    fn keys(&self, when: &Condition) -> Option<Vec<String>> {
        let phrases: Vec<String> = if !when.mentions.is_empty() {
            when.mentions.clone()
        } else if !when.topics.is_empty() {
            when.topics.iter().flat_map(|topic| self.terms.expand(topic)).collect()
        } else {
            return when.all.iter().find_map(|inside| self.keys(inside));
        };
        let mut stems: Vec<String> = phrases.iter().filter_map(|p| Words::of(p).stems().first().cloned()).collect();
        stems.sort_unstable();
        stems.dedup();
        Some(stems)
    }
}

/// The condition of a rule that routing looks at.
fn condition(rule: &Rule) -> Option<&Condition> {
    if let Rule::Prioritise(prioritise) = rule {
        return Some(&prioritise.when);
    }
    rule.way().map(|way| way.when)
}

/// A rule that fits, with where it sends the work.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fitting<'a> {
    pub reading: &'a Reading,
    pub when: &'a Condition,
    pub to: &'a [WorkerRef],
}
