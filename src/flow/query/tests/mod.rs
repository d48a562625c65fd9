//! Each question over one small company and a database of its own.

mod approvals;
mod company;
mod costs;
mod house;
mod share;
mod status;
mod upkeep;
mod who_owns;
mod why;
mod workload;
