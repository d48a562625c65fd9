//! Workforce: the operating layer through which a company runs people and AI agents inside Slack.
//!
//! The map of the house is `ARCHITECTURE.md`. In one line: slack → inbox → tasks → routing → assignments → runs → gate →
//! execution → ledger → replies → slack, and nothing flows back except through the inbox.

// Leaves: plain types, no I/O (the store is the one exception: it owns the pools).
pub mod catalogue;
pub mod clock;
pub mod ids;
pub mod money;
pub mod redact;
pub mod store;
pub mod workers;

pub mod config;

// Rooms: types in `mod.rs`, pure decisions beside them, SQL in `store.rs`.
pub mod assignments;
pub mod budgets;
pub mod commands;
pub mod directives;
pub mod execution;
pub mod gate;
pub mod inbox;
pub mod ledger;
pub mod playbooks;
pub mod policy;
pub mod replies;
pub mod results;
pub mod roster;
pub mod routing;
pub mod runs;
pub mod schedules;
pub mod tasks;

// Edges: I/O, no decisions.
#[cfg(feature = "sandbox")]
pub mod demo_models;
#[cfg(feature = "sandbox")]
pub mod demo_tools;
pub mod drivers;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod slack;
pub mod tools;
pub mod webhooks;

// Shell.
pub mod cli;
pub mod flow;
#[cfg(feature = "sandbox")]
pub mod rehearsals;
