//! Directives: plain-language files → rules that are enforced, and guidance that agents read.
//!
//! `read_set` (in `files/`) takes the texts of all files and yields either a whole [`Directives`] or the list of every
//! problem in every file. There is no half-read set: one error and the last good set stays in force.

pub mod changes;
pub mod condition;
pub mod diagnostics;
pub mod files;
pub mod language;
pub mod matching;
pub mod parts;
pub mod rule;
pub mod store;
pub mod template;
pub mod workflow;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::catalogue::Catalogue;
use crate::policy::Policies;
use crate::roster::Roster;
use rule::Rule;

/// Where a rule stands: the receipt that people are shown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Origin {
    /// Relative to the directives' folder, with forward slashes.
    pub file: String,
    /// Counted from 1.
    pub line: u32,
    /// Counted from 1, in characters.
    pub column: u32,
    /// The sentence as written, on one line.
    pub text: String,
}

/// One sentence, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    pub origin: Origin,
    pub rule: Rule,
    /// The canonical wording; reading it gives the same rule.
    pub paraphrase: String,
    /// The role whose file this stands in; its rules bind only that role, and may only tighten.
    pub role: Option<String>,
}

/// Raised whenever a sentence is read otherwise than before, so that `readings.lock` says by which version it was written.
pub const LANGUAGE_VERSION: u32 = 1;

/// One loaded set: everything that the rest of the system may know of the files.
#[derive(Debug, Clone)]
pub struct Directives {
    /// `sha256:…` over the files' paths and texts and `tools.lock`; decisions store it.
    pub digest: String,
    /// In the order of file name and line.
    pub readings: Vec<Reading>,
    pub roster: Roster,
    pub catalogue: Catalogue,
    pub playbooks: Vec<PlaybookSource>,
    /// In the order of their files.
    pub workflows: Vec<workflow::Workflow>,
    /// The approvals that steps of workflows need, as rules about starting them.
    pub step_gates: Vec<Reading>,
    /// Warnings and notes; a set with errors never gets this far.
    pub problems: Vec<diagnostics::Problem>,
    /// Who keeps each file, by its path; the company's keeper where a file names none, and under the empty path.
    pub keepers: BTreeMap<String, crate::workers::WorkerRef>,
    /// The policies in Rego; they only add to what the sentences say.
    pub policies: Policies,
    /// The text of each file by path, so that a line can be shown as it was.
    pub files: BTreeMap<String, String>,
}

/// A `## Playbook: NAME` section as structured text; `playbooks` interprets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaybookSource {
    pub name: String,
    pub role: String,
    pub origin: Origin,
    /// What the "When …" sentence means; an empty condition fits every request of the role.
    pub when: rule::Condition,
    /// What to take from the request.
    pub takes: Vec<Slot>,
    pub steps: Vec<Step>,
}

/// Something that a playbook takes from the request, or asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// As expressions call it: `order_number`, `amount`.
    pub name: String,
    /// As people call it: "order number".
    pub label: String,
    pub shape: SlotShape,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SlotShape {
    /// Like the example: letters stay, digits stand for any number of digits ("ORD-1042").
    Like(String),
    /// An amount of money, in `amount` (as people write it) and `amount_cents`.
    Money,
    /// A person, an e-mail address or a handle.
    Person,
    Email,
    /// The number itself.
    Number,
    /// One of these words.
    OneOf(Vec<String>),
    /// A calendar date.
    Date,
    /// What stands in quotation marks.
    Quoted,
    /// The whole request as it was written.
    Text,
}

/// One numbered step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub number: u32,
    pub line: u32,
    pub text: String,
    pub act: StepAct,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepAct {
    /// Call `tool`; each argument is a minijinja template; the result is called `as_name` afterwards.
    Call { tool: crate::catalogue::ToolName, arguments: Vec<(String, String)>, as_name: String },
    /// If the minijinja expression is true, do `then`; else go on.
    If { expression: String, then: Box<StepAct> },
    /// Answer with this template and end.
    Answer { template: String },
    /// Ask `of`, mostly the requester, and wait; the answer is called `as_name`.
    Ask { template: String, as_name: String, of: crate::workers::WorkerRef },
    /// Hand over to a worker and end.
    HandOver { to: crate::workers::WorkerRef, why: String },
    /// End without a word more.
    Stop,
}

/// The kinds of rule that this version enforces; the others are read, checked and listed as "read, not in force".
pub const IN_FORCE: &[&str] = &[
    "define", "route", "escalate", "approve", "allow", "forbid", "permit", "before", "review", "autonomy", "cover",
    "hours", "prioritise", "schedule", "budget", "expect", "sample", "guard", "guidance",
];

impl Directives {
    /// The stretches of days on which others stand in, from the `cover` sentences.
    pub fn absences(&self) -> Vec<crate::roster::chart::Absence> {
        let date = |text: &str| chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
        let handle = |worker: &crate::workers::WorkerRef| {
            self.roster.people_of(worker, &crate::roster::chart::ResolveContext::default()).into_iter().next()
        };
        self.each(|rule| if let Rule::Cover(cover) = rule { Some(cover) } else { None })
            .filter_map(|(_, cover)| {
                Some(crate::roster::chart::Absence {
                    person: handle(&cover.person)?,
                    by: cover.by.iter().filter_map(handle).collect(),
                    from: date(&cover.from)?,
                    until: date(&cover.until)?,
                })
            })
            .collect()
    }

    /// The first sentence that permits this very tool by its name.
    pub fn permit_named(&self, tool: &str) -> Option<&Reading> {
        let permits = self.each(|rule| if let Rule::Permit(permit) = rule { Some(permit) } else { None });
        let mut named = permits.filter(|(_, permit)| permit.tools.iter().any(|pattern| pattern.0 == tool));
        named.next().map(|(reading, _)| reading)
    }

    /// All rules of one kind with where they stand, in file order: `directives.rules(|r| match r { Rule::Route(x) => Some(x), … })`.
    pub fn each<'a, T: 'a>(
        &'a self,
        pick: impl Fn(&'a Rule) -> Option<&'a T> + 'a,
    ) -> impl Iterator<Item = (&'a Reading, &'a T)> + 'a {
        self.readings.iter().filter_map(move |reading| pick(&reading.rule).map(|rule| (reading, rule)))
    }
}

impl Directives {
    /// The approval that starting a step of a workflow needs, by the name that the gate knows the start by.
    pub fn step_gate(&self, tool: &crate::catalogue::ToolName) -> Option<&Reading> {
        let starts = |rule: &Rule| matches!(rule, Rule::Approve(rule) if rule.tools.iter().any(|p| p.0 == tool.0));
        self.step_gates.iter().find(|reading| starts(&reading.rule))
    }

    /// Whether a sentence names this bot as a sender; other bots are ignored.
    pub fn names_bot(&self, name: &str) -> bool {
        self.conditions().any(|when| {
            when.from
                .iter()
                .any(|from| matches!(from, crate::workers::WorkerRef::Bot(known) if known.eq_ignore_ascii_case(name)))
        })
    }

    /// Every channel that the files name, without `#`: in the list of channels, as a place, or as whoever hears of something.
    pub fn named_channels(&self) -> std::collections::BTreeSet<String> {
        let mut named: std::collections::BTreeSet<String> = self.roster.channels.keys().cloned().collect();
        named.extend(
            self.conditions().flat_map(|when| when.channels.iter().map(|c| c.trim_start_matches('#').to_owned())),
        );
        let schedules = self.each(|rule| if let Rule::Schedule(schedule) = rule { Some(schedule) } else { None });
        let heard = schedules.flat_map(|(_, schedule)| schedule.to.iter().chain(&schedule.who)).filter_map(|worker| {
            if let crate::workers::WorkerRef::Channel(name) = worker { Some(name.clone()) } else { None }
        });
        named.extend(heard);
        named
    }

    /// Whether a sentence routes the plain messages of this channel, without anybody mentioning the bot.
    pub fn watches(&self, channel: &str) -> bool {
        self.conditions().any(|when| {
            when.source == Some(rule::Source::Message)
                && when.channels.iter().any(|c| c.trim_start_matches('#') == channel)
        })
    }

    /// The conditions of all sentences that say where work goes.
    fn conditions(&self) -> impl Iterator<Item = &rule::Condition> {
        self.readings.iter().filter_map(|reading| Some(reading.rule.way()?.when))
    }
}
