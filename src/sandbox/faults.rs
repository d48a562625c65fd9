//! Faults on demand. Each is planted by a test and wears off by itself or is taken back; nothing here happens by chance.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::Sandbox;

/// What happens to a Web API call instead of, or after, being carried out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApiFault {
    /// 429 `ratelimited` with this `Retry-After`, not carried out.
    RateLimited { retry_after_seconds: u32 },
    /// This HTTP status without a body of Slack's, not carried out.
    Status(u16),
    /// `{"ok":false,"error":…}`, not carried out.
    Error(String),
    /// Carried out, then the connection is cut before a byte of the answer is sent.
    AnswerLost,
    /// Carried out; the answer waits until [`Sandbox::release_answers`].
    AnswerHeld,
}

#[derive(Debug)]
struct Planted {
    method: String,
    fault: ApiFault,
    left: u32,
}

/// The order in which held events go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReleaseOrder {
    AsHappened,
    Reversed,
    /// Shuffled by this seed: the same seed gives the same order.
    Shuffled(u64),
}

#[derive(Debug)]
pub(crate) struct Faults {
    planted: VecDeque<Planted>,
    pub duplicate_events: bool,
    /// While set, events collect here instead of being sent.
    pub held_events: Option<Vec<u64>>,
    pub drop_acks: u32,
    release: watch::Sender<u64>,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            planted: VecDeque::new(),
            duplicate_events: false,
            held_events: None,
            drop_acks: 0,
            release: watch::Sender::new(0),
        }
    }
}

impl Faults {
    /// The fault that the next call of `method` meets; `*` stands for every method.
    pub fn take(&mut self, method: &str) -> Option<ApiFault> {
        let at = self.planted.iter().position(|p| p.method == method || p.method == "*")?;
        let planted = self.planted.get_mut(at)?;
        planted.left = planted.left.saturating_sub(1);
        let fault = planted.fault.clone();
        if planted.left == 0 {
            self.planted.remove(at);
        }
        Some(fault)
    }

    pub fn releases(&self) -> watch::Receiver<u64> {
        self.release.subscribe()
    }
}

impl Sandbox {
    /// The next `times` calls of `method` (`*`: of any) meet `fault`. Faults of one method wear off in the order planted.
    pub fn fail_next(&self, method: &str, times: u32, fault: ApiFault) {
        if times > 0 {
            self.with(|s| s.faults.planted.push_back(Planted { method: method.to_owned(), fault, left: times }));
        }
    }

    /// Whatever was planted with [`Sandbox::fail_next`] and has not been met is taken back.
    pub fn stop_failing(&self) {
        self.with(|s| s.faults.planted.clear());
    }

    /// Lets every held answer go.
    pub fn release_answers(&self) {
        self.with(|s| s.faults.release.send_modify(|n| *n += 1));
    }

    /// From now on every event arrives in two envelopes with one event id.
    pub fn duplicate_events(&self, on: bool) {
        self.with(|s| s.faults.duplicate_events = on);
    }

    /// The next `count` acknowledgements are lost on the way to Slack.
    pub fn drop_acks(&self, count: u32) {
        self.with(|s| s.faults.drop_acks = count);
    }

    /// Which of a mention's two events comes first from now on.
    pub fn mention_first(&self, on: bool) {
        self.with(|s| s.app.mention_first = on);
    }

    /// Collects events instead of sending them, until [`Sandbox::release_events`].
    pub fn hold_events(&self) {
        self.with(|s| {
            s.faults.held_events.get_or_insert_default();
        });
    }

    /// Sends what was held, in this order; later events go out at once again.
    pub fn release_events(&self, order: ReleaseOrder) {
        self.with(|s| {
            let mut held = s.faults.held_events.take().unwrap_or_default();
            match order {
                ReleaseOrder::AsHappened => {}
                ReleaseOrder::Reversed => held.reverse(),
                ReleaseOrder::Shuffled(seed) => fastrand::Rng::with_seed(seed).shuffle(&mut held),
            }
            for delivery in held {
                s.attempt_delivery(delivery);
            }
        });
    }
}
