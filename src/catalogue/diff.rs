//! What servers offer now against what a human accepted, and the one way in which the lock changes.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde_json::Value;

use super::{Binding, Class, ToolDef, ToolName, ToolsLock};

/// One difference between the lock and what the servers offer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Offered, and not in the lock.
    New(Box<ToolDef>),
    /// In both, with different definitions; `what` names the parts that differ.
    Changed { def: Box<ToolDef>, what: Vec<&'static str> },
    /// In the lock, and no longer offered.
    Gone(ToolName),
}

/// Why a tool that a server offers may not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hold {
    /// No human has looked at it yet.
    NotAccepted,
    /// Its definition is no longer the one that a human looked at.
    Changed,
}

/// What a human decides about one tool beyond accepting it: `billing.refund:idempotency_arg=idempotency_key`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    pub tool: ToolName,
    pub key: SettingKey,
    /// The new value; empty takes the present one away.
    pub value: String,
}

/// The keys of the lock that come from a human and not from a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingKey {
    Class,
    IdempotencyArg,
    Probe,
    VersionOf,
}

/// A setting that cannot be read or does not fit the tools.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingError {
    #[error(
        "“{0}” is no setting; write server.tool:key=value, with the key class, idempotency_arg, probe or version_of"
    )]
    Unreadable(String),
    #[error("there is no tool {0} to set anything for; `workforce tools list` shows those that there are")]
    UnknownTool(ToolName),
    #[error("“{0}” is no class; write read, write or destructive")]
    UnknownClass(String),
    #[error("{tool} says of itself that it is {claimed}; the lock may only raise that, not lower it to {asked}")]
    Lowered { tool: ToolName, claimed: Class, asked: Class },
    #[error("{tool} has no text argument called {argument}")]
    NoSuchArgument { tool: ToolName, argument: String },
    #[error("{wanted} cannot serve {tool}: it must be a read-only tool in the lock")]
    NotReadOnly { tool: ToolName, wanted: String },
}

/// All differences, in the order of the tools' names. Give it only what the servers that answered are responsible for: see
/// [`ToolsLock::of_servers`].
pub fn diff(lock: &ToolsLock, live: &[ToolDef]) -> Vec<Change> {
    let live: BTreeMap<&ToolName, &ToolDef> = live.iter().map(|def| (&def.name, def)).collect();
    let mut changes: BTreeMap<&ToolName, Change> = BTreeMap::new();
    for (name, def) in &live {
        match lock.tools.get(*name) {
            None => drop(changes.insert(name, Change::New(Box::new((*def).clone())))),
            Some(binding) if binding.digest != def.digest() => {
                let change = Change::Changed { def: Box::new((*def).clone()), what: parts_that_differ(binding, def) };
                changes.insert(name, change);
            }
            Some(_) => {}
        }
    }
    for name in lock.tools.keys().filter(|name| !live.contains_key(name)) {
        changes.insert(name, Change::Gone(name.clone()));
    }
    changes.into_values().collect()
}

/// The tools of `live` that nobody may use until a human accepts them.
pub fn held_back(lock: &ToolsLock, live: &[ToolDef]) -> BTreeMap<ToolName, Hold> {
    let hold = |def: &ToolDef| match lock.tools.get(&def.name) {
        None => Some(Hold::NotAccepted),
        Some(binding) if binding.digest != def.digest() => Some(Hold::Changed),
        Some(_) => None,
    };
    live.iter().filter_map(|def| hold(def).map(|hold| (def.name.clone(), hold))).collect()
}

/// The lock after a human accepted `changes` and asked for `settings`.
///
/// A tool that did not change keeps everything. One that changed keeps its class where that is the higher one, and those of
/// its settings that still fit. No class ends below what the tool's annotations claim.
pub fn accept(lock: &ToolsLock, changes: &[Change], settings: &[Setting]) -> Result<ToolsLock, SettingError> {
    let mut next = lock.clone();
    for change in changes {
        match change {
            Change::New(def) => drop(next.tools.insert(def.name.clone(), Binding::of(def, Class::Read))),
            Change::Changed { def, .. } => {
                let binding = renewed(next.tools.get(&def.name), def);
                next.tools.insert(def.name.clone(), binding);
            }
            Change::Gone(name) => drop(next.tools.remove(name)),
        }
    }
    // Classes first, so that a probe may be named together with the setting that makes it read-only.
    let (classes, others): (Vec<_>, Vec<_>) = settings.iter().partition(|s| s.key == SettingKey::Class);
    for setting in classes.into_iter().chain(others) {
        apply(&mut next, setting)?;
    }
    drop_dangling(&mut next);
    Ok(next)
}

impl ToolsLock {
    /// The part of the lock that the named servers answer for.
    #[must_use]
    pub fn of_servers<'a>(&self, servers: impl IntoIterator<Item = &'a str> + Clone) -> Self {
        let heard = |name: &ToolName| servers.clone().into_iter().any(|server| server == name.server());
        Self { tools: self.tools.iter().filter(|(name, _)| heard(name)).map(|(n, b)| (n.clone(), b.clone())).collect() }
    }
}

impl Change {
    pub fn tool(&self) -> &ToolName {
        match self {
            Self::New(def) | Self::Changed { def, .. } => &def.name,
            Self::Gone(name) => name,
        }
    }
}

fn renewed(old: Option<&Binding>, def: &ToolDef) -> Binding {
    let mut binding = Binding::of(def, old.map_or(Class::Read, |old| old.class));
    if let Some(old) = old {
        binding.idempotency_arg = old.idempotency_arg.clone().filter(|name| has_text_argument(&binding, name));
        binding.probe.clone_from(&old.probe);
        binding.version_of.clone_from(&old.version_of);
    }
    binding
}

fn apply(lock: &mut ToolsLock, setting: &Setting) -> Result<(), SettingError> {
    let tool = &setting.tool;
    let binding = lock.tools.get(tool).ok_or_else(|| SettingError::UnknownTool(tool.clone()))?;
    let value = Some(setting.value.clone()).filter(|value| !value.is_empty());
    let mut next = binding.clone();
    match setting.key {
        SettingKey::Class => next.class = class_not_below_claim(tool, binding, &setting.value)?,
        SettingKey::IdempotencyArg => {
            if let Some(argument) = value.as_ref().filter(|name| !has_text_argument(binding, name)) {
                return Err(SettingError::NoSuchArgument { tool: tool.clone(), argument: argument.clone() });
            }
            next.idempotency_arg = value;
        }
        SettingKey::Probe => next.probe = read_only_tool(lock, tool, value)?,
        SettingKey::VersionOf => next.version_of = read_only_tool(lock, tool, value)?,
    }
    lock.tools.insert(tool.clone(), next);
    Ok(())
}

fn class_not_below_claim(tool: &ToolName, binding: &Binding, text: &str) -> Result<Class, SettingError> {
    let asked = text.parse().map_err(|()| SettingError::UnknownClass(text.to_owned()))?;
    let claimed = Class::claimed_by(binding.annotations.as_ref());
    if asked < claimed {
        return Err(SettingError::Lowered { tool: tool.clone(), claimed, asked });
    }
    Ok(asked)
}

fn read_only_tool(lock: &ToolsLock, tool: &ToolName, value: Option<String>) -> Result<Option<ToolName>, SettingError> {
    let Some(wanted) = value else { return Ok(None) };
    let name = ToolName(wanted.clone());
    match lock.tools.get(&name) {
        Some(binding) if binding.class == Class::Read => Ok(Some(name)),
        Some(_) | None => Err(SettingError::NotReadOnly { tool: tool.clone(), wanted }),
    }
}

/// Takes away every probe and version tool that the lock no longer holds as read-only: nothing may ask through a writer.
fn drop_dangling(lock: &mut ToolsLock) {
    let reads: Vec<ToolName> =
        lock.tools.iter().filter(|(_, b)| b.class == Class::Read).map(|(name, _)| name.clone()).collect();
    for binding in lock.tools.values_mut() {
        binding.probe.take_if(|name| !reads.contains(name));
        binding.version_of.take_if(|name| !reads.contains(name));
    }
}

fn has_text_argument(binding: &Binding, name: &str) -> bool {
    let property = binding.input_schema.get("properties").and_then(|p| p.get(name));
    property.and_then(|p| p.get("type")).and_then(Value::as_str) == Some("string")
}

fn parts_that_differ(binding: &Binding, def: &ToolDef) -> Vec<&'static str> {
    let mut parts = Vec::new();
    let mut note = |differs: bool, part| {
        if differs {
            parts.push(part);
        }
    };
    note(binding.title != def.title, "title");
    note(binding.description != def.description, "description");
    note(binding.input_schema != def.input_schema, "arguments");
    note(binding.output_schema != def.output_schema, "result");
    note(binding.annotations != def.annotations, "annotations");
    if parts.is_empty() {
        parts.push("digest");
    }
    parts
}

impl SettingKey {
    pub const ALL: [Self; 4] = [Self::Class, Self::IdempotencyArg, Self::Probe, Self::VersionOf];

    /// The key as the lock spells it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Class => "class",
            Self::IdempotencyArg => "idempotency_arg",
            Self::Probe => "probe",
            Self::VersionOf => "version_of",
        }
    }
}

impl FromStr for Setting {
    type Err = SettingError;

    fn from_str(text: &str) -> Result<Self, SettingError> {
        let bad = || SettingError::Unreadable(text.to_owned());
        let (tool, rest) = text.split_once(':').ok_or_else(bad)?;
        let (key, value) = rest.split_once('=').ok_or_else(bad)?;
        let key = SettingKey::ALL.into_iter().find(|known| known.as_str() == key.trim()).ok_or_else(bad)?;
        Ok(Self { tool: ToolName(tool.trim().to_owned()), key, value: value.trim().to_owned() })
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}={}", self.tool, self.key.as_str(), self.value)
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::New(def) => write!(f, "new      {}", def.name),
            Self::Changed { def, what } => write!(f, "changed  {} ({})", def.name, what.join(", ")),
            Self::Gone(name) => write!(f, "gone     {name}"),
        }
    }
}

#[cfg(test)]
#[path = "diff_tests.rs"]
mod tests;
