//! The outbox's tables. Each lane is sent in order; a row whose sending broke off is looked for before it is sent again.

use super::outbox::{Outgoing, Queued};
use super::progress::Streamed;
use crate::catalogue::canonical::digest_bytes;
use crate::clock::{Span, Timestamp};
use crate::ids::OutboxId;
use crate::store::{Store, StoreError, Tx, json};
use crate::{args, statements};

/// How long one sending may take before another worker looks what became of it.
pub const LEASE: Span = Span::seconds(60);
/// After this many attempts a message is parked and a human hears of it.
pub const MAX_ATTEMPTS: i64 = 12;

statements! { STATEMENTS;
    SUPERSEDE (1) -> [] = { "UPDATE outbox SET state = 'superseded' WHERE slot = $1 AND state = 'pending' AND attempts = 0" }
    PUT (6) -> [id] = { "INSERT INTO outbox (slot, lane, conversation, body, body_digest, queued_us, state, attempts, fence, lease_until_us, not_before_us) VALUES ($1, $2, $3, $4, $5, $6, 'pending', 0, 0, 0, $6) RETURNING id" }
    CLAIM (2) -> [id, slot, body, attempts, fence, queued_us] = {
        sqlite "UPDATE outbox SET state = 'sending', lease_until_us = $2, fence = fence + 1, attempts = attempts + 1 WHERE id = (SELECT o.id FROM outbox o WHERE o.state IN ('pending', 'sending') AND o.lease_until_us <= $1 AND o.not_before_us <= $1 AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.lane = o.lane AND e.state IN ('pending', 'sending') AND e.id < o.id) ORDER BY o.id LIMIT 1) RETURNING id, slot, body, attempts, fence, queued_us"
        postgres "UPDATE outbox SET state = 'sending', lease_until_us = $2, fence = fence + 1, attempts = attempts + 1 WHERE id = (SELECT o.id FROM outbox o WHERE o.state IN ('pending', 'sending') AND o.lease_until_us <= $1 AND o.not_before_us <= $1 AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.lane = o.lane AND e.state IN ('pending', 'sending') AND e.id < o.id) ORDER BY o.id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id, slot, body, attempts, fence, queued_us" }
    SENT (3) -> [] = { "UPDATE outbox SET state = 'sent', sent_us = $3 WHERE id = $1 AND fence = $2 AND state = 'sending'" }
    AGAIN (4) -> [] = { "UPDATE outbox SET state = 'pending', lease_until_us = 0, not_before_us = $3, last_error = $4 WHERE id = $1 AND fence = $2 AND state = 'sending'" }
    PARK (3) -> [] = { "UPDATE outbox SET state = 'parked', last_error = $3 WHERE id = $1 AND fence = $2 AND state = 'sending'" }
    REMEMBER (6) -> [] = { "INSERT INTO posts (slot, channel, ts, thread_ts, outbox, at_us) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (slot) DO UPDATE SET channel = excluded.channel, ts = excluded.ts, thread_ts = excluded.thread_ts, outbox = excluded.outbox, at_us = excluded.at_us" }
    PLACE (1) -> [channel, ts, thread_ts] = { "SELECT channel, ts, thread_ts FROM posts WHERE slot = $1" }
    SLOT_AT (2) -> [slot] = { "SELECT slot FROM posts WHERE channel = $1 AND ts = $2" }
    BEING_SENT (0) -> [slot] = { "SELECT slot FROM outbox WHERE state = 'sending' ORDER BY id" }
    SLOTS (1) -> [slot] = { "SELECT slot FROM posts WHERE slot LIKE $1 UNION SELECT slot FROM outbox WHERE slot LIKE $1 AND state IN ('pending', 'sending') ORDER BY 1" }
    FORGET (1) -> [] = { "DELETE FROM posts WHERE slot = $1" }
    STREAM (1) -> [shown] = { "SELECT shown FROM streams WHERE slot = $1" }
    STREAM_SHOWS (3) -> [] = { "INSERT INTO streams (slot, shown, ends_us) VALUES ($1, $2, $3) ON CONFLICT (slot) DO UPDATE SET shown = excluded.shown, ends_us = excluded.ends_us" }
    STREAM_IS_OVER (1) -> [] = { "DELETE FROM streams WHERE slot = $1" }
    STREAM_LATER (2) -> [] = { "UPDATE streams SET ends_us = $2 WHERE slot = $1" }
    QUIET_STREAMS (1) -> [slot, channel] = { "SELECT s.slot, p.channel FROM streams s JOIN posts p ON p.slot = s.slot WHERE s.ends_us <= $1 ORDER BY s.slot LIMIT 50" }
    NEXT_QUIET_STREAM (0) -> [due] = { "SELECT MIN(ends_us) AS due FROM streams" }
    HAS_HOME (1) -> [id] = { "SELECT id FROM outbox WHERE slot = $1 LIMIT 1" }
    OPEN (0) -> [open] = { "SELECT COUNT(*) AS open FROM outbox WHERE state IN ('pending', 'sending')" }
    FREE_LEASES (0) -> [] = { "UPDATE outbox SET lease_until_us = 0 WHERE state IN ('pending', 'sending')" }
    NEXT_DUE (0) -> [due] = { "SELECT MIN(CASE WHEN lease_until_us > not_before_us THEN lease_until_us ELSE not_before_us END) AS due FROM outbox WHERE state IN ('pending', 'sending')" }
    PARKED (1) -> [id, slot, last_error, queued_us] = { "SELECT id, slot, COALESCE(last_error, '') AS last_error, queued_us FROM outbox WHERE state = 'parked' ORDER BY id DESC LIMIT $1" }
    PARKED_COUNT (0) -> [parked] = { "SELECT COUNT(*) AS parked FROM outbox WHERE state = 'parked'" }
    REFUSED_CARDS (2) -> [id, slot] = { "SELECT id, slot FROM outbox WHERE state = 'parked' AND (slot LIKE 'approval:%:card' OR slot LIKE 'approval:%:dm:%') AND queued_us > $1 AND queued_us <= $2 ORDER BY id LIMIT 50" }
    NEXT_REFUSED_CARD (1) -> [due] = { "SELECT MIN(queued_us) AS due FROM outbox WHERE state = 'parked' AND (slot LIKE 'approval:%:card' OR slot LIKE 'approval:%:dm:%') AND queued_us > $1" }
    LET_GO (1) -> [] = { "UPDATE outbox SET state = 'superseded' WHERE id = $1 AND state = 'parked'" }
    ERASE (1) -> [] = { "UPDATE outbox SET body = NULL WHERE state IN ('sent', 'superseded') AND queued_us < $1" }
}

/// A row that somebody sends now.
#[derive(Debug, Clone)]
pub struct Sending {
    pub id: OutboxId,
    pub slot: String,
    /// This attempt, from 1: above 1 the earlier attempt may have succeeded.
    pub attempt: i64,
    pub fence: i64,
    pub queued: Timestamp,
    pub what: Result<Outgoing, String>,
}

/// Where a slot's message stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    pub channel: String,
    pub ts: String,
    pub thread_ts: Option<String>,
}

/// A message that could not be delivered.
#[derive(Debug, Clone)]
pub struct Parked {
    pub id: OutboxId,
    pub slot: String,
    pub error: String,
    pub queued: Timestamp,
}

/// Queues something to say, in the caller's transaction. What was queued for the same slot and not begun is superseded.
pub async fn queue(tx: &mut Tx, queued: &Queued, now: Timestamp) -> Result<OutboxId, StoreError> {
    if queued.what.is_replaceable() {
        tx.run(&SUPERSEDE, args![&queued.slot]).await?;
    }
    let body = json(&queued.what);
    let digest = digest_bytes(body.as_bytes());
    let args = args![&queued.slot, queued.what.lane(), queued.conversation.clone(), body, digest, now];
    let row = tx.row(&PUT, args).await?;
    row.ok_or_else(|| StoreError::unreadable("PUT", "no id came back")).and_then(|row| Ok(OutboxId(row.int("id")?)))
}

/// Takes the oldest row that is free and first of its lane. The attempt is counted before it is made.
pub async fn claim_next(tx: &mut Tx, now: Timestamp) -> Result<Option<Sending>, StoreError> {
    let Some(row) = tx.row(&CLAIM, args![now, now.plus(LEASE)]).await? else { return Ok(None) };
    let what = match row.opt_text("body")? {
        Some(body) => serde_json::from_str(&body).map_err(|e| e.to_string()),
        None => Err("the text was erased before it was sent".to_owned()),
    };
    Ok(Some(Sending {
        id: OutboxId(row.int("id")?),
        slot: row.text("slot")?,
        attempt: row.int("attempts")?,
        fence: row.int("fence")?,
        queued: row.time("queued_us")?,
        what,
    }))
}

/// The row was sent; where its message stands now, if it is one that can be edited.
pub async fn sent(tx: &mut Tx, sending: &Sending, place: Option<&Posted>, now: Timestamp) -> Result<bool, StoreError> {
    if let Some(at) = place {
        tx.run(&REMEMBER, args![&sending.slot, &at.channel, &at.ts, at.thread_ts.clone(), sending.id, now]).await?;
    }
    Ok(tx.run(&SENT, args![sending.id, sending.fence, now]).await? == 1)
}

pub async fn again_at(tx: &mut Tx, sending: &Sending, at: Timestamp, error: &str) -> Result<(), StoreError> {
    tx.run(&AGAIN, args![sending.id, sending.fence, at, error]).await.map(|_| ())
}

/// Gives up on a row; its lane goes on.
pub async fn park(tx: &mut Tx, sending: &Sending, error: &str) -> Result<(), StoreError> {
    tx.run(&PARK, args![sending.id, sending.fence, error]).await.map(|_| ())
}

pub async fn place_of(store: &Store, slot: &str) -> Result<Option<Posted>, StoreError> {
    let row = store.row(&PLACE, args![slot]).await?;
    row.map(|row| {
        Ok(Posted { channel: row.text("channel")?, ts: row.text("ts")?, thread_ts: row.opt_text("thread_ts")? })
    })
    .transpose()
}

/// Which slot's message stands at this place, if it is ours.
pub async fn slot_at(tx: &mut Tx, channel: &str, ts: &str) -> Result<Option<String>, StoreError> {
    tx.row(&SLOT_AT, args![channel, ts]).await?.map(|row| row.text("slot")).transpose()
}

/// Slots whose message is on its way: Slack may show it before it is noted where it stands.
pub async fn being_sent(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    tx.rows(&BEING_SENT, args![]).await?.iter().map(|row| row.text("slot")).collect()
}

/// Slots that begin with `prefix` and whose message stands, or is about to.
pub async fn slots_with_prefix(tx: &mut Tx, prefix: &str) -> Result<Vec<String>, StoreError> {
    tx.rows(&SLOTS, args![format!("{prefix}%")]).await?.iter().map(|row| row.text("slot")).collect()
}

/// The slot's next saying is a new message.
pub async fn start_afresh(tx: &mut Tx, slot: &str) -> Result<(), StoreError> {
    tx.run(&FORGET, args![slot]).await.map(|_| ())
}

/// What the slot's message shows while it grows; `None` where it does not.
pub async fn stream_of(store: &Store, slot: &str) -> Result<Option<Streamed>, StoreError> {
    let row = store.row(&STREAM, args![slot]).await?;
    row.map(|row| {
        serde_json::from_str(&row.text("shown")?).map_err(|e| StoreError::unreadable("STREAM", e.to_string()))
    })
    .transpose()
}

pub async fn stream_shows(tx: &mut Tx, slot: &str, shown: &Streamed, now: Timestamp) -> Result<(), StoreError> {
    tx.run(&STREAM_SHOWS, args![slot, json(shown), shown.ends(now)]).await.map(|_| ())
}

pub async fn stream_is_over(tx: &mut Tx, slot: &str) -> Result<(), StoreError> {
    tx.run(&STREAM_IS_OVER, args![slot]).await.map(|_| ())
}

/// Slots whose message grows and should not any more, each with its channel; they are looked at again after `rest`.
pub async fn quiet_streams(tx: &mut Tx, now: Timestamp, rest: Span) -> Result<Vec<(String, String)>, StoreError> {
    let rows = tx.rows(&QUIET_STREAMS, args![now]).await?;
    let found: Vec<(String, String)> =
        rows.iter().map(|row| Ok((row.text("slot")?, row.text("channel")?))).collect::<Result<_, StoreError>>()?;
    for (slot, _) in &found {
        tx.run(&STREAM_LATER, args![slot, now.plus(rest)]).await?;
    }
    Ok(found)
}

pub async fn next_quiet_stream(store: &Store) -> Result<Option<Timestamp>, StoreError> {
    store.row(&NEXT_QUIET_STREAM, args![]).await?.map_or(Ok(None), |row| row.opt_time("due"))
}

/// Whether a Home tab was ever published for this account.
pub async fn has_home(tx: &mut Tx, user: &str) -> Result<bool, StoreError> {
    Ok(tx.row(&HAS_HOME, args![format!("home:{user}")]).await?.is_some())
}

pub async fn open_count(store: &Store) -> Result<i64, StoreError> {
    store.row(&OPEN, args![]).await?.map_or(Ok(0), |row| row.int("open"))
}

/// Frees all leases: only for a database that one process has to itself, when that process starts.
pub async fn free_leases(tx: &mut Tx) -> Result<u64, StoreError> {
    tx.run(&FREE_LEASES, args![]).await
}

pub async fn next_due(store: &Store) -> Result<Option<Timestamp>, StoreError> {
    store.row(&NEXT_DUE, args![]).await?.map_or(Ok(None), |row| row.opt_time("due"))
}

/// How many messages could not be delivered.
pub async fn parked_count(store: &Store) -> Result<i64, StoreError> {
    store.row(&PARKED_COUNT, args![]).await?.map_or(Ok(0), |row| row.int("parked"))
}

pub async fn parked(store: &Store, limit: i64) -> Result<Vec<Parked>, StoreError> {
    let rows = store.rows(&PARKED, args![limit]).await?;
    rows.iter()
        .map(|row| {
            let (error, queued) = (row.text("last_error")?, row.time("queued_us")?);
            Ok(Parked { id: OutboxId(row.int("id")?), slot: row.text("slot")?, error, queued })
        })
        .collect()
}

/// A card that Slack refused to show is drawn again after this.
pub const REDRAW_AFTER: Span = Span::minutes(10);
/// What Slack refused longer ago than this stays as it is: nobody looks there any more.
pub const REDRAW_UP_TO: Span = Span::days(7);

/// Cards of approvals that Slack refused to show, due to be drawn again.
pub async fn refused_cards(tx: &mut Tx, now: Timestamp) -> Result<Vec<(OutboxId, String)>, StoreError> {
    let rows = tx.rows(&REFUSED_CARDS, args![now.minus(REDRAW_UP_TO), now.minus(REDRAW_AFTER)]).await?;
    rows.iter().map(|row| Ok((OutboxId(row.int("id")?), row.text("slot")?))).collect()
}

/// When the next of them is due.
pub async fn next_refused_card(store: &Store, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    let row = store.row(&NEXT_REFUSED_CARD, args![now.minus(REDRAW_UP_TO)]).await?;
    let queued = row.map_or(Ok(None), |row| row.opt_time("due"))?;
    Ok(queued.map(|queued| queued.plus(REDRAW_AFTER)))
}

/// A parked row that is no longer wanted: it was said anew.
pub async fn let_go(tx: &mut Tx, id: OutboxId) -> Result<(), StoreError> {
    tx.run(&LET_GO, args![id]).await.map(|_| ())
}

/// Erases the texts of what was sent before `before`.
pub async fn erase_texts(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    tx.run(&ERASE, args![before]).await
}
