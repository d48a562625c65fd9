//! Who there is: people, teams, channels, roles and the positions that fill them, the org chart, hours and reviews.
//!
//! Roles outlive positions. Everything here comes from `company.md` and the front matter of role files; what Slack tells
//! about accounts (deactivated, guest, time zone) is kept in the directory, which is looked up at the moment of acting.

pub mod chart;
pub mod directory;
pub mod hours;
pub mod names;
pub mod reviews;
pub mod store;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::workers::WorkerRef;

/// The company as the files describe it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roster {
    /// By handle, without `@`.
    pub people: BTreeMap<String, Person>,
    /// By id (lower case, words joined by `-`): `finance`.
    pub teams: BTreeMap<String, Team>,
    /// By name, without `#`.
    pub channels: BTreeMap<String, ChannelFact>,
    /// By id.
    pub roles: BTreeMap<String, Role>,
    /// By position id.
    pub positions: BTreeMap<String, Position>,
    /// The triage person's handle.
    pub triage: Option<String>,
    /// IANA name; `UTC` where nobody said.
    pub timezone: String,
    /// Working hours of the company and of named workers, nearest first is decided by the reader of this table.
    pub hours: Vec<WorkHours>,
    /// Handle → Slack user id, pinned by `people.lock` or given in the file.
    pub pinned: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub handle: String,
    pub name: String,
    pub email: Option<String>,
    /// `U…`, where the file or the lock tells it.
    pub slack_id: Option<String>,
    /// "head of finance".
    pub title: Option<String>,
    /// Handle.
    pub reports_to: Option<String>,
    pub timezone: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    pub id: String,
    /// As people write it: "Finance team".
    pub name: String,
    /// Handles.
    pub members: Vec<String>,
    /// A Slack user group's handle or id whose members count too, looked up live.
    pub user_group: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelFact {
    pub name: String,
    pub about: Option<String>,
}

/// A set of responsibilities, as a role file's front matter gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    pub id: String,
    pub file: String,
    /// Title of the page, for people: "Finance operations".
    pub title: String,
    /// The human who answers for it.
    pub owner: WorkerRef,
    pub supervisor: WorkerRef,
    pub team: Option<String>,
    pub review_every_days: Option<u32>,
    /// Position ids, in the file's order.
    pub positions: Vec<String>,
    /// "What it handles" bullets, description and `## Examples`, for the router and the prompt.
    pub handles: Vec<String>,
    pub description: String,
    pub examples: Vec<String>,
}

/// Who or what fills a role now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    pub id: String,
    pub role: String,
    /// The identity that it posts under: "Finn (Finance)".
    pub name: String,
    /// `:moneybag:`.
    pub icon: Option<String>,
    pub driver: Driver,
    /// Driver `model` only: the name under `[models]` in `workforce.toml`; `None`: the only one that is configured.
    pub model: Option<String>,
    /// Driver `human` only: the handle.
    pub person: Option<String>,
    /// Tool patterns of the front matter.
    pub tools: Vec<String>,
    /// ISO dates.
    pub since: Option<String>,
    pub reviewed: Option<String>,
    pub status: PositionStatus,
    /// Line of the position in its file.
    pub line: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Driver {
    Model,
    Playbook,
    Http,
    Command,
    Human,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PositionStatus {
    Active,
    Shadow,
    Paused,
    Retired,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkHours {
    /// `None`: the company's.
    pub who: Option<WorkerRef>,
    /// Three-letter English day names.
    pub days: Vec<String>,
    pub start: String,
    pub end: String,
    pub timezone: Option<String>,
}
