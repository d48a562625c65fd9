//! Who agrees to directives: an edited set takes effect or stays out, a proposed sentence is taken in or left.

use serde_json::json;

use super::super::facts::Moment;
use super::super::{App, FlowError, effect, rules};
use super::{Said, who};
use crate::directives::changes::store::{self as changes};
use crate::directives::changes::{Change, ChangeStage, Decider};
use crate::ids::{ChangeId, ProposalId};
use crate::ledger::{Fact, FactKind, store as ledger};
use crate::proposals::{Stage, store as proposals};
use crate::replies::refusals::Refusal;
use crate::replies::{change as cards, rule as rule_cards};
use crate::store::Tx;
use crate::workers::SlackUser;

/// *Take effect*: the set comes into force when this transaction has ended.
pub async fn take_effect(app: &App, tx: &mut Tx, id: ChangeId, by: &SlackUser) -> Result<Said, FlowError> {
    decide(app, tx, id, by, ChangeStage::Accepted).await
}

/// *Not now*: the set before stays in force.
pub async fn leave_out(app: &App, tx: &mut Tx, id: ChangeId, by: &SlackUser) -> Result<Said, FlowError> {
    decide(app, tx, id, by, ChangeStage::Declined).await
}

async fn decide(app: &App, tx: &mut Tx, id: ChangeId, by: &SlackUser, to: ChangeStage) -> Result<Said, FlowError> {
    let moment = Moment::of(app)?;
    let Some(change) = open(tx, &moment, id, to).await? else {
        return Ok(Said::Refused(Refusal::Overtaken { what: id.to_string() }));
    };
    let taken = to == ChangeStage::Accepted;
    let kind = if taken { FactKind::DirectivesAccepted } else { FactKind::DirectivesDeclined };
    if let Err(refusal) = effect::may(app, &moment, &change, by) {
        let fact = json!({ "change": id, "digest": change.digest, "by": by, "refused": true });
        ledger::append_fact(tx, &Fact::of_system(FactKind::ApprovalRefused, fact), moment.now).await?;
        return Ok(Said::Refused(refusal));
    }
    if !changes::decide(tx, &change, to, &Decider::Account(by.clone()), moment.now).await? {
        return Err(FlowError::LostLease);
    }
    let fact = json!({ "change": id, "digest": change.digest, "instead_of": change.instead_of, "by": by });
    ledger::append_fact(tx, &Fact::of_system(kind, fact), moment.now).await?;
    let view = effect::view(app, &moment.directives, id, &change.body, change.found);
    let who = moment.names().account(by);
    if taken {
        app.follow_directives_soon();
    } else {
        effect::redraw(tx, id, &cards::declined(&view, &who, moment.now), moment.now).await?;
    }
    Ok(Said::Privately(cards::thanks(id, taken)))
}

/// A change that may still be decided so: the set that it replaces is in force, and nobody decided the same before.
async fn open(tx: &mut Tx, moment: &Moment, id: ChangeId, to: ChangeStage) -> Result<Option<Change>, FlowError> {
    let change = changes::change(tx, id).await?.filter(|change| change.instead_of == moment.directives.digest);
    Ok(change.filter(|change| match change.stage {
        ChangeStage::Waiting => true,
        ChangeStage::Declined => to == ChangeStage::Accepted,
        ChangeStage::Accepted | ChangeStage::InForce | ChangeStage::Past => false,
    }))
}

/// *Propose*: whoever keeps the file is asked, once the sentence was tried.
pub async fn propose(app: &App, tx: &mut Tx, text: &str, by: &SlackUser) -> Result<Said, FlowError> {
    let moment = Moment::of(app)?;
    if let Err(refusal) = who::person(app, &moment.directives, &moment.directory, by) {
        return Ok(Said::Refused(refusal));
    }
    let open = proposals::open_of(tx, by).await?;
    if usize::try_from(open).unwrap_or(usize::MAX) >= app.config.limits.open_proposals_per_person {
        return Ok(Said::Privately(rule_cards::too_many(open)));
    }
    let id = proposals::add(tx, text, by, moment.now).await?;
    let fact = json!({ "proposal": id, "sentence": text, "by": by });
    ledger::append_fact(tx, &Fact::of_system(FactKind::RuleProposed, fact), moment.now).await?;
    Ok(Said::Privately(rule_cards::proposed(id)))
}

/// *Take it in*: the line will be written into its file, and only as it was shown.
pub async fn take_in(app: &App, tx: &mut Tx, id: ProposalId, by: &SlackUser) -> Result<Said, FlowError> {
    settle(app, tx, id, by, Stage::Taking).await
}

/// *Not now*: nothing is written.
pub async fn leave_rule(app: &App, tx: &mut Tx, id: ProposalId, by: &SlackUser) -> Result<Said, FlowError> {
    settle(app, tx, id, by, Stage::Declined).await
}

async fn settle(app: &App, tx: &mut Tx, id: ProposalId, by: &SlackUser, to: Stage) -> Result<Said, FlowError> {
    let moment = Moment::of(app)?;
    let Some(proposal) = proposals::proposal(tx, id).await?.filter(|known| known.stage == Stage::Waiting) else {
        return Ok(Said::Refused(Refusal::Overtaken { what: id.to_string() }));
    };
    let handle = match who::person(app, &moment.directives, &moment.directory, by) {
        Ok(handle) => handle,
        Err(refusal) => return Ok(Said::Refused(refusal)),
    };
    let may = rules::may_take_in(&moment, &proposal);
    if !may.people.contains(&handle) {
        let fact = json!({ "proposal": id, "by": by, "refused": true });
        ledger::append_fact(tx, &Fact::of_system(FactKind::ApprovalRefused, fact), moment.now).await?;
        let may = who::people(&moment.directives, &moment.directory, &may.people);
        return Ok(Said::Refused(Refusal::NotAgreeing { what: id.to_string(), may }));
    }
    if !proposals::settle(tx, &proposal, to, by, moment.now).await? {
        return Err(FlowError::LostLease);
    }
    let fact = json!({ "proposal": id, "taken": to == Stage::Taking, "by": by, "file": proposal.body.file, "set": proposal.body.set });
    ledger::append_fact(tx, &Fact::of_system(FactKind::RuleDecided, fact), moment.now).await?;
    let names = moment.names();
    let view = rules::view(&moment, &proposal);
    let card = rule_cards::decided(&view, &names.account(by), to == Stage::Taking, moment.now);
    rules::redraw(tx, id, &card, moment.now).await?;
    if to == Stage::Declined {
        rules::tell_proposer(tx, &moment, &proposal, &card).await?;
    }
    Ok(Said::Privately(rule_cards::thanks(id, to == Stage::Taking)))
}
