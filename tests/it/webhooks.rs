//! Deliveries over real sockets: a signed one starts the work of a mention, and whatever is not right is refused and counted.

use reqwest::StatusCode;
use secrecy::SecretString;
use workforce::clock::{Span, Timestamp};
use workforce::ids::TaskId;
use workforce::tasks::{Task, TaskState, store as tasks};
use workforce::webhooks::{Entry, Scheme, Section, sign};

use crate::office::Office;

pub const SECRET: &str = "0123456789abcdef0123456789abcdef";

pub fn hook(name: &str, scheme: Scheme) -> Entry {
    Entry {
        name: name.to_owned(),
        scheme,
        secret_from: "HOOK_SECRET".to_owned(),
        channel: "#support".to_owned(),
        text: "{% if kind != 'ping' %}{{ text }}{% endif %}".to_owned(),
        conversation: Some("{{ order }}".to_owned()),
        id: None,
    }
}

/// The example company with a hook of each scheme.
async fn office(hooks: Vec<Entry>, per_minute: u32) -> Office {
    let section =
        Section { listen: "127.0.0.1:0".to_owned(), body_bytes: 2_000, per_minute, hooks, ..Section::default() };
    let config = section.resolve(|name| (name == "HOOK_SECRET").then(|| SECRET.to_owned())).unwrap();
    Office::open_with(&[], |settings| settings.webhooks = Some(config)).await
}

/// The address of something on the listener.
fn url(office: &Office, path: &str) -> String {
    format!("http://{}{path}", office.service().hooks.as_ref().unwrap().address)
}

async fn post(office: &Office, name: &str, body: &str, headers: &[(&str, String)]) -> (StatusCode, String) {
    let mut request = reqwest::Client::new().post(url(office, &format!("/hooks/{name}"))).body(body.to_owned());
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let answer = request.send().await.unwrap();
    (answer.status(), answer.text().await.unwrap().trim().to_owned())
}

/// Sends what must be taken.
pub async fn deliver(office: &Office, name: &str, scheme: Scheme, body: &str) {
    let (status, said) = send(office, name, scheme, body).await;
    assert!(status.is_success(), "{said}");
}

/// Sends what is signed now, as the sender would.
pub async fn send(office: &Office, name: &str, scheme: Scheme, body: &str) -> (StatusCode, String) {
    let signed = signed(scheme, body, office.clock.now());
    let answer = post(office, name, body, &signed).await;
    office.rest().await;
    answer
}

fn signed(scheme: Scheme, body: &str, at: Timestamp) -> Vec<(&'static str, String)> {
    sign(scheme, &SecretString::from(SECRET), body.as_bytes(), at)
}

async fn task(office: &Office, id: i64) -> Option<Task> {
    tasks::find_task(&office.service().app.store, TaskId(id)).await.unwrap()
}

async fn get(office: &Office, path: &str) -> (StatusCode, String) {
    let answer = reqwest::Client::new().get(url(office, path)).send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

const QUESTION: &str = r#"{"kind": "asked", "order": "ORD-1042", "text": "where is order ORD-1042?"}"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signed_delivery_starts_the_work_of_a_mention() {
    for scheme in [Scheme::Slack, Scheme::Stripe, Scheme::Github] {
        let office = office(vec![hook("shop", scheme)], 60).await;
        let (status, said) = send(&office, "shop", scheme, QUESTION).await;
        assert_eq!((status, said.as_str()), (StatusCode::ACCEPTED, "accepted"));
        let first = task(&office, 1).await.unwrap();
        assert_eq!((first.state, first.source.as_str()), (TaskState::Done, "webhook:shop"));
        let seen = office.sandbox.thread_text("support", &first.root_ts).unwrap();
        assert!(seen.contains("From shop:") && seen.contains("left on") | seen.contains("reached"), "{seen}");

        // The same matter again: the same thread, the same task, worked on once more.
        office.turn(Span::seconds(5));
        let again = QUESTION.replace("where is", "any news of");
        assert_eq!(send(&office, "shop", scheme, &again).await.0, StatusCode::ACCEPTED);
        assert_eq!(task(&office, 2).await, None, "one matter is one task");
        let later = task(&office, 1).await.unwrap();
        assert_eq!((later.text.as_str(), later.state), ("any news of order ORD-1042?", TaskState::Done));
        let seen = office.sandbox.thread_text("support", &first.root_ts).unwrap();
        assert!(seen.contains("More from shop:"), "{seen}");

        // Another matter is a thread of its own.
        assert_eq!(send(&office, "shop", scheme, &QUESTION.replace("1042", "1044")).await.0, StatusCode::ACCEPTED);
        assert_ne!(task(&office, 2).await.unwrap().root_ts, first.root_ts);
        assert_eq!(send(&office, "shop", scheme, r#"{"kind": "ping"}"#).await, (StatusCode::OK, "ignored".to_owned()));
        office.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_right_is_refused_and_counted_and_starts_nothing() {
    let office = office(vec![hook("shop", Scheme::Stripe), hook("code", Scheme::Github)], 60).await;
    let now = office.clock.now();
    let good = signed(Scheme::Stripe, QUESTION, now);
    let stale = signed(Scheme::Stripe, QUESTION, now.minus(Span::minutes(6)));
    let long = format!(r#"{{"text": "{}"}}"#, "x".repeat(3_000));
    let refused = async |hook: &str, body: &str, headers: &[(&str, String)], status: u16, reason: &str| {
        let (code, said) = post(&office, hook, body, headers).await;
        assert_eq!((code.as_u16(), said.as_str()), (status, reason));
    };
    refused("shop", QUESTION, &[], 401, "unsigned").await;
    refused("shop", &QUESTION.replace("1042", "1043"), &good, 401, "forged").await;
    refused("shop", QUESTION, &stale, 401, "stale").await;
    refused("shop", &long, &signed(Scheme::Stripe, &long, now), 413, "too_large").await;
    refused("shop", "no json", &signed(Scheme::Stripe, "no json", now), 400, "not_json").await;
    refused("shop", "{}", &signed(Scheme::Stripe, "{}", now), 422, "template").await;
    refused("nobody", QUESTION, &good, 404, "unknown_hook").await;
    office.rest().await;
    assert_eq!(task(&office, 1).await, None, "nothing was started");

    assert_eq!(post(&office, "shop", QUESTION, &good).await.0, StatusCode::ACCEPTED);
    refused("shop", QUESTION, &good, 409, "replayed").await;
    // GitHub signs no time: whoever sends the same bytes again hears that they are known.
    let code = signed(Scheme::Github, QUESTION, now);
    assert_eq!(post(&office, "code", QUESTION, &code).await.0, StatusCode::ACCEPTED);
    assert_eq!(post(&office, "code", QUESTION, &code).await, (StatusCode::OK, "repeated".to_owned()));
    // A header that no signature covers makes no new delivery of them.
    let dressed = [code.clone(), vec![("x-slack-request-timestamp", "1795168801".to_owned())]].concat();
    assert_eq!(post(&office, "code", QUESTION, &dressed).await, (StatusCode::OK, "repeated".to_owned()));
    office.rest().await;
    assert!(task(&office, 2).await.is_some() && task(&office, 3).await.is_none());

    let counts = office.service().hooks.as_ref().unwrap().counts.clone();
    for reason in ["unsigned", "forged", "stale", "too_large", "not_json", "template", "replayed", "accepted"] {
        assert_eq!(counts.get("shop", reason), 1, "{reason}");
    }
    let (status, metrics) = get(&office, "/metrics").await;
    assert_eq!(status, StatusCode::OK);
    for line in [
        "workforce_hook_deliveries_total{hook=\"shop\",outcome=\"forged\"} 1",
        "workforce_hook_deliveries_total{hook=\"\",outcome=\"unknown_hook\"} 1",
        "workforce_inbox_open 0",
        "workforce_inbox_dead 0",
        "workforce_outbox_open 0",
        "workforce_tasks{state=\"done\"} 2",
        "workforce_slack_sockets_ready 2",
        "workforce_slack_envelopes_total{outcome=\"acknowledged\"}",
    ] {
        assert!(metrics.contains(line), "{line}\n{metrics}");
    }
    assert!(!metrics.contains(SECRET) && !metrics.contains("ORD-1042"));
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn too_many_wait_for_the_next_minute() {
    let office = office(vec![hook("shop", Scheme::Slack)], 2).await;
    let ping = |n: i32| format!(r#"{{"kind": "ping", "n": {n}}}"#);
    for n in 0..2 {
        assert_eq!(send(&office, "shop", Scheme::Slack, &ping(n)).await.0, StatusCode::OK);
    }
    assert_eq!(
        send(&office, "shop", Scheme::Slack, &ping(2)).await,
        (StatusCode::TOO_MANY_REQUESTS, "too_many".into())
    );
    // A forged one costs nobody's place.
    assert_eq!(post(&office, "shop", "{}", &signed(Scheme::Slack, "x", office.clock.now())).await.1, "forged");
    office.turn(Span::seconds(31));
    assert_eq!(send(&office, "shop", Scheme::Slack, &ping(3)).await.0, StatusCode::OK);
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_watcher_hears_whether_it_lives_and_whether_it_works() {
    let mut office = office(vec![], 60).await;
    assert_eq!(get(&office, "/healthz").await, (StatusCode::OK, "alive\n".to_owned()));
    assert_eq!(get(&office, "/readyz").await, (StatusCode::OK, "ready\n".to_owned()));
    assert_eq!(post(&office, "shop", "{}", &[]).await, (StatusCode::NOT_FOUND, "unknown_hook".to_owned()));
    office.go_home().await;
    office.come_in().await;
    assert_eq!(get(&office, "/readyz").await.0, StatusCode::OK);
    office.end().await;
    // Nothing listens unless it is configured.
    let silent = Office::open(&[]).await;
    assert!(silent.service().hooks.is_none());
    silent.end().await;
}
