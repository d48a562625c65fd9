//! Tools of our own, and what a thinking worker costs: behind the gate and within budgets like everybody's.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use workforce::budgets::store as budgets;
use workforce::clock::Timestamp;
use workforce::drivers::{Driver, Drivers, Failure, Heard};
use workforce::ledger::{FactKind, store as facts};
use workforce::money::{Cost, Currency, Money};
use workforce::runs::DriverKind;
use workforce::runs::brief::{Brief, Turn};
use workforce::runs::said::{Arguments, Call, End, Said, Usage};

use crate::office::Office;

const THINKS: (&str, &str, &str) = ("roles/orders.md", "driver: playbook", "driver: command");
const LINE: &str = "Password resets run without approval.";

/// What a worker says, and what it wants done.
type Line = (&'static str, Vec<(&'static str, Value)>);

/// Says one thing after another, each for ten cents, and keeps what it was told.
struct Scripted {
    lines: Mutex<VecDeque<Line>>,
    told: Mutex<Vec<Brief>>,
}

#[async_trait]
impl Driver for Scripted {
    async fn ask(&self, brief: &Brief, _now: Timestamp, _stop: &CancellationToken) -> Heard {
        self.told.lock().unwrap().push(brief.clone());
        let told = Cost::Known(Money::new(100_000, Currency::new("USD")));
        let usage = Usage { input: Some(100), output: Some(10), told, ..Usage::unknown("scripted") };
        let line = self.lines.lock().unwrap().pop_front();
        let Some((text, calls)) = line else {
            return Heard::Failed { failure: Failure::Lasting { why: "It has nothing to say.".into() }, usage };
        };
        let calls = calls
            .into_iter()
            .map(|(name, arguments)| Call { name: name.to_owned(), arguments: Arguments::Read(arguments) });
        let said = Said { text: text.to_owned(), calls: calls.collect(), end: End::Finished };
        Heard::Said { said, usage }
    }

    fn limit(&self) -> Duration {
        Duration::from_secs(60)
    }
}

impl Scripted {
    fn saying(lines: impl IntoIterator<Item = Line>) -> Arc<Self> {
        Arc::new(Self { lines: Mutex::new(lines.into_iter().collect()), told: Mutex::default() })
    }

    fn team(self: &Arc<Self>) -> Drivers {
        Drivers::default().with(DriverKind::Command, "orders-agent", self.clone())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_posts_writes_and_reads_in_slack_as_far_as_the_gate_lets_it() {
    let posts = json!({ "channel": "#general", "text": "Parcels are late today, <!channel>." });
    let writes = json!({ "person": "@dana", "text": "ORD-1042 will be refunded." });
    let worker = Scripted::saying([
        ("", vec![("slack.post", posts), ("slack.dm", writes)]),
        ("", vec![("slack.delete", json!({}))]),
        ("I told them.", vec![]),
    ]);
    let said = format!("{LINE}\n\n## Orders\n\nThe orders agent acts and reports.");
    let tools = ("roles/orders.md", "tools: [", "tools: [slack.post, slack.dm, slack.read_thread, ");
    let office = Office::open_team(&[THINKS, tools, ("approvals.md", LINE, &said)], worker.team(), |_| {}).await;
    office.sandbox.says("ana", "support", "@workforce where is order ORD-1042?").unwrap();
    office.rest().await;
    let general = office.channel("general");
    assert!(general.contains("Olga (Orders)") && general.contains("Parcels are late today"), "{general}");
    assert!(office.direct("dana").contains("ORD-1042 will be refunded."), "{}", office.direct("dana"));
    assert!(office.channel("support").contains("I told them."), "{}", office.channel("support"));
    let told = worker.told.lock().unwrap().clone();
    let offered: Vec<&str> = told[0].offers.iter().map(|offer| offer.tool.0.as_str()).collect();
    assert!(offered.contains(&"slack.post"), "{offered:?}");
    let Some(Turn::Outcomes(outcomes)) = told[1].turns.last() else { panic!("{:?}", told[1].turns) };
    assert!(outcomes.iter().all(|outcome| !outcome.failed), "{outcomes:?}");
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thread_is_read_for_whoever_may_see_it() {
    let worker = Scripted::saying([
        ("", vec![("slack.read_thread", json!({ "channel": "#support", "thread": "1.000001" }))]),
        ("Nothing there.", vec![]),
    ]);
    let tools = ("roles/orders.md", "tools: [", "tools: [slack.read_thread, ");
    let office = Office::open_team(&[THINKS, tools], worker.team(), |_| {}).await;
    let thread = office.sandbox.says("ben", "support", "The courier called.").unwrap();
    worker.lines.lock().unwrap()[0].1[0].1["thread"] = json!(thread);
    office.sandbox.says("ana", "support", "@workforce where is order ORD-1042?").unwrap();
    office.rest().await;
    let told = worker.told.lock().unwrap().clone();
    let Some(Turn::Outcomes(outcomes)) = told[1].turns.last() else { panic!("{:?}", told[1].turns) };
    assert!(outcomes[0].text.contains("The courier called.") && !outcomes[0].failed, "{outcomes:?}");
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_budget_ends_in_the_middle_of_a_run_and_the_run_goes_on_when_it_may() {
    let worker = Scripted::saying([
        ("", vec![("orders.get", json!({ "id": "ORD-1042" }))]),
        ("It is with Fleet Parcel.", vec![]),
    ]);
    let said =
        format!("{LINE}\n\n## Spending\n\nSpend at most $0.10 a day on the orders agent; ask the owner after that.");
    let office = Office::open_team(&[THINKS, ("approvals.md", LINE, &said)], worker.team(), |_| {}).await;
    office.sandbox.says("ana", "support", "@workforce where is order ORD-1042?").unwrap();
    office.rest().await;
    assert_eq!(worker.told.lock().unwrap().len(), 1, "the second question has no money left");
    assert!(office.channel("support").contains("*Waits.* The budget of"), "{}", office.channel("support"));
    let owner = "noor";
    let channel = office.sandbox.dm_channel(owner).unwrap();
    let shown = office.sandbox.shown(&channel).unwrap();
    let card = shown.iter().find(|message| message.text.contains("May more be spent?")).expect("a card");
    office.sandbox.clicks(owner, &channel, &card.ts, "Add $0.02").unwrap();
    office.rest().await;
    assert!(office.channel("support").contains("It is with Fleet Parcel."), "{}", office.channel("support"));
    let store = &office.service().app.store;
    let sums = budgets::tokens(store, Timestamp(0), Timestamp(i64::MAX)).await.unwrap();
    assert_eq!(sums.values().map(|sum| sum.input).sum::<u64>(), 200, "each question once");
    let facts = facts::facts_of_task(store, workforce::ids::TaskId(1)).await.unwrap();
    assert_eq!(facts.iter().filter(|fact| fact.kind == FactKind::Spent).count(), 2);
    office.end().await;
}

/// What the bot itself can do: the sentence that permits it, the one that forbids it, who it is about, what they type, and how
/// they are refused.
const BUILT_IN: &[(&str, &str, &str, &str, &str)] = &[
    ("Sofia may stop any agent.", "Sofia may not stop any agent.", "sofia", "stop Olga", "You may not stop"),
    ("Sofia may resume any agent.", "Sofia may not stop any agent.", "sofia", "stop all", "You may not stop"),
    ("Lee may see the costs of all agents.", "Lee may not see the costs.", "lee", "costs Finn", "not for you to see"),
    ("Mei may see the audit trail.", "Mei may not see the ledger.", "mei", "why T-1", "not for you to see"),
    (
        "Priya may see the status of all tasks.", "Priya may not see the status of tasks.", "priya", "status T-1",
        "not for you to see",
    ),
    ("Hugo may see the workload.", "Hugo may not see the workload.", "hugo", "workload Finn", "not for you to see"),
];

/// What each of them hears where these sentences are in force too. T-1 is something that Ana asked in private.
async fn told(sentences: &[&str]) -> Vec<String> {
    let more = format!("Kim and Noor may stop any agent.\n\n## Ours\n\n{}", sentences.join("\n"));
    let office = Office::open(&[("approvals.md", "Kim and Noor may stop any agent.", &more)]).await;
    office.sandbox.dms("ana", "where is order ORD-1042?").unwrap();
    office.rest().await;
    let mut heard = Vec::new();
    for (.., who, command, _) in BUILT_IN {
        let place = office.sandbox.dm_channel(who).unwrap();
        office.sandbox.slash(who, &place, "/workforce", command).unwrap();
        office.rest().await;
        heard.push(office.sandbox.ephemerals(who).unwrap().pop().unwrap_or_default());
    }
    office.end().await;
    heard
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_bot_itself_can_do_obeys_the_same_sentences() {
    let permits: Vec<&str> = BUILT_IN.iter().map(|case| case.0).collect();
    let bans: Vec<&str> = BUILT_IN.iter().map(|case| case.1).collect();
    let (nothing, permitted) = (told(&[]).await, told(&permits).await);
    let forbidden = told(&[permits.clone(), bans].concat()).await;
    for (nth, (sentence, ban, who, command, refusal)) in BUILT_IN.iter().enumerate() {
        assert!(nothing[nth].contains(refusal), "@{who}, {command}, no sentence: {}", nothing[nth]);
        assert!(!permitted[nth].contains(refusal), "@{who}, {command}, {sentence}: {}", permitted[nth]);
        assert!(forbidden[nth].contains(refusal), "@{who}, {command}, {ban}: {}", forbidden[nth]);
    }
}

/// What was asked in private leaves by a person's word alone, who saw on the card what it says and whom it reaches.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn private_words_go_out_by_a_persons_word_alone() {
    let tells = || ("", vec![("slack.dm", json!({ "person": "@ben", "text": "Ana wants ORD-1042 refunded." }))]);
    let tools = ("roles/orders.md", "tools: [", "tools: [slack.dm, ");
    let acts = format!("{LINE}\n\n## Orders\n\nThe orders agent acts and reports.");
    for asks in [false, true] {
        let worker = Scripted::saying([tells(), ("I tried.", vec![])]);
        let line = if asks { LINE } else { acts.as_str() };
        let office = Office::open_team(&[THINKS, tools, ("approvals.md", LINE, line)], worker.team(), |_| {}).await;
        office.sandbox.dms("ana", "where is order ORD-1042?").unwrap();
        office.rest().await;
        assert!(!office.direct("ben").contains("refunded"), "{}", office.direct("ben"));
        if asks {
            let card = office.direct("noor");
            assert!(card.contains("Ana wants ORD-1042 refunded.") && card.contains("@ben"), "{card}");
            office.sandbox.slash("noor", "general", "/workforce", "approve A-1").unwrap();
            office.rest().await;
            assert!(office.direct("ben").contains("Ana wants ORD-1042 refunded."), "{}", office.direct("ben"));
        } else {
            let told = worker.told.lock().unwrap().clone();
            let Some(Turn::Outcomes(outcomes)) = told[1].turns.last() else { panic!("{:?}", told[1].turns) };
            assert!(outcomes[0].failed && outcomes[0].text.contains("was not there"), "{outcomes:?}");
        }
        office.end().await;
    }
}
