//! Bare `/workforce` and the Home tab: what waits for the asker, what they have, what they asked for.

use std::collections::HashSet;

use super::super::{FlowError, questions};
use super::Told;
use super::approvals::waiting;
use super::can::Idle;
use super::reviews;
use super::seen::Viewer;
use super::stage::Standing;
use crate::assignments::store as assignments;
use crate::clock::Timestamp;
use crate::commands::home::{AgentLine, HomeAnswer, render};
use crate::commands::lines::QuestionLine;
use crate::commands::reviews::ReviewLine;
use crate::ids::TaskId;
use crate::runs::store as runs;
use crate::tasks::store as tasks;
use crate::workers::WorkerRef;

/// So many tasks of a kind are looked at; the card shows fewer and counts the rest.
const LOOKED_AT: i64 = 100;

pub(super) async fn answer(viewer: &Viewer<'_>) -> Result<Told, FlowError> {
    let store = &viewer.app.store;
    let held = match &viewer.handle {
        Some(handle) => assignments::of_workers(store, &viewer.seats_of(handle), LOOKED_AT).await?,
        None => Vec::new(),
    };
    let ids: Vec<TaskId> = held.iter().map(|held| held.task).collect();
    let requested = tasks::open_of_requester(store, viewer.by, LOOKED_AT).await?;
    let known: HashSet<TaskId> = requested.iter().map(|task| task.id).collect();
    let mut all = requested;
    let missing: Vec<TaskId> = ids.iter().filter(|id| !known.contains(id)).copied().collect();
    all.extend(tasks::find_all(store, &missing).await?);
    let standing = Standing::of(viewer.app, &all).await?;
    let lines = |wanted: &dyn Fn(TaskId) -> bool| {
        let mut chosen: Vec<_> = all.iter().filter(|task| wanted(task.id) && !task.state.has_ended()).collect();
        chosen.sort_by_key(|task| task.id);
        chosen.into_iter().map(|task| standing.line(viewer, task)).collect()
    };
    let answer = HomeAnswer {
        approvals: waiting(viewer).await?.yours,
        questions: questions_for(viewer).await?,
        work: lines(&|id| ids.contains(&id)),
        requested: lines(&|id| known.contains(&id) && !ids.contains(&id)),
        agents: agents(viewer).await?,
        due: own_reviews(viewer),
        as_of: viewer.moment.now,
    };
    Ok(Ok(render(&answer)))
}

/// What the asker is asked at this moment: looked up anew, as it is when somebody answers.
async fn questions_for(viewer: &Viewer<'_>) -> Result<Vec<QuestionLine>, FlowError> {
    let store = &viewer.app.store;
    let open = runs::questions(store).await?;
    let ids: Vec<TaskId> = open.iter().map(|(task, _)| *task).collect();
    let (tasks, runs) = (tasks::find_all(store, &ids).await?, runs::current_of_tasks(store, &ids).await?);
    let line = |(id, until): (TaskId, Timestamp)| {
        let task = tasks.iter().find(|task| task.id == id && !task.state.has_ended())?;
        let run = runs.iter().rev().find(|run| run.task == id)?;
        let question = questions::question_of(run)?;
        let asked = questions::asked(viewer.app, &viewer.moment, task, run, question).people;
        let mine = match &viewer.handle {
            Some(handle) if asked.contains(handle) => true,
            Some(_) | None => asked.is_empty() && task.requester == *viewer.by,
        };
        let worker = viewer.names().worker(&WorkerRef::Agent(run.position.clone()));
        mine.then(|| QuestionLine { task: id, worker, words: question.question.clone(), until })
    };
    Ok(open.into_iter().filter_map(line).collect())
}

/// The agents that the asker answers for, with what they have now.
async fn agents(viewer: &Viewer<'_>) -> Result<Vec<AgentLine>, FlowError> {
    let own = viewer.own_agents();
    if own.is_empty() {
        return Ok(Vec::new());
    }
    let workers: Vec<WorkerRef> = own.iter().map(|position| WorkerRef::Agent(position.id.clone())).collect();
    let load = assignments::load_of(&viewer.app.store, &workers).await?;
    let idle = Idle::now(viewer).await?;
    let line = |worker: &WorkerRef| AgentLine {
        who: viewer.names().worker(worker),
        has: load
            .iter()
            .filter(|load| load.worker == *worker)
            .map(|load| u32::try_from(load.tasks).unwrap_or(u32::MAX))
            .sum(),
        idle: idle.why(worker),
    };
    Ok(workers.iter().map(line).collect())
}

/// Reviews that are the asker's to do and are due by today.
fn own_reviews(viewer: &Viewer<'_>) -> Vec<ReviewLine> {
    let lines = viewer.own_agents().into_iter().filter_map(|position| reviews::line(viewer, position));
    lines.filter(|line| line.days_late >= 0).collect()
}
