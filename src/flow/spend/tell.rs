//! What people hear of budgets, and how an owner adds to one.

use std::collections::BTreeSet;

use serde_json::json;

use super::super::assign::{note, say};
use super::super::decide::{Said, who};
use super::super::facts::Moment;
use super::super::says::cited_origin;
use super::super::{App, FlowError};
use super::pots::{InForce, all};
use super::{Call, pots};
use crate::assignments::store as assignments;
use crate::budgets::store as budgets;
use crate::budgets::{Standing, Then, Threshold};
use crate::clock::Timestamp;
use crate::directives::rule::Period;
use crate::execution::store as actions;
use crate::ledger::{Fact, FactKind, store as ledger};
use crate::money::Money;
use crate::replies::budget::{self, BudgetView};
use crate::replies::outbox::Queued;
use crate::replies::refusals::Refusal;
use crate::replies::{Card, Who, store as outbox};
use crate::runs::store as runs;
use crate::store::Tx;
use crate::tasks::{Task, store as tasks};
use crate::workers::{SlackUser, WorkerRef};

/// One more than the last threshold: the owner was told that work waits.
const TOLD_THAT_IT_WAITS: i64 = 101;
/// What *Add* adds is this part of the limit.
const A_FIFTH: i64 = 5;

pub(in crate::flow) fn view_of(moment: &Moment, budget: &InForce, standing: &Standing) -> BudgetView {
    let roster = &moment.directives.roster;
    let money = |micros| Money::new(micros, budget.pot.limit.currency.clone());
    let of: Vec<String> = budget.who.iter().map(|worker| moment.names().worker(worker).name).collect();
    let of = if of.len() > 3 { format!("{} and {} more", of[..2].join(", "), of.len() - 2) } else { of.join(", ") };
    BudgetView {
        of: if of.is_empty() { roster.spoken(&WorkerRef::Human) } else { of },
        limit: budget.pot.limit.clone(),
        added: (standing.granted != 0).then(|| money(standing.granted)),
        per: match budget.per {
            Period::Task => "a task",
            Period::Day => "a day",
            Period::Week => "a week",
            Period::Month => "a month",
            Period::Quarter => "a quarter",
        }
        .to_owned(),
        used: money(standing.settled),
        percent: standing.percent(&budget.pot),
        uncounted: standing.uncounted,
        until: budget.pot.until,
        rule: cited_origin(&budget.origin),
    }
}

/// The people who answer for what spends from a budget; where nobody does, the triage person.
fn owners(moment: &Moment, budget: &InForce) -> BTreeSet<String> {
    let roster = &moment.directives.roster;
    let mut out = BTreeSet::new();
    for worker in &budget.who {
        match worker {
            WorkerRef::Person(handle) => out.extend(roster.manager_of(handle)),
            WorkerRef::Agent(_)
            | WorkerRef::Role(_)
            | WorkerRef::Team(_)
            | WorkerRef::Channel(_)
            | WorkerRef::Bot(_)
            | WorkerRef::Human
            | WorkerRef::Owner
            | WorkerRef::Supervisor
            | WorkerRef::Requester
            | WorkerRef::RequesterManager => {}
        }
    }
    for position in &budget.pot.positions {
        out.extend(roster.context_of(Some(position), None).owner);
    }
    // Many owners share a company's pot; then whoever keeps the company's directives answers for it.
    if out.is_empty() || out.len() > 3 {
        let keeper = moment.directives.keepers.get("").cloned().unwrap_or(WorkerRef::Human);
        out = roster.people_of(&keeper, &crate::roster::chart::ResolveContext::default());
    }
    out
}

fn accounts(moment: &Moment, budget: &InForce) -> Vec<Who> {
    owners(moment, budget).iter().map(|handle| moment.names().person(handle)).collect()
}

fn slot(budget: &InForce, what: &str, user: &str) -> String {
    format!("budget:{}:{}:{what}:{user}", budget.pot.key, budget.pot.from.0)
}

fn target(budget: &InForce) -> String {
    format!("{}@{}", budget.pot.key, budget.pot.from.0)
}

async fn tell(
    tx: &mut Tx,
    moment: &Moment,
    task: Option<&Task>,
    budget: &InForce,
    what: &str,
    card: &Card,
    fresh: bool,
) -> Result<(), FlowError> {
    for owner in accounts(moment, budget).into_iter().filter_map(|owner| owner.account) {
        if fresh {
            outbox::start_afresh(tx, &slot(budget, what, &owner)).await?;
        }
        let mut tell = Queued::tell(slot(budget, what, &owner), &owner, card.clone());
        if let Some(task) = task {
            tell = tell.in_conversation(&task.conversation);
        }
        outbox::queue(tx, &tell, moment.now).await?;
    }
    Ok(())
}

/// A share of the budget was passed: its owner hears of it once.
pub(super) async fn alert(
    tx: &mut Tx,
    moment: &Moment,
    task: &Task,
    budget: &InForce,
    standing: &Standing,
    threshold: Threshold,
) -> Result<(), FlowError> {
    let percent = threshold.percent();
    if !budgets::note_alert(tx, &budget.pot.key, budget.pot.from, percent).await? {
        return Ok(());
    }
    let view = view_of(moment, budget, standing);
    let payload = json!({ "budget": budget.pot.key, "from": budget.pot.from, "percent": percent, "used": view.used, "rule": budget.origin });
    note(tx, task, FactKind::BudgetAlert, payload, moment.now).await?;
    let card = match threshold {
        Threshold::ThreeQuarters | Threshold::NearlyAll => budget::nearly_spent(&view),
        Threshold::All => {
            budgets::note_alert(tx, &budget.pot.key, budget.pot.from, TOLD_THAT_IT_WAITS).await?;
            when_empty(budget, &view)
        }
    };
    tell(tx, moment, Some(task), budget, &percent.to_string(), &card, true).await
}

fn when_empty(budget: &InForce, view: &BudgetView) -> Card {
    match budget.pot.then {
        Then::Warn => budget::overspent(view),
        Then::Pause => budget::paused(view),
        Then::Ask => budget::ask_for_more(view, &more_of(budget), &target(budget)),
    }
}

fn more_of(budget: &InForce) -> Money {
    let limit = &budget.pot.limit;
    let cent = 10_i64.pow(6 - limit.currency.minor_digits());
    Money::new((limit.micros / A_FIFTH / cent * cent).max(cent), limit.currency.clone())
}

/// Nothing is left for a call: the thread says what it waits for, and the owner hears of it once.
pub(super) async fn refused(tx: &mut Tx, moment: &Moment, call: &Call<'_>, budget: &InForce) -> Result<(), FlowError> {
    let Some(standing) = budgets::standing_in(tx, &budget.pot.key, budget.pot.from).await? else { return Ok(()) };
    let view = view_of(moment, budget, &standing);
    let payload = json!({
        "budget": budget.pot.key, "from": budget.pot.from, "call": call.key, "most": call.most, "used": view.used,
        "rule": budget.origin,
    });
    note(tx, call.task, FactKind::BudgetRefused, payload, moment.now).await?;
    if budgets::note_alert(tx, &budget.pot.key, budget.pot.from, TOLD_THAT_IT_WAITS).await? {
        tell(tx, moment, Some(call.task), budget, "100", &when_empty(budget, &view), true).await?;
    }
    let Some(held) = assignments::current(tx, call.task.id).await? else { return Ok(()) };
    let told = accounts(moment, budget).into_iter().next();
    let card = budget::waits(&moment.names().receipt_of(call.task, &held), &view, told.as_ref());
    say(tx, call.task, held.id, card, moment.now).await
}

/// Adds a fifth to a budget's window, by the account of whoever answers for it; what waited goes on.
pub(in crate::flow) async fn raise(app: &App, tx: &mut Tx, target: &str, by: &SlackUser) -> Result<Said, FlowError> {
    let moment = Moment::of(app)?;
    let Some(budget) = named(tx, &moment, target).await? else { return Ok(Said::Refused(Refusal::OldButton)) };
    let handle = match who::person(app, &moment.directives, &moment.directory, by) {
        Ok(handle) => handle,
        Err(refusal) => return Ok(Said::Refused(refusal)),
    };
    let may = owners(&moment, &budget);
    if !may.contains(&handle) {
        let may = who::people(&moment.directives, &moment.directory, &may);
        return Ok(Said::Refused(Refusal::NotTheirs { what: "add to this budget".to_owned(), may }));
    }
    let more = more_of(&budget);
    let standing = budgets::standing_in(tx, &budget.pot.key, budget.pot.from).await?.unwrap_or_default();
    // A second click on the same card comes when something is left again.
    if standing.settled < standing.limit(&budget.pot) && standing.alerted < TOLD_THAT_IT_WAITS {
        return Ok(Said::Refused(Refusal::OldButton));
    }
    if !budgets::grant(tx, &budget.pot.key, budget.pot.from, more.micros).await? {
        return Ok(Said::Refused(Refusal::OldButton));
    }
    let payload = json!({ "budget": budget.pot.key, "from": budget.pot.from, "added": more, "by": by });
    ledger::append_fact(tx, &Fact::of_system(FactKind::BudgetRaised, payload), moment.now).await?;
    runs::release_put_off(tx, moment.now).await?;
    actions::release_put_off(tx, moment.now).await?;
    let standing = Standing { granted: standing.granted.saturating_add(more.micros), ..standing };
    let view = view_of(&moment, &budget, &standing);
    let card = budget::raised(&view, &more, &moment.names().account(by), moment.now);
    tell(tx, &moment, None, &budget, "100", &card, false).await?;
    Ok(Said::Nothing)
}

/// The budget that a button names, as it is in force now; `None` once its window ended or its sentence is gone.
async fn named(tx: &mut Tx, moment: &Moment, target: &str) -> Result<Option<InForce>, FlowError> {
    let Some((key, from)) = target.rsplit_once('@') else { return Ok(None) };
    let Some(from) = from.parse().ok().map(Timestamp) else { return Ok(None) };
    let is_it = |budget: &InForce| budget.pot.key == key && budget.pot.from == from;
    let task = key.split('|').nth(1).and_then(|per| per.strip_prefix("task:")).and_then(|id| id.parse().ok());
    let Some(task) = task else { return Ok(all(moment).into_iter().find(is_it)) };
    let Some(task) = tasks::task(tx, crate::ids::TaskId(task)).await? else { return Ok(None) };
    let positions = moment.directives.roster.positions.keys();
    let found = positions.flat_map(|position| pots::of_call(moment, &task, position)).find(is_it);
    Ok(found)
}
