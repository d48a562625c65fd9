//! The app itself: who am I, open a socket, which team.

use serde_json::{Value, json};

use super::args::{ApiError, Args};
use crate::sandbox::state::State;

pub(super) fn api_test(_: &mut State, args: &Args) -> Result<Value, ApiError> {
    match args.text("error")? {
        Some(error) => Err(ApiError::state(error)),
        None => Ok(json!({ "args": args.for_log() })),
    }
}

pub(super) fn auth_test(state: &mut State, _: &Args) -> Result<Value, ApiError> {
    Ok(json!({
        "url": format!("https://{}.slack.com/", state.team.domain), "team": state.team.name,
        "user": state.app.bot_handle, "team_id": state.team.id, "user_id": state.app.bot_user_id,
        "bot_id": state.app.bot_id, "is_enterprise_install": false,
    }))
}

pub(super) fn connections_open(state: &mut State, _: &Args) -> Result<Value, ApiError> {
    if !state.app.socket_mode {
        return Err(ApiError::state("socket_mode_disabled"));
    }
    Ok(json!({ "url": state.new_ticket_url() }))
}

pub(super) fn team_info(state: &mut State, args: &Args) -> Result<Value, ApiError> {
    if args.text("team")?.is_some_and(|team| team != state.team.id) {
        return Err(ApiError::state("team_not_found"));
    }
    let team = &state.team;
    Ok(json!({ "team": {
        "id": team.id, "name": team.name, "domain": team.domain, "email_domain": "", "icon": {},
        "url": format!("https://{}.slack.com/", team.domain),
    }}))
}

pub(super) fn bots_info(state: &mut State, args: &Args) -> Result<Value, ApiError> {
    if args.text("bot")?.is_some_and(|bot| bot != state.app.bot_id) {
        return Err(ApiError::state("bot_not_found"));
    }
    Ok(json!({ "bot": {
        "id": state.app.bot_id, "deleted": false, "name": state.app.bot_name, "updated": 0,
        "app_id": state.app.app_id, "user_id": state.app.bot_user_id, "icons": {},
    }}))
}
