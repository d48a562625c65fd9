//! Money before and after each call: what a call may cost at most is reserved in every budget that it falls under, and replaced
//! by what it did cost. Both happen in the caller's transaction, with the facts and the messages that follow.

mod ask;
mod doubts;
mod pots;
mod tell;
pub(in crate::flow) mod window;

use serde_json::json;

use super::assign::note;
use super::facts::Moment;
use super::{App, FlowError};
use crate::budgets::store::{self as budgets, NewCall, Spent};
use crate::budgets::{Answer, Kind, crossed};
use crate::clock::{Span, Timestamp};
use crate::ids::RunId;
use crate::ledger::FactKind;
use crate::money::{Cost, Money};
use crate::store::Tx;
use crate::tasks::Task;

pub use ask::{MayAsk, after_call, before_call, unpriced};
pub(in crate::flow) use doubts::end_old as end_old_doubts;
pub(in crate::flow) use pots::{all as all_pots, positions_of};
pub(in crate::flow) use tell::{raise, view_of};

/// How long what an empty budget of one task holds back waits before somebody looks again. More money, and a changed sentence,
/// wake it at once.
const LOOK_AGAIN: Span = Span::days(1);

/// A call that somebody wants to make.
pub struct Call<'a> {
    /// Unique for ever, and the same when the same attempt is taken up again.
    pub key: String,
    pub kind: Kind,
    pub task: &'a Task,
    pub run: RunId,
    pub position: &'a str,
    /// `vendor/model`, or the tool's name.
    pub model: &'a str,
    /// What it may cost at most; `None` where it has no price.
    pub most: Option<Money>,
    pub fence: i64,
}

/// Whether a call may be made now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    Go,
    /// Nothing is left; what wanted to spend is put off until then.
    Wait(Timestamp),
}

/// Reserves what a call may cost. Where a budget has nothing left, the task's thread and the owner hear of it.
pub async fn reserve(tx: &mut Tx, moment: &Moment, call: &Call<'_>) -> Result<Permission, FlowError> {
    let in_force = pots::of_call(moment, call.task, call.position);
    let new = NewCall {
        call: &call.key,
        kind: call.kind,
        task: call.task.id,
        run: call.run,
        position: call.position,
        requester: &call.task.requester.user,
        model: call.model,
        most: call.most.as_ref(),
        fence: call.fence,
    };
    let pots: Vec<_> = in_force.iter().map(|budget| budget.pot.clone()).collect();
    match budgets::reserve(tx, &new, &pots, moment.now).await? {
        Answer::Spend => Ok(Permission::Go),
        Answer::Refuse { pot } => {
            let Some(budget) = in_force.get(pot) else { return Ok(Permission::Go) };
            tell::refused(tx, moment, call, budget).await?;
            Ok(Permission::Wait(budget.pot.until.unwrap_or_else(|| moment.now.plus(LOOK_AGAIN))))
        }
    }
}

/// What came of a call: its reservation is replaced, and owners hear where three quarters, nearly all or all is spent.
pub async fn settle(tx: &mut Tx, moment: &Moment, task: &Task, key: &str, spent: &Spent) -> Result<(), FlowError> {
    let Some(call) = budgets::call(tx, key).await? else { return Ok(()) };
    if !budgets::settle(tx, &call, spent, moment.now).await? {
        return Ok(());
    }
    if call.kind == Kind::Model {
        let payload = json!({
            "call": call.call, "run": call.run, "position": call.position, "model": call.model, "tokens": spent.tokens,
            "cost": spent.cost, "held_against_budgets": spent.charged,
        });
        note(tx, task, FactKind::Spent, payload, moment.now).await?;
    }
    for budget in pots::of_call(moment, task, &call.position) {
        if !call.windows.contains(&(budget.pot.key.clone(), budget.pot.from)) {
            continue;
        }
        let Some(standing) = budgets::standing_in(tx, &budget.pot.key, budget.pot.from).await? else { continue };
        if let Some(threshold) = crossed(&budget.pot, &standing) {
            tell::alert(tx, moment, task, &budget, &standing, threshold).await?;
        }
    }
    Ok(())
}

/// A call broke off and nobody can tell what it cost; its reservation stands.
pub async fn in_doubt(tx: &mut Tx, key: &str) -> Result<(), FlowError> {
    if let Some(call) = budgets::call(tx, key).await? {
        budgets::doubt(tx, &call).await?;
    }
    Ok(())
}

/// The ISO date at the company's place.
fn day(moment: &Moment) -> String {
    let zone = moment.directives.roster.timezone_of(None);
    moment.now.to_utc().with_timezone(&zone).date_naive().to_string()
}

/// What a tool's call costs: what the tool told, else what the table says of it.
pub fn cost_of_tool(app: &App, tool: &str, told: Cost) -> Cost {
    match told {
        Cost::Known(money) => Cost::Known(money),
        Cost::Unmetered => app.config.prices.tool(tool).map_or(Cost::Unmetered, Cost::Known),
    }
}

/// What a tool's call came to. One that was never sent cost nothing.
pub fn spent_on_tool(cost: &Cost, not_sent: bool) -> Spent {
    let charged = match cost {
        Cost::Known(money) => Some(money.clone()),
        Cost::Unmetered => None,
    };
    Spent { cost: cost.clone(), charged, tokens: None, nothing: not_sent }
}
