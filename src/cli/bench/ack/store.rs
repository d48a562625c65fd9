//! Where the measured rows are kept: a database for each measurement, removed afterwards, and the floor's one table.

use std::path::Path;

use anyhow::Context as _;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqliteConnection};
use tempfile::TempDir;

use crate::args;
use crate::inbox::Arrival;
use crate::store::{Stmt, Store, StoreError, json};

const CREATE: Stmt = both("FLOOR_CREATE", "CREATE TABLE floor (body TEXT NOT NULL)", 0);
const PUT: Stmt = both("FLOOR_PUT", "INSERT INTO floor (body) VALUES ($1)", 1);

const fn both(name: &'static str, sql: &'static str, params: usize) -> Stmt {
    Stmt { name, sqlite: sql, postgres: sql, params, columns: &[] }
}

/// Makes databases that nobody uses, and takes them away again.
pub struct Databases {
    place: Place,
    made: u32,
}

enum Place {
    Folder(TempDir),
    Server { url: String },
}

impl Databases {
    /// `None`: SQLite files in a temporary folder below the working directory. `sqlite:FILE`: the same beside FILE.
    /// `postgres://…`: schemas of this database.
    pub fn at(url: Option<&str>) -> anyhow::Result<Self> {
        let place = match url {
            None => Place::Folder(folder(Path::new("."))?),
            Some(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                Place::Server { url: url.to_owned() }
            }
            Some(url) => {
                let file = url.strip_prefix("sqlite:").context("write sqlite:FILE or postgres://USER@HOST/NAME")?;
                let parent = Path::new(file.trim_start_matches("//")).parent().filter(|p| !p.as_os_str().is_empty());
                Place::Folder(folder(parent.unwrap_or(Path::new(".")))?)
            }
        };
        Ok(Self { place, made: 0 })
    }

    /// The address of one more database, empty.
    pub async fn make(&mut self) -> anyhow::Result<String> {
        self.made += 1;
        let made = self.made;
        match &self.place {
            Place::Folder(folder) => Ok(format!("sqlite:{}", folder.path().join(format!("{made}.db")).display())),
            Place::Server { url } => {
                let name = schema(made);
                self.on_server(&format!("CREATE SCHEMA {name}")).await?;
                let joint = if url.contains('?') { '&' } else { '?' };
                Ok(format!("{url}{joint}options[search_path]={name}"))
            }
        }
    }

    /// Removes the schemas; the folder goes by itself.
    pub async fn remove(&self) -> anyhow::Result<()> {
        for made in 1..=self.made {
            self.on_server(&format!("DROP SCHEMA {} CASCADE", schema(made))).await?;
        }
        Ok(())
    }

    /// Name and version of the engine.
    pub async fn engine(&self) -> anyhow::Result<String> {
        match &self.place {
            Place::Folder(_) => {
                let mut connection = SqliteConnection::connect("sqlite::memory:").await?;
                let version: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(&mut connection).await?;
                Ok(format!("SQLite {version}, WAL, synchronous=FULL"))
            }
            Place::Server { url } => {
                let mut connection = PgConnection::connect(url).await.context("the database cannot be reached")?;
                let version: String = sqlx::query_scalar("SHOW server_version").fetch_one(&mut connection).await?;
                Ok(format!("PostgreSQL {version}"))
            }
        }
    }

    async fn on_server(&self, sql: &str) -> anyhow::Result<()> {
        let Place::Server { url } = &self.place else { return Ok(()) };
        let mut connection = PgConnection::connect(url).await.context("the database cannot be reached")?;
        connection
            .execute(AssertSqlSafe(sql.to_owned()))
            .await
            .context("the benchmark needs a right to make schemas")?;
        Ok(())
    }
}

fn folder(parent: &Path) -> anyhow::Result<TempDir> {
    let made = tempfile::Builder::new().prefix("workforce-bench-").tempdir_in(parent);
    made.with_context(|| format!("no folder for the databases can be made in {}", parent.display()))
}

/// Two benchmarks on one server must not meet.
fn schema(made: u32) -> String {
    format!("workforce_bench_{}_{made}", std::process::id())
}

/// Makes the floor's table.
pub async fn create_floor(store: &Store) -> Result<(), StoreError> {
    let mut tx = store.begin().await?;
    tx.run(&CREATE, args![]).await?;
    tx.commit().await
}

/// The least that a durable intake can do: the bytes of the group, in one row, in one transaction.
pub async fn put_floor(store: &Store, arrivals: &[Arrival]) -> Result<(), StoreError> {
    let mut tx = store.begin_first().await?;
    tx.run(&PUT, args![json(&arrivals)]).await?;
    tx.commit().await
}
