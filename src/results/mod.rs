//! What agents' work is worth to those who asked: every result with what people said of it, and what follows from that.
//!
//! Silence is no judgement: a result that nobody rated is unrated for ever and counts neither way. A refinement keeps the version
//! before. What a worker would have done (it only observes, or suggests) is a result too, judged by whoever answers for it.
//!
//! Absent here: taste. Nothing guesses from words or reactions whether somebody was content.

pub mod decide;
pub mod store;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::ids::{RunId, TaskId};

pub use decide::{Bound, Fallen, Measured, Tally, falls, is_sampled};

/// The number of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ResultId(pub i64);

/// What kind of result it is, which says who may judge it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Given to whoever asked; they judge it.
    Answer,
    /// Drawn for a human's check after it was given; the checker judges it.
    Check,
    /// What would have been done or said; the owner judges it.
    Proposal,
}

/// What somebody said of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rating {
    Used,
    /// Good enough to go on from; another version was asked for.
    Refined,
    Wrong,
}

/// A result as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub id: ResultId,
    pub task: TaskId,
    /// `None`: a person's, who has none.
    pub run: Option<RunId>,
    /// The position's id; `person:@handle` for a person's own work.
    pub position: String,
    pub kind: Kind,
    /// From 1, within the task and the kind.
    pub version: i64,
    /// What was said or would have been done; `None` once erased.
    pub text: Option<String>,
    pub rating: Option<Rating>,
    /// The account that judged.
    pub by: Option<String>,
    pub at: Timestamp,
    pub judged: Option<Timestamp>,
}
