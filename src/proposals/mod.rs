//! A sentence that somebody wants to stand in the directives: how it is read, where it belongs, what its keeper is shown.
//!
//! ```text
//! new ──▶ waiting ──▶ taking ──▶ taken
//!   └──▶ refused └──▶ declined └──▶ waiting     the file changed since it was shown: it is shown anew
//! ```
//! Only a click of somebody who may agree leads to `taking`, and only from there a line is written.

mod diff;
mod place;
pub mod store;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub use diff::{inserted, patch};
pub use place::{Placed, Spot, place};

use crate::clock::Timestamp;
use crate::ids::ProposalId;
use crate::workers::SlackUser;

/// A proposal as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    pub id: ProposalId,
    pub stage: Stage,
    pub sentence: String,
    pub by: SlackUser,
    pub body: Body,
    pub proposed: Timestamp,
    pub decided_by: Option<SlackUser>,
    pub decided: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    New,
    Waiting,
    Taking,
    Taken,
    Declined,
    Refused,
}

/// What a keeper is shown, and agrees to: nothing else is written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Body {
    pub file: String,
    /// Behind which line it stands, counted from 1.
    pub after: u32,
    /// SHA-256 of the file as it was shown.
    pub seen: String,
    /// How it is read, a rule a line.
    pub reading: Vec<String>,
    pub diff: String,
    /// "12 go elsewhere, 3 would skip approval".
    pub effect: String,
    pub decisions: usize,
    /// Each way in which it is looser, with its place.
    pub looser: Vec<(String, Option<String>)>,
    /// The digest of the set with the line, and of the set that it would replace.
    pub set: String,
    pub instead_of: String,
    /// Files that are written whole, where a sentence changes instead of being added; then [`Body::after`] is where it stands.
    pub rewrites: Vec<Rewrite>,
    /// Why this is proposed, where nobody wrote it.
    pub because: Option<String>,
    /// Handles of those who propose, where something becomes looser: they cannot agree themselves.
    pub not: BTreeSet<String>,
}

/// A file with a changed sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rewrite {
    pub file: String,
    /// SHA-256 of the file as it was shown.
    pub seen: String,
    pub text: String,
}

/// No longer sentence is proposed; two short ones read better.
pub const LONGEST_SENTENCE: usize = 400;
