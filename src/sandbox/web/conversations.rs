//! `conversations.*`.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::args::{ApiError, Args, page};
use super::chat::visible;
use crate::sandbox::clock::SECOND;
use crate::sandbox::message::Message;
use crate::sandbox::state::{Channel, ChannelKind, State};

fn channel_json(state: &State, channel: &Channel) -> Value {
    let is_member = channel.members.contains(state.bot_user());
    if let Some(partner) = channel.im_partner(state.bot_user()) {
        return json!({
            "id": channel.id, "created": channel.created / SECOND, "is_archived": channel.archived, "is_im": true,
            "is_mpim": false, "is_org_shared": false, "user": partner, "context_team_id": state.team.id,
            "is_user_deleted": state.users.get(partner).is_some_and(|u| u.deleted), "priority": 0,
        });
    }
    json!({
        "id": channel.id, "name": channel.name, "name_normalized": channel.name,
        "is_channel": channel.kind == ChannelKind::Public, "is_group": channel.kind == ChannelKind::Private,
        "is_im": false, "is_mpim": channel.kind == ChannelKind::Mpim,
        "is_private": channel.kind != ChannelKind::Public, "created": channel.created / SECOND,
        "is_archived": channel.archived, "is_general": channel.name == "general", "unlinked": 0,
        "is_shared": channel.external, "is_ext_shared": channel.external, "is_org_shared": false,
        "is_pending_ext_shared": false, "context_team_id": state.team.id, "is_member": is_member,
        "topic": { "value": channel.topic, "creator": "", "last_set": 0 },
        "purpose": { "value": "", "creator": "", "last_set": 0 }, "previous_names": [],
    })
}

/// The scope of a family (`read`, `history`) that this conversation's kind needs.
fn need(state: &State, channel: &str, right: &str) -> Result<(), ApiError> {
    let family = state.channels.get(channel).map_or("channels", |c| c.kind.family());
    let scope = format!("{family}:{right}");
    if state.has_scope(&scope) { Ok(()) } else { Err(ApiError::missing_scope(&scope, &state.app.bot_scopes)) }
}

pub(super) fn list(state: &mut State, args: &Args) -> Result<Value, ApiError> {
    let types = args.text("types")?.unwrap_or("public_channel");
    let mut kinds = Vec::new();
    for word in types.split(',').map(str::trim) {
        let kind = match word {
            "public_channel" => ChannelKind::Public,
            "private_channel" => ChannelKind::Private,
            "im" => ChannelKind::Im,
            "mpim" => ChannelKind::Mpim,
            _ => return Err(ApiError::malformed("invalid_types", Vec::new())),
        };
        let scope = format!("{}:read", kind.family());
        if !state.has_scope(&scope) {
            return Err(ApiError::missing_scope(&scope, &state.app.bot_scopes));
        }
        kinds.push(kind);
    }
    let skip_archived = args.flag("exclude_archived") == Some(true);
    let found: Vec<Value> = state
        .channels
        .values()
        .filter(|c| kinds.contains(&c.kind) && !(skip_archived && c.archived))
        .filter(|c| c.kind == ChannelKind::Public || c.members.contains(state.bot_user()))
        .map(|c| {
            let mut out = channel_json(state, c);
            if c.kind != ChannelKind::Im {
                out["num_members"] = json!(c.members.len());
            }
            out
        })
        .collect();
    let (channels, next) = page(&found, args, 100, 1000)?;
    Ok(json!({ "channels": channels, "response_metadata": { "next_cursor": next } }))
}

pub(super) fn info(state: &mut State, args: &Args) -> Result<Value, ApiError> {
    let id = visible(state, args.required("channel")?)?;
    need(state, &id, "read")?;
    let channel = state.channels.get(&id).ok_or_else(|| ApiError::state("channel_not_found"))?;
    let mut out = channel_json(state, channel);
    if args.flag("include_num_members") == Some(true) {
        out["num_members"] = json!(channel.members.len());
    }
    Ok(json!({ "channel": out }))
}

pub(super) fn members(state: &mut State, args: &Args) -> Result<Value, ApiError> {
    let id = visible(state, args.required("channel")?)?;
    need(state, &id, "read")?;
    let all: Vec<String> = state.channels.get(&id).map(|c| c.members.iter().cloned().collect()).unwrap_or_default();
    let (members, next) = page(&all, args, 100, 1000)?;
    Ok(json!({ "members": members, "response_metadata": { "next_cursor": next } }))
}

/// A conversation whose messages the app may read: it is a member and holds the history scope of its kind.
fn readable(state: &State, args: &Args) -> Result<String, ApiError> {
    let id = visible(state, args.required("channel")?)?;
    need(state, &id, "history")?;
    if !state.channels.get(&id).is_some_and(|c| c.members.contains(state.bot_user())) {
        return Err(ApiError::state("not_in_channel"));
    }
    Ok(id)
}

/// Whether a ts lies within `oldest` and `latest`; the ends count only if `inclusive`.
fn window(args: &Args) -> Result<impl Fn(&str) -> bool, ApiError> {
    let key = |ts: &str| -> Result<i64, ApiError> {
        let (seconds, rest) = ts.split_once('.').unwrap_or((ts, ""));
        let micros = format!("{rest:0<6}");
        match (seconds.parse::<i64>(), micros.get(..6).and_then(|m| m.parse::<i64>().ok())) {
            (Ok(seconds), Some(micros)) => Ok(seconds.saturating_mul(SECOND).saturating_add(micros)),
            _ => Err(ApiError::malformed("invalid_ts_latest", Vec::new())),
        }
    };
    let bound = |name: &str| args.text(name)?.filter(|t| !t.is_empty()).map(key).transpose();
    let (oldest, latest) = (bound("oldest")?, bound("latest")?);
    let inclusive = args.flag("inclusive") == Some(true);
    Ok(move |ts: &str| {
        let Ok(at) = key(ts) else { return false };
        let after = oldest.is_none_or(|o| at > o || (inclusive && at == o));
        let before = latest.is_none_or(|l| at < l || (inclusive && at == l));
        after && before
    })
}

pub(super) fn history(state: &mut State, args: &Args) -> Result<Value, ApiError> {
    let id = readable(state, args)?;
    let inside = window(args)?;
    let metadata = args.flag("include_all_metadata") == Some(true);
    let channel = state.channels.get(&id).ok_or_else(|| ApiError::state("channel_not_found"))?;
    let found: Vec<&Message> =
        channel.messages.values().rev().filter(|m| (!m.is_reply() || m.broadcast) && inside(&m.ts)).collect();
    let (messages, next) = page(&found, args, 100, 999)?;
    let messages: Vec<Value> = messages.into_iter().map(|m| state.history_json(&id, m, metadata)).collect();
    Ok(json!({
        "messages": messages, "has_more": !next.is_empty(), "pin_count": 0,
        "response_metadata": { "next_cursor": next },
    }))
}

pub(super) fn replies(state: &mut State, args: &Args) -> Result<Value, ApiError> {
    let id = readable(state, args)?;
    let ts = args.required("ts")?;
    let inside = window(args)?;
    let metadata = args.flag("include_all_metadata") == Some(true);
    let channel = state.channels.get(&id).ok_or_else(|| ApiError::state("channel_not_found"))?;
    let asked = channel.messages.get(ts).ok_or_else(|| ApiError::state("thread_not_found"))?;
    let root = asked.thread_ts.clone().unwrap_or_else(|| ts.to_owned());
    let found: Vec<&Message> = channel
        .messages
        .values()
        .filter(|m| m.ts == root || (m.is_reply() && m.thread_ts.as_deref() == Some(&root) && inside(&m.ts)))
        .collect();
    let (messages, next) = page(&found, args, 1000, 1000)?;
    let messages: Vec<Value> = messages.into_iter().map(|m| state.history_json(&id, m, metadata)).collect();
    Ok(json!({ "messages": messages, "has_more": !next.is_empty(), "response_metadata": { "next_cursor": next } }))
}

pub(super) fn open(state: &mut State, args: &Args) -> Result<Value, ApiError> {
    let channel = match (args.text("channel")?, args.text("users")?) {
        (Some(channel), None) => visible(state, channel)?,
        (None, Some(users)) => {
            let mut people = BTreeSet::new();
            for user in users.split(',').map(str::trim).filter(|u| !u.is_empty()) {
                match state.users.get(user) {
                    None => return Err(ApiError::state("user_not_found")),
                    Some(found) if found.deleted => return Err(ApiError::state("user_disabled")),
                    Some(_) if user == state.bot_user() => return Err(ApiError::state("cannot_dm_bot")),
                    Some(_) => people.insert(user.to_owned()),
                };
            }
            let scope = if people.len() == 1 { "im:write" } else { "mpim:write" };
            if !state.has_scope(scope) {
                return Err(ApiError::missing_scope(scope, &state.app.bot_scopes));
            }
            match (people.len(), people.first().cloned()) {
                (1, Some(user)) => state.open_im(&user),
                (0, _) => return Err(ApiError::missing("users")),
                (2..=8, _) => state.open_mpim(&people),
                _ => return Err(ApiError::malformed("too_many_users", Vec::new())),
            }
        }
        _ => return Err(ApiError::malformed("users_list_not_supplied", Vec::new())),
    };
    let out = if args.flag("return_im") == Some(true) {
        state.channels.get(&channel).map(|c| channel_json(state, c)).unwrap_or_default()
    } else {
        json!({ "id": channel })
    };
    Ok(json!({ "channel": out, "no_op": false, "already_open": false }))
}

pub(super) fn join(state: &mut State, args: &Args) -> Result<Value, ApiError> {
    let id = visible(state, args.required("channel")?)?;
    let bot = state.app.bot_user_id.clone();
    let channel = state.channels.get(&id).ok_or_else(|| ApiError::state("channel_not_found"))?;
    if channel.kind != ChannelKind::Public {
        return Err(ApiError::state("method_not_supported_for_channel_type"));
    }
    if channel.archived {
        return Err(ApiError::state("is_archived"));
    }
    state.seat(&id, &bot);
    let channel = state.channels.get(&id).map(|c| channel_json(state, c)).unwrap_or_default();
    Ok(json!({ "channel": channel }))
}
