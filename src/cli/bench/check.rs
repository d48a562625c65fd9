//! `workforce bench check`: how long a set of many sentences takes to check, next to the same set without them.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use chrono::NaiveDate;

use super::super::check::read_tools;
use super::resident;
use crate::catalogue::Catalogue;
use crate::clock::Clock;
use crate::directives::files::read_all;
use crate::flow::directory::read_directory;

/// The page that holds the sentences; no company has one of that name.
const PAGE: &str = "bench-check.md";

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The directory of the directives that the sentences are read with
    #[arg(value_name = "DIR", default_value = "directives")]
    dir: PathBuf,
    /// How many sentences to check
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    sentences: usize,
    /// Take them from this file, one a line, over and over (default: the directory's own)
    #[arg(long, value_name = "FILE")]
    lines: Option<PathBuf>,
    /// How often to check; the figures are the median's and the slowest one's
    #[arg(long, value_name = "N", default_value_t = 5)]
    runs: usize,
    /// Take the tools from this file instead of tools.lock
    #[arg(long, value_name = "FILE")]
    tools: Option<PathBuf>,
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let catalogue = args.tools.as_deref().map(read_tools).transpose()?;
    let today = Clock::system().now().to_utc().date_naive();
    let mut files = read_directory(&args.dir)
        .map_err(|_| anyhow::anyhow!("{} cannot be read; `workforce check` says why", args.dir.display()))?;
    let floor = timed(&files, catalogue.as_ref(), today, args.runs);
    let lines = lines(args, &files, catalogue.as_ref(), today)?;
    anyhow::ensure!(!lines.is_empty(), "there is no sentence to check");
    let page: String = lines.iter().cycle().take(args.sentences).map(|line| format!("- {line}\n")).collect();
    files.insert(PAGE.to_owned(), page);
    let full = timed(&files, catalogue.as_ref(), today, args.runs);
    let mut out = std::io::stdout().lock();
    let median = |times: &[Duration]| times.get(times.len() / 2).copied().unwrap_or_default();
    let millis = |time: Duration| time.as_secs_f64() * 1e3;
    let (with, without) = (median(&full), median(&floor));
    writeln!(
        out,
        "{} sentences, {} of them different, beside {} files: {:.0} ms, slowest {:.0} ms\nthe files without them: {:.0} ms; \
         the sentences alone: {:.0} ms, {:.0} µs each",
        args.sentences,
        lines.len().min(args.sentences),
        files.len() - 1,
        millis(with),
        millis(full.last().copied().unwrap_or_default()),
        millis(without),
        millis(with.saturating_sub(without)),
        millis(with.saturating_sub(without)) * 1e3 / args.sentences.max(1) as f64,
    )
    .context("the output cannot be written")?;
    if let Some(mib) = resident() {
        writeln!(out, "{mib:.0} MiB resident").context("the output cannot be written")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// How long each run took, the shortest first.
fn timed(
    files: &BTreeMap<String, String>,
    catalogue: Option<&Catalogue>,
    today: NaiveDate,
    runs: usize,
) -> Vec<Duration> {
    let mut taken: Vec<Duration> = (0..runs.max(1))
        .map(|_| {
            let started = Instant::now();
            std::hint::black_box(read_all(files, catalogue.cloned(), today));
            started.elapsed()
        })
        .collect();
    taken.sort_unstable();
    taken
}

/// The sentences of the file that was named, or those of the directory that are rules.
fn lines(
    args: &Args,
    files: &BTreeMap<String, String>,
    catalogue: Option<&Catalogue>,
    today: NaiveDate,
) -> anyhow::Result<Vec<String>> {
    if let Some(path) = &args.lines {
        let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
        let sentences = text.lines().map(|line| line.trim_start_matches("= ").trim()).filter(|line| !line.is_empty());
        return Ok(sentences.map(str::to_owned).collect());
    }
    let (set, _) = read_all(files, catalogue.cloned(), today);
    let own = set.readings.iter().filter(|reading| reading.role.is_none() && reading.rule.kind() != "guidance");
    Ok(own.map(|reading| reading.origin.text.clone()).collect())
}
