//! A message that grows: `chat.startStream`, `chat.appendStream`, `chat.stopStream` (docs.slack.dev, the methods' pages; in a channel
//! it needs a thread and one person for whom it is streamed).

use serde_json::Value;

use super::super::blocks::{Dress, additions, opening};
use super::super::pace::{Channel, Tier};
use super::chat::posted;
use super::{Arguments, Method, PostId, Posted, Web, WebError};
use crate::replies::Card;
use crate::replies::progress::{Live, Progress};

const START: Method = Method::new("chat.startStream", Tier::Two);
const APPEND: Method = Method::new("chat.appendStream", Tier::Four);
const STOP: Method = Method::new("chat.stopStream", Tier::Two);

/// Where a stream begins, and in whose name.
#[derive(Debug, Clone, Copy)]
pub struct Beginning<'a> {
    /// `C…`, `D…` or `G…`.
    pub channel: &'a str,
    pub thread_ts: &'a str,
    /// Our workspace, `T…`.
    pub team: &'a str,
    /// The same message where nothing grows; its name and icon count here.
    pub card: &'a Card,
    pub dress: &'a Dress,
    pub id: PostId,
}

impl Web {
    /// `chat.startStream`. Metadata is not taken there; the message is found again by the id of its first block.
    pub async fn start_stream(&self, at: Beginning<'_>, live: &Live) -> Result<Posted, WebError> {
        let (username, icon) = super::super::blocks::identity(at.card.identity.as_ref(), at.dress);
        let chunks = opening(live, &at.id.block());
        let arguments = Arguments::default()
            .with("channel", at.channel)
            .with("thread_ts", at.thread_ts)
            .with("recipient_user_id", &live.recipient)
            .with("recipient_team_id", at.team)
            .with("task_display_mode", "plan")
            .with("chunks", Value::Array(chunks).to_string())
            .maybe("username", username.as_deref())
            .maybe("icon_emoji", icon.as_deref());
        let body = self.call_now(START, arguments, Channel::Post(at.channel)).await?;
        posted(&body, at.channel)
    }

    /// `chat.appendStream` of what is new; the plan is named with its first step.
    pub async fn append_stream(
        &self,
        channel: &str,
        ts: &str,
        live: &Live,
        new: &Progress,
        first_steps: bool,
    ) -> Result<(), WebError> {
        let chunks = Value::Array(additions(live, new, first_steps)).to_string();
        let arguments = Arguments::default().with("channel", channel).with("ts", ts).with("chunks", chunks);
        self.call_now(APPEND, arguments, Channel::Edit(channel)).await.map(|_| ())
    }

    /// `chat.stopStream`; one that is over already counts as stopped.
    pub async fn stop_stream(&self, channel: &str, ts: &str) -> Result<(), WebError> {
        let arguments = Arguments::default().with("channel", channel).with("ts", ts);
        match self.call(STOP, arguments, Channel::Edit(channel)).await {
            Err(error) if error.code() == Some("message_not_in_streaming_state") => Ok(()),
            other => other.map(|_| ()),
        }
    }
}
