//! A workflow begins: in the thread of a request, or in one whose first message is ours, because a command, a form or the
//! clock asked for it.

use serde_json::json;

use super::super::assign;
use super::super::route::priority_of;
use super::super::{App, FlowError};
use crate::commands::start::Start;
use crate::directives::Directives;
use crate::directives::rule::Priority;
use crate::directives::workflow::Workflow;
use crate::ledger::FactKind;
use crate::routing::{self, Cause, Routing, Settled};
use crate::store::{Tx, json as to_json};
use crate::tasks::{Task, TaskState, store as tasks};
use crate::workflows::trigger;

/// The workflow that is asked for by its name, and what it is for.
pub(in crate::flow) fn asked_for<'w, 's>(
    directives: &'w Directives,
    start: &'s Start,
) -> Option<(&'w Workflow, &'s str)> {
    match &start.workflow {
        Some(name) => {
            directives.workflows.iter().find(|workflow| workflow.name == *name).map(|found| (found, start.words.trim()))
        }
        None => trigger::called(&directives.workflows, &start.words),
    }
}

/// A task that was opened for a workflow becomes it. What a sentence brings to a human goes there instead, as with any request.
pub(in crate::flow) async fn begin_asked(
    app: &App,
    tx: &mut Tx,
    task: &Task,
    workflow: &Workflow,
) -> Result<(), FlowError> {
    let (directives, directory, router) = (app.directives()?, app.directory(), app.router()?);
    let request = assign::request_of(&directives, &directory, task, app.now());
    let routing = routing::route(&request, &directives, &router, app.now());
    match routing.settled {
        Settled::Escalation => Ok(()),
        Settled::Rule | Settled::Likeness | Settled::Unsure => take(app, tx, task, workflow, routing.priority).await,
    }
}

/// The clock started it; nothing is guessed from its words.
pub(in crate::flow) async fn begin_due(
    app: &App,
    tx: &mut Tx,
    task: &Task,
    workflow: &Workflow,
) -> Result<(), FlowError> {
    take(app, tx, task, workflow, Priority::Normal).await
}

/// An open task becomes a workflow.
pub(in crate::flow) async fn take(
    app: &App,
    tx: &mut Tx,
    task: &Task,
    workflow: &Workflow,
    priority: Priority,
) -> Result<(), FlowError> {
    let directives = app.directives()?;
    let routing = Routing {
        to: Vec::new(),
        priority,
        confidence: 1.0,
        because: vec![Cause::of(&workflow.origin())],
        candidates: Vec::new(),
        settled: Settled::Rule,
        instead_of: None,
    };
    let (state, urgency) = (TaskState::Assigned, priority_of(priority));
    if !tasks::set_routing(tx, task.id, state, urgency, &directives.digest, &to_json(&routing)).await? {
        return Err(FlowError::LostLease);
    }
    let payload = json!({ "routing": routing, "directives": directives.digest });
    assign::note(tx, task, FactKind::Routed, payload, app.now()).await?;
    super::begin(app, tx, task, workflow).await
}
