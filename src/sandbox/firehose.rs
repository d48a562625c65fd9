//! Mentions as fast as the app acknowledges them, or at a steady rate, for measuring: over the open sockets and by the same
//! protocol as everything else, but rendered once and not logged, so that the sandbox costs little and does not grow.
//!
//! Absent: retries. What is not acknowledged within the three seconds is a finding and stays one.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::sync::oneshot;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::clock::SECOND;
use super::connections::Frame;
use super::delivery::{ACK_WINDOW, EnvelopeKind, envelope_id, envelope_text};
use super::latencies::Latencies;
use super::message::Message;
use super::report::FindingKind;
use super::state::State;
use super::{Refused, Sandbox};

/// What stands in the rendered envelope for what differs in each. No id or text of Slack's holds a NUL.
const ENVELOPE: &str = "\0envelope";
const EVENT: &str = "\0event";
const TS: &str = "\0ts";

/// What to send and for how long.
#[derive(Debug, Clone)]
pub struct FirehoseSpec {
    /// Who mentions the bot: a handle or an id.
    pub user: String,
    /// Where: a channel's name or id.
    pub channel: String,
    /// What they say, as people type it; it should name the bot.
    pub text: String,
    pub drive: Drive,
    /// No more than this many envelopes, …
    pub envelopes: u64,
    /// … and none after this long.
    pub lasting: Duration,
    /// Whether the channel's history keeps the messages, so that the app can answer and react to them.
    pub kept: bool,
}

/// What decides when the next envelope goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drive {
    /// An acknowledgement: this many are on their way at any time.
    Window { in_flight: usize },
    /// The clock, whether or not the app keeps up.
    Paced { per_second: u32 },
}

/// How a firehose went.
#[derive(Debug, Clone)]
pub struct Sprayed {
    pub sent: u64,
    /// Acknowledged within three seconds. A second acknowledgement of the same envelope is a finding.
    pub acked: u64,
    /// From the first envelope to the last acknowledgement.
    pub elapsed: Duration,
    /// From the moment an envelope was handed to its socket to the moment its acknowledgement was read.
    pub latencies: Latencies,
}

/// A firehose that runs.
#[derive(Debug)]
pub(crate) struct Firehose {
    spec: FirehoseSpec,
    channel: String,
    message: Message,
    pieces: Vec<Piece>,
    out: HashMap<String, Instant>,
    began: Instant,
    last_ack: Instant,
    sprayed: Sprayed,
    ended: Option<oneshot::Sender<()>>,
}

#[derive(Debug)]
enum Piece {
    Text(String),
    Envelope,
    Event,
    Ts,
}

impl Sandbox {
    /// Sprays mentions over the open sockets until `spec` says that it is enough, then waits for what is on its way.
    pub async fn firehose(&self, spec: FirehoseSpec) -> Result<Sprayed, Refused> {
        let (tell, ended) = oneshot::channel();
        let drive = spec.drive;
        let patience = spec.lasting + ACK_PATIENCE;
        self.with(|s| s.start_firehose(spec, tell))?;
        match drive {
            Drive::Window { in_flight } => self.with(|s| (0..in_flight).for_each(|_| s.spray_one())),
            Drive::Paced { per_second } => self.spray_paced(per_second).await,
        }
        self.with(State::end_firehose_if_done);
        // Whatever is still out after that is late, and told below.
        let _in_time = timeout(patience, ended).await;
        self.with(State::take_firehose).ok_or_else(|| Refused("another firehose took the place of this one".to_owned()))
    }

    async fn spray_paced(&self, per_second: u32) {
        let mut beat = interval(Duration::from_secs(1) / per_second.max(1));
        // A beat that came late is made up for: the rate holds.
        beat.set_missed_tick_behavior(MissedTickBehavior::Burst);
        loop {
            let _at = beat.tick().await;
            let goes_on = self.with(|s| {
                s.spray_one();
                s.firehose.as_ref().is_some_and(Firehose::may_send)
            });
            if !goes_on {
                return;
            }
        }
    }
}

/// The three seconds in which an acknowledgement counts, and one for a slow machine.
const ACK_PATIENCE: Duration = Duration::from_micros((ACK_WINDOW + SECOND).unsigned_abs());

impl Firehose {
    fn may_send(&self) -> bool {
        self.sprayed.sent < self.spec.envelopes && self.began.elapsed() < self.spec.lasting
    }

    fn render(&self, envelope_id: &str, event: u64, ts: &str) -> String {
        let mut out = String::with_capacity(2048);
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Envelope => out.push_str(envelope_id),
                Piece::Event => out.push_str(&format!("Ev0{event:08}")),
                Piece::Ts => out.push_str(ts),
            }
        }
        out
    }
}

impl State {
    fn start_firehose(&mut self, spec: FirehoseSpec, ended: oneshot::Sender<()>) -> Result<(), Refused> {
        let user = self.active_user(&spec.user)?;
        let channel = self.channel_id(&spec.channel)?;
        let bot = self.bot_user().to_owned();
        if self.firehose.is_some() {
            return Err(Refused("a firehose runs already".to_owned()));
        }
        if self.connections.open.is_empty() {
            return Err(Refused("the app holds no socket open".to_owned()));
        }
        let members = &self.channel(&channel)?.members;
        if !members.contains(&bot) || !members.contains(&user) {
            return Err(Refused(format!("{} and the bot must both be in {}", spec.user, spec.channel)));
        }
        let text = self.as_typed(&spec.text);
        let mut message = self.message_by(user, text);
        self.name_blocks(&mut message.blocks);
        let pieces = self.cut(&channel, &message);
        let now = Instant::now();
        let sprayed = Sprayed { sent: 0, acked: 0, elapsed: Duration::ZERO, latencies: Latencies::default() };
        let (out, ended) = (HashMap::new(), Some(ended));
        self.firehose =
            Some(Firehose { spec, channel, message, pieces, out, began: now, last_ack: now, sprayed, ended });
        Ok(())
    }

    /// One mention as Slack would send it, cut where the next one differs.
    fn cut(&self, channel: &str, message: &Message) -> Vec<Piece> {
        let mut inner = Message { ts: TS.to_owned(), ..message.clone() }.to_json(self);
        inner["type"] = json!("app_mention");
        inner["channel"] = json!(channel);
        inner["event_ts"] = json!(TS);
        let payload = self.event_callback(inner, EVENT, &format!("4-sandbox-{EVENT}"));
        let whole = envelope_text(ENVELOPE, EnvelopeKind::EventsApi, &payload, 0);
        let mut pieces = Vec::new();
        let mut rest = whole.as_str();
        while let Some((before, mark)) = rest.split_once("\\u0000") {
            pieces.push(Piece::Text(before.to_owned()));
            let marks = [(ENVELOPE, Piece::Envelope), (EVENT, Piece::Event), (TS, Piece::Ts)];
            let found = marks
                .into_iter()
                .find_map(|(name, piece)| mark.strip_prefix(name.trim_start_matches('\0')).map(|after| (piece, after)));
            let Some((piece, after)) = found else { break };
            pieces.push(piece);
            rest = after;
        }
        pieces.push(Piece::Text(rest.to_owned()));
        pieces
    }

    /// Sends the next envelope, if there is to be one.
    fn spray_one(&mut self) {
        let (number, ts) = (self.next_number(), self.next_ts());
        let Some(hose) = self.firehose.as_mut().filter(|hose| hose.may_send()) else { return };
        let id = envelope_id(number);
        let text = hose.render(&id, number, &ts);
        let sent = self.connections.next().is_some_and(|to| to.frames.send(Frame::Text(text)).is_ok());
        hose.sprayed.sent += 1;
        if sent {
            hose.out.insert(id, Instant::now());
        } else {
            let detail = "an envelope of the firehose found no socket open".to_owned();
            self.report.add(FindingKind::UnackedEnvelope, detail);
        }
        if hose.spec.kept {
            // Without its blocks, which nobody reads again and which would be most of what the sandbox holds.
            let message = Message { ts: ts.clone(), blocks: Vec::new(), ..hose.message.clone() };
            if let Some(channel) = self.channels.get_mut(&hose.channel) {
                channel.messages.insert(ts, message);
            }
        }
    }

    /// Whether the acknowledgement belongs to the firehose; if so, it is counted and the next envelope goes out.
    pub fn firehose_acknowledged(&mut self, envelope_id: &str) -> bool {
        let Some(hose) = &mut self.firehose else { return false };
        let Some(sent) = hose.out.remove(envelope_id) else { return false };
        let now = Instant::now();
        let took = now - sent;
        hose.last_ack = now;
        if took.as_micros() > u128::from(ACK_WINDOW.unsigned_abs()) {
            self.report.add(FindingKind::LateAck, format!("envelope {envelope_id} was acknowledged after 3 s"));
        } else {
            hose.sprayed.acked += 1;
            hose.sprayed.latencies.add(took);
        }
        if matches!(hose.spec.drive, Drive::Window { .. }) {
            self.spray_one();
        }
        self.end_firehose_if_done();
        true
    }

    fn end_firehose_if_done(&mut self) {
        if let Some(hose) = self.firehose.as_mut().filter(|hose| hose.out.is_empty() && !hose.may_send())
            && let Some(ended) = hose.ended.take()
        {
            // Who waited for the end may have given up.
            let _gone = ended.send(());
        }
    }

    fn take_firehose(&mut self) -> Option<Sprayed> {
        let hose = self.firehose.take()?;
        for envelope_id in hose.out.keys() {
            self.report.add(FindingKind::UnackedEnvelope, format!("envelope {envelope_id} was not acknowledged"));
        }
        Some(Sprayed { elapsed: hose.last_ack - hose.began, ..hose.sprayed })
    }
}
