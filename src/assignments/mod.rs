//! (room assignments)
