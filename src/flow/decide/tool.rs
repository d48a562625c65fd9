//! *Accept* and *Keep it off* on the card of a tool that nobody accepted yet. Who may is the keeper of the directives: the lock
//! is one of the files that they keep.

use serde_json::json;

use super::super::catalogue::{deciders, redraw};
use super::super::facts::Moment;
use super::super::{App, FlowError};
use super::{Said, who};
use crate::catalogue::offers::{Offer, OfferState};
use crate::catalogue::{ToolName, store as offers};
use crate::ledger::{Fact, FactKind, store as ledger};
use crate::replies::catalogue;
use crate::replies::refusals::Refusal;
use crate::store::Tx;
use crate::workers::SlackUser;

/// The word is stored; the definition is compared with its server and written by [`super::super::catalogue::keep_up`].
pub async fn accept(app: &App, tx: &mut Tx, tool: &ToolName, digest: &str, by: &SlackUser) -> Result<Said, FlowError> {
    decide(app, tx, tool, digest, by, OfferState::Accepted).await
}

/// The definition stays held back and is not shown again.
pub async fn keep_off(
    app: &App,
    tx: &mut Tx,
    tool: &ToolName,
    digest: &str,
    by: &SlackUser,
) -> Result<Said, FlowError> {
    decide(app, tx, tool, digest, by, OfferState::Off).await
}

async fn decide(
    app: &App,
    tx: &mut Tx,
    tool: &ToolName,
    digest: &str,
    by: &SlackUser,
    to: OfferState,
) -> Result<Said, FlowError> {
    let moment = Moment::of(app)?;
    let handle = match who::person(app, &moment.directives, &moment.directory, by) {
        Ok(handle) => handle,
        Err(refusal) => return Ok(Said::Refused(refusal)),
    };
    let (may, people) = deciders(&moment);
    if !may.contains(&handle) {
        return Ok(Said::Refused(Refusal::NotTheirs { what: "decide about tools".to_owned(), may: people }));
    }
    let Some(offer) = offers::offer_of(tx, tool).await?.filter(|offer| offer.digest == digest) else {
        return Ok(Said::Refused(Refusal::OldButton));
    };
    if !offers::move_offer(tx, tool, digest, OfferState::Shown, to, Some(by), moment.now).await? {
        return Ok(Said::Refused(Refusal::OldButton));
    }
    let payload = json!({ "tool": tool, "digest": digest, "became": to, "by": by });
    ledger::append_fact(tx, &Fact::of_system(FactKind::ToolDecided, payload), moment.now).await?;
    Ok(match to {
        OfferState::Off => {
            let card = catalogue::kept_off(tool, &moment.names().account(by), moment.now);
            redraw(tx, &Offer { by: Some(by.clone()), ..offer }, card, &moment).await?;
            Said::Nothing
        }
        OfferState::Accepted | OfferState::Shown | OfferState::Taken | OfferState::Void => {
            Said::Privately(catalogue::accepting(tool))
        }
    })
}
