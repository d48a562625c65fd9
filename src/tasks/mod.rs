//! (room tasks)
