//! run → its next step: a proposed action, a question, an answer, a hand-over. A playbook's is computed here; [`super::think`]
//! asks for the others', and both take it by the same `Scene::take`.

use std::sync::OnceLock;

use serde_json::json;

use super::assign::{self, Giving, note, say, stopped};
use super::decide::who;
use super::execute::Proposed;
use super::facts::Moment;
use super::says::{Names, because_of};
use super::{App, FlowError, Worked, execute, failpoint, judge, shadow, upward, workflow};
use crate::assignments::decide::{Holder, holder_of};
use crate::assignments::{Assignment, AssignmentState, store as assignments};
use crate::catalogue::canonical;
use crate::clock::Span;
use crate::directives::rule::Level;
use crate::directives::{Directives, Origin, PlaybookSource};
use crate::gate::{level_of, level_with};
use crate::ledger::FactKind;
use crate::playbooks::{self, JournalEntry, Next, Question};
use crate::replies::links;
use crate::replies::receipt::{self, Because};
use crate::replies::unsure::Why;
use crate::routing::Candidate;
use crate::runs::store::{self as runs, MAX_ATTEMPTS, Pace};
use crate::runs::{Run, RunState, StepKind, Waiting};
use crate::store::Tx;
use crate::tasks::{Task, TaskState, store as tasks};
use crate::workers::WorkerRef;

/// How long a stopped agent's run waits before somebody looks again; *Resume* wakes it at once.
const LOOK_AGAIN: Span = Span::minutes(5);

/// Takes the next step of the oldest run that is ready and follows a playbook.
pub async fn take_next_step(app: App) -> Result<Worked, FlowError> {
    if runs::next_due_of(&app.store, Pace::AtOnce).await?.is_none_or(|due| due > app.now()) {
        return Ok(Worked::Nothing);
    }
    let mut tx = app.store.begin().await?;
    let Some(run) = runs::claim_next(&mut tx, Pace::AtOnce, app.now()).await? else { return Ok(Worked::Nothing) };
    tx.commit().await?;
    let mut tx = app.store.begin().await?;
    let scene = Scene::of(&app, &mut tx, run).await?;
    scene.step(&mut tx).await?;
    tx.commit().await?;
    scene.passed();
    Ok(Worked::Yes)
}

/// A claimed run with what its step may look at.
pub(super) struct Scene {
    pub(super) app: App,
    pub(super) directives: std::sync::Arc<Directives>,
    pub(super) directory: std::sync::Arc<crate::roster::directory::Directory>,
    pub(super) run: Run,
    pub(super) task: Task,
    /// What the steps before it returned, where it is a step of a workflow.
    pub(super) shared: serde_json::Map<String, serde_json::Value>,
    /// Which agent handed the task over, and with what words; for whoever thinks.
    pub(super) handed: Option<(String, String)>,
    /// The point that the step passes once it is committed.
    passes: OnceLock<&'static str>,
}

impl Scene {
    pub(super) async fn of(app: &App, tx: &mut Tx, run: Run) -> Result<Self, FlowError> {
        let Some(task) = tasks::task(tx, run.task).await? else {
            return Err(FlowError::Broken(format!("run {} has no task", run.id)));
        };
        let shared = workflow::shared_with(tx, task.id).await?;
        let held = if run.driver.thinks() { assignments::current(tx, task.id).await? } else { None };
        let words =
            |held| if let Because::HandedOver { by, why, .. } = because_of(held) { Some((by.name, why)) } else { None };
        let handed = held.as_ref().and_then(words).filter(|(_, why)| !why.is_empty());
        let (directives, directory) = (app.directives()?, app.directory());
        Ok(Self { app: app.clone(), directives, directory, run, task, shared, handed, passes: OnceLock::new() })
    }

    /// The step that was taken is committed.
    pub(super) fn passed(&self) {
        if let Some(point) = self.passes.get() {
            failpoint::pass(point);
        }
    }

    pub(super) fn names(&self) -> Names<'_> {
        Names { directives: &self.directives, directory: &self.directory }
    }

    async fn step(&self, tx: &mut Tx) -> Result<(), FlowError> {
        let Some(journal) = self.may_go_on(tx).await? else { return Ok(()) };
        if self.run.plan == workflow::GATE_PLAN {
            return workflow::gate_settled(self, tx).await;
        }
        let Some(plan) = self.plan() else {
            return self.give_up(tx, "The playbook that this followed is no longer there.").await;
        };
        let next = playbooks::next(plan, &self.directives, &self.request(), &journal);
        self.take(tx, next).await
    }

    /// The journal, if the run may take another step. Where it may not, it was put off or given up in this transaction.
    pub(super) async fn may_go_on(&self, tx: &mut Tx) -> Result<Option<Vec<JournalEntry>>, FlowError> {
        let now = self.app.now();
        if stopped(tx, Some(&self.run.position), self.task.id).await?.is_some() {
            runs::again_at(tx, &self.run, now.plus(LOOK_AGAIN)).await?;
            return Ok(None);
        }
        if self.run.attempts > MAX_ATTEMPTS {
            self.give_up(tx, "The next step failed several times.").await?;
            return Ok(None);
        }
        let Some(journal) = self.journal(tx).await? else {
            self.give_up(tx, "What was done so far was erased, so it cannot go on.").await?;
            return Ok(None);
        };
        if journal.len() >= self.app.config.limits.steps_per_run {
            self.give_up(tx, "It took more steps than are allowed.").await?;
            return Ok(None);
        }
        Ok(Some(journal))
    }

    fn plan(&self) -> Option<&PlaybookSource> {
        let role = &self.directives.roster.positions.get(&self.run.position)?.role;
        self.directives.playbooks.iter().find(|playbook| playbook.name == self.run.plan && playbook.role == *role)
    }

    fn request(&self) -> playbooks::Request {
        let who = self.names().account(&self.task.requester);
        let known = self.directory.account(&self.task.requester.user);
        let person = self.directory.person_of(&self.directives.roster, &self.task.requester.user);
        let zone = self.directives.roster.timezone_of(None);
        playbooks::Request {
            text: self.task.text.clone(),
            thread_above: self.task.above.lines().map(str::to_owned).collect(),
            requester: playbooks::Requester {
                handle: person.map(|person| person.handle.clone()),
                name: Some(who.name),
                email: known.and_then(|account| account.email.clone()),
            },
            today: self.app.now().to_utc().with_timezone(&zone).date_naive(),
            shared: self.shared.clone(),
        }
    }

    /// The journal as the interpreter reads it; `None` if a part of it was erased.
    pub(super) async fn journal(&self, tx: &mut Tx) -> Result<Option<Vec<JournalEntry>>, FlowError> {
        let steps = runs::journal(tx, self.run.id).await?;
        Ok(steps.into_iter().map(|step| step.result.and_then(|value| serde_json::from_value(value).ok())).collect())
    }

    pub(super) async fn take(&self, tx: &mut Tx, next: Next) -> Result<(), FlowError> {
        if self.task.is_copy() && !matches!(next, Next::Call { .. }) {
            return shadow::ends(self, tx, &next).await;
        }
        match next {
            Next::Call { tool, arguments, as_name } => {
                let worker = WorkerRef::Agent(self.run.position.clone());
                let level = level_with(&self.directives, &worker, &tool, self.app.now());
                let proposed =
                    execute::propose(&self.app, tx, &self.run, &self.task, tool, arguments, &as_name).await?;
                if let Proposed::OnlyWould { title } = proposed {
                    if self.task.is_copy() {
                        return shadow::would_have(self, tx, &title).await;
                    }
                    let (level, origin) = level.unwrap_or((Level::Observe, None));
                    return judge::would_have(self, tx, &title, level, origin.as_ref()).await;
                }
                let _first_and_only = self.passes.set("action-planned");
                Ok(())
            }
            Next::Ask(question) => self.ask(tx, question).await,
            Next::Answer { text, done } => self.answer(tx, &text, done).await,
            Next::HandOver { to, why } => self.hand_over(tx, &to, &why).await,
            Next::Stop => self.answer(tx, "", true).await,
            // In a workflow a step that cannot be done fails, so that its recovery can begin.
            Next::CannotDo { why } if workflow::is_step(tx, self.task.id).await? => self.give_up(tx, &why).await,
            Next::CannotDo { why } => upward::cannot(self, tx, &why).await,
            Next::Broken { why } => self.give_up(tx, &why).await,
        }
    }

    async fn ask(&self, tx: &mut Tx, question: Question) -> Result<(), FlowError> {
        if !runs::wait_for(tx, &self.run, &Waiting::Answer(question.clone())).await? {
            return Err(FlowError::LostLease);
        }
        super::questions::put(&self.app, tx, &self.run, &self.task, &question).await
    }

    /// How free the worker is, where a sentence says so.
    fn level(&self) -> Option<(Level, Option<Origin>)> {
        level_of(&self.directives, &WorkerRef::Agent(self.run.position.clone()), self.app.now())
    }

    async fn answer(&self, tx: &mut Tx, text: &str, done: bool) -> Result<(), FlowError> {
        let now = self.app.now();
        workflow::returned(self, tx, text, done).await?;
        if let Some((level, origin)) = self.level().filter(|(level, _)| done && *level < Level::Ask) {
            return judge::would_have(self, tx, text, level, origin.as_ref()).await;
        }
        let (run, task) = if done { (RunState::Done, TaskState::Done) } else { (RunState::Failed, TaskState::Failed) };
        let held = self.finish(tx, run, task, json!({ "answer": canonical::digest_bytes(text.as_bytes()) })).await?;
        let Some(held) = held else { return Ok(()) };
        let performed = execute::performed(&self.app, tx, &self.task).await?;
        let view = self.names().receipt_of(&self.task, &held);
        let forbidden = if done { None } else { execute::forbidden(tx, &self.directives, &self.task).await? };
        if let Some((title, rule)) = forbidden {
            say(tx, &self.task, held.id, receipt::forbidden(&view, &title, &rule), now).await?;
            return assign::take_eyes_off(tx, &self.task, now).await;
        }
        tasks::note_first_answer(tx, self.task.id, now).await?;
        // A playbook's words are about what was asked for; where a person changed it, what ran is told instead. Whoever thinks
        // has heard of the change and words it.
        let by_plan = !self.run.driver.thinks();
        let changed = performed.iter().find_map(|action| action.changed_by.as_ref()).filter(|_| by_plan);
        let text = changed.map_or_else(|| text.to_owned(), |by| format!("Done as {} changed it.", by.name));
        let judging = if done { judge::keep_answer(self, tx, &text, !performed.is_empty()).await? } else { None };
        let links = links::allowed_in(&text, &self.app.config.links.allowed_hosts);
        let card = receipt::answered(&view, &text, &performed, now, judging.as_ref());
        say(tx, &self.task, held.id, links::with_links(card, &links), now).await?;
        assign::take_eyes_off(tx, &self.task, now).await?;
        shadow::compare(&self.app, tx, &self.task).await?;
        let _first_and_only = self.passes.set("run-ended");
        Ok(())
    }

    pub(super) async fn give_up(&self, tx: &mut Tx, why: &str) -> Result<(), FlowError> {
        if self.task.is_copy() {
            return shadow::ends(self, tx, &Next::Broken { why: why.to_owned() }).await;
        }
        let now = self.app.now();
        workflow::returned(self, tx, why, false).await?;
        let held = self.finish(tx, RunState::Failed, TaskState::Failed, json!({ "why": why })).await?;
        let Some(held) = held else { return Ok(()) };
        let performed = execute::performed(&self.app, tx, &self.task).await?;
        let view = self.names().receipt_of(&self.task, &held);
        say(tx, &self.task, held.id, receipt::failed(&view, why, &performed), now).await?;
        assign::take_eyes_off(tx, &self.task, now).await
    }

    /// Ends run, holding and task together.
    async fn finish(
        &self,
        tx: &mut Tx,
        run: RunState,
        task: TaskState,
        mut payload: serde_json::Value,
    ) -> Result<Option<Assignment>, FlowError> {
        let now = self.app.now();
        if !runs::finish(tx, &self.run, run, now).await? {
            return Err(FlowError::LostLease);
        }
        let end = json!({ "end": payload });
        runs::append_step(tx, self.run.id, self.run.fence, StepKind::End, "", &end, now).await?;
        self.forget_answers(tx).await?;
        let held = assignments::current(tx, self.task.id).await?;
        assignments::end_current(tx, self.task.id, AssignmentState::Done, now).await?;
        tasks::move_task(tx, self.task.id, self.task.state, task, now).await?;
        payload["run"] = json!(self.run.id);
        payload["state"] = json!(task);
        note(tx, &self.task, FactKind::TaskEnded, payload, now).await?;
        judge::look(&self.app, tx, &Moment::of(&self.app)?, &self.run.position).await?;
        Ok(held)
    }

    /// Where answers are not to be kept, they go with the run.
    pub(super) async fn forget_answers(&self, tx: &mut Tx) -> Result<(), FlowError> {
        if !self.app.config.keep_answers && self.run.driver.thinks() {
            runs::erase_run(tx, self.run.id).await?;
        }
        Ok(())
    }

    async fn hand_over(&self, tx: &mut Tx, to: &WorkerRef, why: &str) -> Result<(), FlowError> {
        let now = self.app.now();
        if !runs::finish(tx, &self.run, RunState::Done, now).await? {
            return Err(FlowError::LostLease);
        }
        self.forget_answers(tx).await?;
        let names = self.names();
        let by = names.worker(&WorkerRef::Agent(self.run.position.clone()));
        let to = self.concrete(to);
        let leaves = self.would_leave_private(&to);
        let payload = json!({ "run": self.run.id, "to": to, "why": why, "asked_in_private": leaves });
        note(tx, &self.task, FactKind::HandedOver, payload, now).await?;
        if leaves {
            let there = Candidate { worker: to.clone(), score: 1.0 };
            let why = Why::Private { by, to: names.worker(&to) };
            return assign::ask_triage(&self.app, tx, &self.task, why, &[there]).await;
        }
        let held = assignments::current(tx, self.task.id).await?;
        if let Some(held) = &held {
            let card = receipt::handed_over(&names.receipt_of(&self.task, held), &names.worker(&to), why, now);
            say(tx, &self.task, held.id, card, now).await?;
        }
        // Two who hand to each other again and again, and a task that went through many hands, come to a person.
        let limits = &self.app.config.limits;
        let again = to
            .agent()
            .is_some_and(|to| self.run.actor_chain.times_handed(&self.run.position, to) >= limits.hand_overs_per_pair);
        if again
            || runs::count_of_task(tx, self.task.id).await? >= i64::try_from(limits.runs_per_task).unwrap_or(i64::MAX)
        {
            let times = u32::try_from(runs::count_of_task(tx, self.task.id).await?).unwrap_or(u32::MAX);
            return assign::ask_triage(&self.app, tx, &self.task, Why::GivenBack { times }, &[]).await;
        }
        let because = Because::HandedOver { by, why: why.trim().to_owned(), at: now };
        let giving = Giving { worker: &to, because, level: 0, offered_since: now };
        assign::give(&self.app, tx, &self.task, giving).await?;
        judge::look(&self.app, tx, &Moment::of(&self.app)?, &self.run.position).await
    }

    /// Whether an agent would bring what was asked in private to people who were not there and have no part in it. A playbook
    /// is the company's own sentence and may; so may whoever decides when asked.
    fn would_leave_private(&self, to: &WorkerRef) -> bool {
        if !self.run.driver.thinks() || self.task.asked_in_public() {
            return false;
        }
        let roster = &self.directives.roster;
        let requester = self.directory.person_of(roster, &self.task.requester.user).map(|person| person.handle.clone());
        let Holder::People(handles) = holder_of(roster, to, requester.as_deref()) else { return false };
        let worker = WorkerRef::Agent(self.run.position.clone());
        let parts = who::may_steer(&self.directives, &self.directory, &self.task, Some(&worker));
        !handles.iter().all(|handle| parts.contains(handle))
    }

    /// `owner` and `supervisor` of a hand-over are those of the position that hands over, and a role that an agent fills is that
    /// agent: two who hand to each other's roles are a pair too.
    fn concrete(&self, to: &WorkerRef) -> WorkerRef {
        if let Holder::Agent { position } = holder_of(&self.directives.roster, to, None) {
            return WorkerRef::Agent(position);
        }
        let context = self.directives.roster.context_of(Some(&self.run.position), None);
        let first = |people: &std::collections::BTreeSet<String>| people.first().cloned().map(WorkerRef::Person);
        let found = match to {
            WorkerRef::Owner => first(&context.owner),
            WorkerRef::Supervisor => first(&context.supervisor),
            WorkerRef::Agent(_)
            | WorkerRef::Role(_)
            | WorkerRef::Team(_)
            | WorkerRef::Person(_)
            | WorkerRef::Channel(_)
            | WorkerRef::Bot(_)
            | WorkerRef::Human
            | WorkerRef::Requester
            | WorkerRef::RequesterManager => None,
        };
        found.unwrap_or_else(|| to.clone())
    }
}
