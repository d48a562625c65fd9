//! `usergroups.*`, reading only.

use serde_json::{Value, json};

use super::args::{ApiError, Args};
use crate::sandbox::state::{Group, State};

impl State {
    pub fn group_json(&self, group: &Group, users: bool) -> Value {
        let mut out = json!({
            "id": group.id, "team_id": self.team.id, "is_usergroup": true, "is_subteam": true, "name": group.name,
            "handle": group.handle, "description": "", "is_external": false, "date_delete": 0, "auto_type": null,
            "user_count": group.members.len(), "prefs": { "channels": [], "groups": [] },
        });
        if users {
            out["users"] = json!(group.members);
        }
        out
    }
}

pub(super) fn list(state: &mut State, args: &Args) -> Result<Value, ApiError> {
    let users = args.flag("include_users") == Some(true);
    let groups: Vec<Value> = state.groups.values().map(|g| state.group_json(g, users)).collect();
    Ok(json!({ "usergroups": groups }))
}

pub(super) fn users_list(state: &mut State, args: &Args) -> Result<Value, ApiError> {
    let group = state.groups.get(args.required("usergroup")?).ok_or_else(|| ApiError::state("no_such_subteam"))?;
    Ok(json!({ "users": group.members }))
}
