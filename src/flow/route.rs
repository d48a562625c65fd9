//! task → the worker best placed for it, by the directives; or the triage person, with the candidates.

use serde_json::json;

use super::assign::{self, Giving};
use super::{App, FlowError, Worked, failpoint, record};
use crate::ledger::FactKind;
use crate::replies::unsure::Why;
use crate::routing::{self, Settled};
use crate::store::json as to_json;
use crate::tasks::{TaskPriority, TaskState, store as tasks};

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
    let state = match routing.settled {
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
    match (routing.settled, routing.to.first()) {
        (Settled::Unsure, _) | (_, None) => {
            let percent = (routing.confidence * 100.0).clamp(0.0, 100.0) as u8;
            let why = if routing.candidates.is_empty() { Why::NoRule } else { Why::NotSure { percent } };
            assign::ask_triage(&app, &mut tx, &task, why, &routing.candidates).await?;
        }
        (Settled::Rule | Settled::Escalation | Settled::Likeness, Some(worker)) => {
            let because = assign::because_of_routing(&routing);
            let giving = Giving { worker, because, level: 0, offered_since: app.now() };
            assign::give(&app, &mut tx, &task, giving).await?;
        }
    }
    tx.commit().await?;
    failpoint::pass("task-routed");
    Ok(Worked::Yes)
}

fn priority_of(priority: crate::directives::rule::Priority) -> TaskPriority {
    use crate::directives::rule::Priority;
    match priority {
        Priority::Low => TaskPriority::Low,
        Priority::Normal => TaskPriority::Normal,
        Priority::High => TaskPriority::High,
        Priority::Urgent => TaskPriority::Urgent,
    }
}
