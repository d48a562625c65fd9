//! *Take over*.

use workforce::clock::Span;

use super::{Desk, holds};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_person_did_by_hand_is_the_tools_result_and_nothing_is_called() {
    let desk = Desk::asked(&[]).await;
    desk.clicks("dana", "A-1", "Take over").await;
    holds(&desk.thread(), "does this by hand");
    holds(&desk.office.direct("omar"), "Dana Ruiz does it by hand.");
    // Nobody else can decide now, and only Dana says what came of it.
    desk.runs("omar", "approve A-1").await;
    holds(&desk.private("omar"), "took over A-1");
    desk.runs("omar", "done A-1").await;
    desk.submits("omar", &[("done", "yes")]).await;
    holds(&desk.form("omar"), "Dana Ruiz took this over");
    desk.clicks("dana", "by hand", "Record the result").await;
    desk.submits("dana", &[("done", "yes"), ("refund_id", "RF-77"), ("words", "Paid at the counter.")]).await;
    assert!(desk.refunded().await.is_empty(), "nothing is called");
    let thread = desk.thread();
    holds(&thread, "done by hand by Dana Ruiz");
    holds(&desk.office.direct("omar"), "Done by hand.");
    desk.office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_not_done_after_all_is_told_as_a_failure() {
    let desk = Desk::asked(&[]).await;
    desk.runs("omar", "take A-1").await;
    desk.runs("omar", "done A-1").await;
    desk.submits("omar", &[("done", "no"), ("words", "The till was closed.")]).await;
    holds(&desk.thread(), "The till was closed.");
    assert!(desk.refunded().await.is_empty());
    desk.office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_says_nothing_leaves_a_doubt_that_the_owner_settles() {
    let desk = Desk::asked(&[]).await;
    desk.runs("omar", "take A-1").await;
    desk.office.after(Span::days(1)).await;
    holds(&desk.office.direct("dana"), "It did not: retry");
    holds(&desk.office.direct("omar"), "did not say what came of it");
    desk.clicks("dana", "It did not: retry", "It did").await;
    assert!(desk.refunded().await.is_empty());
    desk.office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_peoples_word_is_not_one_persons_hand() {
    let two = (
        "approvals.md",
        "need approval from a finance manager, within 4 hours",
        "need approval from two people from the finance team, within 4 hours",
    );
    let desk = Desk::asked(&[two]).await;
    desk.runs("dana", "take A-1").await;
    holds(&desk.private("dana"), "nobody can take it over alone");
    desk.office.end().await;
}
