//! The ledger: nothing in it changes, texts can be erased, and whoever tampers with it is found out.

use workforce::ids::TaskId;
use workforce::ledger::store as ledger;
use workforce::ledger::{Broken, Fact, FactKind, SYSTEM_CHAIN, verify};
use workforce::store::{Class, Engine, Store};

use super::{at, committed, conversation, payload};
use crate::database::{Database, on_both};

fn fact(of: &str, task: i64, text: &str) -> Fact {
    Fact::of_task(&conversation(of), TaskId(task), FactKind::TaskOpened, payload(text))
}

async fn append(store: &Store, facts: &[Fact]) {
    for (second, fact) in (0..).zip(facts) {
        committed(store, async |tx| ledger::append_fact(tx, fact, at(second)).await.unwrap()).await;
    }
}

/// Verifies one chain as it is in the database now.
async fn check(store: &Store, chain: &str) -> Result<(), Broken> {
    let entries = ledger::facts_of_chain(store, chain).await.unwrap();
    let heads = ledger::heads(store).await.unwrap();
    let head = heads.iter().find(|(name, _, _)| name == chain);
    verify(&entries, head.map(|(_, seq, hash)| (*seq, hash.as_str())))
}

async fn three_facts(store: &Store) -> String {
    append(store, &[fact("1.0", 1, "one"), fact("1.0", 1, "two"), fact("1.0", 2, "three")]).await;
    conversation("1.0").0
}

#[tokio::test]
async fn each_conversation_has_a_chain_that_verifies() {
    on_both(async |store, _| {
        let chain = three_facts(&store).await;
        append(&store, &[fact("2.0", 3, "other"), Fact::of_system(FactKind::Stopped, payload("all"))]).await;
        for chain in [chain.as_str(), SYSTEM_CHAIN, "unknown"] {
            assert_eq!(check(&store, chain).await, Ok(()), "{chain}");
        }
        let entries = ledger::facts_of_chain(&store, &chain).await.unwrap();
        assert_eq!(entries.iter().map(|e| e.seq).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(entries[2].payload, Some(payload("three")));
        let of_task = ledger::facts_of_task(&store, TaskId(1)).await.unwrap();
        assert_eq!(of_task.len(), 2);
        assert_eq!(ledger::heads(&store).await.unwrap().len(), 3);
    })
    .await;
}

#[tokio::test]
async fn erased_texts_leave_a_chain_that_verifies() {
    on_both(async |store, _| {
        let chain = three_facts(&store).await;
        assert_eq!(committed(&store, async |tx| ledger::erase_payloads(tx, TaskId(1)).await.unwrap()).await, 2);
        let entries = ledger::facts_of_chain(&store, &chain).await.unwrap();
        assert_eq!(entries.iter().map(|e| e.payload.is_some()).collect::<Vec<_>>(), [false, false, true]);
        assert_eq!(check(&store, &chain).await, Ok(()));
        append(&store, &[fact("1.0", 1, "after")]).await;
        assert_eq!(check(&store, &chain).await, Ok(()));
    })
    .await;
}

#[tokio::test]
async fn the_database_itself_refuses_to_change_or_delete_a_fact() {
    on_both(async |store, database| {
        let chain = three_facts(&store).await;
        for change in [
            "DELETE FROM ledger",
            "DELETE FROM ledger WHERE seq = 3",
            "UPDATE ledger SET payload = '{}' WHERE seq = 1",
            "UPDATE ledger SET kind = 'routed', payload = NULL WHERE seq = 1",
            "UPDATE ledger SET at_us = at_us + 1, payload = NULL",
            "UPDATE ledger SET task = NULL, payload = NULL WHERE seq = 1",
            "UPDATE ledger SET hash = 'x', payload = NULL WHERE seq = 1",
            "UPDATE ledger SET payload_digest = 'x', payload = NULL WHERE seq = 1",
            "UPDATE ledger SET chain = 'x', payload = NULL WHERE seq = 1",
            "UPDATE ledger SET seq = 9, payload = NULL WHERE seq = 1",
            "UPDATE ledger SET previous = 'x', payload = NULL WHERE seq = 1",
        ] {
            let error = database.meddle(change).await.expect_err(change);
            assert!(error.to_string().contains("append-only"), "{change}: {error}");
            assert_eq!(workforce::store::StoreError::of("MEDDLE", error).class, Class::Constraint, "{change}");
        }
        assert_eq!(check(&store, &chain).await, Ok(()));
        assert_eq!(ledger::facts_of_chain(&store, &chain).await.unwrap().len(), 3);
    })
    .await;
}

/// As the database's owner can: without the triggers.
async fn tamper(database: &Database, sql: &str) {
    let off = match database.engine {
        Engine::Sqlite => "DROP TRIGGER IF EXISTS ledger_no_delete; DROP TRIGGER IF EXISTS ledger_no_update;",
        Engine::Postgres => "ALTER TABLE ledger DISABLE TRIGGER ALL;",
    };
    database.meddle(&format!("{off} {sql}")).await.unwrap();
}

#[tokio::test]
async fn whatever_is_tampered_with_is_found() {
    let cases: &[(&str, Broken)] = &[
        (r#"UPDATE ledger SET payload = '{"amount_cents":1,"text":"two"}' WHERE seq = 2"#, Broken::Changed { seq: 2 }),
        ("UPDATE ledger SET at_us = at_us + 1 WHERE seq = 2", Broken::Changed { seq: 2 }),
        ("UPDATE ledger SET kind = 'routed' WHERE seq = 1", Broken::Changed { seq: 1 }),
        ("UPDATE ledger SET task = 7 WHERE seq = 3", Broken::Changed { seq: 3 }),
        ("UPDATE ledger SET hash = previous WHERE seq = 3", Broken::Changed { seq: 3 }),
        ("DELETE FROM ledger WHERE seq = 2", Broken::Gap { seq: 2 }),
        ("DELETE FROM ledger WHERE seq = 1", Broken::Gap { seq: 1 }),
        ("DELETE FROM ledger WHERE seq = 3", Broken::Cut { found: 2, head: 3 }),
        ("DELETE FROM ledger", Broken::Cut { found: 0, head: 3 }),
        ("DELETE FROM ledger WHERE seq = 3; UPDATE ledger_heads SET seq = 2", Broken::Cut { found: 2, head: 2 }),
        ("DELETE FROM ledger_heads", Broken::Cut { found: 3, head: 0 }),
        (
            "UPDATE ledger SET seq = 9 WHERE seq = 2; UPDATE ledger SET seq = 2 WHERE seq = 3; UPDATE ledger SET seq = 3 WHERE seq = 9",
            Broken::Changed { seq: 2 },
        ),
    ];
    for (sql, expected) in cases {
        on_both(async |store, database| {
            let chain = three_facts(&store).await;
            tamper(database, sql).await;
            assert_eq!(check(&store, &chain).await.as_ref(), Err(expected), "{sql}");
        })
        .await;
    }
}

#[tokio::test]
async fn a_fact_that_is_rolled_back_never_was() {
    on_both(async |store, _| {
        let chain = three_facts(&store).await;
        let mut tx = store.begin().await.unwrap();
        ledger::append_fact(&mut tx, &fact("1.0", 1, "never"), at(9)).await.unwrap();
        drop(tx);
        append(&store, &[fact("1.0", 1, "four")]).await;
        assert_eq!(check(&store, &chain).await, Ok(()));
        assert_eq!(ledger::facts_of_chain(&store, &chain).await.unwrap().len(), 4);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_at_once_still_make_one_chain() {
    on_both(async |store, _| {
        let writers: Vec<_> = (0..8)
            .map(|n| {
                let store = store.clone();
                tokio::spawn(async move { append(&store, &vec![fact("1.0", n, "at once"); 5]).await })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
        let chain = conversation("1.0").0;
        assert_eq!(ledger::facts_of_chain(&store, &chain).await.unwrap().len(), 40);
        assert_eq!(check(&store, &chain).await, Ok(()));
    })
    .await;
}
