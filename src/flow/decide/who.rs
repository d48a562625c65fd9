//! Who somebody is, by authenticated account and as the directory knows it at this moment.

use std::collections::BTreeSet;

use super::super::App;
use super::super::facts::Moment;
use super::super::says::Names;
use crate::catalogue::ToolName;
use crate::directives::Directives;
use crate::gate::{Decision, History, Proposal, Requester, TaskFacts, judge};
use crate::ids::TaskId;
use crate::replies::Who;
use crate::replies::refusals::Refusal;
use crate::roster::directory::Directory;
use crate::tasks::Task;
use crate::workers::{ActorChain, SlackUser, WorkerRef};

/// The handle of a live member of the company. Guests, bots, other workspaces' and deactivated accounts are nobody here.
pub fn person(app: &App, directives: &Directives, directory: &Directory, by: &SlackUser) -> Result<String, Refusal> {
    let Some(account) = directory.account(&by.user).filter(|_| by.team == app.ours.team) else {
        return Err(Refusal::Outsider);
    };
    if account.is_guest || account.is_bot || account.deactivated {
        return Err(Refusal::Outsider);
    }
    match directory.person_of(&directives.roster, &by.user) {
        Some(person) => Ok(person.handle.clone()),
        None => {
            let names = Names { directives, directory };
            let keeper = directives.keepers.get("").cloned().unwrap_or(WorkerRef::Human);
            Err(Refusal::Stranger { keeper: names.worker(&keeper) })
        }
    }
}

/// Everyone who may steer a task: its requester, whoever holds it, the holder's owner and supervisor, and triage.
pub fn may_steer(
    directives: &Directives,
    directory: &Directory,
    task: &Task,
    holder: Option<&WorkerRef>,
) -> BTreeSet<String> {
    let roster = &directives.roster;
    let requester = directory.person_of(roster, &task.requester.user).map(|person| person.handle.clone());
    let mut may: BTreeSet<String> = requester.iter().chain(roster.triage.iter()).cloned().collect();
    if let Some(holder) = holder {
        let context = roster.context_of(holder.agent(), requester.as_deref());
        may.extend(roster.people_of(holder, &context));
        may.extend(context.owner.iter().chain(&context.supervisor).cloned());
    }
    may
}

/// Whether this account may steer the task; the requester may, known to the roster or not.
pub fn steers(
    app: &App,
    directives: &Directives,
    directory: &Directory,
    task: &Task,
    holder: Option<&WorkerRef>,
    by: &SlackUser,
) -> Result<(), Refusal> {
    if task.requester == *by {
        return Ok(());
    }
    let handle = person(app, directives, directory, by)?;
    let may = may_steer(directives, directory, task, holder);
    if may.contains(&handle) {
        return Ok(());
    }
    Err(Refusal::NotYours { task: task.id, may: people(directives, directory, &may) })
}

/// Whether sentences let a person do what the bot itself can do (`workforce.stop`, `workforce.see_costs`): the gate's own word,
/// bans and conditions included. How often it was done before nobody looks up, so a limit on that counts as reached. What would need somebody's approval is not theirs to do at once.
pub fn may_do(moment: &Moment, handle: &str, tool: &ToolName) -> bool {
    let worker = WorkerRef::Person(handle.to_owned());
    let proposal = Proposal {
        tool: tool.clone(),
        arguments: serde_json::json!({}),
        actor: ActorChain(Vec::new()),
        worker,
        requester: Some(Requester { handle: Some(handle.to_owned()), account: None }),
        live_digest: None,
    };
    let facts = TaskFacts::unknown(TaskId(0));
    let verdict = judge(&proposal, &facts, &moment.directives, &History::Unknown, moment.now);
    verdict.decision == Decision::Run
}

pub fn people(directives: &Directives, directory: &Directory, handles: &BTreeSet<String>) -> Vec<Who> {
    let names = Names { directives, directory };
    handles.iter().map(|handle| names.person(handle)).collect()
}
