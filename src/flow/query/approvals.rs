//! `approvals`: what the asker may decide now, by the gate's own look-up, and which of their requests others decide.

use std::collections::HashMap;

use super::super::{FlowError, decide};
use super::Told;
use super::seen::Viewer;
use crate::commands::approvals::{ApprovalsAnswer, render};
use crate::commands::lines::ApprovalLine;
use crate::execution::store::{self as actions, Stored};
use crate::gate::amounts::amount_of;
use crate::gate::store::{self as approvals, Card};
use crate::gate::{Approval, approvers, caught_up};
use crate::ids::{ActionId, TaskId};
use crate::tasks::{Task, store as tasks};

/// So many waiting cards, those with the nearest deadlines, are looked at for one answer.
const LOOKED_AT: usize = 200;

/// What waits, from one person's point of view.
pub(super) struct Waiting {
    pub yours: Vec<ApprovalLine>,
    pub requested: Vec<ApprovalLine>,
    /// Set where more wait than were looked at.
    pub only_first: Option<usize>,
}

pub(super) async fn answer(viewer: &Viewer<'_>) -> Result<Told, FlowError> {
    let Waiting { yours, requested, only_first } = waiting(viewer).await?;
    Ok(Ok(render(&ApprovalsAnswer { yours, requested, only_first, as_of: viewer.moment.now })))
}

pub(super) async fn waiting(viewer: &Viewer<'_>) -> Result<Waiting, FlowError> {
    let store = &viewer.app.store;
    let cards = approvals::waiting_soonest(store, i64::try_from(LOOKED_AT).unwrap_or(i64::MAX)).await?;
    let only_first = (cards.len() == LOOKED_AT).then_some(LOOKED_AT);
    let ids: Vec<TaskId> = cards.iter().map(|card| card.task).collect();
    let of_cards: HashMap<TaskId, Task> =
        tasks::find_all(store, &ids).await?.into_iter().map(|task| (task.id, task)).collect();
    // What the clock owes a card counts, whether or not somebody has written it down yet.
    let now: Vec<(Card, &Task)> = cards
        .into_iter()
        .filter_map(|card| {
            let (approval, _) = caught_up(&card.approval, &viewer.moment.surroundings());
            let task = of_cards.get(&card.task)?;
            approval.is_waiting().then_some((Card { approval, ..card }, task))
        })
        .collect();
    let (mine, theirs): (Vec<_>, Vec<_>) = (
        now.iter().filter(|(card, _)| may_decide(viewer, &card.approval)).collect(),
        now.iter().filter(|(_, task)| task.requester == *viewer.by).collect(),
    );
    let shown: Vec<ActionId> = mine.iter().chain(&theirs).map(|(card, _)| card.approval.action).collect();
    let stored: HashMap<ActionId, Stored> =
        actions::find_all(store, &shown).await?.into_iter().map(|stored| (stored.id, stored)).collect();
    let lines = |list: &[&(Card, &Task)]| {
        list.iter().map(|(card, task)| line(viewer, card, task, stored.get(&card.approval.action))).collect()
    };
    Ok(Waiting { yours: lines(&mine), requested: lines(&theirs), only_first })
}

/// Whether the asker's word would count now: an approver of an open requirement who has not said yes already.
fn may_decide(viewer: &Viewer<'_>, approval: &Approval) -> bool {
    let Some(handle) = &viewer.handle else { return false };
    let around = viewer.moment.surroundings();
    let voted = approval.votes.iter().any(|vote| vote.account == *viewer.by);
    !voted
        && approval.progress.iter().any(|progress| {
            approvers(&progress.requirement, progress.escalated, &approval.parties, &around).people.contains(handle)
        })
}

fn line(viewer: &Viewer<'_>, card: &Card, task: &Task, stored: Option<&Stored>) -> ApprovalLine {
    let asked = decide::asked(&viewer.moment, &card.approval).0;
    let seen = viewer.sees(task, None, &asked);
    let proposal = stored.and_then(|stored| stored.proposal.as_ref()).filter(|_| seen);
    let amount = proposal
        .and_then(|proposal| amount_of(&viewer.moment.directives, &proposal.tool, &proposal.arguments).ok().flatten());
    ApprovalLine {
        id: card.approval.id,
        title: if seen { card.shown.title.clone() } else { "Something that was asked in private".to_owned() },
        amount,
        requester: viewer.names().requester(task),
        asked,
        until: card.approval.next_deadline().unwrap_or(viewer.moment.now),
    }
}
