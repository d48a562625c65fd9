//! The slots that keep sockets open: replacement first, then goodbye.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::super::blocks::Dress;
use super::super::config::SlackConfig;
use super::super::counters::Counters;
use super::super::envelope::Reader;
use super::super::intake::{Intake, Notice};
use super::super::web::Web;
use super::backoff::wait_before;
use super::connection::{self, Handle, News};
use super::dial;
use super::frame::Farewell;
use super::open::{self, Opened, SlackRefuses};

/// A connection that lived shorter than this counts as a failed attempt, so that quick deaths cannot become a storm.
const STEADY_AFTER: Duration = Duration::from_secs(1);

/// What all connections share.
pub(super) struct Shared {
    pub config: SlackConfig,
    pub reader: Arc<Reader>,
    pub intake: Arc<dyn Intake>,
    pub counters: Arc<Counters>,
    pub web: Arc<Web>,
    pub dress: Dress,
    pub tasks: TaskTracker,
    deaf_since: Mutex<Option<Instant>>,
}

/// The sockets of this process.
pub struct Sockets {
    shared: Arc<Shared>,
}

/// How one attempt ended.
enum Attempt {
    Ready(Handle),
    Fatal(SlackRefuses),
    LinkDisabled,
    TooMany,
    Failed { why: String, after: Option<Duration> },
}

impl Sockets {
    /// Nothing is opened before [`Sockets::run`].
    pub fn new(
        config: SlackConfig,
        reader: Arc<Reader>,
        intake: Arc<dyn Intake>,
        counters: Arc<Counters>,
        web: Arc<Web>,
    ) -> Self {
        let dress = Dress { may_customize: config.may_customize };
        let (tasks, deaf_since) = (TaskTracker::new(), Mutex::new(None));
        Self { shared: Arc::new(Shared { config, reader, intake, counters, web, dress, tasks, deaf_since }) }
    }

    /// Holds the sockets open until `stop`, then drains and closes them. Ends early only if Slack refuses the token.
    pub async fn run(&self, stop: CancellationToken) -> Result<(), SlackRefuses> {
        let stop_all = stop.child_token();
        let mut slots = JoinSet::new();
        for index in 0..self.shared.config.sockets {
            slots.spawn(keep(Arc::clone(&self.shared), index, stop_all.clone()));
        }
        let mut refusal = Ok(());
        while let Some(ended) = slots.join_next().await {
            match ended {
                Ok(Ok(())) => {}
                Ok(Err(refused)) => refusal = Err(refused),
                Err(error) => tracing::error!(%error, "a socket's keeper ended by panic"),
            }
            stop_all.cancel();
        }
        let limits = &self.shared.config.socket;
        self.shared.tasks.close();
        let patience = limits.drain_limit + limits.close_wait + limits.write_timeout;
        if timeout(patience, self.shared.tasks.wait()).await.is_err() {
            tracing::warn!("sockets were left behind that did not end in time");
        }
        refusal
    }
}

/// Keeps one socket open.
async fn keep(shared: Arc<Shared>, index: usize, stop: CancellationToken) -> Result<(), SlackRefuses> {
    let stagger = shared.config.socket.stagger.saturating_mul(u32::try_from(index).unwrap_or(u32::MAX));
    if !pause(stagger, &stop).await {
        return Ok(());
    }
    let mut attempt = 0;
    let Some(mut current) = open_one(&shared, &stop, &mut attempt).await? else { return Ok(()) };
    loop {
        let since = Instant::now();
        let news = wait_for_end(&mut current, &stop).await;
        if stop.is_cancelled() {
            current.drain.cancel();
            return Ok(());
        }
        attempt = if since.elapsed() >= STEADY_AFTER { 0 } else { attempt + 1 };
        match news {
            News::Farewell(Farewell::TooMany) => {
                current.drain.cancel();
                shared.intake.notice(Notice::TooMany);
                pause(jittered(shared.config.socket.too_many_wait), &stop).await;
            }
            News::Farewell(Farewell::LinkDisabled) => {
                current.drain.cancel();
                shared.intake.notice(Notice::LinkDisabled);
                pause(jittered(shared.config.socket.link_disabled_wait), &stop).await;
            }
            News::Farewell(Farewell::Refresh) | News::Silent | News::Gone | News::Ready { .. } => {}
        }
        let replacement = open_one(&shared, &stop, &mut attempt).await;
        // Only now, whatever came of it: as long as there was no replacement, the old one went on hearing.
        current.drain.cancel();
        match replacement? {
            Some(next) => current = next,
            None => return Ok(()),
        }
    }
}

/// Until something says that this connection needs a successor.
async fn wait_for_end(current: &mut Handle, stop: &CancellationToken) -> News {
    loop {
        tokio::select! {
            () = stop.cancelled() => return News::Gone,
            news = current.news.recv() => match news {
                Some(News::Ready { .. }) => {}
                Some(end @ (News::Farewell(_) | News::Silent | News::Gone)) => return end,
                None => return News::Gone,
            },
        }
    }
}

/// A connection that has said hello; `None` when asked to stop.
async fn open_one(
    shared: &Arc<Shared>,
    stop: &CancellationToken,
    attempt: &mut u32,
) -> Result<Option<Handle>, SlackRefuses> {
    let limits = &shared.config.socket;
    let mut wait = match *attempt {
        0 => Duration::ZERO,
        n => wait_before(n, limits.backoff_base, limits.backoff_cap, fastrand::f64()),
    };
    loop {
        if !pause(wait, stop).await {
            return Ok(None);
        }
        let tried = tokio::select! {
            () = stop.cancelled() => return Ok(None),
            tried = try_once(shared) => tried,
        };
        wait = match tried {
            Attempt::Ready(handle) => return Ok(Some(handle)),
            Attempt::Fatal(refused) => return Err(refused),
            Attempt::LinkDisabled => {
                shared.intake.notice(Notice::LinkDisabled);
                jittered(limits.link_disabled_wait)
            }
            Attempt::TooMany => {
                shared.intake.notice(Notice::TooMany);
                jittered(limits.too_many_wait)
            }
            Attempt::Failed { why, after } => {
                shared.counters.connect_failed.add();
                *attempt = attempt.saturating_add(1);
                let wait = wait_before(*attempt, limits.backoff_base, limits.backoff_cap, fastrand::f64());
                // Slack's own wish comes first; the jitter goes on top, so that nobody comes early.
                let wait = after.map_or(wait, |asked| asked + limits.backoff_base.mul_f64(fastrand::f64()));
                tracing::warn!(why, attempt = *attempt, ?wait, "no socket to Slack yet");
                shared.intake.notice(Notice::Retrying { attempt: *attempt, wait, why });
                wait
            }
        };
    }
}

/// Address, connection, hello.
async fn try_once(shared: &Arc<Shared>) -> Attempt {
    let config = &shared.config;
    let address = match open::ask_for_address(shared.web.http(), config).await {
        Opened::Address(address) => address,
        Opened::Fatal(refused) => return Attempt::Fatal(refused),
        Opened::LinkDisabled => return Attempt::LinkDisabled,
        Opened::Failed { why, after } => return Attempt::Failed { why, after },
    };
    let open = OpenCount::one(shared);
    let stream = match dial::dial(&address, config.proxy.as_ref(), config.socket.open_timeout).await {
        Ok(stream) => stream,
        Err(error) => return Attempt::Failed { why: error.to_string(), after: None },
    };
    open.handed_over();
    let mut handle = connection::start(stream, Arc::clone(shared));
    let hello = timeout(config.socket.hello_timeout, handle.news.recv()).await;
    let attempt = match hello {
        Ok(Some(News::Ready { counted })) => {
            announce(shared, counted);
            return Attempt::Ready(handle);
        }
        Ok(Some(News::Farewell(Farewell::TooMany))) => Attempt::TooMany,
        Ok(Some(News::Farewell(Farewell::LinkDisabled))) => Attempt::LinkDisabled,
        Ok(Some(News::Farewell(Farewell::Refresh) | News::Silent | News::Gone) | None) => {
            Attempt::Failed { why: "the socket ended before it said hello".to_owned(), after: None }
        }
        Err(_) => Attempt::Failed { why: "the socket did not say hello".to_owned(), after: None },
    };
    handle.drain.cancel();
    attempt
}

/// Counts a socket as open before Slack can, so that `num_connections` above our count is never our own doing.
struct OpenCount<'a>(Option<&'a Counters>);

impl<'a> OpenCount<'a> {
    fn one(shared: &'a Shared) -> Self {
        shared.counters.open.up();
        Self(Some(&shared.counters))
    }
    fn handed_over(mut self) {
        self.0 = None;
    }
}

impl Drop for OpenCount<'_> {
    fn drop(&mut self) {
        if let Some(counters) = self.0 {
            counters.open.down();
        }
    }
}

fn announce(shared: &Shared, counted: Option<u64>) {
    shared.counters.connected.add();
    let held = u64::try_from(shared.counters.open.get()).unwrap_or(0);
    if let Some(counted) = counted.filter(|counted| *counted > held) {
        tracing::warn!(counted, held, "Slack counts more sockets than this process holds");
        shared.intake.notice(Notice::Strangers { counted, held });
    }
    let open = usize::try_from(shared.counters.ready.get()).unwrap_or(0);
    shared.intake.notice(Notice::Connected { open });
}

impl Shared {
    pub(super) fn gained_ready(&self) {
        self.counters.ready.up();
        let since = self.deaf_since.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(since) = since {
            self.intake.notice(Notice::HearingAgain { after: since.elapsed() });
        }
    }

    /// `expected`: the connection was asked to end.
    pub(super) fn lost_ready(&self, expected: bool) {
        if self.counters.ready.down() == 0 {
            *self.deaf_since.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
            if !expected {
                self.intake.notice(Notice::Deaf);
            }
        }
    }
}

/// Between the whole and half as much again.
fn jittered(wait: Duration) -> Duration {
    wait.mul_f64(1.0 + fastrand::f64() / 2.0)
}

/// `false` when asked to stop meanwhile.
async fn pause(wait: Duration, stop: &CancellationToken) -> bool {
    tokio::select! {
        () = stop.cancelled() => false,
        () = tokio::time::sleep(wait) => true,
    }
}
