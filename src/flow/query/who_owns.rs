//! `who-owns NAME|TOPIC`: by name through the roster, by topic through the directives as the router reads them.
//!
//! Owners are for every member. Nothing but the stops is read from the database.

use super::super::FlowError;
use super::super::says::{cited, cited_origin};
use super::Told;
use super::authority::Authority;
use super::reviews::standing_of;
use super::seen::Viewer;
use crate::commands::who_owns::{Found, Holder, HolderKind, Review, WhoOwnsAnswer, render};
use crate::directives::matching::people::position_of;
use crate::directives::rule::{Rule, Source};
use crate::replies::Cited;
use crate::roster::names::Named;
use crate::roster::{Position, PositionStatus, store as roster};
use crate::routing::{self, Request, Routing, Settled};
use crate::workers::WorkerRef;

/// So many holders of one name or topic are shown.
const MAX_HOLDERS: usize = 5;
/// So many lines are cited for one holder.
const MAX_LINES: usize = 4;

pub(super) async fn answer(viewer: &Viewer<'_>, text: &str) -> Result<Told, FlowError> {
    if let Err(refusal) = viewer.only_members() {
        return Ok(Err(refusal));
    }
    let stops: Vec<String> =
        roster::find_stops(&viewer.app.store).await?.into_iter().map(|(what, _, _)| what).collect();
    let desk = Desk { viewer, stops };
    let found = match viewer.moment.directives.roster.named(text) {
        Named::One(worker) => desk.by_name(&[worker]),
        Named::Several(workers) => desk.by_name(&workers),
        Named::Nobody => desk.by_topic(text)?,
    };
    Ok(Ok(render(&WhoOwnsAnswer { topic: text.to_owned(), found, as_of: viewer.moment.now })))
}

/// One question, with what is stopped at this moment.
struct Desk<'a> {
    viewer: &'a Viewer<'a>,
    stops: Vec<String>,
}

impl Desk<'_> {
    fn by_name(&self, workers: &[WorkerRef]) -> Found {
        let holders = workers.iter().flat_map(|worker| self.concrete(worker));
        Found::Holders(
            holders.take(MAX_HOLDERS).map(|worker| self.holder(&worker, None, self.routes_to(&worker))).collect(),
        )
    }

    fn by_topic(&self, text: &str) -> Result<Found, FlowError> {
        let moment = &self.viewer.moment;
        let request = Request {
            text: text.to_owned(),
            channel: None,
            from: None,
            from_bot: None,
            source: Source::Mention,
            at: moment.now,
        };
        let router = self.viewer.app.router()?;
        let routing = routing::route(&request, &moment.directives, &router, moment.now);
        Ok(match routing.settled {
            Settled::Rule | Settled::Escalation => self.holders(&routing, text, None),
            // A confidence is between 0 and 1, so its percentage fits.
            Settled::Likeness => {
                self.holders(&routing, text, Some((routing.confidence * 100.0).clamp(0.0, 100.0) as u8))
            }
            Settled::Unsure => Found::Nobody {
                triage: self.viewer.names().worker(&WorkerRef::Human),
                nearest: moment.directives.roster.nearest_name(text),
            },
        })
    }

    fn holders(&self, routing: &Routing, topic: &str, looks_like: Option<u8>) -> Found {
        let because: Vec<Cited> = routing.because.iter().map(cited).collect();
        let workers = routing.to.iter().flat_map(|worker| self.concrete(worker)).take(MAX_HOLDERS);
        let holder = |worker: WorkerRef| Holder { looks_like, ..self.holder(&worker, Some(topic), because.clone()) };
        Found::Holders(workers.map(holder).collect())
    }

    /// A role is told by whoever fills it; an empty one by its name.
    fn concrete(&self, worker: &WorkerRef) -> Vec<WorkerRef> {
        let WorkerRef::Role(id) = worker else { return vec![worker.clone()] };
        let positions = self.viewer.moment.directives.roster.positions_of(id);
        let working = positions.filter(|position| position.status != PositionStatus::Retired);
        let filled: Vec<WorkerRef> = working
            .map(|position| match position.holder() {
                Some(handle) => WorkerRef::Person(handle.to_owned()),
                None => WorkerRef::Agent(position.id.clone()),
            })
            .collect();
        if filled.is_empty() { vec![worker.clone()] } else { filled }
    }

    /// The sentences that send work to a worker, or to a role that it fills.
    fn routes_to(&self, worker: &WorkerRef) -> Vec<Cited> {
        let directives = &self.viewer.moment.directives;
        let role = position_of(&directives.roster, worker).map(|position| WorkerRef::Role(position.role.clone()));
        let mentions = |to: &[WorkerRef]| to.contains(worker) || role.as_ref().is_some_and(|role| to.contains(role));
        let sends = |rule: &Rule| rule.way().is_some_and(|way| mentions(way.to));
        let lines = directives.readings.iter().filter(|reading| sends(&reading.rule));
        lines.map(|reading| cited_origin(&reading.origin)).collect()
    }

    fn holder(&self, worker: &WorkerRef, topic: Option<&str>, mut because: Vec<Cited>) -> Holder {
        let (viewer, names) = (self.viewer, self.viewer.names());
        let roster = &viewer.moment.directives.roster;
        let position = position_of(roster, worker);
        let context = roster.context_of(position.map(|position| position.id.as_str()), None);
        let own = match worker {
            WorkerRef::Person(handle) => Some(handle.as_str()),
            WorkerRef::Human => roster.triage.as_deref(),
            WorkerRef::Agent(_)
            | WorkerRef::Role(_)
            | WorkerRef::Team(_)
            | WorkerRef::Channel(_)
            | WorkerRef::Bot(_)
            | WorkerRef::Owner
            | WorkerRef::Supervisor
            | WorkerRef::Requester
            | WorkerRef::RequesterManager => None,
        };
        let other = |handle: &&String| Some(handle.as_str()) != own;
        let manager = own.and_then(|handle| roster.people.get(handle)?.reports_to.clone());
        let supervisor = context.supervisor.iter().find(other).cloned().or(manager);
        let authority = Authority::of(&viewer.moment.directives, worker).about(topic);
        for line in authority.lines() {
            if !because.contains(&line) {
                because.push(line);
            }
        }
        because.truncate(MAX_LINES);
        Holder {
            who: names.worker(worker),
            kind: self.kind(worker, position),
            role: position.map(|position| position.role.clone()),
            owner: context.owner.iter().find(other).map(|handle| names.person(handle)),
            supervisor: supervisor.map(|handle| names.person(&handle)),
            may: authority.may(),
            waits: authority.waits(&names),
            review: position.map(|position| review(viewer, position)),
            because,
            looks_like: None,
        }
    }

    fn kind(&self, worker: &WorkerRef, position: Option<&Position>) -> HolderKind {
        match worker {
            WorkerRef::Agent(id) => {
                let stopped = self.stops.iter().any(|what| what == "all" || *what == format!("agent:{id}"));
                let works = position.is_some_and(|position| position.status == PositionStatus::Active);
                if works && !stopped { HolderKind::Agent } else { HolderKind::PausedAgent }
            }
            WorkerRef::Role(_) | WorkerRef::Team(_) => HolderKind::Team,
            WorkerRef::Channel(_) => HolderKind::Channel,
            WorkerRef::Person(_)
            | WorkerRef::Human
            | WorkerRef::Bot(_)
            | WorkerRef::Owner
            | WorkerRef::Supervisor
            | WorkerRef::Requester
            | WorkerRef::RequesterManager => HolderKind::Person,
        }
    }
}

fn review(viewer: &Viewer<'_>, position: &Position) -> Review {
    let (last, due) = standing_of(viewer, position);
    Review { last, due: due.as_ref().map(|due| due.due), days_late: due.map_or(0, |due| due.days_late.max(0)) }
}
