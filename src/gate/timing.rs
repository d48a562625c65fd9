//! When a wait is over: a rule's time, counted while those who may decide are at work.
//!
//! Working hours count only where somebody stated them: for a person, their position, role or team, or for the company. While
//! one of those who may decide has no stated hours, the wall clock counts for all. Otherwise time runs while at least one of
//! them is at work, each in their own zone: hours and minutes are working time, and a whole day lasts until the same time of
//! the next day on which one of them works. What begins outside working hours begins when the next of them comes in.

use chrono::{NaiveDate, TimeZone as _};
use chrono_tz::Tz;

use crate::clock::{Span, Timestamp};
use crate::roster::Roster;
use crate::workers::WorkerRef;

/// Waits shorter than this are not reminded of: the card has only just been read.
const SHORTEST_REMINDED: Span = Span::minutes(20);
/// No calendar is looked at further ahead; beyond it the wall clock counts.
const MOST_DAYS_AHEAD: i64 = 400;

type Shift = (Timestamp, Timestamp);

/// The instant at which `within` is over for these people (handles), counted from `from`.
pub fn deadline(from: Timestamp, within: Span, people: &[String], roster: &Roster) -> Timestamp {
    let days = within.0.div_euclid(Span::days(1).0);
    let rest = Span(within.0.rem_euclid(Span::days(1).0));
    let Some(shifts) = shifts(from, days, rest, people, roster) else { return from.plus(within) };
    let zone = zone(people, roster);
    let worked = |at: Timestamp| day_of(at, zone);
    let mut at = next_at_work(from, &shifts);
    for _day in 0..days {
        let same_time = |day: NaiveDate| {
            let local = at?.to_utc().with_timezone(&zone).time();
            let there = zone.from_local_datetime(&day.and_time(local)).earliest()?;
            Some(Timestamp::from_utc(there.with_timezone(&chrono::Utc)))
        };
        let today = at.map(worked);
        let next = shifts.iter().map(|(start, _)| worked(*start)).find(|day| today.is_some_and(|today| *day > today));
        at = next.and_then(same_time).and_then(|at| next_at_work(at, &shifts));
    }
    at.and_then(|at| add_work(at, rest, &shifts)).unwrap_or_else(|| from.plus(within))
}

/// The instant at which working time of `left` is over: for a wait that goes on after it stood still.
pub fn goes_on_until(from: Timestamp, left: Span, people: &[String], roster: &Roster) -> Timestamp {
    let days = left.0.div_euclid(Span::days(1).0);
    let found = shifts(from, days * 3, left, people, roster)
        .and_then(|shifts| add_work(next_at_work(from, &shifts)?, left, &shifts));
    found.unwrap_or_else(|| from.plus(left))
}

/// How much of a wait is left, in working time where that counts.
pub fn left(now: Timestamp, deadline: Timestamp, people: &[String], roster: &Roster) -> Span {
    let wall = Span(deadline.since(now).0.max(0));
    let days = wall.0.div_euclid(Span::days(1).0);
    let Some(shifts) = shifts(now, days, Span::ZERO, people, roster) else { return wall };
    let overlap = |(start, end): &Shift| (end.0.min(deadline.0) - start.0.max(now.0)).max(0);
    Span(shifts.iter().map(overlap).sum())
}

/// When those who have not answered are reminded: three quarters through, and while somebody is at work.
pub fn remind_at(from: Timestamp, deadline: Timestamp, people: &[String], roster: &Roster) -> Option<Timestamp> {
    let whole = deadline.since(from);
    if whole < SHORTEST_REMINDED {
        return None;
    }
    let late = from.plus(Span(whole.0 / 4 * 3));
    let days = whole.0.div_euclid(Span::days(1).0);
    let at = match shifts(from, days, Span::ZERO, people, roster) {
        Some(shifts) => next_at_work(late, &shifts)?,
        None => late,
    };
    (at < deadline.minus(Span::minutes(1))).then_some(at)
}

/// When at least one of them is at work, from `from` on; `None` where the wall clock counts.
fn shifts(from: Timestamp, days: i64, rest: Span, people: &[String], roster: &Roster) -> Option<Vec<Shift>> {
    /// Weekends and short weeks: so many calendar days hold the working days looked for, and three weeks besides.
    const CALENDAR_DAYS_PER_DAY: i64 = 3;
    let hours = rest.0.div_euclid(Span::hours(1).0);
    let ahead = (days + hours).saturating_mul(CALENDAR_DAYS_PER_DAY).saturating_add(21).clamp(1, MOST_DAYS_AHEAD);
    let until = from.plus(Span::days(ahead));
    let of = |who: Option<&WorkerRef>| roster.stated_shifts(who, from, until);
    let mut all = match people {
        [] => of(None)?,
        [..] => {
            let each = people.iter().map(|handle| of(Some(&WorkerRef::Person(handle.clone()))));
            each.collect::<Option<Vec<_>>>()?.into_iter().flatten().collect()
        }
    };
    all.sort();
    let mut merged: Vec<Shift> = Vec::new();
    for (start, end) in all {
        match merged.last_mut() {
            Some((_, last)) if start <= *last => *last = (*last).max(end),
            Some(_) | None => merged.push((start, end)),
        }
    }
    (!merged.is_empty()).then_some(merged)
}

/// The zone in which a day is a day: the first person's.
fn zone(people: &[String], roster: &Roster) -> Tz {
    let first = people.first().map(|handle| WorkerRef::Person(handle.clone()));
    roster.hours_of(first.as_ref()).timezone
}

fn day_of(at: Timestamp, zone: Tz) -> NaiveDate {
    at.to_utc().with_timezone(&zone).date_naive()
}

fn next_at_work(at: Timestamp, shifts: &[Shift]) -> Option<Timestamp> {
    shifts.iter().find(|(_, end)| at < *end).map(|(start, _)| at.max(*start))
}

/// `span` of working time after `at`. A wait that ends exactly with a shift ends there, not at the start of the next.
fn add_work(at: Timestamp, span: Span, shifts: &[Shift]) -> Option<Timestamp> {
    let mut still = span.0;
    for (start, end) in shifts.iter().filter(|(_, end)| at < *end) {
        let begins = at.max(*start);
        let there = end.since(begins).0;
        if still <= there {
            return Some(begins.plus(Span(still)));
        }
        still -= there;
    }
    None
}
