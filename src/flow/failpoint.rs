//! Named points at which a test can kill the process: `WORKFORCE_FAILPOINT=name:abort`, only with the feature `failpoints`.
//!
//! `name:abort` dies at the first passing, `name:3:abort` at the third. Without the feature a point costs nothing.

/// Every point that exists, in the order in which a piece of work passes them; the kill test goes through this list. Each lies
/// behind the commit of what it names: a death before it would be a step that was never taken.
pub const ALL: &[&str] = &[
    "inbox-committed", "inbox-acknowledged", "task-opened", "task-routed", "action-planned", "approval-decided",
    "driver-heard", "driver-journalled", "action-started", "action-called", "action-settled", "run-ended",
    "reply-claimed", "reply-posted", "reply-noted", "workflow-advanced",
];

/// Passes a point; dies there if the environment says so.
#[cfg(feature = "failpoints")]
pub fn pass(name: &'static str) {
    use std::sync::atomic::{AtomicU32, Ordering};
    static PASSED: AtomicU32 = AtomicU32::new(0);
    debug_assert!(ALL.contains(&name), "{name} is not in the list of points");
    let Ok(order) = std::env::var("WORKFORCE_FAILPOINT") else { return };
    let mut parts = order.split(':');
    if parts.next() != Some(name) {
        return;
    }
    let nth: u32 = match parts.next() {
        Some("abort") => 1,
        Some(n) => n.parse().unwrap_or(1),
        None => return,
    };
    if PASSED.fetch_add(1, Ordering::SeqCst) + 1 == nth {
        std::process::abort();
    }
}

/// Passes a point; without the feature nothing happens.
#[cfg(not(feature = "failpoints"))]
pub fn pass(_name: &'static str) {}
