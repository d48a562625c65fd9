//! Parameters and rows that look the same on both engines: whole numbers and text, each of which may be absent.

use sqlx::Row as _;

use super::error::StoreError;
use crate::clock::Timestamp;
use crate::ids::{
    ActionId, ApprovalId, AssignmentId, ConversationId, GrantId, InboxId, ListId, OutboxId, RunId, TaskId,
    WorkflowRunId,
};

/// A bound parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arg {
    Int(Option<i64>),
    Text(Option<String>),
}

/// The parameters of one statement: `args![id, text, now]`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::store::Arg::from($value)),*] };
}

macro_rules! int_arg {
    ($($ty:ty => |$v:ident| $int:expr),+ $(,)?) => { $(
        impl From<$ty> for Arg { fn from($v: $ty) -> Self { Self::Int(Some($int)) } }
        impl From<Option<$ty>> for Arg { fn from(v: Option<$ty>) -> Self { Self::Int(v.map(|$v| $int)) } }
    )+ };
}

int_arg! {
    i64 => |v| v, i32 => |v| i64::from(v), u32 => |v| i64::from(v), bool => |v| i64::from(v), Timestamp => |v| v.0,
    TaskId => |v| v.0, ApprovalId => |v| v.0, InboxId => |v| v.0, AssignmentId => |v| v.0, RunId => |v| v.0,
    ActionId => |v| v.0, OutboxId => |v| v.0, GrantId => |v| v.0, ListId => |v| v.0, WorkflowRunId => |v| v.0,
}

impl From<&str> for Arg {
    fn from(v: &str) -> Self {
        Self::Text(Some(v.to_owned()))
    }
}
impl From<String> for Arg {
    fn from(v: String) -> Self {
        Self::Text(Some(v))
    }
}
impl From<&String> for Arg {
    fn from(v: &String) -> Self {
        Self::Text(Some(v.clone()))
    }
}
impl From<&ConversationId> for Arg {
    fn from(v: &ConversationId) -> Self {
        Self::Text(Some(v.0.clone()))
    }
}
impl From<Option<String>> for Arg {
    fn from(v: Option<String>) -> Self {
        Self::Text(v)
    }
}
impl From<Option<&str>> for Arg {
    fn from(v: Option<&str>) -> Self {
        Self::Text(v.map(str::to_owned))
    }
}

/// One row of either engine.
pub struct Row {
    pub(super) statement: &'static str,
    pub(super) inner: Inner,
}

pub(super) enum Inner {
    Sqlite(sqlx::sqlite::SqliteRow),
    Postgres(sqlx::postgres::PgRow),
}

impl Row {
    pub fn int(&self, column: &str) -> Result<i64, StoreError> {
        match &self.inner {
            Inner::Sqlite(row) => row.try_get(column),
            Inner::Postgres(row) => row.try_get(column),
        }
        .map_err(|e| StoreError::of(self.statement, e))
    }

    pub fn opt_int(&self, column: &str) -> Result<Option<i64>, StoreError> {
        match &self.inner {
            Inner::Sqlite(row) => row.try_get(column),
            Inner::Postgres(row) => row.try_get(column),
        }
        .map_err(|e| StoreError::of(self.statement, e))
    }

    pub fn text(&self, column: &str) -> Result<String, StoreError> {
        match &self.inner {
            Inner::Sqlite(row) => row.try_get(column),
            Inner::Postgres(row) => row.try_get(column),
        }
        .map_err(|e| StoreError::of(self.statement, e))
    }

    pub fn opt_text(&self, column: &str) -> Result<Option<String>, StoreError> {
        match &self.inner {
            Inner::Sqlite(row) => row.try_get(column),
            Inner::Postgres(row) => row.try_get(column),
        }
        .map_err(|e| StoreError::of(self.statement, e))
    }

    pub fn time(&self, column: &str) -> Result<Timestamp, StoreError> {
        self.int(column).map(Timestamp)
    }

    pub fn opt_time(&self, column: &str) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.opt_int(column)?.map(Timestamp))
    }

    /// A column that holds JSON of a type of ours.
    pub fn json<T: serde::de::DeserializeOwned>(&self, column: &str) -> Result<T, StoreError> {
        serde_json::from_str(&self.text(column)?).map_err(|e| StoreError::unreadable(self.statement, e))
    }

    /// A column that holds the name of a variant of a closed enum of ours.
    pub fn word<T: serde::de::DeserializeOwned>(&self, column: &str) -> Result<T, StoreError> {
        let text = self.text(column)?;
        serde_json::from_value(serde_json::Value::String(text)).map_err(|e| StoreError::unreadable(self.statement, e))
    }
}

/// The stored name of a variant of a closed enum of ours, as serde writes it.
pub fn word<T: serde::Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        Ok(other) => other.to_string(),
        Err(error) => unreachable!("an enum of ours without data always serialises: {error}"),
    }
}

/// JSON text of a value of ours.
pub fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("types of ours hold text keys and finite numbers only")
}
