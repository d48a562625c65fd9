//! `failed`: dead letters and what could not be posted, for triage and whoever keeps the directives.

use std::collections::BTreeSet;

use super::super::FlowError;
use super::super::decide::who;
use super::Told;
use super::seen::Viewer;
use crate::commands::failed::{FailedAnswer, Letter, Unposted, render};
use crate::inbox::store as inbox;
use crate::replies::refusals::Refusal;
use crate::replies::store as outbox;
use crate::roster::chart::ResolveContext;

/// So many of each are listed.
const LISTED: u32 = 10;

pub(super) async fn answer(viewer: &Viewer<'_>) -> Result<Told, FlowError> {
    if let Err(refusal) = may_see(viewer) {
        return Ok(Err(refusal));
    }
    let letters = inbox::dead_letters(&viewer.app.store, i64::from(LISTED)).await?;
    let parked = outbox::parked(&viewer.app.store, i64::from(LISTED)).await?;
    let answer = FailedAnswer {
        letters: letters
            .into_iter()
            .map(|letter| Letter {
                id: letter.id,
                received: letter.received,
                attempts: u32::try_from(letter.attempts).unwrap_or(u32::MAX),
                why: letter.error,
            })
            .collect(),
        unposted: parked
            .into_iter()
            .map(|parked| Unposted { what: what(&parked.slot), queued: parked.queued, why: parked.error })
            .collect(),
        at_most: LISTED,
        as_of: viewer.moment.now,
    };
    Ok(Ok(render(&answer)))
}

fn may_see(viewer: &Viewer<'_>) -> Result<(), Refusal> {
    viewer.only_alone("failed")?;
    let directives = &viewer.moment.directives;
    let keepers = directives.keepers.values();
    let context = ResolveContext::default();
    let mut may: BTreeSet<String> = keepers.flat_map(|keeper| directives.roster.people_of(keeper, &context)).collect();
    may.extend(directives.roster.triage.iter().cloned());
    if viewer.known().is_ok_and(|handle| may.contains(handle)) {
        return Ok(());
    }
    let may = who::people(directives, &viewer.moment.directory, &may);
    Err(Refusal::MayNotSee { what: "What failed".to_owned(), may })
}

/// What a slot's message is, in words.
fn what(slot: &str) -> String {
    let mut parts = slot.split(':');
    match (parts.next().unwrap_or_default(), parts.next().unwrap_or_default()) {
        ("task", id) => format!("a message about T-{id}"),
        ("approval", id) => format!("a card of A-{id}"),
        ("reply", _) => "an answer".to_owned(),
        ("react", _) => "a reaction".to_owned(),
        ("home", _) => "a Home tab".to_owned(),
        ("directives", _) => "a message about the directives".to_owned(),
        (kind, _) => format!("a message ({kind})"),
    }
}
