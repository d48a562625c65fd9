//! Whether a condition holds for a request: the one matcher, for gate and routing alike.
//!
//! It answers in three values. What is not told is unknown, never false. Absent here: what a rule makes of the answer.

use chrono::{Datelike as _, Timelike as _, Weekday};
use chrono_tz::Tz;

use super::holds::Holds;
use super::people::{Around, binds};
use super::words::{Terms, Words, same_term};
use crate::clock::{Span, Timestamp};
use crate::directives::rule::{AmountRange, Condition, HoursSide, IsoDuration, Priority, Source, Times};
use crate::roster::{Roster, WorkHours};
use crate::workers::WorkerRef;

/// What is known of a request. `None` is what nobody told.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The request's own words.
    pub words: Option<&'a Words>,
    /// Topics that the router gave it, besides those that its words tell.
    pub topics: Option<&'a [String]>,
    /// Without `#`.
    pub channel: Option<&'a str>,
    pub source: Option<&'a Source>,
    pub from: Sender<'a>,
    pub priority: Option<Priority>,
    pub unanswered_for: Option<Span>,
    pub failed_times: Option<u32>,
    pub unsure: Option<bool>,
    pub stuck_for: Option<Span>,
    pub now: Timestamp,
}

/// Who asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender<'a> {
    /// Nobody told.
    Untold,
    /// Somebody of the roster, by handle.
    Person(&'a str),
    /// An account that the roster does not know.
    Stranger,
    /// A position that acts for someone, by its id.
    Agent(&'a str),
    /// Another bot, by name.
    Bot(&'a str),
}

/// Against what a condition is read.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    pub roster: &'a Roster,
    pub terms: &'a Terms,
    /// The worker addressed: whose hours, owner and supervisor count.
    pub worker: Option<&'a WorkerRef>,
}

/// What only the record of an action can answer: amounts, counts, segments.
pub trait Measures {
    fn amount(&self, range: &AmountRange) -> Holds;
    fn times(&self, times: &Times) -> Holds;
    fn segment(&self, name: &str) -> Holds;
}

/// No record at all: a request before anyone acted on it.
#[derive(Debug, Clone, Copy)]
pub struct NoMeasures;

impl Measures for NoMeasures {
    fn amount(&self, _: &AmountRange) -> Holds {
        Holds::Unknown
    }
    fn times(&self, _: &Times) -> Holds {
        Holds::Unknown
    }
    fn segment(&self, _: &str) -> Holds {
        Holds::Unknown
    }
}

/// Whether all slots of `when` hold; an empty condition does.
pub fn holds(when: &Condition, request: &Request<'_>, scope: &Scope<'_>, measures: &dyn Measures) -> Holds {
    let any = |list: &[String], test: &dyn Fn(&String) -> Holds| {
        if list.is_empty() { Holds::Met } else { Holds::any(list.iter().map(test)) }
    };
    let longer = |wanted: Option<&IsoDuration>, real: Option<Span>| {
        wanted.map_or(Holds::Met, |least| Holds::of_known(least.span().zip(real).map(|(least, real)| real >= least)))
    };
    let slots = [
        any(&when.topics, &|topic| about(topic, request, scope.terms)),
        any(&when.mentions, &|phrase| Holds::of_known(request.words.map(|words| words.contain(phrase)))),
        any(&when.channels, &|channel| Holds::of_known(request.channel.map(|here| same_channel(channel, here)))),
        from(&when.from, request, scope),
        when.source.as_ref().map_or(Holds::Met, |wanted| Holds::of_known(request.source.map(|s| s == wanted))),
        when.priority.map_or(Holds::Met, |wanted| Holds::of_known(request.priority.map(|p| p == wanted))),
        when.amount.as_ref().map_or(Holds::Met, |range| measures.amount(range)),
        when.times.as_ref().map_or(Holds::Met, |times| measures.times(times)),
        any(&when.segments, &|segment| measures.segment(segment)),
        when.hours.map_or(Holds::Met, |side| hours(side, request.now, scope)),
        longer(when.unanswered_for.as_ref(), request.unanswered_for),
        longer(when.stuck_for.as_ref(), request.stuck_for),
        when.failed_times.map_or(Holds::Met, |least| Holds::of_known(request.failed_times.map(|n| n >= least))),
        if when.unsure { Holds::of_known(request.unsure) } else { Holds::Met },
    ];
    let besides = when.all.iter().map(|each| holds(each, request, scope, measures));
    let unless = when.unless.as_deref().map(|each| holds(each, request, scope, measures).negated());
    Holds::all(slots.into_iter().chain(besides).chain(unless))
}

fn about(topic: &str, request: &Request<'_>, terms: &Terms) -> Holds {
    let wanted = terms.expand(topic);
    let given = request.topics.map(|given| given.iter().any(|topic| wanted.iter().any(|term| same_term(term, topic))));
    let said = request.words.map(|words| wanted.iter().any(|term| words.contain(term)));
    Holds::of_known(given).or(Holds::of_known(said))
}

fn same_channel(wanted: &str, here: &str) -> bool {
    wanted.trim_start_matches('#').eq_ignore_ascii_case(here.trim_start_matches('#'))
}

fn from(named: &[WorkerRef], request: &Request<'_>, scope: &Scope<'_>) -> Holds {
    if named.is_empty() {
        return Holds::Met;
    }
    Holds::any(named.iter().map(|worker| from_one(worker, request.from, scope)))
}

fn from_one(named: &WorkerRef, sender: Sender<'_>, scope: &Scope<'_>) -> Holds {
    let live_group =
        matches!(named, WorkerRef::Team(id) if scope.roster.teams.get(id).is_some_and(|t| t.user_group.is_some()));
    match sender {
        Sender::Untold => Holds::Unknown,
        // Whether the group of an account holds it is known to Slack only.
        Sender::Stranger if live_group => Holds::Unknown,
        Sender::Stranger => Holds::NotMet,
        Sender::Agent(id) => binds(scope.roster, std::slice::from_ref(named), &WorkerRef::Agent(id.to_owned())),
        Sender::Bot(name) => Holds::of(matches!(named, WorkerRef::Bot(wanted) if wanted == name)),
        Sender::Person(handle) => match named {
            WorkerRef::Owner | WorkerRef::Supervisor => Holds::of_known(scope.worker.map(|worker| {
                let around = Around { roster: scope.roster, worker, requester: Some(handle) };
                around.people(std::slice::from_ref(named)).iter().any(|known| known == handle)
            })),
            WorkerRef::Requester => Holds::Met,
            WorkerRef::RequesterManager => Holds::NotMet,
            WorkerRef::Agent(_)
            | WorkerRef::Role(_)
            | WorkerRef::Team(_)
            | WorkerRef::Person(_)
            | WorkerRef::Channel(_)
            | WorkerRef::Bot(_)
            | WorkerRef::Human => {
                let held = binds(scope.roster, std::slice::from_ref(named), &WorkerRef::Person(handle.to_owned()));
                if held == Holds::NotMet && live_group { Holds::Unknown } else { held }
            }
        },
    }
}

/// Whether nobody wrote down any hours that hold for this worker, so that Monday to Friday 9:00 to 17:00 is taken.
pub fn hours_are_assumed(scope: &Scope<'_>) -> bool {
    hours_of(scope).is_none()
}

/// The worker's own hours before those of its role and team, before the company's.
fn hours_of<'a>(scope: &Scope<'a>) -> Option<&'a WorkHours> {
    let nearness = |who: &WorkerRef| match who {
        WorkerRef::Agent(_) | WorkerRef::Person(_) => 3,
        WorkerRef::Role(_) => 2,
        WorkerRef::Team(_)
        | WorkerRef::Channel(_)
        | WorkerRef::Bot(_)
        | WorkerRef::Human
        | WorkerRef::Owner
        | WorkerRef::Supervisor
        | WorkerRef::Requester
        | WorkerRef::RequesterManager => 1,
    };
    let rank = |hours: &WorkHours| match (&hours.who, scope.worker) {
        (None, _) => Some(0),
        (Some(who), Some(worker)) => {
            let bound = binds(scope.roster, std::slice::from_ref(who), worker).surely_met();
            bound.then(|| nearness(who))
        }
        (Some(_), None) => None,
    };
    scope
        .roster
        .hours
        .iter()
        .filter_map(|hours| Some((rank(hours)?, hours)))
        .max_by_key(|(rank, _)| *rank)
        .map(|(_, h)| h)
}

fn hours(side: HoursSide, now: Timestamp, scope: &Scope<'_>) -> Holds {
    let stated = hours_of(scope);
    let zone = stated.and_then(|hours| hours.timezone.as_deref()).unwrap_or(&scope.roster.timezone);
    let zone = if zone.is_empty() { Ok(Tz::UTC) } else { zone.parse::<Tz>() };
    let (Ok(zone), Some((days, start, end))) = (zone, stated.map_or(Some(usual_hours()), minutes)) else {
        return Holds::Unknown;
    };
    let local = now.to_utc().with_timezone(&zone);
    let minute = local.hour() * 60 + local.minute();
    let today = days.contains(&local.weekday());
    // Hours that end before they start run over midnight and belong to the day on which they started.
    let inside = if start <= end {
        today && (start..end).contains(&minute)
    } else {
        (today && minute >= start) || (days.contains(&local.weekday().pred()) && minute < end)
    };
    match side {
        HoursSide::Inside => Holds::of(inside),
        HoursSide::Outside => Holds::of(!inside),
    }
}

fn usual_hours() -> (Vec<Weekday>, u32, u32) {
    (vec![Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri], 9 * 60, 17 * 60)
}

fn minutes(hours: &WorkHours) -> Option<(Vec<Weekday>, u32, u32)> {
    let minute = |text: &str| {
        let (hour, minute) = text.split_once(':')?;
        let (hour, minute): (u32, u32) = (hour.parse().ok()?, minute.parse().ok()?);
        (hour <= 24 && minute < 60).then_some(hour * 60 + minute)
    };
    let days = hours.days.iter().map(|day| day.parse::<Weekday>().ok()).collect::<Option<Vec<_>>>()?;
    Some((days, minute(&hours.start)?, minute(&hours.end)?))
}
