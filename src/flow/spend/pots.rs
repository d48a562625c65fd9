//! From `budget` sentences to pots: which of them a call falls under, and in which window.

use super::super::facts::Moment;
use super::window::window;
use crate::budgets::{Pot, Then};
use crate::clock::Timestamp;
use crate::directives::rule::{Budget, BudgetThen, Period, Rule};
use crate::directives::{Origin, Reading};
use crate::ids::TaskId;
use crate::money::{Currency, Money};
use crate::roster::Roster;
use crate::tasks::Task;
use crate::workers::WorkerRef;

/// A budget in force with its pot of this moment.
#[derive(Debug, Clone)]
pub(in crate::flow) struct InForce {
    pub pot: Pot,
    pub who: Vec<WorkerRef>,
    pub per: Period,
    pub origin: Origin,
}

/// The pots that a call of this position for this task spends from.
pub(super) fn of_call(moment: &Moment, task: &Task, position: &str) -> Vec<InForce> {
    let mut out = Vec::new();
    for (reading, rule) in budgets(moment) {
        let whose = Whose::of(moment, &rule.who);
        let by_position = whose.positions.iter().any(|known| known == position);
        let by_requester = whose.accounts.contains(&task.requester.user);
        if by_position || by_requester {
            let requester = (!by_position).then(|| task.requester.user.clone());
            out.push(in_force(moment, reading, rule, whose.positions, requester, Some((task.id, task.created))));
        }
    }
    // One order for everybody, the strictest consequence told first where several are empty.
    out.sort_by_key(|budget| budget.pot.then != Then::Pause);
    out
}

/// Every budget of the directives with its window of this moment, but for those of single tasks.
pub(in crate::flow) fn all(moment: &Moment) -> Vec<InForce> {
    budgets(moment)
        .filter(|(_, rule)| rule.per != Period::Task)
        .map(|(reading, rule)| {
            let whose = Whose::of(moment, &rule.who);
            let requester = if whose.positions.is_empty() { whose.accounts.first().cloned() } else { None };
            in_force(moment, reading, rule, whose.positions, requester, None)
        })
        .collect()
}

fn budgets(moment: &Moment) -> impl Iterator<Item = (&Reading, &Budget)> {
    moment.directives.each(|rule| if let Rule::Budget(budget) = rule { Some(budget) } else { None })
}

/// Whom a sentence names: positions that spend, and accounts whose requests spend.
struct Whose {
    positions: Vec<String>,
    accounts: Vec<String>,
}

impl Whose {
    fn of(moment: &Moment, who: &[WorkerRef]) -> Self {
        let roster = &moment.directives.roster;
        let (mut positions, mut accounts) = (Vec::new(), Vec::new());
        for worker in who {
            match worker {
                WorkerRef::Agent(id) => positions.push(id.clone()),
                WorkerRef::Role(id) => positions.extend(roster.positions_of(id).map(|p| p.id.clone())),
                WorkerRef::Team(id) => positions.extend(positions_of_team(roster, id)),
                WorkerRef::Person(handle) => accounts.extend(moment.names().person(handle).account),
                WorkerRef::Human => accounts.extend(moment.names().worker(worker).account),
                WorkerRef::Channel(_)
                | WorkerRef::Bot(_)
                | WorkerRef::Owner
                | WorkerRef::Supervisor
                | WorkerRef::Requester
                | WorkerRef::RequesterManager => {}
            }
        }
        positions.sort();
        positions.dedup();
        Self { positions, accounts }
    }
}

/// The positions that these workers are or have.
pub(in crate::flow) fn positions_of(moment: &Moment, who: &[WorkerRef]) -> Vec<String> {
    Whose::of(moment, who).positions
}

fn positions_of_team<'a>(roster: &'a Roster, team: &'a str) -> impl Iterator<Item = String> + 'a {
    let of_team = |role: &String| roster.roles.get(role).and_then(|role| role.team.as_deref()) == Some(team);
    roster.positions.values().filter(move |position| of_team(&position.role)).map(|position| position.id.clone())
}

fn in_force(
    moment: &Moment,
    reading: &Reading,
    rule: &Budget,
    positions: Vec<String>,
    requester: Option<String>,
    task: Option<(TaskId, Timestamp)>,
) -> InForce {
    let zone = moment.directives.roster.timezone_of(None);
    let (from, until, per) = match (window(rule.per, moment.now, zone), task) {
        (Some((from, until)), _) => (from, Some(until), word(rule.per).to_owned()),
        (None, Some((id, created))) => (created, None, format!("task:{}", id.0)),
        (None, None) => (moment.now, None, word(rule.per).to_owned()),
    };
    let who = rule.who.iter().map(ToString::to_string).collect::<Vec<_>>().join("+");
    let currency = Currency::new(&rule.currency);
    let then = match rule.then {
        BudgetThen::Pause => Then::Pause,
        BudgetThen::Ask => Then::Ask,
        BudgetThen::Warn => Then::Warn,
    };
    let pot = Pot {
        key: format!("{who}|{per}|{}", currency.0),
        from,
        until,
        limit: Money::new(rule.amount.0, currency),
        then,
        positions,
        requester,
    };
    InForce { pot, who: rule.who.clone(), per: rule.per, origin: reading.origin.clone() }
}

fn word(per: Period) -> &'static str {
    match per {
        Period::Task => "task",
        Period::Day => "day",
        Period::Week => "week",
        Period::Month => "month",
        Period::Quarter => "quarter",
    }
}
