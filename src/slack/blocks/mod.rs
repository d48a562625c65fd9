//! [`Card`] → Block Kit, within Slack's limits. A card that is too long for one message becomes several; nothing is left out.
//!
//! Raw text reaches Slack in two ways only: escaped inside mrkdwn by `mrkdwn`, or as `plain_text`. Sources of the
//! limits: docs.slack.dev, "Block Kit reference"; the total per message is undocumented (slackapi/bolt-js#2509).

mod form;
mod mrkdwn;
mod parts;
mod stream;
mod table;
#[cfg(test)]
mod tests;

use serde_json::{Value, json};

use crate::replies::{Card, Identity};

pub use form::{home, loose_options, view};
pub use mrkdwn::{escape, units};
pub(in crate::slack) use stream::{additions, opening};

/// What the app was granted that changes how a message looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dress {
    /// `chat:write.customize`: an agent's own name and icon may be shown.
    pub may_customize: bool,
}

/// One message, ready to be sent; made by [`render`] only, so that everything sent was escaped and is within limits.
#[derive(Debug, Clone, PartialEq)]
pub struct Rendered {
    pub(in crate::slack) text: String,
    pub(in crate::slack) blocks: Vec<Value>,
    pub(in crate::slack) username: Option<String>,
    pub(in crate::slack) icon_emoji: Option<String>,
}

impl Rendered {
    /// The notification, escaped.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn blocks(&self) -> &[Value] {
        &self.blocks
    }

    /// `text` and `blocks`, as acknowledgements and `response_url` take them.
    pub(in crate::slack) fn body(&self) -> Value {
        let mut body = json!({ "text": self.text });
        if !self.blocks.is_empty() {
            body["blocks"] = Value::Array(self.blocks.clone());
        }
        body
    }
}

pub(in crate::slack) const BLOCKS_PER_MESSAGE: usize = 50;
/// Slack refuses messages from about 13,200 characters with `msg_blocks_too_long`.
pub(in crate::slack) const UNITS_PER_MESSAGE: usize = 12_000;
pub(in crate::slack) const NOTIFICATION_UNITS: usize = 3_000;
const USERNAME_CHARS: usize = 80;

/// One message or several, never none.
pub fn render(card: &Card, dress: &Dress) -> Vec<Rendered> {
    let mut pages = paginate(parts::blocks_of(&card.parts, parts::Surface::Message));
    if pages.is_empty() {
        pages.push(Vec::new());
    }
    let count = pages.len();
    let (username, icon_emoji) = identity(card.identity.as_ref(), dress);
    let text = |index: usize| match index {
        0 => notification(&card.notification, ""),
        later => notification(&card.notification, &format!(" ({} of {count})", later + 1)),
    };
    let dressed = |(index, blocks)| Rendered {
        text: text(index),
        blocks,
        username: username.clone(),
        icon_emoji: icon_emoji.clone(),
    };
    pages.into_iter().enumerate().map(dressed).collect()
}

/// Blocks into messages, in order, each within the limits; ids are unique within a message.
fn paginate(blocks: Vec<parts::Block>) -> Vec<Vec<Value>> {
    let mut pages: Vec<Vec<Value>> = Vec::new();
    let (mut used, mut has_table) = (0, false);
    for block in blocks {
        let fits = pages.last().is_some_and(|page| {
            page.len() < BLOCKS_PER_MESSAGE && used + block.units <= UNITS_PER_MESSAGE && !(has_table && block.is_table)
        });
        if !fits {
            pages.push(Vec::new());
            (used, has_table) = (0, false);
        }
        used += block.units;
        has_table |= block.is_table;
        if let Some(page) = pages.last_mut() {
            page.push(with_id(block.json, page.len()));
        }
    }
    pages
}

pub(in crate::slack) fn with_id(mut block: Value, index: usize) -> Value {
    if block.get("block_id").is_none() {
        block["block_id"] = json!(format!("b{index}"));
    }
    block
}

fn notification(text: &str, suffix: &str) -> String {
    let room = NOTIFICATION_UNITS - units(suffix);
    let cut = mrkdwn::escape_within(&crate::redact::text(text), room);
    match cut.trim() {
        "" => format!("…{suffix}"),
        _some_text => format!("{cut}{suffix}"),
    }
}

pub(in crate::slack) fn identity(identity: Option<&Identity>, dress: &Dress) -> (Option<String>, Option<String>) {
    let Some(identity) = identity.filter(|_| dress.may_customize) else { return (None, None) };
    let name = mrkdwn::printable(&identity.name).replace('\n', " ");
    let name = crate::replies::plain::shorten(name.trim(), USERNAME_CHARS);
    let icon = identity.icon.as_deref().map(|icon| icon.trim_matches(':')).filter(|icon| mrkdwn::is_emoji(icon));
    (Some(name).filter(|name| !name.is_empty()), icon.map(|icon| format!(":{icon}:")))
}
