//! After an approval: whether people always say yes to this kind, so that the keeper of the sentence should hear of it.

use chrono::NaiveDate;
use serde_json::json;

use super::facts::Moment;
use super::says::cited_origin;
use super::{App, FlowError};
use crate::catalogue::canonical;
use crate::directives::Origin;
use crate::execution::Stage;
use crate::execution::store::{self as actions, Stored};
use crate::gate::amounts::amount_of;
use crate::gate::fatigue::evidence::{Case, Raise, raise};
use crate::gate::fatigue::store;
use crate::gate::store::{self as approvals, Card};
use crate::ids::ApprovalId;
use crate::ledger::{Fact, FactKind, store as ledger};
use crate::replies::evidence::{Proposed, proposal};
use crate::replies::outbox::Queued;
use crate::replies::store as outbox;
use crate::schedules::store as marks;
use crate::workers::WorkerRef;

/// So many of the newest decisions of one kind are looked at.
const LOOKED_AT: i64 = 1_000;

/// Looks at all that is like this card, and tells the keeper once where the evidence is there.
pub(super) async fn consider(app: &App, id: ApprovalId) -> Result<(), FlowError> {
    let least = usize::try_from(app.config.approvals.propose_after).unwrap_or(usize::MAX);
    let Some(card) = approvals::find_card(&app.store, id).await? else { return Ok(()) };
    let alike = store::decided_alike(&app.store, id, LOOKED_AT).await?;
    if least == 0 || alike.len() < least {
        return Ok(());
    }
    let moment = Moment::of(app)?;
    let stored = actions::find_all(&app.store, &alike).await?;
    let cases: Vec<Case> = stored.iter().filter_map(|stored| case(&moment, stored)).collect();
    let today = moment.now.to_utc().date_naive();
    for origin in card.approval.progress.iter().filter_map(|progress| progress.requirement.origin.as_ref()) {
        if let Some(found) = found(&moment, origin, &cases, least, today) {
            propose(app, &moment, &card, origin, &found).await?;
        }
    }
    Ok(())
}

fn found(moment: &Moment, origin: &Origin, cases: &[Case], least: usize, today: NaiveDate) -> Option<Raise> {
    raise(&moment.directives, origin, cases, least, today)
}

/// What has not ended yet is no evidence, and neither is what was erased.
fn case(moment: &Moment, stored: &Stored) -> Option<Case> {
    let proposal = stored.proposal.as_ref()?;
    let good = match stored.stage.as_ref()? {
        Stage::Done { .. } => true,
        Stage::Failed { .. } | Stage::Unknown { .. } | Stage::Denied { .. } | Stage::Expired | Stage::Void { .. } => {
            false
        }
        Stage::ByHand => false,
        Stage::Planned | Stage::Waiting | Stage::Allowed | Stage::Started { .. } => return None,
    };
    let amount = amount_of(&moment.directives, &proposal.tool, &proposal.arguments).ok().flatten();
    Some(Case { amount, good })
}

/// Tells the keeper of the file, once for each limit.
async fn propose(app: &App, moment: &Moment, card: &Card, origin: &Origin, found: &Raise) -> Result<(), FlowError> {
    let keepers = &moment.directives.keepers;
    let keeper = keepers.get(&origin.file).or_else(|| keepers.get("")).cloned().unwrap_or(WorkerRef::Human);
    let context = moment.directives.roster.context_of(None, None);
    let people = moment.directives.roster.people_of(&keeper, &context);
    let mark = canonical::digest(&json!({ "origin": origin.text, "to": found.to }));
    let short: String = mark.trim_start_matches("sha256:").chars().take(16).collect();
    let mut tx = app.store.begin().await?;
    if !marks::set_mark(&mut tx, &format!("proposed:{short}"), moment.now).await? {
        return Ok(());
    }
    let fact = json!({
        "sentence": origin, "from": found.from, "to": found.to, "cases": found.cases, "patch": found.patch,
        "keepers": people, "directives": moment.directives.digest,
    });
    ledger::append_fact(&mut tx, &Fact::of_system(FactKind::ChangeProposed, fact), moment.now).await?;
    let tool = actions::action(&mut tx, card.approval.action).await?.map(|stored| stored.tool).unwrap_or_default();
    let told = proposal(&Proposed {
        cases: found.cases,
        tool,
        rule: cited_origin(origin),
        from: found.from.clone(),
        to: found.to.clone(),
        patch: found.patch.clone(),
    });
    for account in people.iter().filter_map(|handle| moment.names().person(handle).account) {
        let slot = format!("proposed:{short}:{account}");
        outbox::queue(&mut tx, &Queued::tell(slot, &account, told.clone()), moment.now).await?;
    }
    Ok(tx.commit().await?)
}
