//! A database as each version left it is carried on by every later migration, with what is in it.

use std::path::Path;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _, SqliteConnection};
use workforce::ids::{ApprovalId, TaskId};
use workforce::store::{Engine, Store};

use crate::database::Database;

/// The migrations of a folder in order: number, name and text of each.
fn migrations(folder: &str) -> Vec<(i64, String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(folder);
    let mut found: Vec<(i64, String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            let number = name.split_once('_').unwrap().0.parse().unwrap();
            (number, name, std::fs::read_to_string(path).unwrap())
        })
        .collect();
    found.sort();
    found
}

/// Brings a database to the first `count` of these migrations, as a version did that had no others.
async fn migrate(database: &Database, all: &[(i64, String, String)], count: usize) {
    let known = all.iter().take(count).map(|(number, name, sql)| {
        let sql = sqlx::SqlSafeStr::into_sql_str(AssertSqlSafe(sql.clone()));
        Migration::new(*number, name.clone().into(), MigrationType::Simple, sql, false)
    });
    let migrator = Migrator::with_migrations(known.collect());
    match database.engine {
        Engine::Sqlite => {
            migrator
                .run_direct(None, &mut SqliteConnection::connect(&created(&database.url)).await.unwrap(), false)
                .await
        }
        Engine::Postgres => {
            migrator.run_direct(None, &mut PgConnection::connect(&database.url).await.unwrap(), false).await
        }
    }
    .unwrap();
}

/// The address under which SQLite makes the file where there is none.
fn created(url: &str) -> String {
    if url.contains('?') { url.to_owned() } else { format!("{url}?mode=rwc") }
}

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
async fn what_each_version_wrote_is_carried_on() {
    let samples = migrations("sample");
    for database in Database::both().await {
        let folder = match database.engine {
            Engine::Sqlite => "sqlite",
            Engine::Postgres => "postgres",
        };
        let all = migrations(folder);
        for (at, (number, _, _)) in all.iter().enumerate() {
            migrate(&database, &all, at + 1).await;
            for (_, name, rows) in samples.iter().filter(|(of, _, _)| of == number) {
                database.meddle(rows).await.unwrap_or_else(|why| panic!("the sample {name}: {why}"));
            }
        }
        // Opening finds all migrations done, by the same digests.
        let store = Store::open(&database.url).await.unwrap();
        for (table, rows) in rows_by_table(&database).await {
            assert!(rows > 0, "no sample has anything in {table}");
        }
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
    }
}
