//! "The next five refunds up to $500 by the finance agent, until Friday."

use workforce::clock::Span;
use workforce::ledger::FactKind;

use super::{Desk, holds, lacks};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_like_the_first_runs_under_the_grant_and_its_thread_says_so() {
    let desk = Desk::open(&[], |_| {}).await;
    desk.refund("ORD-1050", 300).await;
    desk.clicks("dana", "A-1", "Approve, and the next like this…").await;
    holds(&desk.form("dana"), "as far as you could approve it yourself then");
    desk.submits("dana", &[("uses", "5"), ("amount", "500000000 USD")]).await;
    assert_eq!(desk.refunded().await, [30_000]);
    holds(&desk.form("dana"), "G-1");

    let before = desk.messages("omar");
    let thread = desk.refund("ORD-1050", 400).await;
    assert_eq!(desk.refunded().await, [30_000, 40_000]);
    holds(&desk.thread(&thread), "Dana Ruiz said yes beforehand, by G-1 · 4 left");
    assert_eq!(desk.messages("omar"), before, "nobody was asked");
    assert_eq!(desk.facts(FactKind::GrantUsed).await, 1);

    // More than the bound, and what its giver asked for herself, wait.
    desk.refund("ORD-1050", 600).await;
    desk.says("dana", "please refund ORD-1050, $300, it arrived broken").await;
    assert_eq!(desk.refunded().await.len(), 2);
    holds(&desk.runs("dana", "grants").await, "1 used");
    desk.office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_grant_is_given_and_revoked_by_command_by_its_giver_alone() {
    let desk = Desk::open(&[], |_| {}).await;
    desk.refund("ORD-1050", 300).await;
    holds(&desk.runs("lee", "grant A-1 5 up to $500 for 3 days").await, "finance manager");
    holds(&desk.runs("dana", "grant A-1 500 up to $500").await, "1 to 50 actions");
    holds(&desk.runs("dana", "grant A-1 5 up to $5,000").await, "$1,000.00");
    assert!(desk.refunded().await.is_empty(), "what cannot be granted approves nothing");
    holds(&desk.runs("dana", "grant A-1 5 up to $500 for 3 days").await, "*G-1*: the next 5");
    assert_eq!(desk.refunded().await, [30_000]);
    holds(&desk.runs("ben", "revoke G-1").await, "Only");
    lacks(&desk.runs("ben", "grants").await, "G-1");
    holds(&desk.runs("dana", "revoke G-1").await, "G-1 is revoked");
    desk.refund("ORD-1050", 300).await;
    assert_eq!(desk.refunded().await, [30_000], "the next one asks again");
    assert_eq!(desk.facts(FactKind::GrantEnded).await, 1);
    desk.office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_grant_ends_when_it_is_used_up_or_its_time_is_over_and_its_giver_hears_of_it() {
    let desk = Desk::open(&[], |_| {}).await;
    desk.refund("ORD-1050", 300).await;
    desk.runs("dana", "grant A-1 1 until today").await;
    desk.refund("ORD-1050", 250).await;
    assert_eq!(desk.refunded().await, [30_000, 25_000]);
    holds(&desk.office.direct("dana"), "It is used up.");
    desk.refund("ORD-1050", 260).await;
    desk.runs("dana", "grant A-3 5 until today").await;
    assert_eq!(desk.refunded().await.len(), 3);
    desk.office.after(Span::days(1)).await;
    holds(&desk.office.direct("dana"), "Its time is over.");
    desk.refund("ORD-1050", 220).await;
    assert_eq!(desk.refunded().await.len(), 3);
    desk.office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_loses_the_right_loses_the_grant_for_good() {
    let desk = Desk::open(&[], |_| {}).await;
    desk.refund("ORD-1050", 300).await;
    desk.runs("omar", "grant A-1 5 until tomorrow").await;
    let file = desk.office.service().app.config.directives.join("approvals.md");
    let before = std::fs::read_to_string(&file).unwrap();
    let after = before.replace("approval from a finance manager", "approval from @kim");
    std::fs::write(&file, &after).unwrap();
    workforce::flow::directives::load(&desk.office.service().app).await.unwrap();
    desk.office.after(Span::seconds(1)).await;
    holds(&desk.office.direct("omar"), "Whoever gave it may no longer approve such actions.");
    std::fs::write(&file, &before).unwrap();
    workforce::flow::directives::load(&desk.office.service().app).await.unwrap();
    desk.office.after(Span::seconds(1)).await;
    desk.refund("ORD-1050", 250).await;
    assert_eq!(desk.refunded().await, [30_000], "it does not come back with the right");
    desk.office.end().await;
}
