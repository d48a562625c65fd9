//! Socket Mode: two connections, so that a refresh, a cut or a restart of one of Slack's machines leaves no gap.
//!
//! ```text
//! pool ── slot 0 ── connection (task) ──┐
//!      └─ slot 1 ── connection (task) ──┴─→ Intake → acknowledgement on the same connection
//! ```
//!
//! A slot opens a replacement before it lets go of its connection; the old one is then drained and closed with a close
//! frame, because a connection that just disappears stays registered at Slack for hours and swallows clicks. Rules and
//! their sources: docs.slack.dev "Using Socket Mode"; reports in slackapi/python-slack-sdk#1940, node-slack-sdk#1654.

mod backoff;
mod connection;
mod dial;
mod frame;
mod open;
mod pool;
#[cfg(test)]
mod tests;

use std::time::Duration;

pub use open::{SlackRefuses, try_to_open};
pub use pool::Sockets;

/// Limits and intervals of the sockets; tests make them short.
#[derive(Debug, Clone)]
pub struct SocketLimits {
    /// For `apps.connections.open`, and again for the connection itself.
    pub open_timeout: Duration,
    /// From the upgrade to `hello`.
    pub hello_timeout: Duration,
    pub ping_every: Duration,
    /// After this long without any frame a replacement is opened, and the silent connection is let go.
    pub silent_after: Duration,
    /// A drained connection is closed when nothing came for this long …
    pub drain_quiet: Duration,
    /// … or at the latest after this long.
    pub drain_limit: Duration,
    /// For the echo of our close frame.
    pub close_wait: Duration,
    /// A write that takes longer means that the connection is dead.
    pub write_timeout: Duration,
    /// First wait after a failure; doubles with each further one.
    pub backoff_base: Duration,
    pub backoff_cap: Duration,
    /// Between the sockets of one process at the start.
    pub stagger: Duration,
    /// After `too_many_websockets`.
    pub too_many_wait: Duration,
    /// After `link_disabled`.
    pub link_disabled_wait: Duration,
    /// Envelopes of one connection that may be with the intake at once; further ones wait in the socket.
    pub in_flight: usize,
    /// Larger frames are refused without being read. Slack's own payloads stay far below.
    pub frame_limit_bytes: usize,
    /// Asks Slack for connections of six minutes, to see reconnects happen (`debug_reconnects`).
    pub debug_reconnects: bool,
}

/// Frames beyond this end the connection; between this and `frame_limit_bytes` they are refused one by one.
pub(crate) const HARD_FRAME_LIMIT_BYTES: usize = 16 * 1024 * 1024;

impl Default for SocketLimits {
    fn default() -> Self {
        Self {
            open_timeout: Duration::from_secs(10),
            hello_timeout: Duration::from_secs(10),
            ping_every: Duration::from_secs(3),
            silent_after: Duration::from_secs(10),
            drain_quiet: Duration::from_millis(500),
            drain_limit: Duration::from_secs(8),
            close_wait: Duration::from_secs(2),
            write_timeout: Duration::from_secs(5),
            backoff_base: Duration::from_millis(500),
            backoff_cap: Duration::from_secs(60),
            stagger: Duration::from_secs(1),
            too_many_wait: Duration::from_secs(60),
            link_disabled_wait: Duration::from_secs(300),
            in_flight: 512,
            frame_limit_bytes: 1024 * 1024,
            debug_reconnects: false,
        }
    }
}
