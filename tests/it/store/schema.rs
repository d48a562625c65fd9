//! The two folders of migrations make the same tables, columns and indexes.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _, SqliteConnection};
use workforce::store::Store;

use crate::database::Database;

/// Table → columns in order: name, type in SQLite's words, whether it may be absent.
type Tables = BTreeMap<String, Vec<(String, String, bool)>>;

async fn tables_of_sqlite(url: &str) -> Tables {
    let mut connection = SqliteConnection::connect(url).await.unwrap();
    let names: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_sqlx_%'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    let mut tables = Tables::new();
    for table in names {
        let sql = format!(
            "SELECT name, type, \"notnull\" = 0 AND pk = 0 AS absent FROM pragma_table_info('{table}') ORDER BY cid"
        );
        let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut connection).await.unwrap();
        let columns =
            rows.iter().map(|row| (row.get("name"), row.get("type"), row.get::<i64, _>("absent") == 1)).collect();
        tables.insert(table, columns);
    }
    tables
}

async fn tables_of_postgres(url: &str) -> Tables {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let rows = sqlx::query(
        "SELECT table_name::text AS t, column_name::text AS name, data_type::text AS type, is_nullable = 'YES' AS absent \
         FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx\\_%' \
         ORDER BY table_name, ordinal_position",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    let mut tables = Tables::new();
    for row in rows {
        let ty: String = row.get("type");
        let ty = match ty.as_str() {
            "bigint" => "INTEGER".to_owned(),
            "text" => "TEXT".to_owned(),
            other => other.to_owned(),
        };
        tables.entry(row.get("t")).or_default().push((row.get("name"), ty, row.get("absent")));
    }
    tables
}

/// Indexes with a name of ours: name → whether it is unique and what it covers (its columns and condition, in SQL).
async fn indexes_of_sqlite(url: &str) -> BTreeMap<String, bool> {
    let mut connection = SqliteConnection::connect(url).await.unwrap();
    let rows = sqlx::query("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    rows.iter().map(|row| (row.get("name"), row.get::<String, _>("sql").contains("UNIQUE"))).collect()
}

async fn indexes_of_postgres(url: &str) -> BTreeMap<String, bool> {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let rows = sqlx::query(
        "SELECT c.relname::text AS name, i.indisunique AS uniq FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid \
         JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_constraint k ON k.conindid = i.indexrelid \
         WHERE n.nspname = 'public' AND k.oid IS NULL",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    rows.iter().map(|row| (row.get("name"), row.get("uniq"))).collect()
}

#[tokio::test]
async fn both_engines_have_the_same_tables_and_indexes() {
    let Some(postgres) = Database::postgres().await else { return };
    let sqlite = Database::sqlite();
    for database in [&sqlite, &postgres] {
        Store::open(&database.url).await.unwrap().close().await;
    }
    let (lite, pg) = (tables_of_sqlite(&sqlite.url).await, tables_of_postgres(&postgres.url).await);
    assert_eq!(lite.keys().collect::<Vec<_>>(), pg.keys().collect::<Vec<_>>());
    for (table, columns) in &lite {
        assert_eq!(columns, &pg[table], "{table}");
    }
    assert!(lite.len() > 10, "the tables were not read: {lite:?}");
    assert_eq!(indexes_of_sqlite(&sqlite.url).await, indexes_of_postgres(&postgres.url).await);
}

#[tokio::test]
async fn opening_twice_changes_nothing_and_keeps_what_is_there() {
    crate::database::on_both(async |store, database| {
        let task = super::open_task(&store, "1.0", "keep me").await;
        let again = Store::open(&database.url).await.unwrap();
        let kept = workforce::tasks::store::find_task(&again, task).await.unwrap().unwrap();
        assert_eq!(kept.text, "keep me");
        again.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_refused() {
    crate::database::on_both(async |_, database| {
        let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'later', true, 'x', 0)";
        database.meddle(newer).await.unwrap();
        let error = Store::open(&database.url).await.err().expect("a newer database must be refused");
        assert!(error.to_string().contains("use the version that wrote it"), "{error}");
    })
    .await;
}
