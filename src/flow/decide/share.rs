//! *Share here*: the answer that only the asker saw, said to everybody where they stand. It is asked anew, as if aloud, so
//! that nothing is posted which may not be told there. The button's text carries no authority: only questions are read from it.

use super::super::query::{self, Asker};
use super::super::{App, FlowError};
use super::Wanted;
use crate::commands::{self, Asked};
use crate::inbox::{Click, Container};
use crate::replies::Card;
use crate::replies::compose::text;
use crate::replies::outbox::Queued;
use crate::replies::refusals::Refusal;

/// What a click on *Share here* comes to.
pub(super) async fn wanted(app: &App, click: &Click, command: &str) -> Result<Wanted, FlowError> {
    let Container::Message { channel, thread_ts, .. } = &click.container else {
        return Ok(Wanted::Refused(Refusal::OldButton));
    };
    let Asked::Query(question) = commands::parse(command) else { return Ok(Wanted::Refused(Refusal::OldButton)) };
    if !app.directory().channel(channel).is_some_and(|known| known.joined && !known.archived) {
        return Ok(Wanted::Answer(Card::sentence(
            "I am not in this channel, so I cannot post here. Invite me with /invite, then share again.",
        )));
    }
    match query::tell(app, &click.by, &question, &Asker::aloud(channel)).await? {
        Err(refusal) => Ok(Wanted::Refused(refusal)),
        Ok(card) => {
            let by = app.who(&click.by)?;
            let card = card.note([text(format!("Shared by {}", by.name))]);
            // The slot begins like that of an answer, so that the answer's other buttons work on it.
            let slot = format!("reply:{channel}:shared:{}", click.action_ts);
            Ok(Wanted::Post(Queued::say(slot, channel, thread_ts.as_deref(), card)))
        }
    }
}
