//! The org chart: which people a worker reference means, who owns what, who stands in, and the way up.
//!
//! Only people appear in answers. An agent never decides for a person, so a reference to a program yields nobody.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{Driver, Position, PositionStatus, Role, Roster};
use crate::workers::WorkerRef;

/// How far references may lead from role to role; more is a loop that `check` should have refused.
const MAX_HOPS: usize = 16;

/// Whom the relative references mean in one case. Handles, without `@`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResolveContext {
    /// Who answers for the agent that acts.
    pub owner: BTreeSet<String>,
    pub supervisor: BTreeSet<String>,
    /// Who asked, if a person of the roster did.
    pub requester: Option<String>,
}

/// A stretch of days on which others stand in for a person; both days are inclusive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absence {
    /// Handle.
    pub person: String,
    /// Handles.
    pub by: Vec<String>,
    pub from: NaiveDate,
    pub until: NaiveDate,
}

impl Roster {
    /// The context of work that `position` does for `requester` (a handle).
    pub fn context_of(&self, position: Option<&str>, requester: Option<&str>) -> ResolveContext {
        let role = position.and_then(|id| self.positions.get(id)).and_then(|p| self.roles.get(&p.role));
        ResolveContext {
            owner: role.map(|role| self.owners_of(role)).unwrap_or_default(),
            supervisor: role.map(|role| self.supervisors_of(role)).unwrap_or_default(),
            requester: requester.map(str::to_owned),
        }
    }

    /// The people that `worker` means, as handles. Empty means nobody, which is never everybody.
    pub fn people_of(&self, worker: &WorkerRef, context: &ResolveContext) -> BTreeSet<String> {
        match worker {
            WorkerRef::Person(handle) => {
                self.people.get_key_value(handle).map(|(h, _)| h.clone()).into_iter().collect()
            }
            WorkerRef::Team(id) => {
                self.teams.get(id).into_iter().flat_map(|team| team.members.iter().cloned()).collect()
            }
            WorkerRef::Role(id) => self.holders_of(id),
            WorkerRef::Agent(id) => {
                self.positions.get(id).and_then(|position| position.holder()).map(str::to_owned).into_iter().collect()
            }
            WorkerRef::Human => self.triage.iter().cloned().collect(),
            WorkerRef::Owner => context.owner.clone(),
            WorkerRef::Supervisor => context.supervisor.clone(),
            WorkerRef::Requester => context.requester.iter().cloned().collect(),
            WorkerRef::RequesterManager => {
                context.requester.as_deref().and_then(|handle| self.manager_of(handle)).into_iter().collect()
            }
            WorkerRef::Channel(_) | WorkerRef::Bot(_) => BTreeSet::new(),
        }
    }

    /// The positions of a role in the file's order, retired ones included.
    pub fn positions_of<'a>(&'a self, role: &str) -> impl Iterator<Item = &'a Position> + 'a {
        self.roles.get(role).into_iter().flat_map(|role| role.positions.iter()).filter_map(|id| self.positions.get(id))
    }

    /// The people who fill a role now.
    pub fn holders_of(&self, role: &str) -> BTreeSet<String> {
        self.positions_of(role).filter_map(|position| position.holder()).map(str::to_owned).collect()
    }

    /// The humans who answer for a role.
    pub fn owners_of(&self, role: &Role) -> BTreeSet<String> {
        self.settle(&role.owner, MAX_HOPS)
    }

    pub fn supervisors_of(&self, role: &Role) -> BTreeSet<String> {
        self.settle(&role.supervisor, MAX_HOPS)
    }

    /// A person, or whoever fills a role; where no human fills it, whoever supervises it.
    fn settle(&self, worker: &WorkerRef, hops: usize) -> BTreeSet<String> {
        let direct = self.people_of(worker, &ResolveContext::default());
        if !direct.is_empty() || hops == 0 {
            return direct;
        }
        match worker {
            WorkerRef::Role(id) => {
                self.roles.get(id).map(|role| self.settle(&role.supervisor, hops - 1)).unwrap_or_default()
            }
            WorkerRef::Agent(_)
            | WorkerRef::Team(_)
            | WorkerRef::Person(_)
            | WorkerRef::Channel(_)
            | WorkerRef::Bot(_)
            | WorkerRef::Human
            | WorkerRef::Owner
            | WorkerRef::Supervisor
            | WorkerRef::Requester
            | WorkerRef::RequesterManager => BTreeSet::new(),
        }
    }

    /// The handle of the person's manager.
    pub fn manager_of(&self, handle: &str) -> Option<String> {
        self.people.get(handle)?.reports_to.clone()
    }

    /// The way up from a person, the nearest manager first; ends at the top, or where a loop would begin.
    pub fn up_from(&self, handle: &str) -> Vec<String> {
        let mut chain: Vec<String> = Vec::new();
        let mut at = handle.to_owned();
        while let Some(manager) = self.manager_of(&at) {
            if manager == handle || chain.contains(&manager) {
                break;
            }
            chain.push(manager.clone());
            at = manager;
        }
        chain
    }

    /// Who is asked next when nobody of `people` can be: their managers, then the supervisor's side of `position`, then
    /// triage. Those in `excluded` never appear, nor do those who were asked already.
    pub fn climb(
        &self,
        people: &BTreeSet<String>,
        context: &ResolveContext,
        excluded: &BTreeSet<String>,
    ) -> Vec<String> {
        let chains: Vec<Vec<String>> = people.iter().map(|handle| self.up_from(handle)).collect();
        let longest = chains.iter().map(Vec::len).max().unwrap_or(0);
        let by_level = (0..longest).flat_map(|level| chains.iter().filter_map(move |chain| chain.get(level)));
        let mut out: Vec<String> = Vec::new();
        for handle in by_level.chain(&context.owner).chain(&context.supervisor).chain(self.triage.as_ref()) {
            if !people.contains(handle) && !excluded.contains(handle) && !out.contains(handle) {
                out.push(handle.clone());
            }
        }
        out
    }

    /// Who decides in `handle`'s place on `day`; empty where nobody has to. Someone who is away too does not stand in,
    /// but whoever stands in for them does.
    pub fn stand_ins(&self, handle: &str, absences: &[Absence], day: NaiveDate) -> BTreeSet<String> {
        let mut seen: BTreeSet<String> = BTreeSet::from([handle.to_owned()]);
        let mut open: Vec<String> = vec![handle.to_owned()];
        let mut out = BTreeSet::new();
        while let Some(person) = open.pop() {
            for stand_in in away(&person, absences, day).flat_map(|absence| absence.by.iter()) {
                if !seen.insert(stand_in.clone()) || !self.people.contains_key(stand_in) {
                    continue;
                }
                if away(stand_in, absences, day).next().is_some() {
                    open.push(stand_in.clone());
                } else {
                    out.insert(stand_in.clone());
                }
            }
        }
        out
    }
}

impl Position {
    /// The handle of the human who fills it now: paused and retired positions are filled by nobody.
    pub fn holder(&self) -> Option<&str> {
        match (self.driver, self.status) {
            (Driver::Human, PositionStatus::Active | PositionStatus::Shadow) => self.person.as_deref(),
            (Driver::Human, PositionStatus::Paused | PositionStatus::Retired)
            | (Driver::Model | Driver::Playbook | Driver::Http | Driver::Command, _) => None,
        }
    }
}

fn away<'a>(person: &str, absences: &'a [Absence], day: NaiveDate) -> impl Iterator<Item = &'a Absence> + use<'a> {
    let person = person.to_owned();
    absences.iter().filter(move |a| a.person == person && a.from <= day && day <= a.until)
}
