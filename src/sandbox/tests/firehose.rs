//! The firehose: the same envelopes as ever, each counted once, and nothing kept that was not asked for.

use super::*;

fn spec(drive: Drive, envelopes: u64) -> FirehoseSpec {
    FirehoseSpec {
        user: "ana".to_owned(),
        channel: "support".to_owned(),
        text: "@workforce where is <it> & \"why\"?".to_owned(),
        drive,
        envelopes,
        lasting: Duration::from_secs(60),
        kept: false,
    }
}

/// The names in a JSON document, with the kinds of what they name.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), shape(value))).collect(),
        Value::Array(items) => items.iter().map(shape).collect(),
        Value::Null => Value::Null,
        Value::Bool(_) => json!("bool"),
        Value::Number(_) => json!("number"),
        Value::String(_) => json!("text"),
    }
}

#[tokio::test]
async fn its_envelopes_look_like_any_other_and_differ_in_their_ids() {
    let app = App::start().await;
    let mut socket = app.socket().await;
    let hose = spec(Drive::Window { in_flight: 2 }, 3);
    app.sandbox.mention_first(true);
    app.sandbox.says("ana", "support", &hose.text).expect("said");
    let ordinary = socket.frame().await;
    socket.ack(&ordinary).await;
    let message = socket.frame().await;
    socket.ack(&message).await;
    let sandbox = app.sandbox.clone();
    let running = tokio::spawn(async move { sandbox.firehose(hose).await });
    let mut seen = Vec::new();
    for _ in 0..3 {
        let frame = socket.frame().await;
        assert_eq!(shape(&frame), shape(&ordinary));
        assert_eq!(frame["payload"]["event"]["text"], ordinary["payload"]["event"]["text"]);
        socket.ack(&frame).await;
        seen.push(frame);
    }
    let sprayed = running.await.expect("no panic").expect("it ran");
    assert_eq!((sprayed.sent, sprayed.acked, sprayed.latencies.count()), (3, 3, 3));
    for path in ["/envelope_id", "/payload/event_id", "/payload/event/ts", "/payload/event_context"] {
        let mut ids: Vec<&str> = seen.iter().filter_map(|frame| frame.pointer(path)?.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 3, "{path}");
        assert!(ids.iter().all(|id| !id.contains('\0')), "{path}");
    }
    assert_eq!(app.sandbox.envelopes().len(), 2, "the log holds the ordinary ones only");
    assert_eq!(app.sandbox.finish(), Ok(()));
}

#[tokio::test]
async fn a_second_acknowledgement_is_a_finding_and_counts_nothing() {
    let app = App::start().await;
    let mut socket = app.socket().await;
    let sandbox = app.sandbox.clone();
    let running = tokio::spawn(async move { sandbox.firehose(spec(Drive::Paced { per_second: 1000 }, 2)).await });
    let first = socket.frame().await;
    socket.ack(&first).await;
    socket.ack(&first).await;
    let second = socket.frame().await;
    socket.ack(&second).await;
    let sprayed = running.await.expect("no panic").expect("it ran");
    assert_eq!((sprayed.sent, sprayed.acked), (2, 2));
    let kinds: Vec<FindingKind> = app.sandbox.findings().iter().map(|finding| finding.kind).collect();
    assert_eq!(kinds, [FindingKind::UnknownAck]);
}

#[tokio::test]
async fn it_needs_a_socket_and_people_who_are_there() {
    let app = App::start().await;
    let one = || spec(Drive::Window { in_flight: 1 }, 1);
    assert!(app.sandbox.firehose(one()).await.is_err(), "no socket is open");
    let _socket = app.socket().await;
    let board = FirehoseSpec { channel: "board".to_owned(), ..one() };
    assert!(app.sandbox.firehose(board).await.is_err(), "neither is a member");
    let nobody = FirehoseSpec { user: "nobody".to_owned(), ..one() };
    assert!(app.sandbox.firehose(nobody).await.is_err());
}
