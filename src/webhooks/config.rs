//! Which hooks there are, as `workforce.toml` names them. Secrets come from the environment or from files that it names.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::PathBuf;

use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::hook::Templates;
use super::signature::Scheme;
use crate::clock::Span;

/// Where it listens unless told otherwise: this machine only.
const LISTEN: &str = "127.0.0.1:8788";
/// A shorter secret can be guessed.
const SHORTEST_SECRET: usize = 16;

/// `[webhooks]`; without it nothing listens.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Section {
    /// Address and port.
    pub listen: String,
    /// Bytes that a delivery may have.
    pub body_bytes: usize,
    /// Deliveries of one hook that are taken in a minute.
    pub per_minute: u32,
    /// How far a delivery's time stamp may be from now.
    pub replay_seconds: i64,
    pub hooks: Vec<Entry>,
}

impl Default for Section {
    fn default() -> Self {
        Self { listen: LISTEN.to_owned(), body_bytes: 262_144, per_minute: 60, replay_seconds: 300, hooks: Vec::new() }
    }
}

/// `[[webhooks.hooks]]`: one hook.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The last part of its address: `POST /hooks/NAME`; directives call it `webhook:NAME`.
    pub name: String,
    /// Whose way of signing it is.
    pub scheme: Scheme,
    /// The variable that holds the secret, or with `_FILE` behind it names a file that does.
    pub secret_from: String,
    /// Where its work is told.
    pub channel: String,
    /// What is asked for; an empty text asks for nothing.
    pub text: String,
    /// What all deliveries about one matter have in common: they go on with one task.
    #[serde(default)]
    pub conversation: Option<String>,
    /// What tells a delivery from others, where the sender says so; it is work once.
    #[serde(default)]
    pub id: Option<String>,
}

/// Everything the server needs.
#[derive(Debug, Clone)]
pub struct WebhooksConfig {
    pub listen: SocketAddr,
    pub body_bytes: usize,
    pub per_minute: u32,
    pub window: Span,
    pub hooks: Vec<HookConfig>,
    /// Agents that may answer by themselves at `POST /agents/POSITION`, with the secrets that they sign with.
    pub agents: BTreeMap<String, SecretString>,
}

#[derive(Debug, Clone)]
pub struct HookConfig {
    pub name: String,
    pub scheme: Scheme,
    /// Never shown.
    pub secret: SecretString,
    /// Without `#`.
    pub channel: String,
    pub templates: Templates,
}

/// A hook cannot be used as it is written.
#[derive(Debug, thiserror::Error)]
pub enum BadHook {
    #[error("“{0}” is no address to listen at; write 127.0.0.1:8788")]
    Listen(String),
    #[error("“{0}” cannot be a hook's name; use lower-case letters, digits and hyphens")]
    Name(String),
    #[error("two hooks are called {0}; each needs a name of its own")]
    Twice(String),
    #[error("the hook {hook} needs a secret; set {variable}, or set {variable}_FILE to a file that holds it")]
    NoSecret { hook: String, variable: String },
    #[error("the hook {hook} needs a secret, and its file {} cannot be read", file.display())]
    Unreadable { hook: String, file: PathBuf, source: std::io::Error },
    #[error(
        "the secret of the hook {hook} is shorter than {SHORTEST_SECRET} characters; use the sender's own, or a longer one"
    )]
    Short { hook: String },
    #[error("the hook {0} has no channel; write channel = \"#name\", where its work shall be told")]
    NoChannel(String),
    #[error("the template `{key}` of the hook {hook} cannot be read: {why}")]
    Template { hook: String, key: &'static str, why: String },
    #[error("`{0}` must be at least 1 in [webhooks]")]
    Zero(&'static str),
}

impl Section {
    /// Fills in the secrets and reads the templates. `lookup` reads one environment variable.
    pub fn resolve(&self, lookup: impl Fn(&str) -> Option<String>) -> Result<WebhooksConfig, BadHook> {
        let listen = self.listen.parse().map_err(|_| BadHook::Listen(self.listen.clone()))?;
        for (name, zero) in [
            ("body_bytes", self.body_bytes == 0),
            ("per_minute", self.per_minute == 0),
            ("replay_seconds", self.replay_seconds < 1),
        ] {
            if zero {
                return Err(BadHook::Zero(name));
            }
        }
        let mut names = BTreeSet::new();
        if let Some(twice) = self.hooks.iter().find(|hook| !names.insert(&hook.name)) {
            return Err(BadHook::Twice(twice.name.clone()));
        }
        Ok(WebhooksConfig {
            listen,
            body_bytes: self.body_bytes,
            per_minute: self.per_minute,
            window: Span::seconds(self.replay_seconds),
            hooks: self.hooks.iter().map(|hook| hook.resolve(&lookup)).collect::<Result<_, _>>()?,
            agents: BTreeMap::new(),
        })
    }
}

impl Entry {
    fn resolve(&self, lookup: &impl Fn(&str) -> Option<String>) -> Result<HookConfig, BadHook> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.name.is_empty() || self.name.len() > 64 || !self.name.chars().all(fits) {
            return Err(BadHook::Name(self.name.clone()));
        }
        let channel = self.channel.trim_start_matches('#').to_owned();
        if channel.is_empty() {
            return Err(BadHook::NoChannel(self.name.clone()));
        }
        let secret = self.secret(lookup)?;
        if secret.expose_secret().len() < SHORTEST_SECRET {
            return Err(BadHook::Short { hook: self.name.clone() });
        }
        let templates = Templates::read(&self.text, self.conversation.as_deref(), self.id.as_deref())
            .map_err(|(key, why)| BadHook::Template { hook: self.name.clone(), key, why })?;
        Ok(HookConfig { name: self.name.clone(), scheme: self.scheme, secret, channel, templates })
    }

    fn secret(&self, lookup: &impl Fn(&str) -> Option<String>) -> Result<SecretString, BadHook> {
        let (hook, variable) = (self.name.clone(), self.secret_from.clone());
        if let Some(value) = lookup(&variable) {
            return Ok(SecretString::from(value.trim()));
        }
        let Some(file) = lookup(&format!("{variable}_FILE")).map(PathBuf::from) else {
            return Err(BadHook::NoSecret { hook, variable });
        };
        match std::fs::read_to_string(&file) {
            Ok(text) => Ok(SecretString::from(text.trim())),
            Err(source) => Err(BadHook::Unreadable { hook, file, source }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str =
        "name = 'billing'\nscheme = 'stripe'\nsecret_from = 'HOOK'\nchannel = '#finance'\ntext = 'x {{ id }}'";

    fn resolved(section: &str, secret: Option<&str>) -> Result<WebhooksConfig, String> {
        let section: Section = toml::from_str(section).map_err(|error| error.to_string())?;
        let lookup = |name: &str| secret.filter(|_| name == "HOOK").map(str::to_owned);
        section.resolve(lookup).map_err(|error| error.to_string())
    }

    #[test]
    fn a_hook_listens_on_this_machine_and_hides_its_secret() {
        let config = resolved(&format!("[[hooks]]\n{GOOD}"), Some("0123456789abcdef")).unwrap();
        assert!(config.listen.ip().is_loopback() && config.hooks[0].channel == "finance");
        assert!(!format!("{config:?}").contains("0123456789abcdef"));
    }

    #[test]
    fn a_hook_that_cannot_work_says_what_to_do() {
        let hook = |from: &str, to: &str| format!("[[hooks]]\n{}", GOOD.replace(from, to));
        let long = Some("0123456789abcdef");
        for (section, secret, words) in [
            (hook("", ""), None, "set HOOK_FILE"),
            (hook("", ""), Some("short"), "shorter than 16"),
            (hook("'billing'", "'Bill ing'"), long, "cannot be a hook's name"),
            (hook("'#finance'", "''"), long, "has no channel"),
            (hook("{{ id }}", "{{ id"), long, "template `text` of the hook billing"),
            (hook("'stripe'", "'none'"), long, "unknown variant"),
            (format!("listen = 'here'\n[[hooks]]\n{GOOD}"), long, "no address to listen at"),
            (format!("per_minute = 0\n[[hooks]]\n{GOOD}"), long, "per_minute"),
            (format!("[[hooks]]\n{GOOD}\n[[hooks]]\n{GOOD}"), long, "two hooks are called billing"),
        ] {
            let told = resolved(&section, secret).unwrap_err();
            assert!(told.contains(words), "{told}");
        }
    }
}
