//! A request was edited: before work starts the new text counts, afterwards the requester is asked which one does.

use serde_json::json;

use super::super::says::Names;
use super::super::{App, FlowError};
use super::finish_in;
use crate::assignments::{AssignmentState, store as assignments};
use crate::inbox::MessageEdited;
use crate::inbox::store::Claimed;
use crate::ledger::{Fact, FactKind, store as ledger};
use crate::replies::outbox::Queued;
use crate::replies::{asking, store as outbox};
use crate::slack::text;
use crate::tasks::{TaskState, store as tasks};
use crate::workflows::store as workflows;

pub(super) async fn receive(app: &App, claimed: &Claimed, edit: &MessageEdited) -> Result<(), FlowError> {
    let mut tx = app.store.begin().await?;
    let task = tasks::of_message(&mut tx, &edit.channel, &edit.ts).await?;
    let words = text::plain_request(&edit.new_text, &app.ours.user);
    // An edit by somebody else (Slack allows admins none, but a forged event costs nothing) is no request of theirs.
    let Some(task) = task.filter(|task| !task.state.has_ended() && task.requester == edit.by && task.text != words)
    else {
        return finish_in(app, tx, claimed).await;
    };
    if workflows::of_task(&mut tx, task.id).await?.is_some() {
        let slot = format!("task:{}:edit", task.id.0);
        let say = Queued::say(slot, &task.channel, Some(&task.root_ts), crate::replies::workflow::edited(task.id))
            .in_conversation(&task.conversation);
        outbox::queue(&mut tx, &say, app.now()).await?;
        return finish_in(app, tx, claimed).await;
    }
    let fact = |what: &str| {
        let digest = crate::catalogue::canonical::digest_bytes(words.as_bytes());
        Fact::of_task(&task.conversation, task.id, FactKind::TaskChanged, json!({ "what": what, "text": digest }))
    };
    let holder = assignments::current(&mut tx, task.id).await?;
    let begun = holder.as_ref().is_some_and(|held| held.state == AssignmentState::Held);
    match (begun, holder) {
        (true, Some(held)) => {
            tasks::note_edit(&mut tx, task.id, Some(&words)).await?;
            ledger::append_fact(&mut tx, &fact("edited after work began"), app.now()).await?;
            let (directives, directory) = (app.directives()?, app.directory());
            let names = Names { directives: &directives, directory: &directory };
            let card =
                asking::edited(task.id, &names.worker(&held.worker), names.identity(&held.worker).as_ref(), &words);
            let slot = format!("task:{}:edit", task.id.0);
            let say = Queued::say(slot, &task.channel, Some(&task.root_ts), card).in_conversation(&task.conversation);
            outbox::queue(&mut tx, &say, app.now()).await?;
        }
        (false, _) | (true, None) => {
            tasks::reword(&mut tx, task.id, &words).await?;
            if task.state != TaskState::Open {
                assignments::end_current(&mut tx, task.id, AssignmentState::Released, app.now()).await?;
                tasks::move_task(&mut tx, task.id, task.state, TaskState::Open, app.now()).await?;
            }
            ledger::append_fact(&mut tx, &fact("edited before work began"), app.now()).await?;
        }
    }
    finish_in(app, tx, claimed).await
}
