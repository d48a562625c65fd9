//! All configured servers: started when first needed, started again when they died, never faster than a back-off allows.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures_util::future::join_all;
use tokio::sync::{Mutex, Semaphore};

use super::connection::Connection;
use super::{CallOutcome, ConfigError, Listing, MAX_IN_FLIGHT, Refusal, ServerConfig, ToolCall, ToolError, ToolHost};
use crate::catalogue::ToolDef;

/// The rest after a server's second death in a row; it doubles with each further one. After the first there is none.
const FIRST_REST: Duration = Duration::from_millis(250);
/// The longest rest.
const LONGEST_REST: Duration = Duration::from_secs(60);
/// A caller waits for a rest of this length; before a longer one it is refused.
const PATIENCE: Duration = Duration::from_secs(2);

/// The servers of the configuration: child processes of this one that speak MCP over their standard input and output, and
/// servers at addresses.
pub struct StdioHost {
    slots: BTreeMap<String, Slot>,
    /// Of servers with which a position has a credential of its own, by server and position.
    own: BTreeMap<(String, String), Slot>,
}

/// The place of one server, whether it runs or not.
struct Slot {
    config: ServerConfig,
    turns: Semaphore,
    /// Deaths and failed starts since the last answer.
    failures: AtomicU32,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    connection: Option<Arc<Connection>>,
    rest_until: Option<Instant>,
    shut_down: bool,
}

impl StdioHost {
    /// Takes the servers in; nothing is started yet.
    pub fn new(servers: Vec<ServerConfig>) -> Result<Self, ConfigError> {
        let (mut slots, mut own) = (BTreeMap::new(), BTreeMap::new());
        for config in servers {
            config.check()?;
            let name = config.name.clone();
            for position in config.remote_of.keys() {
                if let Some(config) = config.of_position(position) {
                    own.insert((name.clone(), position.clone()), Slot::new(config));
                }
            }
            if slots.insert(name.clone(), Slot::new(config)).is_some() {
                return Err(ConfigError::TwoOfOneName(name));
            }
        }
        Ok(Self { slots, own })
    }
}

#[async_trait]
impl ToolHost for StdioHost {
    async fn list(&self) -> Vec<Listing> {
        let listings = self
            .slots
            .iter()
            .map(|(server, slot)| async { Listing { server: server.clone(), tools: slot.list().await } });
        join_all(listings).await
    }

    async fn call(&self, call: ToolCall) -> CallOutcome {
        let server = call.tool.server();
        let own = self.own.get(&(server.to_owned(), call.position.clone()));
        match own.or_else(|| self.slots.get(server)) {
            Some(slot) => slot.call(call).await,
            None => CallOutcome::Refused(Refusal::NoSuchServer(call.tool.server().to_owned())),
        }
    }

    async fn shut_down(&self) {
        let ends = self.slots.values().chain(self.own.values()).map(|slot| async {
            let mut state = slot.state.lock().await;
            state.shut_down = true;
            if let Some(connection) = state.connection.take() {
                connection.close().await;
            }
        });
        join_all(ends).await;
    }
}

impl Slot {
    fn new(config: ServerConfig) -> Self {
        Self {
            config,
            turns: Semaphore::new(MAX_IN_FLIGHT),
            failures: AtomicU32::new(0),
            state: Mutex::new(State::default()),
        }
    }

    async fn list(&self) -> Result<Vec<ToolDef>, ToolError> {
        let connection = self.connection().await?;
        connection.refresh().await?;
        connection.tools().await
    }

    async fn call(&self, call: ToolCall) -> CallOutcome {
        let server = || self.config.name.clone();
        let Ok(Ok(_turn)) = tokio::time::timeout(self.config.timeout, self.turns.acquire()).await else {
            return CallOutcome::Refused(Refusal::Busy { server: server() });
        };
        let connection = match self.connection().await {
            Ok(connection) => connection,
            Err(error) => {
                return CallOutcome::Refused(Refusal::Unreachable { server: server(), why: error.to_string() });
            }
        };
        let outcome = connection.call(call, self.config.timeout).await;
        if matches!(outcome, CallOutcome::Answered(_)) {
            self.failures.store(0, Ordering::Relaxed);
        }
        if connection.is_stuck() {
            connection.close().await;
        }
        outcome
    }

    /// The running server, started if need be. Callers queue here while it starts.
    async fn connection(&self) -> Result<Arc<Connection>, ToolError> {
        let server = || self.config.name.clone();
        let mut state = self.state.lock().await;
        if state.shut_down {
            return Err(ToolError::Start { server: server(), why: "workforce is shutting down".to_owned() });
        }
        if let Some(connection) = &state.connection {
            if !connection.is_closed() {
                return Ok(Arc::clone(connection));
            }
            connection.close().await;
            state.connection = None;
            state.rest_until = Some(Instant::now() + self.count_failure());
        }
        if let Some(until) = state.rest_until {
            let wait = until.saturating_duration_since(Instant::now());
            if wait > PATIENCE {
                let times = self.failures.load(Ordering::Relaxed);
                return Err(ToolError::Resting { server: server(), times, wait });
            }
            tokio::time::sleep(wait).await;
        }
        match Connection::open(&self.config).await {
            Ok(connection) => {
                let connection = Arc::new(connection);
                state.connection = Some(Arc::clone(&connection));
                Ok(connection)
            }
            Err(error) => {
                tracing::warn!(server = %self.config.name, %error, "a tool server did not start");
                state.rest_until = Some(Instant::now() + self.count_failure());
                Err(error)
            }
        }
    }

    /// Counts one more failure and says how long to rest for it.
    fn count_failure(&self) -> Duration {
        rest_after(self.failures.fetch_add(1, Ordering::Relaxed).saturating_add(1))
    }
}

/// How long a server rests after so many failures in a row.
fn rest_after(failures: u32) -> Duration {
    match failures.checked_sub(2) {
        None => Duration::ZERO,
        Some(doublings) => FIRST_REST.saturating_mul(1 << doublings.min(16)).min(LONGEST_REST),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_restart_is_at_once_and_rests_grow_to_a_limit() {
        let rests: Vec<u64> = [0, 1, 2, 3, 4, 12, u32::MAX]
            .map(|failures| u64::try_from(rest_after(failures).as_millis()).unwrap())
            .to_vec();
        assert_eq!(rests, [0, 0, 250, 500, 1_000, 60_000, 60_000]);
    }

    #[test]
    fn two_servers_of_one_name_are_an_error() {
        let twice = vec![ServerConfig::new("billing", "a"), ServerConfig::new("billing", "b")];
        assert!(matches!(StdioHost::new(twice), Err(ConfigError::TwoOfOneName(name)) if name == "billing"));
        assert!(matches!(StdioHost::new(vec![ServerConfig::new("a.b", "a")]), Err(ConfigError::BadName(_))));
    }

    #[tokio::test]
    async fn a_server_that_cannot_start_is_a_refusal() {
        let host = StdioHost::new(vec![ServerConfig::new("ghost", "/nowhere/at/all")]).unwrap();
        let call = |tool: &str| ToolCall {
            tool: crate::catalogue::ToolName(tool.into()),
            arguments: serde_json::json!({}),
            digest: String::new(),
            look_anew: false,
            position: String::new(),
        };
        assert!(matches!(host.call(call("ghost.boo")).await, CallOutcome::Refused(Refusal::Unreachable { .. })));
        assert!(matches!(host.call(call("other.boo")).await, CallOutcome::Refused(Refusal::NoSuchServer(_))));
        let listings = host.list().await;
        assert!(matches!(listings[0].tools, Err(ToolError::Start { .. })));
    }
}
