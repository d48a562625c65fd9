//! Migrations: the two folders carry equal numbers; a database that a newer version wrote is refused.

use sqlx::migrate::{Migration, MigrationType, Migrator};

use super::{Pools, Store};

/// The tables could not be brought up to date.
#[derive(Debug, thiserror::Error)]
#[error("the database's tables cannot be brought up to date; restore a backup or use the version that wrote it")]
pub struct MigrateError(#[source] sqlx::migrate::MigrateError);

macro_rules! migrations {
    ($engine:literal: $(($version:literal, $name:literal)),+ $(,)?) => {
        vec![$(Migration::new(
            $version,
            $name.into(),
            MigrationType::Simple,
            sqlx::SqlSafeStr::into_sql_str(include_str!(concat!("../../migrations/", $engine, "/", $name, ".sql"))),
            false,
        )),+]
    };
}

impl Store {
    pub(super) async fn migrate(&self) -> Result<(), MigrateError> {
        match &self.0 {
            Pools::Sqlite { writer, .. } => sqlite().run(writer).await,
            Pools::Postgres(pool) => postgres().run(pool).await,
        }
        .map_err(MigrateError)
    }
}

fn sqlite() -> Migrator {
    let all = migrations!("sqlite": (1, "0001_house"), (2, "0002_workflows"), (3, "0003_living"), (4, "0004_fatigue"), (5, "0005_tools"), (6, "0006_budgets"), (7, "0007_results"), (8, "0008_reach"));
    Migrator::with_migrations(all)
}

fn postgres() -> Migrator {
    let all = migrations!("postgres": (1, "0001_house"), (2, "0002_workflows"), (3, "0003_living"), (4, "0004_fatigue"), (5, "0005_tools"), (6, "0006_budgets"), (7, "0007_results"), (8, "0008_reach"));
    Migrator::with_migrations(all)
}
