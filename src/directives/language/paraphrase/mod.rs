//! Rules printed in one canonical wording; reading it gives the same rule again, after filling in defaults.

mod acts;
mod conditions;
pub(super) mod names;
mod rules;

pub use rules::paraphrase;
