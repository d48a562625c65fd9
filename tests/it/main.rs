//! Tests of the whole: the real binary, the real protocols, real files. One module a room or a journey.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test that finds something wrong stops")]

#[cfg(feature = "sandbox")]
mod agents;
#[cfg(feature = "sandbox")]
mod architecture;
#[cfg(feature = "sandbox")]
mod asking;
mod bench;
#[cfg(feature = "sandbox")]
mod browser;
#[cfg(feature = "sandbox")]
mod budgets;
mod canaries;
#[cfg(feature = "sandbox")]
mod cancelling;
#[cfg(feature = "sandbox")]
mod conversations;
mod corpus;
#[cfg(all(feature = "sandbox", feature = "failpoints"))]
mod crash;
mod database;
#[cfg(feature = "sandbox")]
mod doctor;
mod documentation;
#[cfg(feature = "sandbox")]
mod drivers;
mod example_playbooks;
#[cfg(feature = "sandbox")]
mod fatigue;
mod forms;
mod fuzz;
#[cfg(feature = "sandbox")]
mod guides;
#[cfg(feature = "sandbox")]
mod hand_offs;
#[cfg(feature = "sandbox")]
mod hostile;
mod init;
mod judged;
#[cfg(feature = "sandbox")]
mod leaks;
#[cfg(all(feature = "sandbox", feature = "failpoints"))]
mod lives;
#[cfg(feature = "sandbox")]
mod living;
#[cfg(feature = "sandbox")]
mod loops;
#[cfg(feature = "sandbox")]
mod looser;
mod manifest;
#[cfg(feature = "sandbox")]
mod models;
#[cfg(feature = "sandbox")]
mod office;
#[cfg(feature = "sandbox")]
mod own_tools;
#[cfg(feature = "sandbox")]
mod red;
#[cfg(feature = "sandbox")]
mod reference;
#[cfg(feature = "sandbox")]
mod rehearsals;
#[cfg(feature = "sandbox")]
mod replay;
#[cfg(feature = "sandbox")]
mod replicas;
#[cfg(feature = "sandbox")]
mod results;
mod routing;
#[cfg(feature = "sandbox")]
mod schedules;
#[cfg(feature = "sandbox")]
mod serve;
#[cfg(feature = "sandbox")]
mod slack;
mod store;
#[cfg(feature = "sandbox")]
mod streaming;
#[cfg(feature = "sandbox")]
mod toolcards;
#[cfg(feature = "sandbox")]
mod tools;
#[cfg(feature = "sandbox")]
mod verbs;
#[cfg(feature = "sandbox")]
mod weather;
#[cfg(feature = "sandbox")]
mod webhooks;
#[cfg(feature = "sandbox")]
mod workflow_starts;
#[cfg(feature = "sandbox")]
mod workflows;
