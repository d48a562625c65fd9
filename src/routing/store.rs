//! Corrections: where people said that a request should have gone. The router is fitted from the whole log, in order.

use crate::clock::Timestamp;
use crate::ids::TaskId;
use crate::store::{Store, StoreError, Tx};
use crate::{args, statements};

statements! { STATEMENTS;
    KEEP (5) -> [] = { "INSERT INTO corrections (task, text, route, by_user, at_us) VALUES ($1, $2, $3, $4, $5)" }
    ALL (0) -> [text, route] = { "SELECT text, route FROM corrections WHERE text IS NOT NULL ORDER BY id" }
}

pub async fn keep_correction(
    tx: &mut Tx,
    task: TaskId,
    text: &str,
    route: &str,
    by: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.run(&KEEP, args![task, text, route, by, now]).await.map(|_| ())
}

/// Every correction, oldest first: the text and where it should have gone.
pub async fn corrections(store: &Store) -> Result<Vec<(String, String)>, StoreError> {
    let rows = store.rows(&ALL, args![]).await?;
    rows.iter().map(|row| Ok((row.text("text")?, row.text("route")?))).collect()
}
