//! How many deliveries of one hook are taken: a bucket that fills again with time.

use crate::clock::Timestamp;

/// Holds a minute's worth.
#[derive(Debug)]
pub struct Bucket {
    /// Microseconds of filling that one delivery takes.
    each_us: i64,
    most_us: i64,
    left_us: i64,
    at: Timestamp,
}

impl Bucket {
    pub fn new(per_minute: u32, now: Timestamp) -> Self {
        let each_us = 60_000_000 / i64::from(per_minute.max(1));
        let most_us = each_us * i64::from(per_minute.max(1));
        Self { each_us, most_us, left_us: most_us, at: now }
    }

    /// Takes one; else how many seconds to wait.
    pub fn take(&mut self, now: Timestamp) -> Result<(), u64> {
        let passed = now.since(self.at).0.max(0);
        self.left_us = self.left_us.saturating_add(passed).min(self.most_us);
        self.at = now;
        if self.left_us >= self.each_us {
            self.left_us -= self.each_us;
            return Ok(());
        }
        Err(u64::try_from((self.each_us - self.left_us).div_euclid(1_000_000) + 1).unwrap_or(60))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Span;

    #[test]
    fn a_bucket_empties_and_fills() {
        let start = Timestamp(0);
        let mut bucket = Bucket::new(2, start);
        assert_eq!((bucket.take(start), bucket.take(start), bucket.take(start)), (Ok(()), Ok(()), Err(31)));
        assert_eq!(bucket.take(start.plus(Span::seconds(30))), Ok(()));
        assert!(bucket.take(start.plus(Span::seconds(31))).is_err());
        let later = start.plus(Span::hours(9));
        assert_eq!((bucket.take(later), bucket.take(later)), (Ok(()), Ok(())));
        assert!(bucket.take(later).is_err(), "no more than a minute's worth is saved");
    }
}
