//! `workforce check`: what is wrong with the directives, and how each sentence was read.

mod lock;
mod sarif;

use std::collections::BTreeMap;
use std::io::IsTerminal as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use anyhow::Context as _;
use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::catalogue::Catalogue;
use crate::clock::Clock;
use crate::directives::diagnostics::{Problem, Severity};
use crate::directives::workflow::Workflow;
use crate::directives::{Directives, IN_FORCE, Reading, files};
use crate::flow::directory::read_directory;

/// How often `--watch` looks whether a file changed.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// The exit status when the directives hold an error.
const EXIT_ERRORS: u8 = 1;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The directory of the directives
    #[arg(value_name = "DIR", default_value = "directives")]
    dir: PathBuf,
    /// Print every sentence with what it means
    #[arg(long)]
    readings: bool,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Take the tools from this file instead of tools.lock: an object whose `tools` is a list as tools/list returns it
    #[arg(long, value_name = "FILE")]
    tools: Option<PathBuf>,
    /// The day that dates are judged by (default: today)
    #[arg(long, value_name = "DATE")]
    at: Option<NaiveDate>,
    /// Check again whenever a file changes, until Ctrl-C
    #[arg(long, conflicts_with_all = ["write_lock"])]
    watch: bool,
    /// Write readings.lock beside the directives: every rule as it is read, for reviews of what an edit changed in meaning
    #[arg(long)]
    write_lock: bool,
    /// Fail unless readings.lock is there and says what is read now; for CI
    #[arg(long, conflicts_with = "write_lock")]
    locked: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
    /// SARIF 2.1.0, which code reviews show beside the line
    Sarif,
}

/// What a check found.
struct Report {
    set: Option<Directives>,
    problems: Vec<Problem>,
    files: BTreeMap<String, String>,
}

/// Checks a folder; exits 1 when it holds an error.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    if args.watch { super::block_on(watch(args)) } else { once(&args) }
}

/// Checks at every change, until told to stop; the status is that of the last check.
async fn watch(args: Args) -> anyhow::Result<ExitCode> {
    let mut status = once(&args)?;
    let mut texts = read_directory(&args.dir).ok();
    let mut every = tokio::time::interval(LOOK_EVERY);
    let told = super::serve::told_to_stop();
    tokio::pin!(told);
    loop {
        tokio::select! {
            told = &mut told => return told.map(|()| status),
            _tick = every.tick() => {}
        }
        let now = read_directory(&args.dir).ok();
        if now != texts {
            texts = now;
            status = once(&args)?;
        }
    }
}

fn once(args: &Args) -> anyhow::Result<ExitCode> {
    let catalogue = args.tools.as_deref().map(read_tools).transpose()?;
    let today = args.at.unwrap_or_else(|| Clock::system().now().to_utc().date_naive());
    let mut report = report(&args.dir, catalogue, today);
    let broken = |report: &Report| report.problems.iter().any(|problem| problem.severity == Severity::Error);
    if let Some(set) = &report.set {
        if args.write_lock && !broken(&report) {
            let path = args.dir.join(lock::FILE);
            std::fs::write(&path, lock::of(set)).with_context(|| format!("{} cannot be written", path.display()))?;
        }
        report.problems.extend(lock::differences(&args.dir, set, args.locked));
    }
    let text = match args.format {
        Format::Json => as_json(&report)?,
        Format::Sarif => format!("{}\n", sarif::of(&report.problems, &args.dir)),
        Format::Text => {
            let styled = std::io::stdout().is_terminal();
            as_text(&report, &args.dir, args.readings, styled)
        }
    };
    std::io::stdout().write_all(text.as_bytes()).context("the output cannot be written")?;
    Ok(if broken(&report) { ExitCode::from(EXIT_ERRORS) } else { ExitCode::SUCCESS })
}

/// The catalogue of `--tools FILE`.
pub fn read_tools(path: &Path) -> anyhow::Result<Catalogue> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    Catalogue::from_tool_list(&text).with_context(|| format!("{} holds no list of tools", path.display()))
}

fn report(dir: &Path, catalogue: Option<Catalogue>, today: NaiveDate) -> Report {
    match read_directory(dir) {
        Ok(texts) => {
            let (set, problems) = files::read_all(&texts, catalogue, today);
            Report { set: Some(set), problems, files: texts }
        }
        Err(problems) => Report { set: None, problems, files: BTreeMap::new() },
    }
}

fn as_json(report: &Report) -> anyhow::Result<String> {
    let readings: Vec<Value> =
        readings(report).map(reading_json).collect::<Result<_, _>>().context("a reading cannot be written as JSON")?;
    let workflows = report.set.as_ref().map(|set| set.workflows.as_slice()).unwrap_or_default();
    let whole = json!({ "readings": readings, "problems": report.problems, "workflows": workflows });
    Ok(format!("{whole}\n"))
}

fn reading_json(reading: &Reading) -> Result<Value, serde_json::Error> {
    Ok(json!({
        "file": reading.origin.file,
        "line": reading.origin.line,
        "column": reading.origin.column,
        "text": reading.origin.text,
        "paraphrase": reading.paraphrase,
        "reading": serde_json::to_value(&reading.rule)?,
    }))
}

fn readings(report: &Report) -> impl Iterator<Item = &Reading> {
    report.set.iter().flat_map(|set| set.readings.iter())
}

fn as_text(report: &Report, dir: &Path, with_readings: bool, styled: bool) -> String {
    let mut out = String::new();
    if with_readings {
        for reading in readings(report) {
            let origin = &reading.origin;
            let path = dir.join(&origin.file);
            out.push_str(&format!("{}:{}:{}: {}\n", path.display(), origin.line, origin.column, origin.text));
            let force = if IN_FORCE.contains(&reading.rule.kind()) { "" } else { " (read, not in force)" };
            out.push_str(&format!("    → {}{force}\n", reading.paraphrase));
        }
        for workflow in report.set.iter().flat_map(|set| &set.workflows) {
            out.push_str(&workflow_text(workflow, dir));
        }
        out.push('\n');
    }
    let renderer = if styled { Renderer::styled() } else { Renderer::plain() }.decor_style(DecorStyle::Ascii);
    for problem in &report.problems {
        let text = report.files.get(&problem.file).map_or("", String::as_str);
        out.push_str(&draw(problem, text, dir, &renderer));
        out.push_str("\n\n");
    }
    let count = |severity| report.problems.iter().filter(|problem| problem.severity == severity).count();
    let plural = |n: usize, what: &str| if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") };
    out.push_str(&format!(
        "{} in {}, {}, {}.\n",
        plural(readings(report).count(), "reading"),
        plural(report.files.keys().filter(|path| path.ends_with(".md")).count(), "file"),
        plural(count(Severity::Error), "error"),
        plural(count(Severity::Warning), "warning"),
    ));
    out
}

/// A workflow with its trigger and each step as it is read.
fn workflow_text(workflow: &Workflow, dir: &Path) -> String {
    let path = dir.join(&workflow.file);
    let when = match (&workflow.clock, workflow.when.is_empty()) {
        (Some(clock), _) => format!("by the clock, `{}`", clock.cron),
        (None, true) => "only by its name".to_owned(),
        (None, false) => serde_json::to_string(&workflow.when).unwrap_or_default(),
    };
    let mut out = format!("{}:{}: {}\n", path.display(), workflow.line, workflow.text);
    out.push_str(&format!("    → The workflow {} starts {when}.\n", workflow.name));
    for step in &workflow.steps {
        out.push_str(&format!(
            "{}:{}: {}\n    → {}. {}\n",
            path.display(),
            step.line,
            step.text,
            step.n,
            step.paraphrase
        ));
    }
    out
}

/// Problems as `check` draws them, for other commands that stop at a broken set; the files are read from `dir` again.
pub(super) fn told(problems: &[Problem], dir: &Path) -> String {
    let renderer = Renderer::plain().decor_style(DecorStyle::Ascii);
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error);
    let drawn = errors.map(|problem| {
        let text = std::fs::read_to_string(dir.join(&problem.file)).unwrap_or_default();
        draw(problem, &text, dir, &renderer)
    });
    drawn.collect::<Vec<_>>().join("\n\n")
}

/// One problem with its place, the source line, what is wrong and how to mend it.
fn draw(problem: &Problem, text: &str, dir: &Path, renderer: &Renderer) -> String {
    let level = match problem.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note => Level::NOTE,
    };
    let path = dir.join(&problem.file).display().to_string();
    let span = span_of(problem, text);
    let snippet = Snippet::source(text).path(path).annotation(AnnotationKind::Primary.span(span));
    let mut group = level.primary_title(problem.message.as_str()).id(problem.code.as_str()).element(snippet);
    if let Some(related) = &problem.related {
        group = group.element(Level::NOTE.message(format!("the other place is {}", dir.join(related).display())));
    }
    if let Some(help) = &problem.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    if let Some(suggestion) = &problem.suggestion {
        group = group.element(Level::HELP.message(format!("this would be read: {suggestion}")));
    }
    renderer.render(&[group])
}

/// The bytes of the file that a problem marks.
fn span_of(problem: &Problem, text: &str) -> std::ops::Range<usize> {
    let line = usize::try_from(problem.line).unwrap_or(1).saturating_sub(1);
    let before: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let rest = text[before..].lines().next().unwrap_or_default();
    let column = usize::try_from(problem.column).unwrap_or(1).saturating_sub(1);
    let length = usize::try_from(problem.length).unwrap_or(0);
    let at = |n: usize| rest.char_indices().nth(n).map_or(rest.len(), |(at, _)| at);
    before + at(column)..before + at(column + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMPANY: &str = "# Acme\n\n## Who is who\n\n- Kim Osei (@kim), managing director\n- Ana Silva (@ana), clerk, reports to @kmi\n\n\
                           The triage person is @kim.\n\nAlways be polite.\n";

    fn checked(files: &[(&str, &str)]) -> Report {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(dir.path().join(name), text).unwrap();
        }
        report(dir.path(), None, NaiveDate::from_ymd_opt(2026, 11, 20).unwrap())
    }

    #[test]
    fn a_problem_is_drawn_with_its_line_and_how_to_mend_it() {
        let text = as_text(&checked(&[("company.md", COMPANY)]), Path::new("directives"), false, false);
        assert_eq!(
            text,
            "error[unknown-person]: nobody is called “@kmi”
 --> directives/company.md:6:39
  |
6 | - Ana Silva (@ana), clerk, reports to @kmi
  |                                       ^^^^
  |
  = help: did you mean @kim?

1 reading in 1 file, 1 error, 0 warnings.
"
        );
    }

    #[test]
    fn json_has_the_contracts_three_lists() {
        let report = checked(&[("company.md", COMPANY)]);
        let value: Value = serde_json::from_str(&as_json(&report).unwrap()).unwrap();
        assert_eq!(value["workflows"], json!([]));
        let reading = &value["readings"][0];
        assert_eq!(
            (&reading["file"], &reading["line"], &reading["column"]),
            (&json!("company.md"), &json!(10), &json!(1))
        );
        assert_eq!(
            (&reading["text"], &reading["reading"]),
            (&json!("Always be polite."), &json!({"kind": "guidance"}))
        );
        let problem = &value["problems"][0];
        let want = json!({"severity": "error", "code": "unknown-person", "file": "company.md", "line": 6, "column": 39,
                          "message": "nobody is called “@kmi”", "help": "did you mean @kim?"});
        assert_eq!(*problem, want);
    }

    #[test]
    fn a_folder_that_is_not_there_is_a_problem_and_no_panic() {
        let report = report(Path::new("/nowhere/at/all"), None, NaiveDate::default());
        assert!(as_text(&report, Path::new("x"), true, false).contains("error[no-directory]"));
    }
}
