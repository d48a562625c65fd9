//! A database as each version left it is carried on by every later migration, with what is in it.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _, SqliteConnection};
use workforce::ids::{ApprovalId, TaskId};
use workforce::store::{Engine, Store};

use crate::database::{Database, on_both};

/// In the order of the migrations.
const SAMPLES: &[&str] = &[
    include_str!("../../../migrations/sample/0001_house.sql"),
    include_str!("../../../migrations/sample/0004_living.sql"),
];

/// Rows of every table of ours.
async fn rows_by_table(database: &Database) -> Vec<(String, i64)> {
    let mut found = Vec::new();
    match database.engine {
        Engine::Sqlite => {
            let mut connection = SqliteConnection::connect(&database.url).await.unwrap();
            let names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_sqlx_%' ORDER BY name";
            let names: Vec<String> = sqlx::query_scalar(names).fetch_all(&mut connection).await.unwrap();
            for name in names {
                let count = AssertSqlSafe(format!("SELECT COUNT(*) AS n FROM {name}"));
                found.push((name, sqlx::query(count).fetch_one(&mut connection).await.unwrap().get("n")));
            }
        }
        Engine::Postgres => {
            let mut connection = PgConnection::connect(&database.url).await.unwrap();
            let names = "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx\\_%' ORDER BY table_name";
            let names: Vec<String> = sqlx::query_scalar(names).fetch_all(&mut connection).await.unwrap();
            for name in names {
                let count = AssertSqlSafe(format!("SELECT COUNT(*) AS n FROM {name}"));
                found.push((name, sqlx::query(count).fetch_one(&mut connection).await.unwrap().get("n")));
            }
        }
    }
    found
}

#[tokio::test]
async fn what_the_first_version_wrote_is_carried_on() {
    on_both(async |store, database| {
        store.close().await;
        for sample in SAMPLES {
            database.meddle(sample).await.unwrap();
        }
        for (table, rows) in rows_by_table(database).await {
            assert!(rows > 0, "the sample has nothing in {table}");
        }
        // Opening migrates to the newest version.
        let store = Store::open(&database.url).await.unwrap();
        let task = workforce::tasks::store::find_task(&store, TaskId(1)).await.unwrap().expect("the task");
        assert_eq!(task.text, "please refund ORD-1042, $450, it arrived broken");
        for (chain, seq, hash) in workforce::ledger::store::heads(&store).await.unwrap() {
            let facts = workforce::ledger::store::facts_of_chain(&store, &chain).await.unwrap();
            let verified = workforce::ledger::verify(&facts, Some((seq, &hash)));
            assert!(verified.is_ok(), "{chain}: {verified:?}");
            assert!(!facts.is_empty(), "{chain}");
        }
        let card = workforce::gate::store::find_card(&store, ApprovalId(1)).await.unwrap().expect("the approval");
        assert_eq!(card.approval.votes.len(), 1);
        store.close().await;
    })
    .await;
}
