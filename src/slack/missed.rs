//! What was said while nobody listened. Slack repeats an event for minutes only, so after a longer silence the channels are
//! read back. Whatever is found becomes the same [`Arrival`] as the event would have been, with the key that all deliveries of
//! a message share: what did arrive is found in the inbox and left alone.
//!
//! Clicks, commands and edits leave no trace that could be read back.

use serde_json::{Value, json};

use super::envelope::{Reader, read_event};
use super::json::Look;
use super::web::{Web, WebError};
use crate::clock::Timestamp;
use crate::inbox::Arrival;

/// Pages of 200 messages that are read of one channel or thread at most.
const PAGES: usize = 5;
/// Threads that are read of one channel at most.
const THREADS: usize = 50;

/// Everything that was said in a channel since `oldest`, in its threads too where Slack tells of new replies, or where the
/// thread is one of `roots`.
pub async fn said_since(
    web: &Web,
    reader: &Reader,
    channel: &str,
    oldest: Timestamp,
    roots: &[String],
) -> Result<Vec<Arrival>, WebError> {
    let since = slack_ts(oldest);
    let mut messages = Vec::new();
    let mut latest: Option<String> = None;
    for _page in 0..PAGES {
        let (page, more) = web.history_since(channel, &since, latest.as_deref()).await?;
        latest = page.last().and_then(|message| message.text("ts")).map(str::to_owned);
        messages.extend(page);
        if !more || latest.is_none() {
            break;
        }
    }
    let talked_on = messages.iter().filter(|message| message.at("reply_count").as_i64().unwrap_or(0) > 0);
    let mut threads: Vec<String> = talked_on.filter_map(|root| root.text("ts")).map(str::to_owned).collect();
    threads.extend(roots.iter().cloned());
    threads.sort();
    threads.dedup();
    for root in threads.iter().take(THREADS) {
        let mut cursor: Option<String> = None;
        for _page in 0..PAGES {
            let (page, next) = web.replies_since(channel, root, &since, cursor.as_deref()).await?;
            messages.extend(page);
            cursor = next;
            if cursor.is_none() {
                break;
            }
        }
    }
    messages.sort_by(|a, b| a.text("ts").cmp(&b.text("ts")));
    messages.dedup_by(|a, b| a.text("ts") == b.text("ts"));
    Ok(messages.iter().map(|message| arrival(message, channel, reader)).collect())
}

/// As the event would have been that told of it.
fn arrival(message: &Value, channel: &str, reader: &Reader) -> Arrival {
    let mut event = message.clone();
    if let Some(fields) = event.as_object_mut() {
        fields.insert("type".to_owned(), json!("message"));
        fields.insert("channel".to_owned(), json!(channel));
    }
    let ts = message.text("ts").unwrap_or_default();
    read_event(
        &json!({ "team_id": reader.ours.team, "event_id": format!("read-back:{channel}:{ts}"), "event": event }),
        reader,
    )
}

/// Slack's time stamp: seconds, and six digits behind the dot.
fn slack_ts(at: Timestamp) -> String {
    format!("{}.{:06}", at.0.div_euclid(1_000_000), at.0.rem_euclid(1_000_000))
}
