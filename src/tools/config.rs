//! How a tool server is started: the `[[tools]]` entries of `workforce.toml`, and what they come to.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;

use super::RemoteServer;

/// How long a call may take when the entry does not say.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);
/// The longest time limit that an entry may ask for.
pub const MAX_TIMEOUT_SECONDS: u64 = 600;
/// The command that stands for this very program.
const OWN_COMMAND: &str = "workforce";

/// One `[[tools]]` entry.
///
/// The server's environment is empty but for `PATH`, `env` and `env_from`; there is no way to hand all of it on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerEntry {
    /// What stands before the dot of its tools' names: lower-case letters, digits, `-` and `_`.
    pub name: String,
    /// The program; `workforce` is this very program, whatever the `PATH` says.
    #[serde(default)]
    pub command: String,
    /// Instead of a program: where the server is, over streamable HTTP.
    #[serde(default)]
    pub url: Option<String>,
    /// Whether that address may be inside: on this machine or in a private network.
    #[serde(default)]
    pub inside: bool,
    /// The variable that holds the credential for the server at `url`.
    #[serde(default)]
    pub key_from: Option<String>,
    /// Positions that have a credential of their own with it, each with the variable that holds it.
    #[serde(default)]
    pub keys_from: BTreeMap<String, String>,
    #[serde(default)]
    pub args: Vec<String>,
    /// Variables that are no secret.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    /// Variables whose values are taken from our environment, or from the file that `NAME_FILE` names.
    #[serde(default)]
    pub env_from: Vec<String>,
    /// The server's working directory; ours, when absent.
    #[serde(default)]
    pub cwd: Option<PathBuf>,
    /// The time limit of one call, in seconds.
    #[serde(default)]
    pub timeout_seconds: Option<u64>,
}

/// A server that can be started. Values of variables are secrets and are never shown.
#[derive(Clone)]
pub struct ServerConfig {
    pub name: String,
    pub command: String,
    pub args: Vec<String>,
    pub env: BTreeMap<String, SecretString>,
    pub cwd: Option<PathBuf>,
    /// The time limit of one call.
    pub timeout: Duration,
    /// Where the server is, if it is no program of ours; `command` is empty then.
    pub remote: Option<RemoteServer>,
    /// The same server with the credentials of single positions.
    pub remote_of: BTreeMap<String, RemoteServer>,
}

/// An entry that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("“{0}” cannot be a tool server's name; use lower-case letters, digits, - and _")]
    BadName(String),
    #[error("two tool servers are called {0}; a tool's name must say which server it belongs to")]
    TwoOfOneName(String),
    #[error("the tool server {0} needs either a command or a url")]
    NoCommand(String),
    #[error("“{url}” of the tool server {server} is no address; write https://…")]
    BadUrl { server: String, url: String },
    #[error("the tool server {server} is at an address inside; write `inside = true` if it is meant to be there")]
    Inside { server: String },
    #[error(
        "the tool server {server} asks for a time limit of {seconds} seconds; 1 to {MAX_TIMEOUT_SECONDS} are possible"
    )]
    BadTimeout { server: String, seconds: u64 },
    #[error("the tool server {server} needs {variable}; set it, or set {variable}_FILE to a file that holds it")]
    MissingVariable { server: String, variable: String },
    #[error("the tool server {server} needs {variable}, and its file {} cannot be read", file.display())]
    UnreadableFile { server: String, variable: String, file: PathBuf, source: std::io::Error },
}

impl ServerEntry {
    /// Fills in the values. `lookup` reads one environment variable, `own_program` is the path of this program.
    pub fn resolve(
        &self,
        own_program: &Path,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<ServerConfig, ConfigError> {
        let server = || self.name.clone();
        if self.url.is_some() != self.command.is_empty() {
            return Err(ConfigError::NoCommand(server()));
        }
        let command = match self.command.as_str() {
            OWN_COMMAND => own_program.to_string_lossy().into_owned(),
            other => other.to_owned(),
        };
        let mut config = ServerConfig::new(&self.name, &command);
        if let Some(seconds) = self.timeout_seconds {
            if !(1..=MAX_TIMEOUT_SECONDS).contains(&seconds) {
                return Err(ConfigError::BadTimeout { server: server(), seconds });
            }
            config.timeout = Duration::from_secs(seconds);
        }
        config.args.clone_from(&self.args);
        config.cwd.clone_from(&self.cwd);
        config.env = self.env.iter().map(|(name, value)| (name.clone(), SecretString::from(value.as_str()))).collect();
        for variable in &self.env_from {
            config.env.insert(variable.clone(), self.variable(variable, &lookup)?);
        }
        config.remote = self.remote(self.key_from.as_deref(), &lookup)?;
        for (position, variable) in &self.keys_from {
            if let Some(remote) = self.remote(Some(variable), &lookup)? {
                config.remote_of.insert(position.clone(), remote);
            }
        }
        config.check()?;
        Ok(config)
    }

    /// The server at `url`, with the credential that this variable holds.
    fn remote(
        &self,
        key_from: Option<&str>,
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<RemoteServer>, ConfigError> {
        let Some(text) = &self.url else { return Ok(None) };
        let bad = || ConfigError::BadUrl { server: self.name.clone(), url: text.clone() };
        let url: reqwest::Url = text.parse().map_err(|_| bad())?;
        let plain = matches!(url.scheme(), "http" | "https") && url.host().is_some() && url.password().is_none();
        if !plain || (url.scheme() == "http" && !self.inside) {
            return Err(bad());
        }
        let key = key_from.map(|variable| self.variable(variable, lookup)).transpose()?;
        let remote = RemoteServer { url, inside: self.inside, key };
        if !remote.may_reach() {
            return Err(ConfigError::Inside { server: self.name.clone() });
        }
        Ok(Some(remote))
    }

    fn variable(&self, name: &str, lookup: impl Fn(&str) -> Option<String>) -> Result<SecretString, ConfigError> {
        if let Some(value) = lookup(name) {
            return Ok(SecretString::from(value));
        }
        let missing = || ConfigError::MissingVariable { server: self.name.clone(), variable: name.to_owned() };
        let file = PathBuf::from(lookup(&format!("{name}_FILE")).ok_or_else(missing)?);
        match std::fs::read_to_string(&file) {
            Ok(text) => Ok(SecretString::from(text.trim_end_matches(['\r', '\n']))),
            Err(source) => {
                let (server, variable) = (self.name.clone(), name.to_owned());
                Err(ConfigError::UnreadableFile { server, variable, file, source })
            }
        }
    }
}

impl ServerConfig {
    /// A server with nothing but a program to start.
    pub fn new(name: &str, command: &str) -> Self {
        Self {
            name: name.to_owned(),
            command: command.to_owned(),
            args: Vec::new(),
            env: BTreeMap::new(),
            cwd: None,
            timeout: DEFAULT_TIMEOUT,
            remote: None,
            remote_of: BTreeMap::new(),
        }
    }

    /// A server at an address.
    pub fn remote(name: &str, remote: RemoteServer) -> Self {
        Self { remote: Some(remote), ..Self::new(name, "") }
    }

    /// What the server is, without any secret: an approval of a call is an approval with this server.
    pub fn identity(&self) -> String {
        match &self.remote {
            Some(remote) => format!("{} = {}", self.name, remote.url),
            None => format!("{} = {} {}", self.name, self.command, self.args.join(" ")),
        }
    }

    /// The same server as `position` reaches it, where it has a credential of its own.
    pub(super) fn of_position(&self, position: &str) -> Option<Self> {
        let remote = self.remote_of.get(position)?;
        Some(Self { remote: Some(remote.clone()), remote_of: BTreeMap::new(), ..self.clone() })
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        if self.name.is_empty() || self.name.len() > 64 || !self.name.chars().all(fits) {
            return Err(ConfigError::BadName(self.name.clone()));
        }
        if self.command.is_empty() && self.remote.is_none() {
            return Err(ConfigError::NoCommand(self.name.clone()));
        }
        Ok(())
    }
}

/// Arguments may hold what was meant to be secret, so only their number is shown; of variables, only the names.
impl fmt::Debug for ServerConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerConfig")
            .field("name", &self.name)
            .field("command", &self.command)
            .field("args", &self.args.len())
            .field("env", &self.env.keys().collect::<Vec<_>>())
            .field("cwd", &self.cwd)
            .field("timeout", &self.timeout)
            .field("url", &self.remote.as_ref().map(|remote| remote.url.as_str()))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    fn entry(text: &str) -> ServerEntry {
        toml::from_str(text).unwrap()
    }

    fn resolved(entry: &ServerEntry, variables: &[(&str, &str)]) -> Result<ServerConfig, ConfigError> {
        let lookup =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        entry.resolve(Path::new("/opt/workforce"), lookup)
    }

    const BILLING: &str = "name = 'billing'\ncommand = 'workforce'\nargs = ['demo-tools', 'billing']\n\
                           env_from = ['BILLING_TOKEN']\ntimeout_seconds = 20";

    #[test]
    fn an_entry_takes_its_secrets_from_the_environment_or_a_file() {
        let config = resolved(&entry(BILLING), &[("BILLING_TOKEN", "s3cret")]).unwrap();
        assert_eq!(config.command, "/opt/workforce");
        assert_eq!(config.timeout, Duration::from_secs(20));
        assert_eq!(config.env["BILLING_TOKEN"].expose_secret(), "s3cret");
        assert!(!format!("{config:?}").contains("s3cret"));

        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "from-file\n").unwrap();
        let config = resolved(&entry(BILLING), &[("BILLING_TOKEN_FILE", file.path().to_str().unwrap())]).unwrap();
        assert_eq!(config.env["BILLING_TOKEN"].expose_secret(), "from-file");
    }

    #[test]
    fn an_entry_that_cannot_work_says_what_to_do() {
        let missing = resolved(&entry(BILLING), &[]).unwrap_err().to_string();
        assert!(missing.contains("set BILLING_TOKEN_FILE"), "{missing}");
        let unreadable = resolved(&entry(BILLING), &[("BILLING_TOKEN_FILE", "/nowhere/at/all")]).unwrap_err();
        assert!(matches!(unreadable, ConfigError::UnreadableFile { .. }));
        for (bad, words) in [
            ("name = 'a.b'\ncommand = 'x'", "cannot be a tool server's name"),
            ("name = ''\ncommand = 'x'", "cannot be a tool server's name"),
            ("name = 'a'\ncommand = ''", "needs either a command or a url"),
            ("name = 'a'\ncommand = 'x'\ntimeout_seconds = 0", "1 to 600"),
        ] {
            let told = resolved(&entry(bad), &[]).unwrap_err().to_string();
            assert!(told.contains(words), "{told}");
        }
        assert!(toml::from_str::<ServerEntry>("name = 'a'\ncommand = 'x'\ntimout = 3").is_err());
    }
}
