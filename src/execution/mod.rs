//! Doing an approved action once, and knowing whether it was done.
//!
//! The order is: commit the intent with its idempotency key → act → commit the outcome. An intent without an outcome after a
//! restart is never retried blindly; [`after_restart`] says what may be done instead. Nothing here makes an
//! [`crate::gate::Approved`] action: every attempt, recovery included, takes a new one from the gate.
//!
//! Absent here: a promise of "exactly once" for a foreign system. It is at most once, and doubt is shown to a person.

mod key;
mod states;
pub mod store;

pub use key::{fill_key, idempotency_key};
pub use states::{Outcome, Recovery, Stage, Step, after_restart, settle, settle_probe};
