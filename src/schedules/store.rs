//! The marks: up to which instant each schedule was fired. Moved by compare-and-set, so that one replica fires.

use std::collections::BTreeMap;

use crate::clock::Timestamp;
use crate::store::{Store, StoreError, Tx};
use crate::{args, statements};

statements! { STATEMENTS;
    MARKS (0) -> [schedule, seen_us] = { "SELECT schedule, seen_us FROM schedule_marks ORDER BY schedule" }
    SET (2) -> [] = { "INSERT INTO schedule_marks (schedule, seen_us) VALUES ($1, $2) ON CONFLICT (schedule) DO NOTHING" }
    ADVANCE (3) -> [] = { "UPDATE schedule_marks SET seen_us = $3 WHERE schedule = $1 AND seen_us = $2" }
    REMOVE (1) -> [] = { "DELETE FROM schedule_marks WHERE schedule = $1" }
}

/// Every mark by its schedule's key.
pub async fn marks(store: &Store) -> Result<BTreeMap<String, Timestamp>, StoreError> {
    store.rows(&MARKS, args![]).await?.iter().map(|row| Ok((row.text("schedule")?, row.time("seen_us")?))).collect()
}

/// Sets a mark where there is none; false where there is one.
pub async fn set_mark(tx: &mut Tx, schedule: &str, at: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.run(&SET, args![schedule, at]).await? == 1)
}

/// Moves a mark; false when somebody else has moved it since it was read.
pub async fn move_mark(tx: &mut Tx, schedule: &str, from: Timestamp, to: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.run(&ADVANCE, args![schedule, from, to]).await? == 1)
}

/// Removes a mark; false where there is none.
pub async fn remove_mark(tx: &mut Tx, schedule: &str) -> Result<bool, StoreError> {
    Ok(tx.run(&REMOVE, args![schedule]).await? == 1)
}
