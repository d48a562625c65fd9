//! What the app hears of messages, and what people see of the app's.

use super::*;

#[tokio::test]
async fn a_mention_is_two_events_with_one_ts() {
    let app = App::start().await;
    let mut socket = app.socket().await;
    let ts = app.sandbox.says("ana", "support", "@workforce where is order ORD-1042? <3").expect("said");
    let (first, second) = (socket.frame().await, socket.frame().await);
    assert_eq!(first["payload"]["event"]["type"], "message");
    assert_eq!(second["payload"]["event"]["type"], "app_mention");
    assert_ne!(first["payload"]["event_id"], second["payload"]["event_id"]);
    for envelope in [&first, &second] {
        let event = &envelope["payload"]["event"];
        assert_eq!((&event["ts"], &event["channel"], &event["user"]), (&json!(ts), &json!(SUPPORT), &json!("U0ANA")));
        assert_eq!(event["text"], "<@U0WORKFORCE> where is order ORD-1042? &lt;3");
        assert_eq!(envelope["payload"]["authorizations"][0]["user_id"], "U0WORKFORCE");
    }
    assert_eq!(first["payload"]["event"]["channel_type"], "channel");
    socket.ack(&first).await;
    socket.ack(&second).await;
    app.sandbox.wait_idle().await;
}

#[tokio::test]
async fn direct_messages_are_message_im_only_and_foreign_rooms_are_silent() {
    let app = App::start().await;
    let mut socket = app.socket().await;
    app.sandbox.says("dana", "board", "@workforce secret").expect("said");
    app.sandbox.dms("ana", "@workforce hi").expect("said");
    let events = socket.events(1).await;
    assert_eq!((&events[0]["type"], &events[0]["channel_type"]), (&json!("message"), &json!("im")));
    app.sandbox.wait_idle().await;
    assert_eq!(app.sandbox.envelopes().len(), 1);
}

#[tokio::test]
async fn edits_deletes_and_reactions_are_told() {
    let app = App::start().await;
    let mut socket = app.socket().await;
    let ts = app.sandbox.says("ana", "support", "teh order").expect("said");
    app.sandbox.edits("ana", "support", &ts, "the order").expect("edited");
    app.sandbox.reacts("kim", "support", &ts, ":eyes:").expect("reacted");
    assert!(app.sandbox.edits("kim", "support", &ts, "mine").is_err(), "only the author edits");
    let seen = app.sandbox.channel_view("support").expect("a view");
    assert_eq!(seen, "Ana Silva: the order (edited)\n  :eyes: kim");
    app.sandbox.deletes("ana", "support", &ts).expect("deleted");
    let events = socket.events(4).await;
    assert_eq!(events[1]["subtype"], "message_changed");
    assert_eq!(events[1]["previous_message"]["text"], "teh order");
    assert_eq!(events[1]["message"]["edited"]["user"], "U0ANA");
    assert_eq!((&events[2]["type"], &events[2]["item"]["ts"]), (&json!("reaction_added"), &json!(ts)));
    assert_eq!((&events[3]["subtype"], &events[3]["deleted_ts"]), (&json!("message_deleted"), &json!(ts)));
}

#[tokio::test]
async fn the_apps_own_posts_are_events_too_and_read_as_people_see_them() {
    let app = App::start().await;
    let mut socket = app.socket().await;
    let ts = app.sandbox.says("ana", "support", "please refund").expect("said");
    let plain = app.post(json!({ "channel": SUPPORT, "thread_ts": ts, "text": "On it" })).await;
    assert_eq!(plain["ok"], true, "{plain}");
    app.post(json!({ "channel": SUPPORT, "thread_ts": ts, "text": "Refund?", "username": "Finn",
        "blocks": buttons(&[("approve", "Approve"), ("deny", "Deny")]) }))
        .await;
    let events = socket.events(3).await;
    assert_eq!((&events[1]["bot_id"], &events[1]["app_id"]), (&json!("B0WORKFORCE"), &json!("A0WORKFORCE")));
    assert_eq!((&events[1]["user"], &events[1]["parent_user_id"]), (&json!("U0WORKFORCE"), &json!("U0ANA")));
    assert_eq!((&events[2]["subtype"], &events[2]["username"]), (&json!("bot_message"), &json!("Finn")));
    assert!(events[2]["user"].is_null());
    insta::assert_snapshot!(app.sandbox.thread_text("support", &ts).expect("a thread"), @r"
    Ana Silva: please refund
    workforce (app): On it
    Finn (app): *Refund $450.00?*
      [Approve] [Deny]
    ");
    assert_eq!(app.sandbox.posts_by_thread().into_values().collect::<Vec<_>>(), [2]);
    app.sandbox.wait_idle().await;
    assert_eq!(app.sandbox.finish(), Ok(()));
}

#[tokio::test]
async fn an_update_keeps_metadata_drops_blocks_for_text_and_edits_only_its_own() {
    let app = App::start().await;
    app.sandbox.allow(FindingKind::UnackedEnvelope);
    let other = app.sandbox.says("ana", "support", "mine").expect("said");
    let metadata = json!({ "event_type": "workforce", "event_payload": { "outbox": "7" } });
    let sent = app
        .post(json!({ "channel": SUPPORT, "text": "a", "blocks": buttons(&[("go", "Go")]), "metadata": metadata }))
        .await;
    let ts = sent["ts"].as_str().expect("a ts").to_owned();
    let updated = app.call("chat.update", json!({ "channel": SUPPORT, "ts": ts, "text": "done" })).await;
    assert_eq!(updated["ok"], true);
    let stored = app.sandbox.message_json("support", &ts).expect("a message");
    assert!(stored["blocks"].is_null());
    assert_eq!(stored["metadata"], metadata);
    assert_eq!(stored["edited"]["user"], "U0WORKFORCE");
    app.call("chat.update", json!({ "channel": SUPPORT, "ts": ts, "text": "done", "metadata": {} })).await;
    assert!(app.sandbox.message_json("support", &ts).expect("a message")["metadata"].is_null());
    let foreign = app.call("chat.update", json!({ "channel": SUPPORT, "ts": other, "text": "x" })).await;
    assert_eq!(foreign["error"], "cant_update_message");
    let gone = app.call("chat.update", json!({ "channel": SUPPORT, "ts": "1.000001", "text": "x" })).await;
    assert_eq!(gone["error"], "message_not_found");
    assert_eq!(app.sandbox.posts_by_metadata("outbox").get("7"), Some(&1));
}

#[tokio::test]
async fn history_and_replies_page_through_and_show_metadata_on_request() {
    let app = App::start().await;
    app.sandbox.allow(FindingKind::UnackedEnvelope);
    let root = app.sandbox.says("ana", "support", "one").expect("said");
    for n in 0..3 {
        app.sandbox.says_in_thread("kim", "support", &root, &format!("reply {n}")).expect("said");
    }
    let last = app.sandbox.says("ana", "support", "two").expect("said");
    let page = app.get("conversations.history", &[("channel", SUPPORT), ("limit", "1")]).await;
    assert_eq!(page["messages"][0]["text"], "two");
    assert_eq!(page["has_more"], true);
    let cursor = page["response_metadata"]["next_cursor"].as_str().expect("a cursor").to_owned();
    let next = app.get("conversations.history", &[("channel", SUPPORT), ("cursor", &cursor)]).await;
    assert_eq!((&next["messages"][0]["text"], &next["messages"][0]["reply_count"]), (&json!("one"), &json!(3)));
    let since = app.get("conversations.history", &[("channel", SUPPORT), ("oldest", &last)]).await;
    assert_eq!(since["messages"], json!([]));
    let replies = app.get("conversations.replies", &[("channel", SUPPORT), ("ts", &root)]).await;
    assert_eq!(replies["messages"].as_array().map(Vec::len), Some(4));
    assert_eq!(replies["messages"][3]["parent_user_id"], "U0ANA");
    let board = app.get("conversations.history", &[("channel", "C0BOARD")]).await;
    assert_eq!(board["error"], "channel_not_found");
}
