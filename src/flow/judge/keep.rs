//! An answer is kept with its version, and some are drawn for a human's check. The check comes after the answer: it is about the
//! worker's record and holds nobody up.

use serde_json::json;

use super::super::assign::note;
use super::super::facts::Moment;
use super::super::step::Scene;
use super::super::{App, FlowError};
use super::{checkers, judge_slot, to_judge};
use crate::catalogue::canonical::digest_bytes;
use crate::catalogue::{Class, ToolName};
use crate::clock::Timestamp;
use crate::directives::rule::{Level, Rule};
use crate::execution::store::Stored as Action;
use crate::gate::level_with;
use crate::ledger::FactKind;
use crate::replies::judged::{self, Judging};
use crate::replies::outbox::Queued;
use crate::replies::store as outbox;
use crate::results::store::{self as results, NewResult};
use crate::results::{Kind, is_sampled};
use crate::store::Tx;
use crate::tasks::Task;
use crate::workers::{SlackUser, WorkerRef};

/// Keeps an answer that is about to be given, and draws it for a check where a sentence says so.
pub(in crate::flow) async fn keep_answer(
    scene: &Scene,
    tx: &mut Tx,
    text: &str,
    changed: bool,
) -> Result<Option<Judging>, FlowError> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let (task, run, now) = (&scene.task, &scene.run, scene.app.now());
    let digest = digest_bytes(text.as_bytes());
    let kind = Kind::Answer;
    let new = NewResult { task: task.id, run: Some(run.id), position: &run.position, kind, text, digest: &digest };
    let result = results::keep(tx, &new, now).await?;
    draw(scene, tx, text, &digest).await?;
    // A new version is a new run, which might do again what was done: only an answer that changed nothing can be asked for anew.
    Ok(Some(Judging { task: task.id, result: result.0, may_refine: !changed }))
}

/// Keeps what somebody says came of their own work, for whoever asked to judge; nothing where they asked themselves.
pub(in crate::flow) async fn keep_work(
    tx: &mut Tx,
    task: &Task,
    worker: &WorkerRef,
    (words, by): (&str, &SlackUser),
    now: Timestamp,
) -> Result<Option<Judging>, FlowError> {
    if task.requester == *by {
        return Ok(None);
    }
    let digest = digest_bytes(words.as_bytes());
    let (position, kind) = (worker.to_string(), Kind::Answer);
    let new = NewResult { task: task.id, run: None, position: &position, kind, text: words, digest: &digest };
    let result = results::keep(tx, &new, now).await?;
    Ok(Some(Judging { task: task.id, result: result.0, may_refine: true }))
}

async fn draw(scene: &Scene, tx: &mut Tx, text: &str, digest: &str) -> Result<(), FlowError> {
    let moment = Moment::of(&scene.app)?;
    let (task, run) = (&scene.task, &scene.run);
    let samples = moment.directives.each(|rule| if let Rule::Sample(sample) = rule { Some(sample) } else { None });
    let about: Vec<_> = samples
        .filter(|(_, sample)| super::super::spend::positions_of(&moment, &sample.who).contains(&run.position))
        .map(|(reading, sample)| (reading.origin.clone(), sample.percent.0, sample.by.is_empty()))
        .collect();
    let drawn = digest_bytes(format!("{}:{}", run.id, digest).as_bytes());
    let Some((origin, _, by_owner)) = about.into_iter().find(|(_, percent, _)| is_sampled(*percent, &drawn)) else {
        return Ok(());
    };
    let worker = WorkerRef::Agent(run.position.clone());
    let mut asked = if by_owner {
        moment.directives.roster.context_of(Some(&run.position), None).owner
    } else {
        checkers(&moment, &run.position)
    };
    if let Some(requester) = moment.directory.person_of(&moment.directives.roster, &task.requester.user) {
        asked.remove(&requester.handle);
    }
    // One person is enough; the first whose account is known.
    let Some(checker) = asked.iter().find_map(|handle| moment.names().person(handle).account) else { return Ok(()) };
    let kind = Kind::Check;
    let new = NewResult { task: task.id, run: Some(run.id), position: &run.position, kind, text, digest };
    let result = results::keep(tx, &new, moment.now).await?;
    let payload = json!({ "result": result, "rule": origin, "asked": checker });
    note(tx, task, FactKind::CheckAsked, payload, moment.now).await?;
    let card = judged::check(&to_judge(&moment, task, result, &worker, text, Some(&origin)));
    let tell = Queued::tell(judge_slot(task.id, result, &checker), &checker, card).in_conversation(&task.conversation);
    outbox::queue(tx, &tell, moment.now).await?;
    Ok(())
}

/// A worker that acts and reports did something: its owner hears of it.
pub(in crate::flow) async fn report(app: &App, tx: &mut Tx, task: &Task, action: &Action) -> Result<(), FlowError> {
    let moment = Moment::of(app)?;
    let worker = WorkerRef::Agent(action.position.clone());
    let tool = moment.directives.catalogue.get(&ToolName(action.tool.clone()));
    let reads = tool.is_some_and(|tool| tool.binding.class == Class::Read);
    let level = level_with(&moment.directives, &worker, &ToolName(action.tool.clone()), moment.now);
    let reports = level.is_some_and(|(level, _)| level == Level::Report);
    let (false, true, Some(title)) = (reads, reports, &action.title) else { return Ok(()) };
    let names = moment.names();
    let owner = names.owner(&worker).and_then(|owner| owner.account);
    let Some(owner) = owner.filter(|owner| *owner != task.requester.user) else { return Ok(()) };
    let card = judged::reported(task.id, &names.worker(&worker), title, moment.now);
    let slot = format!("task:{}:report:{}:{owner}", task.id.0, action.id);
    let tell = Queued::tell(slot, &owner, card).in_conversation(&task.conversation);
    outbox::queue(tx, &tell, moment.now).await?;
    Ok(())
}
