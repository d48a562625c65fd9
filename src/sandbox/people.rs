//! What people do with messages: they write, edit, delete, react. People and channels are named by id, handle or name.

use serde_json::{Value, json};

use super::message::Message;
use super::state::{ChannelKind, State};
use super::{Refused, Sandbox};

impl Sandbox {
    /// `user` writes `text` into a channel, as typed: `@handle`, `#channel` and `@here` become what Slack makes of them,
    /// `&`, `<` and `>` are escaped. Gives the message's ts.
    pub fn says(&self, user: &str, channel: &str, text: &str) -> Result<String, Refused> {
        self.with(|s| {
            let text = s.as_typed(text);
            s.says(user, channel, None, text)
        })
    }

    /// The same with text as Slack stores it (`<@U0DANA>`), nothing escaped.
    pub fn says_raw(&self, user: &str, channel: &str, text: &str) -> Result<String, Refused> {
        self.with(|s| s.says(user, channel, None, text.to_owned()))
    }

    pub fn says_in_thread(&self, user: &str, channel: &str, thread_ts: &str, text: &str) -> Result<String, Refused> {
        self.with(|s| {
            let text = s.as_typed(text);
            s.says(user, channel, Some(thread_ts), text)
        })
    }

    /// A direct message to the bot.
    pub fn dms(&self, user: &str, text: &str) -> Result<String, Refused> {
        self.with(|s| {
            let id = s.active_user(user)?;
            let channel = s.open_im(&id);
            let text = s.as_typed(text);
            s.says(user, &channel, None, text)
        })
    }

    /// A direct message to the bot inside a thread of that conversation.
    pub fn dms_in_thread(&self, user: &str, thread_ts: &str, text: &str) -> Result<String, Refused> {
        self.with(|s| {
            let id = s.active_user(user)?;
            let channel = s.open_im(&id);
            let text = s.as_typed(text);
            s.says(user, &channel, Some(thread_ts), text)
        })
    }

    /// The id of the direct conversation between `user` and the bot.
    pub fn dm_channel(&self, user: &str) -> Result<String, Refused> {
        self.with(|s| {
            let id = s.user_id(user)?;
            Ok(s.open_im(&id))
        })
    }

    /// An author changes their message.
    pub fn edits(&self, user: &str, channel: &str, ts: &str, text: &str) -> Result<(), Refused> {
        self.with(|s| {
            let (user, channel) = s.own_words(user, channel, ts)?;
            let text = s.as_typed(text);
            let (blocks, mark) = (s.rich_text(&text), s.next_ts());
            s.edit(&channel, ts, |message| {
                message.text = text;
                message.blocks = vec![blocks];
                message.edited = Some((user, mark));
            });
            Ok(())
        })
    }

    /// An author deletes their message.
    pub fn deletes(&self, user: &str, channel: &str, ts: &str) -> Result<(), Refused> {
        self.with(|s| {
            let (_, channel) = s.own_words(user, channel, ts)?;
            s.delete(&channel, ts);
            Ok(())
        })
    }

    /// Somebody presses the Stop button that Slack shows while an agent is at work in a thread.
    pub fn stops(&self, user: &str, channel: &str, thread_ts: &str) -> Result<(), Refused> {
        self.with(|s| {
            let user = s.active_user(user)?;
            let channel = s.place_of(&user, channel)?;
            if !s.assistant_status.contains_key(&(channel.clone(), thread_ts.to_owned())) {
                return Err(Refused(format!("nobody is at work in {thread_ts}, so there is no Stop button")));
            }
            let event = json!({
                "type": "agent_session_stopped", "user": user, "channel": channel, "thread_ts": thread_ts,
                "streaming_message_ts": [],
            });
            s.emit(None, Some(&channel), event);
            Ok(())
        })
    }

    pub fn reacts(&self, user: &str, channel: &str, ts: &str, emoji: &str) -> Result<(), Refused> {
        self.with(|s| s.reacts(user, channel, ts, emoji, true))
    }

    pub fn takes_back_reaction(&self, user: &str, channel: &str, ts: &str, emoji: &str) -> Result<(), Refused> {
        self.with(|s| s.reacts(user, channel, ts, emoji, false))
    }
}

impl State {
    fn says(&mut self, user: &str, channel: &str, thread: Option<&str>, text: String) -> Result<String, Refused> {
        let user = self.active_user(user)?;
        let channel = self.place_of(&user, channel)?;
        if let Some(root) = thread {
            match self.channel(&channel)?.messages.get(root) {
                None => return Err(Refused(format!("there is no message {root} to answer"))),
                Some(message) if message.is_reply() => return Err(Refused(format!("{root} is itself a reply"))),
                Some(_) => {}
            }
        }
        let message = Message { thread_ts: thread.map(str::to_owned), ..self.message_by(user, text) };
        Ok(self.post(&channel, message))
    }

    /// A message as this person's client sends it; `text` is in Slack's own markup.
    pub fn message_by(&mut self, user: String, text: String) -> Message {
        let blocks = vec![self.rich_text(&text)];
        let number = self.next_number();
        let is_bot = self.users.get(&user).is_some_and(|u| u.is_bot);
        let other_bot = (is_bot && user != self.app.bot_user_id).then(|| user.replacen('U', "B", 1));
        Message {
            app_id: other_bot.as_ref().map(|id| id.replacen('B', "A", 1)),
            bot_id: other_bot,
            user,
            text,
            blocks,
            client_msg_id: (!is_bot).then(|| format!("0ac0ffee-0000-4000-8000-{number:012x}")),
            ..Message::default()
        }
    }

    /// The channel, if this person may write there.
    pub fn place_of(&self, user: &str, channel: &str) -> Result<String, Refused> {
        let id = self.channel_id(channel)?;
        let found = self.channel(&id)?;
        if found.archived {
            return Err(Refused(format!("{channel} is archived")));
        }
        if !found.members.contains(user) {
            return Err(Refused(format!("{user} is not in {channel}")));
        }
        Ok(id)
    }

    /// A message this person may see.
    pub fn seen_message(&self, user: &str, channel: &str, ts: &str) -> Result<(String, &Message), Refused> {
        let id = self.channel_id(channel)?;
        let found = self.channel(&id)?;
        if found.kind != ChannelKind::Public && !found.members.contains(user) {
            return Err(Refused(format!("{user} does not see {channel}")));
        }
        let message =
            found.messages.get(ts).ok_or_else(|| Refused(format!("there is no message {ts} in {channel}")))?;
        Ok((id, message))
    }

    fn own_words(&self, user: &str, channel: &str, ts: &str) -> Result<(String, String), Refused> {
        let user = self.active_user(user)?;
        let (channel, message) = self.seen_message(&user, channel, ts)?;
        if message.user != user {
            return Err(Refused(format!("{user} did not write {ts}")));
        }
        Ok((user, channel))
    }

    fn reacts(&mut self, user: &str, channel: &str, ts: &str, emoji: &str, add: bool) -> Result<(), Refused> {
        let user = self.active_user(user)?;
        let (channel, _) = self.seen_message(&user, channel, ts)?;
        if self.react(&user, &channel, ts, emoji.trim_matches(':'), add) {
            Ok(())
        } else {
            Err(Refused(format!("{user}'s :{emoji}: on {ts} is so already")))
        }
    }

    /// What Slack's client makes of typed text.
    pub fn as_typed(&self, text: &str) -> String {
        self.with_names(text, false)
    }

    /// `labels`: the form of slash commands with `should_escape`, `<@U0DANA|dana>` and `<#C0IT|it>`.
    pub fn with_names(&self, text: &str, labels: bool) -> String {
        let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let mut out = String::with_capacity(escaped.len());
        let mut rest = escaped.as_str();
        while let Some(at) = rest.find(['@', '#']) {
            let (before, tail) = rest.split_at(at);
            out.push_str(before);
            let starts_word = !out.chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '.');
            let is_name = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
            let sign = tail.get(..1).unwrap_or_default();
            let body = tail.get(1..).unwrap_or_default();
            let word = body.get(..body.find(|c| !is_name(c)).unwrap_or(body.len())).unwrap_or_default();
            // A full stop after a name ends the sentence.
            let name = word.trim_end_matches('.');
            match self.named(sign, name, labels).filter(|_| starts_word) {
                Some(token) => {
                    out.push_str(&token);
                    rest = body.get(name.len()..).unwrap_or_default();
                }
                None => {
                    out.push_str(sign);
                    rest = body;
                }
            }
        }
        out.push_str(rest);
        out
    }

    fn named(&self, sign: &str, name: &str, labels: bool) -> Option<String> {
        if name.is_empty() {
            return None;
        }
        if sign == "#" {
            let channel = self.channels.values().find(|c| c.name == name)?;
            return Some(format!("<#{}|{}>", channel.id, if labels { name } else { "" }));
        }
        if ["here", "channel", "everyone"].contains(&name) {
            return Some(format!("<!{name}>"));
        }
        if let Some(user) = self.users.values().find(|u| u.handle == name) {
            return Some(if labels { format!("<@{}|{name}>", user.id) } else { format!("<@{}>", user.id) });
        }
        let group = self.groups.values().find(|g| g.handle == name)?;
        Some(format!("<!subteam^{}|@{name}>", group.id))
    }

    /// The rich text block that Slack's client sends with every message.
    fn rich_text(&self, text: &str) -> Value {
        let mut elements = Vec::new();
        let mut rest = text;
        while let Some((before, tail)) = rest.split_once("<@") {
            let Some((id, after)) = tail.split_once('>') else { break };
            if !before.is_empty() {
                elements.push(json!({ "type": "text", "text": unescape(before) }));
            }
            elements.push(json!({ "type": "user", "user_id": id }));
            rest = after;
        }
        if !rest.is_empty() {
            elements.push(json!({ "type": "text", "text": unescape(rest) }));
        }
        json!({ "type": "rich_text", "elements": [{ "type": "rich_text_section", "elements": elements }] })
    }
}

pub(crate) fn unescape(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}
