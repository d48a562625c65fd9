//! The listener: `POST /hooks/NAME`, `POST /agents/POSITION`, `GET /healthz`, `GET /readyz`, `GET /metrics`.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use secrecy::SecretString;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::config::{HookConfig, WebhooksConfig};
use super::metrics::{Figure, render};
use super::rate::Bucket;
use super::signature::{Scheme, verify};
use super::{Door, Refused};
use crate::catalogue::canonical::digest_bytes;
use crate::catalogue::strict::read_strictly;
use crate::ids::{ConversationId, RunId};
use crate::inbox::{AgentAnswer, Arrival, Delivery, Trigger};

/// Deliveries that are read at once.
const AT_ONCE: usize = 32;
/// How long a sender may take to send one.
const READ_LIMIT: Duration = Duration::from_secs(10);

/// How many deliveries each hook had, by what came of them.
#[derive(Debug, Default)]
pub struct Counts(Mutex<BTreeMap<(String, &'static str), u64>>);

impl Counts {
    fn add(&self, hook: &str, outcome: &'static str) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry((hook.to_owned(), outcome)).or_default() += 1;
    }

    /// `outcome` is `accepted`, `ignored`, `repeated`, or a reason to refuse.
    pub fn get(&self, hook: &str, outcome: &'static str) -> u64 {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counts.get(&(hook.to_owned(), outcome)).copied().unwrap_or(0)
    }

    fn figures(&self) -> Vec<Figure> {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let figure = |((hook, outcome), n): (&(String, &'static str), &u64)| {
            Figure::counter("workforce_hook_deliveries_total", "Deliveries by hook and by what came of them.", *n)
                .of("hook", hook.clone())
                .of("outcome", *outcome)
        };
        counts.iter().map(figure).collect()
    }
}

/// A bound listener that does not answer yet.
pub struct Server {
    listener: TcpListener,
    shared: Arc<Shared>,
}

struct Shared {
    config: WebhooksConfig,
    hooks: HashMap<String, HookConfig>,
    buckets: Mutex<HashMap<String, Bucket>>,
    room: Semaphore,
    counts: Arc<Counts>,
    door: Arc<dyn Door>,
}

/// What came of a delivery that was not refused.
enum Taken {
    Accepted,
    /// It asks for nothing.
    Ignored,
    /// The same was taken before.
    Repeated,
}

impl Server {
    /// Fails where somebody else listens already, or nobody may.
    pub async fn bind(config: WebhooksConfig, door: Arc<dyn Door>) -> std::io::Result<Self> {
        let listener = TcpListener::bind(config.listen).await?;
        let hooks = config.hooks.iter().map(|hook| (hook.name.clone(), hook.clone())).collect();
        let (room, counts) = (Semaphore::new(AT_ONCE), Arc::new(Counts::default()));
        let shared = Shared { config, hooks, buckets: Mutex::default(), room, counts, door };
        Ok(Self { listener, shared: Arc::new(shared) })
    }

    /// Whether the address could be listened at now.
    pub async fn can_bind(address: SocketAddr) -> std::io::Result<()> {
        TcpListener::bind(address).await.map(|_closed_again| ())
    }

    pub fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    pub fn counts(&self) -> Arc<Counts> {
        Arc::clone(&self.shared.counts)
    }

    /// Answers until told to stop; what was begun is finished.
    pub async fn run(self, stop: CancellationToken) {
        let app = Router::new()
            .route("/hooks/{name}", post(deliver))
            .route("/agents/{position}", post(answer))
            .route("/healthz", get(async || "alive\n"))
            .route("/readyz", get(ready))
            .route("/metrics", get(metrics))
            .with_state(self.shared);
        let served = axum::serve(self.listener, app).with_graceful_shutdown(stop.cancelled_owned()).await;
        if let Err(error) = served {
            tracing::error!(error = &error as &dyn std::error::Error, "the listener for hooks has ended");
        }
    }
}

async fn ready(State(shared): State<Arc<Shared>>) -> Response {
    match shared.door.ready().await {
        Ok(()) => "ready\n".into_response(),
        Err(why) => (StatusCode::SERVICE_UNAVAILABLE, format!("{why}\n")).into_response(),
    }
}

async fn metrics(State(shared): State<Arc<Shared>>) -> Response {
    match shared.door.figures().await {
        Ok(mut figures) => {
            figures.extend(shared.counts.figures());
            ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], render(&figures)).into_response()
        }
        Err(error) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")).into_response(),
    }
}

async fn deliver(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let Some(hook) = shared.hooks.get(&name) else {
        // Names are a stranger's words: they are counted together.
        shared.counts.add("", Refused::UnknownHook.as_str());
        return refusal(Refused::UnknownHook, None);
    };
    match shared.take(hook, &headers, body).await {
        Ok(taken) => {
            let (outcome, status) = match taken {
                Taken::Accepted => ("accepted", StatusCode::ACCEPTED),
                Taken::Ignored => ("ignored", StatusCode::OK),
                Taken::Repeated => ("repeated", StatusCode::OK),
            };
            shared.counts.add(&name, outcome);
            (status, format!("{outcome}\n")).into_response()
        }
        Err((refused, wait)) => {
            shared.counts.add(&name, refused.as_str());
            tracing::info!(hook = name, reason = refused.as_str(), "a delivery was refused");
            refusal(refused, wait)
        }
    }
}

/// An agent outside answers a question that it took before.
async fn answer(
    State(shared): State<Arc<Shared>>,
    Path(position): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let Some(secret) = shared.config.agents.get(&position) else {
        shared.counts.add("", Refused::UnknownHook.as_str());
        return refusal(Refused::UnknownHook, None);
    };
    let counted = format!("agent:{position}");
    match shared.take_answer(&position, secret, &headers, body).await {
        Ok(fresh) => {
            let (outcome, status) =
                if fresh { ("accepted", StatusCode::ACCEPTED) } else { ("repeated", StatusCode::OK) };
            shared.counts.add(&counted, outcome);
            (status, format!("{outcome}\n")).into_response()
        }
        Err(refused) => {
            shared.counts.add(&counted, refused.as_str());
            tracing::info!(position, reason = refused.as_str(), "an agent's answer was refused");
            refusal(refused, None)
        }
    }
}

fn refusal(refused: Refused, wait: Option<u64>) -> Response {
    let status = StatusCode::from_u16(refused.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = (status, format!("{}\n", refused.as_str())).into_response();
    if let Some(seconds) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

type Refusal = (Refused, Option<u64>);

impl Shared {
    async fn take(&self, hook: &HookConfig, headers: &HeaderMap, body: Body) -> Result<Taken, Refusal> {
        let only = |refused: Refused| (refused, None);
        let Ok(_room) = self.room.try_acquire() else { return Err((Refused::Busy, Some(1))) };
        let body = self.read(headers, body).await.map_err(only)?;
        let now = self.door.now();
        let signed_at = verify(hook.scheme, &hook.secret, headers, &body, now, self.config.window).map_err(only)?;
        self.pass(hook, now).map_err(|wait| (Refused::TooMany, Some(wait)))?;
        let read = std::str::from_utf8(&body).ok().and_then(|text| read_strictly(text).ok());
        let json = read.ok_or_else(|| only(Refused::NotJson))?;
        let asked = hook.templates.render(&json).map_err(|why| {
            tracing::warn!(hook = hook.name, why, "a delivery does not fit the hook's templates");
            only(Refused::Template)
        })?;
        if asked.text.is_empty() {
            return Ok(Taken::Ignored);
        }
        // Where the signature covers the time, the same signed bytes are the same sending; else they are the same delivery.
        // Only what was signed counts: a header that the signature does not cover would make a replay look new.
        let sent = [signed_at.unwrap_or_default().as_bytes(), b".", &body[..]].concat();
        let is_named = asked.id.is_some();
        let id = asked.id.unwrap_or_else(|| digest_bytes(&sent));
        let conversation = asked.conversation.as_ref().map(|matter| {
            let digest = digest_bytes(matter.as_bytes());
            ConversationId(format!("hook:{}:{digest}", hook.name))
        });
        let delivery = Delivery {
            hook: hook.name.clone(),
            channel: hook.channel.clone(),
            text: asked.text,
            matter: asked.conversation,
        };
        let key = format!("hook:{}:{id}", hook.name);
        let arrival = Arrival { key, also: None, conversation, trigger: Trigger::Delivered(delivery) };
        match self.door.deliver(arrival).await {
            Ok(true) => Ok(Taken::Accepted),
            Ok(false) if hook.scheme.has_time() && !is_named => Err(only(Refused::Replayed)),
            Ok(false) => Ok(Taken::Repeated),
            Err(error) => {
                tracing::error!(
                    hook = hook.name,
                    error = &error as &dyn std::error::Error,
                    "a delivery was not stored"
                );
                Err((Refused::NotStored, Some(5)))
            }
        }
    }

    /// True where the answer is new. Only the first answer to a question counts.
    async fn take_answer(
        &self,
        position: &str,
        secret: &SecretString,
        headers: &HeaderMap,
        body: Body,
    ) -> Result<bool, Refused> {
        let Ok(_room) = self.room.try_acquire() else { return Err(Refused::Busy) };
        let body = self.read(headers, body).await?;
        let now = self.door.now();
        verify(Scheme::Workforce, secret, headers, &body, now, self.config.window)?;
        let body = String::from_utf8(body).map_err(|_| Refused::NotJson)?;
        let json = read_strictly(&body).map_err(|_| Refused::NotJson)?;
        let number = |name: &str| json.get(name).and_then(Value::as_i64).ok_or(Refused::Template);
        let (run, question) = (number("run")?, number("question")?);
        let key = format!("agent:{position}:{run}:{question}");
        let answer = AgentAnswer { position: position.to_owned(), run: RunId(run), question, body };
        let arrival = Arrival { key, also: None, conversation: None, trigger: Trigger::AgentAnswered(answer) };
        self.door.deliver(arrival).await.map_err(|error| {
            tracing::error!(position, error = &error as &dyn std::error::Error, "an agent's answer was not stored");
            Refused::NotStored
        })
    }

    /// The raw bytes, up to the limit and in time.
    async fn read(&self, headers: &HeaderMap, body: Body) -> Result<Vec<u8>, Refused> {
        let announced =
            headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
        if announced.is_some_and(|bytes| bytes > self.config.body_bytes) {
            return Err(Refused::TooLarge);
        }
        match tokio::time::timeout(READ_LIMIT, to_bytes(body, self.config.body_bytes)).await {
            Ok(Ok(bytes)) => Ok(bytes.to_vec()),
            Ok(Err(_)) => Err(Refused::TooLarge),
            Err(_) => Err(Refused::TooSlow),
        }
    }

    fn pass(&self, hook: &HookConfig, now: crate::clock::Timestamp) -> Result<(), u64> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets.entry(hook.name.clone()).or_insert_with(|| Bucket::new(self.config.per_minute, now));
        bucket.take(now)
    }
}
