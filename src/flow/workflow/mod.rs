//! workflow → its next steps: whatever the planner says starts is given to its worker as a piece of work in the same thread;
//! what ended is noted; the plan in the thread is drawn again. One look is one transaction.

mod ends;
mod give;
mod start;
mod view;

use serde_json::json;

use super::assign::note;
use super::says::Names;
use super::{App, FlowError, Worked, failpoint};
use crate::clock::Span;
use crate::directives::Directives;
use crate::directives::rule::Condition;
use crate::directives::workflow::Workflow;
use crate::ledger::FactKind;
use crate::roster::directory::Directory;
use crate::store::Tx;
use crate::tasks::{Task, TaskState, store as tasks};
use crate::workflows::plan::{Verdict, plan};
use crate::workflows::{Entry, EntryState, WorkflowRun, WorkflowState, store, trigger};

pub(super) use ends::{returned, returned_words};
pub(super) use give::{GATE_PLAN, gate_settled};
pub(super) use start::{asked_for, begin_asked, begin_due, take};
pub(super) use view::{definition, plan_view};

/// A step that is under way for longer is called slow in the plan.
pub(super) const SLOW: Span = Span::hours(4);

/// The workflow that a request starts: the first, in the order of files, that fits.
pub fn that_fits<'a>(
    directives: &'a Directives,
    text: &str,
    holds: impl Fn(&Condition) -> bool,
) -> Option<&'a Workflow> {
    directives.workflows.iter().find(|workflow| trigger::fits(workflow, text, &holds))
}

/// A task becomes a workflow. Its first steps start at the next look.
async fn begin(app: &App, tx: &mut Tx, task: &Task, workflow: &Workflow) -> Result<(), FlowError> {
    let run = store::start(tx, task.id, workflow, app.now()).await?;
    let payload = json!({ "workflow": workflow.name, "run": run, "file": workflow.file, "line": workflow.line,
                          "steps": workflow.steps.len() });
    note(tx, task, FactKind::WorkflowStarted, payload, app.now()).await
}

/// Looks at one workflow in which something ended, or is due.
pub async fn advance_next(app: App) -> Result<Worked, FlowError> {
    let Some(id) = store::next_to_look_at(&app.store, app.now()).await? else { return Ok(Worked::Nothing) };
    let mut tx = app.store.begin().await?;
    let Some(run) = store::look(&mut tx, id).await? else { return Ok(Worked::Nothing) };
    let Some(task) = tasks::task(&mut tx, run.task).await? else {
        return Err(FlowError::Broken(format!("workflow {id} has no task")));
    };
    let scene = Scene { app: app.clone(), directives: app.directives()?, directory: app.directory(), run, task };
    scene.look(&mut tx).await?;
    tx.commit().await?;
    failpoint::pass("workflow-advanced");
    Ok(Worked::Yes)
}

/// Whether a task is a step of a workflow.
pub(super) async fn is_step(tx: &mut Tx, task: crate::ids::TaskId) -> Result<bool, FlowError> {
    Ok(store::of_step(tx, task).await?.is_some())
}

/// What the steps before a task returned, where it is a step of a workflow; nothing otherwise.
pub(super) async fn shared_with(
    tx: &mut Tx,
    task: crate::ids::TaskId,
) -> Result<serde_json::Map<String, serde_json::Value>, FlowError> {
    let Some(run) = store::of_step(tx, task).await? else { return Ok(serde_json::Map::new()) };
    let journal = store::entries(tx, run.id).await?;
    Ok(crate::workflows::shared(&run.workflow, &journal))
}

/// A workflow at one look.
struct Scene {
    app: App,
    directives: std::sync::Arc<Directives>,
    directory: std::sync::Arc<Directory>,
    run: WorkflowRun,
    /// The request that started it.
    task: Task,
}

impl Scene {
    fn names(&self) -> Names<'_> {
        Names { directives: &self.directives, directory: &self.directory }
    }

    async fn look(&self, tx: &mut Tx) -> Result<(), FlowError> {
        let now = self.app.now();
        let mut journal = store::entries(tx, self.run.id).await?;
        self.settle(tx, &mut journal).await?;
        if self.task.state.has_ended() {
            return self.cancelled(tx, &journal).await;
        }
        let next = plan(&self.run.workflow, &journal, now);
        for start in &next.start {
            self.start(tx, *start, &journal).await?;
        }
        let journal = store::entries(tx, self.run.id).await?;
        match next.verdict {
            Verdict::Running => {
                let slow = journal.iter().filter(|entry| entry.is_open()).map(|entry| entry.started.plus(SLOW));
                let due = slow.filter(|at| *at > now).chain(next.wake_at).min();
                store::due_at(tx, self.run.id, due).await?;
                self.draw(tx, &journal, WorkflowState::Running, None).await
            }
            Verdict::Finished => self.finished(tx, &journal).await,
            Verdict::Failed { n, why } => self.failed(tx, &journal, n, &why).await,
        }
    }

    /// Notes which pieces of work have ended since the last look.
    async fn settle(&self, tx: &mut Tx, journal: &mut [Entry]) -> Result<(), FlowError> {
        let now = self.app.now();
        for entry in journal.iter_mut().filter(|entry| entry.is_open()) {
            let Some(task) = tasks::task(tx, entry.task).await? else { continue };
            let state = match task.state {
                TaskState::Open | TaskState::Unsure | TaskState::Assigned => continue,
                TaskState::Done => EntryState::Done,
                TaskState::Failed => EntryState::Failed,
                TaskState::Cancelled => EntryState::Cancelled,
            };
            let ended = task.ended.unwrap_or(now);
            store::ended(tx, entry.task, state, ended).await?;
            (entry.state, entry.ended) = (state, Some(ended));
            let payload = json!({ "workflow": self.run.workflow.name, "kind": entry.kind, "step": entry.n,
                                  "attempt": entry.attempt, "task": entry.task, "state": state });
            note(tx, &self.task, FactKind::WorkflowStepped, payload, now).await?;
        }
        Ok(())
    }
}
