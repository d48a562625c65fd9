//! Results and what people say of them: kept when they are given, judged by whoever may, and what follows from that.

mod guards;
mod keep;
mod propose;

use serde_json::json;

use super::assign::{self, note, say};
use super::decide::{Said, who};
use super::facts::Moment;
use super::{App, FlowError, execute};
use crate::assignments::store as assignments;
use crate::commands::{Judgement, To};
use crate::directives::rule::Rule;
use crate::ids::TaskId;
use crate::ledger::FactKind;
use crate::replies::human::{self, Surface, WorkState};
use crate::replies::judged::{self, ToJudge};
use crate::replies::outbox::Queued;
use crate::replies::refusals::Refusal;
use crate::replies::{receipt, store as outbox};
use crate::results::store as results;
use crate::results::{Kind, Rating, ResultId, Stored};
use crate::runs::worker_at;
use crate::store::Tx;
use crate::tasks::{Task, store as tasks};
use crate::workers::{SlackUser, WorkerRef};

pub(in crate::flow) use guards::{lift, look};
pub(in crate::flow) use keep::{keep_answer, keep_work, report};
pub(in crate::flow) use propose::would_have;

/// Somebody judges a result, by button or form.
pub(in crate::flow) async fn judge(
    app: &App,
    tx: &mut Tx,
    id: TaskId,
    result: i64,
    judgement: &Judgement,
    by: &SlackUser,
) -> Result<Said, FlowError> {
    let (Some(task), Some(stored)) = (tasks::task(tx, id).await?, results::result(tx, ResultId(result)).await?) else {
        return Ok(Said::Refused(Refusal::OldButton));
    };
    if stored.task != id {
        return Ok(Said::Refused(Refusal::OldButton));
    }
    let moment = Moment::of(app)?;
    if let Err(refusal) = may_judge(app, &moment, &task, &stored, judgement, by) {
        return Ok(Said::Refused(refusal));
    }
    let (rating, said, why) = match judgement {
        Judgement::Use => (Rating::Used, judged::Said::Used, None),
        Judgement::Right => (Rating::Used, judged::Said::Right, None),
        Judgement::Refine { words } => (Rating::Refined, judged::Said::Refined, Some(words.as_str())),
        Judgement::Wrong { why, .. } => (Rating::Wrong, judged::Said::Wrong { why: why.clone() }, why.as_deref()),
    };
    if !results::rate(tx, stored.id, rating, &by.user, why, moment.now).await? {
        return Ok(Said::Refused(Refusal::OldButton));
    }
    let reason = why.map(|words| crate::catalogue::canonical::digest_bytes(words.as_bytes()));
    let payload = json!({
        "result": stored.id, "kind": stored.kind, "version": stored.version, "position": stored.position, "rating": rating,
        "by": by, "reason": reason,
    });
    note(tx, &task, FactKind::Judged, payload, moment.now).await?;
    redraw(app, tx, &moment, &task, &stored, &said, by).await?;
    look(app, tx, &moment, &stored.position).await?;
    match judgement {
        Judgement::Wrong { to: Some(to), .. } => reassign(app, tx, &task, to, by).await,
        Judgement::Refine { words } => refine(app, tx, &task, &stored, words, by).await,
        Judgement::Use | Judgement::Right | Judgement::Wrong { to: None, .. } => Ok(Said::Nothing),
    }
}

async fn reassign(app: &App, tx: &mut Tx, task: &Task, to: &To, by: &SlackUser) -> Result<Said, FlowError> {
    super::decide::reassign(app, tx, task.id, to, by).await
}

/// The same worker makes another version: the new words come first, the old request stays below them.
async fn refine(
    app: &App,
    tx: &mut Tx,
    task: &Task,
    stored: &Stored,
    words: &str,
    by: &SlackUser,
) -> Result<Said, FlowError> {
    tasks::reword(tx, task.id, &format!("{}\n{}", words.trim(), task.text)).await?;
    let Some(task) = tasks::task(tx, task.id).await? else { return Ok(Said::Refused(Refusal::OldButton)) };
    let worker = worker_at(&stored.position);
    match assign::start_again(app, tx, &task, Some(&worker), by).await? {
        true => Ok(Said::Nothing),
        false => Ok(Said::Refused(Refusal::TaskEnded { task: task.id })),
    }
}

fn may_judge(
    app: &App,
    moment: &Moment,
    task: &Task,
    stored: &Stored,
    judgement: &Judgement,
    by: &SlackUser,
) -> Result<(), Refusal> {
    let worker = worker_at(&stored.position);
    let (directives, directory) = (&moment.directives, &moment.directory);
    let own = directory.person_of(&directives.roster, &by.user).map(|person| WorkerRef::Person(person.handle.clone()));
    if own.as_ref() == Some(&worker) {
        let may = vec![moment.names().account(&task.requester)];
        return Err(Refusal::NotTheirs { what: "judge this".to_owned(), may });
    }
    if stored.kind == Kind::Answer {
        // Another version is made from the words of whoever asked, so nobody else adds to them.
        if let Judgement::Refine { .. } = judgement
            && task.requester != *by
        {
            let may = vec![moment.names().account(&task.requester)];
            return Err(Refusal::NotTheirs { what: "ask for another version".to_owned(), may });
        }
        return who::steers(app, directives, directory, task, Some(&worker), by);
    }
    let handle = who::person(app, directives, directory, by)?;
    let context = directives.roster.context_of(Some(&stored.position), None);
    let mut may: std::collections::BTreeSet<String> = context.owner.into_iter().chain(context.supervisor).collect();
    if stored.kind == Kind::Check {
        may.extend(checkers(moment, &stored.position));
    }
    if may.contains(&handle) {
        return Ok(());
    }
    let may = who::people(directives, directory, &may);
    Err(Refusal::NotTheirs { what: format!("judge this for {}", moment.names().worker(&worker).name), may })
}

/// Whoever a `sample` sentence about this position names as its checkers.
fn checkers(moment: &Moment, position: &str) -> std::collections::BTreeSet<String> {
    let roster = &moment.directives.roster;
    let samples = moment.directives.each(|rule| if let Rule::Sample(sample) = rule { Some(sample) } else { None });
    let about =
        samples.filter(|(_, sample)| super::spend::positions_of(moment, &sample.who).iter().any(|p| p == position));
    about
        .flat_map(|(_, sample)| {
            sample.by.iter().flat_map(move |by| roster.people_of(by, &roster.context_of(Some(position), None)))
        })
        .collect()
}

/// Where a result stands, what was said of it takes the place of its buttons.
async fn redraw(
    app: &App,
    tx: &mut Tx,
    moment: &Moment,
    task: &Task,
    stored: &Stored,
    said: &judged::Said,
    by: &SlackUser,
) -> Result<(), FlowError> {
    let Some(words) = &stored.text else { return Ok(()) };
    let names = moment.names();
    let by = names.account(by);
    let worker = worker_at(&stored.position);
    if stored.kind == Kind::Answer {
        let all = assignments::of_task_in(tx, task.id).await?;
        let held = all.into_iter().rev().find(|held| held.worker == worker && held.until == Some(stored.at));
        let Some(held) = held else { return Ok(()) };
        if worker.agent().is_none() {
            let note = Some(words.clone()).filter(|words| !words.is_empty());
            let view = names.work(task, &held.worker, &super::says::because_of(&held), None);
            let state = WorkState::Done { at: stored.at, note, judging: None };
            let card = human::card(&view, &state, Surface::Thread).note(judged::said(said, &by, moment.now));
            return say(tx, task, held.id, card, moment.now).await;
        }
        let performed = execute::performed(app, tx, task).await?;
        let view = names.receipt_of(task, &held);
        let card = receipt::answered(&view, words, &performed, stored.at, None);
        return say(tx, task, held.id, card.note(judged::said(said, &by, moment.now)), moment.now).await;
    }
    let view = to_judge(moment, task, stored.id, &worker, words, None);
    let card = judged::judged(&view, said, &by, moment.now);
    let prefix = judge_slot(task.id, stored.id, "");
    for slot in outbox::slots_with_prefix(tx, &prefix).await? {
        let user = slot.trim_start_matches(&prefix).to_owned();
        let tell = Queued::tell(slot, &user, card.clone()).in_conversation(&task.conversation);
        outbox::queue(tx, &tell, moment.now).await?;
    }
    Ok(())
}

/// The slot of a result's card in somebody's direct messages.
pub(in crate::flow) fn judge_slot(task: TaskId, result: ResultId, user: &str) -> String {
    format!("task:{}:judge:{}:{user}", task.0, result.0)
}

pub(in crate::flow) fn to_judge(
    moment: &Moment,
    task: &Task,
    result: ResultId,
    worker: &WorkerRef,
    words: &str,
    rule: Option<&crate::directives::Origin>,
) -> ToJudge {
    let names = moment.names();
    ToJudge {
        task: task.id,
        result: result.0,
        worker: names.worker(worker),
        requester: names.requester(task),
        request: task.text.clone(),
        result_words: words.to_owned(),
        rule: rule.map(super::says::cited_origin),
        beside: None,
    }
}
