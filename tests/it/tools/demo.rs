//! What the demo's tools do, and what the client makes of their faults.

use std::time::Duration;

use serde_json::{Value, json};
use workforce::catalogue::{Class, ToolName, diff};
use workforce::money::{Cost, Currency, Money};
use workforce::tools::{CallOutcome, Lost, Refusal, ToolHost as _};

use super::{Demo, accepted_lock, offered};

fn refund(cents: i64, key: &str) -> Value {
    json!({"order_id": "ORD-1042", "amount_cents": cents, "reason": "it arrived broken", "idempotency_key": key})
}

#[tokio::test(flavor = "multi_thread")]
async fn the_shipped_lock_is_what_the_demo_servers_offer() {
    let demo = Demo::start("");
    let lock = accepted_lock();
    assert_eq!(diff(&lock, &offered(&demo.host).await), []);
    demo.host.shut_down().await;
    for (name, binding) in &lock.tools {
        let expected = match name.local() {
            "cancel" | "disable" | "revoke" => Class::Destructive,
            "refund" | "reply" | "create_ticket" | "assign" | "order" | "create" | "reset_password" | "offer" => {
                Class::Write
            }
            _ => Class::Read,
        };
        assert_eq!(binding.class, expected, "{name}");
        let key = (expected != Class::Read).then_some("idempotency_key");
        assert_eq!(binding.idempotency_arg.as_deref(), key, "{name}");
    }
    let refund = &lock.tools[&ToolName("billing.refund".into())];
    assert_eq!(refund.probe, Some(ToolName("billing.find_refund".into())));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_is_looked_up_and_its_price_is_told() {
    let demo = Demo::start("");
    let answer = demo.answer("orders.get", json!({"id": "ord-1042"})).await;
    let order = answer.structured.unwrap();
    assert_eq!((&order["customer_name"], &order["amount_cents"]), (&json!("Bluebird Cafe"), &json!(45000)));
    assert_eq!((&order["ordered_on"], &order["shipped_on"]), (&json!("2026-11-09"), &json!("2026-11-12")));
    assert_eq!(answer.cost, Cost::Known(Money::new(500, Currency::new("USD"))));
    assert_eq!(serde_json::from_str::<Value>(&answer.text).unwrap(), order);
    assert_eq!(demo.refused("orders.get", json!({"id": "ORD-9"})).await, "There is no order ORD-9.");
    assert_eq!(demo.effects().await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_key_refunds_once() {
    let demo = Demo::start("");
    let first = demo.result("billing.refund", refund(4_000, "k1")).await;
    assert_eq!(demo.result("billing.refund", refund(4_000, "k1")).await, first);
    let other = demo.refused("billing.refund", refund(5_000, "k1")).await;
    assert!(other.contains("used before"), "{other}");
    let over = demo.refused("billing.refund", refund(41_001, "k2")).await;
    assert!(over.contains("at most 41000 cents"), "{over}");
    let effects = demo.effects().await;
    assert_eq!(effects.len(), 1);
    assert_eq!((effects[0].tool.as_str(), effects[0].idempotency_key.as_str()), ("refund", "k1"));
    let invoice = demo.result("billing.get_invoice", json!({"order_id": "ORD-1042"})).await;
    assert_eq!((&invoice["refunded_cents"], &invoice["refundable_cents"]), (&json!(4000), &json!(41000)));
    assert_eq!(demo.result("billing.find_refund", json!({"idempotency_key": "k2"})).await["happened"], json!(false));
}

#[tokio::test(flavor = "multi_thread")]
async fn forty_calls_at_once_with_one_key_refund_once() {
    let demo = Demo::start("");
    let calls = (0..40).map(|_| demo.result("billing.refund", refund(4_000, "k")));
    let results = futures_util::future::join_all(calls).await;
    assert!(results.iter().all(|result| *result == results[0]));
    assert_eq!(demo.effects().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_server_does_its_work_and_refuses_what_cannot_be() {
    let demo = Demo::start("");
    let seat = |key: &str| json!({"product": "sketchpad", "user": "kim@acme.test", "idempotency_key": key});
    assert!(demo.refused("licences.assign", seat("a")).await.starts_with("No licence left"));
    let buy = |cents: i64, key: &str| json!({"product": "sketchpad", "seats": 2, "amount_cents": cents, "idempotency_key": key});
    assert!(demo.refused("licences.order", buy(1, "b")).await.contains("cost 9000 cents"));
    assert_eq!(demo.result("licences.order", buy(9_000, "c")).await["free_seats"], json!(2));
    assert_eq!(demo.result("licences.assign", seat("d")).await["free_seats"], json!(1));
    assert_eq!(demo.result("licences.revoke", seat("e")).await["free_seats"], json!(2));

    let open = json!({"customer": "acct-lumen", "subject": "Lamp", "text": "Dim", "idempotency_key": "f"});
    let ticket = demo.result("helpdesk.create_ticket", open).await["id"].clone();
    assert_eq!(ticket, json!("TCK-401"));
    let reply = json!({"ticket_id": ticket, "text": "We send a bulb.", "idempotency_key": "g"});
    assert_eq!(demo.result("helpdesk.reply", reply).await["status"], json!("answered"));
    let read = demo.result("helpdesk.get_ticket", json!({"id": ticket})).await;
    assert_eq!(read["messages"][1], json!({"author": "support", "text": "We send a bulb."}));
    let open = demo.result("helpdesk.search", json!({"query": "ORD-1042"})).await;
    assert_eq!(open["tickets"][0]["id"], json!("TCK-301"));

    let join = json!({"email": "jo@acme.test", "name": "Jo", "department": "HR", "idempotency_key": "h"});
    assert_eq!(demo.result("accounts.create", join).await["status"], json!("active"));
    let leave = |key: &str| json!({"email": "jo@acme.test", "idempotency_key": key});
    assert_eq!(demo.result("accounts.reset_password", leave("i")).await["password_resets"], json!(1));
    assert_eq!(demo.result("accounts.disable", leave("j")).await["status"], json!("disabled"));
    assert_eq!(demo.result("accounts.get", json!({"email": "jo@acme.test"})).await["status"], json!("disabled"));

    assert_eq!(demo.result("crm.get_customer", json!({"name": "northwind"})).await["plan"], json!("Platinum"));
    let contract = demo.result("crm.get_contract", json!({"customer": "acct-northwind"})).await;
    assert_eq!(contract["subscription_id"], json!("SUB-77"));
    let stay = json!({"subscription_id": "SUB-77", "discount_percent": 10, "months": 3, "idempotency_key": "k"});
    assert_eq!(demo.result("crm.offer", stay).await["offer"], json!("10 % off for 3 months"));
    let end = |key: &str| json!({"subscription_id": "SUB-77", "reason": "moves away", "idempotency_key": key});
    assert_eq!(demo.result("crm.cancel", end("l")).await["status"], json!("cancelled"));
    assert_eq!(demo.refused("crm.cancel", end("m")).await, "The subscription SUB-77 is cancelled.");
    let bought = demo.result("orders.search", json!({"customer": "bluebird"})).await;
    assert_eq!(bought["orders"].as_array().unwrap().len(), 2);
    assert_eq!(demo.effects().await.len(), 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_right_is_refused_before_it_is_sent() {
    let demo = Demo::start("");
    for (arguments, words) in [
        (json!({"order_id": "ORD-1042"}), "`amount_cents` is missing"),
        (json!([]), "must be an object"),
        (json!(null), "must be an object"),
    ] {
        match demo.call("billing.refund", arguments).await {
            CallOutcome::Refused(refusal @ Refusal::BadArguments { .. }) => {
                assert!(refusal.to_string().contains(words), "{refusal}");
            }
            other => panic!("{other:?}"),
        }
    }
    for wrong in [json!("4000"), json!(4000.0), json!(-1), json!(0), json!(9_223_372_036_854_775_808_u64)] {
        let mut arguments = refund(1, "k");
        arguments["amount_cents"] = wrong.clone();
        let outcome = demo.call("billing.refund", arguments).await;
        assert!(matches!(outcome, CallOutcome::Refused(Refusal::BadArguments { .. })), "{wrong}: {outcome:?}");
    }
    let mut extra = refund(4_000, "k");
    extra["force"] = json!(true);
    assert!(matches!(demo.call("billing.refund", extra).await, CallOutcome::Refused(Refusal::BadArguments { .. })));
    let unknown = demo.call("billing.pay", json!({})).await;
    assert!(matches!(unknown, CallOutcome::Refused(Refusal::NoSuchTool(_))));
    assert_eq!(demo.effects().await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_after_the_act_is_unknown_and_the_probe_tells() {
    let demo = Demo::start("billing.refund:crash_after:1");
    let lost = demo.call("billing.refund", refund(4_000, "k")).await;
    assert_eq!(lost, CallOutcome::Unknown(Lost::ServerDied { server: "billing".into() }));
    let probe = demo.result("billing.find_refund", json!({"idempotency_key": "k"})).await;
    assert_eq!((&probe["happened"], &probe["refund"]["amount_cents"]), (&json!(true), &json!(4000)));
    assert_eq!(demo.result("billing.refund", refund(4_000, "k")).await["refund_id"], json!("RF-1"));
    assert_eq!(demo.effects().await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_before_the_act_looks_the_same_until_the_probe_tells() {
    let demo = Demo::start("billing.refund:crash_before:1");
    let lost = demo.call("billing.refund", refund(4_000, "k")).await;
    assert_eq!(lost, CallOutcome::Unknown(Lost::ServerDied { server: "billing".into() }));
    let probe = demo.result("billing.find_refund", json!({"idempotency_key": "k"})).await;
    assert_eq!(probe["happened"], json!(false));
    assert_eq!(demo.effects().await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_is_unknown_and_the_server_serves_on() {
    let demo = Demo::start_with("billing.refund:lose_answer,orders.get:hang", |config| {
        config.timeout = Duration::from_secs(2);
    });
    let limit = Duration::from_secs(2);
    let tool = |name: &str| ToolName(name.into());
    let lost = demo.call("billing.refund", refund(4_000, "k")).await;
    assert_eq!(lost, CallOutcome::Unknown(Lost::TimedOut { tool: tool("billing.refund"), limit }));
    let probe = demo.result("billing.find_refund", json!({"idempotency_key": "k"})).await;
    assert_eq!(probe["happened"], json!(true));
    let hung = demo.call("orders.get", json!({"id": "ORD-1042"})).await;
    assert_eq!(hung, CallOutcome::Unknown(Lost::TimedOut { tool: tool("orders.get"), limit }));
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_noise_and_floods_are_told_apart() {
    let demo = Demo::start("billing.refund:error:1,orders.get:noise,orders.search:flood:1");
    assert_eq!(demo.refused("billing.refund", refund(4_000, "k")).await, "The tool failed; nothing was done.");
    assert_eq!(demo.effects().await, []);
    assert_eq!(demo.result("orders.get", json!({"id": "ORD-1042"})).await["status"], json!("delivered"));
    let flood = demo.call("orders.search", json!({"customer": "acct-ana-shop"})).await;
    assert_eq!(flood, CallOutcome::Unknown(Lost::TooLarge { server: "orders".into() }));
    let bought = demo.result("orders.search", json!({"customer": "acct-ana-shop"})).await;
    assert_eq!(bought["orders"].as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_was_shut_down_starts_nothing_again() {
    let demo = Demo::start("");
    demo.result("orders.get", json!({"id": "ORD-1042"})).await;
    demo.host.shut_down().await;
    let late = demo.call("orders.get", json!({"id": "ORD-1042"})).await;
    assert!(matches!(late, CallOutcome::Refused(Refusal::Unreachable { .. })), "{late:?}");
}
