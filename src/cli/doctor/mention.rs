//! A mention's way here and back: whoever mentions the bot is answered, and both events of a mention must have come.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::report::{Check, Report};
use crate::inbox::{Arrival, Message, Trigger};
use crate::replies::Card;
use crate::slack::blocks::{Dress, render};
use crate::slack::envelope::{Perishable, Reader};
use crate::slack::socket::Sockets;
use crate::slack::web::{Seen, Web};
use crate::slack::{AckReply, Counters, Intake, NotStored, SlackConfig};

/// The two events of one mention come within this.
const TOGETHER: Duration = Duration::from_secs(3);

/// Hands on what arrives and stores nothing.
struct Ear(mpsc::UnboundedSender<Arrival>);

#[async_trait]
impl Intake for Ear {
    async fn event(&self, arrival: Arrival) -> Result<(), NotStored> {
        // Whoever has stopped listening needs no more.
        let _ended = self.0.send(arrival);
        Ok(())
    }

    async fn interactive(&self, _arrival: Arrival, _perishable: Perishable) -> Result<AckReply, NotStored> {
        Ok(AckReply::Ephemeral(Card::sentence("The doctor is looking; please do that again when I work.")))
    }
}

/// Connects, waits for a mention in the channel, answers it, and says which of its events came.
pub async fn wait_for(
    report: &mut Report,
    connection: SlackConfig,
    web: &Arc<Web>,
    seen: &Seen,
    channel: &str,
    wait: Duration,
) {
    let reader = Arc::new(Reader::new(seen.who.ours(connection.app_id())));
    let place = web.channels().await.ok().and_then(|all| all.into_iter().find(|known| known.name == channel));
    let Some(place) = place.filter(|place| place.joined) else {
        let mend = format!("write /invite @{} in #{channel}", seen.who.handle);
        return report.add(Check::fails("mention", format!("I am not in #{channel}"), mend));
    };
    if let Err(error) = web.learn_channels(&reader.kinds).await {
        return report.add(Check::fails("mention", error.to_string(), error.sentence()));
    }
    let dress = Dress { may_customize: connection.may_customize };
    let (tell, mut heard) = mpsc::unbounded_channel();
    let sockets = Sockets::new(connection, reader, Arc::new(Ear(tell)), Arc::new(Counters::default()), Arc::clone(web));
    let stop = CancellationToken::new();
    let listening = tokio::spawn({
        let stop = stop.clone();
        async move { sockets.run(stop).await }
    });
    eprintln!("Write in #{channel}: @{} hello (waiting {} seconds)", seen.who.handle, wait.as_secs());
    let first = tokio::time::timeout(wait, next_mention(&mut heard, &place.id)).await.ok().flatten();
    let check = match first {
        None => Check::fails(
            "mention",
            format!("nothing arrived from #{channel} within {} seconds", wait.as_secs()),
            "subscribe to app_mention and message.channels under Event Subscriptions; stop every other process that uses these tokens, since each event goes to one of them",
        ),
        Some(message) => {
            let card = Card::sentence("I hear you: the way here and back works.");
            let mut answered = Ok(());
            for page in render(&card, &dress) {
                answered = web.post_ephemeral(&place.id, &message.by.user, message.thread_ts.as_deref(), &page).await;
            }
            let second = tokio::time::timeout(TOGETHER, next_mention(&mut heard, &place.id)).await.ok().flatten();
            match (answered, second) {
                (Err(error), _) => {
                    Check::fails("mention", format!("heard, but not answered: {error}"), error.sentence())
                }
                (Ok(()), Some(_)) => Check::fine("mention", "heard by both of its events, and answered"),
                (Ok(()), None) => Check::fails(
                    "mention",
                    "only one of its two events arrived",
                    "subscribe to both app_mention and message.channels (message.groups in private channels) under Event Subscriptions; stop every other process that uses these tokens",
                ),
            }
        }
    };
    report.add(check);
    stop.cancel();
    let _ended = listening.await;
}

async fn next_mention(heard: &mut mpsc::UnboundedReceiver<Arrival>, channel: &str) -> Option<Message> {
    loop {
        match heard.recv().await?.trigger {
            Trigger::Message(message) if message.mentions_us && message.channel == channel => return Some(message),
            _other => {}
        }
    }
}
