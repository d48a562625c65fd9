//! Workers who think, in conversations: what they say is journalled, proposed, judged, and never asked for twice.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use workforce::clock::{Span, Timestamp};
use workforce::drivers::{Driver, Drivers, Failure, Heard};
use workforce::ledger::FactKind;
use workforce::runs::DriverKind;
use workforce::runs::brief::{Brief, Turn};
use workforce::runs::said::{Arguments, Call, End, Said, Usage};

use crate::office::Office;

const THINKS: (&str, &str, &str) = ("roles/orders.md", "driver: playbook", "driver: command");

/// Says one thing after another, and keeps what it was told.
#[derive(Default)]
struct Scripted {
    lines: Mutex<VecDeque<Heard>>,
    told: Mutex<Vec<Brief>>,
    asked: tokio::sync::Notify,
}

#[async_trait]
impl Driver for Scripted {
    async fn ask(&self, brief: &Brief, _now: Timestamp, stop: &CancellationToken) -> Heard {
        self.told.lock().unwrap().push(brief.clone());
        self.asked.notify_one();
        let line = self.lines.lock().unwrap().pop_front();
        match line {
            Some(heard) => heard,
            // Nothing more in the script: it thinks until it is stopped.
            None => {
                stop.cancelled().await;
                Heard::Failed { failure: Failure::Stopped, usage: Usage::unknown("scripted") }
            }
        }
    }

    fn limit(&self) -> Duration {
        Duration::from_secs(60)
    }
}

impl Scripted {
    fn saying(lines: impl IntoIterator<Item = Heard>) -> Arc<Self> {
        Arc::new(Self { lines: Mutex::new(lines.into_iter().collect()), ..Self::default() })
    }

    fn team(self: &Arc<Self>) -> Drivers {
        Drivers::default().with(DriverKind::Command, "orders-agent", self.clone())
    }

    fn times_asked(&self) -> usize {
        self.told.lock().unwrap().len()
    }
}

fn says(text: &str, calls: &[(&str, Value)]) -> Heard {
    let call = |(name, arguments): &(&str, Value)| Call {
        name: (*name).to_owned(),
        arguments: Arguments::Read(arguments.clone()),
    };
    let said = Said { text: text.to_owned(), calls: calls.iter().map(call).collect(), end: End::Finished };
    Heard::Said { said, usage: Usage { input: Some(100), output: Some(10), ..Usage::unknown("scripted") } }
}

fn fails(why: &str) -> Heard {
    let failure = Failure::Passing { why: why.to_owned(), after: None, elsewhere: false };
    Heard::Failed { failure, usage: Usage::unknown("scripted") }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thinking_worker_calls_asks_and_answers() {
    let worker = Scripted::saying([
        says("Let me see.", &[("ask", json!({ "question": "Which order is it?" }))]),
        says("", &[("orders.get", json!({ "id": "ORD-1042" })), ("billing.refund", json!({ "order_id": "ORD-1042" }))]),
        says("It is with Fleet Parcel.", &[]),
    ]);
    let office = Office::open_team(&[THINKS], worker.team(), |_| {}).await;
    let thread = office.sandbox.says("@ana", "#support", "@workforce where is my order?").unwrap();
    office.rest().await;
    let shown = office.sandbox.thread_text("#support", &thread).unwrap();
    assert!(shown.contains("Which order is it?"), "{shown}");
    office.sandbox.says_in_thread("@ana", "#support", &thread, "ORD-1042").unwrap();
    office.rest().await;
    let shown = office.sandbox.thread_text("#support", &thread).unwrap();
    assert!(shown.contains("It is with Fleet Parcel."), "{shown}");

    let told = worker.told.lock().unwrap().clone();
    assert_eq!(told.len(), 3, "each answer was asked for once");
    let offered: Vec<&str> = told[0].offers.iter().map(|offer| offer.tool.0.as_str()).collect();
    assert!(offered.contains(&"orders.get") && !offered.contains(&"billing.refund"), "{offered:?}");
    let Some(Turn::Outcomes(outcomes)) = told[2].turns.last() else { panic!("{:?}", told[2].turns) };
    assert!(outcomes[0].text.contains("Espresso grinder") && !outcomes[0].failed, "{outcomes:?}");
    assert!(outcomes[1].failed && outcomes[1].text.contains("no tool called"), "{outcomes:?}");
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_cannot_be_heard_is_asked_again_later_and_then_given_up() {
    let worker = Scripted::saying((0..5).map(|_| fails("The vendor does not answer.")));
    let office = Office::open_team(&[THINKS], worker.team(), |_| {}).await;
    let thread = office.sandbox.says("@ana", "#support", "@workforce where is order ORD-1042?").unwrap();
    office.rest().await;
    assert_eq!(worker.times_asked(), 1, "it rests before it asks again");
    for _ in 0..4 {
        office.after(Span::minutes(20)).await;
    }
    assert_eq!(worker.times_asked(), 5);
    let shown = office.sandbox.thread_text("#support", &thread).unwrap();
    assert!(shown.contains("The vendor does not answer."), "{shown}");
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_asks_for_nothing_that_was_said() {
    let worker = Scripted::saying([says("", &[("ask", json!({ "question": "Which order is it?" }))])]);
    let mut office = Office::open_team(&[THINKS], worker.team(), |_| {}).await;
    let thread = office.sandbox.says("@ana", "#support", "@workforce where is my order?").unwrap();
    office.rest().await;
    office.go_home().await;
    worker.lines.lock().unwrap().push_back(says("On its way.", &[]));
    office.come_in().await;
    assert_eq!(worker.times_asked(), 1, "its question was journalled");
    office.sandbox.says_in_thread("@ana", "#support", &thread, "ORD-1042").unwrap();
    office.rest().await;
    assert_eq!(worker.times_asked(), 2);
    assert!(office.sandbox.thread_text("#support", &thread).unwrap().contains("On its way."));
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cancelled_run_stops_its_worker_at_once_and_its_cost_is_known() {
    let worker = Scripted::saying([]);
    let office = Office::open_team(&[THINKS], worker.team(), |_| {}).await;
    let thread = office.sandbox.says("@ana", "#support", "@workforce where is order ORD-1042?").unwrap();
    worker.asked.notified().await;
    office.sandbox.says_in_thread("@ana", "#support", &thread, "@workforce cancel T-1").unwrap();
    let shown = |text: &str| {
        let text = text.to_owned();
        let thread = thread.clone();
        move |sandbox: &workforce::sandbox::Sandbox| {
            sandbox.thread_text("#support", &thread).is_ok_and(|shown| shown.contains(&text)).then_some(())
        }
    };
    office.sandbox.until(shown("Cancelled.")).await;
    office.rest().await;
    let facts = workforce::ledger::store::facts_of_task(&office.service().app.store, workforce::ids::TaskId(1)).await;
    let asked = facts.unwrap().into_iter().filter(|fact| fact.kind == FactKind::DriverAsked).count();
    assert_eq!(asked, 1, "what a question cost is recorded though its answer does not count");
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_step_of_a_workflow_is_told_what_the_steps_before_returned() {
    let worker = Scripted::saying([says("The seat is assigned.", &[])]);
    let thinks = ("roles/it.md", "driver: playbook", "driver: command");
    let team = Drivers::default().with(DriverKind::Command, "it-agent", worker.clone());
    let office = Office::open_team(&[thinks], team, |_| {}).await;
    let asks = "@workforce \"Mia Chen\", mia@acme.test, joins the company in Support";
    office.sandbox.says("@iris", "#people", asks).unwrap();
    office.rest().await;
    office.sandbox.slash("@mei", "#people", "/workforce", "approve A-1").unwrap();
    office.rest().await;
    let request = worker.told.lock().unwrap()[0].request.clone();
    let (_, known) = request.split_once("What is known already:").unwrap_or_else(|| panic!("{request}"));
    assert!(known.contains("- account: {") && known.contains(r#""email":"mia@acme.test""#), "{request}");
    assert_eq!(
        request.matches("starts provisioning").count() + request.matches("Start provisioning").count(),
        1,
        "{request}"
    );
    office.end().await;
}
