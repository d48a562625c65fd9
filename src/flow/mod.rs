//! The shell: one file per arrow. Short transactions, I/O between them, decisions in the rooms.
//! `ARCHITECTURE.md` lists the arrows, each with what it leads from and to.

pub mod assign;
pub mod bell;
mod brief;
pub mod catalogue;
pub mod decide;
pub mod deliver;
pub mod directives;
pub mod directory;
pub mod effect;
pub mod erase;
mod evidence;
pub mod execute;
pub mod facts;
pub mod failpoint;
mod follow;
pub mod git;
mod grants;
mod health;
mod homes;
mod hooks;
pub mod intake;
mod judge;
pub mod open;
pub mod pen;
mod promise;
mod prompts;
pub mod query;
mod questions;
pub mod receive;
pub mod record;
pub mod remind;
pub mod resume;
pub mod route;
pub mod rules;
pub mod says;
pub mod schedule;
pub mod service;
mod shadow;
pub mod spend;
pub mod step;
mod stream;
pub mod sweep;
pub mod sync;
pub mod think;
pub mod tick;
mod upward;
pub mod workflow;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock::{Clock, Timestamp};
use crate::config::Config;
use crate::directives::Directives;
use crate::drivers::Drivers;
use crate::ids::ApprovalId;
use crate::replies::Who;
use crate::roster::directory::Directory;
use crate::routing::{Experience, Router};
use crate::slack::blocks::Dress;
use crate::slack::envelope::Ours;
use crate::slack::web::Web;
use crate::store::{Store, StoreError};
use crate::tools::ToolHost;
use crate::workers::WorkerRef;
use bell::Bell;

/// Everything that the arrows share. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Shared>);

/// What [`App`] points to.
pub struct Shared {
    pub config: Config,
    pub store: Store,
    pub clock: Clock,
    pub web: Arc<Web>,
    /// Who we are in this workspace.
    pub ours: Ours,
    /// How cards are dressed for Slack.
    pub dress: Dress,
    pub tools: Arc<dyn ToolHost>,
    pub drivers: Drivers,
    /// The questions to drivers that are under way.
    pub thinking: think::Thinking,
    /// What Slack may still be shown in this minute of work on the way.
    shows: stream::Shows,
    pub bell: Bell,
    pub intake: intake::Committer,
    pub silences: sweep::Book,
    pub stopping: CancellationToken,
    in_force: RwLock<Option<InForce>>,
    directory: RwLock<Arc<Directory>>,
    directory_is_old: AtomicBool,
    /// Servers may offer something else than when they were asked last.
    tools_are_old: AtomicBool,
    /// Digests of the problems that a keeper was told of, with the keeper's account.
    told_problems: Mutex<Option<(String, String)>>,
    /// Held by whoever looks at the directives, or puts others in force.
    loading: tokio::sync::Mutex<()>,
    /// Somebody agreed to other directives in a transaction that has not ended yet.
    agreed: AtomicBool,
    /// The last approval that was done, until somebody looked whether people always say yes to its kind.
    just_done: Mutex<Option<ApprovalId>>,
    /// The directives' digest and the directory that the standing grants were last looked at with.
    checked_grants: Mutex<Option<(String, Arc<Directory>)>>,
    /// The directives' texts as they were looked at last.
    looked: Mutex<directives::Looked>,
}

/// The set in force with the router that was fitted for it.
#[derive(Clone)]
struct InForce {
    directives: Arc<Directives>,
    router: Arc<Router>,
}

/// The outside that an app is built from.
pub struct Outside {
    pub store: Store,
    pub clock: Clock,
    pub web: Arc<Web>,
    pub ours: Ours,
    pub dress: Dress,
    pub tools: Arc<dyn ToolHost>,
    pub drivers: Drivers,
}

impl std::ops::Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// An arrow failed. What it had begun is rolled back; its item is tried again by the arrow's own rule.
#[derive(Debug, thiserror::Error)]
pub enum FlowError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("somebody else took this over; what was begun here is rolled back")]
    LostLease,
    #[error("{0}")]
    Broken(String),
}

/// How an attempt to do one piece of an arrow's work ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worked {
    /// Something was done, and there may be more.
    Yes,
    /// There was nothing to do.
    Nothing,
}

impl App {
    pub fn new(config: Config, outside: Outside) -> Self {
        let intake = intake::Committer::new(config.limits.inbox_waiting);
        let thinking = think::Thinking::new(config.limits.questions_at_once);
        Self(Arc::new(Shared {
            config,
            store: outside.store,
            clock: outside.clock,
            web: outside.web,
            ours: outside.ours,
            dress: outside.dress,
            tools: outside.tools,
            drivers: outside.drivers,
            thinking,
            shows: stream::Shows::default(),
            bell: Bell::default(),
            intake,
            silences: sweep::Book::default(),
            stopping: CancellationToken::new(),
            in_force: RwLock::new(None),
            directory: RwLock::new(Arc::new(Directory::default())),
            directory_is_old: AtomicBool::new(false),
            tools_are_old: AtomicBool::new(false),
            told_problems: Mutex::new(None),
            loading: tokio::sync::Mutex::new(()),
            agreed: AtomicBool::new(false),
            just_done: Mutex::new(None),
            checked_grants: Mutex::new(None),
            looked: Mutex::new(None),
        }))
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The set of directives in force. There is always one once the app has started.
    pub fn directives(&self) -> Result<Arc<Directives>, FlowError> {
        self.in_force().map(|in_force| in_force.directives)
    }

    /// The router for the set in force.
    pub fn router(&self) -> Result<Arc<Router>, FlowError> {
        self.in_force().map(|in_force| in_force.router)
    }

    fn in_force(&self) -> Result<InForce, FlowError> {
        let in_force = self.in_force.read().unwrap_or_else(PoisonError::into_inner);
        in_force.clone().ok_or_else(|| FlowError::Broken("no directives are in force".to_owned()))
    }

    /// Puts a set in force, with a router fitted from what people corrected so far.
    pub fn put_in_force(&self, directives: Arc<Directives>, experience: &[Experience]) {
        let router = Arc::new(Router::build(&directives, experience));
        *self.in_force.write().unwrap_or_else(PoisonError::into_inner) = Some(InForce { directives, router });
        self.bell.ring();
    }

    /// What Slack told of accounts, channels and groups.
    pub fn directory(&self) -> Arc<Directory> {
        self.directory.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn learn(&self, directory: Directory) {
        *self.directory.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(directory);
    }

    /// What is stored of the directory changed in a transaction that has not ended yet.
    pub fn reload_directory_soon(&self) {
        self.directory_is_old.store(true, Ordering::SeqCst);
    }

    /// Somebody agreed to other directives; they come into force when the transaction has ended.
    pub fn follow_directives_soon(&self) {
        self.agreed.store(true, Ordering::SeqCst);
    }

    /// Whether somebody agreed to other directives; asked once.
    pub fn has_agreed(&self) -> bool {
        self.agreed.swap(false, Ordering::SeqCst)
    }

    /// Whether the directory must be read again; asked once.
    pub fn directory_got_old(&self) -> bool {
        self.directory_is_old.swap(false, Ordering::SeqCst)
    }

    /// Servers are asked what they offer, as soon as somebody gets to it.
    pub fn look_at_tools_soon(&self) {
        self.tools_are_old.store(true, Ordering::SeqCst);
        self.bell.ring();
    }

    /// Whether servers should be asked; told once.
    pub fn tools_may_have_changed(&self) -> bool {
        self.tools_are_old.swap(false, Ordering::SeqCst)
    }

    /// Notes that `user` is told of these problems; false when they were told of the same ones before.
    pub fn is_news(&self, problems: &str, user: &str) -> bool {
        let mut told = self.told_problems.lock().unwrap_or_else(PoisonError::into_inner);
        let news = told.as_ref().is_none_or(|(known, _)| known != problems);
        *told = Some((problems.to_owned(), user.to_owned()));
        news
    }

    /// Whether the directives are otherwise than when they were looked at last.
    pub fn is_new_look(&self, looked: &directives::Looked) -> bool {
        *self.looked.lock().unwrap_or_else(PoisonError::into_inner) != *looked
    }

    pub fn remember_look(&self, looked: directives::Looked) {
        *self.looked.lock().unwrap_or_else(PoisonError::into_inner) = looked;
    }

    /// Somebody approved this and it was done: it may be evidence. Only the last one is kept; the next one is as good.
    pub fn note_done(&self, approval: ApprovalId) {
        *self.just_done.lock().unwrap_or_else(PoisonError::into_inner) = Some(approval);
    }

    /// What was noted since this was asked last.
    pub fn take_done(&self) -> Option<ApprovalId> {
        self.just_done.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Whether directives or people are otherwise than when the standing grants were looked at last; asked once.
    pub fn grants_must_be_checked(&self) -> bool {
        let Ok(directives) = self.directives() else { return false };
        let now = (directives.digest.clone(), self.directory());
        let mut checked = self.checked_grants.lock().unwrap_or_else(PoisonError::into_inner);
        let same =
            checked.as_ref().is_some_and(|(digest, directory)| *digest == now.0 && Arc::ptr_eq(directory, &now.1));
        *checked = Some(now);
        !same
    }

    /// The problems are gone; the account that was told of them, if one was.
    pub fn problems_are_gone(&self) -> Option<String> {
        self.told_problems.lock().unwrap_or_else(PoisonError::into_inner).take().map(|(_, user)| user)
    }

    /// Whether somebody was told that the set on disk is broken.
    pub fn has_told_problems(&self) -> bool {
        self.told_problems.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// The triage person, if the directives name one.
    pub fn triage(&self) -> Result<Option<Who>, FlowError> {
        let (directives, directory) = (self.directives()?, self.directory());
        let names = says::Names { directives: &directives, directory: &directory };
        Ok(directives.roster.triage.is_some().then(|| names.worker(&WorkerRef::Human)))
    }

    /// An account, by the company's name for it, else by Slack's.
    pub fn who(&self, user: &crate::workers::SlackUser) -> Result<Who, FlowError> {
        let (directives, directory) = (self.directives()?, self.directory());
        Ok(says::Names { directives: &directives, directory: &directory }.account(user))
    }

    /// Starts every loop. They end when `stopping` is cancelled, each after what it has in hand.
    pub fn start(&self, tracker: &TaskTracker) {
        intake::start(self, tracker);
        self.run_loop(tracker, "sweep", sweep::read_back);
        self.run_loop(tracker, "receive", receive::receive_next);
        self.run_loop(tracker, "route", route::route_next);
        self.run_loop(tracker, "step", step::take_next_step);
        self.run_loop(tracker, "think", think::think_next);
        self.run_loop(tracker, "workflow", workflow::advance_next);
        for _ in 0..self.config.limits.tool_calls_at_once {
            self.run_loop(tracker, "execute", execute::perform_next);
        }
        for _ in 0..self.config.limits.deliveries_at_once {
            self.run_loop(tracker, "deliver", deliver::deliver_next);
        }
        self.run_loop(tracker, "catalogue", catalogue::keep_up);
        self.run_loop(tracker, "tick", tick::do_what_is_due);
        self.run_loop(tracker, "rules", rules::take_up);
        if !self.clock.is_manual() {
            self.look_at_tools_soon();
            tracker.spawn(tick::ring_when_due(self.clone()));
            tracker.spawn(tick::watch_directives(self.clone()));
        }
    }

    fn run_loop<F, Fut>(&self, tracker: &TaskTracker, arrow: &'static str, work: F)
    where
        F: Fn(App) -> Fut + Send + 'static,
        Fut: Future<Output = Result<Worked, FlowError>> + Send,
    {
        let app = self.clone();
        let seat = app.bell.take_seat();
        tracker.spawn(async move {
            while !app.stopping.is_cancelled() {
                let version = app.bell.version();
                match work(app.clone()).await {
                    Ok(Worked::Yes) => {
                        app.bell.ring();
                        continue;
                    }
                    Ok(Worked::Nothing) => {}
                    Err(error) => log_failure(arrow, &error),
                }
                app.bell.report(seat, version);
                tokio::select! {
                    () = app.stopping.cancelled() => {}
                    () = app.bell.rung_after(version) => {}
                }
            }
        });
    }
}

/// The one place where a failed arrow is logged, with its whole chain.
fn log_failure(arrow: &str, error: &FlowError) {
    let chain: &(dyn std::error::Error + 'static) = error;
    match error {
        FlowError::LostLease => tracing::info!(arrow, "lost the lease; somebody else goes on"),
        FlowError::Store(_) | FlowError::Broken(_) => {
            tracing::error!(arrow, error = chain, "an arrow failed; it is tried again");
        }
    }
}
