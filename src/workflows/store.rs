//! The tables of workflows. A look is a compare-and-set on the run's version; an entry's key is what keeps it from starting
//! twice.

use serde_json::Value;

use super::{Entry, EntryKind, EntryState, WorkflowRun, WorkflowState};
use crate::clock::Timestamp;
use crate::directives::workflow::Workflow;
use crate::ids::{TaskId, WorkflowRunId};
use crate::store::{Row, Store, StoreError, Tx, json, word};
use crate::{args, statements};

/// For a workflow that only somebody's doing can move on.
const NOT_BY_THE_CLOCK: Timestamp = Timestamp(i64::MAX);

statements! { STATEMENTS;
    START (4) -> [id] = { "INSERT INTO workflow_runs (task, name, definition, created_us, due_us, state, version) VALUES ($1, $2, $3, $4, $4, 'running', 0) RETURNING id" }
    NEXT (1) -> [id] = { "SELECT r.id FROM workflow_runs r WHERE r.ended_us IS NULL AND (r.due_us <= $1 OR EXISTS (SELECT 1 FROM workflow_steps s JOIN tasks t ON t.id = s.task WHERE s.run = r.id AND s.ended_us IS NULL AND t.ended_us IS NOT NULL) OR EXISTS (SELECT 1 FROM tasks t WHERE t.id = r.task AND t.ended_us IS NOT NULL)) ORDER BY r.id LIMIT 1" }
    LOOK (2) -> [] = { "UPDATE workflow_runs SET version = version + 1 WHERE id = $1 AND version = $2 AND ended_us IS NULL" }
    GET (1) -> [id, task, definition, state, version, created_us, ended_us] = { "SELECT id, task, definition, state, version, created_us, ended_us FROM workflow_runs WHERE id = $1" }
    OF_TASK (1) -> [id, task, definition, state, version, created_us, ended_us] = { "SELECT id, task, definition, state, version, created_us, ended_us FROM workflow_runs WHERE task = $1" }
    OF_NAME (2) -> [id, task, definition, state, version, created_us, ended_us] = { "SELECT id, task, definition, state, version, created_us, ended_us FROM workflow_runs WHERE name = $1 ORDER BY id DESC LIMIT $2" }
    COUNT_RUNNING (1) -> [running] = { "SELECT COUNT(*) AS running FROM workflow_runs WHERE name = $1 AND ended_us IS NULL" }
    DUE (2) -> [] = { "UPDATE workflow_runs SET due_us = $2 WHERE id = $1" }
    END (3) -> [] = { "UPDATE workflow_runs SET state = $2, ended_us = $3 WHERE id = $1 AND ended_us IS NULL" }
    ADD (7) -> [] = { "INSERT INTO workflow_steps (run, kind, n, attempt, task, state, started_us) VALUES ($1, $2, $3, $4, $5, $6, $7)" }
    ENTRIES (1) -> [kind, n, attempt, task, state, result, why, started_us, ended_us] = { "SELECT kind, n, attempt, task, state, result, why, started_us, ended_us FROM workflow_steps WHERE run = $1 ORDER BY started_us, n, attempt" }
    RUN_OF (1) -> [run] = { "SELECT run FROM workflow_steps WHERE task = $1" }
    GIVEN (1) -> [] = { "UPDATE workflow_steps SET state = 'given' WHERE task = $1 AND state = 'gated'" }
    RETURNED (3) -> [] = { "UPDATE workflow_steps SET result = $2, why = $3 WHERE task = $1 AND ended_us IS NULL" }
    ENDED (3) -> [] = { "UPDATE workflow_steps SET state = $2, ended_us = $3 WHERE task = $1 AND ended_us IS NULL" }
    ERASE (1) -> [] = { "UPDATE workflow_steps SET result = NULL, why = NULL WHERE task = $1" }
}

/// Records that a task is a workflow from now on.
pub async fn start(
    tx: &mut Tx,
    task: TaskId,
    workflow: &Workflow,
    now: Timestamp,
) -> Result<WorkflowRunId, StoreError> {
    let row = tx.row(&START, args![task, &workflow.name, json(workflow), now]).await?;
    row.ok_or_else(|| StoreError::unreadable("START", "no id came back"))
        .and_then(|row| Ok(WorkflowRunId(row.int("id")?)))
}

/// A workflow that somebody should look at, if there is one.
pub async fn next_to_look_at(store: &Store, now: Timestamp) -> Result<Option<WorkflowRunId>, StoreError> {
    store.row(&NEXT, args![now]).await?.map(|row| Ok(WorkflowRunId(row.int("id")?))).transpose()
}

/// Takes the workflow for one look; `None` when it ended, or somebody else looks at it.
pub async fn look(tx: &mut Tx, id: WorkflowRunId) -> Result<Option<WorkflowRun>, StoreError> {
    let Some(run) = tx.row(&GET, args![id]).await?.as_ref().map(read).transpose()? else { return Ok(None) };
    let taken = tx.run(&LOOK, args![id, run.version]).await? == 1;
    Ok(taken.then_some(run))
}

pub async fn of_task(tx: &mut Tx, task: TaskId) -> Result<Option<WorkflowRun>, StoreError> {
    tx.row(&OF_TASK, args![task]).await?.as_ref().map(read).transpose()
}

/// The workflow that a task is a step of.
pub async fn of_step(tx: &mut Tx, task: TaskId) -> Result<Option<WorkflowRun>, StoreError> {
    let Some(row) = tx.row(&RUN_OF, args![task]).await? else { return Ok(None) };
    tx.row(&GET, args![row.int("run")?]).await?.as_ref().map(read).transpose()
}

/// The newest runs of a workflow.
pub async fn of_name(store: &Store, name: &str, limit: i64) -> Result<Vec<WorkflowRun>, StoreError> {
    store.rows(&OF_NAME, args![name, limit]).await?.iter().map(read).collect()
}

pub async fn count_running(store: &Store, name: &str) -> Result<i64, StoreError> {
    store.row(&COUNT_RUNNING, args![name]).await?.map_or(Ok(0), |row| row.int("running"))
}

/// When to look again without anybody doing anything.
pub async fn due_at(tx: &mut Tx, id: WorkflowRunId, at: Option<Timestamp>) -> Result<(), StoreError> {
    tx.run(&DUE, args![id, at.unwrap_or(NOT_BY_THE_CLOCK)]).await.map(|_| ())
}

pub async fn end(tx: &mut Tx, id: WorkflowRunId, state: WorkflowState, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.run(&END, args![id, word(&state), now]).await? == 1)
}

/// Records a piece of work; the key refuses a second one.
pub async fn add_entry(
    tx: &mut Tx,
    run: WorkflowRunId,
    key: (EntryKind, u32, u32),
    task: TaskId,
    state: EntryState,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (kind, n, attempt) = key;
    tx.run(&ADD, args![run, word(&kind), n, attempt, task, word(&state), now]).await.map(|_| ())
}

pub async fn entries(tx: &mut Tx, run: WorkflowRunId) -> Result<Vec<Entry>, StoreError> {
    tx.rows(&ENTRIES, args![run]).await?.iter().map(read_entry).collect()
}

/// The same for a look that changes nothing.
pub async fn entries_now(store: &Store, run: WorkflowRunId) -> Result<Vec<Entry>, StoreError> {
    store.rows(&ENTRIES, args![run]).await?.iter().map(read_entry).collect()
}

/// The approval is there: its worker has it now.
pub async fn given(tx: &mut Tx, task: TaskId) -> Result<bool, StoreError> {
    Ok(tx.run(&GIVEN, args![task]).await? == 1)
}

/// What a step's task came to, before it ends. Nothing where the task is no step.
pub async fn returned(tx: &mut Tx, task: TaskId, result: Option<&Value>, why: Option<&str>) -> Result<(), StoreError> {
    tx.run(&RETURNED, args![task, result.map(json), why]).await.map(|_| ())
}

pub async fn ended(tx: &mut Tx, task: TaskId, state: EntryState, now: Timestamp) -> Result<(), StoreError> {
    tx.run(&ENDED, args![task, word(&state), now]).await.map(|_| ())
}

/// Erases what a step returned.
pub async fn erase_results(tx: &mut Tx, task: TaskId) -> Result<u64, StoreError> {
    tx.run(&ERASE, args![task]).await
}

fn read(row: &Row) -> Result<WorkflowRun, StoreError> {
    Ok(WorkflowRun {
        id: WorkflowRunId(row.int("id")?),
        task: TaskId(row.int("task")?),
        workflow: row.json("definition")?,
        state: row.word("state")?,
        version: row.int("version")?,
        created: row.time("created_us")?,
        ended: row.opt_time("ended_us")?,
    })
}

fn read_entry(row: &Row) -> Result<Entry, StoreError> {
    let number = |name: &'static str| row.int(name).map(|n| u32::try_from(n).unwrap_or(u32::MAX));
    let result = row.opt_text("result")?.map(|text| serde_json::from_str(&text)).transpose();
    Ok(Entry {
        kind: row.word("kind")?,
        n: number("n")?,
        attempt: number("attempt")?,
        task: TaskId(row.int("task")?),
        state: row.word("state")?,
        result: result.map_err(|e| StoreError::unreadable("ENTRIES", e))?,
        why: row.opt_text("why")?,
        started: row.time("started_us")?,
        ended: row.opt_time("ended_us")?,
    })
}
