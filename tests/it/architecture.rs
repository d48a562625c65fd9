//! The invariants of `ARCHITECTURE.md` that reading the sources can enforce. Each check has a test that it can fail.
//!
//! The sources are read as text with comments and literals set apart (`strip`), which is enough for what is asked here
//! and cannot fall behind the language's grammar.

mod acts;
mod names;
mod strip;
mod tree;
mod walls;
mod wire;

pub use tree::project;

/// Fails with every finding on a line of its own.
fn assert_none(what: &str, findings: impl IntoIterator<Item = tree::Finding>) {
    let lines: Vec<String> =
        findings.into_iter().map(|finding| format!("  {}:{}: {}", finding.path, finding.line, finding.what)).collect();
    assert!(lines.is_empty(), "{what}:\n{}", lines.join("\n"));
}
