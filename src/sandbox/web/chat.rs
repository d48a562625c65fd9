//! `chat.*`: posting, editing, deleting, whispering.

use serde_json::{Value, json};

use super::args::{ApiError, Args};
use super::draft;
use crate::sandbox::clock::SECOND;
use crate::sandbox::config::Pace;
use crate::sandbox::message::Message;
use crate::sandbox::report::FindingKind;
use crate::sandbox::state::{ChannelKind, State};

pub(super) fn post_message(state: &mut State, args: &Args) -> Result<Value, ApiError> {
    let content = draft::content(state, "chat.postMessage", args)?;
    if content.is_empty() {
        return Err(ApiError::malformed("no_text", Vec::new()));
    }
    let metadata = draft::metadata(args)?.filter(|m| m != &json!({}));
    let mut message = draft::identity(state, args)?;
    let channel = place_to_post(state, args.required("channel")?)?;
    message.thread_ts = thread(state, &channel, args)?;
    message.broadcast = args.flag("reply_broadcast") == Some(true);
    if message.broadcast && message.thread_ts.is_none() {
        return Err(ApiError::malformed(
            "invalid_arguments",
            vec!["[ERROR] reply_broadcast needs thread_ts".to_owned()],
        ));
    }
    keep_pace(state, &channel)?;
    note_unfurls(state, args, content.text.as_deref().unwrap_or_default());
    message.text = content.text.unwrap_or_default();
    message.blocks = content.blocks.unwrap_or_default();
    message.attachments = content.attachments.unwrap_or_default();
    message.metadata = metadata;
    state.note_broadcasts("chat.postMessage", &message);
    let ts = state.post(&channel, message);
    let shown = own_message(state, &channel, &ts).map_or(Value::Null, |m| m.to_json(state));
    Ok(json!({ "channel": channel, "ts": ts, "message": shown }))
}

/// The channel of a post: an id of a conversation, or of a person, which means their direct messages with the app.
pub(super) fn place_to_post(state: &mut State, given: &str) -> Result<String, ApiError> {
    if state.users.contains_key(given) {
        let user = given.to_owned();
        if state.users.get(&user).is_some_and(|u| u.deleted) || user == state.app.bot_user_id {
            return Err(ApiError::state("channel_not_found"));
        }
        return Ok(state.open_im(&user));
    }
    let channel = visible(state, given)?;
    let found = state.channels.get(&channel).ok_or_else(|| ApiError::state("channel_not_found"))?;
    if found.archived {
        return Err(ApiError::state("is_archived"));
    }
    if let Some(partner) = found.im_partner(state.bot_user())
        && state.users.get(partner).is_some_and(|u| u.deleted)
    {
        return Err(ApiError::state("channel_not_found"));
    }
    let is_member = found.members.contains(state.bot_user());
    let may_from_outside = found.kind == ChannelKind::Public && state.has_scope("chat:write.public");
    if !is_member && !may_from_outside {
        return Err(ApiError::state("not_in_channel"));
    }
    Ok(channel)
}

/// A conversation that exists for the app: private ones only from inside.
pub(super) fn visible(state: &State, id: &str) -> Result<String, ApiError> {
    match state.channels.get(id) {
        Some(c) if c.kind == ChannelKind::Public || c.members.contains(state.bot_user()) => Ok(id.to_owned()),
        _ => Err(ApiError::state("channel_not_found")),
    }
}

pub(super) fn thread(state: &State, channel: &str, args: &Args) -> Result<Option<String>, ApiError> {
    let Some(ts) = args.text("thread_ts")?.filter(|ts| !ts.is_empty()) else { return Ok(None) };
    match state.channels.get(channel).and_then(|c| c.messages.get(ts)) {
        Some(root) if root.is_reply() => Err(ApiError::malformed(
            "cannot_reply_to_message",
            vec![format!("[ERROR] {ts} is itself a reply; thread_ts must be its parent's")],
        )),
        Some(_) => Ok(Some(ts.to_owned())),
        None => Err(ApiError::state("thread_not_found")),
    }
}

pub(super) fn keep_pace(state: &mut State, channel: &str) -> Result<(), ApiError> {
    let Pace::PerChannel { burst } = state.pace else { return Ok(()) };
    let now = state.now();
    let full = f64::from(burst.max(1));
    let (left, since) = state.paces.get(channel).copied().unwrap_or((full, now));
    // One message per second is earned back; microseconds of a test's clock fit a double exactly.
    let left = (left + (now - since) as f64 / SECOND as f64).min(full);
    if left < 1.0 {
        state.paces.insert(channel.to_owned(), (left, now));
        return Err(ApiError::rate_limited(1));
    }
    state.paces.insert(channel.to_owned(), (left - 1.0, now));
    Ok(())
}

fn note_unfurls(state: &mut State, args: &Args, text: &str) {
    for name in ["unfurl_links", "unfurl_media"] {
        if args.flag(name) != Some(false) {
            let start: String = text.chars().take(80).collect();
            state.report.add(FindingKind::UnfurlNotFalse, format!("chat.postMessage without {name}=false: “{start}”"));
        }
    }
}

fn own_message<'a>(state: &'a State, channel: &str, ts: &str) -> Option<&'a Message> {
    state.channels.get(channel).and_then(|c| c.messages.get(ts))
}

/// A message in a conversation that the app sees, and that the app itself wrote.
pub(super) fn writable(state: &State, args: &Args, refusal: &str) -> Result<(String, String), ApiError> {
    let channel = visible(state, args.required("channel")?)?;
    let ts = args.required("ts")?;
    let message = own_message(state, &channel, ts).ok_or_else(|| ApiError::state("message_not_found"))?;
    if message.bot_id.as_ref() != Some(&state.app.bot_id) {
        return Err(ApiError::state(refusal));
    }
    if state.channels.get(&channel).is_some_and(|c| c.archived) {
        return Err(ApiError::state("is_archived"));
    }
    Ok((channel, ts.to_owned()))
}

/// An open stream takes neither edits nor deletion.
fn grows(state: &State, channel: &str, ts: &str) -> bool {
    let stream = own_message(state, channel, ts).and_then(|message| message.stream.as_ref());
    stream.is_some_and(|stream| stream.is_open(state.now()))
}

/// Text without blocks takes the blocks away; metadata that is left out stays (Slack's `chat.update` page). Only an edit
/// of the text shows as "edited".
pub(super) fn update(state: &mut State, args: &Args) -> Result<Value, ApiError> {
    let content = draft::content(state, "chat.update", args)?;
    let metadata = draft::metadata(args)?;
    if content.is_empty() && metadata.is_none() {
        return Err(ApiError::malformed("no_text", Vec::new()));
    }
    let (channel, ts) = writable(state, args, "cant_update_message")?;
    if grows(state, &channel, &ts) {
        return Err(ApiError::state("streaming_state_conflict"));
    }
    let mark = state.next_ts();
    let bot = state.app.bot_user_id.clone();
    state.edit(&channel, &ts, |message| {
        message.stream = None;
        match (content.text, content.blocks) {
            (Some(text), None) => {
                message.text = text;
                message.blocks.clear();
                message.edited = Some((bot, mark));
            }
            (text, Some(blocks)) => {
                message.blocks = blocks;
                if let Some(text) = text {
                    message.text = text;
                }
            }
            (None, None) => {}
        }
        if let Some(attachments) = content.attachments {
            message.attachments = attachments;
        }
        if let Some(metadata) = metadata {
            message.metadata = (metadata != json!({})).then_some(metadata);
        }
    });
    let message = own_message(state, &channel, &ts).cloned().unwrap_or_default();
    state.note_broadcasts("chat.update", &message);
    Ok(json!({ "channel": channel, "ts": ts, "text": message.text, "message": message.to_json(state) }))
}

pub(super) fn delete(state: &mut State, args: &Args) -> Result<Value, ApiError> {
    let (channel, ts) = writable(state, args, "cant_delete_message")?;
    if grows(state, &channel, &ts) {
        return Err(ApiError::state("cant_delete_message"));
    }
    state.delete(&channel, &ts);
    Ok(json!({ "channel": channel, "ts": ts }))
}

pub(super) fn post_ephemeral(state: &mut State, args: &Args) -> Result<Value, ApiError> {
    let content = draft::content(state, "chat.postEphemeral", args)?;
    if content.is_empty() {
        return Err(ApiError::malformed("no_text", Vec::new()));
    }
    let mut message = draft::identity(state, args)?;
    let user = args.required("user")?.to_owned();
    let channel = place_to_post(state, args.required("channel")?)?;
    let found = state.channels.get(&channel).ok_or_else(|| ApiError::state("channel_not_found"))?;
    if !found.members.contains(&user) {
        return Err(ApiError::state("user_not_in_channel"));
    }
    message.thread_ts = thread(state, &channel, args)?;
    message.text = content.text.unwrap_or_default();
    message.blocks = content.blocks.unwrap_or_default();
    message.attachments = content.attachments.unwrap_or_default();
    state.note_broadcasts("chat.postEphemeral", &message);
    let ts = state.whisper(&channel, &user, message);
    Ok(json!({ "message_ts": ts }))
}

pub(super) fn get_permalink(state: &mut State, args: &Args) -> Result<Value, ApiError> {
    let channel = visible(state, args.required("channel")?)?;
    let ts = args.required("message_ts")?;
    let message = own_message(state, &channel, ts).ok_or_else(|| ApiError::state("message_not_found"))?;
    let place = format!("https://{}.slack.com/archives/{channel}/p{}", state.team.domain, ts.replace('.', ""));
    let link = match &message.thread_ts {
        Some(root) if root != ts => format!("{place}?thread_ts={root}&cid={channel}"),
        _ => place,
    };
    Ok(json!({ "channel": channel, "permalink": link }))
}
