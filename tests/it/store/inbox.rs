//! The inbox: once, in order, by one worker at a time, and never lost.

use workforce::clock::Span;
use workforce::inbox::Arrival;
use workforce::inbox::store::{self as inbox, Claimed, LEASE};
use workforce::store::Store;

use super::{START, arrival, at, committed};
use crate::database::on_both;

async fn put(store: &Store, arrivals: &[Arrival]) -> Vec<String> {
    let mut stored = committed(store, async |tx| inbox::put_batch(tx, arrivals, START).await.unwrap()).await;
    stored.sort();
    stored
}

async fn claim(store: &Store, seconds: i64) -> Option<Claimed> {
    committed(store, async |tx| inbox::claim_next(tx, at(seconds)).await.unwrap()).await
}

fn key(claimed: Option<&Claimed>) -> Option<String> {
    claimed.map(|claimed| claimed.arrival.as_ref().unwrap().key.clone())
}

#[tokio::test]
async fn a_trigger_is_stored_once_by_either_key() {
    on_both(async |store, _| {
        let with = |key: &str, also: &str| Arrival { also: Some(also.to_owned()), ..arrival(key, None) };
        let batch = [
            with("event:1", "message:a"),
            with("event:2", "message:a"),
            arrival("event:3", None),
            arrival("event:3", None),
        ];
        assert_eq!(put(&store, &batch).await, ["event:1", "event:3"]);
        assert_eq!(put(&store, &batch).await, [""; 0]);
        assert_eq!(put(&store, &[with("event:4", "message:b")]).await, ["event:4"]);
        assert_eq!(inbox::open_count(&store).await.unwrap(), 3);
        let again = committed(&store, async |tx| inbox::put(tx, &arrival("event:4", None), START).await.unwrap()).await;
        assert!(!again);
    })
    .await;
}

#[tokio::test]
async fn a_conversation_is_worked_on_in_order_and_others_go_on() {
    on_both(async |store, _| {
        put(
            &store,
            &[arrival("a1", Some("a")), arrival("a2", Some("a")), arrival("b1", Some("b")), arrival("free", None)],
        )
        .await;
        let first = claim(&store, 1).await.unwrap();
        assert_eq!(key(Some(&first)).unwrap(), "a1");
        assert_eq!(key(claim(&store, 1).await.as_ref()).unwrap(), "b1");
        assert_eq!(key(claim(&store, 1).await.as_ref()).unwrap(), "free");
        assert!(claim(&store, 1).await.is_none(), "a2 waits for a1");
        assert!(committed(&store, async |tx| inbox::finish(tx, &first, at(2)).await.unwrap()).await);
        assert_eq!(key(claim(&store, 2).await.as_ref()).unwrap(), "a2");
    })
    .await;
}

#[tokio::test]
async fn whoever_lost_the_lease_cannot_finish() {
    on_both(async |store, _| {
        put(&store, &[arrival("a", None)]).await;
        let slow = claim(&store, 0).await.unwrap();
        assert!(claim(&store, 1).await.is_none(), "the lease holds");
        assert_eq!(inbox::next_due(&store).await.unwrap(), Some(START.plus(LEASE)));
        let quick =
            committed(&store, async |tx| inbox::claim_next(tx, START.plus(LEASE)).await.unwrap()).await.unwrap();
        assert_eq!((slow.attempt, quick.attempt), (1, 2));
        assert!(quick.fence > slow.fence);
        assert!(!committed(&store, async |tx| inbox::finish(tx, &slow, at(99)).await.unwrap()).await);
        committed(&store, async |tx| inbox::retry_at(tx, &slow, at(0), "too late").await.unwrap()).await;
        committed(&store, async |tx| inbox::bury(tx, &slow, at(0), "too late").await.unwrap()).await;
        assert!(committed(&store, async |tx| inbox::finish(tx, &quick, at(99)).await.unwrap()).await);
        assert!(!committed(&store, async |tx| inbox::finish(tx, &quick, at(99)).await.unwrap()).await, "only once");
        assert_eq!(inbox::open_count(&store).await.unwrap(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_failure_is_tried_again_later_and_keeps_its_conversation_in_order() {
    on_both(async |store, _| {
        put(&store, &[arrival("a1", Some("a")), arrival("a2", Some("a"))]).await;
        let first = claim(&store, 0).await.unwrap();
        committed(&store, async |tx| inbox::retry_at(tx, &first, at(30), "busy").await.unwrap()).await;
        assert!(claim(&store, 29).await.is_none(), "a2 does not overtake a1");
        assert_eq!(inbox::next_due(&store).await.unwrap(), Some(START), "a2 could be taken, but for the order");
        let again = claim(&store, 30).await.unwrap();
        assert_eq!((key(Some(&again)).unwrap(), again.attempt), ("a1".to_owned(), 2));
    })
    .await;
}

#[tokio::test]
async fn a_dead_letter_is_kept_and_its_conversation_goes_on() {
    on_both(async |store, _| {
        put(&store, &[arrival("a1", Some("a")), arrival("a2", Some("a"))]).await;
        let first = claim(&store, 0).await.unwrap();
        committed(&store, async |tx| inbox::bury(tx, &first, at(1), "cannot be read").await.unwrap()).await;
        let letters = inbox::dead_letters(&store, 10).await.unwrap();
        assert_eq!((letters.len(), letters[0].error.as_str(), letters[0].attempts), (1, "cannot be read", 1));
        assert_eq!(key(claim(&store, 1).await.as_ref()).unwrap(), "a2");
        assert_eq!(put(&store, &[arrival("a1", None)]).await, [""; 0], "a dead letter does not rise by itself");
    })
    .await;
}

#[tokio::test]
async fn erased_texts_are_gone_and_the_trigger_stays_known() {
    on_both(async |store, database| {
        put(&store, &[arrival("done", None), arrival("new", None)]).await;
        let first = claim(&store, 0).await.unwrap();
        committed(&store, async |tx| inbox::finish(tx, &first, at(1)).await.unwrap()).await;
        let later = START.plus(Span::days(90));
        assert_eq!(committed(&store, async |tx| inbox::erase_texts(tx, later).await.unwrap()).await, 1);
        assert_eq!(put(&store, &[arrival("done", None)]).await, [""; 0]);
        assert_eq!(key(claim(&store, 2).await.as_ref()).unwrap(), "new", "what waits is not erased");
        // Erased by hand before it was done: told, not guessed.
        put(&store, &[arrival("lost", None)]).await;
        database.meddle("UPDATE inbox SET body = NULL WHERE key = 'lost'").await.unwrap();
        assert!(claim(&store, 3).await.unwrap().arrival.is_err());
    })
    .await;
}

#[tokio::test]
async fn what_was_decided_at_once_is_done_at_once() {
    on_both(async |store, _| {
        let click = arrival("click:1", None);
        let mut tx = store.begin().await.unwrap();
        assert!(inbox::put(&mut tx, &click, START).await.unwrap());
        inbox::finish_at_once(&mut tx, &click, START).await.unwrap();
        tx.commit().await.unwrap();
        assert!(claim(&store, 0).await.is_none());
        assert_eq!(put(&store, &[click]).await, [""; 0]);
    })
    .await;
}

/// PostgreSQL's `SKIP LOCKED` and SQLite's one writer: eight workers empty the inbox without doing anything twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_workers_never_share_a_trigger() {
    on_both(async |store, _| {
        let arrivals: Vec<Arrival> =
            (0..40).map(|n| arrival(&format!("k{n:02}"), Some(["a", "b", "c", "d"][n % 4]))).collect();
        put(&store, &arrivals).await;
        let work = || {
            let store = store.clone();
            tokio::spawn(async move {
                let mut done = Vec::new();
                while inbox::open_count(&store).await.unwrap() > 0 {
                    let mut tx = store.begin().await.unwrap();
                    if let Some(claimed) = inbox::claim_next(&mut tx, at(1)).await.unwrap() {
                        assert!(inbox::finish(&mut tx, &claimed, at(1)).await.unwrap());
                        tx.commit().await.unwrap();
                        done.push(claimed.arrival.unwrap().key);
                    }
                }
                done
            })
        };
        let workers: Vec<_> = (0..8).map(|_| work()).collect();
        let mut all = Vec::new();
        for worker in workers {
            all.extend(worker.await.unwrap());
        }
        all.sort();
        let expected: Vec<String> = (0..40).map(|n| format!("k{n:02}")).collect();
        assert_eq!(all, expected);
    })
    .await;
}
