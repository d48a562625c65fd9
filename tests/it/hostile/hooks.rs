//! Rows 51 to 57 of the bad-input catalogue: what arrives at the listener without being right, on a real socket. Nothing of it
//! starts work, and the listener goes on.

use std::time::Duration;

use secrecy::SecretString;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use workforce::clock::{Span, Timestamp};
use workforce::ids::TaskId;
use workforce::tasks::store as tasks;
use workforce::webhooks::{Entry, Scheme, Section, sign};

use crate::office::Office;

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const BODY: &str = r#"{"order": "ORD-1042", "text": "where is order ORD-1042?"}"#;

async fn office() -> Office {
    let hook = |name: &str, scheme: Scheme| Entry {
        name: name.to_owned(),
        scheme,
        secret_from: "HOOK_SECRET".to_owned(),
        channel: "#support".to_owned(),
        text: "{{ text }}".to_owned(),
        conversation: None,
        id: None,
    };
    let hooks = vec![hook("shop", Scheme::Stripe), hook("desk", Scheme::Slack), hook("code", Scheme::Github)];
    let section =
        Section { listen: "127.0.0.1:0".to_owned(), body_bytes: 2_000, per_minute: 600, hooks, ..Section::default() };
    let config = section.resolve(|name| (name == "HOOK_SECRET").then(|| SECRET.to_owned())).unwrap();
    Office::open_with(&[], |settings| settings.webhooks = Some(config)).await
}

type Headers = Vec<(&'static str, String)>;

fn signed(scheme: Scheme, secret: &str, body: &str, at: Timestamp) -> Headers {
    sign(scheme, &SecretString::from(secret), body.as_bytes(), at)
}

/// The row, what is sent to which hook, and the answer that it must get.
type Case = (u32, &'static str, &'static str, String, Headers, u16);

fn signatures(now: Timestamp) -> Vec<Case> {
    let stripe = |value: &str| vec![("stripe-signature", value.to_owned())];
    let slack = |value: &str| {
        vec![("x-slack-signature", value.to_owned()), ("x-slack-request-timestamp", (now.0 / 1_000_000).to_string())]
    };
    let github = |value: &str| vec![("x-hub-signature-256", value.to_owned())];
    let body = || BODY.to_owned();
    vec![
        (51, "no signature", "shop", body(), vec![], 401),
        (51, "a blank signature", "shop", body(), stripe(""), 401),
        (51, "a signature of another scheme", "shop", body(), signed(Scheme::Github, SECRET, BODY, now), 401),
        (
            51,
            "another secret",
            "shop",
            body(),
            signed(Scheme::Stripe, "another-secret-of-32-characters!", BODY, now),
            401,
        ),
        (51, "no time", "shop", body(), stripe("v1=00"), 401),
        (51, "no hex", "desk", body(), slack("v0=zz"), 401),
        (51, "half a signature", "desk", body(), slack("v0=00ff"), 401),
        (51, "another version", "desk", body(), slack("v9=00"), 401),
        (51, "the older digest of GitHub", "code", body(), github("sha1=00"), 401),
        (51, "an empty signature of GitHub", "code", body(), github("sha256="), 401),
    ]
}

fn times(now: Timestamp) -> Vec<Case> {
    let at = |span: Span| now.minus(span);
    let case = |what, at| (52, what, "shop", BODY.to_owned(), signed(Scheme::Stripe, SECRET, BODY, at), 401);
    vec![
        case("six minutes ago", at(Span::minutes(6))),
        case("a day ago", at(Span::days(1))),
        case("in six minutes", now.plus(Span::minutes(6))),
        case("in a year", now.plus(Span::days(365))),
        case("in 1970", Timestamp(0)),
    ]
}

/// The signature is over the bytes, not over what they mean.
fn bytes(now: Timestamp) -> Vec<Case> {
    let good = || signed(Scheme::Stripe, SECRET, BODY, now);
    [
        ("written out again", BODY.replace(": ", ":")),
        ("with a line feed behind", format!("{BODY}\n")),
        ("with a byte order mark", format!("\u{feff}{BODY}")),
        ("with an escape for a letter", BODY.replace("where", "\\u0077here")),
        ("with keys in another order", r#"{"text": "where is order ORD-1042?", "order": "ORD-1042"}"#.to_owned()),
    ]
    .into_iter()
    .map(|(what, body)| (53, what, "shop", body, good(), 401))
    .collect()
}

fn bodies(now: Timestamp) -> Vec<Case> {
    let case = |what, body: String, status| {
        let headers = signed(Scheme::Stripe, SECRET, &body, now);
        (56, what, "shop", body, headers, status)
    };
    vec![
        case("too long", format!(r#"{{"text": "{}"}}"#, "x".repeat(3_000)), 413),
        case("no JSON", "no json".to_owned(), 400),
        case("a key twice", r#"{"text": "a", "text": "b"}"#.to_owned(), 400),
        case("too deep", format!("{}{}", "[".repeat(300), "]".repeat(300)), 400),
        case("without what the template wants", "{}".to_owned(), 422),
        case("nothing", String::new(), 400),
    ]
}

fn paths(now: Timestamp) -> Vec<Case> {
    let good = || signed(Scheme::Stripe, SECRET, BODY, now);
    ["Shop", "shop2", "shop%00", "%2e%2e", "agents"].map(|path| (55, path, path, BODY.to_owned(), good(), 404)).into()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_unsigned_late_or_reworded_starts_work() {
    let office = office().await;
    let now = office.clock.now();
    let address = office.service().hooks.as_ref().unwrap().address;
    let cases = [signatures(now), times(now), bytes(now), bodies(now), paths(now)].concat();
    for (row, what, hook, body, headers, status) in &cases {
        let mut request = reqwest::Client::new().post(format!("http://{address}/hooks/{hook}")).body(body.clone());
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        assert_eq!(request.send().await.unwrap().status().as_u16(), *status, "row {row}, {what}");
    }
    office.rest().await;
    let task = async || tasks::find_task(&office.service().app.store, TaskId(1)).await.unwrap();
    assert!(task().await.is_none(), "nothing was started");
    let mut good = reqwest::Client::new().post(format!("http://{address}/hooks/shop")).body(BODY);
    for (name, value) in signed(Scheme::Stripe, SECRET, BODY, now) {
        good = good.header(name, value);
    }
    assert_eq!(good.send().await.unwrap().status().as_u16(), 202);
    office.rest().await;
    assert!(task().await.is_some(), "the control starts work");
    println!("{} deliveries were refused", cases.len());
    office.end().await;
}

/// Rows 56 and 57: requests that no client of ours would write. Whatever they are answered, they start nothing, and the next
/// one is heard.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bytes_that_are_no_request_harm_nothing() {
    let office = office().await;
    let address = office.service().hooks.as_ref().unwrap().address;
    let long = "a".repeat(200_000);
    let requests = [
        "GET".to_owned(),
        "\0\0\0\0\r\n\r\n".to_owned(),
        format!("POST /hooks/{long} HTTP/1.1\r\nhost: x\r\n\r\n"),
        format!("POST /hooks/shop HTTP/1.1\r\nhost: x\r\nx-big: {long}\r\n\r\n"),
        "POST /hooks/shop HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ncontent-length: 9\r\n\r\nhello".to_owned(),
        "POST /hooks/shop HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n".to_owned(),
        "POST /hooks/shop HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n".to_owned(),
        "POST /hooks/shop HTTP/1.1\r\nhost: x\r\norigin: null\r\ncontent-length: 2\r\n\r\n{}".to_owned(),
        "OPTIONS /hooks/shop HTTP/1.1\r\nhost: evil.test\r\norigin: https://evil.test\r\naccess-control-request-method: POST\r\n\r\n".to_owned(),
        "PUT /hooks/shop HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n".to_owned(),
    ];
    for request in &requests {
        let mut stream = TcpStream::connect(address).await.unwrap();
        // Some are cut off before they are written whole, which is an answer too.
        let _written = stream.write_all(request.as_bytes()).await;
        let _half = stream.shutdown().await;
        let mut answer = Vec::new();
        let read = tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut answer)).await;
        assert!(read.is_ok(), "it is answered or cut: {}", &request[..request.len().min(60)]);
        let answer = String::from_utf8_lossy(&answer);
        assert!(!answer.contains(" 200 ") && !answer.contains(" 202 "), "{answer}");
        assert!(!answer.to_lowercase().contains("access-control-allow"), "no page elsewhere may call us: {answer}");
    }
    office.rest().await;
    assert!(tasks::find_task(&office.service().app.store, TaskId(1)).await.unwrap().is_none());
    let alive = reqwest::Client::new().get(format!("http://{address}/healthz")).send().await.unwrap();
    assert_eq!(alive.status().as_u16(), 200);
    office.end().await;
}
