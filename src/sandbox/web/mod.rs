//! The Web API: `POST /api/{method}`, token, scope, arguments, fault, answer, log.

mod apps;
pub(crate) mod args;
mod assistant;
mod bodies;
mod chat;
mod conversations;
pub(crate) mod draft;
mod reactions;
pub(crate) mod response_url;
mod stream;
mod table;
mod usergroups;
mod users;
mod views;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path, RawQuery, State as Shared};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use self::args::{ApiError, Args};
use self::table::{Needs, Token};
use super::Sandbox;
use super::api_log::ApiCall;
use super::faults::ApiFault;
use super::listener::Cut;
use super::report::FindingKind;
use super::state::State;

/// How the answer leaves the server.
enum Delivery {
    Now,
    Lost,
    Held(tokio::sync::watch::Receiver<u64>),
}

/// Counts a call as in flight until its answer is on its way, whatever happens to the task.
struct InFlight(Sandbox);

impl InFlight {
    fn new(sandbox: &Sandbox) -> Self {
        sandbox.with(|s| s.api_log.in_flight += 1);
        Self(sandbox.clone())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.with(|s| s.api_log.in_flight = s.api_log.in_flight.saturating_sub(1));
    }
}

pub(crate) async fn call(
    Shared(sandbox): Shared<Sandbox>,
    Path(method): Path<String>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let counted = InFlight::new(&sandbox);
    let (status, answer, delivery) = sandbox.with(|s| s.handle_call(&method, query.as_deref(), &headers, &body));
    match delivery {
        Delivery::Now => {}
        Delivery::Lost => cut.now(),
        Delivery::Held(mut release) => {
            // The sender lives in the sandbox's state; if that goes, so does the wait.
            let _ = release.changed().await;
        }
    }
    drop(counted);
    let retry_after = answer["retry_after_header"].as_u64();
    let (scopes, now) = sandbox.read(|s| (s.app.bot_scopes.join(","), s.now()));
    let mut response = match answer {
        Value::Null => status.into_response(),
        mut answer => {
            if let Some(fields) = answer.as_object_mut() {
                fields.remove("retry_after_header");
            }
            (status, Json(answer)).into_response()
        }
    };
    let out = response.headers_mut();
    if let Ok(value) = scopes.parse() {
        out.insert("x-oauth-scopes", value);
    }
    // Slack's date is Slack's, not this machine's: a bot whose clock is wrong can see it.
    let date = chrono::DateTime::from_timestamp_micros(now).unwrap_or_default();
    if let Ok(value) = date.format("%a, %d %b %Y %H:%M:%S GMT").to_string().parse() {
        out.insert("date", value);
    }
    if let Some(seconds) = retry_after {
        out.insert("retry-after", seconds.into());
    }
    response
}

impl State {
    fn handle_call(
        &mut self,
        method: &str,
        query: Option<&str>,
        headers: &HeaderMap,
        body: &[u8],
    ) -> (StatusCode, Value, Delivery) {
        let (args, is_json) = match bodies::parse(query, headers, body) {
            Ok(parsed) => parsed,
            Err(error) => return self.finish_call(method, &Args::default(), Err(error), None),
        };
        let fault = self.faults.take(method);
        let result = match &fault {
            Some(ApiFault::RateLimited { retry_after_seconds }) => Err(ApiError::rate_limited(*retry_after_seconds)),
            Some(ApiFault::Error(code)) => Err(ApiError::state(code)),
            Some(ApiFault::Status(_)) => Err(ApiError::state("internal_error")),
            Some(ApiFault::AnswerLost | ApiFault::AnswerHeld) | None => {
                self.run_method(method, headers, &args, is_json)
            }
        };
        self.finish_call(method, &args, result, fault)
    }

    fn finish_call(
        &mut self,
        method: &str,
        args: &Args,
        result: Result<Value, ApiError>,
        fault: Option<ApiFault>,
    ) -> (StatusCode, Value, Delivery) {
        if let Err(error) = &result
            && error.malformed
        {
            let shown: String = args.for_log().to_string().chars().take(400).collect();
            let kind =
                if error.code == "unknown_method" { FindingKind::UnknownMethod } else { FindingKind::RefusedPayload };
            self.report.add(kind, format!("{method}: {error} for {shown}"));
        }
        let (mut status, mut answer) = match result {
            Ok(mut answer) => {
                answer["ok"] = json!(true);
                (StatusCode::OK, answer)
            }
            Err(error) => match error.retry_after_seconds {
                Some(seconds) => {
                    let mut answer = error.to_json();
                    answer["retry_after_header"] = json!(seconds);
                    (StatusCode::TOO_MANY_REQUESTS, answer)
                }
                None => (StatusCode::OK, error.to_json()),
            },
        };
        if let Some(ApiFault::Status(code)) = fault {
            status = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            answer = Value::Null;
        }
        let delivery = match fault {
            Some(ApiFault::AnswerLost) => Delivery::Lost,
            Some(ApiFault::AnswerHeld) => Delivery::Held(self.faults.releases()),
            Some(ApiFault::RateLimited { .. } | ApiFault::Status(_) | ApiFault::Error(_)) | None => Delivery::Now,
        };
        let mut logged = answer.clone();
        if method == "apps.connections.open" && logged["url"].is_string() {
            logged["url"] = json!("(secret)");
        }
        self.api_log.calls.push(ApiCall {
            method: method.to_owned(),
            args: args.for_log(),
            status: status.as_u16(),
            answer: logged,
            fault: fault.map(|f| format!("{f:?}")),
            at: self.now(),
        });
        (status, answer, delivery)
    }

    fn run_method(&mut self, name: &str, headers: &HeaderMap, args: &Args, is_json: bool) -> Result<Value, ApiError> {
        let Some(method) = table::find(name) else {
            let mut error = ApiError::malformed("unknown_method", Vec::new());
            error.extra.insert("req_method".to_owned(), json!(name));
            return Err(error);
        };
        self.check_token(name, method.token, headers, args)?;
        let needed = match method.needs {
            Needs::Nothing => None,
            Needs::One(scope) => (!self.has_scope(scope)).then(|| scope.to_owned()),
            Needs::AnyOf(scopes) => (!scopes.iter().any(|s| self.has_scope(s))).then(|| scopes.join(",")),
            Needs::AppLevel(scope) => (!self.app.app_scopes.iter().any(|s| s == scope)).then(|| scope.to_owned()),
        };
        if let Some(needed) = needed {
            let provided = if method.token == Token::App { &self.app.app_scopes } else { &self.app.bot_scopes };
            return Err(ApiError::missing_scope(&needed, provided));
        }
        if is_json && !method.takes_json {
            self.report.add(
                FindingKind::UnexpectedCall,
                format!("{name} reads no JSON body, only a query or a form; Slack would see no arguments"),
            );
            return (method.run)(self, &Args::default());
        }
        // The official SDKs put team_id into every call; Slack heeds it for tokens of a whole organisation only.
        for unknown in args.0.keys().filter(|k| *k != "token" && *k != "team_id" && !method.args.contains(&k.as_str()))
        {
            self.report.add(FindingKind::UnexpectedCall, format!("{name} takes no argument {unknown}"));
        }
        (method.run)(self, args)
    }

    fn check_token(&mut self, name: &str, kind: Token, headers: &HeaderMap, args: &Args) -> Result<(), ApiError> {
        let header = headers.get("authorization").and_then(|v| v.to_str().ok()).and_then(|v| v.strip_prefix("Bearer "));
        let in_body = args.0.get("token").and_then(Value::as_str);
        let given = match (kind, header, in_body) {
            (Token::Optional, ..) => return Ok(()),
            (Token::App, None, Some(_)) => {
                self.report.add(FindingKind::UnexpectedCall, format!("{name} takes its token in the header only"));
                return Err(ApiError::state("not_authed"));
            }
            (_, Some(token), _) | (_, None, Some(token)) => token.trim(),
            (_, None, None) => return Err(ApiError::state("not_authed")),
        };
        let (right, other) = match kind {
            Token::App => (&self.app.app_token, &self.app.bot_token),
            Token::Bot | Token::Optional => (&self.app.bot_token, &self.app.app_token),
        };
        if given == right && kind == Token::Bot && !self.installed {
            Err(ApiError::state("account_inactive"))
        } else if given == right {
            Ok(())
        } else if given == other {
            Err(ApiError::state("not_allowed_token_type"))
        } else {
            Err(ApiError::state("invalid_auth"))
        }
    }
}
