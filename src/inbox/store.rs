//! The inbox's table. A row is `new` until its work is committed, then `done`; after too many attempts it is `dead`.
//!
//! A claim is a lease with a fence: whoever lost the lease cannot finish the row. First in, first out per conversation.

use super::Arrival;
use crate::catalogue::canonical::digest_bytes;
use crate::clock::{Span, Timestamp};
use crate::ids::InboxId;
use crate::store::{Store, StoreError, Tx};
use crate::{args, statements, store};

/// How long a worker may hold a trigger before another takes it.
pub const LEASE: Span = Span::seconds(60);
/// After this many attempts a trigger is a dead letter and a human hears of it.
pub const MAX_ATTEMPTS: i64 = 5;

statements! { STATEMENTS;
    PUT_BATCH (2) -> [key] = {
        sqlite "INSERT INTO inbox (key, also, conversation, body, body_digest, received_us, state, not_before_us, lease_until_us, fence, attempts) SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, $2, 'new', $2, 0, 0, 0 FROM json_each($1) WHERE true ON CONFLICT DO NOTHING RETURNING key"
        postgres "INSERT INTO inbox (key, also, conversation, body, body_digest, received_us, state, not_before_us, lease_until_us, fence, attempts) SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, $2, 'new', $2, 0, 0, 0 FROM json_array_elements($1::json) WITH ORDINALITY AS batch (value, ord) ORDER BY ord ON CONFLICT DO NOTHING RETURNING key" }
    CLAIM (2) -> [id, body, fence, attempts] = {
        sqlite "UPDATE inbox SET lease_until_us = $2, fence = fence + 1, attempts = attempts + 1 WHERE id = (SELECT i.id FROM inbox i WHERE i.state = 'new' AND i.lease_until_us <= $1 AND i.not_before_us <= $1 AND (i.conversation IS NULL OR NOT EXISTS (SELECT 1 FROM inbox e WHERE e.conversation = i.conversation AND e.state = 'new' AND e.id < i.id)) ORDER BY i.id LIMIT 1) RETURNING id, body, fence, attempts"
        postgres "UPDATE inbox SET lease_until_us = $2, fence = fence + 1, attempts = attempts + 1 WHERE id = (SELECT i.id FROM inbox i WHERE i.state = 'new' AND i.lease_until_us <= $1 AND i.not_before_us <= $1 AND (i.conversation IS NULL OR NOT EXISTS (SELECT 1 FROM inbox e WHERE e.conversation = i.conversation AND e.state = 'new' AND e.id < i.id)) ORDER BY i.id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id, body, fence, attempts" }
    FINISH (3) -> [] = { "UPDATE inbox SET state = 'done', done_us = $3 WHERE id = $1 AND fence = $2 AND state = 'new'" }
    FINISH_KEY (2) -> [] = { "UPDATE inbox SET state = 'done', done_us = $2 WHERE key = $1" }
    RETRY (4) -> [] = { "UPDATE inbox SET lease_until_us = 0, not_before_us = $3, last_error = $4 WHERE id = $1 AND fence = $2 AND state = 'new'" }
    BURY (4) -> [] = { "UPDATE inbox SET state = 'dead', done_us = $3, last_error = $4 WHERE id = $1 AND fence = $2 AND state = 'new'" }
    WAIT (2) -> [] = { "UPDATE inbox SET not_before_us = $2 WHERE key = $1 AND state = 'new'" }
    ID (1) -> [id] = { "SELECT id FROM inbox WHERE key = $1" }
    BODY (1) -> [body] = { "SELECT body FROM inbox WHERE id = $1" }
    OPEN (0) -> [open] = { "SELECT COUNT(*) AS open FROM inbox WHERE state = 'new'" }
    KNOWN (0) -> [known] = { "SELECT COUNT(*) AS known FROM inbox" }
    LAST (0) -> [received_us] = { "SELECT received_us FROM inbox ORDER BY id DESC LIMIT 1" }
    FREE (1) -> [id] = { "SELECT id FROM inbox WHERE state = 'new' AND lease_until_us <= $1 AND not_before_us <= $1 ORDER BY id LIMIT 1" }
    NEXT_DUE (0) -> [due] = { "SELECT MIN(CASE WHEN lease_until_us > not_before_us THEN lease_until_us ELSE not_before_us END) AS due FROM inbox WHERE state = 'new'" }
    DEAD (1) -> [id, last_error, received_us, attempts] = { "SELECT id, COALESCE(last_error, '') AS last_error, received_us, attempts FROM inbox WHERE state = 'dead' ORDER BY id DESC LIMIT $1" }
    DEAD_COUNT (0) -> [dead] = { "SELECT COUNT(*) AS dead FROM inbox WHERE state = 'dead'" }
    FREE_LEASES (0) -> [] = { "UPDATE inbox SET lease_until_us = 0 WHERE state = 'new'" }
    REVIVE (2) -> [] = { "UPDATE inbox SET state = 'new', attempts = 0, lease_until_us = 0, not_before_us = $2, done_us = NULL WHERE id = $1 AND state = 'dead' AND body IS NOT NULL" }
    DROP_DEAD (1) -> [] = { "UPDATE inbox SET state = 'done' WHERE id = $1 AND state = 'dead'" }
    ERASE (1) -> [] = { "UPDATE inbox SET body = NULL WHERE state <> 'new' AND received_us < $1" }
}

/// A trigger that somebody works on now.
#[derive(Debug, Clone)]
pub struct Claimed {
    pub id: InboxId,
    pub fence: i64,
    /// This attempt, counted from 1.
    pub attempt: i64,
    /// What arrived, or why it cannot be read (written by a newer version): such a row is buried, not guessed.
    pub arrival: Result<Arrival, String>,
}

/// A dead letter.
#[derive(Debug, Clone)]
pub struct DeadLetter {
    pub id: InboxId,
    pub error: String,
    pub received: Timestamp,
    pub attempts: i64,
}

/// Stores all arrivals that were not known yet; the keys of those, in no order. One statement, whatever their number.
pub async fn put_batch(tx: &mut Tx, arrivals: &[Arrival], now: Timestamp) -> Result<Vec<String>, StoreError> {
    let rows: Vec<[Option<String>; 5]> = arrivals
        .iter()
        .map(|arrival| {
            let body = store::json(arrival);
            let digest = digest_bytes(body.as_bytes());
            let conversation = arrival.conversation.as_ref().map(|c| c.0.clone());
            [Some(arrival.key.clone()), arrival.also.clone(), conversation, Some(body), Some(digest)]
        })
        .collect();
    tx.rows(&PUT_BATCH, args![store::json(&rows), now]).await?.iter().map(|row| row.text("key")).collect()
}

/// Stores one arrival; false when it was known already.
pub async fn put(tx: &mut Tx, arrival: &Arrival, now: Timestamp) -> Result<bool, StoreError> {
    Ok(!put_batch(tx, std::slice::from_ref(arrival), now).await?.is_empty())
}

/// Stores an arrival that is to be worked on not before `at`; false when it was known already.
pub async fn put_for_later(tx: &mut Tx, arrival: &Arrival, at: Timestamp, now: Timestamp) -> Result<bool, StoreError> {
    let is_new = put(tx, arrival, now).await?;
    if is_new {
        tx.run(&WAIT, args![&arrival.key, at]).await?;
    }
    Ok(is_new)
}

/// The row of a trigger that was stored in this transaction, or before.
pub async fn id_of(tx: &mut Tx, key: &str) -> Result<Option<InboxId>, StoreError> {
    tx.row(&ID, args![key]).await?.map(|row| Ok(InboxId(row.int("id")?))).transpose()
}

/// What arrived as this row; `None` once it was erased.
pub async fn arrival(tx: &mut Tx, id: InboxId) -> Result<Option<Arrival>, StoreError> {
    let body = tx.row(&BODY, args![id]).await?.map(|row| row.opt_text("body")).transpose()?.flatten();
    Ok(body.and_then(|body| serde_json::from_str(&body).ok()))
}

/// Marks as done a trigger that was stored and decided in this same transaction.
pub async fn finish_at_once(tx: &mut Tx, arrival: &Arrival, now: Timestamp) -> Result<(), StoreError> {
    tx.run(&FINISH_KEY, args![&arrival.key, now]).await.map(|_| ())
}

/// Takes the oldest trigger that is free and first of its conversation.
pub async fn claim_next(tx: &mut Tx, now: Timestamp) -> Result<Option<Claimed>, StoreError> {
    let Some(row) = tx.row(&CLAIM, args![now, now.plus(LEASE)]).await? else { return Ok(None) };
    let arrival = match row.opt_text("body")? {
        Some(body) => serde_json::from_str(&body).map_err(|e| e.to_string()),
        None => Err("the text was erased before the work was done".to_owned()),
    };
    Ok(Some(Claimed { id: InboxId(row.int("id")?), fence: row.int("fence")?, attempt: row.int("attempts")?, arrival }))
}

/// Marks a claimed trigger as done; false when the lease was lost, and then the caller must roll back.
pub async fn finish(tx: &mut Tx, claimed: &Claimed, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.run(&FINISH, args![claimed.id, claimed.fence, now]).await? == 1)
}

/// Gives a trigger back after a failure, to be tried again not before `at`.
pub async fn retry_at(tx: &mut Tx, claimed: &Claimed, at: Timestamp, error: &str) -> Result<(), StoreError> {
    tx.run(&RETRY, args![claimed.id, claimed.fence, at, error]).await.map(|_| ())
}

/// Makes a trigger a dead letter.
pub async fn bury(tx: &mut Tx, claimed: &Claimed, now: Timestamp, error: &str) -> Result<(), StoreError> {
    tx.run(&BURY, args![claimed.id, claimed.fence, now, error]).await.map(|_| ())
}

/// How many triggers wait or are worked on.
pub async fn open_count(store: &Store) -> Result<i64, StoreError> {
    store.row(&OPEN, args![]).await?.map_or(Ok(0), |row| row.int("open"))
}

/// How many dead letters there are.
pub async fn dead_count(store: &Store) -> Result<i64, StoreError> {
    store.row(&DEAD_COUNT, args![]).await?.map_or(Ok(0), |row| row.int("dead"))
}

/// How many triggers were ever stored.
pub async fn known_count(store: &Store) -> Result<i64, StoreError> {
    store.row(&KNOWN, args![]).await?.map_or(Ok(0), |row| row.int("known"))
}

/// When something arrived last.
pub async fn last_received(store: &Store) -> Result<Option<Timestamp>, StoreError> {
    store.row(&LAST, args![]).await?.map(|row| row.time("received_us")).transpose()
}

/// Whether some trigger may be taken now, its conversation permitting. Looks no further than the first, so that asking
/// costs the same however many wait.
pub async fn is_any_free(store: &Store, now: Timestamp) -> Result<bool, StoreError> {
    Ok(store.row(&FREE, args![now]).await?.is_some())
}

/// When the next trigger that waits may be taken.
pub async fn next_due(store: &Store) -> Result<Option<Timestamp>, StoreError> {
    store.row(&NEXT_DUE, args![]).await?.map_or(Ok(None), |row| row.opt_time("due"))
}

pub async fn dead_letters(store: &Store, limit: i64) -> Result<Vec<DeadLetter>, StoreError> {
    let rows = store.rows(&DEAD, args![limit]).await?;
    rows.iter()
        .map(|row| {
            Ok(DeadLetter {
                id: InboxId(row.int("id")?),
                error: row.text("last_error")?,
                received: row.time("received_us")?,
                attempts: row.int("attempts")?,
            })
        })
        .collect()
}

/// Frees all leases: only for a database that one process has to itself, when that process starts.
pub async fn free_leases(tx: &mut Tx) -> Result<u64, StoreError> {
    tx.run(&FREE_LEASES, args![]).await
}

/// A dead letter is tried once more; false when it is none, or its text was erased.
pub async fn revive(tx: &mut Tx, id: InboxId, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.run(&REVIVE, args![id, now]).await? == 1)
}

/// A dead letter is put aside for good.
pub async fn drop_dead(tx: &mut Tx, id: InboxId) -> Result<bool, StoreError> {
    Ok(tx.run(&DROP_DEAD, args![id]).await? == 1)
}

/// Erases the texts of finished triggers that arrived before `before`; keys and digests stay.
pub async fn erase_texts(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    tx.run(&ERASE, args![before]).await
}
