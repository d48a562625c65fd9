//! The whole, running: connected to Slack, every loop started, drained on the way out. `serve`, the demo, the rehearsals and
//! the conversation tests all start it here.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::hooks::HookDoor;
use super::resume::{CannotStart, OnlyProcess, prepare};
use super::{App, FlowError, Outside};
use crate::clock::Clock;
use crate::config::Config;
use crate::drivers::Drivers;
use crate::slack::blocks::Dress;
use crate::slack::envelope::Reader;
use crate::slack::socket::{SlackRefuses, Sockets};
use crate::slack::web::Web;
use crate::slack::{Counters, Intake, SlackConfig};
use crate::store::Store;
use crate::tools::{StdioHost, ToolHost};
use crate::webhooks::{Counts, Server, WebhooksConfig};

/// How long the loops may take to finish what they have in hand.
const DRAIN_LIMIT: Duration = Duration::from_secs(10);

/// A running workforce.
pub struct Service {
    pub app: App,
    pub counters: Arc<Counters>,
    tracker: TaskTracker,
    /// `None` once it has ended and was asked why.
    sockets: Option<JoinHandle<Result<(), SlackRefuses>>>,
    /// Where deliveries are listened for, if anywhere.
    pub hooks: Option<Listening>,
    listening: CancellationToken,
    _only: OnlyProcess,
}

/// The listener for deliveries, answering.
pub struct Listening {
    pub address: SocketAddr,
    pub counts: Arc<Counts>,
    answering: JoinHandle<()>,
}

impl Service {
    /// Opens the database, learns the workspace, puts the directives in force, starts the loops and connects.
    pub async fn start(config: Config, slack: SlackConfig, clock: Clock) -> Result<Self, CannotStart> {
        Self::start_with(config, slack, clock, Drivers::default()).await
    }

    /// The same with drivers that the configuration does not know of.
    pub async fn start_with(
        config: Config,
        slack: SlackConfig,
        clock: Clock,
        drivers: Drivers,
    ) -> Result<Self, CannotStart> {
        let only = OnlyProcess::of(&config.database_url)?;
        let store = Store::open(&config.database_url).await?;
        let web = Arc::new(Web::new(&slack)?);
        let who = web.who_am_i().await.map_err(CannotStart::Slack)?;
        let ours = who.ours(slack.app_id());
        let tools: Arc<dyn ToolHost> = Arc::new(StdioHost::new(config.tools.clone())?);
        clock.follow(store.clock().await.map_err(FlowError::from)?);
        let dress = Dress { may_customize: slack.may_customize };
        let drivers = Drivers::of(&config.drivers)?.and(drivers);
        let outside = Outside { store, clock, web: web.clone(), ours: ours.clone(), dress, tools, drivers };
        let app = App::new(config, outside);
        prepare(&app).await?;
        let reader = Arc::new(Reader::new(ours));
        web.learn_channels(&reader.kinds).await.map_err(CannotStart::Slack)?;
        let counters = Arc::new(Counters::default());
        let tracker = TaskTracker::new();
        app.start(&tracker);
        let intake: Arc<dyn Intake> = Arc::new(app.clone());
        let sockets = Sockets::new(slack, reader, intake, counters.clone(), web);
        let listening = CancellationToken::new();
        let stop = listening.clone();
        let sockets = Some(tokio::spawn(async move { sockets.run(stop).await }));
        let hooks = match app.config.webhooks.clone() {
            Some(webhooks) => Some(listen(webhooks, &app, &counters, &listening).await.map_err(CannotStart::Hooks)?),
            None => None,
        };
        app.bell.ring();
        Ok(Self { app, counters, tracker, sockets, hooks, listening, _only: only })
    }

    /// Waits until Slack refuses for good (a revoked token); until then it runs.
    pub async fn refused(&mut self) -> Result<(), SlackRefuses> {
        let Some(sockets) = &mut self.sockets else { return Ok(()) };
        let ended = sockets.await;
        self.sockets = None;
        match ended {
            Ok(ended) => ended,
            // The socket task is ours and only ends by itself or by a panic, which it has logged.
            Err(_panicked_or_cancelled) => Ok(()),
        }
    }

    /// Waits until everything that has arrived was done and said: all loops looked and found nothing, no envelope is under way.
    pub async fn settled(&self) {
        loop {
            self.app.bell.settled().await;
            self.app.thinking.idle().await;
            if self.app.bell.is_settled()
                && self.counters.is_idle()
                && self.app.intake.is_idle()
                && self.app.thinking.is_idle()
            {
                return;
            }
            tokio::task::yield_now().await;
        }
    }

    /// Stops reading, finishes what is in hand, closes the database.
    pub async fn stop(self) {
        self.listening.cancel();
        if let Some(sockets) = self.sockets {
            let _ended = sockets.await;
        }
        if let Some(hooks) = self.hooks {
            let _ended = tokio::time::timeout(DRAIN_LIMIT, hooks.answering).await;
        }
        self.app.stopping.cancel();
        self.tracker.close();
        let ended = async {
            self.tracker.wait().await;
            self.app.thinking.ended().await;
        };
        if tokio::time::timeout(DRAIN_LIMIT, ended).await.is_err() {
            tracing::warn!(
                seconds = DRAIN_LIMIT.as_secs(),
                "not everything ended in time; what is leased is taken up at the next start"
            );
        }
        self.app.tools.shut_down().await;
        self.app.store.close().await;
    }
}

/// Opens the listener for deliveries and answers from now on.
async fn listen(
    config: WebhooksConfig,
    app: &App,
    counters: &Arc<Counters>,
    stop: &CancellationToken,
) -> std::io::Result<Listening> {
    let door = HookDoor { app: app.clone(), counters: Arc::clone(counters) };
    let server = Server::bind(config, Arc::new(door)).await?;
    let (address, counts) = (server.address()?, server.counts());
    tracing::info!(%address, "listening for deliveries to hooks");
    let answering = tokio::spawn(server.run(stop.clone()));
    Ok(Listening { address, counts, answering })
}
