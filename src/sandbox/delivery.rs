//! Envelopes on their way: each to one socket, three seconds to acknowledge, events retried at once, after one and after
//! five minutes and then given up, everything else never (Slack's "Events API" and "Using Socket Mode" pages).

use std::collections::{BTreeSet, HashMap, HashSet};

use serde::Serialize;
use serde_json::Value;

use super::clock::SECOND;
use super::connections::Frame;
use super::report::FindingKind;
use super::state::State;

/// An app has this long to acknowledge.
pub(crate) const ACK_WINDOW: i64 = 3 * SECOND;

/// When each retry of an event goes out, counted from the first attempt: as soon as that one is known to have failed, then
/// after one and five minutes.
const RETRY_AT: [i64; 3] = [ACK_WINDOW, 60 * SECOND, 300 * SECOND];

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EnvelopeKind {
    EventsApi,
    SlashCommands,
    Interactive,
}

/// What an acknowledgement of this envelope means to the person who acted.
#[derive(Debug, Clone)]
pub(crate) enum Subject {
    Event,
    Slash {
        user: String,
        channel: String,
        command: String,
    },
    Click {
        user: String,
        label: String,
    },
    Submission {
        user: String,
        view_id: String,
    },
    ViewClosed,
    Shortcut {
        user: String,
        callback_id: String,
    },
    Suggestion {
        user: String,
    },
    /// Injected by a test; nobody waits for its answer.
    Raw,
}

/// How an interaction ended, as the person's client saw it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Waiting,
    /// Acknowledged in time, with this payload (`null` when there was none).
    Acknowledged(Value),
    /// Nobody answered within three seconds, or no socket was open: the person saw Slack's warning.
    Failed,
}

/// One line of the delivery log.
#[derive(Debug, Clone, Serialize)]
pub struct SentEnvelope {
    pub envelope_id: String,
    pub kind: EnvelopeKind,
    /// Of events only.
    pub event_id: Option<String>,
    pub what: String,
    pub retry_attempt: u32,
    /// Microseconds of the sandbox's clock.
    pub sent_at: i64,
    pub acked_at: Option<i64>,
    /// Which socket it went to, numbered from 1 in the order in which they opened.
    pub connection: u64,
}

#[derive(Debug)]
enum Phase {
    /// Held back by a test; no time runs.
    Held,
    /// On a socket until the deadline.
    Out { connection: u64, envelope_id: String },
    /// Between attempts.
    Waiting,
}

#[derive(Debug)]
struct Delivery {
    kind: EnvelopeKind,
    payload: Value,
    what: String,
    subject: Subject,
    attempts: u32,
    first_at: i64,
    due: i64,
    phase: Phase,
    /// A test lost the acknowledgement of this attempt or the socket it went to: the app is not to blame.
    excused: bool,
    reached_app: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Deliveries {
    pending: HashMap<u64, Delivery>,
    /// Envelope → delivery, for those still pending, late ones included.
    by_envelope: HashMap<String, u64>,
    finished: HashSet<String>,
    timers: BTreeSet<(i64, u64)>,
    pub outcomes: HashMap<String, Outcome>,
    pub log: Vec<SentEnvelope>,
    log_at: HashMap<String, usize>,
}

impl Deliveries {
    pub fn next_due(&self) -> Option<i64> {
        self.timers.first().map(|(due, _)| *due)
    }

    /// Everything that was not acknowledged, in words.
    pub fn unacked(&self) -> Vec<String> {
        let mut open: Vec<(&u64, &Delivery)> = self.pending.iter().collect();
        open.sort_by_key(|(id, _)| **id);
        open.into_iter()
            .filter(|(_, d)| !d.excused && !matches!(d.phase, Phase::Held))
            .map(|(_, d)| format!("{} (attempt {}) is not acknowledged", d.what, d.attempts))
            .collect()
    }
}

impl State {
    /// Puts a payload under way and gives the id of the envelope it went out in (empty when none was open or it is held).
    pub fn deliver(&mut self, kind: EnvelopeKind, payload: Value, what: String, subject: Subject) -> String {
        let id = self.next_number();
        let now = self.now();
        let delivery = Delivery {
            kind,
            payload,
            what,
            subject,
            attempts: 0,
            first_at: now,
            due: now,
            phase: Phase::Waiting,
            excused: false,
            reached_app: false,
        };
        self.deliveries.pending.insert(id, delivery);
        if kind == EnvelopeKind::EventsApi
            && let Some(held) = &mut self.faults.held_events
        {
            held.push(id);
            if let Some(delivery) = self.deliveries.pending.get_mut(&id) {
                delivery.phase = Phase::Held;
            }
            return String::new();
        }
        self.attempt_delivery(id)
    }

    /// Sends a delivery to the socket whose turn it is.
    pub fn attempt_delivery(&mut self, id: u64) -> String {
        let envelope_id = envelope_id(self.next_number());
        let now = self.now();
        let Some(delivery) = self.deliveries.pending.get_mut(&id) else { return envelope_id };
        if matches!(delivery.phase, Phase::Held) {
            delivery.first_at = now;
        }
        delivery.attempts += 1;
        let text = envelope_text(&envelope_id, delivery.kind, &delivery.payload, delivery.attempts.saturating_sub(1));
        let sent = self.connections.next().and_then(|connection| {
            connection.frames.send(Frame::Text(text)).ok().map(|()| (connection.id, connection.frozen))
        });
        match sent {
            Some((connection, frozen)) => {
                delivery.reached_app |= !frozen;
                delivery.excused = frozen;
                delivery.phase = Phase::Out { connection, envelope_id: envelope_id.clone() };
                let line = SentEnvelope {
                    envelope_id: envelope_id.clone(),
                    kind: delivery.kind,
                    event_id: delivery.payload["event_id"].as_str().map(str::to_owned),
                    what: delivery.what.clone(),
                    retry_attempt: delivery.attempts - 1,
                    sent_at: now,
                    acked_at: None,
                    connection,
                };
                let due = now + ACK_WINDOW;
                let is_event = delivery.kind == EnvelopeKind::EventsApi;
                self.deliveries.log_at.insert(envelope_id.clone(), self.deliveries.log.len());
                self.deliveries.log.push(line);
                self.deliveries.by_envelope.insert(envelope_id.clone(), id);
                if !is_event {
                    self.deliveries.outcomes.insert(envelope_id.clone(), Outcome::Waiting);
                }
                self.set_due(id, due);
            }
            None => self.attempt_failed(id, &envelope_id),
        }
        envelope_id
    }

    fn set_due(&mut self, id: u64, due: i64) {
        if let Some(delivery) = self.deliveries.pending.get_mut(&id) {
            self.deliveries.timers.remove(&(delivery.due, id));
            delivery.due = due;
            self.deliveries.timers.insert((due, id));
        }
    }

    /// No socket, or no acknowledgement in time.
    fn attempt_failed(&mut self, id: u64, envelope_id: &str) {
        let now = self.now();
        let Some(delivery) = self.deliveries.pending.get_mut(&id) else { return };
        if delivery.kind != EnvelopeKind::EventsApi {
            self.deliveries.outcomes.insert(envelope_id.to_owned(), Outcome::Failed);
            self.interaction_failed(id);
            return;
        }
        let retries = usize::try_from(delivery.attempts.saturating_sub(1)).unwrap_or(usize::MAX);
        match RETRY_AT.get(retries) {
            Some(after) => {
                let due = (delivery.first_at + after).max(now);
                delivery.phase = Phase::Waiting;
                self.set_due(id, due);
            }
            None => self.give_up(id),
        }
    }

    fn give_up(&mut self, id: u64) {
        if let Some(delivery) = self.deliveries.pending.remove(&id) {
            self.deliveries.timers.remove(&(delivery.due, id));
            if !delivery.excused {
                let line = format!("{} was given up after {} attempts", delivery.what, delivery.attempts);
                self.report.add(FindingKind::UnackedEnvelope, line);
            }
        }
    }

    fn interaction_failed(&mut self, id: u64) {
        let Some(delivery) = self.deliveries.pending.remove(&id) else { return };
        self.deliveries.timers.remove(&(delivery.due, id));
        if !delivery.excused {
            let how = if delivery.reached_app { "within 3 s" } else { "because no live socket was open" };
            self.report.add(FindingKind::UnackedEnvelope, format!("{} was not acknowledged {how}", delivery.what));
        }
        self.show_failure(&delivery.subject);
    }

    /// A test cut this socket: what was on it may never be acknowledged, and that is not the app's fault.
    pub fn excuse_connection(&mut self, number: u64) {
        for delivery in self.deliveries.pending.values_mut() {
            if matches!(delivery.phase, Phase::Out { connection, .. } if connection == number) {
                delivery.excused = true;
            }
        }
    }

    /// Handles every deadline that is not after now, in order of time.
    pub fn run_due(&mut self) {
        while let Some(&(due, id)) = self.deliveries.timers.first() {
            if due > self.now() {
                return;
            }
            self.deliveries.timers.remove(&(due, id));
            let Some(delivery) = self.deliveries.pending.get(&id) else { continue };
            match &delivery.phase {
                Phase::Held => {}
                Phase::Out { envelope_id, .. } => {
                    let envelope_id = envelope_id.clone();
                    self.attempt_failed(id, &envelope_id);
                }
                Phase::Waiting => {
                    self.attempt_delivery(id);
                }
            }
        }
    }

    /// An acknowledgement came in.
    pub fn acknowledge(&mut self, envelope_id: &str, payload: Option<Value>) {
        if self.firehose_acknowledged(envelope_id) {
            self.apply_answer(Subject::Event, payload);
            return;
        }
        let now = self.now();
        let Some(&id) = self.deliveries.by_envelope.get(envelope_id) else {
            let twice = self.deliveries.finished.contains(envelope_id);
            let why = if twice { "was acknowledged before" } else { "was never sent" };
            self.report.add(FindingKind::UnknownAck, format!("envelope {envelope_id} {why}"));
            return;
        };
        let current = self.deliveries.pending.get(&id).is_some_and(|d| {
            matches!(&d.phase, Phase::Out { envelope_id: out, .. } if out == envelope_id) && now <= d.due
        });
        if !current {
            self.report.add(FindingKind::LateAck, format!("envelope {envelope_id} was acknowledged after 3 s"));
            return;
        }
        if self.faults.drop_acks > 0 {
            self.faults.drop_acks -= 1;
            if let Some(delivery) = self.deliveries.pending.get_mut(&id) {
                delivery.excused = true;
            }
            return;
        }
        let Some(delivery) = self.deliveries.pending.remove(&id) else { return };
        self.deliveries.timers.remove(&(delivery.due, id));
        self.deliveries.by_envelope.remove(envelope_id);
        self.deliveries.finished.insert(envelope_id.to_owned());
        if let Some(line) = self.deliveries.log_at.remove(envelope_id).and_then(|at| self.deliveries.log.get_mut(at)) {
            line.acked_at = Some(now);
        }
        if delivery.kind != EnvelopeKind::EventsApi {
            let answer = payload.clone().unwrap_or(Value::Null);
            self.deliveries.outcomes.insert(envelope_id.to_owned(), Outcome::Acknowledged(answer));
        }
        self.apply_answer(delivery.subject, payload);
    }

    /// Envelopes on a live socket that the app has not answered yet.
    pub fn envelopes_in_flight(&self) -> usize {
        let now = self.now();
        self.deliveries
            .pending
            .values()
            .filter(|d| match &d.phase {
                Phase::Out { connection, .. } => {
                    !d.excused && now <= d.due && self.connections.is_reachable(*connection)
                }
                Phase::Held | Phase::Waiting => false,
            })
            .count()
    }
}

/// An envelope as it goes over the wire, serialised without copying its payload.
#[derive(Serialize)]
struct Envelope<'a> {
    envelope_id: &'a str,
    #[serde(rename = "type")]
    kind: EnvelopeKind,
    payload: &'a Value,
    accepts_response_payload: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_attempt: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_reason: Option<&'static str>,
}

/// An envelope's text. `attempt` counts from 0.
pub(crate) fn envelope_text(envelope_id: &str, kind: EnvelopeKind, payload: &Value, attempt: u32) -> String {
    let is_event = kind == EnvelopeKind::EventsApi;
    let envelope = Envelope {
        envelope_id,
        kind,
        payload,
        accepts_response_payload: !is_event,
        retry_attempt: is_event.then_some(attempt),
        retry_reason: is_event.then_some(if attempt == 0 { "" } else { "timeout" }),
    };
    serde_json::to_string(&envelope).expect("strings, numbers and JSON values always serialise")
}

/// Slack's envelope ids are UUIDs; these are too, and the same in every run.
pub(crate) fn envelope_id(number: u64) -> String {
    format!("5a4db0c5-0000-4000-8000-{number:012x}")
}
