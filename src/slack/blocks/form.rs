//! [`Form`] → a modal view. A field's id is both block id and action id, so that errors and values find their field.

use serde_json::{Value, json};

use super::parts::{self, Block, Surface, fitted, label_object};
use super::with_id;
use crate::replies::form::MAX_TITLE_CHARS;
use crate::replies::{Card, Field, FieldKind, Form, Span};

const BLOCKS_PER_VIEW: usize = 100;
/// Slack refuses views beyond 250 KB; blocks cost up to four bytes per unit, and JSON around them.
const UNITS_PER_VIEW: usize = 45_000;
const METADATA_CHARS: usize = 3_000;
const OPTIONS: usize = 100;
const OPTION_LABEL_CHARS: usize = 75;
const OPTION_VALUE_CHARS: usize = 150;
const LABEL_CHARS: usize = 2_000;
const INPUT_CHARS: u32 = 3_000;

/// The view as `views.open`, `views.update` and acknowledgements take it.
pub fn view(form: &Form) -> Value {
    let room = BLOCKS_PER_VIEW.saturating_sub(form.fields.len());
    let mut blocks: Vec<Value> = within(parts::blocks_of(&form.intro, Surface::View), room)
        .into_iter()
        .enumerate()
        .map(|(index, block)| with_id(block.json, index))
        .collect();
    blocks.extend(form.fields.iter().take(BLOCKS_PER_VIEW).map(field));
    if blocks.is_empty() {
        blocks.push(json!({ "type": "divider", "block_id": "b0" }));
    }
    let mut view = json!({
        "type": "modal",
        "callback_id": form.verb.as_str(),
        "private_metadata": form.subject.chars().take(METADATA_CHARS).collect::<String>(),
        "title": label_object(&form.title, MAX_TITLE_CHARS),
        "close": label_object(if form.submit.is_some() { "Cancel" } else { "Close" }, MAX_TITLE_CHARS),
        "blocks": blocks,
    });
    match &form.submit {
        Some(submit) => view["submit"] = label_object(submit, MAX_TITLE_CHARS),
        // Slack wants a submit button as soon as there is an input.
        None if !form.fields.is_empty() => view["submit"] = label_object("Send", MAX_TITLE_CHARS),
        None => {}
    }
    view
}

/// The Home tab of one person, as `views.publish` takes it; like a modal it takes no tables.
pub fn home(card: &Card) -> Value {
    let kept = within(parts::blocks_of(&card.parts, Surface::View), BLOCKS_PER_VIEW);
    let blocks: Vec<Value> = kept.into_iter().enumerate().map(|(index, block)| with_id(block.json, index)).collect();
    json!({ "type": "home", "blocks": blocks })
}

/// Options as `block_suggestion` takes them.
pub fn loose_options(options: &[(String, String)]) -> Vec<Value> {
    options.iter().take(OPTIONS).map(option).collect()
}

/// As many blocks as a view takes; where the rest is left out, the view says so.
fn within(blocks: Vec<Block>, room: usize) -> Vec<Block> {
    let total: usize = blocks.iter().map(|block| block.units).sum();
    if blocks.len() <= room && total <= UNITS_PER_VIEW {
        return blocks;
    }
    let mut kept = Vec::new();
    let mut used = 0;
    for block in blocks {
        if kept.len() + 1 >= room || used + block.units > UNITS_PER_VIEW {
            break;
        }
        used += block.units;
        kept.push(block);
    }
    if room > 0 {
        kept.extend(parts::lines(&[Span::Italic("The rest is too long for this window.".to_owned())]));
    }
    kept
}

fn field(field: &Field) -> Value {
    let element = match &field.kind {
        FieldKind::Text { multiline, max } => json!({
            "type": "plain_text_input",
            "action_id": field.id,
            "multiline": multiline,
            "max_length": (*max).clamp(1, INPUT_CHARS),
        }),
        FieldKind::Choice(options) => match select(&field.id, options) {
            Some(select) => select,
            None => return nothing_to_choose(field),
        },
        FieldKind::Person => json!({ "type": "users_select", "action_id": field.id }),
        FieldKind::Filled { multiline, max, text } => {
            let mut input = json!({
                "type": "plain_text_input",
                "action_id": field.id,
                "multiline": multiline,
                "max_length": (*max).clamp(1, INPUT_CHARS),
            });
            started_with(&mut input, "initial_value", Some(text).filter(|text| !text.is_empty()));
            input
        }
        FieldKind::Number { whole, value } => {
            let mut input = json!({ "type": "number_input", "action_id": field.id, "is_decimal_allowed": !whole });
            started_with(&mut input, "initial_value", value.as_ref());
            input
        }
        FieldKind::Date { value } => {
            let mut input = json!({ "type": "datepicker", "action_id": field.id });
            started_with(&mut input, "initial_date", value.as_ref());
            input
        }
    };
    let mut block = json!({
        "type": "input",
        "block_id": field.id,
        "label": label_object(&field.label, LABEL_CHARS),
        "optional": field.optional,
        "element": element,
    });
    if let Some(hint) = &field.hint {
        block["hint"] = label_object(hint, LABEL_CHARS);
    }
    block
}

fn started_with(input: &mut Value, with: &str, value: Option<&String>) {
    if let Some(value) = value {
        input[with] = json!(value);
    }
}

/// Groups of a hundred where there are more than a hundred; `None` if there is nothing to choose.
fn select(id: &str, options: &[(String, String)]) -> Option<Value> {
    let first = options.first()?;
    let mut select = json!({ "type": "static_select", "action_id": id, "initial_option": option(first) });
    if options.len() <= OPTIONS {
        select["options"] = Value::Array(options.iter().map(option).collect());
        return Some(select);
    }
    let group = |(index, chunk): (usize, &[(String, String)])| {
        let from = index * OPTIONS + 1;
        json!({
            "label": label_object(&format!("{from} to {}", from + chunk.len() - 1), OPTION_LABEL_CHARS),
            "options": chunk.iter().map(option).collect::<Vec<_>>(),
        })
    };
    select["option_groups"] = Value::Array(options.chunks(OPTIONS).take(OPTIONS).enumerate().map(group).collect());
    Some(select)
}

fn option((value, label): &(String, String)) -> Value {
    json!({
        "text": label_object(label, OPTION_LABEL_CHARS),
        "value": value.chars().take(OPTION_VALUE_CHARS).collect::<String>(),
    })
}

fn nothing_to_choose(field: &Field) -> Value {
    let text = format!("{}: nothing to choose from.", fitted(&field.label, LABEL_CHARS));
    json!({ "type": "section", "block_id": field.id, "text": parts::plain_object(&text) })
}
