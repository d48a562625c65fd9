//! The shell: one file per arrow. Short transactions, I/O between them, decisions in the rooms.
//!
//! | arrow | from → to |
//! | --- | --- |
//! | [`intake`] | slack → inbox, committed in groups before anything is acknowledged |
//! | [`decide`] | a click, submission or command that changes something: inbox row, authority and decision in one transaction |
//! | [`query`] | a question → its answer, read-only, in the acknowledgement |
//! | [`receive`] | inbox → task, answer to a question, edit, cancellation |
//! | [`route`] | task → assignment, receipt, run |
//! | [`step`] | run → next step: a proposed action, a question, an answer |
//! | [`execute`] | an allowed action → performed once → outcome |
//! | [`deliver`] | outbox → slack |
//! | [`tick`] | what is due by the clock: escalations, expiries, schedules |

pub mod bell;
pub mod decide;
pub mod deliver;
pub mod directives;
pub mod execute;
pub mod failpoint;
pub mod intake;
pub mod query;
pub mod receive;
pub mod resume;
pub mod route;
pub mod says;
pub mod step;
pub mod sync;
pub mod tick;

use std::sync::{Arc, RwLock};

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::clock::{Clock, Timestamp};
use crate::config::Config;
use crate::directives::Directives;
use crate::roster::directory::Directory;
use crate::slack::web::Web;
use crate::store::{Store, StoreError};
use crate::tools::ToolHost;
use bell::Bell;

/// Everything that the arrows share. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Shared>);

/// What [`App`] points to.
pub struct Shared {
    pub config: Config,
    pub store: Store,
    pub clock: Clock,
    pub web: Web,
    pub tools: Arc<dyn ToolHost>,
    pub bell: Bell,
    pub intake: intake::Committer,
    pub stopping: CancellationToken,
    in_force: RwLock<Option<Arc<Directives>>>,
    directory: RwLock<Arc<Directory>>,
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
    pub fn new(config: Config, store: Store, clock: Clock, web: Web, tools: Arc<dyn ToolHost>) -> Self {
        let intake = intake::Committer::new(config.limits.inbox_waiting);
        Self(Arc::new(Shared {
            config,
            store,
            clock,
            web,
            tools,
            bell: Bell::default(),
            intake,
            stopping: CancellationToken::new(),
            in_force: RwLock::new(None),
            directory: RwLock::new(Arc::new(Directory::default())),
        }))
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The set of directives in force. There is always one once the app has started.
    pub fn directives(&self) -> Result<Arc<Directives>, FlowError> {
        let in_force = self.in_force.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        in_force.clone().ok_or_else(|| FlowError::Broken("no directives are in force".to_owned()))
    }

    pub fn put_in_force(&self, set: Arc<Directives>) {
        *self.in_force.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(set);
        self.bell.ring();
    }

    /// What Slack told of accounts, channels and groups.
    pub fn directory(&self) -> Arc<Directory> {
        self.directory.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    pub fn learn(&self, directory: Directory) {
        *self.directory.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Arc::new(directory);
    }

    /// Starts every loop. They end when `stopping` is cancelled, each after what it has in hand.
    pub fn start(&self, tracker: &TaskTracker) {
        intake::start(self, tracker);
        self.run_loop(tracker, "receive", receive::receive_next);
        self.run_loop(tracker, "route", route::route_next);
        self.run_loop(tracker, "step", step::take_next_step);
        for _ in 0..self.config.limits.tool_calls_at_once {
            self.run_loop(tracker, "execute", execute::perform_next);
        }
        for _ in 0..self.config.limits.deliveries_at_once {
            self.run_loop(tracker, "deliver", deliver::deliver_next);
        }
        self.run_loop(tracker, "tick", tick::do_what_is_due);
        if !self.clock.is_manual() {
            tracker.spawn(tick::ring_when_due(self.clone()));
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
    match error {
        FlowError::LostLease => tracing::info!(arrow, "lost the lease; somebody else goes on"),
        FlowError::Store(_) | FlowError::Broken(_) => {
            tracing::error!(arrow, error = &error as &dyn std::error::Error, "an arrow failed; it is tried again");
        }
    }
}
