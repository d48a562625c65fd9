//! One transaction over several rooms: everything or nothing.

use futures_util::FutureExt as _;
use workforce::inbox::store as inbox;
use workforce::ledger::store as ledger;
use workforce::ledger::{Fact, FactKind};
use workforce::replies::card::Card;
use workforce::replies::outbox::Queued;
use workforce::replies::store as outbox;
use workforce::roster::store as roster;
use workforce::store::{Store, StoreError, Tx};
use workforce::tasks::store as tasks;

use super::{START, arrival, at, conversation, new_task, payload};
use crate::database::{Database, on_both};

/// What one arrow does: finish the trigger, open the task, queue the reply, write the fact.
async fn arrow(tx: &mut Tx, claimed: &inbox::Claimed) -> Result<(), StoreError> {
    assert!(inbox::finish(tx, claimed, at(1)).await?);
    let task = tasks::open_task(tx, &new_task("1.0", "x"), at(1)).await?;
    let card = Card { notification: "Working on it".into(), parts: Vec::new(), identity: None };
    outbox::queue(tx, &Queued::say("task:1", "C1", None, card), at(1)).await?;
    ledger::append_fact(tx, &Fact::of_task(&conversation("1.0"), task, FactKind::TaskOpened, payload("x")), at(1)).await
}

async fn counts(store: &Store) -> (i64, i64, i64, usize) {
    let open_tasks = tasks::unrouted_count(store).await.unwrap();
    let facts = ledger::facts_of_chain(store, &conversation("1.0").0).await.unwrap().len();
    (inbox::open_count(store).await.unwrap(), open_tasks, outbox::open_count(store).await.unwrap(), facts)
}

#[tokio::test]
async fn an_arrow_commits_whole_or_leaves_no_trace() {
    on_both(async |store, _| {
        let mut tx = store.begin().await.unwrap();
        inbox::put(&mut tx, &arrival("a", None), START).await.unwrap();
        let claimed = inbox::claim_next(&mut tx, START).await.unwrap().unwrap();
        tx.commit().await.unwrap();

        let mut tx = store.begin().await.unwrap();
        arrow(&mut tx, &claimed).await.unwrap();
        drop(tx);
        assert_eq!(counts(&store).await, (1, 0, 0, 0), "a transaction that is dropped leaves nothing");

        let mut tx = store.begin().await.unwrap();
        arrow(&mut tx, &claimed).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(counts(&store).await, (0, 1, 1, 1));
    })
    .await;
}

#[tokio::test]
async fn a_stop_is_seen_by_whoever_starts_afterwards() {
    on_both(async |store, _| {
        let mut tx = store.begin().await.unwrap();
        assert!(roster::stop(&mut tx, "all", "U1", START).await.unwrap());
        assert!(!roster::stop(&mut tx, "all", "U2", START).await.unwrap(), "stopped already");
        tx.commit().await.unwrap();
        let mut tx = store.begin().await.unwrap();
        assert_eq!(roster::stops(&mut tx).await.unwrap(), [("all".to_owned(), "U1".to_owned(), START)]);
        assert!(roster::resume(&mut tx, "all").await.unwrap());
        assert!(!roster::resume(&mut tx, "all").await.unwrap());
        tx.commit().await.unwrap();
        assert!(roster::find_stops(&store).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn the_latest_review_of_a_position_counts() {
    on_both(async |store, _| {
        let mut tx = store.begin().await.unwrap();
        for (position, seconds) in [("finance-agent", 1), ("finance-agent", 9), ("it-agent", 5)] {
            roster::record_review(&mut tx, position, "U1", "fine", at(seconds)).await.unwrap();
        }
        tx.commit().await.unwrap();
        let found: Vec<_> =
            roster::last_reviews(&store).await.unwrap().into_iter().map(|r| (r.position, r.at)).collect();
        assert_eq!(found, [("finance-agent".to_owned(), at(9)), ("it-agent".to_owned(), at(5))]);
    })
    .await;
}

#[tokio::test]
async fn a_set_of_directives_can_be_read_again_as_it_was() {
    use workforce::directives::store as directives;
    on_both(async |store, _| {
        let files = |text: &str| [("approvals.md".to_owned(), text.to_owned())].into();
        let mut tx = store.begin().await.unwrap();
        directives::keep_set(&mut tx, "sha256:1", &files("$200"), at(1)).await.unwrap();
        directives::keep_set(&mut tx, "sha256:2", &files("$30"), at(2)).await.unwrap();
        directives::keep_set(&mut tx, "sha256:1", &files("$200"), at(3)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(directives::files_of(&store, "sha256:2").await.unwrap(), Some(files("$30")));
        assert_eq!(directives::files_of(&store, "sha256:9").await.unwrap(), None);
        assert_eq!(directives::loaded_at(&store, "sha256:1").await.unwrap(), Some(at(3)));
    })
    .await;
}

/// SQLite has one writer: what Slack waits for does not stand behind all that works.
#[tokio::test]
async fn what_slack_waits_for_passes_the_queue() {
    let database = Database::sqlite();
    let store = Store::open(&database.url).await.unwrap();
    let held = store.begin().await.unwrap();
    let others: Vec<_> = (0..3)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.begin().await.unwrap().commit().await.unwrap() })
        })
        .collect();
    // On this runtime's one thread every other writer now stands in the queue.
    tokio::task::yield_now().await;
    let mut first = Box::pin(store.begin_first());
    assert!((&mut first).now_or_never().is_none(), "the writer is taken");
    held.commit().await.unwrap();
    let passed = first.await.unwrap();
    assert!(others.iter().all(|other| !other.is_finished()), "somebody else was let in before");
    passed.commit().await.unwrap();
    for other in others {
        other.await.unwrap();
    }
    store.close().await;
}

/// A transaction that is dropped gives its turn back.
#[tokio::test]
async fn a_turn_ends_with_its_transaction_however_that_ends() {
    let database = Database::sqlite();
    let store = Store::open(&database.url).await.unwrap();
    drop(store.begin().await.unwrap());
    store.begin().await.unwrap().commit().await.unwrap();
    drop(store.begin_first().await.unwrap());
    store.begin().await.unwrap().commit().await.unwrap();
    store.close().await;
}
