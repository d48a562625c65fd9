//! Every sentence the bot says, as an abstract [`Card`]; no Block Kit and no Slack JSON.
//!
//! A message is a pure function of what it is given: there is no clock here, no lookup and no other room. Verb first,
//! short; a message says what did not happen, who answers for it and what happens next.

pub mod approval;
pub mod approval_ended;
pub mod approval_forms;
pub mod approval_notices;
pub mod approval_pages;
pub mod asking;
pub mod budget;
pub mod card;
pub mod catalogue;
pub mod change;
pub mod compose;
pub mod evidence;
#[cfg(test)]
mod fixtures;
pub mod form;
pub mod grants;
pub mod greeting;
pub mod human;
pub mod judged;
pub mod late;
pub mod links;
pub mod named;
pub mod not_now;
pub mod opening;
pub mod outbox;
pub mod outcome;
pub mod plain;
pub mod progress;
pub mod prompt_list;
pub mod receipt;
pub mod refusals;
pub mod remind;
pub mod review;
pub mod rule;
pub mod start;
pub mod steering;
pub mod store;
pub mod target;
pub mod to_plain;
pub mod unsure;
pub mod upkeep;
pub mod verb;
pub mod wording;
pub mod workflow;

pub use card::{Button, ButtonStyle, Card, Confirm, Identity, Part, Span, TimeStyle};
pub use form::{Field, FieldKind, Form};
pub use named::{Cited, Place, Who};
pub use verb::{Opens, Verb};
