//! run → what its driver says. The driver is asked outside of any transaction: the run is leased, the driver is asked, and what
//! was heard is journalled in the transaction that takes the step which follows from it.
//!
//! Whoever loses the lease meanwhile (a cancellation, another replica) loses the right to go on, and the question is broken off;
//! what it had cost is recorded all the same.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::json;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::assign::note;
use super::receive::finish_in;
use super::spend::{MayAsk, after_call, before_call};
use super::step::Scene;
use super::{App, FlowError, Worked, brief, failpoint, follow, log_failure};
use crate::catalogue::canonical;
use crate::clock::{Span, Timestamp};
use crate::drivers::{Driver, Failure, Heard, contract};
use crate::ids::RunId;
use crate::inbox::AgentAnswer;
use crate::inbox::store::Claimed;
use crate::ledger::FactKind;
use crate::runs::brief::Brief;
use crate::runs::journal::{JournalEntry, Next};
use crate::runs::said::Usage;
use crate::runs::store::{self as runs, MAX_ATTEMPTS, Pace};
use crate::runs::thinking::{Bounds, Onward, next};
use crate::runs::{DriverKind, StepKind};
use crate::slack::web::Doing;
use crate::store::Tx;

/// What a lease adds to the time that a driver may take.
const GRACE: Span = Span::seconds(30);
/// The rest after a first failure; it is four times as long after each further one.
const FIRST_REST: Span = Span::seconds(2);
/// The longest rest that a vendor may ask for.
const LONGEST_REST: Span = Span::minutes(15);
/// How long Slack may take to show that somebody is at work.
const SHOW_LIMIT: Duration = Duration::from_secs(3);
/// Questions of one minute that are shown; each takes two calls of the 50 that Slack takes.
const SHOWN_A_MINUTE: u32 = 20;
/// How often somebody looks whether a question still matters, where no bell rings.
const LOOK_EVERY: Duration = Duration::from_millis(400);
/// Malformed calls that one claim writes down before it lets others work.
const AT_A_TIME: usize = 16;

/// The questions that are under way in this process.
pub struct Thinking {
    room: Arc<Semaphore>,
    under_way: watch::Sender<usize>,
    tracker: TaskTracker,
    /// What Slack may still be told in this minute of what the app is doing; `None` once it refused.
    shows: Mutex<Option<Shows>>,
}

/// A minute, as minutes since 1970, and how often it was shown in it that somebody is at work.
#[derive(Debug, Clone, Copy, Default)]
struct Shows {
    minute: i64,
    times: u32,
}

impl Thinking {
    pub fn new(at_once: usize) -> Self {
        Self {
            room: Arc::new(Semaphore::new(at_once)),
            under_way: watch::Sender::new(0),
            tracker: TaskTracker::new(),
            shows: Mutex::new(Some(Shows::default())),
        }
    }

    /// Whether this question may be shown. Slack takes so few of these calls (tier 3) that under load none waits for its turn.
    fn may_show(&self, now: Timestamp) -> bool {
        let mut shows = self.shows.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(shows) = shows.as_mut() else { return false };
        let minute = now.0.div_euclid(60_000_000);
        if shows.minute != minute {
            *shows = Shows { minute, times: 0 };
        }
        shows.times = shows.times.saturating_add(1);
        shows.times <= SHOWN_A_MINUTE
    }

    /// From now on Slack is told nothing of what the app is doing; messages say it anyway.
    pub fn show_nothing(&self) {
        *self.shows.lock().unwrap_or_else(PoisonError::into_inner) = None;
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
    scene.passed();
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
    let told = match brief::of(scene, &journal) {
        Ok(told) => told,
        Err(bad) => {
            scene.give_up(tx, &bad.sentence()).await?;
            return Ok(None);
        }
    };
    if !lead_on(scene, tx, &told, &mut journal).await? {
        return Ok(None);
    }
    // What was written down just now belongs to the conversation.
    let brief = Brief { turns: brief::conversation(scene, &journal), ..told };
    match before_call(&scene.app, tx, &scene.run, &scene.task, &brief).await? {
        MayAsk::Yes => {}
        MayAsk::Later(until) => {
            return if runs::go_on(tx, &scene.run, until).await? { Ok(None) } else { Err(FlowError::LostLease) };
        }
    }
    follow::show(scene, tx, "").await?;
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
        match next(journal, &told.offers, &told.peers, &bounds) {
            Onward::Think => return Ok(true),
            Onward::Take(step) => {
                let calls = matches!(step, Next::Call { .. });
                scene.take(tx, step).await?;
                if calls && runs::waits_for_a_tool(tx, scene.run.id).await? {
                    follow::show(scene, tx, "").await?;
                }
                return Ok(false);
            }
            Onward::Wait { until } if until > scene.app.now() => {
                runs::again_at(tx, &scene.run, until).await?;
                return Ok(false);
            }
            Onward::Wait { .. } => {
                let usage = Usage::unknown(&scene.run.plan);
                let entry = unheard("It did not answer in time.", &usage);
                let digest = canonical::digest(&json!({ "late": scene.run.fence }));
                append(scene, tx, StepKind::Said, &digest, &entry).await?;
                after_call(&scene.app, tx, &scene.run, &scene.task, &usage, false).await?;
                journal.push(entry);
            }
            Onward::Malformed { as_name, why } => {
                let digest = canonical::digest(&json!({ "call": as_name }));
                let fact = json!({ "run": scene.run.id, "position": scene.run.position, "call": as_name, "why": why });
                note(tx, &scene.task, FactKind::CallRefused, fact, scene.app.now()).await?;
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
    // A copy that a shadow works on is nobody's to see.
    let shows = !question.scene.task.is_copy() && app.thinking.may_show(app.now());
    let working = async {
        if shows {
            show(&question.scene, Doing::Working).await;
        }
    };
    let (heard, ()) = tokio::join!(listen(&question), working);
    if let Err(error) = conclude(&question, heard).await {
        log_failure("think", &error);
    }
    if shows {
        show(&question.scene, Doing::Resting).await;
    }
    app.bell.ring();
    app.thinking.under_way.send_modify(|n| *n -= 1);
}

/// Slack's own sign that somebody is at work, with its Stop button, where it has one. Nothing waits long for it.
async fn show(scene: &Scene, doing: Doing) {
    let (app, task) = (&scene.app, &scene.task);
    let shown = app.web.show_doing(&task.channel, &task.root_ts, doing);
    match tokio::time::timeout(SHOW_LIMIT, shown).await {
        Ok(Err(error)) if error.code().is_some() => {
            tracing::info!(error = &error as &dyn std::error::Error, "Slack shows no sessions here; plain messages do");
            app.thinking.show_nothing();
        }
        Ok(Ok(()) | Err(_)) | Err(_) => {}
    }
}

/// Asks, and breaks the question off once the run is not ours any more or the bot stops.
async fn listen(question: &Question) -> Heard {
    let app = &question.scene.app;
    let run = &question.scene.run;
    let stop = CancellationToken::new();
    let _stops_with_us = stop.clone().drop_guard();
    let (so_far, heard_so_far) = watch::channel(String::new());
    let asking = question.driver.ask_aloud(&question.brief, app.now(), &stop, &so_far);
    tokio::pin!(asking);
    tokio::select! {
        heard = &mut asking => return heard,
        never = follow::along(&question.scene, heard_so_far) => match never {},
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
    failpoint::pass("driver-heard");
    let digest = canonical::digest(&json!(question.brief));
    let mut tx = app.store.begin().await?;
    // The row is ours to the end of this transaction, or not at all.
    let ours = runs::hold(&mut tx, &scene.run, app.now().plus(runs::LEASE)).await?;
    let (entry, usage) = match &heard {
        Heard::Said { said, usage } if ours => {
            (JournalEntry::Said { said: follow::cleaned(scene, said), usage: usage.clone() }, Some(usage))
        }
        Heard::Said { usage, .. } => (unheard("It was stopped before its answer could count.", usage), Some(usage)),
        Heard::Later { until } => (JournalEntry::Later { until: *until }, None),
        Heard::Failed { failure, usage } => (unheard(&failure.to_string(), usage), Some(usage)),
    };
    append(scene, &mut tx, StepKind::Said, &digest, &entry).await?;
    if let Some(usage) = usage {
        let counts = matches!(entry, JournalEntry::Said { .. });
        after_call(app, &mut tx, &scene.run, &scene.task, usage, counts).await?;
    }
    if ours {
        go_on(question, &mut tx, &heard).await?;
    }
    tx.commit().await?;
    failpoint::pass("driver-journalled");
    scene.passed();
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
        Heard::Later { until } => Ok(runs::again_at(tx, &scene.run, *until).await?),
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

/// An agent answers a question that it took before. What comes too late, twice or for somebody else's run counts for nothing.
pub(super) async fn receive(app: &App, claimed: &Claimed, answer: &AgentAnswer) -> Result<(), FlowError> {
    let mut tx = app.store.begin().await?;
    let Some(run) = runs::run(&mut tx, answer.run).await? else { return finish_in(app, tx, claimed).await };
    let scene = Scene::of(app, &mut tx, run).await?;
    let journal = scene.journal(&mut tx).await?.unwrap_or_default();
    let answered = journal.iter().filter(|entry| matches!(entry, JournalEntry::Said { .. })).count();
    let awaited = matches!(journal.last(), Some(JournalEntry::Later { .. }))
        && usize::try_from(answer.question).is_ok_and(|question| question == answered + 1)
        && scene.run.position == answer.position
        && scene.run.driver == DriverKind::Http;
    if !awaited || !runs::poke(&mut tx, scene.run.id, app.now()).await? {
        tracing::info!(run = answer.run.0, position = answer.position, "an agent answered what nobody waits for");
        return finish_in(app, tx, claimed).await;
    }
    let (entry, usage) = match contract::answer(&answer.body, &answer.position) {
        Ok((said, usage)) => (JournalEntry::Said { said: follow::cleaned(&scene, &said), usage: usage.clone() }, usage),
        Err(why) => {
            let usage = Usage::unknown(&answer.position);
            (JournalEntry::Said { said: contract::unreadable(&answer.body, &why), usage: usage.clone() }, usage)
        }
    };
    let digest = canonical::digest(&json!({ "answers": answer.question }));
    append(&scene, &mut tx, StepKind::Said, &digest, &entry).await?;
    let counts = matches!(entry, JournalEntry::Said { .. });
    after_call(app, &mut tx, &scene.run, &scene.task, &usage, counts).await?;
    finish_in(app, tx, claimed).await
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
