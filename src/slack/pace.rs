//! How fast we may call: per method by its tier, per channel about one post a second, and never before a `Retry-After`.
//!
//! The bucket is a pure value with time as an argument; [`Pace`] is the waiting around it. One channel's posts go one at a
//! time, in the order in which they were asked for. Source: docs.slack.dev, "Rate limits".

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::OwnedMutexGuard;

use crate::clock::{Span, Timestamp};

/// A token bucket: `burst` calls at once, then one every `every`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    every: Span,
    burst: i64,
    /// When the bucket will be full again (the virtual scheduling form of a token bucket: one instant is its whole state).
    full_at: Timestamp,
}

impl Bucket {
    pub fn full(burst: i64, every: Span) -> Self {
        Self { every: Span(every.0.max(1)), burst: burst.max(1), full_at: Timestamp::ZERO }
    }

    /// Takes one token, borrowing from the future if there is none, and tells how long to wait for it.
    pub fn reserve(&mut self, now: Timestamp) -> Span {
        let start = self.full_at.max(now);
        self.full_at = start.plus(self.every);
        let room = Span(self.every.0.saturating_mul(self.burst));
        Span(self.full_at.minus(room).since(now).0.max(0))
    }
}

/// What Slack allows per method, workspace and app; we stay a little below, with short bursts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Tier {
    /// 20 a minute.
    Two,
    /// 50 a minute.
    Three,
    /// 100 a minute.
    Four,
    /// `chat.postMessage` and `auth.test`: several hundred a minute; the channel's own pace comes on top.
    Special,
    /// `views.open` and its like, whose `trigger_id` dies in three seconds: waiting would be the same as failing.
    Now,
}

impl Tier {
    fn bucket(self) -> Option<Bucket> {
        Some(match self {
            Self::Two => Bucket::full(5, Span::seconds(3)),
            Self::Three => Bucket::full(20, Span::millis(1_200)),
            Self::Four => Bucket::full(40, Span::millis(600)),
            Self::Special => Bucket::full(40, Span::millis(100)),
            Self::Now => return None,
        })
    }
}

/// How a call stands to its channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Channel<'a> {
    /// It says something new there: paced and in order.
    Post(&'a str),
    /// It changes what was said: in order with the posts, not paced with them.
    Edit(&'a str),
    Irrelevant,
}

const CHANNEL_BURST: i64 = 4;
const CHANNEL_EVERY: Span = Span::seconds(1);
/// Beyond this, channels in which nothing is under way are forgotten.
const CHANNELS_KEPT: usize = 10_000;

type ChannelTurn = Arc<tokio::sync::Mutex<Bucket>>;

/// The pace of one client.
#[derive(Debug)]
pub struct Pace {
    on: bool,
    start: Instant,
    methods: Mutex<HashMap<&'static str, Bucket>>,
    not_before: Mutex<HashMap<&'static str, Timestamp>>,
    channels: Mutex<HashMap<String, ChannelTurn>>,
}

/// The right to make one call; as long as it lives, nobody else speaks in its channel.
#[derive(Debug)]
pub struct Turn(Option<OwnedMutexGuard<Bucket>>);

impl Turn {
    /// Whether others wait for this call to end.
    pub fn holds_a_channel(&self) -> bool {
        self.0.is_some()
    }
}

impl Pace {
    /// `on: false` keeps the order and honours `Retry-After`, and does not slow anything down.
    pub fn new(on: bool) -> Self {
        Self {
            on,
            start: Instant::now(),
            methods: Mutex::default(),
            not_before: Mutex::default(),
            channels: Mutex::default(),
        }
    }

    /// Waits until the call may be made. The order among callers of one channel is the order of their first poll.
    pub async fn turn(&self, method: &'static str, tier: Tier, channel: Channel<'_>) -> Turn {
        let turn = match channel {
            Channel::Post(id) | Channel::Edit(id) => Some(self.channel(id).lock_owned().await),
            Channel::Irrelevant => None,
        };
        let mut turn = Turn(turn);
        let mut wait = Span(0);
        if self.on {
            if let (Channel::Post(_), Some(bucket)) = (channel, turn.0.as_mut()) {
                wait = bucket.reserve(self.now());
            }
            wait = wait.max(self.reserve_method(method, tier));
        }
        sleep(wait).await;
        if tier != Tier::Now {
            self.wait_until_allowed(method).await;
        }
        turn
    }

    /// Slack said when this method may be called again.
    pub fn hold(&self, method: &'static str, after: Duration) {
        let micros = i64::try_from(after.as_micros()).unwrap_or(i64::MAX);
        let until = self.now().plus(Span(micros));
        let mut held = self.not_before.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = held.entry(method).or_insert(until);
        *entry = until.max(*entry);
    }

    /// How long the method is held, if it is.
    pub fn held(&self, method: &'static str) -> Option<Duration> {
        let until = self.not_before.lock().unwrap_or_else(PoisonError::into_inner).get(method).copied();
        until.map(|until| until.since(self.now())).filter(|left| left.0 > 0).map(Span::to_std)
    }

    /// Sleeps as long as the method is held, also when it is held anew meanwhile.
    pub async fn wait_until_allowed(&self, method: &'static str) {
        loop {
            let until = self.not_before.lock().unwrap_or_else(PoisonError::into_inner).get(method).copied();
            let left = until.map_or(Span(0), |until| until.since(self.now()));
            if left.0 <= 0 {
                return;
            }
            sleep(left).await;
        }
    }

    fn reserve_method(&self, method: &'static str, tier: Tier) -> Span {
        let Some(fresh) = tier.bucket() else { return Span(0) };
        let now = self.now();
        let mut methods = self.methods.lock().unwrap_or_else(PoisonError::into_inner);
        methods.entry(method).or_insert(fresh).reserve(now)
    }

    fn channel(&self, id: &str) -> ChannelTurn {
        let mut channels = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
        if channels.len() >= CHANNELS_KEPT && !channels.contains_key(id) {
            channels.retain(|_, turn| Arc::strong_count(turn) > 1);
        }
        let fresh = || Arc::new(tokio::sync::Mutex::new(Bucket::full(CHANNEL_BURST, CHANNEL_EVERY)));
        Arc::clone(channels.entry(id.to_owned()).or_insert_with(fresh))
    }

    fn now(&self) -> Timestamp {
        Timestamp(i64::try_from(self.start.elapsed().as_micros()).unwrap_or(i64::MAX))
    }
}

async fn sleep(wait: Span) {
    if wait.0 > 0 {
        tokio::time::sleep(wait.to_std()).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_goes_at_once_and_the_rest_in_step() {
        let mut bucket = Bucket::full(3, Span::seconds(1));
        let start = Timestamp(1_000_000_000);
        let waits: Vec<i64> = (0..5).map(|_| bucket.reserve(start).0).collect();
        assert_eq!(waits, [0, 0, 0, 1_000_000, 2_000_000]);
        // Two seconds were borrowed; after five more the bucket is full again, and no fuller.
        let later = start.plus(Span::seconds(60));
        let waits: Vec<i64> = (0..4).map(|_| bucket.reserve(later).0).collect();
        assert_eq!(waits, [0, 0, 0, 1_000_000]);
    }

    #[test]
    fn no_tier_promises_more_than_slack_allows() {
        for (tier, per_minute) in [(Tier::Two, 20), (Tier::Three, 50), (Tier::Four, 100)] {
            let mut bucket = tier.bucket().unwrap();
            (0..100).for_each(|_| {
                bucket.reserve(Timestamp::ZERO);
            });
            let waited = bucket.reserve(Timestamp::ZERO).as_seconds();
            assert!(waited >= (100 - 40) * 60 / per_minute, "{tier:?}: {waited}");
        }
    }

    #[tokio::test]
    async fn one_channel_is_one_at_a_time_and_others_do_not_wait() {
        let pace = Arc::new(Pace::new(false));
        let first = pace.turn("chat.postMessage", Tier::Special, Channel::Post("C1")).await;
        let other = pace.turn("chat.postMessage", Tier::Special, Channel::Post("C2")).await;
        let waiting = pace.turn("chat.update", Tier::Three, Channel::Edit("C1"));
        tokio::pin!(waiting);
        assert!(futures_util::poll!(waiting.as_mut()).is_pending());
        drop(first);
        assert!(waiting.await.holds_a_channel());
        assert!(other.holds_a_channel());
    }

    #[tokio::test]
    async fn a_retry_after_holds_its_method_only() {
        let pace = Pace::new(false);
        pace.hold("chat.update", Duration::from_secs(3_600));
        let held = pace.turn("chat.update", Tier::Three, Channel::Irrelevant);
        tokio::pin!(held);
        assert!(futures_util::poll!(held.as_mut()).is_pending());
        pace.turn("users.info", Tier::Four, Channel::Irrelevant).await;
    }
}
