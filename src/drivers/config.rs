//! Who can be asked: the `[models.NAME]` and `[agents.POSITION]` tables of `workforce.toml`, and what they come to.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use reqwest::Url;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::agents::{AgentConfig, AgentEntry};
use crate::redact;

/// How long an answer may take when the entry does not say.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(120);
/// The longest time limit that an entry may ask for.
pub const MAX_TIMEOUT_SECONDS: u64 = 900;
/// Tokens that an answer may have when the entry does not say.
pub const DEFAULT_OUTPUT_TOKENS: u32 = 4_096;

/// One `[models.NAME]` table.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelEntry {
    pub vendor: Vendor,
    /// Where the API is; the vendor's own when absent.
    #[serde(default)]
    pub base_url: Option<String>,
    /// The vendor's name of the model.
    pub model: String,
    /// The variable that holds the key.
    #[serde(default)]
    pub key_env: Option<String>,
    /// The file that holds the key.
    #[serde(default)]
    pub key_file: Option<PathBuf>,
    /// Tokens that one answer may have.
    #[serde(default)]
    pub max_output_tokens: Option<u32>,
    /// Seconds that one answer may take.
    #[serde(default)]
    pub timeout_seconds: Option<u64>,
    /// The table that is asked while this one does not answer.
    #[serde(default)]
    pub fallback: Option<String>,
}

/// Which wire format a model speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Vendor {
    /// Anthropic's Messages API.
    Anthropic,
    /// OpenAI's chat completions, as many others speak them.
    Openai,
}

impl Vendor {
    fn home(self) -> &'static str {
        match self {
            Self::Anthropic => "https://api.anthropic.com",
            Self::Openai => "https://api.openai.com/v1",
        }
    }
}

/// A model that can be asked.
#[derive(Debug, Clone)]
pub struct ModelConfig {
    pub vendor: Vendor,
    /// Ends with a slash.
    pub base: Url,
    pub model: String,
    /// `None` for a server of one's own that asks for none.
    pub key: Option<SecretString>,
    pub max_output_tokens: u32,
    pub timeout: Duration,
    pub fallback: Option<String>,
}

/// Everybody outside who can be asked.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// By the name that role files use.
    pub models: BTreeMap<String, ModelConfig>,
    /// By the position's id.
    pub agents: BTreeMap<String, AgentConfig>,
}

/// An entry that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BadDriver {
    #[error("[models.{0}] has no `model`; write the vendor's name of one")]
    NoModel(String),
    #[error("“{url}” in {table} is no address; write https://…")]
    BadUrl { table: String, url: String },
    #[error("{table} asks for a time limit of {seconds} seconds; 1 to {MAX_TIMEOUT_SECONDS} are possible")]
    BadTimeout { table: String, seconds: u64 },
    #[error(
        "[models.{model}] names {fallback} as its fallback, which leads to no other model; name one under [models]"
    )]
    BadFallback { model: String, fallback: String },
    #[error("{table} needs {variable}; set it, or set {variable}_FILE to a file that holds it")]
    MissingVariable { table: String, variable: String },
    #[error("{table} needs a key, and its file {} cannot be read", file.display())]
    UnreadableFile { table: String, file: PathBuf, source: std::io::Error },
    #[error("{table} needs either a `command` or a `url`")]
    CommandOrUrl { table: String },
    #[error(
        "{table} needs `secret_from`, the variable of a secret of at least 16 characters that both sides sign with"
    )]
    NoSecret { table: String },
}

impl Settings {
    /// Fills in the values. `lookup` reads one variable of the environment.
    /// `listens`: whether anything listens for answers that come by themselves.
    pub fn resolve(
        models: &BTreeMap<String, ModelEntry>,
        agents: &BTreeMap<String, AgentEntry>,
        listens: bool,
        lookup: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, BadDriver> {
        let resolved = models
            .iter()
            .map(|(name, entry)| Ok((name.clone(), entry.resolve(name, lookup)?)))
            .collect::<Result<BTreeMap<_, _>, BadDriver>>()?;
        for (model, config) in &resolved {
            let Some(fallback) = &config.fallback else { continue };
            if fallback == model || !resolved.contains_key(fallback) {
                return Err(BadDriver::BadFallback { model: model.clone(), fallback: fallback.clone() });
            }
        }
        let agents = agents.iter().map(|(name, entry)| Ok((name.clone(), entry.resolve(name, listens, lookup)?)));
        Ok(Self { models: resolved, agents: agents.collect::<Result<_, BadDriver>>()? })
    }

    /// Every credential of a model or an agent.
    pub fn held(&self) -> impl Iterator<Item = &SecretString> {
        let of_agents = self.agents.values().flat_map(|agent| match agent {
            AgentConfig::Http(http) => vec![&http.secret],
            AgentConfig::Command(command) => {
                let env = command.env.values();
                env.filter(|value| redact::looks_secret(value.expose_secret())).collect()
            }
        });
        self.models.values().filter_map(|model| model.key.as_ref()).chain(of_agents)
    }

    /// The secrets of those who may answer by themselves, by position.
    pub fn secrets(&self) -> BTreeMap<String, SecretString> {
        let secret = |(position, agent): (&String, &AgentConfig)| match agent {
            AgentConfig::Http(http) => Some((position.clone(), http.secret.clone())),
            AgentConfig::Command(_) => None,
        };
        self.agents.iter().filter_map(secret).collect()
    }
}

impl ModelEntry {
    fn resolve(&self, name: &str, lookup: &dyn Fn(&str) -> Option<String>) -> Result<ModelConfig, BadDriver> {
        if self.model.trim().is_empty() {
            return Err(BadDriver::NoModel(name.to_owned()));
        }
        let table = format!("[models.{name}]");
        Ok(ModelConfig {
            vendor: self.vendor,
            base: address(&table, self.base_url.as_deref().unwrap_or(self.vendor.home()))?,
            model: self.model.clone(),
            key: secret(&table, self.key_env.as_deref(), self.key_file.as_ref(), lookup)?,
            max_output_tokens: self.max_output_tokens.unwrap_or(DEFAULT_OUTPUT_TOKENS).max(1),
            timeout: time_limit(&table, self.timeout_seconds)?,
            fallback: self.fallback.clone(),
        })
    }
}

/// An address over HTTP, with a slash at its end so that paths can be joined to it.
pub(super) fn address(table: &str, url: &str) -> Result<Url, BadDriver> {
    let bad = || BadDriver::BadUrl { table: table.to_owned(), url: url.to_owned() };
    let parsed = Url::parse(&format!("{}/", url.trim_end_matches('/'))).map_err(|_| bad())?;
    let fits = matches!(parsed.scheme(), "http" | "https") && parsed.host().is_some() && parsed.password().is_none();
    if fits { Ok(parsed) } else { Err(bad()) }
}

pub(super) fn time_limit(table: &str, seconds: Option<u64>) -> Result<Duration, BadDriver> {
    match seconds {
        None => Ok(DEFAULT_TIMEOUT),
        Some(seconds @ 1..=MAX_TIMEOUT_SECONDS) => Ok(Duration::from_secs(seconds)),
        Some(seconds) => Err(BadDriver::BadTimeout { table: table.to_owned(), seconds }),
    }
}

/// A secret from a variable, from the file that `NAME_FILE` names, or from a file of its own.
pub(super) fn secret(
    table: &str,
    variable: Option<&str>,
    file: Option<&PathBuf>,
    lookup: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<SecretString>, BadDriver> {
    let file = match (variable, file) {
        (Some(variable), file) => match (lookup(variable), lookup(&format!("{variable}_FILE")), file) {
            (Some(value), _, _) => return Ok(Some(SecretString::from(value.trim()))),
            (None, Some(named), _) => PathBuf::from(named),
            (None, None, Some(file)) => file.clone(),
            (None, None, None) => {
                let (table, variable) = (table.to_owned(), variable.to_owned());
                return Err(BadDriver::MissingVariable { table, variable });
            }
        },
        (None, Some(file)) => file.clone(),
        (None, None) => return Ok(None),
    };
    match std::fs::read_to_string(&file) {
        Ok(text) => Ok(Some(SecretString::from(text.trim()))),
        Err(source) => Err(BadDriver::UnreadableFile { table: table.to_owned(), file, source }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(text: &str) -> Result<Settings, String> {
        #[derive(Deserialize)]
        struct File {
            #[serde(default)]
            models: BTreeMap<String, ModelEntry>,
            #[serde(default)]
            agents: BTreeMap<String, AgentEntry>,
        }
        let file: File = toml::from_str(text).map_err(|error| error.to_string())?;
        let lookup = |name: &str| (name == "KEY").then(|| "sk-1-secret\n".to_owned());
        Settings::resolve(&file.models, &file.agents, false, &lookup).map_err(|error| error.to_string())
    }

    #[test]
    fn a_model_has_its_vendors_address_and_a_hidden_key() {
        let settings = resolved(
            "[models.main]\nvendor = 'anthropic'\nmodel = 'm-1'\nkey_env = 'KEY'\nfallback = 'own'\n\
             [models.own]\nvendor = 'openai'\nmodel = 'm-2'\nbase_url = 'http://127.0.0.1:8080/v1'",
        )
        .unwrap();
        let main = &settings.models["main"];
        assert_eq!(main.base.as_str(), "https://api.anthropic.com/");
        assert_eq!(main.key.as_ref().unwrap().expose_secret(), "sk-1-secret");
        assert_eq!(settings.models["own"].base.join("chat/completions").unwrap().path(), "/v1/chat/completions");
        assert!(!format!("{settings:?}").contains("secret"));
    }

    #[test]
    fn a_model_that_cannot_work_says_what_to_do() {
        let model = |rest: &str| resolved(&format!("[models.a]\nvendor = 'openai'\nmodel = 'm'\n{rest}"));
        for (rest, words) in [
            ("key_env = 'GONE'", "set GONE_FILE"),
            ("key_file = '/nowhere/at/all'", "cannot be read"),
            ("base_url = 'here'", "is no address"),
            ("base_url = 'file:///etc/passwd'", "is no address"),
            ("timeout_seconds = 0", "1 to 900"),
            ("fallback = 'b'", "leads to no other model"),
            ("fallback = 'a'", "leads to no other model"),
            ("temprature = 1", "unknown field"),
        ] {
            let told = model(rest).unwrap_err();
            assert!(told.contains(words), "{rest}: {told}");
        }
        for (table, words) in [
            ("[agents.a]", "either a `command` or a `url`"),
            ("[agents.a]\ncommand = 'x'\nurl = 'http://h'", "either a `command` or a `url`"),
            ("[agents.a]\nurl = 'http://h'", "needs `secret_from`"),
            ("[agents.a]\nurl = 'http://h'\nsecret_from = 'KEY'", "at least 16"),
            ("[agents.a]\ncommand = 'x'\nenv_from = ['GONE']", "set GONE_FILE"),
        ] {
            let told = resolved(table).unwrap_err();
            assert!(told.contains(words), "{table}: {told}");
        }
        assert!(resolved("[models.a]\nvendor = 'openai'\nmodel = ' '").unwrap_err().contains("has no `model`"));
    }
}
