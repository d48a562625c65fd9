//! Actions: what was proposed, what became of it. Moves are made by [`Stage::after`] and written under a fence.

use super::{Stage, Step};
use crate::clock::{Span, Timestamp};
use crate::gate::Level;
use crate::gate::{Because, Proposal};
use crate::ids::{ActionId, RunId, TaskId};
use crate::money::{Cost, Currency, Money};
use crate::store::{Row, Store, StoreError, Tx, json, word};
use crate::workers::SlackUser;
use crate::{args, statements};

/// How long one attempt may take before another worker looks what became of it. Longer than the longest time limit of a tool.
pub const LEASE: Span = Span::minutes(15);

statements! { STATEMENTS;
    RESERVE (10) -> [id] = { "INSERT INTO actions (run, task, seq, tool, digest, as_name, actor_chain, team, position, requester, autonomy, state, because, planned_us, attempt, fence, lease_until_us, not_before_us) SELECT $1, $2, COALESCE(MAX(seq), 0) + 1, $3, '', $4, $5, $6, $7, $8, $9, 'planned', '[]', $10, 0, 0, 0, $10 FROM actions WHERE run = $1 RETURNING id" }
    PLAN (8) -> [] = { "UPDATE actions SET proposal = $2, digest = $3, autonomy = $4, state = $5, stage = $6, because = $7, says = $8 WHERE id = $1 AND state = 'planned'" }
    PLAN_LOOK_UP (3) -> [] = { "UPDATE actions SET proposal = $2, stage = $3 WHERE id = $1 AND state = 'planned'" }
    GET (1) -> [id, run, task, tool, proposal, digest, as_name, position, team, requester, stage, because, says, attempt, fence, cost_micros, cost_currency, planned_us, started_us, ended_us] = { "SELECT id, run, task, tool, proposal, digest, as_name, position, team, requester, stage, because, says, attempt, fence, cost_micros, cost_currency, planned_us, started_us, ended_us FROM actions WHERE id = $1" }
    OF_TASK (1) -> [id, run, task, tool, proposal, digest, as_name, position, team, requester, stage, because, says, attempt, fence, cost_micros, cost_currency, planned_us, started_us, ended_us] = { "SELECT id, run, task, tool, proposal, digest, as_name, position, team, requester, stage, because, says, attempt, fence, cost_micros, cost_currency, planned_us, started_us, ended_us FROM actions WHERE task = $1 ORDER BY id" }
    OF_IDS (1) -> [id, run, task, tool, proposal, digest, as_name, position, team, requester, stage, because, says, attempt, fence, cost_micros, cost_currency, planned_us, started_us, ended_us] = {
        sqlite "SELECT id, run, task, tool, proposal, digest, as_name, position, team, requester, stage, because, says, attempt, fence, cost_micros, cost_currency, planned_us, started_us, ended_us FROM actions WHERE id IN (SELECT value FROM json_each($1)) ORDER BY id"
        postgres "SELECT id, run, task, tool, proposal, digest, as_name, position, team, requester, stage, because, says, attempt, fence, cost_micros, cost_currency, planned_us, started_us, ended_us FROM actions WHERE id IN (SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST($1 AS JSON))) ORDER BY id" }
    UNKNOWN_OF_TASKS (1) -> [task, position] = {
        sqlite "SELECT task, position FROM actions WHERE task IN (SELECT value FROM json_each($1)) AND state = 'unknown' ORDER BY id"
        postgres "SELECT task, position FROM actions WHERE task IN (SELECT CAST(value AS BIGINT) FROM json_array_elements_text(CAST($1 AS JSON))) AND state = 'unknown' ORDER BY id" }
    SINCE (1) -> [id, run, task, tool, proposal, digest, as_name, position, team, requester, stage, because, says, attempt, fence, cost_micros, cost_currency, planned_us, started_us, ended_us] = { "SELECT id, run, task, tool, proposal, digest, as_name, position, team, requester, stage, because, says, attempt, fence, cost_micros, cost_currency, planned_us, started_us, ended_us FROM actions WHERE planned_us >= $1 AND state IN ('allowed', 'started', 'done', 'unknown', 'by_hand') ORDER BY id" }
    CLAIM (2) -> [id] = {
        sqlite "UPDATE actions SET lease_until_us = $2, fence = fence + 1 WHERE id = (SELECT id FROM actions WHERE state IN ('planned', 'allowed', 'started') AND lease_until_us <= $1 AND not_before_us <= $1 ORDER BY id LIMIT 1) RETURNING id"
        postgres "UPDATE actions SET lease_until_us = $2, fence = fence + 1 WHERE id = (SELECT id FROM actions WHERE state IN ('planned', 'allowed', 'started') AND lease_until_us <= $1 AND not_before_us <= $1 ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id" }
    MOVE (8) -> [] = { "UPDATE actions SET state = $3, stage = $4, attempt = $5, started_us = COALESCE($6, started_us), ended_us = $7, because = COALESCE($8, because) WHERE id = $1 AND fence = $2" }
    MOVE_UNHELD (7) -> [] = { "UPDATE actions SET state = $3, stage = $4, ended_us = $5, fence = fence + 1, lease_until_us = 0, not_before_us = $6, attempt = $7 WHERE id = $1 AND state = $2" }
    PRICE (4) -> [] = { "UPDATE actions SET cost_micros = $3, cost_currency = $4 WHERE id = $1 AND fence = $2" }
    LATER (3) -> [] = { "UPDATE actions SET lease_until_us = 0, not_before_us = $3 WHERE id = $1 AND fence = $2" }
    ERASE (1) -> [] = { "UPDATE actions SET proposal = NULL, stage = NULL, says = NULL WHERE planned_us < $1 AND proposal IS NOT NULL AND state NOT IN ('unknown', 'by_hand') AND EXISTS (SELECT 1 FROM tasks WHERE tasks.id = actions.task AND tasks.ended_us IS NOT NULL)" }
    FREE_LEASES (0) -> [] = { "UPDATE actions SET lease_until_us = 0 WHERE state IN ('planned', 'allowed', 'started')" }
    NEXT_DUE (0) -> [due] = { "SELECT MIN(CASE WHEN lease_until_us > not_before_us THEN lease_until_us ELSE not_before_us END) AS due FROM actions WHERE state IN ('planned', 'allowed', 'started')" }
    NOT_BEFORE (2) -> [] = { "UPDATE actions SET not_before_us = $2 WHERE id = $1 AND state = 'allowed'" }
    RELEASE_ALL (1) -> [] = { "UPDATE actions SET not_before_us = $1 WHERE state = 'allowed' AND not_before_us > $1" }
    IN_FLIGHT (1) -> [actions] = { "SELECT COUNT(*) AS actions FROM actions WHERE state = 'started' AND ($1 = '' OR position = $1)" }
    SPENT (4) -> [position, cost_currency, micros, metered, unmetered] = {
        sqlite "SELECT position, COALESCE(cost_currency, '') AS cost_currency, CAST(COALESCE(SUM(cost_micros), 0) AS BIGINT) AS micros, CAST(COUNT(cost_micros) AS BIGINT) AS metered, CAST(COUNT(*) - COUNT(cost_micros) AS BIGINT) AS unmetered FROM actions WHERE started_us >= $2 AND started_us < $3 AND ($1 = '[]' OR position IN (SELECT value FROM json_each($1))) AND ($4 = '' OR requester = $4) GROUP BY position, cost_currency ORDER BY position, cost_currency"
        postgres "SELECT position, COALESCE(cost_currency, '') AS cost_currency, CAST(COALESCE(SUM(cost_micros), 0) AS BIGINT) AS micros, CAST(COUNT(cost_micros) AS BIGINT) AS metered, CAST(COUNT(*) - COUNT(cost_micros) AS BIGINT) AS unmetered FROM actions WHERE started_us >= $2 AND started_us < $3 AND ($1 = '[]' OR position IN (SELECT value FROM json_array_elements_text(CAST($1 AS JSON)))) AND ($4 = '' OR requester = $4) GROUP BY position, cost_currency ORDER BY position, cost_currency" }
    COVERAGE (4) -> [tasks, unmetered] = {
        sqlite "SELECT CAST(COUNT(DISTINCT task) AS BIGINT) AS tasks, CAST(COUNT(DISTINCT CASE WHEN cost_micros IS NULL THEN task END) AS BIGINT) AS unmetered FROM actions WHERE started_us >= $2 AND started_us < $3 AND ($1 = '[]' OR position IN (SELECT value FROM json_each($1))) AND ($4 = '' OR requester = $4)"
        postgres "SELECT CAST(COUNT(DISTINCT task) AS BIGINT) AS tasks, CAST(COUNT(DISTINCT CASE WHEN cost_micros IS NULL THEN task END) AS BIGINT) AS unmetered FROM actions WHERE started_us >= $2 AND started_us < $3 AND ($1 = '[]' OR position IN (SELECT value FROM json_array_elements_text(CAST($1 AS JSON)))) AND ($4 = '' OR requester = $4)" }
    TASKS (4) -> [task, unmetered] = {
        sqlite "SELECT task, CAST(MAX(CASE WHEN cost_micros IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS unmetered FROM actions WHERE started_us >= $2 AND started_us < $3 AND ($1 = '[]' OR position IN (SELECT value FROM json_each($1))) AND ($4 = '' OR requester = $4) GROUP BY task ORDER BY task"
        postgres "SELECT task, CAST(MAX(CASE WHEN cost_micros IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS unmetered FROM actions WHERE started_us >= $2 AND started_us < $3 AND ($1 = '[]' OR position IN (SELECT value FROM json_array_elements_text(CAST($1 AS JSON)))) AND ($4 = '' OR requester = $4) GROUP BY task ORDER BY task" }
    MOVED (6) -> [id, tool, proposal] = {
        sqlite "SELECT id, tool, proposal FROM actions WHERE started_us >= $2 AND started_us < $3 AND ($1 = '[]' OR position IN (SELECT value FROM json_each($1))) AND ($4 = '' OR requester = $4) AND state = 'done' AND tool IN (SELECT value FROM json_each($5)) ORDER BY id DESC LIMIT $6"
        postgres "SELECT id, tool, proposal FROM actions WHERE started_us >= $2 AND started_us < $3 AND ($1 = '[]' OR position IN (SELECT value FROM json_array_elements_text(CAST($1 AS JSON)))) AND ($4 = '' OR requester = $4) AND state = 'done' AND tool IN (SELECT value FROM json_array_elements_text(CAST($5 AS JSON))) ORDER BY id DESC LIMIT $6" }
    COSTS (2) -> [cost_currency, micros, metered, unmetered] = { "SELECT COALESCE(cost_currency, '') AS cost_currency, CAST(COALESCE(SUM(cost_micros), 0) AS BIGINT) AS micros, CAST(COUNT(cost_micros) AS BIGINT) AS metered, CAST(COUNT(*) - COUNT(cost_micros) AS BIGINT) AS unmetered FROM actions WHERE started_us >= $1 AND started_us < $2 GROUP BY cost_currency ORDER BY cost_currency" }
}

/// An action as stored.
#[derive(Debug, Clone)]
pub struct Stored {
    pub id: ActionId,
    pub run: RunId,
    pub task: TaskId,
    pub tool: String,
    /// `None` once its texts were erased; such an action cannot start.
    pub proposal: Option<Proposal>,
    pub digest: String,
    /// What its result is called in the run.
    pub as_name: String,
    pub position: String,
    pub requester: SlackUser,
    /// `None` once erased.
    pub stage: Option<Stage>,
    pub because: Vec<Because>,
    /// What the gate titled it: "Refund $450.00 to order ORD-1042".
    pub title: Option<String>,
    pub attempt: u32,
    pub fence: i64,
    pub cost: Cost,
    pub planned: Timestamp,
    pub started: Option<Timestamp>,
    pub ended: Option<Timestamp>,
}

/// An action that is about to be planned.
#[derive(Debug, Clone)]
pub struct NewAction<'a> {
    pub run: RunId,
    pub task: TaskId,
    pub tool: &'a str,
    pub as_name: &'a str,
    pub actor_chain: &'a crate::workers::ActorChain,
    pub position: &'a str,
    pub requester: &'a SlackUser,
}

/// Takes a number for an action, which its idempotency key is made from.
pub async fn reserve(tx: &mut Tx, new: &NewAction<'_>, now: Timestamp) -> Result<ActionId, StoreError> {
    let args = args![
        new.run,
        new.task,
        new.tool,
        new.as_name,
        json(new.actor_chain),
        &new.requester.team,
        new.position,
        &new.requester.user,
        "act",
        now
    ];
    let row = tx.row(&RESERVE, args).await?;
    row.ok_or_else(|| StoreError::unreadable("RESERVE", "no id came back")).and_then(|row| Ok(ActionId(row.int("id")?)))
}

/// What a plan fixes of an action.
#[derive(Debug, Clone)]
pub struct Plan<'a> {
    pub proposal: &'a Proposal,
    pub digest: &'a str,
    pub autonomy: Level,
    pub stage: &'a Stage,
    pub because: &'a [Because],
    pub title: &'a str,
}

/// Stores the proposal with its verdict.
pub async fn plan(tx: &mut Tx, id: ActionId, plan: &Plan<'_>) -> Result<bool, StoreError> {
    let args = args![
        id,
        json(plan.proposal),
        plan.digest,
        word(&plan.autonomy),
        stage_word(plan.stage),
        json(plan.stage),
        json(&plan.because),
        plan.title
    ];
    Ok(tx.run(&PLAN, args).await? == 1)
}

/// Stores a call of which something must be looked up before it is judged; it is claimed like one that may start.
pub async fn plan_look_up(tx: &mut Tx, id: ActionId, proposal: &Proposal) -> Result<bool, StoreError> {
    Ok(tx.run(&PLAN_LOOK_UP, args![id, json(proposal), json(&Stage::Planned)]).await? == 1)
}

pub async fn action(tx: &mut Tx, id: ActionId) -> Result<Option<Stored>, StoreError> {
    tx.row(&GET, args![id]).await?.as_ref().map(read).transpose()
}

pub async fn find_action(store: &Store, id: ActionId) -> Result<Option<Stored>, StoreError> {
    store.row(&GET, args![id]).await?.as_ref().map(read).transpose()
}

/// All actions of a task, oldest first.
pub async fn of_task(tx: &mut Tx, task: TaskId) -> Result<Vec<Stored>, StoreError> {
    tx.rows(&OF_TASK, args![task]).await?.iter().map(read).collect()
}

pub async fn find_of_task(store: &Store, task: TaskId) -> Result<Vec<Stored>, StoreError> {
    store.rows(&OF_TASK, args![task]).await?.iter().map(read).collect()
}

/// The actions with these numbers, in one statement.
pub async fn find_all(store: &Store, ids: &[ActionId]) -> Result<Vec<Stored>, StoreError> {
    store.rows(&OF_IDS, args![json(&ids)]).await?.iter().map(read).collect()
}

/// Which of these tasks have an action in doubt, and of which position.
pub async fn unknown_of_tasks(store: &Store, tasks: &[TaskId]) -> Result<Vec<(TaskId, String)>, StoreError> {
    let rows = store.rows(&UNKNOWN_OF_TASKS, args![json(&tasks)]).await?;
    rows.iter().map(|row| Ok((TaskId(row.int("task")?), row.text("position")?))).collect()
}

/// Actions planned since then that happened, may have happened or are about to: what running totals add up.
pub async fn counting_since(tx: &mut Tx, since: Timestamp) -> Result<Vec<Stored>, StoreError> {
    tx.rows(&SINCE, args![since]).await?.iter().map(read).collect()
}

/// Takes the oldest action that may start, or whose attempt broke off; its fence is now the claimer's.
pub async fn claim_next(tx: &mut Tx, now: Timestamp) -> Result<Option<Stored>, StoreError> {
    match tx.row(&CLAIM, args![now, now.plus(LEASE)]).await? {
        Some(row) => action(tx, ActionId(row.int("id")?)).await,
        None => Ok(None),
    }
}

/// Moves the claimed action; `None` where the step may not follow or the lease was lost, and then nothing was written.
pub async fn advance(
    tx: &mut Tx,
    held: &Stored,
    step: Step,
    because: Option<&[Because]>,
    now: Timestamp,
) -> Result<Option<Stage>, StoreError> {
    let Some(next) = held.stage.as_ref().and_then(|stage| stage.after(step)) else { return Ok(None) };
    let (attempt, started) = match &next {
        Stage::Started { attempt, .. } => (*attempt, Some(now)),
        Stage::Planned
        | Stage::Waiting
        | Stage::Allowed
        | Stage::Done { .. }
        | Stage::Failed { .. }
        | Stage::Unknown { .. }
        | Stage::Denied { .. }
        | Stage::Expired
        | Stage::ByHand
        | Stage::Void { .. } => (held.attempt, None),
    };
    let ended = next.is_final().then_some(now);
    let because = because.map(|because| json(&because));
    let args = args![held.id, held.fence, stage_word(&next), json(&next), attempt, started, ended, because];
    Ok((tx.run(&MOVE, args).await? == 1).then_some(next))
}

/// Moves an action that nobody holds (a decision, an expiry, a stop); whoever held it has lost it.
pub async fn advance_unheld(
    tx: &mut Tx,
    stored: &Stored,
    step: Step,
    now: Timestamp,
) -> Result<Option<Stage>, StoreError> {
    let Some(stage) = stored.stage.as_ref() else { return Ok(None) };
    let Some(next) = stage.after(step) else { return Ok(None) };
    let ended = next.is_final().then_some(now);
    let args = args![stored.id, stage_word(stage), stage_word(&next), json(&next), ended, now, stored.attempt];
    Ok((tx.run(&MOVE_UNHELD, args).await? == 1).then_some(next))
}

/// Notes what the claimed action cost; an unmetered cost stays unknown.
pub async fn price(tx: &mut Tx, held: &Stored, cost: &Cost) -> Result<(), StoreError> {
    match cost {
        Cost::Unmetered => Ok(()),
        Cost::Known(money) => {
            tx.run(&PRICE, args![held.id, held.fence, money.micros, &money.currency.0]).await.map(|_| ())
        }
    }
}

/// Gives the claimed action back, to be taken again not before `at`.
pub async fn later(tx: &mut Tx, held: &Stored, at: Timestamp) -> Result<(), StoreError> {
    tx.run(&LATER, args![held.id, held.fence, at]).await.map(|_| ())
}

/// An action that may start, but not before `at`.
pub async fn not_before(tx: &mut Tx, id: ActionId, at: Timestamp) -> Result<(), StoreError> {
    tx.run(&NOT_BEFORE, args![id, at]).await.map(|_| ())
}

/// After a resume: what was put off may start now.
pub async fn release_put_off(tx: &mut Tx, now: Timestamp) -> Result<u64, StoreError> {
    tx.run(&RELEASE_ALL, args![now]).await
}

/// Frees all leases: only for a database that one process has to itself, when that process starts.
pub async fn free_leases(tx: &mut Tx) -> Result<u64, StoreError> {
    tx.run(&FREE_LEASES, args![]).await
}

pub async fn next_due(store: &Store) -> Result<Option<Timestamp>, StoreError> {
    store.row(&NEXT_DUE, args![]).await?.map_or(Ok(None), |row| row.opt_time("due"))
}

/// How many calls are at a tool right now, of one position or of all.
pub async fn in_flight(store: &Store, position: Option<&str>) -> Result<i64, StoreError> {
    store.row(&IN_FLIGHT, args![position.unwrap_or_default()]).await?.map_or(Ok(0), |row| row.int("actions"))
}

/// What was spent in a period, per currency: the sum, how many calls told their price and how many did not.
pub async fn costs(
    store: &Store,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<(String, i64, i64, i64)>, StoreError> {
    let rows = store.rows(&COSTS, args![from, until]).await?;
    rows.iter()
        .map(|row| Ok((row.text("cost_currency")?, row.int("micros")?, row.int("metered")?, row.int("unmetered")?)))
        .collect()
}

/// Whose calls, and when they began. An empty list of positions means all of them.
#[derive(Debug, Clone)]
pub struct Of<'a> {
    pub positions: &'a [String],
    /// The account that asked; `None`: whoever did.
    pub requester: Option<&'a str>,
    pub from: Timestamp,
    pub until: Timestamp,
}

/// What the calls of one position cost in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpentBy {
    pub position: String,
    /// `None` where no call told a price.
    pub sum: Option<Money>,
    pub metered: i64,
    pub unmetered: i64,
}

/// What calls cost, by position and currency.
pub async fn spent(store: &Store, of: &Of<'_>) -> Result<Vec<SpentBy>, StoreError> {
    let rows = store.rows(&SPENT, of.args()).await?;
    rows.iter()
        .map(|row| {
            let currency = row.text("cost_currency")?;
            let micros = row.int("micros")?;
            Ok(SpentBy {
                position: row.text("position")?,
                sum: (!currency.is_empty()).then(|| Money::new(micros, Currency::new(&currency))),
                metered: row.int("metered")?,
                unmetered: row.int("unmetered")?,
            })
        })
        .collect()
}

/// In how many tasks a tool was called, and in how many of these a call told no price.
pub async fn coverage(store: &Store, of: &Of<'_>) -> Result<(i64, i64), StoreError> {
    let row = store.row(&COVERAGE, of.args()).await?;
    row.map_or(Ok((0, 0)), |row| Ok((row.int("tasks")?, row.int("unmetered")?)))
}

/// The tasks in which a tool was called, each with whether one of its calls told no price.
pub async fn tasks(store: &Store, of: &Of<'_>) -> Result<Vec<(TaskId, bool)>, StoreError> {
    let rows = store.rows(&TASKS, of.args()).await?;
    rows.iter().map(|row| Ok((TaskId(row.int("task")?), row.int("unmetered")? != 0))).collect()
}

/// The newest calls of these tools that happened; their proposals where they were not erased and can be read.
pub async fn happened(
    store: &Store,
    of: &Of<'_>,
    tools: &[&str],
    limit: i64,
) -> Result<Vec<(ActionId, Option<Proposal>)>, StoreError> {
    let mut args = of.args();
    args.extend(args![json(&tools), limit]);
    let rows = store.rows(&MOVED, args).await?;
    rows.iter()
        .map(|row| {
            let proposal = row.opt_text("proposal")?.and_then(|text| serde_json::from_str(&text).ok());
            Ok((ActionId(row.int("id")?), proposal))
        })
        .collect()
}

impl Of<'_> {
    fn args(&self) -> Vec<crate::store::Arg> {
        args![json(&self.positions), self.from, self.until, self.requester.unwrap_or_default()]
    }
}

fn stage_word(stage: &Stage) -> &'static str {
    match stage {
        Stage::Planned => "planned",
        Stage::Waiting => "waiting",
        Stage::Allowed => "allowed",
        Stage::Started { .. } => "started",
        Stage::Done { .. } => "done",
        Stage::Failed { .. } => "failed",
        Stage::Unknown { .. } => "unknown",
        Stage::Denied { .. } => "denied",
        Stage::Expired => "expired",
        Stage::ByHand => "by_hand",
        Stage::Void { .. } => "void",
    }
}

fn read(row: &Row) -> Result<Stored, StoreError> {
    fn optional<T: serde::de::DeserializeOwned>(row: &Row, column: &str) -> Result<Option<T>, StoreError> {
        let value = row.opt_text(column)?.map(|text| serde_json::from_str(&text)).transpose();
        value.map_err(|e| StoreError::unreadable("ACTIONS", e))
    }
    let cost = match (row.opt_int("cost_micros")?, row.opt_text("cost_currency")?) {
        (Some(micros), Some(currency)) => Cost::Known(Money::new(micros, Currency::new(&currency))),
        (_, None) | (None, _) => Cost::Unmetered,
    };
    Ok(Stored {
        id: ActionId(row.int("id")?),
        run: RunId(row.int("run")?),
        task: TaskId(row.int("task")?),
        tool: row.text("tool")?,
        proposal: optional(row, "proposal")?,
        digest: row.text("digest")?,
        as_name: row.text("as_name")?,
        position: row.text("position")?,
        requester: SlackUser { team: row.text("team")?, user: row.text("requester")? },
        stage: optional(row, "stage")?,
        because: row.json("because")?,
        title: row.opt_text("says")?,
        attempt: u32::try_from(row.int("attempt")?).unwrap_or(u32::MAX),
        fence: row.int("fence")?,
        cost,
        planned: row.time("planned_us")?,
        started: row.opt_time("started_us")?,
        ended: row.opt_time("ended_us")?,
    })
}

/// Erases the texts of actions that were planned before `before` and whose tasks have ended; digests and costs stay. What may
/// have happened keeps its texts until somebody says so.
pub async fn erase_texts(tx: &mut Tx, before: Timestamp) -> Result<u64, StoreError> {
    tx.run(&ERASE, args![before]).await
}
