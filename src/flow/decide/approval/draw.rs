//! A card drawn anew wherever it stands, and what is said beside it.

use std::collections::BTreeMap;

use super::super::super::facts::Moment;
use super::super::super::{App, FlowError, prompts};
use super::super::dress;
use super::look;
use crate::execution::store::Stored;
use crate::gate::store::{self as approvals, Card};
use crate::gate::{ApprovalState as Gated, Change};
use crate::gate::{TAKEN_BACK, Turn};
use crate::ids::ApprovalId;
use crate::replies::approval::{self, ApprovalState, ApprovalView};
use crate::replies::outbox::Queued;
use crate::replies::{Card as Message, approval_ended, approval_notices as notices, store as outbox};
use crate::store::Tx;
use crate::tasks::{Task, store as tasks};
use crate::workers::SlackUser;

/// Draws a card anew wherever it stands, in its true state.
pub async fn redraw(
    app: &App,
    tx: &mut Tx,
    task: &Task,
    card: &Card,
    stored: &Stored,
    by: Option<&SlackUser>,
) -> Result<(), FlowError> {
    let moment = Moment::of(app)?;
    let view = look::view(&moment, task, card, stored);
    let state = true_state(tx, &moment, task, card, stored, by).await?;
    draw(app, tx, task, card, &view, &state, Vec::new()).await
}

async fn true_state(
    tx: &mut Tx,
    moment: &Moment,
    task: &Task,
    card: &Card,
    stored: &Stored,
    by: Option<&SlackUser>,
) -> Result<ApprovalState, FlowError> {
    let mut state = look::state(moment, task, card, stored, by);
    if let (ApprovalState::Edited { into, .. }, Gated::Edited { into: action, .. }) = (&mut state, &card.approval.state)
    {
        *into = approvals::of_action(tx, *action).await?.map(|edited| edited.approval.id);
    }
    Ok(state)
}

/// Draws again, in its true state, whatever Slack refused to show a while ago. What is refused again is tried again later, as
/// long as the card is young.
pub async fn redraw_refused(app: &App, tx: &mut Tx) -> Result<(), FlowError> {
    let moment = Moment::of(app)?;
    let mut refused: BTreeMap<ApprovalId, Vec<String>> = BTreeMap::new();
    for (row, slot) in outbox::refused_cards(tx, moment.now).await? {
        outbox::let_go(tx, row).await?;
        let mut parts = slot.split(':').skip(1);
        let Some(id) = parts.next().and_then(|id| id.parse().ok()).map(ApprovalId) else { continue };
        let user = slot.split_once(":dm:").map(|(_, user)| user.to_owned());
        refused.entry(id).or_default().extend(user);
    }
    for (id, users) in refused {
        let Some(card) = approvals::card(tx, id).await? else { continue };
        let Some(task) = tasks::task(tx, card.task).await? else { continue };
        if card.approval.opened_at.plus(outbox::REDRAW_UP_TO) < moment.now {
            continue;
        }
        let stored = super::stored_action(tx, card.approval.action).await?;
        let view = look::view(&moment, &task, &card, &stored);
        let state = true_state(tx, &moment, &task, &card, &stored, None).await?;
        draw(app, tx, &task, &card, &view, &state, users).await?;
    }
    Ok(())
}

/// Draws it in the thread, for everybody who has it, for those who may decide while it waits, and for `also` (accounts).
pub(super) async fn draw(
    app: &App,
    tx: &mut Tx,
    task: &Task,
    card: &Card,
    view: &ApprovalView,
    state: &ApprovalState,
    also: Vec<String>,
) -> Result<(), FlowError> {
    let now = app.now();
    let moment = Moment::of(app)?;
    let own =
        if *state == ApprovalState::Waiting { prompts::ask(app, tx, &moment, card, view).await? } else { Vec::new() };
    let rendered = dress::dress(app, tx, card, approval::card(view, state)).await?;
    let slot = format!("approval:{}:card", card.approval.id.0);
    let say =
        Queued::say(slot, &task.channel, Some(&task.root_ts), rendered.clone()).in_conversation(&task.conversation);
    outbox::queue(tx, &say, now).await?;
    // Everyone who has the card sees its true state; while it waits, whoever may decide is asked, each in their way.
    let prefix = format!("approval:{}:dm:", card.approval.id.0);
    let mut users: Vec<String> = outbox::slots_with_prefix(tx, &prefix)
        .await?
        .iter()
        .map(|slot| slot.trim_start_matches(&prefix).to_owned())
        .chain(also)
        .collect();
    users.extend(own);
    users.sort();
    users.dedup();
    for user in users {
        let tell = Queued::tell(format!("{prefix}{user}"), &user, rendered.clone()).in_conversation(&task.conversation);
        outbox::queue(tx, &tell, now).await?;
    }
    prompts::redraw_lists(tx, &moment, card.approval.id).await
}

/// What the thread and the people concerned hear of a change, beside the card itself.
pub(super) async fn tell(
    tx: &mut Tx,
    moment: &Moment,
    task: &Task,
    card: &Card,
    stored: &Stored,
    change: &Change,
) -> Result<(), FlowError> {
    let view = look::view(moment, task, card, stored);
    let names = moment.names();
    let id = card.approval.id;
    let asked = || view.questions.last();
    let question = || question_slot(id, card.approval.questions.len());
    match change {
        Change::Denied { account, reason, at, .. } => {
            let notice = approval_ended::denied_notice(&view, &names.account(account), *at, Some(reason));
            say(tx, moment, task, notice_slot(id), notice).await
        }
        Change::Turned(Turn::Undone { account, at, .. }) => {
            let notice = approval_ended::denied_notice(&view, &names.account(account), *at, Some(TAKEN_BACK));
            say(tx, moment, task, notice_slot(id), notice).await
        }
        Change::Turned(Turn::Expired { at }) => {
            let notice = approval_ended::expired_notice(&view, *at, &view.asked);
            say(tx, moment, task, notice_slot(id), notice).await
        }
        Change::Asked(_) => match asked() {
            Some(asked) => say(tx, moment, task, question(), notices::question(&view, asked)).await,
            None => Ok(()),
        },
        Change::Turned(Turn::WentOn { answer, .. }) => {
            let Some(asked) = asked() else { return Ok(()) };
            say(tx, moment, task, question(), notices::question_over(&view, asked)).await?;
            let asker = asked.by.account.as_ref().filter(|_| answer.is_some());
            match asker {
                Some(user) => {
                    let slot = format!("{}:told", question());
                    send(tx, moment, task, Queued::tell(slot, user, notices::answer_came(&view, asked))).await
                }
                None => Ok(()),
            }
        }
        Change::Turned(Turn::Reminded { requirement, .. }) => remind(tx, moment, task, card, &view, *requirement).await,
        Change::Voted(_)
        | Change::Approved(_)
        | Change::Edited { .. }
        | Change::TookOver { .. }
        | Change::Turned(Turn::Escalated { .. } | Turn::Voided { .. } | Turn::Spent { .. } | Turn::Recorded { .. }) => {
            Ok(())
        }
    }
}

/// To those who may decide and have not.
async fn remind(
    tx: &mut Tx,
    moment: &Moment,
    task: &Task,
    card: &Card,
    view: &ApprovalView,
    requirement: usize,
) -> Result<(), FlowError> {
    let Some(progress) = card.approval.progress.get(requirement) else { return Ok(()) };
    let again = if progress.escalated { "again" } else { "once" };
    let voted = |user: &str| card.approval.votes.iter().any(|vote| vote.account.user == user);
    for user in look::of_requirement(moment, &card.approval, progress).iter().filter_map(|who| who.account.as_deref()) {
        if !voted(user) {
            let slot = format!("approval:{}:remind:{requirement}:{again}:{user}", card.approval.id.0);
            send(tx, moment, task, Queued::tell(slot, user, notices::reminder(view))).await?;
        }
    }
    Ok(())
}

fn notice_slot(id: ApprovalId) -> String {
    format!("approval:{}:notice", id.0)
}

/// The slot of a card's n-th question, from 1.
fn question_slot(id: ApprovalId, n: usize) -> String {
    format!("approval:{}:question:{n}", id.0)
}

/// Says it in the requester's thread.
pub(super) async fn say(
    tx: &mut Tx,
    moment: &Moment,
    task: &Task,
    slot: String,
    message: Message,
) -> Result<(), FlowError> {
    send(tx, moment, task, Queued::say(slot, &task.channel, Some(&task.root_ts), message)).await
}

async fn send(tx: &mut Tx, moment: &Moment, task: &Task, queued: Queued) -> Result<(), FlowError> {
    outbox::queue(tx, &queued.in_conversation(&task.conversation), moment.now).await?;
    Ok(())
}
