//! Time as a value. Production reads the database's clock by an offset measured at start; tests turn a manual clock.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeZone, Utc};
use serde::{Deserialize, Serialize};

/// An instant: microseconds since 1970-01-01T00:00:00Z, as both databases store it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    pub const ZERO: Self = Self(0);

    pub fn from_utc(at: DateTime<Utc>) -> Self {
        Self(at.timestamp_micros())
    }

    /// The same instant for calendars and formatting. Instants beyond chrono's range (year 262143) clamp to the epoch.
    pub fn to_utc(self) -> DateTime<Utc> {
        Utc.timestamp_micros(self.0).single().unwrap_or_default()
    }

    #[must_use]
    pub fn plus(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }

    #[must_use]
    pub fn minus(self, span: Span) -> Self {
        Self(self.0.saturating_sub(span.0))
    }

    /// How long after `earlier`; negative when it is before.
    pub fn since(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

/// A length of time in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Span(pub i64);

impl Span {
    pub const ZERO: Self = Self(0);

    pub const fn millis(n: i64) -> Self {
        Self(n * 1_000)
    }
    pub const fn seconds(n: i64) -> Self {
        Self(n * 1_000_000)
    }
    pub const fn minutes(n: i64) -> Self {
        Self::seconds(n * 60)
    }
    pub const fn hours(n: i64) -> Self {
        Self::minutes(n * 60)
    }
    pub const fn days(n: i64) -> Self {
        Self::hours(n * 24)
    }
    /// The same length; longer than 290,000 years is cut.
    pub fn of(length: std::time::Duration) -> Self {
        Self(i64::try_from(length.as_micros()).unwrap_or(i64::MAX))
    }
    #[must_use]
    pub const fn times(self, n: i64) -> Self {
        Self(self.0.saturating_mul(n))
    }
    pub const fn as_seconds(self) -> i64 {
        self.0 / 1_000_000
    }
    pub fn to_std(self) -> std::time::Duration {
        std::time::Duration::from_micros(u64::try_from(self.0).unwrap_or(0))
    }
}

/// Where the shell gets `now` from. Rooms never see it: they take a [`Timestamp`].
#[derive(Clone)]
pub struct Clock(Source);

#[derive(Clone)]
enum Source {
    /// Microseconds to add to this machine's clock to get the database's.
    System(Arc<AtomicI64>),
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// This machine's clock, until [`Clock::follow`] tells how far the database's differs.
    pub fn system() -> Self {
        Self(Source::System(Arc::new(AtomicI64::new(0))))
    }

    /// A clock that stands still until it is turned.
    pub fn manual(at: Timestamp) -> Self {
        Self(Source::Manual(Arc::new(AtomicI64::new(at.0))))
    }

    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System(offset) => Timestamp(this_machine_us() + offset.load(Ordering::Relaxed)),
            Source::Manual(at) => Timestamp(at.load(Ordering::SeqCst)),
        }
    }

    /// Follows the database's clock, so that replicas agree. A manual clock does not listen.
    pub fn follow(&self, database_now: Timestamp) {
        if let Source::System(offset) = &self.0 {
            offset.store(database_now.0 - this_machine_us(), Ordering::Relaxed);
        }
    }

    /// Turns a manual clock forward; the system's clock cannot be turned and ignores it.
    pub fn advance(&self, by: Span) {
        if let Source::Manual(at) = &self.0 {
            at.fetch_add(by.0, Ordering::SeqCst);
        }
    }

    pub fn is_manual(&self) -> bool {
        matches!(self.0, Source::Manual(_))
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "the one place that reads this machine's clock; everything else asks a Clock"
)]
fn this_machine_us() -> i64 {
    Utc::now().timestamp_micros()
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now().to_utc())
    }
}
