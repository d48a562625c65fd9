//! `approvals health`: off unless a sentence turns it on; then everybody sees their own, and whom it permits, the total.

use super::super::FlowError;
use super::super::says::cited_origin;
use super::Told;
use super::seen::{Sight, Viewer};
use crate::commands::approver_health::{HealthAnswer, HealthLine, Totals, render};
use crate::directives::Directives;
use crate::gate::fatigue::health::{self, FEWEST_PEOPLE, Health, PERIOD, TOOL};
use crate::gate::fatigue::store;
use crate::replies::{Card, Cited};

pub(super) async fn answer(viewer: &Viewer<'_>) -> Result<Told, FlowError> {
    if let Err(refusal) = viewer.known() {
        return Ok(Err(refusal));
    }
    if !viewer.asker.private {
        let command = "approvals health".to_owned();
        return Ok(Err(crate::replies::refusals::Refusal::NotAloud { command }));
    }
    Ok(Ok(card(viewer).await?.0))
}

/// The answer, and whether it tells anything of this person.
pub(super) async fn card(viewer: &Viewer<'_>) -> Result<(Card, bool), FlowError> {
    let now = viewer.moment.now;
    let mut answer = HealthAnswer {
        rule: turned_on_by(&viewer.moment.directives),
        yours: None,
        totals: None,
        days: PERIOD.as_seconds() / (24 * 60 * 60),
        as_of: now,
    };
    if answer.rule.is_some() {
        let decisions = store::decided_between(&viewer.app.store, now.minus(PERIOD), now).await?;
        let own = decisions.iter().filter(|decided| decided.user == viewer.by.user);
        answer.yours = health::of(own).map(line);
        if viewer.permitted(Sight::ApproverHealth) {
            answer.totals = Some(match health::totals(&decisions) {
                Some((people, health)) => Totals::Of { people, line: line(health) },
                None => Totals::TooFew { least: FEWEST_PEOPLE },
            });
        }
    }
    let tells = answer.yours.is_some() || answer.totals.is_some();
    Ok((render(&answer), tells))
}

/// The sentence that permits somebody to see it.
pub(super) fn turned_on_by(directives: &Directives) -> Option<Cited> {
    directives.permit_named(TOOL).map(|reading| cited_origin(&reading.origin))
}

fn line(health: Health) -> HealthLine {
    let Health { decided, yes, opened_details, half_within } = health;
    HealthLine { decided, yes, opened_details, half_within }
}
