//! What the stores know of the conversation on stage: whom it waits for, what ran, what the ledger says.

use std::collections::BTreeSet;

use super::CannotRehearse;
use crate::assignments::decide::{Holder, holder_of};
use crate::assignments::{AssignmentState, store as assignments};
use crate::catalogue::{Class, ToolName};
use crate::clock::Timestamp;
use crate::demo_tools::{self, Name};
use crate::execution::{Stage as ActionStage, store as actions};
use crate::flow::facts::Moment;
use crate::flow::{App, FlowError};
use crate::gate::{Approval, ApprovalState, approvers, store as approvals};
use crate::ids::TaskId;
use crate::ledger::{self, Entry, FactKind, store as facts};
use crate::routing::Routing;
use crate::tasks::{Task, TaskState, store as tasks};
use crate::{inbox, replies, runs};

/// Somebody's word or work is waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WaitsFor {
    /// Handle.
    pub who: String,
    /// What their card is called: `A-3`, `T-1`.
    pub card: String,
}

/// One tool call that came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ran {
    /// `billing.refund`.
    pub tool: String,
    /// It can change something.
    pub changes: bool,
    /// As the bot tells it, or as the tool server does.
    pub by_bot: bool,
}

/// The task that was opened last.
pub(super) async fn last_task(app: &App) -> Result<Option<Task>, FlowError> {
    let mut last = None;
    let mut id = 1;
    while let Some(task) = tasks::find_task(&app.store, TaskId(id)).await? {
        last = Some(task);
        id += 1;
    }
    Ok(last)
}

/// Everybody whom a task waits for at this moment, or another one of its thread: a workflow's steps wait side by side.
pub(super) async fn waits_for(app: &App, task: &Task) -> Result<Vec<WaitsFor>, FlowError> {
    let mut found = Vec::new();
    let mut id = 1;
    while let Some(one) = tasks::find_task(&app.store, TaskId(id)).await? {
        if one.conversation == task.conversation {
            found.extend(waits_for_one(app, &one).await?);
        }
        id += 1;
    }
    Ok(found)
}

async fn waits_for_one(app: &App, task: &Task) -> Result<Vec<WaitsFor>, FlowError> {
    let moment = Moment::of(app)?;
    let mut found = Vec::new();
    for card in approvals::find_of_task(&app.store, task.id).await? {
        if card.approval.state == ApprovalState::Waiting {
            let name = card.approval.id.to_string();
            found.extend(deciders(&moment, &card.approval).into_iter().map(|who| WaitsFor { who, card: name.clone() }));
        }
    }
    let open = !task.state.has_ended();
    if let Some(held) = assignments::find_current(&app.store, task.id).await?.filter(|_| open) {
        let directory = app.directory();
        let roster = &moment.directives.roster;
        let requester = directory.person_of(roster, &task.requester.user).map(|person| person.handle.as_str());
        match (held.state, holder_of(roster, &held.worker, requester)) {
            (AssignmentState::Offered | AssignmentState::Held, Holder::People(people)) => {
                found.extend(people.into_iter().map(|who| WaitsFor { who, card: task.id.to_string() }));
            }
            (AssignmentState::Offered | AssignmentState::Held, Holder::Agent { .. } | Holder::Nobody(_))
            | (AssignmentState::Done | AssignmentState::Released, _) => {}
        }
    }
    Ok(found)
}

fn deciders(moment: &Moment, approval: &Approval) -> BTreeSet<String> {
    let people = approval.progress.iter().flat_map(|progress| {
        approvers(&progress.requirement, progress.escalated, &approval.parties, &moment.surroundings()).people
    });
    people.collect()
}

/// Whether somebody's answer is waited for: a missing piece, or who should take it.
pub(super) async fn waits_for_answer(app: &App, task: &Task) -> Result<bool, FlowError> {
    let asked = runs::store::live(&app.store)
        .await?
        .into_iter()
        .any(|run| run.task == task.id && matches!(run.waiting, Some(runs::Waiting::Answer { .. })));
    Ok(asked || task.state == TaskState::Unsure)
}

pub(super) async fn has_expired(app: &App, task: &Task) -> Result<bool, FlowError> {
    let cards = approvals::find_of_task(&app.store, task.id).await?;
    Ok(cards.iter().any(|card| matches!(card.approval.state, ApprovalState::Expired { .. })))
}

/// How the task was routed last.
pub(super) async fn routing(app: &App, task: &Task) -> Result<Option<Routing>, FlowError> {
    let facts = facts::facts_of_task(&app.store, task.id).await?;
    let last = facts.into_iter().rfind(|fact| fact.kind == FactKind::Routed).and_then(|fact| fact.payload);
    Ok(last.and_then(|payload| serde_json::from_value(payload["routing"].clone()).ok()))
}

/// The facts of a task that are not older than `since`.
pub(super) async fn facts_since(app: &App, task: &Task, seen: usize) -> Result<Vec<Entry>, FlowError> {
    Ok(facts::facts_of_task(&app.store, task.id).await?.into_iter().skip(seen).collect())
}

pub(super) async fn count_facts(app: &App, task: Option<&Task>) -> Result<usize, FlowError> {
    match task {
        Some(task) => Ok(facts::facts_of_task(&app.store, task.id).await?.len()),
        None => Ok(0),
    }
}

/// What ran for the tasks after `task`, as the bot tells it, and what the tool servers did after `effect`.
pub(super) async fn ran(
    app: &App,
    tools: &std::path::Path,
    task: TaskId,
    effect: i64,
) -> Result<Vec<Ran>, CannotRehearse> {
    let directives = app.directives()?;
    let mut found = Vec::new();
    let mut id = TaskId(task.0 + 1);
    while tasks::find_task(&app.store, id).await.map_err(FlowError::from)?.is_some() {
        for action in actions::find_of_task(&app.store, id).await.map_err(FlowError::from)? {
            if matches!(action.stage, Some(ActionStage::Done { .. })) {
                let known = directives.catalogue.get(&ToolName(action.tool.clone()));
                let changes = known.is_none_or(|tool| tool.binding.class != Class::Read);
                found.push(Ran { tool: action.tool, changes, by_bot: true });
            }
        }
        id = TaskId(id.0 + 1);
    }
    for row in effects(tools).await?.into_iter().filter(|row| row.0 > effect) {
        found.push(Ran { tool: row.1, changes: true, by_bot: false });
    }
    Ok(found)
}

/// The number of the last effect of the tool servers; 0 when there is none.
pub(super) async fn last_effect(tools: &std::path::Path) -> Result<i64, CannotRehearse> {
    Ok(effects(tools).await?.last().map_or(0, |row| row.0))
}

async fn effects(tools: &std::path::Path) -> Result<Vec<(i64, String)>, CannotRehearse> {
    let rows = demo_tools::effects(tools).await.map_err(|error| CannotRehearse::Effects(error.into()))?;
    Ok(rows.into_iter().map(|row| (row.seq, format!("{}.{}", row.server, row.tool))).collect())
}

/// Whether a tool is one of the demo's, whose servers count what they did.
pub(super) fn is_counted(tool: &str) -> bool {
    tool.split_once('.').is_some_and(|(server, _)| Name::ALL.iter().any(|name| name.as_str() == server))
}

/// The next instant after `now` at which the bot has something to do by the clock.
pub(super) async fn next_due(app: &App, now: Timestamp) -> Result<Option<Timestamp>, FlowError> {
    let store = &app.store;
    let due = [
        inbox::store::next_due(store).await?,
        runs::store::next_due(store).await?,
        actions::next_due(store).await?,
        replies::store::next_due(store).await?,
        assignments::next_due(store).await?,
        approvals::next_due(store).await?,
        crate::flow::schedule::next_due(app).await?,
    ];
    Ok(due.into_iter().flatten().filter(|at| *at > now).min())
}

/// What must not be left behind by any conversation: dead letters, parked messages, a ledger that does not verify.
pub(super) async fn left_behind(app: &App) -> Result<Vec<String>, FlowError> {
    let mut found = Vec::new();
    for letter in inbox::store::dead_letters(&app.store, 10).await? {
        found.push(format!("a dead letter: {letter:?}"));
    }
    for parked in replies::store::parked(&app.store, 10).await? {
        found.push(format!("a message that was not delivered: {parked:?}"));
    }
    for (chain, seq, hash) in facts::heads(&app.store).await? {
        let entries = facts::facts_of_chain(&app.store, &chain).await?;
        if let Err(broken) = ledger::verify(&entries, Some((seq, &hash))) {
            found.push(format!("the ledger's chain {chain} does not verify: {broken}"));
        }
    }
    Ok(found)
}
