//! Questions that nobody answers: whoever was asked is reminded once, and then the task is given back.

use serde_json::json;

use super::assign::{note, say};
use super::facts::Moment;
use super::{App, FlowError, execute};
use crate::assignments::{AssignmentState, store as assignments};
use crate::clock::{Span, Timestamp};
use crate::ledger::FactKind;
use crate::replies::outbox::Queued;
use crate::replies::{asking, receipt, store as outbox};
use crate::runs::store as runs;
use crate::runs::{Run, RunState, Waiting};
use crate::store::Tx;
use crate::tasks::{Task, TaskState, store as tasks};

/// Nobody is reminded later than this.
const REMIND_AFTER: Span = Span::hours(4);

/// A run asks and waits.
pub(super) async fn note_asked(app: &App, tx: &mut Tx, run: &Run) -> Result<(), FlowError> {
    let within = Span::minutes(app.config.limits.answer_within_minutes.max(1));
    let now = app.now();
    let remind = now.plus(REMIND_AFTER.min(Span(within.0 / 2)));
    Ok(runs::note_question(tx, run, remind, now.plus(within), now).await?)
}

/// When the next question is to be looked at.
pub(super) async fn next_due(app: &App) -> Result<Option<Timestamp>, FlowError> {
    Ok(runs::next_question(&app.store).await?)
}

/// Reminds, or gives back.
pub(super) async fn look_after(app: &App, tx: &mut Tx, moment: &Moment) -> Result<(), FlowError> {
    for (id, over) in runs::questions_due(tx, moment.now).await? {
        let run = runs::run(tx, id).await?;
        let waits = run.as_ref().and_then(|run| match &run.waiting {
            Some(Waiting::Answer { slot, .. }) => Some(slot.replace('_', " ")),
            Some(Waiting::Approval { .. } | Waiting::Action { .. }) | None => None,
        });
        let (Some(run), Some(label)) = (run, waits) else {
            // It was answered, or cancelled.
            runs::forget_question(tx, id).await?;
            continue;
        };
        let Some(task) = tasks::task(tx, run.task).await? else { continue };
        if over {
            give_back(app, tx, moment, &run, &task).await?;
        } else {
            remind(app, tx, moment, &run, &task, &label).await?;
        }
    }
    Ok(())
}

async fn remind(app: &App, tx: &mut Tx, moment: &Moment, run: &Run, task: &Task, label: &str) -> Result<(), FlowError> {
    runs::note_reminded(tx, run.id).await?;
    let Some(held) = assignments::current(tx, task.id).await? else { return Ok(()) };
    let within = Span::minutes(app.config.limits.answer_within_minutes.max(1));
    let until = moment.now.plus(Span(within.0 - REMIND_AFTER.min(Span(within.0 / 2)).0));
    let card = asking::reminder(&moment.names().receipt_of(task, &held), label.trim(), until);
    let slot = format!("task:{}:remind:{}", task.id.0, run.id);
    let tell = Queued::say(slot, &task.channel, Some(&task.root_ts), card).in_conversation(&task.conversation);
    outbox::queue(tx, &tell, moment.now).await?;
    note(tx, task, FactKind::Reminded, json!({ "run": run.id, "of": "question" }), moment.now).await
}

async fn give_back(app: &App, tx: &mut Tx, moment: &Moment, run: &Run, task: &Task) -> Result<(), FlowError> {
    runs::forget_question(tx, run.id).await?;
    runs::end_run(tx, run.id, RunState::Failed, moment.now).await?;
    let held = assignments::current(tx, task.id).await?;
    assignments::end_current(tx, task.id, AssignmentState::Done, moment.now).await?;
    tasks::move_task(tx, task.id, task.state, TaskState::Failed, moment.now).await?;
    let why = "Nobody answered its question in time.";
    let payload = json!({ "run": run.id, "state": TaskState::Failed, "why": why });
    note(tx, task, FactKind::TaskEnded, payload, moment.now).await?;
    let Some(held) = held else { return Ok(()) };
    let performed = execute::performed(app, tx, task).await?;
    let view = moment.names().receipt_of(task, &held);
    say(tx, task, held.id, receipt::failed(&view, why, &performed), moment.now).await?;
    let off = Queued::react(&task.channel, &task.message_ts, "eyes", false).in_conversation(&task.conversation);
    outbox::queue(tx, &off, moment.now).await?;
    Ok(())
}
