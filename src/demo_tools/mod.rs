//! (room demo_tools)
