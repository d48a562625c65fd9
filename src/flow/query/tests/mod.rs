//! Each question over one small company and a database of its own.

mod approvals;
mod house;
mod share;
mod status;
mod who_owns;
mod why;
