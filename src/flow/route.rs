//! task → the worker best placed for it, by the directives; or the triage person, with the candidates.

use serde_json::json;

use super::assign::{self, Giving};
use super::{App, FlowError, Worked, failpoint, record, workflow};
use crate::assignments::store as assignments;
use crate::directives::Directives;
use crate::ids::TaskId;
use crate::ledger::FactKind;
use crate::replies::receipt::Because;
use crate::replies::unsure::Why;
use crate::roster::PositionStatus;
use crate::routing::{self, Settled};
use crate::store::Tx;
use crate::store::json as to_json;
use crate::tasks::Task;
use crate::tasks::{TaskPriority, TaskState, store as tasks};
use crate::workers::WorkerRef;

/// Routes the oldest task that nobody has.
pub async fn route_next(app: App) -> Result<Worked, FlowError> {
    if tasks::unrouted_count(&app.store).await? == 0 {
        return Ok(Worked::Nothing);
    }
    let (directives, directory, router) = (app.directives()?, app.directory(), app.router()?);
    let mut tx = app.store.begin().await?;
    let Some(id) = tasks::next_unrouted(&mut tx).await? else { return Ok(Worked::Nothing) };
    let Some(task) = tasks::task(&mut tx, id).await? else { return Ok(Worked::Nothing) };
    let request = assign::request_of(&directives, &directory, &task, app.now());
    let routing = routing::route(&request, &directives, &router, app.now());
    if starts_a_workflow(&app, &mut tx, &task, &request, &routing).await? {
        tx.commit().await?;
        failpoint::pass("task-routed");
        return Ok(Worked::Yes);
    }
    // Where no sentence decides, whoever had this thread before has it again.
    let sticky = match routing.settled {
        Settled::Likeness | Settled::Unsure => had_before(&mut tx, &directives, &task).await?,
        Settled::Rule | Settled::Escalation => None,
    };
    let state = match routing.settled {
        Settled::Unsure if sticky.is_some() => TaskState::Assigned,
        Settled::Unsure => TaskState::Unsure,
        Settled::Rule | Settled::Escalation | Settled::Likeness => TaskState::Assigned,
    };
    let priority = priority_of(routing.priority);
    if !tasks::set_routing(&mut tx, id, state, priority, &directives.digest, &to_json(&routing)).await? {
        return Err(FlowError::LostLease);
    }
    record::routed(&mut tx, &task, &request, &routing, (&directives, &router, &directory)).await?;
    let payload = json!({ "routing": routing, "directives": directives.digest });
    assign::note(&mut tx, &task, FactKind::Routed, payload, app.now()).await?;
    let task = crate::tasks::Task { state, priority, ..task };
    if let Some((worker, before)) = sticky {
        let because = Because::SameThread { task: before };
        super::promise::note_promises(&app, &mut tx, &task, &worker, routing.priority).await?;
        let giving = Giving { worker: &worker, because, level: 0, offered_since: app.now() };
        assign::give(&app, &mut tx, &task, giving).await?;
        tx.commit().await?;
        failpoint::pass("task-routed");
        return Ok(Worked::Yes);
    }
    match (routing.settled, routing.to.first()) {
        (Settled::Unsure, _) | (_, None) => {
            let percent = (routing.confidence * 100.0).clamp(0.0, 100.0) as u8;
            let why = if routing.candidates.is_empty() { Why::NoRule } else { Why::NotSure { percent } };
            let human = crate::workers::WorkerRef::Human;
            super::promise::note_promises(&app, &mut tx, &task, &human, routing.priority).await?;
            assign::ask_triage(&app, &mut tx, &task, why, &routing.candidates).await?;
        }
        (Settled::Rule | Settled::Escalation | Settled::Likeness, Some(worker)) => {
            let because = assign::because_of_routing(&routing);
            let giving = Giving { worker, because, level: 0, offered_since: app.now() };
            super::promise::note_promises(&app, &mut tx, &task, worker, routing.priority).await?;
            assign::give(&app, &mut tx, &task, giving).await?;
        }
    }
    tx.commit().await?;
    failpoint::pass("task-routed");
    Ok(Worked::Yes)
}

/// The agent that had the task before this one in the same thread, if it still works.
async fn had_before(
    tx: &mut Tx,
    directives: &Directives,
    task: &Task,
) -> Result<Option<(WorkerRef, TaskId)>, FlowError> {
    let Some(before) = tasks::before_in_conversation(tx, task).await? else { return Ok(None) };
    let last = assignments::of_task_in(tx, before.id).await?.pop().map(|last| last.worker);
    let works = |id: &str| {
        directives.roster.positions.get(id).is_some_and(|position| position.status == PositionStatus::Active)
    };
    Ok(last.filter(|worker| worker.agent().is_some_and(works)).map(|worker| (worker, before.id)))
}

/// A workflow takes what its trigger fits, but nothing that a sentence brings to a human; false where none does.
async fn starts_a_workflow(
    app: &App,
    tx: &mut Tx,
    task: &Task,
    request: &routing::Request,
    routing: &routing::Routing,
) -> Result<bool, FlowError> {
    let (directives, router) = (app.directives()?, app.router()?);
    let holds = |when: &crate::directives::condition::Condition| {
        !when.is_empty() && routing::fits(when, request, &directives, &router, app.now())
    };
    let flow = workflow::that_fits(&directives, &task.text, holds);
    let Some(flow) = flow.filter(|_| routing.settled != Settled::Escalation) else { return Ok(false) };
    workflow::take(app, tx, task, flow, routing.priority).await?;
    Ok(true)
}

pub(super) fn priority_of(priority: crate::directives::rule::Priority) -> TaskPriority {
    use crate::directives::rule::Priority;
    match priority {
        Priority::Low => TaskPriority::Low,
        Priority::Normal => TaskPriority::Normal,
        Priority::High => TaskPriority::High,
        Priority::Urgent => TaskPriority::Urgent,
    }
}
