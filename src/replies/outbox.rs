//! What is owed to Slack. A *slot* is one logical message: said again, it is edited in place where it stands.

use serde::{Deserialize, Serialize};

use super::card::Card;
use super::progress::Live;

/// One thing to do at Slack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Outgoing {
    /// Posts the slot's message; where it is posted already, edits it.
    Say {
        to: Destination,
        thread_ts: Option<String>,
        card: Card,
        /// What the same message shows where Slack lets it grow; then it is on the way to something, and passing: it is left out
        /// where there is no time for it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        live: Option<Box<Live>>,
    },
    /// The slot's message grows no more for the present.
    EndStream {
        channel: String,
    },
    /// A message that only one person sees; it cannot be edited later.
    Whisper {
        channel: String,
        user: String,
        thread_ts: Option<String>,
        card: Card,
    },
    React {
        channel: String,
        ts: String,
        name: String,
        add: bool,
    },
    /// A person's Home tab.
    Home {
        user: String,
        card: Card,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Destination {
    Channel(String),
    /// The direct message with this account; opened when sent.
    Person(String),
}

/// Something to say, with the slot that it fills.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queued {
    pub slot: String,
    /// The conversation that it belongs to, for counting.
    pub conversation: Option<String>,
    pub what: Outgoing,
}

impl Queued {
    pub fn say(slot: impl Into<String>, channel: &str, thread_ts: Option<&str>, card: Card) -> Self {
        let to = Destination::Channel(channel.to_owned());
        Self {
            slot: slot.into(),
            conversation: None,
            what: Outgoing::Say { to, thread_ts: thread_ts.map(str::to_owned), card, live: None },
        }
    }

    /// What somebody has done so far, in the place of their answer.
    pub fn at_work(slot: impl Into<String>, channel: &str, thread_ts: &str, card: Card, live: Live) -> Self {
        let to = Destination::Channel(channel.to_owned());
        let (thread_ts, live) = (Some(thread_ts.to_owned()), Some(Box::new(live)));
        Self { slot: slot.into(), conversation: None, what: Outgoing::Say { to, thread_ts, card, live } }
    }

    pub fn end_stream(slot: impl Into<String>, channel: &str) -> Self {
        let channel = channel.to_owned();
        Self { slot: slot.into(), conversation: None, what: Outgoing::EndStream { channel } }
    }

    /// A direct message.
    pub fn tell(slot: impl Into<String>, user: &str, card: Card) -> Self {
        let to = Destination::Person(user.to_owned());
        Self { slot: slot.into(), conversation: None, what: Outgoing::Say { to, thread_ts: None, card, live: None } }
    }

    pub fn whisper(slot: impl Into<String>, channel: &str, user: &str, thread_ts: Option<&str>, card: Card) -> Self {
        let (channel, user) = (channel.to_owned(), user.to_owned());
        Self {
            slot: slot.into(),
            conversation: None,
            what: Outgoing::Whisper { channel, user, thread_ts: thread_ts.map(str::to_owned), card },
        }
    }

    /// A person's Home tab.
    pub fn home(user: &str, card: Card) -> Self {
        Self { slot: format!("home:{user}"), conversation: None, what: Outgoing::Home { user: user.to_owned(), card } }
    }

    pub fn react(channel: &str, ts: &str, name: &str, add: bool) -> Self {
        let slot = format!("react:{channel}:{ts}:{name}");
        Self {
            slot,
            conversation: None,
            what: Outgoing::React { channel: channel.to_owned(), ts: ts.to_owned(), name: name.to_owned(), add },
        }
    }

    #[must_use]
    pub fn in_conversation(mut self, conversation: &crate::ids::ConversationId) -> Self {
        self.conversation = Some(conversation.0.clone());
        self
    }
}

impl Outgoing {
    /// What must stay in order: everything to one channel, or to one person.
    pub fn lane(&self) -> String {
        match self {
            Self::Say { to: Destination::Channel(channel), .. } | Self::React { channel, .. } => channel.clone(),
            Self::Whisper { channel, .. } | Self::EndStream { channel } => channel.clone(),
            Self::Say { to: Destination::Person(user), .. } => format!("dm:{user}"),
            Self::Home { user, .. } => format!("home:{user}"),
        }
    }

    /// Whether a newer one for the same slot makes this one needless.
    pub fn is_replaceable(&self) -> bool {
        match self {
            Self::Say { .. } | Self::Home { .. } => true,
            Self::Whisper { .. } | Self::React { .. } | Self::EndStream { .. } => false,
        }
    }
}
