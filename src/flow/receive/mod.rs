//! inbox → task, answer to a question, edit, a fact about the workspace. Commands and clicks never come here: they are
//! decided before they are acknowledged.

mod edited;
mod message;
mod session;

use super::{App, FlowError, Worked};
use crate::clock::Span;
use crate::inbox::store::{self, Claimed, MAX_ATTEMPTS};
use crate::inbox::{Account, Arrival, Trigger};
use crate::ledger::{Fact, FactKind, store as ledger};
use crate::replies::outbox::Queued;
use crate::replies::{store as outbox, upkeep};
use crate::roster::store as roster;
use crate::store::Tx;

/// The first retry waits this long; each further one four times as long as the one before.
const FIRST_RETRY: Span = Span::seconds(2);

/// Takes one trigger from the inbox and does what it asks for.
pub async fn receive_next(app: App) -> Result<Worked, FlowError> {
    if !store::is_any_free(&app.store, app.now()).await? {
        return Ok(Worked::Nothing);
    }
    let mut tx = app.store.begin().await?;
    let Some(claimed) = store::claim_next(&mut tx, app.now()).await? else { return Ok(Worked::Nothing) };
    tx.commit().await?;
    match handle(&app, &claimed).await {
        Ok(()) => Ok(Worked::Yes),
        Err(FlowError::LostLease) => Err(FlowError::LostLease),
        Err(error) => give_back(&app, &claimed, &error).await,
    }
}

async fn handle(app: &App, claimed: &Claimed) -> Result<(), FlowError> {
    let arrival = match &claimed.arrival {
        Ok(arrival) => arrival,
        Err(why) => return Err(FlowError::Broken(format!("a stored trigger cannot be read: {why}"))),
    };
    match &arrival.trigger {
        Trigger::Message(message) => message::receive(app, claimed, message).await,
        Trigger::MessageEdited(edit) => edited::receive(app, claimed, edit).await,
        Trigger::UserChanged(account) => learn_account(app, claimed, account).await,
        Trigger::Membership { channel, .. } | Trigger::ChannelChanged { channel, .. } => {
            super::sync::channel(app, channel).await?;
            finish(app, claimed).await
        }
        Trigger::UserGroupChanged { .. } => {
            super::sync::groups(app).await?;
            finish(app, claimed).await
        }
        Trigger::HomeOpened { by } => {
            let card = super::query::home_for(app, by).await?;
            let mut tx = app.store.begin().await?;
            outbox::queue(&mut tx, &Queued::home(&by.user, card), app.now()).await?;
            finish_in(app, tx, claimed).await
        }
        Trigger::ScheduleDue { schedule, to, .. } => {
            super::schedule::receive(app, claimed, schedule, to.as_deref()).await
        }
        Trigger::Delivered(delivery) => super::open::receive(app, claimed, delivery).await,
        Trigger::AgentAnswered(answer) => super::think::receive(app, claimed, answer).await,
        Trigger::SessionStopped { by, channel, thread_ts } => {
            session::stopped(app, claimed, by, channel, thread_ts).await
        }
        Trigger::RateLimited { .. } | Trigger::Uninstalled | Trigger::TokensRevoked => {
            note_about_us(app, claimed, arrival).await
        }
        Trigger::MessageDeleted(_)
        | Trigger::Reaction(_)
        | Trigger::ViewClosed(_)
        | Trigger::Click(_)
        | Trigger::Submission(_)
        | Trigger::Command(_)
        | Trigger::Shortcut(_)
        | Trigger::Unknown { .. } => finish(app, claimed).await,
    }
}

/// Commits what was done with the mark that the trigger is done; a lost lease rolls everything back.
pub(in crate::flow) async fn finish_in(app: &App, mut tx: Tx, claimed: &Claimed) -> Result<(), FlowError> {
    if !store::finish(&mut tx, claimed, app.now()).await? {
        return Err(FlowError::LostLease);
    }
    tx.commit().await?;
    super::sync::reload_if_old(app).await;
    Ok(())
}

async fn finish(app: &App, claimed: &Claimed) -> Result<(), FlowError> {
    let tx = app.store.begin().await?;
    finish_in(app, tx, claimed).await
}

async fn learn_account(app: &App, claimed: &Claimed, account: &Account) -> Result<(), FlowError> {
    let fact = super::sync::fact_of(account);
    let mut tx = app.store.begin().await?;
    roster::put_account(&mut tx, &fact, app.now()).await?;
    finish_in(app, tx, claimed).await?;
    super::sync::reload(app).await
}

/// Slack says that we hear less, or nothing any more: a fact of the system's own chain, and a line in the log.
async fn note_about_us(app: &App, claimed: &Claimed, arrival: &Arrival) -> Result<(), FlowError> {
    tracing::error!(trigger = ?arrival.trigger, "Slack has cut us off in part or wholly; look at the app's settings");
    let mut tx = app.store.begin().await?;
    let fact = Fact::of_system(FactKind::ConnectionChanged, serde_json::json!({ "what": arrival.trigger }));
    ledger::append_fact(&mut tx, &fact, app.now()).await?;
    finish_in(app, tx, claimed).await
}

/// Tries again later, or buries the trigger and tells the triage person.
async fn give_back(app: &App, claimed: &Claimed, error: &FlowError) -> Result<Worked, FlowError> {
    let text = error.to_string();
    let mut tx = app.store.begin().await?;
    if claimed.attempt < MAX_ATTEMPTS {
        let wait = Span(FIRST_RETRY.0 * 4_i64.pow(u32::try_from(claimed.attempt - 1).unwrap_or(0)));
        tracing::warn!(
            trigger = claimed.id.0,
            attempt = claimed.attempt,
            error = text,
            "a trigger failed; it is tried again"
        );
        store::retry_at(&mut tx, claimed, app.now().plus(wait), &text).await?;
        tx.commit().await?;
        return Ok(Worked::Yes);
    }
    tracing::error!(trigger = claimed.id.0, error = text, "a trigger is given up; see /workforce failed");
    store::bury(&mut tx, claimed, app.now(), &text).await?;
    let fact = Fact::of_system(FactKind::DeadLetter, serde_json::json!({ "trigger": claimed.id, "error": text }));
    ledger::append_fact(&mut tx, &fact, app.now()).await?;
    if let Some((triage, user)) = app.triage()?.and_then(|who| Some((who.clone(), who.account?))) {
        let letter = upkeep::DeadLetter {
            letter: claimed.id,
            what: claimed.arrival.as_ref().map_or("a stored trigger", |arrival| kind_of(&arrival.trigger)).to_owned(),
            link: None,
            attempts: u32::try_from(claimed.attempt).unwrap_or(u32::MAX),
            why: "It failed each time; the log says why.".to_owned(),
        };
        let card = upkeep::dead_letter(&triage, &letter);
        outbox::queue(&mut tx, &Queued::tell(format!("dead:{}", claimed.id), &user, card), app.now()).await?;
    }
    tx.commit().await?;
    Ok(Worked::Yes)
}

/// What a trigger is, for the person who looks after dead letters.
fn kind_of(trigger: &Trigger) -> &'static str {
    match trigger {
        Trigger::Message(_) => "a message",
        Trigger::MessageEdited(_) => "an edit",
        Trigger::MessageDeleted(_) => "a deletion",
        Trigger::Click(_) => "a click",
        Trigger::Submission(_) | Trigger::ViewClosed(_) => "a form",
        Trigger::Command(_) => "a command",
        Trigger::Shortcut(_) => "a shortcut",
        Trigger::HomeOpened { .. } => "a Home tab",
        Trigger::Reaction(_) => "a reaction",
        Trigger::SessionStopped { .. } => "a stop",
        Trigger::Membership { .. } | Trigger::ChannelChanged { .. } => "a change of a channel",
        Trigger::UserChanged(_) => "a change of an account",
        Trigger::UserGroupChanged { .. } => "a change of a user group",
        Trigger::RateLimited { .. } | Trigger::Uninstalled | Trigger::TokensRevoked => "a notice from Slack",
        Trigger::ScheduleDue { .. } => "a schedule",
        Trigger::Delivered(_) => "a delivery to a hook",
        Trigger::AgentAnswered(_) => "an agent's answer",
        Trigger::Unknown { .. } => "an unknown event",
    }
}
