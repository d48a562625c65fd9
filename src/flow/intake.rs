//! slack → inbox. Arrivals are committed in groups: one transaction holds whatever came while the last one was synced to
//! disk, and nobody is acknowledged before it is committed.

use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio_util::task::TaskTracker;

use super::{App, FlowError, decide, failpoint, query};
use crate::inbox::{Arrival, Trigger, store};
use crate::slack::envelope::Perishable;
use crate::slack::{AckReply, Intake, NotStored, Notice};

/// At most this many arrivals share a transaction.
pub const GROUP: usize = 512;

type Waiting = (Arrival, oneshot::Sender<bool>);

/// The door to the group commit.
pub struct Committer {
    door: mpsc::Sender<Waiting>,
    queue: Mutex<Option<mpsc::Receiver<Waiting>>>,
    /// Arrivals that were handed in and not yet answered.
    waiting: AtomicUsize,
}

impl Committer {
    /// At most `waiting` arrivals queue for the next transaction; beyond that the edge waits, and Slack delivers again.
    pub fn new(waiting: usize) -> Self {
        let (door, queue) = mpsc::channel(waiting);
        Self { door, queue: Mutex::new(Some(queue)), waiting: AtomicUsize::new(0) }
    }

    /// Whether nobody waits for a commit.
    pub fn is_idle(&self) -> bool {
        self.waiting.load(Ordering::SeqCst) == 0
    }

    /// Returns once the arrival is on disk.
    pub async fn commit(&self, arrival: Arrival) -> Result<(), NotStored> {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        let outcome = self.hand_in(arrival).await;
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        outcome
    }

    async fn hand_in(&self, arrival: Arrival) -> Result<(), NotStored> {
        let (told, hears) = oneshot::channel();
        let gone = |_| NotStored("the process is stopping".to_owned());
        self.door.send((arrival, told)).await.map_err(|_| NotStored("the process is stopping".to_owned()))?;
        match hears.await.map_err(gone)? {
            true => Ok(()),
            false => Err(NotStored("the database refused the commit".to_owned())),
        }
    }
}

/// Starts the committing loop. It drains what has arrived before it ends. The benchmark starts it without the other loops.
pub fn start(app: &App, tracker: &TaskTracker) {
    let app = app.clone();
    tracker.spawn(async move {
        let Some(mut queue) = app.intake.queue.lock().await.take() else { return };
        let mut group = Vec::with_capacity(GROUP);
        loop {
            tokio::select! {
                biased;
                n = queue.recv_many(&mut group, GROUP) => if n == 0 { return },
                () = app.stopping.cancelled() => {
                    queue.close();
                    if queue.recv_many(&mut group, GROUP).await == 0 { return }
                }
            }
            commit_group(&app, &mut group).await;
        }
    });
}

async fn commit_group(app: &App, group: &mut Vec<Waiting>) {
    let (arrivals, told): (Vec<_>, Vec<_>) = group.drain(..).unzip();
    let result = put_all(app, &arrivals).await;
    if let Err(error) = &result {
        tracing::error!(
            error = error as &dyn std::error::Error,
            arrivals = arrivals.len(),
            "arrivals were not stored; Slack will deliver them again"
        );
    }
    failpoint::pass("inbox-committed");
    // Rung before anybody is told: whoever sees the acknowledgement and asks whether all is settled must hear "no".
    app.bell.ring();
    for waiter in told {
        // Who stopped waiting (a socket that closed) gets the trigger again and finds it stored.
        let _gone = waiter.send(result.is_ok());
    }
}

async fn put_all(app: &App, arrivals: &[Arrival]) -> Result<(), FlowError> {
    let mut tx = app.store.begin_first().await?;
    store::put_batch(&mut tx, arrivals, app.now()).await?;
    Ok(tx.commit().await?)
}

#[async_trait]
impl Intake for App {
    async fn event(&self, arrival: Arrival) -> Result<(), NotStored> {
        if let Trigger::Unknown { what } = &arrival.trigger {
            tracing::debug!(what, "acknowledged and let go");
            return Ok(());
        }
        self.intake.commit(arrival).await?;
        failpoint::pass("inbox-acknowledged");
        Ok(())
    }

    async fn interactive(&self, arrival: Arrival, _perishable: Perishable) -> Result<AckReply, NotStored> {
        let answer = match query::question_in(&arrival.trigger) {
            Some((by, question, place)) => query::answer(self, &by, &question, &place).await,
            None => decide::decide(self, arrival).await,
        };
        self.bell.ring();
        answer.map_err(|error| {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "an interaction was not stored; the person sees that it failed"
            );
            NotStored(error.to_string())
        })
    }

    fn notice(&self, notice: Notice) {
        match notice {
            Notice::Connected { open } => {
                tracing::info!(open, "connected to Slack");
                self.silences.connected(self.now());
                self.bell.ring();
            }
            Notice::Deaf => tracing::warn!("no socket is open: what is said now arrives late, or is read back later"),
            Notice::HearingAgain { after } => {
                tracing::info!(seconds = after.as_secs(), "hearing Slack again; reading back what was said meanwhile");
                self.silences.hearing_again(after, self.now());
                self.bell.ring();
            }
            Notice::Strangers { counted, held } => tracing::error!(
                counted,
                held,
                "somebody else holds this app's token, or dead connections of ours are still registered; rotate the app-level token if nobody knows why"
            ),
            Notice::LinkDisabled => tracing::error!("Socket Mode is switched off; switch it on in the app's settings"),
            Notice::TooMany => tracing::warn!("ten sockets are registered for this app already; waiting"),
            Notice::Retrying { attempt, wait, why } => {
                tracing::warn!(attempt, seconds = wait.as_secs(), why, "Slack cannot be reached; trying again")
            }
            Notice::AnswerLost { why } => tracing::warn!(why, "an answer to a click did not reach Slack"),
        }
    }
}
