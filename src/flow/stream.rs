//! A message that grows at Slack, or is edited in place where Slack lets none grow. What somebody has done so far is passing: it is
//! left out where there is no time for it, and never tried again. The message itself and its last state are not.

use std::sync::{Mutex, PoisonError};

use super::App;
use super::deliver::{Sent, edit};
use crate::clock::{Span, Timestamp};
use crate::replies::Card;
use crate::replies::outbox::{Destination, Queued};
use crate::replies::progress::{Live, Streamed};
use crate::replies::store::{self, Posted, Sending};
use crate::slack::web::{Beginning, PostId, WebError};
use crate::store::Tx;

/// Streams that may begin in a minute: each takes one call of 20 to begin and one of 20 to end (tier 2).
const STARTS_A_MINUTE: u32 = 12;
/// Additions of one minute, of the 100 calls that Slack takes (tier 4).
const APPENDS_A_MINUTE: u32 = 80;
/// Edits on the way of one minute; the other 30 calls are for what must be said (tier 3).
const EDITS_A_MINUTE: u32 = 20;
/// Refusals in a row after which Slack is not asked again to let a message grow.
const REFUSALS: u32 = 3;
/// Refusals that are about this channel or person only.
const OF_THE_PLACE: [&str; 7] = [
    "user_not_found", "channel_not_found", "not_in_channel", "is_archived", "thread_not_found", "restricted_action",
    "channel_type_not_supported",
];
/// A stream that was told to end is looked at again after this.
const LOOK_AGAIN: Span = Span::minutes(1);

/// What may still be shown in this minute.
#[derive(Debug, Default)]
pub struct Shows(Mutex<Minute>);

#[derive(Debug, Default)]
struct Minute {
    /// Minutes since 1970.
    minute: i64,
    starts: u32,
    appends: u32,
    edits: u32,
    refused: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Show {
    Start,
    Append,
    Edit,
}

impl Shows {
    fn may(&self, show: Show, now: Timestamp) -> bool {
        let mut minute = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let this = now.0.div_euclid(60_000_000);
        if minute.minute != this {
            *minute = Minute { minute: this, refused: minute.refused, ..Minute::default() };
        }
        let refused = minute.refused;
        let (used, most) = match show {
            Show::Start if refused >= REFUSALS => return false,
            Show::Start => (&mut minute.starts, STARTS_A_MINUTE),
            Show::Append => (&mut minute.appends, APPENDS_A_MINUTE),
            Show::Edit => (&mut minute.edits, EDITS_A_MINUTE),
        };
        *used = used.saturating_add(1);
        *used <= most
    }

    fn note(&self, began: bool) {
        let mut minute = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        minute.refused = if began { 0 } else { minute.refused.saturating_add(1) };
    }
}

/// Posts the slot's message as one that grows; `None` where it should be posted as any other.
pub(super) async fn begin(
    app: &App,
    sending: &Sending,
    (to, thread_ts): (&Destination, Option<&str>),
    card: &Card,
    live: Option<&Live>,
) -> Option<Sent> {
    let (Some(live), Destination::Channel(channel), Some(thread_ts)) = (live, to, thread_ts) else { return None };
    // After a doubt the message is looked for, which the other way does.
    if sending.attempt > 1 || !app.config.stream_answers || !app.shows.may(Show::Start, app.now()) {
        return None;
    }
    let id = PostId { outbox: sending.id, part: 0 };
    let at = Beginning { channel, thread_ts, team: &app.ours.team, card, dress: &app.dress, id };
    match app.web.start_stream(at, live).await {
        Ok(posted) => {
            app.shows.note(true);
            let place = Posted { channel: posted.channel, ts: posted.ts, thread_ts: Some(thread_ts.to_owned()) };
            Some(Sent::Growing(place, Streamed::of(live, app.now())))
        }
        Err(WebError::Unknown { why }) => Some(Sent::Again { after: Span::ZERO, why }),
        Err(error @ WebError::Permanent { .. }) => {
            if !error.code().is_some_and(|code| OF_THE_PLACE.contains(&code)) {
                app.shows.note(false);
            }
            tracing::info!(
                error = &error as &dyn std::error::Error,
                "Slack lets no message grow here; it is edited instead"
            );
            None
        }
        Err(WebError::Retry { .. }) => None,
    }
}

/// Shows what there is by now in the message that stands.
pub(super) async fn go_on(
    app: &App,
    sending: &Sending,
    place: Posted,
    grows: Option<Streamed>,
    card: &Card,
    live: &Live,
) -> Sent {
    if let Some(shown) = grows {
        // After a doubt nobody knows what it shows.
        let new = if sending.attempt == 1 { shown.beyond(live) } else { None };
        match new {
            Some(new) if new.steps.is_empty() && new.words.trim().is_empty() => return Sent::Growing(place, shown),
            Some(_) if !app.shows.may(Show::Append, app.now()) => return Sent::Growing(place, shown),
            Some(new) => {
                let first = shown.steps.is_empty();
                match app.web.append_stream(&place.channel, &place.ts, live, &new, first).await {
                    Ok(()) => return Sent::Growing(place, Streamed::of(live, shown.begun)),
                    // Certainly not added; it comes with whatever comes next.
                    Err(WebError::Retry { .. }) => return Sent::Growing(place, shown),
                    Err(WebError::Permanent { .. } | WebError::Unknown { .. }) => {}
                }
            }
            None => {}
        }
        stop(app, &place).await;
    } else if app.web.edits_wait() || !app.shows.may(Show::Edit, app.now()) {
        return Sent::At(None);
    }
    match edit(app, place.clone(), card).await {
        sent @ Sent::At(_) => sent,
        // Whatever comes next says it.
        Sent::Growing(..) | Sent::Again { .. } | Sent::Never { .. } | Sent::NotEdited { .. } => Sent::At(Some(place)),
    }
}

/// Ends a stream, if it is one. What comes of that matters to nobody: an edit says whether it may be edited.
pub(super) async fn stop(app: &App, place: &Posted) {
    if let Err(error) = app.web.stop_stream(&place.channel, &place.ts).await {
        tracing::info!(error = &error as &dyn std::error::Error, "a message that grows was not ended");
    }
}

/// Ends what has not grown for a while, before Slack breaks it off.
pub(super) async fn end_quiet(app: &App, tx: &mut Tx, now: Timestamp) -> Result<(), super::FlowError> {
    for (slot, channel) in store::quiet_streams(tx, now, LOOK_AGAIN).await? {
        store::queue(tx, &Queued::end_stream(slot, &channel), app.now()).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_has_room_for_so_many_and_the_next_for_as_many_again() {
        let shows = Shows::default();
        let now = Timestamp(90_000_000);
        let begun = (0..30).filter(|_| shows.may(Show::Start, now)).count();
        assert_eq!(begun, 12);
        assert!(shows.may(Show::Edit, now), "each has its own");
        assert!(shows.may(Show::Start, now.plus(Span::minutes(1))));
    }

    #[test]
    fn whoever_refuses_three_times_in_a_row_is_not_asked_again() {
        let shows = Shows::default();
        for began in [false, false, true, false, false] {
            shows.note(began);
        }
        assert!(shows.may(Show::Start, Timestamp(0)));
        shows.note(false);
        assert!(!shows.may(Show::Start, Timestamp(0)) && shows.may(Show::Append, Timestamp(0)));
    }
}
