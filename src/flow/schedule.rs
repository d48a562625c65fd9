//! The clock → inbox → whoever hears of it or works on it. A tick is a trigger like any other; whether it was fired is a mark
//! in the database, moved in the transaction that stores the trigger.

use super::{App, FlowError, erase, health, open, receive, remind, spend};
use crate::clock::Timestamp;
use crate::inbox::store::{self as inbox, Claimed};
use crate::inbox::{Arrival, Trigger};
use crate::schedules::{Work, entries, store as marks};

/// Marks of sentences begin so; of sentences that are gone they are removed.
const OF_SENTENCES: &str = "say:";

/// Fires every schedule that is due, once, however many of its instants were missed.
pub(super) async fn fire_due(app: &App) -> Result<bool, FlowError> {
    let Ok(directives) = app.directives() else { return Ok(false) };
    let entries = entries(&directives);
    let known = marks::marks(&app.store).await?;
    let now = app.now();
    let gone: Vec<&String> = known
        .keys()
        .filter(|key| key.starts_with(OF_SENTENCES) && !entries.iter().any(|entry| entry.key == **key))
        .collect();
    let fresh: Vec<&str> =
        entries.iter().map(|entry| entry.key.as_str()).filter(|key| !known.contains_key(*key)).collect();
    let due = entries.iter().filter_map(|entry| {
        let mark = *known.get(&entry.key)?;
        Some((entry.key.as_str(), mark, entry.timing.last_due(mark, now)?))
    });
    let due: Vec<(&str, Timestamp, Timestamp)> = due.collect();
    if gone.is_empty() && fresh.is_empty() && due.is_empty() {
        return Ok(false);
    }
    let mut tx = app.store.begin().await?;
    for key in gone {
        marks::remove_mark(&mut tx, key).await?;
    }
    for key in fresh {
        // What is new begins now: it has missed nothing.
        marks::set_mark(&mut tx, key, now).await?;
    }
    let mut fired = false;
    for (key, mark, at) in due {
        if marks::move_mark(&mut tx, key, mark, at).await? {
            let trigger = Trigger::ScheduleDue { schedule: key.to_owned(), due_us: at.0, to: None };
            let key = format!("tick:{key}:{}", at.0);
            inbox::put(&mut tx, &Arrival { key, also: None, conversation: None, trigger }, now).await?;
            fired = true;
        }
    }
    tx.commit().await?;
    Ok(fired)
}

/// When the next schedule is due; what was never looked at is due at once.
pub async fn next_due(app: &App) -> Result<Option<Timestamp>, FlowError> {
    let Ok(directives) = app.directives() else { return Ok(None) };
    let known = marks::marks(&app.store).await?;
    let due = |entry: &crate::schedules::Entry<'_>| match known.get(&entry.key) {
        Some(mark) => entry.timing.next_after(*mark),
        None => Some(app.now()),
    };
    Ok(entries(&directives).iter().filter_map(due).min())
}

/// A tick: somebody is told, or work begins. `to`: only for this person, who was not at work when it was due.
pub(super) async fn receive(app: &App, claimed: &Claimed, key: &str, to: Option<&str>) -> Result<(), FlowError> {
    let directives = app.directives()?;
    let entries = entries(&directives);
    let Some(entry) = entries.iter().find(|entry| entry.key == key) else {
        // The sentence was changed or removed since.
        let tx = app.store.begin().await?;
        return receive::finish_in(app, tx, claimed).await;
    };
    match &entry.work {
        Work::EraseTexts => {
            erase::erase_old_texts(app).await?;
            spend::end_old_doubts(app).await?;
            let tx = app.store.begin().await?;
            receive::finish_in(app, tx, claimed).await
        }
        Work::Reviews(_) | Work::Remind { .. } => {
            let mut tx = app.store.begin().await?;
            remind::remind(app, &mut tx, entry, to).await?;
            receive::finish_in(app, tx, claimed).await
        }
        Work::ApproverHealth => {
            let mut tx = app.store.begin().await?;
            health::tell_weekly(app, &mut tx).await?;
            receive::finish_in(app, tx, claimed).await
        }
        Work::Do { schedule, reading } => open::begin_scheduled(app, claimed, schedule, reading).await,
        Work::Start { workflow, clock } => open::begin_workflow(app, claimed, workflow, clock).await,
    }
}
