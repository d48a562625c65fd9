//! A table: Slack's own block where it fits, else one line per row.

use serde_json::{Value, json};

use super::mrkdwn::{self, units};
use super::parts::{self, Block, Surface};
use crate::replies::Span;

const ROWS: usize = 100;
const COLUMNS: usize = 20;
/// Slack counts all cells together (10,000); less, so that a message with a table keeps room for words.
const TABLE_UNITS: usize = 8_000;

pub(super) fn blocks(columns: &[String], rows: &[Vec<Vec<Span>>], surface: Surface) -> Vec<Block> {
    let header: Vec<Vec<Span>> = columns.iter().map(|name| vec![Span::Bold(name.clone())]).collect();
    let all: Vec<&Vec<Vec<Span>>> = std::iter::once(&header).chain(rows).collect();
    let size: usize = all.iter().flat_map(|row| row.iter()).map(|cell| units(&mrkdwn::plain(cell)).max(1)).sum();
    let regular = !columns.is_empty() && rows.iter().all(|row| row.len() == columns.len());
    let fits = regular && columns.len() <= COLUMNS && all.len() <= ROWS && size <= TABLE_UNITS;
    if surface == Surface::View || !fits {
        return all.into_iter().flat_map(|row| parts::lines(&joined(row))).collect();
    }
    let rows: Vec<Vec<Value>> = all.into_iter().map(|row| row.iter().map(|cell| cell_json(cell)).collect()).collect();
    vec![Block { json: json!({ "type": "table", "rows": rows }), units: size, is_table: true }]
}

fn joined(row: &[Vec<Span>]) -> Vec<Span> {
    let mut spans = Vec::new();
    for cell in row {
        if !spans.is_empty() {
            spans.push(Span::Text(" · ".to_owned()));
        }
        spans.extend(cell.iter().cloned());
    }
    spans
}

/// Rich text is structure, not markup: nothing in it needs escaping.
fn cell_json(cell: &[Span]) -> Value {
    let text = mrkdwn::plain(cell);
    if text.trim().is_empty() {
        return json!({ "type": "raw_text", "text": "–" });
    }
    let is_plain = cell.iter().all(|span| matches!(span, Span::Text(_) | Span::Time(..) | Span::Link { .. }));
    if is_plain {
        return json!({ "type": "raw_text", "text": text });
    }
    let elements: Vec<Value> = cell.iter().filter_map(element).collect();
    json!({ "type": "rich_text", "elements": [{ "type": "rich_text_section", "elements": elements }] })
}

fn element(span: &Span) -> Option<Value> {
    let text = mrkdwn::plain(std::slice::from_ref(span));
    if text.is_empty() {
        return None;
    }
    let plain = || json!({ "type": "text", "text": text });
    Some(match span {
        Span::Text(_) | Span::Time(..) | Span::Link { .. } => plain(),
        Span::Bold(_) => json!({ "type": "text", "text": text, "style": { "bold": true } }),
        Span::Italic(_) => json!({ "type": "text", "text": text, "style": { "italic": true } }),
        Span::Code(_) => json!({ "type": "text", "text": text, "style": { "code": true } }),
        Span::Person(id) if mrkdwn::is_id(id) => json!({ "type": "user", "user_id": id }),
        Span::Channel(id) if mrkdwn::is_id(id) => json!({ "type": "channel", "channel_id": id }),
        Span::Emoji(name) if mrkdwn::is_emoji(name) => json!({ "type": "emoji", "name": name }),
        Span::Person(_) | Span::Channel(_) | Span::Emoji(_) => plain(),
    })
}
