//! Questions that nobody answers: whoever was asked is reminded while they work; then the org chart says who is asked next, and
//! where nobody is left, or only the requester can tell, the task is given back.

use serde_json::json;

use super::super::assign::{note, say, take_eyes_off};
use super::super::facts::Moment;
use super::super::{App, FlowError, execute};
use super::{asked, close, key, label, question_of, show, who};
use crate::assignments::{AssignmentState, store as assignments};
use crate::clock::{Span, Timestamp};
use crate::gate::timing;
use crate::ledger::FactKind;
use crate::replies::asking::Whom;
use crate::replies::outbox::Queued;
use crate::replies::{asking, receipt, store as outbox};
use crate::runs::journal::Question;
use crate::runs::store::{self as runs, QuestionDue};
use crate::runs::{Run, RunState, Waiting};
use crate::store::Tx;
use crate::tasks::{Task, TaskState, store as tasks};
use crate::workers::WorkerRef;
use crate::workflows::store as workflows;

/// The first reminder comes after this time, or half of the time there is where that is less.
const REMIND_AFTER: Span = Span::hours(4);

/// Notes when whoever is asked is reminded, and when their time is over: both while somebody of them works.
pub(super) async fn note_asked(
    app: &App,
    tx: &mut Tx,
    moment: &Moment,
    run: &Run,
    task: &Task,
    people: &[String],
) -> Result<(), FlowError> {
    let within = Span::minutes(app.config.limits.answer_within_minutes.max(1));
    let people = addressed(moment, task, people);
    let after =
        |span: Span| at_work(moment, &people, timing::deadline(moment.now, span, &people, &moment.directives.roster));
    let (due, remind) = (after(within), after(REMIND_AFTER.min(Span(within.0 / 2))));
    Ok(runs::note_question(tx, run, Some(remind).filter(|at| *at < due), due, moment.now).await?)
}

/// The people whose hours count: those who are asked, or whoever made the request.
fn addressed(moment: &Moment, task: &Task, people: &[String]) -> Vec<String> {
    let requester = || moment.directory.person_of(&moment.directives.roster, &task.requester.user);
    match people {
        [] => requester().map(|person| person.handle.clone()).into_iter().collect(),
        [..] => people.to_vec(),
    }
}

/// `at` itself while one of them works, else when the first of them comes in.
fn at_work(moment: &Moment, people: &[String], at: Timestamp) -> Timestamp {
    let roster = &moment.directives.roster;
    let next = |handle: &String| roster.next_working_instant(Some(&WorkerRef::Person(handle.clone())), at);
    match people {
        [] => roster.next_working_instant(None, at).unwrap_or(at),
        [..] => people.iter().filter_map(next).min().unwrap_or(at),
    }
}

/// When the next question is to be looked at.
pub(in crate::flow) async fn next_due(app: &App) -> Result<Option<Timestamp>, FlowError> {
    Ok(runs::next_question(&app.store).await?)
}

/// Reminds, asks the next, or gives back.
pub(in crate::flow) async fn look_after(app: &App, tx: &mut Tx, moment: &Moment) -> Result<(), FlowError> {
    for due in runs::questions_due(tx, moment.now).await? {
        let run = runs::run(tx, due.run).await?;
        let Some((run, question)) = run.and_then(|run| Some((run.clone(), question_of(&run)?.clone()))) else {
            // It was answered, or cancelled.
            runs::forget_question(tx, due.run).await?;
            continue;
        };
        let Some(task) = tasks::task(tx, run.task).await? else { continue };
        let of = (&run, &task, &question);
        if due.due > moment.now {
            remind(app, tx, moment, of, &due).await?;
        } else if !ask_next(app, tx, moment, of).await? {
            give_back(app, tx, moment, &run, &task).await?;
        }
    }
    Ok(())
}

async fn remind(
    app: &App,
    tx: &mut Tx,
    moment: &Moment,
    (run, task, question): (&Run, &Task, &Question),
    due: &QuestionDue,
) -> Result<(), FlowError> {
    let asked = asked(app, moment, task, run, question);
    // Each pause is twice as long as the one before it.
    let waited = moment.now.since(due.asked);
    let next = at_work(moment, &addressed(moment, task, &asked.people), moment.now.plus(waited.times(2)));
    runs::note_reminded(tx, run.id, Some(next).filter(|at| *at < due.due)).await?;
    let Some(held) = assignments::current(tx, task.id).await? else { return Ok(()) };
    let whom = who::whom(moment, task, question, &asked);
    let card = asking::reminder(&moment.names().receipt_of(task, &held), &whom, &label(question), due.due);
    let slot = format!("task:{}:remind:{}:{}", task.id.0, key(run), moment.now.0);
    let tell = Queued::say(&slot, &task.channel, Some(&task.root_ts), card.clone()).in_conversation(&task.conversation);
    outbox::queue(tx, &tell, moment.now).await?;
    if let (Whom::People { people, .. }, true) = (&whom, question.of != WorkerRef::Requester) {
        for account in people.iter().filter_map(|who| who.account.as_ref()) {
            let tell = Queued::tell(format!("{slot}:{account}"), account, card.clone());
            outbox::queue(tx, &tell.in_conversation(&task.conversation), moment.now).await?;
        }
    }
    let payload = json!({ "run": run.id, "of": "question", "people": asked.people });
    note(tx, task, FactKind::Reminded, payload, moment.now).await
}

/// Nobody of those who were asked answered: the next are asked; false where nobody is left.
async fn ask_next(
    app: &App,
    tx: &mut Tx,
    moment: &Moment,
    (run, task, question): (&Run, &Task, &Question),
) -> Result<bool, FlowError> {
    if question.of == WorkerRef::Requester {
        return Ok(false);
    }
    let silent = asked(app, moment, task, run, question).people;
    let before = [question.before.clone(), silent.clone()].concat();
    let question = Question { before, ..question.clone() };
    let next = asked(app, moment, task, run, &question).people;
    if next.is_empty() || !runs::now_waits_for(tx, run.id, &Waiting::Answer(question.clone())).await? {
        return Ok(false);
    }
    note_asked(app, tx, moment, run, task, &next).await?;
    let payload = json!({ "run": run.id, "of": "question", "from": silent, "to": next });
    note(tx, task, FactKind::Escalated, payload, moment.now).await?;
    show(app, tx, moment, (run, task, &question), &next).await?;
    Ok(true)
}

async fn give_back(app: &App, tx: &mut Tx, moment: &Moment, run: &Run, task: &Task) -> Result<(), FlowError> {
    close(app, tx, task, run).await?;
    runs::end_run(tx, run.id, RunState::Failed, moment.now).await?;
    let held = assignments::current(tx, task.id).await?;
    assignments::end_current(tx, task.id, AssignmentState::Done, moment.now).await?;
    tasks::move_task(tx, task.id, task.state, TaskState::Failed, moment.now).await?;
    let why = "Nobody answered its question in time.";
    let payload = json!({ "run": run.id, "state": TaskState::Failed, "why": why });
    note(tx, task, FactKind::TaskEnded, payload, moment.now).await?;
    // Where it is a step of a workflow, its recovery begins with that reason.
    workflows::returned(tx, task.id, None, Some(why)).await?;
    let Some(held) = held else { return Ok(()) };
    let performed = execute::performed(app, tx, task).await?;
    let view = moment.names().receipt_of(task, &held);
    say(tx, task, held.id, receipt::failed(&view, why, &performed), moment.now).await?;
    take_eyes_off(tx, task, moment.now).await
}
