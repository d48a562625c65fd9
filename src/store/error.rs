//! One error for both engines, with the class that decides what to do next.

/// What kind of failure it was, whichever engine spoke.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// A unique key exists already.
    Unique,
    /// Another constraint, or an append-only trigger, refused.
    Constraint,
    /// Busy, deadlock or serialization failure: the same transaction may succeed when tried again.
    Busy,
    /// The connection is gone; what it was doing is unknown.
    Lost,
    Other,
}

/// A statement failed.
#[derive(Debug, thiserror::Error)]
#[error("the database refused {statement} ({class:?})")]
pub struct StoreError {
    pub statement: &'static str,
    pub class: Class,
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

impl StoreError {
    pub fn of(statement: &'static str, source: sqlx::Error) -> Self {
        Self { statement, class: classify(&source), source: Box::new(source) }
    }

    /// A stored value that this version cannot read: written by a newer one, or by hand.
    pub fn unreadable(statement: &'static str, why: impl std::fmt::Display) -> Self {
        Self { statement, class: Class::Other, source: format!("unreadable value: {why}").into() }
    }

    pub fn is_unique(&self) -> bool {
        self.class == Class::Unique
    }
}

fn classify(error: &sqlx::Error) -> Class {
    match error {
        sqlx::Error::Database(db) if db.is_unique_violation() => Class::Unique,
        sqlx::Error::Database(db) => {
            let code = db.code().unwrap_or_default();
            match code.as_ref() {
                // SQLite: BUSY, LOCKED and their extensions. PostgreSQL: serialization, deadlock, lock not available.
                "5" | "6" | "261" | "262" | "517" | "773" | "40001" | "40P01" | "55P03" => Class::Busy,
                "57P01" | "57P02" | "57P03" => Class::Lost,
                "1811" => Class::Constraint,
                code if code.starts_with("08") => Class::Lost,
                code if code.starts_with("23") => Class::Constraint,
                _ if db.is_check_violation() || db.is_foreign_key_violation() => Class::Constraint,
                _ => Class::Other,
            }
        }
        sqlx::Error::PoolTimedOut => Class::Busy,
        sqlx::Error::Io(_) | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => Class::Lost,
        _ => Class::Other,
    }
}
