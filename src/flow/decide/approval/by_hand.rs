//! *Take over*: a person does it outside and says what came of it. Nothing is called; the run gets what they say as the tool's
//! result, marked as done by a person.

use serde_json::{Value, json};

use super::super::super::{App, FlowError};
use super::super::Said;
use super::super::effort;
use super::{Scene, apply, no_such, redraw, stored_action};
use crate::execution::Step;
use crate::execution::store as actions;
use crate::gate::store as approvals;
use crate::gate::{ApprovalState as Gated, Choice, Turn, editing};
use crate::ids::ApprovalId;
use crate::ledger::FactKind;
use crate::playbooks::JournalEntry;
use crate::replies::Card;
use crate::replies::human::TOOK;
use crate::replies::refusals::Refusal;
use crate::store::Tx;
use crate::workers::SlackUser;

/// Somebody who alone may decide does it themselves.
pub async fn take_over(app: &App, tx: &mut Tx, id: ApprovalId, by: &SlackUser) -> Result<Said, FlowError> {
    let Some(mut scene) = Scene::of(app, tx, id).await? else { return Ok(no_such(id)) };
    let authorized = match scene.authorized(tx, by, Choice::TakeOver, None).await? {
        Ok(authorized) => authorized,
        Err(refusal) => return Ok(Said::Refused(refusal)),
    };
    scene.carry_out(app, tx, authorized).await?;
    let said =
        format!("{id} is yours. Do it by hand, then press Record the result on the card, or /workforce done {id}.");
    Ok(Said::Privately(Card::sentence(said)))
}

/// What came of it, by whoever took it over.
pub async fn record(
    app: &App,
    tx: &mut Tx,
    id: ApprovalId,
    by: &SlackUser,
    done: bool,
    fields: &[(String, String)],
) -> Result<Said, FlowError> {
    let Some(scene) = Scene::of(app, tx, id).await? else { return Ok(no_such(id)) };
    let refused = |why: &str| Said::Refused(Refusal::NotLikeThis { id, why: why.to_owned() });
    let Gated::ByHand { account, .. } = &scene.card.approval.state else {
        return Ok(refused("Nobody does this by hand now."));
    };
    if account != by {
        let who = scene.moment.names().account(account);
        return Ok(refused(&format!("{} took this over and says what came of it.", who.name)));
    }
    let took = fields.iter().find(|(name, _)| name == TOOK).map(|(_, text)| text.as_str());
    let minutes = match effort::read(took) {
        Ok(minutes) => minutes,
        Err(wrong) => return Ok(Said::Wrong(vec![wrong])),
    };
    effort::note(app, tx, scene.task.id, by, minutes).await?;
    let note = fields.iter().find(|(name, _)| name == "words").map(|(_, text)| text.trim()).unwrap_or_default();
    let who = scene.moment.names().account(by);
    let (now, as_name) = (scene.moment.now, scene.stored.as_name.clone());
    let (step, entry) = if done {
        let mut result = match told(&scene, fields) {
            Ok(told) => told,
            Err(wrong) => return Ok(Said::Wrong(wrong)),
        };
        result["by_hand"] = json!({ "by": who.name, "note": note });
        (Step::ItDid { result: result.clone() }, JournalEntry::ToolResult { as_name, value: result })
    } else {
        let said = if note.is_empty() { String::new() } else { format!(": “{note}”") };
        let why = format!("{} took it over and says that it was not done{said}.", who.name);
        (Step::GiveUp { why: why.clone() }, JournalEntry::ToolFailed { as_name, why })
    };
    let turn = Turn::Recorded { done: Some(done), at: now };
    let Some(card) = approvals::turn(tx, &scene.card, &turn, now).await? else { return Err(FlowError::LostLease) };
    if actions::advance_unheld(tx, &scene.stored, step, now).await?.is_none() {
        return Err(FlowError::LostLease);
    }
    let digest = crate::catalogue::canonical::digest(&json!(entry));
    let fact = json!({ "action": scene.stored.id, "approval": id, "by_hand": by, "done": done, "result": digest, "minutes": minutes });
    super::note(tx, &scene.task, FactKind::ActionEnded, fact, now).await?;
    super::super::super::execute::tell_run(tx, &scene.stored, &entry, now).await?;
    let stored = stored_action(tx, scene.stored.id).await?;
    apply(app, tx, &scene.moment, &scene.task, &card, &stored, &turn.into()).await?;
    redraw(app, tx, &scene.task, &card, &stored, None).await?;
    Ok(Said::Nothing)
}

/// The fields of the tool's result as they were filled in; an object even where nothing was.
fn told(scene: &Scene, fields: &[(String, String)]) -> Result<Value, Vec<(String, String)>> {
    editing::changed(&loose(&scene.output_schema()), &json!({}), None, fields)
}

impl Scene {
    /// The schema of the tool's result; an empty one where the tool tells none.
    pub(super) fn output_schema(&self) -> Value {
        let tool = crate::catalogue::ToolName(self.stored.tool.clone());
        let known = self.moment.directives.catalogue.get(&tool);
        known.and_then(|tool| tool.binding.output_schema.clone()).unwrap_or_else(|| json!({}))
    }
}

/// What a person tells need not be whole: no field is required of them.
pub(super) fn loose(schema: &Value) -> Value {
    let properties = schema.get("properties").cloned().unwrap_or_else(|| json!({}));
    json!({ "properties": properties })
}
