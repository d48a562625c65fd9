//! Block Kit, checked as strictly as Slack does: kinds, fields, lengths, counts, unique ids. A block or field that is not
//! described here is refused, loudly, rather than shown to nobody. Source: Slack's Block Kit reference and `@slack/types`.
//!
//! Absent on purpose, and therefore refused: video, file, call, card, carousel, plan and data blocks.

mod fields;
mod kinds;
mod walk;

use std::collections::HashSet;

use serde_json::Value;

pub(crate) use walk::collect_mrkdwn;

/// Where blocks are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Surface {
    Message,
    Modal,
    Home,
}

const MAX_MESSAGE_BLOCKS: usize = 50;
const MAX_VIEW_BLOCKS: usize = 100;
const MAX_MARKDOWN: usize = 12_000;

/// All texts of a message's blocks together; Slack does not document it (bolt-js#2509).
pub(crate) const MAX_TOTAL_TEXT: usize = 13_200;

/// Everything wrong with a list of blocks, each with its place as Slack words it. `at` is the list's JSON pointer.
pub(crate) fn check(blocks: &Value, surface: Surface, at: &str) -> Vec<String> {
    let mut errors = Vec::new();
    let Some(list) = blocks.as_array() else {
        return vec![format!("[ERROR] must provide an array [json-pointer:{at}]")];
    };
    let max = if surface == Surface::Message { MAX_MESSAGE_BLOCKS } else { MAX_VIEW_BLOCKS };
    if list.len() > max {
        errors.push(format!("[ERROR] no more than {max} items allowed [json-pointer:{at}]"));
    }
    let mut ids = HashSet::new();
    let mut markdown = 0;
    for (index, block) in list.iter().enumerate() {
        let here = format!("{at}/{index}");
        kinds::check_block(block, surface, &here, &mut errors);
        if let Some(id) = block["block_id"].as_str()
            && !ids.insert(id)
        {
            errors.push(format!("[ERROR] `block_id` {id} already exists [json-pointer:{here}/block_id]"));
        }
        if block["type"] == "markdown" {
            markdown += block["text"].as_str().map_or(0, |t| t.chars().count());
        }
        check_action_ids(block, &here, &mut errors);
    }
    if list.iter().filter(|block| block["type"] == "table").count() > 1 {
        errors.push(format!("[ERROR] only_one_table_allowed [json-pointer:{at}]"));
    }
    if markdown > MAX_MARKDOWN {
        errors.push(format!("[ERROR] markdown text over {MAX_MARKDOWN} characters in all [json-pointer:{at}]"));
    }
    errors
}

/// Action ids must be unique within their block.
fn check_action_ids(block: &Value, at: &str, errors: &mut Vec<String>) {
    let mut seen = HashSet::new();
    for element in block["elements"].as_array().into_iter().flatten() {
        if let Some(id) = element["action_id"].as_str()
            && !seen.insert(id)
        {
            errors.push(format!("[ERROR] `action_id` {id} already exists [json-pointer:{at}/elements]"));
        }
    }
}

/// The characters of all texts in these blocks.
pub(crate) fn total_text(blocks: &Value) -> usize {
    let mut texts = Vec::new();
    walk::collect_text(blocks, &mut texts);
    texts.iter().map(|t| t.chars().count()).sum()
}

pub(crate) fn check_plain_text(text: &Value, max: usize, at: &str, errors: &mut Vec<String>) {
    fields::check_text(text, max, fields::TextKind::Plain, at, errors);
}

/// The answer to `block_suggestion`: `options` or `option_groups`.
pub(crate) fn check_suggestions(payload: &Value, errors: &mut Vec<String>) {
    fields::check_suggestions(payload, errors);
}

/// Kinds of element that a person can act on.
pub(crate) fn is_interactive(kind: &str) -> bool {
    kinds::element(kind).is_some_and(|spec| spec.iter().any(|field| field.name == "action_id"))
}

/// Kinds of element whose value stands in `state.values`.
pub(crate) fn keeps_value(kind: &str) -> bool {
    is_interactive(kind)
        && !matches!(kind, "button" | "overflow" | "icon_button" | "feedback_buttons" | "workflow_button")
}

#[cfg(test)]
mod tests;
