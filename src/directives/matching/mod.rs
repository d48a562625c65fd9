//! Whether a condition holds for a request: one matcher for routing, gate and playbooks, so that a word means the same
//! wherever a rule uses it.
//!
//! Three-valued: what nobody told is unknown, never false. Absent here: what a rule makes of the answer, and what only an
//! action's record can tell (amounts, counts, segments), which comes in as [`conditions::Measures`].

pub mod conditions;
pub mod holds;
pub mod people;
pub mod words;
