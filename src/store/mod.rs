//! The database: pools, transactions, and the only place that knows how the two engines differ.
//!
//! SQLite has one writer connection (`BEGIN IMMEDIATE`, WAL, `synchronous=FULL`) and a pool of readers; PostgreSQL has one
//! pool. A [`Tx`] crosses rooms, so that a state change, the work that follows and its ledger fact commit together.
//!
//! On SQLite whoever writes takes turns; what Slack waits for passes the queue ([`Store::begin_first`]).

mod error;
mod migrate;
mod row;
mod statement;

use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{PgPool, Postgres, Sqlite, SqlitePool, Transaction};
use tokio::sync::{Mutex, OwnedMutexGuard};

pub use error::{Class, StoreError};
pub use migrate::MigrateError;
pub use row::{Arg, Row, json, word};
pub use statement::{Engine, Stmt};

use crate::clock::{Clock, Timestamp};

/// How long a writer waits for the one before it.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
const READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 12;
/// Below this, SQLite can corrupt a WAL database when two connections write and checkpoint at once (sqlite.org/wal.html).
const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);

/// A handle to the database; clones share its pools.
#[derive(Clone)]
pub struct Store(Pools);

#[derive(Clone)]
enum Pools {
    Sqlite { writer: SqlitePool, readers: SqlitePool, turn: Turn },
    Postgres(PgPool),
}

/// Held by the one ordinary transaction that has the writer or is next to get it; the others queue for it here, where
/// [`Store::begin_first`] passes them.
type Turn = Arc<Mutex<()>>;

/// The database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("“{0}” is no database address; write sqlite:FILE or postgres://USER@HOST/NAME")]
    Address(String),
    #[error("the database cannot be opened; check DATABASE_URL and the rights on the file or role")]
    Connect(#[source] sqlx::Error),
    #[error("SQLite {0} can corrupt its log when two connections write at once; build with 3.51.3 or newer")]
    OldSqlite(String),
    #[error("PostgreSQL runs with synchronous_commit = {0}; an acknowledged trigger could be lost: set it to on")]
    Asynchronous(String),
    #[error(transparent)]
    Migrate(#[from] MigrateError),
}

impl Store {
    /// Opens the database and brings its tables up to date.
    pub async fn open(url: &str) -> Result<Self, OpenError> {
        let store = if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            Self::open_postgres(url).await?
        } else if url.starts_with("sqlite:") {
            Self::open_sqlite(url).await?
        } else {
            return Err(OpenError::Address(redact(url)));
        };
        store.migrate().await?;
        Ok(store)
    }

    async fn open_sqlite(url: &str) -> Result<Self, OpenError> {
        let options = SqliteConnectOptions::from_str(url)
            .map_err(OpenError::Connect)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT);
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(BUSY_TIMEOUT)
            .connect_with(options.clone())
            .await
            .map_err(OpenError::Connect)?;
        let version: String =
            sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&writer).await.map_err(OpenError::Connect)?;
        if parse_version(&version) < Some(OLDEST_SQLITE) {
            return Err(OpenError::OldSqlite(version));
        }
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .acquire_timeout(BUSY_TIMEOUT)
            .connect_lazy_with(options.read_only(true));
        Ok(Self(Pools::Sqlite { writer, readers, turn: Turn::default() }))
    }

    async fn open_postgres(url: &str) -> Result<Self, OpenError> {
        let options = PgConnectOptions::from_str(url).map_err(OpenError::Connect)?.application_name("workforce");
        let pool = PgPoolOptions::new()
            .max_connections(POSTGRES_CONNECTIONS)
            .acquire_timeout(BUSY_TIMEOUT)
            .connect_with(options)
            .await
            .map_err(OpenError::Connect)?;
        let commit: String =
            sqlx::query_scalar("SHOW synchronous_commit").fetch_one(&pool).await.map_err(OpenError::Connect)?;
        if commit == "off" {
            return Err(OpenError::Asynchronous(commit));
        }
        Ok(Self(Pools::Postgres(pool)))
    }

    pub fn engine(&self) -> Engine {
        match &self.0 {
            Pools::Sqlite { .. } => Engine::Sqlite,
            Pools::Postgres(_) => Engine::Postgres,
        }
    }

    /// Starts a transaction that may write. Dropping it rolls back.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        match &self.0 {
            Pools::Sqlite { writer, turn, .. } => {
                let turn = tokio::time::timeout(BUSY_TIMEOUT, turn.clone().lock_owned()).await;
                let turn = turn.map_err(|_| StoreError::of("BEGIN", sqlx::Error::PoolTimedOut))?;
                begin_sqlite(writer, Some(turn)).await
            }
            Pools::Postgres(pool) => begin_postgres(pool).await,
        }
    }

    /// The same for what Slack waits for: it goes next, after whoever has the writer now. For short transactions of one
    /// caller at a time, since ordinary ones then get every other turn at least.
    pub async fn begin_first(&self) -> Result<Tx, StoreError> {
        match &self.0 {
            Pools::Sqlite { writer, .. } => begin_sqlite(writer, None).await,
            Pools::Postgres(pool) => begin_postgres(pool).await,
        }
    }

    /// Rows of a read-only statement, outside any transaction of ours.
    pub async fn rows(&self, statement: &Stmt, args: Vec<Arg>) -> Result<Vec<Row>, StoreError> {
        match &self.0 {
            Pools::Sqlite { readers, .. } => fetch_sqlite(readers, statement, args).await,
            Pools::Postgres(pool) => fetch_postgres(pool, statement, args).await,
        }
    }

    /// The first row of a read-only statement, if there is one.
    pub async fn row(&self, statement: &Stmt, args: Vec<Arg>) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(statement, args).await?.into_iter().next())
    }

    /// The database's clock; the shell measures its offset once at start and at intervals.
    pub async fn clock(&self) -> Result<Timestamp, StoreError> {
        match &self.0 {
            // SQLite runs inside this process: its clock is ours.
            Pools::Sqlite { .. } => Ok(Clock::system().now()),
            Pools::Postgres(pool) => {
                sqlx::query_scalar("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)")
                    .fetch_one(pool)
                    .await
                    .map(Timestamp)
                    .map_err(|e| StoreError::of("CLOCK", e))
            }
        }
    }

    pub async fn close(&self) {
        match &self.0 {
            Pools::Sqlite { writer, readers, .. } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

/// A transaction on either engine.
pub enum Tx {
    /// The turn ends after the transaction, however that ends: fields are dropped in their order.
    Sqlite(Transaction<'static, Sqlite>, Option<OwnedMutexGuard<()>>),
    Postgres(Transaction<'static, Postgres>),
}

impl Tx {
    pub async fn rows(&mut self, statement: &Stmt, args: Vec<Arg>) -> Result<Vec<Row>, StoreError> {
        match self {
            Self::Sqlite(tx, _) => fetch_sqlite(&mut **tx, statement, args).await,
            Self::Postgres(tx) => fetch_postgres(&mut **tx, statement, args).await,
        }
    }

    pub async fn row(&mut self, statement: &Stmt, args: Vec<Arg>) -> Result<Option<Row>, StoreError> {
        Ok(self.rows(statement, args).await?.into_iter().next())
    }

    /// Runs a statement that returns nothing; the number of rows that it touched.
    pub async fn run(&mut self, statement: &Stmt, args: Vec<Arg>) -> Result<u64, StoreError> {
        debug_assert_eq!(args.len(), statement.params, "{}", statement.name);
        match self {
            Self::Sqlite(tx, _) => {
                bind!(sqlx::query(statement.sqlite), args).execute(&mut **tx).await.map(|done| done.rows_affected())
            }
            Self::Postgres(tx) => {
                bind!(sqlx::query(statement.postgres), args).execute(&mut **tx).await.map(|done| done.rows_affected())
            }
        }
        .map_err(|e| StoreError::of(statement.name, e))
    }

    pub async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx, _turn) => tx.commit().await,
            Self::Postgres(tx) => tx.commit().await,
        }
        .map_err(|e| StoreError::of("COMMIT", e))
    }
}

macro_rules! bind {
    ($query:expr, $args:expr) => {{
        let mut query = $query;
        for arg in $args {
            query = match arg {
                Arg::Int(value) => query.bind(value),
                Arg::Text(value) => query.bind(value),
            };
        }
        query
    }};
}
use bind;

async fn begin_sqlite(writer: &SqlitePool, turn: Option<OwnedMutexGuard<()>>) -> Result<Tx, StoreError> {
    let begun = writer.begin_with("BEGIN IMMEDIATE").await.map_err(|e| StoreError::of("BEGIN", e))?;
    Ok(Tx::Sqlite(begun, turn))
}

async fn begin_postgres(pool: &PgPool) -> Result<Tx, StoreError> {
    pool.begin().await.map(Tx::Postgres).map_err(|e| StoreError::of("BEGIN", e))
}

async fn fetch_sqlite<'e>(
    on: impl sqlx::Executor<'e, Database = Sqlite>,
    statement: &Stmt,
    args: Vec<Arg>,
) -> Result<Vec<Row>, StoreError> {
    debug_assert_eq!(args.len(), statement.params, "{}", statement.name);
    let rows = bind!(sqlx::query(statement.sqlite), args).fetch_all(on).await;
    let rows = rows.map_err(|e| StoreError::of(statement.name, e))?;
    Ok(rows.into_iter().map(|r| Row { statement: statement.name, inner: row::Inner::Sqlite(r) }).collect())
}

async fn fetch_postgres<'e>(
    on: impl sqlx::Executor<'e, Database = Postgres>,
    statement: &Stmt,
    args: Vec<Arg>,
) -> Result<Vec<Row>, StoreError> {
    debug_assert_eq!(args.len(), statement.params, "{}", statement.name);
    let rows = bind!(sqlx::query(statement.postgres), args).fetch_all(on).await;
    let rows = rows.map_err(|e| StoreError::of(statement.name, e))?;
    Ok(rows.into_iter().map(|r| Row { statement: statement.name, inner: row::Inner::Postgres(r) }).collect())
}

fn parse_version(text: &str) -> Option<(u32, u32, u32)> {
    let mut parts = text.split('.').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next()??, parts.next()??))
}

/// The address without what may be a password.
fn redact(url: &str) -> String {
    url.split_once("://").map_or_else(|| url.chars().take(12).collect(), |(scheme, _)| format!("{scheme}://…"))
}
