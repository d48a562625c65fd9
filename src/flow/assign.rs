//! task → somebody: an agent's run begins, or people are asked. Every way to a new holder goes through [`give`].

use serde_json::json;

use super::says::{Names, task_dm_slot};
use super::{App, FlowError, follow, shadow};
use crate::assignments::decide::{Holder, holder_of, next_escalation};
use crate::assignments::store::{self as assignments, NewAssignment};
use crate::assignments::{Assignment, AssignmentState};
use crate::clock::{Span, Timestamp};
use crate::directives::Directives;
use crate::directives::rule::Condition;
use crate::gate::timing;
use crate::ids::{AssignmentId, TaskId};
use crate::ledger::{Fact, FactKind, store as ledger};
use crate::replies::human::{self, Surface, WorkState};
use crate::replies::outbox::Queued;
use crate::replies::receipt::{self, Because};
use crate::replies::unsure::{self, UnsureView, Why};
use crate::replies::{Card, Who, store as outbox};
use crate::roster::directory::Directory;
use crate::roster::{Driver, store as roster};
use crate::routing::{self, Routing};
use crate::runs::store::{self as runs, NewRun};
use crate::runs::{DriverKind, RunState};
use crate::store::{Tx, json as to_json};
use crate::tasks::{Task, TaskState, store as tasks};
use crate::workers::{Actor, ActorChain, SlackUser, WorkerRef};

/// How long, in working hours, whoever is asked because an agent cannot do it has before the next one up is asked.
const CLIMB_AFTER: Span = Span::hours(4);

/// Why a task goes to somebody, and how far the escalation had come.
pub struct Giving<'a> {
    pub worker: &'a WorkerRef,
    pub because: Because,
    pub level: u32,
    /// When the task was first offered to anybody: escalation counts from there.
    pub offered_since: Timestamp,
}

/// The slot of a holder's card in the task's thread: each holder has one of its own, since Slack keeps a post's name.
pub fn slot_of(task: TaskId, assignment: AssignmentId) -> String {
    format!("task:{}:held:{}", task.0, assignment.0)
}

/// Gives a task to a worker. Whoever had it before must have been told already.
pub async fn give(app: &App, tx: &mut Tx, task: &Task, giving: Giving<'_>) -> Result<(), FlowError> {
    let (directives, directory) = (app.directives()?, app.directory());
    let requester = directory.person_of(&directives.roster, &task.requester.user).map(|person| person.handle.clone());
    match holder_of(&directives.roster, giving.worker, requester.as_deref()) {
        Holder::Agent { position } => to_agent(app, tx, task, &position, giving).await,
        Holder::People(handles) => to_people(app, tx, task, &handles, giving).await,
        Holder::Nobody(_) => {
            let who = Names { directives: &directives, directory: &directory }.worker(giving.worker);
            ask_triage(app, tx, task, Why::Unavailable { who }, &[]).await
        }
    }
}

async fn to_agent(app: &App, tx: &mut Tx, task: &Task, position: &str, giving: Giving<'_>) -> Result<(), FlowError> {
    let (directives, directory) = (app.directives()?, app.directory());
    let names = Names { directives: &directives, directory: &directory };
    let worker = WorkerRef::Agent(position.to_owned());
    let router = app.router()?;
    let Some((kind, plan)) = plan_for(app, &router, &directives, &directory, task, position) else {
        let who = names.worker(&worker);
        let follows = directives.roster.positions.get(position).is_some_and(|held| held.driver == Driver::Playbook);
        let why = if follows { Why::NoPlaybook { who } } else { Why::Unavailable { who } };
        return ask_triage(app, tx, task, why, &[]).await;
    };
    let id = start(app, tx, task, (kind, &plan), &giving).await?;
    shadow::copy(app, tx, task, position, &giving.because).await?;
    let view = names.receipt(task, &worker, &giving.because);
    match kind.thinks() {
        true => follow::receipt(&names, tx, task, (id, &worker), &view, app.now()).await,
        false => say(tx, task, id, receipt::has_this(&view), app.now()).await,
    }
}

/// Has an agent begin with a task that nobody hears of; false where nothing drives it for this request.
pub async fn begin_work(
    app: &App,
    tx: &mut Tx,
    task: &Task,
    position: &str,
    giving: &Giving<'_>,
) -> Result<bool, FlowError> {
    let (directives, directory, router) = (app.directives()?, app.directory(), app.router()?);
    let Some((kind, plan)) = plan_for(app, &router, &directives, &directory, task, position) else { return Ok(false) };
    start(app, tx, task, (kind, &plan), giving).await?;
    Ok(true)
}

/// The holding and its run, with their facts.
async fn start(
    app: &App,
    tx: &mut Tx,
    task: &Task,
    (kind, plan): (DriverKind, &str),
    giving: &Giving<'_>,
) -> Result<AssignmentId, FlowError> {
    let directives = app.directives()?;
    let worker = giving.worker;
    let Some(position) = worker.agent() else {
        return Err(FlowError::Broken(format!("{worker} has no run")));
    };
    let id = begin(app, tx, task, worker, AssignmentState::Held, giving, None).await?;
    let chain = chain_of(tx, task, &giving.because).await?.then(Actor::Agent(position.to_owned()));
    let new = NewRun {
        task: task.id,
        position,
        driver: kind,
        plan,
        actor_chain: &chain,
        directives_digest: &directives.digest,
    };
    let run = runs::start_run(tx, &new, app.now()).await?;
    let payload = json!({ "run": run, "position": position, "driver": kind, "plan": plan, "actors": chain });
    note(tx, task, FactKind::RunStarted, payload, app.now()).await?;
    Ok(id)
}

/// Where a task comes from: the hook that delivered it, or whoever made the request.
pub fn origin_of(task: &Task) -> ActorChain {
    ActorChain::from_origin(match task.source.strip_prefix("webhook:") {
        Some(hook) => Actor::Webhook(hook.to_owned()),
        None => Actor::Human(task.requester.clone()),
    })
}

/// Who acts for whom: where an agent handed over, it stays in the chain; a person's choice begins a new one.
async fn chain_of(tx: &mut Tx, task: &Task, because: &Because) -> Result<ActorChain, FlowError> {
    let origin = origin_of(task);
    Ok(match because {
        Because::HandedOver { .. } | Because::CannotDo { .. } => {
            runs::last_of_task(tx, task.id).await?.map_or(origin, |run| run.actor_chain)
        }
        Because::Rule(_)
        | Because::Step(_)
        | Because::LooksLike { .. }
        | Because::Chosen { .. }
        | Because::SameThread { .. }
        | Because::Escalated { .. } => origin,
    })
}

/// What drives a position for this request, and by which plan: the first playbook of its role that fits, or the driver that
/// is configured for it.
fn plan_for(
    app: &App,
    router: &routing::Router,
    directives: &Directives,
    directory: &Directory,
    task: &Task,
    position: &str,
) -> Option<(DriverKind, String)> {
    let position = directives.roster.positions.get(position)?;
    let drivers = &app.drivers;
    let configured = |kind, name: &str| drivers.get(kind, name).map(|_| (kind, name.to_owned()));
    match position.driver {
        Driver::Playbook => {
            let request = request_of(directives, directory, task, app.now());
            let fits = |when: &Condition| routing::fits(when, &request, directives, router, app.now());
            let mut of_role = directives.playbooks.iter().filter(|playbook| playbook.role == position.role);
            let fitting = of_role.find(|playbook| fits(&playbook.when))?;
            Some((DriverKind::Playbook, fitting.name.clone()))
        }
        Driver::Model => {
            let name = position.model.as_deref().or_else(|| drivers.only(DriverKind::Model))?;
            configured(DriverKind::Model, name)
        }
        Driver::Http => configured(DriverKind::Http, &position.id),
        Driver::Command => configured(DriverKind::Command, &position.id),
        Driver::Human => None,
    }
}

async fn to_people(
    app: &App,
    tx: &mut Tx,
    task: &Task,
    handles: &[String],
    giving: Giving<'_>,
) -> Result<(), FlowError> {
    let (directives, directory) = (app.directives()?, app.directory());
    let names = Names { directives: &directives, directory: &directory };
    let router = app.router()?;
    let request = request_of(&directives, &directory, task, app.now());
    let next = next_escalation(&directives, giving.level, giving.offered_since, |when| {
        routing::fits(when, &request, &directives, &router, app.now())
    });
    // Where no sentence says who is asked next, what an agent could not do goes on up the org chart.
    let climbs = || match giving.because {
        Because::CannotDo { .. } => Some(timing::deadline(app.now(), CLIMB_AFTER, handles, &directives.roster)),
        Because::Rule(_)
        | Because::Step(_)
        | Because::LooksLike { .. }
        | Because::Chosen { .. }
        | Because::SameThread { .. }
        | Because::HandedOver { .. }
        | Because::Escalated { .. } => None,
    };
    let due = next.as_ref().map(|next| next.at.max(app.now())).or_else(climbs);
    let worker = match handles {
        [only] => WorkerRef::Person(only.clone()),
        _ => giving.worker.clone(),
    };
    let id = begin(app, tx, task, &worker, AssignmentState::Offered, &giving, due).await?;
    let by_rule =
        next.map(|next| (next.at.max(app.now()), next.to.iter().map(|to| names.worker(to)).collect::<Vec<Who>>()));
    let then = by_rule.or_else(|| Some((due?, vec![Who::new("the next one up the org chart", None)])));
    let view = names.work(task, &worker, &giving.because, then);
    say(tx, task, id, human::card(&view, &WorkState::Asked, Surface::Thread), app.now()).await?;
    for handle in handles {
        // Somebody whose account is unknown sees the card in the thread.
        if let Some(account) = names.person(handle).account {
            let card = human::card(&view, &WorkState::Asked, Surface::Direct);
            let tell =
                Queued::tell(task_dm_slot(task.id, &account), &account, card).in_conversation(&task.conversation);
            outbox::start_afresh(tx, &tell.slot).await?;
            outbox::queue(tx, &tell, app.now()).await?;
        }
    }
    Ok(())
}

/// Nobody fits well enough: the triage person gets the candidates, the requester hears who decides.
pub async fn ask_triage(
    app: &App,
    tx: &mut Tx,
    task: &Task,
    why: Why,
    candidates: &[routing::Candidate],
) -> Result<(), FlowError> {
    let (directives, directory) = (app.directives()?, app.directory());
    let names = Names { directives: &directives, directory: &directory };
    let view = UnsureView {
        task: task.id,
        requester: names.requester(task),
        place: names.place(task),
        request: task.text.clone(),
        candidates: candidates
            .iter()
            .map(|candidate| unsure::Candidate {
                worker: candidate.worker.clone(),
                label: label(&names, &candidate.worker),
            })
            .collect(),
        triage: names.worker(&WorkerRef::Human),
        why,
    };
    let giving = Giving {
        worker: &WorkerRef::Human,
        because: Because::LooksLike { percent: 0 },
        level: 0,
        offered_since: app.now(),
    };
    let next = {
        let router = app.router()?;
        let request = request_of(&directives, &directory, task, app.now());
        next_escalation(&directives, 0, app.now(), |when| {
            routing::fits(when, &request, &directives, &router, app.now())
        })
    };
    let id =
        begin(app, tx, task, &WorkerRef::Human, AssignmentState::Offered, &giving, next.map(|next| next.at)).await?;
    tasks::move_task(tx, task.id, task.state, TaskState::Unsure, app.now()).await?;
    tasks::move_task(tx, task.id, TaskState::Assigned, TaskState::Unsure, app.now()).await?;
    say(tx, task, id, unsure::waiting(&view), app.now()).await?;
    if let Some(account) = &view.triage.account {
        let tell = Queued::tell(task_dm_slot(task.id, account), account, unsure::ask(&view))
            .in_conversation(&task.conversation);
        outbox::queue(tx, &tell, app.now()).await?;
    }
    Ok(())
}

/// "Finn · Finance operations".
pub fn label(names: &Names<'_>, worker: &WorkerRef) -> String {
    let roster = &names.directives.roster;
    let position = worker.agent().and_then(|id| roster.positions.get(id));
    let role = position.and_then(|position| roster.roles.get(&position.role));
    let who = names.worker(worker);
    role.map_or_else(|| who.name.clone(), |role| format!("{} · {}", who.short(), role.title))
}

/// Records the new holding with its fact, in the caller's transaction.
async fn begin(
    app: &App,
    tx: &mut Tx,
    task: &Task,
    worker: &WorkerRef,
    state: AssignmentState,
    giving: &Giving<'_>,
    due: Option<Timestamp>,
) -> Result<AssignmentId, FlowError> {
    let because = to_json(&giving.because);
    let new = NewAssignment { task: task.id, worker, state, because: &because, level: giving.level, due };
    let id = assignments::assign(tx, &new, app.now()).await?;
    if task.state != TaskState::Assigned {
        tasks::move_task(tx, task.id, task.state, TaskState::Assigned, app.now()).await?;
    }
    let payload = json!({ "worker": worker, "state": state, "because": giving.because, "level": giving.level });
    note(tx, task, FactKind::Assigned, payload, app.now()).await?;
    Ok(id)
}

/// Ends whatever goes on for a task: its run, what that waits for, its holding. The holder's card then shows `last`.
pub async fn take_away(
    app: &App,
    tx: &mut Tx,
    task: &Task,
    state: AssignmentState,
    by: &SlackUser,
    last: impl Fn(&Assignment, Surface) -> Card,
) -> Result<Option<Assignment>, FlowError> {
    let held = assignments::current(tx, task.id).await?;
    if let Some(run) = runs::current_of_task(tx, task.id).await? {
        super::questions::close(app, tx, task, &run).await?;
        super::execute::void_open_actions(app, tx, task, run.id, by).await?;
        runs::end_run(tx, run.id, RunState::Cancelled, app.now()).await?;
    }
    if let Some(held) = &held {
        assignments::end_current(tx, task.id, state, app.now()).await?;
        say(tx, task, held.id, last(held, Surface::Thread), app.now()).await?;
        redraw_direct(app, tx, task, |_| Some(last(held, Surface::Direct))).await?;
    }
    Ok(held)
}

/// Starts a task again from the beginning, for `to` or else for whoever had it last; false when it ended for good.
pub async fn start_again(
    app: &App,
    tx: &mut Tx,
    task: &Task,
    to: Option<&WorkerRef>,
    by: &SlackUser,
) -> Result<bool, FlowError> {
    let last = assignments::of_task_in(tx, task.id).await?.pop().map(|last| last.worker);
    let Some(worker) = to.or(last.as_ref()) else { return Ok(false) };
    if task.state.has_ended() && !tasks::reopen(tx, task.id, task.state).await? {
        return Ok(false);
    }
    if let Some(run) = runs::current_of_task(tx, task.id).await? {
        super::questions::close(app, tx, task, &run).await?;
        super::execute::void_open_actions(app, tx, task, run.id, by).await?;
        runs::end_run(tx, run.id, RunState::Cancelled, app.now()).await?;
    }
    let (directives, directory) = (app.directives()?, app.directory());
    let who = Names { directives: &directives, directory: &directory }.account(by);
    note(tx, task, FactKind::TaskChanged, json!({ "what": "asked again", "to": worker, "by": by }), app.now()).await?;
    let because = Because::Chosen { by: who, at: app.now() };
    let giving = Giving { worker, because, level: 0, offered_since: app.now() };
    let task = Task { state: TaskState::Open, ended: None, ..task.clone() };
    give(app, tx, &task, giving).await?;
    Ok(true)
}

/// Redraws the cards of a task in direct messages, wherever one was posted: each account's own, or as it stands where `card`
/// has none for it.
pub async fn redraw_direct(
    app: &App,
    tx: &mut Tx,
    task: &Task,
    card: impl Fn(&str) -> Option<Card>,
) -> Result<(), FlowError> {
    let prefix = task_dm_slot(task.id, "");
    for slot in outbox::slots_with_prefix(tx, &prefix).await? {
        let user = slot.trim_start_matches(&prefix).to_owned();
        let Some(card) = card(&user) else { continue };
        let tell = Queued::tell(slot, &user, card).in_conversation(&task.conversation);
        outbox::queue(tx, &tell, app.now()).await?;
    }
    Ok(())
}

/// Says or edits a holder's card in the thread.
pub async fn say(tx: &mut Tx, task: &Task, holding: AssignmentId, card: Card, now: Timestamp) -> Result<(), FlowError> {
    if task.is_copy() {
        return Ok(());
    }
    let say = Queued::say(slot_of(task.id, holding), &task.channel, Some(&task.root_ts), card)
        .in_conversation(&task.conversation);
    outbox::queue(tx, &say, now).await?;
    Ok(())
}

/// Takes the 👀 off the request; a step of a workflow, or work that the clock began, has no message that bears them.
pub async fn take_eyes_off(tx: &mut Tx, task: &Task, now: Timestamp) -> Result<(), FlowError> {
    if task.message_ts.is_empty() {
        return Ok(());
    }
    let off = Queued::react(&task.channel, &task.message_ts, "eyes", false).in_conversation(&task.conversation);
    outbox::queue(tx, &off, now).await?;
    Ok(())
}

pub async fn note(
    tx: &mut Tx,
    task: &Task,
    kind: FactKind,
    payload: serde_json::Value,
    now: Timestamp,
) -> Result<(), FlowError> {
    Ok(ledger::append_fact(tx, &Fact::of_task(&task.conversation, task.id, kind, payload), now).await?)
}

/// A task as routing looks at it.
pub fn request_of(directives: &Directives, directory: &Directory, task: &Task, now: Timestamp) -> routing::Request {
    routing::Request {
        text: task.text.clone(),
        channel: directory.channel(&task.channel).map(|channel| channel.name.clone()),
        from: directory.person_of(&directives.roster, &task.requester.user).map(|person| person.handle.clone()),
        from_bot: None,
        source: task.source.clone().try_into().unwrap_or(crate::directives::rule::Source::Message),
        at: now,
    }
}

/// Whether a worker, or everything, is stopped; then by whom the stop is, as an account id.
pub async fn stopped(tx: &mut Tx, position: Option<&str>, task: TaskId) -> Result<Option<String>, FlowError> {
    let stops = roster::stops(tx).await?;
    let agent = position.map(|id| format!("agent:{id}"));
    let hit = stops
        .into_iter()
        .find(|(what, _, _)| what == "all" || Some(what) == agent.as_ref() || *what == format!("task:{}", task.0));
    Ok(hit.map(|(_, by, _)| by))
}

/// The reason to tell for a routing.
pub fn because_of_routing(routing: &Routing) -> Because {
    match routing.because.first() {
        Some(cause) => Because::Rule(super::says::cited(cause)),
        // A confidence is between 0 and 1, so its percentage fits.
        None => Because::LooksLike { percent: (routing.confidence * 100.0).clamp(0.0, 100.0) as u8 },
    }
}
