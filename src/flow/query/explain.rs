//! `explain TEXT`: the router's own answer for such a text at this place and moment. Nothing is stored.

use super::super::FlowError;
use super::super::says::cited;
use super::Told;
use super::seen::Viewer;
use crate::commands::explain::{ExplainAnswer, How, render};
use crate::directives::rule::Source;
use crate::routing::{self, Request, Settled};
use crate::store::word;

/// So many candidates are told.
const CANDIDATES: usize = 3;

pub(super) fn answer(viewer: &Viewer<'_>, text: &str) -> Result<Told, FlowError> {
    if let Err(refusal) = viewer.only_members() {
        return Ok(Err(refusal));
    }
    let moment = &viewer.moment;
    let names = viewer.names();
    let channel = viewer.asker.channel.as_deref().and_then(|id| moment.directory.channel(id));
    let channel = channel.map(|channel| channel.name.clone());
    let request = Request {
        text: crate::replies::plain::shorten(text, viewer.app.config.limits.request_characters),
        channel: channel.clone(),
        from: viewer.handle.clone(),
        from_bot: None,
        source: Source::Mention,
        at: moment.now,
    };
    let router = viewer.app.router()?;
    let routing = routing::route(&request, &moment.directives, &router, moment.now);
    let priority = routing::urgency(&request, &moment.directives, &router, moment.now);
    // Shares are between 0 and 1, so their percentages fit.
    let percent = |share: f64| (share * 100.0).clamp(0.0, 100.0) as u8;
    let answer = ExplainAnswer {
        text: request.text,
        channel,
        to: routing.to.iter().map(|worker| names.worker(worker)).collect(),
        how: match routing.settled {
            Settled::Rule => How::Line,
            Settled::Escalation => How::Escalation,
            Settled::Likeness => How::Likeness(percent(routing.confidence)),
            Settled::Unsure => How::Unsure(percent(routing.confidence)),
        },
        because: routing.because.iter().map(cited).collect(),
        instead_of: routing.instead_of.as_ref().map(cited),
        priority: priority.map(|(priority, cause)| (word(&priority), cited(&cause))),
        candidates: routing
            .candidates
            .iter()
            .take(CANDIDATES)
            .map(|candidate| (names.worker(&candidate.worker), percent(candidate.score)))
            .collect(),
        as_of: moment.now,
    };
    Ok(Ok(render(&answer)))
}
