//! The WebSocket of Socket Mode: spends the ticket, says `hello`, passes frames out and acknowledgements in.

use std::collections::VecDeque;

use axum::extract::ws::{Message as WsMessage, WebSocket, WebSocketUpgrade};
use axum::extract::{Query, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use futures_util::SinkExt;
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::time::{Duration, MissedTickBehavior, interval, timeout};

use super::Sandbox;
use super::connections::Frame;
use super::report::FindingKind;

/// How long the other side may take to echo a close frame, in real time.
const CLOSE_ECHO: Duration = Duration::from_secs(1);

/// Slack's own figure seen live; `debug_reconnects` shortens it. The sandbox only says it: it cuts when a test asks.
const CONNECTION_LIFE_SECONDS: u32 = 18_060;
const DEBUG_CONNECTION_LIFE_SECONDS: u32 = 360;

#[derive(Deserialize)]
pub(crate) struct Link {
    ticket: String,
    #[serde(default)]
    debug_reconnects: bool,
}

pub(crate) async fn link(
    Shared(sandbox): Shared<Sandbox>,
    Query(link): Query<Link>,
    upgrade: WebSocketUpgrade,
) -> Response {
    if !sandbox.with(|s| s.take_ticket(&link.ticket)) {
        return (StatusCode::UNAUTHORIZED, "this ticket was used, is too old or never existed").into_response();
    }
    let life = if link.debug_reconnects { DEBUG_CONNECTION_LIFE_SECONDS } else { CONNECTION_LIFE_SECONDS };
    upgrade.on_upgrade(move |socket| run(sandbox, socket, life))
}

/// How a socket ends.
enum End {
    /// The other side is gone or said goodbye.
    Gone,
    /// We say goodbye.
    Close,
    /// We vanish.
    Cut,
}

async fn run(sandbox: Sandbox, mut socket: WebSocket, life_seconds: u32) {
    let (sender, mut frames) = mpsc::unbounded_channel();
    let id = sandbox.with(|s| s.open_connection(sender, life_seconds));
    let end = converse(&sandbox, &mut socket, &mut frames).await;
    // A socket that is closing gets no more envelopes.
    if let Some(id) = id {
        sandbox.with(|s| s.close_connection(id));
    }
    if let End::Close = end {
        say_goodbye(&sandbox, &mut socket).await;
    }
}

async fn converse(sandbox: &Sandbox, socket: &mut WebSocket, frames: &mut mpsc::UnboundedReceiver<Frame>) -> End {
    let mut ping = interval(sandbox.server_ping());
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = sandbox.stopped() => return End::Cut,
            frame = frames.recv() => {
                let Some(frame) = frame else { return End::Cut };
                if let Err(end) = send_all(socket, frame, frames).await {
                    return end;
                }
            }
            message = socket.recv() => match message {
                Some(Ok(WsMessage::Text(text))) => take_frame(sandbox, text.as_str()),
                Some(Ok(WsMessage::Ping(_) | WsMessage::Pong(_))) => {}
                Some(Ok(WsMessage::Binary(_))) => sandbox.with(|s| {
                    s.report.add(FindingKind::UnreadableFrame, "a binary frame; Slack takes text");
                }),
                Some(Ok(WsMessage::Close(_))) => {
                    echo_close(socket).await;
                    return End::Gone;
                }
                Some(Err(_)) | None => return End::Gone,
            },
            _ = ping.tick() => {
                if socket.send(WsMessage::Ping("sandbox".into())).await.is_err() {
                    return End::Gone;
                }
            }
        }
    }
}

/// Writes this frame and all that wait behind it, then flushes once.
async fn send_all(
    socket: &mut WebSocket,
    first: Frame,
    frames: &mut mpsc::UnboundedReceiver<Frame>,
) -> Result<(), End> {
    let mut queue = VecDeque::from([first]);
    while let Some(frame) = queue.pop_front().or_else(|| frames.try_recv().ok()) {
        match frame {
            Frame::Text(text) => socket.feed(WsMessage::Text(text.into())).await.map_err(|_| End::Gone)?,
            Frame::Close => return Err(End::Close),
            Frame::Drop => return Err(End::Cut),
            Frame::Thaw => {}
            Frame::Freeze => queue = frozen(frames).await?,
        }
    }
    socket.flush().await.map_err(|_| End::Gone)
}

/// Keeps the TCP connection but neither reads nor writes; gives what piled up when thawed.
async fn frozen(frames: &mut mpsc::UnboundedReceiver<Frame>) -> Result<VecDeque<Frame>, End> {
    let mut piled = VecDeque::new();
    loop {
        match frames.recv().await {
            Some(Frame::Thaw) => return Ok(piled),
            Some(Frame::Drop | Frame::Close) | None => return Err(End::Cut),
            Some(Frame::Freeze) => {}
            Some(frame @ Frame::Text(_)) => piled.push_back(frame),
        }
    }
}

fn take_frame(sandbox: &Sandbox, text: &str) {
    #[derive(Deserialize)]
    struct Ack {
        envelope_id: String,
        payload: Option<Value>,
    }
    match serde_json::from_str::<Ack>(text) {
        Ok(ack) => sandbox.with(|s| s.acknowledge(&ack.envelope_id, ack.payload)),
        Err(error) => sandbox.with(|s| {
            let start: String = text.chars().take(200).collect();
            s.report.add(FindingKind::UnreadableFrame, format!("{error}: {start}"));
        }),
    }
}

/// The answer to the other side's close frame is written by reading on; without it clients report a broken socket.
async fn echo_close(socket: &mut WebSocket) {
    // A client that never hangs up is cut; there is nobody to tell.
    let _ = timeout(CLOSE_ECHO, async { while let Some(Ok(_)) = socket.recv().await {} }).await;
}

/// Sends the close frame and reads what was under way, so that acknowledgements sent before it still count.
async fn say_goodbye(sandbox: &Sandbox, socket: &mut WebSocket) {
    if socket.send(WsMessage::Close(None)).await.is_err() {
        return;
    }
    // A client that does not echo is cut; there is nobody to tell.
    let _ = timeout(CLOSE_ECHO, async {
        while let Some(Ok(message)) = socket.recv().await {
            if let WsMessage::Text(text) = message {
                take_frame(sandbox, text.as_str());
            }
        }
    })
    .await;
}
