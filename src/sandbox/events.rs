//! What Slack tells the app about: an event goes out only if the app subscribed to it, has its scope and, where it happens
//! in a conversation, is a member there.

use serde_json::{Value, json};

use super::clock::{SECOND, format_ts};
use super::delivery::{EnvelopeKind, Subject};
use super::message::Message;
use super::state::State;

impl State {
    /// Something happened to a message of `channel`. `inner` is the event without what all of them share.
    pub fn emit_message(&mut self, channel: &str, mut inner: Value) {
        let Some(found) = self.channels.get(channel) else { return };
        if !found.members.contains(&self.app.bot_user_id) {
            return;
        }
        let (kind, family) = (found.kind.wire(), found.kind.family());
        if !self.subscribed(&format!("message.{family}")) || !self.has_scope(&format!("{family}:history")) {
            return;
        }
        inner["channel"] = json!(channel);
        inner["channel_type"] = json!(kind);
        self.send_event(inner);
    }

    /// A new message: `message`, and `app_mention` besides it when it names the bot outside a direct conversation. Both
    /// carry the same channel and ts, each its own event id.
    pub fn emit_new_message(&mut self, channel: &str, message: &Message) {
        let mut inner = message.to_json(self);
        inner["event_ts"] = json!(message.ts);
        if message.is_reply()
            && let Some(parent) =
                self.channels.get(channel).and_then(|c| c.messages.get(message.thread_ts.as_deref().unwrap_or("")))
        {
            inner["parent_user_id"] = json!(parent.user);
        }
        let mention_first = self.app.mention_first;
        if mention_first {
            self.emit_mention(channel, message);
        }
        self.emit_message(channel, inner);
        if !mention_first {
            self.emit_mention(channel, message);
        }
    }

    fn emit_mention(&mut self, channel: &str, message: &Message) {
        let Some(found) = self.channels.get(channel) else { return };
        let bot = self.app.bot_user_id.clone();
        let is_direct = matches!(found.kind, super::state::ChannelKind::Im);
        let named = message.text.contains(&format!("<@{bot}>")) || message.text.contains(&format!("<@{bot}|"));
        let own = message.user == bot;
        if is_direct || own || !named || !found.members.contains(&bot) {
            return;
        }
        if !self.subscribed("app_mention") || !self.has_scope("app_mentions:read") {
            return;
        }
        let mut inner = message.to_json(self);
        inner["type"] = json!("app_mention");
        inner["channel"] = json!(channel);
        inner["event_ts"] = json!(message.ts);
        self.send_event(inner);
    }

    /// Any event that is not about a message's text. `scope` is what the app needs besides the subscription.
    pub fn emit(&mut self, scope: Option<&str>, channel: Option<&str>, inner: Value) {
        let name = inner["type"].as_str().unwrap_or_default().to_owned();
        if !self.subscribed(&name) || scope.is_some_and(|s| !self.has_scope(s)) {
            return;
        }
        if let Some(channel) = channel
            && !self.channels.get(channel).is_some_and(|c| c.members.contains(&self.app.bot_user_id))
        {
            return;
        }
        self.send_event(inner);
    }

    fn subscribed(&self, event: &str) -> bool {
        self.app.events.iter().any(|held| held == event)
    }

    fn send_event(&mut self, mut inner: Value) {
        if !self.app.socket_mode {
            return;
        }
        let now = self.now();
        if inner.get("event_ts").is_none() {
            inner["event_ts"] = json!(format_ts(now));
        }
        let number = self.next_number();
        let what = describe(&inner);
        let payload = self.event_callback(inner, &format!("Ev0{number:08}"), &format!("4-sandbox-{number}"));
        let copies = if self.faults.duplicate_events { 2 } else { 1 };
        for _ in 0..copies {
            self.deliver(EnvelopeKind::EventsApi, payload.clone(), what.clone(), Subject::Event);
        }
    }

    /// The outer event around an inner one.
    pub fn event_callback(&self, inner: Value, event_id: &str, event_context: &str) -> Value {
        let external = inner["channel"].as_str().and_then(|id| self.channels.get(id)).is_some_and(|c| c.external);
        json!({
            "token": "sandbox-verification",
            "team_id": self.team.id,
            "context_team_id": self.team.id,
            "context_enterprise_id": null,
            "api_app_id": self.app.app_id,
            "event": inner,
            "type": "event_callback",
            "event_id": event_id,
            "event_time": self.now() / SECOND,
            "authorizations": [{
                "enterprise_id": null, "team_id": self.team.id, "user_id": self.app.bot_user_id,
                "is_bot": true, "is_enterprise_install": false,
            }],
            "is_ext_shared_channel": external,
            "event_context": event_context,
        })
    }
}

/// A few words for reports: what kind of event, where, which.
fn describe(inner: &Value) -> String {
    let mut out = inner["type"].as_str().unwrap_or("event").to_owned();
    for field in ["subtype", "channel", "ts", "text"] {
        if let Some(value) = inner[field].as_str() {
            out.push(' ');
            out.extend(value.chars().take(60));
        }
    }
    out
}
