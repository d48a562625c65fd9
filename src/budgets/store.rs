//! Pots and the calls that spend from them. Reservation and settlement are idempotent by the call's key, so that a crash
//! between a call and its record neither spends twice nor forgets.

use super::{Answer, CallState, Kind, Pot, Standing, Tokens, may_spend};
use crate::clock::Timestamp;
use crate::ids::{RunId, TaskId};
use crate::money::{Cost, Currency, Money};
use crate::store::{Row, Store, StoreError, Tx, json, word};
use crate::{args, statements};

statements! { STATEMENTS;
    OPEN (4) -> [] = { "INSERT INTO budget_windows (budget, from_us, until_us, currency, granted_micros, settled_micros, reserved_micros, open, uncounted, alerted) VALUES ($1, $2, $3, $4, 0, 0, 0, 0, 0, 0) ON CONFLICT (budget, from_us) DO NOTHING" }
    LOCK (2) -> [granted_micros, settled_micros, reserved_micros, open, uncounted, alerted] = {
        sqlite "SELECT granted_micros, settled_micros, reserved_micros, open, uncounted, alerted FROM budget_windows WHERE budget = $1 AND from_us = $2"
        postgres "SELECT granted_micros, settled_micros, reserved_micros, open, uncounted, alerted FROM budget_windows WHERE budget = $1 AND from_us = $2 FOR UPDATE" }
    STANDING (2) -> [granted_micros, settled_micros, reserved_micros, open, uncounted, alerted] = { "SELECT granted_micros, settled_micros, reserved_micros, open, uncounted, alerted FROM budget_windows WHERE budget = $1 AND from_us = $2" }
    EARLIER (5) -> [micros] = {
        sqlite "SELECT CAST(COALESCE(SUM(COALESCE(cost_micros, reserved_micros)), 0) AS BIGINT) AS micros FROM spending WHERE state <> 'reserved' AND at_us >= $1 AND currency = $2 AND ($3 = '[]' OR position IN (SELECT value FROM json_each($3))) AND ($4 = 0 OR task = $4) AND ($5 = '' OR requester = $5)"
        postgres "SELECT CAST(COALESCE(SUM(COALESCE(cost_micros, reserved_micros)), 0) AS BIGINT) AS micros FROM spending WHERE state <> 'reserved' AND at_us >= $1 AND currency = $2 AND ($3 = '[]' OR position IN (SELECT value FROM json_array_elements_text(CAST($3 AS JSON)))) AND ($4 = 0 OR task = $4) AND ($5 = '' OR requester = $5)" }
    CARRY (3) -> [] = { "UPDATE budget_windows SET settled_micros = $3 WHERE budget = $1 AND from_us = $2" }
    HOLD (3) -> [] = { "UPDATE budget_windows SET reserved_micros = reserved_micros + $3, open = open + 1 WHERE budget = $1 AND from_us = $2" }
    FREE (5) -> [] = { "UPDATE budget_windows SET reserved_micros = reserved_micros - $3, settled_micros = settled_micros + $4, uncounted = uncounted + $5 WHERE budget = $1 AND from_us = $2" }
    CLOSE (2) -> [] = { "UPDATE budget_windows SET open = open - 1 WHERE budget = $1 AND from_us = $2 AND open > 0" }
    ALERT (3) -> [] = { "UPDATE budget_windows SET alerted = $3 WHERE budget = $1 AND from_us = $2 AND alerted < $3" }
    GRANT (3) -> [] = { "UPDATE budget_windows SET granted_micros = granted_micros + $3, alerted = 0 WHERE budget = $1 AND from_us = $2" }
    CALL (1) -> [call, kind, task, run, position, model, state, windows, reserved_micros, cost_micros, currency, tokens, fence] = { "SELECT call, kind, task, run, position, model, state, windows, reserved_micros, cost_micros, currency, tokens, fence FROM spending WHERE call = $1" }
    ASKED_LAST (1) -> [call] = { "SELECT call FROM spending WHERE run = $1 AND state = 'reserved' AND kind = 'model' ORDER BY fence DESC LIMIT 1" }
    MODEL_CALLS (1) -> [call, kind, task, run, position, model, state, windows, reserved_micros, cost_micros, currency, tokens, fence] = { "SELECT call, kind, task, run, position, model, state, windows, reserved_micros, cost_micros, currency, tokens, fence FROM spending WHERE task = $1 AND kind = 'model' ORDER BY at_us, call" }
    LEFT_OPEN (2) -> [call, kind, task, run, position, model, state, windows, reserved_micros, cost_micros, currency, tokens, fence] = { "SELECT call, kind, task, run, position, model, state, windows, reserved_micros, cost_micros, currency, tokens, fence FROM spending WHERE run = $1 AND state = 'reserved' AND kind = 'model' AND fence < $2 ORDER BY call" }
    OLD_DOUBTS (2) -> [call, kind, task, run, position, model, state, windows, reserved_micros, cost_micros, currency, tokens, fence] = { "SELECT call, kind, task, run, position, model, state, windows, reserved_micros, cost_micros, currency, tokens, fence FROM spending WHERE state = 'doubt' AND kind = 'model' AND at_us < $1 ORDER BY call LIMIT $2" }
    RESERVE (12) -> [] = { "INSERT INTO spending (call, kind, task, run, position, requester, model, state, windows, reserved_micros, currency, fence, at_us) VALUES ($1, $2, $3, $4, $5, $6, $7, 'reserved', $8, $9, $10, $11, $12) ON CONFLICT (call) DO NOTHING" }
    SETTLE (6) -> [] = { "UPDATE spending SET state = 'settled', cost_micros = $2, currency = COALESCE($3, currency), tokens = $4, uncounted = $5, settled_us = $6 WHERE call = $1 AND state <> 'settled'" }
    DOUBT (1) -> [] = { "UPDATE spending SET state = 'doubt' WHERE call = $1 AND state = 'reserved'" }
    TOTALS (4) -> [position, model, currency, calls, micros, unmetered, doubts, doubt_micros] = {
        sqlite "SELECT position, model, COALESCE(currency, '') AS currency, CAST(COUNT(*) AS BIGINT) AS calls, CAST(COALESCE(SUM(cost_micros), 0) AS BIGINT) AS micros, CAST(SUM(CASE WHEN cost_micros IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS unmetered, CAST(SUM(CASE WHEN state = 'doubt' THEN 1 ELSE 0 END) AS BIGINT) AS doubts, CAST(COALESCE(SUM(CASE WHEN state = 'doubt' THEN reserved_micros ELSE 0 END), 0) AS BIGINT) AS doubt_micros FROM spending WHERE kind = 'model' AND at_us >= $2 AND at_us < $3 AND ($1 = '[]' OR position IN (SELECT value FROM json_each($1))) AND ($4 = '' OR requester = $4) GROUP BY position, model, currency ORDER BY position, model, currency"
        postgres "SELECT position, model, COALESCE(currency, '') AS currency, CAST(COUNT(*) AS BIGINT) AS calls, CAST(COALESCE(SUM(cost_micros), 0) AS BIGINT) AS micros, CAST(SUM(CASE WHEN cost_micros IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS unmetered, CAST(SUM(CASE WHEN state = 'doubt' THEN 1 ELSE 0 END) AS BIGINT) AS doubts, CAST(COALESCE(SUM(CASE WHEN state = 'doubt' THEN reserved_micros ELSE 0 END), 0) AS BIGINT) AS doubt_micros FROM spending WHERE kind = 'model' AND at_us >= $2 AND at_us < $3 AND ($1 = '[]' OR position IN (SELECT value FROM json_array_elements_text(CAST($1 AS JSON)))) AND ($4 = '' OR requester = $4) GROUP BY position, model, currency ORDER BY position, model, currency" }
    NOTE_EFFORT (6) -> [] = { "INSERT INTO efforts (task, by_user, minutes, cost_micros, currency, at_us) VALUES ($1, $2, $3, $4, $5, $6)" }
    EFFORTS (3) -> [currency, tasks, minutes, micros, unpriced] = { "SELECT COALESCE(efforts.currency, '') AS currency, CAST(COUNT(DISTINCT efforts.task) AS BIGINT) AS tasks, CAST(SUM(efforts.minutes) AS BIGINT) AS minutes, CAST(COALESCE(SUM(efforts.cost_micros), 0) AS BIGINT) AS micros, CAST(SUM(CASE WHEN efforts.cost_micros IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS unpriced FROM efforts JOIN tasks ON tasks.id = efforts.task WHERE efforts.at_us >= $1 AND efforts.at_us < $2 AND ($3 = '' OR tasks.requester = $3) GROUP BY COALESCE(efforts.currency, '') ORDER BY 1" }
    BY_PEOPLE (3) -> [tasks] = { "SELECT CAST(COUNT(DISTINCT assignments.task) AS BIGINT) AS tasks FROM assignments JOIN tasks ON tasks.id = assignments.task WHERE assignments.state = 'done' AND assignments.worker LIKE 'person:%' AND assignments.until_us >= $1 AND assignments.until_us < $2 AND ($3 = '' OR tasks.requester = $3)" }
    TOKENS (2) -> [model, tokens] = { "SELECT model, tokens FROM spending WHERE kind = 'model' AND tokens IS NOT NULL AND at_us >= $1 AND at_us < $2 ORDER BY call" }
    MODEL_TASKS (4) -> [task, unmetered] = {
        sqlite "SELECT task, CAST(MAX(CASE WHEN cost_micros IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS unmetered FROM spending WHERE kind = 'model' AND at_us >= $2 AND at_us < $3 AND ($1 = '[]' OR position IN (SELECT value FROM json_each($1))) AND ($4 = '' OR requester = $4) GROUP BY task ORDER BY task"
        postgres "SELECT task, CAST(MAX(CASE WHEN cost_micros IS NULL THEN 1 ELSE 0 END) AS BIGINT) AS unmetered FROM spending WHERE kind = 'model' AND at_us >= $2 AND at_us < $3 AND ($1 = '[]' OR position IN (SELECT value FROM json_array_elements_text(CAST($1 AS JSON)))) AND ($4 = '' OR requester = $4) GROUP BY task ORDER BY task" }
}

/// A call that is about to be made.
#[derive(Debug, Clone)]
pub struct NewCall<'a> {
    /// Unique for ever, and the same when the same attempt is taken up again.
    pub call: &'a str,
    pub kind: Kind,
    pub task: TaskId,
    pub run: RunId,
    pub position: &'a str,
    /// The requester's account.
    pub requester: &'a str,
    /// `vendor/model`, or the tool's name.
    pub model: &'a str,
    /// What it may cost at most; `None` where it has no price.
    pub most: Option<&'a Money>,
    /// The fence of whoever makes it.
    pub fence: i64,
}

/// What a call came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spent {
    /// For the ledger: unknown stays unknown.
    pub cost: Cost,
    /// What is held against budgets: the cost, or the most that it can have been.
    pub charged: Option<Money>,
    pub tokens: Option<Tokens>,
    /// It is certain that nothing was done, and so nothing is left uncounted.
    pub nothing: bool,
}

/// A call as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    pub call: String,
    pub kind: Kind,
    pub task: TaskId,
    pub run: RunId,
    pub position: String,
    pub model: String,
    pub state: CallState,
    /// The pots that it was reserved in.
    pub windows: Vec<(String, Timestamp)>,
    pub reserved: i64,
    pub cost: Cost,
    pub tokens: Option<Tokens>,
    pub fence: i64,
}

/// Model calls of one position with one model in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelTotal {
    pub position: String,
    pub model: String,
    /// `None` where nobody told a price.
    pub sum: Option<Money>,
    pub currency: Currency,
    pub calls: i64,
    pub unmetered: i64,
    /// Calls that broke off, and what they were reserved with.
    pub doubts: i64,
    pub doubt_micros: i64,
}

/// Asks every pot and reserves in all of them, or in none. A call that is reserved already stays as it is.
pub async fn reserve(tx: &mut Tx, new: &NewCall<'_>, pots: &[Pot], now: Timestamp) -> Result<Answer, StoreError> {
    if tx.row(&CALL, args![new.call]).await?.is_some() {
        return Ok(Answer::Spend);
    }
    // In one order for everybody, so that no two wait for each other.
    let mut order: Vec<usize> = (0..pots.len()).collect();
    order.sort_by_key(|i| (&pots[*i].key, pots[*i].from));
    let mut standings: Vec<Option<Standing>> = vec![None; pots.len()];
    for i in order {
        standings[i] = Some(locked(tx, &pots[i], new.task).await?);
    }
    let asked: Vec<(Pot, Standing)> =
        pots.iter().cloned().zip(standings.into_iter().map(Option::unwrap_or_default)).collect();
    let foreign = |pot: &Pot| new.most.is_some_and(|most| most.currency != pot.limit.currency);
    let most = new.most.filter(|_| !pots.iter().any(foreign)).map(|money| money.micros);
    let answer = may_spend(&asked, most);
    if answer != Answer::Spend {
        return Ok(answer);
    }
    let windows: Vec<(String, Timestamp)> = pots.iter().map(|pot| (pot.key.clone(), pot.from)).collect();
    for (key, from) in &windows {
        tx.run(&HOLD, args![key, *from, most.unwrap_or(0)]).await?;
    }
    let args = args![
        new.call,
        word(&new.kind),
        new.task,
        new.run,
        new.position,
        new.requester,
        new.model,
        json(&windows),
        most.unwrap_or(0),
        new.most.map(|money| money.currency.0.clone()),
        new.fence,
        now
    ];
    tx.run(&RESERVE, args).await?;
    Ok(Answer::Spend)
}

/// The pot's standing, held until the transaction ends. A pot that is new takes up what was spent in its window before.
async fn locked(tx: &mut Tx, pot: &Pot, task: TaskId) -> Result<Standing, StoreError> {
    let currency = &pot.limit.currency.0;
    let new = tx.run(&OPEN, args![&pot.key, pot.from, pot.until, currency]).await? == 1;
    if new {
        let of_task = if pot.until.is_none() { task.0 } else { 0 };
        let requester = pot.requester.clone().unwrap_or_default();
        let args = args![pot.from, currency, json(&pot.positions), of_task, requester];
        let earlier = tx.row(&EARLIER, args).await?;
        let micros = earlier.map_or(Ok(0), |row| row.int("micros"))?;
        tx.run(&CARRY, args![&pot.key, pot.from, micros]).await?;
    }
    match tx.row(&LOCK, args![&pot.key, pot.from]).await? {
        Some(row) => read_standing(&row),
        None => Err(StoreError::unreadable("LOCK", "a pot vanished")),
    }
}

/// How a pot stands, outside any transaction; `None`: nothing was ever spent from it.
pub async fn standing(store: &Store, pot: &Pot) -> Result<Option<Standing>, StoreError> {
    store.row(&STANDING, args![&pot.key, pot.from]).await?.as_ref().map(read_standing).transpose()
}

/// The same within a transaction.
pub async fn standing_in(tx: &mut Tx, key: &str, from: Timestamp) -> Result<Option<Standing>, StoreError> {
    tx.row(&STANDING, args![key, from]).await?.as_ref().map(read_standing).transpose()
}

/// Replaces a call's reservation by what it came to. False when that was done before, and then nothing changes. A call that
/// was left in doubt is settled like any other.
pub async fn settle(tx: &mut Tx, call: &Call, spent: &Spent, now: Timestamp) -> Result<bool, StoreError> {
    let (cost, currency) = match &spent.cost {
        Cost::Known(money) => (Some(money.micros), Some(money.currency.0.clone())),
        Cost::Unmetered => (None, None),
    };
    let uncounted = spent.charged.is_none() && !spent.nothing;
    let tokens = spent.tokens.as_ref().map(json);
    let args = args![&call.call, cost, currency, tokens, uncounted, now];
    if tx.run(&SETTLE, args).await? == 0 {
        return Ok(false);
    }
    let mut windows = call.windows.clone();
    windows.sort();
    for (key, from) in &windows {
        // The key ends in the currency of its pot.
        let charged = spent.charged.as_ref().filter(|money| key.ends_with(&format!("|{}", money.currency.0)));
        let micros = charged.map_or(0, |money| money.micros);
        tx.run(&FREE, args![key, *from, call.reserved, micros, charged.is_none() && !spent.nothing]).await?;
        if call.state == CallState::Reserved {
            tx.run(&CLOSE, args![key, *from]).await?;
        }
    }
    Ok(true)
}

/// Calls of a run that an earlier holder of its lease had under way: they broke off, and may have been billed. They are under way
/// no more, but what they may have cost stays reserved.
pub async fn leave_in_doubt(tx: &mut Tx, run: RunId, fence: i64) -> Result<Vec<Call>, StoreError> {
    let rows = tx.rows(&LEFT_OPEN, args![run, fence]).await?;
    let calls: Vec<Call> = rows.iter().map(read_call).collect::<Result<_, _>>()?;
    for call in &calls {
        doubt(tx, call).await?;
    }
    Ok(calls)
}

/// Questions that broke off before `before`, and of which nobody has told since what they cost.
pub async fn old_doubts(tx: &mut Tx, before: Timestamp, limit: i64) -> Result<Vec<Call>, StoreError> {
    tx.rows(&OLD_DOUBTS, args![before, limit]).await?.iter().map(read_call).collect()
}

/// A call broke off and nobody can tell what came of it; it is under way no more, but stays reserved.
pub async fn doubt(tx: &mut Tx, call: &Call) -> Result<(), StoreError> {
    if tx.run(&DOUBT, args![&call.call]).await? == 1 {
        for (key, from) in &call.windows {
            tx.run(&CLOSE, args![key, *from]).await?;
        }
    }
    Ok(())
}

pub async fn call(tx: &mut Tx, key: &str) -> Result<Option<Call>, StoreError> {
    tx.row(&CALL, args![key]).await?.as_ref().map(read_call).transpose()
}

/// The question of a run that is under way: an agent outside may answer under a later claim than the one that asked it.
pub async fn asked_last(tx: &mut Tx, run: RunId) -> Result<Option<String>, StoreError> {
    tx.row(&ASKED_LAST, args![run]).await?.map(|row| row.text("call")).transpose()
}

/// The model calls of a task, oldest first.
pub async fn model_calls_of(store: &Store, task: TaskId) -> Result<Vec<Call>, StoreError> {
    store.rows(&MODEL_CALLS, args![task]).await?.iter().map(read_call).collect()
}

/// Notes that the owner was told of this share; false when they were told of it, or a higher one, before.
pub async fn note_alert(tx: &mut Tx, key: &str, from: Timestamp, percent: i64) -> Result<bool, StoreError> {
    Ok(tx.run(&ALERT, args![key, from, percent]).await? == 1)
}

/// Somebody lets more be spent in this window; false where there is no such window.
pub async fn grant(tx: &mut Tx, key: &str, from: Timestamp, micros: i64) -> Result<bool, StoreError> {
    Ok(tx.run(&GRANT, args![key, from, micros]).await? == 1)
}

/// Which model calls: of these positions (empty: all) and one requester (`None`: all), begun within a period.
#[derive(Debug, Clone, Copy)]
pub struct Of<'a> {
    pub positions: &'a [String],
    pub requester: Option<&'a str>,
    pub from: Timestamp,
    pub until: Timestamp,
}

impl Of<'_> {
    fn args(&self) -> Vec<crate::store::Arg> {
        args![json(&self.positions), self.from, self.until, self.requester.unwrap_or_default()]
    }
}

/// What models cost, per position, model and currency.
pub async fn model_totals(store: &Store, of: &Of<'_>) -> Result<Vec<ModelTotal>, StoreError> {
    let rows = store.rows(&TOTALS, of.args()).await?;
    rows.iter()
        .map(|row| {
            let (calls, unmetered) = (row.int("calls")?, row.int("unmetered")?);
            let currency = Currency::new(&row.text("currency")?);
            let sum = (calls > unmetered).then(|| row.int("micros")).transpose()?;
            Ok(ModelTotal {
                position: row.text("position")?,
                model: row.text("model")?,
                sum: sum.map(|micros| Money::new(micros, currency.clone())),
                currency,
                calls,
                unmetered,
                doubts: row.int("doubts")?,
                doubt_micros: row.int("doubt_micros")?,
            })
        })
        .collect()
}

/// The tasks in which a model was called, each with whether one of its calls told no price.
pub async fn model_tasks(store: &Store, of: &Of<'_>) -> Result<Vec<(TaskId, bool)>, StoreError> {
    let rows = store.rows(&MODEL_TASKS, of.args()).await?;
    rows.iter().map(|row| Ok((TaskId(row.int("task")?), row.int("unmetered")? != 0))).collect()
}

/// What people said of the time that their work took.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Efforts {
    /// Tasks that people finished, and those of them for which somebody said how long it took.
    pub finished: i64,
    pub stated: i64,
    pub minutes: i64,
    /// One sum per currency; nothing where no rate was set.
    pub sums: Vec<Money>,
}

pub async fn note_effort(
    tx: &mut Tx,
    task: TaskId,
    by: &str,
    minutes: u32,
    cost: Option<&Money>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let currency = cost.map(|cost| cost.currency.0.clone());
    let args = args![task, by, i64::from(minutes), cost.map(|cost| cost.micros), currency, now];
    tx.run(&NOTE_EFFORT, args).await.map(|_| ())
}

/// The time of people in a period, for everybody or for what one account asked for.
pub async fn efforts(store: &Store, of: &Of<'_>) -> Result<Efforts, StoreError> {
    let args = || args![of.from, of.until, of.requester.unwrap_or_default()];
    let mut efforts = Efforts::default();
    for row in store.rows(&EFFORTS, args()).await? {
        efforts.stated += row.int("tasks")?;
        efforts.minutes += row.int("minutes")?;
        let (micros, currency) = (row.int("micros")?, row.text("currency")?);
        if !currency.is_empty() {
            efforts.sums.push(Money::new(micros, Currency::new(&currency)));
        }
    }
    let finished = store.row(&BY_PEOPLE, args()).await?;
    efforts.finished = finished.map_or(Ok(0), |row| row.int("tasks"))?.max(efforts.stated);
    Ok(efforts)
}

/// All tokens that model calls of a period told, per model.
pub async fn tokens(
    store: &Store,
    from: Timestamp,
    until: Timestamp,
) -> Result<std::collections::BTreeMap<String, Tokens>, StoreError> {
    let mut sums = std::collections::BTreeMap::<String, Tokens>::new();
    for row in store.rows(&TOKENS, args![from, until]).await? {
        let sum = sums.entry(row.text("model")?).or_default();
        *sum = sum.plus(row.json("tokens")?);
    }
    Ok(sums)
}

fn read_standing(row: &Row) -> Result<Standing, StoreError> {
    Ok(Standing {
        granted: row.int("granted_micros")?,
        settled: row.int("settled_micros")?,
        reserved: row.int("reserved_micros")?,
        open: row.int("open")?,
        uncounted: row.int("uncounted")?,
        alerted: row.int("alerted")?,
    })
}

fn read_call(row: &Row) -> Result<Call, StoreError> {
    let tokens = row.opt_text("tokens")?.map(|text| serde_json::from_str(&text)).transpose();
    let cost = match (row.opt_int("cost_micros")?, row.opt_text("currency")?) {
        (Some(micros), Some(currency)) => Cost::Known(Money::new(micros, Currency::new(&currency))),
        (_, None) | (None, _) => Cost::Unmetered,
    };
    Ok(Call {
        call: row.text("call")?,
        kind: row.word("kind")?,
        task: TaskId(row.int("task")?),
        run: RunId(row.int("run")?),
        position: row.text("position")?,
        model: row.text("model")?,
        state: row.word("state")?,
        windows: row.json("windows")?,
        reserved: row.int("reserved_micros")?,
        cost,
        tokens: tokens.map_err(|e| StoreError::unreadable("CALL", e))?,
        fence: row.int("fence")?,
    })
}
