//! The tool client against the demo servers and against hostile ones, over real processes.

mod command;
mod demo;
mod hostile;
mod remote;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;
use workforce::catalogue::{ToolDef, ToolName, ToolsLock};
use workforce::cli::demo_tools::servers;
use workforce::demo_tools::{EffectRow, effects};
use workforce::tools::{Answer, CallOutcome, ServerConfig, StdioHost, ToolCall, ToolHost as _};

/// The program under test.
const WORKFORCE: &str = env!("CARGO_BIN_EXE_workforce");

/// A host with every demo server, and their state in a directory of its own.
struct Demo {
    host: StdioHost,
    digests: BTreeMap<ToolName, String>,
    directory: tempfile::TempDir,
}

impl Demo {
    /// Starts with `faults`, as the fault variable takes them.
    fn start(faults: &str) -> Self {
        Self::start_with(faults, |_| {})
    }

    fn start_with(faults: &str, change: impl Fn(&mut ServerConfig)) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut configs = servers(Path::new(WORKFORCE), &directory.path().join("demo.db"));
        for config in &mut configs {
            config.env.insert("WORKFORCE_DEMO_FAULT".into(), faults.into());
            change(config);
        }
        let lock = accepted_lock();
        let digests = lock.tools.into_iter().map(|(name, binding)| (name, binding.digest)).collect();
        Self { host: StdioHost::new(configs).unwrap(), digests, directory }
    }

    async fn call(&self, tool: &str, arguments: Value) -> CallOutcome {
        let tool = ToolName(tool.into());
        let digest = self.digests.get(&tool).cloned().unwrap_or_default();
        self.host.call(ToolCall { tool, arguments, digest, look_anew: false, position: String::new() }).await
    }

    async fn answer(&self, tool: &str, arguments: Value) -> Answer {
        match self.call(tool, arguments).await {
            CallOutcome::Answered(answer) => answer,
            other => panic!("{tool}: {other:?}"),
        }
    }

    /// The result of a call that must go well.
    async fn result(&self, tool: &str, arguments: Value) -> Value {
        let answer = self.answer(tool, arguments).await;
        assert!(!answer.is_error, "{tool}: {}", answer.text);
        answer.structured.expect("demo tools answer with structured content")
    }

    /// The text of a call that the tool must refuse.
    async fn refused(&self, tool: &str, arguments: Value) -> String {
        let answer = self.answer(tool, arguments).await;
        assert!(answer.is_error, "{tool}: {}", answer.text);
        answer.text
    }

    async fn effects(&self) -> Vec<EffectRow> {
        effects(&self.directory.path().join("demo.db")).await.unwrap()
    }
}

/// The lock that the project ships.
fn accepted_lock() -> ToolsLock {
    ToolsLock::parse(&std::fs::read_to_string(lock_path()).unwrap()).unwrap()
}

fn lock_path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("directives/tools.lock")
}

/// Everything that the servers of `host` offer; all of them must answer.
async fn offered(host: &StdioHost) -> Vec<ToolDef> {
    host.list().await.into_iter().flat_map(|listing| listing.tools.unwrap()).collect()
}
