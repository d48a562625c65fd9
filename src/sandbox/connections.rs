//! The open sockets of the app, and the frames that wait for each.

use serde_json::json;
use tokio::sync::mpsc;

use super::clock::SECOND;
use super::state::State;

/// Slack lets an app hold this many sockets (its "Using Socket Mode" page).
pub(crate) const MAX_CONNECTIONS: usize = 10;

/// A ticket that nobody used by then opens nothing.
const TICKET_LIFE: i64 = 30 * SECOND;

/// What a socket's task is told to do.
#[derive(Debug)]
pub(crate) enum Frame {
    Text(String),
    /// Say goodbye properly.
    Close,
    /// Cut the TCP connection without a close frame.
    Drop,
    /// Neither read nor write until thawed: a half-open connection that Slack still counts.
    Freeze,
    Thaw,
}

#[derive(Debug)]
pub(crate) struct Connection {
    pub id: u64,
    pub frames: mpsc::UnboundedSender<Frame>,
    pub frozen: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Connections {
    pub open: Vec<Connection>,
    turn: usize,
    pub opened_in_all: u64,
    pub most_at_once: usize,
}

impl Connections {
    pub fn is_reachable(&self, id: u64) -> bool {
        self.open.iter().any(|c| c.id == id && !c.frozen)
    }

    /// The connection whose turn it is. Frozen ones get theirs too: Slack does not know that they are dead.
    pub fn next(&mut self) -> Option<&Connection> {
        if self.open.is_empty() {
            return None;
        }
        let at = self.turn % self.open.len();
        self.turn = self.turn.wrapping_add(1);
        self.open.get(at)
    }
}

impl State {
    /// A fresh single-use URL for one socket.
    pub fn new_ticket_url(&mut self) -> String {
        let ticket = format!("{:016x}{:04x}", fastrand::u64(..), self.next_number());
        let expires = self.now() + TICKET_LIFE;
        self.tickets.insert(ticket.clone(), expires);
        let base = self.base.replacen("http", "ws", 1);
        format!("{base}/link/?ticket={ticket}&app_id={}", self.app.app_id)
    }

    /// Spends a ticket. `false`: unknown, used before, or too old.
    pub fn take_ticket(&mut self, ticket: &str) -> bool {
        let now = self.now();
        self.tickets.remove(ticket).is_some_and(|expires| now <= expires)
    }

    /// Registers a socket and puts `hello` before everything else that will go to it. `None`: there are ten already; the
    /// socket is told so and must close.
    pub fn open_connection(&mut self, frames: mpsc::UnboundedSender<Frame>, life_seconds: u32) -> Option<u64> {
        if self.connections.open.len() >= MAX_CONNECTIONS {
            let frame = disconnect_frame("too_many_websockets");
            // The receiver is the caller, which is alive: both sends arrive.
            let _ = frames.send(Frame::Text(frame));
            let _ = frames.send(Frame::Close);
            return None;
        }
        self.connections.opened_in_all += 1;
        let id = self.connections.opened_in_all;
        let hello = json!({
            "type": "hello",
            "num_connections": self.connections.open.len() + 1,
            "connection_info": { "app_id": self.app.app_id },
            "debug_info": {
                "host": "sandbox", "started": "2026-01-01 00:00:00.000", "build_number": 1,
                "approximate_connection_time": life_seconds,
            },
        });
        let _ = frames.send(Frame::Text(hello.to_string()));
        self.connections.open.push(Connection { id, frames, frozen: false });
        self.connections.most_at_once = self.connections.most_at_once.max(self.connections.open.len());
        Some(id)
    }

    pub fn close_connection(&mut self, id: u64) {
        self.connections.open.retain(|c| c.id != id);
    }
}

/// Slack's notice that a socket will be, or is being, closed.
pub(crate) fn disconnect_frame(reason: &str) -> String {
    json!({ "type": "disconnect", "reason": reason, "debug_info": { "host": "sandbox" } }).to_string()
}
