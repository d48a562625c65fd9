//! `workload [WHO|TEAM]`: counts from the current holdings, two statements for any number of workers.

use super::super::FlowError;
use super::Told;
use super::seen::{Sight, Viewer};
use super::stage::Standing;
use crate::assignments::{AssignmentState, store as assignments};
use crate::clock::Span;
use crate::commands::workload::{DONE_DAYS, WorkloadAnswer, WorkloadLine, render};
use crate::ids::TaskId;
use crate::replies::refusals::Refusal;
use crate::roster::PositionStatus;
use crate::tasks::store as tasks;
use crate::workers::WorkerRef;

/// So many tasks of one worker are shown; the rest is counted.
const TASKS_SHOWN: i64 = 10;

pub(super) async fn answer(viewer: &Viewer<'_>, who: Option<&str>) -> Result<Told, FlowError> {
    let command = who.map_or_else(|| "workload".to_owned(), |who| format!("workload {who}"));
    if let Err(refusal) = viewer.only_alone(&command) {
        return Ok(Err(refusal));
    }
    match group(viewer, who) {
        Ok(group) => Ok(Ok(told(viewer, group).await?)),
        Err(refusal) => Ok(Err(refusal)),
    }
}

/// Whose workload is told: those whom the asker sees, and how many others there are.
struct Group {
    of: String,
    workers: Vec<WorkerRef>,
    hidden: usize,
}

fn group(viewer: &Viewer<'_>, who: Option<&str>) -> Result<Group, Refusal> {
    let roster = &viewer.moment.directives.roster;
    let worker = match who {
        None => WorkerRef::Person(viewer.known()?.to_owned()),
        Some(text) => viewer.resolve(text)?,
    };
    let of = viewer.names().worker(&worker).name;
    let members: Vec<WorkerRef> = match &worker {
        WorkerRef::Team(id) => {
            let people = roster.teams.get(id).into_iter().flat_map(|team| &team.members).cloned();
            let of_team =
                |role: &String| roster.roles.get(role).and_then(|role| role.team.as_deref()) == Some(id.as_str());
            let agents = roster
                .positions
                .values()
                .filter(|position| position.is_program() && of_team(&position.role))
                .filter(|position| position.status != PositionStatus::Retired);
            people.map(WorkerRef::Person).chain(agents.map(|position| WorkerRef::Agent(position.id.clone()))).collect()
        }
        WorkerRef::Role(id) => roster
            .positions_of(id)
            .filter(|position| position.status != PositionStatus::Retired)
            .map(|position| match position.holder() {
                Some(handle) => WorkerRef::Person(handle.to_owned()),
                None => WorkerRef::Agent(position.id.clone()),
            })
            .collect(),
        WorkerRef::Human => roster.triage.iter().cloned().map(WorkerRef::Person).collect(),
        WorkerRef::Agent(_) | WorkerRef::Person(_) => vec![worker.clone()],
        WorkerRef::Channel(_)
        | WorkerRef::Bot(_)
        | WorkerRef::Owner
        | WorkerRef::Supervisor
        | WorkerRef::Requester
        | WorkerRef::RequesterManager => Vec::new(),
    };
    let seen: Vec<WorkerRef> =
        members.iter().filter(|member| viewer.sees_of(Sight::Workload, member)).cloned().collect();
    if seen.is_empty() {
        return Err(viewer.may_not_see(Sight::Workload, format!("The workload of {of}"), &members));
    }
    Ok(Group { of, hidden: members.len() - seen.len(), workers: seen })
}

async fn told(viewer: &Viewer<'_>, group: Group) -> Result<crate::replies::Card, FlowError> {
    let store = &viewer.app.store;
    let seats: Vec<(WorkerRef, Vec<WorkerRef>)> =
        group.workers.iter().map(|worker| (worker.clone(), seats(viewer, worker))).collect();
    let all: Vec<WorkerRef> = seats.iter().flat_map(|(_, seats)| seats).cloned().collect();
    let load = assignments::load_of(store, &all).await?;
    let since = viewer.moment.now.minus(Span::days(DONE_DAYS));
    let done = assignments::done_since(store, &all, since).await?;
    let count = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    let mut lines: Vec<WorkloadLine> = seats
        .iter()
        .map(|(worker, seats)| {
            let own = || load.iter().filter(|load| seats.contains(&load.worker));
            let in_state = |state| own().filter(|load| load.state == state).map(|load| load.tasks).sum();
            let done = done.iter().filter(|(by, _)| seats.contains(by)).map(|(_, tasks)| tasks).sum();
            WorkloadLine {
                who: viewer.names().worker(worker),
                has: count(in_state(AssignmentState::Held)),
                asked: count(in_state(AssignmentState::Offered)),
                oldest: own().map(|load| load.oldest).min(),
                done: count(done),
            }
        })
        .collect();
    lines.sort_by(|a, b| (b.has + b.asked).cmp(&(a.has + a.asked)).then_with(|| a.who.name.cmp(&b.who.name)));
    let (mut shown, mut more) = (Vec::new(), 0);
    if let [(_, seats)] = seats.as_slice() {
        let held = assignments::of_workers(store, seats, TASKS_SHOWN).await?;
        let ids: Vec<TaskId> = held.iter().map(|held| held.task).collect();
        let found = tasks::find_all(store, &ids).await?;
        let standing = Standing::of(viewer.app, &found).await?;
        shown = found.iter().map(|task| standing.line(viewer, task)).collect();
        let total: u32 = lines.iter().map(|line| line.has + line.asked).sum();
        more = total.saturating_sub(count(i64::try_from(shown.len()).unwrap_or(i64::MAX)));
    }
    let hidden = count(i64::try_from(group.hidden).unwrap_or(i64::MAX));
    Ok(render(&WorkloadAnswer { of: group.of, lines, hidden, tasks: shown, more, as_of: viewer.moment.now }))
}

/// The references under which a worker has work.
fn seats(viewer: &Viewer<'_>, worker: &WorkerRef) -> Vec<WorkerRef> {
    let triage = viewer.moment.directives.roster.triage.as_deref();
    match worker {
        WorkerRef::Person(handle) if triage == Some(handle) => vec![worker.clone(), WorkerRef::Human],
        other => vec![other.clone()],
    }
}
