use chrono::NaiveDateTime;
use chrono_tz::Tz;

use super::decide::Timing;
use super::*;
use crate::clock::Timestamp;

/// An instant of UTC.
fn at(text: &str) -> Timestamp {
    Timestamp::from_utc(NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap().and_utc())
}

fn berlin(cron: &str) -> Timing {
    Timing::of(cron, Tz::Europe__Berlin).unwrap()
}

/// Every instant that fires between two, as a bot that looks each minute finds them.
fn fired(timing: &Timing, from: &str, until: &str) -> Vec<String> {
    let (mut mark, mut now, end) = (at(from), at(from), at(until));
    let mut found = Vec::new();
    while now < end {
        now = now.plus(crate::clock::Span::minutes(1));
        if let Some(due) = timing.last_due(mark, now) {
            assert_eq!(timing.next_after(mark), Some(due), "both directions agree");
            found.push(due.to_utc().format("%d %H:%M").to_string());
            mark = due;
        }
    }
    found
}

#[test]
fn a_time_of_day_holds_in_its_zone_through_the_year() {
    let nine = berlin("0 0 9 * * Mon-Fri *");
    assert_eq!(nine.next_after(at("2026-11-20 08:00")), Some(at("2026-11-23 08:00")), "Monday, winter");
    assert_eq!(nine.next_after(at("2026-07-03 07:00")), Some(at("2026-07-06 07:00")), "Monday, summer");
    assert_eq!(nine.last_due(at("2026-11-20 07:00"), at("2026-11-20 08:00")), Some(at("2026-11-20 08:00")));
    assert_eq!(nine.last_due(at("2026-11-20 08:00"), at("2026-11-20 09:00")), None, "it was fired");
}

#[test]
fn clock_changes_neither_skip_nor_double_a_time_of_day() {
    let half_past_two = berlin("0 30 2 * * * *");
    // 29 March 2026: clocks jump from 2:00 to 3:00, which is 1:00 UTC.
    assert_eq!(fired(&half_past_two, "2026-03-28 00:00", "2026-03-31 00:00"), ["28 01:30", "29 01:00", "30 00:30"]);
    // 25 October 2026: clocks show 2:30 twice, at 0:30 and 1:30 UTC.
    assert_eq!(fired(&half_past_two, "2026-10-24 00:00", "2026-10-27 00:00"), ["24 00:30", "25 00:30", "26 01:30"]);
}

#[test]
fn what_recurs_within_hours_follows_the_time_that_passes() {
    let every_half_hour = berlin("0 0,30 * * * * *");
    let even = |from: &str, until: &str| fired(&every_half_hour, from, until).len();
    assert_eq!(even("2026-03-29 00:00", "2026-03-29 04:00"), 8, "in spring");
    assert_eq!(even("2026-10-24 23:00", "2026-10-25 03:00"), 8, "in autumn");
}

#[test]
fn what_was_missed_fires_once() {
    let hourly = berlin("0 0 * * * * *");
    assert_eq!(hourly.last_due(at("2026-01-01 00:00"), at("2026-11-20 10:20")), Some(at("2026-11-20 10:00")));
    let daily = berlin("0 0 9 * * * *");
    assert_eq!(daily.last_due(at("2026-10-01 00:00"), at("2026-11-20 07:59")), Some(at("2026-11-19 08:00")));
    let yearly = berlin("0 0 9 1 1 * *");
    assert_eq!(yearly.last_due(at("2026-01-02 00:00"), at("2026-11-20 00:00")), None);
}

#[test]
fn the_first_monday_is_in_the_first_week() {
    let first = berlin("0 0 10 1-7 * Mon *");
    assert_eq!(first.next_after(at("2026-11-20 00:00")), Some(at("2026-12-07 09:00")));
    assert_eq!(first.next_after(at("2026-12-07 09:00")), Some(at("2027-01-04 09:00")));
    assert_eq!(first.last_due(at("2026-09-30 00:00"), at("2026-11-30 00:00")), Some(at("2026-11-02 09:00")));
}

#[test]
fn other_zones_turn_their_clocks_otherwise() {
    // Lord Howe turns them by half an hour: on 4 October 2026 from 2:00 to 2:30, which is 15:30 UTC of the day before.
    let quarter = Timing::of("0 15 2 * * * *", Tz::Australia__Lord_Howe).unwrap();
    assert_eq!(fired(&quarter, "2026-10-02 12:00", "2026-10-05 12:00"), ["02 15:45", "03 15:30", "04 15:15"]);
    assert!(Timing::of("every day", Tz::UTC).is_none());
}

#[test]
fn what_a_sentence_starts_is_told_by_its_words() {
    let schedule = |what: &str, older: Option<u32>, to: &str| Schedule {
        who: Vec::new(),
        cron: "0 0 9 * * * *".into(),
        timezone: None,
        what: what.into(),
        older_than_days: older,
        to: vec![to.parse().unwrap()],
    };
    let due = schedule("remind owners whose agent has not been reviewed for 90 days", Some(90), "owner");
    assert!(is_reminder(&due) && is_about_reviews(&due));
    let read = schedule("remind Amara to read the reviews", None, "person:@amara");
    assert!(is_reminder(&read) && !is_about_reviews(&read));
    let work = schedule("the finance agent lists the payments", None, "agent:finance-agent");
    assert!(!is_reminder(&work) && hearers_of(&work).is_empty());
    assert_eq!(workers_of(&work), [WorkerRef::Agent("finance-agent".into())]);
    assert!(workers_of(&schedule("post the state", None, "channel:#engineering")).is_empty());
}

#[test]
fn a_reminder_keeps_the_words_of_its_sentence() {
    let of = |text: &str| {
        let origin = crate::directives::Origin { file: "schedules.md".into(), line: 1, column: 1, text: text.into() };
        let rule = Rule::Guidance(crate::directives::rule::Guidance::default());
        subject_of(&Reading { origin, rule, paraphrase: String::new(), role: None })
    };
    assert_eq!(of("Every Monday at 8:30, remind @noor to look at ORD-1042."), "look at ORD-1042");
    assert_eq!(of("Mondays to Fridays at 9:00, remind Noor about last month's refunds."), "last month's refunds");
    assert_eq!(of("Remind Omar every Tuesday at 3 pm to look at new applications"), "look at new applications");
}
