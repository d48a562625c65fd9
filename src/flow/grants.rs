//! Standing grants at work: where one covers a call that waits, its giver's word is put on the card; where one has ended, its
//! giver hears of it.

use std::collections::BTreeMap;

use serde_json::json;

use super::assign::note;
use super::facts::Moment;
use super::{App, FlowError};
use crate::clock::Timestamp;
use crate::execution::store as actions;
use crate::gate::amounts::amount_of;
use crate::gate::grants::{Declined, Grant, GrantState, lost, store};
use crate::gate::store::{self as approvals, Card};
use crate::gate::{Change, Proposal, authorize};
use crate::ledger::{Fact, FactKind, store as ledger};
use crate::replies::grants::{self as cards, GrantEnd, GrantView};
use crate::replies::outbox::Queued;
use crate::replies::{Who, store as outbox};
use crate::store::Tx;
use crate::tasks::Task;

/// So many grants in force are looked at when directives or people changed.
const LOOKED_AT: i64 = 500;

/// Puts one giver's word on a card that waits, if a grant of theirs covers it; `None` where none does. Everything that a click
/// must be, this must be too.
pub(super) async fn word_beforehand(
    app: &App,
    tx: &mut Tx,
    moment: &Moment,
    task: &Task,
    card: &Card,
    proposal: &Proposal,
) -> Result<Option<(Card, Change)>, FlowError> {
    if !card.approval.is_waiting() {
        return Ok(None);
    }
    for grant in store::active_for(tx, &proposal.worker.to_string(), &proposal.tool.0).await? {
        match grant.covers(proposal, &moment.directives, moment.now) {
            Ok(()) => {}
            Err(Declined::ToolChanged | Declined::TooRisky) => {
                end(app, tx, moment, &grant, GrantState::Void, &GrantEnd::Void { why: CHANGED.to_owned() }).await?;
                continue;
            }
            Err(Declined::Ended | Declined::OtherWork | Declined::TooMuch | Declined::OtherTarget) => continue,
        }
        if card.approval.votes.iter().any(|vote| vote.account == grant.account) {
            continue;
        }
        let click = grant.click(&card.approval);
        let Ok(authorized) = authorize(&card.approval, &click, &moment.surroundings()) else { continue };
        let amount = amount_of(&moment.directives, &proposal.tool, &proposal.arguments).ok().flatten();
        let Some(grant) = store::take_use(tx, &grant, card.approval.id, amount.as_ref(), moment.now).await? else {
            continue;
        };
        let Some((next, change)) = approvals::decide(tx, card, authorized, moment.now).await? else {
            return Err(FlowError::LostLease);
        };
        let used = json!({
            "grant": grant.id, "use": grant.used, "left": grant.left(), "by": grant.account,
            "approval": card.approval.id, "action": card.approval.action, "amount": amount,
        });
        note(tx, task, FactKind::GrantUsed, used, moment.now).await?;
        if grant.left() == 0 {
            tell_end(tx, moment, &grant, &GrantEnd::UsedUp).await?;
        }
        return Ok(Some((next, change)));
    }
    Ok(None)
}

const CHANGED: &str = "The tool is no longer what it was when it was given.";

/// Ends a grant that is in force; false where it had ended.
pub(super) async fn end(
    app: &App,
    tx: &mut Tx,
    moment: &Moment,
    grant: &Grant,
    state: GrantState,
    why: &GrantEnd,
) -> Result<bool, FlowError> {
    if !store::end(tx, grant.id, state, moment.now).await? {
        return Ok(false);
    }
    let fact = json!({ "grant": grant.id, "state": state, "used": grant.used, "why": why, "directives": moment.directives.digest });
    ledger::append_fact(tx, &Fact::of_system(FactKind::GrantEnded, fact), app.now()).await?;
    let own = matches!(why, GrantEnd::Revoked { by } if by.account.as_deref() == Some(&grant.account.user));
    if !own {
        tell_end(tx, moment, &Grant { state, ..grant.clone() }, why).await?;
    }
    Ok(true)
}

async fn tell_end(tx: &mut Tx, moment: &Moment, grant: &Grant, why: &GrantEnd) -> Result<(), FlowError> {
    let moved = store::moved(tx, grant).await?;
    let card = cards::ended(&view(moment, grant), why, moved.as_ref(), moment.now);
    outbox::queue(tx, &Queued::tell(format!("grant:{}:ended", grant.id.0), &grant.account.user, card), moment.now)
        .await?;
    Ok(())
}

/// A grant as messages tell it.
pub(super) fn view(moment: &Moment, grant: &Grant) -> GrantView {
    let (names, terms) = (moment.names(), &grant.body.terms);
    let plain = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    GrantView {
        id: grant.id,
        giver: names.account(&grant.account),
        doer: names.worker(&terms.worker),
        tool: terms.tool.0.clone(),
        at_most: terms.at_most.clone(),
        only: terms.only.iter().map(|(name, value)| (name.replace('_', " "), plain(value))).collect(),
        uses: terms.uses,
        left: grant.left(),
        until: terms.until,
    }
}

/// Whoever may end a grant besides its giver: those who answer for the agent, and triage.
pub(super) fn may_revoke(moment: &Moment, grant: &Grant) -> BTreeMap<String, Who> {
    let roster = &moment.directives.roster;
    let context = roster.context_of(grant.body.terms.worker.agent(), None);
    let handles = context.owner.into_iter().chain(context.supervisor).chain(roster.triage.clone());
    handles.chain([grant.body.by.clone()]).map(|handle| (handle.clone(), moment.names().person(&handle))).collect()
}

/// Tells of grants whose time is over.
pub(super) async fn end_those_over(app: &App, tx: &mut Tx, moment: &Moment) -> Result<(), FlowError> {
    for grant in store::over(tx, moment.now).await? {
        end(app, tx, moment, &grant, GrantState::Over, &GrantEnd::Over).await?;
    }
    Ok(())
}

pub(super) async fn next_over(app: &App) -> Result<Option<Timestamp>, FlowError> {
    Ok(store::next_over(&app.store).await?)
}

/// When directives or people changed: grants whose giver lost the right, or whose tool is another one now, are void for good.
pub(super) async fn void_those_lost(app: &App) -> Result<(), FlowError> {
    let moment = Moment::of(app)?;
    let mut tx = app.store.begin().await?;
    for grant in store::active(&mut tx, LOOKED_AT).await? {
        let like = actions::action(&mut tx, grant.body.terms.like).await?.and_then(|stored| stored.proposal);
        if let Some(why) = lost(&grant, like.as_ref(), &moment.surroundings()) {
            let why = GrantEnd::Void { why: why.to_string() };
            end(app, &mut tx, &moment, &grant, GrantState::Void, &why).await?;
        }
    }
    Ok(tx.commit().await?)
}
