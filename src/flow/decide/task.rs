//! What people do with a task: cancel, reassign, take, accept, hand over, finish, answer a question, settle an edit.

use serde_json::json;

use super::super::assign::{self, Giving, note, redraw_direct, request_of, say, take_away, take_eyes_off};
use super::super::facts::Moment;
use super::super::says::{Names, because_of};
use super::super::{App, FlowError, judge, questions};
use super::{Said, effort, who};
use crate::assignments::decide::{Holder, holder_of};
use crate::assignments::{Assignment, AssignmentState, store as assignments};
use crate::commands::To;
use crate::directives::Directives;
use crate::ids::TaskId;
use crate::ledger::FactKind;
use crate::playbooks::Question;
use crate::replies::human::{self, Surface, WorkState};
use crate::replies::outbox::Queued;
use crate::replies::receipt::{self, Because};
use crate::replies::refusals::Refusal;
use crate::replies::{Card, asking, store as outbox};
use crate::roster::directory::Directory;
use crate::roster::names::Named;
use crate::routing::store as corrections;
use crate::runs::{Run, store as runs};
use crate::store::Tx;
use crate::tasks::{Task, TaskState, store as tasks};
use crate::workers::{SlackUser, WorkerRef};

/// A task with its holder, and the names of this moment.
struct Scene {
    task: Task,
    held: Option<Assignment>,
    directives: std::sync::Arc<Directives>,
    directory: std::sync::Arc<Directory>,
}

impl Scene {
    fn names(&self) -> Names<'_> {
        Names { directives: &self.directives, directory: &self.directory }
    }

    fn holder(&self) -> Option<&WorkerRef> {
        self.held.as_ref().map(|held| &held.worker)
    }

    /// The holder's card, in a state of a person's work.
    fn work_card(&self, held: &Assignment, state: &WorkState, surface: Surface) -> Card {
        human::card(&self.names().work(&self.task, &held.worker, &because_of(held), None), state, surface)
    }
}

/// Looks a task up; the refusal where it does not exist or has ended.
async fn scene(app: &App, tx: &mut Tx, id: TaskId) -> Result<Result<Scene, Refusal>, FlowError> {
    let Some(task) = tasks::task(tx, id).await? else {
        return Ok(Err(Refusal::NoSuchTask { text: id.to_string() }));
    };
    if task.state.has_ended() {
        return Ok(Err(Refusal::TaskEnded { task: id }));
    }
    Ok(Ok(scene_with(app, tx, task).await?))
}

/// As [`scene`], of a task that may have ended.
async fn scene_of_any(app: &App, tx: &mut Tx, id: TaskId) -> Result<Result<Scene, Refusal>, FlowError> {
    match tasks::task(tx, id).await? {
        Some(task) => Ok(Ok(scene_with(app, tx, task).await?)),
        None => Ok(Err(Refusal::NoSuchTask { text: id.to_string() })),
    }
}

async fn scene_with(app: &App, tx: &mut Tx, task: Task) -> Result<Scene, FlowError> {
    let held = assignments::current(tx, task.id).await?;
    Ok(Scene { task, held, directives: app.directives()?, directory: app.directory() })
}

macro_rules! or_refuse {
    ($result:expr) => {
        match $result {
            Ok(value) => value,
            Err(refusal) => return Ok(Said::Refused(refusal)),
        }
    };
}

pub async fn cancel(app: &App, tx: &mut Tx, id: TaskId, by: &SlackUser) -> Result<Said, FlowError> {
    let scene = or_refuse!(scene(app, tx, id).await?);
    or_refuse!(who::steers(app, &scene.directives, &scene.directory, &scene.task, scene.holder(), by));
    let names = scene.names();
    let (who, at) = (names.account(by), app.now());
    let performed = super::super::execute::performed(app, tx, &scene.task).await?;
    take_away(app, tx, &scene.task, AssignmentState::Released, by, |held, surface| match (&held.worker, surface) {
        (WorkerRef::Agent(_), _) => receipt::cancelled(&names.receipt_of(&scene.task, held), &who, at, &performed),
        (_, surface) => scene.work_card(held, &WorkState::Cancelled { by: who.clone(), at }, surface),
    })
    .await?;
    tasks::move_task(tx, id, scene.task.state, TaskState::Cancelled, at).await?;
    note(tx, &scene.task, FactKind::TaskEnded, json!({ "state": "cancelled", "by": by }), at).await?;
    take_eyes_off(tx, &scene.task, at).await?;
    Ok(Said::Nothing)
}

/// *Wrong — reassign*, a candidate's button, or `reassign T-17 to …`: the correction is kept, so that the router learns.
pub async fn reassign(app: &App, tx: &mut Tx, id: TaskId, to: &To, by: &SlackUser) -> Result<Said, FlowError> {
    let scene = or_refuse!(scene_of_any(app, tx, id).await?);
    let last = match &scene.held {
        Some(held) => Some(held.worker.clone()),
        None => assignments::of_task_in(tx, id).await?.pop().map(|last| last.worker),
    };
    or_refuse!(who::steers(app, &scene.directives, &scene.directory, &scene.task, last.as_ref(), by));
    let worker = or_refuse!(resolve(&scene, to));
    corrections::keep_correction(tx, id, &scene.task.text, &worker.to_string(), &by.user, app.now()).await?;
    note(tx, &scene.task, FactKind::Corrected, json!({ "to": worker, "by": by }), app.now()).await?;
    if !scene.task.state.has_ended() {
        return move_to(app, tx, &scene, worker, by).await;
    }
    // The wrong one has answered already. What it said stands; whoever should have had it begins anew.
    match assign::start_again(app, tx, &scene.task, Some(&worker), by).await? {
        true => Ok(Said::Nothing),
        false => Ok(Said::Refused(Refusal::TaskEnded { task: id })),
    }
}

pub async fn take(app: &App, tx: &mut Tx, id: TaskId, by: &SlackUser) -> Result<Said, FlowError> {
    let scene = or_refuse!(scene(app, tx, id).await?);
    let handle = or_refuse!(who::person(app, &scene.directives, &scene.directory, by));
    if let Some(held) = scene.held.as_ref().filter(|held| held.state == AssignmentState::Held) {
        let by = scene.names().worker(&held.worker);
        return Ok(Said::Refused(Refusal::AlreadyTaken { task: id, by, at: held.accepted.unwrap_or(held.since) }));
    }
    hold(app, tx, &scene, &handle, by).await
}

pub async fn accept(app: &App, tx: &mut Tx, id: TaskId, by: &SlackUser) -> Result<Said, FlowError> {
    let scene = or_refuse!(scene(app, tx, id).await?);
    let handle = or_refuse!(who::person(app, &scene.directives, &scene.directory, by));
    let Some(held) = &scene.held else { return Ok(Said::Refused(Refusal::TaskEnded { task: id })) };
    if held.state == AssignmentState::Held {
        let by = scene.names().worker(&held.worker);
        return Ok(Said::Refused(Refusal::AlreadyTaken { task: id, by, at: held.accepted.unwrap_or(held.since) }));
    }
    let asked = asked(tx, &scene).await?;
    if !asked.contains(&handle) {
        let may = who::people(&scene.directives, &scene.directory, &asked.into_iter().collect());
        return Ok(Said::Refused(Refusal::NotYours { task: id, may }));
    }
    hold(app, tx, &scene, &handle, by).await
}

/// Everybody who was asked for this task and may still say yes: the one asked now and, after escalations, those before.
async fn asked(tx: &mut Tx, scene: &Scene) -> Result<Vec<String>, FlowError> {
    let roster = &scene.directives.roster;
    let requester = scene.directory.person_of(roster, &scene.task.requester.user).map(|person| person.handle.clone());
    let mut out = Vec::new();
    for assignment in assignments::of_task_in(tx, scene.task.id).await? {
        let was_offered = assignment.accepted.is_none() && assignment.worker != WorkerRef::Human;
        if let (true, Holder::People(handles)) =
            (was_offered, holder_of(roster, &assignment.worker, requester.as_deref()))
        {
            out.extend(handles);
        }
    }
    if scene.holder() == Some(&WorkerRef::Human) {
        out.extend(roster.triage.clone());
    }
    Ok(out)
}

/// Somebody says yes: they hold it from now on, and every card shows so.
async fn hold(app: &App, tx: &mut Tx, scene: &Scene, handle: &str, by: &SlackUser) -> Result<Said, FlowError> {
    let at = app.now();
    let worker = WorkerRef::Person(handle.to_owned());
    let Some(held) = &scene.held else { return Ok(Said::Refused(Refusal::TaskEnded { task: scene.task.id })) };
    if !assignments::accept(tx, held.id, &worker, at).await? {
        let by = scene.names().worker(&held.worker);
        return Ok(Said::Refused(Refusal::AlreadyTaken { task: scene.task.id, by, at }));
    }
    tasks::move_task(tx, scene.task.id, TaskState::Unsure, TaskState::Assigned, at).await?;
    tasks::note_first_answer(tx, scene.task.id, at).await?;
    note(tx, &scene.task, FactKind::Accepted, json!({ "by": by, "person": worker }), at).await?;
    let held = Assignment { worker, state: AssignmentState::Held, accepted: Some(at), ..held.clone() };
    let state = WorkState::Accepted { at };
    say(tx, &scene.task, held.id, scene.work_card(&held, &state, Surface::Thread), at).await?;
    // Whoever was asked before sees that somebody has it, and not the holder's buttons.
    let taken = WorkState::TakenByOther { by: scene.names().account(by), at };
    redraw_direct(app, tx, &scene.task, |user| {
        let state = if user == by.user { &state } else { &taken };
        Some(scene.work_card(&held, state, Surface::Direct))
    })
    .await?;
    Ok(Said::Nothing)
}

pub async fn hand_over(app: &App, tx: &mut Tx, id: TaskId, to: &To, by: &SlackUser) -> Result<Said, FlowError> {
    let scene = or_refuse!(scene(app, tx, id).await?);
    or_refuse!(who::steers(app, &scene.directives, &scene.directory, &scene.task, scene.holder(), by));
    let worker = or_refuse!(resolve(&scene, to));
    note(tx, &scene.task, FactKind::HandedOver, json!({ "to": worker, "by": by }), app.now()).await?;
    move_to(app, tx, &scene, worker, by).await
}

/// Takes a task from whoever has it and gives it to `worker`.
async fn move_to(app: &App, tx: &mut Tx, scene: &Scene, worker: WorkerRef, by: &SlackUser) -> Result<Said, FlowError> {
    let names = scene.names();
    let (who, to, at) = (names.account(by), names.worker(&worker), app.now());
    take_away(app, tx, &scene.task, AssignmentState::Released, by, |held, surface| match &held.worker {
        WorkerRef::Agent(_) => receipt::reassigned(&names.receipt_of(&scene.task, held), &who, &to, at),
        _ => scene.work_card(held, &WorkState::HandedOver { to: to.clone(), at }, surface),
    })
    .await?;
    let giving = Giving { worker: &worker, because: Because::Chosen { by: who, at }, level: 0, offered_since: at };
    assign::give(app, tx, &scene.task, giving).await?;
    Ok(Said::Nothing)
}

pub async fn done(
    app: &App,
    tx: &mut Tx,
    id: TaskId,
    (words, took): (Option<&str>, Option<&str>),
    by: &SlackUser,
) -> Result<Said, FlowError> {
    let scene = or_refuse!(scene(app, tx, id).await?);
    let handle = or_refuse!(who::person(app, &scene.directives, &scene.directory, by));
    let Some(held) = &scene.held else { return Ok(Said::Refused(Refusal::TaskEnded { task: id })) };
    if held.worker != WorkerRef::Person(handle) {
        let may = vec![scene.names().worker(&held.worker)];
        return Ok(Said::Refused(Refusal::NotYours { task: id, may }));
    }
    let minutes = match effort::read(took) {
        Ok(minutes) => minutes,
        Err(wrong) => return Ok(Said::Wrong(vec![wrong])),
    };
    let at = app.now();
    super::super::workflow::returned_words(tx, id, words).await?;
    effort::note(app, tx, id, by, minutes).await?;
    assignments::end_current(tx, id, AssignmentState::Done, at).await?;
    tasks::move_task(tx, id, scene.task.state, TaskState::Done, at).await?;
    let digest = words.map(|words| crate::catalogue::canonical::digest_bytes(words.as_bytes()));
    note(
        tx,
        &scene.task,
        FactKind::TaskEnded,
        json!({ "state": "done", "by": by, "result": digest, "minutes": minutes }),
        at,
    )
    .await?;
    let judging = judge::keep_work(tx, &scene.task, &held.worker, (words.unwrap_or_default(), by), at).await?;
    let state = WorkState::Done { at, note: words.map(str::to_owned), judging };
    say(tx, &scene.task, held.id, scene.work_card(held, &state, Surface::Thread), at).await?;
    super::super::shadow::compare(app, tx, &scene.task).await?;
    redraw_direct(app, tx, &scene.task, |_| Some(scene.work_card(held, &state, Surface::Direct))).await?;
    Ok(Said::Nothing)
}

/// The answer to a question, by form.
pub async fn answer(app: &App, tx: &mut Tx, id: TaskId, words: &str, by: &SlackUser) -> Result<Said, FlowError> {
    let asked = or_refuse!(asked_of(app, tx, id, by).await?);
    give_answer(app, tx, &asked, words, by).await
}

/// One of the answers that a question offers. A button of an earlier question answers nothing.
pub async fn choose(
    app: &App,
    tx: &mut Tx,
    id: TaskId,
    question: &str,
    option: usize,
    by: &SlackUser,
) -> Result<Said, FlowError> {
    let asked = or_refuse!(asked_of(app, tx, id, by).await?);
    let chosen = asked.question.options.get(option).filter(|_| questions::key(&asked.run) == question).cloned();
    match chosen {
        Some(words) => give_answer(app, tx, &asked, &words, by).await,
        None => Ok(Said::Refused(Refusal::OldButton)),
    }
}

/// A task's open question.
struct AskedOf {
    task: Task,
    run: Run,
    question: Question,
}

/// The question of a task, if this account may answer it.
async fn asked_of(app: &App, tx: &mut Tx, id: TaskId, by: &SlackUser) -> Result<Result<AskedOf, Refusal>, FlowError> {
    let scene = match scene(app, tx, id).await? {
        Ok(scene) => scene,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let run = runs::current_of_task(tx, id).await?;
    let Some((run, question)) = run.and_then(|run| Some((run.clone(), questions::question_of(&run)?.clone()))) else {
        return Ok(Err(Refusal::OldButton));
    };
    let moment = Moment::of(app)?;
    if !questions::may_answer(app, &moment, &scene.task, &run, &question, by) {
        let asked = questions::asked(app, &moment, &scene.task, &run, &question).people;
        let may = match asked.as_slice() {
            [] => vec![scene.names().account(&scene.task.requester)],
            [..] => asked.iter().map(|handle| scene.names().person(handle)).collect(),
        };
        return Ok(Err(Refusal::NotYours { task: id, may }));
    }
    Ok(Ok(AskedOf { task: scene.task, run, question }))
}

async fn give_answer(app: &App, tx: &mut Tx, asked: &AskedOf, words: &str, by: &SlackUser) -> Result<Said, FlowError> {
    let given = questions::Given { words, by: Some(by), in_thread: false };
    questions::answered(app, tx, &asked.task, &asked.run, &asked.question, given).await?;
    Ok(Said::Nothing)
}

/// The edited text counts: the work starts again with it.
pub async fn use_edit(app: &App, tx: &mut Tx, id: TaskId, by: &SlackUser) -> Result<Said, FlowError> {
    let scene = or_refuse!(edit_scene(app, tx, id, by).await?);
    let Some(words) = tasks::noted_edit(tx, id).await? else { return Ok(Said::Refused(Refusal::OldButton)) };
    let names = scene.names();
    let (who, at) = (names.account(by), app.now());
    settle_edit(app, tx, &scene, true).await?;
    take_away(app, tx, &scene.task, AssignmentState::Released, by, |held, surface| match &held.worker {
        WorkerRef::Agent(_) => receipt::edited(&names.receipt_of(&scene.task, held), &who, at),
        _ => scene.work_card(held, &WorkState::Edited { by: who.clone(), at }, surface),
    })
    .await?;
    tasks::reword(tx, id, &words).await?;
    tasks::move_task(tx, id, scene.task.state, TaskState::Open, at).await?;
    note(tx, &scene.task, FactKind::TaskChanged, json!({ "what": "starts again with the edit", "by": by }), at).await?;
    Ok(Said::Nothing)
}

pub async fn ignore_edit(app: &App, tx: &mut Tx, id: TaskId, by: &SlackUser) -> Result<Said, FlowError> {
    let scene = or_refuse!(edit_scene(app, tx, id, by).await?);
    tasks::note_edit(tx, id, None).await?;
    settle_edit(app, tx, &scene, false).await?;
    note(tx, &scene.task, FactKind::TaskChanged, json!({ "what": "goes on without the edit", "by": by }), app.now())
        .await?;
    Ok(Said::Nothing)
}

async fn edit_scene(app: &App, tx: &mut Tx, id: TaskId, by: &SlackUser) -> Result<Result<Scene, Refusal>, FlowError> {
    let scene = match scene(app, tx, id).await? {
        Ok(scene) => scene,
        Err(refusal) => return Ok(Err(refusal)),
    };
    if scene.task.requester != *by {
        let may = vec![scene.names().account(&scene.task.requester)];
        return Ok(Err(Refusal::NotYours { task: id, may }));
    }
    Ok(Ok(scene))
}

async fn settle_edit(app: &App, tx: &mut Tx, scene: &Scene, used: bool) -> Result<(), FlowError> {
    let holder = scene.holder().cloned().unwrap_or(WorkerRef::Human);
    let card = asking::edit_settled(scene.task.id, &scene.names().worker(&holder), used);
    let slot = format!("task:{}:edit", scene.task.id.0);
    outbox::queue(tx, &Queued::say(slot, &scene.task.channel, Some(&scene.task.root_ts), card), app.now()).await?;
    Ok(())
}

/// Whom somebody means. Names that two bear are asked about, never guessed.
fn resolve(scene: &Scene, to: &To) -> Result<WorkerRef, Refusal> {
    let roster = &scene.directives.roster;
    match to {
        To::Worker(worker) => Ok(worker.clone()),
        To::Account(user) => {
            scene.directory.person_of(roster, user).map(|person| WorkerRef::Person(person.handle.clone())).ok_or_else(
                || Refusal::NoSuchWorker {
                    text: scene
                        .names()
                        .account(&SlackUser { team: scene.task.requester.team.clone(), user: user.clone() })
                        .name,
                    nearest: None,
                },
            )
        }
        To::Named(text) => match roster.named(text) {
            Named::One(worker) => Ok(worker),
            Named::Several(workers) => Err(Refusal::Ambiguous {
                text: text.clone(),
                are: workers.iter().map(|worker| roster.spoken(worker)).collect(),
            }),
            Named::Nobody => Err(Refusal::NoSuchWorker { text: text.clone(), nearest: roster.nearest_name(text) }),
        },
    }
}

/// Candidates of a task, for the list behind *Wrong — reassign*: everyone who can take work, the likeliest first.
pub(super) fn reassign_choices(
    app: &App,
    router: &crate::routing::Router,
    directives: &Directives,
    directory: &Directory,
    task: &Task,
) -> Vec<crate::replies::unsure::Candidate> {
    let names = Names { directives, directory };
    let request = request_of(directives, directory, task, app.now());
    let routed = crate::routing::route(&request, directives, router, app.now());
    let mut workers: Vec<WorkerRef> = routed.candidates.into_iter().map(|candidate| candidate.worker).collect();
    for position in directives.roster.positions.values().filter(|position| position.is_program()) {
        let worker = WorkerRef::Agent(position.id.clone());
        if !workers.contains(&worker) {
            workers.push(worker);
        }
    }
    workers
        .into_iter()
        .map(|worker| crate::replies::unsure::Candidate { label: assign::label(&names, &worker), worker })
        .collect()
}
