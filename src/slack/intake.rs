//! The wall between this edge and the flow: what the flow implements, and what it may answer.

use std::time::Duration;

use async_trait::async_trait;

use super::envelope::Perishable;
use crate::inbox::Arrival;
use crate::replies::{Card, Form};

/// The trigger could not be committed. The envelope stays unacknowledged, so that Slack delivers an event again and shows a
/// person who clicked that it failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not stored: {0}")]
pub struct NotStored(pub String);

/// Takes what arrives. Called concurrently, in the order of arrival per socket, so that an implementation can commit many
/// in one go; the acknowledgement is written when the call returns.
#[async_trait]
pub trait Intake: Send + Sync {
    /// Commits and returns; `Err` leaves the envelope unacknowledged. [`crate::inbox::Trigger::Unknown`] comes here too: an
    /// implementation may let it go with a log line. Commands and clicks that are `Unknown` come here as well.
    async fn event(&self, arrival: Arrival) -> Result<(), NotStored>;

    /// Commits and decides in one go, within three seconds, and returns what the acknowledgement carries.
    async fn interactive(&self, arrival: Arrival, perishable: Perishable) -> Result<AckReply, NotStored>;

    /// Hears how the connections are. Must return at once.
    fn notice(&self, notice: Notice) {
        let _not_wanted = notice;
    }
}

/// What an acknowledgement answers. Where Slack takes no answer in the acknowledgement itself (a click), the socket
/// acknowledges first and then transports the answer over the `response_url` or `trigger_id` that came with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AckReply {
    Empty,
    /// Seen by the person who asked only.
    Ephemeral(Card),
    /// Seen by everyone in the channel.
    InChannel(Card),
    /// A message of ours is replaced by this card, over `response_url`; the only way for an ephemeral one.
    ReplaceMessage(Card),
    /// A submission is refused: field id and sentence.
    FormErrors(Vec<(String, String)>),
    /// A new modal, for a click or a command, by its `trigger_id` (three seconds, once).
    OpenForm(Form),
    /// The modal that was sent off, or in which was clicked, becomes this one.
    UpdateForm(Form),
    /// On top of the modal that was sent off, or in which was clicked.
    PushForm(Form),
    /// Closes all modals of this person.
    ClearForms,
    /// Value and label, for a select that asks as one types.
    Options(Vec<(String, String)>),
}

/// How the connections are, for the log, the health page and the sweep for what was missed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// A socket said hello; `open` are ready now.
    Connected { open: usize },
    /// No socket is ready: from now on events come late, as retries, or never.
    Deaf,
    /// A socket is ready again. Sweep the channels for what Slack gave up on if this lasted more than a few minutes.
    HearingAgain { after: Duration },
    /// Slack counts more connections than we hold: somebody else holds the app token and receives a share of our events,
    /// or connections of ours that broke are still registered.
    Strangers { counted: u64, held: u64 },
    /// Socket Mode was switched off in the app's settings. Tried again slowly.
    LinkDisabled,
    /// Ten connections are registered already; waiting, without opening more.
    TooMany,
    /// Opening fails; `attempt` counts from 1 within this outage.
    Retrying { attempt: u32, wait: Duration, why: String },
    /// An answer could not be transported after the acknowledgement: Slack's code, or what broke.
    AnswerLost { why: String },
}
