//! (room gate)
