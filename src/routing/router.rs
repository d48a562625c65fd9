//! The router that is built once for a set of directives: the rules' index, and the likeness of a text to each role.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::likeness::{Calibration, ClassText, Lesson, Model, Scored};
use super::outcomes::outcomes;
use super::rules::RuleIndex;
use super::targets::worker_of_role;
use super::{Candidate, material};
use crate::directives::Directives;
use crate::roster::Roster;
use crate::workers::WorkerRef;

/// How many candidates are offered.
const MAX_CANDIDATES: usize = 5;
/// "A human should have it" becomes something to learn once so many messages were handed to people.
const MIN_HUMAN_LESSONS: usize = 5;

/// A past message and who it turned out to be for: one line of an experience file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Experience {
    pub text: String,
    /// A position, a role or `human`; with or without its prefix.
    pub route: String,
}

/// Built from directives and experience; the same ones give the same router bit for bit.
pub struct Router {
    digest: String,
    readings: usize,
    rules: RuleIndex,
    /// Who each class is addressed as; `None` where nobody may take it now. The last may be the triage person.
    workers: Vec<Option<WorkerRef>>,
    model: Model,
    calibration: Calibration,
    /// Lessons that name nobody of this company (any more).
    unknown: usize,
    /// All lessons that it was built from.
    lessons: usize,
}

/// What the text alone tells.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Likeness {
    /// Empty when unsure.
    pub to: Vec<WorkerRef>,
    pub confidence: f64,
    pub candidates: Vec<Candidate>,
}

impl Router {
    /// `experience` in the order in which it happened.
    pub fn build(directives: &Directives, experience: &[Experience]) -> Self {
        let rules = RuleIndex::of(directives);
        let (mut workers, mut classes) = (Vec::new(), Vec::new());
        for role in directives.roster.roles.values() {
            workers.push(worker_of_role(&directives.roster, role));
            classes.push(material::of_role(role, directives, rules.terms()));
        }
        let (lessons, unknown) = lessons(&directives.roster, experience);
        let human = classes.len();
        if lessons.iter().filter(|(_, class)| *class == human).count() >= MIN_HUMAN_LESSONS {
            workers.push(Some(WorkerRef::Human));
            classes.push(ClassText::default());
        }
        let learned: Vec<Lesson<'_>> = lessons.iter().copied().filter(|(_, class)| *class < classes.len()).collect();
        let model = Model::of(&classes, &learned);
        Self {
            digest: directives.digest.clone(),
            readings: directives.readings.len(),
            rules,
            workers,
            calibration: Calibration::of(&outcomes(&classes, &lessons), model.labelled()),
            model,
            unknown,
            lessons: experience.len(),
        }
    }

    /// How many corrections it was built from.
    pub fn lessons(&self) -> usize {
        self.lessons
    }

    /// How many lines of the experience name nobody of this company; they teach nothing.
    pub fn unknown_lessons(&self) -> usize {
        self.unknown
    }

    /// The index of the rules: the one made at the build, or a new one if this is another set.
    pub(super) fn rules_for(&self, directives: &Directives) -> Cow<'_, RuleIndex> {
        if self.digest == directives.digest && self.readings == directives.readings.len() {
            Cow::Borrowed(&self.rules)
        } else {
            Cow::Owned(RuleIndex::of(directives))
        }
    }

    pub(super) fn likeness(&self, text: &str) -> Likeness {
        if self.workers.is_empty() {
            return Likeness { to: Vec::new(), confidence: 0.0, candidates: Vec::new() };
        }
        let scored = self.model.score(text);
        let confidence = self.calibration.confidence(&scored.signs);
        let best = self.workers[scored.best].clone().filter(|_| self.calibration.is_enough(confidence));
        Likeness { to: best.into_iter().collect(), confidence, candidates: self.candidates(&scored, confidence) }
    }

    /// Closest first. The best class scores its confidence, the others as much less as their share is smaller.
    fn candidates(&self, scored: &Scored, confidence: f64) -> Vec<Candidate> {
        let mut order: Vec<usize> = (0..self.workers.len()).collect();
        order.sort_by(|a, b| scored.shares[*b].total_cmp(&scored.shares[*a]).then(a.cmp(b)));
        let top = f64::from(scored.shares[scored.best]).max(f64::MIN_POSITIVE);
        let offered = order.into_iter().filter_map(|class| {
            let worker = self.workers[class].clone().filter(|worker| *worker != WorkerRef::Human)?;
            Some(Candidate { worker, score: confidence * f64::from(scored.shares[class]) / top })
        });
        offered.take(MAX_CANDIDATES).collect()
    }
}

/// Each lesson with its class, in order; the class after the last role is the triage person. And how many name nobody.
fn lessons<'a>(roster: &Roster, experience: &'a [Experience]) -> (Vec<Lesson<'a>>, usize) {
    let known: Vec<Lesson<'a>> = experience
        .iter()
        .filter_map(|lesson| class_of(roster, &lesson.route).map(|class| (lesson.text.as_str(), class)))
        .collect();
    let unknown = experience.len() - known.len();
    (known, unknown)
}

/// The class of a worker as experience files write it; people without a role stand for the triage person.
fn class_of(roster: &Roster, route: &str) -> Option<usize> {
    let bare = route.trim();
    let class = |role: &str| roster.roles.keys().position(|id| id == role);
    let role_of_position = |id: &str| roster.positions.get(id).and_then(|position| class(&position.role));
    match bare.parse::<WorkerRef>() {
        Ok(WorkerRef::Agent(id)) => role_of_position(&id),
        Ok(WorkerRef::Role(id)) => class(&id),
        Ok(WorkerRef::Person(handle)) if roster.people.contains_key(&handle) => {
            let seat = roster.positions.values().find(|position| position.person.as_deref() == Some(handle.as_str()));
            Some(seat.and_then(|seat| class(&seat.role)).unwrap_or(roster.roles.len()))
        }
        Ok(WorkerRef::Human) => Some(roster.roles.len()),
        Ok(
            WorkerRef::Person(_)
            | WorkerRef::Team(_)
            | WorkerRef::Channel(_)
            | WorkerRef::Bot(_)
            | WorkerRef::Owner
            | WorkerRef::Supervisor
            | WorkerRef::Requester
            | WorkerRef::RequesterManager,
        ) => None,
        Err(_bare_name) => role_of_position(bare).or_else(|| class(bare)),
    }
}
