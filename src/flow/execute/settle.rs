//! What an ended, voided or doubtful attempt leads to: journal, card, ledger, and the owner's question.

use serde_json::{Value, json};

use super::super::assign::note;
use super::super::facts::Moment;
use super::super::{App, FlowError, decide, judge};
use super::perform::InTx;
use super::tell_run;
use crate::execution::store::{self as actions, Stored};
use crate::execution::{Outcome, Stage, Step};
use crate::gate::store::{self as approvals, Card};
use crate::gate::{Turn, Void};
use crate::ledger::FactKind;
use crate::money::Cost;
use crate::playbooks::JournalEntry;
use crate::replies::outbox::Queued;
use crate::replies::outcome::{self, UnknownView};
use crate::replies::store as outbox;
use crate::tasks::Task;
use crate::workers::WorkerRef;

/// The tool answered, or certainly did nothing.
pub(super) async fn ended(
    app: &App,
    tx: InTx<'_>,
    stored: &Stored,
    task: &Task,
    outcome: Outcome,
    cost: &Cost,
) -> Result<(), FlowError> {
    let now = app.now();
    // Why nothing was sent is our own sentence; what a server answers is not, and only its digest is kept here.
    let not_sent = if let Outcome::NotSent { why } = &outcome { Some(why.clone()) } else { None };
    let Some(stage) = actions::advance(tx, stored, Step::Settle(outcome), None, now).await? else {
        return Err(FlowError::LostLease);
    };
    let entry = match &stage {
        Stage::Done { result } => {
            let value = with_changes(approvals::of_action(tx, stored.id).await?, result);
            JournalEntry::ToolResult { as_name: stored.as_name.clone(), value }
        }
        Stage::Failed { why } => JournalEntry::ToolFailed { as_name: stored.as_name.clone(), why: why.clone() },
        other => return Err(FlowError::Broken(format!("an outcome cannot lead to {other:?}"))),
    };
    let payload = json!({
        "action": stored.id, "attempt": stored.attempt, "stage": word(&stage), "cost": cost,
        "result": crate::catalogue::canonical::digest(&json!(entry)), "not_sent": not_sent,
    });
    note(tx, task, FactKind::ActionEnded, payload, now).await?;
    if matches!(stage, Stage::Done { .. }) {
        judge::report(app, tx, task, stored).await?;
    }
    tell_run(tx, stored, &entry, now).await?;
    redraw_approval(app, tx, task, &Stored { stage: Some(stage), ended: Some(now), ..stored.clone() }).await
}

/// The result as the run hears it: where a person changed the call before it was made, that is part of it, as data.
fn with_changes(card: Option<Card>, result: &Value) -> Value {
    let mut told = result.clone();
    let edited = card.and_then(|card| card.approval.edited_from);
    if let (Some(edited), Some(fields)) = (edited, told.as_object_mut()) {
        let changes = edited.changes.iter().map(|(what, was, is)| json!({ "argument": what, "was": was, "is": is }));
        fields.insert("changed_by_a_person".to_owned(), Value::Array(changes.collect()));
    }
    told
}

/// Nobody knows whether it happened: the owner is asked, the requester is told, nothing is repeated.
pub(super) async fn in_doubt(
    app: &App,
    tx: InTx<'_>,
    stored: &Stored,
    task: &Task,
    why: String,
) -> Result<(), FlowError> {
    let now = app.now();
    let Some(stage) =
        actions::advance(tx, stored, Step::Settle(Outcome::NoAnswer { why: why.clone() }), None, now).await?
    else {
        return Err(FlowError::LostLease);
    };
    let moment = Moment::of(app)?;
    ask_owner(tx, &moment, stored, task, why).await?;
    redraw_approval(app, tx, task, &Stored { stage: Some(stage), ..stored.clone() }).await
}

/// Whoever took it over did not say what came of it: it may have happened.
pub(in crate::flow) async fn unsaid(
    tx: InTx<'_>,
    moment: &Moment,
    task: &Task,
    stored: &Stored,
) -> Result<(), FlowError> {
    let why = "A person took it over and did not say what came of it.".to_owned();
    if actions::advance_unheld(tx, stored, Step::Unsaid { why: why.clone() }, moment.now).await?.is_none() {
        return Err(FlowError::LostLease);
    }
    ask_owner(tx, moment, stored, task, why).await
}

/// The owner is asked whether it happened, and the thread hears that nobody knows.
async fn ask_owner(tx: InTx<'_>, moment: &Moment, stored: &Stored, task: &Task, why: String) -> Result<(), FlowError> {
    let now = moment.now;
    let fact = json!({ "action": stored.id, "attempt": stored.attempt, "why": why });
    note(tx, task, FactKind::ActionUnknown, fact, now).await?;
    let view = unknown_view(moment, stored, task);
    if let Some(owner) = &view.owner.account {
        let ask = Queued::tell(format!("action:{}", stored.id), owner, outcome::ask(&view))
            .in_conversation(&task.conversation);
        outbox::queue(tx, &ask, now).await?;
    }
    if task.is_copy() {
        return Ok(());
    }
    let slot = format!("action:{}:notice", stored.id);
    let tell = Queued::say(slot, &task.channel, Some(&task.root_ts), outcome::notice(&view))
        .in_conversation(&task.conversation);
    outbox::queue(tx, &tell, now).await?;
    Ok(())
}

pub(in crate::flow) fn unknown_view(moment: &Moment, stored: &Stored, task: &Task) -> UnknownView {
    let names = moment.names();
    let worker = crate::runs::worker_at(&stored.position);
    let key = stored.proposal.as_ref().and_then(|proposal| {
        let argument = moment.directives.catalogue.get(&proposal.tool)?.binding.idempotency_arg.clone()?;
        proposal.arguments.get(&argument)?.as_str().map(str::to_owned)
    });
    UnknownView {
        action: stored.id,
        task: task.id,
        title: stored.title.clone().unwrap_or_else(|| stored.tool.clone()),
        tool: stored.tool.clone(),
        idempotency_key: key,
        sent_at: stored.started.unwrap_or(stored.planned),
        doer: names.worker(&worker),
        requester: names.requester(task),
        owner: names.owner(&worker).unwrap_or_else(|| names.worker(&WorkerRef::Human)),
    }
}

/// The gate did not let it pass this time: the action ends, and the run hears why. Where people must be asked anew, the run
/// proposes it once more and it is judged like any other.
pub(super) async fn did_not_pass(
    app: &App,
    tx: InTx<'_>,
    stored: &Stored,
    task: &Task,
    card: Option<Card>,
    void: &Void,
) -> Result<(), FlowError> {
    let now = app.now();
    let why = void.to_string();
    let step = match void {
        Void::Denied(_) => Step::Deny { why: why.clone() },
        Void::Changed | Void::AskAnew(_) | Void::NotApproved(_) => Step::Void { why: why.clone() },
    };
    if actions::advance(tx, stored, step, None, now).await?.is_none() {
        return Err(FlowError::LostLease);
    }
    note(tx, task, FactKind::ActionDenied, json!({ "action": stored.id, "why": why, "at": "release" }), now).await?;
    if let Some(card) = card {
        let turn = Turn::Voided { why: why.clone(), at: now };
        if let Some(card) = approvals::turn(tx, &card, &turn, now).await? {
            note(tx, task, FactKind::ApprovalVoided, json!({ "approval": card.approval.id, "why": why }), now).await?;
            decide::redraw(app, tx, task, &card, stored, None).await?;
        }
    }
    match void {
        Void::Changed | Void::AskAnew(_) => {
            // Nothing is written into the journal, so that the same step is proposed, judged and asked about again.
            crate::runs::store::wake(tx, stored.run, now).await?;
            Ok(())
        }
        Void::Denied(_) | Void::NotApproved(_) => {
            tell_run(tx, stored, &JournalEntry::ToolRefused { as_name: stored.as_name.clone(), why }, now).await
        }
    }
}

async fn redraw_approval(app: &App, tx: InTx<'_>, task: &Task, stored: &Stored) -> Result<(), FlowError> {
    match approvals::of_action(tx, stored.id).await? {
        Some(card) => {
            if matches!(stored.stage, Some(Stage::Done { .. })) {
                app.note_done(card.approval.id);
            }
            decide::redraw(app, tx, task, &card, stored, None).await
        }
        None => Ok(()),
    }
}

/// What a probe says: `{"happened": true}`; anything else is no answer.
pub(super) fn happened(probed: &Outcome) -> Option<bool> {
    match probed {
        Outcome::Answered { result } => result.get("happened").and_then(Value::as_bool),
        Outcome::Refused { .. } | Outcome::NotSent { .. } | Outcome::NoAnswer { .. } => None,
    }
}

/// The result of a call that a probe found: what the probe tells of it.
pub(super) fn probed_result(probed: Outcome) -> Value {
    match probed {
        Outcome::Answered { result } => result,
        Outcome::Refused { .. } | Outcome::NotSent { .. } | Outcome::NoAnswer { .. } => Value::Null,
    }
}

fn word(stage: &Stage) -> Value {
    json!(stage).get("stage").cloned().unwrap_or(Value::Null)
}
