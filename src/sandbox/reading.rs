//! What people see, as text and as JSON.

use serde_json::{Value, json};

use super::state::State;
use super::{Refused, Sandbox};

/// A message as people see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownMessage {
    pub ts: String,
    /// The first message of its thread, where it is a reply.
    pub thread_ts: Option<String>,
    /// The name that it stands under.
    pub author: String,
    /// Whether the app under test wrote it.
    pub ours: bool,
    /// Its blocks in reading order, buttons as `[Label]`.
    pub text: String,
    /// What stands under it, as `:eyes: workforce`.
    pub reactions: Vec<String>,
}

impl Sandbox {
    /// Every message of a channel or a direct conversation, replies included, oldest first.
    pub fn shown(&self, channel: &str) -> Result<Vec<ShownMessage>, Refused> {
        self.read(|s| {
            let id = s.channel_id(channel)?;
            Ok(s.channel(&id)?.messages.values().map(|m| s.shown(m)).collect())
        })
    }

    /// A thread: its first message, then each reply.
    pub fn thread_text(&self, channel: &str, ts: &str) -> Result<String, Refused> {
        self.read(|s| {
            let id = s.channel_id(channel)?;
            let found = s.channel(&id)?;
            let lines: Vec<String> = found
                .messages
                .values()
                .filter(|m| m.ts == ts || m.thread_ts.as_deref() == Some(ts))
                .map(|m| s.message_text(m))
                .collect();
            if lines.is_empty() { Err(Refused(format!("there is no thread {ts}"))) } else { Ok(lines.join("\n")) }
        })
    }

    /// A channel as it scrolls by: replies are only counted, broadcast ones shown.
    pub fn channel_view(&self, channel: &str) -> Result<String, Refused> {
        self.read(|s| s.channel_text(&s.channel_id(channel)?))
    }

    /// The direct messages between `user` and the bot, threads included.
    pub fn dm_view(&self, user: &str) -> Result<String, Refused> {
        let channel = self.dm_channel(user)?;
        self.read(|s| {
            let found = s.channel(&channel)?;
            Ok(found.messages.values().map(|m| s.message_text(m)).collect::<Vec<_>>().join("\n"))
        })
    }

    /// The person's Home tab; empty when the app published none.
    pub fn home_view(&self, user: &str) -> Result<String, Refused> {
        self.read(|s| {
            let user = s.user_id(user)?;
            Ok(s.homes.get(&user).map(|view| s.view_text(view, None)).unwrap_or_default())
        })
    }

    /// The visible modal with the errors beside its inputs; `None` when none is open.
    pub fn modal(&self, user: &str) -> Result<Option<String>, Refused> {
        self.read(|s| {
            let user = s.user_id(user)?;
            let top = s.modals.get(&user).and_then(|stack| stack.last());
            Ok(top.map(|view| s.view_text(view, s.modal_errors.get(&user))))
        })
    }

    /// How many modals lie on top of each other.
    pub fn modal_depth(&self, user: &str) -> Result<usize, Refused> {
        self.read(|s| Ok(s.modals.get(&s.user_id(user)?).map_or(0, Vec::len)))
    }

    /// What only this person was shown, oldest first.
    pub fn ephemerals(&self, user: &str) -> Result<Vec<String>, Refused> {
        self.read(|s| {
            let user = s.user_id(user)?;
            Ok(s.ephemerals.iter().filter(|e| e.user == user).map(|e| s.message_text(&e.message)).collect())
        })
    }

    /// The ts of what only this person was shown, oldest first, for clicks on it.
    pub fn ephemeral_ts(&self, user: &str) -> Result<Vec<String>, Refused> {
        self.read(|s| {
            let user = s.user_id(user)?;
            Ok(s.ephemerals.iter().filter(|e| e.user == user).map(|e| e.message.ts.clone()).collect())
        })
    }

    /// What Slack itself told this person: a command that timed out, a click that failed.
    pub fn notices(&self, user: &str) -> Result<Vec<String>, Refused> {
        self.read(|s| Ok(s.notices.get(&s.user_id(user)?).cloned().unwrap_or_default()))
    }

    /// The message as Slack's API writes it, metadata included.
    pub fn message_json(&self, channel: &str, ts: &str) -> Result<Value, Refused> {
        self.read(|s| {
            let id = s.channel_id(channel)?;
            let message = s.channel(&id)?.messages.get(ts);
            let message = message.ok_or_else(|| Refused(format!("there is no message {ts} in {channel}")))?;
            Ok(s.history_json(&id, message, true))
        })
    }

    /// All messages of a channel, replies included, oldest first.
    pub fn messages_json(&self, channel: &str) -> Result<Vec<Value>, Refused> {
        self.read(|s| {
            let id = s.channel_id(channel)?;
            Ok(s.channel(&id)?.messages.values().map(|m| s.history_json(&id, m, true)).collect())
        })
    }

    /// The visible modal, or the Home tab, as JSON with its state.
    pub fn view_json(&self, user: &str, home: bool) -> Result<Option<Value>, Refused> {
        self.read(|s| {
            let user = s.user_id(user)?;
            let modal = s.modals.get(&user).and_then(|stack| stack.last());
            Ok(if home { s.homes.get(&user) } else { modal }.cloned())
        })
    }

    /// The line under a thread that says what the app is doing.
    pub fn assistant_status(&self, channel: &str, thread_ts: &str) -> Option<String> {
        self.read(|s| {
            let channel = s.channel_id(channel).ok()?;
            s.assistant_status.get(&(channel, thread_ts.to_owned())).cloned()
        })
    }

    /// The whole workspace as one value: people, channels with members, groups. A page draws its side bar from it.
    pub fn workspace_json(&self) -> Value {
        self.read(|s| {
            let users: Vec<Value> = s.users.values().map(|u| s.user_json(u)).collect();
            let channels: Vec<Value> = s
                .channels
                .values()
                .map(|c| {
                    json!({
                        "id": c.id, "name": c.name, "kind": c.kind.wire(), "members": c.members,
                        "archived": c.archived, "topic": c.topic, "messages": c.messages.len(),
                    })
                })
                .collect();
            let groups: Vec<Value> = s.groups.values().map(|g| s.group_json(g, true)).collect();
            json!({
                "team": s.team_json(), "bot_user": s.app.bot_user_id, "users": users, "channels": channels,
                "groups": groups, "now": s.now(),
            })
        })
    }
}

impl State {
    fn channel_text(&self, id: &str) -> Result<String, Refused> {
        let found = self.channel(id)?;
        let mut lines = Vec::new();
        for message in found.messages.values().filter(|m| !m.is_reply() || m.broadcast) {
            lines.push(self.message_text(message));
            let is_answer = |m: &&super::message::Message| m.is_reply() && m.thread_ts.as_deref() == Some(&message.ts);
            match found.messages.values().filter(is_answer).count() {
                0 => {}
                1 => lines.push("  1 reply".to_owned()),
                n => lines.push(format!("  {n} replies")),
            }
        }
        Ok(lines.join("\n"))
    }
}
