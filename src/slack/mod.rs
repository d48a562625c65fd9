//! Slack's wire: sockets, envelopes, the Web API, cards as blocks, limits. The edge decides nothing: it translates and
//! transports. Only this module and the sandbox know Slack's JSON.
//!
//! In: `socket` holds two Socket Mode connections, `envelope` reads what they deliver, [`Intake`] (the flow's) commits it,
//! and only then is it acknowledged. Out: `blocks` renders a card within Slack's limits and `web` sends it, paced.
//!
//! Absent: any decision, any store, any retry that could do something twice. A call whose answer was lost comes back as
//! [`web::WebError::Unknown`], and the outbox looks before it posts again.

mod ack;
pub mod blocks;
pub mod config;
pub mod counters;
pub mod envelope;
pub mod intake;
pub mod json;
pub mod missed;
pub mod pace;
pub mod socket;
pub mod text;
pub mod thread;
pub mod web;

pub use config::{BadConfig, SlackConfig};
pub use counters::Counters;
pub use intake::{AckReply, Intake, NotStored, Notice};
