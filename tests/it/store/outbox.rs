//! The outbox: each lane in order, the newest saying of a slot, and a trace of every attempt.

use workforce::clock::Timestamp;
use workforce::replies::card::{Card, Part, Span};
use workforce::replies::outbox::{Outgoing, Queued};
use workforce::replies::store::{self as outbox, LEASE, Posted, Sending};
use workforce::store::Store;

use super::{START, at, committed};
use crate::database::on_both;

fn card(text: &str) -> Card {
    Card { notification: text.to_owned(), parts: vec![Part::Line(vec![Span::Text(text.to_owned())])], identity: None }
}

fn say(slot: &str, channel: &str, text: &str) -> Queued {
    Queued::say(slot, channel, None, card(text))
}

async fn queue(store: &Store, what: &[Queued]) {
    for queued in what {
        committed(store, async |tx| outbox::queue(tx, queued, START).await.unwrap()).await;
    }
}

async fn claim(store: &Store, now: Timestamp) -> Option<Sending> {
    committed(store, async |tx| outbox::claim_next(tx, now).await.unwrap()).await
}

async fn sent(store: &Store, sending: &Sending, place: Option<&Posted>) -> bool {
    committed(store, async |tx| outbox::sent(tx, sending, place, at(1)).await.unwrap()).await
}

fn text_of(sending: &Sending) -> &str {
    match sending.what.as_ref().unwrap() {
        Outgoing::Say { card, .. } | Outgoing::Whisper { card, .. } | Outgoing::Home { card, .. } => &card.notification,
        Outgoing::React { name, .. } => name,
        Outgoing::EndStream { channel } => channel,
    }
}

fn place(ts: &str) -> Posted {
    Posted { channel: "C1".into(), ts: ts.into(), thread_ts: None }
}

#[tokio::test]
async fn a_lane_keeps_its_order_and_lanes_do_not_wait_for_each_other() {
    on_both(async |store, _| {
        queue(&store, &[say("a", "C1", "one"), Queued::react("C1", "1.0", "eyes", true), say("b", "C2", "two")]).await;
        let first = claim(&store, START).await.unwrap();
        assert_eq!(text_of(&first), "one");
        let other = claim(&store, START).await.unwrap();
        assert_eq!(text_of(&other), "two");
        assert!(claim(&store, START).await.is_none(), "the reaction waits for its lane");
        assert!(sent(&store, &first, Some(&place("9.0"))).await);
        assert_eq!(text_of(&claim(&store, START).await.unwrap()), "eyes");
        assert_ne!(first.id, other.id);
        assert_eq!(outbox::open_count(&store).await.unwrap(), 2);
    })
    .await;
}

#[tokio::test]
async fn only_the_newest_saying_of_a_slot_is_sent() {
    on_both(async |store, _| {
        queue(&store, &[say("task:1", "C1", "working"), say("task:1", "C1", "still working")]).await;
        let sending = claim(&store, START).await.unwrap();
        assert_eq!(text_of(&sending), "still working");
        // What is on its way cannot be taken back; it is edited afterwards.
        queue(&store, &[say("task:1", "C1", "done")]).await;
        assert!(claim(&store, START).await.is_none());
        assert!(sent(&store, &sending, Some(&place("9.0"))).await);
        assert_eq!(text_of(&claim(&store, START).await.unwrap()), "done");
        let whisper = |text: &str| Queued::whisper("w", "C3", "U1", None, card(text));
        queue(&store, &[whisper("first"), whisper("second")]).await;
        assert_eq!(
            text_of(&claim(&store, START).await.unwrap()),
            "first",
            "a whisper cannot be edited, so none is dropped"
        );
    })
    .await;
}

#[tokio::test]
async fn a_sending_that_broke_off_is_known_as_a_second_attempt() {
    on_both(async |store, _| {
        queue(&store, &[say("a", "C1", "one")]).await;
        let lost = claim(&store, START).await.unwrap();
        assert!(claim(&store, at(59)).await.is_none());
        let again = claim(&store, START.plus(LEASE)).await.unwrap();
        assert_eq!((lost.attempt, again.attempt), (1, 2));
        assert_eq!(lost.id, again.id, "by which the first attempt's message is looked for");
        // A newer saying must not replace one that may have been posted.
        queue(&store, &[say("a", "C1", "two")]).await;
        assert!(!sent(&store, &lost, None).await, "the lease was lost");
        assert!(sent(&store, &again, Some(&place("9.0"))).await);
        assert_eq!(text_of(&claim(&store, START.plus(LEASE)).await.unwrap()), "two");
    })
    .await;
}

#[tokio::test]
async fn a_delivery_waits_as_long_as_slack_says() {
    on_both(async |store, _| {
        queue(&store, &[say("a", "C1", "one"), say("b", "C1", "two")]).await;
        let first = claim(&store, START).await.unwrap();
        committed(&store, async |tx| outbox::again_at(tx, &first, at(30), "ratelimited").await.unwrap()).await;
        assert!(claim(&store, at(29)).await.is_none(), "two does not overtake one");
        assert_eq!(text_of(&claim(&store, at(30)).await.unwrap()), "one");
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_delivered_is_parked_and_its_lane_goes_on() {
    on_both(async |store, _| {
        queue(&store, &[say("a", "C1", "one"), say("b", "C1", "two")]).await;
        let first = claim(&store, START).await.unwrap();
        committed(&store, async |tx| outbox::park(tx, &first, "not_in_channel").await.unwrap()).await;
        let parked = outbox::parked(&store, 10).await.unwrap();
        assert_eq!((parked.len(), parked[0].slot.as_str(), parked[0].error.as_str()), (1, "a", "not_in_channel"));
        assert_eq!(text_of(&claim(&store, START).await.unwrap()), "two");
    })
    .await;
}

#[tokio::test]
async fn a_slot_knows_where_it_stands_until_it_starts_afresh() {
    on_both(async |store, _| {
        queue(&store, &[say("a", "C1", "one")]).await;
        let sending = claim(&store, START).await.unwrap();
        assert_eq!(outbox::place_of(&store, "a").await.unwrap(), None);
        assert!(sent(&store, &sending, Some(&place("9.0"))).await);
        assert_eq!(outbox::place_of(&store, "a").await.unwrap(), Some(place("9.0")));
        committed(&store, async |tx| {
            assert_eq!(outbox::slot_at(tx, "C1", "9.0").await.unwrap().as_deref(), Some("a"));
            assert_eq!(outbox::slot_at(tx, "C1", "8.0").await.unwrap(), None);
            outbox::start_afresh(tx, "a").await.unwrap();
        })
        .await;
        assert_eq!(outbox::place_of(&store, "a").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn what_was_sent_is_erased_in_time_and_what_waits_is_not() {
    on_both(async |store, _| {
        queue(&store, &[say("a", "C1", "one"), say("b", "C2", "two")]).await;
        let first = claim(&store, START).await.unwrap();
        assert!(sent(&store, &first, None).await);
        assert_eq!(committed(&store, async |tx| outbox::erase_texts(tx, at(1)).await.unwrap()).await, 1);
        assert_eq!(text_of(&claim(&store, START).await.unwrap()), "two");
    })
    .await;
}
