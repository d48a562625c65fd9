//! The driver `model`: one question to a vendor's API, streamed, broken off when nobody needs the answer any more.
//!
//! A question is sent once. Where the vendor does not answer, its fallback is asked next and the vendor rests.

pub mod anthropic;
pub mod names;
pub mod openai;
#[cfg(test)]
mod tests;
pub mod wire;

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures_util::StreamExt as _;
use reqwest::{Client, Response, StatusCode};
use secrecy::ExposeSecret as _;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::breaker::Breakers;
use super::config::{ModelConfig, Vendor};
use super::sse::Events;
use super::{Driver, Failure, Heard, SoFar};
use crate::clock::Timestamp;
use crate::runs::brief::Brief;
use crate::runs::said::Usage;
use names::Names;
use wire::{Answer, Reader, Trouble};

/// How long it may take to reach a vendor.
pub(super) const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// The rest of a model that failed once and has a fallback.
const REST_WITH_FALLBACK: Duration = Duration::from_secs(30);
/// How much of a vendor's error message is kept, in characters.
const MAX_MESSAGE_CHARS: usize = 300;
/// How much of an error's body is read, in bytes.
const MAX_ERROR_BYTES: usize = 64 * 1024;

/// How much of an answer is told while it comes; what follows comes with the whole.
const MOST_ALOUD_BYTES: usize = 16 * 1024;

/// A model and, if one is named, the one that stands in for it.
pub struct ModelDriver {
    /// The first is asked unless it rests.
    chain: Vec<Seat>,
    http: Client,
    breakers: Arc<Breakers>,
}

/// A model by its name under `[models]`.
#[derive(Debug, Clone)]
pub struct Seat {
    pub name: String,
    pub config: ModelConfig,
}

impl Seat {
    /// Models of one vendor rest together.
    fn vendor(&self) -> &str {
        self.config.base.as_str()
    }
}

impl ModelDriver {
    pub fn new(chain: Vec<Seat>, http: Client, breakers: Arc<Breakers>) -> Self {
        Self { chain, http, breakers }
    }

    /// The first seat that may be asked now; else how long the first of them still rests.
    fn seat(&self, now: Timestamp) -> Result<&Seat, Failure> {
        let rest = |seat: &Seat| self.breakers.rest(seat.vendor(), now);
        if let Some(free) = self.chain.iter().find(|seat| rest(seat).is_none()) {
            return Ok(free);
        }
        let after = self.chain.iter().filter_map(rest).min();
        let name = self.chain.first().map_or("it", |seat| &seat.name);
        let why = format!("The model {name} does not answer just now.");
        Err(Failure::Passing { why, after, elsewhere: false })
    }

    /// What the breaker makes of an answer, and whether somebody else can be asked at once.
    fn note(&self, seat: &Seat, heard: Heard, now: Timestamp) -> Heard {
        match heard {
            Heard::Failed { failure: Failure::Passing { why, after, .. }, usage } => {
                let others = self
                    .chain
                    .iter()
                    .any(|other| self.breakers.rest(other.vendor(), now).is_none() && other.vendor() != seat.vendor());
                let rest = if others { Some(after.unwrap_or_default().max(REST_WITH_FALLBACK)) } else { after };
                self.breakers.failed(seat.vendor(), rest, now);
                Heard::Failed { failure: Failure::Passing { why, after, elsewhere: others }, usage }
            }
            heard @ Heard::Said { .. } => {
                self.breakers.answered(seat.vendor());
                heard
            }
            heard @ (Heard::Failed { .. } | Heard::Later { .. }) => heard,
        }
    }
}

#[async_trait]
impl Driver for ModelDriver {
    async fn ask(&self, brief: &Brief, now: Timestamp, stop: &CancellationToken) -> Heard {
        self.ask_aloud(brief, now, stop, &SoFar::new(String::new())).await
    }

    async fn ask_aloud(&self, brief: &Brief, now: Timestamp, stop: &CancellationToken, so_far: &SoFar) -> Heard {
        let seat = match self.seat(now) {
            Ok(seat) => seat,
            Err(failure) => {
                // Nobody was asked, so it is known that this cost nothing.
                let name = self.chain.first().map_or("", |seat| &seat.name);
                let usage = Usage { input: Some(0), output: Some(0), ..Usage::unknown(name) };
                return Heard::Failed { failure, usage };
            }
        };
        let began = Instant::now();
        let names = Names::of(brief);
        let answer = Answer::new(&seat.name, &seat.config.model);
        let mut reader: Box<dyn Reader> = match seat.config.vendor {
            Vendor::Anthropic => Box::new(anthropic::Messages::new(answer)),
            Vendor::Openai => Box::new(openai::Completions::new(answer)),
        };
        let heard = tokio::select! {
            heard = tokio::time::timeout(seat.config.timeout, self.listen(seat, brief, (&names, so_far), reader.as_mut())) => {
                heard.unwrap_or_else(|_late| {
                    let seconds = seat.config.timeout.as_secs();
                    Err(passing(format!("The model {} did not answer within {seconds} seconds.", seat.name), None))
                })
            }
            () = stop.cancelled() => Err(Failure::Stopped),
        };
        let answer = reader.answer();
        answer.usage.took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let usage = answer.usage.clone();
        let heard = match heard {
            Ok(()) => match answer.whole(&names) {
                Some(said) => Heard::Said { said, usage },
                None => {
                    let failure =
                        passing(format!("The model {} broke off in the middle of its answer.", seat.name), None);
                    Heard::Failed { failure, usage }
                }
            },
            Err(failure) => Heard::Failed { failure, usage },
        };
        self.note(seat, heard, now)
    }

    fn limit(&self) -> Duration {
        self.chain.iter().map(|seat| seat.config.timeout).max().unwrap_or_default()
    }
}

impl ModelDriver {
    async fn listen(
        &self,
        seat: &Seat,
        brief: &Brief,
        (names, so_far): (&Names, &SoFar),
        reader: &mut dyn Reader,
    ) -> Result<(), Failure> {
        let response = self.send(seat, brief, names).await?;
        let status = response.status();
        if !status.is_success() {
            return Err(refusal(seat, status, response).await);
        }
        let mut events = Events::default();
        let mut stream = response.bytes_stream();
        let name = &seat.name;
        while let Some(bytes) = stream.next().await {
            let bytes =
                bytes.map_err(|_| passing(format!("The model {name} broke off in the middle of its answer."), None))?;
            let complete =
                events.push(&bytes).map_err(|_| passing(format!("The model {name} answered without end."), None))?;
            for data in complete {
                reader.event(&data).map_err(|trouble| match trouble {
                    Trouble::Vendor(words) => {
                        passing(format!("The model {name} cannot go on: {}", short(seat, &words)), None)
                    }
                    Trouble::NotJson => {
                        passing(format!("The model {name} answered with something that is no answer."), None)
                    }
                    Trouble::TooManyCalls => {
                        passing(format!("The model {name} wanted more calls at once than are taken."), None)
                    }
                })?;
            }
            so_far.send_if_modified(|known| {
                let words = &reader.answer().text;
                let grew = words.len() > known.len() && known.len() < MOST_ALOUD_BYTES;
                if grew {
                    known.clone_from(words);
                }
                grew
            });
        }
        Ok(())
    }

    async fn send(&self, seat: &Seat, brief: &Brief, names: &Names) -> Result<Response, Failure> {
        let ModelConfig { vendor, base, model, key, max_output_tokens, .. } = &seat.config;
        let (path, body) = match vendor {
            Vendor::Anthropic => ("v1/messages", anthropic::request(brief, names, model, *max_output_tokens)),
            Vendor::Openai => {
                let newer = base.host_str() == Some("api.openai.com");
                ("chat/completions", openai::request(brief, names, model, *max_output_tokens, newer))
            }
        };
        let lasting = |_| Failure::Lasting { why: format!("The address of the model {} cannot be used.", seat.name) };
        let mut request = self.http.post(base.join(path).map_err(lasting)?).json(&body);
        request = match (vendor, key) {
            (Vendor::Anthropic, Some(key)) => request.header("x-api-key", key.expose_secret()),
            (Vendor::Openai, Some(key)) => request.bearer_auth(key.expose_secret()),
            (_, None) => request,
        };
        if *vendor == Vendor::Anthropic {
            request = request.header("anthropic-version", anthropic::VERSION);
        }
        request.send().await.map_err(|_| passing(format!("The model {} cannot be reached.", seat.name), None))
    }
}

/// What a status that is no success means: come again, or not until somebody changed something.
async fn refusal(seat: &Seat, status: StatusCode, response: Response) -> Failure {
    let after = retry_after(&response);
    let words = error_words(response).await.map(|words| format!(": {}", short(seat, &words))).unwrap_or_default();
    let (name, code) = (&seat.name, status.as_u16());
    match code {
        429 => passing(format!("The model {name} has too many questions just now."), after),
        408 | 425 | 500.. => passing(format!("The model {name} does not work just now ({code}){words}"), after),
        401 | 403 => Failure::Lasting { why: format!("The model {name} does not take our key ({code}){words}") },
        _ => Failure::Lasting { why: format!("The model {name} refused the question ({code}){words}") },
    }
}

/// `Retry-After` in seconds (RFC 9110, section 10.2.3); the form with a date is not used by these vendors.
pub(super) fn retry_after(response: &Response) -> Option<Duration> {
    let value = response.headers().get(reqwest::header::RETRY_AFTER)?.to_str().ok()?;
    value
        .trim()
        .parse::<f64>()
        .ok()
        .filter(|seconds| seconds.is_finite() && *seconds >= 0.0)
        .map(|seconds| Duration::from_secs_f64(seconds.min(86_400.0)))
}

/// The message of an error's body, if it has one.
async fn error_words(response: Response) -> Option<String> {
    let mut body = Vec::new();
    let mut stream = response.bytes_stream();
    while let Some(Ok(bytes)) = stream.next().await {
        body.extend_from_slice(&bytes);
        if body.len() > MAX_ERROR_BYTES {
            return None;
        }
    }
    let body: Value = serde_json::from_slice(&body).ok()?;
    body["error"]["message"].as_str().map(str::to_owned)
}

/// A vendor's words, short and without our key.
fn short(seat: &Seat, words: &str) -> String {
    let key = seat.config.key.as_ref().map(|key| key.expose_secret()).filter(|key| !key.is_empty());
    let words = key.map_or_else(|| words.to_owned(), |key| words.replace(key, "•••"));
    words.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(MAX_MESSAGE_CHARS).collect()
}

fn passing(why: String, after: Option<Duration>) -> Failure {
    Failure::Passing { why, after, elsewhere: false }
}
