//! A person says what became of an action in doubt: it did happen, it did not, or nobody will find out.

use serde_json::json;

use super::super::assign::note;
use super::super::execute::{tell_run, unknown_view};
use super::super::facts::Moment;
use super::super::{App, FlowError};
use super::{Said, who};
use crate::execution::store as actions;
use crate::execution::{Stage, Step};
use crate::gate::store as approvals;
use crate::ids::ActionId;
use crate::ledger::FactKind;
use crate::playbooks::JournalEntry;
use crate::replies::outbox::Queued;
use crate::replies::outcome::{self, Answer};
use crate::replies::refusals::Refusal;
use crate::replies::store as outbox;
use crate::store::Tx;
use crate::tasks::store as tasks;
use crate::workers::SlackUser;

/// What somebody says of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    Happened,
    DidNot,
    Leave,
}

/// Only the owner of the agent, its supervisor and triage may say.
pub async fn settle(app: &App, tx: &mut Tx, id: ActionId, told: Told, by: &SlackUser) -> Result<Said, FlowError> {
    let moment = Moment::of(app)?;
    let Some(stored) = actions::action(tx, id).await? else { return Ok(Said::Refused(Refusal::OldButton)) };
    let Some(task) = tasks::task(tx, stored.task).await? else { return Ok(Said::Refused(Refusal::OldButton)) };
    let handle = match who::person(app, &moment.directives, &moment.directory, by) {
        Ok(handle) => handle,
        Err(refusal) => return Ok(Said::Refused(refusal)),
    };
    let context = moment.directives.roster.context_of(Some(&stored.position), None);
    let may: std::collections::BTreeSet<String> =
        context.owner.into_iter().chain(context.supervisor).chain(moment.directives.roster.triage.clone()).collect();
    if !may.contains(&handle) {
        let may = who::people(&moment.directives, &moment.directory, &may);
        return Ok(Said::Refused(Refusal::NotYours { task: task.id, may }));
    }
    let (step, entry, answer) = match told {
        Told::Happened => {
            let result = json!({ "confirmed_by": handle });
            let entry = JournalEntry::ToolResult { as_name: stored.as_name.clone(), value: result.clone() };
            (Step::ItDid { result }, Some(entry), Answer::ItHappened)
        }
        Told::DidNot => (Step::ItDidNot, None, Answer::ItDidNot),
        Told::Leave => {
            let why = "Nobody knows whether it happened; it was left at that.".to_owned();
            (
                Step::Void { why: why.clone() },
                Some(JournalEntry::ToolRefused { as_name: stored.as_name.clone(), why }),
                Answer::LeaveIt,
            )
        }
    };
    if !matches!(stored.stage, Some(Stage::Unknown { .. }))
        || actions::advance_unheld(tx, &stored, step, moment.now).await?.is_none()
    {
        return Ok(Said::Refused(Refusal::OldButton));
    }
    note(tx, &task, FactKind::ActionEnded, json!({ "action": id, "told": format!("{told:?}"), "by": by }), moment.now)
        .await?;
    if let Some(entry) = entry {
        tell_run(tx, &stored, &entry, moment.now).await?;
    }
    let view = unknown_view(&moment, &stored, &task);
    let card = outcome::settled(&view, &moment.names().account(by), answer, moment.now);
    if let Some(owner) = &view.owner.account {
        outbox::queue(tx, &Queued::tell(format!("action:{id}"), owner, card.clone()), moment.now).await?;
    }
    let slot = format!("action:{id}:notice");
    let say = Queued::say(slot, &task.channel, Some(&task.root_ts), card.without_buttons())
        .in_conversation(&task.conversation);
    outbox::queue(tx, &say, moment.now).await?;
    if let Some(card) = approvals::of_action(tx, id).await? {
        let stored = actions::action(tx, id).await?.unwrap_or(stored);
        super::redraw(app, tx, &task, &card, &stored, None).await?;
    }
    Ok(Said::Nothing)
}
