//! What follows from judgements: shares, guards that fall, and which results a human checks. Pure.

use super::Rating;

/// A share of fewer judgements than this says nothing.
pub const FEWEST: u32 = 5;

/// How results were judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Used as they were, or approved.
    pub accepted: u32,
    /// Sent back to be better.
    pub refined: u32,
    /// Wrong, or denied.
    pub rejected: u32,
    /// Nobody said anything.
    pub unrated: u32,
}

impl Tally {
    pub fn rated(&self) -> u32 {
        self.accepted + self.refined + self.rejected
    }

    /// Adds one judgement.
    #[must_use]
    pub fn with(mut self, rating: Option<Rating>) -> Self {
        match rating {
            Some(Rating::Used) => self.accepted += 1,
            Some(Rating::Refined) => self.refined += 1,
            Some(Rating::Wrong) => self.rejected += 1,
            None => self.unrated += 1,
        }
        self
    }

    /// Whole percent of what was judged; `None` where nothing was.
    pub fn acceptance(&self) -> Option<u32> {
        (self.rated() > 0).then(|| self.accepted * 100 / self.rated())
    }
}

/// What a guard looks at, in millionths of a percent or of a currency's unit, and how many cases it is drawn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measured {
    pub value: i64,
    /// `None` where one case is enough (a sum of money).
    pub cases: Option<u32>,
}

/// The bound of a guard, in the same millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    Below(i64),
    Above(i64),
}

/// A guard that was passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fallen {
    pub value: i64,
}

/// Whether a guard falls. A share of fewer than [`FEWEST`] cases never does.
pub fn falls(measured: Measured, bound: Bound) -> Option<Fallen> {
    let enough = measured.cases.is_none_or(|cases| cases >= FEWEST);
    let passed = match bound {
        Bound::Below(limit) => measured.value < limit,
        Bound::Above(limit) => measured.value > limit,
    };
    (enough && passed).then_some(Fallen { value: measured.value })
}

/// Whether a result is among those that a human checks: so many millionths of a percent, drawn from a digest that the worker
/// cannot choose, and the same at every look.
pub fn is_sampled(percent_micros: i64, digest: &str) -> bool {
    let hex: String = digest.rsplit(':').next().unwrap_or(digest).chars().take(8).collect();
    let Ok(drawn) = u32::from_str_radix(&hex, 16) else { return true };
    i128::from(drawn) * 100_000_000 < i128::from(percent_micros) << 32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_counts_neither_way() {
        let tally = [Some(Rating::Used), None, None, Some(Rating::Wrong), Some(Rating::Used), Some(Rating::Refined)];
        let tally = tally.into_iter().fold(Tally::default(), Tally::with);
        assert_eq!((tally.rated(), tally.unrated, tally.acceptance()), (4, 2, Some(50)));
        assert_eq!(Tally::default().with(None).acceptance(), None);
    }

    #[test]
    fn a_guard_needs_enough_cases_and_falls_beyond_its_bound() {
        let of = |percent: i64, cases| Measured { value: percent * 1_000_000, cases };
        assert_eq!(falls(of(50, Some(4)), Bound::Below(80_000_000)), None);
        assert!(falls(of(50, Some(5)), Bound::Below(80_000_000)).is_some());
        assert_eq!(falls(of(80, Some(50)), Bound::Below(80_000_000)), None);
        assert!(falls(of(21, Some(9)), Bound::Above(20_000_000)).is_some());
        assert!(falls(of(51, None), Bound::Above(50_000_000)).is_some());
    }

    #[test]
    fn so_many_in_a_hundred_are_drawn() {
        let digests = (0..10_000_u32).map(|n| crate::catalogue::canonical::digest_bytes(&n.to_le_bytes()));
        let drawn = digests.filter(|digest| is_sampled(10_000_000, digest)).count();
        assert!((900..1_100).contains(&drawn), "{drawn} of 10,000 at 10 %");
        assert!(is_sampled(100_000_000, "sha256:ffffffff"));
        assert!(!is_sampled(0, "sha256:00000000"));
        assert!(is_sampled(1, "unreadable"), "what cannot be drawn is checked");
    }
}
