//! One demo server: lists its tools, checks arguments, performs a call once per idempotency key, and fails on demand.

use std::path::Path;

use rmcp::ServiceExt as _;
use rmcp::handler::server::ServerHandler;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, ErrorData, Implementation, JsonObject,
    ListToolsResult, MetaObject, PaginatedRequestParams, ServerCapabilities, ServerConfig, Tool, ToolAnnotations,
};
use rmcp::service::{RequestContext, RoleServer};
use serde_json::{Value, json};

use super::definition::KEY_ARGUMENT;
use super::store::{self, NewEffect};
use super::{Arguments, Definition, Failure, Fault, Mode, Name, Store};
use crate::catalogue::{Class, ToolName, canonical, schema};
use crate::clock::Clock;

/// The exit status of a process that a fault ended (EX_SOFTWARE of sysexits).
const FAULT_EXIT: i32 = 70;
/// How large the answer of a flood is, in bytes.
const FLOOD_BYTES: usize = 20 * 1024 * 1024;

/// Why a demo server could not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error("the demo tools' database could not be opened")]
    Database(#[from] sqlx::Error),
    #[error("the client did not open the protocol: {0}")]
    Handshake(String),
    #[error("the server's task ended badly")]
    Task(#[from] tokio::task::JoinError),
}

/// Serves `name` on standard input and output until the client closes them.
pub async fn serve(name: Name, database: &Path, faults: Vec<Fault>) -> Result<(), ServeError> {
    let server = Server { name, store: Store::open(database, name).await?, faults };
    let running = server.serve(rmcp::transport::stdio()).await.map_err(|e| ServeError::Handshake(e.to_string()))?;
    running.waiting().await?;
    Ok(())
}

struct Server {
    name: Name,
    store: Store,
    faults: Vec<Fault>,
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let name = format!("workforce-demo-{}", self.name.as_str());
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(Implementation::new(name, env!("CARGO_PKG_VERSION")))
    }

    async fn list_tools(
        &self,
        _request: Option<PaginatedRequestParams>,
        _context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(self.name.tools().iter().map(wire_tool).collect()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        _context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let tools = self.name.tools();
        let definition = tools.iter().find(|definition| definition.tool == request.name);
        let definition = definition
            .ok_or_else(|| ErrorData::invalid_params(format!("there is no tool called {}", request.name), None))?;
        let arguments = Value::Object(request.arguments.unwrap_or_default());
        if let Some(violation) = schema::violations(&definition.input, &arguments).first() {
            return Err(ErrorData::invalid_params(violation.to_string(), None));
        }
        self.answer(definition, &arguments).await
    }
}

impl Server {
    async fn answer(&self, definition: &Definition, arguments: &Value) -> Result<CallToolResponse, ErrorData> {
        let fault = self.fault_for(definition.tool).await.map_err(broken)?;
        match fault {
            Some(Mode::Hang) => std::future::pending().await,
            Some(Mode::CrashBefore) => std::process::exit(FAULT_EXIT),
            Some(Mode::Error) => return Ok(refusal("The tool failed; nothing was done.").into()),
            Some(Mode::LoseAnswer | Mode::CrashAfter | Mode::Noise | Mode::Flood) | None => {}
        }
        let result = match self.perform(definition, arguments).await {
            Ok(value) => success(&value, definition.price_micros),
            Err(Failure::Refused(why)) => refusal(&why),
            Err(Failure::Database(error)) => return Err(broken(error)),
        };
        match fault {
            Some(Mode::LoseAnswer) => std::future::pending().await,
            Some(Mode::CrashAfter) => std::process::exit(FAULT_EXIT),
            Some(Mode::Noise) => {
                println!("warming up the cache…\n{{\"level\":\"info\"}}\n\u{7}");
                Ok(result.into())
            }
            Some(Mode::Flood) => Ok(success(&json!({"flood": "x".repeat(FLOOD_BYTES)}), 0).into()),
            Some(Mode::Hang | Mode::CrashBefore | Mode::Error) | None => Ok(result.into()),
        }
    }

    async fn fault_for(&self, tool: &str) -> Result<Option<Mode>, sqlx::Error> {
        let name = ToolName::new(self.name.as_str(), tool);
        for fault in self.faults.iter().filter(|fault| fault.tool == name) {
            if self.store.fault_fires(fault).await? {
                return Ok(Some(fault.mode));
            }
        }
        Ok(None)
    }

    /// Reads at once; acts once per key, with the effect written down in the transaction that makes it.
    async fn perform(&self, definition: &Definition, arguments: &Value) -> Result<Value, Failure> {
        let members = arguments.as_object().cloned().unwrap_or_default();
        let args = Arguments(&members);
        let tool = definition.tool;
        if definition.class == Class::Read {
            let mut tx = self.store.begin_read().await?;
            return self.name.perform(&mut tx, tool, &args).await;
        }
        let asked = canonical::to_canonical(arguments);
        let key = args.text(KEY_ARGUMENT);
        let mut tx = self.store.begin().await?;
        if let Some((earlier, result)) = store::earlier_effect(&mut tx, self.name, tool, key).await? {
            if earlier != asked {
                let why = format!("The idempotency key {key} was used before, with other arguments; nothing was done.");
                return Err(Failure::Refused(why));
            }
            return Ok(serde_json::from_str(&result).unwrap_or_default());
        }
        let value = self.name.perform(&mut tx, tool, &args).await?;
        let result = canonical::to_canonical(&value);
        let at = Clock::system().now().0;
        let effect = NewEffect { tool, idempotency_key: key, arguments: &asked, result: &result, at };
        store::record_effect(&mut tx, self.name, &effect).await?;
        tx.commit().await?;
        Ok(value)
    }
}

/// The definition as the protocol carries it.
fn wire_tool(definition: &Definition) -> Tool {
    let annotations = ToolAnnotations::new()
        .read_only(definition.class == Class::Read)
        .destructive(definition.class == Class::Destructive)
        .idempotent(true)
        .open_world(false);
    let mut tool = Tool::new(definition.tool, definition.description, members(&definition.input))
        .with_title(definition.title)
        .with_annotations(annotations);
    if let Some(output) = &definition.output {
        tool = tool.with_raw_output_schema(members(output).into());
    }
    tool
}

fn members(schema: &Value) -> JsonObject {
    schema.as_object().cloned().unwrap_or_default()
}

fn success(value: &Value, price_micros: i64) -> CallToolResult {
    let mut result = CallToolResult::success(vec![ContentBlock::text(value.to_string())]);
    result.structured_content = Some(value.clone());
    with_price(result, price_micros)
}

/// A tool-level error. Refusing is free.
fn refusal(why: &str) -> CallToolResult {
    with_price(CallToolResult::error(vec![ContentBlock::text(why)]), 0)
}

fn with_price(mut result: CallToolResult, micros: i64) -> CallToolResult {
    let mut meta = JsonObject::new();
    meta.insert("workforce/cost".to_owned(), json!({"micros": micros, "currency": "USD"}));
    result.meta = Some(MetaObject(meta));
    result
}

fn broken(error: sqlx::Error) -> ErrorData {
    tracing::error!(%error, "demo tools: database");
    ErrorData::internal_error("the tool server's database failed", None)
}
