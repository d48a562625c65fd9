//! webhooks → inbox, committed before the sender hears; and what a watcher is told.

use std::sync::Arc;

use async_trait::async_trait;

use super::{App, FlowError, failpoint};
use crate::clock::Timestamp;
use crate::inbox::{Arrival, store as inbox};
use crate::slack::Counters;
use crate::webhooks::{Door, Figure, NotKept};
use crate::{replies, results, runs, tasks};

/// The app as the listener for hooks sees it.
pub struct HookDoor {
    pub app: App,
    pub counters: Arc<Counters>,
}

#[async_trait]
impl Door for HookDoor {
    async fn deliver(&self, arrival: Arrival) -> Result<bool, NotKept> {
        let kept = self.keep(&arrival).await.map_err(|error| NotKept(error.to_string()))?;
        self.app.bell.ring();
        Ok(kept)
    }

    async fn ready(&self) -> Result<(), String> {
        inbox::open_count(&self.app.store).await.map_err(|error| format!("the database does not answer: {error}"))?;
        match self.counters.ready.get() {
            0 => Err("no socket to Slack is open".to_owned()),
            _ => Ok(()),
        }
    }

    async fn figures(&self) -> Result<Vec<Figure>, NotKept> {
        let mut figures = self.waiting().await.map_err(|error| NotKept(error.to_string()))?;
        figures.extend(self.of_slack());
        Ok(figures)
    }

    fn now(&self) -> Timestamp {
        self.app.now()
    }
}

impl HookDoor {
    async fn keep(&self, arrival: &Arrival) -> Result<bool, FlowError> {
        let mut tx = self.app.store.begin_first().await?;
        let kept = inbox::put(&mut tx, arrival, self.app.now()).await?;
        tx.commit().await?;
        failpoint::pass("inbox-committed");
        Ok(kept)
    }

    async fn waiting(&self) -> Result<Vec<Figure>, FlowError> {
        let store = &self.app.store;
        let mut figures = vec![
            Figure::gauge(
                "workforce_inbox_open",
                "Triggers that wait or are worked on.",
                inbox::open_count(store).await?,
            ),
            Figure::gauge(
                "workforce_inbox_dead",
                "Triggers that failed for good and wait for a person.",
                inbox::dead_count(store).await?,
            ),
            Figure::gauge(
                "workforce_outbox_open",
                "Messages that are owed to Slack.",
                replies::store::open_count(store).await?,
            ),
            Figure::gauge(
                "workforce_outbox_parked",
                "Messages that Slack did not take.",
                replies::store::parked_count(store).await?,
            ),
            Figure::gauge("workforce_runs_ready", "Runs that may take a step.", runs::store::ready_count(store).await?),
        ];
        let promises = results::store::kept_and_missed(store).await?;
        for (what, made, _) in &promises {
            let what = crate::store::word(what);
            figures.push(Figure::gauge("workforce_promises", "Promises about time, by kind.", *made).of("what", what));
        }
        for (what, _, missed) in &promises {
            let help = "Promises about time that were missed, by kind.";
            let what = crate::store::word(what);
            figures.push(Figure::gauge("workforce_promises_missed", help, *missed).of("what", what));
        }
        for (state, n) in tasks::store::count_by_state(store).await? {
            let state = crate::store::word(&state);
            figures.push(Figure::gauge("workforce_tasks", "Tasks by state.", n).of("state", state));
        }
        Ok(figures)
    }

    fn of_slack(&self) -> Vec<Figure> {
        let of = &self.counters;
        let envelopes = [
            ("received", &of.received),
            ("acknowledged", &of.acked),
            ("acknowledgement_lost", &of.ack_lost),
            ("not_stored", &of.not_stored),
            ("panicked", &of.panicked),
            ("unknown", &of.unknown),
            ("refused", &of.refused),
            ("redelivered", &of.redelivered),
        ];
        let envelopes = envelopes.into_iter().map(|(outcome, count)| {
            Figure::counter("workforce_slack_envelopes_total", "Envelopes by what came of them.", count.get())
                .of("outcome", outcome)
        });
        let sockets = [
            ("connected", &of.connected),
            ("connect_failed", &of.connect_failed),
            ("disconnect_asked", &of.disconnects),
            ("silent", &of.silent),
            ("broken", &of.broken),
        ];
        let sockets = sockets.into_iter().map(|(event, count)| {
            Figure::counter("workforce_slack_sockets_total", "Sockets by what happened to them.", count.get())
                .of("event", event)
        });
        let ready = Figure::gauge("workforce_slack_sockets_ready", "Sockets that hear Slack now.", of.ready.get());
        envelopes.chain(sockets).chain([ready]).collect()
    }
}
