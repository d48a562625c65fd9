//! What the page shows beside the workspace: things to try, the company's directives, what it all costs. The sandbox knows
//! nothing of them; whoever opens the page brings them.

use async_trait::async_trait;
use serde::Serialize;

/// What is behind the stage. Every method may be called at any time, by several pages at once.
#[async_trait]
pub trait Backstage: Send + Sync {
    /// In the order in which somebody would try them.
    fn tries(&self) -> Vec<Try>;

    /// The files that may be edited, by their paths relative to the directives' folder.
    async fn files(&self) -> Vec<String>;

    /// The text of a file as it stands; or a sentence that says why not.
    async fn read(&self, file: &str) -> Result<String, String>;

    /// What the directives would mean with `text` in place of `file`. Nothing is kept.
    async fn check(&self, file: &str, text: &str) -> Checked;

    /// Writes the file and has the bot look at it; gives what came of it as one sentence, or why nothing was written.
    async fn save(&self, file: &str, text: &str) -> Result<Saved, String>;

    /// What the bot costs so far, as labels and values, the most important first.
    async fn costs(&self) -> Vec<(String, String)>;
}

/// Something to try.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Try {
    pub title: String,
    /// One or more, each a click.
    pub lines: Vec<TryLine>,
    /// What to look at afterwards, and as whom.
    pub then: String,
}

/// One line to click.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TryLine {
    /// `user` writes `text` in a channel; handle and name.
    Say { user: String, channel: String, text: String },
    /// In `file`, `from` becomes `to` wherever it stands.
    Edit { file: String, from: String, to: String },
}

/// How a text would be read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Checked {
    pub problems: Vec<Remark>,
    /// The sentences of this file, in its order.
    pub readings: Vec<Read>,
}

/// One problem, in this file or another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Remark {
    /// Whether the directives cannot be put in force.
    pub error: bool,
    pub file: String,
    /// Counted from 1.
    pub line: u32,
    /// Counted from 1, in characters.
    pub column: u32,
    /// Of the marked text, in characters.
    pub length: u32,
    pub message: String,
    pub help: Option<String>,
}

/// One sentence and what it means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Read {
    pub line: u32,
    pub meaning: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Saved {
    /// Whether the new text counts from now on.
    pub in_force: bool,
    pub said: String,
}
