//! `users.*`.

use serde_json::{Value, json};

use super::args::{ApiError, Args, page};
use crate::sandbox::config::UserSpec;
use crate::sandbox::state::State;

impl State {
    /// A person as `users.info` and `user_change` show them; the address only with `users:read.email`.
    pub fn user_json(&self, user: &UserSpec) -> Value {
        let tz = if user.tz.is_empty() { "UTC" } else { &user.tz };
        let mut out = json!({
            "id": user.id, "team_id": user.other_team.as_ref().unwrap_or(&self.team.id), "name": user.handle,
            "deleted": user.deleted, "real_name": user.real_name, "tz": tz, "tz_label": tz,
            "tz_offset": tz_offset(tz, self.now()), "is_admin": user.is_admin, "is_owner": false,
            "is_primary_owner": false, "is_restricted": user.is_guest || user.is_single_channel_guest,
            "is_ultra_restricted": user.is_single_channel_guest, "is_bot": user.is_bot, "is_app_user": false,
            "updated": self.now() / crate::sandbox::clock::SECOND, "is_email_confirmed": user.email.is_some(),
            "who_can_share_contact_card": "EVERYONE", "profile": self.profile_json(user),
        });
        if user.other_team.is_some() {
            out["is_stranger"] = json!(true);
        }
        out
    }

    fn profile_json(&self, user: &UserSpec) -> Value {
        let mut profile = json!({
            "real_name": user.real_name, "real_name_normalized": user.real_name, "display_name": user.handle,
            "display_name_normalized": user.handle, "title": "", "phone": "", "status_text": "", "status_emoji": "",
            "avatar_hash": "", "team": user.other_team.as_ref().unwrap_or(&self.team.id),
        });
        if self.has_scope("users:read.email")
            && let Some(email) = &user.email
        {
            profile["email"] = json!(email);
        }
        if user.id == self.app.bot_user_id {
            profile["bot_id"] = json!(self.app.bot_id);
            profile["api_app_id"] = json!(self.app.app_id);
        }
        profile
    }
}

/// Seconds east of Greenwich at that instant; 0 for a zone nobody knows.
fn tz_offset(tz: &str, micros: i64) -> i32 {
    use chrono::{Offset, TimeZone};
    let Ok(zone) = tz.parse::<chrono_tz::Tz>() else { return 0 };
    let at = chrono::DateTime::from_timestamp_micros(micros).unwrap_or_default();
    zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc()
}

pub(super) fn list(state: &mut State, args: &Args) -> Result<Value, ApiError> {
    let all: Vec<Value> = state.users.values().map(|u| state.user_json(u)).collect();
    let (members, next) = page(&all, args, 1000, 1000)?;
    Ok(json!({
        "members": members, "cache_ts": state.now() / crate::sandbox::clock::SECOND,
        "response_metadata": { "next_cursor": next },
    }))
}

pub(super) fn info(state: &mut State, args: &Args) -> Result<Value, ApiError> {
    let user = state.users.get(args.required("user")?).ok_or_else(|| ApiError::state("user_not_found"))?;
    Ok(json!({ "user": state.user_json(user) }))
}

pub(super) fn lookup_by_email(state: &mut State, args: &Args) -> Result<Value, ApiError> {
    let email = args.required("email")?;
    let user = state
        .users
        .values()
        .find(|u| !u.deleted && u.email.as_ref().is_some_and(|e| e.eq_ignore_ascii_case(email)))
        .ok_or_else(|| ApiError::state("users_not_found"))?;
    Ok(json!({ "user": state.user_json(user) }))
}

pub(super) fn profile_get(state: &mut State, args: &Args) -> Result<Value, ApiError> {
    let id = args.text("user")?.unwrap_or(state.bot_user());
    let user = state.users.get(id).ok_or_else(|| ApiError::state("user_not_found"))?;
    Ok(json!({ "profile": state.profile_json(user) }))
}
