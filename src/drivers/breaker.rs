//! When a vendor is left alone: after failures in a row, or because it said so. In memory only; a restart asks once more.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::clock::{Span, Timestamp};

/// Failures in a row after which a vendor rests without having asked for it.
const TRIPS_AFTER: u32 = 3;
/// The first such rest; it doubles with each further failure.
const FIRST_REST: Span = Span::seconds(15);
/// The longest rest.
const LONGEST_REST: Span = Span::minutes(5);

/// One breaker a vendor, by its address.
#[derive(Debug, Default)]
pub struct Breakers(Mutex<BTreeMap<String, State>>);

#[derive(Debug, Clone, Copy, Default)]
struct State {
    failures: u32,
    rests_until: Option<Timestamp>,
}

impl Breakers {
    /// How long this vendor is still to be left alone; `None`: it may be asked.
    pub fn rest(&self, vendor: &str, now: Timestamp) -> Option<Duration> {
        let states = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let until = states.get(vendor)?.rests_until?;
        (until > now).then(|| until.since(now).to_std())
    }

    pub fn answered(&self, vendor: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(vendor);
    }

    /// Counts a failure. `asked_for`: the rest that the vendor asked for.
    pub fn failed(&self, vendor: &str, asked_for: Option<Duration>, now: Timestamp) {
        let mut states = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let state = states.entry(vendor.to_owned()).or_default();
        state.failures = state.failures.saturating_add(1);
        let own = state.failures.checked_sub(TRIPS_AFTER).map(|more| FIRST_REST.times(1 << more.min(8)));
        let rest = own.max(asked_for.map(Span::of)).map(|rest| rest.min(LONGEST_REST));
        state.rests_until = rest.map(|rest| now.plus(rest)).max(state.rests_until);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vendor_that_fails_rests_longer_and_longer_until_it_answers() {
        let breakers = Breakers::default();
        let now = Timestamp::ZERO;
        let seconds = |n| Some(Duration::from_secs(n));
        breakers.failed("v", None, now);
        breakers.failed("v", None, now);
        assert_eq!(breakers.rest("v", now), None);
        breakers.failed("v", None, now);
        assert_eq!(breakers.rest("v", now), seconds(15));
        assert_eq!(breakers.rest("v", now.plus(Span::seconds(15))), None, "one question is tried after the rest");
        breakers.failed("v", None, now);
        assert_eq!(breakers.rest("v", now), seconds(30));
        assert_eq!(breakers.rest("other", now), None);
        breakers.answered("v");
        breakers.failed("v", seconds(7), now);
        assert_eq!(breakers.rest("v", now), seconds(7), "what it asks for counts at once");
    }
}
