//! A vendor of models that says what a script tells it to say, in both wire formats, with a vendor's faults and a vendor's bill.
//! For tests, for measuring, and for trying out an agent without a key.

mod script;
mod wire;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub use script::{BadScript, Call, Fault, Line, Said, Script};
pub use wire::Format;

/// From the last piece of half an answer to the break.
const BEFORE_BREAKING: Duration = Duration::from_millis(50);

/// A running vendor; dropping it cuts every connection.
pub struct ModelServer {
    address: SocketAddr,
    shared: Arc<Shared>,
    serving: JoinHandle<()>,
}

struct Shared {
    state: Mutex<State>,
    questions: watch::Sender<usize>,
    /// How often those who stopped in the middle were told to go on.
    told: watch::Sender<u64>,
}

struct State {
    script: Script,
    asked: Vec<Asked>,
}

/// One question as it arrived, and what it was billed with.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    pub format: Format,
    pub body: Value,
    /// What stood in the header that carries a key.
    pub key: Option<String>,
    /// `None`: the question was refused before anything was computed.
    pub bill: Option<Bill>,
}

/// Tokens, counted as one for four bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bill {
    pub input: u64,
    /// Of the conversation that an earlier question had already.
    pub cached: u64,
    pub output: u64,
}

impl ModelServer {
    /// Listens on this machine, at a free port where `port` is 0.
    pub async fn start(port: u16, script: Script) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let address = listener.local_addr()?;
        let state = Mutex::new(State { script, asked: Vec::new() });
        let shared = Arc::new(Shared { state, questions: watch::Sender::new(0), told: watch::Sender::new(0) });
        let app = Router::new()
            .route("/v1/messages", post(anthropic))
            .route("/v1/chat/completions", post(openai))
            .with_state(Arc::clone(&shared));
        let serving = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, app).await {
                tracing::error!(error = &error as &dyn std::error::Error, "the scripted vendor has ended");
            }
        });
        Ok(Self { address, shared, serving })
    }

    /// The address to configure as `base_url`.
    pub fn base_url(&self, format: Format) -> String {
        match format {
            Format::Anthropic => format!("http://{}", self.address),
            Format::Openai => format!("http://{}/v1", self.address),
        }
    }

    /// Adds lines to the script.
    pub fn will(&self, lines: impl IntoIterator<Item = Line>) {
        self.shared.state().script.lines.extend(lines);
    }

    /// Every question so far, in order.
    pub fn asked(&self) -> Vec<Asked> {
        self.shared.state().asked.clone()
    }

    /// The whole bill.
    pub fn bill(&self) -> Bill {
        let add = |sum: Bill, bill: Bill| Bill {
            input: sum.input + bill.input,
            cached: sum.cached + bill.cached,
            output: sum.output + bill.output,
        };
        self.shared.state().asked.iter().filter_map(|asked| asked.bill).fold(Bill::default(), add)
    }

    /// Waits until so many questions have arrived.
    pub async fn was_asked(&self, times: usize) {
        // The sender lives as long as `self`, so waiting cannot fail.
        let mut listener = self.shared.questions.subscribe();
        let _closed = listener.wait_for(|n| *n >= times).await;
    }

    /// Whoever stopped in the middle goes on.
    pub fn go_on(&self) {
        self.shared.told.send_modify(|times| *times += 1);
    }

    /// Serves until it is cut from outside.
    pub async fn serve(mut self) {
        let _ended = (&mut self.serving).await;
    }
}

impl Drop for ModelServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Shared {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn anthropic(extract::State(shared): extract::State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    answer(&shared, Format::Anthropic, &headers, &body)
}

async fn openai(extract::State(shared): extract::State<Arc<Shared>>, headers: HeaderMap, body: Bytes) -> Response {
    answer(&shared, Format::Openai, &headers, &body)
}

fn answer(shared: &Shared, format: Format, headers: &HeaderMap, body: &[u8]) -> Response {
    let Ok(question) = serde_json::from_slice::<Value>(body) else {
        return refusal(format, StatusCode::BAD_REQUEST, "the body is no JSON", None);
    };
    if let Some(why) = wire::complaint(format, headers, &question) {
        return refusal(format, StatusCode::BAD_REQUEST, why, None);
    }
    let mut state = shared.state();
    let line = state.script.next(&wire::last_words(&question), &question["messages"].to_string());
    let bill = line.as_ref().and_then(|line| bill(&state.asked, format, &question, body, line));
    let key = headers.get("x-api-key").or_else(|| headers.get(header::AUTHORIZATION));
    let key = key.and_then(|key| key.to_str().ok()).map(str::to_owned);
    state.asked.push(Asked { format, body: question.clone(), key, bill });
    let count = state.asked.len();
    drop(state);
    // Whoever hears of the question may tell it to go on at once.
    let told = shared.told.subscribe();
    shared.questions.send_replace(count);
    let model = question["model"].as_str().unwrap_or_default();
    let bill = bill.unwrap_or_default();
    match line {
        None => refusal(format, StatusCode::BAD_REQUEST, "the script has no line for this", None),
        Some(Line { say: Some(said), held: true, .. }) => {
            let mut events = wire::events(format, model, &said, bill);
            let rest = events.split_off(wire::half(events.len()));
            stream(events, Ending::Held(told, rest))
        }
        Some(Line { say: Some(said), .. }) => stream(wire::events(format, model, &said, bill), Ending::Whole),
        Some(Line { fault: Some(fault), .. }) => match fault {
            Fault::Status { code, retry_after } => {
                let status = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                refusal(format, status, "the script says so", retry_after)
            }
            Fault::Hang => stream(Vec::new(), Ending::Never),
            Fault::Half { said } => {
                let mut events = wire::events(format, model, &said, bill);
                events.truncate(wire::half(events.len()));
                stream(events, Ending::Broken)
            }
            Fault::Slow { said } => {
                let mut events = wire::events(format, model, &said, bill);
                events.truncate(wire::half(events.len()));
                stream(events, Ending::Never)
            }
            Fault::Garbage => stream(vec!["data: <html>\n\n".to_owned()], Ending::Whole),
        },
        Some(Line { say: None, fault: None, .. }) => stream(Vec::new(), Ending::Whole),
    }
}

/// What a vendor would charge. A question that it turns away costs nothing; one that it breaks off costs what was computed.
fn bill(asked: &[Asked], format: Format, question: &Value, body: &[u8], line: &Line) -> Option<Bill> {
    let tokens = |bytes: usize| u64::try_from(bytes.div_ceil(4)).unwrap_or(u64::MAX);
    let said = match (&line.say, &line.fault) {
        (Some(said), _) | (None, Some(Fault::Half { said } | Fault::Slow { said })) => said,
        (None, Some(Fault::Status { .. } | Fault::Hang | Fault::Garbage) | None) => return None,
    };
    let messages = |body: &Value| body["messages"].as_array().cloned().unwrap_or_default();
    let now = messages(question);
    let same = |before: &&Asked| {
        let then = messages(&before.body);
        before.format == format && before.bill.is_some() && then.first() == now.first() && then.len() < now.len()
    };
    let whole = tokens(body.len());
    let cached = asked.iter().rfind(same).map_or(0, |before| tokens(before.body.to_string().len()).min(whole));
    Some(Bill { input: whole - cached, cached, output: tokens(said.to_text().len()) })
}

/// How a stream of events ends.
enum Ending {
    Whole,
    /// The connection breaks.
    Broken,
    /// Nothing more comes, and nobody hangs up.
    Never,
    /// The rest comes when somebody says so.
    Held(watch::Receiver<u64>, Vec<String>),
}

fn stream(events: Vec<String>, ending: Ending) -> Response {
    use futures_util::{StreamExt as _, stream};
    let sent = |events: Vec<String>| stream::iter(events.into_iter().map(|e| Ok::<_, std::io::Error>(Bytes::from(e))));
    let events = sent(events);
    let body = match ending {
        Ending::Whole => Body::from_stream(events),
        Ending::Broken => {
            let broken = stream::once(async {
                // What was said before must have left before the connection breaks.
                tokio::time::sleep(BEFORE_BREAKING).await;
                Err(std::io::Error::from(std::io::ErrorKind::ConnectionReset))
            });
            Body::from_stream(events.chain(broken))
        }
        Ending::Never => Body::from_stream(events.chain(stream::pending())),
        Ending::Held(mut told, rest) => {
            let told = stream::once(async move {
                // The sender lives as long as the server; if that goes, so does the wait.
                let _ = told.changed().await;
                Ok(Bytes::new())
            });
            Body::from_stream(events.chain(told).chain(sent(rest)))
        }
    };
    ([(header::CONTENT_TYPE, "text/event-stream")], body).into_response()
}

fn refusal(format: Format, status: StatusCode, why: &str, retry_after: Option<u64>) -> Response {
    let error = match format {
        Format::Anthropic => json!({ "type": "error", "error": { "type": "scripted", "message": why } }),
        Format::Openai => json!({ "error": { "type": "scripted", "message": why } }),
    };
    let mut response = (status, axum::Json(error)).into_response();
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}
