//! proposed → judged → performed once → outcome. The only caller of tools; it takes what `gate::release` lets pass, anew at
//! every attempt.
//!
//! The order is the crash rule's: commit the intent, act, commit the outcome. What broke off in between is never repeated
//! blindly ([`crate::execution::after_restart`]).

mod audience;
mod own;
mod perform;
mod propose;
mod settle;
mod version;

use serde_json::json;

use super::assign::note;
use super::facts::Moment;
use super::{App, FlowError, decide};
use crate::catalogue::{Class, ToolName};
use crate::directives::Directives;
use crate::directives::rule::Rule;
use crate::execution::store::{self as actions, Stored};
use crate::execution::{Stage, Step};
use crate::gate::store as approvals;
use crate::gate::{ApprovalState, Turn};
use crate::ids::RunId;
use crate::ledger::FactKind;
use crate::playbooks::JournalEntry;
use crate::replies::Cited;
use crate::replies::receipt::Performed;
use crate::runs::store as runs;
use crate::runs::{StepKind, Waiting};
use crate::store::Tx;
use crate::tasks::Task;
use crate::workers::SlackUser;

/// Why what waited is void when somebody stopped the work; the card knows it by this.
pub(super) const STOPPED: &str = "Somebody stopped the work.";

pub use perform::perform_next;
pub use propose::{Proposed, propose};
pub(super) use settle::{unknown_view, unsaid};
pub(super) use version::has_version;

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
        let approval = card.map(|card| card.approval);
        let votes = approval.iter().flat_map(|approval| &approval.votes);
        let approved_by = votes.map(|vote| names.account(&vote.account)).collect();
        let edited = approval.as_ref().and_then(|approval| approval.edited_from.as_ref());
        let by_hand = match approval.as_ref().map(|approval| &approval.state) {
            Some(ApprovalState::Recorded { account, .. }) => Some(names.account(account)),
            Some(_) | None => None,
        };
        out.push(Performed {
            title: title.clone(),
            at: stored.ended.unwrap_or(stored.planned),
            approved_by,
            changed_by: edited.map(|edited| names.account(&edited.by)),
            by_hand,
        });
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
    void_unsent(app, tx, task, run, by, "The request was cancelled or changed.").await.map(|_any| ())
}

/// Voids everything of a run that has not been sent yet, because somebody stopped the work. The run is ready again: it
/// proposes anew what it still wants, once it may go on.
pub async fn void_for_a_stop(app: &App, tx: &mut Tx, task: &Task, run: RunId, by: &SlackUser) -> Result<(), FlowError> {
    if void_unsent(app, tx, task, run, by, STOPPED).await? {
        runs::wake(tx, run, app.now()).await?;
    }
    Ok(())
}

/// Voids what was not sent yet, and whatever card is open about it; whether there was anything.
async fn void_unsent(
    app: &App,
    tx: &mut Tx,
    task: &Task,
    run: RunId,
    by: &SlackUser,
    why: &str,
) -> Result<bool, FlowError> {
    let now = app.now();
    let mut any = false;
    for stored in actions::of_task(tx, task.id).await?.into_iter().filter(|stored| stored.run == run) {
        let why = why.to_owned();
        if actions::advance_unheld(tx, &stored, Step::Void { why: why.clone() }, now).await?.is_none() {
            continue;
        }
        any = true;
        let Some(card) = approvals::of_action(tx, stored.id).await? else { continue };
        let turn = Turn::Voided { why: why.clone(), at: now };
        if let Some(card) = approvals::turn(tx, &card, &turn, now).await? {
            let payload = json!({ "approval": card.approval.id, "action": stored.id, "by": by, "why": why });
            note(tx, task, FactKind::ApprovalVoided, payload, now).await?;
            decide::redraw(app, tx, task, &card, &stored, Some(by)).await?;
        }
    }
    Ok(any)
}

/// What a sentence or a policy forbade in this task last, with the sentence or the policy's reason; `None` where nothing was
/// forbidden.
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
    let is_policy = origin.file.ends_with(".rego");
    let title = last.title.clone().unwrap_or_else(|| last.tool.clone());
    Ok((is_ban || is_policy).then(|| (title, super::says::cited_origin(origin))))
}
