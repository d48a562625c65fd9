//! How approvers are asked: lists of what is alike, a budget for an hour, and what they hear of themselves.

use workforce::clock::Span;

use super::{Desk, holds, lacks};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_alike_comes_on_one_list_and_is_approved_at_once_each_by_itself() {
    let desk = Desk::open(&[], |_| {}).await;
    desk.refund("ORD-1050", 300).await;
    desk.refund("ORD-1050", 250).await;
    let messages = desk.messages("dana");
    desk.refund("ORD-1050", 260).await;
    assert_eq!(desk.messages("dana"), messages, "the list grows in place");
    let list = desk.office.direct("dana");
    for line in
        ["3 requests alike wait for you", "Refund $300.00 to order ORD-1050", "Refund $260.00 to order ORD-1050"]
    {
        holds(&list, line);
    }
    desk.clicks("dana", "alike wait for you", "Approve all 3").await;
    holds(&desk.private("dana"), "Approved 3: A-1, A-2, A-3.");
    assert_eq!(desk.refunded().await, [30_000, 25_000, 26_000]);
    assert_eq!(desk.facts(workforce::ledger::FactKind::ApprovalDecided).await, 3);
    holds(&desk.office.direct("omar"), "Nothing on this list waits any more");
    desk.office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_may_not_approve_is_left_out_and_each_can_be_looked_at() {
    let desk = Desk::open(&[], |_| {}).await;
    desk.refund("ORD-1050", 300).await;
    desk.refund("ORD-1050", 250).await;
    desk.clicks("dana", "alike wait for you", "Look at each").await;
    holds(&desk.private("dana"), "2 cards follow");
    holds(&desk.office.direct("dana"), "Refund $250.00 to order ORD-1050?");
    desk.runs("omar", "deny A-1 replace it instead").await;
    desk.clicks("dana", "alike wait for you", "Approve it").await;
    assert_eq!(desk.refunded().await, [25_000]);
    desk.office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn past_the_budget_of_an_hour_the_harmless_waits_for_it_to_turn() {
    let desk = Desk::open(&[], |approvals| approvals.prompts_per_hour = 1).await;
    desk.refund("ORD-1050", 300).await;
    let messages = desk.messages("dana");
    let thread = desk.says("mei", "we need 5 seats of codehost").await;
    assert_eq!(desk.messages("dana"), messages, "not now");
    holds(&desk.thread(&thread), "Dana Ruiz had 1 request this hour and gets this at");
    desk.office.after(Span::hours(1)).await;
    assert_eq!(desk.messages("dana"), messages + 1, "{}", desk.office.direct("dana"));
    lacks(&desk.thread(&thread), "had 1 request this hour");
    desk.office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_dangerous_or_nearly_late_never_waits_for_the_hour() {
    let soon = (
        "approvals.md",
        "Licence orders need approval from Dana Ruiz, within 2 hours.",
        "Licence orders need approval from Dana Ruiz, within 30 minutes.",
    );
    let desk = Desk::open(&[soon], |approvals| approvals.prompts_per_hour = 0).await;
    let messages = desk.messages("dana");
    desk.says("mei", "we need 5 seats of codehost").await;
    assert_eq!(desk.messages("dana"), messages + 1);
    desk.office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn approvers_are_measured_only_where_a_sentence_says_so_and_told_alone() {
    let off = Desk::open(&[], |_| {}).await;
    holds(&off.runs("dana", "approvals health").await, "Nobody looks at how people approve");
    off.office.end().await;

    let on = (
        "approvals.md",
        "Kim and Noor may stop any agent.",
        "Kim and Noor may stop any agent.\nKim may see approver health.",
    );
    let desk = Desk::open(&[on], |_| {}).await;
    desk.refund("ORD-1050", 300).await;
    desk.office.after(Span::seconds(40)).await;
    desk.clicks("dana", "A-1", "Details").await;
    desk.runs("dana", "approve A-1").await;
    holds(&desk.runs("dana", "approvals health").await, "1 decided, 1 of them yes (100%) · details opened for 1");
    holds(&desk.runs("dana", "approvals health").await, "within 40 seconds");
    let kim = desk.runs("kim", "approvals health").await;
    holds(&kim, "Totals are told from 3 approvers on");
    lacks(&kim, "Dana");
    desk.office.after(Span::days(7)).await;
    holds(&desk.office.direct("dana"), "How you approve, over 7 days");
    desk.office.end().await;
}
