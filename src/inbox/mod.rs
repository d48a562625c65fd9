//! Every trigger, once: what arrived, by which key it is known, and how far it got.
//!
//! The types are ours, not Slack's: `slack/` translates. `response_url` and `trigger_id` are bearer secrets; they are used
//! from memory and are no part of anything here, so they cannot be stored.

pub mod store;

use serde::{Deserialize, Serialize};

use crate::ids::{ConversationId, RunId};
use crate::workers::SlackUser;

/// A trigger with the keys that make it one trigger, however often it is delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    /// Unique for ever: `event:T1:Ev42`, `click:T1:…`, `command:T1:…`, `view:T1:…`, `hook:NAME:…`, `tick:KEY:…`,
    /// `home:T1:U1:…`.
    pub key: String,
    /// A second unique key: `message:T1:C1:TS` for new user messages, since `message` and `app_mention` tell of the same one.
    pub also: Option<String>,
    /// Work of one conversation is done first in, first out; triggers without one are unordered.
    pub conversation: Option<ConversationId>,
    pub trigger: Trigger,
}

/// Everything that can happen to us. Closed: what Slack adds later arrives as [`Trigger::Unknown`], counted and logged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Trigger {
    Message(Message),
    MessageEdited(MessageEdited),
    MessageDeleted(MessageDeleted),
    Click(Click),
    Submission(Submission),
    ViewClosed(ViewClosed),
    Command(Command),
    Shortcut(Shortcut),
    HomeOpened {
        by: SlackUser,
    },
    Reaction(Reaction),
    /// The Stop button of a native agent session.
    SessionStopped {
        by: SlackUser,
        channel: String,
        thread_ts: String,
    },
    /// The bot or somebody joined or left a channel.
    Membership {
        user: SlackUser,
        channel: String,
        joined: bool,
    },
    /// An account changed: deactivated, renamed, made a guest.
    UserChanged(Account),
    UserGroupChanged {
        group: String,
    },
    ChannelChanged {
        channel: String,
        change: ChannelChange,
    },
    /// Slack drops events of ours: more than 30,000 in an hour.
    RateLimited {
        minute: i64,
    },
    Uninstalled,
    TokensRevoked,
    /// The clock, by the schedule's key and the instant that was due (microseconds).
    ScheduleDue {
        schedule: String,
        due_us: i64,
        /// The handle of whoever was not at work then and is told now; absent for all of them.
        #[serde(default)]
        to: Option<String>,
    },
    /// A signed delivery to one of our hooks.
    Delivered(Delivery),
    /// An agent outside answered a question that it took before.
    AgentAnswered(AgentAnswer),
    /// Acknowledged, counted, logged; nothing else happens.
    Unknown {
        what: String,
    },
}

/// What a channel is, which decides who may see what is said there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelKind {
    Public,
    Private,
    /// A direct message with the bot.
    Direct,
    /// A direct message among several people.
    Group,
}

/// A new message that a person (or a foreign bot) wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    pub by: SlackUser,
    /// Set when another bot wrote it; such messages are ignored unless a directive names the bot.
    pub bot_name: Option<String>,
    pub channel: String,
    pub channel_kind: ChannelKind,
    pub ts: String,
    /// The root of the thread, if it was written in one.
    pub thread_ts: Option<String>,
    /// As Slack delivers it: `<@U1>` for mentions, `&lt;` for `<`. Read it with `slack::text` only.
    pub text: String,
    /// Whether the text addresses our bot account.
    pub mentions_us: bool,
    /// User groups (`S…`) that the text addresses.
    pub mentions_groups: Vec<String>,
    /// The message came from another workspace through a shared channel.
    pub external: bool,
}

impl Message {
    pub fn conversation(&self) -> ConversationId {
        ConversationId::of_thread(&self.by.team, &self.channel, self.root_ts())
    }

    /// The first message of the thread that this belongs to, or the message itself.
    pub fn root_ts(&self) -> &str {
        self.thread_ts.as_deref().unwrap_or(&self.ts)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageEdited {
    pub by: SlackUser,
    pub channel: String,
    pub ts: String,
    pub thread_ts: Option<String>,
    pub new_text: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageDeleted {
    pub channel: String,
    pub ts: String,
}

/// A button or select of one of our messages, of the Home tab, or inside a modal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Click {
    pub by: SlackUser,
    /// The verb, as `replies::Verb` writes it.
    pub action_id: String,
    /// Opaque id of what it is about, and nothing else; carries no authority.
    pub value: String,
    /// Where the element stood.
    pub container: Container,
    pub action_ts: String,
    /// Values of inputs in the same surface, by their field ids.
    pub fields: Vec<(String, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "surface")]
pub enum Container {
    Message { channel: String, ts: String, thread_ts: Option<String>, ephemeral: bool },
    View { view_id: String },
    Home,
}

/// A modal that a person sent off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submission {
    pub by: SlackUser,
    pub view_id: String,
    pub view_hash: String,
    /// The form's verb, as `replies::Verb` writes it.
    pub callback_id: String,
    /// An id and nothing else; state comes from the database.
    pub private_metadata: String,
    pub fields: Vec<(String, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewClosed {
    pub by: SlackUser,
    pub view_id: String,
    pub callback_id: String,
}

/// A slash command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    pub by: SlackUser,
    pub channel: String,
    pub channel_kind: ChannelKind,
    /// `/workforce`.
    pub command: String,
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shortcut {
    pub by: SlackUser,
    pub callback_id: String,
    /// Set for a message shortcut: where the message stands, who wrote it and what it says.
    pub message: Option<ShortcutMessage>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShortcutMessage {
    pub channel: String,
    pub ts: String,
    pub thread_ts: Option<String>,
    pub author: Option<String>,
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    pub by: SlackUser,
    pub channel: String,
    pub ts: String,
    /// Without colons.
    pub name: String,
    pub added: bool,
}

/// What came in at `POST /hooks/NAME`, as the hook's templates read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// The hook's name.
    pub hook: String,
    /// The channel's name, without `#`, in which its work is told.
    pub channel: String,
    /// What is asked for, in plain text.
    pub text: String,
    /// What later deliveries about the same matter carry too; none: each is work of its own.
    pub matter: Option<String>,
}

/// What an agent outside sent to `POST /agents/POSITION`, under its signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentAnswer {
    /// The position whose secret signed it.
    pub position: String,
    pub run: RunId,
    /// Which question of the run it answers, from 1.
    pub question: i64,
    /// The answer as it came; the drivers' contract reads it.
    pub body: String,
}

/// What Slack says of an account now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub user: SlackUser,
    /// The handle, without `@`.
    pub handle: String,
    pub real_name: String,
    pub email: Option<String>,
    /// IANA name.
    pub timezone: Option<String>,
    pub is_bot: bool,
    pub is_guest: bool,
    pub deactivated: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelChange {
    Renamed,
    Archived,
    Unarchived,
    Deleted,
}
