//! The workspace as it stands: people, channels, messages, views, secrets that were handed out. One value behind one lock.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Value, json};

use super::api_log::ApiLog;
use super::clock::{SandboxClock, TsMaker};
use super::config::{AppSpec, ClockKind, Pace, SandboxConfig, TeamSpec, UserSpec, derived_id};
use super::connections::Connections;
use super::delivery::Deliveries;
use super::faults::Faults;
use super::firehose::Firehose;
use super::message::Message;
use super::report::Report;
use super::{Refused, SandboxError};

#[derive(Debug)]
pub(crate) struct State {
    pub clock: SandboxClock,
    pub ts: TsMaker,
    pub team: TeamSpec,
    pub app: AppSpec,
    pub pace: Pace,
    /// `false` after an administrator removed the app.
    pub installed: bool,
    pub base: String,
    pub users: BTreeMap<String, UserSpec>,
    pub channels: BTreeMap<String, Channel>,
    pub groups: BTreeMap<String, Group>,
    pub ephemerals: Vec<Ephemeral>,
    /// What each person is told by Slack itself: a command that failed, a click that nobody answered.
    pub notices: BTreeMap<String, Vec<String>>,
    pub homes: BTreeMap<String, Value>,
    /// Each person's open modals, the visible one last.
    pub modals: BTreeMap<String, Vec<Value>>,
    /// Errors that the app put beside the inputs of a person's open modal, by block id.
    pub modal_errors: BTreeMap<String, Value>,
    pub assistant_status: BTreeMap<(String, String), String>,
    pub triggers: HashMap<String, Trigger>,
    pub response_urls: HashMap<String, ResponseUrl>,
    pub tickets: HashMap<String, i64>,
    pub connections: Connections,
    pub deliveries: Deliveries,
    pub faults: Faults,
    /// Set while a firehose runs.
    pub firehose: Option<Firehose>,
    pub report: Report,
    pub api_log: ApiLog,
    /// Messages left in each channel's allowance and when that was reckoned.
    pub paces: HashMap<String, (f64, i64)>,
    counter: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChannelKind {
    Public,
    Private,
    Im,
    Mpim,
}

#[derive(Debug, Clone)]
pub(crate) struct Channel {
    pub id: String,
    pub name: String,
    pub kind: ChannelKind,
    pub members: BTreeSet<String>,
    pub archived: bool,
    pub topic: String,
    pub external: bool,
    pub created: i64,
    pub messages: BTreeMap<String, Message>,
}

#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub id: String,
    pub handle: String,
    pub name: String,
    pub members: BTreeSet<String>,
}

/// A message that only one person sees. It is no part of the channel's history.
#[derive(Debug, Clone)]
pub(crate) struct Ephemeral {
    pub channel: String,
    pub user: String,
    pub message: Message,
}

/// A pop-up permit: three seconds, once (Slack's "Modals" page).
#[derive(Debug, Clone)]
pub(crate) struct Trigger {
    pub user: String,
    pub expires: i64,
    pub used: bool,
    /// It came out of a modal, so that `views.push` may use it.
    pub from_modal: bool,
}

/// Where an app may answer an interaction: five times in thirty minutes.
#[derive(Debug, Clone)]
pub(crate) struct ResponseUrl {
    pub channel: String,
    pub user: String,
    /// The message that was acted on, if any; `None` for slash commands.
    pub message_ts: Option<String>,
    pub thread_ts: Option<String>,
    pub expires: i64,
    pub uses_left: u32,
}

impl State {
    pub fn new(config: SandboxConfig, base: String) -> Result<Self, SandboxError> {
        let clock = match config.clock {
            ClockKind::System => SandboxClock::System,
            ClockKind::Manual { start_seconds } => SandboxClock::Manual(start_seconds * super::clock::SECOND),
        };
        let created = clock.now();
        let mut state = Self {
            clock,
            ts: TsMaker::default(),
            team: config.team,
            app: config.app,
            pace: config.pace,
            installed: true,
            base,
            users: BTreeMap::new(),
            channels: BTreeMap::new(),
            groups: BTreeMap::new(),
            ephemerals: Vec::new(),
            notices: BTreeMap::new(),
            homes: BTreeMap::new(),
            modals: BTreeMap::new(),
            modal_errors: BTreeMap::new(),
            assistant_status: BTreeMap::new(),
            triggers: HashMap::new(),
            response_urls: HashMap::new(),
            tickets: HashMap::new(),
            connections: Connections::default(),
            deliveries: Deliveries::default(),
            faults: Faults::default(),
            firehose: None,
            report: Report::default(),
            api_log: ApiLog::default(),
            paces: HashMap::new(),
            counter: 0,
        };
        state.seat_people(config.users)?;
        for spec in config.channels {
            let mut members = BTreeSet::new();
            for member in &spec.members {
                members.insert(state.user_id(member)?);
            }
            if spec.bot {
                members.insert(state.app.bot_user_id.clone());
            }
            let id = if spec.id.is_empty() { derived_id("C0", &spec.name) } else { spec.id };
            let channel = Channel {
                id: id.clone(),
                name: spec.name,
                kind: if spec.private { ChannelKind::Private } else { ChannelKind::Public },
                members,
                archived: spec.archived,
                topic: spec.topic,
                external: spec.external,
                created,
                messages: BTreeMap::new(),
            };
            if state.channels.insert(id.clone(), channel).is_some() {
                return Err(SandboxError::Config(format!("two channels share the id {id}")));
            }
        }
        for spec in config.groups {
            let mut members = BTreeSet::new();
            for member in &spec.members {
                members.insert(state.user_id(member)?);
            }
            let id = if spec.id.is_empty() { derived_id("S0", &spec.handle) } else { spec.id };
            state.groups.insert(id.clone(), Group { id, handle: spec.handle, name: spec.name, members });
        }
        Ok(state)
    }

    fn seat_people(&mut self, users: Vec<UserSpec>) -> Result<(), SandboxError> {
        let bot = UserSpec {
            id: self.app.bot_user_id.clone(),
            handle: self.app.bot_handle.clone(),
            real_name: self.app.bot_name.clone(),
            is_bot: true,
            ..UserSpec::default()
        };
        for mut user in std::iter::once(bot).chain(users) {
            if user.id.is_empty() {
                user.id = derived_id("U0", &user.handle);
            }
            if self.users.values().any(|other| other.handle == user.handle) {
                return Err(SandboxError::Config(format!("two users share the handle @{}", user.handle)));
            }
            if let Some(other) = self.users.insert(user.id.clone(), user) {
                return Err(SandboxError::Config(format!("two users share the id {}", other.id)));
            }
        }
        Ok(())
    }

    pub fn now(&self) -> i64 {
        self.clock.now()
    }

    pub fn next_ts(&mut self) -> String {
        let now = self.now();
        self.ts.next(now)
    }

    /// A number that was not given before; ids are made from it, so that two runs of a test give the same ids.
    pub fn next_number(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    pub fn bot_user(&self) -> &str {
        &self.app.bot_user_id
    }

    pub fn has_scope(&self, scope: &str) -> bool {
        self.app.bot_scopes.iter().any(|held| held == scope)
    }

    /// A user id from an id, a handle or `@handle`.
    pub fn user_id(&self, who: &str) -> Result<String, Refused> {
        if self.users.contains_key(who) {
            return Ok(who.to_owned());
        }
        let handle = who.trim_start_matches('@');
        self.users
            .values()
            .find(|user| user.handle == handle)
            .map(|user| user.id.clone())
            .ok_or_else(|| Refused(format!("nobody here is called {who}")))
    }

    /// The same, and the person must be able to act at all.
    pub fn active_user(&self, who: &str) -> Result<String, Refused> {
        let id = self.user_id(who)?;
        match self.users.get(&id) {
            Some(user) if user.deleted => Err(Refused(format!("{who} is deactivated and cannot do anything"))),
            _ => Ok(id),
        }
    }

    /// A channel id from an id, a name or `#name`.
    pub fn channel_id(&self, which: &str) -> Result<String, Refused> {
        if self.channels.contains_key(which) {
            return Ok(which.to_owned());
        }
        let name = which.trim_start_matches('#');
        self.channels
            .values()
            .find(|channel| channel.name == name && !channel.name.is_empty())
            .map(|channel| channel.id.clone())
            .ok_or_else(|| Refused(format!("there is no channel {which}")))
    }

    pub fn channel(&self, id: &str) -> Result<&Channel, Refused> {
        self.channels.get(id).ok_or_else(|| Refused(format!("there is no channel {id}")))
    }

    /// The direct conversation between the bot and `user`, opened if need be.
    pub fn open_im(&mut self, user: &str) -> String {
        let bot = self.app.bot_user_id.clone();
        let id = format!("D0{}", user.trim_start_matches(['U', 'W', '0']));
        let created = self.now();
        self.channels.entry(id.clone()).or_insert_with(|| Channel {
            id: id.clone(),
            name: String::new(),
            kind: ChannelKind::Im,
            members: BTreeSet::from([bot, user.to_owned()]),
            archived: false,
            topic: String::new(),
            external: false,
            created,
            messages: BTreeMap::new(),
        });
        id
    }

    /// A group direct message between the bot and these people, opened if need be.
    pub fn open_mpim(&mut self, users: &BTreeSet<String>) -> String {
        let mut members = users.clone();
        members.insert(self.app.bot_user_id.clone());
        let found = self.channels.values().find(|c| c.kind == ChannelKind::Mpim && c.members == members);
        if let Some(channel) = found {
            return channel.id.clone();
        }
        let id = format!("C0MPIM{}", self.next_number());
        let handles: Vec<&str> = members.iter().filter_map(|m| self.users.get(m)).map(|u| u.handle.as_str()).collect();
        let name = format!("mpdm-{}-1", handles.join("--"));
        let created = self.now();
        let channel = Channel {
            id: id.clone(),
            name,
            kind: ChannelKind::Mpim,
            members,
            archived: false,
            topic: String::new(),
            external: false,
            created,
            messages: BTreeMap::new(),
        };
        self.channels.insert(id.clone(), channel);
        id
    }

    pub fn team_json(&self) -> Value {
        json!({ "id": self.team.id, "domain": self.team.domain })
    }
}

impl Channel {
    /// The other person of a direct message.
    pub fn im_partner(&self, bot: &str) -> Option<&str> {
        (self.kind == ChannelKind::Im).then(|| self.members.iter().map(String::as_str).find(|m| *m != bot)).flatten()
    }
}

impl ChannelKind {
    /// The word in events (`channel_type`).
    pub fn wire(self) -> &'static str {
        match self {
            Self::Public => "channel",
            Self::Private => "group",
            Self::Im => "im",
            Self::Mpim => "mpim",
        }
    }

    /// The word that scopes and event names use.
    pub fn family(self) -> &'static str {
        match self {
            Self::Public => "channels",
            Self::Private => "groups",
            Self::Im => "im",
            Self::Mpim => "mpim",
        }
    }
}
