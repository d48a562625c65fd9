//! Whether one set of directives is looser than another, by their rules alone: what a replay cannot tell, since it has not
//! happened yet.
//!
//! It is a proof, not a guess: a gate of the old set must be found again in the new one, at least as wide and as strict; what
//! the new set grants must lie inside what the old one granted. What cannot be proven is told as looser, and a person decides.
//! How work is routed, prioritised, scheduled and reviewed grants nothing and is not looked at here.

mod approvals;
mod gates;
mod people;
mod rights;
#[cfg(test)]
mod tests;
mod workflows;

use serde::{Deserialize, Serialize};

use crate::directives::matching::words::Terms;
use crate::directives::{Directives, Reading};
use crate::gate::containment::Company;

/// One way in which the new set is looser.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Looser {
    pub what: What,
    /// For people: "Kim Osei may approve refunds."
    pub says: String,
    /// The line that grants it now, or the line that is gone: `approvals.md:8`.
    pub place: Option<String>,
    /// The file that it stands in, or stood in; empty where none does.
    pub file: String,
}

/// The kinds of looseness that the contract names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// A gate is gone, narrower, or asks for less.
    Gate,
    /// Something runs without a person's word.
    Freedom,
    /// Somebody may approve who could not.
    Approver,
    /// A worker may do more than before.
    Right,
    /// A tool, or what is known of one.
    Tool,
    /// A person, or the account that they act by.
    Person,
    /// A limit is wider.
    Bound,
}

/// Everything in which `now` is looser than `was`; nothing where it is as strict or stricter. In the order of kinds and places.
pub fn looser(was: &Directives, now: &Directives) -> Vec<Looser> {
    let (old_terms, new_terms) = (Terms::of(was), Terms::of(now));
    let pair = Pair { was, now, old_terms: &old_terms, new_terms: &new_terms };
    let mut found = Vec::new();
    gates::compare(&pair, &mut found);
    rights::compare(&pair, &mut found);
    people::compare(&pair, &mut found);
    workflows::compare(&pair, &mut found);
    found.sort();
    found.dedup();
    found
}

/// Everything that a first set grants: the kinds and lines as if there had been an empty set before.
pub fn grants(now: &Directives) -> Vec<Looser> {
    let nothing = Directives {
        digest: String::new(),
        readings: Vec::new(),
        roster: crate::roster::Roster { timezone: now.roster.timezone.clone(), ..crate::roster::Roster::default() },
        catalogue: crate::catalogue::Catalogue::default(),
        playbooks: Vec::new(),
        workflows: Vec::new(),
        step_gates: Vec::new(),
        policies: Default::default(),
        problems: Vec::new(),
        keepers: std::collections::BTreeMap::new(),
        files: std::collections::BTreeMap::new(),
    };
    looser(&nothing, now)
}

/// The two sets.
struct Pair<'a> {
    was: &'a Directives,
    now: &'a Directives,
    old_terms: &'a Terms,
    new_terms: &'a Terms,
}

impl Pair<'_> {
    /// The teams and words of the old set and of the new one.
    fn companies(&self) -> (Company<'_>, Company<'_>) {
        (
            Company { roster: &self.was.roster, terms: self.old_terms },
            Company { roster: &self.now.roster, terms: self.new_terms },
        )
    }

    /// Holds only where it holds by either set's teams and words.
    fn by_both(&self, test: impl Fn(&Company<'_>) -> bool) -> bool {
        let (old, new) = self.companies();
        test(&old) && test(&new)
    }

    /// Whether the new set has this very rule, wherever it stands.
    fn still_there(&self, reading: &Reading) -> bool {
        self.now.readings.iter().any(|other| other.rule == reading.rule && other.role == reading.role)
    }

    /// Whether the old set had it already.
    fn was_there(&self, reading: &Reading) -> bool {
        self.was.readings.iter().any(|other| other.rule == reading.rule && other.role == reading.role)
    }
}

fn at(what: What, says: String, reading: &Reading) -> Looser {
    let place = format!("{}:{}", reading.origin.file, reading.origin.line);
    Looser { what, says, place: Some(place), file: reading.origin.file.clone() }
}

fn in_file(what: What, says: String, file: &str) -> Looser {
    let place = (!file.is_empty()).then(|| file.to_owned());
    Looser { what, says, place, file: file.to_owned() }
}
