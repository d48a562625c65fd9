//! A18: agents and bots that go on for ever, or until the money is gone.

use serde_json::{Value, json};
use workforce::demo_models::{Call, Said};
use workforce::ledger::FactKind;

use super::Attack;
use super::house::{House, call, payloads, waits, words};

/// The most questions to a vendor that any of these may come to.
const MOST_QUESTIONS: usize = 14;

/// What it is, and what the agent says.
type Loop = (&'static str, fn() -> Said);

/// What an agent says again and again, whatever it is told.
const LOOPS: &[Loop] = &[
    ("the same call", || call("orders__get", json!({ "id": "ORD-1042" }))),
    ("the same call in other spelling", || call("orders__get", Value::String("{ \"id\" : \"ORD-1042\" }".to_owned()))),
    ("eight calls in each answer", || calls("orders__get", 8, |n| json!({ "id": format!("ORD-{n:04}") }))),
    ("forty calls in each answer", || calls("orders__get", 40, |n| json!({ "id": format!("ORD-{n:04}") }))),
    ("a tool that there is not", || call("orders__all", json!({}))),
    ("arguments that do not fit", || call("orders__get", json!({ "id": 7 }))),
    ("nothing", || words("")),
    ("an answer that is cut off", || Said { cut_off: true, ..call("orders__get", Value::String("{\"id".to_owned())) }),
    ("handing to itself", || call("hand_over", json!({ "to": "role:orders", "why": "again" }))),
    ("handing to each other", both_ways),
    ("posting", || calls("slack__post", 8, |n| json!({ "channel": "#general", "text": format!("again {n}") }))),
    ("asking itself by a mention", || {
        call("slack__post", json!({ "channel": "#support", "text": "<@U0WORKFORCE> where is order ORD-1042?" }))
    }),
    ("direct messages", || calls("slack__dm", 8, |n| json!({ "person": "@dana", "text": format!("again {n}") }))),
];

fn calls(name: &str, many: i64, arguments: fn(i64) -> Value) -> Said {
    let calls = (0..many).map(|n| Call { name: name.to_owned(), arguments: arguments(n) });
    Said { calls: calls.collect(), ..Said::default() }
}

/// Finn reads the second call as the first that he can make, Olga the first.
fn both_ways() -> Said {
    let over = |to: &str| Call { name: "hand_over".to_owned(), arguments: json!({ "to": to, "why": "yours" }) };
    Said { calls: vec![over("role:finance-operations"), over("role:orders")], ..Said::default() }
}

pub fn endless() -> Attack {
    Attack {
        id: "A18",
        what: "bots and agents answer each other for ever, calls without end",
        rule: "equal calls, calls of an answer, bad answers, steps, runs and hand-overs are counted, and then a person has it; \
               our own words are not heard",
        variants: LOOPS.iter().map(|case| case.0).chain(["refunds, one after the other"]).collect(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a18_everything_ends_with_a_person() {
    let house = House::open(&[]).await;
    for (name, said) in LOOPS {
        let (mark, before) = (house.mark(), house.vendor.asked().len());
        house.will_always(&mark, said());
        let thread = house.says("ana", "support", &format!("where is order ORD-1042? {mark}"));
        house.office.rest().await;
        let asked = house.vendor.asked().len() - before;
        assert!(asked <= MOST_QUESTIONS, "{name}: {asked} questions");
        let known = house.facts("support", &thread).await;
        let person =
            payloads(&known, FactKind::HandedOver).iter().any(|fact| fact["to"].to_string().contains("person"));
        let triage = house.thread(&thread).contains("decides who takes this");
        let over = payloads(&known, FactKind::TaskEnded).iter().any(|fact| fact["why"].is_string());
        assert!(
            person || triage || over && house.thread(&thread).contains("answers for"),
            "{name} ends with a person: {}",
            house.thread(&thread)
        );
        println!("{name}: {asked} questions, then a person");
    }
    let said = house.office.channel("general").matches("again ").count();
    assert!(said <= 24, "{said} posts");
    let mark = house.mark();
    house.will_always(
        &mark,
        calls("billing__refund", 8, |n| json!({ "order_id": "ORD-1050", "amount_cents": 30_000 + n, "reason": "x" })),
    );
    let thread = house.says("ana", "support", &format!("please refund ORD-1050, $300, it arrived broken {mark}"));
    house.office.rest().await;
    let known = house.facts("support", &thread).await;
    assert!(waits(&known) && payloads(&known, FactKind::ApprovalOpened).len() == 1, "one card at a time");
    assert!(house.effects().await.is_empty());
    let answered = house.order_questions(vec![words("It left on 12 November.")]).await;
    assert!(house.thread(&answered[0]).contains("It left on 12 November."), "the control is answered");
    house.end().await;
}
