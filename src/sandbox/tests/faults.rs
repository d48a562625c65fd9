//! Faults on demand.

use super::*;

fn hello() -> Value {
    json!({ "channel": SUPPORT, "text": "x", "unfurl_links": false, "unfurl_media": false })
}

#[tokio::test]
async fn an_answer_is_lost_after_the_post_was_made() {
    let app = App::start().await;
    app.sandbox.fail_next("chat.postMessage", 1, ApiFault::AnswerLost);
    let request = app.http.post(format!("{}chat.postMessage", app.sandbox.api_url()));
    let sent = request.bearer_auth(app.sandbox.bot_token()).json(&hello()).send().await;
    assert!(sent.is_err(), "no byte of the answer arrives: {sent:?}");
    assert_eq!(app.sandbox.channel_view("support").expect("a view"), "workforce (app): x");
    assert!(app.sandbox.calls_of("chat.postMessage")[0].is_ok());
    assert_eq!(app.post(hello()).await["ok"], true, "the fault has worn off");
}

#[tokio::test]
async fn server_errors_and_rate_limits_wear_off() {
    let app = App::start().await;
    app.sandbox.fail_next("chat.postMessage", 2, ApiFault::Status(503));
    app.sandbox.fail_next("chat.postMessage", 1, ApiFault::RateLimited { retry_after_seconds: 30 });
    app.sandbox.fail_next("*", 1, ApiFault::Error("fatal_error".into()));
    for _ in 0..2 {
        assert_eq!(app.raw("chat.postMessage", &hello()).await.status().as_u16(), 503);
    }
    let limited = app.raw("chat.postMessage", &hello()).await;
    assert_eq!(limited.headers()["retry-after"], "30");
    let body: Value = limited.json().await.expect("JSON");
    assert_eq!(body, json!({ "ok": false, "error": "ratelimited" }));
    assert_eq!(app.post(hello()).await["error"], "fatal_error");
    assert_eq!(app.post(hello()).await["ok"], true);
    assert_eq!(app.sandbox.messages_json("support").expect("messages").len(), 1);
}

#[tokio::test]
async fn a_held_answer_waits_and_counts_as_in_flight() {
    let app = App::start().await;
    app.sandbox.allow(FindingKind::UnackedEnvelope);
    app.sandbox.fail_next("chat.postMessage", 1, ApiFault::AnswerHeld);
    let (answer, ()) = tokio::join!(app.post(hello()), async {
        app.sandbox.until(|s| (s.messages_json("support").ok()?.len() == 1).then_some(())).await;
        assert_eq!(app.sandbox.in_flight(), 1);
        app.sandbox.release_answers();
    });
    assert_eq!(answer["ok"], true);
    app.sandbox.wait_idle().await;
}

#[tokio::test]
async fn events_are_doubled_and_reordered() {
    let app = App::start().await;
    let mut socket = app.socket().await;
    app.sandbox.duplicate_events(true);
    app.sandbox.says("ana", "support", "twice").expect("said");
    let (one, two) = (socket.frame().await, socket.frame().await);
    assert_eq!(one["payload"]["event_id"], two["payload"]["event_id"]);
    assert_ne!(one["envelope_id"], two["envelope_id"]);
    socket.ack(&one).await;
    socket.ack(&two).await;
    app.sandbox.duplicate_events(false);
    app.sandbox.hold_events();
    for text in ["a", "b", "c"] {
        app.sandbox.says("ana", "support", text).expect("said");
    }
    app.sandbox.wait_idle().await;
    app.sandbox.release_events(ReleaseOrder::Reversed);
    let texts: Vec<Value> = socket.events(3).await.into_iter().map(|e| e["text"].clone()).collect();
    assert_eq!(texts, ["c", "b", "a"]);
    app.sandbox.wait_idle().await;
    assert_eq!(app.sandbox.finish(), Ok(()));
}

#[tokio::test]
async fn a_lost_acknowledgement_brings_the_event_again() {
    let app = App::start().await;
    let mut socket = app.socket().await;
    app.sandbox.drop_acks(1);
    app.sandbox.says("ana", "support", "x").expect("said");
    let first = socket.frame().await;
    socket.ack(&first).await;
    app.sandbox.wait_idle().await;
    app.sandbox.advance(seconds(3));
    let again = socket.frame().await;
    assert_eq!((&again["retry_attempt"], &again["payload"]["event_id"]), (&json!(1), &first["payload"]["event_id"]));
    socket.ack(&again).await;
    app.sandbox.wait_idle().await;
    assert_eq!(app.sandbox.finish(), Ok(()));
}

#[tokio::test]
async fn on_the_systems_clock_deadlines_come_by_themselves() {
    let mut config = acme();
    config.clock = ClockKind::System;
    let app = App::with(config).await;
    // No socket is open, so the first attempt fails and the retry is due three real seconds later.
    app.sandbox.says("ana", "support", "x").expect("said");
    let mut socket = app.socket().await;
    let frame = socket.frame().await;
    assert_eq!(frame["retry_attempt"], 1);
    socket.ack(&frame).await;
    app.sandbox.wait_idle().await;
    assert_eq!(app.sandbox.finish(), Ok(()));
}
