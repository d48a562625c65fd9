//! The sandbox's own time. It does not share the bot's clock: Slack does not either, and a test may set them apart.

use chrono::Utc;

/// Microseconds in a second; all times inside the sandbox are microseconds since 1970.
pub(crate) const SECOND: i64 = 1_000_000;

/// Slack's message ids step by this much, so that two messages of one instant stay apart and in order.
const TS_STEP: i64 = 100;

#[derive(Debug, Clone)]
pub(crate) enum SandboxClock {
    System,
    Manual(i64),
}

impl SandboxClock {
    #[allow(
        clippy::disallowed_methods,
        reason = "the look-alike Slack knows nothing of the product, its clock included"
    )]
    pub fn now(&self) -> i64 {
        match self {
            Self::System => Utc::now().timestamp_micros(),
            Self::Manual(at) => *at,
        }
    }

    /// Turns a manual clock to `at`; it never goes back, and the system's clock ignores it.
    pub fn turn_to(&mut self, at: i64) {
        if let Self::Manual(now) = self {
            *now = at.max(*now);
        }
    }
}

/// Slack's `ts`: seconds and six digits, unique in the workspace and rising.
#[derive(Debug, Default)]
pub(crate) struct TsMaker {
    last: i64,
}

impl TsMaker {
    pub fn next(&mut self, now: i64) -> String {
        let at = (now / TS_STEP * TS_STEP).max(self.last + TS_STEP);
        self.last = at;
        format_ts(at)
    }
}

pub(crate) fn format_ts(micros: i64) -> String {
    format!("{}.{:06}", micros / SECOND, micros % SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_instant_differ_and_rise() {
        let mut maker = TsMaker::default();
        let first = maker.next(1_700_000_000 * SECOND + 100);
        let second = maker.next(1_700_000_000 * SECOND + 100);
        let later = maker.next(1_700_000_001 * SECOND);
        assert_eq!((first.as_str(), second.as_str()), ("1700000000.000100", "1700000000.000200"));
        assert_eq!(later, "1700000001.000000");
    }
}
