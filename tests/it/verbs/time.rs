//! Reminders, escalation, expiry; working hours; the true state wherever a card stands.

use workforce::clock::Span;
use workforce::gate::ApprovalState;
use workforce::ids::ApprovalId;
use workforce::sandbox::ApiFault;

use super::{Desk, holds, lacks};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_reminds_then_asks_the_next_then_expires_and_is_nobodys_denial() {
    let desk = Desk::asked(&[]).await;
    desk.office.after(Span::hours(3)).await;
    assert_eq!(desk.office.told("dana", "Still waits for you"), 1, "{}", desk.office.direct("dana"));
    assert_eq!(desk.office.told("omar", "Still waits for you"), 1);
    desk.office.after(Span::hours(1)).await;
    holds(&desk.office.direct("kim"), "A-1");
    holds(&desk.office.direct("dana"), "Nobody answered in time, so more people are asked.");
    holds(&desk.thread(), "Waits for Dana Ruiz, Omar Weiss or Kim Osei to approve");
    desk.office.after(Span::hours(4)).await;
    let thread = desk.thread();
    holds(&thread, "Nobody decided; nothing was refunded.");
    holds(&thread, "This is not a denial.");
    lacks(&thread, "declined");
    // A late click is answered.
    desk.runs("dana", "approve A-1").await;
    holds(&desk.private("dana"), "A-1 expired at");
    // Ana asks again: a new card, and this time it is approved.
    let (channel, ts) = {
        let shown = desk.office.sandbox.shown("support").unwrap();
        let card = shown.iter().rev().find(|message| message.text.contains("[Ask again]")).unwrap();
        ("support".to_owned(), card.ts.clone())
    };
    desk.office.sandbox.clicks("ana", &channel, &ts, "Ask again").unwrap();
    desk.office.rest().await;
    desk.clicks("omar", "A-2", "Approve $450.00").await;
    assert_eq!(desk.refunded().await, [45_000]);
    desk.office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_hours_are_working_hours_where_hours_are_stated() {
    // The office opens on Wednesday at 10:00 in Berlin; Dana and Omar come at 13:00 and leave at 15:00.
    let hours = (
        "company.md",
        "The support team works from 8:00 to 18:00, Monday to Friday.",
        "The support team works from 8:00 to 18:00, Monday to Friday.\nDana works from 13:00 to 15:00, Monday to Friday.\nOmar works from 13:00 to 15:00, Monday to Friday.",
    );
    let desk = Desk::asked(&[hours]).await;
    // Two hours on Wednesday, two on Thursday: the end is on Thursday at 15:00.
    desk.office.after(Span::minutes(28 * 60 + 59)).await;
    lacks(&desk.office.direct("kim"), "A-1");
    desk.office.after(Span::minutes(1)).await;
    holds(&desk.office.direct("kim"), "A-1");
    desk.office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_card_shows_the_true_state_also_where_slack_refused_an_update() {
    let mut desk = Desk::asked(&[]).await;
    // The message is gone for Slack: a new one says how it stands.
    desk.office.sandbox.fail_next("chat.update", 1, ApiFault::Error("message_not_found".to_owned()));
    desk.clicks("dana", "A-1", "Approve $450.00").await;
    assert_eq!(desk.refunded().await, [45_000]);
    holds(&desk.thread(), "Approved by Dana Ruiz");
    let open = |text: &str| text.matches("[Approve $450.00]").count();
    assert!(open(&desk.thread()) <= 1, "{}", desk.thread());
    // Neither can be posted: a while later it is drawn again, also after a restart.
    desk.office.go_home().await;
    desk.office.come_in().await;
    desk.office.after(Span::minutes(11)).await;
    holds(&desk.thread(), "Refunded");
    desk.office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_slack_refuses_altogether_is_drawn_again_later() {
    let desk = Desk::asked(&[]).await;
    desk.office.sandbox.fail_next("chat.update", 20, ApiFault::Error("cant_update_message".to_owned()));
    desk.office.sandbox.fail_next("chat.postMessage", 20, ApiFault::Error("restricted_action".to_owned()));
    desk.runs("dana", "deny A-1 replace it instead").await;
    holds(&desk.office.direct("omar"), "[Approve $450.00]");
    desk.office.sandbox.stop_failing();
    desk.office.after(Span::minutes(11)).await;
    holds(&desk.office.direct("omar"), "Dana Ruiz declined");
    holds(&desk.thread(), "Dana Ruiz declined");
    desk.office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_written_on_a_card_is_erased_in_time_and_the_decision_stays() {
    let desk = Desk::asked(&[]).await;
    desk.runs("dana", "ask A-1 which parcel broke?").await;
    desk.replies("ana", "The blue one.").await;
    desk.runs("dana", "deny A-1 replace it instead").await;
    let digest = desk.digest(1).await;
    for _ in 0..3 {
        desk.office.after(Span::days(400)).await;
    }
    let store = &desk.service().app.store;
    let card = workforce::gate::store::find_card(store, ApprovalId(1)).await.unwrap().unwrap();
    let kept = format!("{card:?}");
    for text in ["ORD-1042", "blue", "replace it", "which parcel"] {
        lacks(&kept, text);
    }
    assert_eq!(card.approval.digest, digest);
    assert!(matches!(&card.approval.state, ApprovalState::Denied { by, .. } if by == "dana"), "{kept}");
    desk.office.end().await;
}
