//! `workforce bench`: figures that the documentation states, measured again on this machine.

mod company;
pub mod route;
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
    /// Route messages through a large made-up company, and score the router on labelled sets
    Route(route::Args),
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    match args.command {
        Command::Route(args) => route::run(&args),
    }
}
