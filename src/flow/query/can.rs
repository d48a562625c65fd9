//! `can NAME`: a worker's tools with the lines that grant them, and every sentence that frees, holds or forbids an action.

use super::super::FlowError;
use super::super::says::cited_origin;
use super::Told;
use super::authority::{Authority, asks, phrase};
use super::seen::Viewer;
use crate::catalogue::Class;
use crate::commands::can::{CanAnswer, ToolLine, render};
use crate::directives::Reading;
use crate::directives::matching::people::position_of;
use crate::gate::may_use;
use crate::replies::Cited;
use crate::replies::refusals::Refusal;
use crate::roster::{PositionStatus, store as roster};
use crate::workers::{SlackUser, WorkerRef};

pub(super) async fn answer(viewer: &Viewer<'_>, name: &str) -> Result<Told, FlowError> {
    let worker = match viewer.only_members().and_then(|()| worker(viewer, name)) {
        Ok(worker) => worker,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let (directives, names) = (&viewer.moment.directives, viewer.names());
    let authority = Authority::of(directives, &worker);
    let granted = directives.catalogue.iter().filter_map(|tool| {
        let because = may_use(directives, &worker, &tool.name).ok()?;
        let because = because.origin.as_ref().map(cited_origin);
        Some(ToolLine { tool: tool.name.0.clone(), reads_only: tool.binding.class == Class::Read, because })
    });
    let said = |readings: &[&Reading], phrase: &dyn Fn(&Reading) -> String| -> Vec<(String, Cited)> {
        readings.iter().map(|reading| (phrase(reading), cited_origin(&reading.origin))).collect()
    };
    let answer = CanAnswer {
        who: names.worker(&worker),
        owner: names.owner(&worker),
        idle: Idle::now(viewer).await?.why(&worker),
        tools: granted.collect(),
        may: said(&authority.allowed, &|reading| phrase(reading)),
        waits: said(&authority.asked, &|reading| format!("{} asks {}", phrase(reading), asks(&names, &reading.rule))),
        never: said(&authority.forbidden, &|reading| phrase(reading)),
        as_of: viewer.moment.now,
    };
    Ok(Ok(render(&answer)))
}

/// A person or a position; a role stands for its only position.
fn worker(viewer: &Viewer<'_>, name: &str) -> Result<WorkerRef, Refusal> {
    match viewer.resolve(name)? {
        worker @ (WorkerRef::Person(_) | WorkerRef::Agent(_)) => Ok(worker),
        WorkerRef::Role(_)
        | WorkerRef::Team(_)
        | WorkerRef::Channel(_)
        | WorkerRef::Bot(_)
        | WorkerRef::Human
        | WorkerRef::Owner
        | WorkerRef::Supervisor
        | WorkerRef::Requester
        | WorkerRef::RequesterManager => {
            viewer.resolve_position(name).map(|position| WorkerRef::Agent(position.id.clone()))
        }
    }
}

/// Why agents start nothing, at one moment.
pub(super) struct Idle<'a> {
    viewer: &'a Viewer<'a>,
    stops: Vec<(String, String)>,
}

impl<'a> Idle<'a> {
    pub async fn now(viewer: &'a Viewer<'a>) -> Result<Self, FlowError> {
        let stops = roster::find_stops(&viewer.app.store).await?;
        Ok(Self { viewer, stops: stops.into_iter().map(|(what, by, _)| (what, by)).collect() })
    }

    /// "stopped by Kim Osei"; `None` for one that works, and for people.
    pub fn why(&self, worker: &WorkerRef) -> Option<String> {
        let WorkerRef::Agent(id) = worker else { return None };
        let own = format!("agent:{id}");
        if let Some((_, by)) = self.stops.iter().find(|(what, _)| what == "all" || *what == own) {
            let user = SlackUser { team: self.viewer.app.ours.team.clone(), user: by.clone() };
            return Some(format!("stopped by {}", self.viewer.names().account(&user).name));
        }
        match position_of(&self.viewer.moment.directives.roster, worker)?.status {
            PositionStatus::Active => None,
            PositionStatus::Shadow => Some("it only watches".to_owned()),
            PositionStatus::Paused => Some("its file says paused".to_owned()),
            PositionStatus::Retired => Some("it is retired".to_owned()),
        }
    }
}
