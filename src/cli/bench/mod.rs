//! `workforce bench`: figures that the documentation states, measured again on this machine.

#[cfg(feature = "sandbox")]
pub mod ack;
pub mod check;
mod company;
pub mod costs;
pub mod query;
pub mod replay;
pub mod route;
#[cfg(feature = "sandbox")]
pub mod runs;
mod sets;

use std::process::ExitCode;

use clap::Subcommand;

#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Acknowledge events over real sockets, as fast as it goes and at a steady rate, next to two floors
    #[cfg(feature = "sandbox")]
    Ack(ack::Args),
    /// Check a set with a thousand sentences, next to the same set without them
    Check(check::Args),
    /// Let many runs spend at once while their process dies again and again, and compare the books with the vendor's bill
    Costs(costs::Args),
    /// Ask every question in a company at work, next to one where hardly anything has happened
    Query(query::Args),
    /// Judge a made-up month of decisions again, twice, and compare the two
    Replay(replay::Args),
    /// Route messages through a large made-up company, and score the router on labelled sets
    Route(route::Args),
    /// Let runs of model agents take a step each, with a scripted vendor, until all of them wait for people
    #[cfg(feature = "sandbox")]
    Runs(runs::Args),
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    match args.command {
        #[cfg(feature = "sandbox")]
        Command::Ack(args) => ack::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Costs(args) => costs::run(&args),
        Command::Query(args) => query::run(&args),
        Command::Replay(args) => replay::run(&args),
        Command::Route(args) => route::run(&args),
        #[cfg(feature = "sandbox")]
        Command::Runs(args) => runs::run(&args),
    }
}

/// Resident memory of this process in MiB, where the system tells it (Linux: /proc/self/status).
fn resident() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: f64 = line.trim().trim_end_matches(" kB").trim().parse().ok()?;
    Some(kib / 1024.0)
}
