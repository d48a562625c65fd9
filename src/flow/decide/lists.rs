//! The buttons of a list: *Approve all* says yes to each by itself, *Look at each* brings each by its own card.

use super::super::{App, FlowError, prompts};
use super::{Said, approval};
use crate::gate::fatigue::store::{self, List};
use crate::gate::store as approvals;
use crate::ids::{ApprovalId, ListId};
use crate::replies::not_now::NotNow;
use crate::replies::prompt_list::{self, Outcome};
use crate::replies::refusals::{self, Refusal};
use crate::store::Tx;
use crate::workers::SlackUser;

/// Approves everything on a list that waits, as the list stood when it was read. Each is authorised, voted on and written down
/// by itself; what this person may not approve is left out and told.
pub(super) async fn approve_all(
    app: &App,
    tx: &mut Tx,
    id: ListId,
    revision: i64,
    by: &SlackUser,
) -> Result<Said, FlowError> {
    let list = match own(tx, id, by).await? {
        Ok(list) => list,
        Err(refusal) => return Ok(Said::Refused(refusal)),
    };
    if list.revision != revision {
        return Ok(Said::Refused(Refusal::NotNow(NotNow::ListGrew { id })));
    }
    let mut outcome = Outcome { approved: Vec::new(), refused: Vec::new() };
    for approval in waiting(tx, id).await? {
        match approval::decide(app, tx, approval, by, approval::Word::Approve).await? {
            Said::Refused(refusal) => outcome.refused.push((approval, refusals::sentence(&refusal))),
            Said::Nothing | Said::Privately(_) | Said::Wrong(_) => outcome.approved.push(approval),
        }
    }
    Ok(Said::Privately(prompt_list::decided(&outcome)))
}

/// Sends a card of its own for everything on a list that waits.
pub(super) async fn look_at_each(app: &App, tx: &mut Tx, id: ListId, by: &SlackUser) -> Result<Said, FlowError> {
    let list = match own(tx, id, by).await? {
        Ok(list) => list,
        Err(refusal) => return Ok(Said::Refused(refusal)),
    };
    let open = waiting(tx, id).await?;
    for approval in &open {
        store::with_card(tx, *approval, &list.user).await?;
        prompts::redraw(app, tx, *approval).await?;
    }
    Ok(Said::Privately(prompt_list::each_follows(open.len())))
}

/// A list is somebody's own: it was made of what they may decide.
async fn own(tx: &mut Tx, id: ListId, by: &SlackUser) -> Result<Result<List, Refusal>, FlowError> {
    let list = store::list(tx, id).await?;
    Ok(list.filter(|list| list.user == by.user).ok_or(Refusal::OldButton))
}

async fn waiting(tx: &mut Tx, id: ListId) -> Result<Vec<ApprovalId>, FlowError> {
    let mut open = Vec::new();
    for approval in store::on_list(tx, id).await? {
        if approvals::card(tx, approval).await?.is_some_and(|card| card.approval.is_waiting()) {
            open.push(approval);
        }
    }
    Ok(open)
}
