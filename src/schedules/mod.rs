//! (room schedules)
