//! What a worker may do alone and what waits for whom, from the sentences that touch its tools.
//!
//! A summary for people: whether one call runs is the gate's word alone.

use super::super::says::{Names, cited_origin};
use crate::catalogue::ToolName;
use crate::directives::matching::people::{binds, position_of};
use crate::directives::matching::words::{Words, same_term};
use crate::directives::parts::Gate;
use crate::directives::rule::{AmountRange, Condition, Number, Permit, Rule, ToolPattern};
use crate::directives::{Directives, Reading};
use crate::money::{Currency, Money};
use crate::replies::Cited;
use crate::replies::named::any_of;
use crate::workers::WorkerRef;

/// So many things are said of one worker; `can NAME` tells all.
const MAX_SAID: usize = 4;

/// The sentences that touch what a worker can use.
pub(super) struct Authority<'a> {
    /// Free of approval.
    pub allowed: Vec<&'a Reading>,
    /// Waits for somebody's word.
    pub asked: Vec<&'a Reading>,
    /// Never runs.
    pub forbidden: Vec<&'a Reading>,
}

impl<'a> Authority<'a> {
    pub fn of(directives: &'a Directives, worker: &WorkerRef) -> Self {
        let roster = &directives.roster;
        let tools = tools_of(directives, worker);
        let touches =
            |patterns: &[ToolPattern]| patterns.iter().any(|one| tools.iter().any(|own| overlap(&one.0, own)));
        let own_role = position_of(roster, worker).map(|position| position.role.as_str());
        let concerns = |reading: &Reading| reading.role.is_none() || reading.role.as_deref() == own_role;
        let mut authority = Self { allowed: Vec::new(), asked: Vec::new(), forbidden: Vec::new() };
        for reading in directives.readings.iter().filter(|reading| concerns(reading)) {
            match &reading.rule {
                Rule::Allow(rule) if touches(&rule.tools) && binds(roster, &rule.who, worker).surely_met() => {
                    authority.allowed.push(reading);
                }
                Rule::Approve(rule) if touches(&rule.tools) && binds(roster, &rule.who, worker).met_or_unknown() => {
                    authority.asked.push(reading);
                }
                Rule::Forbid(rule) if touches(&rule.tools) && binds(roster, &rule.who, worker).met_or_unknown() => {
                    authority.forbidden.push(reading);
                }
                Rule::Allow(_)
                | Rule::Approve(_)
                | Rule::Forbid(_)
                | Rule::Define(_)
                | Rule::Route(_)
                | Rule::Escalate(_)
                | Rule::Permit(_)
                | Rule::Before(_)
                | Rule::Prioritise(_)
                | Rule::Budget(_)
                | Rule::Expect(_)
                | Rule::Review(_)
                | Rule::Sample(_)
                | Rule::Guard(_)
                | Rule::Autonomy(_)
                | Rule::Schedule(_)
                | Rule::Cover(_)
                | Rule::Hours(_)
                | Rule::Guidance(_) => {}
            }
        }
        authority
    }

    /// Only the sentences about a topic; all of them where none is about it.
    #[must_use]
    pub fn about(self, topic: Option<&str>) -> Self {
        let Some(topic) = topic else { return self };
        let about = |reading: &&Reading| {
            reading.rule.gate().is_some_and(|gate| same_term(gate.action, topic))
                || Words::of(&reading.origin.text).contain(topic)
        };
        if !self.allowed.iter().chain(&self.asked).any(about) {
            return self;
        }
        let only = |readings: Vec<&'a Reading>| readings.into_iter().filter(about).collect();
        Self { allowed: only(self.allowed), asked: only(self.asked), forbidden: only(self.forbidden) }
    }

    /// The lines behind [`Self::may`] and [`Self::waits`], in the order of the files.
    pub fn lines(&self) -> Vec<Cited> {
        let shown = self.allowed.iter().take(MAX_SAID).chain(self.asked.iter().take(MAX_SAID));
        shown.map(|reading| cited_origin(&reading.origin)).collect()
    }

    /// "refund up to $200".
    pub fn may(&self) -> Vec<String> {
        self.allowed.iter().take(MAX_SAID).map(|reading| phrase(reading)).collect()
    }

    /// "refund above $200 asks a finance manager".
    pub fn waits(&self, names: &Names<'_>) -> Vec<String> {
        let says = |reading: &&Reading| format!("{} asks {}", phrase(reading), asks(names, &reading.rule));
        self.asked.iter().take(MAX_SAID).map(says).collect()
    }
}

/// Tool patterns of a worker's front matter and of the sentences that permit it tools.
pub(super) fn tools_of(directives: &Directives, worker: &WorkerRef) -> Vec<String> {
    let roster = &directives.roster;
    let mut tools: Vec<String> = position_of(roster, worker).map(|position| position.tools.clone()).unwrap_or_default();
    let permits = directives.each(|rule: &Rule| -> Option<&Permit> {
        if let Rule::Permit(permit) = rule { Some(permit) } else { None }
    });
    for (_, permit) in permits.filter(|(_, permit)| binds(roster, &permit.who, worker).surely_met()) {
        tools.extend(permit.tools.iter().map(|pattern| pattern.0.clone()));
    }
    tools.sort();
    tools.dedup();
    tools
}

/// Whether two patterns (`billing.refund`, `billing.*`) have a tool in common.
pub(super) fn overlap(one: &str, other: &str) -> bool {
    one == other || ToolName(one.to_owned()).matches(other) || ToolName(other.to_owned()).matches(one)
}

/// The action with its amounts; where more is said than an amount, that the line has conditions.
pub(super) fn phrase(reading: &Reading) -> String {
    let Some(Gate { action, when, .. }) = reading.rule.gate() else { return String::new() };
    let amount = when.amount.as_ref().map(amount_phrase).unwrap_or_default();
    let rest = Condition { amount: None, ..when.clone() };
    let running = when.amount.as_ref().is_some_and(|range| range.per.is_some());
    if rest.is_empty() && !running {
        return format!("{action}{amount}");
    }
    format!("{action}{amount} under the conditions of {}:{}", reading.origin.file, reading.origin.line)
}

fn amount_phrase(range: &AmountRange) -> String {
    let bounds = [("above", range.over), ("from", range.at_least), ("below", range.under), ("up to", range.at_most)];
    let said = bounds.iter().filter_map(|(word, bound)| Some(format!(" {word} {}", money((*bound)?, &range.currency))));
    said.collect()
}

/// Whole amounts without their zeros: "$200".
fn money(number: Number, currency: &str) -> String {
    let text = Money::new(number.0, Currency::new(currency)).to_string();
    text.replace(".00", "")
}

/// Whom an approval asks: "a finance manager", "Dana Ruiz", "its owner".
pub(super) fn asks(names: &Names<'_>, rule: &Rule) -> String {
    let Rule::Approve(rule) = rule else { return String::new() };
    let people: Vec<_> = rule
        .by
        .iter()
        .map(|worker| match worker {
            WorkerRef::Role(id) => {
                let title = names.directives.roster.roles.get(id).map_or(id.as_str(), |role| &role.title);
                crate::replies::Who::new(&crate::replies::wording::article(&title.to_lowercase()), None)
            }
            WorkerRef::Team(id) => {
                let team = names.directives.roster.teams.get(id).map_or(id.as_str(), |team| &team.name);
                crate::replies::Who::new(&format!("the {team}"), None)
            }
            WorkerRef::Agent(_)
            | WorkerRef::Person(_)
            | WorkerRef::Channel(_)
            | WorkerRef::Bot(_)
            | WorkerRef::Human
            | WorkerRef::Owner
            | WorkerRef::Supervisor
            | WorkerRef::Requester
            | WorkerRef::RequesterManager => names.worker(worker),
        })
        .collect();
    let who = if people.is_empty() { "its owner".to_owned() } else { any_of(&people) };
    if rule.count > 1 { format!("{} people: {who}", rule.count) } else { who }
}
