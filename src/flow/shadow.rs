//! Positions that work in the shadow of others get copies of the others' work, so that the two can be compared before one takes
//! over. A copy is a task that nobody sees: it says nothing in the thread, asks nobody, changes nothing, and ends with what would
//! have been done, which goes to the owner alone, beside what the other one did.

use serde_json::json;

use super::assign::{self, Giving, note};
use super::facts::Moment;
use super::judge::{judge_slot, to_judge};
use super::says::subject;
use super::step::Scene;
use super::{App, FlowError};
use crate::assignments::{AssignmentState, store as assignments};
use crate::catalogue::canonical::digest_bytes;
use crate::ids::{ConversationId, TaskId};
use crate::ledger::FactKind;
use crate::playbooks::Next;
use crate::redact;
use crate::replies::judged::{self, Beside};
use crate::replies::outbox::Queued;
use crate::replies::receipt::Because;
use crate::replies::store as outbox;
use crate::results::Kind;
use crate::results::store::{self as results, NewResult};
use crate::roster::{Driver, Position, PositionStatus};
use crate::runs::store as runs;
use crate::runs::{RunState, StepKind};
use crate::store::Tx;
use crate::tasks::{NewTask, SHADOW, Task, TaskState, store as tasks};
use crate::workers::WorkerRef;

/// Shadows of one role that get a copy.
const MOST_SHADOWS: usize = 3;
/// Characters of an answer that stand beside what a shadow would have said.
const BESIDE_CHARACTERS: usize = 1_500;

/// Gives a copy of a task to each shadow of the role of whoever has it, once.
pub(super) async fn copy(
    app: &App,
    tx: &mut Tx,
    task: &Task,
    position: &str,
    because: &Because,
) -> Result<(), FlowError> {
    if task.is_copy() {
        return Ok(());
    }
    let directives = app.directives()?;
    let Some(role) = directives.roster.positions.get(position).map(|held| held.role.as_str()) else { return Ok(()) };
    let is_shadow =
        |held: &&Position| held.role == role && held.status == PositionStatus::Shadow && held.driver != Driver::Human;
    let known: Vec<String> =
        results::shadows_of(tx, task.id).await?.into_iter().map(|shadow| shadow.position).collect();
    for held in directives.roster.positions.values().filter(is_shadow).take(MOST_SHADOWS) {
        if known.contains(&held.id) {
            continue;
        }
        let new = NewTask {
            conversation: ConversationId(format!("shadow:{}:{}", task.id.0, held.id)),
            requester: task.requester.clone(),
            channel: task.channel.clone(),
            channel_kind: task.channel_kind.clone(),
            root_ts: task.root_ts.clone(),
            message_ts: String::new(),
            source: SHADOW.to_owned(),
            text: task.text.clone(),
            above: task.above.clone(),
        };
        let id = tasks::open_task(tx, &new, app.now()).await?;
        results::note_shadow(tx, id, task.id, &held.id).await?;
        let Some(copy) = tasks::task(tx, id).await? else { continue };
        let payload = json!({ "copy_of": task.id, "position": held.id });
        note(tx, &copy, FactKind::TaskOpened, payload, app.now()).await?;
        let worker = WorkerRef::Agent(held.id.clone());
        let giving = Giving { worker: &worker, because: because.clone(), level: 0, offered_since: app.now() };
        if !assign::begin_work(app, tx, &copy, &held.id, &giving).await? {
            tasks::move_task(tx, id, TaskState::Open, TaskState::Failed, app.now()).await?;
            let payload = json!({ "state": TaskState::Failed, "why": "Nothing drives this position here." });
            note(tx, &copy, FactKind::TaskEnded, payload, app.now()).await?;
        }
    }
    Ok(())
}

/// A copy comes to its end at whatever its worker would do next but look something up.
pub(super) async fn ends(scene: &Scene, tx: &mut Tx, next: &Next) -> Result<(), FlowError> {
    let words = match next {
        Next::Call { tool, .. } => format!("Call {tool}"),
        Next::Ask(question) => format!("Ask: {}", question.question),
        Next::Answer { text, .. } => text.clone(),
        Next::HandOver { to, why } => format!("Hand it over to {}: {why}", scene.names().worker(to).name),
        Next::CannotDo { why } | Next::Broken { why } => format!("Give it up: {why}"),
        Next::Stop => "End without a word".to_owned(),
    };
    would_have(scene, tx, &words).await
}

/// Keeps what a shadow would have done, and tells its owner.
pub(super) async fn would_have(scene: &Scene, tx: &mut Tx, words: &str) -> Result<(), FlowError> {
    let (task, run, now) = (&scene.task, &scene.run, scene.app.now());
    if !runs::finish(tx, run, RunState::Done, now).await? {
        return Err(FlowError::LostLease);
    }
    let words = redact::known(&redact::text(words), scene.app.config.secrets());
    let digest = digest_bytes(words.as_bytes());
    let end = json!({ "end": { "proposal": digest } });
    runs::append_step(tx, run.id, run.fence, StepKind::End, "", &end, now).await?;
    if !scene.app.config.keep_answers && run.driver.thinks() {
        runs::erase_run(tx, run.id).await?;
    }
    assignments::end_current(tx, task.id, AssignmentState::Done, now).await?;
    tasks::move_task(tx, task.id, task.state, TaskState::Done, now).await?;
    let kind = Kind::Proposal;
    let new =
        NewResult { task: task.id, run: Some(run.id), position: &run.position, kind, text: &words, digest: &digest };
    let result = results::keep(tx, &new, now).await?;
    let payload =
        json!({ "run": run.id, "result": result, "position": run.position, "proposal": digest, "shadow": true });
    note(tx, task, FactKind::Proposed, payload, now).await?;
    note(tx, task, FactKind::TaskEnded, json!({ "run": run.id, "state": TaskState::Done }), now).await?;
    tell(&scene.app, tx, task).await
}

/// Whoever had the task has done it: the owners of its shadows see both beside each other.
pub(super) async fn compare(app: &App, tx: &mut Tx, original: &Task) -> Result<(), FlowError> {
    if original.is_copy() {
        return Ok(());
    }
    for shadow in results::shadows_of(tx, original.id).await? {
        if let Some(copy) = tasks::task(tx, shadow.task).await? {
            tell(app, tx, &copy).await?;
        }
    }
    Ok(())
}

/// Shows the owner what a shadow would have done, and what was done, as far as either is there; nothing once it was judged.
async fn tell(app: &App, tx: &mut Tx, copy: &Task) -> Result<(), FlowError> {
    let kept = results::of_task(tx, copy.id).await?;
    let Some(stored) = kept.into_iter().find(|stored| stored.kind == Kind::Proposal && stored.rating.is_none()) else {
        return Ok(());
    };
    let (Some(words), Some(shadow)) = (&stored.text, results::shadow(tx, copy.id).await?) else { return Ok(()) };
    let moment = Moment::of(app)?;
    let worker = WorkerRef::Agent(stored.position.clone());
    let owner = moment.names().owner(&worker).and_then(|owner| owner.account);
    let Some(account) = owner.or(moment.names().worker(&WorkerRef::Human).account) else { return Ok(()) };
    let mut view = to_judge(&moment, copy, stored.id, &worker, words, None);
    view.beside = Some(beside(app, tx, &moment, shadow.of).await?);
    let slot = judge_slot(copy.id, stored.id, &account);
    let tell = Queued::tell(slot, &account, judged::would_have(&view)).in_conversation(&copy.conversation);
    outbox::queue(tx, &tell, app.now()).await?;
    Ok(())
}

/// Who has or had the original, and what came of it by now.
async fn beside(app: &App, tx: &mut Tx, moment: &Moment, original: TaskId) -> Result<Beside, FlowError> {
    let held = assignments::of_task_in(tx, original).await?.pop();
    let names = moment.names();
    let worker = held.map_or_else(|| names.worker(&WorkerRef::Human), |held| names.worker(&held.worker));
    let Some(task) = tasks::task(tx, original).await? else { return Ok(Beside { task: original, worker, did: None }) };
    if !task.state.has_ended() {
        return Ok(Beside { task: original, worker, did: None });
    }
    let mut did: Vec<String> =
        super::execute::performed(app, tx, &task).await?.into_iter().map(|action| action.title).collect();
    let answer = results::of_task(tx, original).await?.into_iter().rfind(|stored| stored.kind == Kind::Answer);
    if let Some(text) = answer.and_then(|answer| answer.text) {
        did.push(crate::replies::plain::shorten(&text, BESIDE_CHARACTERS));
    }
    if did.is_empty() {
        did.push(format!("({}) {}", crate::store::word(&task.state), subject(&task.text)));
    }
    Ok(Beside { task: original, worker, did: Some(did.join("\n")) })
}
