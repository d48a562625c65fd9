//! The only reader of environment and `workforce.toml`. Every limit lives here, named with its unit.
//!
//! Precedence: environment over file over default. Unknown keys are errors: a mistyped limit must not be a missing one.

mod prices;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use crate::budgets::PriceTable;
use crate::clock::Span;
use crate::drivers::agents::AgentEntry;
use crate::drivers::config::{BadDriver, ModelEntry, Settings as Drivers};
use crate::gate::grants;
use crate::redact;
use crate::slack::{BadConfig, SlackConfig};
use crate::tools::{ConfigError as BadTool, ServerConfig, ServerEntry};
use crate::webhooks::{BadHook, Section as WebhooksSection, WebhooksConfig};

/// What the shell needs to know; built by [`Config::load`], or by hand in tests and the demo.
#[derive(Debug, Clone)]
pub struct Config {
    pub database_url: String,
    /// The directives' folder.
    pub directives: PathBuf,
    /// Channels (names without `#`) in which every new message is a request.
    pub watched_channels: Vec<String>,
    pub tools: Vec<ServerConfig>,
    /// Models and agents that may be asked.
    pub drivers: Drivers,
    /// Whether what agents said is kept after their run; digests always are.
    pub keep_answers: bool,
    /// Whether messages may grow at Slack while somebody thinks; else they are edited in place.
    pub stream_answers: bool,
    /// What listens for signed deliveries; `None`: nothing does.
    pub webhooks: Option<WebhooksConfig>,
    pub limits: Limits,
    /// What models and tools cost.
    pub prices: PriceTable,
    pub approvals: Approvals,
    pub links: Links,
}

/// How people are asked to approve, and how far their standing grants may go.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Approvals {
    /// Requests that an approver is sent one by one in an hour; further ones of low risk come in one message when it turns.
    pub prompts_per_hour: u32,
    /// Seconds in which whoever approved can take it back before the action starts; 0: it starts at once.
    pub undo_seconds: u32,
    /// Seconds that a card of high risk stands before *Approve* counts.
    pub read_seconds: u32,
    /// Actions under one standing grant; 0: there are no grants.
    pub grant_uses: u32,
    /// Days that a standing grant may last.
    pub grant_days: u32,
    /// Whole units of its currency that one action under a grant may move.
    pub grant_amount: u32,
    /// Approvals of one kind without a no, after which a change of its sentence is proposed to the keeper; 0: never.
    pub propose_after: u32,
}

impl Default for Approvals {
    fn default() -> Self {
        Self {
            prompts_per_hour: 10,
            undo_seconds: 0,
            read_seconds: 2,
            grant_uses: 50,
            grant_days: 14,
            grant_amount: 1_000,
            propose_after: 100,
        }
    }
}

impl Approvals {
    pub fn undo(&self) -> Span {
        Span::seconds(i64::from(self.undo_seconds))
    }

    pub fn read_first(&self) -> Span {
        Span::seconds(i64::from(self.read_seconds))
    }

    pub fn grants(&self) -> grants::Limits {
        grants::Limits { uses: self.grant_uses, days: self.grant_days, amount: i64::from(self.grant_amount) }
    }
}

/// Which addresses in agents' words people may click.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Links {
    /// Hosts, in lower case; `.acme.test` stands for `acme.test` and everything below it.
    pub allowed_hosts: Vec<String>,
}

/// Bounds. Nothing in this system is unbounded.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Arrivals that may wait for the next group commit.
    pub inbox_waiting: usize,
    /// Tool calls under way at once.
    pub tool_calls_at_once: usize,
    /// Messages sent to Slack at once; each channel keeps its order.
    pub deliveries_at_once: usize,
    /// Steps that one run may take.
    pub steps_per_run: usize,
    /// Questions to models and other agents under way at once.
    pub questions_at_once: usize,
    /// Tool calls that an agent may want in one answer; those beyond are refused.
    pub calls_per_answer: usize,
    /// How often one run may make the same call with the same arguments.
    pub same_call_per_run: usize,
    /// Runs that one task may have: hand-overs between agents end here.
    pub runs_per_task: usize,
    /// How often one agent may hand the same task to the same other one.
    pub hand_overs_per_pair: usize,
    /// Messages of a thread that are read for what a request leaves out.
    pub thread_above_messages: usize,
    /// Characters of a request that are read; the rest is cut with a mark.
    pub request_characters: usize,
    /// Requests that one other bot may make in one thread; then a person is asked, so that two bots do not answer each other
    /// for ever.
    pub requests_per_bot_and_thread: usize,
    /// Requests that one person may have open at once.
    pub open_tasks_per_person: usize,
    /// Sentences that one person may have proposed at once, until their keepers decide.
    pub open_proposals_per_person: usize,
    /// Days after which the texts of finished work are erased; digests stay.
    pub keep_texts_days: i64,
    /// Minutes an agent's question waits for its answer before the task is given back.
    pub answer_within_minutes: i64,
    /// Days that a question which broke off may still be told of by its vendor; then it counts as what it can have cost at most.
    pub doubts_days: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            inbox_waiting: 4096,
            tool_calls_at_once: 4,
            deliveries_at_once: 4,
            steps_per_run: 50,
            questions_at_once: 16,
            calls_per_answer: 8,
            same_call_per_run: 3,
            runs_per_task: 6,
            hand_overs_per_pair: 1,
            thread_above_messages: 20,
            request_characters: 8_000,
            requests_per_bot_and_thread: 5,
            open_tasks_per_person: 50,
            open_proposals_per_person: 5,
            keep_texts_days: 90,
            answer_within_minutes: 24 * 60,
            doubts_days: 7,
        }
    }
}

impl Limits {
    pub fn keep_texts(&self) -> Span {
        Span::days(self.keep_texts_days)
    }
}

/// The configuration cannot be used; the text says what to do and never contains a secret.
#[derive(Debug, thiserror::Error)]
pub enum BadSettings {
    #[error("{} cannot be read: {source}", file.display())]
    Unreadable { file: PathBuf, source: std::io::Error },
    #[error("{}: {message}", file.display())]
    NotToml { file: PathBuf, message: String },
    #[error("{name} is not set; set it, or set {name}_FILE to a file that holds it ({hint})")]
    MissingToken { name: &'static str, hint: &'static str },
    #[error(transparent)]
    Slack(#[from] BadConfig),
    #[error(transparent)]
    Tool(#[from] BadTool),
    #[error(transparent)]
    Driver(#[from] BadDriver),
    #[error(transparent)]
    Hook(#[from] BadHook),
    #[error("[prices]: {0}")]
    Price(String),
    #[error("{0} must be at least 1 in [limits]")]
    Zero(&'static str),
}

/// `workforce.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct File {
    database_url: Option<String>,
    directives: Option<PathBuf>,
    slack: SlackSection,
    tools: Vec<ServerEntry>,
    models: BTreeMap<String, ModelEntry>,
    agents: BTreeMap<String, AgentEntry>,
    keep_answers: Option<bool>,
    stream_answers: Option<bool>,
    webhooks: Option<WebhooksSection>,
    limits: Limits,
    approvals: Approvals,
    prices: Option<prices::Section>,
    links: Links,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct SlackSection {
    api_url: Option<String>,
    sockets: Option<usize>,
    watched_channels: Vec<String>,
    customize: Option<bool>,
}

/// Where settings come from: one variable of the environment, by name.
pub type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Reads the process's environment; everything else gets its variables through a [`Lookup`].
pub fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

impl Config {
    /// Reads `file` (which may be absent if `required` is false) and the environment.
    pub fn load(file: &Path, required: bool, lookup: Lookup<'_>) -> Result<(Self, SlackSettings), BadSettings> {
        let parsed = read_file(file, required)?;
        let own = std::env::current_exe().unwrap_or_else(|_| PathBuf::from("workforce"));
        let tools = parsed.tools.iter().map(|entry| entry.resolve(&own, lookup)).collect::<Result<_, _>>()?;
        check(&parsed.limits)?;
        let mut webhooks = parsed.webhooks.map(|section| section.resolve(lookup)).transpose()?;
        let drivers = Drivers::resolve(&parsed.models, &parsed.agents, webhooks.is_some(), lookup)?;
        if let Some(webhooks) = &mut webhooks {
            webhooks.agents = drivers.secrets();
        }
        let config = Self {
            database_url: lookup("DATABASE_URL")
                .or(parsed.database_url)
                .unwrap_or_else(|| "sqlite:workforce.db".to_owned()),
            directives: lookup("WORKFORCE_DIRECTIVES")
                .map(PathBuf::from)
                .or(parsed.directives)
                .unwrap_or_else(|| "directives".into()),
            watched_channels: parsed
                .slack
                .watched_channels
                .iter()
                .map(|c| c.trim_start_matches('#').to_owned())
                .collect(),
            tools,
            drivers,
            keep_answers: parsed.keep_answers.unwrap_or(true),
            stream_answers: parsed.stream_answers.unwrap_or(true),
            webhooks,
            limits: parsed.limits,
            approvals: parsed.approvals,
            prices: parsed.prices.map(prices::Section::resolve).transpose()?.unwrap_or_default(),
            links: parsed.links,
        };
        let slack = SlackSettings {
            api_url: lookup("SLACK_API_URL").or(parsed.slack.api_url).unwrap_or_default(),
            sockets: parsed.slack.sockets,
            customize: parsed.slack.customize,
        };
        Ok((config, slack))
    }
}

impl Config {
    /// The credentials that we hold, but for Slack's, whose form gives them away.
    pub fn secrets(&self) -> impl Iterator<Item = &SecretString> {
        let of_tools = self.tools.iter().flat_map(|server| {
            let remotes = server.remote.iter().chain(server.remote_of.values());
            settings_of(&server.env).chain(remotes.filter_map(|remote| remote.key.as_ref()))
        });
        let of_hooks = self.webhooks.iter().flat_map(|webhooks| webhooks.hooks.iter().map(|hook| &hook.secret));
        self.drivers.held().chain(of_tools).chain(of_hooks)
    }
}

/// Of a program's variables, those that hold a credential by the look of it: others are plain settings.
fn settings_of(env: &BTreeMap<String, SecretString>) -> impl Iterator<Item = &SecretString> {
    env.values().filter(|value| redact::looks_secret(value.expose_secret()))
}

/// What is known about Slack before the tokens are read, which only `serve` and `doctor` need.
#[derive(Debug, Clone, Default)]
pub struct SlackSettings {
    api_url: String,
    sockets: Option<usize>,
    customize: Option<bool>,
}

impl SlackSettings {
    /// Reads the tokens and checks that each is of its kind.
    pub fn with_tokens(&self, lookup: Lookup<'_>) -> Result<SlackConfig, BadSettings> {
        let app = token("SLACK_APP_TOKEN", "the app-level token, xapp-…, with connections:write", lookup)?;
        let bot = token("SLACK_BOT_TOKEN", "the bot token, xoxb-…", lookup)?;
        let mut config = SlackConfig::new(&self.api_url, app, bot)?;
        if let Some(sockets) = self.sockets {
            config.sockets = sockets;
        }
        if let Some(customize) = self.customize {
            config.may_customize = customize;
        }
        Ok(config)
    }
}

fn read_file(file: &Path, required: bool) -> Result<File, BadSettings> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !required => return Ok(File::default()),
        Err(source) => return Err(BadSettings::Unreadable { file: file.to_owned(), source }),
    };
    toml::from_str(&text).map_err(|error| BadSettings::NotToml { file: file.to_owned(), message: error.to_string() })
}

fn check(limits: &Limits) -> Result<(), BadSettings> {
    for (name, value) in [
        ("inbox_waiting", limits.inbox_waiting),
        ("tool_calls_at_once", limits.tool_calls_at_once),
        ("deliveries_at_once", limits.deliveries_at_once),
        ("steps_per_run", limits.steps_per_run),
        ("runs_per_task", limits.runs_per_task),
        ("questions_at_once", limits.questions_at_once),
        ("calls_per_answer", limits.calls_per_answer),
        ("same_call_per_run", limits.same_call_per_run),
    ] {
        if value == 0 {
            return Err(BadSettings::Zero(name));
        }
    }
    Ok(())
}

/// A secret from the environment, or from the file that `NAME_FILE` names.
fn token(name: &'static str, hint: &'static str, lookup: Lookup<'_>) -> Result<SecretString, BadSettings> {
    if let Some(value) = lookup(name) {
        return Ok(SecretString::from(value.trim()));
    }
    let file = lookup(&format!("{name}_FILE")).ok_or(BadSettings::MissingToken { name, hint })?;
    let text = std::fs::read_to_string(&file)
        .map_err(|source| BadSettings::Unreadable { file: PathBuf::from(&file), source })?;
    Ok(SecretString::from(text.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_wins_over_the_file_and_the_file_over_the_default() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("workforce.toml");
        std::fs::write(&file, "database_url = 'sqlite:file.db'\n[slack]\nwatched_channels = ['#support']\n").unwrap();
        let (config, _) = Config::load(&file, true, &|_| None).unwrap();
        assert_eq!(config.database_url, "sqlite:file.db");
        assert_eq!(config.watched_channels, ["support"]);
        assert_eq!(config.directives, Path::new("directives"));
        let lookup = |name: &str| (name == "DATABASE_URL").then(|| "postgres://db/wf".to_owned());
        assert_eq!(Config::load(&file, true, &lookup).unwrap().0.database_url, "postgres://db/wf");
    }

    #[test]
    fn a_mistyped_key_and_a_limit_of_nothing_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("workforce.toml");
        for text in ["databse_url = 'x'", "[limits]\nsteps_per_run = 0", "[limits]\nstep = 1"] {
            std::fs::write(&file, text).unwrap();
            assert!(Config::load(&file, true, &|_| None).is_err(), "{text}");
        }
    }

    #[test]
    fn a_token_may_live_in_a_file_and_is_never_shown() {
        let dir = tempfile::tempdir().unwrap();
        let secret = dir.path().join("token");
        std::fs::write(&secret, "xoxb-1-secret\n").unwrap();
        let path = secret.to_str().unwrap().to_owned();
        let lookup = move |name: &str| match name {
            "SLACK_APP_TOKEN" => Some("xapp-1-secret".to_owned()),
            "SLACK_BOT_TOKEN_FILE" => Some(path.clone()),
            _ => None,
        };
        let config = SlackSettings::default().with_tokens(&lookup).unwrap();
        assert!(!format!("{config:?}").contains("secret"));
        let error = SlackSettings::default().with_tokens(&|_| None).unwrap_err().to_string();
        assert!(error.contains("SLACK_APP_TOKEN_FILE"), "{error}");
    }
}
