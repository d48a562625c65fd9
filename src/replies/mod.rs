//! Every sentence the bot says, as an abstract [`Card`]; no Block Kit and no Slack JSON.
//!
//! A message is a pure function of what it is given: there is no clock here, no lookup and no other room. Verb first,
//! short; a message says what did not happen, who answers for it and what happens next.

pub mod card;
pub mod form;
pub mod outbox;
pub mod plain;
pub mod store;
pub mod verb;

pub use card::{Button, ButtonStyle, Card, Confirm, Identity, Part, Span, TimeStyle};
pub use form::{Field, FieldKind, Form};
pub use verb::{Opens, Verb};
