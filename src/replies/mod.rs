//! (room replies)
