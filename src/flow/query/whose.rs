//! Whom a question names, and who may see how much somebody has to do and what it costs.
//!
//! By default that is the person, whoever is above them, and for an agent its owner and supervisor. Sentences widen it.

use std::collections::BTreeSet;

use super::super::decide::who;
use super::seen::{Sight, Viewer};
use crate::directives::matching::people::position_of;
use crate::replies::refusals::Refusal;
use crate::roster::names::Named;
use crate::roster::{Position, PositionStatus};
use crate::workers::WorkerRef;

/// How far up the org chart somebody's superiors are looked for; more would be a loop.
const MAX_LEVELS: usize = 16;

impl Viewer<'_> {
    /// The one worker that a text names: by name, id, title, handle or mention.
    pub fn resolve(&self, text: &str) -> Result<WorkerRef, Refusal> {
        let roster = &self.moment.directives.roster;
        let nobody = || Refusal::NoSuchWorker { text: text.to_owned(), nearest: roster.nearest_name(text) };
        if let Some(account) = text.strip_prefix("<@").and_then(|rest| rest.strip_suffix('>')) {
            let account = account.split('|').next().unwrap_or(account);
            let person = self.moment.directory.person_of(roster, account).ok_or_else(nobody)?;
            return Ok(WorkerRef::Person(person.handle.clone()));
        }
        match roster.named(text) {
            Named::One(worker) => Ok(worker),
            Named::Several(workers) => Err(Refusal::Ambiguous {
                text: text.to_owned(),
                are: workers.iter().map(|worker| roster.spoken(worker)).collect(),
            }),
            Named::Nobody => Err(nobody()),
        }
    }

    /// The one position that a text names.
    pub fn resolve_position(&self, text: &str) -> Result<&Position, Refusal> {
        let roster = &self.moment.directives.roster;
        let worker = self.resolve(text)?;
        let found: Vec<&Position> = match &worker {
            WorkerRef::Role(id) => {
                roster.positions_of(id).filter(|position| position.status != PositionStatus::Retired).collect()
            }
            WorkerRef::Agent(_) | WorkerRef::Person(_) => position_of(roster, &worker).into_iter().collect(),
            WorkerRef::Team(_)
            | WorkerRef::Channel(_)
            | WorkerRef::Bot(_)
            | WorkerRef::Human
            | WorkerRef::Owner
            | WorkerRef::Supervisor
            | WorkerRef::Requester
            | WorkerRef::RequesterManager => Vec::new(),
        };
        match found.as_slice() {
            [only] => Ok(only),
            [] => Err(Refusal::NoSuchWorker { text: text.to_owned(), nearest: roster.nearest_name(text) }),
            many => {
                let are = many.iter().map(|position| position.name.clone()).collect();
                Err(Refusal::Ambiguous { text: text.to_owned(), are })
            }
        }
    }

    /// Who sees a worker's workload or costs, without the sentences: handles.
    pub fn superiors_of(&self, worker: &WorkerRef) -> BTreeSet<String> {
        let roster = &self.moment.directives.roster;
        let mut may = BTreeSet::new();
        match worker {
            WorkerRef::Person(handle) => {
                may.insert(handle.clone());
                self.above(handle, &mut may);
            }
            WorkerRef::Agent(id) => {
                let context = roster.context_of(Some(id), None);
                for handle in context.owner.iter().chain(&context.supervisor) {
                    may.insert(handle.clone());
                    self.above(handle, &mut may);
                }
            }
            WorkerRef::Human => may.extend(roster.triage.clone()),
            WorkerRef::Role(_)
            | WorkerRef::Team(_)
            | WorkerRef::Channel(_)
            | WorkerRef::Bot(_)
            | WorkerRef::Owner
            | WorkerRef::Supervisor
            | WorkerRef::Requester
            | WorkerRef::RequesterManager => {}
        }
        may
    }

    fn above(&self, handle: &str, may: &mut BTreeSet<String>) {
        let people = &self.moment.directives.roster.people;
        let mut at = people.get(handle);
        for _ in 0..MAX_LEVELS {
            let Some(manager) = at.and_then(|person| person.reports_to.as_ref()) else { return };
            may.insert(manager.clone());
            at = people.get(manager);
        }
    }

    /// Whether the asker sees this of a worker.
    pub fn sees_of(&self, sight: Sight, worker: &WorkerRef) -> bool {
        let by_default = self.handle.as_ref().is_some_and(|handle| self.superiors_of(worker).contains(handle));
        by_default || self.permitted(sight)
    }

    /// The refusal of `what` about these workers: it names who sees it.
    pub fn may_not_see(&self, sight: Sight, what: String, workers: &[WorkerRef]) -> Refusal {
        let mut may: BTreeSet<String> = workers.iter().flat_map(|worker| self.superiors_of(worker)).collect();
        may.extend(self.all_permitted(sight));
        Refusal::MayNotSee { what, may: who::people(&self.moment.directives, &self.moment.directory, &may) }
    }

    /// Refuses what is told to one person alone, where others read along.
    pub fn only_alone(&self, command: &str) -> Result<(), Refusal> {
        if self.asker.private { Ok(()) } else { Err(Refusal::NotAloud { command: command.to_owned() }) }
    }

    /// The positions that programs fill and that the asker owns or supervises.
    pub fn own_agents(&self) -> Vec<&Position> {
        let roster = &self.moment.directives.roster;
        let Some(handle) = &self.handle else { return Vec::new() };
        let answers = |position: &&Position| {
            let context = roster.context_of(Some(&position.id), None);
            context.owner.contains(handle) || context.supervisor.contains(handle)
        };
        roster
            .positions
            .values()
            .filter(|position| position.is_program() && position.status != PositionStatus::Retired)
            .filter(answers)
            .collect()
    }
}
