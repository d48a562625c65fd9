//! Waits counted in working hours: by hand for the cases that people argue about, by chance for what must always hold.

use proptest::prelude::*;

use super::*;
use crate::gate::timing::{deadline, goes_on_until, left, remind_at};
use crate::roster::{Roster, WorkHours};

/// Dana works in Berlin from 9 to 17, Bo in New York from 9 to 17, both Monday to Friday; nobody said anything of Sam.
fn company_hours() -> Roster {
    let mut roster = roster();
    roster.timezone = "Europe/Berlin".to_owned();
    let hours = |who: Option<&str>, zone: &str| WorkHours {
        who: who.map(|who| WorkerRef::Person(who.to_owned())),
        days: ["Mon", "Tue", "Wed", "Thu", "Fri"].map(str::to_owned).to_vec(),
        start: "09:00".to_owned(),
        end: "17:00".to_owned(),
        timezone: Some(zone.to_owned()),
    };
    roster.hours = vec![hours(Some("dana"), "Europe/Berlin"), hours(Some("bo"), "America/New_York")];
    roster
}

fn when(text: &str) -> Timestamp {
    let at = chrono::DateTime::parse_from_rfc3339(text).unwrap();
    Timestamp::from_utc(at.with_timezone(&chrono::Utc))
}

fn people(handles: &[&str]) -> Vec<String> {
    handles.iter().map(|handle| (*handle).to_owned()).collect()
}

#[test]
fn hours_are_working_time_and_days_are_working_days() {
    let roster = company_hours();
    // 20 November 2026 is a Friday; Berlin is at +01:00, New York at -05:00.
    for (who, from, within, expected) in [
        (&["dana"][..], "2026-11-20T10:00:00+01:00", Span::hours(4), "2026-11-20T14:00:00+01:00"),
        (&["dana"], "2026-11-20T15:00:00+01:00", Span::hours(4), "2026-11-23T11:00:00+01:00"),
        (&["dana"], "2026-11-20T13:00:00+01:00", Span::hours(4), "2026-11-20T17:00:00+01:00"),
        (&["dana"], "2026-11-21T12:00:00+01:00", Span::hours(1), "2026-11-23T10:00:00+01:00"),
        (&["dana"], "2026-11-20T10:00:00+01:00", Span::days(1), "2026-11-23T10:00:00+01:00"),
        (&["dana"], "2026-11-18T10:00:00+01:00", Span::days(1), "2026-11-19T10:00:00+01:00"),
        (&["dana"], "2026-11-20T20:00:00+01:00", Span::days(1), "2026-11-24T09:00:00+01:00"),
        (&["dana"], "2026-11-19T10:00:00+01:00", Span::days(2), "2026-11-23T10:00:00+01:00"),
        (&["bo"], "2026-11-20T10:00:00+01:00", Span::hours(1), "2026-11-20T10:00:00-05:00"),
        // While one of them works, time runs: Berlin until 17:00, New York from 15:00 to 23:00 by Berlin's clock.
        (&["dana", "bo"], "2026-11-20T16:00:00+01:00", Span::hours(8), "2026-11-23T10:00:00+01:00"),
        // Of whom nobody said anything is there at any time.
        (&["dana", "sam"], "2026-11-20T16:00:00+01:00", Span::hours(8), "2026-11-21T00:00:00+01:00"),
        (&["sam"], "2026-11-20T16:00:00+01:00", Span::days(1), "2026-11-21T16:00:00+01:00"),
        (&[], "2026-11-20T16:00:00+01:00", Span::hours(2), "2026-11-20T18:00:00+01:00"),
    ] {
        assert_eq!(deadline(when(from), within, &people(who), &roster), when(expected), "{who:?} {from} {within:?}");
    }
}

#[test]
fn the_companys_hours_hold_where_nobody_has_their_own() {
    let mut roster = company_hours();
    let whole = WorkHours { who: None, timezone: None, ..roster.hours[0].clone() };
    roster.hours.push(whole);
    let friday = when("2026-11-20T16:00:00+01:00");
    for who in [&["sam"][..], &[]] {
        assert_eq!(
            deadline(friday, Span::hours(2), &people(who), &roster),
            when("2026-11-23T10:00:00+01:00"),
            "{who:?}"
        );
    }
}

#[test]
fn clocks_that_change_neither_give_nor_take_working_time() {
    let roster = company_hours();
    // The night to Sunday, 28 March 2027, is an hour shorter in Berlin, the one to 31 October 2027 an hour longer.
    for (from, expected) in [
        ("2027-03-26T16:00:00+01:00", "2027-03-29T10:00:00+02:00"),
        ("2027-10-29T16:00:00+02:00", "2027-11-01T10:00:00+01:00"),
    ] {
        assert_eq!(deadline(when(from), Span::hours(2), &people(&["dana"]), &roster), when(expected));
        let day = deadline(when(from), Span::days(1), &people(&["dana"]), &roster);
        assert_eq!(day.to_utc().with_timezone(&chrono_tz::Europe::Berlin).format("%a %H:%M").to_string(), "Mon 16:00");
    }
}

#[test]
fn a_reminder_comes_before_the_end_and_while_somebody_is_there() {
    let roster = company_hours();
    let dana = people(&["dana"]);
    let from = when("2026-11-20T15:00:00+01:00");
    let end = deadline(from, Span::hours(4), &dana, &roster);
    assert_eq!(remind_at(from, end, &dana, &roster), Some(when("2026-11-23T09:00:00+01:00")));
    let short = from.plus(Span::minutes(10));
    assert_eq!(remind_at(from, short, &dana, &roster), None, "the card has only just been read");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    /// More time never ends earlier; nothing ends before it began; what is left at the start is what was given.
    #[test]
    fn time_only_runs_forward(
        start in 0_i64..60 * 24 * 400, minutes in 1_i64..60 * 20, more in 0_i64..60 * 20, later in 0_i64..60 * 24 * 10,
        who in prop::sample::subsequence(vec!["dana", "bo", "sam"], 0..=3),
    ) {
        let (roster, who) = (company_hours(), people(&who));
        let from = when("2026-11-20T00:00:00Z").plus(Span::minutes(start));
        let within = Span::minutes(minutes);
        let end = deadline(from, within, &who, &roster);
        prop_assert!(end >= from.plus(within), "working time is never longer than the clock's");
        let longer = deadline(from, Span::minutes(minutes + more), &who, &roster);
        if Span::minutes(minutes + more) < Span::days(1) || minutes >= 24 * 60 {
            prop_assert!(longer >= end);
        }
        prop_assert!(deadline(from.plus(Span::minutes(later)), within, &who, &roster) >= end);
        if within < Span::days(1) {
            prop_assert_eq!(left(from, end, &who, &roster), within);
            // A pause of any length gives back exactly what was left.
            let half = goes_on_until(from, Span(within.0 / 2), &who, &roster);
            let rest = left(half, end, &who, &roster);
            let on = goes_on_until(half.plus(Span::minutes(later)), rest, &who, &roster);
            prop_assert_eq!(left(half.plus(Span::minutes(later)), on, &who, &roster), rest);
        }
        if let Some(reminder) = remind_at(from, end, &who, &roster) {
            prop_assert!(from < reminder && reminder < end);
        }
    }
}
