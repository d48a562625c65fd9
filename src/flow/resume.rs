//! The start: what a crash left behind is free again, the directory is read, the directives are in force.

use std::fs::{File, TryLockError};
use std::path::PathBuf;

use super::directives::Loaded;
use super::{App, FlowError, directives, sweep, sync};
use crate::directives::diagnostics::Problem;
use crate::drivers::NoClient;
use crate::slack::BadConfig;
use crate::slack::web::WebError;
use crate::store::{Engine, OpenError};
use crate::tools::ConfigError as BadTools;
use crate::{execution, inbox, replies, runs};

/// The process cannot start working.
#[derive(Debug, thiserror::Error)]
pub enum CannotStart {
    #[error("the directives cannot be put in force; `workforce check` shows where")]
    Directives(Vec<Problem>),
    #[error(
        "nobody has agreed to these directives yet; `workforce directives accept` shows what they grant and asks, then start again"
    )]
    NotAccepted,
    #[error(
        "another process works with this database file already; stop it first, or use PostgreSQL for several replicas"
    )]
    Locked,
    #[error("the lock beside the database file cannot be made; check the rights on its folder")]
    Lock(#[source] std::io::Error),
    #[error("Slack does not let us in: {}", .0.sentence())]
    Slack(#[source] WebError),
    #[error("the address that [webhooks] names cannot be listened at; is somebody else there?")]
    Hooks(#[source] std::io::Error),
    #[error(transparent)]
    BadSlack(#[from] BadConfig),
    #[error(transparent)]
    BadTools(#[from] BadTools),
    #[error(transparent)]
    NoClient(#[from] NoClient),
    #[error(transparent)]
    Database(#[from] OpenError),
    #[error(transparent)]
    Flow(#[from] FlowError),
}

/// Holds the database file for this process; the lock ends with it, however it ends.
#[derive(Debug)]
pub struct OnlyProcess {
    _lock: Option<File>,
}

impl OnlyProcess {
    /// Locks the file beside a SQLite database. Several processes may share PostgreSQL, and a database in memory.
    pub fn of(url: &str) -> Result<Self, CannotStart> {
        let file = url.strip_prefix("sqlite:").map(|rest| rest.trim_start_matches("//")).unwrap_or_default();
        let file = file.split('?').next().unwrap_or_default();
        if file.is_empty() || file.starts_with(':') {
            return Ok(Self { _lock: None });
        }
        let path = PathBuf::from(format!("{file}.lock"));
        let lock = File::options().create(true).truncate(false).write(true).open(path).map_err(CannotStart::Lock)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { _lock: Some(lock) }),
            Err(TryLockError::WouldBlock) => Err(CannotStart::Locked),
            Err(TryLockError::Error(error)) => Err(CannotStart::Lock(error)),
        }
    }
}

/// Brings the app to where its loops may start.
pub async fn prepare(app: &App) -> Result<(), CannotStart> {
    free_leases(app).await?;
    sweep::prepare(app).await?;
    // Accounts first: people who are known by a handle alone are pinned to them when somebody agrees.
    sync::everything(app).await?;
    match directives::load(app).await? {
        Loaded::InForce(_) | Loaded::Same | Loaded::Waits(_) => {}
        Loaded::NotAccepted => return Err(CannotStart::NotAccepted),
        Loaded::Refused(problems) => {
            let last_good = directives::resume_last_good(app, problems.clone()).await?;
            last_good.ok_or(CannotStart::Directives(problems))?;
        }
    }
    warn_of_unpriced(app)?;
    Ok(())
}

/// A model without a price is not metered, and budgets take it at the highest price that is known; the log says which.
fn warn_of_unpriced(app: &App) -> Result<(), FlowError> {
    let zone = app.directives()?.roster.timezone_of(None);
    let day = app.now().to_utc().with_timezone(&zone).date_naive().to_string();
    for model in super::spend::unpriced(&app.config, &day) {
        tracing::warn!(model, "no price is known for a model; write one into [prices] of workforce.toml");
    }
    Ok(())
}

/// On SQLite this process is alone, so whatever is leased was leased by one that died. Replicas on PostgreSQL wait instead.
async fn free_leases(app: &App) -> Result<(), FlowError> {
    match app.store.engine() {
        Engine::Postgres => Ok(()),
        Engine::Sqlite => {
            let mut tx = app.store.begin().await?;
            inbox::store::free_leases(&mut tx).await?;
            runs::store::free_leases(&mut tx).await?;
            execution::store::free_leases(&mut tx).await?;
            replies::store::free_leases(&mut tx).await?;
            Ok(tx.commit().await?)
        }
    }
}
