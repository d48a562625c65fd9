//! What is due between two instants. Pure: the wall clock of a zone, across the days on which clocks change.
//!
//! A time of day ("at 2:30") happens once on every day: where clocks jump over it, at the jump; where they show it twice, at
//! the first. What recurs within the hours ("every 15 minutes") follows the time that passes: it skips the hour that there is
//! not and happens in both of the hours that there are twice.

use std::str::FromStr as _;

use chrono::{DateTime, LocalResult, NaiveDateTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;

use crate::clock::Timestamp;

/// Wall clocks are turned by less than this.
const LONGEST_TURN: TimeDelta = TimeDelta::hours(3);
/// No more instants are looked at for one answer: a tick each second for as long as clocks are turned, twice.
const LOOKS: usize = 30_000;
/// Where clocks jump, the end of the jump is looked for minute by minute.
const MINUTES_OF_A_DAY: i64 = 1_440;

/// A cron expression (the `cron` crate's: seconds first, seven fields) on the wall clock of a zone.
#[derive(Debug, Clone)]
pub struct Timing {
    cron: cron::Schedule,
    zone: Tz,
    /// The expression leaves the hour open.
    every_hour: bool,
}

impl Timing {
    /// `None` for what is no cron expression.
    pub fn of(cron: &str, zone: Tz) -> Option<Self> {
        let every_hour = cron.split_whitespace().nth(2)?.contains('*');
        Some(Self { cron: cron::Schedule::from_str(cron).ok()?, zone, every_hour })
    }

    /// The first instant after `after`; `None` if there is none any more.
    pub fn next_after(&self, after: Timestamp) -> Option<Timestamp> {
        let local = self.local(after);
        let mut best: Option<Timestamp> = None;
        for tick in self.cron.after(&(local - LONGEST_TURN).and_utc()).take(LOOKS).map(|tick| tick.naive_utc()) {
            if best.is_some() && tick > local + LONGEST_TURN {
                break;
            }
            let later = self.instants(tick).into_iter().filter(|at| *at > after).min();
            best = [best, later].into_iter().flatten().min();
        }
        best
    }

    /// The last instant after `after` and not after `until`: however many were missed, this one stands for all.
    pub fn last_due(&self, after: Timestamp, until: Timestamp) -> Option<Timestamp> {
        let local = self.local(until);
        let mut best: Option<Timestamp> = None;
        let back = self.cron.after(&(local + LONGEST_TURN).and_utc()).rev().take(LOOKS).map(|tick| tick.naive_utc());
        for tick in back {
            if best.is_some() && tick < local - LONGEST_TURN {
                break;
            }
            let earlier = self.instants(tick).into_iter().filter(|at| *at <= until).max();
            best = [best, earlier].into_iter().flatten().max();
        }
        best.filter(|at| *at > after)
    }

    fn local(&self, at: Timestamp) -> NaiveDateTime {
        at.to_utc().with_timezone(&self.zone).naive_local()
    }

    /// The instants at which a wall clock shows `local` and it is time.
    fn instants(&self, local: NaiveDateTime) -> Vec<Timestamp> {
        let at = |zoned: DateTime<Tz>| Timestamp::from_utc(zoned.with_timezone(&Utc));
        match (self.zone.from_local_datetime(&local), self.every_hour) {
            (LocalResult::Single(only), _) => vec![at(only)],
            (LocalResult::Ambiguous(first, second), true) => vec![at(first), at(second)],
            (LocalResult::Ambiguous(first, _), false) => vec![at(first)],
            (LocalResult::None, true) => Vec::new(),
            (LocalResult::None, false) => {
                let after = |n| self.zone.from_local_datetime(&(local + TimeDelta::minutes(n))).earliest();
                (1..=MINUTES_OF_A_DAY).find_map(after).map(at).into_iter().collect()
            }
        }
    }
}
