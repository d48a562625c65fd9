//! Clicks and forms that count nowhere: forged values, copied cards, buttons of older versions. Whoever clicked hears so, and the
//! ledger keeps that it was tried, since somebody who forges buttons is worth knowing.

use serde_json::{Value, json};

use super::super::{App, FlowError};
use crate::inbox::{Arrival, Container, Trigger, store as inbox};
use crate::ledger::{Fact, FactKind, store as ledger};
use crate::replies::plain::{shorten, visible_line};
use crate::replies::refusals::{self, Refusal};
use crate::workers::SlackUser;

/// Of what a stranger wrote into a button the ledger keeps so many characters.
const LONGEST: usize = 60;

/// Keeps the fact once, however often the click is delivered. A command that asks for what is not there is no forgery.
pub(super) async fn note(app: &App, arrival: &Arrival, by: &SlackUser, refusal: &Refusal) -> Result<(), FlowError> {
    let kept = |words: &str| shorten(&visible_line(words), LONGEST);
    let (button, about, place) = if let Trigger::Click(click) = &arrival.trigger {
        (kept(&click.action_id), kept(&click.value), place(&click.container))
    } else if let Trigger::Submission(form) = &arrival.trigger {
        (kept(&form.callback_id), kept(&form.private_metadata), json!("form"))
    } else {
        return Ok(());
    };
    let mut tx = app.store.begin().await?;
    if !inbox::put(&mut tx, arrival, app.now()).await? {
        return Ok(());
    }
    let fact =
        json!({ "by": by, "button": button, "about": about, "place": place, "why": refusals::sentence(refusal) });
    ledger::append_fact(&mut tx, &Fact::of_system(FactKind::ButtonRefused, fact), app.now()).await?;
    inbox::finish_at_once(&mut tx, arrival, app.now()).await?;
    Ok(tx.commit().await?)
}

fn place(container: &Container) -> Value {
    match container {
        Container::Message { channel, ts, .. } => json!({ "channel": channel, "message": ts }),
        Container::View { .. } => json!("form"),
        Container::Home => json!("home"),
    }
}
