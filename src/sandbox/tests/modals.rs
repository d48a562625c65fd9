//! Triggers, modals and the Home tab.

use super::*;

fn form(title: &str) -> Value {
    json!({
        "type": "modal", "callback_id": "deny", "private_metadata": "A-31", "notify_on_close": true,
        "title": { "type": "plain_text", "text": title },
        "submit": { "type": "plain_text", "text": "Deny" }, "close": { "type": "plain_text", "text": "Back" },
        "blocks": [
            { "type": "input", "block_id": "why", "label": { "type": "plain_text", "text": "Reason" },
              "element": { "type": "plain_text_input", "action_id": "text", "max_length": 10 } },
            { "type": "input", "block_id": "kind", "optional": true, "label": { "type": "plain_text", "text": "Kind" },
              "element": { "type": "static_select", "action_id": "pick", "options": [
                { "text": { "type": "plain_text", "text": "Policy" }, "value": "policy" }] } },
        ],
    })
}

async fn trigger(app: &App, socket: &mut Socket) -> String {
    let sent = app.sandbox.slash("dana", "support", "/workforce", "").expect("sent");
    let envelope = socket.frame().await;
    socket.ack(&envelope).await;
    app.sandbox.wait_idle().await;
    sent.trigger_id
}

async fn open(app: &App, socket: &mut Socket) -> Value {
    let trigger_id = trigger(app, socket).await;
    let opened = app.call("views.open", json!({ "trigger_id": trigger_id, "view": form("Deny A-31") })).await;
    assert_eq!(opened["ok"], true, "{opened}");
    opened["view"].clone()
}

#[tokio::test]
async fn a_trigger_opens_once_and_for_three_seconds() {
    let app = App::start().await;
    let mut socket = app.socket().await;
    let id = trigger(&app, &mut socket).await;
    let open = async |id: &str| {
        let answer = app.call("views.open", json!({ "trigger_id": id, "view": form("Deny") })).await;
        answer["error"].as_str().unwrap_or("ok").to_owned()
    };
    assert_eq!(open(&id).await, "ok");
    assert_eq!(open(&id).await, "exchanged_trigger_id");
    let late = trigger(&app, &mut socket).await;
    app.sandbox.advance(Duration::from_millis(3001));
    assert_eq!(open(&late).await, "expired_trigger_id");
    assert_eq!(app.sandbox.finish(), Ok(()));
    assert_eq!(open("nonsense").await, "invalid_trigger_id");
    assert_eq!(app.sandbox.findings()[0].kind, FindingKind::RefusedPayload);
}

#[tokio::test]
async fn bad_views_are_refused_with_their_place() {
    let app = App::start().await;
    let mut socket = app.socket().await;
    let id = trigger(&app, &mut socket).await;
    for (field, value, part) in [
        ("title", json!({ "type": "plain_text", "text": "x".repeat(25) }), "/view/title/text"),
        ("private_metadata", json!("x".repeat(3001)), "/view/private_metadata"),
        ("colour", json!("red"), "invalid additional property: colour"),
        ("submit", Value::Null, "/view/submit"),
    ] {
        let mut view = form("Deny");
        view[field] = value;
        let answer = app.call("views.open", json!({ "trigger_id": id, "view": view })).await;
        assert_eq!(answer["error"], "invalid_arguments");
        assert!(answer["response_metadata"]["messages"].to_string().contains(part), "{answer}");
    }
    let huge = json!({ "type": "modal", "private_metadata": "x".repeat(250_001) });
    let answer = app.call("views.open", json!({ "trigger_id": id, "view": huge })).await;
    assert_eq!(answer["error"], "view_too_large");
}

#[tokio::test]
async fn a_modal_is_filled_in_corrected_and_sent() {
    let app = App::start().await;
    let mut socket = app.socket().await;
    open(&app, &mut socket).await;
    insta::assert_snapshot!(app.sandbox.modal("dana").expect("dana").expect("a modal"), @r"
    == Deny A-31 ==
    Reason: []
    Kind (optional): [ ▾]
    (Back) (Deny)
    ");
    assert!(app.sandbox.submits("dana", &[]).is_err(), "the reason is required");
    assert!(app.sandbox.submits("dana", &[("Reason", "much too long a reason")]).is_err());
    assert!(app.sandbox.submits("dana", &[("Reason", "no"), ("Colour", "red")]).is_err());
    app.sandbox.submits("dana", &[("Reason", "bad"), ("pick", "Policy")]).expect("sent");
    let envelope = socket.frame().await;
    let view = &envelope["payload"]["view"];
    assert_eq!((&view["private_metadata"], &view["callback_id"]), (&json!("A-31"), &json!("deny")));
    assert_eq!(view["state"]["values"]["why"]["text"], json!({ "type": "plain_text_input", "value": "bad" }));
    assert_eq!(view["state"]["values"]["kind"]["pick"]["selected_option"]["value"], "policy");
    let errors = json!({ "response_action": "errors", "errors": { "why": "Say more." } });
    socket.ack_with(&envelope, errors).await;
    app.sandbox.wait_idle().await;
    let shown = app.sandbox.modal("dana").expect("dana").expect("still open");
    assert!(shown.contains("  ! Say more."), "{shown}");
    app.sandbox.submits("dana", &[("Reason", "too dear")]).expect("sent");
    let envelope = socket.frame().await;
    socket.ack(&envelope).await;
    app.sandbox.wait_idle().await;
    assert_eq!(app.sandbox.modal("dana").expect("dana"), None);
    assert_eq!(app.sandbox.finish(), Ok(()));
}

#[tokio::test]
async fn views_are_pushed_updated_and_closed() {
    let app = App::start().await;
    let mut socket = app.socket().await;
    let view = open(&app, &mut socket).await;
    app.sandbox.submits("dana", &[("Reason", "x")]).expect("sent");
    let envelope = socket.frame().await;
    socket.ack_with(&envelope, json!({ "response_action": "push", "view": form("Really?") })).await;
    app.sandbox.wait_idle().await;
    assert_eq!(app.sandbox.modal_depth("dana").expect("dana"), 2);
    let update = json!({ "view_id": view["id"], "hash": "0.stale", "view": form("Changed") });
    assert_eq!(app.call("views.update", update).await["error"], "hash_conflict");
    let update = json!({ "view_id": view["id"], "hash": view["hash"], "view": form("Changed") });
    assert_eq!(app.call("views.update", update).await["ok"], true);
    app.sandbox.closes("dana").expect("closed");
    let closed = socket.frame().await;
    assert_eq!((&closed["payload"]["type"], &closed["payload"]["is_cleared"]), (&json!("view_closed"), &json!(false)));
    socket.ack(&closed).await;
    let shown = app.sandbox.modal("dana").expect("dana").expect("the one below");
    assert!(shown.starts_with("== Changed =="), "{shown}");
    app.sandbox.submits("dana", &[("Reason", "x")]).expect("sent");
    let envelope = socket.frame().await;
    socket.ack_with(&envelope, json!({ "response_action": "clear" })).await;
    app.sandbox.wait_idle().await;
    assert_eq!(app.sandbox.modal("dana").expect("dana"), None);
    assert_eq!(
        app.call("views.update", json!({ "view_id": view["id"], "view": form("x") })).await["error"],
        "not_found"
    );
    assert_eq!(app.sandbox.finish(), Ok(()));
}

#[tokio::test]
async fn at_most_three_views_lie_on_each_other() {
    let app = App::start().await;
    let mut socket = app.socket().await;
    open(&app, &mut socket).await;
    for depth in 2..=4 {
        let sent = app.sandbox.submits("dana", &[("Reason", "x")]).expect("sent");
        let envelope = socket.frame().await;
        let pushed = app.call("views.push", json!({ "trigger_id": sent.trigger_id, "view": form("More") })).await;
        let wanted = if depth <= 3 { json!(true) } else { json!(false) };
        assert_eq!(pushed["ok"], wanted, "{depth}: {pushed}");
        let errors = json!({ "response_action": "errors", "errors": { "why": "stay" } });
        socket.ack_with(&envelope, errors).await;
        app.sandbox.wait_idle().await;
    }
    assert_eq!(app.sandbox.modal_depth("dana").expect("dana"), 3);
}

#[tokio::test]
async fn a_home_tab_is_published_and_clicked() {
    let app = App::start().await;
    let mut socket = app.socket().await;
    app.sandbox.opens_home("dana").expect("opened");
    let opened = socket.events(1).await;
    assert_eq!((&opened[0]["type"], &opened[0]["tab"]), (&json!("app_home_opened"), &json!("home")));
    let home = json!({ "type": "home", "blocks": buttons(&[("approve", "Approve")]) });
    let published = app.call("views.publish", json!({ "user_id": "U0DANA", "view": home })).await;
    assert_eq!(published["ok"], true, "{published}");
    assert_eq!(app.sandbox.home_view("dana").expect("a view"), "*Refund $450.00?*\n[Approve]");
    let raced = app.call("views.publish", json!({ "user_id": "U0DANA", "view": home, "hash": "0.old" })).await;
    assert_eq!(raced["error"], "hash_conflict");
    app.sandbox.clicks_home("dana", "Approve").expect("clicked");
    let envelope = socket.frame().await;
    socket.ack(&envelope).await;
    assert_eq!(envelope["payload"]["container"]["type"], "view");
    assert!(envelope["payload"]["message"].is_null() && envelope["payload"]["response_url"].is_null());
    app.sandbox.wait_idle().await;
}

#[tokio::test]
async fn options_of_an_external_menu_come_from_the_app() {
    let app = App::start().await;
    let mut socket = app.socket().await;
    let mut view = form("Pick");
    view["blocks"] = json!([{ "type": "input", "block_id": "who", "label": { "type": "plain_text", "text": "Who" },
        "element": { "type": "external_select", "action_id": "pick", "min_query_length": 1 } }]);
    let trigger_id = trigger(&app, &mut socket).await;
    app.call("views.open", json!({ "trigger_id": trigger_id, "view": view })).await;
    let asked = app.sandbox.asks_options("dana", "pick", "ki").expect("asked");
    let envelope = socket.frame().await;
    assert_eq!(
        (&envelope["payload"]["type"], &envelope["payload"]["value"]),
        (&json!("block_suggestion"), &json!("ki"))
    );
    let options = json!({ "options": [{ "text": { "type": "plain_text", "text": "Kim" }, "value": "U0KIM" }] });
    socket.ack_with(&envelope, options.clone()).await;
    app.sandbox.wait_idle().await;
    assert_eq!(app.sandbox.outcome(&asked.envelope_id), Some(Outcome::Acknowledged(options)));
    assert_eq!(app.sandbox.finish(), Ok(()));
    app.sandbox.asks_options("dana", "pick", "x").expect("asked");
    let envelope = socket.frame().await;
    socket.ack_with(&envelope, json!({ "choices": [] })).await;
    app.sandbox.wait_idle().await;
    assert_eq!(app.sandbox.findings()[0].kind, FindingKind::BadAckPayload);
}
