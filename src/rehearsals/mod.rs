//! (room rehearsals)
