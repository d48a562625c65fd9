//! The command line: a file per sub-command, each with its `Args` and a `run` that returns the exit status.
//!
//! Errors come as `anyhow::Error`: the outermost text is the sentence for the person, the chain goes below it.

mod asked;
pub mod bench;
pub mod check;
#[cfg(feature = "sandbox")]
mod corrections;
#[cfg(feature = "sandbox")]
pub mod demo;
#[cfg(feature = "sandbox")]
pub mod demo_models;
#[cfg(feature = "sandbox")]
pub mod demo_tools;
pub mod directives;
pub mod doctor;
pub mod explain;
pub mod init;
pub mod judge;
pub mod manifest;
pub mod policy;
#[cfg(feature = "sandbox")]
pub mod rehearse;
pub mod replay;
mod revision;
pub mod serve;
pub mod tools;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The exit status when a command could not do its work at all.
const EXIT_BROKEN: u8 = 2;

#[derive(Debug, Parser)]
#[command(name = "workforce", version, about, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check the directives, and show how each sentence is read
    Check(check::Args),
    /// Measure this program's speed and the router's accuracy
    Bench(bench::Args),
    /// Say where a message would go, and why
    Explain(explain::Args),
    /// Say whether a tool call would run, wait for whom, or be refused, and by which line
    Judge(judge::Args),
    /// Write a small company to begin with: directives, settings, a service file
    Init(init::Args),
    /// Print Slack's description of the app, or say what another one lacks
    Manifest(manifest::Args),
    /// Find what keeps an installation from working, and say how to mend it
    Doctor(doctor::Args),
    /// Agree to directives: at the first start, and when an edit would be looser
    Directives(directives::Args),
    /// Judge every recorded decision again by other directives, and say what would be otherwise; nothing is done
    Replay(replay::Args),
    /// Work on the policies in Rego beside the directives
    Policy(policy::Args),
    /// Connect to Slack and work until told to stop
    Serve(serve::Args),
    /// Play the rehearsals of the directives and compare what happens with what they say
    #[cfg(feature = "sandbox")]
    Rehearse(rehearse::Args),
    /// Show the example company at work, without keys or network
    #[cfg(feature = "sandbox")]
    Demo(demo::Args),
    /// List the tools that servers offer, compare them with directives/tools.lock, and accept them
    Tools(tools::Args),
    /// Run one of the demo's tool servers on standard input and output
    #[cfg(feature = "sandbox")]
    DemoTools(demo_tools::Args),
    /// Run a vendor of models that says what a script tells it to say, for trying out an agent without a key
    #[cfg(feature = "sandbox")]
    DemoModels(demo_models::Args),
}

/// The whole command line, as its reference describes it.
pub fn command() -> clap::Command {
    <Cli as clap::CommandFactory>::command()
}

/// Reads the arguments and runs the command.
pub fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Check(args) => check::run(args),
        Command::Bench(args) => bench::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Judge(args) => judge::run(args),
        Command::Init(args) => init::run(args),
        Command::Manifest(args) => manifest::run(args),
        Command::Doctor(args) => doctor::run(args),
        Command::Directives(args) => directives::run(args),
        Command::Replay(args) => replay::run(args),
        Command::Policy(args) => policy::run(args),
        Command::Serve(args) => serve::run(args),
        #[cfg(feature = "sandbox")]
        Command::Rehearse(args) => rehearse::run(args),
        #[cfg(feature = "sandbox")]
        Command::Demo(args) => demo::run(args),
        Command::Tools(args) => tools::run(args),
        #[cfg(feature = "sandbox")]
        Command::DemoTools(args) => demo_tools::run(args),
        #[cfg(feature = "sandbox")]
        Command::DemoModels(args) => demo_models::run(args),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("error: {error}");
        error.chain().skip(1).for_each(|cause| eprintln!("  because: {cause}"));
        ExitCode::from(EXIT_BROKEN)
    })
}

/// Runs an asynchronous command to its end on a runtime of its own.
fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}
