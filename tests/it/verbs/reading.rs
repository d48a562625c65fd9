//! What is too long for a card, and what a rule wants typed.

use workforce::clock::Span;

use super::{Desk, REFUND, holds};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_typed_confirmation_is_typed_in_a_form() {
    let typed = (
        "approvals.md",
        "within 4 hours, otherwise ask @kim.",
        "within 4 hours, otherwise ask @kim, and a typed confirmation.",
    );
    let desk = Desk::asked(&[typed]).await;
    desk.office.after(Span::seconds(2)).await;
    desk.clicks("dana", "A-1", "Approve $450.00").await;
    holds(&desk.form("dana"), "Type A-1 to approve this");
    desk.submits("dana", &[("typed", "yes")]).await;
    holds(&desk.form("dana"), "Type A-1 to approve this.");
    assert!(desk.refunded().await.is_empty());
    desk.runs("dana", "approve A-1").await;
    desk.submits("dana", &[("typed", "a-1")]).await;
    assert_eq!(desk.refunded().await, [45_000]);
    desk.office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_card_cannot_show_is_read_to_its_end() {
    let long = format!(
        "@workforce please refund ORD-1042, $450, it arrived broken. {}",
        "It was dented all over. ".repeat(60)
    );
    let desk = Desk::says(&[], &long).await;
    holds(&desk.office.direct("dana"), "[Read and approve]");
    let (channel, ts) = desk.card("dana", "A-1");
    assert!(desk.office.sandbox.clicks("dana", &channel, &ts, "Approve $450.00").is_err(), "no blind yes on the card");
    desk.clicks("dana", "A-1", "Read and approve").await;
    holds(&desk.form("dana"), "It was dented all over.");
    desk.submits("dana", &[]).await;
    assert_eq!(desk.refunded().await, [45_000], "{}", desk.form("dana"));
    desk.office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn details_tell_the_whole_trail() {
    let desk = Desk::asked(&[]).await;
    desk.runs("ana", "approve A-1").await;
    desk.runs("dana", "ask A-1 which parcel broke?").await;
    desk.replies("ana", "The blue one.").await;
    desk.clicks("dana", "Approve $450.00", "Details").await;
    let form = desk.form("dana");
    for part in [
        "Ana Silva tried to decide",
        "Dana Ruiz asked the requester something",
        "Ana Silva answered",
        "asked: Dana Ruiz, Omar Weiss",
    ] {
        holds(&form, part);
    }
    desk.office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_had_to_be_looked_up_first_stands_on_the_card() {
    let before =
        ("approvals.md", "Only the support team", "Before making a refund, look up the order.\nOnly the support team");
    let desk = Desk::asked(&[before]).await;
    holds(&desk.office.direct("dana"), "Looked up: order ");
    desk.office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_pages_are_turned_and_approve_stands_on_the_last() {
    // Line feeds are shown as code points, so that a value cannot fake a second line of the card.
    let long = format!("{REFUND}. {}", "dented\n".repeat(480));
    let desk = Desk::says(&[], &long).await;
    let (channel, ts) = desk.card("dana", "A-1");
    desk.office.sandbox.clicks("dana", &channel, &ts, "Read and approve").unwrap();
    desk.office.rest().await;
    holds(&desk.form("dana"), "page 1 of 2");
    assert!(desk.office.sandbox.submits("dana", &[]).is_err(), "the first page approves nothing");
    desk.in_form("dana", "Next").await;
    holds(&desk.form("dana"), "page 2 of 2");
    desk.in_form("dana", "Back").await;
    holds(&desk.form("dana"), "page 1 of 2");
    desk.in_form("dana", "Next").await;
    desk.submits("dana", &[]).await;
    assert_eq!(desk.refunded().await, [45_000], "{}", desk.form("dana"));
    desk.office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_verb_stands_on_the_home_tab_too() {
    let desk = Desk::asked(&[]).await;
    desk.office.sandbox.opens_home("dana").unwrap();
    desk.office.rest().await;
    for (verb, opens) in [
        ("Edit and approve", "Edit A-1"),
        ("Ask back", "Ask about A-1"),
        ("Deny", "Deny A-1"),
        ("Details", "A-1 details"),
    ] {
        desk.office.sandbox.clicks_home("dana", verb).unwrap();
        desk.office.rest().await;
        holds(&desk.form("dana"), opens);
        desk.office.sandbox.closes("dana").unwrap();
    }
    desk.office.sandbox.clicks_home("dana", "Take over").unwrap();
    desk.office.rest().await;
    holds(&desk.thread(), "does this by hand");
    desk.office.end().await;
}
