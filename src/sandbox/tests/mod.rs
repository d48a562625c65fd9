//! Drives a sandbox as a Slack app would: over HTTP and WebSockets only, with nothing of this crate's Slack edge.

mod faults;
mod firehose;
mod messages;
mod modals;
mod page;
mod people;
mod sockets;
mod webapi;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::*;

/// A sandbox with Acme in it and a client that speaks for the app.
struct App {
    sandbox: Sandbox,
    http: reqwest::Client,
}

/// One open socket, `hello` already read.
struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    hello: Value,
}

impl App {
    async fn start() -> Self {
        Self::with(acme()).await
    }

    async fn with(config: SandboxConfig) -> Self {
        Self { sandbox: Sandbox::start(config).await.expect("a free port"), http: reqwest::Client::new() }
    }

    async fn raw(&self, method: &str, body: &Value) -> reqwest::Response {
        let token = if method == "apps.connections.open" { self.sandbox.app_token() } else { self.sandbox.bot_token() };
        let request = self.http.post(format!("{}{method}", self.sandbox.api_url())).bearer_auth(token);
        request.json(body).send().await.expect("an answer")
    }

    /// Calls a method with a JSON body.
    async fn call(&self, method: &str, body: Value) -> Value {
        self.raw(method, &body).await.json().await.expect("JSON")
    }

    /// Calls a reading method with a query.
    async fn get(&self, method: &str, query: &[(&str, &str)]) -> Value {
        let query: Vec<String> = query.iter().map(|(k, v)| format!("{k}={}", v.replace(' ', "+"))).collect();
        let url = format!("{}{method}?{}", self.sandbox.api_url(), query.join("&"));
        let request = self.http.get(url).bearer_auth(self.sandbox.bot_token());
        request.send().await.expect("an answer").json().await.expect("JSON")
    }

    /// Posts as a careful app does: no unfurling.
    async fn post(&self, body: Value) -> Value {
        let mut body = body;
        body["unfurl_links"] = json!(false);
        body["unfurl_media"] = json!(false);
        self.call("chat.postMessage", body).await
    }

    async fn url(&self) -> String {
        self.call("apps.connections.open", json!({})).await["url"].as_str().expect("a url").to_owned()
    }

    async fn socket(&self) -> Socket {
        let (stream, _) = connect_async(self.url().await).await.expect("an upgrade");
        let mut socket = Socket { stream, hello: Value::Null };
        socket.hello = socket.frame().await;
        assert_eq!(socket.hello["type"], "hello");
        socket
    }
}

impl Socket {
    /// The next JSON frame.
    async fn frame(&mut self) -> Value {
        self.try_frame().await.expect("a frame before the end")
    }

    /// The same; `None` when the socket ended.
    async fn try_frame(&mut self) -> Option<Value> {
        loop {
            match self.stream.next().await {
                Some(Ok(Message::Text(text))) => return serde_json::from_str(text.as_str()).ok(),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(_) | Err(_)) | None => return None,
            }
        }
    }

    async fn send(&mut self, frame: Value) {
        self.stream.send(Message::text(frame.to_string())).await.expect("an open socket");
    }

    async fn ack(&mut self, envelope: &Value) {
        self.send(json!({ "envelope_id": envelope["envelope_id"] })).await;
    }

    async fn ack_with(&mut self, envelope: &Value, payload: Value) {
        self.send(json!({ "envelope_id": envelope["envelope_id"], "payload": payload })).await;
    }

    /// Reads and acknowledges `count` envelopes; gives the events in them.
    async fn events(&mut self, count: usize) -> Vec<Value> {
        let mut out = Vec::new();
        for _ in 0..count {
            let frame = self.frame().await;
            self.ack(&frame).await;
            out.push(frame["payload"]["event"].clone());
        }
        out
    }
}

const SUPPORT: &str = "C0SUPPORT";

fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

fn buttons(labels: &[(&str, &str)]) -> Value {
    let elements: Vec<Value> = labels
        .iter()
        .map(|(id, label)| {
            json!({ "type": "button", "action_id": id, "value": format!("{id}-value"),
            "text": { "type": "plain_text", "text": label } })
        })
        .collect();
    json!([
        { "type": "section", "text": { "type": "mrkdwn", "text": "*Refund $450.00?*" } },
        { "type": "actions", "block_id": "choices", "elements": elements },
    ])
}
