//! `assistant.threads.setStatus`: the line "… is thinking" under a thread.

use serde_json::{Value, json};

use super::args::{ApiError, Args};
use super::chat::visible;
use crate::sandbox::state::State;

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
