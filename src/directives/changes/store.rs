//! The changes' table. One set is in force at a time; the database holds that.

use super::{Change, ChangeBody, ChangeStage, Decider};
use crate::clock::Timestamp;
use crate::ids::ChangeId;
use crate::store::{Row, Store, StoreError, Tx, json, word};
use crate::{args, statements};

statements! { STATEMENTS;
    NEW (7) -> [id] = { "INSERT INTO directive_changes (digest, instead_of, state, body, found_us, decided_by, decided_us) VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id" }
    GET (1) -> [id, digest, instead_of, state, body, found_us, decided_by, decided_us] = {
        sqlite "SELECT id, digest, instead_of, state, body, found_us, decided_by, decided_us FROM directive_changes WHERE id = $1"
        postgres "SELECT id, digest, instead_of, state, body, found_us, decided_by, decided_us FROM directive_changes WHERE id = $1 FOR UPDATE" }
    OF_PAIR (2) -> [id, digest, instead_of, state, body, found_us, decided_by, decided_us] = { "SELECT id, digest, instead_of, state, body, found_us, decided_by, decided_us FROM directive_changes WHERE digest = $1 AND instead_of = $2 ORDER BY id DESC LIMIT 1" }
    IN_FORCE (0) -> [digest] = { "SELECT digest FROM directive_changes WHERE state = 'in_force'" }
    ACCEPTED (1) -> [id, digest, instead_of, state, body, found_us, decided_by, decided_us] = { "SELECT id, digest, instead_of, state, body, found_us, decided_by, decided_us FROM directive_changes WHERE state = 'accepted' AND instead_of = $1 ORDER BY id DESC LIMIT 1" }
    OPEN (0) -> [id, digest, instead_of, state, body, found_us, decided_by, decided_us] = { "SELECT id, digest, instead_of, state, body, found_us, decided_by, decided_us FROM directive_changes WHERE state IN ('waiting', 'declined') ORDER BY id" }
    DECIDE (5) -> [] = { "UPDATE directive_changes SET state = $3, decided_by = $4, decided_us = $5 WHERE id = $1 AND state = $2" }
    RETIRE (0) -> [] = { "UPDATE directive_changes SET state = 'past' WHERE state = 'in_force'" }
    CLOSE (1) -> [] = { "UPDATE directive_changes SET state = 'past' WHERE id = $1 AND state IN ('waiting', 'declined', 'accepted')" }
}

/// A change that is about to be written.
#[derive(Debug, Clone)]
pub struct NewChange<'a> {
    pub digest: &'a str,
    pub instead_of: &'a str,
    pub stage: ChangeStage,
    pub body: &'a ChangeBody,
    pub decided_by: Option<&'a Decider>,
}

pub async fn add(tx: &mut Tx, new: &NewChange<'_>, now: Timestamp) -> Result<ChangeId, StoreError> {
    let decided = new.decided_by.map(|_| now);
    let by = new.decided_by.map(json);
    let args = args![new.digest, new.instead_of, word(&new.stage), json(new.body), now, by, decided];
    let row = tx.row(&NEW, args).await?;
    row.ok_or_else(|| StoreError::unreadable("NEW", "no id came back")).and_then(|row| Ok(ChangeId(row.int("id")?)))
}

/// The change, locked until the transaction ends.
pub async fn change(tx: &mut Tx, id: ChangeId) -> Result<Option<Change>, StoreError> {
    tx.row(&GET, args![id]).await?.as_ref().map(read).transpose()
}

/// The newest change from one set to another.
pub async fn of_pair(store: &Store, digest: &str, instead_of: &str) -> Result<Option<Change>, StoreError> {
    store.row(&OF_PAIR, args![digest, instead_of]).await?.as_ref().map(read).transpose()
}

/// The set in force; `None` where none ever was.
pub async fn in_force(store: &Store) -> Result<Option<String>, StoreError> {
    store.row(&IN_FORCE, args![]).await?.map(|row| row.text("digest")).transpose()
}

/// What somebody agreed to instead of this set, and that is not in force yet.
pub async fn accepted(store: &Store, instead_of: &str) -> Result<Option<Change>, StoreError> {
    store.row(&ACCEPTED, args![instead_of]).await?.as_ref().map(read).transpose()
}

/// Changes that nobody agreed to yet.
pub async fn open(tx: &mut Tx) -> Result<Vec<Change>, StoreError> {
    tx.rows(&OPEN, args![]).await?.iter().map(read).collect()
}

/// Moves a change; false where somebody was faster.
pub async fn decide(
    tx: &mut Tx,
    change: &Change,
    to: ChangeStage,
    by: &Decider,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let args = args![change.id, word(&change.stage), word(&to), json(by), now];
    Ok(tx.run(&DECIDE, args).await? == 1)
}

/// Ends the time of the set in force, for the next one.
pub async fn retire(tx: &mut Tx) -> Result<(), StoreError> {
    tx.run(&RETIRE, args![]).await.map(|_| ())
}

/// A change that came to nothing: the files say something else now.
pub async fn close(tx: &mut Tx, id: ChangeId) -> Result<(), StoreError> {
    tx.run(&CLOSE, args![id]).await.map(|_| ())
}

fn read(row: &Row) -> Result<Change, StoreError> {
    let by = row.opt_text("decided_by")?.map(|text| serde_json::from_str::<Decider>(&text)).transpose();
    Ok(Change {
        id: ChangeId(row.int("id")?),
        digest: row.text("digest")?,
        instead_of: row.text("instead_of")?,
        stage: row.word("state")?,
        body: row.json("body")?,
        found: row.time("found_us")?,
        decided_by: by.map_err(|error| StoreError::unreadable("CHANGES", error))?,
        decided: row.opt_time("decided_us")?,
    })
}
