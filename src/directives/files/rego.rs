//! The policies among the files, with what is wrong with them as problems like any other's.

use std::collections::BTreeMap;

use super::{Kind, kind_of};
use crate::directives::diagnostics::{Problem, Severity};
use crate::policy::{Flaw, Policies};

/// Compiles `policies/*.rego`, the files of tests among them.
pub fn read_policies(files: &BTreeMap<String, String>, problems: &mut Vec<Problem>) -> Policies {
    let texts = files.iter().filter(|(path, _)| kind_of(path) == Kind::Policy);
    let (policies, flaws) = Policies::read(texts.map(|(path, text)| (path.as_str(), text.as_str())));
    problems.extend(flaws.into_iter().map(problem));
    policies
}

fn problem(flaw: Flaw) -> Problem {
    Problem {
        severity: if flaw.is_warning { Severity::Warning } else { Severity::Error },
        code: flaw.code.to_owned(),
        file: flaw.file,
        line: flaw.line,
        column: flaw.column,
        message: flaw.message,
        help: Some(flaw.help),
        length: flaw.length,
        related: None,
        suggestion: None,
    }
}
