//! The thing that an approval is about changes between the yes and the action.

use super::{Desk, holds};

const PINNED: (&str, &str, &str) = (
    "tools.lock",
    "\"probe\": \"billing.find_refund\",",
    "\"probe\": \"billing.find_refund\",\n      \"version_of\": \"billing.list_refunds\",",
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thing_that_stayed_the_same_is_done() {
    let desk = Desk::asked(&[PINNED]).await;
    desk.clicks("dana", "A-1", "Approve $450.00").await;
    assert_eq!(desk.refunded().await, [45_000], "{}", desk.thread());
    desk.office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thing_that_changed_meanwhile_is_asked_about_anew() {
    let desk = Desk::says(&[PINNED], "@workforce please refund ORD-1042, $210, it arrived broken").await;
    // While it waits, $40 of the same order are paid back by another request: its version is another one now.
    desk.office.sandbox.says("ben", "support", "@workforce please refund ORD-1042, $40, the lid was missing").unwrap();
    desk.office.rest().await;
    desk.clicks("dana", "A-1", "Approve $210.00").await;
    assert!(desk.refunded().await.is_empty(), "{}", desk.thread());
    holds(&desk.office.direct("omar"), "What would be sent is no longer what this card showed.");
    desk.clicks("dana", "A-2", "Approve $210.00").await;
    assert_eq!(desk.refunded().await, [21_000], "{}", desk.thread());
    desk.office.end().await;
}
