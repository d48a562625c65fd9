//! One message and its JSON as Slack writes it, in history and in events.

use serde_json::{Map, Value, json};

use super::state::State;

#[derive(Debug, Clone, Default)]
pub(crate) struct Message {
    pub ts: String,
    /// Who wrote it: a person, or the bot's user.
    pub user: String,
    /// Set for what apps write.
    pub bot_id: Option<String>,
    pub app_id: Option<String>,
    /// A customised identity (`chat:write.customize`).
    pub username: Option<String>,
    pub icons: Option<Value>,
    pub subtype: Option<String>,
    pub text: String,
    pub blocks: Vec<Value>,
    pub attachments: Vec<Value>,
    pub thread_ts: Option<String>,
    pub metadata: Option<Value>,
    /// Who edited it last and that edit's own ts.
    pub edited: Option<(String, String)>,
    /// Reaction name and who gave it, in the order given.
    pub reactions: Vec<(String, Vec<String>)>,
    pub files: Vec<Value>,
    pub client_msg_id: Option<String>,
    /// Replies that were also sent to the channel.
    pub broadcast: bool,
    /// How it looked before each edit, oldest first; a click may be replayed from there.
    pub revisions: Vec<Vec<Value>>,
    /// Set for a message that grows, or grew.
    pub stream: Option<Stream>,
}

/// How a message grows. Times are microseconds since 1970.
#[derive(Debug, Clone)]
pub(crate) struct Stream {
    pub begun: i64,
    /// When it grew last.
    pub touched: i64,
    /// Tasks stand together in a plan; else each where it was first spoken of.
    pub as_plan: bool,
    /// The app said that it is complete.
    pub stopped: bool,
}

impl Message {
    pub fn is_reply(&self) -> bool {
        self.thread_ts.as_ref().is_some_and(|root| *root != self.ts)
    }

    /// The message without what only history adds (`reply_count` and its like).
    pub fn to_json(&self, state: &State) -> Value {
        let mut out = Map::new();
        out.insert("type".into(), json!("message"));
        if let Some(subtype) = self.wire_subtype() {
            out.insert("subtype".into(), json!(subtype));
        }
        out.insert("text".into(), json!(self.text));
        out.insert("ts".into(), json!(self.ts));
        if self.username.is_none() {
            out.insert("user".into(), json!(self.user));
            out.insert("team".into(), json!(state.team.id));
        }
        self.add_identity(state, &mut out);
        let optional = [
            ("client_msg_id", self.client_msg_id.as_ref().map(|v| json!(v))),
            ("thread_ts", self.thread_ts.as_ref().map(|v| json!(v))),
            ("metadata", self.metadata.clone()),
            ("edited", self.edited.as_ref().map(|(user, ts)| json!({ "user": user, "ts": ts }))),
            ("blocks", (!self.blocks.is_empty()).then(|| json!(self.blocks))),
            ("attachments", (!self.attachments.is_empty()).then(|| json!(self.attachments))),
            ("files", (!self.files.is_empty()).then(|| json!(self.files))),
            ("reactions", (!self.reactions.is_empty()).then(|| self.reactions_json())),
        ];
        for (name, value) in optional {
            if let Some(value) = value {
                out.insert(name.into(), value);
            }
        }
        Value::Object(out)
    }

    fn wire_subtype(&self) -> Option<&str> {
        match &self.subtype {
            Some(subtype) => Some(subtype),
            None if self.username.is_some() => Some("bot_message"),
            None if self.broadcast => Some("thread_broadcast"),
            None => None,
        }
    }

    fn add_identity(&self, state: &State, out: &mut Map<String, Value>) {
        if let Some(bot_id) = &self.bot_id {
            out.insert("bot_id".into(), json!(bot_id));
            out.insert("app_id".into(), json!(self.app_id));
        }
        if let Some(username) = &self.username {
            out.insert("username".into(), json!(username));
        }
        if let Some(icons) = &self.icons {
            out.insert("icons".into(), icons.clone());
        }
        if self.bot_id.as_ref() == Some(&state.app.bot_id) && self.username.is_none() {
            out.insert("bot_profile".into(), state.bot_profile());
        }
    }

    pub fn reactions_json(&self) -> Value {
        self.reactions
            .iter()
            .map(|(name, users)| json!({ "name": name, "users": users, "count": users.len() }))
            .collect()
    }
}

impl State {
    pub fn bot_profile(&self) -> Value {
        json!({
            "id": self.app.bot_id, "app_id": self.app.app_id, "user_id": self.app.bot_user_id,
            "name": self.app.bot_name, "deleted": false, "updated": 1_700_000_000, "team_id": self.team.id,
            "icons": {},
        })
    }

    /// A message as `conversations.history` and `.replies` give it: with its thread's counts.
    pub fn history_json(&self, channel: &str, message: &Message, metadata: bool) -> Value {
        let mut out = message.to_json(self);
        if !metadata && let Some(fields) = out.as_object_mut() {
            fields.remove("metadata");
        }
        let Some(channel) = self.channels.get(channel) else { return out };
        let root = message.thread_ts.as_deref().unwrap_or(&message.ts);
        let replies: Vec<&Message> =
            channel.messages.values().filter(|m| m.is_reply() && m.thread_ts.as_deref() == Some(root)).collect();
        if message.is_reply() {
            if let Some(parent) = channel.messages.get(root) {
                out["parent_user_id"] = json!(parent.user);
            }
        } else if let Some(last) = replies.last() {
            let mut users: Vec<&str> = replies.iter().map(|m| m.user.as_str()).collect();
            users.sort_unstable();
            users.dedup();
            out["thread_ts"] = json!(message.ts);
            out["reply_count"] = json!(replies.len());
            out["reply_users_count"] = json!(users.len());
            out["reply_users"] = json!(users);
            out["latest_reply"] = json!(last.ts);
            out["is_locked"] = json!(false);
            out["subscribed"] = json!(true);
        }
        out
    }
}
