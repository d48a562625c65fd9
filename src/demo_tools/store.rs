//! The file that all demo servers share: the tables of each, and `effects`, which is what tests count.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Sqlite, Transaction};

use super::{Fault, Name};

/// How long a server waits for another one's transaction.
const BUSY_LIMIT: Duration = Duration::from_secs(10);
/// How often opening is tried again while servers that start together switch the new file to WAL.
const OPEN_ATTEMPTS: u32 = 40;
const OPEN_PAUSE: Duration = Duration::from_millis(50);

const SHARED_TABLES: &str = "
CREATE TABLE IF NOT EXISTS effects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    server TEXT NOT NULL,
    tool TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    arguments TEXT NOT NULL,
    result TEXT NOT NULL,
    at INTEGER NOT NULL,
    UNIQUE (server, tool, idempotency_key)
) STRICT;
CREATE TABLE IF NOT EXISTS demo_faults (fault TEXT PRIMARY KEY, fired INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS demo_seeds (server TEXT PRIMARY KEY) STRICT;
";

/// One thing that a demo tool did to its world.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EffectRow {
    pub seq: i64,
    pub server: String,
    /// The name after the dot.
    pub tool: String,
    pub idempotency_key: String,
    /// Canonical JSON, as it was called.
    pub arguments: String,
    /// Canonical JSON, as it was answered.
    pub result: String,
    /// Microseconds since 1970.
    pub at: i64,
}

/// The open file.
#[derive(Debug, Clone)]
pub struct Store {
    pool: SqlitePool,
}

impl Store {
    /// Opens the file, makes it if need be, and gives `server` its tables and seeds.
    pub async fn open(path: &Path, server: Name) -> Result<Self, sqlx::Error> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .busy_timeout(BUSY_LIMIT)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full);
        let mut attempt = 1;
        let pool = loop {
            match SqlitePoolOptions::new().max_connections(4).connect_with(options.clone()).await {
                Ok(pool) => break pool,
                // The switch to WAL does not honour the busy time-out (SQLite, "Write-Ahead Logging", section 2.2).
                Err(error) if is_busy(&error) && attempt < OPEN_ATTEMPTS => {
                    attempt += 1;
                    tokio::time::sleep(OPEN_PAUSE).await;
                }
                Err(error) => return Err(error),
            }
        };
        let store = Self { pool };
        let mut tx = store.begin().await?;
        sqlx::raw_sql(SHARED_TABLES).execute(&mut *tx).await?;
        let first = sqlx::query("INSERT INTO demo_seeds (server) VALUES ($1) ON CONFLICT DO NOTHING")
            .bind(server.as_str())
            .execute(&mut *tx)
            .await?;
        if first.rows_affected() == 1 {
            server.prepare(&mut tx).await?;
        }
        tx.commit().await?;
        Ok(store)
    }

    /// A transaction that holds the write lock from its start, so that two servers cannot dead-lock on an upgrade.
    pub async fn begin(&self) -> Result<Transaction<'static, Sqlite>, sqlx::Error> {
        self.pool.begin_with("BEGIN IMMEDIATE").await
    }

    /// A transaction that reads.
    pub async fn begin_read(&self) -> Result<Transaction<'static, Sqlite>, sqlx::Error> {
        self.pool.begin().await
    }

    /// Whether `fault` hits the present call; counted in the file, since some faults end the process.
    pub async fn fault_fires(&self, fault: &Fault) -> Result<bool, sqlx::Error> {
        let Some(times) = fault.times else { return Ok(true) };
        let name = format!("{}:{:?}", fault.tool, fault.mode);
        let fired: i64 = sqlx::query_scalar(
            "INSERT INTO demo_faults (fault, fired) VALUES ($1, 1)
             ON CONFLICT (fault) DO UPDATE SET fired = fired + 1 RETURNING fired",
        )
        .bind(name)
        .fetch_one(&self.pool)
        .await?;
        Ok(fired <= i64::from(times))
    }
}

/// What an earlier call with this key was asked and what it answered, both as canonical JSON.
pub async fn earlier_effect(
    tx: &mut Transaction<'_, Sqlite>,
    server: Name,
    tool: &str,
    key: &str,
) -> Result<Option<(String, String)>, sqlx::Error> {
    sqlx::query_as("SELECT arguments, result FROM effects WHERE server = $1 AND tool = $2 AND idempotency_key = $3")
        .bind(server.as_str())
        .bind(tool)
        .bind(key)
        .fetch_optional(&mut **tx)
        .await
}

/// Writes down what was done, in the transaction that did it.
pub async fn record_effect(
    tx: &mut Transaction<'_, Sqlite>,
    server: Name,
    effect: &NewEffect<'_>,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO effects (server, tool, idempotency_key, arguments, result, at) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(server.as_str())
    .bind(effect.tool)
    .bind(effect.idempotency_key)
    .bind(effect.arguments)
    .bind(effect.result)
    .bind(effect.at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// An effect that is about to be written down.
pub struct NewEffect<'a> {
    pub tool: &'a str,
    pub idempotency_key: &'a str,
    pub arguments: &'a str,
    pub result: &'a str,
    pub at: i64,
}

/// Everything that was done in the file at `path`, oldest first; nothing, if no server has opened it yet.
pub async fn effects(path: &Path) -> Result<Vec<EffectRow>, sqlx::Error> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let options = SqliteConnectOptions::new().filename(path).busy_timeout(BUSY_LIMIT);
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
    let there: i64 =
        sqlx::query_scalar("SELECT count(*) FROM sqlite_master WHERE name = 'effects'").fetch_one(&pool).await?;
    let rows: Vec<(i64, String, String, String, String, String, i64)> = match there {
        0 => Vec::new(),
        _ => {
            sqlx::query_as("SELECT seq, server, tool, idempotency_key, arguments, result, at FROM effects ORDER BY seq")
                .fetch_all(&pool)
                .await?
        }
    };
    pool.close().await;
    Ok(rows.into_iter().map(EffectRow::from).collect())
}

impl From<(i64, String, String, String, String, String, i64)> for EffectRow {
    fn from(row: (i64, String, String, String, String, String, i64)) -> Self {
        let (seq, server, tool, idempotency_key, arguments, result, at) = row;
        Self { seq, server, tool, idempotency_key, arguments, result, at }
    }
}

fn is_busy(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|e| e.message().contains("locked") || e.message().contains("busy"))
}
