//! (room slack)
