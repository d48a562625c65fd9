//! What starts by the clock, in a company that works: once, however often the bot was away; to whoever is there.

use workforce::clock::Span;
use workforce::ids::{InboxId, TaskId};
use workforce::inbox::store as inbox;
use workforce::ledger::{self, store as facts};
use workforce::schedules::store as marks;
use workforce::tasks::store as tasks;

use crate::database::on_both;
use crate::office::Office;

const WEEKLY: &str = "Every Monday at 8:30, remind @noor to go through the open tickets.";

/// The schedules with this sentence in the place of the weekly one.
fn with(sentence: &str) -> [(&'static str, &'static str, &str); 1] {
    [("schedules.md", WEEKLY, sentence)]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_missed_while_the_bot_was_away_is_told_once() {
    let mut office = Office::open(&with("Every day at 9:00, remind @noor to go through the open tickets.")).await;
    assert_eq!(office.told("noor", "open tickets"), 0, "what is new has missed nothing");
    office.go_home().await;
    // From Wednesday, 10:00, to the Wednesday after, 12:00.
    office.turn(Span::hours(7 * 24 + 2));
    office.come_in().await;
    assert_eq!(office.told("noor", "*Reminder:*"), 1, "{}", office.direct("noor"));
    office.after(Span::hours(1)).await;
    office.go_home().await;
    office.come_in().await;
    assert_eq!(office.told("noor", "*Reminder:*"), 1, "a new start repeats nothing");
    office.after(Span::days(1)).await;
    assert_eq!(office.told("noor", "*Reminder:*"), 2);
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reminders_of_a_weekend_are_one_on_monday() {
    let office = Office::open(&with("Every day at 7:00, remind @noor to go through the open tickets.")).await;
    // Thursday and Friday at 8:00, when Noor's day begins; then Saturday, Sunday and Monday are told on Monday.
    for _ in 0..24 * 5 {
        office.after(Span::hours(1)).await;
    }
    assert_eq!(office.told("noor", "*Reminder:*"), 3, "{}", office.direct("noor"));
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_review_that_stays_due_is_one_message_and_recording_takes_it_off() {
    let office = Office::open(&[("roles/finance-operations.md", "reviewed: 2026-08-12", "reviewed: 2026-06-11")]).await;
    for _ in 0..5 {
        office.after(Span::days(1)).await;
    }
    let told = office.direct("dana");
    assert_eq!(told.matches("1 review due").count(), 1, "{told}");
    assert!(told.contains("95 days") && !told.contains("91 days"), "edited in place: {told}");
    let channel = office.sandbox.dm_channel("dana").unwrap();
    let shown = office.sandbox.shown(&channel).unwrap();
    let list = shown.iter().find(|message| message.text.contains("review due")).unwrap();
    office.sandbox.clicks("dana", &channel, &list.ts, "Record review").unwrap();
    office.rest().await;
    office.sandbox.submits("dana", &[]).unwrap();
    office.rest().await;
    assert!(office.direct("dana").contains("No review waits for you"), "{}", office.direct("dana"));
    office.after(Span::days(1)).await;
    assert_eq!(office.told("dana", "review due"), 0);
    // Three months later it is due again, and that is a message of its own.
    office.after(Span::days(92)).await;
    assert!(office.told("dana", "review due") + office.told("dana", "reviews due") == 1, "{}", office.direct("dana"));
    assert_eq!(office.told("dana", "No review waits for you"), 1);
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn texts_that_were_kept_long_enough_are_gone_and_the_ledger_verifies() {
    let office = Office::open(&[]).await;
    office.sandbox.says("ana", "support", "@workforce where is order ORD-1042?").unwrap();
    office.rest().await;
    let store = &office.service().app.store;
    let task = tasks::find_task(store, TaskId(1)).await.unwrap().unwrap();
    assert!(task.state.has_ended() && task.text.contains("ORD-1042"));
    office.after(Span::days(89)).await;
    assert!(tasks::find_task(store, TaskId(1)).await.unwrap().unwrap().text.contains("ORD-1042"), "not yet");
    office.after(Span::days(3)).await;
    assert_eq!(tasks::find_task(store, TaskId(1)).await.unwrap().unwrap().text, "");
    let mut tx = store.begin().await.unwrap();
    assert_eq!(inbox::arrival(&mut tx, InboxId(1)).await.unwrap(), None);
    drop(tx);
    assert!(facts::facts_of_task(store, TaskId(1)).await.unwrap().iter().all(|fact| fact.payload.is_none()));
    for (chain, seq, hash) in facts::heads(store).await.unwrap() {
        let entries = facts::facts_of_chain(store, &chain).await.unwrap();
        assert_eq!(ledger::verify(&entries, Some((seq, &hash))), Ok(()), "{chain}");
    }
    office.end().await;
}

#[tokio::test]
async fn of_two_replicas_one_moves_the_mark() {
    use workforce::clock::Timestamp;
    on_both(async |store, _| {
        let moved = async |from: i64, to: i64| {
            let mut tx = store.begin().await.unwrap();
            let won = marks::move_mark(&mut tx, "say:1", Timestamp(from), Timestamp(to)).await.unwrap();
            tx.commit().await.unwrap();
            won
        };
        let mut tx = store.begin().await.unwrap();
        assert!(marks::set_mark(&mut tx, "say:1", Timestamp(1)).await.unwrap());
        assert!(!marks::set_mark(&mut tx, "say:1", Timestamp(2)).await.unwrap(), "it is there");
        tx.commit().await.unwrap();
        assert!(moved(1, 5).await && !moved(1, 5).await, "the second read it before the first moved it");
        assert_eq!(marks::marks(&store).await.unwrap()["say:1"], Timestamp(5));
        let mut tx = store.begin().await.unwrap();
        assert!(marks::remove_mark(&mut tx, "say:1").await.unwrap());
        assert!(!marks::remove_mark(&mut tx, "say:1").await.unwrap());
    })
    .await;
}
