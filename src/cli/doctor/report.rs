//! What was found, for people and for programs.

use std::fmt::Write as _;

use serde_json::json;

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Fine,
    /// It works, and something should be looked at.
    Warns,
    Fails,
    /// It could not be checked, or nobody asked for it.
    Skipped,
}

impl State {
    fn as_str(self) -> &'static str {
        match self {
            Self::Fine => "ok",
            Self::Warns => "warning",
            Self::Fails => "failed",
            Self::Skipped => "skipped",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    name: &'static str,
    state: State,
    /// What was found.
    what: String,
    /// How to mend it; empty where nothing is to be mended.
    mend: String,
}

impl Check {
    pub fn of(name: &'static str, state: State, what: impl Into<String>) -> Self {
        Self { name, state, what: what.into(), mend: String::new() }
    }

    pub fn fine(name: &'static str, what: impl Into<String>) -> Self {
        Self::of(name, State::Fine, what)
    }

    pub fn warns(name: &'static str, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { mend: mend.into(), ..Self::of(name, State::Warns, what) }
    }

    pub fn fails(name: &'static str, what: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { mend: mend.into(), ..Self::of(name, State::Fails, what) }
    }
}

#[derive(Debug, Default)]
pub struct Report(Vec<Check>);

impl Report {
    pub fn add(&mut self, check: Check) {
        self.0.push(check);
    }

    pub fn fails(&self) -> bool {
        self.0.iter().any(|check| check.state == State::Fails)
    }

    pub fn to_text(&self) -> String {
        let mut out = String::new();
        for check in &self.0 {
            // Writing into a String cannot fail.
            let _ = writeln!(out, "{:8} {:12} {}", check.state.as_str(), check.name, check.what);
            if !check.mend.is_empty() {
                let _ = writeln!(out, "{:21} → {}", "", check.mend);
            }
        }
        let failed = self.0.iter().filter(|check| check.state == State::Fails).count();
        let warned = self.0.iter().filter(|check| check.state == State::Warns).count();
        let _ = writeln!(out, "\n{} checks, {failed} failed, {warned} with a warning.", self.0.len());
        out
    }

    pub fn to_json(&self) -> String {
        let checks = self.0.iter().map(|check| {
            json!({ "check": check.name, "state": check.state.as_str(), "what": check.what, "mend": check.mend })
        });
        format!("{}\n", json!({ "ok": !self.fails(), "checks": checks.collect::<Vec<_>>() }))
    }
}
