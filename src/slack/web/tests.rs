//! The client against a server that answers what the test lays out.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};

use super::super::blocks::{self, Dress, Rendered};
use super::super::envelope::Ours;
use super::super::thread::{ThreadLimits, read_above};
use super::*;
use crate::ids::OutboxId;
use crate::replies::{Card, Identity, Part, Span};

#[derive(Clone, Default)]
struct Script {
    answers: Arc<Mutex<VecDeque<(u16, String)>>>,
    calls: Arc<Mutex<Vec<(String, Value)>>>,
}

async fn answer(
    State(script): State<Script>,
    Path(method): Path<String>,
    axum::Form(arguments): axum::Form<Vec<(String, String)>>,
) -> Response {
    let arguments: Value = arguments.into_iter().map(|(key, value)| (key, Value::from(value))).collect();
    script.calls.lock().unwrap().push((method, arguments));
    let (status, body) = script.answers.lock().unwrap().pop_front().expect("a call that was not expected");
    (StatusCode::from_u16(status).unwrap(), [("retry-after", "0")], body).into_response()
}

/// A client, and the server's answers in order.
async fn client(answers: Vec<(u16, Value)>) -> (Web, Script) {
    let script = Script::default();
    script.answers.lock().unwrap().extend(answers.into_iter().map(|(status, body)| (status, body.to_string())));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = Router::new().route("/api/{method}", post(answer)).with_state(script.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (Web::new(&config(&format!("http://{address}/api/"))).unwrap(), script)
}

fn config(url: &str) -> SlackConfig {
    let mut config = SlackConfig::new(url, "xapp-1-A1-2-x".to_owned().into(), "xoxb-1".to_owned().into()).unwrap();
    config.web.paced = false;
    config.web.answer_limit_bytes = 100_000;
    config
}

fn rendered(text: &str) -> Rendered {
    let identity = Some(Identity { name: "Finn".into(), icon: None });
    let card = Card { notification: text.into(), parts: vec![Part::Line(vec![Span::Text(text.into())])], identity };
    blocks::render(&card, &Dress { may_customize: true }).remove(0)
}

fn post_of(message: &Rendered) -> Post<'_> {
    Post { channel: "C1", thread_ts: Some("1.0"), message, id: PostId { outbox: OutboxId(7), part: 0 } }
}

fn ours() -> Ours {
    Ours { team: "T1".into(), user: "UBOT".into(), bot: Some("BBOT".into()), app: None }
}

#[tokio::test]
async fn every_post_is_quiet_and_can_be_found_again() {
    let (web, script) = client(vec![(200, json!({"ok": true, "channel": "C1", "ts": "2.0"}))]).await;
    let posted = web.post_message(post_of(&rendered("<!here>"))).await.unwrap();
    assert_eq!(posted, Posted { channel: "C1".into(), ts: "2.0".into() });
    let (method, arguments) = script.calls.lock().unwrap().remove(0);
    assert_eq!(method, "chat.postMessage");
    for (key, value) in [
        ("unfurl_links", "false"),
        ("unfurl_media", "false"),
        ("parse", "none"),
        ("thread_ts", "1.0"),
        ("username", "Finn"),
        ("text", "&lt;!here&gt;"),
        ("metadata", r#"{"event_payload":{"id":7,"part":0},"event_type":"workforce_outbox"}"#),
    ] {
        assert_eq!(arguments[key], value, "{key}");
    }
    assert!(arguments.get("reply_broadcast").is_none() && arguments.get("link_names").is_none());
    assert!(arguments["blocks"].as_str().unwrap().starts_with('['));
}

#[tokio::test]
async fn too_fast_is_waited_for_and_tried_again() {
    let limited = json!({"ok": false, "error": "ratelimited"});
    let done = json!({"ok": true, "ts": "2.0"});
    let (web, script) = client(vec![(429, limited.clone()), (200, limited.clone()), (200, done)]).await;
    assert_eq!(web.post_message(post_of(&rendered("x"))).await.unwrap().ts, "2.0");
    assert_eq!(script.calls.lock().unwrap().len(), 3);

    let (web, _script) = client(vec![(429, limited.clone()), (429, limited.clone()), (429, limited)]).await;
    let error = web.post_message(post_of(&rendered("x"))).await.unwrap_err();
    assert!(matches!(error, WebError::Retry { .. }), "{error:?}");
}

#[tokio::test]
async fn views_are_never_tried_twice() {
    let (web, script) = client(vec![(429, json!({"ok": false, "error": "ratelimited"}))]).await;
    let form = crate::replies::Form::loading(crate::replies::Verb::Details, "A-1", "Details");
    let error = web.open_view(&"t".to_owned().into(), &form).await.unwrap_err();
    assert!(matches!(error, WebError::Retry { .. }));
    assert_eq!(script.calls.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn errors_say_whether_it_may_have_happened() {
    for (status, body, wanted) in [
        (200, json!({"ok": false, "error": "is_archived"}), Some("is_archived")),
        (200, json!({"ok": false, "error": "internal_error"}), None),
        (500, json!("oops"), None),
        (502, json!({}), None),
        (200, json!("no object"), None),
        (200, json!({"ok": true}), None),
        (404, json!("not here"), Some("http_404")),
        (200, json!({"ok": true, "ts": "1.0", "padding": "x".repeat(200_000)}), None),
    ] {
        let (web, _script) = client(vec![(status, body.clone())]).await;
        let error = web.post_message(post_of(&rendered("x"))).await.unwrap_err();
        assert_eq!(error.code(), wanted, "{status} {:.60}", body.to_string());
        assert_eq!(matches!(error, WebError::Unknown { .. }), wanted.is_none(), "{error:?}");
        assert!(!error.sentence().is_empty());
    }
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let web = Web::new(&config(&format!("http://{free}/api/"))).unwrap();
    let error = web.post_message(post_of(&rendered("x"))).await.unwrap_err();
    assert!(matches!(error, WebError::Retry { .. }), "nothing was sent: {error:?}");
}

#[tokio::test]
async fn an_answer_that_never_comes_is_unknown() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mut config = config(&format!("http://{address}/api/"));
    config.web.request_timeout = Duration::from_millis(100);
    let web = Web::new(&config).unwrap();
    let error = web.post_message(post_of(&rendered("x"))).await.unwrap_err();
    assert!(matches!(error, WebError::Unknown { .. }), "{error:?}");
    assert!(!format!("{error:?}{web:?}").contains("xoxb"));
    drop(listener);
}

#[tokio::test]
async fn a_post_is_found_by_its_id_and_only_if_we_wrote_it() {
    let metadata = |id: i64| json!({"event_type": "workforce_outbox", "event_payload": {"id": id, "part": 0}});
    let first = json!({"ok": true, "messages": [
        {"ts": "2.0", "user": "UEVIL", "metadata": metadata(7)},
        {"ts": "3.0", "user": "UBOT", "metadata": metadata(8)},
        {"ts": "4.0", "user": "UBOT", "text": "7"}], "response_metadata": {"next_cursor": "more"}});
    let second = json!({"ok": true, "messages": [{"ts": "5.0", "bot_id": "BBOT", "metadata": metadata(7)}]});
    let (web, script) = client(vec![(200, first.clone()), (200, second)]).await;
    let id = PostId { outbox: OutboxId(7), part: 0 };
    let found = web.find_posted(&ours(), "C1", Some("1.0"), Some("0.5"), id).await.unwrap();
    assert_eq!(found.as_deref(), Some("5.0"));
    let calls = script.calls.lock().unwrap().clone();
    assert_eq!((calls[0].0.as_str(), &calls[1].1["cursor"]), ("conversations.replies", &json!("more")));
    assert_eq!(calls[0].1["include_all_metadata"], "true");

    let mut last = first;
    last["response_metadata"] = json!({"next_cursor": ""});
    let (web, _script) = client(vec![(200, last)]).await;
    assert_eq!(web.find_posted(&ours(), "C1", None, None, id).await, Ok(None));
}

#[tokio::test]
async fn what_is_so_already_is_no_error() {
    let refusal = |code: &str| (200, json!({"ok": false, "error": code}));
    let (web, _script) = client(vec![
        refusal("already_reacted"),
        refusal("no_reaction"),
        refusal("message_not_found"),
        refusal("users_not_found"),
        refusal("not_in_channel"),
    ])
    .await;
    assert_eq!(web.react("C1", "1.0", "eyes").await, Ok(()));
    assert_eq!(web.unreact("C1", "1.0", "eyes").await, Ok(()));
    assert_eq!(web.delete_message("C1", "1.0").await, Ok(()));
    assert_eq!(web.user_by_email("T1", "a@b.example").await, Ok(None));
    let error = web.react("C1", "1.0", "eyes").await.unwrap_err();
    assert!(error.sentence().contains("/invite"));
}

#[tokio::test]
async fn lists_are_read_to_their_end() {
    let page = |ids: &[&str], next: &str| {
        let members: Vec<Value> = ids.iter().map(|id| json!({"id": id, "name": id, "profile": {}})).collect();
        (200, json!({"ok": true, "members": members, "response_metadata": {"next_cursor": next}}))
    };
    let (web, _script) = client(vec![page(&["U1", "U2"], "c2"), page(&["U3"], "")]).await;
    let users = web.users("T1").await.unwrap();
    assert_eq!(users.iter().map(|account| account.user.user.as_str()).collect::<Vec<_>>(), ["U1", "U2", "U3"]);
}

#[tokio::test]
async fn the_thread_above_a_mention_leaves_the_mention_out() {
    let (web, script) = client(vec![(
        200,
        json!({"ok": true, "messages": [
        {"ts": "1.0", "thread_ts": "1.0", "user": "U1", "text": "ORD-1042 arrived broken"},
        {"ts": "3.0", "thread_ts": "1.0", "user": "U2", "text": "<@UBOT> refund it"}]}),
    )])
    .await;
    let above = read_above(&web, &ours(), "C1", "1.0", "3.0", ThreadLimits::default()).await.unwrap();
    assert_eq!(above.messages.len(), 1);
    assert_eq!((above.messages[0].text.as_str(), above.shortened), ("ORD-1042 arrived broken", false));
    assert_eq!(script.calls.lock().unwrap()[0].1["latest"], "3.0");
}

#[test]
fn answers_go_to_slack_or_to_this_machine() {
    let real = Web::new(&config("https://slack.com/api/")).unwrap();
    let sandbox = Web::new(&config("http://127.0.0.1:1/api/")).unwrap();
    for (address, by_real, by_sandbox) in [
        ("https://hooks.slack.com/actions/T1/x", true, true),
        ("http://hooks.slack.com/actions/T1/x", false, false),
        ("https://hooks.slack.com:8443/x", false, false),
        ("https://hooks.slack.com.evil.example/x", false, false),
        ("https://evil.example/hooks.slack.com", false, false),
        ("http://127.0.0.1:9/respond", false, true),
    ] {
        let url = Url::parse(address).unwrap();
        assert_eq!((real.may_respond_to(&url), sandbox.may_respond_to(&url)), (by_real, by_sandbox), "{address}");
    }
}
