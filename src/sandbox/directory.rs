//! Changes to the workspace itself: people come and go, join and leave, groups and channels change.

use serde_json::{Value, json};

use super::config::{AppSpec, UserSpec, derived_id};
use super::message::Message;
use super::state::{Channel, Group, State};
use super::{Refused, Sandbox};

impl Sandbox {
    /// Someone joins the workspace.
    pub fn hires(&self, mut user: UserSpec) -> Result<String, Refused> {
        self.with(|s| {
            if user.id.is_empty() {
                user.id = derived_id("U0", &user.handle);
            }
            if s.users.contains_key(&user.id) || s.users.values().any(|u| u.handle == user.handle) {
                return Err(Refused(format!("@{} exists already", user.handle)));
            }
            let id = user.id.clone();
            let shown = s.user_json(&user);
            s.users.insert(id.clone(), user);
            s.emit(Some("users:read"), None, json!({ "type": "team_join", "user": shown }));
            Ok(id)
        })
    }

    /// An administrator deactivates an account.
    pub fn deactivates(&self, user: &str) -> Result<(), Refused> {
        self.changes_user(user, |u| u.deleted = true)
    }

    pub fn reactivates(&self, user: &str) -> Result<(), Refused> {
        self.changes_user(user, |u| u.deleted = false)
    }

    /// Any change of a person's record; the app hears `user_change`.
    pub fn changes_user(&self, user: &str, change: impl FnOnce(&mut UserSpec)) -> Result<(), Refused> {
        self.with(|s| {
            let id = s.user_id(user)?;
            if let Some(found) = s.users.get_mut(&id) {
                change(found);
            }
            let shown = s.users.get(&id).map(|u| s.user_json(u)).unwrap_or_default();
            let now = s.now() / super::clock::SECOND;
            s.emit(Some("users:read"), None, json!({ "type": "user_change", "user": shown, "cache_ts": now }));
            Ok(())
        })
    }

    pub fn joins(&self, user: &str, channel: &str) -> Result<(), Refused> {
        self.with(|s| {
            let (user, channel) = (s.active_user(user)?, s.channel_id(channel)?);
            if s.seat(&channel, &user) { Ok(()) } else { Err(Refused(format!("{user} is in {channel} already"))) }
        })
    }

    /// Leaving, or being removed: the bot too.
    pub fn leaves(&self, user: &str, channel: &str) -> Result<(), Refused> {
        self.with(|s| {
            let (user, channel) = (s.user_id(user)?, s.channel_id(channel)?);
            if s.unseat(&channel, &user) { Ok(()) } else { Err(Refused(format!("{user} is not in {channel}"))) }
        })
    }

    pub fn archives(&self, channel: &str) -> Result<(), Refused> {
        self.changes_channel(channel, "channel_archive", |c| c.archived = true)
    }

    pub fn unarchives(&self, channel: &str) -> Result<(), Refused> {
        self.changes_channel(channel, "channel_unarchive", |c| c.archived = false)
    }

    pub fn renames_channel(&self, channel: &str, name: &str) -> Result<(), Refused> {
        self.changes_channel(channel, "channel_rename", |c| c.name = name.to_owned())
    }

    fn changes_channel(&self, channel: &str, event: &str, change: impl FnOnce(&mut Channel)) -> Result<(), Refused> {
        self.with(|s| {
            let id = s.channel_id(channel)?;
            if let Some(found) = s.channels.get_mut(&id) {
                change(found);
            }
            let found = s.channel(&id)?;
            let inner = if event == "channel_rename" {
                json!({ "type": event, "channel": {
                    "id": id, "name": found.name, "created": found.created / super::clock::SECOND } })
            } else {
                json!({ "type": event, "channel": id, "is_moved": 0 })
            };
            s.emit(Some("channels:read"), Some(&id), inner);
            Ok(())
        })
    }

    /// Changes the app's own settings while it runs: scopes, subscriptions, tokens. Slack tells nobody.
    pub fn changes_app(&self, change: impl FnOnce(&mut AppSpec)) {
        self.with(|s| change(&mut s.app));
    }

    /// An administrator removes the app: it hears so, then its tokens are worth nothing.
    pub fn uninstalls(&self) {
        self.with(|s| {
            let bot = s.app.bot_user_id.clone();
            s.emit(None, None, json!({ "type": "app_uninstalled" }));
            s.emit(None, None, json!({ "type": "tokens_revoked", "tokens": { "oauth": [], "bot": [bot] } }));
            s.installed = false;
        });
    }

    /// A new user group; gives its id.
    pub fn makes_group(&self, handle: &str, name: &str, members: &[&str]) -> Result<String, Refused> {
        self.with(|s| {
            let members = members.iter().map(|m| s.user_id(m)).collect::<Result<_, _>>()?;
            let id = derived_id("S0", handle);
            let group = Group { id: id.clone(), handle: handle.to_owned(), name: name.to_owned(), members };
            let shown = s.group_json(&group, true);
            s.groups.insert(id.clone(), group);
            s.emit(Some("usergroups:read"), None, json!({ "type": "subteam_created", "subteam": shown }));
            Ok(id)
        })
    }

    /// Sets a group's members; the app hears the difference and the whole.
    pub fn sets_group(&self, handle: &str, members: &[&str]) -> Result<(), Refused> {
        self.with(|s| {
            let members: std::collections::BTreeSet<String> =
                members.iter().map(|m| s.user_id(m)).collect::<Result<_, _>>()?;
            let handle = handle.trim_start_matches('@');
            let id = s
                .groups
                .values()
                .find(|g| g.handle == handle || g.id == handle)
                .map(|g| g.id.clone())
                .ok_or_else(|| Refused(format!("there is no group {handle}")))?;
            s.set_group(&id, members);
            Ok(())
        })
    }
}

impl State {
    /// Puts a person into a channel; `false` when they are there already.
    pub fn seat(&mut self, channel: &str, user: &str) -> bool {
        let Some(found) = self.channels.get_mut(channel) else { return false };
        if !found.members.insert(user.to_owned()) {
            return false;
        }
        self.announce(channel, user, "channel_join", "has joined the channel");
        let inner = self.membership("member_joined_channel", channel, user);
        self.emit(Some("channels:read"), Some(channel), inner);
        true
    }

    fn unseat(&mut self, channel: &str, user: &str) -> bool {
        let Some(found) = self.channels.get_mut(channel) else { return false };
        if !found.members.contains(user) {
            return false;
        }
        // Said while they are still inside, so that a bot hears of its own removal.
        let inner = self.membership("member_left_channel", channel, user);
        self.emit(Some("channels:read"), Some(channel), inner);
        if let Some(found) = self.channels.get_mut(channel) {
            found.members.remove(user);
        }
        self.announce(channel, user, "channel_leave", "has left the channel");
        true
    }

    fn membership(&self, event: &str, channel: &str, user: &str) -> Value {
        let is_public = self.channels.get(channel).is_some_and(|c| c.kind == super::state::ChannelKind::Public);
        let kind = if is_public { "C" } else { "G" };
        json!({ "type": event, "user": user, "channel": channel, "channel_type": kind, "team": self.team.id })
    }

    fn announce(&mut self, channel: &str, user: &str, subtype: &str, text: &str) {
        let message = Message {
            user: user.to_owned(),
            subtype: Some(subtype.to_owned()),
            text: format!("<@{user}> {text}"),
            ..Message::default()
        };
        self.post(channel, message);
    }

    fn set_group(&mut self, id: &str, members: std::collections::BTreeSet<String>) {
        let Some(group) = self.groups.get_mut(id) else { return };
        let before = std::mem::replace(&mut group.members, members);
        let group = group.clone();
        let added: Vec<&String> = group.members.difference(&before).collect();
        let removed: Vec<&String> = before.difference(&group.members).collect();
        let now = self.now() / super::clock::SECOND;
        let delta = json!({
            "type": "subteam_members_changed", "subteam_id": id, "team_id": self.team.id,
            "date_previous_update": now, "date_update": now,
            "added_users": added, "added_users_count": added.len(),
            "removed_users": removed, "removed_users_count": removed.len(),
        });
        self.emit(Some("usergroups:read"), None, delta);
        let shown = self.group_json(&group, true);
        self.emit(Some("usergroups:read"), None, json!({ "type": "subteam_updated", "subteam": shown }));
    }
}
