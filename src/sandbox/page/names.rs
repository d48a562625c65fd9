//! Who somebody is for whoever looks at the page: names for ids, and the zone that instants are told in.

use chrono_tz::Tz;
use serde_json::{Value, json};

use super::super::state::State;

pub(super) struct Names<'a> {
    state: &'a State,
    /// Whoever looks.
    me: &'a str,
    pub zone: Tz,
}

impl<'a> Names<'a> {
    /// `me` is the id of whoever looks.
    pub fn of(state: &'a State, me: &'a str) -> Self {
        let zone = state.users.get(me).and_then(|user| user.tz.parse().ok()).unwrap_or(Tz::UTC);
        Self { state, me, zone }
    }

    pub fn person(&self, id: &str) -> Value {
        json!({ "is": "mention", "text": format!("@{}", self.name(id)), "me": self.is_me(id) })
    }

    pub fn channel(&self, id: &str) -> Value {
        let name = self.state.channels.get(id).map_or(id, |channel| channel.name.as_str());
        json!({ "is": "channel", "text": format!("#{name}"), "id": id })
    }

    pub fn group(&self, id: &str) -> Value {
        let group = self.state.groups.get(id);
        let handle = group.map_or(id, |group| group.handle.as_str());
        json!({ "is": "mention", "text": format!("@{handle}"), "me": group.is_some_and(|g| g.members.contains(self.me)) })
    }

    pub fn is_me(&self, id: &str) -> bool {
        id == self.me
    }

    /// The name that people know; the id of whoever is not here.
    pub fn name<'b>(&self, id: &'b str) -> &'b str
    where
        'a: 'b,
    {
        self.state.users.get(id).map_or(id, |user| user.real_name.as_str())
    }

    /// "14:02", in the zone of whoever looks, and the same instant for machines.
    pub fn clock(&self, ts: &str) -> (String, String) {
        let seconds = ts.split('.').next().and_then(|seconds| seconds.parse().ok()).unwrap_or_default();
        let at = chrono::DateTime::from_timestamp(seconds, 0).unwrap_or_default();
        (at.with_timezone(&self.zone).format("%H:%M").to_string(), at.to_rfc3339())
    }
}
