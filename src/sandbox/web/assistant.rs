//! `assistant.threads.setStatus`: the line "… is thinking" under a thread; `agents.sessions.setStatus`: the session of an agent,
//! which has a Stop button while it is at work.

use serde_json::{Value, json};

use super::args::{ApiError, Args};
use super::chat::visible;
use crate::sandbox::state::State;

/// One of four words (docs.slack.dev, "agents.sessions.setStatus").
pub(super) fn set_session_status(state: &mut State, args: &Args) -> Result<Value, ApiError> {
    let channel = visible(state, args.required("channel_id")?)?;
    let thread = args.required("thread_ts")?.to_owned();
    let status = args.required("status")?.to_owned();
    if !state.channels.get(&channel).is_some_and(|c| c.messages.contains_key(&thread)) {
        return Err(ApiError::state("invalid_thread_ts"));
    }
    let doing = match status.as_str() {
        "processing" => Some("is at work"),
        "active" | "suspended" | "closed" => None,
        _ => return Err(ApiError::state("invalid_arguments")),
    };
    match doing {
        Some(doing) => state.assistant_status.insert((channel, thread), doing.to_owned()),
        None => state.assistant_status.remove(&(channel, thread)),
    };
    Ok(json!({ "status": status }))
}

pub(super) fn set_status(state: &mut State, args: &Args) -> Result<Value, ApiError> {
    let channel = visible(state, args.required("channel_id")?)?;
    let thread = args.required("thread_ts")?.to_owned();
    let Some(status) = args.text("status")? else { return Err(ApiError::missing("status")) };
    let known = state.channels.get(&channel).is_some_and(|c| c.messages.contains_key(&thread));
    if !known {
        return Err(ApiError::state("invalid_thread_ts"));
    }
    let key = (channel, thread);
    if status.is_empty() {
        state.assistant_status.remove(&key);
    } else {
        state.assistant_status.insert(key, status.to_owned());
    }
    Ok(json!({}))
}
