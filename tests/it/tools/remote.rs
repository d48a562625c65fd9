//! Servers at addresses, over real sockets: calls, credentials, and what is not reached.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::post;
use secrecy::SecretString;
use serde_json::{Value, json};
use workforce::catalogue::ToolName;
use workforce::tools::{CallOutcome, RemoteServer, ServerConfig, StdioHost, ToolCall, ToolHost as _};

/// A small MCP server: who called which tool with which credential.
#[derive(Default)]
struct Seen(Mutex<Vec<(String, String)>>);

async fn speak(State(seen): State<Arc<Seen>>, headers: HeaderMap, body: String) -> Response {
    let message: Value = serde_json::from_str(&body).unwrap();
    let method = message["method"].as_str().unwrap_or_default().to_owned();
    let key = headers.get("authorization").and_then(|key| key.to_str().ok()).unwrap_or_default().to_owned();
    seen.0.lock().unwrap().push((method.clone(), key));
    let schema = json!({ "type": "object", "properties": { "id": { "type": "string" } } });
    let result = match method.as_str() {
        "initialize" => json!({
            "protocolVersion": message["params"]["protocolVersion"], "capabilities": { "tools": {} },
            "serverInfo": { "name": "remote", "version": "1" },
        }),
        "tools/list" => json!({ "tools": [{ "name": "get", "description": "Looks up", "inputSchema": schema }] }),
        "tools/call" => json!({ "content": [{ "type": "text", "text": message["params"]["arguments"].to_string() }] }),
        _ => return StatusCode::ACCEPTED.into_response(),
    };
    axum::Json(json!({ "jsonrpc": "2.0", "id": message["id"], "result": result })).into_response()
}

async fn listen() -> (String, Arc<Seen>) {
    let seen = Arc::new(Seen::default());
    let app = Router::new()
        .route("/mcp", post(speak))
        .route("/elsewhere", post(async || Redirect::temporary("/mcp")))
        .with_state(Arc::clone(&seen));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    (format!("http://{address}"), seen)
}

fn server(url: &str, inside: bool, key: Option<&str>) -> RemoteServer {
    RemoteServer { url: url.parse().unwrap(), inside, key: key.map(SecretString::from) }
}

async fn call(host: &StdioHost, position: &str) -> CallOutcome {
    let digest = host.list().await.remove(0).tools.unwrap().remove(0).digest();
    let tool = ToolName("remote.get".into());
    host.call(ToolCall {
        tool,
        arguments: json!({ "id": "A" }),
        digest,
        look_anew: false,
        position: position.to_owned(),
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_at_an_address_is_called_with_its_own_credential() {
    let (base, seen) = listen().await;
    let url = format!("{base}/mcp");
    let mut config = ServerConfig::remote("remote", server(&url, true, Some("for-everybody")));
    config.remote_of.insert("finance-agent".to_owned(), server(&url, true, Some("for-finance")));
    let host = StdioHost::new(vec![config]).unwrap();
    for (position, key) in [("orders-agent", "Bearer for-everybody"), ("finance-agent", "Bearer for-finance")] {
        let CallOutcome::Answered(answer) = call(&host, position).await else { panic!("{position}") };
        assert_eq!(answer.text, r#"{"id":"A"}"#);
        let calls = seen.0.lock().unwrap().clone();
        assert_eq!(calls.iter().rfind(|(method, _)| method == "tools/call").unwrap().1, key);
    }
    host.shut_down().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_inside_and_where_a_server_sends_us_is_not_reached() {
    let (base, seen) = listen().await;
    let port = base.rsplit(':').next().unwrap();
    for (url, inside, words) in [
        (format!("{base}/mcp"), false, "address inside"),
        (format!("http://localhost:{port}/mcp"), false, "address inside"),
        (format!("{base}/elsewhere"), true, ""),
    ] {
        let host = StdioHost::new(vec![ServerConfig::remote("remote", server(&url, inside, Some("key")))]).unwrap();
        let told = host.list().await.remove(0).tools.unwrap_err().to_string();
        assert!(told.contains(words), "{url}: {told}");
        assert!(!told.contains("Bearer"), "{told}");
        host.shut_down().await;
    }
    assert!(seen.0.lock().unwrap().is_empty(), "nothing was said to anybody");
}
