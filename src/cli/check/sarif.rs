//! Problems as SARIF 2.1.0, which code reviews show beside the line (OASIS, "Static Analysis Results Interchange Format").

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

use crate::directives::diagnostics::{Problem, Severity};

/// One run with all problems. Paths are those of the directives' folder as it was given, so that a review finds the files.
pub fn of(problems: &[Problem], dir: &Path) -> Value {
    let codes: BTreeSet<&str> = problems.iter().map(|problem| problem.code.as_str()).collect();
    let rules: Vec<Value> = codes.iter().map(|code| json!({ "id": code })).collect();
    let results: Vec<Value> = problems.iter().map(|problem| result(problem, dir)).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "workforce", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn result(problem: &Problem, dir: &Path) -> Value {
    let level = match problem.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let text = match &problem.help {
        Some(help) => format!("{}; {help}", problem.message),
        None => problem.message.clone(),
    };
    let near = problem.suggestion.as_ref().map(|near| format!("; this would be read: {near}"));
    let text = text + near.as_deref().unwrap_or_default();
    // Lines and columns count from 1 in SARIF too; a problem of a whole folder stands at its beginning.
    let (line, column) = (problem.line.max(1), problem.column.max(1));
    json!({
        "ruleId": problem.code,
        "level": level,
        "message": { "text": text },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": uri(&dir.join(&problem.file)) },
            "region": { "startLine": line, "startColumn": column, "endColumn": column + problem.length.max(1) },
        }}],
    })
}

/// A path as a relative URI: forward slashes, and what a URI may not hold as its bytes.
fn uri(path: &Path) -> String {
    let text = path.to_string_lossy().replace('\\', "/");
    let mut out = String::with_capacity(text.len());
    for byte in text.trim_start_matches("./").bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_stands_at_its_place_with_its_mend() {
        let problem = Problem {
            severity: Severity::Error,
            code: "unknown-worker".to_owned(),
            file: "rules for all.md".to_owned(),
            line: 8,
            column: 41,
            message: "no worker is called “fianance manager”".to_owned(),
            help: Some("did you mean finance-manager?".to_owned()),
            length: 16,
            related: None,
            suggestion: None,
        };
        let sarif = of(&[problem], Path::new("./directives"));
        let result = &sarif["runs"][0]["results"][0];
        assert_eq!(sarif["runs"][0]["tool"]["driver"]["rules"], json!([{ "id": "unknown-worker" }]));
        assert_eq!(result["ruleId"], "unknown-worker");
        assert_eq!(result["level"], "error");
        assert_eq!(result["message"]["text"], "no worker is called “fianance manager”; did you mean finance-manager?");
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "directives/rules%20for%20all.md");
        assert_eq!(place["region"], json!({ "startLine": 8, "startColumn": 41, "endColumn": 57 }));
    }
}
