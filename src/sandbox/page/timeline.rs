//! Messages as the page shows them: a channel with its threads folded, or one thread; between them what only one person sees.

use serde::Serialize;
use serde_json::{Value, json};

use super::super::message::Message;
use super::super::state::{Channel, State};
use super::names::Names;
use super::{blocks, emoji, mrkdwn};

#[derive(Debug, Serialize)]
pub(super) struct MessageLine {
    pub ts: String,
    pub channel: String,
    pub author: String,
    /// An app wrote it.
    pub app: bool,
    /// A sign in place of a face, or initials.
    pub icon: Option<String>,
    pub initials: String,
    pub hue: u32,
    pub clock: String,
    pub at: String,
    pub edited: bool,
    /// Only whoever looks sees it.
    pub private: bool,
    /// The text where there are no blocks.
    pub pieces: Vec<Value>,
    pub blocks: Vec<Value>,
    pub reactions: Vec<ReactionLine>,
    pub replies: usize,
    pub last_reply: Option<String>,
    /// The first message of its thread, where it is a reply that the channel shows too.
    pub reply_to: Option<String>,
    /// What the app says that it is doing, below its thread.
    pub doing: Option<String>,
    /// It still grows: "is writing"; or Slack broke it off.
    pub grows: Option<&'static str>,
}

#[derive(Debug, Serialize)]
pub(super) struct ReactionLine {
    pub name: String,
    pub sign: String,
    pub count: usize,
    pub who: String,
    pub mine: bool,
}

/// A channel as it scrolls by.
pub(super) fn of_channel(state: &State, channel: &Channel, me: &str) -> Vec<MessageLine> {
    let shown = channel.messages.values().filter(|message| !message.is_reply() || message.broadcast);
    let own = private(state, channel, me).filter(|message| message.thread_ts.is_none());
    lines(state, channel, me, shown.collect(), own.collect())
}

/// A thread, its first message first.
pub(super) fn of_thread(state: &State, channel: &Channel, root: &str, me: &str) -> Vec<MessageLine> {
    let in_thread = |message: &&Message| message.ts == root || message.thread_ts.as_deref() == Some(root);
    let own = private(state, channel, me).filter(|message| message.thread_ts.as_deref() == Some(root));
    lines(state, channel, me, channel.messages.values().filter(in_thread).collect(), own.collect())
}

fn private<'a>(state: &'a State, channel: &'a Channel, me: &'a str) -> impl Iterator<Item = &'a Message> {
    state.ephemerals.iter().filter(move |own| own.user == me && own.channel == channel.id).map(|own| &own.message)
}

fn lines(state: &State, channel: &Channel, me: &str, shown: Vec<&Message>, own: Vec<&Message>) -> Vec<MessageLine> {
    let names = Names::of(state, me);
    let mut lines: Vec<MessageLine> = shown.into_iter().map(|message| line(state, channel, message, &names)).collect();
    lines.extend(own.into_iter().map(|message| MessageLine { private: true, ..line(state, channel, message, &names) }));
    lines.sort_by(|a, b| a.ts.cmp(&b.ts));
    lines
}

fn line(state: &State, channel: &Channel, message: &Message, names: &Names<'_>) -> MessageLine {
    let author = message.username.clone().unwrap_or_else(|| names.name(&message.user).to_owned());
    let (clock, at) = names.clock(&message.ts);
    let replies: Vec<&Message> = match message.is_reply() {
        true => Vec::new(),
        false => {
            channel.messages.values().filter(|m| m.is_reply() && m.thread_ts.as_ref() == Some(&message.ts)).collect()
        }
    };
    let (pieces, drawn) = body(message, names);
    MessageLine {
        ts: message.ts.clone(),
        channel: channel.id.clone(),
        app: message.bot_id.is_some(),
        icon: icon(message),
        initials: initials(&author),
        hue: hue(&author),
        author,
        clock,
        at,
        edited: message.edited.is_some(),
        private: false,
        pieces,
        blocks: drawn,
        reactions: reactions(message, names),
        replies: replies.len(),
        last_reply: replies.last().map(|last| names.clock(&last.ts).0),
        reply_to: message.thread_ts.clone().filter(|root| *root != message.ts),
        grows: grows(state, message),
        doing: state.assistant_status.get(&(channel.id.clone(), message.ts.clone())).filter(|s| !s.is_empty()).cloned(),
    }
}

fn grows(state: &State, message: &Message) -> Option<&'static str> {
    let stream = message.stream.as_ref()?;
    match (stream.is_open(state.now()), stream.broke_off(state.now())) {
        (true, _) => Some("is writing"),
        (false, true) => Some("stopped in the middle"),
        (false, false) => None,
    }
}

/// The blocks; or the text, where there are none or the client's own rich text says the same.
fn body(message: &Message, names: &Names<'_>) -> (Vec<Value>, Vec<Value>) {
    let only_rich = message.blocks.iter().all(|block| block["type"] == "rich_text");
    let as_text = message.blocks.is_empty() || (only_rich && !message.text.is_empty());
    let mut all: Vec<Value> = if as_text { Vec::new() } else { message.blocks.clone() };
    for attachment in &message.attachments {
        all.extend(attachment["blocks"].as_array().cloned().unwrap_or_default());
        if let Some(text) = attachment["text"].as_str().or_else(|| attachment["fallback"].as_str()) {
            all.push(json!({ "type": "section", "text": { "type": "mrkdwn", "text": text } }));
        }
    }
    let pieces = if as_text { mrkdwn::pieces(&message.text, names) } else { Vec::new() };
    (pieces, blocks::dressed(&all, names))
}

fn icon(message: &Message) -> Option<String> {
    let name = message.icons.as_ref()?["emoji"].as_str()?;
    emoji::sign(name.trim_matches(':')).map(str::to_owned)
}

fn reactions(message: &Message, names: &Names<'_>) -> Vec<ReactionLine> {
    let told = |(name, users): &(String, Vec<String>)| ReactionLine {
        sign: emoji::sign(name).map_or_else(|| format!(":{name}:"), str::to_owned),
        name: name.clone(),
        count: users.len(),
        who: users.iter().map(|id| names.name(id)).collect::<Vec<_>>().join(", "),
        mine: users.iter().any(|id| names.is_me(id)),
    };
    message.reactions.iter().map(told).collect()
}

/// "DR" of "Dana Ruiz", "F" of "Finn (Finance)".
pub(super) fn initials(name: &str) -> String {
    name.split_whitespace().filter_map(|word| word.chars().next()).filter(|c| c.is_alphabetic()).take(2).collect()
}

/// One of eight, always the same for a name.
pub(super) fn hue(name: &str) -> u32 {
    name.bytes().map(u32::from).sum::<u32>() % 8
}
