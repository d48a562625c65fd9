//! Working hours: who works when, in whose zone, across the days on which clocks change.

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

use super::{Roster, WorkHours};
use crate::clock::Timestamp;
use crate::workers::WorkerRef;

/// How far ahead the next working instant is looked for; whoever does not work for two weeks has no working hours.
const DAYS_AHEAD: u64 = 15;

/// The hours that hold for one worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HoursOf {
    pub spans: Vec<WorkHours>,
    pub timezone: Tz,
    /// Nobody said anything: Monday to Friday, 9:00 to 17:00.
    pub by_default: bool,
}

impl Roster {
    /// The nearest hours of a worker: their own, their role's, their team's, the company's, else the default week.
    pub fn hours_of(&self, who: Option<&WorkerRef>) -> HoursOf {
        let mut levels: Vec<Vec<WorkerRef>> = who.map(|who| self.hours_levels(who)).unwrap_or_default();
        levels.retain(|level| !level.is_empty());
        let own = levels
            .iter()
            .map(|level| self.hours.iter().filter(|h| h.who.as_ref().is_some_and(|w| level.contains(w))).collect())
            .find(|found: &Vec<&WorkHours>| !found.is_empty());
        let spans: Vec<WorkHours> = match own {
            Some(found) => found.into_iter().cloned().collect(),
            None => self.hours.iter().filter(|h| h.who.is_none()).cloned().collect(),
        };
        let by_default = spans.is_empty();
        let spans = if by_default { vec![default_week()] } else { spans };
        HoursOf { timezone: self.zone_for(who, &spans), spans, by_default }
    }

    /// Whether `at` lies in the working hours of `who` (`None`: the company).
    pub fn is_working(&self, who: Option<&WorkerRef>, at: Timestamp) -> bool {
        let hours = self.hours_of(who);
        shifts_around(&hours, at).any(|(start, end)| start <= at && at < end)
    }

    /// `at` itself within working hours, else the next start of work; `None` for someone who never works.
    pub fn next_working_instant(&self, who: Option<&WorkerRef>, at: Timestamp) -> Option<Timestamp> {
        let hours = self.hours_of(who);
        let mut next: Option<Timestamp> = None;
        for (start, end) in shifts_around(&hours, at).filter(|(_, end)| at < *end) {
            if start <= at && at < end {
                return Some(at);
            }
            next = Some(next.map_or(start, |earlier| earlier.min(start)));
        }
        next
    }

    /// The shifts of a worker between two instants, where somebody stated hours for them, their seat, role or team, or for the
    /// company; `None` where nobody did. They come in no order, and may overlap.
    pub fn stated_shifts(
        &self,
        who: Option<&WorkerRef>,
        from: Timestamp,
        until: Timestamp,
    ) -> Option<Vec<(Timestamp, Timestamp)>> {
        let hours = self.hours_of(who);
        if hours.by_default {
            return None;
        }
        let day = |at: Timestamp| at.to_utc().with_timezone(&hours.timezone).date_naive();
        let first = day(from).checked_sub_days(Days::new(1)).unwrap_or(day(from));
        let days = first.iter_days().take_while(|today| *today <= day(until));
        let shifts = days.flat_map(|day| hours.spans.iter().filter_map(move |span| shift(span, day, hours.timezone)));
        Some(shifts.filter(|(start, end)| *end > from && *start < until).collect())
    }

    /// The zone of a worker's clock: a person's own, else the company's.
    pub fn timezone_of(&self, who: Option<&WorkerRef>) -> Tz {
        self.zone_for(who, &[])
    }

    fn zone_for(&self, who: Option<&WorkerRef>, spans: &[WorkHours]) -> Tz {
        let stated = spans.iter().find_map(|span| span.timezone.clone());
        let own = match who {
            Some(WorkerRef::Person(handle)) => self.people.get(handle).and_then(|person| person.timezone.clone()),
            Some(WorkerRef::Agent(id)) => self
                .positions
                .get(id)
                .and_then(|position| position.holder())
                .and_then(|handle| self.people.get(handle))
                .and_then(|person| person.timezone.clone()),
            Some(_) | None => None,
        };
        [stated, own, Some(self.timezone.clone())]
            .into_iter()
            .flatten()
            .find_map(|name| name.parse::<Tz>().ok())
            .unwrap_or(Tz::UTC)
    }

    /// Whose hours count for `who`, the nearest first.
    fn hours_levels(&self, who: &WorkerRef) -> Vec<Vec<WorkerRef>> {
        let own = vec![who.clone()];
        match who {
            WorkerRef::Person(handle) => {
                let fills = |p: &&super::Position| p.person.as_ref() == Some(handle);
                let positions = self.positions.values().filter(fills).map(|p| WorkerRef::Agent(p.id.clone())).collect();
                let roles = self.positions.values().filter(fills).map(|p| WorkerRef::Role(p.role.clone())).collect();
                let teams = self
                    .teams
                    .values()
                    .filter(|team| team.members.contains(handle))
                    .map(|team| WorkerRef::Team(team.id.clone()))
                    .collect();
                vec![own, positions, roles, teams]
            }
            WorkerRef::Agent(id) => match self.positions.get(id) {
                Some(position) => {
                    let person = position.person.iter().map(|handle| WorkerRef::Person(handle.clone())).collect();
                    vec![own, person, vec![WorkerRef::Role(position.role.clone())], self.team_of_role(&position.role)]
                }
                None => vec![own],
            },
            WorkerRef::Role(id) => vec![own, self.team_of_role(id)],
            WorkerRef::Human => match &self.triage {
                Some(handle) => self.hours_levels(&WorkerRef::Person(handle.clone())),
                None => vec![own],
            },
            WorkerRef::Team(_)
            | WorkerRef::Channel(_)
            | WorkerRef::Bot(_)
            | WorkerRef::Owner
            | WorkerRef::Supervisor
            | WorkerRef::Requester
            | WorkerRef::RequesterManager => vec![own],
        }
    }

    fn team_of_role(&self, role: &str) -> Vec<WorkerRef> {
        self.roles.get(role).and_then(|role| role.team.clone()).map(WorkerRef::Team).into_iter().collect()
    }
}

fn default_week() -> WorkHours {
    WorkHours {
        who: None,
        days: ["Mon", "Tue", "Wed", "Thu", "Fri"].map(str::to_owned).to_vec(),
        start: "09:00".to_owned(),
        end: "17:00".to_owned(),
        timezone: None,
    }
}

/// All shifts that could matter at `at`: from the day before (a night shift may still run) to the horizon.
fn shifts_around(hours: &HoursOf, at: Timestamp) -> impl Iterator<Item = (Timestamp, Timestamp)> + '_ {
    let today = at.to_utc().with_timezone(&hours.timezone).date_naive();
    let first = today.checked_sub_days(Days::new(1)).unwrap_or(today);
    (0..=DAYS_AHEAD)
        .filter_map(move |n| first.checked_add_days(Days::new(n)))
        .flat_map(move |day| hours.spans.iter().filter_map(move |span| shift(span, day, hours.timezone)))
}

/// One day's shift. It ends on the next day where the end is not after the start ("22:00 to 6:00").
fn shift(span: &WorkHours, day: NaiveDate, zone: Tz) -> Option<(Timestamp, Timestamp)> {
    let name = day.weekday().to_string();
    if !span.days.iter().any(|d| d.eq_ignore_ascii_case(&name)) {
        return None;
    }
    let tomorrow = day.checked_add_days(Days::new(1))?;
    let start = time(&span.start)?;
    let ends = match span.end.as_str() {
        "24:00" => tomorrow.and_time(NaiveTime::MIN),
        end => {
            let end = time(end)?;
            if end > start { day.and_time(end) } else { tomorrow.and_time(end) }
        }
    };
    Some((instant(day.and_time(start), zone), instant(ends, zone)))
}

fn time(text: &str) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(text, "%H:%M").ok()
}

/// The instant at which a wall clock shows `local`: the first of two where it is turned back, and where it is turned
/// forward past `local`, the instant of the jump.
fn instant(local: NaiveDateTime, zone: Tz) -> Timestamp {
    /// Zones jump by at most a day (Samoa in 2011); looking minute by minute finds the end of any gap.
    const MINUTES_OF_A_DAY: i64 = 1_440;
    let found = (0..=MINUTES_OF_A_DAY).find_map(|n| {
        let tried = local.checked_add_signed(chrono::Duration::minutes(n))?;
        zone.from_local_datetime(&tried).earliest()
    });
    let utc: DateTime<Utc> = found.map_or_else(|| local.and_utc(), |zoned| zoned.with_timezone(&Utc));
    Timestamp::from_utc(utc)
}
