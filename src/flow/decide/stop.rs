//! Stop and resume, reviews, dead letters: what steers the workforce itself. Who may is said by sentences; the owner of an
//! agent always may.

use std::collections::BTreeSet;

use serde_json::json;

use super::super::assign::note;
use super::super::facts::Moment;
use super::super::{App, FlowError, execute, remind};
use super::{Said, task, who};
use crate::catalogue::ToolName;
use crate::commands::StopWhat;
use crate::execution::store as actions;
use crate::ids::InboxId;
use crate::inbox::store as inbox;
use crate::ledger::{Fact, FactKind, store as ledger};
use crate::replies::outbox::Queued;
use crate::replies::refusals::Refusal;
use crate::replies::steering::{self, Caught, Stopped};
use crate::replies::{Card, Who, review, store as outbox};
use crate::roster::names::Named;
use crate::roster::store as roster;
use crate::runs::{Run, store as runs};
use crate::store::Tx;
use crate::tasks::{Task, store as tasks};
use crate::workers::{SlackUser, WorkerRef};

/// The built-in tool that a sentence grants: "Kim and Noor may stop any agent."
const STOP_TOOL: &str = "workforce.stop";

pub async fn stop(app: &App, tx: &mut Tx, what: &StopWhat, confirmed: bool, by: &SlackUser) -> Result<Said, FlowError> {
    let id = match what {
        StopWhat::Task(id) => return task::cancel(app, tx, *id, by).await,
        StopWhat::Everything => None,
        StopWhat::Worker(name) => match position(app, name)? {
            Ok(id) => Some(id),
            Err(refusal) => return Ok(Said::Refused(refusal)),
        },
    };
    let moment = Moment::of(app)?;
    if let Err(refusal) = may_stop(app, &moment, id.as_deref(), by) {
        return Ok(Said::Refused(refusal));
    }
    let stopped = named(&moment, id.as_deref());
    let caught = under_way(app, id.as_deref()).await?;
    if id.is_none() && !confirmed {
        return Ok(Said::Privately(steering::confirm_stop_all(caught.tasks)));
    }
    let key = id.as_ref().map_or_else(|| "all".to_owned(), |id| format!("agent:{id}"));
    roster::stop(tx, &key, &by.user, moment.now).await?;
    ledger::append_fact(tx, &Fact::of_system(FactKind::Stopped, json!({ "what": key, "by": by })), moment.now).await?;
    let who = moment.names().account(by);
    let card = steering::stopped(&stopped, &who, moment.now, caught, None);
    tell_owner(tx, &moment, id.as_deref(), by, &key, &card).await?;
    break_off(app, tx, &moment, id.as_deref(), by).await?;
    Ok(Said::Privately(card))
}

pub async fn resume(
    app: &App,
    tx: &mut Tx,
    what: &StopWhat,
    confirmed: bool,
    by: &SlackUser,
) -> Result<Said, FlowError> {
    let id = match what {
        StopWhat::Task(task) => return Ok(Said::Refused(Refusal::TaskEnded { task: *task })),
        StopWhat::Everything => None,
        StopWhat::Worker(name) => match position(app, name)? {
            Ok(id) => Some(id),
            Err(refusal) => return Ok(Said::Refused(refusal)),
        },
    };
    let moment = Moment::of(app)?;
    if let Err(refusal) = may_stop(app, &moment, id.as_deref(), by) {
        return Ok(Said::Refused(refusal));
    }
    let key = id.as_ref().map_or_else(|| "all".to_owned(), |id| format!("agent:{id}"));
    if !confirmed {
        return Ok(Said::Privately(preview(app, tx, &moment, id.as_deref()).await?));
    }
    if !roster::resume(tx, &key).await? {
        return Ok(Said::Privately(steering::not_stopped(&named(&moment, id.as_deref()))));
    }
    runs::release_put_off(tx, moment.now).await?;
    actions::release_put_off(tx, moment.now).await?;
    ledger::append_fact(tx, &Fact::of_system(FactKind::Resumed, json!({ "what": key, "by": by })), moment.now).await?;
    let caught = under_way(app, id.as_deref()).await?;
    let who = moment.names().account(by);
    goes_on(app, tx, &moment, id.as_deref(), &who).await?;
    let card = steering::resumed(&named(&moment, id.as_deref()), &who, moment.now, caught.tasks);
    tell_owner(tx, &moment, id.as_deref(), by, &key, &card).await?;
    Ok(Said::Privately(card))
}

/// The position that a name means.
fn position(app: &App, name: &str) -> Result<Result<String, Refusal>, FlowError> {
    let directives = app.directives()?;
    let roster = &directives.roster;
    let nobody = || Refusal::NoSuchWorker { text: name.to_owned(), nearest: roster.nearest_name(name) };
    Ok(match roster.named(name) {
        Named::One(WorkerRef::Agent(id)) => Ok(id),
        Named::One(WorkerRef::Role(role)) => {
            let programs: Vec<_> = roster.positions_of(&role).filter(|position| position.is_program()).collect();
            match programs.as_slice() {
                [only] => Ok(only.id.clone()),
                [] => Err(nobody()),
                many => Err(Refusal::Ambiguous {
                    text: name.to_owned(),
                    are: many.iter().map(|p| p.name.clone()).collect(),
                }),
            }
        }
        Named::Several(workers) => {
            Err(Refusal::Ambiguous { text: name.to_owned(), are: workers.iter().map(|w| roster.spoken(w)).collect() })
        }
        Named::One(_) | Named::Nobody => Err(nobody()),
    })
}

/// What would go on, oldest first, with the button that lets it.
async fn preview(app: &App, tx: &mut Tx, moment: &Moment, position: Option<&str>) -> Result<Card, FlowError> {
    let mut waiting = Vec::new();
    for run in of_it(app, position).await? {
        let Some(found) = tasks::task(tx, run.task).await? else { continue };
        let worker = moment.names().worker(&WorkerRef::Agent(run.position.clone()));
        // The request's own words stay out: whoever may resume an agent need not be one who may read them.
        waiting.push(steering::Waiting { task: found.id, worker, since: run.created });
    }
    Ok(steering::resume_first(&named(moment, position), &waiting))
}

/// The owner and supervisor of an agent may stop it; triage may stop everything; whom sentences let use `workforce.stop` may
/// stop anything.
fn may_stop(app: &App, moment: &Moment, position: Option<&str>, by: &SlackUser) -> Result<(), Refusal> {
    let handle = who::person(app, &moment.directives, &moment.directory, by)?;
    let tool = ToolName(STOP_TOOL.to_owned());
    let roster = &moment.directives.roster;
    let context = roster.context_of(position, None);
    let mut may: BTreeSet<String> = context.owner.into_iter().chain(context.supervisor).collect();
    if position.is_none() {
        may.extend(roster.triage.clone());
    }
    may.extend(roster.people.keys().filter(|handle| who::may_do(moment, handle, &tool)).cloned());
    if may.contains(&handle) {
        return Ok(());
    }
    let what = position
        .map_or_else(|| "every agent".to_owned(), |id| moment.names().worker(&WorkerRef::Agent(id.to_owned())).name);
    Err(Refusal::MayNotStop { what, may: who::people(&moment.directives, &moment.directory, &may), rule: None })
}

fn named(moment: &Moment, position: Option<&str>) -> Stopped {
    match position {
        None => Stopped::Everything,
        Some(id) => Stopped::Worker { id: id.to_owned(), who: moment.names().worker(&WorkerRef::Agent(id.to_owned())) },
    }
}

/// How many tasks are under way, and how many calls are at a tool right now.
async fn under_way(app: &App, position: Option<&str>) -> Result<Caught, FlowError> {
    let tasks = of_it(app, position).await?.len();
    let in_flight = actions::in_flight(&app.store, position).await?;
    Ok(Caught {
        tasks: u32::try_from(tasks).unwrap_or(u32::MAX),
        in_flight: u32::try_from(in_flight).unwrap_or(u32::MAX),
    })
}

/// The unfinished runs of one position, or of all.
async fn of_it(app: &App, position: Option<&str>) -> Result<Vec<Run>, FlowError> {
    let mut live = runs::live(&app.store).await?;
    live.retain(|run| position.is_none_or(|id| run.position == id));
    Ok(live)
}

async fn tell_owner(
    tx: &mut Tx,
    moment: &Moment,
    position: Option<&str>,
    by: &SlackUser,
    key: &str,
    card: &Card,
) -> Result<(), FlowError> {
    let Some(id) = position else { return Ok(()) };
    let owner = moment.names().owner(&WorkerRef::Agent(id.to_owned())).and_then(|owner| owner.account);
    if let Some(owner) = owner.filter(|owner| *owner != by.user) {
        let tell = Queued::tell(format!("stop:{key}:{owner}"), &owner, card.clone());
        outbox::queue(tx, &tell, moment.now).await?;
    }
    Ok(())
}

/// What waits for somebody's word is void, what was asked of an agent is not listened to any more, and every thread whose
/// task the stop caught hears of it. The runs stay, and propose again when somebody resumes.
async fn break_off(
    app: &App,
    tx: &mut Tx,
    moment: &Moment,
    position: Option<&str>,
    by: &SlackUser,
) -> Result<(), FlowError> {
    let who = moment.names().account(by);
    for run in of_it(app, position).await? {
        let Some(found) = tasks::task(tx, run.task).await? else { continue };
        execute::void_for_a_stop(app, tx, &found, run.id, by).await?;
        runs::break_off(tx, run.id, moment.now).await?;
        let worker = moment.names().worker(&WorkerRef::Agent(run.position.clone()));
        tell_thread(tx, moment, &found, steering::caught(found.id, &worker, &who, moment.now)).await?;
        note(tx, &found, FactKind::Stopped, json!({ "run": run.id }), moment.now).await?;
    }
    Ok(())
}

/// Every thread that was told of the stop hears that it is over.
async fn goes_on(app: &App, tx: &mut Tx, moment: &Moment, position: Option<&str>, by: &Who) -> Result<(), FlowError> {
    for run in of_it(app, position).await? {
        let Some(found) = tasks::task(tx, run.task).await? else { continue };
        let worker = moment.names().worker(&WorkerRef::Agent(run.position.clone()));
        if outbox::slots_with_prefix(tx, &stop_slot(&found)).await?.is_empty() {
            continue;
        }
        tell_thread(tx, moment, &found, steering::goes_on(found.id, &worker, by, moment.now)).await?;
    }
    Ok(())
}

async fn tell_thread(tx: &mut Tx, moment: &Moment, task: &Task, card: Card) -> Result<(), FlowError> {
    if task.is_copy() {
        return Ok(());
    }
    let say =
        Queued::say(stop_slot(task), &task.channel, Some(&task.root_ts), card).in_conversation(&task.conversation);
    outbox::queue(tx, &say, moment.now).await?;
    Ok(())
}

fn stop_slot(task: &Task) -> String {
    format!("task:{}:stop", task.id.0)
}

/// The owner or supervisor records that a position was reviewed.
pub async fn record_review(
    app: &App,
    tx: &mut Tx,
    name: &str,
    notes: Option<&str>,
    by: &SlackUser,
) -> Result<Said, FlowError> {
    let id = match position(app, name)? {
        Ok(id) => id,
        Err(refusal) => return Ok(Said::Refused(refusal)),
    };
    let moment = Moment::of(app)?;
    let handle = match who::person(app, &moment.directives, &moment.directory, by) {
        Ok(handle) => handle,
        Err(refusal) => return Ok(Said::Refused(refusal)),
    };
    let context = moment.directives.roster.context_of(Some(&id), None);
    let mut may: BTreeSet<String> = context.owner.into_iter().chain(context.supervisor).collect();
    may.extend(remind::stand_ins_of(&moment, &may));
    let worker = moment.names().worker(&WorkerRef::Agent(id.clone()));
    if !may.contains(&handle) {
        let may = who::people(&moment.directives, &moment.directory, &may);
        return Ok(Said::Refused(Refusal::MayNotSee { what: format!("the review of {}", worker.name), may }));
    }
    roster::record_review(tx, &id, &by.user, notes.unwrap_or_default(), moment.now).await?;
    let digest = notes.map(|notes| crate::catalogue::canonical::digest_bytes(notes.as_bytes()));
    let fact = Fact::of_system(FactKind::Reviewed, json!({ "position": id, "by": by, "notes": digest }));
    ledger::append_fact(tx, &fact, moment.now).await?;
    app.reload_directory_soon();
    remind::take_off(app, tx, &id).await?;
    Ok(Said::Privately(review::recorded(&worker, &moment.names().account(by), moment.now)))
}

/// A dead letter is tried again or put aside, by triage.
pub async fn dead_letter(
    app: &App,
    tx: &mut Tx,
    letter: InboxId,
    again: bool,
    by: &SlackUser,
) -> Result<Said, FlowError> {
    let moment = Moment::of(app)?;
    let handle = match who::person(app, &moment.directives, &moment.directory, by) {
        Ok(handle) => handle,
        Err(refusal) => return Ok(Said::Refused(refusal)),
    };
    let keeper = moment.directives.keepers.get("").cloned();
    let triage: BTreeSet<String> = moment.directives.roster.triage.iter().cloned().collect();
    let is_keeper = keeper == Some(WorkerRef::Person(handle.clone()));
    if !triage.contains(&handle) && !is_keeper {
        let may = who::people(&moment.directives, &moment.directory, &triage);
        return Ok(Said::Refused(Refusal::MayNotSee { what: "dead letters".to_owned(), may }));
    }
    let done = if again { inbox::revive(tx, letter, moment.now).await? } else { inbox::drop_dead(tx, letter).await? };
    let fact = Fact::of_system(FactKind::DeadLetter, json!({ "trigger": letter, "again": again, "by": by }));
    ledger::append_fact(tx, &fact, moment.now).await?;
    Ok(if done { Said::Nothing } else { Said::Refused(Refusal::OldButton) })
}
