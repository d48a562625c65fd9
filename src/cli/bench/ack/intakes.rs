//! What stands behind the sockets in each row: nothing, a group commit and nothing else, the inbox, or everything.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use async_trait::async_trait;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::store::{create_floor, put_floor};
use crate::clock::Clock;
use crate::config::{Approvals, Config, Limits};
use crate::drivers::Drivers;
use crate::flow::directory::read_directory;
use crate::flow::effect::agree_to_all;
use crate::flow::service::Service;
use crate::flow::{App, Outside, intake};
use crate::inbox::{Arrival, store as inbox};
use crate::sandbox::Sandbox;
use crate::slack::blocks::Dress;
use crate::slack::envelope::{Ours, Perishable, Reader};
use crate::slack::socket::{SlackRefuses, Sockets};
use crate::slack::web::Web;
use crate::slack::{AckReply, Counters, Intake, NotStored, SlackConfig};
use crate::store::Store;
use crate::tools::StdioHost;

/// Connecting takes milliseconds; a bot that did not connect by then never will.
const CONNECT_LIMIT: Duration = Duration::from_secs(30);

/// A company for which every mention is work for one person, so that the loops have something to do for each.
const COMPANY: &str = include_str!("company.md");

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behind {
    Nothing,
    GroupCommit,
    Inbox,
    Everything,
}

/// A bot that runs against a sandbox.
pub struct Bot {
    kind: Kind,
    store: Option<Store>,
}

enum Kind {
    Bare { sockets: JoinHandle<Result<(), SlackRefuses>>, stop: CancellationToken, app: Option<(App, TaskTracker)> },
    Service(Box<Service>),
}

impl Bot {
    /// Starts it and waits until it holds its sockets. `folder` is where the directives go.
    pub async fn start(
        behind: Behind,
        sandbox: &Sandbox,
        sockets: usize,
        database: &str,
        folder: &std::path::Path,
    ) -> anyhow::Result<Self> {
        let mut slack = SlackConfig::new(&sandbox.api_url(), sandbox.app_token().into(), sandbox.bot_token().into())?
            .with_sockets(sockets)?;
        slack.socket.stagger = Duration::ZERO;
        let bot = match behind {
            Behind::Nothing => Self { kind: bare(slack, Arc::new(AtOnce), None).await?, store: None },
            Behind::GroupCommit => {
                let store = Store::open(database).await?;
                create_floor(&store).await?;
                let intake = Arc::new(GroupCommit::start(store.clone()));
                Self { kind: bare(slack, intake, None).await?, store: None }
            }
            Behind::Inbox => {
                let app = app(&slack, database).await?;
                let tracker = TaskTracker::new();
                intake::start(&app, &tracker);
                let store = Some(app.store.clone());
                Self { kind: bare(slack, Arc::new(app.clone()), Some((app, tracker))).await?, store }
            }
            Behind::Everything => {
                std::fs::write(folder.join("company.md"), COMPANY).context("the directives cannot be written")?;
                let config = Config { directives: folder.to_owned(), ..config(database) };
                let files = read_directory(folder).map_err(|_| anyhow::Error::msg("the directives cannot be read"))?;
                agree_to_all(database, &files, Clock::system().now()).await?;
                let service = Service::start(config, slack, Clock::system()).await?;
                let store = Some(service.app.store.clone());
                Self { kind: Kind::Service(Box::new(service)), store }
            }
        };
        let ready = sandbox.until(|sandbox| (sandbox.connections() >= sockets).then_some(()));
        tokio::time::timeout(CONNECT_LIMIT, ready).await.context("the bot did not connect to the sandbox")?;
        Ok(bot)
    }

    /// How many triggers the database knows; nothing where there is no inbox.
    pub async fn stored(&self) -> anyhow::Result<Option<i64>> {
        match &self.store {
            Some(store) => Ok(Some(inbox::known_count(store).await?)),
            None => Ok(None),
        }
    }

    pub async fn stop(self) {
        match self.kind {
            Kind::Bare { sockets, stop, app } => {
                stop.cancel();
                let _ended = sockets.await;
                if let Some((app, tracker)) = app {
                    app.stopping.cancel();
                    tracker.close();
                    tracker.wait().await;
                    app.store.close().await;
                }
            }
            Kind::Service(service) => service.stop().await,
        }
    }
}

async fn bare(slack: SlackConfig, intake: Arc<dyn Intake>, app: Option<(App, TaskTracker)>) -> anyhow::Result<Kind> {
    let web = Arc::new(Web::new(&slack)?);
    let reader = Arc::new(Reader::new(ours(&web, &slack).await?));
    let sockets = Sockets::new(slack, reader, intake, Arc::new(Counters::default()), web);
    let stop = CancellationToken::new();
    let token = stop.clone();
    Ok(Kind::Bare { sockets: tokio::spawn(async move { sockets.run(token).await }), stop, app })
}

async fn ours(web: &Web, slack: &SlackConfig) -> anyhow::Result<Ours> {
    Ok(web.who_am_i().await.context("the sandbox refuses the bot")?.ours(slack.app_id()))
}

/// The app as `serve` has it, with no loop started.
async fn app(slack: &SlackConfig, database: &str) -> anyhow::Result<App> {
    let web = Arc::new(Web::new(slack)?);
    let ours = ours(&web, slack).await?;
    let store = Store::open(database).await?;
    let dress = Dress { may_customize: slack.may_customize };
    let tools = Arc::new(StdioHost::new(Vec::new())?);
    let outside = Outside { store, clock: Clock::system(), web, ours, dress, tools, drivers: Drivers::default() };
    Ok(App::new(config(database), outside))
}

fn config(database: &str) -> Config {
    Config {
        database_url: database.to_owned(),
        directives: std::path::PathBuf::new(),
        watched_channels: Vec::new(),
        tools: Vec::new(),
        webhooks: None,
        drivers: Default::default(),
        keep_answers: true,
        stream_answers: true,
        // One person sends everything; being told so would be another measurement.
        limits: Limits { open_tasks_per_person: usize::MAX, ..Limits::default() },
        approvals: Approvals::default(),
        prices: Default::default(),
        links: Default::default(),
    }
}

/// The floor without a database.
struct AtOnce;

#[async_trait]
impl Intake for AtOnce {
    async fn event(&self, _arrival: Arrival) -> Result<(), NotStored> {
        Ok(())
    }

    async fn interactive(&self, _arrival: Arrival, _perishable: Perishable) -> Result<AckReply, NotStored> {
        Ok(AckReply::Empty)
    }
}

type Waiting = (Arrival, oneshot::Sender<bool>);

/// The floor with a group commit of the same bytes, and nothing else: no keys, no index, no digest.
struct GroupCommit(mpsc::Sender<Waiting>);

impl GroupCommit {
    /// Ends when it is dropped.
    fn start(store: Store) -> Self {
        let (door, mut queue) = mpsc::channel::<Waiting>(Limits::default().inbox_waiting);
        tokio::spawn(async move {
            let mut group = Vec::with_capacity(intake::GROUP);
            while queue.recv_many(&mut group, intake::GROUP).await > 0 {
                let (arrivals, told): (Vec<_>, Vec<_>) = group.drain(..).unzip();
                let stored = put_floor(&store, &arrivals).await.is_ok();
                for waiter in told {
                    // A socket that closed no longer waits.
                    let _gone = waiter.send(stored);
                }
            }
            store.close().await;
        });
        Self(door)
    }
}

#[async_trait]
impl Intake for GroupCommit {
    async fn event(&self, arrival: Arrival) -> Result<(), NotStored> {
        let (told, hears) = oneshot::channel();
        let refused = || NotStored("the floor's table refused".to_owned());
        self.0.send((arrival, told)).await.map_err(|_| refused())?;
        if hears.await.is_ok_and(|stored| stored) { Ok(()) } else { Err(refused()) }
    }

    async fn interactive(&self, _arrival: Arrival, _perishable: Perishable) -> Result<AckReply, NotStored> {
        Ok(AckReply::Empty)
    }
}
