//! The page: who may use it, and that whatever people write stays text.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Value, json};

use crate::sandbox::{Backstage, Checked, Sandbox, Saved, Try, TryLine, acme};

/// A backstage with one thing to try and one file.
struct Bare;

#[async_trait]
impl Backstage for Bare {
    fn tries(&self) -> Vec<Try> {
        let say = TryLine::Say { user: "ana".into(), channel: "support".into(), text: "hello <b>".into() };
        let edit = TryLine::Edit { file: "a.md".into(), from: "200".into(), to: "30".into() };
        vec![Try { title: "Say it".into(), lines: vec![say, edit], then: "Look at it.".into() }]
    }
    async fn files(&self) -> Vec<String> {
        vec!["a.md".into()]
    }
    async fn read(&self, file: &str) -> Result<String, String> {
        if file == "a.md" { Ok("the limit is 200".into()) } else { Err(format!("no {file}")) }
    }
    async fn check(&self, _file: &str, _text: &str) -> Checked {
        Checked::default()
    }
    async fn save(&self, _file: &str, text: &str) -> Result<Saved, String> {
        Ok(Saved { in_force: true, said: text.to_owned() })
    }
    async fn costs(&self) -> Vec<(String, String)> {
        vec![("Cost so far".into(), "not metered".into())]
    }
}

async fn open() -> (Sandbox, String) {
    let sandbox = Sandbox::start(acme()).await.unwrap();
    let address = sandbox.open_page(Arc::new(Bare));
    (sandbox, address)
}

async fn shown(address: &str, query: &str) -> String {
    let answer = client().get(format!("{address}?{query}")).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{query}");
    answer.text().await.unwrap()
}

fn client() -> reqwest::Client {
    reqwest::Client::new()
}

/// The status of a request with these headers.
async fn status(request: reqwest::RequestBuilder, headers: &[(&str, &str)]) -> u16 {
    headers
        .iter()
        .fold(request, |request, (name, value)| request.header(*name, *value))
        .send()
        .await
        .unwrap()
        .status()
        .into()
}

#[tokio::test]
async fn only_the_page_itself_with_its_token_may_do_anything() {
    let (sandbox, address) = open().await;
    let says = json!({ "do": "says", "user": "ana", "channel": "support", "text": "hi" });
    let act = || client().post(format!("{address}act")).json(&says);
    let own = sandbox.base_url();
    assert_eq!(status(act(), &[("origin", &own)]).await, 200);
    assert_eq!(status(act(), &[]).await, 403, "no origin");
    assert_eq!(status(act(), &[("origin", "http://evil.example")]).await, 403, "a foreign page");
    assert_eq!(status(act(), &[("origin", "null")]).await, 403, "a page without a place");
    // A foreign name that was pointed at this machine would be its own origin.
    let name = format!("evil.example:{}", sandbox.port());
    let rebound = [("host", name.as_str()), ("origin", &format!("http://{name}"))];
    assert_eq!(status(act(), &rebound).await, 421);
    assert_eq!(status(client().get(&address), &[("host", &name)]).await, 421);
    let guessed = format!("{own}/page/{}/", "0".repeat(64));
    assert_eq!(status(client().get(&guessed), &[]).await, 404);
    assert_eq!(status(client().get(format!("{own}/page//")), &[]).await, 404);
    assert_eq!(sandbox.shown("support").unwrap().len(), 1, "one of them was done");
}

#[tokio::test]
async fn without_being_opened_there_is_no_page() {
    let sandbox = Sandbox::start(acme()).await.unwrap();
    assert_eq!(status(client().get(format!("{}/page//", sandbox.base_url())), &[]).await, 404);
}

#[tokio::test]
async fn the_page_loads_and_embeds_nothing_but_itself() {
    let (_sandbox, address) = open().await;
    let answer = client().get(&address).send().await.unwrap();
    let policy = answer.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    let html = answer.text().await.unwrap();
    assert!(!html.contains("style=\"") && !html.contains("<script>") && !html.contains(" onclick"), "nothing inline");
}

#[tokio::test]
async fn what_people_write_stays_text() {
    let (sandbox, address) = open().await;
    let nasty = "<script>alert(1)</script> \"quoted\" & <https://acme.test|a link>";
    sandbox.says("ana", "support", nasty).unwrap();
    sandbox.says_raw("ana", "support", "<javascript:alert(1)|click me>").unwrap();
    let html = shown(&address, "as=ana&at=support").await;
    assert!(html.contains("&lt;script&gt;alert(1)&lt;"), "{html}");
    assert!(!html.contains("<script>alert") && !html.contains("javascript:alert"), "{html}");
}

#[tokio::test]
async fn replays_and_other_powers_are_for_tests_alone() {
    let (sandbox, address) = open().await;
    for what in [
        json!({ "do": "clicks_raw", "payload": {} }),
        json!({ "do": "uninstalls" }),
        json!({ "do": "deactivates", "user": "ana" }),
        json!({ "do": "calls" }),
        json!({ "do": "nonsense" }),
    ] {
        let request = client().post(format!("{address}act")).json(&what);
        assert_eq!(status(request, &[("origin", &sandbox.base_url())]).await, 400, "{what}");
    }
}

#[tokio::test]
async fn every_place_is_drawn_for_whoever_looks() {
    let (sandbox, address) = open().await;
    let ts = sandbox.says("ana", "support", "@dana look: `code`, *bold*").unwrap();
    sandbox.reacts("kim", "support", &ts, "eyes").unwrap();
    sandbox.says_in_thread("dana", "support", &ts, "I do").unwrap();
    let channel = shown(&address, "as=dana&at=support").await;
    assert!(channel.contains("<span class=\"mention me\">@Dana Ruiz</span>"), "{channel}");
    assert!(channel.contains("<code>code</code>") && channel.contains("<strong>bold</strong>"), "{channel}");
    assert!(channel.contains("👀 1") && channel.contains("1 reply"), "{channel}");
    let thread = shown(&address, &format!("as=dana&at=support&thread={ts}")).await;
    assert!(thread.contains("I do") && thread.contains("Reply as Dana Ruiz"), "{thread}");
    let tried = shown(&address, "as=ana&at=support&try=0").await;
    assert!(tried.contains("hello &lt;b&gt;</textarea>") && tried.contains("Look at it."), "{tried}");
    let editor = shown(&address, "as=ana&at=directives&file=a.md&try=1").await;
    assert!(editor.contains("the limit is 30</textarea>"), "{editor}");
    assert!(editor.contains("data-saved=\"the limit is 200\""), "{editor}");
    assert!(
        shown(&address, "as=ana&at=directives&file=../../etc/passwd")
            .await
            .contains("no ..&#x2f;..&#x2f;etc&#x2f;passwd")
    );
    assert!(shown(&address, "as=ana&at=home").await.contains("The bot is asked for this tab"));
    let nobody = shown(&address, "as=nobody&at=C0NOWHERE&thread=1.0&try=99").await;
    assert!(nobody.contains("#support"), "what is not there is as absent");
    assert!(shown(&address, "as=lee&at=board").await.contains("#support"), "lee is not in #board");
}

#[tokio::test]
async fn the_stream_tells_of_changes() {
    use futures_util::StreamExt as _;
    let (sandbox, address) = open().await;
    let answer = client().get(format!("{address}changes")).send().await.unwrap();
    let mut stream = answer.bytes_stream();
    let first = stream.next().await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&first).starts_with("event: change"));
    sandbox.says("ana", "support", "hi").unwrap();
    let second = stream.next().await.unwrap().unwrap();
    assert!(String::from_utf8_lossy(&second).starts_with("event: change"));
    drop(sandbox);
    assert!(stream.next().await.is_none_or(|rest| rest.is_err()), "the page ends with the sandbox");
}

/// Every kind of block and input that the sandbox takes, in a form.
#[tokio::test]
async fn a_form_is_drawn_with_all_its_inputs() {
    let text = |text: &str| json!({ "type": "plain_text", "text": text });
    let option = |name: &str| json!({ "text": text(name), "value": name });
    let input = |id: &str, element: Value| {
        let mut element = element;
        element["action_id"] = json!(id);
        json!({ "type": "input", "block_id": id, "label": text(&format!("Label {id}")), "hint": text("a hint"), "element": element })
    };
    let blocks = json!([
        { "type": "header", "text": text("A header") },
        { "type": "divider" },
        { "type": "context", "elements": [{ "type": "mrkdwn", "text": "_small_" }] },
        { "type": "section", "fields": [{ "type": "mrkdwn", "text": "*a*\nb" }] },
        input("words", json!({ "type": "plain_text_input", "multiline": true, "initial_value": "so <far>" })),
        input("choice", json!({ "type": "static_select", "options": [option("one"), option("two")], "initial_option": option("two") })),
        input("radio", json!({ "type": "radio_buttons", "options": [option("left"), option("right")] })),
        input("boxes", json!({ "type": "checkboxes", "options": [option("red")], "initial_options": [option("red")] })),
        input("who", json!({ "type": "users_select" })),
        input("day", json!({ "type": "datepicker", "initial_date": "2026-11-20" })),
        input("number", json!({ "type": "number_input", "is_decimal_allowed": false })),
    ]);
    let (sandbox, address) = open().await;
    let view = json!({ "type": "modal", "title": text("A form"), "submit": text("Send"), "blocks": blocks });
    sandbox.with(|s| s.open_modal("U0ANA", &view)).unwrap();
    let html = shown(&address, "as=ana&at=support").await;
    for part in [
        "<h2 id=\"modal-title\">A form</h2>",
        "A header",
        "<em>small</em>",
        "so &lt;far&gt;</textarea>",
        "<option value=\"two\" selected>",
        "type=\"radio\" name=\"radio\" value=\"left\"",
        "value=\"red\" checked",
        "<option value=\"U0DANA\">Dana Ruiz</option>",
        "type=\"date\"",
        "value=\"2026-11-20\"",
        "type=\"number\"",
        "a hint",
    ] {
        assert!(html.contains(part), "{part}\n{html}");
    }
    assert!(!shown(&address, "as=dana&at=support").await.contains("modal-title"), "only she sees it");
}
