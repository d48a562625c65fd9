//! Messages and views as plain text, the way a person reads them: stable, so that a test can snapshot a conversation.
//!
//! A message is its author's name, a colon, and its blocks in reading order (its text where it has none). Buttons are
//! `[Label]`, menus `[Label ▾]`, reactions `:eyes: workforce` on a line of their own.

use serde_json::Value;

use super::message::Message;
use super::people::unescape;
use super::reading::ShownMessage;
use super::state::State;

impl State {
    pub fn message_text(&self, message: &Message) -> String {
        let lines = self.body_lines(message);
        let mut out = format!("{}:", self.author(message));
        let mut lines = lines.into_iter();
        if let Some(first) = lines.next() {
            out.push(' ');
            out.push_str(&first);
        }
        if message.edited.is_some() {
            out.push_str(" (edited)");
        }
        for line in lines {
            out.push_str("\n  ");
            out.push_str(&line);
        }
        for (name, users) in &message.reactions {
            let who: Vec<&str> = users.iter().map(|id| self.handle(id)).collect();
            out.push_str(&format!("\n  :{name}: {}", who.join(", ")));
        }
        out
    }

    /// The message in its parts.
    pub fn shown(&self, message: &Message) -> ShownMessage {
        let handles = |users: &[String]| users.iter().map(|id| self.handle(id)).collect::<Vec<_>>().join(", ");
        ShownMessage {
            ts: message.ts.clone(),
            thread_ts: message.thread_ts.clone().filter(|root| *root != message.ts),
            author: message.username.clone().unwrap_or_else(|| self.name(&message.user).to_owned()),
            ours: message.bot_id.as_ref() == Some(&self.app.bot_id),
            text: self.body_lines(message).join("\n"),
            reactions: message.reactions.iter().map(|(name, users)| format!(":{name}: {}", handles(users))).collect(),
        }
    }

    fn body_lines(&self, message: &Message) -> Vec<String> {
        let mut lines = Vec::new();
        let only_rich = message.blocks.iter().all(|b| b["type"] == "rich_text");
        if message.blocks.is_empty() || (only_rich && !message.text.is_empty()) {
            lines.extend(self.readable(&message.text).lines().map(str::to_owned));
        } else {
            lines = self.block_lines(&message.blocks);
        }
        for attachment in &message.attachments {
            if let Some(text) = attachment["text"].as_str().or_else(|| attachment["fallback"].as_str()) {
                lines.push(format!("| {}", self.readable(text)));
            }
            let blocks = attachment["blocks"].as_array().cloned().unwrap_or_default();
            lines.extend(self.block_lines(&blocks).into_iter().map(|line| format!("| {line}")));
        }
        lines
    }

    fn author(&self, message: &Message) -> String {
        match &message.username {
            Some(name) => format!("{name} (app)"),
            None if message.bot_id.is_some() => format!("{} (app)", self.name(&message.user)),
            None => self.name(&message.user).to_owned(),
        }
    }

    fn name<'a>(&'a self, user: &'a str) -> &'a str {
        self.users.get(user).map_or(user, |u| u.real_name.as_str())
    }

    fn handle<'a>(&'a self, user: &'a str) -> &'a str {
        self.users.get(user).map_or(user, |u| u.handle.as_str())
    }

    pub fn block_lines(&self, blocks: &[Value]) -> Vec<String> {
        blocks.iter().flat_map(|block| self.one_block(block)).collect()
    }

    fn one_block(&self, block: &Value) -> Vec<String> {
        let text = |value: &Value| self.text_of(value);
        let lines = |text: String| text.lines().map(str::to_owned).collect::<Vec<_>>();
        let elements = || block["elements"].as_array().into_iter().flatten();
        match block["type"].as_str().unwrap_or_default() {
            "section" => {
                let mut out = lines(text(&block["text"]));
                let fields = block["fields"].as_array().into_iter().flatten();
                out.extend(fields.flat_map(|f| lines(text(f))));
                if block["accessory"].is_object() {
                    out.push(self.element_text(&block["accessory"], &Value::Null));
                }
                out
            }
            "header" => vec![format!("# {}", text(&block["text"]))],
            "divider" => vec!["---".to_owned()],
            "context" => vec![elements().map(|e| self.element_text(e, &Value::Null)).collect::<Vec<_>>().join(" · ")],
            "actions" | "context_actions" => {
                vec![elements().map(|e| self.element_text(e, &Value::Null)).collect::<Vec<_>>().join(" ")]
            }
            "image" => vec![format!("(image: {})", block["alt_text"].as_str().unwrap_or_default())],
            "markdown" => lines(block["text"].as_str().unwrap_or_default().to_owned()),
            "alert" => lines(format!("! {}", text(&block["text"]))),
            "rich_text" => lines(rich_text(block)),
            "table" => block["rows"].as_array().into_iter().flatten().map(row_text).collect(),
            "plan" => {
                let tasks = block["tasks"].as_array().into_iter().flatten().map(task_text);
                std::iter::once(format!("» {}", block["title"].as_str().unwrap_or_default())).chain(tasks).collect()
            }
            "task_card" => vec![task_text(block)],
            other => vec![format!("({other})")],
        }
    }

    /// A text object, or one that stands directly among a context block's elements.
    fn text_of(&self, value: &Value) -> String {
        let text = value["text"].as_str().unwrap_or_default();
        if value["type"] == "plain_text" { text.to_owned() } else { self.readable(text) }
    }

    fn element_text(&self, element: &Value, value: &Value) -> String {
        let label = element["text"]["text"].as_str().unwrap_or_default();
        let placeholder = element["placeholder"]["text"].as_str().unwrap_or_default();
        match element["type"].as_str().unwrap_or_default() {
            "plain_text" | "mrkdwn" => self.text_of(element),
            "button" | "icon_button" => format!("[{label}]"),
            "image" => format!("(image: {})", element["alt_text"].as_str().unwrap_or_default()),
            "overflow" => format!("[… {}]", option_labels(element)),
            "radio_buttons" | "checkboxes" => match chosen(value) {
                text if text.is_empty() => format!("[{}]", option_labels(element)),
                text => format!("[{}: {text}]", option_labels(element)),
            },
            "feedback_buttons" => {
                let of = |side: &str| element[side]["text"]["text"].as_str().unwrap_or_default().to_owned();
                format!("[{}] [{}]", of("positive_button"), of("negative_button"))
            }
            kind if kind.ends_with("input") => format!("[{}]", chosen(value)),
            _ => match chosen(value) {
                text if text.is_empty() => format!("[{placeholder} ▾]"),
                text => format!("[{text} ▾]"),
            },
        }
    }

    /// A modal or Home tab: title, blocks, inputs with what stands in them, errors, the buttons at its foot.
    pub fn view_text(&self, view: &Value, errors: Option<&Value>) -> String {
        let mut out = Vec::new();
        if let Some(title) = view["title"]["text"].as_str() {
            out.push(format!("== {title} =="));
        }
        for block in view["blocks"].as_array().into_iter().flatten() {
            if block["type"] != "input" {
                out.extend(self.one_block(block));
                continue;
            }
            let (block_id, element) = (block["block_id"].as_str().unwrap_or_default(), &block["element"]);
            let value = &view["state"]["values"][block_id][element["action_id"].as_str().unwrap_or_default()];
            let optional = if block["optional"] == true { " (optional)" } else { "" };
            let label = block["label"]["text"].as_str().unwrap_or_default();
            out.push(format!("{label}{optional}: {}", self.element_text(element, value)));
            if let Some(error) = errors.and_then(|e| e[block_id].as_str()) {
                out.push(format!("  ! {error}"));
            }
        }
        let foot: Vec<String> = ["close", "submit"]
            .iter()
            .filter_map(|name| view[*name]["text"].as_str())
            .map(|label| format!("({label})"))
            .collect();
        if !foot.is_empty() {
            out.push(foot.join(" "));
        }
        out.join("\n")
    }

    /// mrkdwn as it reads: names for ids, labels for links, the three escapes undone.
    pub fn readable(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, tail)) = rest.split_once('<') {
            out.push_str(before);
            let Some((token, after)) = tail.split_once('>') else {
                out.push('<');
                rest = tail;
                continue;
            };
            let (id, label) = token.split_once('|').map_or((token, None), |(id, label)| (id, Some(label)));
            if let Some(user) = id.strip_prefix('@') {
                out.push_str(&format!("@{}", self.handle(user)));
            } else if let Some(channel) = id.strip_prefix('#') {
                let name = self.channels.get(channel).map_or(channel, |c| c.name.as_str());
                out.push_str(&format!("#{name}"));
            } else if let Some(group) = id.strip_prefix("!subteam^") {
                let handle = self.groups.get(group).map_or(group, |g| g.handle.as_str());
                out.push_str(&format!("@{handle}"));
            } else if let Some(special) = id.strip_prefix('!') {
                out.push_str(&label.map_or_else(|| format!("@{special}"), str::to_owned));
            } else {
                out.push_str(label.unwrap_or(id));
            }
            rest = after;
        }
        out.push_str(rest);
        unescape(&out)
    }
}

fn option_labels(element: &Value) -> String {
    let options = element["options"].as_array().into_iter().flatten();
    options.filter_map(|o| o["text"]["text"].as_str()).collect::<Vec<_>>().join(" | ")
}

/// What stands in an input, by label where it has one.
fn chosen(value: &Value) -> String {
    let one = |v: &Value| match v {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Object(_) => v["text"]["text"].as_str().unwrap_or_default().to_owned(),
        Value::Null | Value::Bool(_) | Value::Array(_) => String::new(),
    };
    let fields = value.as_object().into_iter().flatten().filter(|(name, _)| *name != "type");
    fields
        .map(|(_, v)| match v {
            Value::Array(list) => list.iter().map(one).collect::<Vec<_>>().join(", "),
            other => one(other),
        })
        .collect()
}

fn rich_text(value: &Value) -> String {
    match value {
        Value::Object(fields) => match fields.get("text") {
            Some(Value::String(text)) => text.clone(),
            _ => fields.get("elements").map(rich_text).unwrap_or_default(),
        },
        Value::Array(list) => list.iter().map(rich_text).collect::<Vec<_>>().concat(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => String::new(),
    }
}

/// A task of a stream: its state in brackets and its title.
fn task_text(task: &Value) -> String {
    let of = |name: &str| task[name].as_str().unwrap_or_default();
    format!("({}) {}", of("status").replace('_', " "), of("title"))
}

fn row_text(row: &Value) -> String {
    row.as_array().into_iter().flatten().map(rich_text).collect::<Vec<_>>().join(" | ")
}
