//! What is due by the clock: unanswered offers, undecided cards, texts to erase, directives that changed on disk.

use std::time::Duration;

use serde_json::json;

use super::assign::{self, Giving, note, redraw_direct, request_of, say};
use super::facts::Moment;
use super::says::{because_of, cited_origin};
use super::{App, FlowError, Worked, decide, grants, prompts, stream};
use crate::assignments::decide::{Holder, holder_of, next_escalation};
use crate::assignments::{Assignment, AssignmentState, store as assignments};
use crate::clock::Timestamp;
use crate::gate::store as approvals;
use crate::inbox::store as inbox;
use crate::ledger::FactKind;
use crate::replies::human::{self, Surface, WorkState};
use crate::replies::outbox::Queued;
use crate::replies::receipt::Because;
use crate::replies::{Who, store as outbox};
use crate::routing;
use crate::runs::store as runs;
use crate::store::Tx;
use crate::tasks::{Task, store as tasks};
use crate::workers::WorkerRef;

/// How often production looks whether something is due, or the directives changed.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How many of these looks pass between two questions to the tool servers what they offer.
const LOOKS_PER_CATALOGUE: u32 = 300;

/// Does everything that is due now.
pub async fn do_what_is_due(app: App) -> Result<Worked, FlowError> {
    if super::schedule::fire_due(&app).await? {
        return Ok(Worked::Yes);
    }
    if app.has_agreed() {
        if super::effect::follow(&app).await? {
            return Ok(Worked::Yes);
        }
        // The transaction that agrees has not ended yet; its end rings the bell.
        app.follow_directives_soon();
    }
    if app.grants_must_be_checked() {
        grants::void_those_lost(&app).await?;
        return Ok(Worked::Yes);
    }
    let now = app.now();
    let queued = prompts::next_queued(&app).await?.is_some_and(|due| due <= now);
    let over = grants::next_over(&app).await?.is_some_and(|due| due <= now);
    let offers = assignments::next_due(&app.store).await?.is_some_and(|due| due <= now);
    let cards = approvals::next_due(&app.store).await?.is_some_and(|due| due <= now);
    let promises = super::promise::next_due(&app).await?.is_some_and(|due| due <= now);
    let questions = super::questions::next_due(&app).await?.is_some_and(|due| due <= now);
    let refused = outbox::next_refused_card(&app.store, now).await?.is_some_and(|due| due <= now);
    let quiet = outbox::next_quiet_stream(&app.store).await?.is_some_and(|due| due <= now);
    if !offers && !cards && !over && !queued && !promises && !questions && !refused && !quiet {
        return Ok(Worked::Nothing);
    }
    let mut tx = app.store.begin().await?;
    let moment = Moment::of(&app)?;
    for held in assignments::overdue(&mut tx, now).await? {
        escalate(&app, &mut tx, &moment, held).await?;
    }
    decide::expire_and_tell(&app, &mut tx).await?;
    grants::end_those_over(&app, &mut tx, &moment).await?;
    prompts::tell_queued(&app, &mut tx, &moment).await?;
    decide::redraw_refused(&app, &mut tx).await?;
    super::promise::tell_broken(&mut tx, &moment).await?;
    super::questions::look_after(&app, &mut tx, &moment).await?;
    stream::end_quiet(&app, &mut tx, now).await?;
    tx.commit().await?;
    Ok(Worked::Yes)
}

/// Nobody answered in time: the next of the chain is asked, and the thread hears of it.
async fn escalate(app: &App, tx: &mut Tx, moment: &Moment, held: Assignment) -> Result<(), FlowError> {
    let Some(task) = tasks::task(tx, held.task).await? else { return Ok(()) };
    let since = first_offered(tx, &task).await?.unwrap_or(held.since);
    let request = request_of(&moment.directives, &moment.directory, &task, moment.now);
    let router = app.router()?;
    let fits = |when: &_| routing::fits(when, &request, &moment.directives, &router, moment.now);
    let Some(step) = next_escalation(&moment.directives, held.level, since, fits).filter(|step| step.at <= moment.now)
    else {
        return match super::upward::silent(app, tx, moment, &task, &held).await? {
            true => Ok(()),
            false => Ok(assignments::note_escalation(tx, held.id, held.level, None).await?),
        };
    };
    let names = moment.names();
    let rule = cited_origin(&step.origin);
    let to: Vec<Who> = step.to.iter().map(|worker| names.worker(worker)).collect();
    let before = names.worker(&held.worker);
    let payload = json!({ "from": held.worker, "to": step.to, "after_us": step.after, "rule": step.origin });
    note(tx, &task, FactKind::Escalated, payload, moment.now).await?;
    let Some(next) = step.to.first() else { return Ok(()) };
    let view = names.work(&task, &held.worker, &because_of(&held), None);
    let state = WorkState::Escalated { to: to.clone(), at: moment.now, rule: Some(rule.clone()) };
    say(tx, &task, held.id, human::card(&view, &state, Surface::Thread), moment.now).await?;
    // Those who were asked before this holder have been told already, and may still accept with their own card.
    let asked = accounts_of(moment, &task, &held);
    redraw_direct(app, tx, &task, |user| {
        asked.iter().any(|account| account == user).then(|| human::card(&view, &state, Surface::Direct))
    })
    .await?;
    let slot = format!("task:{}:escalated:{}", task.id.0, held.level);
    let notice = human::escalation_notice(&view, step.after, &to, Some(&rule));
    let tell = Queued::say(slot, &task.channel, Some(&task.root_ts), notice).in_conversation(&task.conversation);
    outbox::queue(tx, &tell, moment.now).await?;
    let because = Because::Escalated { from: before, rule: Some(rule) };
    let giving = Giving { worker: next, because, level: held.level + 1, offered_since: since };
    assign::give(app, tx, &task, giving).await
}

/// The accounts of everybody to whom a task was offered together.
fn accounts_of(moment: &Moment, task: &Task, held: &Assignment) -> Vec<String> {
    let names = moment.names();
    let roster = &moment.directives.roster;
    let requester = moment.directory.person_of(roster, &task.requester.user).map(|person| person.handle.as_str());
    match holder_of(roster, &held.worker, requester) {
        Holder::People(handles) => handles.iter().filter_map(|handle| names.person(handle).account).collect(),
        Holder::Agent { .. } | Holder::Nobody(_) => Vec::new(),
    }
}

/// When the task was first offered to the people of this chain: escalation counts from there.
async fn first_offered(tx: &mut Tx, task: &Task) -> Result<Option<Timestamp>, FlowError> {
    let all = assignments::of_task_in(tx, task.id).await?;
    let start = all.iter().rposition(|assignment| assignment.level == 0).unwrap_or(0);
    Ok(all
        .get(start)
        .filter(|first| first.state != AssignmentState::Done || first.worker != WorkerRef::Human)
        .map(|first| first.since))
}

/// Rings whenever something is due. Replicas that share a database find each other's work this way too.
pub(super) async fn ring_when_due(app: App) {
    let mut every = tokio::time::interval(LOOK_EVERY);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut looks = 0;
    loop {
        tokio::select! {
            () = app.stopping.cancelled() => return,
            _tick = every.tick() => {}
        }
        looks = (looks + 1) % LOOKS_PER_CATALOGUE;
        if looks == 0 {
            app.look_at_tools_soon();
        }
        if let Ok(at) = app.store.clock().await {
            app.clock.follow(at);
        }
        match any_due(&app).await {
            Ok(true) => app.bell.ring(),
            Ok(false) => {}
            Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "could not look what is due"),
        }
    }
}

/// Looks whether the directives changed, on disk or by agreement elsewhere. Trying a month's decisions takes its time, so that
/// this is a task of its own.
pub(super) async fn watch_directives(app: App) {
    let mut every = tokio::time::interval(LOOK_EVERY);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = app.stopping.cancelled() => return,
            _tick = every.tick() => {}
        }
        if let Err(error) = super::directives::load(&app).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "could not look at the directives");
        }
        if let Err(error) = super::effect::follow(&app).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "could not look which directives are in force");
        }
    }
}

async fn any_due(app: &App) -> Result<bool, FlowError> {
    let now = app.now();
    let store = &app.store;
    let due = [
        inbox::next_due(store).await?,
        runs::next_due(store).await?,
        crate::execution::store::next_due(store).await?,
        outbox::next_due(store).await?,
        assignments::next_due(store).await?,
        approvals::next_due(store).await?,
        grants::next_over(app).await?,
        prompts::next_queued(app).await?,
        outbox::next_refused_card(store, now).await?,
        outbox::next_quiet_stream(store).await?,
        super::schedule::next_due(app).await?,
        super::promise::next_due(app).await?,
        super::questions::next_due(app).await?,
    ];
    Ok(due.into_iter().flatten().any(|at| at <= now) || tasks::unrouted_count(store).await? > 0)
}
