//! Who concretely holds what a reference names, and who is asked next when nobody answers. Pure.

use std::collections::BTreeSet;

use crate::clock::{Span, Timestamp};
use crate::directives::rule::{Condition, Escalate, Rule};
use crate::directives::{Directives, Origin};
use crate::roster::{Driver, PositionStatus, Roster};
use crate::workers::WorkerRef;

/// Who concretely takes a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holder {
    /// A position that a program fills.
    Agent { position: String },
    /// People, by handle: whoever accepts first has it.
    People(Vec<String>),
    /// The reference names nobody who works now; the sentence says whom.
    Nobody(String),
}

/// Resolves a reference for work that `requester` (a handle) asked for.
pub fn holder_of(roster: &Roster, worker: &WorkerRef, requester: Option<&str>) -> Holder {
    match worker {
        WorkerRef::Agent(id) => match roster.positions.get(id) {
            Some(position) if position.driver == Driver::Human => people(roster, worker, requester),
            Some(position) if position.status == PositionStatus::Active => Holder::Agent { position: id.clone() },
            Some(position) => Holder::Nobody(format!("{} does not work now", position.name)),
            None => Holder::Nobody(format!("there is no position called {id}")),
        },
        WorkerRef::Role(id) => match working_position(roster, id) {
            Some(position) => Holder::Agent { position },
            None => people(roster, worker, requester),
        },
        WorkerRef::Channel(_)
        | WorkerRef::Bot(_)
        | WorkerRef::Team(_)
        | WorkerRef::Person(_)
        | WorkerRef::Human
        | WorkerRef::Owner
        | WorkerRef::Supervisor
        | WorkerRef::Requester
        | WorkerRef::RequesterManager => people(roster, worker, requester),
    }
}

/// The first position of a role that a program fills and that works now.
fn working_position(roster: &Roster, role: &str) -> Option<String> {
    let mut positions = roster.positions_of(role);
    positions.find(|p| p.driver != Driver::Human && p.status == PositionStatus::Active).map(|p| p.id.clone())
}

fn people(roster: &Roster, worker: &WorkerRef, requester: Option<&str>) -> Holder {
    let found: BTreeSet<String> = roster.people_of(worker, &roster.context_of(None, requester));
    match found.is_empty() {
        true => Holder::Nobody(format!("{} is nobody at present", roster.spoken(worker))),
        false => Holder::People(found.into_iter().collect()),
    }
}

/// The next step of an escalation chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextEscalation {
    pub at: Timestamp,
    pub to: Vec<WorkerRef>,
    pub origin: Origin,
    /// How long nobody had answered by then, since the task was first offered.
    pub after: Span,
}

/// The step after `level` steps were taken, for a task offered since `since`; `None` where the chain ends.
///
/// The chain is every `escalate` sentence with a time whose other conditions fit, in the order of their times.
pub fn next_escalation(
    directives: &Directives,
    level: u32,
    since: Timestamp,
    fits: impl Fn(&Condition) -> bool,
) -> Option<NextEscalation> {
    let mut chain: Vec<(Span, &Escalate, &Origin)> = directives
        .each(|rule| if let Rule::Escalate(escalate) = rule { Some(escalate) } else { None })
        .filter_map(|(reading, rule)| Some((rule.when.unanswered_for.as_ref()?.span()?, rule, &reading.origin)))
        .filter(|(_, rule, _)| fits(&without_time(&rule.when)))
        .collect();
    chain.sort_by(|a, b| (a.0, a.2).cmp(&(b.0, b.2)));
    let (after, rule, origin) = chain.into_iter().nth(usize::try_from(level).ok()?)?;
    Some(NextEscalation { at: since.plus(after), to: rule.to.clone(), origin: origin.clone(), after })
}

fn without_time(when: &Condition) -> Condition {
    Condition { unanswered_for: None, ..when.clone() }
}
