//! Results and what people said of them; guards that fell; promises of service with what became of them.

use super::{Kind, Rating, ResultId, Stored, Tally};
use crate::clock::Timestamp;
use crate::ids::{RunId, TaskId};
use crate::store::{Row, Store, StoreError, Tx, json, word};
use crate::{args, statements};

statements! { STATEMENTS;
    KEEP (7) -> [id] = { "INSERT INTO results (task, run, position, kind, version, text, digest, at_us) SELECT $1, $2, $3, $4, COALESCE(MAX(version), 0) + 1, $5, $6, $7 FROM results WHERE task = $1 AND kind = $4 RETURNING id" }
    GET (1) -> [id, task, run, position, kind, version, text, rating, by_user, at_us, judged_us] = { "SELECT id, task, run, position, kind, version, text, rating, by_user, at_us, judged_us FROM results WHERE id = $1" }
    OF_TASK (1) -> [id, task, run, position, kind, version, text, rating, by_user, at_us, judged_us] = { "SELECT id, task, run, position, kind, version, text, rating, by_user, at_us, judged_us FROM results WHERE task = $1 ORDER BY id" }
    RATE (5) -> [] = { "UPDATE results SET rating = $2, by_user = $3, reason = $4, judged_us = $5 WHERE id = $1 AND rating IS NULL" }
    TALLY (3) -> [rating, results] = { "SELECT COALESCE(rating, '') AS rating, CAST(COUNT(*) AS BIGINT) AS results FROM results WHERE position = $1 AND at_us >= $2 AND at_us < $3 GROUP BY rating ORDER BY rating" }
    VOTED (2) -> [decision, actions] = { "SELECT approval_votes.decision AS decision, CAST(COUNT(DISTINCT actions.id) AS BIGINT) AS actions FROM approval_votes JOIN approvals ON approvals.id = approval_votes.approval JOIN actions ON actions.id = approvals.action WHERE actions.position = $1 AND approval_votes.at_us >= $2 GROUP BY approval_votes.decision ORDER BY approval_votes.decision" }
    HELD (2) -> [tasks, passed_on] = { "SELECT CAST(COUNT(DISTINCT a.task) AS BIGINT) AS tasks, CAST(COUNT(DISTINCT CASE WHEN EXISTS (SELECT 1 FROM assignments b WHERE b.task = a.task AND b.id > a.id AND b.worker <> a.worker) THEN a.task END) AS BIGINT) AS passed_on FROM assignments a WHERE a.worker = $1 AND a.since_us >= $2" }
    SPENT (3) -> [micros] = { "SELECT CAST((SELECT COALESCE(SUM(cost_micros), 0) FROM actions WHERE position = $1 AND started_us >= $2 AND cost_currency = $3) + (SELECT COALESCE(SUM(COALESCE(cost_micros, reserved_micros)), 0) FROM spending WHERE kind = 'model' AND position = $1 AND at_us >= $2 AND currency = $3) AS BIGINT) AS micros" }
    ERASE (1) -> [] = { "UPDATE results SET text = NULL, reason = NULL WHERE at_us < $1 AND text IS NOT NULL" }
    FALL (6) -> [] = { "INSERT INTO guards (guard, position, consequence, origin, value, fallen_us, counts_from_us) VALUES ($1, $2, $3, $4, $5, $6, 0) ON CONFLICT (guard) DO UPDATE SET value = excluded.value, fallen_us = excluded.fallen_us, origin = excluded.origin WHERE guards.fallen_us IS NULL" }
    LIFT (2) -> [] = { "UPDATE guards SET fallen_us = NULL, counts_from_us = $2 WHERE guard = $1 AND fallen_us IS NOT NULL" }
    GUARD (1) -> [guard, position, consequence, origin, value, fallen_us, counts_from_us] = { "SELECT guard, position, consequence, origin, value, fallen_us, counts_from_us FROM guards WHERE guard = $1" }
    FALLEN (1) -> [guard, position, consequence, origin, value, fallen_us, counts_from_us] = { "SELECT guard, position, consequence, origin, value, fallen_us, counts_from_us FROM guards WHERE position = $1 AND fallen_us IS NOT NULL ORDER BY guard" }
    PROMISE (5) -> [] = { "INSERT INTO promises (task, what, due_us, origin, at_us) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (task, what) DO UPDATE SET due_us = excluded.due_us, origin = excluded.origin WHERE promises.due_us > excluded.due_us AND promises.missed_us IS NULL" }
    DUE (1) -> [task, what, due_us, origin] = { "SELECT promises.task AS task, promises.what AS what, promises.due_us AS due_us, promises.origin AS origin FROM promises JOIN tasks ON tasks.id = promises.task WHERE promises.missed_us IS NULL AND promises.due_us <= $1 AND tasks.ended_us IS NULL AND (promises.what <> 'respond' OR tasks.answered_us IS NULL) ORDER BY promises.due_us, promises.task LIMIT 100" }
    NEXT_DUE (0) -> [due] = { "SELECT MIN(promises.due_us) AS due FROM promises JOIN tasks ON tasks.id = promises.task WHERE promises.missed_us IS NULL AND tasks.ended_us IS NULL AND (promises.what <> 'respond' OR tasks.answered_us IS NULL)" }
    MISSED (3) -> [] = { "UPDATE promises SET missed_us = $3 WHERE task = $1 AND what = $2 AND missed_us IS NULL" }
    PROMISES_OF (1) -> [what, due_us, missed_us] = { "SELECT what, due_us, missed_us FROM promises WHERE task = $1 ORDER BY due_us" }
    LATE (1) -> [task] = {
        sqlite "SELECT DISTINCT task FROM promises WHERE missed_us IS NOT NULL AND task IN (SELECT value FROM json_each($1)) ORDER BY task"
        postgres "SELECT DISTINCT task FROM promises WHERE missed_us IS NOT NULL AND task IN (SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST($1 AS JSON))) ORDER BY task" }
    NOTE_SHADOW (3) -> [] = { "INSERT INTO shadows (task, original, position) VALUES ($1, $2, $3)" }
    SHADOW (1) -> [task, original, position] = { "SELECT task, original, position FROM shadows WHERE task = $1" }
    SHADOWS_OF (1) -> [task, original, position] = { "SELECT task, original, position FROM shadows WHERE original = $1 ORDER BY task" }
    MISSED_COUNT (0) -> [what, promises, missed] = { "SELECT what, CAST(COUNT(*) AS BIGINT) AS promises, CAST(COUNT(missed_us) AS BIGINT) AS missed FROM promises GROUP BY what ORDER BY what" }
}

/// A result that is about to be kept.
#[derive(Debug, Clone)]
pub struct NewResult<'a> {
    pub task: TaskId,
    /// `None`: a person's, who has none.
    pub run: Option<RunId>,
    pub position: &'a str,
    pub kind: Kind,
    pub text: &'a str,
    pub digest: &'a str,
}

pub async fn keep(tx: &mut Tx, new: &NewResult<'_>, now: Timestamp) -> Result<ResultId, StoreError> {
    let args = args![new.task, new.run.map(|run| run.0), new.position, word(&new.kind), new.text, new.digest, now];
    let row = tx.row(&KEEP, args).await?;
    row.ok_or_else(|| StoreError::unreadable("KEEP", "no id came back")).and_then(|row| Ok(ResultId(row.int("id")?)))
}

pub async fn result(tx: &mut Tx, id: ResultId) -> Result<Option<Stored>, StoreError> {
    tx.row(&GET, args![id.0]).await?.as_ref().map(read).transpose()
}

/// A shadow's copy of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shadow {
    /// The copy.
    pub task: TaskId,
    /// What it is a copy of.
    pub of: TaskId,
    /// The position that works on it.
    pub position: String,
}

pub async fn note_shadow(tx: &mut Tx, copy: TaskId, of: TaskId, position: &str) -> Result<(), StoreError> {
    tx.run(&NOTE_SHADOW, args![copy, of, position]).await.map(|_| ())
}

pub async fn shadow(tx: &mut Tx, copy: TaskId) -> Result<Option<Shadow>, StoreError> {
    tx.row(&SHADOW, args![copy]).await?.as_ref().map(shadow_of).transpose()
}

/// The copies of a task.
pub async fn shadows_of(tx: &mut Tx, task: TaskId) -> Result<Vec<Shadow>, StoreError> {
    tx.rows(&SHADOWS_OF, args![task]).await?.iter().map(shadow_of).collect()
}

fn shadow_of(row: &Row) -> Result<Shadow, StoreError> {
    Ok(Shadow { task: TaskId(row.int("task")?), of: TaskId(row.int("original")?), position: row.text("position")? })
}

/// All results of a task, oldest first.
pub async fn of_task(tx: &mut Tx, task: TaskId) -> Result<Vec<Stored>, StoreError> {
    tx.rows(&OF_TASK, args![task]).await?.iter().map(read).collect()
}

pub async fn find(store: &Store, id: ResultId) -> Result<Option<Stored>, StoreError> {
    store.row(&GET, args![id.0]).await?.as_ref().map(read).transpose()
}

/// Notes what somebody said; false where somebody had said something already.
pub async fn rate(
    tx: &mut Tx,
    id: ResultId,
    rating: Rating,
    by: &str,
    reason: Option<&str>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    Ok(tx.run(&RATE, args![id.0, word(&rating), by, reason, now]).await? == 1)
}

/// How a position's results of a time were judged.
pub async fn tally(store: &Store, position: &str, from: Timestamp, until: Timestamp) -> Result<Tally, StoreError> {
    add_up(&store.rows(&TALLY, args![position, from, until]).await?)
}

/// The same within a transaction, with the decisions about its proposals since then: an approval is an acceptance.
pub async fn tally_with_approvals(tx: &mut Tx, position: &str, since: Timestamp) -> Result<Tally, StoreError> {
    let mut tally = add_up(&tx.rows(&TALLY, args![position, since, Timestamp(i64::MAX)]).await?)?;
    for row in tx.rows(&VOTED, args![position, since]).await? {
        let count = u32::try_from(row.int("actions")?).unwrap_or(u32::MAX);
        match row.text("decision")?.as_str() {
            "approve" => tally.accepted = tally.accepted.saturating_add(count),
            "deny" => tally.rejected = tally.rejected.saturating_add(count),
            other => return Err(StoreError::unreadable("VOTED", format!("“{other}” is no decision"))),
        }
    }
    Ok(tally)
}

fn add_up(rows: &[Row]) -> Result<Tally, StoreError> {
    let mut tally = Tally::default();
    for row in rows {
        let count = u32::try_from(row.int("results")?).unwrap_or(u32::MAX);
        let rating: Option<Rating> = if row.text("rating")?.is_empty() { None } else { Some(row.word("rating")?) };
        let sum = match rating {
            Some(Rating::Used) => &mut tally.accepted,
            Some(Rating::Refined) => &mut tally.refined,
            Some(Rating::Wrong) => &mut tally.rejected,
            None => &mut tally.unrated,
        };
        *sum = sum.saturating_add(count);
    }
    Ok(tally)
}

/// How many tasks a position has had since then, and how many of them went on to somebody else.
pub async fn passed_on(tx: &mut Tx, position: &str, since: Timestamp) -> Result<(i64, i64), StoreError> {
    match tx.row(&HELD, args![format!("agent:{position}"), since]).await? {
        Some(row) => Ok((row.int("tasks")?, row.int("passed_on")?)),
        None => Ok((0, 0)),
    }
}

/// What a position spent since then in a currency, in millionths; what is in doubt counts as spent.
pub async fn spent(tx: &mut Tx, position: &str, since: Timestamp, currency: &str) -> Result<i64, StoreError> {
    tx.row(&SPENT, args![position, since, currency]).await?.map_or(Ok(0), |row| row.int("micros"))
}

/// Erases the texts of results from before then; digests and judgements stay.
pub async fn erase_texts(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    tx.run(&ERASE, args![before]).await
}

/// A guard of one position as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard<O> {
    pub key: String,
    pub position: String,
    /// The contract's word: `approve_all`, `pause`, `notify`.
    pub consequence: String,
    /// The sentence.
    pub origin: O,
    /// In millionths of what it measures.
    pub value: i64,
    /// `None`: it holds.
    pub fallen: Option<Timestamp>,
    /// Nothing before this counts: somebody said so.
    pub counts_from: Timestamp,
}

/// A guard fell; false where it had fallen before.
pub async fn fall<O: serde::Serialize>(
    tx: &mut Tx,
    key: &str,
    position: &str,
    consequence: &str,
    origin: &O,
    value: i64,
    now: Timestamp,
) -> Result<bool, StoreError> {
    Ok(tx.run(&FALL, args![key, position, consequence, json(origin), value, now]).await? == 1)
}

/// Somebody trusts again; only what happens from now on counts. False where nothing had fallen.
pub async fn lift(tx: &mut Tx, key: &str, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.run(&LIFT, args![key, now]).await? == 1)
}

pub async fn guard<O: serde::de::DeserializeOwned>(tx: &mut Tx, key: &str) -> Result<Option<Guard<O>>, StoreError> {
    tx.row(&GUARD, args![key]).await?.as_ref().map(read_guard).transpose()
}

/// The guards of a position that have fallen.
pub async fn fallen<O: serde::de::DeserializeOwned>(tx: &mut Tx, position: &str) -> Result<Vec<Guard<O>>, StoreError> {
    tx.rows(&FALLEN, args![position]).await?.iter().map(read_guard).collect()
}

fn read_guard<O: serde::de::DeserializeOwned>(row: &Row) -> Result<Guard<O>, StoreError> {
    Ok(Guard {
        key: row.text("guard")?,
        position: row.text("position")?,
        consequence: row.text("consequence")?,
        origin: row.json("origin")?,
        value: row.int("value")?,
        fallen: row.opt_time("fallen_us")?,
        counts_from: row.time("counts_from_us")?,
    })
}

/// What a sentence promises about a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Promised {
    /// A first answer.
    Respond,
    /// The end of it.
    Resolve,
}

/// A promise that was not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken<O> {
    pub task: TaskId,
    pub what: Promised,
    pub due: Timestamp,
    pub origin: O,
}

/// Notes a promise; of two about the same, the earlier one stands.
pub async fn promise<O: serde::Serialize>(
    tx: &mut Tx,
    task: TaskId,
    what: Promised,
    due: Timestamp,
    origin: &O,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.run(&PROMISE, args![task, word(&what), due, json(origin), now]).await.map(|_| ())
}

/// Promises whose time has come and that were not kept, at most 100.
pub async fn broken<O: serde::de::DeserializeOwned>(tx: &mut Tx, now: Timestamp) -> Result<Vec<Broken<O>>, StoreError> {
    let rows = tx.rows(&DUE, args![now]).await?;
    rows.iter()
        .map(|row| {
            Ok(Broken {
                task: TaskId(row.int("task")?),
                what: row.word("what")?,
                due: row.time("due_us")?,
                origin: row.json("origin")?,
            })
        })
        .collect()
}

/// When the next promise runs out.
pub async fn next_due(store: &Store) -> Result<Option<Timestamp>, StoreError> {
    store.row(&NEXT_DUE, args![]).await?.map_or(Ok(None), |row| row.opt_time("due"))
}

/// Notes that a promise was broken; false where that was noted before.
pub async fn note_broken(tx: &mut Tx, task: TaskId, what: Promised, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.run(&MISSED, args![task, word(&what), now]).await? == 1)
}

/// What was promised about a task: what, until when, and whether it was missed.
pub async fn promises_of(store: &Store, task: TaskId) -> Result<Vec<(Promised, Timestamp, bool)>, StoreError> {
    let rows = store.rows(&PROMISES_OF, args![task]).await?;
    rows.iter().map(|row| Ok((row.word("what")?, row.time("due_us")?, row.opt_time("missed_us")?.is_some()))).collect()
}

/// Which of these tasks are late.
pub async fn late(store: &Store, tasks: &[TaskId]) -> Result<Vec<TaskId>, StoreError> {
    store.rows(&LATE, args![json(&tasks)]).await?.iter().map(|row| Ok(TaskId(row.int("task")?))).collect()
}

/// Per kind: how many promises were made, and how many missed.
pub async fn kept_and_missed(store: &Store) -> Result<Vec<(Promised, i64, i64)>, StoreError> {
    let rows = store.rows(&MISSED_COUNT, args![]).await?;
    rows.iter().map(|row| Ok((row.word("what")?, row.int("promises")?, row.int("missed")?))).collect()
}

fn read(row: &Row) -> Result<Stored, StoreError> {
    let rating = row.opt_text("rating")?.map(|_| row.word("rating")).transpose()?;
    Ok(Stored {
        id: ResultId(row.int("id")?),
        task: TaskId(row.int("task")?),
        run: row.opt_int("run")?.map(RunId),
        position: row.text("position")?,
        kind: row.word("kind")?,
        version: row.int("version")?,
        text: row.opt_text("text")?,
        rating,
        by: row.opt_text("by_user")?,
        at: row.time("at_us")?,
        judged: row.opt_time("judged_us")?,
    })
}
