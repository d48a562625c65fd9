//! Wakes the loops when there may be work, and knows when all of them have looked and found none.
//!
//! The tests settle by asking [`Bell::settled`]; nothing waits by sleeping.

use std::sync::Mutex;

use tokio::sync::watch;

/// A version that grows with every ring, and the version that each loop last found no work at.
pub struct Bell {
    version: watch::Sender<u64>,
    found_nothing_at: Mutex<Vec<u64>>,
    changed: watch::Sender<u64>,
}

/// A loop's place in the bell's book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seat(usize);

impl Default for Bell {
    fn default() -> Self {
        Self { version: watch::Sender::new(1), found_nothing_at: Mutex::default(), changed: watch::Sender::new(0) }
    }
}

impl Bell {
    /// Registers a loop; until it reports, nothing is settled.
    pub fn take_seat(&self) -> Seat {
        let mut book = self.book();
        book.push(0);
        Seat(book.len() - 1)
    }

    /// There may be work: everybody looks again.
    pub fn ring(&self) {
        self.version.send_modify(|version| *version += 1);
    }

    pub fn version(&self) -> u64 {
        *self.version.borrow()
    }

    /// This loop looked at `version` and found nothing to do.
    pub fn report(&self, seat: Seat, version: u64) {
        self.book()[seat.0] = version;
        self.changed.send_modify(|n| *n += 1);
    }

    /// Waits until the bell was rung after `version`.
    pub async fn rung_after(&self, version: u64) {
        let mut listener = self.version.subscribe();
        // The sender lives as long as `self`, so waiting cannot fail.
        let _closed = listener.wait_for(|now| *now > version).await;
    }

    pub fn is_settled(&self) -> bool {
        let version = self.version();
        self.book().iter().all(|seen| *seen >= version)
    }

    /// Waits until every loop has looked since the last ring and found nothing.
    pub async fn settled(&self) {
        let mut listener = self.changed.subscribe();
        let _closed = listener.wait_for(|_| self.is_settled()).await;
    }

    fn book(&self) -> std::sync::MutexGuard<'_, Vec<u64>> {
        self.found_nothing_at.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
