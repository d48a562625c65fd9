//! One [`Part`] → one or several blocks.

use serde_json::{Value, json};

use super::mrkdwn::{self, units};
use super::table;
use crate::redact;
use crate::replies::plain::shorten;
use crate::replies::{Button, ButtonStyle, Confirm, Part, Span};

pub(super) const SECTION_UNITS: usize = 3_000;
const CONTEXT_UNITS: usize = 2_000;
const FIELD_UNITS: usize = 2_000;
const FIELDS_PER_SECTION: usize = 10;
const ACTIONS_PER_BLOCK: usize = 25;
const BUTTON_LABEL_CHARS: usize = 75;
const VALUE_CHARS: usize = 2_000;

/// Where blocks will stand; modals and the Home tab (views) take no tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Surface {
    Message,
    View,
}

/// A block with what it counts for.
pub(super) struct Block {
    pub json: Value,
    pub units: usize,
    pub is_table: bool,
}

impl Block {
    pub(super) fn new(json: Value, units: usize) -> Self {
        Self { json, units, is_table: false }
    }
}

pub(super) fn blocks_of(parts: &[Part], surface: Surface) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut buttons_so_far = 0;
    for part in parts {
        match part {
            Part::Line(spans) => blocks.extend(lines(spans)),
            Part::Note(spans) => blocks.extend(notes(spans)),
            Part::Words { label, text } => {
                blocks.extend(notes(label));
                blocks.extend(words(text));
            }
            Part::Fields(fields) => blocks.extend(fields_of(fields)),
            Part::Table { columns, rows } => blocks.extend(table::blocks(columns, rows, surface)),
            Part::Buttons(buttons) => {
                for chunk in buttons.chunks(ACTIONS_PER_BLOCK) {
                    blocks.push(actions(chunk, buttons_so_far));
                    buttons_so_far += chunk.len();
                }
            }
            Part::Divider => blocks.push(Block::new(json!({ "type": "divider" }), 0)),
        }
    }
    blocks
}

pub(super) fn lines(spans: &[Span]) -> Vec<Block> {
    let section = |text: String| {
        let size = units(&text);
        Block::new(json!({ "type": "section", "text": mrkdwn_object(text) }), size)
    };
    mrkdwn::pack(spans, SECTION_UNITS).into_iter().map(section).collect()
}

fn notes(spans: &[Span]) -> Vec<Block> {
    let context = |text: String| {
        let size = units(&text);
        Block::new(json!({ "type": "context", "elements": [mrkdwn_object(text)] }), size)
    };
    mrkdwn::pack(spans, CONTEXT_UNITS).into_iter().map(context).collect()
}

/// Words of others may hold what nobody else should read; what looks like a secret stays out, wherever they are shown.
fn words(text: &str) -> Vec<Block> {
    let text = &redact::text(text);
    let section = |text: String| {
        let size = units(&text);
        Block::new(json!({ "type": "section", "text": plain_object(&text) }), size)
    };
    mrkdwn::split_plain(text, SECTION_UNITS).into_iter().map(section).collect()
}

/// Ten to a section; a value that is too long for a field gets paragraphs of its own instead of being cut.
fn fields_of(fields: &[(String, Vec<Span>)]) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut row: Vec<String> = Vec::new();
    for (label, value) in fields {
        let mut spans = vec![Span::Bold(label.clone()), Span::Text("\n".to_owned())];
        spans.extend(value.iter().cloned());
        let mut packed = mrkdwn::pack(&spans, FIELD_UNITS);
        if packed.len() == 1 {
            row.append(&mut packed);
        } else if !packed.is_empty() {
            blocks.extend(field_section(&mut row));
            blocks.extend(lines(&spans));
        }
        let size: usize = row.iter().map(|field| units(field)).sum();
        if row.len() == FIELDS_PER_SECTION || size > 2 * SECTION_UNITS {
            blocks.extend(field_section(&mut row));
        }
    }
    blocks.extend(field_section(&mut row));
    blocks
}

fn field_section(row: &mut Vec<String>) -> Option<Block> {
    let fields = std::mem::take(row);
    if fields.is_empty() {
        return None;
    }
    let size = fields.iter().map(|field| units(field)).sum();
    let fields: Vec<Value> = fields.into_iter().map(mrkdwn_object).collect();
    Some(Block::new(json!({ "type": "section", "fields": fields }), size))
}

fn actions(buttons: &[Button], first: usize) -> Block {
    let elements: Vec<Value> =
        buttons.iter().enumerate().map(|(index, button)| button_json(button, first + index)).collect();
    let size = buttons.iter().map(|button| units(&button.label)).sum();
    Block::new(json!({ "type": "actions", "elements": elements }), size)
}

fn button_json(button: &Button, index: usize) -> Value {
    let mut element = json!({
        "type": "button",
        "action_id": format!("{}:{index}", button.verb),
        "text": label_object(&button.label, BUTTON_LABEL_CHARS),
    });
    if !button.target.is_empty() {
        element["value"] = json!(button.target.chars().take(VALUE_CHARS).collect::<String>());
    }
    match button.style {
        ButtonStyle::Normal => {}
        ButtonStyle::Primary => element["style"] = json!("primary"),
        ButtonStyle::Danger => element["style"] = json!("danger"),
    }
    if let Some(spoken) = &button.spoken {
        element["accessibility_label"] = json!(fitted(spoken, BUTTON_LABEL_CHARS));
    }
    if let Some(confirm) = &button.confirm {
        element["confirm"] = confirm_json(confirm);
    }
    element
}

fn confirm_json(confirm: &Confirm) -> Value {
    json!({
        "title": label_object(&confirm.title, 100),
        "text": plain_object(&fitted(&confirm.text, 300)),
        "confirm": label_object(&confirm.yes, 30),
        "deny": label_object("Go back", 30),
    })
}

pub(super) fn mrkdwn_object(text: String) -> Value {
    json!({ "type": "mrkdwn", "text": text, "verbatim": true })
}

/// Text of others, or a label: no markup, and `:smile:` stays what was written.
pub(super) fn plain_object(text: &str) -> Value {
    json!({ "type": "plain_text", "text": text, "emoji": false })
}

/// A label on one line, cut with an ellipsis, never empty (Slack refuses empty labels).
pub(super) fn label_object(label: &str, max: usize) -> Value {
    json!({ "type": "plain_text", "text": fitted(label, max), "emoji": true })
}

/// At most `max` UTF-16 units, so that Slack, however it counts, never refuses it.
pub(super) fn fitted(text: &str, max: usize) -> String {
    let line = mrkdwn::printable(text).replace('\n', " ");
    let line = line.trim();
    if line.is_empty() {
        return "…".to_owned();
    }
    let mut chars = max;
    loop {
        let cut = shorten(line, chars);
        if units(&cut) <= max {
            return cut;
        }
        chars -= 1;
    }
}
