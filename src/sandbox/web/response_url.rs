//! Posts to a `response_url`: five in thirty minutes, no token, the URL is the secret.

use axum::body::Bytes;
use axum::extract::{Path, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::args::ApiError;
use super::draft;
use crate::sandbox::Sandbox;
use crate::sandbox::api_log::ApiCall;
use crate::sandbox::clock::SECOND;
use crate::sandbox::report::FindingKind;
use crate::sandbox::state::{ResponseUrl, State};

const LIFE: i64 = 30 * 60 * SECOND;
const USES: u32 = 5;

pub(crate) async fn respond(Shared(sandbox): Shared<Sandbox>, Path(key): Path<String>, body: Bytes) -> Response {
    let (status, text) = sandbox.with(|s| s.handle_response(&key, &body));
    (status, text).into_response()
}

impl State {
    /// A place to answer an interaction.
    pub fn new_response_url(
        &mut self,
        user: &str,
        channel: &str,
        message_ts: Option<String>,
        thread_ts: Option<String>,
    ) -> String {
        let key = format!("{:016x}{:04x}", fastrand::u64(..), self.next_number());
        let place = ResponseUrl {
            channel: channel.to_owned(),
            user: user.to_owned(),
            message_ts,
            thread_ts,
            expires: self.now() + LIFE,
            uses_left: USES,
        };
        self.response_urls.insert(key.clone(), place);
        format!("{}/respond/{key}", self.base)
    }

    fn handle_response(&mut self, key: &str, body: &[u8]) -> (StatusCode, &'static str) {
        let now = self.now();
        let payload: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
        let result = match self.response_urls.get_mut(key) {
            None => Err(("expired_url", StatusCode::NOT_FOUND)),
            Some(place) if now > place.expires => Err(("expired_url", StatusCode::NOT_FOUND)),
            Some(place) if place.uses_left == 0 => Err(("used_url", StatusCode::NOT_FOUND)),
            Some(place) => {
                place.uses_left -= 1;
                Ok(place.clone())
            }
        };
        let (status, text) = match result {
            Err((text, status)) => (status, text),
            Ok(place) => match self.apply_response(&place, &payload) {
                Ok(()) => (StatusCode::OK, "ok"),
                Err(error) => {
                    self.report.add(FindingKind::RefusedPayload, format!("response_url: {error} for {payload}"));
                    (StatusCode::INTERNAL_SERVER_ERROR, "invalid_payload")
                }
            },
        };
        self.api_log.calls.push(ApiCall {
            method: "response_url".to_owned(),
            args: payload,
            status: status.as_u16(),
            answer: json!({ "ok": status == StatusCode::OK, "text": text }),
            fault: None,
            at: now,
        });
        (status, text)
    }

    fn apply_response(&mut self, place: &ResponseUrl, payload: &Value) -> Result<(), ApiError> {
        if !payload.is_object() {
            return Err(ApiError::malformed("invalid_payload", vec!["[ERROR] the body is no JSON object".to_owned()]));
        }
        if payload["delete_original"] == true {
            if let Some(ts) = &place.message_ts {
                self.ephemerals.retain(|e| e.message.ts != *ts);
                self.delete(&place.channel, ts);
            }
            return Ok(());
        }
        let mut message = draft::from_response(self, payload)?;
        self.note_broadcasts("response_url", &message);
        if payload["replace_original"] == true
            && let Some(ts) = &place.message_ts
        {
            if let Some(shown) = self.ephemerals.iter().position(|e| e.message.ts == *ts) {
                let mut blocks = message.blocks;
                self.name_blocks(&mut blocks);
                if let Some(ephemeral) = self.ephemerals.get_mut(shown) {
                    ephemeral.message.text = message.text;
                    ephemeral.message.blocks = blocks;
                    ephemeral.message.attachments = message.attachments;
                }
                return Ok(());
            }
            self.edit(&place.channel, ts, |old| {
                old.text = message.text;
                old.blocks = message.blocks;
                old.attachments = message.attachments;
            });
            return Ok(());
        }
        message.thread_ts = payload["thread_ts"].as_str().map(str::to_owned).or_else(|| place.thread_ts.clone());
        if payload["response_type"] == "in_channel" {
            self.post(&place.channel, message);
        } else {
            self.whisper(&place.channel, &place.user, message);
        }
        Ok(())
    }
}
