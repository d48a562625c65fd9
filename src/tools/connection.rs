//! One connection to one server, from its start to its end: the handshake, what it offers, and calls.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rmcp::model::{
    CallToolRequest, CallToolRequestParams, ClientRequest, JsonObject, ListToolsRequest, PaginatedRequestParams,
    ServerResult, Tool,
};
use rmcp::service::{PeerRequestOptions, RoleClient, RunningService, ServiceError, serve_client};
use rmcp::transport::async_rw::AsyncRwTransport;
use serde_json::Value;

use super::client::Client;
use super::process::{self, Process};
use super::{
    Answer, CallOutcome, Lost, MAX_DEFINITION_BYTES, MAX_DESCRIPTION_BYTES, MAX_LINE_BYTES, MAX_TOOLS, Refusal,
    RemoteServer, START_LIMIT, ServerConfig, ToolCall, ToolError, answer,
};
use crate::catalogue::{ToolDef, ToolName, schema};

/// How many pages a server may cut its list into.
const MAX_PAGES: usize = 50;
/// The longest name of a tool (MCP 2025-11-25, "Tool Names").
const MAX_TOOL_NAME_BYTES: usize = 128;
/// After so many calls in a row that got no answer the server counts as stuck.
const STUCK_AFTER: u32 = 3;

/// A server that has started and said what it offers.
pub struct Connection {
    server: String,
    service: RunningService<RoleClient, Client>,
    process: Mutex<Option<Process>>,
    tools: Mutex<BTreeMap<ToolName, ToolDef>>,
    /// The server said that its list changed.
    stale: Arc<AtomicBool>,
    overflow: Arc<AtomicBool>,
    unanswered: AtomicU32,
}

impl Connection {
    /// Starts the process, opens the protocol and asks for the tools, all within [`START_LIMIT`].
    pub async fn open(config: &ServerConfig) -> Result<Self, ToolError> {
        if let Some(remote) = &config.remote {
            return Self::reach(config, remote).await;
        }
        let server = config.name.clone();
        let start = |why: String| ToolError::Start { server: server.clone(), why };
        let (process, pipes) = process::spawn(config).map_err(|error| start(error.to_string()))?;
        let stale = Arc::new(AtomicBool::new(false));
        let transport = AsyncRwTransport::<RoleClient, _, _>::new(pipes.stdout, pipes.stdin);
        let transport = transport.with_max_line_length(MAX_LINE_BYTES.saturating_add(1));
        let client = Client { stale: Arc::clone(&stale) };
        let opened = tokio::time::timeout(START_LIMIT, serve_client(client, transport)).await;
        let service = match opened {
            Ok(Ok(service)) => service,
            Ok(Err(error)) => return Err(start(with_last_words(error.to_string(), &process))),
            Err(_) => {
                let why = format!("it did not open the protocol within {} seconds", START_LIMIT.as_secs());
                return Err(start(with_last_words(why, &process)));
            }
        };
        let connection = Self {
            server,
            service,
            process: Mutex::new(Some(process)),
            tools: Mutex::new(BTreeMap::new()),
            stale,
            overflow: pipes.overflow,
            unanswered: AtomicU32::new(0),
        };
        connection.refresh().await?;
        Ok(connection)
    }

    /// Opens the protocol with a server at an address and asks for its tools.
    async fn reach(config: &ServerConfig, remote: &RemoteServer) -> Result<Self, ToolError> {
        let start = |why: String| ToolError::Start { server: config.name.clone(), why };
        let stale = Arc::new(AtomicBool::new(false));
        let transport = remote.transport().await.map_err(start)?;
        let client = Client { stale: Arc::clone(&stale) };
        let service = match tokio::time::timeout(START_LIMIT, serve_client(client, transport)).await {
            Ok(Ok(service)) => service,
            Ok(Err(error)) => return Err(start(chain_of(&error))),
            Err(_) => {
                return Err(start(format!("it did not open the protocol within {} seconds", START_LIMIT.as_secs())));
            }
        };
        let connection = Self {
            server: config.name.clone(),
            service,
            process: Mutex::new(None),
            tools: Mutex::new(BTreeMap::new()),
            stale,
            overflow: Arc::new(AtomicBool::new(false)),
            unanswered: AtomicU32::new(0),
        };
        connection.refresh().await?;
        Ok(connection)
    }

    pub fn is_closed(&self) -> bool {
        self.service.is_transport_closed() || self.service.is_closed()
    }

    /// Whether the server has stopped answering, though it is there.
    pub fn is_stuck(&self) -> bool {
        self.unanswered.load(Ordering::Relaxed) >= STUCK_AFTER
    }

    /// Closes the server's input, waits for it to leave, and kills what stays.
    pub async fn close(&self) {
        self.service.cancellation_token().cancel();
        let process = self.process.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(process) = process {
            process.end().await;
        }
    }

    /// What the server offers; asked again if it said that its list changed.
    pub async fn tools(&self) -> Result<Vec<ToolDef>, ToolError> {
        if self.stale.swap(false, Ordering::Relaxed) {
            self.refresh().await.inspect_err(|_| self.stale.store(true, Ordering::Relaxed))?;
        }
        Ok(self.tools.lock().unwrap_or_else(PoisonError::into_inner).values().cloned().collect())
    }

    /// Asks the server for its list, past any cache.
    pub async fn refresh(&self) -> Result<(), ToolError> {
        let tools = tokio::time::timeout(START_LIMIT, self.fetch()).await.unwrap_or_else(|_| {
            let why = format!("no answer within {} seconds", START_LIMIT.as_secs());
            Err(ToolError::Listing { server: self.server.clone(), why })
        })?;
        *self.tools.lock().unwrap_or_else(PoisonError::into_inner) = tools;
        Ok(())
    }

    /// Makes one call. The time limit counts from the sending.
    pub async fn call(&self, call: ToolCall, limit: Duration) -> CallOutcome {
        let arguments = match self.admit(&call).await {
            Ok(arguments) => arguments,
            Err(refusal) => return CallOutcome::Refused(refusal),
        };
        let params = CallToolRequestParams::new(call.tool.local().to_owned()).with_arguments(arguments);
        let request = ClientRequest::CallToolRequest(CallToolRequest::new(params));
        let options = PeerRequestOptions::with_timeout(limit);
        // An error here means that the request did not even enter the queue to the server.
        let Ok(sent) = self.service.send_cancellable_request(request, options).await else {
            let why = "it went away before the call was sent".to_owned();
            return CallOutcome::Refused(Refusal::Unreachable { server: self.server.clone(), why });
        };
        let outcome = match sent.await_response().await {
            Ok(result) => read(&call.tool, result),
            Err(error) => self.read_failure(&call.tool, error, limit),
        };
        match &outcome {
            CallOutcome::Unknown(Lost::TimedOut { .. }) => drop(self.unanswered.fetch_add(1, Ordering::Relaxed)),
            CallOutcome::Answered(_) | CallOutcome::Refused(_) | CallOutcome::Unknown(_) => {
                self.unanswered.store(0, Ordering::Relaxed);
            }
        }
        outcome
    }

    /// Whether the call may be sent: the tool is there, it is the one that was accepted, and the arguments fit it.
    async fn admit(&self, call: &ToolCall) -> Result<JsonObject, Refusal> {
        let unreachable =
            |error: ToolError| Refusal::Unreachable { server: self.server.clone(), why: error.to_string() };
        if call.look_anew {
            self.refresh().await.map_err(unreachable)?;
        }
        let tools = self.tools().await.map_err(unreachable)?;
        let Some(def) = tools.into_iter().find(|def| def.name == call.tool) else {
            return Err(Refusal::NoSuchTool(call.tool.clone()));
        };
        if def.digest() != call.digest {
            return Err(Refusal::HeldBack(call.tool.clone()));
        }
        let mut violations = schema::violations(&def.input_schema, &call.arguments);
        match &call.arguments {
            Value::Object(members) if violations.is_empty() => return Ok(members.clone()),
            Value::Object(_) => {}
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                if violations.is_empty() {
                    let message = "must be an object".to_owned();
                    violations.push(schema::Violation { path: String::new(), message });
                }
            }
        }
        Err(Refusal::BadArguments { tool: call.tool.clone(), violations })
    }

    fn read_failure(&self, tool: &ToolName, error: ServiceError, limit: Duration) -> CallOutcome {
        let server = self.server.clone();
        CallOutcome::Unknown(match error {
            ServiceError::McpError(error) => return answer::read_error(tool, &error),
            ServiceError::Timeout { .. } => Lost::TimedOut { tool: tool.clone(), limit },
            ServiceError::TransportClosed | ServiceError::TransportSend(_) => {
                if self.overflow.load(Ordering::Relaxed) {
                    Lost::TooLarge { server }
                } else {
                    Lost::ServerDied { server }
                }
            }
            other => Lost::NoResult { tool: tool.clone(), why: other.to_string() },
        })
    }

    async fn fetch(&self) -> Result<BTreeMap<ToolName, ToolDef>, ToolError> {
        let failed = |why: String| ToolError::Listing { server: self.server.clone(), why };
        let mut tools = BTreeMap::new();
        let mut cursor = None;
        for _page in 0..MAX_PAGES {
            let request = match cursor.take() {
                Some(cursor) => {
                    ListToolsRequest::with_param(PaginatedRequestParams::default().with_cursor(Some(cursor)))
                }
                None => ListToolsRequest::default(),
            };
            let sent = self.service.send_request(ClientRequest::ListToolsRequest(request)).await;
            let page = match sent.map_err(|error| failed(error.to_string()))? {
                ServerResult::ListToolsResult(page) => page,
                _ => return Err(failed("it answered with something that is no list of tools".to_owned())),
            };
            for tool in page.tools {
                let def = definition(&self.server, tool)?;
                if tools.len() >= MAX_TOOLS {
                    return Err(ToolError::TooMany { server: self.server.clone() });
                }
                if let Some(twice) = tools.insert(def.name.clone(), def) {
                    let (server, tool) = (self.server.clone(), twice.name.local().to_owned());
                    return Err(ToolError::BadDefinition {
                        server,
                        tool,
                        what: "a name that it uses twice".to_owned(),
                    });
                }
            }
            match page.next_cursor {
                Some(next) => cursor = Some(next),
                None => return Ok(tools),
            }
        }
        Err(ToolError::TooMany { server: self.server.clone() })
    }
}

fn read(tool: &ToolName, result: ServerResult) -> CallOutcome {
    let no_result = |why: &str| CallOutcome::Unknown(Lost::NoResult { tool: tool.clone(), why: why.to_owned() });
    match result {
        ServerResult::CallToolResult(result) => {
            let answer: Answer = answer::read_result(&result);
            CallOutcome::Answered(answer)
        }
        ServerResult::InputRequiredResult(_) => no_result("it asks for input, which servers do not get"),
        ServerResult::CreateTaskResult(_) => no_result("it went on in the background, which was not asked for"),
        _ => no_result("it has none of a result's fields"),
    }
}

/// The definition with its qualified name, or why it is not taken.
fn definition(server: &str, tool: Tool) -> Result<ToolDef, ToolError> {
    let shown: String = tool.name.chars().take(MAX_TOOL_NAME_BYTES).collect();
    let bad =
        |what: &str| ToolError::BadDefinition { server: server.to_owned(), tool: shown.clone(), what: what.to_owned() };
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
    if tool.name.is_empty() || tool.name.len() > MAX_TOOL_NAME_BYTES || !tool.name.chars().all(fits) {
        return Err(bad("a name that is not 1 to 128 letters, digits, _, -, . or /"));
    }
    let def = ToolDef {
        name: ToolName::new(server, &tool.name),
        title: tool.title,
        description: tool.description.map(|text| text.into_owned()).unwrap_or_default(),
        input_schema: Value::Object(tool.input_schema.as_ref().clone()),
        output_schema: tool.output_schema.map(|schema| Value::Object(schema.as_ref().clone())),
        annotations: tool.annotations.and_then(|annotations| serde_json::to_value(annotations).ok()),
    };
    if def.description.len() > MAX_DESCRIPTION_BYTES {
        return Err(bad("a description longer than 64 KiB"));
    }
    let size = serde_json::to_string(&def).map_or(usize::MAX, |text| text.len());
    if size > MAX_DEFINITION_BYTES {
        return Err(bad("a definition larger than 256 KiB"));
    }
    Ok(def)
}

/// An error with everything that led to it: which address was refused stands at the end.
fn chain_of(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut inner = error.source();
    while let Some(cause) = inner {
        let more = cause.to_string();
        if !words.contains(&more) {
            words = format!("{words}: {more}");
        }
        inner = cause.source();
    }
    words.chars().take(500).collect()
}

fn with_last_words(why: String, process: &Process) -> String {
    match process.last_words() {
        words if words.is_empty() => why,
        words => format!("{why}; it wrote: {words}"),
    }
}
