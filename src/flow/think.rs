//! run → what its driver says. The driver is asked outside of any transaction: the run is leased, the driver is asked, and what
//! was heard is journalled in the transaction that takes the step which follows from it.
//!
//! Whoever loses the lease meanwhile (a cancellation, another replica) loses the right to go on, and the question is broken off;
//! what it had cost is recorded all the same.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::spend::{MayAsk, after_call, before_call};
use super::step::Scene;
use super::{App, FlowError, Worked, brief, log_failure};
use crate::catalogue::canonical;
use crate::clock::Span;
use crate::drivers::{Driver, Failure, Heard};
use crate::ids::RunId;
use crate::runs::StepKind;
use crate::runs::brief::Brief;
use crate::runs::journal::JournalEntry;
use crate::runs::said::Usage;
use crate::runs::store::{self as runs, MAX_ATTEMPTS, Pace};
use crate::runs::thinking::{Bounds, Onward, next};
use crate::store::Tx;

/// What a lease adds to the time that a driver may take.
const GRACE: Span = Span::seconds(30);
/// The rest after a first failure; it is four times as long after each further one.
const FIRST_REST: Span = Span::seconds(2);
/// The longest rest that a vendor may ask for.
const LONGEST_REST: Span = Span::minutes(15);
/// How often somebody looks whether a question still matters, where no bell rings.
const LOOK_EVERY: Duration = Duration::from_millis(400);
/// Malformed calls that one claim writes down before it lets others work.
const AT_A_TIME: usize = 16;

/// The questions that are under way in this process.
pub struct Thinking {
    room: Arc<Semaphore>,
    under_way: watch::Sender<usize>,
    tracker: TaskTracker,
}

impl Thinking {
    pub fn new(at_once: usize) -> Self {
        Self { room: Arc::new(Semaphore::new(at_once)), under_way: watch::Sender::new(0), tracker: TaskTracker::new() }
    }

    pub fn is_idle(&self) -> bool {
        *self.under_way.borrow() == 0
    }

    /// Waits until the last question has ended; none begins any more.
    pub async fn ended(&self) {
        self.tracker.close();
        self.tracker.wait().await;
    }

    /// Waits until no question is under way.
    pub async fn idle(&self) {
        // The sender lives as long as `self`, so waiting cannot fail.
        let mut listener = self.under_way.subscribe();
        let _closed = listener.wait_for(|n| *n == 0).await;
    }
}

/// A question that is about to be asked.
struct Question {
    scene: Scene,
    brief: Brief,
    driver: Arc<dyn Driver>,
    permit: OwnedSemaphorePermit,
}

/// Takes the next step of the oldest run whose worker thinks, or asks that worker for it.
pub async fn think_next(app: App) -> Result<Worked, FlowError> {
    let Ok(permit) = app.thinking.room.clone().try_acquire_owned() else { return Ok(Worked::Nothing) };
    if runs::next_due_of(&app.store, Pace::Thinking).await?.is_none_or(|due| due > app.now()) {
        return Ok(Worked::Nothing);
    }
    let mut tx = app.store.begin().await?;
    let Some(run) = runs::claim_next(&mut tx, Pace::Thinking, app.now()).await? else { return Ok(Worked::Nothing) };
    tx.commit().await?;
    let mut tx = app.store.begin().await?;
    let scene = Scene::of(&app, &mut tx, run).await?;
    let asks = prepare(&scene, &mut tx).await?;
    tx.commit().await?;
    if let Some((brief, driver)) = asks {
        app.thinking.under_way.send_modify(|n| *n += 1);
        app.thinking.tracker.spawn(ask(Question { scene, brief, driver, permit }));
    }
    Ok(Worked::Yes)
}

/// Takes the step that the journal leads to; `Some` where the driver must be asked first.
async fn prepare(scene: &Scene, tx: &mut Tx) -> Result<Option<(Brief, Arc<dyn Driver>)>, FlowError> {
    let Some(mut journal) = scene.may_go_on(tx).await? else { return Ok(None) };
    let Some(driver) = scene.app.drivers.get(scene.run.driver, &scene.run.plan) else {
        let why = format!("{} is not configured here any more.", scene.run.plan);
        scene.give_up(tx, &why).await?;
        return Ok(None);
    };
    let told = brief::of(scene, &journal);
    if !lead_on(scene, tx, &told, &mut journal).await? {
        return Ok(None);
    }
    // What was written down just now belongs to the conversation.
    let brief = brief::of(scene, &journal);
    match before_call(&scene.app, tx, &scene.run, &scene.task, &brief).await? {
        MayAsk::Yes => {}
        MayAsk::Later(until) => {
            return if runs::go_on(tx, &scene.run, until).await? { Ok(None) } else { Err(FlowError::LostLease) };
        }
    }
    let until = scene.app.now().plus(Span::of(driver.limit())).plus(GRACE);
    match runs::hold(tx, &scene.run, until).await? {
        true => Ok(Some((brief, driver))),
        false => Err(FlowError::LostLease),
    }
}

/// Takes the step that follows from the journal; true where there is none before the driver was asked.
async fn lead_on(scene: &Scene, tx: &mut Tx, told: &Brief, journal: &mut Vec<JournalEntry>) -> Result<bool, FlowError> {
    let limits = &scene.app.config.limits;
    let bounds = Bounds { calls_per_answer: limits.calls_per_answer, same_call: limits.same_call_per_run };
    for _ in 0..AT_A_TIME {
        match next(journal, &told.offers, &told.colleagues, &bounds) {
            Onward::Think => return Ok(true),
            Onward::Take(step) => {
                scene.take(tx, step).await?;
                return Ok(false);
            }
            Onward::Malformed { as_name, why } => {
                let digest = canonical::digest(&json!({ "call": as_name }));
                let entry = JournalEntry::Malformed { as_name, why };
                append(scene, tx, StepKind::Call, &digest, &entry).await?;
                journal.push(entry);
            }
        }
    }
    match runs::go_on(tx, &scene.run, scene.app.now()).await? {
        true => Ok(false),
        false => Err(FlowError::LostLease),
    }
}

async fn ask(question: Question) {
    let app = question.scene.app.clone();
    let _room = &question.permit;
    let heard = listen(&question).await;
    if let Err(error) = conclude(&question, heard).await {
        log_failure("think", &error);
    }
    app.bell.ring();
    app.thinking.under_way.send_modify(|n| *n -= 1);
}

/// Asks, and breaks the question off once the run is not ours any more or the bot stops.
async fn listen(question: &Question) -> Heard {
    let app = &question.scene.app;
    let run = &question.scene.run;
    let stop = CancellationToken::new();
    let _stops_with_us = stop.clone().drop_guard();
    let asking = question.driver.ask(&question.brief, app.now(), &stop);
    tokio::pin!(asking);
    tokio::select! {
        heard = &mut asking => return heard,
        () = changes_hands(app, run.id, run.fence) => stop.cancel(),
        () = app.stopping.cancelled() => stop.cancel(),
    }
    asking.await
}

/// Returns once the claim does not stand any more.
async fn changes_hands(app: &App, run: RunId, fence: i64) {
    loop {
        let version = app.bell.version();
        match runs::is_held(&app.store, run, fence).await {
            Ok(true) | Err(_) => {}
            Ok(false) => return,
        }
        tokio::select! {
            () = app.bell.rung_after(version) => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

/// Journals what was heard and takes the step that follows, in one transaction.
async fn conclude(question: &Question, heard: Heard) -> Result<(), FlowError> {
    let (scene, app) = (&question.scene, &question.scene.app);
    let digest = canonical::digest(&json!(question.brief));
    let mut tx = app.store.begin().await?;
    // The row is ours to the end of this transaction, or not at all.
    let ours = runs::hold(&mut tx, &scene.run, app.now().plus(runs::LEASE)).await?;
    let (entry, usage) = match &heard {
        Heard::Said { said, usage } if ours => (JournalEntry::Said { said: said.clone(), usage: usage.clone() }, usage),
        Heard::Said { usage, .. } => (unheard("It was stopped before its answer could count.", usage), usage),
        Heard::Failed { failure, usage } => (unheard(&failure.to_string(), usage), usage),
    };
    append(scene, &mut tx, StepKind::Said, &digest, &entry).await?;
    after_call(app, &mut tx, &scene.run, &scene.task, usage, matches!(entry, JournalEntry::Said { .. })).await?;
    if ours {
        go_on(question, &mut tx, &heard).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn go_on(question: &Question, tx: &mut Tx, heard: &Heard) -> Result<(), FlowError> {
    let (scene, now) = (&question.scene, question.scene.app.now());
    match heard {
        Heard::Said { .. } => {
            let Some(mut journal) = scene.may_go_on(tx).await? else { return Ok(()) };
            if lead_on(scene, tx, &question.brief, &mut journal).await? {
                // The answer was at fault; the run is claimed once more and its worker hears why.
                return if runs::go_on(tx, &scene.run, now).await? { Ok(()) } else { Err(FlowError::LostLease) };
            }
            Ok(())
        }
        Heard::Failed { failure: Failure::Lasting { why }, .. } => scene.give_up(tx, why).await,
        Heard::Failed { failure: Failure::Passing { why, .. }, .. } if scene.run.attempts >= MAX_ATTEMPTS => {
            scene.give_up(tx, why).await
        }
        Heard::Failed { failure: Failure::Passing { elsewhere: true, .. }, .. } => {
            Ok(runs::again_at(tx, &scene.run, now).await?)
        }
        Heard::Failed { failure: Failure::Passing { after, .. }, .. } => {
            let own = FIRST_REST.times(4_i64.pow(u32::try_from(scene.run.attempts.clamp(1, 4)).unwrap_or(1) - 1));
            let rest = after.map_or(own, |asked| Span::of(asked).max(own).min(LONGEST_REST));
            Ok(runs::again_at(tx, &scene.run, now.plus(rest)).await?)
        }
        // The bot stops: whoever starts next goes on at once.
        Heard::Failed { failure: Failure::Stopped, .. } => Ok(runs::again_at(tx, &scene.run, now).await?),
    }
}

fn unheard(why: &str, usage: &Usage) -> JournalEntry {
    JournalEntry::Unheard { why: why.to_owned(), usage: usage.clone() }
}

async fn append(
    scene: &Scene,
    tx: &mut Tx,
    kind: StepKind,
    digest: &str,
    entry: &JournalEntry,
) -> Result<(), FlowError> {
    Ok(runs::append_step(tx, scene.run.id, scene.run.fence, kind, digest, &json!(entry), scene.app.now()).await?)
}
