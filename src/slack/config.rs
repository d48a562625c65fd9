//! How to reach Slack, and within which limits. The shell fills this in; nothing here reads the environment.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};

use super::socket::SocketLimits;

/// Where Slack's Web API lives.
pub const SLACK_API_URL: &str = "https://slack.com/api/";

/// The configuration is unusable; the text says what to do about it and never contains a token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadConfig {
    #[error("“{0}” is no address; SLACK_API_URL looks like {SLACK_API_URL}")]
    Address(String),
    #[error("{0} would send tokens over the network in the clear; use https, or plain http to this machine only")]
    PlainText(String),
    #[error("{name} starts with {expected}, and this one does not; {hint}")]
    TokenKind { name: &'static str, expected: &'static str, hint: &'static str },
    #[error("at least one socket is needed and Slack allows at most 10; `sockets` is {0}")]
    Sockets(usize),
    #[error("a proxy is written http://host:port; “{0}” is not")]
    Proxy(String),
}

/// The tokens, the address and the limits of one installation (one workspace, one app).
#[derive(Clone)]
pub struct SlackConfig {
    /// Base of the Web API, always with a trailing slash.
    pub api_url: Url,
    /// `xapp-…`, scope `connections:write`: opens sockets and nothing else.
    pub app_token: SecretString,
    /// `xoxb-…`: calls the Web API.
    pub bot_token: SecretString,
    /// How many Socket Mode connections to hold; Slack allows ten per app.
    pub sockets: usize,
    /// An HTTP proxy (`http://[user:password@]host:port`) for both the Web API and the sockets; never used for loopback.
    pub proxy: Option<Url>,
    /// Whether the app was granted `chat:write.customize`, so that an agent's own name and icon may be shown.
    pub may_customize: bool,
    pub socket: SocketLimits,
    pub web: WebLimits,
}

/// Limits of the Web API client.
#[derive(Debug, Clone)]
pub struct WebLimits {
    /// From the first byte sent to the last byte received.
    pub request_timeout: Duration,
    pub connect_timeout: Duration,
    /// Answers larger than this are not read to the end.
    pub answer_limit_bytes: usize,
    /// How often a call that Slack refused with 429 is made again before the caller hears of it.
    pub rate_retries: u32,
    /// A `Retry-After` longer than this goes to the caller, which has a durable place to wait in.
    pub rate_patience: Duration,
    /// Whether calls are paced at all; off only in benchmarks.
    pub paced: bool,
}

impl Default for WebLimits {
    fn default() -> Self {
        Self {
            request_timeout: Duration::from_secs(15),
            connect_timeout: Duration::from_secs(5),
            answer_limit_bytes: 8 * 1024 * 1024,
            rate_retries: 2,
            rate_patience: Duration::from_secs(10),
            paced: true,
        }
    }
}

impl SlackConfig {
    /// Checks address and tokens. `api_url` may be empty, which means Slack's own.
    pub fn new(api_url: &str, app_token: SecretString, bot_token: SecretString) -> Result<Self, BadConfig> {
        let api_url = read_base(api_url)?;
        check_token(&app_token, "SLACK_APP_TOKEN", "xapp-", "make one under Basic Information → App-Level Tokens")?;
        check_token(&bot_token, "SLACK_BOT_TOKEN", "xoxb-", "copy it from OAuth & Permissions → Bot User OAuth Token")?;
        Ok(Self {
            api_url,
            app_token,
            bot_token,
            sockets: 2,
            proxy: None,
            may_customize: true,
            socket: SocketLimits::default(),
            web: WebLimits::default(),
        })
    }

    /// Sets the number of sockets, 1 to 10.
    pub fn with_sockets(mut self, sockets: usize) -> Result<Self, BadConfig> {
        if !(1..=10).contains(&sockets) {
            return Err(BadConfig::Sockets(sockets));
        }
        self.sockets = sockets;
        Ok(self)
    }

    /// Sets the proxy, `http://[user:password@]host:port`; an empty text means none.
    pub fn with_proxy(mut self, proxy: &str) -> Result<Self, BadConfig> {
        if proxy.trim().is_empty() {
            self.proxy = None;
            return Ok(self);
        }
        let hidden = || BadConfig::Proxy(proxy.rsplit('@').next().unwrap_or_default().to_owned());
        let url = Url::parse(proxy.trim()).map_err(|_| hidden())?;
        if url.scheme() != "http" || url.host_str().is_none() {
            return Err(hidden());
        }
        self.proxy = Some(url);
        Ok(self)
    }

    /// The app's id, which Slack writes into every app-level token (`xapp-1-A0123-…`).
    pub fn app_id(&self) -> Option<String> {
        let part = self.app_token.expose_secret().split('-').nth(2)?;
        (part.len() > 1 && part.starts_with('A') && part.bytes().all(|b| b.is_ascii_alphanumeric()))
            .then(|| part.to_owned())
    }
}

impl fmt::Debug for SlackConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SlackConfig")
            .field("api_url", &self.api_url.as_str())
            .field("sockets", &self.sockets)
            .field("proxied", &self.proxy.is_some())
            .field("may_customize", &self.may_customize)
            .finish_non_exhaustive()
    }
}

/// Whether the address names this machine. A name other than `localhost` is never trusted to.
pub fn is_loopback(url: &Url) -> bool {
    match url.host_str() {
        None => false,
        Some("localhost") => true,
        Some(host) => {
            host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
        }
    }
}

/// Encrypted, or to this machine: everything else would show tokens to the network.
pub fn is_safe_target(url: &Url) -> bool {
    match url.scheme() {
        "https" | "wss" => true,
        "http" | "ws" => is_loopback(url),
        _other => false,
    }
}

fn read_base(text: &str) -> Result<Url, BadConfig> {
    let text = if text.trim().is_empty() { SLACK_API_URL } else { text.trim() };
    let slashed = if text.ends_with('/') { text.to_owned() } else { format!("{text}/") };
    let url = Url::parse(&slashed).map_err(|_| BadConfig::Address(text.to_owned()))?;
    if url.host_str().is_none() || !matches!(url.scheme(), "http" | "https") {
        return Err(BadConfig::Address(text.to_owned()));
    }
    if !is_safe_target(&url) {
        return Err(BadConfig::PlainText(url.origin().ascii_serialization()));
    }
    Ok(url)
}

fn check_token(
    token: &SecretString,
    name: &'static str,
    expected: &'static str,
    hint: &'static str,
) -> Result<(), BadConfig> {
    if token.expose_secret().starts_with(expected) {
        Ok(())
    } else {
        Err(BadConfig::TokenKind { name, expected, hint })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(url: &str, app: &str, bot: &str) -> Result<SlackConfig, BadConfig> {
        SlackConfig::new(url, app.to_owned().into(), bot.to_owned().into())
    }

    #[test]
    fn plain_text_goes_to_this_machine_only() {
        for fine in
            ["", "https://slack.com/api/", "http://127.0.0.1:3000/api", "http://localhost:1/", "http://[::1]:9/api/"]
        {
            let made = config(fine, "xapp-1-A1-2-x", "xoxb-1").unwrap();
            assert!(made.api_url.as_str().ends_with('/'), "{fine}");
        }
        for refused in ["http://slack.com/api/", "http://127.0.0.1.evil.example/", "http://10.0.0.1/"] {
            assert!(matches!(config(refused, "xapp-1-A1-2-x", "xoxb-1"), Err(BadConfig::PlainText(_))), "{refused}");
        }
        for nonsense in ["slack", "ftp://127.0.0.1/", "file:///etc/passwd"] {
            assert!(matches!(config(nonsense, "xapp-1-A1-2-x", "xoxb-1"), Err(BadConfig::Address(_))), "{nonsense}");
        }
    }

    #[test]
    fn tokens_in_the_wrong_place_are_named_and_never_shown() {
        let swapped = config("", "xoxb-secretsecret", "xapp-1-A1-2-secretsecret").unwrap_err();
        assert!(swapped.to_string().contains("SLACK_APP_TOKEN") && swapped.to_string().contains("xapp-"));
        assert!(!swapped.to_string().contains("secretsecret"));
        let made = config("", "xapp-1-A0123-2-secretsecret", "xoxb-secretsecret").unwrap();
        assert!(!format!("{made:?}").contains("secretsecret"));
        assert_eq!(made.app_id().as_deref(), Some("A0123"));
    }

    #[test]
    fn a_proxy_is_http_and_its_password_is_never_repeated() {
        let made = config("", "xapp-1-A1-2-x", "xoxb-1").unwrap();
        assert!(made.clone().with_proxy("http://u:hunter2@proxy:8080").unwrap().proxy.is_some());
        let refused = made.with_proxy("socks5://u:hunter2@proxy:1").unwrap_err();
        assert!(!refused.to_string().contains("hunter2"));
    }
}
