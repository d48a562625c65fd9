//! (room routing)
