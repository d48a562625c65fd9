//! (room directives)
