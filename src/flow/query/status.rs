//! `status T-17`, `status A-31`, `status`: how far it is, who has it, what comes next.

use super::super::says::because_of;
use super::super::{FlowError, decide};
use super::Told;
use super::seen::Viewer;
use super::stage::{Standing, ending};
use super::why::{spent, with_models};
use crate::assignments::decide::next_escalation;
use crate::assignments::{Assignment, AssignmentState, store as assignments};
use crate::clock::Timestamp;
use crate::commands::Subject;
use crate::commands::lines::Stage;
use crate::commands::status::{StatusAnswer, TaskStatus, render};
use crate::execution::store as actions;
use crate::gate::caught_up;
use crate::gate::store::{self as approvals, Card};
use crate::ids::{ApprovalId, TaskId};
use crate::ledger::store as ledger;
use crate::replies::named::any_of;
use crate::replies::receipt::Because;
use crate::replies::refusals::Refusal;
use crate::replies::{Cited, Who};
use crate::results::store::{self as results, Promised};
use crate::routing;
use crate::tasks::{Task, store as tasks};

/// So many open tasks are shown; the rest is counted.
const OPEN_SHOWN: i64 = 15;

pub(super) async fn answer(viewer: &Viewer<'_>, of: Option<Subject>) -> Result<Told, FlowError> {
    match of {
        Some(Subject::Task(id)) => of_task(viewer, id).await,
        Some(Subject::Approval(id)) => of_approval(viewer, id).await,
        None => open(viewer).await,
    }
}

async fn open(viewer: &Viewer<'_>) -> Result<Told, FlowError> {
    if let Err(refusal) = viewer.only_members() {
        return Ok(Err(refusal));
    }
    let channel = viewer.asker.channel.clone().unwrap_or_default();
    let (open, count) = tasks::open_seen_from(&viewer.app.store, viewer.by, &channel, OPEN_SHOWN).await?;
    let standing = Standing::of(viewer.app, &open).await?;
    let lines: Vec<_> = open.iter().map(|task| standing.line(viewer, task)).collect();
    let more = u32::try_from(count - i64::try_from(lines.len()).unwrap_or(0)).unwrap_or(0);
    Ok(Ok(render(&StatusAnswer::Open { tasks: lines, more, as_of: viewer.moment.now })))
}

async fn of_task(viewer: &Viewer<'_>, id: TaskId) -> Result<Told, FlowError> {
    let store = &viewer.app.store;
    let Some(task) = tasks::find_task(store, id).await? else {
        return Ok(Err(Refusal::NoSuchTask { text: id.to_string() }));
    };
    let tasks = [task];
    let standing = Standing::of(viewer.app, &tasks).await?;
    let [task] = tasks;
    let held = match standing.holder(id) {
        Some(held) => Some(held.clone()),
        None => assignments::of_task(store, id).await?.pop(),
    };
    let asked = standing.asked(viewer, &task);
    if let Err(refusal) =
        viewer.only_if_seen(&format!("status {id}"), &task, held.as_ref().map(|held| &held.worker), &asked)
    {
        return Ok(Err(refusal));
    }
    let ending =
        if task.state.has_ended() { ending(&ledger::facts_of_task(store, id).await?) } else { Default::default() };
    let names = viewer.names();
    let stage = standing.stage(viewer, &task, &ending);
    let next = next(viewer, &task, held.as_ref(), standing.card(id), &stage)?;
    let status = TaskStatus {
        task: id,
        subject: viewer.subject(&task, held.as_ref().map(|held| &held.worker), &asked),
        requester: names.requester(&task),
        place: names.place(&task),
        asked_at: task.created,
        stage,
        owner: held.as_ref().and_then(|held| names.owner(&held.worker)),
        because: held.as_ref().and_then(|held| line_of(because_of(held))),
        next,
        spent: with_models(spent(&actions::find_of_task(store, id).await?), store, id).await?,
        promised: results::promises_of(store, id)
            .await?
            .into_iter()
            .map(|(what, due, missed)| (what == Promised::Respond, due, missed))
            .collect(),
        thread: None,
        as_of: viewer.moment.now,
    };
    Ok(Ok(render(&StatusAnswer::Task(Box::new(status)))))
}

fn line_of(because: Because) -> Option<Cited> {
    match because {
        Because::Rule(rule) | Because::Step(rule) => Some(rule),
        Because::Escalated { rule, .. } => rule,
        Because::LooksLike { .. }
        | Because::Chosen { .. }
        | Because::SameThread { .. }
        | Because::CannotDo { .. }
        | Because::HandedOver { .. } => None,
    }
}

/// What happens by itself if nobody does anything, and when.
fn next(
    viewer: &Viewer<'_>,
    task: &Task,
    held: Option<&Assignment>,
    card: Option<&Card>,
    stage: &Stage,
) -> Result<Option<(Timestamp, String)>, FlowError> {
    if !stage.is_open() {
        return Ok(None);
    }
    if let (Some(card), Stage::WaitsForApproval { until, .. }) = (card, stage) {
        let (approval, _) = caught_up(&card.approval, &viewer.moment.surroundings());
        let then = decide::asked_next(&viewer.moment, &approval);
        let what = if then.is_empty() { format!("{} expires and nothing runs", approval.id) } else { asks(&then) };
        return Ok(Some((*until, what)));
    }
    let offered = held.filter(|held| held.state == AssignmentState::Offered);
    let Some((held, due)) = offered.and_then(|held| Some((held, held.due?))) else { return Ok(None) };
    let moment = &viewer.moment;
    let request = super::super::assign::request_of(&moment.directives, &moment.directory, task, moment.now);
    let router = viewer.app.router()?;
    let fits = |when: &_| routing::fits(when, &request, &moment.directives, &router, moment.now);
    let step = next_escalation(&moment.directives, held.level, held.since, fits);
    let to: Vec<Who> = step.iter().flat_map(|step| &step.to).map(|worker| viewer.names().worker(worker)).collect();
    Ok((!to.is_empty()).then(|| (due, asks(&to))))
}

fn asks(people: &[Who]) -> String {
    format!("{} {} asked", any_of(people), if people.len() == 1 { "is" } else { "are" })
}

async fn of_approval(viewer: &Viewer<'_>, id: ApprovalId) -> Result<Told, FlowError> {
    let store = &viewer.app.store;
    let none = || Refusal::NoSuchApproval { text: id.to_string() };
    let Some(card) = approvals::find_card(store, id).await? else { return Ok(Err(none())) };
    let (approval, _) = caught_up(&card.approval, &viewer.moment.surroundings());
    let card = Card { approval, ..card };
    let (Some(task), Some(stored)) =
        (tasks::find_task(store, card.task).await?, actions::find_action(store, card.approval.action).await?)
    else {
        return Ok(Err(none()));
    };
    let view = decide::approval_view(&viewer.moment, &task, &card, &stored);
    let holder = assignments::find_current(store, task.id).await?;
    if let Err(refusal) =
        viewer.only_if_seen(&format!("status {id}"), &task, holder.as_ref().map(|held| &held.worker), &view.asked)
    {
        return Ok(Err(refusal));
    }
    let state = decide::approval_state(&viewer.moment, &task, &card, &stored, None);
    let answer = StatusAnswer::Approval { view: Box::new(view), state: Box::new(state), as_of: viewer.moment.now };
    Ok(Ok(render(&answer)))
}
