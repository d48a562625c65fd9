//! How far tasks are, for a list of them at once: a handful of statements, however many tasks there are.

use std::collections::HashMap;

use super::super::{App, FlowError, decide, questions};
use super::seen::Viewer;
use crate::assignments::{Assignment, AssignmentState, store as assignments};
use crate::commands::lines::{Stage, TaskLine};
use crate::execution::store as actions;
use crate::gate::caught_up;
use crate::gate::store::{self as approvals, Card};
use crate::ids::TaskId;
use crate::ledger::{Entry, FactKind};
use crate::replies::Who;
use crate::replies::named::any_of;
use crate::roster::store as roster;
use crate::runs::{Run, Waiting, store as runs};
use crate::tasks::{Task, TaskState};
use crate::workers::{SlackUser, WorkerRef};

/// What is known about where some tasks stand.
pub(super) struct Standing {
    holders: HashMap<TaskId, Assignment>,
    runs: HashMap<TaskId, Run>,
    /// The waiting card of each task with the nearest deadline.
    cards: HashMap<TaskId, Card>,
    /// The position whose action is in doubt.
    in_doubt: HashMap<TaskId, String>,
    /// What is stopped (`all`, `agent:ID`, `task:17`), by which account.
    stops: Vec<(String, String)>,
}

/// How a task ended, from its last fact.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Ending {
    pub by: Option<SlackUser>,
    pub why: Option<String>,
}

impl Standing {
    pub async fn of(app: &App, tasks: &[Task]) -> Result<Self, FlowError> {
        let ids: Vec<TaskId> = tasks.iter().filter(|task| !task.state.has_ended()).map(|task| task.id).collect();
        let mut standing = Self {
            holders: HashMap::new(),
            runs: HashMap::new(),
            cards: HashMap::new(),
            in_doubt: HashMap::new(),
            stops: Vec::new(),
        };
        if ids.is_empty() {
            return Ok(standing);
        }
        let holders = assignments::current_of_tasks(&app.store, &ids).await?;
        standing.holders = holders.into_iter().map(|held| (held.task, held)).collect();
        let runs = runs::current_of_tasks(&app.store, &ids).await?;
        standing.runs = runs.into_iter().map(|run| (run.task, run)).collect();
        for card in approvals::waiting_of_tasks(&app.store, &ids).await? {
            standing.cards.entry(card.task).or_insert(card);
        }
        standing.in_doubt = actions::unknown_of_tasks(&app.store, &ids).await?.into_iter().collect();
        let stops = roster::find_stops(&app.store).await?;
        standing.stops = stops.into_iter().map(|(what, by, _)| (what, by)).collect();
        Ok(standing)
    }

    pub fn holder(&self, task: TaskId) -> Option<&Assignment> {
        self.holders.get(&task)
    }

    pub fn card(&self, task: TaskId) -> Option<&Card> {
        self.cards.get(&task)
    }

    /// One line of a list.
    pub fn line(&self, viewer: &Viewer<'_>, task: &Task) -> TaskLine {
        let asked = self.asked(viewer, task);
        let holder = self.holder(task.id).map(|held| &held.worker);
        let subject = viewer.subject(task, holder, &asked);
        TaskLine { task: task.id, subject, stage: self.stage(viewer, task, &Ending::default()) }
    }

    /// Who may decide about what a task waits for, or may answer its question.
    pub fn asked(&self, viewer: &Viewer<'_>, task: &Task) -> Vec<Who> {
        match self.card(task.id) {
            Some(card) => decide::asked(&viewer.moment, &card.approval).0,
            None => self.may_answer(viewer, task),
        }
    }

    /// The people, besides the requester, who are asked what a task waits to hear.
    fn may_answer(&self, viewer: &Viewer<'_>, task: &Task) -> Vec<Who> {
        let run = self.runs.get(&task.id);
        let Some((run, question)) = run.and_then(|run| Some((run, questions::question_of(run)?))) else {
            return Vec::new();
        };
        let asked = questions::asked(viewer.app, &viewer.moment, task, run, question);
        asked.people.iter().map(|handle| viewer.names().person(handle)).collect()
    }

    /// Whose answer a task waits for.
    fn answers(&self, viewer: &Viewer<'_>, task: &Task) -> Who {
        match self.may_answer(viewer, task).as_slice() {
            [] => viewer.names().requester(task),
            people => Who::new(&any_of(people), None),
        }
    }

    /// How far a task is. `ending` matters for one that has ended.
    pub fn stage(&self, viewer: &Viewer<'_>, task: &Task, ending: &Ending) -> Stage {
        let at = task.ended.unwrap_or(task.created);
        match task.state {
            TaskState::Open => self.stopped(viewer, task, None).unwrap_or(Stage::Queued),
            TaskState::Unsure => Stage::Unsure { triage: viewer.names().worker(&WorkerRef::Human) },
            TaskState::Assigned => self.with_holder(viewer, task),
            TaskState::Done => Stage::Done { at },
            TaskState::Failed => {
                let why = ending.why.clone().unwrap_or_else(|| "its answer in the thread says why".to_owned());
                Stage::Failed { at, why }
            }
            TaskState::Cancelled => {
                let by = ending.by.as_ref().unwrap_or(&task.requester);
                Stage::Cancelled { by: viewer.names().account(by), at }
            }
        }
    }

    fn with_holder(&self, viewer: &Viewer<'_>, task: &Task) -> Stage {
        let Some(held) = self.holder(task.id) else { return Stage::Queued };
        let names = viewer.names();
        let worker = names.worker(&held.worker);
        let WorkerRef::Agent(position) = &held.worker else {
            return match held.state {
                AssignmentState::Offered => Stage::WaitsForPerson { asked: worker, until: held.due },
                AssignmentState::Held | AssignmentState::Done | AssignmentState::Released => {
                    Stage::WithPerson { who: worker }
                }
            };
        };
        if let Some(position) = self.in_doubt.get(&task.id) {
            let doer = WorkerRef::Agent(position.clone());
            let owner = names.owner(&doer).unwrap_or_else(|| names.worker(&WorkerRef::Human));
            return Stage::OutcomeUnknown { owner };
        }
        if let Some(stopped) = self.stopped(viewer, task, Some(position)) {
            return stopped;
        }
        match self.runs.get(&task.id).and_then(|run| run.waiting.as_ref()) {
            Some(Waiting::Approval { approval, .. }) => match self.card(task.id) {
                Some(card) => {
                    let (now, _) = caught_up(&card.approval, &viewer.moment.surroundings());
                    let until = now.next_deadline().unwrap_or(viewer.moment.now);
                    Stage::WaitsForApproval { id: *approval, asked: self.asked(viewer, task), until }
                }
                // Decided a moment ago: the run has not taken its next step yet.
                None => Stage::Working { worker },
            },
            Some(Waiting::Answer(question)) => {
                Stage::WaitsForAnswer { from: self.answers(viewer, task), label: label(&question.slot) }
            }
            Some(Waiting::Action { .. }) | None => Stage::Working { worker },
        }
    }

    fn stopped(&self, viewer: &Viewer<'_>, task: &Task, position: Option<&str>) -> Option<Stage> {
        let agent = position.map(|id| format!("agent:{id}"));
        let own = format!("task:{}", task.id.0);
        let hit = |what: &str| what == own || (agent.is_some() && (what == "all" || Some(what) == agent.as_deref()));
        let (_, by) = self.stops.iter().find(|(what, _)| hit(what))?;
        let user = SlackUser { team: viewer.app.ours.team.clone(), user: by.clone() };
        Some(Stage::Stopped { by: viewer.names().account(&user) })
    }
}

/// What a slot is called: `order_number` → "order number".
pub(super) fn label(slot: &str) -> String {
    slot.replace('_', " ").trim().to_owned()
}

/// How a task ended, from its facts; empty while it has not, or where the fact was erased.
pub(super) fn ending(facts: &[Entry]) -> Ending {
    let last = facts.iter().rev().find(|fact| fact.kind == FactKind::TaskEnded);
    let Some(payload) = last.and_then(|fact| fact.payload.as_ref()) else { return Ending::default() };
    Ending {
        by: payload.get("by").cloned().and_then(|by| serde_json::from_value(by).ok()),
        why: payload.get("why").and_then(|why| why.as_str()).map(str::to_owned),
    }
}
