//! `directives/tools.lock`: the tools that a human looked at, and what was decided about each.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Class, ToolDef, ToolName, canonical, own};

/// What the lock holds of one tool.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Binding {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub input_schema: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_schema: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annotations: Option<Value>,
    /// What counts, whatever the server says of itself.
    pub class: Class,
    /// The argument that carries an idempotency key, if the server honours one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_arg: Option<String>,
    /// The read-only tool that tells, by idempotency key, whether a call happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probe: Option<ToolName>,
    /// The read-only tool that tells a target's version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version_of: Option<ToolName>,
    /// SHA-256 over the canonical JSON of all that came from the server.
    pub digest: String,
}

/// The file as a whole: `{"tools": {"billing.refund": {…}}}`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToolsLock {
    #[serde(default)]
    pub tools: BTreeMap<ToolName, Binding>,
}

/// A tool as the rest of the system sees it: name, definition and what counts about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tool {
    pub name: ToolName,
    pub binding: Binding,
}

/// The set of known tools, by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalogue {
    tools: BTreeMap<ToolName, Tool>,
}

/// The lock could not be read.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    #[error("tools.lock is not what `workforce tools lock` writes: {0}")]
    NotALock(#[from] serde_json::Error),
    #[error("the tools file needs an object whose `tools` is a list, as an MCP server's tools/list returns it")]
    NotAToolList,
    #[error("“{0}” is not qualified; write server.tool")]
    Unqualified(String),
    #[error("the tool “{0}” is listed twice")]
    Twice(String),
}

impl ToolsLock {
    pub fn parse(text: &str) -> Result<Self, LockError> {
        let lock: Self = serde_json::from_str(text)?;
        lock.tools.keys().try_for_each(check_name)?;
        Ok(lock)
    }

    /// The file's text: pretty JSON in a fixed order, so that a diff shows what changed.
    pub fn to_text(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("the lock holds only JSON values");
        text.push('\n');
        text
    }
}

impl Binding {
    /// Takes a definition into the lock at the class that its annotations claim, never lower than `floor`.
    pub fn of(def: &ToolDef, floor: Class) -> Self {
        Self {
            title: def.title.clone(),
            description: def.description.clone(),
            input_schema: def.input_schema.clone(),
            output_schema: def.output_schema.clone(),
            annotations: def.annotations.clone(),
            class: Class::claimed_by(def.annotations.as_ref()).max(floor),
            idempotency_arg: None,
            probe: None,
            version_of: None,
            digest: def.digest(),
        }
    }
}

impl ToolDef {
    /// The digest over everything that the server said of this tool.
    pub fn digest(&self) -> String {
        canonical::digest(&json!({
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "inputSchema": self.input_schema,
            "outputSchema": self.output_schema,
            "annotations": self.annotations,
        }))
    }
}

impl Catalogue {
    pub fn from_lock(lock: ToolsLock) -> Self {
        let tools = lock.tools.into_iter().map(|(name, binding)| (name.clone(), Tool { name, binding })).collect();
        Self { tools }
    }

    /// Reads `--tools FILE`: a JSON object whose `tools` is a list as `tools/list` returns it, names qualified.
    pub fn from_tool_list(text: &str) -> Result<Self, LockError> {
        let value: Value = serde_json::from_str(text)?;
        let list = value.get("tools").and_then(Value::as_array).ok_or(LockError::NotAToolList)?;
        let mut tools = BTreeMap::new();
        for item in list {
            let def: ToolDef = serde_json::from_value(item.clone())?;
            check_name(&def.name)?;
            let binding = Binding::of(&def, Class::Read);
            let name = def.name.clone();
            if tools.insert(name.clone(), Tool { name: name.clone(), binding }).is_some() {
                return Err(LockError::Twice(name.0));
            }
        }
        Ok(Self { tools })
    }

    pub fn get(&self, name: &ToolName) -> Option<&Tool> {
        self.tools.get(name).or_else(|| own::get(name).filter(|_| !self.has_server(name.server())))
    }

    fn has_server(&self, server: &str) -> bool {
        self.tools.keys().any(|name| name.server() == server)
    }

    /// Those of servers, and those of our own that no server takes the place of.
    pub fn with_own(&self) -> impl Iterator<Item = &Tool> {
        self.tools.values().chain(own::iter().filter(|tool| !self.has_server(tool.name.server())))
    }

    /// Those of servers.
    pub fn iter(&self) -> impl Iterator<Item = &Tool> {
        self.tools.values()
    }

    pub fn is_empty(&self) -> bool {
        self.tools.is_empty()
    }

    /// All tools that `pattern` (`billing.refund` or `billing.*`) covers, in the order of their names.
    pub fn matching<'a>(&'a self, pattern: &'a str) -> impl Iterator<Item = &'a Tool> + 'a {
        self.with_own().filter(move |tool| tool.name.matches(pattern))
    }
}

fn check_name(name: &ToolName) -> Result<(), LockError> {
    if name.server().is_empty() || name.local().is_empty() {
        return Err(LockError::Unqualified(name.0.clone()));
    }
    Ok(())
}
