use serde_json::json;

use super::house::*;
use crate::assignments::AssignmentState;
use crate::execution::Stage;
use crate::ledger::{FactKind, store as ledger};
use crate::money::Cost;
use crate::tasks::{TaskState, store as tasks};

#[tokio::test]
async fn the_trail_tells_who_did_what_by_which_line_and_what_it_cost() {
    let house = House::new().await;
    let task = house.task("ana", "please refund ORD-1042, $40", "C0SUPPORT", 9).await;
    house.give(task, "agent:finance-agent", AssignmentState::Held, 9).await;
    let run = house.run(task, "finance-agent", None, 9).await;
    house.note(task, FactKind::Asked, json!({ "run": run, "slot": "order_number" }), 8).await;
    house.refund(task, run, 40, &Stage::Allowed, 7).await;
    house.perform(&cents(2), 6).await;
    house.refund(task, run, 5, &Stage::Allowed, 6).await;
    house.perform(&Cost::Unmetered, 5).await;
    house.end(task, TaskState::Done, json!({ "answer": "sha256:x" }), 4).await;
    insta::assert_snapshot!(house.asks("ben", &format!("why {task}")).await, @r"
    *T-1* · asked by Ana Silva in #C0SUPPORT, 20 Nov 09:51
    | please refund ORD-1042, $40
    09:51 · given to *Finn (Finance)*: “Billing questions go to the finance agent.” `rules.md:1`
    09:52 · asked for the order number
    09:53 · *Refund $40.00 to order ORD-1042* (billing.refund) ran without approval · “Refunds up to $200 run without approval.” `rules.md:2` · happened 09:54 · $0.02
    09:54 · *Refund $5.00 to order ORD-1042* (billing.refund) ran without approval · “Refunds up to $200 run without approval.” `rules.md:2` · happened 09:55 · not metered
    09:56 · Finn (Finance) answered
    *Now:* done 20 Nov 09:56
    · Cost: $0.02 measured, 1 step not metered · from the ledger, 20 Nov 10:00
    [Share here]
    ");
}

#[tokio::test]
async fn what_waits_names_who_decides() {
    let house = House::new().await;
    let (task, _) = house.waiting_refund().await;
    insta::assert_snapshot!(house.asks("ben", &format!("why {task}")).await, @r"
    *T-1* · asked by Ana Silva in #C0SUPPORT, 20 Nov 09:51
    | please refund ORD-1042, $450, it arrived broken
    09:51 · given to *Finn (Finance)*: “Billing questions go to the finance agent.” `rules.md:1`
    09:52 · *Refund $450.00 to order ORD-1042* (billing.refund) waits as A-1 for Dana Ruiz and Omar Haddad · “Refunds above $200 need approval from a finance manager.” `rules.md:3` · did not run
    *Now:* waits for Dana Ruiz or Omar Haddad to decide A-1, until 20 Nov 13:52
    · Cost: nothing to meter · from the ledger, 20 Nov 10:00
    [Share here]
    ");
}

#[tokio::test]
async fn erased_texts_leave_the_holders_and_their_lines() {
    let house = House::new().await;
    let task = house.task("ana", "please refund ORD-1042, $40", "C0SUPPORT", 9).await;
    house.give(task, "agent:finance-agent", AssignmentState::Held, 9).await;
    house.end(task, TaskState::Done, json!({}), 4).await;
    house
        .does(async |tx| {
            assert!(tasks::erase_texts(tx, task).await.unwrap());
            ledger::erase_payloads(tx, task).await.unwrap();
        })
        .await;
    insta::assert_snapshot!(house.asks("ben", &format!("why {task}")).await, @r"
    *T-1* · asked by Ana Silva in #C0SUPPORT, 20 Nov 09:51
    · The words of the request were erased; the ledger keeps their digest.
    09:51 · given to *Finn (Finance)*: “Billing questions go to the finance agent.” `rules.md:1`
    *Now:* done 20 Nov 09:56
    · Cost: nothing to meter · from the ledger, 20 Nov 10:00
    [Share here]
    ");
}

#[tokio::test]
async fn a_trail_of_something_private_is_refused() {
    let reads = json!({"kind": "permit", "who": ["person:@omar"], "tools": ["workforce.see_ledger"]});
    let house = House::with(vec![reads]).await;
    let task = house.task("ana", "my salary", "D0ANA", 9).await;
    let asked = format!("why {task}");
    assert!(!house.asks("ben", &asked).await.contains("salary"));
    assert!(house.asks("omar", &asked).await.contains("salary"), "a sentence lets Omar read the ledger");
    assert!(!house.asks_aloud("omar", &asked, "C0SUPPORT").await.contains("salary"), "but not aloud");
}
