//! `workforce rehearse`: plays the rehearsals of a folder of directives, two sections at once, and compares.

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use serde_json::json;

use super::corrections::{Case, tried};
use super::replay::Place;
use crate::config::environment;
use crate::directives::files::read_set;
use crate::flow::directory::read_directory;
use crate::rehearsals::transcript::{self, Paint};
use crate::rehearsals::{CannotRehearse, Company, Outcome, Rehearsal, rehearse};
use crate::routing::store::corrections;

/// The exit status when something differs.
const EXIT_DIFFERS: u8 = 1;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The directory of the directives
    #[arg(value_name = "DIR", default_value = "directives")]
    dir: PathBuf,
    /// Play this file only: a name such as refunds.md, or a path
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Also route again what people corrected in this database of a bot, sqlite:FILE or postgres://…
    #[arg(long, value_name = "URL")]
    corrections: Option<String>,
    /// Print the conversations too, not only what differs
    #[arg(long)]
    transcript: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Plays; exits 1 when something differs.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let company = Company::of_folder(&args.dir).map_err(|error| with_problems(error, &args.dir))?;
    let rehearsals = chosen(company.rehearsals()?, &args)?;
    let program = std::env::current_exe().context("this program cannot be found, so its tool servers cannot start")?;
    let dir = tempfile::tempdir().context("there is no place for the rehearsals' databases")?;
    let tell = |outcome: &Outcome| match args.format {
        Format::Text => print!("{}", line(outcome, args.transcript, paint())),
        Format::Json => {}
    };
    let playing = async { Ok(rehearse(&company, &rehearsals, &program, dir.path(), tell).await?) };
    let outcomes = super::block_on(playing)?;
    let cases = match &args.corrections {
        Some(database) => super::block_on(corrected(database, &args.dir))?,
        None => Vec::new(),
    };
    let text = match args.format {
        Format::Text => format!("{}{}", cases.iter().map(Case::line).collect::<String>(), ending(&outcomes, paint())),
        Format::Json => as_json(&outcomes, &cases)?,
    };
    std::io::stdout().write_all(text.as_bytes()).context("the output cannot be written")?;
    let held = outcomes.iter().all(Outcome::passed) && cases.iter().all(|case| case.passed);
    Ok(if held { ExitCode::SUCCESS } else { ExitCode::from(EXIT_DIFFERS) })
}

/// What people corrected, tried again by the directives of the folder.
async fn corrected(database: &str, dir: &std::path::Path) -> anyhow::Result<Vec<Case>> {
    let place = Place { directives: dir.to_owned(), database: database.to_owned() };
    let store = place.open().await?;
    let (log, now) = (corrections(&store).await?, store.clock().await?);
    store.close().await;
    let today = now.to_utc().date_naive();
    let set = read_directory(dir).and_then(|texts| read_set(&texts, today));
    let set = set.map_err(|problems| with_problems(CannotRehearse::Directives(problems), dir))?;
    Ok(tried(&log, &set, now))
}

/// Colours on a terminal, unless somebody does not want them.
pub(super) fn paint() -> Paint {
    Paint { colour: std::io::stdout().is_terminal() && environment("NO_COLOR").is_none() }
}

/// Broken directives are told as `check` tells them.
pub(super) fn with_problems(error: CannotRehearse, dir: &std::path::Path) -> anyhow::Error {
    match error {
        CannotRehearse::Directives(problems) => {
            let told = super::check::told(&problems, dir);
            anyhow::Error::msg(format!("the directives cannot be put in force\n\n{told}"))
        }
        other => other.into(),
    }
}

fn chosen(all: Vec<Rehearsal>, args: &Args) -> anyhow::Result<Vec<Rehearsal>> {
    let Some(wanted) = &args.file else {
        anyhow::ensure!(!all.is_empty(), "{} holds no rehearsals; write one in rehearsals/NAME.md", args.dir.display());
        return Ok(all);
    };
    let name = wanted.file_name().unwrap_or_default();
    let files: Vec<String> = all.iter().map(|one| one.file.clone()).collect();
    let found: Vec<Rehearsal> =
        all.into_iter().filter(|one| std::path::Path::new(&one.file).file_name() == Some(name)).collect();
    anyhow::ensure!(!found.is_empty(), "there is no rehearsal {}; there is: {}", wanted.display(), files.join(", "));
    Ok(found)
}

/// What is told of a section as soon as it ended.
fn line(outcome: &Outcome, whole: bool, paint: Paint) -> String {
    if whole {
        return transcript::section(outcome, paint);
    }
    let word = if outcome.passed() { "ok     " } else { "DIFFERS" };
    format!("{word} {}:{} {}\n", outcome.file, outcome.line, outcome.title)
}

fn ending(outcomes: &[Outcome], paint: Paint) -> String {
    let mut out = String::new();
    for outcome in outcomes.iter().filter(|outcome| !outcome.passed()) {
        out.push('\n');
        out.push_str(&transcript::differences(outcome, paint));
    }
    out.push_str(&format!("\n{}\n", tally(outcomes)));
    out
}

/// "18 conversations as written, 1 otherwise."
pub(super) fn tally(outcomes: &[Outcome]) -> String {
    let passed = outcomes.iter().filter(|outcome| outcome.passed()).count();
    let noun = if passed == 1 { "conversation" } else { "conversations" };
    match outcomes.len() - passed {
        0 => format!("{passed} {noun} went as written."),
        failed => format!("{passed} {noun} went as written, {failed} otherwise."),
    }
}

fn as_json(outcomes: &[Outcome], cases: &[Case]) -> anyhow::Result<String> {
    let section = |outcome: &Outcome| {
        json!({
            "file": outcome.file, "line": outcome.line, "title": outcome.title, "passed": outcome.passed(),
            "failures": outcome.failures, "transcript": transcript::section(outcome, Paint::PLAIN),
        })
    };
    let sections: Vec<_> = outcomes.iter().map(section).collect();
    let corrections: Vec<_> = cases.iter().map(Case::to_json).collect();
    let passed = outcomes.iter().all(Outcome::passed) && cases.iter().all(|case| case.passed);
    let whole = json!({ "passed": passed, "sections": sections, "corrections": corrections });
    Ok(format!("{}\n", serde_json::to_string_pretty(&whole).context("the outcome cannot be written as JSON")?))
}
