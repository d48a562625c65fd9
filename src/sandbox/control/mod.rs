//! The control API: everything a test can do through the handle, over HTTP, for programs in other processes.
//!
//! `POST /control/act` with `Authorization: Bearer CONTROL_TOKEN` and one [`Act`] as JSON. The answer is
//! `{"ok": true, "result": …}` or `{"ok": false, "error": "…"}`. `POST /control/wait-idle` answers when nothing is in flight.

mod acts;
mod perform;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State as Shared;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::Sandbox;

pub use acts::{Act, DirectoryAct, InteractionAct, MessageAct, ReadingAct, TroubleAct};

pub(crate) async fn act(Shared(sandbox): Shared<Sandbox>, headers: HeaderMap, body: Bytes) -> Response {
    if !may_control(&sandbox, &headers) {
        return refuse(StatusCode::UNAUTHORIZED, "the control token is missing or wrong");
    }
    let Ok(act) = serde_json::from_slice::<Act>(&body) else {
        return refuse(StatusCode::BAD_REQUEST, "no such act, or its fields are others");
    };
    match sandbox.perform(act) {
        Ok(result) => Json(json!({ "ok": true, "result": result })).into_response(),
        Err(refused) => Json(json!({ "ok": false, "error": refused.0 })).into_response(),
    }
}

pub(crate) async fn wait_idle(Shared(sandbox): Shared<Sandbox>, headers: HeaderMap) -> Response {
    if !may_control(&sandbox, &headers) {
        return refuse(StatusCode::UNAUTHORIZED, "the control token is missing or wrong");
    }
    sandbox.wait_idle().await;
    Json(json!({ "ok": true, "result": null })).into_response()
}

fn may_control(sandbox: &Sandbox, headers: &HeaderMap) -> bool {
    let given = headers.get("authorization").and_then(|v| v.to_str().ok()).and_then(|v| v.strip_prefix("Bearer "));
    given == Some(sandbox.inner.control_token.as_str())
}

fn refuse(status: StatusCode, why: &str) -> Response {
    (status, Json(json!({ "ok": false, "error": why }))).into_response()
}
