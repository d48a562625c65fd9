//! Runs and their journals. A claim is a lease with a fence: a step by a worker that lost the lease is refused.

use serde_json::Value;

use super::{DriverKind, Run, RunState, Step, StepKind, Waiting};
use crate::clock::{Span, Timestamp};
use crate::ids::{RunId, TaskId};
use crate::store::{Row, Store, StoreError, Tx, json, word};
use crate::workers::ActorChain;
use crate::{args, statements};

/// How long a worker may think about one step.
pub const LEASE: Span = Span::seconds(60);
/// A run whose step failed this often in a row is given up and a human hears of it.
pub const MAX_ATTEMPTS: i64 = 5;

statements! { STATEMENTS;
    START (7) -> [id] = { "INSERT INTO runs (task, position, driver, plan, actor_chain, directives_digest, created_us, state, waiting, not_before_us, lease_until_us, fence, attempts) VALUES ($1, $2, $3, $4, $5, $6, $7, 'ready', NULL, $7, 0, 0, 0) RETURNING id" }
    CLAIM (2) -> [id] = {
        sqlite "UPDATE runs SET lease_until_us = $2, fence = fence + 1, attempts = attempts + 1 WHERE id = (SELECT id FROM runs WHERE state = 'ready' AND driver = 'playbook' AND lease_until_us <= $1 AND not_before_us <= $1 ORDER BY id LIMIT 1) RETURNING id"
        postgres "UPDATE runs SET lease_until_us = $2, fence = fence + 1, attempts = attempts + 1 WHERE id = (SELECT id FROM runs WHERE state = 'ready' AND driver = 'playbook' AND lease_until_us <= $1 AND not_before_us <= $1 ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id" }
    CLAIM_THINKING (2) -> [id] = {
        sqlite "UPDATE runs SET lease_until_us = $2, fence = fence + 1, attempts = attempts + 1 WHERE id = (SELECT id FROM runs WHERE state = 'ready' AND driver <> 'playbook' AND lease_until_us <= $1 AND not_before_us <= $1 ORDER BY id LIMIT 1) RETURNING id"
        postgres "UPDATE runs SET lease_until_us = $2, fence = fence + 1, attempts = attempts + 1 WHERE id = (SELECT id FROM runs WHERE state = 'ready' AND driver <> 'playbook' AND lease_until_us <= $1 AND not_before_us <= $1 ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id" }
    HOLD (3) -> [] = { "UPDATE runs SET lease_until_us = $3 WHERE id = $1 AND fence = $2 AND state = 'ready'" }
    POKE (2) -> [] = { "UPDATE runs SET not_before_us = $2, lease_until_us = 0, attempts = 0, fence = fence + 1 WHERE id = $1 AND state = 'ready'" }
    HELD (2) -> [id] = { "SELECT id FROM runs WHERE id = $1 AND fence = $2 AND state = 'ready'" }
    STILL_OURS (2) -> [] = { "UPDATE runs SET fence = fence WHERE id = $1 AND fence = $2 AND state = 'ready'" }
    GET (1) -> [id, task, position, driver, plan, state, waiting, actor_chain, directives_digest, fence, attempts, created_us] = { "SELECT id, task, position, driver, plan, state, waiting, actor_chain, directives_digest, fence, attempts, created_us FROM runs WHERE id = $1" }
    CURRENT_OF_TASK (1) -> [id, task, position, driver, plan, state, waiting, actor_chain, directives_digest, fence, attempts, created_us] = { "SELECT id, task, position, driver, plan, state, waiting, actor_chain, directives_digest, fence, attempts, created_us FROM runs WHERE task = $1 AND ended_us IS NULL ORDER BY id DESC LIMIT 1" }
    LAST_OF_TASK (1) -> [id, task, position, driver, plan, state, waiting, actor_chain, directives_digest, fence, attempts, created_us] = { "SELECT id, task, position, driver, plan, state, waiting, actor_chain, directives_digest, fence, attempts, created_us FROM runs WHERE task = $1 ORDER BY id DESC LIMIT 1" }
    LIVE (0) -> [id, task, position, driver, plan, state, waiting, actor_chain, directives_digest, fence, attempts, created_us] = { "SELECT id, task, position, driver, plan, state, waiting, actor_chain, directives_digest, fence, attempts, created_us FROM runs WHERE ended_us IS NULL ORDER BY id" }
    CURRENT_OF_TASKS (1) -> [id, task, position, driver, plan, state, waiting, actor_chain, directives_digest, fence, attempts, created_us] = {
        sqlite "SELECT id, task, position, driver, plan, state, waiting, actor_chain, directives_digest, fence, attempts, created_us FROM runs WHERE task IN (SELECT value FROM json_each($1)) AND ended_us IS NULL ORDER BY id"
        postgres "SELECT id, task, position, driver, plan, state, waiting, actor_chain, directives_digest, fence, attempts, created_us FROM runs WHERE task IN (SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST($1 AS JSON))) AND ended_us IS NULL ORDER BY id" }
    WAIT (3) -> [] = { "UPDATE runs SET state = 'waiting', waiting = $3, lease_until_us = 0, attempts = 0 WHERE id = $1 AND fence = $2 AND state = 'ready'" }
    WAKE (2) -> [] = { "UPDATE runs SET state = 'ready', waiting = NULL, not_before_us = $2, lease_until_us = 0, attempts = 0, fence = fence + 1 WHERE id = $1 AND state = 'waiting'" }
    NOW_WAITS_FOR (2) -> [] = { "UPDATE runs SET waiting = $2 WHERE id = $1 AND state = 'waiting'" }
    GO_ON (3) -> [] = { "UPDATE runs SET lease_until_us = 0, attempts = 0, not_before_us = $3 WHERE id = $1 AND fence = $2 AND state = 'ready'" }
    RELEASE_ALL (1) -> [] = { "UPDATE runs SET not_before_us = $1 WHERE state = 'ready' AND not_before_us > $1" }
    BREAK_OFF (2) -> [] = { "UPDATE runs SET lease_until_us = 0, not_before_us = $2, fence = fence + 1 WHERE id = $1 AND state = 'ready'" }
    FREE_LEASES (0) -> [] = { "UPDATE runs SET lease_until_us = 0 WHERE state = 'ready'" }
    COUNT_OF_TASK (1) -> [runs] = { "SELECT COUNT(*) AS runs FROM runs WHERE task = $1" }
    AGAIN (3) -> [] = { "UPDATE runs SET lease_until_us = 0, not_before_us = $3 WHERE id = $1 AND fence = $2 AND state = 'ready'" }
    END (3) -> [] = { "UPDATE runs SET state = $2, waiting = NULL, ended_us = $3, fence = fence + 1 WHERE id = $1 AND ended_us IS NULL" }
    END_FENCED (4) -> [] = { "UPDATE runs SET state = $3, waiting = NULL, ended_us = $4 WHERE id = $1 AND fence = $2 AND state = 'ready'" }
    ASK (5) -> [] = { "INSERT INTO questions (run, task, asked_us, remind_us, due_us) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (run) DO UPDATE SET asked_us = excluded.asked_us, remind_us = excluded.remind_us, due_us = excluded.due_us" }
    QUESTIONS_DUE (1) -> [run, asked_us, due_us] = { "SELECT run, asked_us, due_us FROM questions WHERE due_us <= $1 OR remind_us <= $1 ORDER BY due_us, run LIMIT 100" }
    QUESTIONS (0) -> [task, due_us] = { "SELECT task, due_us FROM questions ORDER BY due_us, run LIMIT 200" }
    NEXT_QUESTION (0) -> [due] = { "SELECT MIN(COALESCE(remind_us, due_us)) AS due FROM questions" }
    REMINDED (2) -> [] = { "UPDATE questions SET remind_us = $2 WHERE run = $1" }
    NO_QUESTION (1) -> [] = { "DELETE FROM questions WHERE run = $1" }
    ADD_STEP (6) -> [] = { "INSERT INTO steps (run, seq, kind, request_digest, result, fence, at_us) SELECT $1, COALESCE(MAX(seq), 0) + 1, $2, $3, $4, $5, $6 FROM steps WHERE run = $1" }
    STEPS (1) -> [seq, kind, request_digest, result, at_us] = { "SELECT seq, kind, request_digest, result, at_us FROM steps WHERE run = $1 ORDER BY seq" }
    ERASE (1) -> [] = { "UPDATE steps SET result = NULL WHERE run IN (SELECT id FROM runs WHERE task = $1)" }
    ERASE_RUN (1) -> [] = { "UPDATE steps SET result = NULL WHERE run = $1" }
    READY_COUNT (0) -> [ready] = { "SELECT COUNT(*) AS ready FROM runs WHERE state = 'ready'" }
    NEXT_DUE (0) -> [due] = { "SELECT MIN(CASE WHEN lease_until_us > not_before_us THEN lease_until_us ELSE not_before_us END) AS due FROM runs WHERE state = 'ready'" }
    NEXT_DUE_OF (1) -> [due] = { "SELECT MIN(CASE WHEN lease_until_us > not_before_us THEN lease_until_us ELSE not_before_us END) AS due FROM runs WHERE state = 'ready' AND CASE WHEN driver = 'playbook' THEN 0 ELSE 1 END = $1" }
}

/// A run that is about to begin.
#[derive(Debug, Clone)]
pub struct NewRun<'a> {
    pub task: TaskId,
    pub position: &'a str,
    pub driver: DriverKind,
    pub plan: &'a str,
    pub actor_chain: &'a ActorChain,
    pub directives_digest: &'a str,
}

pub async fn start_run(tx: &mut Tx, new: &NewRun<'_>, now: Timestamp) -> Result<RunId, StoreError> {
    let args =
        args![new.task, new.position, word(&new.driver), new.plan, json(new.actor_chain), new.directives_digest, now];
    let row = tx.row(&START, args).await?;
    row.ok_or_else(|| StoreError::unreadable("START", "no id came back")).and_then(|row| Ok(RunId(row.int("id")?)))
}

/// Which runs a worker takes: those whose next step is computed at once, or those where somebody is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    AtOnce,
    Thinking,
}

/// Takes the oldest run of this pace that is ready; its fence is now the claimer's.
pub async fn claim_next(tx: &mut Tx, pace: Pace, now: Timestamp) -> Result<Option<Run>, StoreError> {
    let claim = match pace {
        Pace::AtOnce => &CLAIM,
        Pace::Thinking => &CLAIM_THINKING,
    };
    match tx.row(claim, args![now, now.plus(LEASE)]).await? {
        Some(row) => run(tx, RunId(row.int("id")?)).await,
        None => Ok(None),
    }
}

pub async fn run(tx: &mut Tx, id: RunId) -> Result<Option<Run>, StoreError> {
    tx.row(&GET, args![id]).await?.as_ref().map(read).transpose()
}

/// The run of a task that has not ended, if any.
pub async fn current_of_task(tx: &mut Tx, task: TaskId) -> Result<Option<Run>, StoreError> {
    tx.row(&CURRENT_OF_TASK, args![task]).await?.as_ref().map(read).transpose()
}

/// The newest run of a task, ended or not.
pub async fn last_of_task(tx: &mut Tx, task: TaskId) -> Result<Option<Run>, StoreError> {
    tx.row(&LAST_OF_TASK, args![task]).await?.as_ref().map(read).transpose()
}

/// The runs of these tasks that have not ended, in one statement; the newest of a task comes last.
pub async fn current_of_tasks(store: &Store, tasks: &[TaskId]) -> Result<Vec<Run>, StoreError> {
    store.rows(&CURRENT_OF_TASKS, args![json(&tasks)]).await?.iter().map(read).collect()
}

pub async fn live(store: &Store) -> Result<Vec<Run>, StoreError> {
    store.rows(&LIVE, args![]).await?.iter().map(read).collect()
}

/// The claimed run waits from now on; false when the lease was lost.
pub async fn wait_for(tx: &mut Tx, run: &Run, waiting: &Waiting) -> Result<bool, StoreError> {
    Ok(tx.run(&WAIT, args![run.id, run.fence, json(waiting)]).await? == 1)
}

/// Keeps a claimed run until `until`; false when the lease was lost. Whoever is told true may go on in this transaction.
pub async fn hold(tx: &mut Tx, run: &Run, until: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.run(&HOLD, args![run.id, run.fence, until]).await? == 1)
}

/// What a ready run was put off for has come: it goes on now. False when it is not ready any more.
pub async fn poke(tx: &mut Tx, id: RunId, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.run(&POKE, args![id, now]).await? == 1)
}

/// Whether a claim still stands: nobody cancelled the run or took it over.
pub async fn is_held(store: &Store, id: RunId, fence: i64) -> Result<bool, StoreError> {
    Ok(store.row(&HELD, args![id, fence]).await?.is_some())
}

/// The same inside a transaction, to whose end it then holds: whoever takes the run away waits.
pub async fn still_ours(tx: &mut Tx, id: RunId, fence: i64) -> Result<bool, StoreError> {
    Ok(tx.run(&STILL_OURS, args![id, fence]).await? == 1)
}

/// Whether the run waits for a tool, and not for a person.
pub async fn waits_for_a_tool(tx: &mut Tx, id: RunId) -> Result<bool, StoreError> {
    let run = run(tx, id).await?;
    Ok(run.is_some_and(|run| matches!(run.waiting, Some(Waiting::Action { .. }))))
}

/// A waiting run is ready again; false when it was not waiting. Whoever held it before has lost it.
pub async fn wake(tx: &mut Tx, id: RunId, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.run(&WAKE, args![id, now]).await? == 1)
}

/// A waiting run waits for something else.
pub async fn now_waits_for(tx: &mut Tx, id: RunId, waiting: &Waiting) -> Result<bool, StoreError> {
    Ok(tx.run(&NOW_WAITS_FOR, args![id, json(waiting)]).await? == 1)
}

/// Gives a claimed run back, to be taken again not before `at`.
pub async fn again_at(tx: &mut Tx, run: &Run, at: Timestamp) -> Result<(), StoreError> {
    tx.run(&AGAIN, args![run.id, run.fence, at]).await.map(|_| ())
}

/// The claimed run took a step and may take the next at once; false when the lease was lost.
pub async fn go_on(tx: &mut Tx, run: &Run, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.run(&GO_ON, args![run.id, run.fence, now]).await? == 1)
}

/// After a resume: runs that were put off may go on now.
pub async fn release_put_off(tx: &mut Tx, now: Timestamp) -> Result<u64, StoreError> {
    tx.run(&RELEASE_ALL, args![now]).await
}

/// Takes a ready run away from whoever is at work on it: what they have in hand does not count. It may be claimed again at once.
pub async fn break_off(tx: &mut Tx, id: RunId, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.run(&BREAK_OFF, args![id.0, now]).await? > 0)
}

/// Frees all leases: only for a database that one process has to itself, when that process starts.
pub async fn free_leases(tx: &mut Tx) -> Result<u64, StoreError> {
    tx.run(&FREE_LEASES, args![]).await
}

/// Notes that a run waits with a question: when whoever was asked is reminded, and when the task is given back.
pub async fn note_question(
    tx: &mut Tx,
    run: &Run,
    remind: Option<Timestamp>,
    due: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.run(&ASK, args![run.id, run.task, now, remind, due]).await.map(|_| ())
}

/// A question that is to be looked at: somebody is to be reminded, or its time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuestionDue {
    pub run: RunId,
    pub asked: Timestamp,
    pub due: Timestamp,
}

/// Questions that are to be looked at; at most 100.
pub async fn questions_due(tx: &mut Tx, now: Timestamp) -> Result<Vec<QuestionDue>, StoreError> {
    let rows = tx.rows(&QUESTIONS_DUE, args![now]).await?;
    let read = |row: &Row| {
        Ok(QuestionDue { run: RunId(row.int("run")?), asked: row.time("asked_us")?, due: row.time("due_us")? })
    };
    rows.iter().map(read).collect()
}

/// The tasks whose runs wait for an answer, and until when; at most 200, the soonest first.
pub async fn questions(store: &Store) -> Result<Vec<(TaskId, Timestamp)>, StoreError> {
    let rows = store.rows(&QUESTIONS, args![]).await?;
    rows.iter().map(|row| Ok((TaskId(row.int("task")?), row.time("due_us")?))).collect()
}

/// When the next question is to be looked at.
pub async fn next_question(store: &Store) -> Result<Option<Timestamp>, StoreError> {
    store.row(&NEXT_QUESTION, args![]).await?.map_or(Ok(None), |row| row.opt_time("due"))
}

/// Whoever was asked was reminded, and is again at `next`, if at all.
pub async fn note_reminded(tx: &mut Tx, run: RunId, next: Option<Timestamp>) -> Result<(), StoreError> {
    tx.run(&REMINDED, args![run, next]).await.map(|_| ())
}

/// The run waits for no answer any more.
pub async fn forget_question(tx: &mut Tx, run: RunId) -> Result<(), StoreError> {
    tx.run(&NO_QUESTION, args![run]).await.map(|_| ())
}

/// How many runs a task has had.
pub async fn count_of_task(tx: &mut Tx, task: TaskId) -> Result<i64, StoreError> {
    tx.row(&COUNT_OF_TASK, args![task]).await?.map_or(Ok(0), |row| row.int("runs"))
}

/// Ends a run, whoever holds it: a cancellation. False when it had ended.
pub async fn end_run(tx: &mut Tx, id: RunId, state: RunState, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.run(&END, args![id, word(&state), now]).await? == 1)
}

/// Ends the claimed run; false when the lease was lost.
pub async fn finish(tx: &mut Tx, run: &Run, state: RunState, now: Timestamp) -> Result<bool, StoreError> {
    Ok(tx.run(&END_FENCED, args![run.id, run.fence, word(&state), now]).await? == 1)
}

/// Appends a step to a run's journal.
pub async fn append_step(
    tx: &mut Tx,
    run: RunId,
    fence: i64,
    kind: StepKind,
    request_digest: &str,
    result: &Value,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.run(&ADD_STEP, args![run, word(&kind), request_digest, json(result), fence, now]).await.map(|_| ())
}

/// The journal, oldest step first.
pub async fn journal(tx: &mut Tx, run: RunId) -> Result<Vec<Step>, StoreError> {
    let rows = tx.rows(&STEPS, args![run]).await?;
    rows.iter()
        .map(|row| {
            let result = row.opt_text("result")?.map(|text| serde_json::from_str(&text)).transpose();
            Ok(Step {
                seq: row.int("seq")?,
                kind: row.word("kind")?,
                request_digest: row.text("request_digest")?,
                result: result.map_err(|e| StoreError::unreadable("STEPS", e))?,
                at: row.time("at_us")?,
            })
        })
        .collect()
}

/// Erases what came of the steps of a task that has ended; their digests stay.
pub async fn erase_results(tx: &mut Tx, task: TaskId) -> Result<u64, StoreError> {
    tx.run(&ERASE, args![task]).await
}

/// Erases what came of the steps of one run that has ended; their digests stay.
pub async fn erase_run(tx: &mut Tx, run: RunId) -> Result<u64, StoreError> {
    tx.run(&ERASE_RUN, args![run]).await
}

pub async fn ready_count(store: &Store) -> Result<i64, StoreError> {
    store.row(&READY_COUNT, args![]).await?.map_or(Ok(0), |row| row.int("ready"))
}

pub async fn next_due(store: &Store) -> Result<Option<Timestamp>, StoreError> {
    store.row(&NEXT_DUE, args![]).await?.map_or(Ok(None), |row| row.opt_time("due"))
}

/// When the next run of this pace may be taken.
pub async fn next_due_of(store: &Store, pace: Pace) -> Result<Option<Timestamp>, StoreError> {
    let thinking = i64::from(pace == Pace::Thinking);
    store.row(&NEXT_DUE_OF, args![thinking]).await?.map_or(Ok(None), |row| row.opt_time("due"))
}

fn read(row: &Row) -> Result<Run, StoreError> {
    let waiting = row.opt_text("waiting")?.map(|text| serde_json::from_str(&text)).transpose();
    Ok(Run {
        id: RunId(row.int("id")?),
        task: TaskId(row.int("task")?),
        position: row.text("position")?,
        driver: row.word("driver")?,
        plan: row.text("plan")?,
        state: row.word("state")?,
        waiting: waiting.map_err(|e| StoreError::unreadable("RUNS", e))?,
        actor_chain: row.json("actor_chain")?,
        directives_digest: row.text("directives_digest")?,
        fence: row.int("fence")?,
        attempts: row.int("attempts")?,
        created: row.time("created_us")?,
    })
}
