//! `message` and `app_mention`, in all their shapes: new, edited, deleted, broadcast, by a bot, by ourselves.

use serde_json::Value;

use super::super::json::Look;
use super::super::text;
use super::{Ours, Reader, account, short, unknown, unordered};
use crate::ids::ConversationId;
use crate::inbox::{Arrival, ChannelKind, Message, MessageDeleted, MessageEdited, Trigger};
use crate::workers::SlackUser;

/// Levels of Slack's blocks and attachments that are searched for a mention.
const SEARCH_DEPTH: usize = 12;

/// `payload` is the outer event, `event` the inner one.
pub(super) fn read(payload: &Value, event: &Value, key: String, reader: &Reader) -> Arrival {
    let Some(channel) = event.text("channel") else {
        return unordered(key, unknown("a message without a channel"));
    };
    let kind = channel_kind(event, channel, reader);
    let subtype = event.text("subtype");
    let read = match subtype {
        Some("message_changed") => read_edit(payload, event, channel, reader),
        Some("message_deleted") => read_deletion(event, channel),
        None | Some("bot_message" | "thread_broadcast" | "file_share" | "me_message") => {
            return read_new(payload, event, channel, kind, key, reader);
        }
        Some(other) => Err(format!("message {}", short(other))),
    };
    match read {
        Ok((trigger, root)) => {
            let conversation = Some(ConversationId::of_thread(&reader.ours.team, channel, &root));
            Arrival { key, also: None, conversation, trigger }
        }
        Err(why) => unordered(key, unknown(why)),
    }
}

fn read_new(
    payload: &Value,
    event: &Value,
    channel: &str,
    channel_kind: ChannelKind,
    key: String,
    reader: &Reader,
) -> Arrival {
    let ours = &reader.ours;
    if is_own(event, ours) {
        return unordered(key, unknown("own message"));
    }
    let Some(ts) = event.text("ts") else {
        return unordered(key, unknown("a message without a time stamp"));
    };
    let Some(author) = event.text("user").or_else(|| event.text("bot_id")) else {
        return unordered(key, unknown("a message without an author"));
    };
    let (by, external) = author_of(payload, event, author, ours);
    let said = event.text("text").unwrap_or_default();
    let message = Message {
        by,
        bot_name: bot_name(event),
        channel: channel.to_owned(),
        channel_kind,
        ts: ts.to_owned(),
        thread_ts: event.text("thread_ts").filter(|root| *root != ts).map(str::to_owned),
        text: said.to_owned(),
        mentions_us: event.text("type") == Some("app_mention") || mentions(event, said, &ours.user),
        mentions_groups: text::mentioned_groups(said),
        external,
    };
    Arrival {
        key,
        also: Some(format!("message:{}:{channel}:{ts}", ours.team)),
        conversation: Some(ConversationId::of_thread(&ours.team, channel, message.root_ts())),
        trigger: Trigger::Message(message),
    }
}

type Read = Result<(Trigger, String), String>;

/// An edit by its author. Unfurls, reply counts and our own edits look alike, and say nothing new.
fn read_edit(payload: &Value, event: &Value, channel: &str, reader: &Reader) -> Read {
    let ours = &reader.ours;
    let (now, before) = (event.at("message"), event.at("previous_message"));
    if is_own(now, ours) || is_own(event, ours) {
        return Err("own message".to_owned());
    }
    let ts = now.text("ts").ok_or("an edit without a time stamp")?;
    if now.text("subtype") == Some("tombstone") {
        return Ok((deleted(channel, ts), ts.to_owned()));
    }
    let new_text = now.text("text").unwrap_or_default();
    if before.is_object() && before.text("text").unwrap_or_default() == new_text {
        return Err("an edit that left the text as it was".to_owned());
    }
    let editor = now.at("edited").text("user").or_else(|| now.text("user")).or_else(|| now.text("bot_id"));
    let (by, _external) = author_of(payload, now, editor.ok_or("an edit without an author")?, ours);
    let thread_ts = now.text("thread_ts").filter(|root| *root != ts).map(str::to_owned);
    let root = thread_ts.clone().unwrap_or_else(|| ts.to_owned());
    let edited =
        MessageEdited { by, channel: channel.to_owned(), ts: ts.to_owned(), thread_ts, new_text: new_text.to_owned() };
    Ok((Trigger::MessageEdited(edited), root))
}

fn read_deletion(event: &Value, channel: &str) -> Read {
    let before = event.at("previous_message");
    let ts = event.text("deleted_ts").or_else(|| before.text("ts")).ok_or("a deletion without a time stamp")?;
    let root = before.text("thread_ts").unwrap_or(ts).to_owned();
    Ok((deleted(channel, ts), root))
}

fn deleted(channel: &str, ts: &str) -> Trigger {
    Trigger::MessageDeleted(MessageDeleted { channel: channel.to_owned(), ts: ts.to_owned() })
}

/// All shapes in which our own words come back: by bot id, by app id, by account.
fn is_own(message: &Value, ours: &Ours) -> bool {
    let profile = message.at("bot_profile");
    let is = |found: Option<&str>, own: Option<&str>| found.is_some() && found == own;
    is(message.text("user"), Some(&ours.user))
        || is(message.text("bot_id"), ours.bot.as_deref())
        || is(profile.text("id"), ours.bot.as_deref())
        || is(message.text("app_id"), ours.app.as_deref())
        || is(profile.text("app_id"), ours.app.as_deref())
}

/// The author with the workspace of the author, and whether that is not ours. In a channel shared with another company an
/// author whose workspace is not told counts as external.
fn author_of(payload: &Value, message: &Value, user: &str, ours: &Ours) -> (SlackUser, bool) {
    let team = message.text("user_team").or_else(|| message.text("source_team")).or_else(|| message.text("team"));
    let shared = payload.flag("is_ext_shared_channel");
    match team {
        Some(team) => (account(team, user), team != ours.team),
        None if shared => (account("", user), true),
        None => (account(&ours.team, user), false),
    }
}

fn bot_name(event: &Value) -> Option<String> {
    let id = event.text("bot_id");
    if id.is_none() && event.text("subtype") != Some("bot_message") {
        return None;
    }
    let name = event.at("bot_profile").text("name").or_else(|| event.text("username")).or(id);
    Some(name.unwrap_or("bot").to_owned())
}

/// In the text, or where a bot without text would put it: in blocks and attachments. `message` and `app_mention` carry the
/// same of both, so the order in which they arrive does not matter.
fn mentions(event: &Value, said: &str, us: &str) -> bool {
    text::mentions(said, us)
        || event.items("blocks").iter().any(|block| holds_mention(block, us, SEARCH_DEPTH))
        || event.items("attachments").iter().any(|attachment| {
            ["pretext", "text"].iter().any(|key| attachment.text(key).is_some_and(|said| text::mentions(said, us)))
        })
}

fn holds_mention(node: &Value, us: &str, depth: usize) -> bool {
    if node.text("type") == Some("user") && node.text("user_id") == Some(us) {
        return true;
    }
    depth > 0 && node.items("elements").iter().any(|inner| holds_mention(inner, us, depth - 1))
}

/// `message` says what the channel is, and is remembered for `app_mention`, which does not.
fn channel_kind(event: &Value, channel: &str, reader: &Reader) -> ChannelKind {
    let told = match event.text("channel_type") {
        Some("channel") => ChannelKind::Public,
        Some("group") => ChannelKind::Private,
        Some("im") => ChannelKind::Direct,
        Some("mpim") => ChannelKind::Group,
        Some(_) | None => return reader.kinds.of(channel),
    };
    reader.kinds.learn(channel, told);
    told
}
