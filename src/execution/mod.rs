//! (room execution)
