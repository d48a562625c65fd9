//! Talking to tool servers: MCP clients behind one small trait, [`ToolHost`].
//!
//! This edge decides nothing: it neither judges calls nor repeats them. What it promises is an honest outcome: `Refused` only
//! when the call certainly did not happen, `Answered` with what the protocol said (never what the prose says), and `Unknown`
//! for everything else. What a server sends is bounded, and whatever a server asks of us (a model's answer, a person's input,
//! a directory) is refused. A definition whose digest is not the one that a human accepted is never called.

mod answer;
mod client;
pub mod config;
mod connection;
mod host;
mod process;
mod remote;

use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;

use crate::catalogue::schema::Violation;
use crate::catalogue::{ToolDef, ToolName};
use crate::money::Cost;

pub use answer::read_result;
pub use config::{ConfigError, ServerConfig, ServerEntry};
pub use host::StdioHost;
pub use remote::{RemoteServer, is_outside};

/// The largest result of one call that is read, in bytes of its JSON.
pub const MAX_RESULT_BYTES: usize = 1024 * 1024;
/// The longest line that a server may send; a longer one ends the connection.
pub const MAX_LINE_BYTES: usize = 8 * 1024 * 1024;
/// How many tools one server may offer.
pub const MAX_TOOLS: usize = 500;
/// The longest description of a tool, in bytes.
pub const MAX_DESCRIPTION_BYTES: usize = 64 * 1024;
/// The largest definition of a tool as a whole, in bytes of its JSON.
pub const MAX_DEFINITION_BYTES: usize = 256 * 1024;
/// How many calls may be under way with one server; further ones wait for their turn within their own time limit.
pub const MAX_IN_FLIGHT: usize = 16;
/// How long a server may take to start and to say what it offers.
pub const START_LIMIT: Duration = Duration::from_secs(20);

/// The key of a result's `_meta` under which a server says what the call cost: `{"micros": 2000, "currency": "USD"}`.
pub const COST_KEY: &str = "workforce/cost";

/// A call that `execution/` has decided to make.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolCall {
    pub tool: ToolName,
    /// An object; anything else is refused.
    pub arguments: Value,
    /// The digest in `tools.lock`: the definition that a human accepted.
    pub digest: String,
    /// The server is asked for the definition once more before anything is sent: not every server says that it changed.
    pub look_anew: bool,
    /// For whom the call is made: some positions have a credential of their own with a server.
    pub position: String,
}

/// What became of a call.
#[derive(Debug, Clone, PartialEq)]
pub enum CallOutcome {
    /// The server answered, well or badly.
    Answered(Answer),
    /// It certainly did not happen.
    Refused(Refusal),
    /// It was sent, and nobody knows whether it happened.
    Unknown(Lost),
}

/// A server's answer. Everything in it is material, never authority.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub structured: Option<Value>,
    /// The text parts, one below the other; what is no text is named in brackets.
    pub text: String,
    /// What the protocol's flag says, whatever the text says.
    pub is_error: bool,
    pub cost: Cost,
}

/// Why a call was certainly not made.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refusal {
    #[error("no tool server called {0} is configured; add it to workforce.toml")]
    NoSuchServer(String),
    #[error("the tool server {server} cannot be reached: {why}")]
    Unreachable { server: String, why: String },
    #[error("the tool server {server} is busy: {MAX_IN_FLIGHT} calls are under way; try again later")]
    Busy { server: String },
    #[error("{0} is not offered any more; `workforce tools diff` shows what is")]
    NoSuchTool(ToolName),
    #[error("{0} is no longer the tool that was accepted; have someone look at `workforce tools diff`")]
    HeldBack(ToolName),
    #[error("the arguments do not fit {tool}: {}", list(violations))]
    BadArguments { tool: ToolName, violations: Vec<Violation> },
    #[error("{tool} refused the call ({code}): {message}")]
    ByServer { tool: ToolName, code: i32, message: String },
}

/// Why nobody knows whether a call happened.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Lost {
    #[error("{tool} did not answer within {} seconds", limit.as_secs())]
    TimedOut { tool: ToolName, limit: Duration },
    #[error("the tool server {server} went away before it answered")]
    ServerDied { server: String },
    #[error("the tool server {server} answered with more than {} MiB", MAX_LINE_BYTES / 1024 / 1024)]
    TooLarge { server: String },
    #[error("{tool} failed inside ({code}): {message}")]
    ServerFailed { tool: ToolName, code: i32, message: String },
    #[error("{tool} answered with something that is no result: {why}")]
    NoResult { tool: ToolName, why: String },
}

/// What one server offers, or why that is not known.
#[derive(Debug)]
pub struct Listing {
    pub server: String,
    pub tools: Result<Vec<ToolDef>, ToolError>,
}

/// Why a server's tools are not known. The text is for the person, the source for the log.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ToolError {
    #[error("the tool server {server} did not start: {why}")]
    Start { server: String, why: String },
    #[error("the tool server {server} stopped while it was asked what it offers: {why}")]
    Listing { server: String, why: String },
    #[error("the tool server {server} offers more than {MAX_TOOLS} tools; none of them is taken")]
    TooMany { server: String },
    #[error("the tool server {server} offers {tool} with {what}; none of its tools is taken")]
    BadDefinition { server: String, tool: String, what: String },
    #[error("the tool server {server} died {times} times; it is tried again in {} seconds", wait.as_secs().max(1))]
    Resting { server: String, times: u32, wait: Duration },
}

/// Whoever can list and call tools. The production host speaks MCP; tests may bring their own.
#[async_trait]
pub trait ToolHost: Send + Sync {
    /// What every configured server offers now, in the order of their names.
    async fn list(&self) -> Vec<Listing>;

    /// Makes one call, once. Never repeats it.
    async fn call(&self, call: ToolCall) -> CallOutcome;

    /// Ends all servers and waits until they are gone.
    async fn shut_down(&self);
}

fn list(violations: &[Violation]) -> String {
    violations.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
