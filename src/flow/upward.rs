//! "I cannot do this" → up the org chart: whoever answers for the position, its supervisor, their managers, at last the triage
//! person; for those who are away, whoever stands in for them. Each is told why. Whoever cannot be reached is passed over, and
//! whoever does not answer too, so that it never ends with nobody.

use std::collections::BTreeSet;

use serde_json::json;

use super::assign::{self, Giving, note, redraw_direct, say};
use super::facts::Moment;
use super::says::because_of;
use super::step::Scene;
use super::{App, FlowError, judge, questions};
use crate::assignments::{Assignment, store as assignments};
use crate::ledger::FactKind;
use crate::replies::human::{self, Surface, WorkState};
use crate::replies::outbox::Queued;
use crate::replies::receipt::{self, Because};
use crate::replies::unsure::Why;
use crate::replies::{Who, store as outbox};
use crate::roster::chart::ResolveContext;
use crate::runs::RunState;
use crate::runs::store as runs;
use crate::store::Tx;
use crate::tasks::Task;
use crate::workers::WorkerRef;

/// Who has it next.
struct Up {
    to: WorkerRef,
    /// Who would have had it before, and cannot be reached. Handles.
    passed_over: Vec<String>,
}

/// The next one up from a position, or from people; `had` are those who had it or were asked already. `None`: nobody is left.
fn next_up(moment: &Moment, from: &ResolveContext, had: &BTreeSet<String>) -> Option<Up> {
    let roster = &moment.directives.roster;
    let both: BTreeSet<String> = from.owner.union(&from.supervisor).cloned().collect();
    let above = roster.climb(&both, &ResolveContext::default(), &BTreeSet::new());
    let levels = [from.owner.clone(), from.supervisor.clone()].into_iter();
    let levels = levels.chain(above.into_iter().map(|handle| BTreeSet::from([handle])));
    let mut passed_over = Vec::new();
    for level in levels {
        let left: BTreeSet<String> = level.difference(had).cloned().collect();
        let there: Vec<String> =
            questions::reached(moment, &left).into_iter().filter(|handle| !had.contains(handle)).collect();
        match there.first() {
            Some(first) => return Some(Up { to: WorkerRef::Person(first.clone()), passed_over }),
            None => passed_over.extend(left),
        }
    }
    None
}

/// An agent cannot do what it was asked for.
pub(super) async fn cannot(scene: &Scene, tx: &mut Tx, why: &str) -> Result<(), FlowError> {
    let (app, task, now) = (&scene.app, &scene.task, scene.app.now());
    if !runs::finish(tx, &scene.run, RunState::Done, now).await? {
        return Err(FlowError::LostLease);
    }
    scene.forget_answers(tx).await?;
    let moment = Moment::of(app)?;
    let names = moment.names();
    let why = why.trim();
    let from = moment.directives.roster.context_of(Some(&scene.run.position), None);
    let up = next_up(&moment, &from, &people_so_far(&moment, tx, task).await?);
    let passed_over = up.as_ref().map(|up| up.passed_over.clone()).unwrap_or_default();
    let to = up.map_or(WorkerRef::Human, |up| up.to);
    let payload = json!({ "run": scene.run.id, "cannot": true, "to": to, "why": why, "passed_over": passed_over });
    note(tx, task, FactKind::HandedOver, payload, now).await?;
    if let Some(held) = assignments::current(tx, task.id).await? {
        let passed: Vec<Who> = passed_over.iter().map(|handle| names.person(handle)).collect();
        let card = receipt::cannot_do(&names.receipt_of(task, &held), &names.worker(&to), why, &passed);
        say(tx, task, held.id, card, now).await?;
    }
    if to == WorkerRef::Human && moment.directives.roster.triage.is_none() {
        return assign::ask_triage(app, tx, task, Why::GivenBack { times: 1 }, &[]).await;
    }
    let by = names.worker(&WorkerRef::Agent(scene.run.position.clone()));
    let because = Because::CannotDo { by, why: why.to_owned() };
    let giving = Giving { worker: &to, because, level: 0, offered_since: now };
    assign::give(app, tx, task, giving).await?;
    judge::look(app, tx, &moment, &scene.run.position).await
}

/// Whoever was asked because an agent cannot do it did not answer, and no sentence says who is asked next: the next one up is.
/// False where it is no such holding.
pub(super) async fn silent(
    app: &App,
    tx: &mut Tx,
    moment: &Moment,
    task: &Task,
    held: &Assignment,
) -> Result<bool, FlowError> {
    let because = because_of(held);
    let Because::CannotDo { .. } = &because else { return Ok(false) };
    let Some(run) = runs::last_of_task(tx, task.id).await? else { return Ok(false) };
    let from = moment.directives.roster.context_of(Some(&run.position), None);
    let had = people_so_far(moment, tx, task).await?;
    let names = moment.names();
    let view = names.work(task, &held.worker, &because, None);
    let Some(up) = next_up(moment, &from, &had) else {
        let asked: Vec<Who> = had.iter().map(|handle| names.person(handle)).collect();
        let slot = format!("task:{}:nobody", task.id.0);
        let card = human::nobody_left(&view, &asked);
        let tell = Queued::say(slot, &task.channel, Some(&task.root_ts), card).in_conversation(&task.conversation);
        outbox::queue(tx, &tell, moment.now).await?;
        return Ok(false);
    };
    let to = vec![names.worker(&up.to)];
    let payload = json!({ "from": held.worker, "to": [up.to], "passed_over": up.passed_over });
    note(tx, task, FactKind::Escalated, payload, moment.now).await?;
    let state = WorkState::Escalated { to: to.clone(), at: moment.now, rule: None };
    say(tx, task, held.id, human::card(&view, &state, Surface::Thread), moment.now).await?;
    redraw_direct(app, tx, task, |_| Some(human::card(&view, &state, Surface::Direct))).await?;
    let slot = format!("task:{}:escalated:held:{}", task.id.0, held.id.0);
    let notice = human::escalation_notice(&view, moment.now.since(held.since), &to, None);
    let tell = Queued::say(slot, &task.channel, Some(&task.root_ts), notice).in_conversation(&task.conversation);
    outbox::queue(tx, &tell, moment.now).await?;
    let giving = Giving { worker: &up.to, because, level: held.level, offered_since: held.since };
    assign::give(app, tx, task, giving).await?;
    Ok(true)
}

/// Everybody who had a task, or was asked to take it. Handles.
async fn people_so_far(moment: &Moment, tx: &mut Tx, task: &Task) -> Result<BTreeSet<String>, FlowError> {
    let roster = &moment.directives.roster;
    let context = ResolveContext::default();
    let all = assignments::of_task_in(tx, task.id).await?;
    Ok(all.iter().flat_map(|held| roster.people_of(&held.worker, &context)).collect())
}
