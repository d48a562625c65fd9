//! What is wrong with a file: code, place, plain message, help.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The set does not load.
    Error,
    Warning,
    /// Worth knowing; nothing is wrong.
    Note,
}

/// One problem, in the contract's JSON form. Line and column are counted from 1, the column in characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    pub severity: Severity,
    /// Stable and short: `unknown-worker`, `hedge`, `ambiguous-tool`.
    pub code: String,
    pub file: String,
    pub line: u32,
    pub column: u32,
    pub message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The nearest sentence that would be read; left out where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
    /// The length of the marked text in characters, for drawing; not part of the contract's JSON.
    #[serde(skip)]
    pub length: u32,
    /// A second place that the problem speaks of, as `file:line`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub related: Option<String>,
}

impl Problem {
    /// The same problem with a way to mend it.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same problem with the second place that it speaks of.
    #[must_use]
    pub fn with_related(mut self, file: &str, line: u32) -> Self {
        self.related = Some(format!("{file}:{line}"));
        self
    }
}
