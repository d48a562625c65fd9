//! How approvers are asked: each gets a card of their own, a line on a list of what is alike, or, past their budget of an
//! hour, one message when it turns. The card in the thread is there at once in any case.

use std::collections::BTreeMap;

use super::facts::Moment;
use super::{App, FlowError, decide};
use crate::clock::Timestamp;
use crate::execution::store as actions;
use crate::gate::fatigue::prompts::{Known, MOST_ON_A_LIST, Request, Way, hour_began, likeness, way};
use crate::gate::fatigue::store::{self, Prompt, Told};
use crate::gate::fatigue::{Risk, risk};
use crate::gate::store::{self as approvals, Card};
use crate::ids::{ApprovalId, ListId};
use crate::replies::approval::ApprovalView;
use crate::replies::outbox::Queued;
use crate::replies::prompt_list::{self, ListView};
use crate::replies::{Who, store as outbox};
use crate::store::Tx;
use crate::tasks::store as tasks;

/// Decides how each of those who may decide, and have not been asked before, is asked. Back come the accounts that have, or
/// get, a card of their own.
pub(super) async fn ask(
    app: &App,
    tx: &mut Tx,
    moment: &Moment,
    card: &Card,
    view: &ApprovalView,
) -> Result<Vec<String>, FlowError> {
    let id = card.approval.id;
    let before = store::of_approval(tx, id).await?;
    let mut own: Vec<String> =
        before.iter().filter(|prompt| prompt.told == Told::Card).map(|prompt| prompt.user.clone()).collect();
    let proposal = actions::action(tx, card.approval.action).await?.and_then(|stored| stored.proposal);
    let (alike, risk) = match &proposal {
        Some(proposal) => {
            (likeness(proposal, &card.approval), risk(&proposal.tool, &card.approval, &moment.directives))
        }
        None => (String::new(), Risk::High),
    };
    let request = Request { risk, fits_a_line: view.fits(), deadline: view.deadline };
    let asked = view.asked.iter().filter_map(|who| who.account.clone());
    for user in asked.filter(|user| !before.iter().any(|prompt| prompt.user == *user)) {
        let known = Known {
            this_hour: store::sent_since(tx, &user, hour_began(moment.now)).await?,
            list: store::open_list(tx, &user, &alike).await?,
            alike: store::alike(tx, &user, &alike).await?,
        };
        let prompt = |told| Prompt { approval: id, user: user.clone(), likeness: alike.clone(), told };
        match way(&request, &known, app.config.approvals.prompts_per_hour, moment.now) {
            Way::Card => {
                store::put(tx, &prompt(Told::Card), true, moment.now).await?;
                own.push(user);
            }
            Way::OnList(list) => {
                store::put(tx, &prompt(Told::List(list)), false, moment.now).await?;
                store::grow(tx, list).await?;
            }
            Way::ListWith(first) => {
                let list = store::new_list(tx, &user, Some(&alike), moment.now).await?;
                store::told(tx, first, &user, Told::List(list), false, moment.now).await?;
                store::put(tx, &prompt(Told::List(list)), true, moment.now).await?;
            }
            Way::Later(until) => {
                store::put(tx, &prompt(Told::Queued(Some(until))), false, moment.now).await?;
            }
        }
    }
    Ok(own)
}

/// Who hears of a card only when the hour turns, and when that is.
pub(super) async fn told_later(
    tx: &mut Tx,
    moment: &Moment,
    approval: ApprovalId,
) -> Result<Option<(Timestamp, Vec<Who>)>, FlowError> {
    let mut later: Vec<(Timestamp, Who)> = Vec::new();
    for prompt in store::of_approval(tx, approval).await? {
        let Told::Queued(Some(until)) = prompt.told else { continue };
        let person = moment.directory.account(&prompt.user).map(|account| moment.names().account(&account.user));
        later.push((until, person.unwrap_or_else(|| Who::new(&prompt.user, Some(&prompt.user)))));
    }
    let until = later.iter().map(|(until, _)| *until).min();
    Ok(until.map(|until| (until, later.into_iter().map(|(_, who)| who).collect())))
}

/// Draws every list that this card is on.
pub(super) async fn redraw_lists(tx: &mut Tx, moment: &Moment, approval: ApprovalId) -> Result<(), FlowError> {
    for list in store::lists_of(tx, approval).await? {
        draw_list(tx, moment, list).await?;
    }
    Ok(())
}

async fn draw_list(tx: &mut Tx, moment: &Moment, id: ListId) -> Result<(), FlowError> {
    let Some(list) = store::list(tx, id).await? else { return Ok(()) };
    let mut lines = Vec::new();
    for approval in store::on_list(tx, id).await? {
        let Some(card) = approvals::card(tx, approval).await? else { continue };
        let Some(task) = tasks::task(tx, card.task).await? else { continue };
        let Some(stored) = actions::action(tx, card.approval.action).await? else { continue };
        let state = decide::approval_state(moment, &task, &card, &stored, None);
        lines.push((decide::approval_view(moment, &task, &card, &stored), state));
    }
    let view = ListView { id, revision: list.revision, alike: list.likeness.is_some(), lines };
    let tell = Queued::tell(format!("list:{}", id.0), &list.user, prompt_list::card(&view));
    outbox::queue(tx, &tell, moment.now).await?;
    Ok(())
}

/// The hour turned: what was put off and still waits goes to each person in one message.
pub(super) async fn tell_queued(app: &App, tx: &mut Tx, moment: &Moment) -> Result<(), FlowError> {
    let mut by_user: BTreeMap<String, Vec<Prompt>> = BTreeMap::new();
    let mut changed = Vec::new();
    for prompt in store::queued_due(tx, moment.now).await? {
        if !changed.contains(&prompt.approval) {
            changed.push(prompt.approval);
        }
        if still_asked(tx, moment, &prompt).await? {
            by_user.entry(prompt.user.clone()).or_default().push(prompt);
        } else {
            store::drop_queued(tx, prompt.approval, &prompt.user).await?;
        }
    }
    for (user, prompts) in by_user {
        for some in prompts.chunks(MOST_ON_A_LIST) {
            tell_together(tx, moment, &user, some).await?;
        }
    }
    for approval in changed {
        redraw(app, tx, approval).await?;
    }
    Ok(())
}

async fn still_asked(tx: &mut Tx, moment: &Moment, prompt: &Prompt) -> Result<bool, FlowError> {
    let Some(card) = approvals::card(tx, prompt.approval).await? else { return Ok(false) };
    let asked = || decide::asked(moment, &card.approval).0;
    Ok(card.approval.is_waiting() && asked().iter().any(|who| who.account.as_deref() == Some(&prompt.user)))
}

/// One of them comes by its own card, several on one list; drawing the cards draws the list too.
async fn tell_together(tx: &mut Tx, moment: &Moment, user: &str, prompts: &[Prompt]) -> Result<(), FlowError> {
    let [first, rest @ ..] = prompts else { return Ok(()) };
    if rest.is_empty() {
        return Ok(store::told(tx, first.approval, user, Told::Card, true, moment.now).await?);
    }
    let alike = rest.iter().all(|prompt| prompt.likeness == first.likeness).then_some(first.likeness.as_str());
    let list = store::new_list(tx, user, alike, moment.now).await?;
    for (at, prompt) in prompts.iter().enumerate() {
        store::told(tx, prompt.approval, user, Told::List(list), at == 0, moment.now).await?;
    }
    Ok(())
}

/// Draws a card anew wherever it stands.
pub(super) async fn redraw(app: &App, tx: &mut Tx, approval: ApprovalId) -> Result<(), FlowError> {
    let Some(card) = approvals::card(tx, approval).await? else { return Ok(()) };
    let Some(task) = tasks::task(tx, card.task).await? else { return Ok(()) };
    let Some(stored) = actions::action(tx, card.approval.action).await? else { return Ok(()) };
    decide::redraw(app, tx, &task, &card, &stored, None).await
}

pub(super) async fn next_queued(app: &App) -> Result<Option<Timestamp>, FlowError> {
    Ok(store::next_queued(&app.store).await?)
}
