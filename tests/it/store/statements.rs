//! Every statement of every room, prepared on both engines: tables, columns, syntax, parameters, result names and types.

use sqlx::{
    Column as _, Connection as _, Executor as _, PgConnection, SqlSafeStr as _, SqliteConnection, Statement as _,
    TypeInfo as _,
};
use workforce::store::{Engine, Stmt, Store};

use crate::architecture::project;
use crate::database::Database;

const TABLE: &[(&str, &[Stmt])] = &[
    ("assignments", workforce::assignments::store::STATEMENTS),
    ("backtest", workforce::backtest::store::STATEMENTS),
    ("budgets", workforce::budgets::store::STATEMENTS),
    ("catalogue", workforce::catalogue::store::STATEMENTS),
    ("directives", workforce::directives::store::STATEMENTS),
    ("directives", workforce::directives::changes::store::STATEMENTS),
    ("execution", workforce::execution::store::STATEMENTS),
    ("gate", workforce::gate::fatigue::store::STATEMENTS),
    ("gate", workforce::gate::grants::store::STATEMENTS),
    ("gate", workforce::gate::store::STATEMENTS),
    ("inbox", workforce::inbox::store::STATEMENTS),
    ("ledger", workforce::ledger::store::STATEMENTS),
    ("proposals", workforce::proposals::store::STATEMENTS),
    ("replies", workforce::replies::store::STATEMENTS),
    ("results", workforce::results::store::STATEMENTS),
    ("roster", workforce::roster::store::STATEMENTS),
    ("routing", workforce::routing::store::STATEMENTS),
    ("runs", workforce::runs::store::STATEMENTS),
    ("schedules", workforce::schedules::store::STATEMENTS),
    ("tasks", workforce::tasks::store::STATEMENTS),
    ("workflows", workforce::workflows::store::STATEMENTS),
];

/// What an engine makes of a statement: how many parameters, and the name and type of each column.
struct Prepared {
    params: usize,
    columns: Vec<(String, String)>,
}

async fn prepare(database: &Database, statement: &Stmt) -> Result<Prepared, sqlx::Error> {
    let sql = statement.on(database.engine).into_sql_str();
    Ok(match database.engine {
        Engine::Sqlite => {
            let mut connection = SqliteConnection::connect(&database.url).await?;
            let prepared = (&mut connection).prepare(sql).await?;
            let columns =
                prepared.columns().iter().map(|c| (c.name().to_owned(), c.type_info().name().to_owned())).collect();
            Prepared {
                params: prepared.parameters().map_or(0, |p| p.either(|types| types.len(), |count| count)),
                columns,
            }
        }
        Engine::Postgres => {
            let mut connection = PgConnection::connect(&database.url).await?;
            let prepared = (&mut connection).prepare(sql).await?;
            let columns =
                prepared.columns().iter().map(|c| (c.name().to_owned(), c.type_info().name().to_owned())).collect();
            Prepared {
                params: prepared.parameters().map_or(0, |p| p.either(|types| types.len(), |count| count)),
                columns,
            }
        }
    })
}

/// What is wrong with a statement on one engine; rows hold whole numbers of 64 bits and text, nothing else.
async fn faults(database: &Database, room: &str, statement: &Stmt) -> Vec<String> {
    let name = format!("{room}::{} on {:?}", statement.name, database.engine);
    let prepared = match prepare(database, statement).await {
        Ok(prepared) => prepared,
        Err(error) => return vec![format!("{name}: {error}")],
    };
    let mut faults = Vec::new();
    if prepared.params != statement.params {
        faults.push(format!("{name}: declares {} parameters and has {}", statement.params, prepared.params));
    }
    let names: Vec<&str> = prepared.columns.iter().map(|(name, _)| name.as_str()).collect();
    if names != statement.columns {
        faults.push(format!("{name}: declares {:?} and returns {names:?}", statement.columns));
    }
    // SQLite tells a type only for plain columns; NULL stands for an expression.
    let known = ["INTEGER", "TEXT", "NULL", "INT8"];
    faults.extend(
        prepared
            .columns
            .iter()
            .filter(|(_, ty)| !known.contains(&ty.as_str()))
            .map(|(c, ty)| format!("{name}: {c} is {ty}")),
    );
    faults
}

#[tokio::test]
async fn every_statement_is_prepared_on_both_engines() {
    for database in Database::both().await {
        Store::open(&database.url).await.unwrap().close().await;
        let mut found = Vec::new();
        for (room, statements) in TABLE {
            for statement in *statements {
                found.extend(faults(&database, room, statement).await);
            }
        }
        assert!(found.is_empty(), "{}", found.join("\n"));
    }
}

#[tokio::test]
async fn a_wrong_statement_is_found() {
    let statement =
        |sql: &'static str, params, columns| Stmt { name: "BAD", sqlite: sql, postgres: sql, params, columns };
    let bad = [
        statement("SELECT id FROM no_such_table", 0, &["id"][..]),
        statement("SELECT id FROM inbox WHERE id = $1", 0, &["id"]),
        statement("SELECT id FROM inbox", 0, &["key"]),
        statement("SELECT id, FROM inbox", 0, &["id"]),
    ];
    for database in Database::both().await {
        Store::open(&database.url).await.unwrap().close().await;
        for statement in &bad {
            assert_eq!(
                faults(&database, "test", statement).await.len(),
                1,
                "{:?}: {}",
                database.engine,
                statement.sqlite
            );
        }
    }
}

/// A room whose statements are in no table would never be checked.
#[test]
fn no_rooms_statements_are_left_out() {
    let declares = project().iter().filter(|source| source.production.contains("statements! {"));
    let rooms: Vec<&str> = declares.filter_map(|source| source.room()).filter(|room| *room != "store").collect();
    let listed: Vec<&str> = TABLE.iter().map(|(room, _)| *room).collect();
    assert_eq!(rooms, listed);
}
