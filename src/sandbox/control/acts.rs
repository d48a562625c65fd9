//! The acts of the control API, grouped as the handle's methods are; fields are the arguments of the method of that name.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::{ApiFault, FindingKind, ReleaseOrder, UserSpec};

/// One thing to do or to look at: `{"do": "says", "user": "ana", "channel": "support", "text": "hi"}`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Act {
    Message(MessageAct),
    Interaction(InteractionAct),
    Directory(DirectoryAct),
    Trouble(TroubleAct),
    Reading(ReadingAct),
}

/// What people do with messages.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum MessageAct {
    Says { user: String, channel: String, text: String },
    SaysRaw { user: String, channel: String, text: String },
    SaysInThread { user: String, channel: String, thread_ts: String, text: String },
    Dms { user: String, text: String },
    DmsInThread { user: String, thread_ts: String, text: String },
    DmChannel { user: String },
    Edits { user: String, channel: String, ts: String, text: String },
    Deletes { user: String, channel: String, ts: String },
    Reacts { user: String, channel: String, ts: String, emoji: String },
    TakesBackReaction { user: String, channel: String, ts: String, emoji: String },
}

/// What people do with buttons, menus, modals, commands and shortcuts.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum InteractionAct {
    Clicks { user: String, channel: String, ts: String, button: String },
    ClicksStale { user: String, channel: String, ts: String, button: String },
    ClicksRaw { payload: Value },
    ClicksHome { user: String, button: String },
    ClicksInModal { user: String, element: String, option: Option<String> },
    Chooses { user: String, channel: String, ts: String, menu: String, option: String },
    Submits { user: String, values: BTreeMap<String, String> },
    Closes { user: String },
    AsksOptions { user: String, action_id: String, query: String },
    Slash { user: String, channel: String, command: String, text: String },
    Shortcut { user: String, callback_id: String },
    MessageShortcut { user: String, callback_id: String, channel: String, ts: String },
    OpensHome { user: String },
    OpensMessages { user: String },
}

/// Changes to the workspace.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum DirectoryAct {
    Hires { user: UserSpec },
    Deactivates { user: String },
    Reactivates { user: String },
    Joins { user: String, channel: String },
    Leaves { user: String, channel: String },
    Archives { channel: String },
    Unarchives { channel: String },
    RenamesChannel { channel: String, name: String },
    MakesGroup { handle: String, name: String, members: Vec<String> },
    SetsGroup { handle: String, members: Vec<String> },
}

/// Time, faults and what the harness lets pass.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum TroubleAct {
    Advance { millis: u64 },
    FailNext { method: String, times: u32, fault: ApiFault },
    ReleaseAnswers,
    DuplicateEvents { on: bool },
    DropAcks { count: u32 },
    MentionFirst { on: bool },
    HoldEvents,
    ReleaseEvents { order: ReleaseOrder },
    Disconnect { connection: u64, reason: String },
    DisconnectAll { reason: String },
    DisableSocketMode,
    EnableSocketMode,
    DropConnection { connection: u64 },
    DropConnections,
    Uninstalls,
    FreezeConnection { connection: u64 },
    ThawConnection { connection: u64 },
    Allow { kind: FindingKind, containing: Option<String> },
}

/// What people see and what happened.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum ReadingAct {
    ThreadText { channel: String, ts: String },
    ChannelView { channel: String },
    DmView { user: String },
    HomeView { user: String },
    Modal { user: String },
    Ephemerals { user: String },
    EphemeralTs { user: String },
    Notices { user: String },
    MessageJson { channel: String, ts: String },
    MessagesJson { channel: String },
    ViewJson { user: String, home: bool },
    Workspace,
    Calls,
    Envelopes,
    Outcome { envelope_id: String },
    Connections,
    InFlight,
    Findings,
}
