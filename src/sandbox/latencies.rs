//! How long many things took, in a few kilobytes however many they were: counts by bucket, each bucket about 3 % wide.

use std::time::Duration;

/// Buckets of one doubling.
const PER_DOUBLING: u64 = 32;

/// A distribution of durations, in whole microseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Latencies {
    buckets: Vec<u64>,
    count: u64,
    longest_us: u64,
}

impl Latencies {
    pub fn add(&mut self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let at = usize::try_from(bucket_of(micros)).unwrap_or(usize::MAX);
        if self.buckets.len() <= at {
            self.buckets.resize(at + 1, 0);
        }
        self.buckets[at] += 1;
        self.count += 1;
        self.longest_us = self.longest_us.max(micros);
    }

    /// Takes in another distribution.
    pub fn merge(&mut self, other: &Self) {
        if self.buckets.len() < other.buckets.len() {
            self.buckets.resize(other.buckets.len(), 0);
        }
        self.buckets.iter_mut().zip(&other.buckets).for_each(|(mine, theirs)| *mine += theirs);
        self.count += other.count;
        self.longest_us = self.longest_us.max(other.longest_us);
    }

    pub fn count(&self) -> u64 {
        self.count
    }

    /// The microseconds within which this share (0 to 1) of all things ended, never too low and at most 4 % too high;
    /// 0 when there were none.
    pub fn within_us(&self, share: f64) -> u64 {
        // The count is far below 2^52, so that neither conversion loses anything that matters.
        let wanted = (self.count as f64 * share.clamp(0.0, 1.0)).ceil() as u64;
        let mut seen = 0;
        for (at, count) in (0_u64..).zip(&self.buckets) {
            seen += count;
            if seen >= wanted.max(1) {
                return last_of(at).min(self.longest_us);
            }
        }
        self.longest_us
    }

    pub fn longest_us(&self) -> u64 {
        self.longest_us
    }
}

/// The first 64 buckets are one microsecond wide; from there on each doubling is parted into 32.
fn bucket_of(micros: u64) -> u64 {
    let bits = u64::from(u64::BITS - micros.leading_zeros());
    let shift = bits.saturating_sub(6);
    shift * PER_DOUBLING + (micros >> shift)
}

/// The longest time that falls into a bucket.
fn last_of(bucket: u64) -> u64 {
    if bucket < 2 * PER_DOUBLING {
        return bucket;
    }
    let shift = bucket / PER_DOUBLING - 1;
    let within = bucket - shift * PER_DOUBLING;
    ((u128::from(within + 1) << shift) - 1).try_into().unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_duration_falls_into_the_bucket_that_ends_just_above_it() {
        let mut last = 0;
        for micros in (0..5_000).chain([1 << 20, (1 << 20) + 1, 123_456_789, u64::MAX - 1, u64::MAX]) {
            let bucket = bucket_of(micros);
            assert!(bucket >= last, "{micros}");
            last = bucket;
            let end = last_of(bucket);
            assert!(end >= micros && (end - micros) as f64 <= micros as f64 * 0.04, "{micros} → {end}");
        }
    }

    #[test]
    fn shares_are_read_off_the_whole() {
        let mut low = Latencies::default();
        assert_eq!((low.within_us(0.5), low.longest_us()), (0, 0));
        (1..=50).for_each(|ms| low.add(Duration::from_millis(ms)));
        let mut all = Latencies::default();
        (51..=100).for_each(|ms| all.add(Duration::from_millis(ms)));
        all.merge(&low);
        assert_eq!((all.count(), all.longest_us()), (100, 100_000));
        for (share, exact) in [(0.5, 50_000), (0.99, 99_000), (1.0, 100_000)] {
            let read = all.within_us(share);
            assert!(read >= exact && read <= exact * 104 / 100, "{share}: {read}");
        }
    }
}
