//! *Edit and approve*.

use super::{Desk, REFUND, holds, lacks};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_refund_is_another_action_and_runs_as_changed() {
    let desk = Desk::asked(&[]).await;
    let before = desk.digest(1).await;
    desk.clicks("dana", "A-1", "Edit and approve").await;
    holds(&desk.form("dana"), "Edit A-1");
    lacks(&desk.form("dana"), "idempotency");
    desk.submits("dana", &[("amount_cents", "15000")]).await;
    assert_eq!(desk.refunded().await, [15_000], "{}", desk.thread());
    assert_ne!(desk.digest(2).await, before, "another digest");
    let thread = desk.thread();
    holds(&thread, "Changed before it was approved.");
    holds(&thread, "$450.00 (45000) → $150.00 (15000)");
    holds(&thread, "Done as Dana Ruiz changed it.");
    lacks(&thread, "Refunded $450.00");
    holds(&desk.office.direct("omar"), "A-2 asks about the changed one");
    desk.office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_may_need_somebody_else() {
    let kim = (
        "approvals.md",
        "Only the support team",
        "Refunds above $1,000 need approval from @kim.\nOnly the support team",
    );
    let desk = Desk::asked(&[kim]).await;
    desk.clicks("dana", "A-1", "Edit and approve").await;
    desk.submits("dana", &[("amount_cents", "100100")]).await;
    assert!(desk.refunded().await.is_empty(), "Dana's yes does not suffice");
    holds(&desk.office.direct("kim"), "A-2");
    desk.clicks("kim", "A-2", "Deny").await;
    desk.submits("kim", &[]).await;
    holds(&desk.thread(), "Kim Osei declined");
    assert!(desk.refunded().await.is_empty());
    desk.office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_does_not_fit_is_said_in_the_form_and_what_is_forbidden_is_refused() {
    let never = ("approvals.md", "Only the support team", "Never issue refunds above $2,000.\nOnly the support team");
    let desk = Desk::asked(&[never]).await;
    desk.clicks("dana", "A-1", "Edit and approve").await;
    desk.submits("dana", &[("amount_cents", "0")]).await;
    holds(&desk.form("dana"), "out of its range");
    desk.submits("dana", &[("amount_cents", "45000")]).await;
    holds(&desk.form("dana"), "You changed nothing.");
    desk.runs("dana", "edit A-1").await;
    desk.submits("dana", &[("amount_cents", "300000")]).await;
    holds(&desk.form("dana"), "forbidden");
    assert!(desk.refunded().await.is_empty());
    desk.clicks("dana", "A-1", "Approve $450.00").await;
    assert_eq!(desk.refunded().await, [45_000], "the card still stands");
    desk.office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_may_not_decide_may_not_change_it() {
    let desk = Desk::asked(&[]).await;
    desk.runs("ana", "edit A-1").await;
    desk.submits("ana", &[("amount_cents", "1")]).await;
    holds(&desk.form("ana"), "Not done");
    desk.runs("ben", "edit A-1").await;
    holds(&desk.private("ben"), "can approve this");
    assert!(desk.form("ben").is_empty(), "a number alone opens nothing");
    assert!(desk.refunded().await.is_empty());
    desk.office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_form_could_not_show_is_read_before_it_counts() {
    let long = format!("{REFUND}. {}", "It was dented all over. ".repeat(140));
    let desk = Desk::says(&[], &long).await;
    desk.clicks("dana", "A-1", "Edit and approve").await;
    holds(&desk.form("dana"), "Not changed here, too long for a form");
    desk.submits("dana", &[("amount_cents", "15000")]).await;
    assert!(desk.refunded().await.is_empty(), "nobody says yes to what they were not shown");
    desk.clicks("dana", "A-2", "Read and approve").await;
    desk.submits("dana", &[]).await;
    assert_eq!(desk.refunded().await, [15_000], "{}", desk.form("dana"));
    desk.office.end().await;
}
