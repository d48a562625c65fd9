//! The Web API, typed: one function per method that we use.
//!
//! Arguments go as a form, which every method takes; compound ones as JSON inside it. Nothing here can post with
//! unfurling, with `link_names`, or without the outbox id in its metadata: there is no constructor for it.

mod chat;
mod conversations;
mod error;
mod people;
mod session;
mod stream;
#[cfg(test)]
mod tests;
mod views;

use std::time::Duration;

use chrono::DateTime;
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::config::{BadConfig, SlackConfig, WebLimits, is_loopback};
use super::json::{Look, read_strictly};
use super::pace::{Channel, Pace, Tier};
use crate::clock::Timestamp;

pub use chat::{Post, PostId, Posted};
pub use conversations::{ChannelInfo, Said};
pub use error::WebError;
pub use people::{Group, Seen, TeamInfo, WhoAmI};
pub use session::Doing;
pub use stream::Beginning;
pub use views::OpenedView;

pub(in crate::slack) use error::{describe, retry_after};

/// Pages of a list that are read at most; beyond, a list is cut and says so in the log.
const PAGES_AT_MOST: usize = 200;

/// A client for one workspace.
pub struct Web {
    http: reqwest::Client,
    base: Url,
    token: SecretString,
    limits: WebLimits,
    pace: Pace,
}

/// A method's name and pace.
#[derive(Debug, Clone, Copy)]
pub(super) struct Method {
    name: &'static str,
    tier: Tier,
}

impl Method {
    pub(super) const fn new(name: &'static str, tier: Tier) -> Self {
        Self { name, tier }
    }

    pub(super) const fn name(self) -> &'static str {
        self.name
    }
}

/// Arguments of a call. Empty and absent values are left out.
#[derive(Default)]
pub(super) struct Arguments(Vec<(&'static str, String)>);

impl Arguments {
    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.push((name, value.into()));
        self
    }
    pub(super) fn maybe(self, name: &'static str, value: Option<&str>) -> Self {
        match value.filter(|value| !value.is_empty()) {
            Some(value) => self.with(name, value),
            None => self,
        }
    }
}

impl Web {
    /// Fails only if the proxy or the trust store cannot be used.
    pub fn new(config: &SlackConfig) -> Result<Self, BadConfig> {
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("workforce/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .timeout(config.web.request_timeout)
            .connect_timeout(config.web.connect_timeout)
            .no_proxy();
        if let Some(proxy) = config.proxy.as_ref().filter(|_| !is_loopback(&config.api_url)) {
            let proxy = reqwest::Proxy::all(proxy.clone()).map_err(|_| BadConfig::Proxy("the proxy".to_owned()))?;
            builder = builder.proxy(proxy);
        }
        let http = builder.build().map_err(|_| BadConfig::Address(config.api_url.to_string()))?;
        Ok(Self {
            http,
            base: config.api_url.clone(),
            token: config.bot_token.clone(),
            limits: config.web.clone(),
            pace: Pace::new(config.web.paced),
        })
    }

    pub(in crate::slack) fn http(&self) -> &reqwest::Client {
        &self.http
    }

    /// Calls a method in its turn. A 429 is waited for and tried again a few times, keeping the channel's turn, because it
    /// is certain that nothing was done; everything else goes to the caller.
    pub(super) async fn call(
        &self,
        method: Method,
        arguments: Arguments,
        channel: Channel<'_>,
    ) -> Result<Value, WebError> {
        let _turn = self.pace.turn(method.name, method.tier, channel).await;
        let mut left = if method.tier == Tier::Now { 0 } else { self.limits.rate_retries };
        loop {
            let (after, why) = match self.call_once(method, &arguments).await {
                Err(WebError::Retry { after, why }) => (after, why),
                settled @ (Ok(_) | Err(WebError::Permanent { .. } | WebError::Unknown { .. })) => return settled,
            };
            tracing::debug!(method = method.name, ?after, why, "Slack asks to wait");
            self.pace.hold(method.name, after);
            if left == 0 || after > self.limits.rate_patience {
                return Err(WebError::Retry { after, why });
            }
            left -= 1;
            self.pace.wait_until_allowed(method.name).await;
        }
    }

    /// The same for what is not worth waiting for: while Slack asks to wait, nothing is sent.
    pub(super) async fn call_now(
        &self,
        method: Method,
        arguments: Arguments,
        channel: Channel<'_>,
    ) -> Result<Value, WebError> {
        match self.pace.held(method.name) {
            Some(after) => Err(WebError::Retry { after, why: format!("{}: too many requests", method.name) }),
            None => self.call(Method { tier: Tier::Now, ..method }, arguments, channel).await,
        }
    }

    async fn call_once(&self, method: Method, arguments: &Arguments) -> Result<Value, WebError> {
        let url = self.base.join(method.name).map_err(|_| WebError::permanent("bad_api_url"))?;
        let request = self.http.post(url).bearer_auth(self.token.expose_secret()).form(&arguments.0);
        let answer = request.send().await.map_err(|error| error::of_transport(&error))?;
        let status = answer.status().as_u16();
        let after = error::retry_after(answer.headers());
        let body = self.read(answer).await;
        if status == 429 {
            let after = after.unwrap_or(Duration::from_secs(1));
            return Err(WebError::Retry { after, why: format!("{}: too many requests", method.name) });
        }
        if let Ok(body) = &body
            && let Ok(body) = read_strictly(body)
            && body.get("ok").is_some()
        {
            return if body.flag("ok") { Ok(body) } else { Err(error::of_answer(&body, after)) };
        }
        match status {
            400..=499 => Err(WebError::Permanent { code: format!("http_{status}"), detail: None }),
            _readable_or_not => {
                let why = body.err().unwrap_or_else(|| format!("{}: status {status}, unreadable", method.name));
                Err(WebError::Unknown { why })
            }
        }
    }

    /// What the headers of an answer tell: the scopes that are granted, and Slack's clock in whole seconds.
    pub(super) async fn headers_of(&self, method: Method) -> Result<(Vec<String>, Option<Timestamp>), WebError> {
        let url = self.base.join(method.name).map_err(|_| WebError::permanent("bad_api_url"))?;
        let request = self.http.post(url).bearer_auth(self.token.expose_secret());
        let answer = request.send().await.map_err(|error| error::of_transport(&error))?;
        let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok());
        let scopes = header("x-oauth-scopes").unwrap_or_default().split(',').map(str::trim);
        let date = header("date").and_then(|date| DateTime::parse_from_rfc2822(date).ok());
        let scopes = scopes.filter(|scope| !scope.is_empty()).map(str::to_owned).collect();
        Ok((scopes, date.map(|date| Timestamp::from_utc(date.to_utc()))))
    }

    /// The body, up to the limit.
    async fn read(&self, mut answer: reqwest::Response) -> Result<String, String> {
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| error::describe(&error))? {
            if bytes.len() + chunk.len() > self.limits.answer_limit_bytes {
                return Err(format!("an answer of more than {} bytes", self.limits.answer_limit_bytes));
            }
            bytes.extend_from_slice(&chunk);
        }
        String::from_utf8(bytes).map_err(|_| "an answer that is no text".to_owned())
    }

    /// All pages of a list, read by `each`.
    pub(super) async fn list(
        &self,
        method: Method,
        arguments: &(dyn Fn() -> Arguments + Sync),
        mut each: impl FnMut(&Value) + Send,
    ) -> Result<(), WebError> {
        let mut cursor = String::new();
        for _page in 0..PAGES_AT_MOST {
            let body = self.call(method, arguments().maybe("cursor", Some(&cursor)), Channel::Irrelevant).await?;
            each(&body);
            match next_cursor(&body) {
                Some(next) if next != cursor => cursor = next,
                Some(_) | None => return Ok(()),
            }
        }
        tracing::warn!(method = method.name, pages = PAGES_AT_MOST, "a list is longer than we read");
        Ok(())
    }

    /// Posts to a `response_url` (five times within thirty minutes), which may only lead to Slack, or to the sandbox.
    pub(in crate::slack) async fn respond_raw(&self, url: &SecretString, body: &Value) -> Result<(), WebError> {
        let url = Url::parse(url.expose_secret()).map_err(|_| WebError::permanent("bad_response_url"))?;
        if !self.may_respond_to(&url) {
            return Err(WebError::permanent("foreign_response_url"));
        }
        let request = self.http.post(url).json(body);
        let answer = request.send().await.map_err(|error| error::of_transport(&error))?;
        let status = answer.status().as_u16();
        let after = error::retry_after(answer.headers());
        let said = self.read(answer).await.unwrap_or_default();
        match status {
            200..=299 => match read_strictly(&said) {
                Ok(body) if body.get("ok").is_some() && !body.flag("ok") => Err(error::of_answer(&body, after)),
                Ok(_) | Err(_) => Ok(()),
            },
            429 => {
                Err(WebError::Retry { after: after.unwrap_or(Duration::from_secs(1)), why: "response_url".to_owned() })
            }
            400..=499 => Err(WebError::permanent("response_url_used_up")),
            _slack_is_ill => Err(WebError::Unknown { why: format!("response_url: status {status}") }),
        }
    }

    fn may_respond_to(&self, url: &Url) -> bool {
        let slack = url.scheme() == "https" && url.host_str() == Some("hooks.slack.com") && url.port().is_none();
        slack || (is_loopback(&self.base) && is_loopback(url))
    }
}

impl std::fmt::Debug for Web {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Web").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}

pub(super) fn next_cursor(body: &Value) -> Option<String> {
    body.at("response_metadata").text("next_cursor").map(str::to_owned)
}
