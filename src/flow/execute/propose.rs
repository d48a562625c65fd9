//! What a run wants to do, judged and stored with the verdict: it may start, it waits for people, or it never happens.
//!
//! Where a tool can tell the version of the thing that the call is about, the version is looked up first, outside of any
//! transaction: the action is stored as planned, and judged by the loop that performs actions.

use serde_json::{Value, json};

use super::super::assign::note;
use super::super::facts::{self, Moment};
use super::super::{App, FlowError, decide, record};
use super::version::{has_version, version_of};
use super::{journal, tell_run};
use crate::catalogue::{Class, ToolName};
use crate::directives::rule::Level;
use crate::execution::store::{self as actions, NewAction, Plan, Stored};
use crate::execution::{Stage, fill_key};
use crate::gate::{Bound, Decision, Denial, Ground, Proposal, Shown, Verdict, digest, judge, level_with};
use crate::ids::ActionId;
use crate::ledger::FactKind;
use crate::playbooks::JournalEntry;
use crate::runs::store as runs;
use crate::runs::{Run, Waiting, worker_at};
use crate::store::Tx;
use crate::tasks::{Task, store as tasks};

/// What became of a proposal.
pub enum Proposed {
    /// It is stored; the run waits, or goes on with a refusal.
    Stored,
    /// The worker is not free enough to do it: what it would have done.
    OnlyWould { title: String },
}

/// Judges what a run wants to do; where a version must be looked up before, that is what happens next.
pub async fn propose(
    app: &App,
    tx: &mut Tx,
    run: &Run,
    task: &Task,
    tool: ToolName,
    arguments: Value,
    as_name: &str,
) -> Result<Proposed, FlowError> {
    let moment = Moment::of(app)?;
    let id = reserve(tx, &moment, run, task, &tool, as_name).await?;
    let arguments = match moment.directives.catalogue.get(&tool) {
        Some(known) => fill_key(&known.binding, id, &tool.0, arguments),
        None => arguments,
    };
    let proposal = Proposal {
        tool,
        arguments,
        actor: run.actor_chain.clone(),
        worker: worker_at(&run.position),
        requester: Some(facts::requester(&moment, task)),
        live_digest: None,
    };
    // What a worker would only have done needs no version of its target.
    let level = level_with(&moment.directives, &proposal.worker, &proposal.tool, moment.now);
    let may_act = !task.is_copy() && level.is_none_or(|(level, _)| level >= Level::Ask);
    if may_act && has_version(&moment.directives, &proposal.tool) {
        actions::plan_look_up(tx, id, &proposal).await?;
        wait(tx, run, &Waiting::Action { action: id, as_name: as_name.to_owned() }).await?;
        return Ok(Proposed::Stored);
    }
    let wish = Wish { id, proposal: &proposal, position: &run.position, version: None };
    let (verdict, shown) = judged(app, tx, &moment, task, &wish).await?;
    let as_name = as_name.to_owned();
    match verdict.decision {
        Decision::Run => wait(tx, run, &Waiting::Action { action: id, as_name }).await?,
        Decision::Deny(denial) if denial.ground == Ground::Autonomy => {
            return Ok(Proposed::OnlyWould { title: shown.title });
        }
        Decision::Deny(denial) => {
            let entry = JournalEntry::ToolRefused { as_name, why: denial.reason };
            journal(tx, run.id, run.fence, &shown.digest, &entry, moment.now).await?;
            runs::go_on(tx, run, moment.now).await?;
        }
        Decision::Approve(needs) => {
            let approval = decide::ask_people(app, tx, &moment, task, id, &proposal, needs, &shown).await?;
            wait(tx, run, &Waiting::Approval { approval, action: id, as_name }).await?;
        }
    }
    Ok(Proposed::Stored)
}

/// Looks up the version of a planned action's target, and then judges it.
pub(super) async fn look_and_judge(app: &App, stored: Stored) -> Result<(), FlowError> {
    let moment = Moment::of(app)?;
    let Some(proposal) = stored.proposal.clone() else {
        return Err(FlowError::Broken(format!("action {} has no proposal left", stored.id)));
    };
    let version = version_of(app, &moment.directives, &proposal.tool, &proposal.arguments).await;
    let mut tx = app.store.begin().await?;
    let Some(task) = tasks::task(&mut tx, stored.task).await? else {
        return Err(FlowError::Broken(format!("action {} has no task", stored.id)));
    };
    // Whoever cancelled it meanwhile voided it; then there is nothing to judge.
    let still = actions::action(&mut tx, stored.id).await?;
    if !still.is_some_and(|still| still.stage == Some(Stage::Planned) && still.fence == stored.fence) {
        return Ok(());
    }
    let moment = Moment::of(app)?;
    let wish = Wish { id: stored.id, proposal: &proposal, position: &stored.position, version };
    let (verdict, shown) = judged(app, &mut tx, &moment, &task, &wish).await?;
    actions::later(&mut tx, &stored, moment.now).await?;
    let as_name = stored.as_name.clone();
    match verdict.decision {
        Decision::Run => {}
        Decision::Deny(denial) => {
            let stored = Stored { digest: shown.digest, ..stored };
            let entry = JournalEntry::ToolRefused { as_name, why: denial.reason };
            tell_run(&mut tx, &stored, &entry, moment.now).await?;
        }
        Decision::Approve(needs) => {
            let id = stored.id;
            let approval = decide::ask_people(app, &mut tx, &moment, &task, id, &proposal, needs, &shown).await?;
            let waiting = Waiting::Approval { approval, action: id, as_name };
            if !runs::now_waits_for(&mut tx, stored.run, &waiting).await? {
                return Err(FlowError::LostLease);
            }
        }
    }
    tx.commit().await?;
    app.bell.ring();
    Ok(())
}

/// A call with its number, and the version of what it is about.
struct Wish<'a> {
    id: ActionId,
    proposal: &'a Proposal,
    position: &'a str,
    version: Option<String>,
}

/// Asks the gate, and stores its verdict with the call.
async fn judged(
    app: &App,
    tx: &mut Tx,
    moment: &Moment,
    task: &Task,
    wish: &Wish<'_>,
) -> Result<(Verdict, Shown), FlowError> {
    let Wish { id, proposal, position, version } = wish;
    let known = facts::of_task(tx, moment, task, (position, &proposal.actor)).await?;
    let history = facts::history(tx, moment, *id).await?;
    let outside = facts::outside(app, &moment.directives, &proposal.tool, version.clone());
    let bound = Bound { proposal, task: task.id, outside: &outside };
    let mut verdict = judge(proposal, &known, &moment.directives, &history, moment.now);
    let reads = moment.directives.catalogue.get(&proposal.tool).is_some_and(|tool| tool.binding.class == Class::Read);
    if task.is_copy() && !reads && !matches!(verdict.decision, Decision::Deny(_)) {
        // Whatever became of the position meanwhile: a copy changes nothing.
        let reason = "This is a copy of somebody else's task.".to_owned();
        verdict.decision = Decision::Deny(Denial { ground: Ground::Autonomy, reason });
    }
    let shown = Shown::of(&bound, &moment.directives, &known.looked_up).after(&verdict);
    let stage = match &verdict.decision {
        Decision::Run => Stage::Allowed,
        Decision::Approve(_) => Stage::Waiting,
        Decision::Deny(denial) => Stage::Denied { why: denial.reason.clone() },
    };
    let digest = digest(&bound);
    let plan = Plan {
        proposal,
        digest: &digest,
        autonomy: verdict.autonomy,
        stage: &stage,
        because: &verdict.because,
        title: &shown.title,
    };
    actions::plan(tx, *id, &plan, moment.now).await?;
    record::judged(tx, moment, task, *id, proposal, &known, &verdict).await?;
    let payload = json!({
        "action": id, "tool": proposal.tool, "arguments": crate::catalogue::canonical::digest(&proposal.arguments),
        "digest": digest, "verdict": verdict.decision.word(), "because": verdict.because, "directives": moment.directives.digest,
        "actors": proposal.actor, "title": shown.title,
    });
    let kind = if matches!(stage, Stage::Denied { .. }) { FactKind::ActionDenied } else { FactKind::ActionProposed };
    note(tx, task, kind, payload, moment.now).await?;
    Ok((verdict, shown))
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
