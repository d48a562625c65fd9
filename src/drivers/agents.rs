//! Agents outside: the `[agents.POSITION]` tables of `workforce.toml`. What runs on this machine, and where briefs are sent, is
//! for whoever runs the bot to say; directives, which many may edit, only say that a position is filled so.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use reqwest::Url;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::config::{BadDriver, address, secret, time_limit};

/// Megabytes of memory that a program may take when the entry does not say.
const DEFAULT_MEMORY_MB: u64 = 1_024;
/// Minutes that an agent may take to answer by itself when the entry does not say.
const DEFAULT_ANSWER_MINUTES: i64 = 60;
/// A shorter secret can be guessed.
const SHORTEST_SECRET: usize = 16;

/// One `[agents.POSITION]` table: a program, or an address.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentEntry {
    /// The program, for `driver: command`. No shell reads it.
    #[serde(default)]
    pub command: Option<String>,
    #[serde(default)]
    pub args: Vec<String>,
    /// Variables that are no secret. Besides these and `env_from` the program sees `PATH` and nothing else.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Variables whose values are taken from our environment, or from the file that `NAME_FILE` names.
    #[serde(default)]
    pub env_from: Vec<String>,
    #[serde(default)]
    pub cwd: Option<PathBuf>,
    /// Memory that the program may take, in megabytes.
    #[serde(default)]
    pub memory_mb: Option<u64>,
    /// Where briefs are sent, for `driver: http`.
    #[serde(default)]
    pub url: Option<String>,
    /// The variable that holds the secret by which both sides sign.
    #[serde(default)]
    pub secret_from: Option<String>,
    /// Minutes within which an answer that comes by itself must be there.
    #[serde(default)]
    pub answer_within_minutes: Option<i64>,
    /// Seconds that one question may take.
    #[serde(default)]
    pub timeout_seconds: Option<u64>,
}

/// An agent that can be asked.
#[derive(Debug, Clone)]
pub enum AgentConfig {
    Command(CommandConfig),
    Http(HttpConfig),
}

/// A program on this machine. Values of variables are secrets.
#[derive(Debug, Clone)]
pub struct CommandConfig {
    pub command: String,
    pub args: Vec<String>,
    pub env: BTreeMap<String, SecretString>,
    pub cwd: Option<PathBuf>,
    pub memory_bytes: u64,
    pub timeout: Duration,
}

/// An agent at an address.
#[derive(Debug, Clone)]
pub struct HttpConfig {
    pub url: Url,
    pub secret: SecretString,
    pub timeout: Duration,
    /// How long it may take to answer by itself; `None` where nothing listens for that.
    pub answers_within: Option<crate::clock::Span>,
}

impl AgentEntry {
    /// Fills in the values. `listens`: whether anything listens for answers that come by themselves.
    pub fn resolve(
        &self,
        position: &str,
        listens: bool,
        lookup: &dyn Fn(&str) -> Option<String>,
    ) -> Result<AgentConfig, BadDriver> {
        let table = format!("[agents.{position}]");
        let timeout = time_limit(&table, self.timeout_seconds)?;
        match (&self.command, &self.url) {
            (Some(command), None) if !command.is_empty() => {
                let mut env: BTreeMap<String, SecretString> =
                    self.env.iter().map(|(name, value)| (name.clone(), SecretString::from(value.as_str()))).collect();
                for variable in &self.env_from {
                    if let Some(value) = secret(&table, Some(variable), None, lookup)? {
                        env.insert(variable.clone(), value);
                    }
                }
                Ok(AgentConfig::Command(CommandConfig {
                    command: command.clone(),
                    args: self.args.clone(),
                    env,
                    cwd: self.cwd.clone(),
                    memory_bytes: self.memory_mb.unwrap_or(DEFAULT_MEMORY_MB).max(1).saturating_mul(1024 * 1024),
                    timeout,
                }))
            }
            (None, Some(url)) => {
                let secret = secret(&table, self.secret_from.as_deref(), None, lookup)?;
                let secret = secret.filter(|secret| secret.expose_secret().len() >= SHORTEST_SECRET);
                let Some(secret) = secret else { return Err(BadDriver::NoSecret { table }) };
                let mut url_checked = address(&table, url)?;
                let path = url_checked.path().trim_end_matches('/').to_owned();
                url_checked.set_path(&path);
                let minutes = self.answer_within_minutes.unwrap_or(DEFAULT_ANSWER_MINUTES).max(1);
                let answers_within = listens.then(|| crate::clock::Span::minutes(minutes));
                Ok(AgentConfig::Http(HttpConfig { url: url_checked, secret, timeout, answers_within }))
            }
            (_, _) => Err(BadDriver::CommandOrUrl { table }),
        }
    }
}
