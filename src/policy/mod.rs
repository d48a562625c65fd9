//! What sentences cannot say: rules in Rego, the language of the Open Policy Agent, over one documented document.
//!
//! [`Policies::read`] compiles the files of a set or says what is wrong with them; [`Policies::judge`] answers one input
//! document (`docs/policies.md`) with what the rules object to. A rule can deny, or ask for somebody's word. It cannot let
//! anything through: there is no finding that says so, and `gate/` adds findings to what the sentences decided.
//!
//! Absent here: reading a clock or drawing a number (what a policy may know of the time is in its input), reaching the network
//! or a file, and a rule that is skipped because it failed: whatever cannot be evaluated is a finding of its own.

mod engine;
mod findings;
mod source;
#[cfg(test)]
mod tests;
mod trials;
mod words;

use std::time::Duration;

use crate::workers::WorkerRef;

pub use engine::Policies;
pub use trials::{Outcome, Trial};

/// How long one evaluation of all rules may take. One that took longer is tried again, because a busy machine is no slow
/// policy; after [`TRIES`] it counts as failed.
pub const TIME_LIMIT: Duration = Duration::from_millis(10);
/// How often an evaluation that ran out of time is tried in all.
pub const TRIES: u32 = 3;
/// The largest input document, in bytes of its JSON. With the functions left out that multiply (`words`), one step of a rule
/// can at most double what it has, so that the time limit is the bound of its memory too.
pub const MAX_INPUT_BYTES: usize = 256 * 1024;
/// How many answers of one rule are taken; a rule that gives more has failed.
pub const MAX_ANSWERS: usize = 50;
/// The longest reason that is shown, in characters.
pub const MAX_REASON_CHARS: usize = 500;

/// The package, or the beginning of the package, whose rules decide: `workforce`, `workforce.refunds`.
pub const ROOT_PACKAGE: &str = "workforce";

/// What is wrong with a file. Lines and columns are counted from 1, the column in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// Stable and short: `bad-policy`, `policy-call`.
    pub code: &'static str,
    pub file: String,
    pub line: u32,
    pub column: u32,
    /// The length of the marked text in characters.
    pub length: u32,
    pub message: String,
    pub help: String,
    /// Worth knowing; the set loads all the same.
    pub is_warning: bool,
}

/// One objection of the policies to one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Relative to the directives' folder: `policies/refunds.rego`.
    pub file: String,
    /// Of the rule that objects, counted from 1.
    pub line: u32,
    pub says: Objection,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Objection {
    Deny {
        reason: String,
    },
    /// Somebody must say yes first.
    Ask {
        reason: String,
        /// Empty: the owner of the worker that acts.
        by: Vec<WorkerRef>,
        /// Distinct people, at least 1.
        count: u32,
        /// An ISO 8601 duration.
        within: Option<String>,
    },
    /// It could not be evaluated, or answered what nobody understands. Whoever owns the worker has to decide.
    Failed {
        why: String,
    },
}
