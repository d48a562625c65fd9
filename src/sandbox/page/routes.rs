//! What the page asks for: itself, its style and script, a word when something changed, and what people do on it.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Query, State as Shared};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use futures_util::stream::{self, Stream};
use serde::Deserialize;
use serde_json::json;

use super::super::{Act, InteractionAct, Sandbox};
use super::backstage::Backstage;
use super::model::{self, Asked};
use super::{draw, guard};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Everything below `/page/TOKEN/`.
pub(in crate::sandbox) fn router(sandbox: &Sandbox) -> Router<Sandbox> {
    Router::new()
        .route("/page/{token}/", get(whole))
        .route("/page/{token}/style.css", get(async || ([(CONTENT_TYPE, "text/css")], STYLE)))
        .route("/page/{token}/script.js", get(async || ([(CONTENT_TYPE, "text/javascript")], SCRIPT)))
        .route("/page/{token}/changes", get(changes))
        .route("/page/{token}/act", post(act))
        .route("/page/{token}/check", post(check))
        .route("/page/{token}/save", post(save))
        .route_layer(middleware::from_fn_with_state(sandbox.clone(), guard::guard))
}

/// The page as it stands for whoever looks at whatever; the script asks for it again after every change.
async fn whole(Shared(sandbox): Shared<Sandbox>, Query(asked): Query<Asked>) -> Response {
    let Some(backstage) = backstage(&sandbox) else { return gone() };
    let shown = model::page(&sandbox, backstage.as_ref(), asked).await;
    match shown.map_err(|refused| refused.0).and_then(|page| draw::page(&page)) {
        Ok(html) => Html(html).into_response(),
        Err(why) => (StatusCode::INTERNAL_SERVER_ERROR, why).into_response(),
    }
}

/// A word after every change, the first at once. Changes that come faster than they are read are one.
async fn changes(Shared(sandbox): Shared<Sandbox>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let mut watched = sandbox.changes();
    watched.mark_changed();
    let stream = stream::unfold((sandbox, watched), async |(sandbox, mut watched)| {
        let number = tokio::select! {
            () = sandbox.stopped() => None,
            changed = watched.changed() => changed.ok().map(|()| *watched.borrow_and_update()),
        }?;
        Some((Ok(Event::default().event("change").data(number.to_string())), (sandbox, watched)))
    });
    Sse::new(stream).keep_alive(KeepAlive::default())
}

/// One thing that a person can do; replays and forgeries are for tests alone.
async fn act(Shared(sandbox): Shared<Sandbox>, body: Bytes) -> Response {
    let allowed = match serde_json::from_slice::<Act>(&body) {
        Ok(Act::Interaction(InteractionAct::ClicksRaw { .. } | InteractionAct::ClicksStale { .. })) => None,
        Ok(act @ (Act::Message(_) | Act::Interaction(_))) => Some(act),
        Ok(Act::Directory(_) | Act::Trouble(_) | Act::Reading(_)) | Err(_) => None,
    };
    let Some(act) = allowed else {
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": "the page cannot do this" }))).into_response();
    };
    match sandbox.perform(act) {
        Ok(result) => Json(json!({ "result": result })).into_response(),
        Err(refused) => Json(json!({ "error": refused.0 })).into_response(),
    }
}

#[derive(Deserialize)]
struct Written {
    file: String,
    text: String,
}

async fn check(Shared(sandbox): Shared<Sandbox>, Json(written): Json<Written>) -> Response {
    let Some(backstage) = backstage(&sandbox) else { return gone() };
    Json(backstage.check(&written.file, &written.text).await).into_response()
}

async fn save(Shared(sandbox): Shared<Sandbox>, Json(written): Json<Written>) -> Response {
    let Some(backstage) = backstage(&sandbox) else { return gone() };
    match backstage.save(&written.file, &written.text).await {
        Ok(saved) => Json(json!({ "result": saved })).into_response(),
        Err(why) => Json(json!({ "error": why })).into_response(),
    }
}

fn backstage(sandbox: &Sandbox) -> Option<Arc<dyn Backstage>> {
    sandbox.inner.page.get().map(|page| Arc::clone(&page.backstage))
}

fn gone() -> Response {
    (StatusCode::NOT_FOUND, "The page is closed.").into_response()
}
