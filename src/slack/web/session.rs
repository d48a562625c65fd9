//! What the app is doing in a thread, where Slack shows that natively: an agent's session with its Stop button
//! (docs.slack.dev, "Agent sessions", `agents.sessions.setStatus`), else the line "… is thinking" (`assistant.threads.setStatus`).

use super::super::pace::{Channel, Tier};
use super::{Arguments, Method, Web, WebError};

const SESSION: Method = Method::new("agents.sessions.setStatus", Tier::Three);
const LINE: Method = Method::new("assistant.threads.setStatus", Tier::Three);

/// What the session shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// At work: Slack shows its Stop button.
    Working,
    /// Not at work just now.
    Resting,
}

impl Web {
    /// Shows what the app is doing in a thread. It is decoration: whoever calls this goes on whatever comes of it.
    pub async fn show_doing(&self, channel: &str, thread_ts: &str, doing: Doing) -> Result<(), WebError> {
        let place = || Arguments::default().with("channel_id", channel).with("thread_ts", thread_ts);
        let session = place().with(
            "status",
            match doing {
                Doing::Working => "processing",
                Doing::Resting => "active",
            },
        );
        match self.call(SESSION, session, Channel::Irrelevant).await {
            Err(WebError::Permanent { .. }) => {}
            settled @ (Ok(_) | Err(WebError::Retry { .. } | WebError::Unknown { .. })) => return settled.map(|_| ()),
        }
        // The app is no agent in this workspace, or Slack does not know sessions here.
        let line = place().with(
            "status",
            match doing {
                Doing::Working => "is thinking…",
                Doing::Resting => "",
            },
        );
        self.call(LINE, line, Channel::Irrelevant).await.map(|_| ())
    }
}
