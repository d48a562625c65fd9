//! `costs [WHO] [PERIOD]`: sums that the database adds up, and the money that tools were told to move.

use std::collections::{BTreeMap, HashSet};

use chrono::{LocalResult, NaiveDate, TimeZone};

use super::super::FlowError;
use super::Told;
use super::seen::{Sight, Viewer};
use super::why::add;
use crate::clock::Timestamp;
use crate::commands::costs::{CostsAnswer, Moved, Period, render};
use crate::commands::lines::Spent;
use crate::directives::rule::{Define, Rule};
use crate::execution::store::{self as actions, Of, SpentBy};
use crate::gate::amounts::amount_of;
use crate::gate::store as approvals;
use crate::ids::ActionId;
use crate::replies::Who;
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
    let (tasks, tasks_unmetered) = actions::coverage(&viewer.app.store, &of).await?;
    let mut spent = Spent::default();
    let mut by: BTreeMap<&str, Spent> = BTreeMap::new();
    for row in &rows {
        collect(&mut spent, row);
        collect(by.entry(&row.position).or_default(), row);
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

/// The instant at which a day begins at the company's place; where the clocks skip midnight, the first one after it.
fn start_of(day: NaiveDate, zone: chrono_tz::Tz) -> Timestamp {
    let midnight = day.and_time(chrono::NaiveTime::MIN);
    let start = match zone.from_local_datetime(&midnight) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => at.to_utc(),
        LocalResult::None => zone
            .from_local_datetime(&(midnight + chrono::Duration::hours(1)))
            .earliest()
            .map_or_else(|| midnight.and_utc(), |at| at.to_utc()),
    };
    Timestamp::from_utc(start)
}
