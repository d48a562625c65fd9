//! Who is meant: workers of the contract's notation against the roster. Pure look-ups; accounts are not known here.

use std::collections::BTreeSet;

use super::holds::Holds;
use crate::roster::{Driver, Position, PositionStatus, Role, Roster};
use crate::workers::WorkerRef;

/// How often a worker may lead to another worker (an owner that is a role whose owner is …) before the look-up gives up.
const MAX_INDIRECTION: usize = 8;

/// The role that a worker fills, if it is a position.
pub fn role_of<'a>(roster: &'a Roster, worker: &WorkerRef) -> Option<&'a Role> {
    position_of(roster, worker).and_then(|position| roster.roles.get(&position.role))
}

/// The position that a worker is: an agent's own, or the first that a person fills.
pub fn position_of<'a>(roster: &'a Roster, worker: &WorkerRef) -> Option<&'a Position> {
    match worker {
        WorkerRef::Agent(id) => roster.positions.get(id),
        WorkerRef::Person(handle) => positions_of(roster, handle).next(),
        WorkerRef::Role(_)
        | WorkerRef::Team(_)
        | WorkerRef::Channel(_)
        | WorkerRef::Bot(_)
        | WorkerRef::Human
        | WorkerRef::Owner
        | WorkerRef::Supervisor
        | WorkerRef::Requester
        | WorkerRef::RequesterManager => None,
    }
}

fn positions_of<'a, 'h>(roster: &'a Roster, handle: &'h str) -> impl Iterator<Item = &'a Position> + use<'a, 'h> {
    roster.positions.values().filter(move |position| position.person.as_deref() == Some(handle))
}

/// Whether a rule's `who` binds this worker. An empty list binds everyone.
pub fn binds(roster: &Roster, who: &[WorkerRef], worker: &WorkerRef) -> Holds {
    if who.is_empty() {
        return Holds::Met;
    }
    Holds::any(who.iter().map(|named| binds_one(roster, named, worker)))
}

fn binds_one(roster: &Roster, named: &WorkerRef, worker: &WorkerRef) -> Holds {
    let (positions, person): (Vec<&Position>, Option<&str>) = if let WorkerRef::Person(handle) = worker {
        (positions_of(roster, handle).collect(), Some(handle))
    } else {
        let position = position_of(roster, worker);
        (position.into_iter().collect(), position.and_then(|position| position.person.as_deref()))
    };
    match named {
        WorkerRef::Agent(id) => Holds::of(positions.iter().any(|position| position.id == *id)),
        WorkerRef::Role(id) => Holds::of(positions.iter().any(|position| position.role == *id)),
        WorkerRef::Person(handle) => Holds::of(person == Some(handle.as_str())),
        WorkerRef::Human => Holds::of(person.is_some() && person == roster.triage.as_deref()),
        WorkerRef::Team(id) => {
            let of_role =
                |p: &&Position| roster.roles.get(&p.role).and_then(|role| role.team.as_deref()) == Some(id.as_str());
            let in_team = |handle: &str| roster.teams.get(id).is_some_and(|t| t.members.iter().any(|m| m == handle));
            Holds::of(positions.iter().any(of_role) || person.is_some_and(in_team))
        }
        WorkerRef::Channel(_) | WorkerRef::Bot(_) => Holds::NotMet,
        // Who these are depends on the task; a rule that binds "the owner" may or may not mean this worker.
        WorkerRef::Owner | WorkerRef::Supervisor | WorkerRef::Requester | WorkerRef::RequesterManager => Holds::Unknown,
    }
}

/// All workers that a `who` can mean, for comparing two rules. `None`: everyone.
pub fn reach(roster: &Roster, who: &[WorkerRef]) -> Option<BTreeSet<String>> {
    if who.is_empty() {
        return None;
    }
    let mut all = BTreeSet::new();
    for named in who {
        let before = all.len();
        for id in roster.positions.keys() {
            if binds_one(roster, named, &WorkerRef::Agent(id.clone())) == Holds::Met {
                all.insert(format!("position:{id}"));
            }
        }
        for handle in roster.people.keys() {
            if binds_one(roster, named, &WorkerRef::Person(handle.clone())) == Holds::Met {
                all.insert(format!("person:{handle}"));
            }
        }
        if all.len() == before {
            all.insert(named.to_string());
        }
    }
    Some(all)
}

/// For whom a worker is looked up: `owner` and `supervisor` are the acting worker's, `requester_manager` the requester's.
#[derive(Debug, Clone, Copy)]
pub struct Around<'a> {
    pub roster: &'a Roster,
    pub worker: &'a WorkerRef,
    /// The requester's handle.
    pub requester: Option<&'a str>,
}

impl Around<'_> {
    /// The people that `named` means now, by handle, in a fixed order, each once. Agents, channels and bots are nobody.
    pub fn people(&self, named: &[WorkerRef]) -> Vec<String> {
        let mut found = Vec::new();
        for worker in named {
            self.collect(worker, &mut found, MAX_INDIRECTION);
        }
        found
    }

    fn collect(&self, named: &WorkerRef, found: &mut Vec<String>, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        let mut add = |handle: &str| {
            if self.roster.people.contains_key(handle) && !found.iter().any(|known| known == handle) {
                found.push(handle.to_owned());
            }
        };
        match named {
            WorkerRef::Person(handle) => add(handle),
            WorkerRef::Agent(id) => {
                self.roster.positions.get(id).into_iter().filter_map(seat).for_each(add);
            }
            WorkerRef::Role(id) => {
                let filled = self.roster.positions.values().filter(|position| position.role == *id);
                filled.filter_map(seat).for_each(add);
            }
            WorkerRef::Team(id) => {
                self.roster.teams.get(id).into_iter().flat_map(|team| &team.members).for_each(|handle| add(handle));
            }
            WorkerRef::Human => self.roster.triage.iter().for_each(|handle| add(handle)),
            WorkerRef::Owner => match role_of(self.roster, self.worker) {
                Some(role) if role.owner != WorkerRef::Owner => self.collect(&role.owner, found, depth),
                Some(_) => {}
                None => self.manager_of_worker().into_iter().for_each(add),
            },
            WorkerRef::Supervisor => match role_of(self.roster, self.worker) {
                Some(role) if role.supervisor != WorkerRef::Supervisor => self.collect(&role.supervisor, found, depth),
                Some(_) => {}
                None => self.manager_of_worker().into_iter().for_each(add),
            },
            WorkerRef::RequesterManager => {
                self.requester.and_then(|handle| self.manager(handle)).into_iter().for_each(add);
            }
            // The requester never decides about an own request, so that nobody is meant.
            WorkerRef::Requester | WorkerRef::Channel(_) | WorkerRef::Bot(_) => {}
        }
    }

    pub fn manager(&self, handle: &str) -> Option<&str> {
        self.roster.people.get(handle)?.reports_to.as_deref()
    }

    /// A person who acts without a position answers to their manager.
    fn manager_of_worker(&self) -> Option<&str> {
        self.worker.person().and_then(|handle| self.manager(handle))
    }
}

/// The person on a position that people fill now. A paused seat keeps its holder's authority; a retired or shadow one has none.
fn seat(position: &Position) -> Option<&str> {
    let filled = match position.status {
        PositionStatus::Active | PositionStatus::Paused => true,
        PositionStatus::Shadow | PositionStatus::Retired => false,
    };
    (filled && position.driver == Driver::Human).then_some(position.person.as_deref()).flatten()
}
