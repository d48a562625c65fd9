//! What people ask the bot by `/workforce TEXT`, by mention and by button, one type for all three.
//!
//! A button and a command yield the same [`Intent`], decided in one place; a [`Query`] changes nothing and is answered in
//! the acknowledgement. Nothing here knows who asks: authority is the account on the envelope, checked where it acts.
//!
//! One file per command: its [`Spec`] (names, help, examples, how its arguments are read) and, for a query, the answer
//! as plain data with its `render`. Help is generated from [`COMMANDS`].

mod arguments;
pub mod asked;
mod button;
#[cfg(test)]
mod fixtures;
pub mod lines;
mod natural;
pub mod parse;
pub mod small_talk;
pub mod spec;

pub mod accept;
pub mod approvals;
pub mod approve;
pub mod approver_health;
pub mod ask;
pub mod ask_again;
pub mod can;
pub mod cancel;
pub mod costs;
pub mod deny;
pub mod directives;
pub mod done;
pub mod edit;
pub mod explain;
pub mod failed;
pub mod grant;
pub mod grants;
pub mod hand_over;
pub mod help;
pub mod home;
pub mod reassign;
pub mod resume;
pub mod review;
pub mod reviews;
pub mod rule;
pub mod start;
pub mod status;
pub mod stop;
pub mod take;
pub mod take_effect;
pub mod take_in;
pub mod took;
pub mod undo;
pub mod who_owns;
pub mod why;
pub mod workflow;
pub mod workload;

pub use asked::{Asked, Intent, Judgement, Query, StopWhat, Subject, To};
pub use parse::{of_mention, of_mention_in_thread, parse};
pub use small_talk::{SmallTalk, small_talk};
pub use spec::{Group, Spec};

/// Every command, in the order of the help.
pub static COMMANDS: &[&Spec] = &[
    &home::SPEC,
    &who_owns::SPEC,
    &status::SPEC,
    &why::SPEC,
    &can::SPEC,
    &workload::SPEC,
    &workflow::SPEC,
    &costs::SPEC,
    &help::SPEC,
    &approvals::SPEC,
    &approve::SPEC,
    &edit::SPEC,
    &ask::SPEC,
    &deny::SPEC,
    &grant::SPEC,
    &grants::SPEC,
    &grants::REVOKE,
    &undo::SPEC,
    &ask_again::SPEC,
    &accept::SPEC,
    &take::SPEC,
    &hand_over::SPEC,
    &done::SPEC,
    &cancel::SPEC,
    &reassign::SPEC,
    &start::SPEC,
    &stop::SPEC,
    &resume::SPEC,
    &reviews::SPEC,
    &review::SPEC,
    &directives::SPEC,
    &explain::SPEC,
    &rule::SPEC,
    &take_in::SPEC,
    &take_effect::SPEC,
    &failed::SPEC,
];
