//! slack → inbox, for what no envelope brought: after a silence that was longer than Slack repeats events, and after the
//! process was down, channels are read back and what is missing is committed like any arrival.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::json;

use super::{App, FlowError, Worked};
use crate::clock::{Span, Timestamp};
use crate::inbox::{Arrival, ChannelKind, Trigger, store as inbox};
use crate::ledger::{Fact, FactKind, store as ledger};
use crate::replies::outbox::Queued;
use crate::replies::{store as outbox, upkeep};
use crate::slack::envelope::Reader;
use crate::slack::missed::said_since;
use crate::tasks::store as tasks;

/// No further back than this: an older request has been asked again, or has become pointless.
const FURTHEST: Span = Span::days(1);
/// Read back this much more than was missed, since clocks differ and what is known already costs nothing.
const MARGIN: Span = Span::minutes(1);
/// Slack repeats an event after a minute and after five; what was missed for less comes by itself.
const SLACK_REPEATS: Span = Span::minutes(5);
/// Direct conversations that are read back, the latest first.
const DIRECT: i64 = 100;

/// A time in which nothing was heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Silence {
    pub from: Timestamp,
    pub until: Timestamp,
    /// The process was not running.
    pub down: bool,
}

/// The silence that is to be read back next.
#[derive(Debug, Default)]
pub struct Book(Mutex<Pages>);

#[derive(Debug, Default)]
struct Pages {
    /// When the last life of the process heard something last; until the first connection.
    before_start: Option<Timestamp>,
    open: Option<Silence>,
}

impl Book {
    fn pages(&self) -> std::sync::MutexGuard<'_, Pages> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn heard_last_before_start(&self, at: Option<Timestamp>) {
        self.pages().before_start = at;
    }

    /// A socket is open. The first one ends the silence since the last life of the process.
    pub fn connected(&self, now: Timestamp) {
        let mut pages = self.pages();
        if let Some(from) = pages.before_start.take() {
            pages.open = Some(Silence { from, until: now, down: true });
        }
    }

    /// After a time without a socket. Silences that follow each other become one.
    pub fn hearing_again(&self, after: Duration, now: Timestamp) {
        let from = Timestamp(now.0.saturating_sub(i64::try_from(after.as_micros()).unwrap_or(i64::MAX)));
        let mut pages = self.pages();
        pages.open = Some(match pages.open {
            Some(before) => Silence { from: before.from.min(from), until: now, down: before.down },
            None => Silence { from, until: now, down: false },
        });
    }

    fn take(&self) -> Option<Silence> {
        self.pages().open.take()
    }
}

/// Notes when something was heard last, before anything is heard now.
pub async fn prepare(app: &App) -> Result<(), FlowError> {
    app.silences.heard_last_before_start(inbox::last_received(&app.store).await?);
    Ok(())
}

/// Reads back one silence.
pub async fn read_back(app: App) -> Result<Worked, FlowError> {
    let Some(silence) = app.silences.take() else { return Ok(Worked::Nothing) };
    let oldest = Timestamp(silence.from.max(silence.until.minus(FURTHEST)).0 - MARGIN.0);
    let mut found = 0;
    for (channel, roots) in places(&app).await? {
        let reader = Reader::new(app.ours.clone());
        reader.kinds.learn(&channel.0, channel.1);
        match said_since(&app.web, &reader, &channel.0, oldest, &roots).await {
            Ok(arrivals) => found += keep_unknown(&app, arrivals).await?,
            Err(error) => tracing::warn!(
                channel = channel.0,
                error = &error as &dyn std::error::Error,
                "a channel could not be read back; what was said there meanwhile may be missed"
            ),
        }
    }
    tell(&app, silence, found).await?;
    Ok(Worked::Yes)
}

type Place = ((String, ChannelKind), Vec<String>);

/// Where somebody can have spoken to us, with the threads in which our tasks are open.
async fn places(app: &App) -> Result<Vec<Place>, FlowError> {
    let open = tasks::not_ended(&app.store, 1_000).await?;
    let roots = |channel: &str| -> Vec<String> {
        open.iter().filter(|task| task.channel == channel).map(|task| task.root_ts.clone()).collect()
    };
    let directory = app.directory();
    let joined = directory.channels.iter().filter(|channel| channel.joined && !channel.archived);
    let kind = |private| if private { ChannelKind::Private } else { ChannelKind::Public };
    let mut places: Vec<Place> =
        joined.map(|channel| ((channel.id.clone(), kind(channel.private)), roots(&channel.id))).collect();
    for channel in tasks::direct_channels(&app.store, DIRECT).await? {
        let roots = roots(&channel);
        places.push(((channel, ChannelKind::Direct), roots));
    }
    Ok(places)
}

/// Commits what is not known yet; how many of these are messages.
async fn keep_unknown(app: &App, arrivals: Vec<Arrival>) -> Result<usize, FlowError> {
    let messages: Vec<Arrival> =
        arrivals.into_iter().filter(|arrival| matches!(arrival.trigger, Trigger::Message(_))).collect();
    if messages.is_empty() {
        return Ok(0);
    }
    let mut tx = app.store.begin_first().await?;
    let new = inbox::put_batch(&mut tx, &messages, app.now()).await?;
    tx.commit().await?;
    let for_us = |arrival: &&Arrival| match &arrival.trigger {
        Trigger::Message(message) => message.mentions_us || message.channel_kind == ChannelKind::Direct,
        _ => false,
    };
    Ok(messages.iter().filter(for_us).filter(|arrival| new.contains(&arrival.key)).count())
}

/// Whoever keeps the house hears of it, where it was long or where something was found.
async fn tell(app: &App, silence: Silence, found: usize) -> Result<(), FlowError> {
    let long = !silence.down && silence.until.since(silence.from) > SLACK_REPEATS;
    if found == 0 && !long {
        return Ok(());
    }
    tracing::warn!(found, from = silence.from.0, until = silence.until.0, "read back what was said in a silence");
    let mut tx = app.store.begin().await?;
    let payload = json!({ "what": "read back", "from_us": silence.from, "until_us": silence.until, "found": found });
    ledger::append_fact(&mut tx, &Fact::of_system(FactKind::ConnectionChanged, payload), app.now()).await?;
    let triage = app.triage()?;
    if let Some((triage, account)) = triage.and_then(|who| Some((who.clone(), who.account?))) {
        let why = if silence.down { upkeep::Deaf::Down } else { upkeep::Deaf::NoConnection };
        let card = upkeep::was_deaf(&triage, silence.from, silence.until, why, found);
        outbox::queue(&mut tx, &Queued::tell(format!("deaf:{}", silence.until.0), &account, card), app.now()).await?;
    }
    tx.commit().await?;
    Ok(())
}
