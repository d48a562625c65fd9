//! outbox → slack. Each lane in order; a sending that broke off is looked for before it is sent again.

use super::{App, FlowError, Worked, failpoint, homes, stream};
use crate::clock::{Span, Timestamp};
use crate::ledger::{Fact, FactKind, store as ledger};
use crate::replies::outbox::{Destination, Outgoing, Queued};
use crate::replies::progress::Streamed;
use crate::replies::store::{self, MAX_ATTEMPTS, Posted, Sending};
use crate::replies::{Card, upkeep};
use crate::slack::blocks::render;
use crate::slack::web::{Post, PostId, WebError};

/// Waits between attempts grow fourfold up to this.
const LONGEST_WAIT: Span = Span::minutes(15);
/// How far before its queueing a message is looked for: clocks differ, and Slack's stamps are its own.
const LOOK_BACK: Span = Span::minutes(10);

/// What became of one sending.
pub(super) enum Sent {
    /// It grows there; this is what it shows by now.
    Growing(Posted, Streamed),
    /// Done; where the message stands, if it can be edited later.
    At(Option<Posted>),
    Again {
        after: Span,
        why: String,
    },
    Never {
        why: String,
    },
    /// A message that stands in Slack cannot be edited, or is gone.
    NotEdited {
        why: String,
    },
}

/// Sends the oldest message that is free and first of its lane.
pub async fn deliver_next(app: App) -> Result<Worked, FlowError> {
    if store::next_due(&app.store).await?.is_none_or(|due| due > app.now()) {
        return Ok(Worked::Nothing);
    }
    let mut tx = app.store.begin().await?;
    let Some(sending) = store::claim_next(&mut tx, app.now()).await? else { return Ok(Worked::Nothing) };
    tx.commit().await?;
    failpoint::pass("reply-claimed");
    let sent = match &sending.what {
        Ok(what) => send(&app, &sending, what).await?,
        Err(why) => Sent::Never { why: why.clone() },
    };
    failpoint::pass("reply-posted");
    settle(&app, &sending, sent).await?;
    failpoint::pass("reply-noted");
    Ok(Worked::Yes)
}

async fn send(app: &App, sending: &Sending, what: &Outgoing) -> Result<Sent, FlowError> {
    Ok(match what {
        Outgoing::Say { to, thread_ts, card, live } => {
            let place = store::place_of(&app.store, &sending.slot).await?;
            let grows = store::stream_of(&app.store, &sending.slot).await?;
            match (place, live) {
                (Some(place), Some(live)) => stream::go_on(app, sending, place, grows, card, live).await,
                (Some(place), None) => {
                    if grows.is_some() {
                        stream::stop(app, &place).await;
                    }
                    edit(app, place, card).await
                }
                (None, live) => {
                    let thread_ts = thread_ts.as_deref();
                    let begun = stream::begin(app, sending, (to, thread_ts), card, live.as_deref()).await;
                    match begun {
                        Some(sent) => sent,
                        None => post(app, sending, to, thread_ts, card).await,
                    }
                }
            }
        }
        Outgoing::EndStream { .. } => match store::place_of(&app.store, &sending.slot).await? {
            Some(place) => {
                stream::stop(app, &place).await;
                Sent::At(Some(place))
            }
            None => Sent::At(None),
        },
        Outgoing::Whisper { channel, user, thread_ts, card } => {
            // An ephemeral message leaves no trace to look for: after a doubt it is not said twice.
            if sending.attempt > 1 {
                return Ok(Sent::Never { why: "it may have been shown already".to_owned() });
            }
            let mut outcome = Ok(());
            for message in render(card, &app.dress) {
                outcome = app.web.post_ephemeral(channel, user, thread_ts.as_deref(), &message).await;
            }
            of_result(outcome)
        }
        Outgoing::React { channel, ts, name, add } => of_result(match add {
            true => app.web.react(channel, ts, name).await,
            false => app.web.unreact(channel, ts, name).await,
        }),
        Outgoing::Home { user, card } => of_result(app.web.publish_home(user, card).await.map(|_view| ())),
    })
}

pub(super) async fn edit(app: &App, place: Posted, card: &Card) -> Sent {
    let mut pages = render(card, &app.dress);
    // An edit replaces one message; what does not fit in it is cut with a mark by the renderer of its first page.
    if pages.is_empty() {
        return Sent::Never { why: "an empty card".to_owned() };
    }
    let page = pages.remove(0);
    let mut edited = app.web.update_message(&place.channel, &place.ts, &page).await;
    if edited.as_ref().is_err_and(|error| error.code() == Some("streaming_state_conflict")) {
        // It grows, and nobody noted that: the process ended in between.
        stream::stop(app, &place).await;
        edited = app.web.update_message(&place.channel, &place.ts, &page).await;
    }
    match edited {
        Ok(()) => Sent::At(Some(place)),
        Err(error @ WebError::Permanent { .. }) => Sent::NotEdited { why: error.sentence() },
        Err(error) => of_error(&error),
    }
}

async fn post(app: &App, sending: &Sending, to: &Destination, thread_ts: Option<&str>, card: &Card) -> Sent {
    let channel = match to {
        Destination::Channel(channel) => channel.clone(),
        Destination::Person(user) => match app.web.open_conversation(&[user]).await {
            Ok(channel) => channel,
            Err(error) => return of_error(&error),
        },
    };
    let mut first = None;
    for (part, message) in (0_u32..).zip(render(card, &app.dress)) {
        let id = PostId { outbox: sending.id, part };
        if sending.attempt > 1 {
            match app
                .web
                .find_posted(&app.ours, &channel, thread_ts, Some(&slack_time(sending.queued.minus(LOOK_BACK))), id)
                .await
            {
                Ok(Some(ts)) => {
                    first.get_or_insert(ts);
                    continue;
                }
                Ok(None) => {}
                Err(error) => return of_error(&error),
            }
        }
        match app.web.post_message(Post { channel: &channel, thread_ts, message: &message, id }).await {
            Ok(posted) => {
                first.get_or_insert(posted.ts);
            }
            Err(error) => return of_error(&error),
        }
    }
    Sent::At(first.map(|ts| Posted { channel, ts, thread_ts: thread_ts.map(str::to_owned) }))
}

fn of_result(result: Result<(), WebError>) -> Sent {
    match result {
        Ok(()) => Sent::At(None),
        Err(error) => of_error(&error),
    }
}

fn of_error(error: &WebError) -> Sent {
    match error {
        WebError::Retry { after, why } => {
            let after = Span::millis(i64::try_from(after.as_millis()).unwrap_or(i64::MAX / 2_000));
            Sent::Again { after, why: why.clone() }
        }
        WebError::Unknown { why } => Sent::Again { after: Span::ZERO, why: why.clone() },
        // Said already, or gone already: what was wanted is so.
        WebError::Permanent { code, .. } if matches!(code.as_str(), "already_reacted" | "no_reaction") => {
            Sent::At(None)
        }
        WebError::Permanent { .. } => Sent::Never { why: error.sentence() },
    }
}

async fn settle(app: &App, sending: &Sending, sent: Sent) -> Result<(), FlowError> {
    let now = app.now();
    let mut news = false;
    let mut tx = app.store.begin().await?;
    match sent {
        Sent::Growing(place, shown) => {
            if !store::sent(&mut tx, sending, Some(&place), now).await? {
                return Err(FlowError::LostLease);
            }
            store::stream_shows(&mut tx, &sending.slot, &shown, now).await?;
        }
        Sent::At(place) => {
            if place.is_some() {
                store::stream_is_over(&mut tx, &sending.slot).await?;
            }
            if !store::sent(&mut tx, sending, place.as_ref(), now).await? {
                return Err(FlowError::LostLease);
            }
            if let Some(place) = &place {
                super::open::opened(app, &mut tx, &sending.slot, place).await?;
            }
            if let Ok(Outgoing::Say { to: Destination::Person(user), .. }) = &sending.what {
                news = homes::draw_again(app, &mut tx, user, &sending.id.0.to_string()).await?;
            }
        }
        Sent::Again { after, why } if sending.attempt < MAX_ATTEMPTS => {
            let backoff = Span::millis(500 * 4_i64.pow(u32::try_from(sending.attempt.min(10)).unwrap_or(10)));
            let wait = after.max(backoff.min(LONGEST_WAIT));
            tracing::warn!(
                slot = sending.slot,
                attempt = sending.attempt,
                why,
                "a message was not delivered; it is tried again"
            );
            store::again_at(&mut tx, sending, now.plus(wait), &why).await?;
        }
        // A card always shows its true state: where the old message cannot be edited, it is said anew below it.
        Sent::NotEdited { why } if sending.slot.starts_with("approval:") && sending.attempt < MAX_ATTEMPTS => {
            tracing::warn!(slot = sending.slot, why, "a card could not be edited; it is posted anew");
            store::start_afresh(&mut tx, &sending.slot).await?;
            store::again_at(&mut tx, sending, now, &why).await?;
        }
        Sent::Again { why, .. } | Sent::Never { why } | Sent::NotEdited { why } => {
            tracing::error!(slot = sending.slot, why, "a message is parked; see /workforce failed");
            store::park(&mut tx, sending, &why).await?;
            let fact =
                Fact::of_system(FactKind::DeadLetter, serde_json::json!({ "message": sending.slot, "why": why }));
            ledger::append_fact(&mut tx, &fact, now).await?;
            tell_triage(app, &mut tx, sending, now).await?;
        }
    }
    tx.commit().await?;
    if news {
        app.bell.ring();
    }
    Ok(())
}

/// The triage person hears of a message that could not be delivered, unless it was one to them.
async fn tell_triage(app: &App, tx: &mut crate::store::Tx, sending: &Sending, now: Timestamp) -> Result<(), FlowError> {
    let Some(triage) = app.triage()? else { return Ok(()) };
    let Some(account) = triage.account.clone().filter(|user| !sending.slot.contains(user.as_str())) else {
        return Ok(());
    };
    store::queue(tx, &Queued::tell("parked", &account, upkeep::gave_up_notice(&triage)), now).await?;
    Ok(())
}

/// An instant as Slack writes time stamps: seconds and six digits.
fn slack_time(at: Timestamp) -> String {
    format!("{}.{:06}", at.0.div_euclid(1_000_000), at.0.rem_euclid(1_000_000))
}
