//! `workforce policy`: running the tests that stand beside the policies, with the output that `opa test` gives.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;
use serde_json::{Value, json};

use super::check::told;
use crate::directives::diagnostics::Severity;
use crate::directives::files::rego::read_policies;
use crate::flow::directory::read_directory;
use crate::policy::{Outcome, Trial};

/// The exit status when a test failed.
const EXIT_FAILED: u8 = 1;
/// The line between the tests and their count.
const RULE: &str = "--------------------------------------------------------------------------------";

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the rules whose names begin with test_; exits 1 if one of them fails
    Test(TestArgs),
}

#[derive(Debug, clap::Args)]
struct TestArgs {
    /// The directory of the directives
    #[arg(value_name = "DIR", default_value = "directives")]
    dir: PathBuf,
    /// Name every test, not only those that fail
    #[arg(short, long)]
    verbose: bool,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let Command::Test(options) = args.command;
    let Some(trials) = trials(&options.dir) else { return Ok(ExitCode::from(super::EXIT_BROKEN)) };
    match options.format {
        Format::Text => print!("{}", as_text(&trials, options.verbose)),
        Format::Json => println!("{}", serde_json::to_string_pretty(&as_json(&trials))?),
    }
    if trials.is_empty() {
        let dir = options.dir.display();
        eprintln!(
            "{dir} holds no tests of policies; write rules whose names begin with test_ in policies/NAME_test.rego."
        );
    }
    let passed = trials.iter().all(|trial| trial.outcome == Outcome::Passed);
    Ok(if passed { ExitCode::SUCCESS } else { ExitCode::from(EXIT_FAILED) })
}

/// `None` where the policies cannot be read; what is wrong was said then.
fn trials(dir: &Path) -> Option<Vec<Trial>> {
    let mut problems = Vec::new();
    let policies = match read_directory(dir) {
        Ok(files) => read_policies(&files, &mut problems),
        Err(unreadable) => {
            eprint!("{}", told(&unreadable, dir));
            return None;
        }
    };
    eprint!("{}", told(&problems, dir));
    let broken = problems.iter().any(|problem| problem.severity == Severity::Error);
    (!broken).then(|| policies.tests().iter().map(|test| policies.try_test(test)).collect())
}

fn as_text(trials: &[Trial], verbose: bool) -> String {
    let mut out = String::new();
    let mut file = "";
    for trial in trials.iter().filter(|trial| verbose || trial.outcome != Outcome::Passed) {
        if trial.file != file {
            file = &trial.file;
            let _ = writeln!(out, "{file}:");
        }
        let _ = match &trial.outcome {
            Outcome::Passed => writeln!(out, "{}: PASS", trial.name),
            Outcome::Failed => writeln!(out, "{}: FAIL (line {})", trial.name, trial.line),
            Outcome::Broken(why) => writeln!(out, "{}: ERROR (line {})\n  {why}", trial.name, trial.line),
        };
    }
    let count = |is: fn(&Outcome) -> bool| trials.iter().filter(|trial| is(&trial.outcome)).count();
    let counts = [
        ("PASS", count(|outcome| matches!(outcome, Outcome::Passed))),
        ("FAIL", count(|outcome| matches!(outcome, Outcome::Failed))),
        ("ERROR", count(|outcome| matches!(outcome, Outcome::Broken(_)))),
    ];
    if !out.is_empty() {
        let _ = writeln!(out, "{RULE}");
    }
    for (word, count) in counts.into_iter().filter(|(word, count)| *count > 0 || *word == "PASS") {
        let _ = writeln!(out, "{word}: {count}/{}", trials.len());
    }
    out
}

fn as_json(trials: &[Trial]) -> Value {
    let one = |trial: &Trial| {
        let (package, name) = trial.name.rsplit_once('.').unwrap_or(("", &trial.name));
        let mut told = json!({
            "location": {"file": trial.file, "row": trial.line, "col": 1},
            "package": package,
            "name": name,
        });
        match &trial.outcome {
            Outcome::Passed => {}
            Outcome::Failed => told["fail"] = json!(true),
            Outcome::Broken(why) => told["error"] = json!({"message": why}),
        }
        told
    };
    Value::Array(trials.iter().map(one).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_reads_as_that_of_opa() {
        let trial = |line, name: &str, outcome| Trial {
            file: "policies/refunds_test.rego".into(),
            line,
            name: format!("data.workforce.refunds_test.{name}"),
            outcome,
        };
        let trials = [
            trial(3, "test_small", Outcome::Passed),
            trial(7, "test_large", Outcome::Failed),
            trial(9, "test_odd", Outcome::Broken("division by zero".into())),
        ];
        insta::assert_snapshot!(as_text(&trials, true), @r"
        policies/refunds_test.rego:
        data.workforce.refunds_test.test_small: PASS
        data.workforce.refunds_test.test_large: FAIL (line 7)
        data.workforce.refunds_test.test_odd: ERROR (line 9)
          division by zero
        --------------------------------------------------------------------------------
        PASS: 1/3
        FAIL: 1/3
        ERROR: 1/3
        ");
        assert_eq!(as_text(&trials[..1], false), "PASS: 1/1\n");
        assert_eq!(as_json(&trials)[1]["fail"], true);
        assert_eq!(as_json(&trials)[0]["package"], "data.workforce.refunds_test");
    }

    #[test]
    fn a_folder_without_policies_has_no_tests_and_a_broken_one_no_answer() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(trials(dir.path()), Some(Vec::new()));
        std::fs::create_dir(dir.path().join("policies")).unwrap();
        std::fs::write(dir.path().join("policies/a.rego"), "package workforce\ndeny contains").unwrap();
        assert_eq!(trials(dir.path()), None);
    }
}
