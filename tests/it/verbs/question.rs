//! *Ask back*.

use workforce::clock::Span;

use super::{Desk, holds, lacks};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_time_stands_still_until_the_requester_answers() {
    let desk = Desk::asked(&[]).await;
    desk.office.after(Span::hours(1)).await;
    desk.clicks("dana", "A-1", "Ask back").await;
    desk.submits("dana", &[("words", "Which parcel broke?")]).await;
    let thread = desk.thread();
    holds(&thread, "Which parcel broke?");
    holds(&thread, "stands still");
    // Four hours are the whole time; it stands still.
    desk.office.after(Span::hours(5)).await;
    lacks(&desk.thread(), "Nobody decided");
    lacks(&desk.office.direct("kim"), "A-1");
    desk.replies("ana", "The blue one, the other is fine.").await;
    holds(&desk.office.direct("dana"), "Ana Silva answered");
    holds(&desk.office.direct("omar"), "The blue one, the other is fine.");
    // Three hours are left again.
    desk.office.after(Span::minutes(179)).await;
    lacks(&desk.office.direct("kim"), "A-1");
    desk.clicks("dana", "Approve $450.00", "Approve $450.00").await;
    assert_eq!(desk.refunded().await, [45_000]);
    desk.office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_is_bounded_and_asked_one_at_a_time() {
    let desk = Desk::asked(&[]).await;
    desk.runs("dana", "ask A-1 is this the whole order?").await;
    desk.runs("omar", "ask A-1 and why?").await;
    holds(&desk.private("omar"), "asked something already");
    desk.runs("ben", "ask A-1 me too?").await;
    holds(&desk.private("ben"), "approve this");
    // Ana has no answer for a day of her working hours; then the four hours go on, and Kim is asked.
    desk.office.after(Span::hours(24)).await;
    holds(&desk.thread(), "did not answer");
    desk.office.after(Span::hours(4)).await;
    holds(&desk.office.direct("kim"), "A-1");
    desk.office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_requester_answers_and_a_decision_needs_no_answer() {
    let desk = Desk::asked(&[]).await;
    desk.runs("dana", "ask A-1 which parcel broke?").await;
    desk.replies("ben", "The blue one.").await;
    lacks(&desk.office.direct("dana"), "answered");
    desk.clicks("omar", "Approve $450.00", "Approve $450.00").await;
    assert_eq!(desk.refunded().await, [45_000]);
    desk.office.end().await;
}
