//! From an address to an upgraded WebSocket: TCP, the proxy's tunnel if there is one, TLS, upgrade.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self};
use tokio_tungstenite::{Connector, MaybeTlsStream, WebSocketStream, client_async_tls_with_config};

use super::super::config::is_loopback;
use super::HARD_FRAME_LIMIT_BYTES;

pub(super) type Stream = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// The connection could not be made. The text names the host and never the address, whose ticket is a secret.
#[derive(Debug, thiserror::Error)]
pub(super) enum DialError {
    #[error("the address of the socket cannot be read")]
    Address,
    #[error("no connection to {host}: {source}")]
    Tcp { host: String, source: io::Error },
    #[error("the proxy refuses the tunnel: {0}")]
    Proxy(String),
    #[error("no trust store: {0}")]
    Trust(rustls::Error),
    #[error("the upgrade was refused with status {0}")]
    Refused(u16),
    #[error("the upgrade failed: {0}")]
    Upgrade(String),
    #[error("no answer within {0:?}")]
    TooLate(Duration),
}

/// An answer of the proxy longer than this is not an answer to CONNECT.
const PROXY_ANSWER_LIMIT_BYTES: usize = 8 * 1024;

/// The trust of the machine (company certificates included), with the same cryptography as the Web API client.
pub(super) fn trust() -> Result<Arc<rustls::ClientConfig>, rustls::Error> {
    use rustls_platform_verifier::BuilderVerifierExt;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_platform_verifier()?
        .with_no_client_auth();
    Ok(Arc::new(config))
}

pub(super) async fn dial(address: &SecretString, proxy: Option<&Url>, limit: Duration) -> Result<Stream, DialError> {
    match tokio::time::timeout(limit, dial_slowly(address.expose_secret(), proxy)).await {
        Ok(done) => done,
        Err(_) => Err(DialError::TooLate(limit)),
    }
}

async fn dial_slowly(address: &str, proxy: Option<&Url>) -> Result<Stream, DialError> {
    let url = Url::parse(address).map_err(|_| DialError::Address)?;
    let host = url.host_str().ok_or(DialError::Address)?.to_owned();
    let port = url.port_or_known_default().ok_or(DialError::Address)?;
    let tcp = match proxy.filter(|_| !is_loopback(&url)) {
        None => connect(&host, port).await?,
        Some(proxy) => tunnel(proxy, &host, port).await?,
    };
    let connector = match url.scheme() {
        "wss" => Connector::Rustls(trust().map_err(DialError::Trust)?),
        _plain_to_this_machine => Connector::Plain,
    };
    let limits = WebSocketConfig::default()
        .max_message_size(Some(HARD_FRAME_LIMIT_BYTES))
        .max_frame_size(Some(HARD_FRAME_LIMIT_BYTES));
    match client_async_tls_with_config(address, tcp, Some(limits), Some(connector)).await {
        Ok((stream, _upgraded)) => Ok(stream),
        Err(tungstenite::Error::Http(answer)) => Err(DialError::Refused(answer.status().as_u16())),
        Err(error) => Err(DialError::Upgrade(error.to_string())),
    }
}

async fn connect(host: &str, port: u16) -> Result<TcpStream, DialError> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let tcp = TcpStream::connect((bare, port)).await;
    let tcp = tcp.map_err(|source| DialError::Tcp { host: host.to_owned(), source })?;
    // Acknowledgements are small and urgent: they must not wait for more bytes to travel with.
    if let Err(error) = tcp.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY is not available");
    }
    Ok(tcp)
}

/// RFC 9110, section 9.3.6: after a 2xx answer the connection belongs to the target.
async fn tunnel(proxy: &Url, host: &str, port: u16) -> Result<TcpStream, DialError> {
    let proxy_host = proxy.host_str().ok_or(DialError::Address)?;
    let mut tcp = connect(proxy_host, proxy.port_or_known_default().unwrap_or(80)).await?;
    let mut request = format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n");
    if !proxy.username().is_empty() {
        let pair = format!("{}:{}", proxy.username(), proxy.password().unwrap_or_default());
        let encoded = base64::engine::general_purpose::STANDARD.encode(pair);
        request.push_str(&format!("Proxy-Authorization: Basic {encoded}\r\n"));
    }
    request.push_str("\r\n");
    let broken = |source| DialError::Tcp { host: proxy_host.to_owned(), source };
    tcp.write_all(request.as_bytes()).await.map_err(broken)?;
    let answer = read_head(&mut tcp).await.map_err(broken)?;
    let status = answer.split_whitespace().nth(1).unwrap_or("no status");
    if status.len() == 3 && status.starts_with('2') { Ok(tcp) } else { Err(DialError::Proxy(status.to_owned())) }
}

/// Byte by byte, because every byte after the empty line belongs to the target.
async fn read_head(tcp: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() >= PROXY_ANSWER_LIMIT_BYTES {
            return Err(io::Error::other("the proxy answers without end"));
        }
        head.push(tcp.read_u8().await?);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}
