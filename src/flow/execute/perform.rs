//! One attempt at one action: release, intent, call, outcome.

use serde_json::json;

use super::super::assign::{note, stopped};
use super::super::facts::{self, Moment};
use super::super::spend::{self, Permission};
use super::super::{App, FlowError, Worked, failpoint};
use super::propose::look_and_judge;
use super::version::version_of;
use super::{own, settle};
use crate::budgets::Kind;
use crate::catalogue::Class;
use crate::clock::{Span, Timestamp};
use crate::execution::store::{self as actions, Stored};
use crate::execution::{Outcome, Recovery, Stage, Step, after_restart};
use crate::gate::fatigue::undo_until;
use crate::gate::grants::store as grants;
use crate::gate::store::{self as approvals, Card};
use crate::gate::{Action, ActionRow, ApprovalState, Approved, Turn, release};
use crate::ledger::FactKind;
use crate::money::Cost;
use crate::store::Tx;
use crate::tasks::{Task, store as tasks};
use crate::tools::{CallOutcome, Refusal, ToolCall};

/// How long an action of a stopped agent is put off before somebody looks again; *Resume* wakes it at once.
const LOOK_AGAIN: Span = Span::minutes(5);
/// What the bot itself does, which is no server's.
const OURS: &str = "workforce";
/// A call that may be repeated is repeated this often before a person is asked.
const ATTEMPTS: u32 = 3;

/// What an attempt needs once its intent is on disk.
struct Begun {
    stored: Stored,
    task: Task,
    approved: Approved<Action>,
    tool_digest: String,
}

/// Performs the oldest action that may start, or finds out what became of one that broke off.
pub async fn perform_next(app: App) -> Result<Worked, FlowError> {
    if actions::next_due(&app.store).await?.is_none_or(|due| due > app.now()) {
        return Ok(Worked::Nothing);
    }
    let mut tx = app.store.begin().await?;
    let Some(stored) = actions::claim_next(&mut tx, app.now()).await? else { return Ok(Worked::Nothing) };
    tx.commit().await?;
    match &stored.stage {
        Some(Stage::Planned) => look_and_judge(&app, stored).await?,
        Some(Stage::Allowed) => attempt(&app, stored).await?,
        Some(Stage::Started { .. }) => recover(&app, stored).await?,
        Some(_) | None => {
            return Err(FlowError::Broken(format!("action {} cannot be continued: its texts were erased", stored.id)));
        }
    }
    Ok(Worked::Yes)
}

async fn attempt(app: &App, stored: Stored) -> Result<(), FlowError> {
    let Some(begun) = begin(app, stored).await? else { return Ok(()) };
    failpoint::pass("action-started");
    let action = begun.approved.get();
    let directives = app.directives()?;
    let known = directives.catalogue.get(action.tool());
    let call = ToolCall {
        tool: action.tool().clone(),
        arguments: action.arguments().clone(),
        digest: begun.tool_digest.clone(),
        look_anew: known.is_none_or(|tool| tool.binding.class != Class::Read),
        position: begun.stored.position.clone(),
    };
    // The start of a workflow's step is ours: the run that waits for it goes on with it.
    let starts_a_step = directives.step_gate(&call.tool).is_some();
    let (outcome, told) = match own::call(app, &begun.stored, &begun.task, action).await? {
        Some(ours) => ours,
        None if starts_a_step => (Outcome::Answered { result: json!({ "started": true }) }, Cost::Unmetered),
        None => {
            let called = app.tools.call(call).await;
            if matches!(called, CallOutcome::Refused(Refusal::HeldBack(_) | Refusal::NoSuchTool(_))) {
                app.look_at_tools_soon();
            }
            outcome_of(called)
        }
    };
    failpoint::pass("action-called");
    let cost = match &outcome {
        Outcome::Answered { .. } | Outcome::Refused { .. } => spend::cost_of_tool(app, &begun.stored.tool, told),
        Outcome::NotSent { .. } | Outcome::NoAnswer { .. } => told,
    };
    conclude(app, &begun.stored, &begun.task, outcome, &cost).await
}

/// The version of what the call is about. After an attempt that may have happened it is that of before: what the attempt itself
/// changed voids nothing.
async fn version_before(app: &App, moment: &Moment, stored: &Stored) -> Option<String> {
    if let Some(Stage::Started { version, .. }) = &stored.stage {
        return version.clone();
    }
    let wanted = stored.proposal.as_ref()?;
    version_of(app, &moment.directives, &wanted.tool, &wanted.arguments).await
}

/// Until when nothing starts: somebody stopped it, or a yes can still be taken back, whatever woke this action early.
async fn put_off(
    app: &App,
    tx: &mut Tx,
    stored: &Stored,
    task: &Task,
    card: Option<&Card>,
) -> Result<Option<Timestamp>, FlowError> {
    let now = app.now();
    if stopped(tx, Some(&stored.position), task.id).await?.is_some() {
        return Ok(Some(now.plus(LOOK_AGAIN)));
    }
    Ok(card.and_then(|card| undo_until(&card.approval, app.config.approvals.undo(), now)))
}

/// Asks the gate once more and commits the intent; `None` where nothing starts.
async fn begin(app: &App, stored: Stored) -> Result<Option<Begun>, FlowError> {
    let moment = Moment::of(app)?;
    let version = version_before(app, &moment, &stored).await;
    let mut tx = app.store.begin().await?;
    let Some(task) = tasks::task(&mut tx, stored.task).await? else {
        return Err(FlowError::Broken(format!("action {} has no task", stored.id)));
    };
    let card = approvals::of_action(&mut tx, stored.id).await?;
    if let Some(until) = put_off(app, &mut tx, &stored, &task, card.as_ref()).await? {
        actions::later(&mut tx, &stored, until).await?;
        tx.commit().await?;
        return Ok(None);
    }
    let Some(proposal) = stored.proposal.clone() else {
        return Err(FlowError::Broken(format!("action {} has no proposal left", stored.id)));
    };
    let row = ActionRow {
        id: stored.id,
        facts: facts::of_task(&mut tx, &moment, &task, (&stored.position, &proposal.actor)).await?,
        digest: stored.digest.clone(),
        attempt: stored.attempt + 1,
        approval: card.as_ref().map(|card| card.approval.clone()),
        grants: grants::of_action(&mut tx, stored.id).await?,
        proposal,
    };
    let outside = facts::outside(app, &moment.directives, &row.proposal.tool, version);
    let history = facts::history(&mut tx, &moment, stored.id).await?;
    let approved = match release(&row, &outside, &history, &moment.surroundings()) {
        Ok(approved) => approved,
        Err(void) => {
            settle::did_not_pass(app, &mut tx, &stored, &task, card, &void).await?;
            tx.commit().await?;
            return Ok(None);
        }
    };
    let call = spend::Call {
        key: format!("action:{}", stored.id),
        kind: Kind::Tool,
        task: &task,
        run: stored.run,
        position: &stored.position,
        model: &stored.tool,
        most: app.config.prices.tool(&stored.tool),
        fence: stored.fence,
    };
    if let Permission::Wait(until) = spend::reserve(&mut tx, &moment, &call).await? {
        actions::later(&mut tx, &stored, until).await?;
        tx.commit().await?;
        return Ok(None);
    }
    let because = &approved.verdict().because;
    let start = Step::Start { attempt: row.attempt, fence: stored.fence, version: outside.target_version.clone() };
    let Some(stage) = actions::advance(&mut tx, &stored, start, Some(because), moment.now).await? else {
        return Err(FlowError::LostLease);
    };
    if let Some(card) = card.filter(|card| matches!(card.approval.state, ApprovalState::Approved { .. })) {
        // The word is spent in the transaction that commits the intent, so that it cannot be spent twice.
        let spent = Turn::Spent { by: stored.id, at: moment.now };
        if approvals::turn(&mut tx, &card, &spent, moment.now).await?.is_none() {
            return Err(FlowError::LostLease);
        }
    }
    let payload = json!({ "action": stored.id, "attempt": row.attempt, "because": because, "directives": moment.directives.digest });
    note(&mut tx, &task, FactKind::ActionStarted, payload, moment.now).await?;
    tx.commit().await?;
    let stored = Stored { stage: Some(stage), attempt: row.attempt, started: Some(moment.now), ..stored };
    Ok(Some(Begun { stored, task, approved, tool_digest: outside.tool_digest }))
}

/// An attempt broke off after its intent: by what the tool is, it is run again, asked about, or left to a person.
async fn recover(app: &App, stored: Stored) -> Result<(), FlowError> {
    let mut tx = app.store.begin().await?;
    let Some(task) = tasks::task(&mut tx, stored.task).await? else {
        return Err(FlowError::Broken(format!("action {} has no task", stored.id)));
    };
    tx.commit().await?;
    let directives = app.directives()?;
    let proposal = stored.proposal.as_ref();
    let tool = proposal.and_then(|proposal| directives.catalogue.get(&proposal.tool));
    let recovery = match (proposal, tool) {
        (Some(proposal), Some(tool)) if stored.attempt < ATTEMPTS => after_restart(&tool.binding, &proposal.arguments),
        (Some(proposal), None) if proposal.tool.server() == OURS => Recovery::RunAgain,
        (Some(_), Some(_)) | (None, _) | (_, None) => Recovery::AskOwner,
    };
    match recovery {
        Recovery::RunAgain => attempt(app, stored).await,
        Recovery::Probe { by, key } => {
            let digest = directives.catalogue.get(&by).map(|tool| tool.binding.digest.clone()).unwrap_or_default();
            let call = ToolCall {
                tool: by,
                arguments: json!({ "idempotency_key": key }),
                digest,
                look_anew: false,
                position: stored.position.clone(),
            };
            let (probed, _) = outcome_of(app.tools.call(call).await);
            match settle::happened(&probed) {
                Some(true) => {
                    let result = settle::probed_result(probed);
                    conclude(app, &stored, &task, Outcome::Answered { result }, &Cost::Unmetered).await
                }
                Some(false) => attempt(app, stored).await,
                None => conclude_unknown(app, &stored, &task).await,
            }
        }
        Recovery::AskOwner => conclude_unknown(app, &stored, &task).await,
    }
}

async fn conclude_unknown(app: &App, stored: &Stored, task: &Task) -> Result<(), FlowError> {
    let why = "The call broke off, and the tool cannot tell whether it happened.".to_owned();
    let mut tx = app.store.begin().await?;
    spend::in_doubt(&mut tx, &format!("action:{}", stored.id)).await?;
    settle::in_doubt(app, &mut tx, stored, task, why).await?;
    Ok(tx.commit().await?)
}

/// Commits what came of an attempt. A call without an answer that may be made again is made again, a little later.
async fn conclude(app: &App, stored: &Stored, task: &Task, outcome: Outcome, cost: &Cost) -> Result<(), FlowError> {
    let mut tx = app.store.begin().await?;
    actions::price(&mut tx, stored, cost).await?;
    match outcome {
        Outcome::NoAnswer { why } => {
            if may_find_out(app, stored)? {
                let wait = Span::seconds(2 * 4_i64.pow(stored.attempt));
                actions::later(&mut tx, stored, app.now().plus(wait)).await?;
            } else {
                spend::in_doubt(&mut tx, &format!("action:{}", stored.id)).await?;
                settle::in_doubt(app, &mut tx, stored, task, why).await?;
            }
        }
        answered @ (Outcome::Answered { .. } | Outcome::Refused { .. } | Outcome::NotSent { .. }) => {
            let spent = spend::spent_on_tool(cost, matches!(answered, Outcome::NotSent { .. }));
            settle::ended(app, &mut tx, stored, task, answered, cost).await?;
            let (moment, key) = (Moment::of(app)?, format!("action:{}", stored.id));
            spend::settle(&mut tx, &moment, task, &key, &spent).await?;
        }
    }
    tx.commit().await?;
    failpoint::pass("action-settled");
    Ok(())
}

/// Whether the bot can find out by itself what became of a call, by asking the tool or by an idempotent repetition.
fn may_find_out(app: &App, stored: &Stored) -> Result<bool, FlowError> {
    let directives = app.directives()?;
    let Some(proposal) = &stored.proposal else { return Ok(false) };
    let Some(tool) = directives.catalogue.get(&proposal.tool) else { return Ok(false) };
    let recovery = after_restart(&tool.binding, &proposal.arguments);
    Ok(stored.attempt < ATTEMPTS && recovery != Recovery::AskOwner)
}

/// The edge's outcome in the room's words.
fn outcome_of(outcome: CallOutcome) -> (Outcome, Cost) {
    match outcome {
        CallOutcome::Answered(answer) if answer.is_error => (Outcome::Refused { why: answer.text }, answer.cost),
        CallOutcome::Answered(answer) => {
            let result = answer.structured.unwrap_or_else(|| json!({ "text": answer.text }));
            (Outcome::Answered { result }, answer.cost)
        }
        CallOutcome::Refused(refusal) => (Outcome::NotSent { why: refusal.to_string() }, Cost::Unmetered),
        CallOutcome::Unknown(lost) => (Outcome::NoAnswer { why: lost.to_string() }, Cost::Unmetered),
    }
}

/// The transaction type, named here for the signatures of `settle`.
pub(super) type InTx<'a> = &'a mut Tx;
