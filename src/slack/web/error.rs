//! How a call can end badly, sorted by what the outbox may do about it.

use std::error::Error;
use std::time::Duration;

use reqwest::header::HeaderMap;
use serde_json::Value;

use super::super::json::Look;

/// A call that brought no success.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WebError {
    /// Certainly not done. May be made again, not before `after`.
    #[error("Slack asks to try again in {after:?}: {why}")]
    Retry { after: Duration, why: String },
    /// Certainly not done, and would not be done next time either; Slack's own code.
    #[error("Slack refuses: {code}{}", .detail.as_deref().map(|detail| format!(" ({detail})")).unwrap_or_default())]
    Permanent { code: String, detail: Option<String> },
    /// Sent, and nobody knows whether it was done. Look before you send it again.
    #[error("no answer from Slack, so that nobody knows whether it happened: {why}")]
    Unknown { why: String },
}

impl WebError {
    /// Slack's code of a refusal.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Permanent { code, .. } => Some(code),
            Self::Retry { .. } | Self::Unknown { .. } => None,
        }
    }

    /// For a person, with a next step.
    pub fn sentence(&self) -> String {
        match self {
            Self::Retry { after, .. } => {
                format!("Slack is busy; it will be tried again in {} s.", after.as_secs().max(1))
            }
            Self::Unknown { .. } => "Slack did not answer; it will be checked before it is sent again.".to_owned(),
            Self::Permanent { code, .. } => match next_step(code) {
                Some(step) => step.to_owned(),
                None => format!("Slack refuses with “{code}”; its documentation of the method says why."),
            },
        }
    }

    pub(super) fn permanent(code: &str) -> Self {
        Self::Permanent { code: code.to_owned(), detail: None }
    }
}

fn next_step(code: &str) -> Option<&'static str> {
    Some(match code {
        "not_in_channel" => "I am not in that channel; invite me with /invite.",
        "channel_not_found" => "That channel does not exist, or I cannot see it; invite me with /invite.",
        "is_archived" => "That channel is archived; unarchive it or choose another.",
        "missing_scope" => "I lack a permission; install the app again with the scopes of manifest.yml.",
        "invalid_auth" | "not_authed" | "token_revoked" | "token_expired" | "account_inactive" => {
            "My bot token is no longer valid; install the app again and set SLACK_BOT_TOKEN."
        }
        "restricted_action" | "restricted_action_read_only_channel" | "restricted_action_thread_only_channel" => {
            "The workspace does not let me post there; ask its administrator."
        }
        "cannot_dm_bot" | "user_disabled" | "user_not_found" | "users_not_found" => {
            "That account cannot be written to; it is deactivated, a bot, or not there."
        }
        "expired_trigger_id" | "exchanged_trigger_id" | "trigger_expired" => {
            "That took too long for Slack to open a window; please click again."
        }
        "msg_blocks_too_long" | "msg_too_long" | "invalid_blocks" | "view_too_large" => {
            "The message does not fit Slack's limits; it is kept in the outbox for an administrator."
        }
        _other => return None,
    })
}

/// `Retry-After` in seconds; an absent or unreadable one is nothing.
pub(in crate::slack) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds: u64 = headers.get("retry-after")?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds.min(24 * 3_600)))
}

/// What broke, without the address, which may be a secret.
pub(in crate::slack) fn describe(error: &reqwest::Error) -> String {
    let kind = if error.is_timeout() {
        "no answer in time"
    } else if error.is_connect() {
        "no connection"
    } else if error.is_body() || error.is_decode() {
        "the answer broke off"
    } else {
        "the request failed"
    };
    let mut deepest: Option<&(dyn Error + 'static)> = error.source();
    while let Some(next) = deepest.and_then(Error::source) {
        deepest = Some(next);
    }
    deepest.map_or_else(|| kind.to_owned(), |source| format!("{kind} ({source})"))
}

/// A request that never reached Slack may be made again; one that did may have been carried out.
pub(super) fn of_transport(error: &reqwest::Error) -> WebError {
    let why = describe(error);
    if error.is_connect() {
        WebError::Retry { after: Duration::from_secs(1), why }
    } else if error.is_builder() {
        WebError::Permanent { code: "bad_request".to_owned(), detail: Some(why) }
    } else {
        WebError::Unknown { why }
    }
}

/// Sorts an `ok: false`.
pub(super) fn of_answer(body: &Value, after: Option<Duration>) -> WebError {
    let code = body.text("error").unwrap_or("no_error_code");
    let soon = after.unwrap_or(Duration::from_secs(1));
    match code {
        "ratelimited" | "rate_limited" | "service_unavailable" | "team_added_to_org" | "accesslimited" => {
            WebError::Retry { after: soon, why: code.to_owned() }
        }
        "internal_error" | "fatal_error" | "request_timeout" => WebError::Unknown { why: code.to_owned() },
        refusal => {
            let mut details: Vec<String> = body
                .at("response_metadata")
                .items("messages")
                .iter()
                .filter_map(Value::as_str)
                .take(3)
                .map(|message| message.chars().take(300).collect())
                .collect();
            details.extend(body.text("needed").map(|scope| format!("needs {scope}")));
            let detail = (!details.is_empty()).then(|| details.join("; "));
            WebError::Permanent { code: refusal.chars().take(100).collect(), detail }
        }
    }
}
