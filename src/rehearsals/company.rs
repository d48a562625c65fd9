//! A company from its files: its people and channels as a look-alike Slack, its directives as a private copy, its tools as
//! the demo's servers, and a bot that knows nothing of all this being a rehearsal.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::parse::{Unreadable, parse};
use super::stage::Stage;
use super::{Rehearsal, example};
use crate::cli::demo_tools::servers;
use crate::clock::{Clock, Span, Timestamp};
use crate::config::{Approvals, Config, Limits};
use crate::directives::diagnostics::Problem;
use crate::directives::files::read_set;
use crate::flow::directory::read_directory;
use crate::flow::effect::agree_to_all;
use crate::flow::resume::CannotStart;
use crate::flow::service::Service;
use crate::roster::{Person, Roster};
use crate::sandbox::{ChannelSpec, ClockKind, GroupSpec, Sandbox, SandboxConfig, SandboxError, TeamSpec, UserSpec};
use crate::slack::socket::SocketLimits;
use crate::slack::{BadConfig, SlackConfig};

/// When every section begins: Wednesday, 9 September 2026, 8:00 UTC, which is within the working hours of most of Europe.
const BEGINS_SECONDS: i64 = 1_788_940_800;
/// Sockets of the bot.
const SOCKETS: usize = 2;
/// The folder of the rehearsals among the directives.
const FOLDER: &str = "rehearsals/";

/// A company that can be rehearsed.
#[derive(Debug, Clone)]
pub struct Company {
    files: BTreeMap<String, String>,
    roster: Roster,
}

/// Where and how a company is opened.
#[derive(Debug, Clone)]
pub struct Setting {
    /// The program that holds the demo's tool servers: this one.
    pub program: PathBuf,
    /// An empty folder for databases and the private copy of the directives.
    pub dir: PathBuf,
    /// The bot's database; `None` is a SQLite file in `dir`.
    pub database_url: Option<String>,
    pub time: Time,
    /// Channels, without `#`, in which every message is a request.
    pub watched_channels: Vec<String>,
    /// Where the workspace listens on 127.0.0.1; 0 lets the system choose.
    pub port: u16,
    pub weather: Weather,
}

/// What a network and a machine do to a bot, none of which anybody may notice in what is said or done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Weather {
    /// Slack delivers every event twice, in two envelopes.
    pub twice: bool,
    /// Slack delivers the events of one act in an order that this seed shuffles.
    pub shuffled: Option<u64>,
    /// The bot is stopped after every act and started again on the same database.
    pub restarts: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Time {
    /// Stands still until it is turned.
    Standing,
    /// This machine's.
    Running,
}

/// Everything that a bot is started from, so that it can be started again.
pub(super) struct Bot {
    pub config: Config,
    pub slack: SlackConfig,
    pub clock: Clock,
}

impl Bot {
    /// Starts it and waits until it listens.
    pub async fn start(&self, sandbox: &Sandbox) -> Result<Service, CannotStart> {
        let service = Service::start(self.config.clone(), self.slack.clone(), self.clock.clone()).await?;
        sandbox.until(|sandbox| (sandbox.connections() == SOCKETS).then_some(())).await;
        Ok(service)
    }
}

/// A rehearsal cannot begin, or broke off.
#[derive(Debug, thiserror::Error)]
pub enum CannotRehearse {
    #[error("the directives cannot be put in force; `workforce check` shows where")]
    Directives(Vec<Problem>),
    #[error("{}", said(.0))]
    Unreadable(Vec<Unreadable>),
    #[error("{what} cannot be written")]
    File { what: String, source: std::io::Error },
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
    #[error("the bot does not start")]
    Start(#[from] CannotStart),
    #[error(transparent)]
    Slack(#[from] BadConfig),
    #[error("the bot did not come to rest within {seconds} seconds")]
    Restless { seconds: u64 },
    #[error("what happened cannot be read")]
    Lost(#[from] crate::flow::FlowError),
    #[error("a section stopped in the middle; the report of its panic is above")]
    Panicked,
    #[error("what the tools did cannot be read")]
    Effects(#[source] anyhow::Error),
}

fn said(problems: &[Unreadable]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

impl Company {
    /// The company that a folder of directives describes.
    pub fn of_folder(dir: &Path) -> Result<Self, CannotRehearse> {
        read_directory(dir).map_err(CannotRehearse::Directives).and_then(Self::of_files)
    }

    /// The example company that is part of the program.
    pub fn example() -> Result<Self, CannotRehearse> {
        Self::of_files(example::files())
    }

    pub fn of_files(files: BTreeMap<String, String>) -> Result<Self, CannotRehearse> {
        let day = Timestamp(BEGINS_SECONDS * 1_000_000).to_utc().date_naive();
        let set = read_set(&files, day).map_err(CannotRehearse::Directives)?;
        Ok(Self { files, roster: set.roster })
    }

    /// Its rehearsals, in the order of their files.
    pub fn rehearsals(&self) -> Result<Vec<Rehearsal>, CannotRehearse> {
        let (mut read, mut problems) = (Vec::new(), Vec::new());
        for (path, text) in self.files.iter().filter(|(path, _)| path.starts_with(FOLDER)) {
            match parse(path, text) {
                Ok(rehearsal) => read.push(rehearsal),
                Err(found) => problems.extend(found),
            }
        }
        if problems.is_empty() { Ok(read) } else { Err(CannotRehearse::Unreadable(problems)) }
    }

    /// Its workspace: everybody and the bot are in every channel, and everybody is known by their e-mail address.
    pub fn workspace(&self, time: Time) -> SandboxConfig {
        let roster = &self.roster;
        let everybody: Vec<String> = roster.people.keys().cloned().collect();
        let channels = roster.channels.values().map(|channel| ChannelSpec {
            name: channel.name.clone(),
            members: everybody.clone(),
            bot: true,
            topic: channel.about.clone().unwrap_or_default(),
            ..ChannelSpec::default()
        });
        let groups = roster.teams.values().filter_map(|team| {
            let group = team.user_group.as_deref()?.trim_start_matches('@');
            let is_id = group.starts_with('S') && group.chars().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase());
            let (id, handle) = if is_id { (group, team.id.as_str()) } else { ("", group) };
            Some(GroupSpec {
                id: id.to_owned(),
                handle: handle.to_owned(),
                name: team.name.clone(),
                members: team.members.clone(),
            })
        });
        SandboxConfig {
            clock: match time {
                Time::Standing => ClockKind::Manual { start_seconds: BEGINS_SECONDS },
                Time::Running => ClockKind::System,
            },
            team: TeamSpec::default(),
            users: roster.people.values().map(|person| user(roster, person)).collect(),
            channels: channels.collect(),
            groups: groups.collect(),
            ..SandboxConfig::default()
        }
    }

    /// Opens it: the workspace, the bot connected to it, the tools.
    pub async fn open(&self, setting: &Setting) -> Result<Stage, CannotRehearse> {
        let directives = setting.dir.join("directives");
        self.write_copy(&directives)?;
        let sandbox = Sandbox::start(SandboxConfig { port: setting.port, ..self.workspace(setting.time) }).await?;
        let tools = setting.dir.join("demo-tools.db");
        let config = Config {
            database_url: setting
                .database_url
                .clone()
                .unwrap_or_else(|| format!("sqlite:{}", setting.dir.join("workforce.db").display())),
            directives: directives.clone(),
            watched_channels: setting.watched_channels.clone(),
            tools: servers(&setting.program, &tools),
            webhooks: None,
            drivers: Default::default(),
            keep_answers: true,
            stream_answers: true,
            limits: Limits::default(),
            approvals: Approvals::default(),
            prices: Default::default(),
            links: Default::default(),
        };
        let clock = match setting.time {
            Time::Standing => Clock::manual(Timestamp(BEGINS_SECONDS * 1_000_000)),
            Time::Running => Clock::system(),
        };
        sandbox.duplicate_events(setting.weather.twice);
        // The company is made up, and so is everybody who might have agreed to its directives.
        agree_to_all(&config.database_url, &self.files, clock.now()).await?;
        let bot = Bot { config, slack: connection(&sandbox)?, clock };
        let service = bot.start(&sandbox).await?;
        let people: Vec<(String, String)> =
            self.roster.people.values().map(|person| (person.handle.clone(), person.name.clone())).collect();
        let channels = self.roster.channels.keys().cloned().collect();
        Ok(Stage::new(sandbox, service, bot, setting.weather, tools, people, channels))
    }

    fn write_copy(&self, to: &Path) -> Result<(), CannotRehearse> {
        for (path, text) in &self.files {
            let file = to.join(path);
            let written = file.parent().map_or(Ok(()), std::fs::create_dir_all);
            written
                .and_then(|()| std::fs::write(&file, text))
                .map_err(|source| CannotRehearse::File { what: file.display().to_string(), source })?;
        }
        Ok(())
    }
}

fn user(roster: &Roster, person: &Person) -> UserSpec {
    UserSpec {
        id: roster.account_id(person).unwrap_or_default().to_owned(),
        handle: person.handle.clone(),
        real_name: person.name.clone(),
        email: person.email.clone(),
        tz: person.timezone.clone().unwrap_or_else(|| roster.timezone.clone()),
        ..UserSpec::default()
    }
}

/// How the bot reaches the sandbox: nothing between them is slow, so nothing is paced or staggered.
fn connection(sandbox: &Sandbox) -> Result<SlackConfig, BadConfig> {
    let tokens = (sandbox.app_token().into(), sandbox.bot_token().into());
    let mut config = SlackConfig::new(&sandbox.api_url(), tokens.0, tokens.1)?.with_sockets(SOCKETS)?;
    config.web.paced = false;
    config.socket = SocketLimits {
        stagger: Duration::ZERO,
        drain_quiet: Duration::from_millis(20),
        close_wait: Duration::from_millis(200),
        ..SocketLimits::default()
    };
    Ok(config)
}

/// The instant that every standing clock begins at.
pub fn begins() -> Timestamp {
    Timestamp::ZERO.plus(Span::seconds(BEGINS_SECONDS))
}
