//! How a workflow, and a step of one, ends.

use serde_json::{Value, json};

use super::super::assign::{self, Giving, note, take_eyes_off};
use super::super::says::cited_origin;
use super::super::{FlowError, decide, step};
use super::Scene;
use crate::assignments::decide::{Holder, holder_of};
use crate::commands::Intent;
use crate::ledger::FactKind;
use crate::replies::outbox::Queued;
use crate::replies::receipt::Because;
use crate::replies::{Who, store as outbox};
use crate::runs::journal::JournalEntry;
use crate::store::Tx;
use crate::tasks::{TaskState, store as tasks};
use crate::workers::WorkerRef;
use crate::workflows::{Entry, WorkflowState, store};

/// An agent's last word in a step: its text and what its tools gave are kept for the steps after it.
pub(in crate::flow) async fn returned(
    scene: &step::Scene,
    tx: &mut Tx,
    text: &str,
    done: bool,
) -> Result<(), FlowError> {
    if store::of_step(tx, scene.task.id).await?.is_none() {
        return Ok(());
    }
    let mut result = serde_json::Map::new();
    for entry in scene.journal(tx).await?.unwrap_or_default() {
        match entry {
            JournalEntry::ToolResult { as_name, value } => {
                result.insert(as_name, value);
            }
            JournalEntry::Answered { slot, value, .. } => {
                result.insert(slot, Value::String(value));
            }
            JournalEntry::ToolRefused { .. }
            | JournalEntry::ToolFailed { .. }
            | JournalEntry::News { .. }
            | JournalEntry::Said { .. }
            | JournalEntry::Malformed { .. }
            | JournalEntry::Unheard { .. }
            | JournalEntry::Later { .. } => {}
        }
    }
    result.insert("text".to_owned(), Value::String(text.to_owned()));
    let why = (!done).then_some(text);
    Ok(store::returned(tx, scene.task.id, Some(&Value::Object(result)), why).await?)
}

/// A person's last word in a step.
pub(in crate::flow) async fn returned_words(
    tx: &mut Tx,
    task: crate::ids::TaskId,
    words: Option<&str>,
) -> Result<(), FlowError> {
    let result = json!({ "text": words.unwrap_or_default() });
    Ok(store::returned(tx, task, Some(&result), None).await?)
}

impl Scene {
    pub(super) async fn finished(&self, tx: &mut Tx, journal: &[Entry]) -> Result<(), FlowError> {
        let now = self.app.now();
        store::end(tx, self.run.id, WorkflowState::Done, now).await?;
        tasks::move_task(tx, self.task.id, self.task.state, TaskState::Done, now).await?;
        tasks::note_first_answer(tx, self.task.id, now).await?;
        let payload = json!({ "workflow": self.run.workflow.name, "run": self.run.id, "state": WorkflowState::Done });
        note(tx, &self.task, FactKind::WorkflowEnded, payload, now).await?;
        note(tx, &self.task, FactKind::TaskEnded, json!({ "state": TaskState::Done }), now).await?;
        take_eyes_off(tx, &self.task, now).await?;
        self.draw(tx, journal, WorkflowState::Done, None).await
    }

    /// A step failed for good: whoever answers for it has the request from now on, with the plan to look at.
    pub(super) async fn failed(&self, tx: &mut Tx, journal: &[Entry], n: u32, why: &str) -> Result<(), FlowError> {
        let now = self.app.now();
        store::end(tx, self.run.id, WorkflowState::Failed, now).await?;
        let payload = json!({ "workflow": self.run.workflow.name, "run": self.run.id, "state": WorkflowState::Failed,
                              "step": n, "why": why });
        note(tx, &self.task, FactKind::WorkflowEnded, payload, now).await?;
        let to = self.answers_for(n);
        let who = self.names().worker(&to);
        self.draw(tx, journal, WorkflowState::Failed, Some(who)).await?;
        let Some(step) = self.run.workflow.step(n) else { return Ok(()) };
        let because = Because::Rule(cited_origin(&self.run.workflow.origin_of(step)));
        let giving = Giving { worker: &to, because, level: 0, offered_since: now };
        assign::give(&self.app, tx, &self.task, giving).await
    }

    /// The owner of the agent that failed; for a person's step, and where no owner is known, the triage person.
    fn answers_for(&self, n: u32) -> WorkerRef {
        let roster = &self.directives.roster;
        let worker = self.run.workflow.step(n).map(|step| step.who.clone());
        let position = worker.and_then(|worker| match holder_of(roster, &worker, None) {
            Holder::Agent { position } => Some(position),
            Holder::People(_) | Holder::Nobody(_) => None,
        });
        let owner = position.and_then(|position| roster.context_of(Some(&position), None).owner.first().cloned());
        owner.map_or(WorkerRef::Human, WorkerRef::Person)
    }

    /// The request was cancelled, or somebody finished it: what is still under way ends with it.
    pub(super) async fn cancelled(&self, tx: &mut Tx, journal: &[Entry]) -> Result<(), FlowError> {
        let now = self.app.now();
        for entry in journal.iter().filter(|entry| entry.is_open()) {
            let cancel = Intent::CancelTask { id: entry.task };
            decide::carry_out(&self.app, tx, &cancel, &self.task.requester).await?;
            store::ended(tx, entry.task, crate::workflows::EntryState::Cancelled, now).await?;
        }
        store::end(tx, self.run.id, WorkflowState::Cancelled, now).await?;
        let payload =
            json!({ "workflow": self.run.workflow.name, "run": self.run.id, "state": WorkflowState::Cancelled });
        note(tx, &self.task, FactKind::WorkflowEnded, payload, now).await?;
        let journal = store::entries(tx, self.run.id).await?;
        self.draw(tx, &journal, WorkflowState::Cancelled, None).await
    }

    /// Draws the plan in the thread as it stands.
    pub(super) async fn draw(
        &self,
        tx: &mut Tx,
        journal: &[Entry],
        state: WorkflowState,
        to: Option<Who>,
    ) -> Result<(), FlowError> {
        let now = self.app.now();
        let view = super::plan_view(&self.names(), &self.run, &self.task, journal, (state, to), now);
        let slot = format!("task:{}:plan", self.task.id.0);
        let card = crate::replies::workflow::plan(&view);
        let say = Queued::say(slot, &self.task.channel, Some(&self.task.root_ts), card)
            .in_conversation(&self.task.conversation);
        outbox::queue(tx, &say, now).await?;
        Ok(())
    }
}
