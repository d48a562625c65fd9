//! The assignments' table. A unique index keeps one current holding per task.

use super::{Assignment, AssignmentState};
use crate::clock::Timestamp;
use crate::ids::{AssignmentId, TaskId};
use crate::store::{Row, Store, StoreError, Tx, json, word};
use crate::workers::WorkerRef;
use crate::{args, statements};

statements! { STATEMENTS;
    END_CURRENT (3) -> [] = { "UPDATE assignments SET until_us = $2, state = $3, due_us = NULL WHERE task = $1 AND until_us IS NULL" }
    BEGIN (7) -> [id] = { "INSERT INTO assignments (task, worker, state, because, since_us, level, due_us, accepted_us, until_us) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, NULL) RETURNING id" }
    CURRENT (1) -> [id, task, worker, state, because, since_us, accepted_us, until_us, level, due_us] = { "SELECT id, task, worker, state, because, since_us, accepted_us, until_us, level, due_us FROM assignments WHERE task = $1 AND until_us IS NULL" }
    OF_TASK (1) -> [id, task, worker, state, because, since_us, accepted_us, until_us, level, due_us] = { "SELECT id, task, worker, state, because, since_us, accepted_us, until_us, level, due_us FROM assignments WHERE task = $1 ORDER BY id" }
    ALL_CURRENT (0) -> [id, task, worker, state, because, since_us, accepted_us, until_us, level, due_us] = { "SELECT id, task, worker, state, because, since_us, accepted_us, until_us, level, due_us FROM assignments WHERE until_us IS NULL ORDER BY id" }
    CURRENT_OF_TASKS (1) -> [id, task, worker, state, because, since_us, accepted_us, until_us, level, due_us] = {
        sqlite "SELECT id, task, worker, state, because, since_us, accepted_us, until_us, level, due_us FROM assignments WHERE task IN (SELECT value FROM json_each($1)) AND until_us IS NULL"
        postgres "SELECT id, task, worker, state, because, since_us, accepted_us, until_us, level, due_us FROM assignments WHERE task IN (SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST($1 AS JSON))) AND until_us IS NULL" }
    OF_WORKERS (2) -> [id, task, worker, state, because, since_us, accepted_us, until_us, level, due_us] = {
        sqlite "SELECT id, task, worker, state, because, since_us, accepted_us, until_us, level, due_us FROM assignments WHERE worker IN (SELECT value FROM json_each($1)) AND until_us IS NULL ORDER BY id LIMIT $2"
        postgres "SELECT id, task, worker, state, because, since_us, accepted_us, until_us, level, due_us FROM assignments WHERE worker IN (SELECT value FROM json_array_elements_text(CAST($1 AS JSON))) AND until_us IS NULL ORDER BY id LIMIT $2" }
    LOAD (1) -> [worker, state, tasks, oldest] = {
        sqlite "SELECT worker, state, COUNT(*) AS tasks, MIN(since_us) AS oldest FROM assignments WHERE worker IN (SELECT value FROM json_each($1)) AND until_us IS NULL GROUP BY worker, state ORDER BY worker, state"
        postgres "SELECT worker, state, COUNT(*) AS tasks, MIN(since_us) AS oldest FROM assignments WHERE worker IN (SELECT value FROM json_array_elements_text(CAST($1 AS JSON))) AND until_us IS NULL GROUP BY worker, state ORDER BY worker, state" }
    DONE_SINCE (2) -> [worker, tasks] = {
        sqlite "SELECT worker, COUNT(*) AS tasks FROM assignments WHERE worker IN (SELECT value FROM json_each($1)) AND state = 'done' AND until_us >= $2 GROUP BY worker ORDER BY worker"
        postgres "SELECT worker, COUNT(*) AS tasks FROM assignments WHERE worker IN (SELECT value FROM json_array_elements_text(CAST($1 AS JSON))) AND state = 'done' AND until_us >= $2 GROUP BY worker ORDER BY worker" }
    ACCEPT (3) -> [] = { "UPDATE assignments SET state = 'held', worker = $2, accepted_us = $3, due_us = NULL WHERE id = $1 AND until_us IS NULL AND state = 'offered'" }
    ESCALATED (3) -> [] = { "UPDATE assignments SET level = $2, due_us = $3 WHERE id = $1 AND until_us IS NULL" }
    OVERDUE (1) -> [id, task, worker, state, because, since_us, accepted_us, until_us, level, due_us] = { "SELECT id, task, worker, state, because, since_us, accepted_us, until_us, level, due_us FROM assignments WHERE until_us IS NULL AND due_us IS NOT NULL AND due_us <= $1 ORDER BY due_us, id LIMIT 50" }
    NEXT_DUE (0) -> [due] = { "SELECT MIN(due_us) AS due FROM assignments WHERE until_us IS NULL AND due_us IS NOT NULL" }
}

/// A holding that is about to begin.
#[derive(Debug, Clone)]
pub struct NewAssignment<'a> {
    pub task: TaskId,
    pub worker: &'a WorkerRef,
    pub state: AssignmentState,
    pub because: &'a str,
    pub level: u32,
    pub due: Option<Timestamp>,
}

/// Ends the current holding, if there is one, as released; and begins another.
pub async fn assign(tx: &mut Tx, new: &NewAssignment<'_>, now: Timestamp) -> Result<AssignmentId, StoreError> {
    end_current(tx, new.task, AssignmentState::Released, now).await?;
    let row = tx
        .row(&BEGIN, args![new.task, new.worker.to_string(), word(&new.state), new.because, now, new.level, new.due])
        .await?;
    row.ok_or_else(|| StoreError::unreadable("BEGIN", "no id came back")).and_then(|r| Ok(AssignmentId(r.int("id")?)))
}

/// Ends the current holding as done or released; false when there was none.
pub async fn end_current(
    tx: &mut Tx,
    task: TaskId,
    state: AssignmentState,
    now: Timestamp,
) -> Result<bool, StoreError> {
    Ok(tx.run(&END_CURRENT, args![task, now, word(&state)]).await? > 0)
}

pub async fn current(tx: &mut Tx, task: TaskId) -> Result<Option<Assignment>, StoreError> {
    tx.row(&CURRENT, args![task]).await?.as_ref().map(read).transpose()
}

pub async fn find_current(store: &Store, task: TaskId) -> Result<Option<Assignment>, StoreError> {
    store.row(&CURRENT, args![task]).await?.as_ref().map(read).transpose()
}

/// Everyone who ever held a task, oldest first.
pub async fn of_task(store: &Store, task: TaskId) -> Result<Vec<Assignment>, StoreError> {
    store.rows(&OF_TASK, args![task]).await?.iter().map(read).collect()
}

/// The same within a transaction.
pub async fn of_task_in(tx: &mut Tx, task: TaskId) -> Result<Vec<Assignment>, StoreError> {
    tx.rows(&OF_TASK, args![task]).await?.iter().map(read).collect()
}

pub async fn all_current(store: &Store) -> Result<Vec<Assignment>, StoreError> {
    store.rows(&ALL_CURRENT, args![]).await?.iter().map(read).collect()
}

/// The current holdings of these tasks, in one statement.
pub async fn current_of_tasks(store: &Store, tasks: &[TaskId]) -> Result<Vec<Assignment>, StoreError> {
    store.rows(&CURRENT_OF_TASKS, args![json(&tasks)]).await?.iter().map(read).collect()
}

/// What these workers hold or were offered, oldest first.
pub async fn of_workers(store: &Store, workers: &[WorkerRef], limit: i64) -> Result<Vec<Assignment>, StoreError> {
    store.rows(&OF_WORKERS, args![json(&workers), limit]).await?.iter().map(read).collect()
}

/// How much a worker has in one state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Load {
    pub worker: WorkerRef,
    pub state: AssignmentState,
    pub tasks: i64,
    pub oldest: Timestamp,
}

/// What these workers hold or were offered, counted.
pub async fn load_of(store: &Store, workers: &[WorkerRef]) -> Result<Vec<Load>, StoreError> {
    let rows = store.rows(&LOAD, args![json(&workers)]).await?;
    rows.iter()
        .map(|row| {
            Ok(Load {
                worker: row.word("worker")?,
                state: row.word("state")?,
                tasks: row.int("tasks")?,
                oldest: row.time("oldest")?,
            })
        })
        .collect()
}

/// How many tasks each of these workers finished since then.
pub async fn done_since(
    store: &Store,
    workers: &[WorkerRef],
    since: Timestamp,
) -> Result<Vec<(WorkerRef, i64)>, StoreError> {
    let rows = store.rows(&DONE_SINCE, args![json(&workers), since]).await?;
    rows.iter().map(|row| Ok((row.word("worker")?, row.int("tasks")?))).collect()
}

/// An offer is taken by `worker`; false when somebody was faster.
pub async fn accept(tx: &mut Tx, id: AssignmentId, worker: &WorkerRef, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.run(&ACCEPT, args![id, worker.to_string(), now]).await? == 1)
}

/// Notes that an unanswered holding was escalated, and when the next step is due.
pub async fn note_escalation(
    tx: &mut Tx,
    id: AssignmentId,
    level: u32,
    due: Option<Timestamp>,
) -> Result<(), StoreError> {
    tx.run(&ESCALATED, args![id, level, due]).await.map(|_| ())
}

pub async fn overdue(tx: &mut Tx, now: Timestamp) -> Result<Vec<Assignment>, StoreError> {
    tx.rows(&OVERDUE, args![now]).await?.iter().map(read).collect()
}

pub async fn next_due(store: &Store) -> Result<Option<Timestamp>, StoreError> {
    store.row(&NEXT_DUE, args![]).await?.map_or(Ok(None), |row| row.opt_time("due"))
}

fn read(row: &Row) -> Result<Assignment, StoreError> {
    let worker = row.text("worker")?;
    Ok(Assignment {
        id: AssignmentId(row.int("id")?),
        task: TaskId(row.int("task")?),
        worker: worker.parse().map_err(|e| StoreError::unreadable("ASSIGNMENTS", e))?,
        state: row.word("state")?,
        because: row.text("because")?,
        since: row.time("since_us")?,
        accepted: row.opt_time("accepted_us")?,
        until: row.opt_time("until_us")?,
        level: u32::try_from(row.int("level")?).unwrap_or(u32::MAX),
        due: row.opt_time("due_us")?,
    })
}
