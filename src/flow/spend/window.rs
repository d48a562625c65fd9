//! The windows of budgets: whole days, weeks from Monday, months and quarters, at the company's place.

use chrono::{Datelike, Days, LocalResult, Months, NaiveDate, TimeZone};

use crate::clock::Timestamp;
use crate::directives::rule::Period;

/// The instant at which a day begins at a place; where the clocks skip midnight, the first one after it.
pub(in crate::flow) fn start_of(day: NaiveDate, zone: chrono_tz::Tz) -> Timestamp {
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

/// The window around `now`; `None` for a task, whose window is its life.
pub(in crate::flow) fn window(period: Period, now: Timestamp, zone: chrono_tz::Tz) -> Option<(Timestamp, Timestamp)> {
    let today = now.to_utc().with_timezone(&zone).date_naive();
    let first = |month: u32| NaiveDate::from_ymd_opt(today.year(), month, 1);
    let (from, before) = match period {
        Period::Task => return None,
        Period::Day => (today, today.checked_add_days(Days::new(1))?),
        Period::Week => {
            let monday = today.checked_sub_days(Days::new(u64::from(today.weekday().num_days_from_monday())))?;
            (monday, monday.checked_add_days(Days::new(7))?)
        }
        Period::Month => (first(today.month())?, first(today.month())?.checked_add_months(Months::new(1))?),
        Period::Quarter => {
            let start = first((today.month0() / 3) * 3 + 1)?;
            (start, start.checked_add_months(Months::new(3))?)
        }
    };
    Some((start_of(from, zone), start_of(before, zone)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_begin_and_end_at_midnight_where_the_company_is() {
        let zone = chrono_tz::Europe::Berlin;
        let at = Timestamp::from_utc("2026-11-19T23:30:00Z".parse().unwrap());
        let days = |period| {
            let (from, before) = window(period, at, zone).unwrap();
            let local = |at: Timestamp| at.to_utc().with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string();
            (local(from), local(before))
        };
        let said = |from: &str, before: &str| (format!("{from} 00:00"), format!("{before} 00:00"));
        assert_eq!(days(Period::Day), said("2026-11-20", "2026-11-21"), "it is Friday in Berlin already");
        assert_eq!(days(Period::Week), said("2026-11-16", "2026-11-23"));
        assert_eq!(days(Period::Month), said("2026-11-01", "2026-12-01"));
        assert_eq!(days(Period::Quarter), said("2026-10-01", "2027-01-01"));
        assert_eq!(window(Period::Task, at, zone), None);
    }
}
