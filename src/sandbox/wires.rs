//! Trouble on the sockets, on demand, and what went over them.

use super::Sandbox;
use super::connections::{Frame, disconnect_frame};
use super::delivery::{Outcome, SentEnvelope};

impl Sandbox {
    /// How many sockets Slack believes to be open; half-open ones count.
    pub fn connections(&self) -> usize {
        self.read(|s| s.connections.open.len())
    }

    /// How many were opened since the start.
    pub fn connections_opened(&self) -> u64 {
        self.read(|s| s.connections.opened_in_all)
    }

    /// The most that were open at one time.
    pub fn most_connections(&self) -> usize {
        self.read(|s| s.connections.most_at_once)
    }

    /// The numbers of the open sockets, in the order in which they opened.
    pub fn connection_numbers(&self) -> Vec<u64> {
        self.read(|s| s.connections.open.iter().map(|c| c.id).collect())
    }

    /// Sends a `disconnect` frame to every open socket: `warning`, `refresh_requested`, `link_disabled`,
    /// `too_many_websockets`. After any but `warning` Slack closes the socket itself.
    pub fn disconnect_all(&self, reason: &str) {
        for number in self.connection_numbers() {
            self.disconnect(number, reason);
        }
    }

    /// The same for one socket.
    pub fn disconnect(&self, number: u64, reason: &str) {
        let frame = disconnect_frame(reason);
        self.with(|s| {
            let Some(connection) = s.connections.open.iter().find(|c| c.id == number) else { return };
            // A socket whose task is gone is already closed.
            let _ = connection.frames.send(Frame::Text(frame));
            if reason != "warning" {
                let _ = connection.frames.send(Frame::Close);
                s.close_connection(number);
            }
        });
    }

    /// Switches Socket Mode off: `link_disabled` to every socket, and no new one.
    pub fn disable_socket_mode(&self) {
        self.with(|s| s.app.socket_mode = false);
        self.disconnect_all("link_disabled");
    }

    pub fn enable_socket_mode(&self) {
        self.with(|s| s.app.socket_mode = true);
    }

    /// Cuts a socket without a close frame.
    pub fn drop_connection(&self, number: u64) {
        self.with(|s| {
            if let Some(connection) = s.connections.open.iter().find(|c| c.id == number) {
                let _ = connection.frames.send(Frame::Drop);
            }
            s.excuse_connection(number);
            s.close_connection(number);
        });
    }

    /// Cuts all of them.
    pub fn drop_connections(&self) {
        for number in self.connection_numbers() {
            self.drop_connection(number);
        }
    }

    /// Makes a socket half-open: nothing is read or written any more, yet envelopes are still sent its way.
    pub fn freeze_connection(&self, number: u64) {
        self.set_frozen(number, true);
    }

    /// What piled up is written after all.
    pub fn thaw_connection(&self, number: u64) {
        self.set_frozen(number, false);
    }

    fn set_frozen(&self, number: u64, frozen: bool) {
        self.with(|s| {
            if let Some(connection) = s.connections.open.iter_mut().find(|c| c.id == number) {
                connection.frozen = frozen;
                let _ = connection.frames.send(if frozen { Frame::Freeze } else { Frame::Thaw });
            }
        });
    }

    /// Every envelope that was written to a socket so far.
    pub fn envelopes(&self) -> Vec<SentEnvelope> {
        self.read(|s| s.deliveries.log.clone())
    }

    /// How an interaction ended; `None` for an envelope that was never sent.
    pub fn outcome(&self, envelope_id: &str) -> Option<Outcome> {
        self.read(|s| s.deliveries.outcomes.get(envelope_id).cloned())
    }
}
