//! Tests of the whole: the real binary, the real protocols, real files. One module a room or a journey.

mod architecture;
mod corpus;
mod example_playbooks;
#[cfg(feature = "sandbox")]
mod slack;
mod tools;
