//! `reactions.*`.

use serde_json::{Value, json};

use super::args::{ApiError, Args};
use super::chat::visible;
use crate::sandbox::state::State;

fn place(state: &State, args: &Args) -> Result<(String, String), ApiError> {
    let channel = visible(state, args.required("channel")?)?;
    let ts = args.required("timestamp")?;
    let found = state.channels.get(&channel).ok_or_else(|| ApiError::state("channel_not_found"))?;
    if !found.messages.contains_key(ts) {
        return Err(ApiError::state("message_not_found"));
    }
    if !found.members.contains(state.bot_user()) {
        return Err(ApiError::state("not_in_channel"));
    }
    if found.archived {
        return Err(ApiError::state("is_archived"));
    }
    Ok((channel, ts.to_owned()))
}

/// Names are given without colons; the sandbox knows no list of emoji, only what a name looks like.
fn name(args: &Args) -> Result<&str, ApiError> {
    let name = args.required("name")?;
    let fine = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-+:".contains(c));
    if fine && !name.starts_with(':') { Ok(name) } else { Err(ApiError::malformed("invalid_name", Vec::new())) }
}

pub(super) fn add(state: &mut State, args: &Args) -> Result<Value, ApiError> {
    let name = name(args)?;
    let (channel, ts) = place(state, args)?;
    let bot = state.app.bot_user_id.clone();
    if state.react(&bot, &channel, &ts, name, true) { Ok(json!({})) } else { Err(ApiError::state("already_reacted")) }
}

pub(super) fn remove(state: &mut State, args: &Args) -> Result<Value, ApiError> {
    let name = name(args)?;
    let (channel, ts) = place(state, args)?;
    let bot = state.app.bot_user_id.clone();
    if state.react(&bot, &channel, &ts, name, false) { Ok(json!({})) } else { Err(ApiError::state("no_reaction")) }
}

pub(super) fn get(state: &mut State, args: &Args) -> Result<Value, ApiError> {
    let (channel, ts) = place(state, args)?;
    let message = state.channels.get(&channel).and_then(|c| c.messages.get(&ts));
    let message = message.ok_or_else(|| ApiError::state("message_not_found"))?;
    Ok(json!({ "type": "message", "channel": channel, "message": message.to_json(state) }))
}
