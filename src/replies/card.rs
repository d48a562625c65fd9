//! The abstract message. There is no Block Kit here and no Slack JSON: `slack/` turns a [`Card`] into blocks and escapes
//! every [`Span::Text`] on the way, so raw text cannot become markup.

use serde::{Deserialize, Serialize};

use super::verb::Verb;
use crate::clock::Timestamp;

/// One message, modal page or Home section.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// What a phone's lock screen shows: the action, the amount and the requester. Plain text, never markup.
    pub notification: String,
    pub parts: Vec<Part>,
    /// Under whose name and icon it is posted; `None` is the bot's own.
    pub identity: Option<Identity>,
}

/// The name and icon that an agent posts under.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    pub name: String,
    /// `:moneybag:`.
    pub icon: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// One paragraph of ours.
    Line(Vec<Span>),
    /// Small grey context.
    Note(Vec<Span>),
    /// Words that others wrote (requester, agent, tool, webhook). They are always shown as plain text, never as markup.
    Words {
        label: Vec<Span>,
        text: String,
    },
    /// Label and value, side by side where the surface allows it.
    Fields(Vec<(String, Vec<Span>)>),
    Table {
        columns: Vec<String>,
        rows: Vec<Vec<Vec<Span>>>,
    },
    Buttons(Vec<Button>),
    Divider,
}

/// A piece of a paragraph. Only these can carry form; text stays text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// Raw; `slack/` escapes it.
    Text(String),
    Bold(String),
    Italic(String),
    Code(String),
    /// An account id, `U…`. It pings in a new post; where no ping is meant, the name is written as text.
    Person(String),
    /// A channel id, `C…`.
    Channel(String),
    /// Without colons: `eyes`.
    Emoji(String),
    /// Shown in the reader's own zone.
    Time(Timestamp, TimeStyle),
    /// For permalinks of our own messages, and for addresses in agents' words whose host the company allowed; other text of
    /// others never becomes a link.
    Link {
        label: String,
        url: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeStyle {
    /// `10:02`.
    Clock,
    /// `9 Nov`.
    Day,
    /// `9 Nov 10:02`.
    DayAndClock,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Button {
    /// Up to 75 characters, plain text.
    pub label: String,
    pub verb: Verb,
    /// An opaque id of what it is about, and nothing else: it carries no authority.
    pub target: String,
    pub style: ButtonStyle,
    pub confirm: Option<Confirm>,
    /// What a screen reader says where the label alone is not enough: "Approve refund of $450.00, A-31".
    pub spoken: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ButtonStyle {
    Normal,
    Primary,
    Danger,
}

/// Asked after the click, before it is sent. Plain text throughout.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirm {
    pub title: String,
    pub text: String,
    pub yes: String,
}
