//! `interactive` and `slash_commands` payloads: what a person pressed, sent off, closed or typed.
//!
//! These are never redelivered, so nothing in them is reason enough to withhold an acknowledgement.

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::super::json::Look;
use super::{Reader, account, digest, hex, short, unknown, unordered, verb_of};
use crate::ids::ConversationId;
use crate::inbox::{
    Arrival, ChannelKind, Click, Command, Container, Shortcut, ShortcutMessage, Submission, Trigger, ViewClosed,
};
use crate::workers::SlackUser;

pub(super) fn read(payload: &Value, reader: &Reader) -> Arrival {
    let fallback = || format!("click:{}:sha256:{}", reader.ours.team, digest(&without_secrets(payload)));
    if let Some(why) = foreign(payload.at("team").text("id"), payload, reader) {
        return unordered(fallback(), unknown(why));
    }
    let kind = payload.text("type").unwrap_or("untyped");
    let read = match kind {
        "block_actions" => read_click(payload, reader),
        "view_submission" => read_submission(payload, reader),
        "view_closed" => read_closed(payload, reader),
        "shortcut" | "message_action" => read_shortcut(payload, reader),
        _later_than_this_version => None,
    };
    read.unwrap_or_else(|| unordered(fallback(), unknown(format!("interaction {}", short(kind)))))
}

/// A slash command. Its key is a digest of the `trigger_id`, never the id itself, which is a secret.
pub(super) fn read_command(payload: &Value, reader: &Reader, envelope_id: &str) -> Arrival {
    let team = &reader.ours.team;
    let once = payload.text("trigger_id").unwrap_or(envelope_id);
    let key = format!("command:{team}:{}", hex(&Sha256::digest(once.as_bytes())));
    if let Some(why) = foreign(payload.text("team_id"), payload, reader) {
        return unordered(key, unknown(why));
    }
    let (Some(user), Some(channel), Some(command)) =
        (payload.text("user_id"), payload.text("channel_id"), payload.text("command"))
    else {
        return unordered(key, unknown("a command without account, channel or name"));
    };
    let channel_kind = match payload.text("channel_name") {
        Some("directmessage") => ChannelKind::Direct,
        // Slack writes this for private channels and for group messages alike.
        Some("privategroup") if channel.starts_with('C') => reader.kinds.of(channel),
        Some("privategroup") => ChannelKind::Private,
        Some(name) if name.starts_with("mpdm-") => ChannelKind::Group,
        Some(_) => ChannelKind::Public,
        None => reader.kinds.of(channel),
    };
    let command = Command {
        by: account(team, user),
        channel: channel.to_owned(),
        channel_kind,
        command: command.to_owned(),
        text: payload.text("text").unwrap_or_default().to_owned(),
    };
    unordered(key, Trigger::Command(command))
}

fn foreign(team: Option<&str>, payload: &Value, reader: &Reader) -> Option<&'static str> {
    let ours = &reader.ours;
    if team != Some(&ours.team) {
        return Some("an interaction of another workspace");
    }
    match (payload.text("api_app_id"), &ours.app) {
        (Some(theirs), Some(app)) if theirs != app => Some("an interaction of another app"),
        (Some(_) | None, Some(_) | None) => None,
    }
}

/// The account that acted, with its own workspace: a guest from a shared channel has another than ours.
fn actor(payload: &Value, reader: &Reader) -> Option<SlackUser> {
    let user = payload.at("user");
    Some(account(user.text("team_id").unwrap_or(&reader.ours.team), user.text("id")?))
}

fn read_click(payload: &Value, reader: &Reader) -> Option<Arrival> {
    let team = &reader.ours.team;
    let action = payload.items("actions").first()?;
    let by = actor(payload, reader)?;
    let raw_id = action.text("action_id")?;
    let action_ts = action.text("action_ts").unwrap_or_default();
    let container = read_container(payload)?;
    let (place, conversation) = match &container {
        Container::Message { channel, ts, thread_ts, .. } => {
            let root = thread_ts.as_deref().unwrap_or(ts);
            (format!("{channel}:{ts}"), Some(ConversationId::of_thread(team, channel, root)))
        }
        Container::View { view_id } => (view_id.clone(), None),
        Container::Home => (payload.at("view").text("id").unwrap_or("home").to_owned(), None),
    };
    let key = format!("click:{team}:{place}:{raw_id}:{}:{action_ts}", by.user);
    let click = Click {
        by,
        action_id: verb_of(raw_id).to_owned(),
        value: value_of(action).unwrap_or_default(),
        container,
        action_ts: action_ts.to_owned(),
        fields: fields_of(payload.at("state").at("values"), payload.at("view")),
    };
    Some(Arrival { key, also: None, conversation, trigger: Trigger::Click(click) })
}

/// Clicks on ephemeral messages and on the Home tab have no `message`; `container` is there for all of them.
fn read_container(payload: &Value) -> Option<Container> {
    let container = payload.at("container");
    let message = payload.at("message");
    let channel = container.text("channel_id").or_else(|| payload.at("channel").text("id"));
    let ts = container.text("message_ts").or_else(|| message.text("ts"));
    if let (Some(channel), Some(ts)) = (channel, ts) {
        let root = container.text("thread_ts").or_else(|| message.text("thread_ts"));
        return Some(Container::Message {
            channel: channel.to_owned(),
            ts: ts.to_owned(),
            thread_ts: root.filter(|root| *root != ts).map(str::to_owned),
            ephemeral: container.flag("is_ephemeral"),
        });
    }
    let view = payload.at("view");
    if view.text("type") == Some("home") {
        return Some(Container::Home);
    }
    let view_id = container.text("view_id").or_else(|| view.text("id"))?.to_owned();
    Some(Container::View { view_id })
}

fn read_submission(payload: &Value, reader: &Reader) -> Option<Arrival> {
    let view = payload.at("view");
    let view_id = view.text("id")?.to_owned();
    let view_hash = view.text("hash").unwrap_or_default().to_owned();
    let submission = Submission {
        by: actor(payload, reader)?,
        callback_id: verb_of(view.text("callback_id")?).to_owned(),
        private_metadata: view.text("private_metadata").unwrap_or_default().to_owned(),
        fields: fields_of(&Value::Null, view),
        view_id,
        view_hash,
    };
    let key = format!("view:{}:{}:{}", reader.ours.team, submission.view_id, submission.view_hash);
    Some(unordered(key, Trigger::Submission(submission)))
}

fn read_closed(payload: &Value, reader: &Reader) -> Option<Arrival> {
    let view = payload.at("view");
    let view_id = view.text("id")?.to_owned();
    let key = format!("view:{}:{view_id}:closed", reader.ours.team);
    let callback_id = verb_of(view.text("callback_id").unwrap_or_default()).to_owned();
    Some(unordered(key, Trigger::ViewClosed(ViewClosed { by: actor(payload, reader)?, view_id, callback_id })))
}

fn read_shortcut(payload: &Value, reader: &Reader) -> Option<Arrival> {
    let by = actor(payload, reader)?;
    let callback_id = payload.text("callback_id")?.to_owned();
    let action_ts = payload.text("action_ts").unwrap_or_default();
    let key = format!("shortcut:{}:{}:{callback_id}:{action_ts}", reader.ours.team, by.user);
    let said = payload.at("message");
    let message = match (payload.at("channel").text("id"), said.text("ts")) {
        (Some(channel), Some(ts)) => Some(ShortcutMessage {
            channel: channel.to_owned(),
            ts: ts.to_owned(),
            thread_ts: said.text("thread_ts").filter(|root| *root != ts).map(str::to_owned),
            author: said.text("user").or_else(|| said.text("bot_id")).map(str::to_owned),
            text: said.text("text").unwrap_or_default().to_owned(),
        }),
        (Some(_) | None, Some(_) | None) => None,
    };
    let conversation = message.as_ref().map(|message| {
        let root = message.thread_ts.as_deref().unwrap_or(&message.ts);
        ConversationId::of_thread(&reader.ours.team, &message.channel, root)
    });
    let trigger = Trigger::Shortcut(Shortcut { by, callback_id, message });
    Some(Arrival { key, also: None, conversation, trigger })
}

/// `state.values` of a message, or of the view: block id → action id → element. The field's id is the action id.
fn fields_of(state: &Value, view: &Value) -> Vec<(String, String)> {
    let state = if state.is_object() { state } else { view.at("state").at("values") };
    let blocks = state.as_object().into_iter().flat_map(serde_json::Map::values);
    let elements = blocks.filter_map(Value::as_object).flatten();
    elements.filter_map(|(id, element)| Some((verb_of(id).to_owned(), value_of(element)?))).collect()
}

/// What an element holds, as text; several choices are joined by commas. `None` while nothing is chosen.
fn value_of(element: &Value) -> Option<String> {
    let choice = |option: &Value| option.text("value").map(str::to_owned);
    let joined = |items: &[Value], read: &dyn Fn(&Value) -> Option<String>| {
        Some(items.iter().filter_map(read).collect::<Vec<_>>().join(","))
    };
    let id = |item: &Value| item.as_str().map(str::to_owned);
    match element.text("type")? {
        "multi_static_select" | "multi_external_select" | "checkboxes" => {
            joined(element.items("selected_options"), &choice)
        }
        "multi_users_select" => joined(element.items("selected_users"), &id),
        "multi_conversations_select" => joined(element.items("selected_conversations"), &id),
        "multi_channels_select" => joined(element.items("selected_channels"), &id),
        "datetimepicker" => element.at("selected_date_time").as_i64().map(|at| at.to_string()),
        _single => {
            let plain = ["value", "selected_user", "selected_conversation", "selected_channel"];
            let dated = ["selected_date", "selected_time"];
            let found = plain.iter().chain(&dated).find_map(|key| element.text(key)).map(str::to_owned);
            found.or_else(|| choice(element.at("selected_option")))
        }
    }
}

/// The payload without its bearer secrets, so that not even a digest depends on them.
fn without_secrets(payload: &Value) -> Value {
    let mut rest = payload.clone();
    if let Some(map) = rest.as_object_mut() {
        for secret in ["response_url", "response_urls", "trigger_id", "token"] {
            map.remove(secret);
        }
    }
    rest
}
