//! What a thinking driver said, in one shape for all of them, and what it cost.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::money::Cost;

/// One answer of a driver: words, and what it wants done. Material, never authority.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    pub text: String,
    pub calls: Vec<Call>,
    pub end: End,
}

/// Something that a driver wants done: a tool's qualified name, or one of our own words (`ask`, `hand_over`, `cannot_do`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// As the driver wrote it; nothing says that there is such a tool.
    pub name: String,
    pub arguments: Arguments,
}

/// The arguments as they came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arguments {
    Read(Value),
    /// What came is no JSON, or more than one piece of it; nobody guesses which part counts.
    Unreadable(String),
}

/// How an answer ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    #[default]
    Finished,
    /// At the limit of its length: whatever it wanted done is incomplete.
    CutOff,
    /// The vendor's own rules stopped it.
    Declined,
}

/// What an answer cost, as far as its vendor told. `None` is unknown, which is not zero.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// The name under `[models]`, or the position's id for an agent outside.
    pub by: String,
    /// The vendor's own name of the model, for the price table.
    pub model: Option<String>,
    /// Tokens read anew, without those of the two lines below.
    pub input: Option<u64>,
    /// Tokens read from the vendor's cache.
    pub cached: Option<u64>,
    /// Tokens written to the vendor's cache.
    pub cache_written: Option<u64>,
    /// Tokens written, those of reasoning included.
    pub output: Option<u64>,
    /// Of `output`: tokens of reasoning.
    pub reasoning: Option<u64>,
    /// What the driver itself says that it cost.
    pub told: Cost,
    /// Milliseconds from the question to the end of the answer.
    pub took_ms: u64,
}

impl Usage {
    /// Nothing is known but who was asked.
    pub fn unknown(by: &str) -> Self {
        Self {
            by: by.to_owned(),
            model: None,
            input: None,
            cached: None,
            cache_written: None,
            output: None,
            reasoning: None,
            told: Cost::Unmetered,
            took_ms: 0,
        }
    }
}
