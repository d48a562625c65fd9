//! What comes in over HTTP: signed deliveries, each committed to the inbox before it is answered; and what a watcher asks:
//! is it alive, is it ready, how much waits.
//!
//! The order of checks is the order of their price: known hook, room for one more, size, signature over the raw bytes, rate,
//! JSON, templates. What is refused is counted by its reason, and its sender hears that reason and nothing else.

pub mod config;
mod hook;
mod metrics;
mod rate;
mod server;
mod signature;

use async_trait::async_trait;

use crate::clock::Timestamp;
use crate::inbox::Arrival;

pub use config::{BadHook, Entry, Section, WebhooksConfig};
pub use hook::{Asked, Templates};
pub use metrics::{Figure, Kind};
pub use server::{Counts, Server};
pub use signature::{Scheme, sign, verify};

/// Whoever keeps what is delivered.
#[async_trait]
pub trait Door: Send + Sync + 'static {
    /// Returns once the arrival is on disk; false when it was known already.
    async fn deliver(&self, arrival: Arrival) -> Result<bool, NotKept>;

    /// Whether work can be done now; else why not, for the person who watches.
    async fn ready(&self) -> Result<(), String>;

    /// What is counted apart from the hooks themselves.
    async fn figures(&self) -> Result<Vec<Figure>, NotKept>;

    fn now(&self) -> Timestamp;
}

/// The database did not take it; the sender shall come again.
#[derive(Debug, thiserror::Error)]
#[error("not stored: {0}")]
pub struct NotKept(pub String);

/// Why a delivery was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Refused {
    UnknownHook,
    Busy,
    TooLarge,
    TooSlow,
    Unsigned,
    Forged,
    Stale,
    Replayed,
    TooMany,
    NotJson,
    Template,
    NotStored,
}

impl Refused {
    pub const ALL: &'static [Self] = &[
        Self::UnknownHook,
        Self::Busy,
        Self::TooLarge,
        Self::TooSlow,
        Self::Unsigned,
        Self::Forged,
        Self::Stale,
        Self::Replayed,
        Self::TooMany,
        Self::NotJson,
        Self::Template,
        Self::NotStored,
    ];

    /// As the answer and the metrics name it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::UnknownHook => "unknown_hook",
            Self::Busy => "busy",
            Self::TooLarge => "too_large",
            Self::TooSlow => "too_slow",
            Self::Unsigned => "unsigned",
            Self::Forged => "forged",
            Self::Stale => "stale",
            Self::Replayed => "replayed",
            Self::TooMany => "too_many",
            Self::NotJson => "not_json",
            Self::Template => "template",
            Self::NotStored => "not_stored",
        }
    }

    /// The HTTP status of the answer.
    pub fn status(self) -> u16 {
        match self {
            Self::UnknownHook => 404,
            Self::Busy | Self::NotStored => 503,
            Self::TooLarge => 413,
            Self::TooSlow => 408,
            Self::Unsigned | Self::Forged | Self::Stale => 401,
            Self::Replayed => 409,
            Self::TooMany => 429,
            Self::NotJson => 400,
            Self::Template => 422,
        }
    }
}
