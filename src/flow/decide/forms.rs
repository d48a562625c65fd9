//! Modals: what opens at a click, read-only. Whoever sends one off is checked when it is carried out, not here.

use super::super::facts::Moment;
use super::super::{App, FlowError, health, query};
use super::{Wanted, approval, start, task};
use crate::commands::Query;
use crate::ids::TaskId;
use crate::replies::refusals::Refusal;
use crate::replies::target::{read_approval_page, read_task_and_result};
use crate::replies::{Form, Verb, asking, human, judged, review, unsure};
use crate::runs::Waiting;
use crate::tasks::store as tasks;
use crate::workers::{SlackUser, WorkerRef};

/// The modal behind a button.
pub(super) async fn open(app: &App, verb: Verb, target: &str, by: &SlackUser) -> Result<Wanted, FlowError> {
    let form = match verb {
        Verb::ApproveNext => return super::grants::form(app, target, by).await,
        Verb::Deny | Verb::Details | Verb::EditFirst | Verb::AskBack | Verb::AnswerBack | Verb::Record => {
            if let (Verb::Details, Some((id, _))) = (verb, read_approval_page(target)) {
                health::opened_details(app, id, &by.user).await?;
            }
            approval::form::open(app, verb, target).await?
        }
        Verb::Reassign | Verb::HandOver | Verb::Done | Verb::Answer => of_task(app, verb, target).await?,
        Verb::RecordReview => of_position(app, target)?,
        Verb::StartWorkflow => Some(start::form(app, target)?),
        Verb::Refine | Verb::NotRight => of_result(app, verb, target).await?,
        Verb::Why => why(app, target, by).await?,
        Verb::Approve
        | Verb::ApproveNextForm
        | Verb::RevokeGrant
        | Verb::ApproveList
        | Verb::LookAtEach
        | Verb::Undo
        | Verb::ApproveForm
        | Verb::EditForm
        | Verb::AskBackForm
        | Verb::AnswerBackForm
        | Verb::TakeOver
        | Verb::RecordForm
        | Verb::DenyForm
        | Verb::AskAgain
        | Verb::CancelTask
        | Verb::ReassignTo
        | Verb::TakeIt
        | Verb::Accept
        | Verb::HandOverTo
        | Verb::DoneForm
        | Verb::AnswerForm
        | Verb::AnswerWith
        | Verb::ItHappened
        | Verb::ItDidNot
        | Verb::LeaveIt
        | Verb::UseEdit
        | Verb::IgnoreEdit
        | Verb::RecordReviewForm
        | Verb::StartWorkflowForm
        | Verb::StopAll
        | Verb::Resume
        | Verb::ResumeNow
        | Verb::AcceptTool
        | Verb::KeepToolOff
        | Verb::ShareHere
        | Verb::RetryFailed
        | Verb::DropFailed
        | Verb::TakeEffect
        | Verb::LeaveOut
        | Verb::ProposeRule
        | Verb::TakeIn
        | Verb::LeaveRule
        | Verb::BudgetMore
        | Verb::UseIt
        | Verb::RefineForm
        | Verb::NotRightForm
        | Verb::JudgeRight
        | Verb::JudgeWrong
        | Verb::TrustAgain => None,
    };
    Ok(form.map_or(Wanted::Refused(Refusal::OldButton), Wanted::Form))
}

async fn why(app: &App, target: &str, by: &SlackUser) -> Result<Option<Form>, FlowError> {
    let Ok(task) = target.parse::<TaskId>() else { return Ok(None) };
    let card = query::card(app, by, &Query::Why { task }, &query::Asker::anywhere()).await?;
    Ok(Some(Form::page(Verb::Why, target, "Why", card.parts)))
}

async fn of_task(app: &App, verb: Verb, target: &str) -> Result<Option<Form>, FlowError> {
    let id = target.split(['/', ' ']).next().and_then(|id| id.parse::<TaskId>().ok());
    let Some(id) = id else { return Ok(None) };
    let Some(found) = tasks::find_task(&app.store, id).await? else { return Ok(None) };
    let moment = Moment::of(app)?;
    let router = app.router()?;
    Ok(match verb {
        Verb::Reassign => Some(unsure::reassign_form(
            id,
            &task::reassign_choices(app, &router, &moment.directives, &moment.directory, &found),
        )),
        Verb::HandOver => Some(human::hand_over_form(id)),
        Verb::Done => Some(human::done_form(id)),
        _ => {
            let mut tx = app.store.begin().await?;
            let run = crate::runs::store::current_of_task(&mut tx, id).await?;
            match run.and_then(|run| run.waiting) {
                Some(Waiting::Answer(question)) => {
                    Some(asking::answer_form(id, question.slot.replace('_', " ").trim()))
                }
                Some(Waiting::Approval { .. } | Waiting::Action { .. }) | None => None,
            }
        }
    })
}

async fn of_result(app: &App, verb: Verb, target: &str) -> Result<Option<Form>, FlowError> {
    let Some((id, _)) = read_task_and_result(target) else { return Ok(None) };
    let Some(found) = tasks::find_task(&app.store, id).await? else { return Ok(None) };
    if verb == Verb::Refine {
        return Ok(Some(judged::refine_form(target, id)));
    }
    let moment = Moment::of(app)?;
    let router = app.router()?;
    let choices = task::reassign_choices(app, &router, &moment.directives, &moment.directory, &found);
    Ok(Some(judged::not_right_form(target, id, &choices)))
}

fn of_position(app: &App, target: &str) -> Result<Option<Form>, FlowError> {
    let moment = Moment::of(app)?;
    let names = moment.names();
    let worker = WorkerRef::Agent(target.to_owned());
    let owner = names.owner(&worker).unwrap_or_else(|| names.worker(&WorkerRef::Human));
    let known = moment.directives.roster.positions.contains_key(target);
    Ok(known.then(|| review::form(target, &names.worker(&worker), &owner)))
}
