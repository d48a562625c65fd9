//! How long to wait before the next attempt, as a pure function.

use std::time::Duration;

/// `base`, doubled with every attempt after the first, at most `cap`; of that between one half and the whole, by `luck`
/// (0 to 1), so that many processes that lost Slack together do not come back together.
pub fn wait_before(attempt: u32, base: Duration, cap: Duration, luck: f64) -> Duration {
    let doubled = base.saturating_mul(1_u32 << attempt.saturating_sub(1).min(16));
    doubled.min(cap).mul_f64(0.5 + luck.clamp(0.0, 1.0) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grows_to_the_cap_and_never_leaves_its_band() {
        let (base, cap) = (Duration::from_millis(500), Duration::from_secs(60));
        assert_eq!(wait_before(1, base, cap, 1.0), base);
        assert_eq!(wait_before(2, base, cap, 1.0), base * 2);
        assert_eq!(wait_before(1, base, cap, 0.0), base / 2);
        for attempt in 0..200 {
            let wait = wait_before(attempt, base, cap, 0.5);
            assert!(wait >= base / 2 && wait <= cap, "{attempt}: {wait:?}");
        }
        assert_eq!(wait_before(u32::MAX, base, cap, 1.0), cap);
    }
}
