//! One open WebSocket: reads frames, hands them to the intake, writes acknowledgements, pings, drains, closes.
//!
//! Acknowledgements are written in the order in which commits return, on the connection that delivered. When a connection
//! ends, commits that are under way are seen through: their acknowledgements are lost, their effects are not.

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;

use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, SinkExt, StreamExt};
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, timeout};
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_util::sync::CancellationToken;

use super::super::ack::{self, Answer};
use super::super::envelope::{Kind, Parsed, Perishable};
use super::dial::Stream;
use super::frame::{self, Farewell, Frame};
use super::pool::Shared;
use crate::inbox::{Arrival, Trigger};

/// What a slot hears of its connection; each at most once, `Gone` last.
#[derive(Debug)]
pub(super) enum News {
    Ready {
        counted: Option<u64>,
    },
    Farewell(Farewell),
    /// Nothing was heard for too long.
    Silent,
    Gone,
}

/// More than a connection can have to tell, so that telling never waits.
const NEWS_KEPT: usize = 16;

/// The slot's end of a connection.
pub(super) struct Handle {
    pub news: mpsc::Receiver<News>,
    /// Asks the connection to finish what it has, to say goodbye and to end.
    pub drain: CancellationToken,
}

impl Drop for Handle {
    /// A connection without a keeper says goodbye, wherever its keeper stopped.
    fn drop(&mut self) {
        self.drain.cancel();
    }
}

/// What is left to do for one envelope once the intake has returned.
struct Done {
    /// The acknowledgement; `None` if the trigger was not stored.
    ack: Option<String>,
    answer: Option<Answer>,
}

type Working = FuturesUnordered<Pin<Box<dyn Future<Output = Done> + Send>>>;

struct Connection {
    stream: Stream,
    shared: Arc<Shared>,
    news: mpsc::Sender<News>,
    working: Working,
    heard: Instant,
    delivered: Instant,
    ready: bool,
    told_silent: bool,
}

/// Whether to go on reading.
enum Next {
    GoOn,
    End,
}

/// Starts the connection's task. `open` was counted up by the caller and is counted down when the socket is closed.
pub(super) fn start(stream: Stream, shared: Arc<Shared>) -> Handle {
    let (news, heard) = mpsc::channel(NEWS_KEPT);
    let drain = CancellationToken::new();
    let now = Instant::now();
    let connection = Connection {
        stream,
        shared: Arc::clone(&shared),
        news,
        working: FuturesUnordered::new(),
        heard: now,
        delivered: now,
        ready: false,
        told_silent: false,
    };
    shared.tasks.spawn(connection.run(drain.clone()));
    Handle { news: heard, drain }
}

impl Connection {
    async fn run(mut self, drain: CancellationToken) {
        self.converse(&drain).await;
        if self.ready {
            self.shared.lost_ready(drain.is_cancelled());
        }
        if !drain.is_cancelled() {
            self.shared.counters.broken.add();
        }
        self.tell(News::Gone);
        self.say_goodbye().await;
        self.shared.counters.open.down();
        let (shared, mut working) = (self.shared, self.working);
        while let Some(done) = working.next().await {
            if done.ack.is_some() {
                shared.counters.ack_lost.add();
            }
            shared.finish(done.answer);
        }
    }

    async fn converse(&mut self, drain: &CancellationToken) {
        let limits = self.shared.config.socket.clone();
        let mut ping = tokio::time::interval(limits.ping_every);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut draining: Option<Instant> = None;
        loop {
            let until = draining.map_or(self.heard, |since| self.drained_at(since));
            let next = tokio::select! {
                Some(done) = self.working.next(), if !self.working.is_empty() => self.acknowledge(done).await,
                frame = self.stream.next(), if self.working.len() < limits.in_flight => self.hear(frame),
                _tick = ping.tick() => self.ping().await,
                () = drain.cancelled(), if draining.is_none() => {
                    draining = Some(Instant::now());
                    Next::GoOn
                }
                () = tokio::time::sleep_until(until), if draining.is_some() => Next::End,
            };
            if matches!(next, Next::End) {
                return;
            }
        }
    }

    /// A drained connection ends when it is quiet and owes nothing, or when its time is up.
    fn drained_at(&self, since: Instant) -> Instant {
        let limits = &self.shared.config.socket;
        let last = since + limits.drain_limit;
        if self.working.is_empty() { last.min(self.delivered.max(since) + limits.drain_quiet) } else { last }
    }

    fn hear(&mut self, frame: Option<Result<Message, tungstenite::Error>>) -> Next {
        let message = match frame {
            Some(Ok(message)) => message,
            Some(Err(error)) => {
                tracing::info!(%error, "a socket to Slack broke");
                return Next::End;
            }
            None => return Next::End,
        };
        self.heard = Instant::now();
        match message {
            Message::Text(text) => self.read(text.as_str()),
            Message::Binary(_) => self.shared.counters.refused.add(),
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
            Message::Close(_) => return Next::End,
        }
        Next::GoOn
    }

    fn read(&mut self, text: &str) {
        let shared = &self.shared;
        match frame::sort(text, shared.config.socket.frame_limit_bytes, &shared.reader) {
            Frame::Hello { counted, app } => self.greet(counted, app.as_deref()),
            Frame::Disconnect(why) => {
                shared.counters.disconnects.add();
                self.tell(News::Farewell(why));
            }
            Frame::Envelope(parsed) => self.take(*parsed),
            Frame::Refused { envelope_id, arrival } => {
                shared.counters.refused.add();
                tracing::warn!(digest = %arrival.key, "a frame from Slack was refused unread");
                if let Some(envelope_id) = envelope_id {
                    self.take_unread(envelope_id, *arrival);
                }
            }
            Frame::Ignored => shared.counters.unknown.add(),
        }
    }

    fn greet(&mut self, counted: Option<u64>, app: Option<&str>) {
        let ours = self.shared.reader.ours.app.as_deref();
        if let (Some(app), Some(ours)) = (app, ours)
            && app != ours
        {
            tracing::error!(
                app,
                ours,
                "the app token belongs to another app than expected; its events will be ignored"
            );
        }
        if !self.ready {
            self.ready = true;
            self.shared.gained_ready();
        }
        self.tell(News::Ready { counted });
    }

    fn take(&mut self, parsed: Parsed) {
        let counters = &self.shared.counters;
        counters.received.add();
        if parsed.retry_attempt > 0 {
            counters.redelivered.add();
        }
        if parsed.without_id {
            counters.without_id.add();
        }
        if matches!(parsed.arrival.trigger, Trigger::Unknown { .. }) {
            counters.unknown.add();
        }
        counters.in_flight.up();
        self.delivered = Instant::now();
        self.working.push(Box::pin(see_through(Arc::clone(&self.shared), parsed)));
    }

    fn take_unread(&mut self, envelope_id: String, arrival: Arrival) {
        self.take(Parsed {
            envelope_id,
            kind: Kind::Events,
            arrival,
            perishable: Perishable::default(),
            retry_attempt: 0,
            without_id: false,
        });
    }

    /// Writes this acknowledgement and every other that is ready, and flushes once.
    async fn acknowledge(&mut self, first: Done) -> Next {
        let mut ready = vec![first];
        while let Some(Some(done)) = self.working.next().now_or_never() {
            ready.push(done);
        }
        let mut answers = Vec::new();
        let mut acks = Vec::new();
        for done in ready {
            acks.extend(done.ack);
            answers.push(done.answer);
        }
        let limit = self.shared.config.socket.write_timeout;
        let count = acks.len();
        let written = timeout(limit, write_all(&mut self.stream, acks)).await;
        for answer in answers {
            self.shared.finish(answer);
        }
        match written {
            Ok(Ok(())) => {
                (0..count).for_each(|_| self.shared.counters.acked.add());
                Next::GoOn
            }
            Ok(Err(error)) => {
                tracing::info!(%error, "acknowledgements could not be written");
                (0..count).for_each(|_| self.shared.counters.ack_lost.add());
                Next::End
            }
            Err(_too_late) => {
                (0..count).for_each(|_| self.shared.counters.ack_lost.add());
                Next::End
            }
        }
    }

    async fn ping(&mut self) -> Next {
        let limits = &self.shared.config.socket;
        if self.heard.elapsed() >= limits.silent_after && !self.told_silent {
            self.told_silent = true;
            self.shared.counters.silent.add();
            self.tell(News::Silent);
        }
        match timeout(limits.write_timeout, self.stream.send(Message::Ping(Vec::new().into()))).await {
            Ok(Ok(())) => Next::GoOn,
            Ok(Err(_)) | Err(_) => Next::End,
        }
    }

    /// Close frame, then a brief wait for its echo. What Slack still sends meanwhile is committed, though it can no longer
    /// be acknowledged here.
    async fn say_goodbye(&mut self) {
        let limits = self.shared.config.socket.clone();
        if timeout(limits.write_timeout, self.stream.close(None)).await.is_err() {
            return;
        }
        let until = Instant::now() + limits.close_wait;
        while let Ok(Some(Ok(message))) = tokio::time::timeout_at(until, self.stream.next()).await {
            if let Message::Text(text) = message {
                self.read(text.as_str());
            }
        }
    }

    fn tell(&self, news: News) {
        if self.news.try_send(news).is_err() {
            tracing::debug!("nobody listens to this socket any more");
        }
    }
}

async fn write_all(stream: &mut Stream, acks: Vec<String>) -> Result<(), tungstenite::Error> {
    for ack in acks {
        stream.feed(Message::Text(ack.into())).await?;
    }
    stream.flush().await
}

/// Commits one envelope and says how it is acknowledged. A panic in the intake counts as not stored.
async fn see_through(shared: Arc<Shared>, parsed: Parsed) -> Done {
    let counters = Arc::clone(&shared.counters);
    let unstored = Done { ack: None, answer: None };
    match AssertUnwindSafe(commit(&shared, parsed)).catch_unwind().await {
        Ok(Ok(done)) => done,
        Ok(Err(error)) => {
            counters.not_stored.add();
            tracing::error!(%error, "a trigger was not stored and is not acknowledged");
            unstored
        }
        Err(_panic) => {
            counters.panicked.add();
            tracing::error!("the intake panicked; its trigger is not acknowledged");
            unstored
        }
    }
}

async fn commit(shared: &Shared, parsed: Parsed) -> Result<Done, super::super::NotStored> {
    let Parsed { envelope_id, kind, arrival, perishable, .. } = parsed;
    let understood = !matches!(arrival.trigger, Trigger::Unknown { .. });
    let answers = match kind {
        Kind::Interactive | Kind::Slash => understood,
        Kind::Events | Kind::Other(_) => false,
    };
    if !answers {
        shared.intake.event(arrival).await?;
        return Ok(Done { ack: Some(ack::empty(&envelope_id)), answer: None });
    }
    let surface = ack::Surface::of(&arrival.trigger);
    let reply = shared.intake.interactive(arrival, perishable.clone()).await?;
    let (ack, answer) = ack::split(&envelope_id, reply, &surface, &perishable, &shared.dress);
    Ok(Done { ack: Some(ack), answer })
}

impl Shared {
    /// The envelope is acknowledged or given up; what remains is its answer, transported beside the socket.
    fn finish(self: &Arc<Self>, answer: Option<Answer>) {
        if let Some(answer) = answer {
            self.counters.answering.up();
            let shared = Arc::clone(self);
            self.tasks.spawn(async move {
                if let Err(error) = ack::transport(&shared.web, answer).await {
                    tracing::warn!(%error, "an answer was lost after its acknowledgement");
                    shared.intake.notice(super::super::Notice::AnswerLost { why: error.to_string() });
                }
                shared.counters.answering.down();
            });
        }
        self.counters.in_flight.down();
    }
}
