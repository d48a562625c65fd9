//! The example company at work on the look-alike Slack, with a clock that is turned: for what happens without anybody asking.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use workforce::cli::demo_tools::servers;
use workforce::clock::{Clock, Span};
use workforce::config::{Approvals, Config, Limits};
use workforce::demo_tools::EffectRow;
use workforce::drivers::Drivers;
use workforce::flow::directory::read_directory;
use workforce::flow::effect::agree_to_all;
use workforce::flow::service::Service;
use workforce::rehearsals::company::{Time, begins};
use workforce::rehearsals::{Company, example};
use workforce::sandbox::{Refused, Sandbox, SandboxConfig};
use workforce::slack::SlackConfig;
use workforce::slack::socket::SocketLimits;

/// How long a whole company may take to come to rest on a slow machine.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Office {
    pub sandbox: Sandbox,
    pub clock: Clock,
    /// `None` while nobody is there.
    service: Option<Service>,
    config: Config,
    /// Workers that the configuration does not know of.
    drivers: Drivers,
    _dir: tempfile::TempDir,
}

impl Office {
    /// The example company with changed files: path, what stands there, what shall.
    pub async fn open(changes: &[(&str, &str, &str)]) -> Self {
        Self::open_with(changes, |_| {}).await
    }

    pub async fn open_with(changes: &[(&str, &str, &str)], set: impl FnOnce(&mut Config)) -> Self {
        Self::open_team(changes, Drivers::default(), set).await
    }

    /// The same with workers that a test brings.
    pub async fn open_team(changes: &[(&str, &str, &str)], drivers: Drivers, set: impl FnOnce(&mut Config)) -> Self {
        Self::open_in(changes, drivers, |_| {}, set).await
    }

    /// The same in a workspace that a test furnishes: private channels, guests, other companies.
    pub async fn open_in(
        changes: &[(&str, &str, &str)],
        drivers: Drivers,
        furnish: impl FnOnce(&mut SandboxConfig),
        set: impl FnOnce(&mut Config),
    ) -> Self {
        let mut files: BTreeMap<String, String> = example::files();
        for (path, old, new) in changes {
            let text = files.get_mut(*path).unwrap();
            assert!(text.contains(old), "{path} does not say {old}");
            *text = text.replace(old, new);
        }
        let dir = tempfile::tempdir().unwrap();
        for (path, text) in &files {
            let file = dir.path().join("directives").join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
        let company = Company::of_files(files).unwrap();
        let mut workspace = company.workspace(Time::Standing);
        furnish(&mut workspace);
        let sandbox = Sandbox::start(workspace).await.unwrap();
        let program = Path::new(env!("CARGO_BIN_EXE_workforce"));
        let mut config = Config {
            database_url: format!("sqlite:{}", dir.path().join("workforce.db").display()),
            directives: dir.path().join("directives"),
            watched_channels: Vec::new(),
            tools: servers(program, &dir.path().join("demo-tools.db")),
            webhooks: None,
            drivers: Default::default(),
            keep_answers: true,
            stream_answers: true,
            limits: Limits::default(),
            approvals: Approvals::default(),
            prices: Default::default(),
            links: Default::default(),
        };
        set(&mut config);
        let files = read_directory(&config.directives).unwrap();
        agree_to_all(&config.database_url, &files, begins()).await.unwrap();
        let mut office = Self { sandbox, clock: Clock::manual(begins()), service: None, config, drivers, _dir: dir };
        office.come_in().await;
        office
    }

    /// The bot starts.
    pub async fn come_in(&mut self) {
        self.service = Some(self.start().await);
        self.sandbox.until(|sandbox| (sandbox.connections() == 2).then_some(())).await;
        self.rest().await;
    }

    /// A second replica of the bot, on the same database.
    pub async fn colleague(&self) -> Service {
        let service = self.start().await;
        self.sandbox.until(|sandbox| (sandbox.connections() == 4).then_some(())).await;
        service
    }

    async fn start(&self) -> Service {
        let tokens = (self.sandbox.app_token().into(), self.sandbox.bot_token().into());
        let mut slack = SlackConfig::new(&self.sandbox.api_url(), tokens.0, tokens.1).unwrap();
        slack.web.paced = false;
        slack.socket = SocketLimits {
            stagger: Duration::ZERO,
            drain_quiet: Duration::from_millis(20),
            close_wait: Duration::from_millis(200),
            ..SocketLimits::default()
        };
        let drivers = self.drivers.clone();
        Service::start_with(self.config.clone(), slack, self.clock.clone(), drivers).await.unwrap()
    }

    /// The bot stops.
    pub async fn go_home(&mut self) {
        self.service.take().expect("somebody is there").stop().await;
    }

    pub fn service(&self) -> &Service {
        self.service.as_ref().expect("somebody is there")
    }

    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Everything that the tool servers did, oldest first.
    pub async fn effects(&self) -> Vec<EffectRow> {
        workforce::demo_tools::effects(&self._dir.path().join("demo-tools.db")).await.unwrap()
    }

    /// Clicks the newest button of that label in a person's direct conversation with the bot.
    pub async fn clicks(&self, who: &str, label: &str) -> Result<(), Refused> {
        let channel = self.sandbox.dm_channel(who).unwrap();
        let shown = self.sandbox.shown(&channel).unwrap();
        let mut last = Err(Refused(format!("@{who} has no [{label}]:\n{}", self.direct(who))));
        for message in shown.iter().rev() {
            last = self.sandbox.clicks(who, &channel, &message.ts, label).map(|_| ());
            if last.is_ok() {
                break;
            }
        }
        self.rest().await;
        last
    }

    /// Changes a file of the directives, and has the bot look at it.
    pub async fn edit(&self, file: &str, old: &str, new: &str) {
        let path = self.config.directives.join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(old), "{file} does not say {old}");
        std::fs::write(&path, text.replace(old, new)).unwrap();
        if let Some(service) = &self.service {
            workforce::flow::directives::load(&service.app).await.unwrap();
            self.rest().await;
        }
    }

    /// Both clocks are turned, and what is due is done.
    pub async fn after(&self, span: Span) {
        self.turn(span);
        self.rest().await;
    }

    /// Both clocks are turned.
    pub fn turn(&self, span: Span) {
        self.clock.advance(span);
        self.sandbox.advance(span.to_std());
        if let Some(service) = &self.service {
            service.app.bell.ring();
        }
    }

    /// Until nothing is under way.
    pub async fn rest(&self) {
        let resting = async {
            loop {
                self.sandbox.wait_idle().await;
                self.service().settled().await;
                let version = self.service().app.bell.version();
                if self.sandbox.in_flight() == 0 && self.service().app.bell.version() == version {
                    return;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, resting).await.expect("the company comes to rest");
    }

    /// What the bot and a person wrote to each other.
    pub fn direct(&self, who: &str) -> String {
        self.sandbox.dm_view(who).unwrap()
    }

    /// What a channel shows, threads opened.
    pub fn channel(&self, name: &str) -> String {
        let mut roots = self.sandbox.shown(name).unwrap();
        roots.retain(|message| message.thread_ts.is_none());
        roots.iter().map(|root| self.sandbox.thread_text(name, &root.ts).unwrap()).collect::<Vec<_>>().join("\n")
    }

    /// How often a text stands in what the bot wrote to somebody.
    pub fn told(&self, who: &str, text: &str) -> usize {
        self.direct(who).matches(text).count()
    }

    pub async fn end(mut self) {
        self.rest().await;
        self.go_home().await;
        assert_eq!(self.sandbox.finish(), Ok(()));
    }
}
