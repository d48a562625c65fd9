//! *Ask back*: a question to the requester in the thread. The time for the decision stands still until the answer, bounded.

use super::super::super::{App, FlowError};
use super::super::Said;
use super::{Scene, apply, no_such};
use crate::gate::store as approvals;
use crate::gate::{Answer, Choice};
use crate::ids::ApprovalId;
use crate::replies::Card;
use crate::replies::plain::shorten;
use crate::replies::refusals::Refusal;
use crate::store::Tx;
use crate::workers::SlackUser;

/// The longest question and answer that are kept, in characters.
const LONGEST_WORDS: usize = 1_000;

/// Somebody who may decide asks the requester something.
pub async fn ask(app: &App, tx: &mut Tx, id: ApprovalId, by: &SlackUser, text: &str) -> Result<Said, FlowError> {
    let Some(mut scene) = Scene::of(app, tx, id).await? else { return Ok(no_such(id)) };
    let text = shorten(text.trim(), LONGEST_WORDS);
    let authorized = match scene.authorized(tx, by, Choice::Ask { text }, None).await? {
        Ok(authorized) => authorized,
        Err(refusal) => return Ok(Said::Refused(refusal)),
    };
    scene.carry_out(app, tx, authorized).await?;
    let requester = scene.moment.names().account(&scene.task.requester);
    let said = format!("Asked: {} reads it in the thread. The time for {id} stands still until then.", requester.name);
    Ok(Said::Privately(Card::sentence(said)))
}

/// The requester answers, by form or in the thread. Whoever else may speak for the request is asked by nobody here.
pub async fn answer(app: &App, tx: &mut Tx, id: ApprovalId, by: &SlackUser, text: &str) -> Result<Said, FlowError> {
    let Some(scene) = Scene::of(app, tx, id).await? else { return Ok(no_such(id)) };
    if scene.task.requester != *by {
        let may = vec![scene.moment.names().account(&scene.task.requester)];
        return Ok(Said::Refused(Refusal::NotYours { task: scene.task.id, may }));
    }
    if scene.card.approval.open_question().is_none() || text.trim().is_empty() {
        let why = "Nothing is asked any more.".to_owned();
        return Ok(Said::Refused(Refusal::NotLikeThis { id, why }));
    }
    let now = scene.moment.now;
    let answer = Answer { account: by.clone(), text: shorten(text.trim(), LONGEST_WORDS), at: now };
    let turn = scene.card.approval.goes_on(Some(answer), &scene.moment.surroundings());
    let Some(card) = approvals::turn(tx, &scene.card, &turn, now).await? else { return Err(FlowError::LostLease) };
    apply(app, tx, &scene.moment, &scene.task, &card, &scene.stored, &turn.into()).await?;
    Ok(Said::Nothing)
}

/// The approval whose question this account may answer now, if the run waits for one.
pub async fn open_question(tx: &mut Tx, id: ApprovalId) -> Result<bool, FlowError> {
    Ok(approvals::card(tx, id).await?.is_some_and(|card| card.approval.open_question().is_some()))
}
