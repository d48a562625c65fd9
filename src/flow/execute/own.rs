//! Tools of our own, performed: posting and reading in Slack on an agent's behalf, as far as whoever asked may see and be seen.
//! What was asked in private is told to nobody who was not there ([`super::audience`]).
//!
//! What is posted stands under the position's name as plain text, through the outbox: nothing in it pings, links or unfurls, it is
//! never sent to a whole channel from a thread, and a second attempt finds the first by its slot.

use serde_json::{Value, json};

use super::super::{App, FlowError};
use super::audience::{may_be_told, may_hear, may_read};
use crate::catalogue::own;
use crate::execution::Outcome;
use crate::execution::store::Stored;
use crate::gate::Action;
use crate::money::Cost;
use crate::replies::outbox::Queued;
use crate::replies::plain::shorten;
use crate::replies::{Card, store as outbox};
use crate::roster::directory::{ChannelState, Directory};
use crate::slack::thread::{ThreadLimits, read_above};
use crate::tasks::Task;
use crate::workers::WorkerRef;

/// Messages of a thread that one reading gives.
const MESSAGES: usize = 30;
/// Later than any message: the whole thread is read.
const END_OF_TIME: &str = "9999999999.999999";

/// Performs a call of ours; `None`: it is a server's.
pub(super) async fn call(
    app: &App,
    stored: &Stored,
    task: &Task,
    action: &Action,
) -> Result<Option<(Outcome, Cost)>, FlowError> {
    let directives = app.directives()?;
    let name = action.tool();
    let is_ours =
        own::get(name).is_some() && directives.catalogue.iter().all(|tool| tool.name.server() != name.server());
    if !is_ours {
        return Ok(None);
    }
    let text = |field: &str| action.arguments().get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
    let outcome = match name.0.as_str() {
        own::POST => post(app, stored, task, &text("channel"), &text("thread"), &text("text")).await?,
        own::DM => dm(app, stored, task, &text("person"), &text("text")).await?,
        own::READ_THREAD => read(app, task, &text("channel"), &text("thread")).await?,
        other => Outcome::NotSent { why: format!("there is no tool {other}") },
    };
    Ok(Some((outcome, Cost::Unmetered)))
}

async fn post(
    app: &App,
    stored: &Stored,
    task: &Task,
    channel: &str,
    thread: &str,
    text: &str,
) -> Result<Outcome, FlowError> {
    let directory = app.directory();
    let channel = match open_to(&directory, task, channel) {
        Ok(channel) => channel,
        Err(why) => return Ok(Outcome::NotSent { why }),
    };
    if let Err(why) = may_hear(app, stored, task, channel).await? {
        return Ok(Outcome::NotSent { why });
    }
    let thread = (!thread.is_empty()).then_some(thread);
    let slot = format!("own:{}", stored.id);
    let said = Queued::say(slot, &channel.id, thread, card(app, stored, text)?);
    queue(app, task, said).await?;
    Ok(Outcome::Answered { result: json!({ "posted": true, "channel": format!("#{}", channel.name) }) })
}

async fn dm(app: &App, stored: &Stored, task: &Task, person: &str, text: &str) -> Result<Outcome, FlowError> {
    let (directives, directory) = (app.directives()?, app.directory());
    let handle = person.trim_start_matches('@');
    let account = directory.account_of(&directives.roster, handle).filter(|known| !known.deactivated && !known.is_bot);
    let Some(account) = account else {
        return Ok(Outcome::NotSent { why: format!("nobody of the company is called @{handle}, or has an account") });
    };
    if let Err(why) = may_be_told(app, stored, task, (handle, &account.user.user)).await? {
        return Ok(Outcome::NotSent { why });
    }
    let slot = format!("own:{}", stored.id);
    queue(app, task, Queued::tell(slot, &account.user.user, card(app, stored, text)?)).await?;
    Ok(Outcome::Answered { result: json!({ "sent": true, "person": format!("@{handle}") }) })
}

async fn read(app: &App, task: &Task, channel: &str, thread: &str) -> Result<Outcome, FlowError> {
    let directory = app.directory();
    let found = open_to(&directory, task, channel);
    let channel = match found.and_then(|channel| may_read(app, task, channel).map(|()| channel)) {
        Ok(channel) => channel,
        Err(why) => return Ok(Outcome::Refused { why }),
    };
    let limits = ThreadLimits { messages: MESSAGES, ..ThreadLimits::default() };
    match read_above(&app.web, &app.ours, &channel.id, thread, END_OF_TIME, limits).await {
        Ok(above) => {
            let said: Vec<Value> = above
                .messages
                .iter()
                .map(|said| {
                    let handle = directory.account(&said.author).map(|account| format!("@{}", account.handle));
                    let by = if said.ours { "workforce".to_owned() } else { handle.unwrap_or_default() };
                    json!({ "by": by, "at": said.ts, "text": said.text })
                })
                .collect();
            Ok(Outcome::Answered { result: json!({ "messages": said, "shortened": above.shortened }) })
        }
        Err(error) => Ok(Outcome::Refused { why: format!("the thread cannot be read: {error}") }),
    }
}

/// The channel of this name, if whoever asked may be heard there: a public one, or the very one in which they asked.
fn open_to<'a>(directory: &'a Directory, task: &Task, name: &str) -> Result<&'a ChannelState, String> {
    let name = name.trim_start_matches('#');
    let Some(channel) = directory.channel_named(name).filter(|known| known.joined && !known.archived) else {
        return Err(format!("there is no channel #{name}, or the bot is not in it"));
    };
    if channel.private && channel.id != task.channel {
        return Err(format!("#{name} is private, and the request came from elsewhere"));
    }
    Ok(channel)
}

/// Words of an agent, as plain text under its name.
fn card(app: &App, stored: &Stored, text: &str) -> Result<Card, FlowError> {
    let (directives, directory) = (app.directives()?, app.directory());
    let names = super::super::says::Names { directives: &directives, directory: &directory };
    let worker = WorkerRef::Agent(stored.position.clone());
    let identity = names.identity(&worker);
    Ok(Card::new(format!("{}: {}", names.worker(&worker).name, shorten(text.trim(), 120)))
        .posted_as(identity.as_ref())
        .words([], text))
}

async fn queue(app: &App, task: &Task, said: Queued) -> Result<(), FlowError> {
    let mut tx = app.store.begin().await?;
    outbox::queue(&mut tx, &said.in_conversation(&task.conversation), app.now()).await?;
    Ok(tx.commit().await?)
}
