//! The thread above a mention: what was said before somebody called us, within limits, as plain text.
//!
//! It is untrusted like every text of others; it fills in what a request leaves out and decides nothing.

use super::envelope::Ours;
use super::text;
use super::web::{Said, Web, WebError};

/// How much of a thread is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ThreadLimits {
    /// Messages that are kept: the first of the thread and the latest before the mention.
    pub messages: usize,
    /// Characters of all kept messages together.
    pub chars: usize,
    /// Pages of 200 that are asked for at most.
    pub pages: usize,
}

impl Default for ThreadLimits {
    fn default() -> Self {
        Self { messages: 30, chars: 12_000, pages: 3 }
    }
}

/// One message above the mention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    pub ts: String,
    /// Account id, or a bot's id.
    pub author: String,
    /// Our own bot said it.
    pub ours: bool,
    /// Plain text, cut with an ellipsis where the limit ends it.
    pub text: String,
}

/// What stands above a mention, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Above {
    pub messages: Vec<Earlier>,
    /// Something was left out, which whoever reads this should say.
    pub shortened: bool,
}

/// Reads what was said in the thread before `until_ts` (the mention, which is not part of it).
pub async fn read_above(
    web: &Web,
    ours: &Ours,
    channel: &str,
    root_ts: &str,
    until_ts: &str,
    limits: ThreadLimits,
) -> Result<Above, WebError> {
    let mut said = Vec::new();
    let mut cursor: Option<String> = None;
    let mut complete = false;
    for _page in 0..limits.pages.max(1) {
        let (page, next) = web.replies(channel, root_ts, Some(until_ts), cursor.as_deref(), 200).await?;
        said.extend(page);
        if next.is_none() {
            complete = true;
            break;
        }
        cursor = next;
    }
    let mut above = select(said, ours, until_ts, limits);
    above.shortened |= !complete;
    Ok(above)
}

/// The first message and the latest ones, as many as fit; the first is never crowded out, since threads begin with
/// what they are about.
fn select(mut said: Vec<Said>, ours: &Ours, until_ts: &str, limits: ThreadLimits) -> Above {
    said.retain(|message| later(until_ts, &message.ts) && is_said(message));
    said.sort_by_key(|message| order(&message.ts));
    said.dedup_by(|a, b| a.ts == b.ts);
    let mut left = limits.chars;
    let mut shortened = false;
    let mut kept: Vec<Earlier> = Vec::new();
    let first = (!said.is_empty()).then(|| said.remove(0));
    let latest_first = first.into_iter().chain(said.into_iter().rev());
    for message in latest_first {
        if kept.len() >= limits.messages || left == 0 {
            shortened = true;
            break;
        }
        let whole = text::plain(&message.text);
        let cut = crate::replies::plain::shorten(&whole, left);
        shortened |= cut.len() < whole.len();
        left = left.saturating_sub(cut.chars().count());
        kept.push(Earlier { ours: is_ours(&message, ours), ts: message.ts, author: message.author, text: cut });
    }
    kept.sort_by_key(|message| order(&message.ts));
    Above { messages: kept, shortened }
}

/// Joins, renamings and the like are nothing that was said.
fn is_said(message: &Said) -> bool {
    let spoken = matches!(
        message.subtype.as_deref(),
        None | Some("bot_message" | "thread_broadcast" | "file_share" | "me_message")
    );
    spoken && !message.text.trim().is_empty()
}

fn is_ours(message: &Said, ours: &Ours) -> bool {
    message.author == ours.user || (message.bot_id.is_some() && message.bot_id == ours.bot)
}

fn later(this: &str, than: &str) -> bool {
    order(this) > order(than)
}

/// Slack's time stamps compare as numbers, not as text: seconds, then the six digits behind the dot.
fn order(ts: &str) -> (u64, u64) {
    let (seconds, rest) = ts.split_once('.').unwrap_or((ts, "0"));
    (seconds.parse().unwrap_or(0), rest.parse().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours() -> Ours {
        Ours { team: "T1".into(), user: "UBOT".into(), bot: Some("BBOT".into()), app: None }
    }

    fn said(ts: &str, author: &str, text: &str) -> Said {
        Said {
            ts: ts.into(),
            thread_ts: Some("1.0".into()),
            author: author.into(),
            bot_id: None,
            subtype: None,
            text: text.into(),
            team: None,
            reply_count: 0,
        }
    }

    #[test]
    fn keeps_the_beginning_and_the_end_in_order() {
        let thread = (1..=20).map(|n| said(&format!("{n}.000100"), "U1", &format!("message {n}"))).collect();
        let limits = ThreadLimits { messages: 3, ..ThreadLimits::default() };
        let above = select(thread, &ours(), "20.000100", limits);
        let texts: Vec<&str> = above.messages.iter().map(|message| message.text.as_str()).collect();
        assert_eq!(texts, ["message 1", "message 18", "message 19"]);
        assert!(above.shortened);
    }

    #[test]
    fn reads_slacks_syntax_and_knows_our_own_words() {
        let mut joined = said("2.0", "U2", "<@U2> has joined");
        joined.subtype = Some("channel_join".into());
        let thread =
            vec![said("1.0", "U1", "order &lt;ORD-1042&gt; for <@U9|kim>"), joined, said("3.0", "UBOT", "Noted.")];
        let above = select(thread, &ours(), "9.0", ThreadLimits::default());
        assert_eq!(above.messages.len(), 2);
        assert_eq!(above.messages[0].text, "order <ORD-1042> for @kim");
        assert!(!above.messages[0].ours && above.messages[1].ours && !above.shortened);
    }

    #[test]
    fn the_characters_are_shared_and_a_cut_is_told() {
        let thread = vec![said("1.0", "U1", &"a".repeat(50)), said("2.0", "U1", &"b".repeat(50))];
        let above = select(thread, &ours(), "3.0", ThreadLimits { chars: 60, ..ThreadLimits::default() });
        assert_eq!(above.messages[1].text, format!("{}…", "b".repeat(9)));
        assert!(above.shortened);
    }
}
