//! (room drivers)
