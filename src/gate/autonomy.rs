//! How free a worker is at a moment, by the sentences about it.

use crate::catalogue::ToolName;
use crate::clock::{Span, Timestamp};
use crate::directives::matching::holds::Holds;
use crate::directives::matching::people::{binds, position_of, role_of};
use crate::directives::rule::{Autonomy, IsoDuration, Level, Rule};
use crate::directives::{Directives, Origin, Reading};
use crate::roster::{Driver, PositionStatus};
use crate::workers::WorkerRef;

use super::containment::who_inside;
use super::fitting::local_date;

/// The sentences in force about a worker.
fn about<'a>(
    directives: &'a Directives,
    worker: &WorkerRef,
    now: Timestamp,
) -> impl Iterator<Item = (&'a Reading, &'a Autonomy)> {
    directives
        .each(|rule| if let Rule::Autonomy(r) = rule { Some(r) } else { None })
        .filter(move |(reading, rule)| speaks_of(directives, reading, &rule.who, worker).met_or_unknown())
        .filter(move |(_, rule)| still(directives, worker, rule, now))
}

/// The sentence that counts for a call of `tool`, or for answers where there is none: the lowest level of all that fit. One that
/// names the action is the exception to those that name none, where it surely speaks of the worker and of nobody besides
/// those of whom they speak. A role file may only lower it.
pub(super) fn lowest<'a>(
    directives: &'a Directives,
    worker: &WorkerRef,
    tool: Option<&ToolName>,
    now: Timestamp,
) -> Option<(&'a Reading, &'a Autonomy)> {
    let names = |rule: &Autonomy| tool.is_some_and(|tool| rule.tools.iter().any(|pattern| pattern.covers(tool)));
    let fitting: Vec<_> =
        about(directives, worker, now).filter(|(_, rule)| rule.tools.is_empty() || names(rule)).collect();
    let surely = |(reading, rule): &(&Reading, &Autonomy)| {
        !rule.tools.is_empty() && speaks_of(directives, reading, &rule.who, worker).surely_met()
    };
    let exceptions: Vec<_> = fitting.iter().filter(|one| surely(one)).copied().collect();
    let excepted = |reading: &Reading, general: &Autonomy| {
        general.tools.is_empty()
            && exceptions.iter().any(|(other, named)| {
                other.role == reading.role && who_inside(&directives.roster, &named.who, &general.who)
            })
    };
    let left = fitting.into_iter().filter(|(reading, rule)| !excepted(reading, rule));
    // Of several alike the company's is told, since a role file adds nothing to it.
    left.min_by_key(|(reading, rule)| (rule.level, reading.role.is_some()))
}

/// How free a worker is, and by which sentence; `None` where no sentence says, which is `act`. A shadow observes.
pub fn level_of(directives: &Directives, worker: &WorkerRef, now: Timestamp) -> Option<(Level, Option<Origin>)> {
    let position = position_of(&directives.roster, worker);
    if position.is_some_and(|p| p.status == PositionStatus::Shadow && p.driver != Driver::Human) {
        return Some((Level::Observe, None));
    }
    lowest(directives, worker, None, now).map(|(reading, rule)| (rule.level, Some(reading.origin.clone())))
}

/// The same for calls of one tool.
pub fn level_with(
    directives: &Directives,
    worker: &WorkerRef,
    tool: &ToolName,
    now: Timestamp,
) -> Option<(Level, Option<Origin>)> {
    let general = level_of(directives, worker, now);
    match general {
        // A shadow observes, whatever the sentences say.
        Some((_, None)) => general,
        Some((_, Some(_))) | None => lowest(directives, worker, Some(tool), now)
            .map(|(reading, rule)| (rule.level, Some(reading.origin.clone()))),
    }
}

/// Whether everything that a worker says may be read in the thread: nothing that it does is for its owner alone.
pub fn speaks_openly(directives: &Directives, worker: &WorkerRef, now: Timestamp) -> bool {
    level_of(directives, worker, now).is_none_or(|(level, _)| level >= Level::Ask)
        && about(directives, worker, now).all(|(_, rule)| rule.level >= Level::Ask)
}

/// Whether a sentence in this place, about these workers, is about this one.
pub(super) fn speaks_of(directives: &Directives, reading: &Reading, who: &[WorkerRef], worker: &WorkerRef) -> Holds {
    let roster = &directives.roster;
    let own_role = role_of(roster, worker).map(|role| role.id.as_str());
    let scoped = Holds::of(reading.role.is_none() || reading.role.as_deref() == own_role);
    scoped.and(binds(roster, who, worker))
}

/// Until a date, that day included; for a duration, from the day on which the position began. Unreadable: still.
fn still(directives: &Directives, worker: &WorkerRef, rule: &Autonomy, now: Timestamp) -> bool {
    let Some(until) = rule.until.as_deref() else { return true };
    let today = local_date(directives, now);
    if let Ok(last) = until.parse::<chrono::NaiveDate>() {
        return today <= last;
    }
    let began = position_of(&directives.roster, worker)
        .and_then(|position| position.since.as_deref())
        .and_then(|since| since.parse::<chrono::NaiveDate>().ok());
    match (began, IsoDuration(until.to_owned()).span()) {
        (Some(began), Some(Span(micros))) => (today - began).num_microseconds().is_none_or(|elapsed| elapsed < micros),
        (None, _) | (_, None) => true,
    }
}
