//! `chat.startStream`, `chat.appendStream`, `chat.stopStream`: a message that grows (docs.slack.dev, the methods' pages).
//!
//! An open stream refuses edits and deletion. One that hears nothing for half a minute, or lasts five minutes, is broken off and
//! says so for ever (slackapi/python-slack-sdk#1859).

use serde_json::{Value, json};

use super::args::{ApiError, Args};
use super::chat::{keep_pace, place_to_post, thread, writable};
use super::draft;
use crate::sandbox::blocks::{self, Surface};
use crate::sandbox::clock::SECOND;
use crate::sandbox::message::{Message, Stream};
use crate::sandbox::state::State;

/// Characters of a task's or plan's texts.
const MAX_CHUNK_TEXT: usize = 256;
const MAX_MARKDOWN: usize = 12_000;
const QUIET: i64 = 30 * SECOND;
const WHOLE: i64 = 300 * SECOND;
const STATUSES: [&str; 4] = ["pending", "in_progress", "complete", "error"];

impl Stream {
    /// Whether it may still grow.
    pub fn is_open(&self, now: i64) -> bool {
        !self.stopped && !self.broke_off(now)
    }

    /// Slack gave it up, and the message shows that.
    pub fn broke_off(&self, now: i64) -> bool {
        !self.stopped && (now - self.touched > QUIET || now - self.begun > WHOLE)
    }
}

pub(super) fn start(state: &mut State, args: &Args) -> Result<Value, ApiError> {
    let chunks = chunks_of(args)?;
    let as_plan = match args.text("task_display_mode")?.unwrap_or("timeline") {
        "plan" => true,
        "timeline" => false,
        other => return Err(invalid(format!("task_display_mode is no {other}"))),
    };
    let mut message = draft::identity(state, args)?;
    let channel = place_to_post(state, args.required("channel")?)?;
    let is_direct = state.channels.get(&channel).is_some_and(|c| c.im_partner(state.bot_user()).is_some());
    message.thread_ts = thread(state, &channel, args)?;
    if message.thread_ts.is_none() {
        return Err(ApiError::missing("thread_ts"));
    }
    if !is_direct {
        let recipient = args.text("recipient_user_id")?.ok_or_else(|| refused("missing_recipient_user_id"))?;
        let team = args.text("recipient_team_id")?.ok_or_else(|| refused("missing_recipient_team_id"))?;
        if !state.users.contains_key(recipient) || team != state.team.id {
            return Err(ApiError::state("user_not_found"));
        }
    }
    keep_pace(state, &channel)?;
    let now = state.now();
    message.stream = Some(Stream { begun: now, touched: now, as_plan, stopped: false });
    grow(&mut message, &chunks);
    within_limits(&message)?;
    state.note_broadcasts("chat.startStream", &message);
    let ts = state.post(&channel, message);
    Ok(json!({ "channel": channel, "ts": ts }))
}

pub(super) fn append(state: &mut State, args: &Args) -> Result<Value, ApiError> {
    let chunks = chunks_of(args)?;
    if chunks.is_empty() {
        return Err(ApiError::malformed("no_text", Vec::new()));
    }
    let (channel, ts) = open(state, args)?;
    change(state, &channel, &ts, "chat.appendStream", |message| grow(message, &chunks))?;
    Ok(json!({ "channel": channel, "ts": ts }))
}

pub(super) fn stop(state: &mut State, args: &Args) -> Result<Value, ApiError> {
    let mut chunks = chunks_of(args)?;
    if let Some(blocks) = args.json("blocks")? {
        chunks.push(json!({ "type": "blocks", "blocks": checked(&blocks)? }));
    }
    let metadata = draft::metadata(args)?;
    let (channel, ts) = open(state, args)?;
    change(state, &channel, &ts, "chat.stopStream", |message| {
        grow(message, &chunks);
        if let Some(stream) = &mut message.stream {
            stream.stopped = true;
        }
        message.metadata = metadata.clone().or(message.metadata.take());
    })?;
    let message = state.channels.get(&channel).and_then(|c| c.messages.get(&ts)).map(|m| m.to_json(state));
    Ok(json!({ "channel": channel, "ts": ts, "message": message }))
}

fn open(state: &State, args: &Args) -> Result<(String, String), ApiError> {
    let (channel, ts) = writable(state, args, "message_not_owned_by_app")?;
    let stream = state.channels.get(&channel).and_then(|c| c.messages.get(&ts)).and_then(|m| m.stream.as_ref());
    match stream {
        Some(stream) if stream.is_open(state.now()) => Ok((channel, ts)),
        Some(_) | None => Err(ApiError::state("message_not_in_streaming_state")),
    }
}

/// Tries the change on a copy first, so that what is too long changes nothing.
fn change(
    state: &mut State,
    channel: &str,
    ts: &str,
    method: &str,
    how: impl Fn(&mut Message),
) -> Result<(), ApiError> {
    let before = state.channels.get(channel).and_then(|c| c.messages.get(ts));
    let mut after = before.cloned().ok_or_else(|| ApiError::state("message_not_found"))?;
    how(&mut after);
    within_limits(&after)?;
    state.note_broadcasts(method, &after);
    let now = state.now();
    state.edit(channel, ts, |message| {
        how(message);
        if let Some(stream) = &mut message.stream {
            stream.touched = now;
        }
    });
    Ok(())
}

fn grow(message: &mut Message, chunks: &[Value]) {
    let as_plan = message.stream.as_ref().is_some_and(|stream| stream.as_plan);
    for chunk in chunks {
        match chunk["type"].as_str() {
            Some("markdown_text") => add_markdown(message, chunk["text"].as_str().unwrap_or_default()),
            Some("blocks") => message.blocks.extend(chunk["blocks"].as_array().cloned().unwrap_or_default()),
            Some("plan_update") => plan(message)["title"] = chunk["title"].clone(),
            Some("task_update") if as_plan => put_task(plan(message), chunk),
            Some("task_update") => put_card(message, chunk),
            Some(_) | None => {}
        }
    }
}

fn add_markdown(message: &mut Message, text: &str) {
    match message.blocks.last_mut().filter(|block| block["type"] == "markdown") {
        Some(block) => block["text"] = json!(format!("{}{text}", block["text"].as_str().unwrap_or_default())),
        None => message.blocks.push(json!({ "type": "markdown", "text": text })),
    }
}

/// The one plan of the message, begun where it is first spoken of.
fn plan(message: &mut Message) -> &mut Value {
    let at = message.blocks.iter().position(|block| block["type"] == "plan").unwrap_or_else(|| {
        message.blocks.push(json!({ "type": "plan", "title": "", "tasks": [] }));
        message.blocks.len() - 1
    });
    &mut message.blocks[at]
}

fn task(chunk: &Value) -> Value {
    let mut task = chunk.clone();
    if let Some(fields) = task.as_object_mut() {
        fields.remove("type");
        if let Some(id) = fields.remove("id") {
            fields.insert("task_id".to_owned(), id);
        }
    }
    task
}

fn put_task(plan: &mut Value, chunk: &Value) {
    let task = task(chunk);
    let Some(tasks) = plan["tasks"].as_array_mut() else { return };
    match tasks.iter_mut().find(|known| known["task_id"] == task["task_id"]) {
        Some(known) => *known = task,
        None => tasks.push(task),
    }
}

fn put_card(message: &mut Message, chunk: &Value) {
    let mut card = task(chunk);
    card["type"] = json!("task_card");
    let known = message.blocks.iter_mut().find(|b| b["type"] == "task_card" && b["task_id"] == card["task_id"]);
    match known {
        Some(known) => *known = card,
        None => message.blocks.push(card),
    }
}

fn within_limits(message: &Message) -> Result<(), ApiError> {
    let blocks = json!(message.blocks);
    if message.blocks.len() > 50 || blocks::total_text(&blocks) > blocks::MAX_TOTAL_TEXT {
        return Err(ApiError::malformed("msg_blocks_too_long", Vec::new()));
    }
    Ok(())
}

/// `chunks` and `markdown_text`, checked.
fn chunks_of(args: &Args) -> Result<Vec<Value>, ApiError> {
    let mut chunks = match args.json("chunks")? {
        None => Vec::new(),
        Some(Value::Array(chunks)) => chunks,
        Some(_) => return Err(invalid("chunks must be an array".to_owned())),
    };
    for chunk in &chunks {
        check_chunk(chunk)?;
    }
    if let Some(text) = args.text("markdown_text")? {
        if text.chars().count() > MAX_MARKDOWN {
            return Err(ApiError::malformed("msg_too_long", Vec::new()));
        }
        chunks.push(json!({ "type": "markdown_text", "text": text }));
    }
    Ok(chunks)
}

fn check_chunk(chunk: &Value) -> Result<(), ApiError> {
    let fields = chunk.as_object().ok_or_else(|| refused("invalid_chunks"))?;
    let kind = chunk["type"].as_str().unwrap_or_default();
    let known: &[&str] = match kind {
        "markdown_text" => &["type", "text"],
        "plan_update" => &["type", "title"],
        "task_update" => &["type", "id", "title", "hide_title", "icon", "status", "details", "output", "sources"],
        "blocks" => &["type", "blocks"],
        _ => return Err(invalid(format!("unsupported chunk: {kind}"))),
    };
    if let Some(other) = fields.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(invalid(format!("a {kind} chunk takes no {other}")));
    }
    let short = |name: &str| chunk[name].as_str().is_some_and(|t| !t.is_empty() && t.chars().count() <= MAX_CHUNK_TEXT);
    let fits = match kind {
        "markdown_text" => chunk["text"].as_str().is_some_and(|t| t.chars().count() <= MAX_MARKDOWN),
        "plan_update" => short("title"),
        "task_update" => {
            let status = chunk["status"].as_str().is_some_and(|status| STATUSES.contains(&status));
            let more = ["details", "output"].iter().all(|name| chunk[*name].is_null() || short(name));
            short("id") && short("title") && status && more
        }
        _ => {
            checked(&chunk["blocks"])?;
            true
        }
    };
    if fits { Ok(()) } else { Err(invalid(format!("a {kind} chunk that Slack does not take"))) }
}

fn checked(list: &Value) -> Result<Vec<Value>, ApiError> {
    let errors = blocks::check(list, Surface::Message, "/chunks/blocks");
    if errors.is_empty() {
        return Ok(list.as_array().cloned().unwrap_or_default());
    }
    Err(ApiError::malformed("invalid_blocks", errors))
}

fn invalid(why: String) -> ApiError {
    ApiError::malformed("invalid_chunks", vec![format!("[ERROR] {why}")])
}

fn refused(code: &str) -> ApiError {
    ApiError::malformed(code, Vec::new())
}
