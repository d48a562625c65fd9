//! What sentences promise about time: a first answer, the end of it. Noted when a task is given to somebody; whoever answers for
//! the work hears when it was not kept, once.

use serde_json::json;

use super::assign::{note, request_of};
use super::facts::Moment;
use super::says::cited_origin;
use super::{App, FlowError};
use crate::assignments::store as assignments;
use crate::clock::Timestamp;
use crate::directives::Origin;
use crate::directives::matching::people::binds;
use crate::directives::rule::{IsoDuration, Priority, Rule};
use crate::ledger::FactKind;
use crate::replies::outbox::Queued;
use crate::replies::{Who, late, store as outbox};
use crate::results::store::{self as results, Broken, Promised};
use crate::routing;
use crate::store::Tx;
use crate::tasks::{Task, store as tasks};
use crate::workers::WorkerRef;

/// Notes what is promised about a task that goes to `worker`. Times run from the request, by the clock on the wall.
pub(super) async fn note_promises(
    app: &App,
    tx: &mut Tx,
    task: &Task,
    worker: &WorkerRef,
    priority: Priority,
) -> Result<(), FlowError> {
    let (directives, directory, router) = (app.directives()?, app.directory(), app.router()?);
    let request = request_of(&directives, &directory, task, app.now());
    for (reading, rule) in directives.each(|rule| if let Rule::Expect(expect) = rule { Some(expect) } else { None }) {
        let theirs = rule.who.is_empty() || binds(&directives.roster, &rule.who, worker).surely_met();
        if !theirs || !routing::fits_as(&rule.when, &request, &directives, &router, app.now(), priority) {
            continue;
        }
        let promised = [(Promised::Respond, &rule.respond_within), (Promised::Resolve, &rule.resolve_within)];
        for (what, within) in promised {
            if let Some(span) = within.as_ref().and_then(IsoDuration::span) {
                results::promise(tx, task.id, what, task.created.plus(span), &reading.origin, app.now()).await?;
            }
        }
    }
    Ok(())
}

/// When the next promise runs out.
pub(super) async fn next_due(app: &App) -> Result<Option<Timestamp>, FlowError> {
    Ok(results::next_due(&app.store).await?)
}

/// Tells of every promise that was not kept.
pub(super) async fn tell_broken(tx: &mut Tx, moment: &Moment) -> Result<(), FlowError> {
    for broken in results::broken::<Origin>(tx, moment.now).await? {
        if !results::note_broken(tx, broken.task, broken.what, moment.now).await? {
            continue;
        }
        let Some(task) = tasks::task(tx, broken.task).await? else { continue };
        tell(tx, moment, &task, &broken).await?;
    }
    Ok(())
}

async fn tell(tx: &mut Tx, moment: &Moment, task: &Task, broken: &Broken<Origin>) -> Result<(), FlowError> {
    let payload = json!({ "what": broken.what, "due": broken.due, "rule": broken.origin });
    note(tx, task, FactKind::PromiseMissed, payload, moment.now).await?;
    let names = moment.names();
    let held = assignments::current(tx, task.id).await?;
    let worker = held.as_ref().map(|held| held.worker.clone());
    let view = late::LateView {
        task: task.id,
        subject: super::says::subject(&task.text),
        holder: worker.as_ref().map(|worker| names.worker(worker)),
        first_answer: broken.what == Promised::Respond,
        due: broken.due,
        rule: cited_origin(&broken.origin),
    };
    for account in told(moment, worker.as_ref()).into_iter().filter_map(|who| who.account) {
        let slot = format!("task:{}:late:{account}", task.id.0);
        let tell = Queued::tell(slot, &account, late::card(&view)).in_conversation(&task.conversation);
        outbox::queue(tx, &tell, moment.now).await?;
    }
    Ok(())
}

/// Whoever answers for the holder: an agent's owner, a person's manager; the triage person where nobody holds it.
fn told(moment: &Moment, holder: Option<&WorkerRef>) -> Vec<Who> {
    let roster = &moment.directives.roster;
    let names = moment.names();
    let handles: Vec<String> = match holder {
        Some(worker @ WorkerRef::Agent(id)) => {
            let owner = roster.context_of(Some(id), None).owner;
            if owner.is_empty() {
                roster.people_of(worker, &Default::default()).into_iter().collect()
            } else {
                owner.into_iter().collect()
            }
        }
        Some(WorkerRef::Person(handle)) => {
            roster.manager_of(handle).or_else(|| roster.triage.clone()).into_iter().collect()
        }
        Some(WorkerRef::Role(id)) => {
            roster.roles.get(id).map(|role| roster.owners_of(role)).unwrap_or_default().into_iter().collect()
        }
        Some(
            WorkerRef::Team(_)
            | WorkerRef::Channel(_)
            | WorkerRef::Bot(_)
            | WorkerRef::Human
            | WorkerRef::Owner
            | WorkerRef::Supervisor
            | WorkerRef::Requester
            | WorkerRef::RequesterManager,
        )
        | None => roster.triage.iter().cloned().collect(),
    };
    handles.iter().map(|handle| names.person(handle)).collect()
}
