//! What a server offers and nobody accepted yet, from the card that shows it to the decision about it.

use serde::{Deserialize, Serialize};

use super::{ToolDef, ToolName};
use crate::clock::Timestamp;
use crate::workers::SlackUser;

/// How far the decision about one definition has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferState {
    /// Its keeper has a card.
    Shown,
    /// Somebody said yes; it is compared once more and then written into the lock.
    Accepted,
    /// It stands in the lock.
    Taken,
    /// Somebody said no. The same definition is not shown again.
    Off,
    /// It changed again, or could not be written; what the server gives next is shown anew.
    Void,
}

/// One definition that was shown to the keeper of the directives. There is one for each tool: the newest.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    pub tool: ToolName,
    /// Of the definition that was shown.
    pub digest: String,
    pub definition: ToolDef,
    pub state: OfferState,
    /// The account whose card shows it.
    pub told: String,
    /// Who decided.
    pub by: Option<SlackUser>,
    pub changed: Timestamp,
}
