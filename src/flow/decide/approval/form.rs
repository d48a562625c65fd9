//! The modals of a card. Whoever sends one off is checked when it is carried out, not here; a page only shows what the card's
//! own viewers may see.

use serde_json::Value;

use super::super::super::facts::Moment;
use super::super::super::{App, FlowError};
use super::by_hand::loose;
use super::look;
use crate::catalogue::ToolName;
use crate::execution::store::{self as actions, Stored};
use crate::gate::editing::{self, EditField, EditKind};
use crate::gate::store::{self as approvals, Card};
use crate::gate::{ApprovalState as Gated, Refusal as GateRefusal, caught_up};
use crate::ids::ApprovalId;
use crate::ledger::{Entry, FactKind, store as ledger};
use crate::replies::approval::ApprovalView;
use crate::replies::approval_pages::{self as pages, Happened};
use crate::replies::refusals::Refusal;
use crate::replies::target::read_approval_page;
use crate::replies::{Field, FieldKind, Form, Verb, approval_forms as forms, steering};
use crate::tasks::store as tasks;
use crate::workers::SlackUser;

/// The modal that a command opens. A button stands on a card that one sees; a command names any number, so that only the
/// requester and those who may decide get to see anything.
pub async fn open_for(app: &App, verb: Verb, target: &str, by: &SlackUser) -> Result<Result<Form, Refusal>, FlowError> {
    let no_such = || Refusal::NoSuchApproval { text: target.to_owned() };
    let Some((id, _)) = read_approval_page(target) else { return Ok(Err(no_such())) };
    let moment = Moment::of(app)?;
    let Some(card) = approvals::find_card(&app.store, id).await? else { return Ok(Err(no_such())) };
    let Some(task) = tasks::find_task(&app.store, card.task).await? else { return Ok(Err(no_such())) };
    let (asked, _) = look::asked(&moment, &card.approval);
    let decides = asked.iter().any(|who| who.account.as_deref() == Some(by.user.as_str()));
    if task.requester != *by && !decides {
        return Ok(Err(look::said_no(&moment, &card, GateRefusal::NotAnApprover { approvers: Vec::new() })));
    }
    let form = open(app, verb, target).await?;
    let closed = || match card.approval.is_waiting() {
        true => Refusal::NoLongerOpen { id, instead: None },
        false => look::said_no(&moment, &card, GateRefusal::AlreadyDecided(card.approval.state.clone())),
    };
    Ok(form.ok_or_else(closed))
}

/// The modal behind one of a card's buttons; `None` where there is nothing to open.
pub async fn open(app: &App, verb: Verb, target: &str) -> Result<Option<Form>, FlowError> {
    let Some((id, wanted)) = read_approval_page(target) else { return Ok(None) };
    let moment = Moment::of(app)?;
    let Some(card) = approvals::find_card(&app.store, id).await? else { return Ok(None) };
    let Some(task) = tasks::find_task(&app.store, card.task).await? else { return Ok(None) };
    let Some(stored) = actions::find_action(&app.store, card.approval.action).await? else { return Ok(None) };
    let (approval, _) = caught_up(&card.approval, &moment.surroundings());
    let card = Card { approval, ..card };
    let view = look::view(&moment, &task, &card, &stored);
    let waiting = card.approval.is_waiting();
    Ok(match verb {
        Verb::Details => {
            let trail = trail(&moment, &ledger::facts_of_task(&app.store, task.id).await?, id);
            Some(pages::page(&view, &trail, wanted, waiting))
        }
        Verb::Approve if waiting && !view.fits() => Some(pages::page(&view, &[], 1, true)),
        Verb::Approve if waiting && view.typed.is_some() => Some(pages::typed_form(&view)),
        Verb::Deny => Some(steering::deny_form(&view)),
        Verb::EditFirst if waiting => Some(edit(&moment, &view, &stored)),
        Verb::AskBack if waiting => Some(forms::ask(&view)),
        Verb::AnswerBack => view.questions.last().filter(|asked| asked.open).map(|asked| forms::answer(&view, asked)),
        Verb::Record if matches!(card.approval.state, Gated::ByHand { .. }) => Some(record(&moment, &view, &stored)),
        _not_of_an_approval_or_too_late => None,
    })
}

fn edit(moment: &Moment, view: &ApprovalView, stored: &Stored) -> Form {
    let tool = moment.directives.catalogue.get(&ToolName(stored.tool.clone()));
    let schema = tool.map_or(Value::Null, |tool| tool.binding.input_schema.clone());
    let key = tool.and_then(|tool| tool.binding.idempotency_arg.as_deref());
    let arguments = stored.proposal.as_ref().map_or(Value::Null, |proposal| proposal.arguments.clone());
    let (fields, left_out) = editing::fields(&schema, &arguments, key);
    forms::edit(view, fields.into_iter().map(field).collect(), &left_out)
}

fn record(moment: &Moment, view: &ApprovalView, stored: &Stored) -> Form {
    let tool = moment.directives.catalogue.get(&ToolName(stored.tool.clone()));
    let schema = tool.and_then(|tool| tool.binding.output_schema.clone()).unwrap_or(Value::Null);
    let (fields, _) = editing::fields(&loose(&schema), &Value::Null, None);
    forms::record(view, fields.into_iter().map(field).collect())
}

/// An argument as a form's field.
fn field(field: EditField) -> Field {
    let chosen = |value: String| {
        let label = if value.is_empty() { "(not given)".to_owned() } else { value.clone() };
        (if value.is_empty() { NOT_GIVEN.to_owned() } else { value }, label)
    };
    let hint = field.hint.filter(|hint| !hint.trim().is_empty());
    let as_json = || "As JSON.".to_owned();
    let (kind, hint) = match field.kind {
        EditKind::Text { multiline, max, value } => (FieldKind::Filled { multiline, max, text: value }, hint),
        EditKind::Number { whole, value } => (FieldKind::Number { whole, value }, hint),
        EditKind::OneOf(values) => (FieldKind::Choice(values.into_iter().map(chosen).collect()), hint),
        EditKind::Date { value } => (FieldKind::Date { value }, hint),
        EditKind::Json { value } => {
            let hint = hint.map_or_else(as_json, |hint| format!("{hint} As JSON."));
            (FieldKind::Filled { multiline: true, max: 3_000, text: value }, Some(hint))
        }
    };
    Field { id: field.id, label: field.label, kind, hint, optional: !field.required }
}

/// A choice must have a value in Slack; this one stands for none.
const NOT_GIVEN: &str = "(not given)";

/// What came back from a form, with the choice of nothing as nothing.
pub fn filled(fields: &[(String, String)]) -> Vec<(String, String)> {
    let value = |value: &String| if value == NOT_GIVEN { String::new() } else { value.clone() };
    fields.iter().map(|(id, text)| (id.clone(), value(text))).collect()
}

/// The trail of one card, from the ledger.
fn trail(moment: &Moment, facts: &[Entry], id: ApprovalId) -> Vec<Happened> {
    let about = |payload: &Value| payload.get("approval").and_then(Value::as_i64) == Some(id.0);
    let told = facts.iter().filter_map(|fact| {
        let payload = fact.payload.as_ref().filter(|payload| about(payload))?;
        Some((fact.at, happened(moment, fact.kind, payload)?))
    });
    told.collect()
}

fn happened(moment: &Moment, kind: FactKind, payload: &Value) -> Option<String> {
    let names = moment.names();
    let change = payload.get("change");
    let account = |value: Option<&Value>| {
        let user: SlackUser = serde_json::from_value(value?.clone()).ok()?;
        Some(names.account(&user).name)
    };
    let changed_by = || account(change?.get("account"));
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let who = || changed_by().unwrap_or_else(|| "somebody".to_owned());
    Some(match kind {
        FactKind::ApprovalOpened => {
            let asked = payload.get("asked").and_then(Value::as_array).cloned().unwrap_or_default();
            let asked: Vec<&str> = asked.iter().filter_map(Value::as_str).collect();
            format!("asked: {}", if asked.is_empty() { "nobody who may decide".to_owned() } else { asked.join(", ") })
        }
        FactKind::ApprovalVoted => format!("{} said yes", who()),
        FactKind::ApprovalDecided => match text(change.and_then(|change| change.get("change"))).as_str() {
            "approved" => format!("{} said yes; that was enough", who()),
            "denied" => format!("{} said no", who()),
            "edited" => format!("{} changed it", who()),
            "took_over" => format!("{} took it over", who()),
            other => format!("decided ({other})"),
        },
        FactKind::ApprovalRefused => {
            let by = account(payload.get("by")).unwrap_or_else(|| "somebody".to_owned());
            format!("{by} tried to decide; it did not count: {}", text(payload.get("why")))
        }
        FactKind::Asked => format!("{} asked the requester something", who()),
        FactKind::Answered => {
            match change.and_then(|change| change.get("answer")).filter(|answer| answer.is_object()) {
                Some(answer) => format!("{} answered", account(answer.get("account")).unwrap_or_default()),
                None => "no answer came; the time went on".to_owned(),
            }
        }
        FactKind::Escalated => "time was up; more people are asked".to_owned(),
        FactKind::Reminded => "those who had not answered were reminded".to_owned(),
        FactKind::ApprovalExpired => "time was up; nobody decided".to_owned(),
        FactKind::ApprovalVoided => "void".to_owned(),
        FactKind::ActionEnded => "what came of it was recorded".to_owned(),
        _other_facts_are_told_by_why => return None,
    })
}
