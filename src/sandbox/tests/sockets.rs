//! Socket Mode: tickets, hello, one socket per envelope, retries, the ten-socket cap, trouble on the line.

use super::*;

#[tokio::test]
async fn hello_counts_sockets_and_a_ticket_opens_only_one() {
    let app = App::start().await;
    let url = app.url().await;
    let (mut first, _) = connect_async(&url).await.expect("an upgrade");
    let hello = first.next().await.expect("hello").expect("no error").into_text().expect("text");
    let hello: Value = serde_json::from_str(hello.as_str()).expect("JSON");
    assert_eq!(hello["num_connections"], 1);
    assert_eq!(hello["connection_info"]["app_id"], "A0WORKFORCE");
    assert!(connect_async(&url).await.is_err(), "the ticket is spent");
    assert_eq!(app.socket().await.hello["num_connections"], 2);
}

#[tokio::test]
async fn opening_needs_the_app_token_in_the_header() {
    let app = App::start().await;
    let url = format!("{}apps.connections.open", app.sandbox.api_url());
    let error = async |request: reqwest::RequestBuilder| {
        let answer: Value = request.send().await.expect("an answer").json().await.expect("JSON");
        answer["error"].as_str().expect("an error").to_owned()
    };
    assert_eq!(error(app.http.post(&url)).await, "not_authed");
    assert_eq!(error(app.http.post(&url).bearer_auth(app.sandbox.bot_token())).await, "not_allowed_token_type");
    assert_eq!(error(app.http.post(&url).bearer_auth("xapp-other")).await, "invalid_auth");
    let in_body = app.http.post(&url).form(&[("token", app.sandbox.app_token())]);
    assert_eq!(error(in_body).await, "not_authed");
    assert_eq!(app.sandbox.findings().len(), 1, "a token in the body is reported");
}

#[tokio::test]
async fn each_envelope_goes_to_one_socket_in_turn() {
    let app = App::start().await;
    let (mut one, mut two) = (app.socket().await, app.socket().await);
    for text in ["a", "b"] {
        app.sandbox.says("ana", "support", text).expect("said");
    }
    let (first, second) = (one.frame().await, two.frame().await);
    assert_eq!(first["type"], "events_api");
    assert_eq!(first["accepts_response_payload"], false);
    assert_eq!((&first["retry_attempt"], &first["retry_reason"]), (&json!(0), &json!("")));
    assert_eq!(first["payload"]["event"]["text"], "a");
    assert_eq!(second["payload"]["event"]["text"], "b");
    assert_eq!(app.sandbox.in_flight(), 2);
    one.ack(&first).await;
    two.ack(&second).await;
    app.sandbox.wait_idle().await;
    assert_eq!(app.sandbox.finish(), Ok(()));
    assert!(app.sandbox.envelopes().iter().all(|e| e.acked_at.is_some()));
}

#[tokio::test]
async fn an_unacknowledged_event_is_retried_three_times_then_given_up() {
    let app = App::start().await;
    let mut socket = app.socket().await;
    app.sandbox.says("ana", "support", "hello?").expect("said");
    let first = socket.frame().await;
    let mut attempts = vec![first.clone()];
    for wait in [3, 57, 240] {
        app.sandbox.advance(seconds(wait));
        attempts.push(socket.frame().await);
    }
    let numbers: Vec<i64> = attempts.iter().filter_map(|f| f["retry_attempt"].as_i64()).collect();
    assert_eq!(numbers, [0, 1, 2, 3]);
    assert!(attempts.iter().all(|f| f["payload"]["event_id"] == first["payload"]["event_id"]));
    assert_eq!(attempts[1]["retry_reason"], "timeout");
    app.sandbox.advance(seconds(3));
    let findings = app.sandbox.findings();
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(findings[0].kind, FindingKind::UnackedEnvelope);
    app.sandbox.advance(seconds(3600));
    assert_eq!(app.sandbox.envelopes().len(), 4, "nothing more is sent");
}

#[tokio::test]
async fn an_event_without_a_socket_comes_as_a_retry() {
    let app = App::start().await;
    app.sandbox.says("ana", "support", "anybody?").expect("said");
    let mut socket = app.socket().await;
    app.sandbox.advance(seconds(3));
    let frame = socket.frame().await;
    assert_eq!(frame["retry_attempt"], 1);
    socket.ack(&frame).await;
    app.sandbox.wait_idle().await;
    assert_eq!(app.sandbox.finish(), Ok(()));
}

#[tokio::test]
async fn late_double_and_invented_acknowledgements_are_reported() {
    let app = App::start().await;
    let mut socket = app.socket().await;
    app.sandbox.says("ana", "support", "x").expect("said");
    let late = socket.frame().await;
    app.sandbox.advance(seconds(4));
    let retry = socket.frame().await;
    socket.ack(&late).await;
    socket.ack(&retry).await;
    socket.ack(&retry).await;
    socket.send(json!({ "envelope_id": "never-sent" })).await;
    socket.send(json!({ "hello": 1 })).await;
    let findings = app.sandbox.until(|s| Some(s.findings()).filter(|f| f.len() >= 4)).await;
    let kinds: Vec<FindingKind> = findings.iter().map(|f| f.kind).collect();
    assert_eq!(
        kinds,
        [FindingKind::LateAck, FindingKind::UnknownAck, FindingKind::UnknownAck, FindingKind::UnreadableFrame]
    );
}

#[tokio::test]
async fn the_eleventh_socket_is_turned_away() {
    let app = App::start().await;
    let mut sockets = Vec::new();
    for _ in 0..10 {
        sockets.push(app.socket().await);
    }
    let (stream, _) = connect_async(app.url().await).await.expect("an upgrade");
    let mut extra = Socket { stream, hello: Value::Null };
    let frame = extra.frame().await;
    assert_eq!((&frame["type"], &frame["reason"]), (&json!("disconnect"), &json!("too_many_websockets")));
    assert_eq!(extra.try_frame().await, None);
    assert_eq!(app.sandbox.connections(), 10);
}

#[tokio::test]
async fn a_refresh_says_goodbye_and_a_warning_does_not() {
    let app = App::start().await;
    let mut socket = app.socket().await;
    app.sandbox.disconnect_all("warning");
    assert_eq!(socket.frame().await["reason"], "warning");
    assert_eq!(app.sandbox.connections(), 1);
    app.sandbox.disconnect_all("refresh_requested");
    assert_eq!(socket.frame().await["reason"], "refresh_requested");
    assert_eq!(socket.try_frame().await, None);
    assert_eq!(app.sandbox.connections(), 0);
    app.sandbox.disable_socket_mode();
    assert_eq!(app.call("apps.connections.open", json!({})).await["ok"], false);
}

#[tokio::test]
async fn a_half_open_socket_swallows_its_share_and_a_cut_one_ends() {
    let app = App::start().await;
    let (mut live, mut ghost) = (app.socket().await, app.socket().await);
    let ghost_number = *app.sandbox.connection_numbers().last().expect("two sockets");
    app.sandbox.freeze_connection(ghost_number);
    app.sandbox.says("ana", "support", "one").expect("said");
    app.sandbox.says("ana", "support", "two").expect("said");
    let one = live.frame().await;
    assert_eq!(one["payload"]["event"]["text"], "one");
    live.ack(&one).await;
    app.sandbox.wait_idle().await;
    app.sandbox.drop_connection(ghost_number);
    assert_eq!(ghost.try_frame().await, None);
    app.sandbox.advance(seconds(3));
    let two = live.frame().await;
    assert_eq!((&two["payload"]["event"]["text"], &two["retry_attempt"]), (&json!("two"), &json!(1)));
    live.ack(&two).await;
    app.sandbox.wait_idle().await;
    assert_eq!(app.sandbox.finish(), Ok(()));
}

#[tokio::test]
async fn a_click_that_a_ghost_swallowed_is_not_the_apps_fault() {
    let app = App::start().await;
    let _ghost = app.socket().await;
    app.sandbox.freeze_connection(1);
    let sent = app.sandbox.slash("ana", "support", "/workforce", "help").expect("sent");
    app.sandbox.advance(seconds(4));
    assert_eq!(app.sandbox.outcome(&sent.envelope_id), Some(Outcome::Failed));
    assert_eq!(app.sandbox.notices("ana").expect("notices").len(), 1);
    assert_eq!(app.sandbox.finish(), Ok(()));
}

#[tokio::test]
async fn a_client_that_says_goodbye_gets_its_close_frame_back() {
    let app = App::start().await;
    let mut socket = app.socket().await;
    socket.stream.close(None).await.expect("an open socket");
    let mut echoed = false;
    while let Some(message) = socket.stream.next().await {
        echoed |= message.expect("no broken connection").is_close();
    }
    assert!(echoed);
    app.sandbox.until(|s| (s.connections() == 0).then_some(())).await;
}
