//! How a tool server is started: the `[[tools]]` entries of `workforce.toml`, and what they come to.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;

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
    pub command: String,
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
}

/// An entry that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("“{0}” cannot be a tool server's name; use lower-case letters, digits, - and _")]
    BadName(String),
    #[error("two tool servers are called {0}; a tool's name must say which server it belongs to")]
    TwoOfOneName(String),
    #[error("the tool server {0} has no command")]
    NoCommand(String),
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
        let command = match self.command.as_str() {
            "" => return Err(ConfigError::NoCommand(server())),
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
        config.check()?;
        Ok(config)
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
        }
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        if self.name.is_empty() || self.name.len() > 64 || !self.name.chars().all(fits) {
            return Err(ConfigError::BadName(self.name.clone()));
        }
        if self.command.is_empty() {
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
            ("name = 'a'\ncommand = ''", "has no command"),
            ("name = 'a'\ncommand = 'x'\ntimeout_seconds = 0", "1 to 600"),
        ] {
            let told = resolved(&entry(bad), &[]).unwrap_err().to_string();
            assert!(told.contains(words), "{told}");
        }
        assert!(toml::from_str::<ServerEntry>("name = 'a'\ncommand = 'x'\ntimout = 3").is_err());
    }
}
