//! Who can take work now: positions that are active, people who are there or their stand-ins.

use chrono::NaiveDate;
use chrono_tz::Tz;

use crate::clock::Timestamp;
use crate::directives::rule::{Cover, Rule};
use crate::directives::{Directives, Reading};
use crate::roster::{Driver, Position, PositionStatus, Role, Roster};
use crate::workers::WorkerRef;

/// Covers that lead to covers are followed so far; a ring of holidays ends here.
const MAX_STAND_INS: usize = 4;

/// Whether a worker may be given work: a paused, retired or shadow position may not.
pub(super) fn is_available(roster: &Roster, worker: &WorkerRef) -> bool {
    match worker {
        WorkerRef::Agent(id) => roster.positions.get(id).is_some_and(is_active),
        WorkerRef::Role(id) => {
            roster.roles.get(id).is_some_and(|role| role.positions.is_empty() || positions(roster, role).any(is_active))
        }
        WorkerRef::Person(handle) => roster.people.contains_key(handle),
        WorkerRef::Team(id) => {
            roster.teams.get(id).is_some_and(|team| !team.members.is_empty() || team.user_group.is_some())
        }
        WorkerRef::Channel(_) => true,
        WorkerRef::Bot(_) => false,
        // Looked up when the work is assigned; each leads up the org chart and in the end to the triage person.
        WorkerRef::Human
        | WorkerRef::Owner
        | WorkerRef::Supervisor
        | WorkerRef::Requester
        | WorkerRef::RequesterManager => true,
    }
}

fn is_active(position: &Position) -> bool {
    match position.status {
        PositionStatus::Active => true,
        PositionStatus::Shadow | PositionStatus::Paused | PositionStatus::Retired => false,
    }
}

fn positions<'a>(roster: &'a Roster, role: &'a Role) -> impl Iterator<Item = &'a Position> {
    role.positions.iter().filter_map(|id| roster.positions.get(id))
}

/// How work for a role is addressed: to its one active program by name, else to the role, whoever fills it.
/// `None` where nobody may take it now.
pub(super) fn worker_of_role(roster: &Roster, role: &Role) -> Option<WorkerRef> {
    let mut active = positions(roster, role).filter(|position| is_active(position));
    let whole = WorkerRef::Role(role.id.clone());
    match (active.next(), active.next()) {
        (Some(only), None) => match only.driver {
            Driver::Model | Driver::Playbook | Driver::Http | Driver::Command => {
                Some(WorkerRef::Agent(only.id.clone()))
            }
            Driver::Human => Some(whole),
        },
        (Some(_), Some(_)) => Some(whole),
        (None, _) => role.positions.is_empty().then_some(whole),
    }
}

/// Those of `to` who may take work at `now`, people who are away replaced by their stand-ins; the covers that did it.
pub(super) fn who_takes<'a>(
    directives: &'a Directives,
    to: &[WorkerRef],
    now: Timestamp,
) -> (Vec<WorkerRef>, Vec<&'a Reading>) {
    let (mut takers, mut covers) = (Vec::new(), Vec::new());
    let available = to.iter().filter(|worker| is_available(&directives.roster, worker));
    for worker in available {
        let mut present = vec![worker.clone()];
        for _ in 0..MAX_STAND_INS {
            let Some((at, reading, cover)) = present
                .iter()
                .enumerate()
                .find_map(|(at, who)| away(directives, who, now).map(|(reading, cover)| (at, reading, cover)))
            else {
                break;
            };
            present.splice(at..=at, cover.by.iter().cloned());
            covers.push(reading);
        }
        for who in present {
            if !takers.contains(&who) {
                takers.push(who);
            }
        }
    }
    (takers, covers)
}

/// The sentence that says who stands in for this worker today, by the company's calendar; both dates are inclusive.
fn away<'a>(directives: &'a Directives, who: &WorkerRef, now: Timestamp) -> Option<(&'a Reading, &'a Cover)> {
    let WorkerRef::Person(_) = who else { return None };
    let zone: Tz = directives.roster.timezone.parse().unwrap_or(Tz::UTC);
    let today = now.to_utc().with_timezone(&zone).date_naive();
    let date = |text: &str| text.parse::<NaiveDate>().ok();
    let covers = directives.each(|rule| if let Rule::Cover(cover) = rule { Some(cover) } else { None });
    covers.into_iter().find(|(_, cover)| {
        let begun = date(&cover.from).is_some_and(|from| from <= today);
        let over = date(&cover.until).is_none_or(|until| until < today);
        cover.person == *who && !cover.by.is_empty() && begun && !over
    })
}
