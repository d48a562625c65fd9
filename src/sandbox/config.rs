//! What a sandbox starts with: a workspace, its people and channels, the app under test and how strict time is.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Everything that [`Sandbox::start`](super::Sandbox::start) needs. It can be read from JSON, so that a rehearsal or the
/// demo brings its own company. Absent: files, canvases, several apps, several workspaces with apps.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SandboxConfig {
    /// TCP port on 127.0.0.1; 0 lets the system choose.
    pub port: u16,
    pub clock: ClockKind,
    pub team: TeamSpec,
    pub app: AppSpec,
    pub users: Vec<UserSpec>,
    pub channels: Vec<ChannelSpec>,
    pub groups: Vec<GroupSpec>,
    pub pace: Pace,
    /// The bearer token of `/control/…`. Whoever holds it plays every person of the workspace.
    pub control_token: String,
    /// How often the server pings each socket, in real milliseconds (Slack does too; the Node SDK relies on it).
    pub server_ping_ms: u64,
}

impl Default for SandboxConfig {
    fn default() -> Self {
        Self {
            port: 0,
            clock: ClockKind::default(),
            team: TeamSpec::default(),
            app: AppSpec::default(),
            users: Vec::new(),
            channels: Vec::new(),
            groups: Vec::new(),
            pace: Pace::Free,
            control_token: "sandbox-control".to_owned(),
            server_ping_ms: 10_000,
        }
    }
}

impl SandboxConfig {
    pub(crate) fn server_ping(&self) -> Duration {
        Duration::from_millis(self.server_ping_ms.max(10))
    }
}

/// Where the sandbox's time comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockKind {
    System,
    /// Stands still at this many seconds since 1970 until [`Sandbox::advance`](super::Sandbox::advance) turns it.
    Manual {
        start_seconds: i64,
    },
}

impl Default for ClockKind {
    fn default() -> Self {
        Self::Manual { start_seconds: 1_700_000_000 }
    }
}

/// How fast a channel takes messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pace {
    /// As fast as they come.
    Free,
    /// About one message per second and channel after a burst of this many, else 429 (Slack's "Rate limits" page).
    PerChannel { burst: u32 },
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TeamSpec {
    pub id: String,
    pub name: String,
    pub domain: String,
}

impl Default for TeamSpec {
    fn default() -> Self {
        Self { id: "T0ACME".to_owned(), name: "Acme".to_owned(), domain: "acme".to_owned() }
    }
}

/// The app under test, as its manifest and its installation would have it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AppSpec {
    pub app_id: String,
    pub bot_id: String,
    pub bot_user_id: String,
    pub bot_handle: String,
    pub bot_name: String,
    pub bot_token: String,
    pub app_token: String,
    pub bot_scopes: Vec<String>,
    pub app_scopes: Vec<String>,
    /// Subscribed bot events by their manifest names (`message.channels`, not `message`).
    pub events: Vec<String>,
    pub slash_commands: Vec<SlashSpec>,
    pub shortcuts: Vec<ShortcutSpec>,
    pub socket_mode: bool,
    pub interactivity: bool,
    pub home_tab: bool,
    /// Which of the two events of a mention comes first.
    pub mention_first: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlashSpec {
    pub command: String,
    #[serde(default)]
    pub should_escape: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShortcutSpec {
    pub callback_id: String,
    /// On a message (`message_action`) or anywhere (`shortcut`).
    pub on_message: bool,
}

fn owned(list: &[&str]) -> Vec<String> {
    list.iter().map(|&item| item.to_owned()).collect()
}

impl Default for AppSpec {
    fn default() -> Self {
        Self {
            app_id: "A0WORKFORCE".to_owned(),
            bot_id: "B0WORKFORCE".to_owned(),
            bot_user_id: "U0WORKFORCE".to_owned(),
            bot_handle: "workforce".to_owned(),
            bot_name: "workforce".to_owned(),
            bot_token: "xoxb-sandbox-bot".to_owned(),
            app_token: "xapp-sandbox-app".to_owned(),
            bot_scopes: owned(&[
                "app_mentions:read", "assistant:write", "channels:history", "channels:join", "channels:read",
                "chat:write", "chat:write.customize", "commands", "groups:history", "groups:read", "im:history",
                "im:read", "im:write", "mpim:history", "mpim:read", "reactions:read", "reactions:write", "team:read",
                "usergroups:read", "users:read", "users:read.email",
            ]),
            app_scopes: owned(&["connections:write"]),
            events: owned(&[
                "agent_session_stopped", "app_home_opened", "app_mention", "app_uninstalled", "tokens_revoked",
                "message.channels", "message.groups", "message.im", "message.mpim", "member_joined_channel",
                "member_left_channel", "reaction_added", "user_change", "team_join", "subteam_created",
                "subteam_updated", "subteam_members_changed", "channel_rename", "channel_archive", "channel_unarchive",
                "channel_deleted",
            ]),
            slash_commands: vec![SlashSpec { command: "/workforce".to_owned(), should_escape: true }],
            shortcuts: vec![ShortcutSpec { callback_id: "start_workflow".to_owned(), on_message: false }],
            socket_mode: true,
            interactivity: true,
            home_tab: true,
            mention_first: false,
        }
    }
}

/// A person, or another bot, of the workspace or of a connected one.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct UserSpec {
    /// Left empty it becomes `U0` and the handle in capitals.
    pub id: String,
    pub handle: String,
    pub real_name: String,
    pub email: Option<String>,
    /// An IANA zone; empty means UTC.
    pub tz: String,
    pub is_bot: bool,
    pub deleted: bool,
    pub is_admin: bool,
    /// A multi-channel guest.
    pub is_guest: bool,
    /// A single-channel guest.
    pub is_single_channel_guest: bool,
    /// Another workspace's id for people of a shared channel (Slack Connect).
    pub other_team: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChannelSpec {
    /// Left empty it becomes `C0` and the name in capitals.
    pub id: String,
    pub name: String,
    pub private: bool,
    /// Handles or ids. The bot is a member when `bot` says so.
    pub members: Vec<String>,
    pub bot: bool,
    pub archived: bool,
    pub topic: String,
    /// Shared with another workspace (Slack Connect).
    pub external: bool,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GroupSpec {
    /// Left empty it becomes `S0` and the handle in capitals.
    pub id: String,
    pub handle: String,
    pub name: String,
    pub members: Vec<String>,
}

/// A stable id from a name: its kind's prefix, then the letters and digits in capitals.
pub(crate) fn derived_id(prefix: &str, name: &str) -> String {
    let body: String = name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    format!("{prefix}{body}")
}
