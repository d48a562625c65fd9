//! Workers that only observe or suggest: what they would have done is kept and shown, and a person does it.

use serde_json::json;

use super::super::FlowError;
use super::super::assign::{self, Giving, note, say};
use super::super::facts::Moment;
use super::super::says::cited_origin;
use super::super::step::Scene;
use super::{judge_slot, to_judge};
use crate::assignments::store as assignments;
use crate::catalogue::canonical::digest_bytes;
use crate::directives::Origin;
use crate::directives::rule::Level;
use crate::ledger::FactKind;
use crate::replies::outbox::Queued;
use crate::replies::receipt::Because;
use crate::replies::{judged, store as outbox};
use crate::results::Kind;
use crate::results::store::{self as results, NewResult};
use crate::runs::store as runs;
use crate::runs::{RunState, StepKind};
use crate::store::Tx;
use crate::workers::WorkerRef;

/// Ends a run at what it would have done or said. Its owner sees it alone and judges it; where the worker suggests, whoever does
/// the work reads it in the thread. The task goes to the owner.
pub(in crate::flow) async fn would_have(
    scene: &Scene,
    tx: &mut Tx,
    words: &str,
    level: Level,
    origin: Option<&Origin>,
) -> Result<(), FlowError> {
    let (task, run, now) = (&scene.task, &scene.run, scene.app.now());
    if !runs::finish(tx, run, RunState::Done, now).await? {
        return Err(FlowError::LostLease);
    }
    let digest = digest_bytes(words.as_bytes());
    let end = json!({ "end": { "proposal": digest } });
    runs::append_step(tx, run.id, run.fence, StepKind::End, "", &end, now).await?;
    let kind = Kind::Proposal;
    let new =
        NewResult { task: task.id, run: Some(run.id), position: &run.position, kind, text: words, digest: &digest };
    let result = results::keep(tx, &new, now).await?;
    let payload = json!({ "run": run.id, "result": result, "position": run.position, "level": level, "proposal": digest, "rule": origin });
    note(tx, task, FactKind::Proposed, payload, now).await?;

    let moment = Moment::of(&scene.app)?;
    let names = moment.names();
    let worker = WorkerRef::Agent(run.position.clone());
    let owner = moment.directives.roster.context_of(Some(&run.position), None).owner.first().cloned();
    let to = owner.map_or(WorkerRef::Human, WorkerRef::Person);
    let who = names.worker(&to);
    if let Some(account) = &who.account {
        let card = judged::would_have(&to_judge(&moment, task, result, &worker, words, origin));
        let slot = judge_slot(task.id, result, account);
        outbox::queue(tx, &Queued::tell(slot, account, card).in_conversation(&task.conversation), now).await?;
    }
    let rule = origin.map(cited_origin);
    if let Some(held) = assignments::current(tx, task.id).await? {
        let view = names.receipt_of(task, &held);
        let card = match level {
            Level::Suggest => judged::suggests(&view, words, &who, rule.as_ref()),
            Level::Observe | Level::Ask | Level::Act | Level::Report => {
                judged::only_observes(&view, &who, rule.as_ref())
            }
        };
        say(tx, task, held.id, card, now).await?;
    }
    let because = match rule {
        Some(rule) => Because::Rule(rule),
        None => Because::Chosen { by: names.worker(&worker), at: now },
    };
    let giving = Giving { worker: &to, because, level: 0, offered_since: now };
    assign::give(&scene.app, tx, task, giving).await
}
