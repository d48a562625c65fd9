//! (room roster)
