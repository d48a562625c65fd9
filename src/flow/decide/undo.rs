//! *Undo*: whoever approved takes it back while the action has not started.

use super::super::facts::Moment;
use super::super::{App, FlowError};
use super::{Said, approval};
use crate::gate::fatigue::{self, NotUndone};
use crate::gate::store as approvals;
use crate::ids::ApprovalId;
use crate::replies::not_now::NotNow;
use crate::replies::refusals::Refusal;
use crate::store::Tx;
use crate::workers::SlackUser;

/// A yes taken back is a denial by that person. An attempt that was claimed meanwhile has lost its fence and starts nothing.
pub(super) async fn undo(app: &App, tx: &mut Tx, id: ApprovalId, by: &SlackUser) -> Result<Said, FlowError> {
    let moment = Moment::of(app)?;
    let Some(card) = approvals::card(tx, id).await? else {
        return Ok(Said::Refused(Refusal::NoSuchApproval { text: id.to_string() }));
    };
    let turn = match fatigue::undo(&card.approval, by, app.config.approvals.undo(), moment.now) {
        Ok(turn) => turn,
        Err(NotUndone::TooLate) => return Ok(Said::Refused(Refusal::NotNow(NotNow::TooLateToUndo { id }))),
        Err(NotUndone::NotYours) => {
            let own = card.approval.votes.iter().filter(|vote| vote.under.is_none());
            let may = own.map(|vote| moment.names().account(&vote.account)).collect();
            return Ok(Said::Refused(Refusal::NotNow(NotNow::NotYourWord { id, may })));
        }
    };
    approval::take_back(app, tx, id, &turn).await
}
