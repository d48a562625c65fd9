//! The policies' own tests: rules whose names begin with `test_`, each of which must be true, as with `opa test`.

use super::engine::{Broken, Policies};
use super::source::TEST_PREFIX;

/// One test and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trial {
    pub file: String,
    pub line: u32,
    /// As a reference: `data.workforce.refunds_test.test_at_night`.
    pub name: String,
    pub outcome: Outcome,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Passed,
    /// False, or without a value.
    Failed,
    /// It could not be evaluated.
    Broken(String),
}

impl Policies {
    /// The tests of all files, in the order of files and lines, as `name` and where it stands.
    pub fn tests(&self) -> Vec<(String, u32, String)> {
        let mut tests: Vec<(String, u32, String)> = Vec::new();
        for file in self.whole.iter().flat_map(|compiled| &compiled.files) {
            for head in file.heads.iter().filter(|head| head.name.starts_with(TEST_PREFIX) && !head.is_function) {
                let name = format!("{}.{}", file.package, head.name);
                if !tests.iter().any(|(_, _, known)| *known == name) {
                    tests.push((file.file.clone(), head.line, name));
                }
            }
        }
        tests
    }

    /// Runs one test. The input is empty; a test brings its own with `with input as …`.
    pub fn try_test(&self, (file, line, name): &(String, u32, String)) -> Trial {
        let evaluated =
            self.whole.as_ref().map(|compiled| compiled.evaluate("{}", |engine| engine.eval_rule(name.clone())));
        let outcome = match evaluated.unwrap_or(Err(Broken::OutOfTime)) {
            Ok(value) if value == regorus::Value::from(true) => Outcome::Passed,
            Ok(_) => Outcome::Failed,
            Err(Broken::OutOfTime) => Outcome::Broken("it took too long".to_owned()),
            Err(Broken::Failed { what, .. }) => Outcome::Broken(what),
        };
        Trial { file: file.clone(), line: *line, name: name.clone(), outcome }
    }
}
