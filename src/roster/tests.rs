//! One small company, asked everything.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{NaiveDate, NaiveDateTime};

use super::chart::{Absence, ResolveContext};
use super::names::Named;
use super::*;
use crate::clock::Timestamp;

fn person(handle: &str, name: &str, title: &str, boss: Option<&str>) -> (String, Person) {
    let person = Person {
        handle: handle.to_owned(),
        name: name.to_owned(),
        email: None,
        slack_id: None,
        title: Some(title.to_owned()),
        reports_to: boss.map(str::to_owned),
        timezone: None,
    };
    (handle.to_owned(), person)
}

fn role(id: &str, owner: WorkerRef, supervisor: WorkerRef, positions: &[&str]) -> (String, Role) {
    let role = Role {
        id: id.to_owned(),
        file: format!("roles/{id}.md"),
        title: id.to_owned(),
        owner,
        supervisor,
        team: Some("finance".to_owned()),
        review_every_days: Some(90),
        positions: positions.iter().map(|id| (*id).to_owned()).collect(),
        handles: Vec::new(),
        description: String::new(),
        examples: Vec::new(),
    };
    (id.to_owned(), role)
}

fn position(id: &str, role: &str, name: &str, driver: Driver, person: Option<&str>) -> (String, Position) {
    let position = Position {
        id: id.to_owned(),
        role: role.to_owned(),
        name: name.to_owned(),
        icon: None,
        driver,
        model: None,
        person: person.map(str::to_owned),
        tools: Vec::new(),
        since: Some("2026-03-02".to_owned()),
        reviewed: None,
        status: PositionStatus::Active,
        line: 1,
    };
    (id.to_owned(), position)
}

fn one(handle: &str) -> WorkerRef {
    WorkerRef::Person(handle.to_owned())
}

fn acme() -> Roster {
    let team = |id: &str, members: &[&str]| {
        let members = members.iter().map(|m| (*m).to_owned()).collect();
        (id.to_owned(), Team { id: id.to_owned(), name: format!("{id} team"), members, user_group: None })
    };
    let manager = WorkerRef::Role("finance-manager".to_owned());
    Roster {
        people: BTreeMap::from([
            person("kim", "Kim Osei", "managing director", None),
            person("dana", "Dana Ruiz", "head of finance", Some("kim")),
            person("ben", "Ben Adler", "clerk", Some("dana")),
            person("bcole", "Ben Cole", "clerk", Some("kim")),
        ]),
        teams: BTreeMap::from([team("finance", &["dana", "ben"])]),
        roles: BTreeMap::from([
            role("finance", manager, one("kim"), &["finance-agent"]),
            role("finance-manager", one("kim"), one("kim"), &["manager-dana", "manager-ben"]),
            role("engineering", one("kim"), WorkerRef::Role("finance".to_owned()), &["eli"]),
        ]),
        positions: BTreeMap::from([
            position("finance-agent", "finance", "Finn (Finance)", Driver::Playbook, None),
            position("manager-dana", "finance-manager", "Dana Ruiz", Driver::Human, Some("dana")),
            position("manager-ben", "finance-manager", "Ben Adler", Driver::Human, Some("ben")),
            position("eli", "engineering", "Eli", Driver::Model, None),
        ]),
        triage: Some("kim".to_owned()),
        timezone: "Europe/Berlin".to_owned(),
        ..Roster::default()
    }
}

fn handles(people: &BTreeSet<String>) -> Vec<&str> {
    people.iter().map(String::as_str).collect()
}

/// An instant of UTC.
fn at(text: &str) -> Timestamp {
    let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect("a date and a time");
    Timestamp::from_utc(local.and_utc())
}

#[test]
fn a_name_has_one_bearer_or_all_of_them_are_listed() {
    let acme = acme();
    let agent = |id: &str| WorkerRef::Agent(id.to_owned());
    for (name, bearer) in [
        ("@dana", one("dana")),
        ("Dana", one("dana")),
        ("the head of finance", one("dana")),
        ("Finn", agent("finance-agent")),
        ("the finance agent", agent("finance-agent")),
        ("engineering agent", agent("eli")),
        ("a finance manager", WorkerRef::Role("finance-manager".to_owned())),
        ("Finance team", WorkerRef::Team("finance".to_owned())),
        ("a human", WorkerRef::Human),
    ] {
        assert_eq!(acme.named(name), Named::One(bearer), "{name}");
    }
    assert_eq!(acme.named("Ben"), Named::Several(vec![one("bcole"), one("ben")]));
    assert_eq!(acme.named("clerk"), Named::Several(vec![one("bcole"), one("ben")]));
    assert_eq!(acme.named("@nobody"), Named::Nobody);
    assert_eq!(acme.nearest_name("fianance agent").as_deref(), Some("finance agent"));
}

#[test]
fn references_mean_people_and_never_programs() {
    let mut acme = acme();
    let context = acme.context_of(Some("finance-agent"), Some("ben"));
    assert_eq!(handles(&context.owner), ["ben", "dana"], "the owner is a role, so whoever fills it");
    let people = |worker: &WorkerRef| acme.people_of(worker, &context);
    assert_eq!(handles(&people(&WorkerRef::Supervisor)), ["kim"]);
    assert_eq!(handles(&people(&WorkerRef::RequesterManager)), ["dana"]);
    assert_eq!(handles(&people(&WorkerRef::Human)), ["kim"]);
    assert_eq!(handles(&people(&WorkerRef::Agent("finance-agent".to_owned()))), Vec::<&str>::new());
    assert_eq!(handles(&people(&WorkerRef::Person("gone".to_owned()))), Vec::<&str>::new());
    // A supervisor that no human fills leads on to that role's own supervisor.
    assert_eq!(handles(&acme.context_of(Some("eli"), None).supervisor), ["kim"]);
    acme.positions.get_mut("manager-ben").expect("it is there").status = PositionStatus::Retired;
    assert_eq!(handles(&acme.holders_of("finance-manager")), ["dana"]);
}

#[test]
fn the_way_up_passes_over_who_is_excluded() {
    let acme = acme();
    assert_eq!(acme.up_from("ben"), ["dana", "kim"]);
    let asked = BTreeSet::from(["ben".to_owned()]);
    let excluded = BTreeSet::from(["dana".to_owned()]);
    assert_eq!(acme.climb(&asked, &ResolveContext::default(), &excluded), ["kim"]);
}

#[test]
fn whoever_stands_in_is_there_and_not_away_too() {
    let acme = acme();
    let day = |d| NaiveDate::from_ymd_opt(2026, 8, d).expect("a day of August");
    let away = |person: &str, by: &[&str], from, until| Absence {
        person: person.to_owned(),
        by: by.iter().map(|h| (*h).to_owned()).collect(),
        from: day(from),
        until: day(until),
    };
    let absences = [away("dana", &["ben"], 3, 14), away("ben", &["dana", "kim"], 10, 12)];
    assert_eq!(handles(&acme.stand_ins("dana", &absences, day(2))), Vec::<&str>::new());
    assert_eq!(handles(&acme.stand_ins("dana", &absences, day(14))), ["ben"]);
    assert_eq!(handles(&acme.stand_ins("dana", &absences, day(11))), ["kim"]);
}

#[test]
fn hours_hold_in_the_workers_zone_and_across_clock_changes() {
    let mut acme = acme();
    let span = |who, days: &[&str], start: &str, end: &str| WorkHours {
        who,
        days: days.iter().map(|d| (*d).to_owned()).collect(),
        start: start.to_owned(),
        end: end.to_owned(),
        timezone: None,
    };
    let finance = Some(WorkerRef::Team("finance".to_owned()));
    acme.hours =
        vec![span(finance, &["Mon", "Tue"], "08:00", "18:00"), span(Some(one("bcole")), &["Sat"], "22:00", "06:00")];
    let ben = one("ben");
    // 2026-11-23 is a Monday; Berlin is an hour ahead of UTC then.
    assert!(!acme.is_working(Some(&ben), at("2026-11-23 06:59")));
    assert!(acme.is_working(Some(&ben), at("2026-11-23 07:00")));
    assert!(!acme.is_working(Some(&ben), at("2026-11-23 17:00")));
    assert_eq!(acme.next_working_instant(Some(&ben), at("2026-11-24 18:00")), Some(at("2026-11-30 07:00")));
    // Clocks go back on 25 October 2026: the night shift from Saturday 22:00 to 6:00 takes nine hours.
    let cole = one("bcole");
    assert!(acme.is_working(Some(&cole), at("2026-10-24 20:00")));
    assert!(acme.is_working(Some(&cole), at("2026-10-25 04:59")));
    assert!(!acme.is_working(Some(&cole), at("2026-10-25 05:00")));
    // The company said nothing: Monday to Friday, 9:00 to 17:00.
    assert!(acme.hours_of(None).by_default && acme.is_working(None, at("2026-11-23 08:00")));
    acme.hours = vec![span(None, &[], "08:00", "18:00")];
    assert_eq!(acme.next_working_instant(None, at("2026-11-23 08:00")), None);
}

#[test]
fn a_review_is_due_a_cadence_after_the_later_of_file_and_database() {
    let acme = acme();
    let mut finn = acme.positions["finance-agent"].clone();
    let day = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").expect("a date");
    let today = day("2026-11-20");
    let due = acme.review_due(&finn, None, None, today).expect("a cadence");
    assert_eq!((due.last, due.due, due.days_late), (None, day("2026-05-31"), 173));
    finn.reviewed = Some("2026-08-12".to_owned());
    let due = acme.review_due(&finn, Some(day("2026-07-01")), None, today).expect("a cadence");
    assert_eq!((due.last, due.due, due.days_late), (Some(day("2026-08-12")), day("2026-11-10"), 10));
    let due = acme.review_due(&finn, Some(day("2026-11-01")), Some(30), today).expect("a cadence");
    assert_eq!((due.due, due.days_late), (day("2026-12-01"), -11));
    finn.status = PositionStatus::Retired;
    assert_eq!(acme.review_due(&finn, None, None, today), None);
}
