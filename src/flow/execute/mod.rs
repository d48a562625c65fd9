//! proposed → judged → performed once → outcome. The only caller of tools; it takes what `gate::release` lets pass, anew at
//! every attempt.
//!
//! The order is the crash rule's: commit the intent, act, commit the outcome. What broke off in between is never repeated
//! blindly ([`crate::execution::after_restart`]).

mod perform;
mod settle;

use serde_json::{Value, json};

use super::assign::note;
use super::facts::{self, Moment};
use super::{App, FlowError, decide, record};
use crate::catalogue::{Class, ToolName};
use crate::directives::Directives;
use crate::directives::rule::Rule;
use crate::execution::store::{self as actions, NewAction, Plan, Stored};
use crate::execution::{Stage, Step, fill_key};
use crate::gate::store as approvals;
use crate::gate::{Bound, Change, Decision, Proposal, Shown, digest, judge};
use crate::ids::{ActionId, RunId};
use crate::ledger::FactKind;
use crate::playbooks::JournalEntry;
use crate::replies::Cited;
use crate::replies::receipt::Performed;
use crate::runs::store as runs;
use crate::runs::{Run, StepKind, Waiting};
use crate::store::Tx;
use crate::tasks::Task;
use crate::workers::{SlackUser, WorkerRef};

pub use perform::perform_next;
pub(super) use settle::unknown_view;

/// Judges what a run wants to do, and stores it with the verdict: it may start, it waits for people, or it never happens.
pub async fn propose(
    app: &App,
    tx: &mut Tx,
    run: &Run,
    task: &Task,
    tool: ToolName,
    arguments: Value,
    as_name: &str,
) -> Result<(), FlowError> {
    let moment = Moment::of(app)?;
    let id = reserve(tx, &moment, run, task, &tool, as_name).await?;
    let arguments = match moment.directives.catalogue.get(&tool) {
        Some(known) => fill_key(&known.binding, id, &tool.0, arguments),
        None => arguments,
    };
    let proposal = Proposal {
        tool: tool.clone(),
        arguments,
        actor: run.actor_chain.clone(),
        worker: WorkerRef::Agent(run.position.clone()),
        requester: Some(facts::requester(&moment, task)),
        live_digest: None,
    };
    let known = facts::of_task(tx, &moment, task, &run.position).await?;
    let history = facts::history(tx, &moment, id).await?;
    let outside = facts::outside(app, &moment.directives, &tool);
    let bound = Bound { proposal: &proposal, task: task.id, outside: &outside };
    let verdict = judge(&proposal, &known, &moment.directives, &history, moment.now);
    let shown = Shown::of(&bound, &moment.directives, &known.looked_up);
    let stage = match &verdict.decision {
        Decision::Run => Stage::Allowed,
        Decision::Approve(_) => Stage::Waiting,
        Decision::Deny(denial) => Stage::Denied { why: denial.reason.clone() },
    };
    let digest = digest(&bound);
    let plan = Plan {
        proposal: &proposal,
        digest: &digest,
        autonomy: verdict.autonomy,
        stage: &stage,
        because: &verdict.because,
        title: &shown.title,
    };
    actions::plan(tx, id, &plan, moment.now).await?;
    record::judged(tx, &moment, task, id, &proposal, &known, &verdict).await?;
    let payload = json!({
        "action": id, "run": run.id, "tool": tool, "arguments": crate::catalogue::canonical::digest(&proposal.arguments),
        "digest": digest, "verdict": verdict.decision.word(), "because": verdict.because, "directives": moment.directives.digest,
        "actors": run.actor_chain, "title": shown.title,
    });
    let kind = if matches!(stage, Stage::Denied { .. }) { FactKind::ActionDenied } else { FactKind::ActionProposed };
    note(tx, task, kind, payload, moment.now).await?;
    let as_name = as_name.to_owned();
    match verdict.decision {
        Decision::Run => wait(tx, run, &Waiting::Action { action: id, as_name }).await,
        Decision::Deny(denial) => {
            let entry = JournalEntry::ToolRefused { as_name, why: denial.reason };
            journal(tx, run.id, run.fence, &digest, &entry, moment.now).await?;
            runs::go_on(tx, run, moment.now).await?;
            Ok(())
        }
        Decision::Approve(needs) => {
            let approval = decide::ask_people(app, tx, &moment, task, id, &proposal, needs, &shown).await?;
            wait(tx, run, &Waiting::Approval { approval, action: id, as_name }).await
        }
    }
}

/// Takes a number for a call that a run wants to make.
async fn reserve(
    tx: &mut Tx,
    moment: &Moment,
    run: &Run,
    task: &Task,
    tool: &ToolName,
    as_name: &str,
) -> Result<ActionId, FlowError> {
    let new = NewAction {
        run: run.id,
        task: task.id,
        tool: &tool.0,
        as_name,
        actor_chain: &run.actor_chain,
        position: &run.position,
        requester: &task.requester,
    };
    Ok(actions::reserve(tx, &new, moment.now).await?)
}

async fn wait(tx: &mut Tx, run: &Run, waiting: &Waiting) -> Result<(), FlowError> {
    match runs::wait_for(tx, run, waiting).await? {
        true => Ok(()),
        false => Err(FlowError::LostLease),
    }
}

/// Writes what came of a call into the run's journal.
pub(super) async fn journal(
    tx: &mut Tx,
    run: RunId,
    fence: i64,
    digest: &str,
    entry: &JournalEntry,
    now: crate::clock::Timestamp,
) -> Result<(), FlowError> {
    Ok(runs::append_step(tx, run, fence, StepKind::Call, digest, &json!(entry), now).await?)
}

/// What came of an action that ended, told to the run that waits for it.
pub(super) async fn tell_run(
    tx: &mut Tx,
    stored: &Stored,
    entry: &JournalEntry,
    now: crate::clock::Timestamp,
) -> Result<(), FlowError> {
    let Some(run) = runs::run(tx, stored.run).await? else { return Ok(()) };
    let waits = match &run.waiting {
        Some(Waiting::Approval { action, .. } | Waiting::Action { action, .. }) => *action == stored.id,
        Some(Waiting::Answer { .. }) | None => false,
    };
    // A run that was cancelled meanwhile waits for nothing; the ledger has the outcome all the same.
    if waits {
        journal(tx, run.id, run.fence, &stored.digest, entry, now).await?;
        runs::wake(tx, run.id, now).await?;
    }
    Ok(())
}

/// What was done for a task that changed something, in order, with who approved it.
pub async fn performed(app: &App, tx: &mut Tx, task: &Task) -> Result<Vec<Performed>, FlowError> {
    let moment = Moment::of(app)?;
    let names = moment.names();
    let mut out = Vec::new();
    for stored in actions::of_task(tx, task.id).await? {
        let reads = moment
            .directives
            .catalogue
            .get(&ToolName(stored.tool.clone()))
            .is_some_and(|tool| tool.binding.class == Class::Read);
        let (Some(Stage::Done { .. }), false, Some(title)) = (&stored.stage, reads, &stored.title) else { continue };
        let card = approvals::of_action(tx, stored.id).await?;
        let votes = card.map(|card| card.approval.votes).unwrap_or_default();
        let approved_by = votes.iter().map(|vote| names.account(&vote.account)).collect();
        out.push(Performed { title: title.clone(), at: stored.ended.unwrap_or(stored.planned), approved_by });
    }
    Ok(out)
}

/// Voids everything of a run that has not been sent yet: it was cancelled, taken away, or starts afresh.
pub async fn void_open_actions(
    app: &App,
    tx: &mut Tx,
    task: &Task,
    run: RunId,
    by: &SlackUser,
) -> Result<(), FlowError> {
    let now = app.now();
    for stored in actions::of_task(tx, task.id).await?.into_iter().filter(|stored| stored.run == run) {
        let why = "The request was cancelled or changed.".to_owned();
        if actions::advance_unheld(tx, &stored, Step::Void { why: why.clone() }, now).await?.is_none() {
            continue;
        }
        let Some(card) = approvals::of_action(tx, stored.id).await? else { continue };
        let change = Change::Voided { why, at: now };
        if let Some(card) = approvals::change(tx, &card, &change, now).await? {
            note(
                tx,
                task,
                FactKind::ApprovalVoided,
                json!({ "approval": card.approval.id, "action": stored.id, "by": by }),
                now,
            )
            .await?;
            decide::redraw(app, tx, task, &card, &stored, Some(by)).await?;
        }
    }
    Ok(())
}

/// What a sentence forbade in this task last, with the sentence; `None` where nothing was forbidden.
pub async fn forbidden(
    tx: &mut Tx,
    directives: &Directives,
    task: &Task,
) -> Result<Option<(String, Cited)>, FlowError> {
    let stored = actions::of_task(tx, task.id).await?;
    let Some(last) = stored.last().filter(|last| matches!(last.stage, Some(Stage::Denied { .. }))) else {
        return Ok(None);
    };
    let Some(origin) = last.because.first().and_then(|because| because.origin.as_ref()) else { return Ok(None) };
    let is_ban =
        directives.readings.iter().any(|reading| reading.origin == *origin && matches!(reading.rule, Rule::Forbid(_)));
    Ok(is_ban.then(|| (last.title.clone().unwrap_or_else(|| last.tool.clone()), super::says::cited_origin(origin))))
}
