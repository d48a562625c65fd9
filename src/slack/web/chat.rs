//! `chat.*`: saying things, so that they can be found again.

use serde_json::{Value, json};

use super::super::blocks::Rendered;
use super::super::envelope::Ours;
use super::super::json::Look;
use super::super::pace::{Channel, Tier};
use super::{Arguments, Method, Web, WebError, next_cursor};
use crate::ids::OutboxId;

/// The metadata's event type: how we find our own posts again. It carries an id, never authority.
const EVENT_TYPE: &str = "workforce_outbox";
/// Pages of a channel or thread that are searched for a post of ours, 200 messages each.
const SEARCH_PAGES: usize = 10;

const POST: Method = Method::new("chat.postMessage", Tier::Special);
const EPHEMERAL: Method = Method::new("chat.postEphemeral", Tier::Four);
const UPDATE: Method = Method::new("chat.update", Tier::Three);
const DELETE: Method = Method::new("chat.delete", Tier::Three);
const PERMALINK: Method = Method::new("chat.getPermalink", Tier::Special);
const HISTORY: Method = Method::new("conversations.history", Tier::Three);
const REPLIES: Method = Method::new("conversations.replies", Tier::Three);

/// One message of the outbox; a card that became several messages numbers them from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PostId {
    pub outbox: OutboxId,
    pub part: u32,
}

impl PostId {
    fn metadata(self) -> String {
        json!({ "event_type": EVENT_TYPE, "event_payload": { "id": self.outbox.0, "part": self.part } }).to_string()
    }

    /// The id of the first block of a message that grows, which takes no metadata.
    pub(super) fn block(self) -> String {
        format!("outbox-{}-{}", self.outbox.0, self.part)
    }

    fn is_on(self, message: &Value) -> bool {
        if message.items("blocks").first().and_then(|block| block.text("block_id")) == Some(&self.block()) {
            return true;
        }
        let metadata = message.at("metadata");
        let payload = metadata.at("event_payload");
        metadata.text("event_type") == Some(EVENT_TYPE)
            && payload.at("id").as_i64() == Some(self.outbox.0)
            && payload.at("part").as_u64().unwrap_or(0) == u64::from(self.part)
    }
}

/// A new message.
#[derive(Debug, Clone, Copy)]
pub struct Post<'a> {
    /// `C…`, `D…` or `G…`.
    pub channel: &'a str,
    pub thread_ts: Option<&'a str>,
    pub message: &'a Rendered,
    pub id: PostId,
}

/// Where a message stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    pub channel: String,
    pub ts: String,
}

impl Web {
    /// `chat.postMessage`. Never also to the channel, never unfurled, always findable by its id.
    pub async fn post_message(&self, post: Post<'_>) -> Result<Posted, WebError> {
        let arguments = saying_anew(post.channel, post.message)
            .maybe("thread_ts", post.thread_ts)
            // Slack's crawler fetches nothing that stands in it; only this method unfurls and takes these.
            .with("unfurl_links", "false")
            .with("unfurl_media", "false")
            .with("metadata", post.id.metadata());
        let body = self.call(POST, arguments, Channel::Post(post.channel)).await?;
        posted(&body, post.channel)
    }

    /// `chat.postEphemeral`: seen by one member of the channel until the client reloads; it can be neither edited nor found
    /// again.
    pub async fn post_ephemeral(
        &self,
        channel: &str,
        user: &str,
        thread_ts: Option<&str>,
        message: &Rendered,
    ) -> Result<(), WebError> {
        let arguments = saying_anew(channel, message).with("user", user).maybe("thread_ts", thread_ts);
        self.call(EPHEMERAL, arguments, Channel::Post(channel)).await.map(|_said| ())
    }

    /// `chat.update`. The metadata of the post is kept, and so are name and icon.
    pub async fn update_message(&self, channel: &str, ts: &str, message: &Rendered) -> Result<(), WebError> {
        let mut arguments = saying(channel, message).with("ts", ts);
        if message.blocks().is_empty() {
            // Left out, the old blocks would stay under the new text.
            arguments = arguments.with("blocks", "[]");
        }
        self.call(UPDATE, arguments, Channel::Edit(channel)).await.map(|_said| ())
    }

    /// Whether Slack asked to wait with edits.
    pub fn edits_wait(&self) -> bool {
        self.pace.held(UPDATE.name()).is_some()
    }

    /// `chat.delete`; a message that is gone already counts as deleted.
    pub async fn delete_message(&self, channel: &str, ts: &str) -> Result<(), WebError> {
        let arguments = Arguments::default().with("channel", channel).with("ts", ts);
        match self.call(DELETE, arguments, Channel::Edit(channel)).await {
            Err(error) if error.code() == Some("message_not_found") => Ok(()),
            other => other.map(|_gone| ()),
        }
    }

    /// `chat.getPermalink`.
    pub async fn permalink(&self, channel: &str, ts: &str) -> Result<String, WebError> {
        let arguments = Arguments::default().with("channel", channel).with("message_ts", ts);
        let body = self.call(PERMALINK, arguments, Channel::Irrelevant).await?;
        body.text("permalink").map(str::to_owned).ok_or_else(|| WebError::permanent("no_permalink"))
    }

    /// Looks for a post of ours by its id, newer than `oldest` (a time stamp of Slack's, from before the post was tried):
    /// in the thread, or in the channel. Only messages that our own bot wrote count, since anyone can write metadata.
    pub async fn find_posted(
        &self,
        ours: &Ours,
        channel: &str,
        thread_ts: Option<&str>,
        oldest: Option<&str>,
        id: PostId,
    ) -> Result<Option<String>, WebError> {
        let method = if thread_ts.is_some() { REPLIES } else { HISTORY };
        let mut cursor = String::new();
        for _page in 0..SEARCH_PAGES {
            let arguments = Arguments::default()
                .with("channel", channel)
                .maybe("ts", thread_ts)
                .maybe("oldest", oldest)
                .with("include_all_metadata", "true")
                .with("limit", "200")
                .maybe("cursor", Some(&cursor));
            let body = self.call(method, arguments, Channel::Irrelevant).await?;
            let found = body.items("messages").iter().find(|message| id.is_on(message) && is_ours(message, ours));
            if let Some(ts) = found.and_then(|message| message.text("ts")) {
                return Ok(Some(ts.to_owned()));
            }
            match next_cursor(&body) {
                Some(next) if next != cursor => cursor = next,
                Some(_) | None => return Ok(None),
            }
        }
        // Not found within what is read is not the same as not there.
        Err(WebError::Unknown { why: format!("{}: more messages than are searched", method.name) })
    }
}

/// What posts and edits share. `link_names` is never given, since names in a text must not become pings; it is off then.
fn saying(channel: &str, message: &Rendered) -> Arguments {
    let arguments = Arguments::default().with("channel", channel).with("text", message.text()).with("parse", "none");
    match message.blocks() {
        [] => arguments,
        blocks => arguments.with("blocks", Value::Array(blocks.to_vec()).to_string()),
    }
}

/// With an agent's name and icon, which Slack takes for new messages only.
fn saying_anew(channel: &str, message: &Rendered) -> Arguments {
    saying(channel, message)
        .maybe("username", message.username.as_deref())
        .maybe("icon_emoji", message.icon_emoji.as_deref())
}

pub(super) fn posted(body: &Value, channel: &str) -> Result<Posted, WebError> {
    let ts = body.text("ts").or_else(|| body.at("message").text("ts"));
    let Some(ts) = ts else {
        return Err(WebError::Unknown { why: "chat.postMessage answered without a time stamp".to_owned() });
    };
    Ok(Posted { channel: body.text("channel").unwrap_or(channel).to_owned(), ts: ts.to_owned() })
}

fn is_ours(message: &Value, ours: &Ours) -> bool {
    message.text("user") == Some(&ours.user)
        || (message.text("bot_id").is_some() && message.text("bot_id") == ours.bot.as_deref())
        || (message.text("app_id").is_some() && message.text("app_id") == ours.app.as_deref())
}
