//! What a message that grows is sent in: chunks (docs.slack.dev, "chat.appendStream"). An agent's words go as plain-text blocks like
//! any others, never as Markdown, so that nothing in them pings, links or is fetched.

use serde_json::{Value, json};

use super::parts::{Surface, blocks_of, fitted};
use crate::replies::Part;
use crate::replies::progress::{Live, Progress, StepLine, StepState};

/// Slack takes 256 characters for a task's or a plan's title.
const TITLE_UNITS: usize = 250;

/// The beginning: what stands at the top, with the id by which the message is found again, then what there is already.
pub fn opening(live: &Live, first_id: &str) -> Vec<Value> {
    let mut lead = blocks_json(&live.lead);
    if let Some(first) = lead.first_mut() {
        first["block_id"] = json!(first_id);
    }
    let mut chunks = Vec::new();
    if !lead.is_empty() {
        chunks.push(json!({ "type": "blocks", "blocks": lead }));
    }
    chunks.extend(additions(live, &live.progress, true));
    chunks
}

/// What is added: steps, and whole sentences. The plan is named with its first step.
pub fn additions(live: &Live, new: &Progress, first_steps: bool) -> Vec<Value> {
    let mut chunks = Vec::new();
    if first_steps && !new.steps.is_empty() {
        let title = fitted(&format!("What {} does", live.worker), TITLE_UNITS);
        chunks.push(json!({ "type": "plan_update", "title": title }));
    }
    chunks.extend(new.steps.iter().map(task));
    let words = new.words.trim();
    if !words.is_empty() {
        let part = Part::Words { label: Vec::new(), text: words.to_owned() };
        chunks.push(json!({ "type": "blocks", "blocks": blocks_json(&[part]) }));
    }
    chunks
}

fn task(step: &StepLine) -> Value {
    let status = match step.state {
        StepState::Running => "in_progress",
        StepState::Done => "complete",
        StepState::Failed => "error",
    };
    json!({ "type": "task_update", "id": format!("action-{}", step.id), "title": fitted(&step.title, TITLE_UNITS), "status": status })
}

fn blocks_json(parts: &[Part]) -> Vec<Value> {
    blocks_of(parts, Surface::Message).into_iter().map(|block| block.json).collect()
}
