//! A Slack that does what the test says: opens, refuses, says hello, plays dead.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use tokio::sync::{Notify, mpsc};

pub struct Fake {
    address: std::net::SocketAddr,
    state: Arc<Shared>,
    /// Connections, as they come.
    pub sockets: mpsc::UnboundedReceiver<Socket>,
    /// Method (or `respond`) and arguments of everything but `apps.connections.open`.
    pub calls: mpsc::UnboundedReceiver<(String, Value)>,
}

struct Shared {
    address: Mutex<String>,
    refusals: Mutex<VecDeque<(u16, Value)>>,
    refused_upgrades: Mutex<VecDeque<u16>>,
    opened: AtomicUsize,
    sockets: mpsc::UnboundedSender<Socket>,
    calls: mpsc::UnboundedSender<(String, Value)>,
}

/// The server's end of one connection.
pub struct Socket {
    out: mpsc::UnboundedSender<Message>,
    texts: mpsc::UnboundedReceiver<Value>,
    dead: Arc<AtomicBool>,
    revived: Arc<Notify>,
}

impl Fake {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (sockets_in, sockets) = mpsc::unbounded_channel();
        let (calls_in, calls) = mpsc::unbounded_channel();
        let state = Arc::new(Shared {
            address: Mutex::new(address.to_string()),
            refusals: Mutex::default(),
            refused_upgrades: Mutex::default(),
            opened: AtomicUsize::new(0),
            sockets: sockets_in,
            calls: calls_in,
        });
        let router = Router::new()
            .route("/api/apps.connections.open", post(open))
            .route("/api/{method}", post(call))
            .route("/respond", post(respond))
            .route("/link", get(link))
            .with_state(Arc::clone(&state));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, state, sockets, calls }
    }

    pub fn api_url(&self) -> String {
        format!("http://{}/api/", self.address)
    }

    pub fn response_url(&self) -> String {
        format!("http://{}/respond", self.address)
    }

    pub fn refuse(&self, status: u16, body: Value) {
        self.state.refusals.lock().unwrap().push_back((status, body));
    }

    pub fn refuse_upgrade(&self, status: u16) {
        self.state.refused_upgrades.lock().unwrap().push_back(status);
    }

    /// How many addresses were given out.
    pub fn opened(&self) -> usize {
        self.state.opened.load(Ordering::SeqCst)
    }
}

impl Socket {
    pub fn send_text(&self, text: &str) {
        let _closed = self.out.send(Message::Text(text.into()));
    }

    pub fn send(&self, frame: &Value) {
        self.send_text(&frame.to_string());
    }

    pub fn send_binary(&self) {
        let _closed = self.out.send(Message::Binary(vec![1, 2, 3].into()));
    }

    pub fn hello(&self, counted: u64) {
        self.send(&json!({"type": "hello", "num_connections": counted, "connection_info": {"app_id": "A1"}}));
    }

    pub fn disconnect(&self, reason: &str) {
        self.send(&json!({"type": "disconnect", "reason": reason, "debug_info": {"host": "h"}}));
    }

    /// The next text of the client.
    pub async fn text(&mut self) -> Value {
        self.texts.recv().await.expect("the connection ended")
    }

    pub fn said_nothing(&mut self) -> bool {
        self.texts.try_recv().is_err()
    }

    /// Until the client has closed.
    pub async fn closed(&mut self) {
        while self.texts.recv().await.is_some() {}
    }

    /// Reads and writes nothing from now on, not even a pong.
    pub fn play_dead(&self) {
        self.dead.store(true, Ordering::SeqCst);
        self.send_text("{}");
    }

    pub fn revive(&self) {
        self.dead.store(false, Ordering::SeqCst);
        self.revived.notify_waiters();
    }
}

async fn open(State(state): State<Arc<Shared>>, headers: HeaderMap) -> Response {
    assert_eq!(headers["authorization"], "Bearer xapp-1-A1-2-x");
    if let Some((status, body)) = state.refusals.lock().unwrap().pop_front() {
        let status = StatusCode::from_u16(status).unwrap();
        return (status, [("retry-after", "1")], body.to_string()).into_response();
    }
    state.opened.fetch_add(1, Ordering::SeqCst);
    let url = format!("ws://{}/link?ticket=secret", state.address.lock().unwrap());
    json!({"ok": true, "url": url}).to_string().into_response()
}

async fn call(
    State(state): State<Arc<Shared>>,
    Path(method): Path<String>,
    axum::Form(arguments): axum::Form<Vec<(String, String)>>,
) -> String {
    let arguments: Value = arguments.into_iter().map(|(key, value)| (key, Value::from(value))).collect();
    let _gone = state.calls.send((method, arguments));
    json!({"ok": true, "view": {"id": "V1", "hash": "h"}}).to_string()
}

async fn respond(State(state): State<Arc<Shared>>, body: String) -> &'static str {
    let _gone = state.calls.send(("respond".to_owned(), serde_json::from_str(&body).unwrap()));
    "ok"
}

async fn link(State(state): State<Arc<Shared>>, upgrade: WebSocketUpgrade) -> Response {
    if let Some(status) = state.refused_upgrades.lock().unwrap().pop_front() {
        return StatusCode::from_u16(status).unwrap().into_response();
    }
    upgrade.on_upgrade(move |stream| serve(stream, state)).into_response()
}

async fn serve(mut stream: WebSocket, state: Arc<Shared>) {
    let (out, mut to_send) = mpsc::unbounded_channel();
    let (said, texts) = mpsc::unbounded_channel();
    let (dead, revived) = (Arc::new(AtomicBool::new(false)), Arc::new(Notify::new()));
    let socket = Socket { out, texts, dead: Arc::clone(&dead), revived: Arc::clone(&revived) };
    let _gone = state.sockets.send(socket);
    loop {
        tokio::select! {
            frame = to_send.recv() => match frame {
                Some(frame) => if stream.send(frame).await.is_err() { return },
                None => return,
            },
            frame = stream.recv() => match frame {
                Some(Ok(Message::Text(text))) => {
                    let _gone = said.send(serde_json::from_str(text.as_str()).unwrap());
                }
                Some(Ok(Message::Binary(_) | Message::Ping(_) | Message::Pong(_) | Message::Close(_))) => {}
                Some(Err(_)) | None => return,
            },
        }
        if dead.load(Ordering::SeqCst) {
            let awake = revived.notified();
            if dead.load(Ordering::SeqCst) {
                awake.await;
            }
        }
    }
}
