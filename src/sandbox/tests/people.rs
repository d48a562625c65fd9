//! Clicks, commands, shortcuts, response URLs; people who come and go; the control API.

use super::*;

async fn card(app: &App, socket: &mut Socket) -> String {
    let sent = app
        .post(json!({ "channel": SUPPORT, "text": "Refund?", "blocks": buttons(&[("approve", "Approve"), ("deny", "Deny")]) }))
        .await;
    socket.events(1).await;
    sent["ts"].as_str().expect("a ts").to_owned()
}

#[tokio::test]
async fn a_click_arrives_as_block_actions_and_is_never_retried() {
    let app = App::start().await;
    let mut socket = app.socket().await;
    let ts = card(&app, &mut socket).await;
    let sent = app.sandbox.clicks("dana", "support", &ts, "Approve").expect("clicked");
    let envelope = socket.frame().await;
    assert_eq!((&envelope["type"], &envelope["accepts_response_payload"]), (&json!("interactive"), &json!(true)));
    assert!(envelope["retry_attempt"].is_null());
    let payload = &envelope["payload"];
    assert_eq!(payload["type"], "block_actions");
    assert_eq!((&payload["user"]["id"], &payload["team"]["id"]), (&json!("U0DANA"), &json!("T0ACME")));
    assert_eq!(payload["container"]["message_ts"], ts);
    assert_eq!(payload["message"]["bot_id"], "B0WORKFORCE");
    let action = &payload["actions"][0];
    assert_eq!((&action["action_id"], &action["value"]), (&json!("approve"), &json!("approve-value")));
    assert_eq!(action["block_id"], "choices");
    assert_eq!(payload["trigger_id"], sent.trigger_id);
    socket.ack(&envelope).await;
    app.sandbox.wait_idle().await;
    assert_eq!(app.sandbox.outcome(&sent.envelope_id), Some(Outcome::Acknowledged(Value::Null)));

    let second = app.sandbox.clicks("kim", "support", &ts, "deny").expect("clicked");
    socket.frame().await;
    app.sandbox.advance(seconds(600));
    assert_eq!(app.sandbox.outcome(&second.envelope_id), Some(Outcome::Failed));
    assert_eq!(app.sandbox.notices("kim").expect("notices").len(), 1);
    assert_eq!(app.sandbox.findings().len(), 1, "an unanswered click is held against the app");
}

#[tokio::test]
async fn only_what_stands_there_can_be_clicked() {
    let app = App::start().await;
    let mut socket = app.socket().await;
    let ts = card(&app, &mut socket).await;
    assert!(app.sandbox.clicks("dana", "support", &ts, "Explode").is_err());
    app.call("chat.update", json!({ "channel": SUPPORT, "ts": ts, "text": "decided" })).await;
    socket.events(1).await;
    assert!(app.sandbox.clicks("dana", "support", &ts, "Approve").is_err(), "the button is gone");
    app.sandbox.clicks_stale("dana", "support", &ts, "Approve").expect("replayed");
    let envelope = socket.frame().await;
    assert_eq!(envelope["payload"]["actions"][0]["action_id"], "approve");
    socket.ack(&envelope).await;
    app.sandbox.clicks_raw(json!({ "type": "block_actions", "user": { "id": "U0EVIL" } }));
    let forged = socket.frame().await;
    assert_eq!(forged["payload"]["user"]["id"], "U0EVIL");
    socket.ack(&forged).await;
    app.sandbox.deactivates("dana").expect("deactivated");
    let change = socket.events(1).await;
    assert_eq!((&change[0]["type"], &change[0]["user"]["deleted"]), (&json!("user_change"), &json!(true)));
    assert!(app.sandbox.clicks_stale("dana", "support", &ts, "Approve").is_err());
    app.sandbox.wait_idle().await;
    assert_eq!(app.sandbox.finish(), Ok(()));
}

#[tokio::test]
async fn a_slash_command_is_answered_in_its_acknowledgement() {
    let app = App::start().await;
    let mut socket = app.socket().await;
    app.sandbox.slash("ana", "support", "/workforce", "who-owns @dana in #it").expect("sent");
    let envelope = socket.frame().await;
    assert_eq!(envelope["type"], "slash_commands");
    assert_eq!(envelope["payload"]["text"], "who-owns <@U0DANA|dana> in <#C0IT|it>");
    assert!(envelope["payload"]["thread_ts"].is_null());
    socket.ack_with(&envelope, json!({ "text": "Dana owns <@U0DANA>" })).await;
    app.sandbox.wait_idle().await;
    assert_eq!(app.sandbox.ephemerals("ana").expect("texts"), ["workforce (app): Dana owns @dana"]);
    assert_eq!(app.sandbox.channel_view("support").expect("a view"), "", "nobody else sees it");
    assert!(app.sandbox.slash("ana", "support", "/other", "").is_err());

    app.sandbox.slash("ana", "support", "/workforce", "slow").expect("sent");
    let slow = socket.frame().await;
    app.sandbox.advance(seconds(4));
    socket.ack(&slow).await;
    let notices = app.sandbox.notices("ana").expect("notices");
    assert_eq!(notices, ["/workforce failed with the error “operation_timeout”"]);
    let findings = app.sandbox.until(|s| Some(s.findings()).filter(|f| f.len() == 2)).await;
    assert_eq!(findings[1].kind, FindingKind::LateAck);
}

#[tokio::test]
async fn a_bad_slash_reply_is_reported_and_the_person_sees_a_failure() {
    let app = App::start().await;
    let mut socket = app.socket().await;
    app.sandbox.slash("ana", "support", "/workforce", "").expect("sent");
    let envelope = socket.frame().await;
    socket.ack_with(&envelope, json!({ "blocks": [{ "type": "hologram" }] })).await;
    app.sandbox.wait_idle().await;
    assert_eq!(app.sandbox.findings()[0].kind, FindingKind::BadAckPayload);
    assert_eq!(app.sandbox.notices("ana").expect("notices").len(), 1);
}

#[tokio::test]
async fn a_response_url_works_five_times_within_thirty_minutes() {
    let app = App::start().await;
    let mut socket = app.socket().await;
    let ts = card(&app, &mut socket).await;
    let sent = app.sandbox.clicks("dana", "support", &ts, "Approve").expect("clicked");
    let envelope = socket.frame().await;
    socket.ack(&envelope).await;
    let url = sent.response_url.expect("a url");
    let respond = async |body: Value| app.http.post(&url).json(&body).send().await.expect("sent").status().as_u16();
    assert_eq!(respond(json!({ "text": "only you" })).await, 200);
    assert_eq!(respond(json!({ "text": "all", "response_type": "in_channel" })).await, 200);
    assert_eq!(respond(json!({ "text": "replaced", "replace_original": true })).await, 200);
    socket.events(2).await;
    assert_eq!(app.sandbox.message_json("support", &ts).expect("a message")["text"], "replaced");
    assert_eq!(app.sandbox.ephemerals("dana").expect("texts"), ["workforce (app): only you"]);
    for _ in 0..2 {
        assert_eq!(respond(json!({ "text": "again" })).await, 200);
    }
    assert_eq!(respond(json!({ "text": "sixth" })).await, 404);

    let later = app.sandbox.slash("ana", "support", "/workforce", "").expect("sent").response_url.expect("a url");
    let envelope = socket.frame().await;
    socket.ack(&envelope).await;
    app.sandbox.wait_idle().await;
    app.sandbox.advance(seconds(30 * 60 + 1));
    let late = app.http.post(&later).json(&json!({ "text": "x" })).send().await.expect("sent");
    assert_eq!(late.status().as_u16(), 404);
}

#[tokio::test]
async fn ephemeral_buttons_have_no_message() {
    let app = App::start().await;
    let mut socket = app.socket().await;
    let body = json!({ "channel": SUPPORT, "user": "U0ANA", "text": "psst", "blocks": buttons(&[("ok", "OK")]) });
    assert_eq!(app.call("chat.postEphemeral", body).await["ok"], true);
    let ts = app.sandbox.ephemeral_ts("ana").expect("one")[0].clone();
    assert!(app.sandbox.clicks("kim", "support", &ts, "OK").is_err(), "kim does not see it");
    app.sandbox.clicks("ana", "support", &ts, "OK").expect("clicked");
    let envelope = socket.frame().await;
    socket.ack(&envelope).await;
    assert_eq!(envelope["payload"]["container"]["is_ephemeral"], true);
    assert!(envelope["payload"]["message"].is_null());
    let update = app.call("chat.update", json!({ "channel": SUPPORT, "ts": ts, "text": "x" })).await;
    assert_eq!(update["error"], "message_not_found");
    app.sandbox.wait_idle().await;
}

#[tokio::test]
async fn joining_leaving_and_groups_are_told() {
    let app = App::start().await;
    let mut socket = app.socket().await;
    app.sandbox.leaves("ana", "support").expect("left");
    app.sandbox.joins("ana", "support").expect("joined");
    app.sandbox.sets_group("finance-managers", &["kim", "noor"]).expect("set");
    app.sandbox.leaves("workforce", "support").expect("removed");
    let events = socket.events(7).await;
    let kinds: Vec<&str> = events.iter().filter_map(|e| e["type"].as_str()).collect();
    assert_eq!(
        kinds,
        [
            "member_left_channel", "message", "message", "member_joined_channel", "subteam_members_changed",
            "subteam_updated", "member_left_channel",
        ]
    );
    assert_eq!(events[4]["added_users"], json!(["U0NOOR"]));
    assert_eq!(events[4]["removed_users"], json!(["U0DANA"]));
    app.sandbox.says("ana", "support", "unheard").expect("said");
    app.sandbox.wait_idle().await;
    assert_eq!(app.sandbox.envelopes().len(), 7);
}

#[tokio::test]
async fn the_control_api_does_the_same_over_http() {
    let app = App::start().await;
    let mut socket = app.socket().await;
    let control = async |body: Value| {
        let url = format!("{}/control/act", app.sandbox.base_url());
        let request = app.http.post(url).bearer_auth("sandbox-control").json(&body);
        request.send().await.expect("sent").json::<Value>().await.expect("JSON")
    };
    let said = control(json!({ "do": "says", "user": "ana", "channel": "support", "text": "hi" })).await;
    assert_eq!(said["ok"], true, "{said}");
    socket.events(1).await;
    let view = control(json!({ "do": "channel_view", "channel": "support" })).await;
    assert_eq!(view["result"], "Ana Silva: hi");
    assert_eq!(control(json!({ "do": "in_flight" })).await["ok"], true);
    let nobody = control(json!({ "do": "says", "user": "zoe", "channel": "support", "text": "hi" })).await;
    assert_eq!(nobody["error"], "nobody here is called zoe");
    assert_eq!(control(json!({ "do": "advance", "millis": 5000 })).await["ok"], true);
    assert_eq!(control(json!({ "do": "dances" })).await["ok"], false);
    let fault = json!({ "do": "fail_next", "method": "*", "times": 1, "fault": { "status": 503 } });
    assert_eq!(control(fault).await["ok"], true);
    let url = format!("{}/control/act", app.sandbox.base_url());
    let stranger = app.http.post(url).json(&json!({ "do": "findings" })).send().await.expect("sent");
    assert_eq!(stranger.status().as_u16(), 401);
}

#[tokio::test]
async fn an_app_that_was_removed_hears_so_and_is_locked_out() {
    let app = App::start().await;
    let mut socket = app.socket().await;
    app.sandbox.changes_app(|spec| spec.bot_scopes.retain(|s| s != "team:read"));
    assert_eq!(app.get("team.info", &[]).await["needed"], "team:read");
    app.sandbox.uninstalls();
    let events = socket.events(2).await;
    assert_eq!((&events[0]["type"], &events[1]["type"]), (&json!("app_uninstalled"), &json!("tokens_revoked")));
    assert_eq!(app.call("auth.test", json!({})).await["error"], "account_inactive");
}

#[tokio::test]
async fn menus_and_message_shortcuts_arrive_with_what_was_picked() {
    let mut config = acme();
    config.app.shortcuts.push(ShortcutSpec { callback_id: "hand_off".into(), on_message: true });
    let app = App::with(config).await;
    let mut socket = app.socket().await;
    let option = |name: &str| json!({ "text": { "type": "plain_text", "text": name }, "value": name.to_lowercase() });
    let menu = json!([{ "type": "actions", "elements": [
        { "type": "static_select", "action_id": "who", "options": [option("Dana"), option("Kim")] },
        { "type": "overflow", "action_id": "more", "options": [option("Later"), option("Never")] },
    ]}]);
    let sent = app.post(json!({ "channel": SUPPORT, "text": "Who?", "blocks": menu })).await;
    let ts = sent["ts"].as_str().expect("a ts").to_owned();
    socket.events(1).await;
    for (element, pick, value) in [("who", "Kim", "kim"), ("more", "never", "never")] {
        app.sandbox.chooses("ana", "support", &ts, element, pick).expect("picked");
        let envelope = socket.frame().await;
        socket.ack(&envelope).await;
        assert_eq!(envelope["payload"]["actions"][0]["selected_option"]["value"], value);
    }
    assert!(app.sandbox.chooses("ana", "support", &ts, "who", "Zoe").is_err());
    app.sandbox.message_shortcut("ana", "hand_off", "support", &ts).expect("sent");
    let envelope = socket.frame().await;
    socket.ack(&envelope).await;
    assert_eq!(
        (&envelope["payload"]["type"], &envelope["payload"]["message_ts"]),
        (&json!("message_action"), &json!(ts))
    );
    assert!(app.sandbox.shortcut("ana", "hand_off").is_err(), "it is no global one");
    app.sandbox.wait_idle().await;
    assert_eq!(app.sandbox.finish(), Ok(()));
}

#[tokio::test]
async fn another_bots_mention_carries_its_bot_id_and_a_group_mention_its_id() {
    let mut config = acme();
    config.users.push(UserSpec { handle: "statusbot".into(), is_bot: true, ..UserSpec::default() });
    config.channels.iter_mut().for_each(|c| c.members.push("statusbot".into()));
    config.app.mention_first = true;
    let app = App::with(config).await;
    let mut socket = app.socket().await;
    app.sandbox.says("statusbot", "support", "@workforce down again").expect("said");
    app.sandbox.says("ana", "support", "ask @finance-managers.").expect("said");
    let events = socket.events(3).await;
    assert_eq!((&events[0]["type"], &events[0]["bot_id"]), (&json!("app_mention"), &json!("B0STATUSBOT")));
    assert_eq!(events[2]["text"], "ask <!subteam^S0FINANCEMANAGERS|@finance-managers>.");
}
