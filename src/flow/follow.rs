//! run → what it has done and said so far, in the place of its answer. It is said like any message: in a transaction that holds
//! while the run is still ours, so that nothing of it can come after a cancellation.
//!
//! Only whole sentences are shown, with secrets taken out, and only of workers whose answers the thread may read: who observes or
//! suggests says nothing on the way.

use std::convert::Infallible;
use std::time::Duration;

use tokio::sync::watch;

use super::assign::slot_of;
use super::says::Names;
use super::step::Scene;
use super::{FlowError, log_failure};
use crate::assignments::store as assignments;
use crate::clock::Timestamp;
use crate::execution::Stage;
use crate::execution::store as actions;
use crate::gate::speaks_openly;
use crate::ids::AssignmentId;
use crate::redact;
use crate::replies::outbox::Queued;
use crate::replies::progress::{Live, Progress, StepLine, StepState, at_work, whole_sentences};
use crate::replies::receipt::{ReceiptView, has_this};
use crate::replies::store as outbox;
use crate::runs::journal::JournalEntry;
use crate::runs::said::{Arguments, Call, Said};
use crate::runs::store as runs;
use crate::store::Tx;
use crate::tasks::Task;
use crate::workers::WorkerRef;

/// From one showing to the next; Slack takes about one change a second, and other threads want theirs.
const PACE: Duration = Duration::from_millis(1_500);

/// Says a receipt that grows into the answer, where the worker's answers are for everybody.
pub(super) async fn receipt(
    names: &Names<'_>,
    tx: &mut Tx,
    task: &Task,
    (holding, worker): (AssignmentId, &WorkerRef),
    view: &ReceiptView,
    now: Timestamp,
) -> Result<(), FlowError> {
    match speaks_openly(names.directives, worker, now) {
        true => say(tx, task, holding, view, Progress::default(), now).await,
        false => super::assign::say(tx, task, holding, has_this(view), now).await,
    }
}

/// Says what the run has done so far, and `saying`: as much of the answer that is coming as may be shown.
pub(super) async fn show(scene: &Scene, tx: &mut Tx, saying: &str) -> Result<(), FlowError> {
    if scene.task.is_copy() {
        return Ok(());
    }
    if !speaks_openly(&scene.directives, &WorkerRef::Agent(scene.run.position.clone()), scene.app.now()) {
        return Ok(());
    }
    let Some(held) = assignments::current(tx, scene.task.id).await? else { return Ok(()) };
    let progress = Progress { steps: steps(scene, tx).await?, words: words(scene, tx, saying).await? };
    if progress == Progress::default() {
        return Ok(());
    }
    let view = scene.names().receipt_of(&scene.task, &held);
    say(tx, &scene.task, held.id, &view, progress.bounded(), scene.app.now()).await
}

async fn say(
    tx: &mut Tx,
    task: &Task,
    holding: AssignmentId,
    view: &ReceiptView,
    progress: Progress,
    now: Timestamp,
) -> Result<(), FlowError> {
    let card = at_work(view, &progress);
    let (recipient, worker) = (task.requester.user.clone(), view.worker.short().to_owned());
    let live = Live { recipient, worker, lead: has_this(view).parts, progress };
    let at_work = Queued::at_work(slot_of(task.id, holding), &task.channel, &task.root_ts, card, live);
    outbox::queue(tx, &at_work.in_conversation(&task.conversation), now).await?;
    Ok(())
}

/// The tool calls of this run, as the gate titled them.
async fn steps(scene: &Scene, tx: &mut Tx) -> Result<Vec<StepLine>, FlowError> {
    let stored = actions::of_task(tx, scene.task.id).await?;
    let of_run = stored.into_iter().filter(|action| action.run == scene.run.id);
    let line = of_run.filter_map(|action| {
        let state = match action.stage? {
            Stage::Planned | Stage::Waiting | Stage::Allowed | Stage::Started { .. } | Stage::ByHand => {
                StepState::Running
            }
            Stage::Done { .. } => StepState::Done,
            Stage::Failed { .. }
            | Stage::Unknown { .. }
            | Stage::Denied { .. }
            | Stage::Expired
            | Stage::Void { .. } => StepState::Failed,
        };
        Some(StepLine { id: action.id.0, title: action.title?, state })
    });
    Ok(line.collect())
}

/// What was said in this run before, and what is being said.
async fn words(scene: &Scene, tx: &mut Tx, saying: &str) -> Result<String, FlowError> {
    let journal = scene.journal(tx).await?.unwrap_or_default();
    let before = journal.iter().filter_map(|entry| match entry {
        JournalEntry::Said { said, .. } => Some(clean(scene, &said.text)),
        JournalEntry::ToolResult { .. }
        | JournalEntry::ToolRefused { .. }
        | JournalEntry::ToolFailed { .. }
        | JournalEntry::Answered { .. }
        | JournalEntry::News { .. }
        | JournalEntry::Malformed { .. }
        | JournalEntry::Later { .. }
        | JournalEntry::Unheard { .. } => None,
    });
    let now = std::iter::once(saying.trim().to_owned());
    Ok(before.chain(now).filter(|words| !words.is_empty()).collect::<Vec<_>>().join("\n\n"))
}

fn clean(scene: &Scene, words: &str) -> String {
    redact::known(&redact::text(words.trim()), scene.app.config.secrets())
}

/// What was said, as it may be kept, shown and told again. What it wants called stays as it is: that is for the gate, and for
/// whoever approves it. What it asks people or tells them is cleaned like its words.
pub(super) fn cleaned(scene: &Scene, said: &Said) -> Said {
    let calls = said.calls.iter().map(|call| match &call.arguments {
        Arguments::Read(value) if is_for_people(&call.name) => {
            Call { arguments: Arguments::Read(redact::value(value)), ..call.clone() }
        }
        Arguments::Read(_) | Arguments::Unreadable(_) => call.clone(),
    });
    Said { text: clean(scene, &said.text), calls: calls.collect(), end: said.end }
}

/// `ask`, `hand_over` and `cannot_do` are no tools: what is said with them is for people.
fn is_for_people(name: &str) -> bool {
    !name.contains('.')
}

/// Shows what is being said, sentence by sentence, for as long as it is awaited.
pub(super) async fn along(scene: &Scene, mut so_far: watch::Receiver<String>) -> Infallible {
    let mut shown = String::new();
    while so_far.changed().await.is_ok() {
        let said = so_far.borrow_and_update().clone();
        // Taken out first and cut afterwards: half a secret is none by its form.
        let saying = whole_sentences(&clean(scene, &said)).to_owned();
        if saying == shown {
            continue;
        }
        if let Err(error) = tell(scene, &saying).await {
            log_failure("follow", &error);
        }
        shown = saying;
        tokio::time::sleep(PACE).await;
    }
    std::future::pending().await
}

async fn tell(scene: &Scene, saying: &str) -> Result<(), FlowError> {
    let mut tx = scene.app.store.begin().await?;
    if runs::still_ours(&mut tx, scene.run.id, scene.run.fence).await? {
        show(scene, &mut tx, saying).await?;
        tx.commit().await?;
        scene.app.bell.ring();
    }
    Ok(())
}
