//! The example company, read from its files, and its playbooks played on requests as people write them.

use std::path::Path;

use chrono::NaiveDate;
use serde_json::{Value, json};
use workforce::directives::{Directives, files};
use workforce::flow::directory::read_directory;
use workforce::playbooks::{JournalEntry, Next, Request, next};

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 20).expect("a day")
}

fn acme() -> Directives {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("directives");
    let texts = read_directory(&dir).expect("the folder can be read");
    files::read_set(&texts, today()).unwrap_or_else(|problems| panic!("the example company is broken: {problems:#?}"))
}

fn play(set: &Directives, name: &str, text: &str, journal: &[JournalEntry]) -> Next {
    let playbook = set.playbooks.iter().find(|p| p.name == name).unwrap_or_else(|| panic!("no playbook “{name}”"));
    next(playbook, set, &Request { text: text.to_owned(), today: today(), ..Request::default() }, journal)
}

fn result(as_name: &str, value: Value) -> JournalEntry {
    JournalEntry::ToolResult { as_name: as_name.to_owned(), value }
}

fn arguments(next: &Next) -> Value {
    match next {
        Next::Call { arguments, .. } => arguments.clone(),
        other => panic!("no call: {other:?}"),
    }
}

fn answer(next: Next) -> String {
    match next {
        Next::Answer { text, done: true } => text,
        other => panic!("no answer: {other:?}"),
    }
}

#[test]
fn every_playbook_of_the_example_says_when_it_fits_and_what_to_do() {
    let set = acme();
    assert!(set.playbooks.len() >= 10, "{}", set.playbooks.len());
    for playbook in &set.playbooks {
        assert!(!playbook.when.is_empty() && !playbook.steps.is_empty(), "{}", playbook.name);
    }
    let orders = set.playbooks.iter().find(|playbook| playbook.name == "Where is my order").expect("it is there");
    assert_eq!(orders.when.topics, ["order"]);
}

#[test]
fn the_orders_agent_tells_where_an_order_is() {
    let set = acme();
    let text = "where is order ORD-1042?";
    let first = play(&set, "Where is my order", text, &[]);
    assert_eq!(arguments(&first), json!({"id": "ORD-1042"}));
    let order = json!({"id": "ORD-1042", "item": "lamp", "customer_name": "Rosa", "ordered_on": "2026-11-01", "status": "shipped",
                       "shipped_on": "2026-11-09", "delivered_on": null, "carrier": "DHL", "amount_cents": 45_000});
    let said = answer(play(&set, "Where is my order", text, &[result("order", order)]));
    assert_eq!(said, "Order ORD-1042 (lamp) left on 9 November with DHL and has not arrived yet.");
}

#[test]
fn the_finance_agent_refunds_what_was_asked_for() {
    let set = acme();
    let text = "please refund ORD-1042, $40, it arrived broken";
    let order =
        || result("order", json!({"id": "ORD-1042", "item": "lamp", "customer_name": "Rosa", "amount_cents": 45_000}));
    let sent = arguments(&play(&set, "Refund an order", text, &[order()]));
    assert_eq!((&sent["order_id"], &sent["amount_cents"]), (&json!("ORD-1042"), &json!(4_000)));
    let said = answer(play(&set, "Refund an order", text, &[order(), result("refund", json!({"refund_id": "R-1"}))]));
    assert!(said.starts_with("Refunded $40.00"), "{said}");
}

#[test]
fn the_procurement_agent_orders_as_many_seats_as_were_asked_for() {
    let set = acme();
    let licences =
        result("licences", json!({"products": [{"name": "codehost", "seat_cents": 1_900, "free_seats": 0}]}));
    let sent = arguments(&play(&set, "Order seats", "we need five seats of codehost", &[licences]));
    assert_eq!((&sent["seats"], &sent["amount_cents"]), (&json!(5), &json!(9_500)));
}
