//! A strict look-alike Slack on loopback: Web API, Socket Mode and a control API, for conversation tests, rehearsals and the
//! demo. It knows nothing of the bot; the bot knows it only as `SLACK_API_URL`.
//!
//! - *What the app sees* is Slack's documented behaviour: each envelope on one socket, three seconds to acknowledge, events
//!   retried and clicks not, single-use triggers, limits and scopes with Slack's own error codes.
//! - *What people do* comes in through the handle ([`Sandbox::says`], [`Sandbox::clicks`], …) or over HTTP (`/control`);
//!   what they would not be able to do in Slack's client is [`Refused`].
//! - *What people see* is read as plain text ([`Sandbox::thread_text`], [`Sandbox::modal`], …) or as raw JSON.
//!   For people it is a page ([`Sandbox::open_page`]), drawn from the same state.
//! - *What the app did wrong* collects until [`Sandbox::finish`]: methods, fields and blocks that the sandbox does not know
//!   are refused as Slack would, and reported.
//!
//! One state behind one lock, which is never held across an await. Time is the sandbox's own and stands still unless
//! turned. Absent: files, canvases, workflows, search, several apps, OAuth.

mod answers;
mod api_log;
mod blocks;
mod clicks;
mod clock;
mod config;
mod connections;
mod control;
mod delivery;
mod directory;
mod events;
mod faults;
mod firehose;
mod fixture;
mod inputs;
mod latencies;
mod listener;
mod message;
mod modals;
mod page;
mod people;
mod posting;
mod reading;
mod render;
mod report;
mod socket;
mod state;
mod views;
mod web;
mod wires;

#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::routing::{any, get, post};
use tokio::net::TcpListener;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

pub use api_log::ApiCall;
pub use clicks::Sent;
pub use config::{
    AppSpec, ChannelSpec, ClockKind, GroupSpec, Pace, SandboxConfig, ShortcutSpec, SlashSpec, TeamSpec, UserSpec,
};
pub use control::{Act, DirectoryAct, InteractionAct, MessageAct, ReadingAct, TroubleAct};
pub use delivery::{EnvelopeKind, Outcome, SentEnvelope};
pub use faults::{ApiFault, ReleaseOrder};
pub use firehose::{Drive, FirehoseSpec, Sprayed};
pub use fixture::acme;
pub use latencies::Latencies;
pub use page::{Backstage, Checked, Read, Remark, Saved, Try, TryLine};
pub use reading::ShownMessage;
pub use report::{Finding, FindingKind};

use state::State;

/// A person tried what Slack's client would not let them do, or a test named something that is not there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(pub String);

/// Why the sandbox did not start.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    #[error("the sandbox could not listen on 127.0.0.1:{port}; is another one running?")]
    Listen { port: u16, source: std::io::Error },
    #[error("the sandbox's configuration does not fit together: {0}")]
    Config(String),
}

impl From<Refused> for SandboxError {
    fn from(refused: Refused) -> Self {
        Self::Config(refused.0)
    }
}

/// The handle. Clones share one sandbox; when the last one is dropped it stops listening and cuts its sockets.
#[derive(Clone)]
pub struct Sandbox {
    inner: Arc<Inner>,
    /// Only handles that were given out keep the sandbox alive; its own tasks hold none.
    _alive: Option<Arc<StopOnDrop>>,
}

struct Inner {
    state: Mutex<State>,
    /// Rises with every change of the state.
    changes: watch::Sender<u64>,
    /// Wakes the task that waits for the next deadline of the system's clock.
    deadline: Notify,
    stop: CancellationToken,
    addr: SocketAddr,
    control_token: String,
    server_ping: Duration,
    /// Set once somebody opened the page.
    page: OnceLock<page::Page>,
}

struct StopOnDrop(Arc<Inner>);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.stop.cancel();
        self.0.lock().connections.open.clear();
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, State> {
        // A test that panicked while it held the lock must not hide its own message behind a poisoned mutex.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Sandbox {
    /// Listens on 127.0.0.1 and serves until the last handle is dropped.
    pub async fn start(config: SandboxConfig) -> Result<Self, SandboxError> {
        let port = config.port;
        let failed = |source| SandboxError::Listen { port, source };
        let listener = TcpListener::bind(("127.0.0.1", port)).await.map_err(failed)?;
        let addr = listener.local_addr().map_err(failed)?;
        let (control_token, server_ping) = (config.control_token.clone(), config.server_ping());
        let is_system = config.clock == ClockKind::System;
        let state = State::new(config, format!("http://{addr}"))?;
        let inner = Arc::new(Inner {
            state: Mutex::new(state),
            changes: watch::Sender::new(0),
            deadline: Notify::new(),
            stop: CancellationToken::new(),
            addr,
            control_token,
            server_ping,
            page: OnceLock::new(),
        });
        let task_handle = Self { inner: Arc::clone(&inner), _alive: None };
        let router = task_handle.router().into_make_service_with_connect_info::<listener::Cut>();
        let stop = inner.stop.clone();
        tokio::spawn(async move {
            let serve = axum::serve(listener::CuttableListener(listener), router);
            tokio::select! {
                // Serving never ends by itself; what it returns says nothing.
                _ = serve => {}
                () = stop.cancelled() => {}
            }
        });
        if is_system {
            tokio::spawn(task_handle.clone().keep_deadlines());
        }
        Ok(Self { _alive: Some(Arc::new(StopOnDrop(Arc::clone(&inner)))), inner })
    }

    fn router(&self) -> Router {
        Router::new()
            .route("/api/{method}", any(web::call))
            .route("/link/", get(socket::link))
            .route("/respond/{key}", post(web::response_url::respond))
            .route("/control/act", post(control::act))
            .route("/control/wait-idle", post(control::wait_idle))
            .merge(page::routes::router(self))
            .with_state(self.clone())
    }

    /// What goes into `SLACK_API_URL`: `http://127.0.0.1:PORT/api/`.
    pub fn api_url(&self) -> String {
        format!("http://{}/api/", self.inner.addr)
    }

    /// `http://127.0.0.1:PORT`, for the control API.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.inner.addr)
    }

    pub fn port(&self) -> u16 {
        self.inner.addr.port()
    }

    /// The `xoxb-` token that the sandbox accepts.
    pub fn bot_token(&self) -> String {
        self.read(|s| s.app.bot_token.clone())
    }

    /// The `xapp-` token that opens sockets.
    pub fn app_token(&self) -> String {
        self.read(|s| s.app.app_token.clone())
    }

    /// Microseconds since 1970 on the sandbox's clock.
    pub fn now_micros(&self) -> i64 {
        self.read(State::now)
    }

    /// Turns a manual clock forward, deadline by deadline: what is due on the way happens at its own instant.
    pub fn advance(&self, by: Duration) {
        self.with(|s| {
            let target = s.now().saturating_add(i64::try_from(by.as_micros()).unwrap_or(i64::MAX));
            while let Some(due) = s.deliveries.next_due().filter(|due| *due <= target) {
                s.clock.turn_to(due);
                s.run_due();
            }
            s.clock.turn_to(target);
        });
    }

    /// A number that rises with every change; a page or a test can wait for it.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.inner.changes.subscribe()
    }

    /// Envelopes on live sockets that wait for their acknowledgement, and Web API calls that are being answered.
    pub fn in_flight(&self) -> usize {
        self.read(|s| s.envelopes_in_flight() + s.api_log.in_flight)
    }

    /// Returns when nothing is in flight. The bot may still be at work: ask its own counters too.
    pub async fn wait_idle(&self) {
        self.until(|sandbox| (sandbox.in_flight() == 0).then_some(())).await;
    }

    /// Looks after every change until `look` finds what it waits for.
    pub async fn until<T>(&self, mut look: impl FnMut(&Self) -> Option<T>) -> T {
        let mut changes = self.changes();
        loop {
            changes.mark_unchanged();
            if let Some(found) = look(self) {
                return found;
            }
            // The sender is alive as long as this handle is.
            let _ = changes.changed().await;
        }
    }

    /// Everything that the strict harness holds against the app; each line says what and where.
    pub fn finish(&self) -> Result<(), Vec<String>> {
        let lines: Vec<String> = self.findings().iter().map(ToString::to_string).collect();
        if lines.is_empty() { Ok(()) } else { Err(lines) }
    }

    /// The same as values: what happened, and envelopes that are still not acknowledged.
    pub fn findings(&self) -> Vec<Finding> {
        self.read(|s| {
            let mut findings = s.report.remaining();
            let open = s.deliveries.unacked().into_iter();
            let open = open.map(|detail| Finding { kind: FindingKind::UnackedEnvelope, detail });
            findings.extend(open.filter(|finding| !s.report.is_allowed(finding)));
            findings
        })
    }

    /// This test expects findings of this kind.
    pub fn allow(&self, kind: FindingKind) {
        self.with(|s| s.report.allow(kind));
    }

    /// This test expects findings of this kind whose detail contains `text`.
    pub fn allow_containing(&self, kind: FindingKind, text: &str) {
        self.with(|s| s.report.allow_containing(kind, text));
    }

    /// Changes the state, then wakes whoever waits for changes or deadlines.
    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let (out, woken) = {
            let mut state = self.inner.lock();
            let before = state.deliveries.next_due();
            let out = change(&mut state);
            let after = state.deliveries.next_due();
            let woken = after.is_some_and(|after| before.is_none_or(|before| after < before));
            (out, woken)
        };
        self.inner.changes.send_modify(|n| *n += 1);
        if woken {
            self.inner.deadline.notify_one();
        }
        out
    }

    fn read<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.inner.lock())
    }

    fn server_ping(&self) -> Duration {
        self.inner.server_ping
    }

    async fn stopped(&self) {
        self.inner.stop.cancelled().await;
    }

    /// On the system's clock, runs what is due when it is due.
    async fn keep_deadlines(self) {
        loop {
            let wait = self.read(|s| s.deliveries.next_due().map(|due| (due - s.now()).max(0)));
            let pause = Duration::from_micros(wait.and_then(|w| u64::try_from(w).ok()).unwrap_or(u64::MAX / 4_000_000));
            tokio::select! {
                () = self.stopped() => return,
                () = self.inner.deadline.notified() => {}
                () = tokio::time::sleep(pause) => self.with(State::run_due),
            }
        }
    }
}
