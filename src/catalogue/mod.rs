//! What tools exist and what may be believed about them: definitions, the lock, canonical JSON.
//!
//! Everything a server says is material, never authority: `class` in the lock is what counts, and a definition whose
//! digest differs from the lock is held back until a human accepts it.

pub mod canonical;
mod diff;
pub mod differences;
mod lock;
pub mod offers;
pub mod own;
pub mod schema;
pub mod store;
pub mod strict;
pub mod target;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use diff::{Change, Hold, Setting, SettingError, SettingKey, accept, diff, held_back};
pub use lock::{Binding, Catalogue, LockError, Tool, ToolsLock};

/// A tool's qualified name, `server.tool`. Unqualified names do not exist in this system.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ToolName(pub String);

impl ToolName {
    pub fn new(server: &str, tool: &str) -> Self {
        Self(format!("{server}.{tool}"))
    }

    /// The server's name: what stands before the first dot.
    pub fn server(&self) -> &str {
        self.0.split_once('.').map_or(self.0.as_str(), |(server, _)| server)
    }

    /// The name as the server knows it: what stands after the first dot.
    pub fn local(&self) -> &str {
        self.0.split_once('.').map_or("", |(_, tool)| tool)
    }

    /// Whether `pattern` (`billing.refund`, `billing.*`) covers this tool.
    pub fn matches(&self, pattern: &str) -> bool {
        match pattern.strip_suffix(".*") {
            Some(server) => self.server() == server,
            None => self.0 == pattern,
        }
    }
}

impl fmt::Display for ToolName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a call can do to the world. Ordered: a server's annotations may only move a tool upwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    Read,
    Write,
    Destructive,
}

impl Class {
    /// The class that MCP annotations claim; without any, the protocol's own defaults (a writer, destructive) hold.
    pub fn claimed_by(annotations: Option<&Value>) -> Self {
        let hint = |name: &str| annotations.and_then(|a| a.get(name)).and_then(Value::as_bool);
        match (hint("readOnlyHint"), hint("destructiveHint")) {
            (Some(true), _) => Self::Read,
            (Some(false) | None, Some(false)) => Self::Write,
            (Some(false) | None, Some(true) | None) => Self::Destructive,
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Destructive => "destructive",
        })
    }
}

impl FromStr for Class {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "read" => Ok(Self::Read),
            "write" => Ok(Self::Write),
            "destructive" => Ok(Self::Destructive),
            _ => Err(()),
        }
    }
}

/// A definition as a server's `tools/list` gave it (MCP 2025-06-18, "Tool"), with the name qualified.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolDef {
    pub name: ToolName,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default)]
    pub description: String,
    #[serde(default, rename = "inputSchema", alias = "input_schema")]
    pub input_schema: Value,
    #[serde(default, skip_serializing_if = "Option::is_none", rename = "outputSchema", alias = "output_schema")]
    pub output_schema: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotations: Option<Value>,
}
