//! `costs [WHO] [PERIOD]`: sums that the database adds up, and the money that tools were told to move.

use std::collections::{BTreeMap, HashSet};

use super::super::FlowError;
use super::super::spend::window::start_of;
use super::super::spend::{all_pots, view_of};
use super::Told;
use super::seen::{Sight, Viewer};
use super::why::add;
use crate::budgets::store::{self as budgets, ModelTotal};
use crate::commands::costs::{CostsAnswer, Moved, People, Period, render};
use crate::commands::lines::Spent;
use crate::directives::rule::{Define, Rule};
use crate::execution::store::{self as actions, Of, SpentBy};
use crate::gate::amounts::amount_of;
use crate::gate::store as approvals;
use crate::ids::{ActionId, TaskId};
use crate::money::Money;
use crate::replies::Who;
use crate::replies::budget::BudgetView;
use crate::replies::refusals::Refusal;
use crate::roster::PositionStatus;
use crate::workers::WorkerRef;

/// So many of the newest calls that moved money are added up.
const MOVES_LOOKED_AT: usize = 1_000;

/// Whose costs: these positions (empty is all of them), or what one account asked for.
struct Whose {
    of: String,
    positions: Vec<String>,
    requester: Option<String>,
    /// Several workers are told apart.
    several: bool,
}

pub(super) async fn answer(viewer: &Viewer<'_>, who: Option<&str>, period: Option<&str>) -> Result<Told, FlowError> {
    let command = ["costs"].into_iter().chain(who).chain(period).collect::<Vec<_>>().join(" ");
    if let Err(refusal) = viewer.only_alone(&command) {
        return Ok(Err(refusal));
    }
    let whose = match whose(viewer, who) {
        Ok(whose) => whose,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let period = Period::read(period.unwrap_or("this month"), viewer.today());
    let Some(period) = period else {
        let say = "I do not know that period. Write today, this week, last month, November or 2026-11.";
        return Ok(Ok(crate::commands::help::incomplete("costs", say)));
    };
    told(viewer, whose, period).await
}

fn whose(viewer: &Viewer<'_>, who: Option<&str>) -> Result<Whose, Refusal> {
    match who {
        None => without_a_name(viewer),
        Some(text) => named(viewer, viewer.resolve(text)?),
    }
}

/// Everything for those who may see it; else the agents that the asker answers for; else what they asked for.
fn without_a_name(viewer: &Viewer<'_>) -> Result<Whose, Refusal> {
    let handle = viewer.known()?;
    if viewer.permitted(Sight::Costs) {
        return Ok(Whose { of: "every agent".to_owned(), positions: Vec::new(), requester: None, several: true });
    }
    let own = viewer.own_agents();
    if own.is_empty() {
        return named(viewer, WorkerRef::Person(handle.to_owned()));
    }
    let positions = own.iter().map(|position| position.id.clone()).collect();
    Ok(Whose { of: "the agents that you answer for".to_owned(), positions, requester: None, several: true })
}

fn named(viewer: &Viewer<'_>, worker: WorkerRef) -> Result<Whose, Refusal> {
    let roster = &viewer.moment.directives.roster;
    let who = viewer.names().worker(&worker);
    let refused = |of: &[WorkerRef]| Err(viewer.may_not_see(Sight::Costs, format!("What {} costs", who.name), of));
    let positions: Vec<String> = match &worker {
        WorkerRef::Person(_) | WorkerRef::Human => {
            let Some(account) = who.account.clone().filter(|_| viewer.sees_of(Sight::Costs, &worker)) else {
                return refused(&[worker]);
            };
            let of = format!("what {} asked for", who.name);
            return Ok(Whose { of, positions: Vec::new(), requester: Some(account), several: true });
        }
        WorkerRef::Agent(id) => vec![id.clone()],
        WorkerRef::Role(id) => roster.positions_of(id).map(|position| position.id.clone()).collect(),
        WorkerRef::Team(id) => roster
            .positions
            .values()
            .filter(|position| position.status != PositionStatus::Retired)
            .filter(|position| roster.roles.get(&position.role).and_then(|role| role.team.as_ref()) == Some(id))
            .map(|position| position.id.clone())
            .collect(),
        WorkerRef::Channel(_)
        | WorkerRef::Bot(_)
        | WorkerRef::Owner
        | WorkerRef::Supervisor
        | WorkerRef::Requester
        | WorkerRef::RequesterManager => Vec::new(),
    };
    let agents: Vec<WorkerRef> = positions.iter().cloned().map(WorkerRef::Agent).collect();
    // A part of a team's costs would look like the whole.
    if agents.is_empty() || !agents.iter().all(|agent| viewer.sees_of(Sight::Costs, agent)) {
        return refused(&agents);
    }
    let several = positions.len() > 1;
    Ok(Whose { of: who.name, positions, requester: None, several })
}

/// What everything costs this month, for whoever runs the program; nobody's right to see it is asked.
pub(super) async fn of_all(viewer: &Viewer<'_>) -> Result<CostsAnswer, FlowError> {
    let whose = Whose { of: "every agent".to_owned(), positions: Vec::new(), requester: None, several: false };
    let month = Period::read("this month", viewer.today());
    added_up(viewer, whose, month.ok_or_else(|| FlowError::Broken("this month is no period".to_owned()))?).await
}

async fn told(viewer: &Viewer<'_>, whose: Whose, period: Period) -> Result<Told, FlowError> {
    Ok(Ok(render(&added_up(viewer, whose, period).await?)))
}

async fn added_up(viewer: &Viewer<'_>, whose: Whose, period: Period) -> Result<CostsAnswer, FlowError> {
    let zone = viewer.moment.directives.roster.timezone_of(None);
    let of = Of {
        positions: &whose.positions,
        requester: whose.requester.as_deref(),
        from: start_of(period.from, zone),
        until: start_of(period.before, zone),
    };
    let rows = actions::spent(&viewer.app.store, &of).await?;
    let of_models = budgets::Of { positions: of.positions, requester: of.requester, from: of.from, until: of.until };
    let models = budgets::model_totals(&viewer.app.store, &of_models).await?;
    let (tasks, tasks_unmetered) = covered(viewer, &of, &of_models, !models.is_empty()).await?;
    let mut spent = Spent::default();
    let mut by: BTreeMap<&str, Spent> = BTreeMap::new();
    for row in &rows {
        collect(&mut spent, row);
        collect(by.entry(&row.position).or_default(), row);
    }
    for total in &models {
        collect(&mut spent, &by_model(total));
        collect(by.entry(&total.position).or_default(), &by_model(total));
    }
    let mut by: Vec<(Who, Spent)> = by
        .into_iter()
        .filter(|_| whose.several)
        .map(|(position, spent)| (viewer.names().worker(&WorkerRef::Agent(position.to_owned())), spent))
        .collect();
    let most = |spent: &Spent| spent.known.iter().map(|money| money.micros).max().unwrap_or(0);
    by.sort_by_key(|(_, spent)| std::cmp::Reverse(most(spent)));
    let count = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    Ok(CostsAnswer {
        of: whose.of.clone(),
        period,
        zone: zone.name().to_owned(),
        spent,
        tasks: count(tasks),
        tasks_unmetered: count(tasks_unmetered),
        by,
        doubts: count(models.iter().map(|total| total.doubts).sum()),
        doubted: doubted(&models),
        models: of_each_model(&models),
        people: people(viewer, &whose, &of_models).await?,
        budgets: budgets_of(viewer, &whose, &of).await?,
        prices_as_of: viewer.app.config.prices.as_of.clone(),
        moved: moved(viewer, &of).await?,
        as_of: viewer.moment.now,
    })
}

fn collect(spent: &mut Spent, row: &SpentBy) {
    let count = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    spent.metered = spent.metered.saturating_add(count(row.metered));
    spent.unmetered = spent.unmetered.saturating_add(count(row.unmetered));
    if let Some(sum) = &row.sum {
        add(&mut spent.known, sum);
    }
}

/// How many tasks called something, and in how many of them a call told no price.
async fn covered(
    viewer: &Viewer<'_>,
    of: &Of<'_>,
    of_models: &budgets::Of<'_>,
    models_too: bool,
) -> Result<(i64, i64), FlowError> {
    let store = &viewer.app.store;
    if !models_too {
        return Ok(actions::coverage(store, of).await?);
    }
    let mut tasks: BTreeMap<TaskId, bool> = BTreeMap::new();
    let called = actions::tasks(store, of).await?.into_iter().chain(budgets::model_tasks(store, of_models).await?);
    for (task, unmetered) in called {
        *tasks.entry(task).or_default() |= unmetered;
    }
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    Ok((count(tasks.len()), count(tasks.values().filter(|unmetered| **unmetered).count())))
}

fn by_model(total: &ModelTotal) -> SpentBy {
    SpentBy {
        position: total.position.clone(),
        sum: total.sum.clone(),
        metered: total.calls - total.unmetered,
        unmetered: total.unmetered,
    }
}

/// The time of people is told for the whole, and for what somebody asked for; an agent's costs are its own.
async fn people(viewer: &Viewer<'_>, whose: &Whose, of: &budgets::Of<'_>) -> Result<Option<People>, FlowError> {
    if !whose.positions.is_empty() {
        return Ok(None);
    }
    let told = budgets::efforts(&viewer.app.store, of).await?;
    let count = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    Ok(Some(People {
        finished: count(told.finished),
        stated: count(told.stated),
        minutes: count(told.minutes),
        known: told.sums,
    }))
}

fn of_each_model(totals: &[ModelTotal]) -> Vec<(String, Spent)> {
    let mut each: BTreeMap<&str, Spent> = BTreeMap::new();
    for total in totals {
        collect(each.entry(&total.model).or_default(), &by_model(total));
    }
    let mut each: Vec<(String, Spent)> = each.into_iter().map(|(model, spent)| (model.to_owned(), spent)).collect();
    each.sort_by_key(|(_, spent)| std::cmp::Reverse(spent.known.iter().map(|money| money.micros).max().unwrap_or(0)));
    each
}

fn doubted(totals: &[ModelTotal]) -> Vec<Money> {
    let mut sums = Vec::new();
    for total in totals.iter().filter(|total| total.doubts > 0) {
        add(&mut sums, &Money::new(total.doubt_micros, total.currency.clone()));
    }
    sums
}

/// The budgets of this moment that these workers spend from, where the period holds this moment.
async fn budgets_of(viewer: &Viewer<'_>, whose: &Whose, of: &Of<'_>) -> Result<Vec<BudgetView>, FlowError> {
    let now = viewer.moment.now;
    if now < of.from || now >= of.until {
        return Ok(Vec::new());
    }
    let mut views = Vec::new();
    for budget in all_pots(&viewer.moment) {
        let theirs = match &whose.requester {
            Some(account) => budget.pot.requester.as_ref() == Some(account),
            None => whose.positions.is_empty() || budget.pot.positions.iter().any(|p| whose.positions.contains(p)),
        };
        if theirs {
            let standing = budgets::standing(&viewer.app.store, &budget.pot).await?.unwrap_or_default();
            views.push(view_of(&viewer.moment, &budget, &standing));
        }
    }
    Ok(views)
}

/// What tools with a defined amount were told to move, apart by whether people said yes to it.
async fn moved(viewer: &Viewer<'_>, of: &Of<'_>) -> Result<Moved, FlowError> {
    let directives = &viewer.moment.directives;
    let defines = directives.each(|rule: &Rule| -> Option<&Define> {
        if let Rule::Define(define) = rule { Some(define) } else { None }
    });
    let with_amounts = defines.filter(|(_, define)| define.amount.is_some());
    let patterns: Vec<&str> = with_amounts.flat_map(|(_, define)| &define.tools).map(|tool| tool.0.as_str()).collect();
    let known = directives.catalogue.iter().map(|tool| &tool.name);
    let moving = known.filter(|tool| patterns.iter().any(|pattern| tool.matches(pattern)));
    let tools: Vec<&str> = moving.map(|tool| tool.0.as_str()).collect();
    let mut moved = Moved::default();
    if tools.is_empty() {
        return Ok(moved);
    }
    let limit = i64::try_from(MOVES_LOOKED_AT).unwrap_or(i64::MAX);
    let calls = actions::happened(&viewer.app.store, of, &tools, limit).await?;
    moved.only_newest = (calls.len() == MOVES_LOOKED_AT).then_some(MOVES_LOOKED_AT);
    let ids: Vec<ActionId> = calls.iter().map(|(id, _)| *id).collect();
    let approved: HashSet<ActionId> = approvals::approved_of(&viewer.app.store, &ids).await?.into_iter().collect();
    for (id, proposal) in calls {
        let amount = proposal.map(|call| amount_of(directives, &call.tool, &call.arguments).ok().flatten());
        match amount {
            Some(Some(money)) if approved.contains(&id) => add(&mut moved.approved, &money),
            Some(Some(money)) => add(&mut moved.automatic, &money),
            Some(None) | None => moved.unreadable += 1,
        }
    }
    Ok(moved)
}
