//! Secrets that people and agents let slip: wherever one comes in, it reaches no prompt, no fact of the ledger, and nothing that the
//! bot writes in Slack.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use workforce::clock::Timestamp;
use workforce::drivers::{Driver, Drivers, Heard};
use workforce::ledger::store as facts;
use workforce::runs::DriverKind;
use workforce::runs::brief::Brief;
use workforce::runs::said::{Arguments, Call, End, Said, Usage};

use crate::office::Office;

const THINKS: (&str, &str, &str) = ("roles/orders.md", "driver: playbook", "driver: command");
const READS: (&str, &str, &str) = ("roles/orders.md", "tools: [", "tools: [slack.read_thread, ");

/// A secret of one of the known forms, each with its number.
fn canary(n: usize) -> String {
    match n % 10 {
        0 => format!("xoxb-canary-{n:010}"),
        1 => format!("ghp_{n:020}canary"),
        2 => format!("sk-canary{n:020}"),
        3 => format!("AKIA{n:016}"),
        4 => format!("whsec_canary{n:010}"),
        5 => format!("glpat-canary{n:010}"),
        6 => format!("AIza{n:032}"),
        7 => format!("npm_canary{n:020}"),
        8 => format!("hf_canary{n:020}"),
        _ => format!("password: canary-{n:06}-word"),
    }
}

fn some(from: usize, until: usize) -> String {
    (from..until).map(canary).collect::<Vec<_>>().join(" and ")
}

/// Says one thing after another and keeps what it was told.
struct Careless {
    lines: Mutex<VecDeque<(String, Vec<Call>)>>,
    told: Mutex<Vec<Brief>>,
}

#[async_trait]
impl Driver for Careless {
    async fn ask(&self, brief: &Brief, _now: Timestamp, _stop: &CancellationToken) -> Heard {
        self.told.lock().unwrap().push(brief.clone());
        let (text, calls) = self.lines.lock().unwrap().pop_front().unwrap_or_default();
        let said = Said { text, calls, end: End::Finished };
        Heard::Said { said, usage: Usage::unknown("careless") }
    }

    fn limit(&self) -> Duration {
        Duration::from_secs(60)
    }
}

fn call(name: &str, arguments: Value) -> Call {
    Call { name: name.to_owned(), arguments: Arguments::Read(arguments) }
}

fn none_in(text: &str, where_: &str) {
    for n in 0..50 {
        let secret = canary(n);
        let secret = secret.strip_prefix("password: ").unwrap_or(&secret);
        assert!(!text.contains(secret), "canary {n} ({secret}) is in {where_}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_secrets_reach_no_prompt_no_ledger_and_nothing_that_the_bot_writes() {
    let thread = json!({ "channel": "#support", "thread": "1788940800.000000" });
    let careless = Arc::new(Careless {
        lines: Mutex::new(VecDeque::from([
            (format!("I look at the thread. The keys are {}.", some(20, 25)), vec![call("slack.read_thread", thread)]),
            (format!("It left on 12 November. Use {} or {} there.", some(25, 35), canary(19)), Vec::new()),
            (format!("Better: {}.", some(35, 40)), Vec::new()),
            (String::new(), vec![call("cannot_do", json!({ "why": format!("The key {} does not work", canary(40)) }))]),
        ])),
        told: Mutex::default(),
    });
    let driver: Arc<dyn Driver> = careless.clone();
    let drivers = Drivers::default().with(DriverKind::Command, "orders-agent", driver);
    let office = Office::open_team(&[THINKS, READS], drivers, |_| {}).await;
    let root = office.sandbox.says("@ben", "#support", &format!("for the carrier: {}", some(0, 10))).unwrap();
    let ask = format!("@workforce where is order ORD-1042? {}", some(10, 19));
    office.sandbox.says_in_thread("@ana", "#support", &root, &ask).unwrap();
    office.rest().await;
    let clicks = async |button: &str, field: &str, words: String| {
        let shown = office.sandbox.shown("#support").unwrap();
        let label = format!("[{button}]");
        let card =
            shown.iter().rev().find(|message| message.text.contains(&label)).unwrap_or_else(|| panic!("{shown:?}"));
        office.sandbox.clicks("@ana", "#support", &card.ts, button).unwrap();
        office.rest().await;
        office.sandbox.submits("@ana", &[(field, &words)]).unwrap();
        office.rest().await;
    };
    clicks("Refine", "words", format!("with the token {}", some(41, 46))).await;
    clicks("Not right", "words", format!("wrong: {}", some(46, 50))).await;
    let again = format!("@workforce where is order ORD-1043? {}", canary(10));
    office.sandbox.says("@ana", "#support", &again).unwrap();
    office.rest().await;

    let told = careless.told.lock().unwrap().clone();
    assert_eq!(told.len(), 4, "each line was said");
    none_in(&json!(told).to_string(), "a prompt");
    assert!(json!(told).to_string().contains("[removed:"), "something was taken out of the prompts");
    for call in office.sandbox.calls() {
        none_in(&call.args.to_string(), &call.method);
    }
    let store = &office.service().app.store;
    for (chain, _, _) in facts::heads(store).await.unwrap() {
        for fact in facts::facts_of_chain(store, &chain).await.unwrap() {
            none_in(&json!(fact.payload).to_string(), "the ledger");
        }
    }
    office.end().await;
}
