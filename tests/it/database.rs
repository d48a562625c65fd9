//! Databases for the tests: every store test runs on both engines, each in a database of its own.
//!
//! SQLite is a file in a temporary folder. PostgreSQL is a throw-away cluster, one for this process, that lives behind a
//! socket in a temporary folder and ends with the process: a shell waits on a pipe that only this process holds.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection, SqliteConnection};
use workforce::store::{Engine, Store};

/// One database, empty until a [`Store`] opens it.
pub struct Database {
    pub url: String,
    pub engine: Engine,
    /// Holds the SQLite file until the test ends.
    _folder: Option<tempfile::TempDir>,
}

impl Database {
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("test.db").display());
        Self { url, engine: Engine::Sqlite, _folder: Some(folder) }
    }

    /// A fresh database of the throw-away cluster; nothing where PostgreSQL is not installed.
    pub async fn postgres() -> Option<Self> {
        static NUMBER: AtomicU64 = AtomicU64::new(1);
        let cluster = cluster()?;
        let name = format!("test_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let mut admin = PgConnection::connect(&cluster.url("postgres")).await.unwrap();
        admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
        admin.close().await.unwrap();
        Some(Self { url: cluster.url(&name), engine: Engine::Postgres, _folder: None })
    }

    /// One of each engine that is here.
    pub async fn both() -> Vec<Self> {
        let mut found = vec![Self::sqlite()];
        found.extend(Self::postgres().await);
        found
    }

    /// Runs statements as an outsider with full rights would, past everything that the product allows itself.
    pub async fn meddle(&self, sql: &str) -> Result<(), sqlx::Error> {
        let sql = AssertSqlSafe(sql.to_owned());
        match self.engine {
            Engine::Sqlite => SqliteConnection::connect(&self.url).await?.execute(sqlx::raw_sql(sql)).await.map(|_| ()),
            Engine::Postgres => PgConnection::connect(&self.url).await?.execute(sqlx::raw_sql(sql)).await.map(|_| ()),
        }
    }
}

/// Runs a test on both engines; the second argument is the database behind the store.
pub async fn on_both(test: impl AsyncFn(Store, &Database)) {
    for database in Database::both().await {
        let store = Store::open(&database.url).await.unwrap();
        test(store.clone(), &database).await;
        store.close().await;
    }
}

/// The cluster of this process, while the process lives.
struct Cluster {
    socket_folder: PathBuf,
    /// Closed by the end of this process, however it ends; then the shell stops the server and removes the folder.
    _lifeline: std::process::ChildStdin,
}

impl Cluster {
    fn url(&self, database: &str) -> String {
        format!("postgres://postgres@localhost/{database}?host={}", self.socket_folder.display())
    }
}

/// Set by `.ci/run quick`, which is for the minutes between two edits.
const WITHOUT_POSTGRES: &str = "WORKFORCE_TEST_WITHOUT_POSTGRES";

fn cluster() -> Option<&'static Cluster> {
    static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();
    let cluster = CLUSTER.get_or_init(|| match start() {
        Ok(cluster) => Some(cluster),
        Err(why) => {
            // Past the harness's capture: a skipped engine must be seen.
            let _ = writeln!(std::io::stderr(), "PostgreSQL is not tested: {why}");
            None
        }
    });
    let must = std::env::var_os("CI").is_some() && std::env::var_os(WITHOUT_POSTGRES).is_none();
    assert!(cluster.is_some() || !must, "CI tests both engines; install the package postgresql");
    cluster.as_ref()
}

/// What the guarding shell does: make the cluster, start it, say so, wait for the end of the pipe, clean up. A socket, no
/// port, and no waiting for the disk: a throw-away cluster has nothing to lose.
const GUARD: &str = r#"
trap '' INT TERM HUP
cd "$FOLDER" || exit 1
"$BIN/initdb" -D data -U postgres -A trust -E UTF8 --no-locale -N >log 2>&1 || { echo "initdb: $(tail -n 1 log)"; exit 1; }
"$BIN/pg_ctl" -D data -l log -w -t 60 -o "-F -k $FOLDER -c listen_addresses= -c max_connections=500" start >>log 2>&1 \
    || { echo "pg_ctl: $(tail -n 1 log)"; exit 1; }
echo ready
cat >/dev/null
"$BIN/pg_ctl" -D data -m immediate -w stop >>log 2>&1
cd / && rm -rf "$FOLDER"
"#;

fn start() -> Result<Cluster, String> {
    if std::env::var_os(WITHOUT_POSTGRES).is_some() {
        return Err(format!("{WITHOUT_POSTGRES} is set"));
    }
    let bin =
        find_binaries().ok_or("no initdb in /usr/lib/postgresql/*/bin or on PATH; install the package postgresql")?;
    // Below /tmp, since a socket's path may have 107 bytes only.
    let folder = tempfile::Builder::new().prefix("wf-pg-").tempdir_in("/tmp").map_err(|e| e.to_string())?.keep();
    let mut guard = as_ordinary_user(&folder)?;
    guard.args(["sh", "-c", GUARD]).env("BIN", &bin).env("FOLDER", &folder);
    guard.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    apart_from_our_signals(&mut guard);
    let mut guard = guard.spawn().map_err(|e| format!("the shell that guards the cluster does not start: {e}"))?;
    let (lifeline, answers) = (guard.stdin.take(), guard.stdout.take());
    let mut line = String::new();
    BufReader::new(answers.ok_or("no pipe")?).read_line(&mut line).map_err(|e| e.to_string())?;
    match line.trim() {
        "ready" => Ok(Cluster { socket_folder: folder, _lifeline: lifeline.ok_or("no pipe")? }),
        why => Err(format!("the cluster does not start: {why}")),
    }
}

/// The newest installed version, or what is on the path.
fn find_binaries() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(Result::ok);
    let mut folders: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    folders
        .sort_by_key(|folder| folder.parent().and_then(|v| v.file_name()?.to_str()?.parse::<u32>().ok()).unwrap_or(0));
    folders.reverse();
    let path = std::env::var_os("PATH").unwrap_or_default();
    folders.extend(std::env::split_paths(&path));
    folders.into_iter().find(|folder| ["initdb", "pg_ctl", "postgres"].iter().all(|name| folder.join(name).is_file()))
}

/// PostgreSQL refuses to run as root: then it runs as the user that its package made.
fn as_ordinary_user(folder: &Path) -> Result<Command, String> {
    use std::os::unix::fs::MetadataExt as _;
    let is_root = std::fs::metadata("/proc/self").map_err(|e| e.to_string())?.uid() == 0;
    if !is_root {
        return Ok(Command::new("env"));
    }
    let chown = Command::new("chown").arg("postgres").arg(folder).stderr(Stdio::null()).status();
    if !chown.is_ok_and(|status| status.success()) {
        return Err("this is root, and there is no user postgres to run it as".to_owned());
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]);
    Ok(command)
}

/// Ctrl-C ends the tests; the guard ends after them, by the pipe.
fn apart_from_our_signals(command: &mut Command) {
    use std::os::unix::process::CommandExt as _;
    command.process_group(0);
}

#[tokio::test]
async fn each_test_has_a_database_of_its_own() {
    on_both(async |store, database| {
        assert_eq!(store.engine(), database.engine);
        database.meddle("CREATE TABLE only_here (id BIGINT)").await.unwrap();
        assert!(store.clock().await.is_ok());
    })
    .await;
    on_both(async |_, database| database.meddle("CREATE TABLE only_here (id BIGINT)").await.unwrap()).await;
}
