//! What people ask the bot by `/workforce TEXT`, by mention and by button, one type for all three.
//!
//! A button and a command yield the same [`Intent`], decided in one place; a [`Query`] changes nothing and is answered in
//! the acknowledgement. Nothing here knows who asks: authority is the account on the envelope, checked where it acts.

pub mod asked;

pub use asked::{Asked, Intent, Query, StopWhat, Subject, To};
