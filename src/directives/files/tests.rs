//! Whole sets, read from texts.
