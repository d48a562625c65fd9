//! Arguments of a Web API call and the ways in which Slack says no.

use std::fmt;

use serde_json::{Map, Value, json};

/// A refusal in Slack's words.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ApiError {
    pub code: String,
    /// `response_metadata.messages`.
    pub messages: Vec<String>,
    /// The payload or the arguments are wrong whatever the workspace looks like: a finding.
    pub malformed: bool,
    /// Further fields of the answer (`needed`, `provided`).
    pub extra: Map<String, Value>,
    pub retry_after_seconds: Option<u32>,
}

impl ApiError {
    /// The workspace's state does not allow it; an app must live with that.
    pub fn state(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            messages: Vec::new(),
            malformed: false,
            extra: Map::new(),
            retry_after_seconds: None,
        }
    }

    /// The call itself is wrong.
    pub fn malformed(code: &str, messages: Vec<String>) -> Self {
        Self { messages, malformed: true, ..Self::state(code) }
    }

    pub fn missing(name: &str) -> Self {
        Self::malformed("invalid_arguments", vec![format!("[ERROR] missing required field: {name}")])
    }

    pub fn rate_limited(seconds: u32) -> Self {
        Self { retry_after_seconds: Some(seconds), ..Self::state("ratelimited") }
    }

    pub fn missing_scope(needed: &str, provided: &[String]) -> Self {
        let extra =
            Map::from_iter([("needed".to_owned(), json!(needed)), ("provided".to_owned(), json!(provided.join(",")))]);
        Self { extra, ..Self::state("missing_scope") }
    }

    pub fn to_json(&self) -> Value {
        let mut out = self.extra.clone();
        out.insert("ok".to_owned(), json!(false));
        out.insert("error".to_owned(), json!(self.code));
        if !self.messages.is_empty() {
            let plain: Vec<&str> = self.messages.iter().map(|m| m.trim_start_matches("[ERROR] ")).collect();
            out.insert("errors".to_owned(), json!(plain));
            out.insert("response_metadata".to_owned(), json!({ "messages": self.messages }));
        }
        Value::Object(out)
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        if !self.messages.is_empty() {
            write!(f, " ({})", self.messages.join("; "))?;
        }
        Ok(())
    }
}

/// The arguments, from query, form or JSON alike.
#[derive(Debug, Clone, Default)]
pub(crate) struct Args(pub Map<String, Value>);

/// Arguments that carry JSON as text when the body is a form.
const JSON_ARGS: [&str; 7] = ["blocks", "chunks", "attachments", "metadata", "view", "loading_messages", "icons"];

impl Args {
    pub fn has(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|v| !v.is_null())
    }

    pub fn text(&self, name: &str) -> Result<Option<&str>, ApiError> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(ApiError::malformed("invalid_arguments", vec![format!("[ERROR] {name} must be a string")])),
        }
    }

    pub fn required(&self, name: &str) -> Result<&str, ApiError> {
        self.text(name)?.filter(|text| !text.is_empty()).ok_or_else(|| ApiError::missing(name))
    }

    pub fn flag(&self, name: &str) -> Option<bool> {
        match self.0.get(name) {
            Some(Value::Bool(value)) => Some(*value),
            Some(Value::String(text)) => match text.to_ascii_lowercase().as_str() {
                "true" | "1" => Some(true),
                "false" | "0" => Some(false),
                _ => None,
            },
            Some(Value::Number(number)) => Some(number.as_i64() != Some(0)),
            _ => None,
        }
    }

    pub fn number(&self, name: &str, default: usize) -> Result<usize, ApiError> {
        let bad = || ApiError::malformed("invalid_arguments", vec![format!("[ERROR] {name} must be a number")]);
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(default),
            Some(Value::Number(number)) => number.as_u64().and_then(|n| usize::try_from(n).ok()).ok_or_else(bad),
            Some(Value::String(text)) => text.parse().map_err(|_| bad()),
            Some(_) => Err(bad()),
        }
    }

    /// A JSON argument: itself in a JSON body, parsed from its text in a form.
    pub fn json(&self, name: &str) -> Result<Option<Value>, ApiError> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(Value::String(text)) => serde_json::from_str(text).map(Some).map_err(|error| {
                let code = if name == "blocks" { "invalid_blocks_format" } else { "invalid_arguments" };
                ApiError::malformed(code, vec![format!("[ERROR] {name} is no JSON: {error}")])
            }),
            Some(value) => Ok(Some(value.clone())),
        }
    }

    /// What the log keeps: everything but the token, JSON texts parsed.
    pub fn for_log(&self) -> Value {
        let mut out = self.0.clone();
        out.remove("token");
        for name in JSON_ARGS {
            if let Some(Value::String(text)) = out.get(name)
                && let Ok(parsed) = serde_json::from_str(text)
            {
                out.insert(name.to_owned(), parsed);
            }
        }
        Value::Object(out)
    }
}

/// Pages through a list as Slack's cursors do; the cursor is the offset in disguise.
pub(crate) fn page<T: Clone>(
    items: &[T],
    args: &Args,
    default: usize,
    max: usize,
) -> Result<(Vec<T>, String), ApiError> {
    let limit = args.number("limit", default)?.clamp(1, max);
    let start = match args.text("cursor")? {
        None | Some("") => 0,
        Some(cursor) => cursor
            .strip_prefix("bmV4dDo")
            .and_then(|offset| offset.trim_end_matches('=').parse().ok())
            .ok_or_else(|| ApiError::malformed("invalid_cursor", Vec::new()))?,
    };
    let slice: Vec<T> = items.iter().skip(start).take(limit).cloned().collect();
    let end = start + slice.len();
    let next = if end < items.len() { format!("bmV4dDo{end}=") } else { String::new() };
    Ok((slice, next))
}
