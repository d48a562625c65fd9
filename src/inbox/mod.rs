//! (room inbox)
