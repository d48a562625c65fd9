//! From arguments to a message the app may post: checked, cut and given the app's identity.

use serde_json::{Map, Value, json};

use super::args::{ApiError, Args};
use crate::sandbox::blocks::{self, Surface};
use crate::sandbox::message::Message;
use crate::sandbox::report::FindingKind;
use crate::sandbox::state::State;

/// Slack cuts a text here and says nothing.
const MAX_TEXT: usize = 40_000;
const MAX_MARKDOWN_TEXT: usize = 12_000;

/// The content that chat methods, response URLs and slash replies have in common.
#[derive(Debug, Default)]
pub(crate) struct Content {
    pub text: Option<String>,
    pub blocks: Option<Vec<Value>>,
    pub attachments: Option<Vec<Value>>,
}

impl Content {
    pub fn is_empty(&self) -> bool {
        let list = |l: &Option<Vec<Value>>| l.as_ref().is_none_or(Vec::is_empty);
        self.text.as_ref().is_none_or(String::is_empty) && list(&self.blocks) && list(&self.attachments)
    }
}

pub(crate) fn content(state: &mut State, method: &str, args: &Args) -> Result<Content, ApiError> {
    let mut text = args.text("text")?.map(str::to_owned);
    let blocks = match args.json("blocks")? {
        None => None,
        Some(blocks) => Some(checked_blocks(&blocks)?),
    };
    if let Some(markdown) = args.text("markdown_text")? {
        if text.is_some() || blocks.is_some() {
            return Err(ApiError::malformed("markdown_text_conflict", Vec::new()));
        }
        if markdown.chars().count() > MAX_MARKDOWN_TEXT {
            return Err(ApiError::malformed("msg_too_long", Vec::new()));
        }
        text = Some(markdown.to_owned());
    }
    if let Some(long) = &mut text
        && let Some((cut, _)) = long.char_indices().nth(MAX_TEXT)
    {
        long.truncate(cut);
        state.report.add(FindingKind::TruncatedText, format!("{method}: a text over {MAX_TEXT} characters was cut"));
    }
    let attachments = match args.json("attachments")? {
        None => None,
        Some(Value::Array(list)) => Some(list),
        Some(_) => return Err(ApiError::malformed("invalid_attachments", Vec::new())),
    };
    for attachment in attachments.iter().flatten() {
        if let Some(inner) = attachment.get("blocks") {
            checked_blocks(inner)?;
        }
    }
    for deprecated in ["as_user", "link_names"] {
        if args.has(deprecated) {
            state.report.add(FindingKind::DeprecatedParam, format!("{method} was given {deprecated}"));
        }
    }
    if args.text("parse")?.is_some_and(|p| p != "none") {
        state.report.add(FindingKind::DeprecatedParam, format!("{method} was given parse other than none"));
    }
    Ok(Content { text, blocks, attachments })
}

fn checked_blocks(blocks: &Value) -> Result<Vec<Value>, ApiError> {
    let errors = blocks::check(blocks, Surface::Message, "/blocks");
    if !errors.is_empty() {
        return Err(ApiError::malformed("invalid_blocks", errors));
    }
    let total = blocks::total_text(blocks);
    if total > blocks::MAX_TOTAL_TEXT {
        return Err(ApiError::malformed(
            "msg_blocks_too_long",
            vec![format!("[ERROR] {total} characters in all blocks together")],
        ));
    }
    Ok(blocks.as_array().cloned().unwrap_or_default())
}

/// `metadata`: an event type and an object, or nothing at all.
pub(crate) fn metadata(args: &Args) -> Result<Option<Value>, ApiError> {
    let bad = |why: &str| ApiError::malformed("invalid_metadata_format", vec![format!("[ERROR] {why}")]);
    let Some(metadata) = args.json("metadata")? else { return Ok(None) };
    let Some(fields) = metadata.as_object() else { return Err(bad("metadata must be an object")) };
    if fields.is_empty() {
        return Ok(Some(metadata));
    }
    if fields.get("event_type").and_then(Value::as_str).is_none_or(str::is_empty) {
        return Err(bad("metadata needs event_type"));
    }
    if !fields.get("event_payload").is_some_and(Value::is_object) {
        return Err(bad("metadata needs event_payload, an object"));
    }
    if let Some(other) = fields.keys().find(|k| !["event_type", "event_payload", "entities"].contains(&k.as_str())) {
        return Err(bad(&format!("metadata takes no {other}")));
    }
    Ok(Some(metadata))
}

/// A message of the app, in its own or a customised name.
pub(crate) fn identity(state: &State, args: &Args) -> Result<Message, ApiError> {
    let username = args.text("username")?.filter(|u| !u.is_empty()).map(str::to_owned);
    let emoji = args.text("icon_emoji")?;
    let url = args.text("icon_url")?;
    if (username.is_some() || emoji.is_some() || url.is_some()) && !state.has_scope("chat:write.customize") {
        return Err(ApiError::missing_scope("chat:write.customize", &state.app.bot_scopes));
    }
    let icons = match (emoji, url) {
        (Some(emoji), _) => Some(json!({ "emoji": emoji })),
        (None, Some(url)) => Some(json!({ "image_48": url })),
        (None, None) => None,
    };
    Ok(Message { username, icons, ..own(state) })
}

/// A message in the app's own name.
pub(crate) fn own(state: &State) -> Message {
    Message {
        user: state.app.bot_user_id.clone(),
        bot_id: Some(state.app.bot_id.clone()),
        app_id: Some(state.app.app_id.clone()),
        ..Message::default()
    }
}

/// The message in a slash command's acknowledgement or in a post to a response URL.
pub(crate) fn from_response(state: &mut State, payload: &Value) -> Result<Message, ApiError> {
    let fields: Map<String, Value> = payload.as_object().cloned().unwrap_or_default();
    let known = [
        "text", "blocks", "attachments", "response_type", "replace_original", "delete_original", "thread_ts",
        "unfurl_links", "unfurl_media", "mrkdwn", "metadata",
    ];
    if let Some(other) = fields.keys().find(|k| !known.contains(&k.as_str())) {
        return Err(ApiError::malformed("invalid_payload", vec![format!("[ERROR] a reply takes no {other}")]));
    }
    if let Some(kind) = fields.get("response_type")
        && !["ephemeral", "in_channel"].contains(&kind.as_str().unwrap_or_default())
    {
        return Err(ApiError::malformed("invalid_payload", vec!["[ERROR] unknown response_type".to_owned()]));
    }
    let args = Args(fields);
    let content = content(state, "reply", &args)?;
    if content.is_empty() {
        return Err(ApiError::malformed("no_text", Vec::new()));
    }
    Ok(Message {
        text: content.text.unwrap_or_default(),
        blocks: content.blocks.unwrap_or_default(),
        attachments: content.attachments.unwrap_or_default(),
        metadata: metadata(&args)?.filter(|m| m != &json!({})),
        ..own(state)
    })
}
