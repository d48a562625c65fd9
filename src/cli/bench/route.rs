//! `workforce bench route`: how fast and how right the embedded router is.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use super::company::{Dice, made_up, sentence};
use super::resident;
use super::sets::Set;
use crate::clock::Timestamp;
use crate::directives::rule::Source;
use crate::routing::{Request, Router, Settled, route};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// How many messages to route
    #[arg(long, value_name = "N", default_value_t = 20_000)]
    messages: u64,
    /// How many rules the made-up company has
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    rules: u64,
    /// How many positions it has
    #[arg(long, value_name = "N", default_value_t = 100)]
    positions: u64,
    /// Also score the router on the labelled sets in this folder, one sub-folder each (docs/routing.md)
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    write!(out, "{}", speed(args)).context("the output cannot be written")?;
    if let Some(folder) = &args.data {
        let head = "| set | has | closest is right % | precision % | routed % | strangers held back % |";
        writeln!(out, "\n{head}\n| --- | --- | --- | --- | --- | --- |").context("the output cannot be written")?;
        for path in folders(folder)? {
            for row in Set::read(&path)?.rows() {
                writeln!(out, "{row}").context("the output cannot be written")?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn folders(folder: &std::path::Path) -> anyhow::Result<Vec<PathBuf>> {
    let listing = std::fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))?;
    let mut found = listing.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>()?;
    found.retain(|path| path.join("agents.json").is_file());
    found.sort();
    anyhow::ensure!(!found.is_empty(), "{} has no folder with an agents.json", folder.display());
    Ok(found)
}

/// Routes made-up messages one after the other on one thread.
fn speed(args: &Args) -> String {
    let company = made_up(args.positions, args.rules);
    let started = Instant::now();
    let router = Router::build(&company, &[]);
    let built = started.elapsed();
    let mut dice = Dice::new(2);
    let mut taken: Vec<Duration> = Vec::new();
    let mut by_rule = 0_usize;
    for _ in 0..args.messages {
        let trade = dice.below(args.positions);
        let words = 4 + dice.below(20);
        let request = Request {
            text: sentence(&mut dice, trade, words),
            channel: Some(format!("channel-{}", dice.below(args.positions * 20))),
            from: None,
            from_bot: None,
            source: Source::Mention,
            at: Timestamp::ZERO,
        };
        let started = Instant::now();
        let routing = route(&request, &company, &router, Timestamp::ZERO);
        taken.push(started.elapsed());
        by_rule += usize::from(routing.settled == Settled::Rule);
    }
    taken.sort_unstable();
    let whole: Duration = taken.iter().sum();
    let at = |share: f64| taken.get(((taken.len() as f64 * share) as usize).min(taken.len().saturating_sub(1)));
    let micros = |time: Option<&Duration>| time.map_or(0.0, |time| time.as_secs_f64() * 1e6);
    format!(
        "{} rules, {} positions: built in {:.1} ms\n{} messages, {by_rule} settled by a rule: {:.0} a second on one thread, \
         p50 {:.0} µs, p99 {:.0} µs, slowest {:.0} µs\n{}",
        args.rules,
        args.positions,
        built.as_secs_f64() * 1e3,
        taken.len(),
        taken.len() as f64 / whole.as_secs_f64().max(1e-9),
        micros(at(0.5)),
        micros(at(0.99)),
        micros(taken.last()),
        resident().map(|mib| format!("resident memory {mib:.0} MiB\n")).unwrap_or_default(),
    )
}
