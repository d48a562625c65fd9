//! The driver `http`: an agent at an address. It gets the brief as a signed POST and answers at once, or says 202 and answers by
//! a signed POST of its own, to `/agents/POSITION` of our listener.
//!
//! The signature is `X-Workforce-Signature: v1=HEX`, HMAC-SHA256 over `v1:TIME:BODY` with `X-Workforce-Timestamp: TIME` in
//! seconds since 1970; both directions sign alike.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures_util::StreamExt as _;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::{Client, Response};
use secrecy::ExposeSecret as _;
use sha2::Sha256;
use tokio_util::sync::CancellationToken;

use super::agents::HttpConfig;
use super::contract::{self, MAX_ANSWER_BYTES};
use super::model::retry_after;
use super::{Driver, Failure, Heard};
use crate::clock::Timestamp;
use crate::runs::brief::Brief;
use crate::runs::said::Usage;

pub struct HttpDriver {
    pub position: String,
    pub config: HttpConfig,
    pub http: Client,
}

/// What came back, if it was of use.
enum Answer {
    Now(String),
    Later,
}

#[async_trait]
impl Driver for HttpDriver {
    async fn ask(&self, brief: &Brief, now: Timestamp, stop: &CancellationToken) -> Heard {
        let began = Instant::now();
        let of = &self.position;
        let heard = tokio::select! {
            heard = tokio::time::timeout(self.config.timeout, self.send(brief, now)) => heard.unwrap_or_else(|_late| {
                let seconds = self.config.timeout.as_secs();
                Err(passing(format!("The agent of {of} did not answer within {seconds} seconds."), None))
            }),
            () = stop.cancelled() => Err(Failure::Stopped),
        };
        let took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let usage = Usage { took_ms, ..Usage::unknown(of) };
        match (heard, self.config.answers_within) {
            (Ok(Answer::Later), Some(within)) => Heard::Later { until: now.plus(within) },
            (Ok(Answer::Later), None) => {
                let why = format!("The agent of {of} wants to answer later, and nothing listens here; add [webhooks].");
                Heard::Failed { failure: Failure::Lasting { why }, usage }
            }
            (Ok(Answer::Now(body)), _) => match contract::answer(&body, of) {
                Ok((said, told)) => Heard::Said { said, usage: Usage { took_ms, ..told } },
                Err(why) => Heard::Said { said: contract::unreadable(&body, &why), usage },
            },
            (Err(failure), _) => Heard::Failed { failure, usage },
        }
    }

    fn limit(&self) -> Duration {
        self.config.timeout
    }
}

impl HttpDriver {
    async fn send(&self, brief: &Brief, now: Timestamp) -> Result<Answer, Failure> {
        let of = &self.position;
        let body = contract::question(brief);
        let time = now.0.div_euclid(1_000_000).to_string();
        let signature = self.sign(&time, &body);
        let request = self
            .http
            .post(self.config.url.clone())
            .header("content-type", "application/json")
            .header("x-workforce-timestamp", time)
            .header("x-workforce-signature", format!("v1={signature}"))
            .body(body);
        let response =
            request.send().await.map_err(|_| passing(format!("The agent of {of} cannot be reached."), None))?;
        let code = response.status().as_u16();
        match code {
            202 => Ok(Answer::Later),
            200 => read(response)
                .await
                .map(Answer::Now)
                .ok_or_else(|| passing(format!("The agent of {of} broke off, or answered without end."), None)),
            408 | 425 | 429 | 500.. => {
                let after = retry_after(&response);
                Err(passing(format!("The agent of {of} does not work just now ({code})."), after))
            }
            _ => Err(Failure::Lasting { why: format!("The agent of {of} refused the question ({code}).") }),
        }
    }

    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    fn sign(&self, time: &str, body: &str) -> String {
        let key = self.config.secret.expose_secret().as_bytes();
        let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
        mac.update(format!("v1:{time}:{body}").as_bytes());
        mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// The body as text, up to the limit.
async fn read(response: Response) -> Option<String> {
    let mut body = Vec::new();
    let mut stream = response.bytes_stream();
    while let Some(bytes) = stream.next().await {
        body.extend_from_slice(&bytes.ok()?);
        if body.len() > MAX_ANSWER_BYTES {
            return None;
        }
    }
    String::from_utf8(body).ok()
}

fn passing(why: String, after: Option<Duration>) -> Failure {
    Failure::Passing { why, after, elsewhere: false }
}
