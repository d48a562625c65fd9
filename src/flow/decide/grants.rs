//! Giving and revoking standing grants. Who gives one approves the card that it is given from, in the same transaction.

use chrono::{Datelike, Days, NaiveDate};
use serde_json::json;

use super::super::assign::note;
use super::super::facts::Moment;
use super::super::{App, FlowError, grants as at_work};
use super::{Said, Wanted, approval, who};
use crate::clock::Timestamp;
use crate::commands::grant::{LastDay, Next};
use crate::execution::store::{self as actions, Stored};
use crate::gate::Proposal;
use crate::gate::grants::{Asked, Body, GrantState, end_of, offer, store, terms};
use crate::gate::store::{self as approvals, Card};
use crate::ids::{ApprovalId, GrantId};
use crate::ledger::FactKind;
use crate::replies::grants::{self as cards, Choices, GrantEnd};
use crate::replies::not_now::NotNow;
use crate::replies::refusals::Refusal;
use crate::store::Tx;
use crate::tasks::store as tasks;
use crate::workers::SlackUser;

/// The form behind *Approve, and the next like this…*.
pub(super) async fn form(app: &App, target: &str, by: &SlackUser) -> Result<Wanted, FlowError> {
    let Ok(id) = target.parse::<ApprovalId>() else { return Ok(Wanted::Refused(Refusal::OldButton)) };
    let Some(card) = approvals::find_card(&app.store, id).await? else {
        return Ok(Wanted::Refused(Refusal::NoSuchApproval { text: id.to_string() }));
    };
    let Some(task) = tasks::find_task(&app.store, card.task).await? else {
        return Ok(Wanted::Refused(Refusal::OldButton));
    };
    let Some(stored) = actions::find_action(&app.store, card.approval.action).await? else {
        return Ok(Wanted::Refused(Refusal::OldButton));
    };
    let moment = Moment::of(app)?;
    if let Some(refusal) = approval::would_refuse(&moment, &card, by) {
        return Ok(Wanted::Refused(refusal));
    }
    let view = approval::view(&moment, &task, &card, &stored);
    Ok(match choices(app, &moment, &card, &stored) {
        Ok(choices) => Wanted::Form(cards::form(&view, &choices)),
        Err(refusal) => Wanted::Refused(refusal),
    })
}

/// What may be granted from this card; the refusal says why nothing may.
pub(super) fn choices(app: &App, moment: &Moment, card: &Card, stored: &Stored) -> Result<Choices, Refusal> {
    let Some(proposal) = &stored.proposal else { return Err(Refusal::OldButton) };
    let limits = app.config.approvals.grants();
    let found = offer(proposal, &card.approval, &card.shown, limits, &moment.directives, moment.now)
        .map_err(|why| Refusal::NotNow(NotNow::NoGrant { why: why.to_string() }))?;
    Ok(Choices {
        uses: found.uses,
        amounts: found.amounts,
        ends: found.ends.into_iter().map(|(day, _)| day).collect(),
        today: today(moment),
        fields: found.fields.into_iter().map(|line| (line.argument, line.label, line.value)).collect(),
    })
}

/// Approves a card and says yes beforehand to the next ones like it, if this account may and the terms lie within the limits.
pub(super) async fn approve_next(
    app: &App,
    tx: &mut Tx,
    id: ApprovalId,
    next: &Next,
    by: &SlackUser,
) -> Result<Said, FlowError> {
    let moment = Moment::of(app)?;
    let no_such = || Said::Refused(Refusal::NoSuchApproval { text: id.to_string() });
    let Some(card) = approvals::card(tx, id).await? else { return Ok(no_such()) };
    let Some(stored) = actions::action(tx, card.approval.action).await? else { return Ok(no_such()) };
    let Some(task) = tasks::task(tx, card.task).await? else { return Ok(no_such()) };
    let Some(proposal) = &stored.proposal else { return Ok(Said::Refused(Refusal::OldButton)) };
    if let Some(refusal) = approval::would_refuse(&moment, &card, by) {
        return Ok(Said::Refused(refusal));
    }
    let body = match body(app, &moment, &card, proposal, next, by) {
        Ok(body) => body,
        Err(why) => return Ok(Said::Refused(Refusal::NotNow(NotNow::NoGrant { why }))),
    };
    match approval::decide(app, tx, id, by, approval::Word::Approve).await? {
        Said::Privately(_) => {}
        refused @ (Said::Nothing | Said::Refused(_) | Said::Wrong(_)) => return Ok(refused),
    }
    let grant = store::give(tx, by, &body, moment.now).await?;
    let fact = json!({ "grant": grant.id, "by": by, "approval": id, "terms": body.terms });
    note(tx, &task, FactKind::GrantGiven, fact, moment.now).await?;
    let view = approval::view(&moment, &task, &card, &stored);
    Ok(Said::Privately(cards::given(&view, &at_work::view(&moment, &grant))))
}

fn body(
    app: &App,
    moment: &Moment,
    card: &Card,
    proposal: &Proposal,
    next: &Next,
    by: &SlackUser,
) -> Result<Body, String> {
    let until =
        until(moment, next.until).ok_or("That day cannot be read; write a weekday or a date like 2026-11-27.")?;
    let asked = Asked { uses: next.uses, at_most: next.at_most.clone(), until, only: next.only.clone() };
    let limits = app.config.approvals.grants();
    let of = (&card.approval, card.approval.action);
    let terms = terms(proposal, of, &asked, limits, &moment.directives, moment.now).map_err(|why| why.to_string())?;
    let handle = moment.accounts.handle_of(by).unwrap_or_default().to_owned();
    Ok(Body { by: handle, terms })
}

fn today(moment: &Moment) -> NaiveDate {
    moment.now.to_utc().with_timezone(&moment.directives.roster.timezone_of(None)).date_naive()
}

/// The first instant after the last day.
fn until(moment: &Moment, last: LastDay) -> Option<Timestamp> {
    let today = today(moment);
    let day = match last {
        LastDay::On(day) => day,
        LastDay::After(days) => today.checked_add_days(Days::new(u64::from(days.checked_sub(1)?)))?,
        LastDay::Next(weekday) => {
            let ahead = (weekday.num_days_from_monday() + 7 - today.weekday().num_days_from_monday()) % 7;
            today.checked_add_days(Days::new(u64::from(ahead)))?
        }
    };
    end_of(day, &moment.directives)
}

/// Ends a grant. Its giver may, and whoever answers for the agent: that only makes things stricter.
pub(super) async fn revoke(app: &App, tx: &mut Tx, id: GrantId, by: &SlackUser) -> Result<Said, FlowError> {
    let moment = Moment::of(app)?;
    let Some(grant) = store::grant(tx, id).await? else {
        return Ok(Said::Refused(Refusal::NotNow(NotNow::NoSuchGrant { text: id.to_string() })));
    };
    let own = grant.account == *by;
    let may = at_work::may_revoke(&moment, &grant);
    if !own {
        match who::person(app, &moment.directives, &moment.directory, by) {
            Ok(handle) if may.contains_key(&handle) => {}
            Ok(_) => {
                return Ok(Said::Refused(Refusal::NotNow(NotNow::NotYourGrant {
                    id,
                    may: may.into_values().collect(),
                })));
            }
            Err(refusal) => return Ok(Said::Refused(refusal)),
        }
    }
    let why = GrantEnd::Revoked { by: moment.names().account(by) };
    let view = at_work::view(&moment, &grant);
    let ended = at_work::end(app, tx, &moment, &grant, GrantState::Revoked, &why).await?;
    Ok(Said::Privately(if ended { cards::revoked(&view) } else { cards::ended_already(&view) }))
}
