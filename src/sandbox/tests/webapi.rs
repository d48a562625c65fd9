//! Refusals: Slack's codes, scopes, limits, pace; and what the strict harness reports.

use super::*;

async fn error(app: &App, method: &str, body: Value) -> String {
    let answer = app.call(method, body).await;
    answer["error"].as_str().unwrap_or("ok").to_owned()
}

#[tokio::test]
async fn posting_is_refused_in_slacks_words() {
    let mut config = acme();
    config.channels.push(ChannelSpec { name: "lobby".into(), ..ChannelSpec::default() });
    config.channels.push(ChannelSpec { name: "old".into(), bot: true, archived: true, ..ChannelSpec::default() });
    let app = App::with(config).await;
    app.sandbox.allow(FindingKind::UnfurlNotFalse);
    for (body, code) in [
        (json!({ "channel": SUPPORT }), "no_text"),
        (json!({ "channel": "C0NOWHERE", "text": "x" }), "channel_not_found"),
        (json!({ "channel": "C0BOARD", "text": "x" }), "channel_not_found"),
        (json!({ "channel": "#support", "text": "x" }), "channel_not_found"),
        (json!({ "channel": "C0LOBBY", "text": "x" }), "not_in_channel"),
        (json!({ "channel": "C0OLD", "text": "x" }), "is_archived"),
        (json!({ "channel": SUPPORT, "text": "x", "thread_ts": "1.000001" }), "thread_not_found"),
        (json!({ "channel": SUPPORT, "blocks": [{ "type": "hologram" }] }), "invalid_blocks"),
        (json!({ "channel": SUPPORT, "text": "x", "metadata": { "event_type": "t" } }), "invalid_metadata_format"),
        (json!({ "channel": SUPPORT, "text": "x", "markdown_text": "y" }), "markdown_text_conflict"),
        (json!({ "text": "x" }), "invalid_arguments"),
        (json!({ "channel": "U0ANA", "text": "x" }), "ok"),
    ] {
        assert_eq!(error(&app, "chat.postMessage", body.clone()).await, code, "{body}");
    }
    assert_eq!(app.sandbox.dm_view("ana").expect("a view"), "workforce (app): x");
}

#[tokio::test]
async fn limits_of_texts_and_blocks_hold() {
    let app = App::start().await;
    app.sandbox.allow(FindingKind::UnackedEnvelope);
    let section = |n: usize| json!({ "type": "section", "text": { "type": "mrkdwn", "text": "x".repeat(n) } });
    let long: Vec<Value> = (0..5).map(|_| section(2900)).collect();
    let refused = app.post(json!({ "channel": SUPPORT, "text": "t", "blocks": long })).await;
    assert_eq!(refused["error"], "msg_blocks_too_long");
    let refused = app.post(json!({ "channel": SUPPORT, "text": "t", "blocks": [section(3001)] })).await;
    assert_eq!(refused["error"], "invalid_blocks");
    let message = refused["response_metadata"]["messages"][0].as_str().expect("a message");
    assert!(message.contains("[json-pointer:/blocks/0/text/text]"), "{message}");
    let cut = app.post(json!({ "channel": SUPPORT, "text": "é".repeat(40_001) })).await;
    assert_eq!(cut["message"]["text"].as_str().map(|t| t.chars().count()), Some(40_000));
    let kinds: Vec<FindingKind> = app.sandbox.findings().iter().map(|f| f.kind).collect();
    assert_eq!(kinds, [FindingKind::RefusedPayload, FindingKind::RefusedPayload, FindingKind::TruncatedText]);
}

#[tokio::test]
async fn the_harness_fails_on_what_slack_would_let_pass_in_silence() {
    let app = App::start().await;
    app.sandbox.allow(FindingKind::UnackedEnvelope);
    app.call("chat.postMessage", json!({ "channel": SUPPORT, "text": "hi <!here>", "as_user": true })).await;
    app.post(json!({ "channel": SUPPORT, "text": "x", "colour": "red" })).await;
    assert_eq!(error(&app, "chat.scheduleMessage", json!({})).await, "unknown_method");
    let json_read = app.call("users.info", json!({ "user": "U0ANA" })).await;
    assert_eq!(json_read["error"], "invalid_arguments", "reading methods see no JSON body");
    let kinds: Vec<FindingKind> = app.sandbox.findings().iter().map(|f| f.kind).collect();
    let wanted = [
        FindingKind::DeprecatedParam,
        FindingKind::UnfurlNotFalse,
        FindingKind::UnfurlNotFalse,
        FindingKind::BroadcastMention,
        FindingKind::UnexpectedCall,
        FindingKind::UnknownMethod,
        FindingKind::UnexpectedCall,
        FindingKind::RefusedPayload,
    ];
    assert_eq!(kinds, wanted);
    app.sandbox.allow(FindingKind::UnfurlNotFalse);
    app.sandbox.allow_containing(FindingKind::UnexpectedCall, "colour");
    assert_eq!(app.sandbox.findings().len(), wanted.len() - 3);
}

#[tokio::test]
async fn scopes_are_needed_and_named() {
    let mut config = acme();
    config
        .app
        .bot_scopes
        .retain(|s| !["chat:write.customize", "reactions:write", "users:read.email"].contains(&s.as_str()));
    let app = App::with(config).await;
    app.sandbox.allow(FindingKind::UnackedEnvelope);
    let ts = app.sandbox.says("ana", "support", "x").expect("said");
    let custom = app.post(json!({ "channel": SUPPORT, "text": "x", "username": "Finn" })).await;
    assert_eq!((&custom["error"], &custom["needed"]), (&json!("missing_scope"), &json!("chat:write.customize")));
    assert!(custom["provided"].as_str().is_some_and(|p| p.contains("chat:write")));
    let react = app.call("reactions.add", json!({ "channel": SUPPORT, "timestamp": ts, "name": "eyes" })).await;
    assert_eq!(react["error"], "missing_scope");
    let user = app.get("users.info", &[("user", "U0ANA")]).await;
    assert_eq!(user["user"]["tz"], "Europe/Lisbon");
    assert!(user["user"]["profile"]["email"].is_null());
    let held = app.raw("auth.test", &json!({})).await;
    let scopes = held.headers().get("x-oauth-scopes").and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    assert!(scopes.contains("chat:write") && !scopes.contains("reactions:write"));
}

#[tokio::test]
async fn reactions_directory_and_links_answer_as_slack_does() {
    let app = App::start().await;
    app.sandbox.allow(FindingKind::UnackedEnvelope);
    let ts = app.sandbox.says("ana", "support", "x").expect("said");
    let body = json!({ "channel": SUPPORT, "timestamp": ts, "name": "eyes" });
    assert_eq!(error(&app, "reactions.add", body.clone()).await, "ok");
    assert_eq!(error(&app, "reactions.add", body.clone()).await, "already_reacted");
    assert_eq!(error(&app, "reactions.remove", body.clone()).await, "ok");
    assert_eq!(error(&app, "reactions.remove", body).await, "no_reaction");
    let found = app.get("users.lookupByEmail", &[("email", "dana@acme.example")]).await;
    assert_eq!(found["user"]["id"], "U0DANA");
    assert_eq!(app.get("users.info", &[("user", "U0NOBODY")]).await["error"], "user_not_found");
    let groups = app.get("usergroups.list", &[("include_users", "true")]).await;
    assert_eq!(groups["usergroups"][0]["users"], json!(["U0DANA", "U0KIM"]));
    let im = app.call("conversations.open", json!({ "users": "U0KIM" })).await;
    assert_eq!(im["channel"]["id"], "D0KIM");
    let link = app.get("chat.getPermalink", &[("channel", SUPPORT), ("message_ts", &ts)]).await;
    assert_eq!(link["permalink"], format!("https://acme.slack.com/archives/{SUPPORT}/p{}", ts.replace('.', "")));
    let list = app.get("conversations.list", &[("types", "public_channel,private_channel"), ("limit", "3")]).await;
    assert_eq!(list["channels"].as_array().map(Vec::len), Some(3));
    assert_ne!(list["response_metadata"]["next_cursor"], "");
}

#[tokio::test]
async fn forms_carry_json_as_text() {
    let app = App::start().await;
    app.sandbox.allow(FindingKind::UnackedEnvelope);
    let blocks = buttons(&[("go", "Go")]).to_string();
    let form = [
        ("channel", SUPPORT),
        ("text", "a & b"),
        ("blocks", blocks.as_str()),
        ("unfurl_links", "0"),
        ("unfurl_media", "false"),
        ("token", "xoxb-sandbox-bot"),
    ];
    let url = format!("{}chat.postMessage", app.sandbox.api_url());
    let answer: Value = app.http.post(url).form(&form).send().await.expect("sent").json().await.expect("JSON");
    assert_eq!(answer["ok"], true, "{answer}");
    assert_eq!(answer["message"]["text"], "a & b");
    assert_eq!(app.sandbox.calls_of("chat.postMessage")[0].args["token"], Value::Null);
    assert_eq!(app.sandbox.finish(), Ok(()));
}

#[tokio::test]
async fn a_channel_takes_about_one_message_per_second() {
    let mut config = acme();
    config.pace = Pace::PerChannel { burst: 2 };
    let app = App::with(config).await;
    for _ in 0..2 {
        assert_eq!(app.post(json!({ "channel": SUPPORT, "text": "x" })).await["ok"], true);
    }
    let body = json!({ "channel": SUPPORT, "text": "x", "unfurl_links": false, "unfurl_media": false });
    let refused = app.raw("chat.postMessage", &body).await;
    assert_eq!(refused.status().as_u16(), 429);
    assert_eq!(refused.headers()["retry-after"], "1");
    assert_eq!(app.post(json!({ "channel": "C0FINANCE", "text": "x" })).await["ok"], true, "other channels are free");
    app.sandbox.advance(seconds(1));
    assert_eq!(app.post(json!({ "channel": SUPPORT, "text": "x" })).await["ok"], true);
}
