//! Time to read what is dangerous, and time to take a yes back.

use workforce::clock::Span;

use super::{Desk, holds};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_yes_can_be_taken_back_by_whoever_gave_it_before_the_action_starts() {
    let desk = Desk::open(&[], |approvals| approvals.undo_seconds = 30).await;
    let thread = desk.refund("ORD-1050", 300).await;
    desk.clicks("dana", "A-1", "Approve $300.00").await;
    assert!(desk.refunded().await.is_empty(), "not yet");
    holds(&desk.thread(&thread), "[Undo]");
    holds(&desk.runs("omar", "undo A-1").await, "You did not approve A-1");
    desk.clicks("dana", "A-1", "Undo").await;
    desk.office.after(Span::minutes(1)).await;
    assert!(desk.refunded().await.is_empty());
    holds(&desk.thread(&thread), "The approval was taken back before it started.");

    let thread = desk.refund("ORD-1050", 250).await;
    desk.clicks("omar", "A-2", "Approve $250.00").await;
    desk.office.after(Span::seconds(30)).await;
    assert_eq!(desk.refunded().await, [25_000]);
    super::lacks(&desk.thread(&thread), "[Undo]");
    holds(&desk.runs("omar", "undo A-2").await, "too late to undo A-2");
    desk.office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_time_to_take_it_back_outlives_a_restart() {
    let mut desk = Desk::open(&[], |approvals| approvals.undo_seconds = 30).await;
    desk.refund("ORD-1050", 300).await;
    desk.clicks("dana", "A-1", "Approve $300.00").await;
    desk.office.go_home().await;
    desk.office.come_in().await;
    assert!(desk.refunded().await.is_empty());
    desk.office.after(Span::seconds(30)).await;
    assert_eq!(desk.refunded().await, [30_000]);
    desk.office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_wants_a_typed_word_is_not_approved_faster_than_it_is_read() {
    let typed = (
        "approvals.md",
        "within 4 hours, otherwise ask @kim.",
        "within 4 hours, otherwise ask @kim, and a typed confirmation.",
    );
    let desk = Desk::open(&[typed], |_| {}).await;
    desk.refund("ORD-1050", 300).await;
    desk.clicks("dana", "A-1", "Approve $300.00").await;
    desk.submits("dana", &[("typed", "A-1")]).await;
    holds(&desk.form("dana"), "Read A-1 first");
    assert!(desk.refunded().await.is_empty());
    desk.office.after(Span::seconds(2)).await;
    desk.runs("dana", "approve A-1").await;
    desk.submits("dana", &[("typed", "A-1")]).await;
    assert_eq!(desk.refunded().await, [30_000]);
    desk.office.end().await;
}
