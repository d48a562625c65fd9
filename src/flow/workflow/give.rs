//! A piece of work that starts: its own task in the same thread, its gate if it has one, then its worker.

use serde_json::{Value, json};

use super::super::assign::{self, Giving, note};
use super::super::says::cited_origin;
use super::super::{FlowError, execute, step};
use super::Scene;
use crate::assignments::decide::{Holder, holder_of};
use crate::directives::workflow::WorkflowStep;
use crate::ledger::FactKind;
use crate::replies::receipt::Because;
use crate::runs::journal::JournalEntry;
use crate::runs::store::{self as runs, NewRun};
use crate::runs::{DriverKind, RunState};
use crate::store::Tx;
use crate::tasks::{NewTask, Task, TaskState, store as tasks};
use crate::workers::{Actor, WorkerRef};
use crate::workflows::plan::Start;
use crate::workflows::{Entry, EntryKind, EntryState, shared, store};

/// What the run of a step's gate follows: it asks for the approval and does nothing else.
pub const GATE_PLAN: &str = "workflow: gate";

impl Scene {
    /// Gives one piece of work to whoever does it.
    pub(super) async fn start(&self, tx: &mut Tx, start: Start, journal: &[Entry]) -> Result<(), FlowError> {
        let now = self.app.now();
        let Some(step) = self.run.workflow.step(start.n) else { return Ok(()) };
        let Some((who, words)) = self.work(step, start, journal) else { return Ok(()) };
        let child = self.open(tx, &words, &self.above(journal)).await?;
        let gated = start.kind == EntryKind::Step && !step.approval.is_empty();
        let state = if gated { EntryState::Gated } else { EntryState::Given };
        store::add_entry(tx, self.run.id, (start.kind, start.n, start.attempt), child.id, state, now).await?;
        let payload = json!({ "workflow": self.run.workflow.name, "kind": start.kind, "step": start.n,
                              "attempt": start.attempt, "task": child.id, "who": who, "state": state });
        note(tx, &self.task, FactKind::WorkflowStepped, payload, now).await?;
        if gated {
            return self.ask_first(tx, &child, step, &who).await;
        }
        let because = Because::Step(cited_origin(&self.run.workflow.origin_of(step)));
        let giving = Giving { worker: &who, because, level: 0, offered_since: now };
        assign::give(&self.app, tx, &child, giving).await
    }

    /// Who does it, and what they are asked for.
    fn work(&self, step: &WorkflowStep, start: Start, journal: &[Entry]) -> Option<(WorkerRef, String)> {
        match start.kind {
            EntryKind::Step => Some((step.who.clone(), sentence(&step.what))),
            EntryKind::Recovery => {
                let recover = step.recover.as_ref()?;
                let failed = journal.iter().rfind(|entry| entry.kind == EntryKind::Step && entry.n == step.n);
                let why = failed.and_then(|entry| entry.why.as_deref()).unwrap_or("It failed.");
                let words = match &recover.what {
                    Some(what) => sentence(what),
                    None => format!("{} {why}", sentence(&step.what)),
                };
                Some((recover.ask.clone()?, words))
            }
            EntryKind::Undo => {
                let undo = step.undo.get(usize::try_from(start.attempt).ok()?.checked_sub(1)?)?;
                Some((undo.who.clone(), sentence(&undo.what)))
            }
        }
    }

    /// What a worker may look up for what the step itself leaves out: the request, and what the steps before returned.
    fn above(&self, journal: &[Entry]) -> String {
        let mut lines: Vec<String> = self.task.above.lines().map(str::to_owned).collect();
        lines.extend(self.task.text.lines().map(str::to_owned));
        for (name, value) in shared(&self.run.workflow, journal) {
            let told = value.get("text").and_then(Value::as_str).map_or_else(|| value.to_string(), str::to_owned);
            if !told.is_empty() {
                lines.push(format!("{name}: {}", told.split_whitespace().collect::<Vec<_>>().join(" ")));
            }
        }
        crate::replies::plain::shorten(&lines.join("\n"), self.app.config.limits.request_characters)
    }

    async fn open(&self, tx: &mut Tx, words: &str, above: &str) -> Result<Task, FlowError> {
        let new = NewTask {
            conversation: self.task.conversation.clone(),
            requester: self.task.requester.clone(),
            channel: self.task.channel.clone(),
            channel_kind: self.task.channel_kind.clone(),
            root_ts: self.task.root_ts.clone(),
            // No message asked for it: nothing is reacted to, and no edit is about it.
            message_ts: String::new(),
            source: self.task.source.clone(),
            text: words.to_owned(),
            above: above.to_owned(),
        };
        let id = tasks::open_task(tx, &new, self.app.now()).await?;
        let Some(child) = tasks::task(tx, id).await? else {
            return Err(FlowError::Broken(format!("the task {id} of a step is gone")));
        };
        let payload = json!({ "requester": new.requester, "of": self.task.id, "workflow": self.run.workflow.name,
                              "text": crate::catalogue::canonical::digest_bytes(words.as_bytes()) });
        note(tx, &child, FactKind::TaskOpened, payload, self.app.now()).await?;
        Ok(child)
    }

    /// The step's approval goes through the gate like any other: starting it is an action that waits.
    async fn ask_first(
        &self,
        tx: &mut Tx,
        child: &Task,
        step: &WorkflowStep,
        who: &WorkerRef,
    ) -> Result<(), FlowError> {
        let now = self.app.now();
        let requester = self.directory.person_of(&self.directives.roster, &self.task.requester.user);
        let requester = requester.map(|person| person.handle.clone());
        let origin = assign::origin_of(&self.task);
        let (position, chain) = match holder_of(&self.directives.roster, who, requester.as_deref()) {
            Holder::Agent { position } => (position.clone(), origin.then(Actor::Agent(position))),
            Holder::People(handles) => (person(handles.first()), origin),
            Holder::Nobody(_) => (person(self.directives.roster.triage.as_ref()), origin),
        };
        tasks::move_task(tx, child.id, TaskState::Open, TaskState::Assigned, now).await?;
        let new = NewRun {
            task: child.id,
            position: &position,
            driver: DriverKind::Playbook,
            plan: GATE_PLAN,
            actor_chain: &chain,
            directives_digest: &self.directives.digest,
        };
        let id = runs::start_run(tx, &new, now).await?;
        let payload = json!({ "run": id, "position": position, "plan": GATE_PLAN, "actors": chain });
        note(tx, child, FactKind::RunStarted, payload, now).await?;
        let Some(run) = runs::run(tx, id).await? else {
            return Err(FlowError::Broken(format!("the run {id} of a gate is gone")));
        };
        let child = Task { state: TaskState::Assigned, ..child.clone() };
        let arguments = asked_for(&self.run.workflow.name, step, &self.task.text);
        // The start of a step is refused to nobody for how free they are: it changes nothing by itself.
        let tool = self.run.workflow.gate_tool(step);
        execute::propose(&self.app, tx, &run, &child, tool, arguments, "start").await.map(|_stored| ())
    }
}

/// What the approvers of a step are shown, with the request that began the workflow.
fn asked_for(workflow: &str, step: &WorkflowStep, request: &str) -> Value {
    json!({ "workflow": workflow, "step": step.n, "do": step.what, "request": request })
}

/// A gate's run that is ready again: the approval came, or it did not.
pub(in crate::flow) async fn gate_settled(scene: &step::Scene, tx: &mut Tx) -> Result<(), FlowError> {
    let now = scene.app.now();
    let Some(run) = store::of_step(tx, scene.task.id).await? else {
        return scene.give_up(tx, "The workflow that this belongs to is gone.").await;
    };
    let entry = store::entries(tx, run.id).await?.into_iter().find(|entry| entry.task == scene.task.id);
    let Some(step) = entry.and_then(|entry| run.workflow.step(entry.n).cloned()) else {
        return scene.give_up(tx, "The step that this belongs to is gone.").await;
    };
    let answer = scene.journal(tx).await?.and_then(|mut journal| journal.pop());
    match answer {
        Some(JournalEntry::ToolResult { .. }) => {
            if !runs::finish(tx, &scene.run, RunState::Done, now).await? {
                return Err(FlowError::LostLease);
            }
            store::given(tx, scene.task.id).await?;
            let because = Because::Step(cited_origin(&run.workflow.origin_of(&step)));
            let giving = Giving { worker: &step.who, because, level: 0, offered_since: now };
            assign::give(&scene.app, tx, &scene.task, giving).await
        }
        Some(JournalEntry::ToolRefused { why, .. } | JournalEntry::ToolFailed { why, .. }) => {
            if !runs::finish(tx, &scene.run, RunState::Failed, now).await? {
                return Err(FlowError::LostLease);
            }
            store::returned(tx, scene.task.id, None, Some(&why)).await?;
            tasks::move_task(tx, scene.task.id, scene.task.state, TaskState::Failed, now).await?;
            note(tx, &scene.task, FactKind::TaskEnded, json!({ "run": scene.run.id, "state": "failed" }), now).await
        }
        // The approval was void before it was spent: it is asked for once more, by the directives of now.
        Some(
            JournalEntry::Answered { .. }
            | JournalEntry::News { .. }
            | JournalEntry::Said { .. }
            | JournalEntry::Malformed { .. }
            | JournalEntry::Unheard { .. }
            | JournalEntry::Later { .. },
        )
        | None => {
            let Some(began) = tasks::task(tx, run.task).await? else {
                return scene.give_up(tx, "The workflow that this belongs to is gone.").await;
            };
            let arguments = asked_for(&run.workflow.name, &step, &began.text);
            let tool = run.workflow.gate_tool(&step);
            execute::propose(&scene.app, tx, &scene.run, &scene.task, tool, arguments, "start").await.map(|_stored| ())
        }
    }
}

fn person(handle: Option<&String>) -> String {
    WorkerRef::Person(handle.cloned().unwrap_or_default()).to_string()
}

/// "create the account" → "Create the account.".
fn sentence(what: &str) -> String {
    format!("{}.", crate::replies::wording::capital(what.trim_end_matches('.')))
}
