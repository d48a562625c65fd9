//! `events_api` payloads: the outer event, who it is for, and every inner event type of our manifest.

use serde_json::Value;

use super::super::json::Look;
use super::{Reader, account, digest, message, short, unknown, unordered};
use crate::ids::ConversationId;
use crate::inbox::{Account, Arrival, ChannelChange, Reaction, Trigger};
use crate::workers::SlackUser;

/// The arrival, and whether its key had to be a digest because the event has no id.
pub(super) fn read(payload: &Value, reader: &Reader) -> (Arrival, bool) {
    let team = &reader.ours.team;
    if payload.text("type") == Some("app_rate_limited") {
        let minute = payload.at("minute_rate_limited").as_i64().unwrap_or(0);
        let key = format!("event:{team}:rate_limited:{minute}");
        return (refuse_strangers(payload, reader, unordered(key, Trigger::RateLimited { minute })), false);
    }
    let (key, by_digest) = match payload.text("event_id") {
        Some(id) => (format!("event:{team}:{id}"), false),
        None => (format!("event:{team}:sha256:{}", digest(payload)), true),
    };
    (refuse_strangers(payload, reader, read_inner(payload, key, reader)), by_digest)
}

/// Events that were meant for another workspace or another app carry nothing over the wall but the fact that they came.
fn refuse_strangers(payload: &Value, reader: &Reader, arrival: Arrival) -> Arrival {
    let ours = &reader.ours;
    let installed_here = payload.text("team_id") == Some(&ours.team)
        || payload.items("authorizations").iter().any(|grant| grant.text("team_id") == Some(&ours.team));
    if !installed_here {
        return unordered(arrival.key, unknown("an event of another workspace"));
    }
    match (payload.text("api_app_id"), &ours.app) {
        (Some(theirs), Some(app)) if theirs != app => unordered(arrival.key, unknown("an event of another app")),
        (Some(_) | None, Some(_) | None) => arrival,
    }
}

fn read_inner(payload: &Value, key: String, reader: &Reader) -> Arrival {
    let event = payload.at("event");
    match event.text("type").unwrap_or("untyped") {
        "message" | "app_mention" => message::read(payload, event, key, reader),
        other => {
            let trigger =
                read_other(other, event, reader).unwrap_or_else(|| unknown(format!("event {}", short(other))));
            let mut conversation = None;
            if let Trigger::SessionStopped { channel, thread_ts, .. } = &trigger {
                conversation = Some(ConversationId::of_thread(&reader.ours.team, channel, thread_ts));
            }
            Arrival { key, also: None, conversation, trigger }
        }
    }
}

/// `None`: a type that is not known, or one whose body lacks what its type promises.
fn read_other(kind: &str, event: &Value, reader: &Reader) -> Option<Trigger> {
    let team = &reader.ours.team;
    Some(match kind {
        "app_home_opened" => match event.text("tab") {
            Some("home") | None => Trigger::HomeOpened { by: account(team, event.text("user")?) },
            Some(tab) => unknown(format!("event app_home_opened, tab {}", short(tab))),
        },
        "agent_session_stopped" => Trigger::SessionStopped {
            by: account(team, event.text("user")?),
            channel: event.text("channel")?.to_owned(),
            thread_ts: event.text("thread_ts")?.to_owned(),
        },
        "reaction_added" | "reaction_removed" => return read_reaction(kind == "reaction_added", event, reader),
        "member_joined_channel" | "member_left_channel" => Trigger::Membership {
            user: account(event.text("team").unwrap_or(team), event.text("user")?),
            channel: event.text("channel")?.to_owned(),
            joined: kind == "member_joined_channel",
        },
        "user_change" | "team_join" => Trigger::UserChanged(read_account(event.at("user"), team)?),
        "subteam_created" | "subteam_updated" => {
            Trigger::UserGroupChanged { group: event.at("subteam").text("id")?.to_owned() }
        }
        "subteam_members_changed" => Trigger::UserGroupChanged { group: event.text("subteam_id")?.to_owned() },
        "channel_rename" | "group_rename" => channel_change(event, ChannelChange::Renamed)?,
        "channel_archive" | "group_archive" => channel_change(event, ChannelChange::Archived)?,
        "channel_unarchive" | "group_unarchive" => channel_change(event, ChannelChange::Unarchived)?,
        "channel_deleted" | "group_deleted" => channel_change(event, ChannelChange::Deleted)?,
        "app_uninstalled" => Trigger::Uninstalled,
        "tokens_revoked" => Trigger::TokensRevoked,
        _later_than_this_version => return None,
    })
}

/// The channel is an id, or for a renamed one an object with an id.
fn channel_change(event: &Value, change: ChannelChange) -> Option<Trigger> {
    let channel = event.text("channel").or_else(|| event.at("channel").text("id"))?.to_owned();
    Some(Trigger::ChannelChanged { channel, change })
}

/// Reactions to messages only; our own are dropped, or an 👀 of ours would be a trigger.
fn read_reaction(added: bool, event: &Value, reader: &Reader) -> Option<Trigger> {
    let user = event.text("user")?;
    if user == reader.ours.user {
        return Some(unknown("own reaction"));
    }
    let item = event.at("item");
    if item.text("type") != Some("message") {
        return None;
    }
    Some(Trigger::Reaction(Reaction {
        by: account(&reader.ours.team, user),
        channel: item.text("channel")?.to_owned(),
        ts: item.text("ts")?.to_owned(),
        name: event.text("reaction")?.to_owned(),
        added,
    }))
}

/// Slack's user object, as `user_change`, `users.info` and `users.list` give it.
pub fn read_account(user: &Value, our_team: &str) -> Option<Account> {
    let profile = user.at("profile");
    let SlackUser { team, user: id } = account(user.text("team_id").unwrap_or(our_team), user.text("id")?);
    let real_name = user.text("real_name").or_else(|| profile.text("real_name")).or_else(|| user.text("name"));
    Some(Account {
        handle: user.text("name").unwrap_or(&id).to_owned(),
        real_name: real_name.unwrap_or(&id).to_owned(),
        email: profile.text("email").map(str::to_owned),
        timezone: user.text("tz").map(str::to_owned),
        is_bot: user.flag("is_bot") || id == "USLACKBOT",
        is_guest: user.flag("is_restricted") || user.flag("is_ultra_restricted") || user.flag("is_stranger"),
        deactivated: user.flag("deleted"),
        user: SlackUser { team, user: id },
    })
}
