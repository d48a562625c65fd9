//! *Edit and approve*: a person changes the arguments. The edited action is a new one, judged anew under a digest of its own;
//! the editor's yes counts where it may, and where others must say yes they are asked.

use serde_json::{Value, json};

use super::super::super::assign::note;
use super::super::super::{App, FlowError};
use super::super::Said;
use super::{Scene, draw, look, no_such, open, redraw, say_receipt, stored_action};
use crate::execution::Stage;
use crate::execution::store::{self as actions, NewAction, Plan};
use crate::gate::shown::target_of;
use crate::gate::store as approvals;
use crate::gate::{
    Because, Bound, Choice, Decision, EditedFrom, Outside, Proposal, Requirement, Shown, Verdict, editing, judge,
};
use crate::ids::{ActionId, ApprovalId};
use crate::ledger::FactKind;
use crate::replies::refusals::Refusal;
use crate::replies::{approval_notices as notices, steering};
use crate::runs::{Waiting, store as runs};
use crate::store::Tx;
use crate::workers::{SlackUser, WorkerRef};

/// The edited call, before it is judged.
struct Draft {
    arguments: Value,
    changes: Vec<(String, String, String)>,
    /// Whether the form showed every argument: nobody says yes to what they were not shown.
    seen_whole: bool,
}

/// Changes what a card asks about, on behalf of somebody who may decide about it.
pub async fn edit(
    app: &App,
    tx: &mut Tx,
    id: ApprovalId,
    by: &SlackUser,
    fields: &[(String, String)],
) -> Result<Said, FlowError> {
    let Some(mut scene) = Scene::of(app, tx, id).await? else { return Ok(no_such(id)) };
    // Nobody without a say is told whether their fields fit.
    if let Err(refusal) = scene.authorized(tx, by, Choice::Edit { into: scene.stored.id }, None).await? {
        return Ok(Said::Refused(refusal));
    }
    let Some(proposal) = scene.stored.proposal.clone() else {
        return Err(FlowError::Broken(format!("action {} has no proposal left", scene.stored.id)));
    };
    let draft = match draft(&scene, &proposal, fields) {
        Ok(Some(draft)) => draft,
        Ok(None) => {
            let why = "You changed nothing. Press Approve to approve it as it is.".to_owned();
            return Ok(Said::Refused(Refusal::NotLikeThis { id, why }));
        }
        Err(wrong) => return Ok(Said::Wrong(wrong)),
    };
    if scene.is_another_thing(&proposal, &draft.arguments) {
        let why = "What this is about cannot be changed here. Deny it, and the right one can be asked for.".to_owned();
        return Ok(Said::Refused(Refusal::NotLikeThis { id, why }));
    }
    let into = reserve(tx, &scene, &proposal).await?;
    let edited = Proposal { arguments: keyed(&scene, into, draft.arguments), ..proposal };
    let outside = super::super::super::facts::outside(app, &scene.moment.directives, &edited.tool, scene.version());
    let (verdict, shown) = judged(tx, &scene, into, &edited, &outside).await?;
    let needs = match &verdict.decision {
        Decision::Deny(denial) => {
            let stage = Stage::Denied { why: denial.reason.clone() };
            plan(tx, &scene, into, &edited, &verdict, &shown, &stage).await?;
            return Ok(Said::Refused(Refusal::NotLikeThis { id, why: denial.reason.clone() }));
        }
        Decision::Approve(needs) => needs.clone(),
        // It would run by itself; whoever changed it still says yes to what they wrote.
        Decision::Run => vec![by_editor(&scene, by)],
    };
    plan(tx, &scene, into, &edited, &verdict, &shown, &Stage::Waiting).await?;
    let authorized = match scene.authorized(tx, by, Choice::Edit { into }, None).await? {
        Ok(authorized) => authorized,
        Err(refusal) => return Ok(Said::Refused(refusal)),
    };
    let card = open(tx, &scene.moment, &scene.task, into, &edited, needs, &shown).await?;
    let changes = as_shown(&scene, &shown).unwrap_or(draft.changes);
    let from = EditedFrom { approval: id, by: by.clone(), changes };
    let Some(card) = approvals::note_edit(tx, &card, from, scene.moment.now).await? else {
        return Err(FlowError::LostLease);
    };
    scene.carry_out(app, tx, authorized).await?;
    let mut next = Scene { moment: scene.moment, stored: stored_action(tx, into).await?, task: scene.task, card };
    say_yes(app, tx, &mut next, by, draft.seen_whole).await?;
    redraw(app, tx, &next.task, &scene.card, &scene.stored, None).await?;
    let approved = !next.card.approval.is_waiting();
    let missing = look::missing(&next.card).max(u32::from(!approved));
    Ok(Said::Privately(steering::decided(&next.view(), true, missing)))
}

/// The new card is drawn, the run waits for it, the thread hears of the change, and the editor's yes counts where it may.
async fn say_yes(app: &App, tx: &mut Tx, next: &mut Scene, by: &SlackUser, seen_whole: bool) -> Result<(), FlowError> {
    let (id, action) = (next.card.approval.id, next.stored.id);
    let waiting = Waiting::Approval { approval: id, action, as_name: next.stored.as_name.clone() };
    if !runs::now_waits_for(tx, next.stored.run, &waiting).await? {
        return Err(FlowError::LostLease);
    }
    let view = next.view();
    let asked: Vec<&str> = view.asked.iter().map(|who| who.name.as_str()).collect();
    let fact = json!({
        "approval": id, "action": action, "asked": asked, "digest": next.card.approval.digest,
        "edited_from": next.card.approval.edited_from,
    });
    note(tx, &next.task, FactKind::ApprovalOpened, fact, next.moment.now).await?;
    if let Some(notice) = notices::changed(&view) {
        let slot = format!("approval:{}:changed", id.0);
        draw::say(tx, &next.moment, &next.task, slot, notice).await?;
    }
    if seen_whole && let Ok(authorized) = next.authorized(tx, by, Choice::Approve, None).await? {
        return next.carry_out(app, tx, authorized).await;
    }
    say_receipt(tx, &next.moment, &next.task, &next.card, &view).await?;
    redraw(app, tx, &next.task, &next.card, &next.stored, None).await
}

/// What was filled in, if it is a call and another one.
fn draft(
    scene: &Scene,
    proposal: &Proposal,
    fields: &[(String, String)],
) -> Result<Option<Draft>, Vec<(String, String)>> {
    let (schema, key) = scene.input_schema();
    let arguments = editing::changed(&schema, &proposal.arguments, key.as_deref(), fields)?;
    let changes = editing::changes(&schema, &proposal.arguments, &arguments, key.as_deref());
    let (_, left_out) = editing::fields(&schema, &proposal.arguments, key.as_deref());
    Ok((!changes.is_empty()).then_some(Draft { arguments, changes, seen_whole: left_out.is_empty() }))
}

/// The changes as the two cards show them, amounts as people write them; `None` where the cards show no difference.
fn as_shown(scene: &Scene, shown: &Shown) -> Option<Vec<(String, String, String)>> {
    let (_, key) = scene.input_schema();
    let before = &scene.card.shown.lines;
    let nothing = || "nothing".to_owned();
    let was = |argument: &str| before.iter().find(|line| line.argument == argument).map(|line| line.value.clone());
    let is = |argument: &str| shown.lines.iter().find(|line| line.argument == argument).map(|line| line.value.clone());
    let gone = before.iter().filter(|line| is(&line.argument).is_none());
    let changes = shown.lines.iter().chain(gone).filter(|line| Some(&line.argument) != key.as_ref());
    let changes = changes.filter(|line| was(&line.argument) != is(&line.argument)).map(|line| {
        let (was, is) = (was(&line.argument), is(&line.argument));
        (line.label.clone(), was.unwrap_or_else(nothing), is.unwrap_or_else(nothing))
    });
    Some(changes.collect::<Vec<_>>()).filter(|changes| !changes.is_empty())
}

async fn reserve(tx: &mut Tx, scene: &Scene, proposal: &Proposal) -> Result<ActionId, FlowError> {
    let stored = &scene.stored;
    let new = NewAction {
        run: stored.run,
        task: stored.task,
        tool: &stored.tool,
        as_name: &stored.as_name,
        actor_chain: &proposal.actor,
        position: &stored.position,
        requester: &stored.requester,
    };
    Ok(actions::reserve(tx, &new, scene.moment.now).await?)
}

/// An idempotency key belongs to one action only.
fn keyed(scene: &Scene, action: ActionId, arguments: Value) -> Value {
    let tool = crate::catalogue::ToolName(scene.stored.tool.clone());
    match scene.moment.directives.catalogue.get(&tool) {
        Some(known) => crate::execution::fill_key(&known.binding, action, &tool.0, arguments),
        None => arguments,
    }
}

async fn judged(
    tx: &mut Tx,
    scene: &Scene,
    action: ActionId,
    edited: &Proposal,
    outside: &Outside,
) -> Result<(Verdict, Shown), FlowError> {
    use super::super::super::facts;
    let moment = &scene.moment;
    let known = facts::of_task(tx, moment, &scene.task, (&scene.stored.position, &edited.actor)).await?;
    let history = facts::history(tx, moment, action).await?;
    let bound = Bound { proposal: edited, task: scene.task.id, outside };
    let verdict = judge(edited, &known, &moment.directives, &history, moment.now);
    let shown = Shown::of(&bound, &moment.directives, &known.looked_up).after(&verdict);
    super::super::super::record::judged(tx, moment, &scene.task, action, edited, &known, &verdict).await?;
    Ok((verdict, shown))
}

/// Stores the edited action and what the gate said to it.
async fn plan(
    tx: &mut Tx,
    scene: &Scene,
    action: ActionId,
    edited: &Proposal,
    verdict: &Verdict,
    shown: &Shown,
    stage: &Stage,
) -> Result<(), FlowError> {
    let plan = Plan {
        proposal: edited,
        digest: &shown.digest,
        autonomy: verdict.autonomy,
        stage,
        because: &verdict.because,
        title: &shown.title,
    };
    actions::plan(tx, action, &plan, scene.moment.now).await?;
    let because: &[Because] = &verdict.because;
    let fact = json!({
        "action": action, "run": scene.stored.run, "tool": edited.tool, "digest": shown.digest,
        "arguments": crate::catalogue::canonical::digest(&edited.arguments), "verdict": verdict.decision.word(),
        "because": because, "directives": scene.moment.directives.digest, "actors": edited.actor, "title": shown.title,
        "edited_from": scene.card.approval.id,
    });
    let kind = if matches!(stage, Stage::Denied { .. }) { FactKind::ActionDenied } else { FactKind::ActionProposed };
    note(tx, &scene.task, kind, fact, scene.moment.now).await
}

/// The editor alone: what they wrote needs nobody else.
fn by_editor(scene: &Scene, by: &SlackUser) -> Requirement {
    let handle = scene.moment.accounts.handle_of(by).unwrap_or_default().to_owned();
    Requirement {
        by: vec![WorkerRef::Person(handle)],
        count: 1,
        within: crate::gate::DEFAULT_WITHIN,
        otherwise: crate::directives::rule::Otherwise::Deny,
        confirm: None,
        origin: None,
    }
}

impl Scene {
    /// The schema of the tool's arguments, and the argument that carries the idempotency key.
    pub(super) fn input_schema(&self) -> (Value, Option<String>) {
        let tool = crate::catalogue::ToolName(self.stored.tool.clone());
        let binding = self.moment.directives.catalogue.get(&tool).map(|tool| &tool.binding);
        let schema = binding.map_or(Value::Null, |binding| binding.input_schema.clone());
        (schema, binding.and_then(|binding| binding.idempotency_arg.clone()))
    }

    /// Whether the call would be about something else whose version was not looked up: that takes a tool, and so its time.
    fn is_another_thing(&self, proposal: &Proposal, arguments: &Value) -> bool {
        super::super::super::execute::has_version(&self.moment.directives, &proposal.tool)
            && target_of(&proposal.arguments, None) != target_of(arguments, None)
    }

    /// The version of the thing that the call is about, as it was when the card was opened.
    fn version(&self) -> Option<String> {
        self.card.shown.target_version.clone()
    }
}
