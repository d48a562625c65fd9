//! The ledger's tables: heads (one per chain, which orders the writers) and rows.

use serde_json::Value;

use super::{Entry, Fact, GENESIS, link};
use crate::catalogue::canonical;
use crate::clock::Timestamp;
use crate::ids::TaskId;
use crate::store::{Row, Store, StoreError, Tx};
use crate::{args, redact, statements, store};

statements! { STATEMENTS;
    ADVANCE (2) -> [seq, hash] = {
        "INSERT INTO ledger_heads (chain, seq, hash) VALUES ($1, 1, $2) ON CONFLICT (chain) DO UPDATE SET seq = ledger_heads.seq + 1 RETURNING seq, hash" }
    SEAL (2) -> [] = { "UPDATE ledger_heads SET hash = $2 WHERE chain = $1" }
    APPEND (9) -> [] = {
        "INSERT INTO ledger (chain, seq, at_us, kind, task, payload, payload_digest, previous, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)" }
    OF_TASK (1) -> [chain, seq, at_us, kind, task, payload, payload_digest, previous, hash] = {
        "SELECT chain, seq, at_us, kind, task, payload, payload_digest, previous, hash FROM ledger WHERE task = $1 ORDER BY at_us, seq" }
    OF_CHAIN (1) -> [chain, seq, at_us, kind, task, payload, payload_digest, previous, hash] = {
        "SELECT chain, seq, at_us, kind, task, payload, payload_digest, previous, hash FROM ledger WHERE chain = $1 ORDER BY seq" }
    HEADS (0) -> [chain, seq, hash] = { "SELECT chain, seq, hash FROM ledger_heads ORDER BY chain" }
    ERASE (1) -> [] = { "UPDATE ledger SET payload = NULL WHERE task = $1" }
}

/// Appends a fact to its chain, in the caller's transaction, without the secrets that somebody wrote into it.
pub async fn append_fact(tx: &mut Tx, fact: &Fact, now: Timestamp) -> Result<(), StoreError> {
    let head = tx.row(&ADVANCE, args![&fact.chain, GENESIS]).await?;
    let head = head.ok_or_else(|| StoreError::unreadable("ADVANCE", "no head came back"))?;
    let (seq, previous) = (head.int("seq")?, head.text("hash")?);
    let payload = redact::value(&fact.payload);
    let digest = canonical::digest(&payload);
    let hash = link(&fact.chain, seq, now, fact.kind, fact.task, &digest, &previous);
    tx.run(&SEAL, args![&fact.chain, &hash]).await?;
    let payload = canonical::to_canonical(&payload);
    tx.run(&APPEND, args![&fact.chain, seq, now, store::word(&fact.kind), fact.task, payload, digest, previous, hash])
        .await
        .map(|_| ())
}

/// All facts of a task, oldest first.
pub async fn facts_of_task(store: &Store, task: TaskId) -> Result<Vec<Entry>, StoreError> {
    store.rows(&OF_TASK, args![task]).await?.iter().map(entry).collect()
}

pub async fn facts_of_chain(store: &Store, chain: &str) -> Result<Vec<Entry>, StoreError> {
    store.rows(&OF_CHAIN, args![chain]).await?.iter().map(entry).collect()
}

/// Every chain with its length and last hash.
pub async fn heads(store: &Store) -> Result<Vec<(String, i64, String)>, StoreError> {
    store.rows(&HEADS, args![]).await?.iter().map(|r| Ok((r.text("chain")?, r.int("seq")?, r.text("hash")?))).collect()
}

/// Erases the payloads of a task's facts; their digests stay and the chain still verifies.
pub async fn erase_payloads(tx: &mut Tx, task: TaskId) -> Result<u64, StoreError> {
    tx.run(&ERASE, args![task]).await
}

fn entry(row: &Row) -> Result<Entry, StoreError> {
    let payload: Option<Value> = row
        .opt_text("payload")?
        .map(|text| serde_json::from_str(&text))
        .transpose()
        .map_err(|e| StoreError::unreadable("LEDGER", e))?;
    Ok(Entry {
        chain: row.text("chain")?,
        seq: row.int("seq")?,
        at: row.time("at_us")?,
        kind: row.word("kind")?,
        task: row.opt_int("task")?.map(TaskId),
        payload,
        payload_digest: row.text("payload_digest")?,
        previous: row.text("previous")?,
        hash: row.text("hash")?,
    })
}
