//! Talking to whoever works, where the work is not computed from a playbook: one small trait, [`Driver`].
//!
//! This edge decides nothing. A driver takes a brief and says what was heard, with what it cost; whether anything follows from
//! that is for `runs::thinking`, and whether it may happen for the gate. A driver never repeats a question by itself: it says
//! when it may be asked again, and the run waits for that in its row, so that a restart forgets nothing.

pub mod agents;
mod breaker;
mod command;
pub mod config;
pub mod contract;
mod http;
pub mod model;
pub mod sse;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::clock::Timestamp;
use crate::runs::DriverKind;
use crate::runs::brief::Brief;
use crate::runs::said::{Said, Usage};
use agents::AgentConfig;
use breaker::Breakers;
use command::CommandDriver;
use config::{ModelConfig, Settings};
use http::HttpDriver;
use model::{ModelDriver, Seat};

/// Whoever can be asked for the next step of a run.
#[async_trait]
pub trait Driver: Send + Sync {
    /// Asks once. Returns soon after `stop` was cancelled, with what is known of the cost by then.
    async fn ask(&self, brief: &Brief, now: Timestamp, stop: &CancellationToken) -> Heard;

    /// The same, and tells its words while they come, where it can: always all of them so far.
    async fn ask_aloud(&self, brief: &Brief, now: Timestamp, stop: &CancellationToken, so_far: &SoFar) -> Heard {
        let _silent = so_far;
        self.ask(brief, now, stop).await
    }

    /// How long an answer may take at most.
    fn limit(&self) -> Duration;
}

/// The words of an answer that is still coming.
pub type SoFar = watch::Sender<String>;

/// What came of a question.
#[derive(Debug, Clone, PartialEq)]
pub enum Heard {
    Said {
        said: Said,
        usage: Usage,
    },
    /// It was taken; the answer comes by itself, until then or not at all.
    Later {
        until: Timestamp,
    },
    Failed {
        failure: Failure,
        usage: Usage,
    },
}

/// Why nothing was heard that could be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// May work later: down, busy, too slow, broken off. `after`: how long it asks to be left alone. `elsewhere`: the next
    /// question goes to somebody else, who may be asked at once.
    #[error("{why}")]
    Passing { why: String, after: Option<Duration>, elsewhere: bool },
    /// Will not work until somebody changes something: a bad key, an unknown model, a refused request.
    #[error("{why}")]
    Lasting { why: String },
    #[error("it was stopped")]
    Stopped,
}

/// The drivers of one installation, by what drives and by the plan's name.
#[derive(Clone, Default)]
pub struct Drivers {
    known: BTreeMap<(DriverKind, String), Arc<dyn Driver>>,
}

/// The client that reaches models and agents cannot be made.
#[derive(Debug, thiserror::Error)]
#[error("the client for models and agents cannot be made; check the proxy and the trusted certificates")]
pub struct NoClient(#[source] reqwest::Error);

impl Drivers {
    /// Everybody whom the configuration names.
    pub fn of(settings: &Settings) -> Result<Self, NoClient> {
        let mut drivers = Self::default();
        let breakers = Arc::new(Breakers::default());
        let http = client()?;
        for (name, config) in &settings.models {
            let seat = |name: &str, config: &ModelConfig| Seat { name: name.to_owned(), config: config.clone() };
            let mut chain = vec![seat(name, config)];
            if let Some((name, config)) =
                config.fallback.as_ref().and_then(|named| settings.models.get_key_value(named))
            {
                chain.push(seat(name, config));
            }
            let driver = ModelDriver::new(chain, http.clone(), Arc::clone(&breakers));
            drivers = drivers.with(DriverKind::Model, name, Arc::new(driver));
        }
        for (position, config) in &settings.agents {
            let position = position.clone();
            drivers = match config.clone() {
                AgentConfig::Command(config) => {
                    let driver = CommandDriver { position: position.clone(), config };
                    drivers.with(DriverKind::Command, &position, Arc::new(driver))
                }
                AgentConfig::Http(config) => {
                    let driver = HttpDriver { position: position.clone(), config, http: http.clone() };
                    drivers.with(DriverKind::Http, &position, Arc::new(driver))
                }
            };
        }
        Ok(drivers)
    }

    /// These and `others`, who come first where both know a name.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        self.known.extend(others.known);
        self
    }

    /// Adds one; a later one of the same name takes its place.
    pub fn with(mut self, kind: DriverKind, name: &str, driver: Arc<dyn Driver>) -> Self {
        self.known.insert((kind, name.to_owned()), driver);
        self
    }

    pub fn get(&self, kind: DriverKind, name: &str) -> Option<Arc<dyn Driver>> {
        self.known.get(&(kind, name.to_owned())).cloned()
    }

    /// The only one of a kind, where there is one.
    pub fn only(&self, kind: DriverKind) -> Option<&str> {
        let mut names = self.known.keys().filter(|(known, _)| *known == kind).map(|(_, name)| name.as_str());
        names.next().filter(|_| names.next().is_none())
    }
}

/// Keys go to the address that was configured and nowhere else: redirects are not followed.
fn client() -> Result<reqwest::Client, NoClient> {
    reqwest::Client::builder()
        .user_agent(concat!("workforce/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(model::CONNECT_LIMIT)
        .build()
        .map_err(NoClient)
}
