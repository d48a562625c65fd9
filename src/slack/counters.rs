//! What passed through the sockets, as numbers for `/metrics` and for tests that settle by asking instead of waiting.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// One number that only grows.
#[derive(Debug, Default)]
pub struct Count(AtomicU64);

impl Count {
    pub fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// One number that grows and shrinks.
#[derive(Debug, Default)]
pub struct Gauge(AtomicI64);

impl Gauge {
    pub fn up(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
    /// Counts one down and tells what is left.
    pub fn down(&self) -> i64 {
        self.0.fetch_sub(1, Ordering::SeqCst) - 1
    }
    pub fn get(&self) -> i64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// Of all sockets together, since the start.
#[derive(Debug, Default)]
pub struct Counters {
    /// Envelopes that were read.
    pub received: Count,
    pub acked: Count,
    /// Committed, but the socket was gone before the acknowledgement could be written.
    pub ack_lost: Count,
    /// The intake could not commit; not acknowledged.
    pub not_stored: Count,
    /// The intake panicked; not acknowledged.
    pub panicked: Count,
    /// Acknowledged without being understood.
    pub unknown: Count,
    /// Frames that were too large, too deep, broken, or said a key twice.
    pub refused: Count,
    /// Deliveries with `retry_attempt` above 0.
    pub redelivered: Count,
    /// Events without an id, keyed by a digest.
    pub without_id: Count,
    /// Sockets that said hello.
    pub connected: Count,
    /// Attempts to connect that failed.
    pub connect_failed: Count,
    /// `disconnect` frames.
    pub disconnects: Count,
    /// Sockets that were replaced because nothing was heard on them.
    pub silent: Count,
    /// Sockets that ended without being asked to.
    pub broken: Count,
    /// Sockets that are ready now.
    pub ready: Gauge,
    /// Sockets that are open now, being opened and being drained included.
    pub open: Gauge,
    /// Envelopes that were read and are not acknowledged or given up yet.
    pub in_flight: Gauge,
    /// Answers that are still to be transported after their acknowledgement.
    pub answering: Gauge,
}

impl Counters {
    /// Nothing is under way: every envelope that was read is acknowledged or given up, every answer is sent.
    pub fn is_idle(&self) -> bool {
        self.in_flight.get() == 0 && self.answering.get() == 0
    }
}
