//! What an approval is bound to: everything that would change what happens.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Proposal, Requester};
use crate::catalogue::canonical;
use crate::ids::TaskId;

/// What is known of the other side of a call, at planning and again at execution.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outside {
    /// Who the server is: its command or address, and the name that it gives itself.
    pub server: String,
    /// Of the tool's definition, as the server gives it now.
    pub tool_digest: String,
    /// The credential's name, never its value.
    pub credential: Option<String>,
    /// Of the thing that the call is about, where a tool can tell it.
    pub target_version: Option<String>,
}

/// All that an approver's word is about.
#[derive(Debug, Clone, Copy)]
pub struct Bound<'a> {
    pub proposal: &'a Proposal,
    pub task: TaskId,
    pub outside: &'a Outside,
}

/// `sha256:` and hex over the canonical JSON (RFC 8785) of all parts. Spelling and order of the arguments change nothing.
pub fn digest(bound: &Bound<'_>) -> String {
    let Bound { proposal, task, outside } = bound;
    let requester = proposal
        .requester
        .as_ref()
        .map_or(Value::Null, |Requester { handle, account }| json!({"handle": handle, "account": account}));
    canonical::digest(&json!({
        "server": outside.server,
        "tool": proposal.tool,
        "definition": outside.tool_digest,
        "arguments": proposal.arguments,
        "credential": outside.credential,
        "version": outside.target_version,
        "worker": proposal.worker,
        "actor": proposal.actor,
        "requester": requester,
        "task": task,
    }))
}
