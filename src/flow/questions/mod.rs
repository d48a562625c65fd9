//! Questions that runs wait with: put to whoever can tell, in the thread and directly, and answered there, by a button or by a
//! form. Who may answer is looked up at the moment of answering; what others say meanwhile is theirs.

mod late;
mod who;

use serde_json::json;

use super::assign::{note, say};
use super::facts::Moment;
use super::{App, FlowError, decide};
use crate::assignments::store as assignments;
use crate::catalogue::canonical::digest_bytes;
use crate::ids::ConversationId;
use crate::inbox::{ChannelKind, Message};
use crate::ledger::FactKind;
use crate::replies::asking::{self, Asking};
use crate::replies::outbox::Queued;
use crate::replies::target::option_of;
use crate::replies::{Who, store as outbox};
use crate::runs::journal::{JournalEntry, Question};
use crate::runs::store as runs;
use crate::runs::{Run, StepKind, Waiting};
use crate::store::Tx;
use crate::tasks::{Task, store as tasks};
use crate::workers::{SlackUser, WorkerRef};

pub(super) use late::{look_after, next_due};
pub(super) use who::{asked, may_answer, reached};

/// What names a question within its task: its run, and the fence with which it began to wait.
pub(super) fn key(run: &Run) -> String {
    format!("{}.{}", run.id.0, run.fence)
}

fn direct_slots(task: &Task, run: &Run) -> String {
    format!("task:{}:ask:{}:", task.id.0, key(run))
}

/// The question that a run waits with.
pub(super) fn question_of(run: &Run) -> Option<&Question> {
    match &run.waiting {
        Some(Waiting::Answer(question)) => Some(question),
        Some(Waiting::Approval { .. } | Waiting::Action { .. }) | None => None,
    }
}

/// A run waits with a question from now on: whoever can tell is asked.
pub(super) async fn put(app: &App, tx: &mut Tx, run: &Run, task: &Task, question: &Question) -> Result<(), FlowError> {
    let moment = Moment::of(app)?;
    let people = asked(app, &moment, task, run, question).people;
    late::note_asked(app, tx, &moment, run, task, &people).await?;
    // Whoever answers for an agent may answer what is asked of a hook's sender, and is not asked for it.
    let told: &[String] = if question.of == WorkerRef::Requester { &[] } else { &people };
    let payload = json!({ "run": run.id, "slot": question.slot, "of": question.of, "people": told });
    note(tx, task, FactKind::Asked, payload, moment.now).await?;
    show(app, tx, &moment, (run, task, question), &people).await
}

/// Draws the question in the thread, and in the direct messages of `people`.
async fn show(
    app: &App,
    tx: &mut Tx,
    moment: &Moment,
    (run, task, question): (&Run, &Task, &Question),
    people: &[String],
) -> Result<(), FlowError> {
    let Some(held) = assignments::current(tx, task.id).await? else { return Ok(()) };
    let names = moment.names();
    let view = names.receipt_of(task, &held);
    let options = question.options.iter().enumerate();
    let asking = Asking {
        view: &view,
        words: &question.question,
        whom: who::whom(moment, task, question, &asked(app, moment, task, run, question)),
        options: options.map(|(n, option)| (option.clone(), option_of(task.id, &key(run), n))).collect(),
    };
    say(tx, task, held.id, asking::question(&asking), moment.now).await?;
    // Who answers for an agent that nobody of the company asked is not rung for each of its questions.
    if question.of == WorkerRef::Requester {
        return Ok(());
    }
    for handle in people {
        let others: Vec<Who> = people.iter().filter(|other| *other != handle).map(|h| names.person(h)).collect();
        if let Some(account) = names.person(handle).account {
            let card = asking::direct_question(&asking, &others);
            let slot = format!("{}{account}", direct_slots(task, run));
            outbox::queue(tx, &Queued::tell(slot, &account, card).in_conversation(&task.conversation), moment.now)
                .await?;
        }
    }
    Ok(())
}

/// An answer, and where it was given.
#[derive(Debug, Clone, Copy)]
pub(super) struct Given<'a> {
    pub words: &'a str,
    /// Whose account; `None`: a hook delivered it.
    pub by: Option<&'a SlackUser>,
    /// Whether it was said in the thread of the task, where everybody reads it.
    pub in_thread: bool,
}

/// Journals an answer and wakes the run. In the thread's place of the question the receipt goes on.
pub(super) async fn answered(
    app: &App,
    tx: &mut Tx,
    task: &Task,
    run: &Run,
    question: &Question,
    given: Given<'_>,
) -> Result<(), FlowError> {
    let moment = Moment::of(app)?;
    let names = moment.names();
    // The requester's words need no name: the worker knows whose request it is.
    let by = given.by.filter(|by| **by != task.requester).map(|by| names.account(by));
    let slot = question.slot.clone();
    let name = by.as_ref().map(|by| by.name.clone());
    let entry = JournalEntry::Answered { slot: slot.clone(), value: given.words.to_owned(), by: name };
    runs::append_step(
        tx,
        run.id,
        run.fence,
        StepKind::Answer,
        &digest_bytes(slot.as_bytes()),
        &json!(entry),
        moment.now,
    )
    .await?;
    runs::wake(tx, run.id, moment.now).await?;
    runs::forget_question(tx, run.id).await?;
    let words = digest_bytes(given.words.as_bytes());
    let hook = task.source.strip_prefix("webhook:").filter(|_| given.by.is_none());
    let payload = json!({ "run": run.id, "slot": slot, "words": words, "by": given.by, "hook": hook });
    note(tx, task, FactKind::Answered, payload, moment.now).await?;
    let Some(held) = assignments::current(tx, task.id).await? else { return Ok(()) };
    let view = names.receipt_of(task, &held);
    let said = by.as_ref().map(|by| (by, given.words));
    let card = asking::answered_question(&view, &label(question), said.filter(|_| !given.in_thread));
    say(tx, task, held.id, card, moment.now).await?;
    let over = asking::direct_question_over(&view, &question.question, said);
    redraw(tx, task, run, &over, &moment).await
}

/// Nobody waits for the answer any more: whoever was asked directly reads so.
pub(super) async fn close(app: &App, tx: &mut Tx, task: &Task, run: &Run) -> Result<(), FlowError> {
    let Some(question) = question_of(run) else { return Ok(()) };
    runs::forget_question(tx, run.id).await?;
    let Some(held) = assignments::of_task_in(tx, task.id).await?.pop() else { return Ok(()) };
    let moment = Moment::of(app)?;
    let view = moment.names().receipt_of(task, &held);
    redraw(tx, task, run, &asking::direct_question_over(&view, &question.question, None), &moment).await
}

async fn redraw(
    tx: &mut Tx,
    task: &Task,
    run: &Run,
    card: &crate::replies::Card,
    moment: &Moment,
) -> Result<(), FlowError> {
    let prefix = direct_slots(task, run);
    for slot in outbox::slots_with_prefix(tx, &prefix).await? {
        let account = slot.trim_start_matches(&prefix).to_owned();
        let tell = Queued::tell(slot, &account, card.clone()).in_conversation(&task.conversation);
        outbox::queue(tx, &tell, moment.now).await?;
    }
    Ok(())
}

/// What an answer is called: `order_number` → "order number".
fn label(question: &Question) -> String {
    question.slot.replace('_', " ").trim().to_owned()
}

/// What a message of somebody answers: the question of a run in this thread, of the one that asked last, or the one below which
/// they write in their direct messages. Also a run whose approver asked the requester back.
pub(super) async fn waiting_for(app: &App, tx: &mut Tx, message: &Message) -> Result<Option<(Task, Run)>, FlowError> {
    let moment = Moment::of(app)?;
    for task in tasks::open_of_conversation(tx, &message.conversation()).await? {
        let Some(run) = runs::current_of_task(tx, task.id).await? else { continue };
        let theirs = match &run.waiting {
            Some(Waiting::Answer(question)) => may_answer(app, &moment, &task, &run, question, &message.by),
            Some(Waiting::Approval { approval, .. }) => {
                task.requester == message.by && decide::open_question(tx, *approval).await?
            }
            Some(Waiting::Action { .. }) | None => false,
        };
        if theirs {
            return Ok(Some((task, run)));
        }
    }
    asked_directly(app, tx, &moment, message).await
}

/// The question whose card somebody answers below in their direct messages.
async fn asked_directly(
    app: &App,
    tx: &mut Tx,
    moment: &Moment,
    message: &Message,
) -> Result<Option<(Task, Run)>, FlowError> {
    let Some(root) = message.thread_ts.as_ref().filter(|_| message.channel_kind == ChannelKind::Direct) else {
        return Ok(None);
    };
    let Some(slot) = outbox::slot_at(tx, &message.channel, root).await? else { return Ok(None) };
    let parts: Vec<&str> = slot.split(':').collect();
    let ["task", id, "ask", asked, _account] = parts.as_slice() else { return Ok(None) };
    let Ok(id) = id.parse() else { return Ok(None) };
    let Some(task) = tasks::task(tx, crate::ids::TaskId(id)).await? else { return Ok(None) };
    let Some(run) = runs::current_of_task(tx, task.id).await?.filter(|run| key(run) == *asked) else { return Ok(None) };
    let theirs = question_of(&run).is_some_and(|question| may_answer(app, moment, &task, &run, question, &message.by));
    Ok(theirs.then_some((task, run)))
}

/// Whether a message stands in the thread of a task.
pub(super) fn stands_in(task: &Task, message: &Message) -> bool {
    task.conversation == ConversationId::of_thread(&message.by.team, &message.channel, message.root_ts())
}
