//! `workforce demo-tools NAME`: one of the demo's tool servers, for a client that starts it.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;

use crate::demo_tools::{DATABASE_VARIABLE, DEFAULT_DATABASE, FAULT_VARIABLE, Fault, Name, serve};
use crate::tools::ServerConfig;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// Which server
    name: Name,
    /// The SQLite file that holds the state of all demo servers; made and filled on first use
    #[arg(long, value_name = "FILE", env = DATABASE_VARIABLE, default_value = DEFAULT_DATABASE)]
    db: PathBuf,
    /// Make a tool fail: server.tool:MODE or server.tool:MODE:TIMES, parted by commas
    #[arg(long, value_name = "FAULTS", env = FAULT_VARIABLE, default_value = "")]
    fault: String,
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let faults = Fault::parse_list(&args.fault)?;
    super::block_on(async move {
        let database = args.db.display();
        serve(args.name, &args.db, faults).await.with_context(|| format!("the demo tools stopped ({database})"))
    })?;
    Ok(ExitCode::SUCCESS)
}

/// How to start every demo server from the program `exe`, with their state in `database`.
pub fn servers(exe: &Path, database: &Path) -> Vec<ServerConfig> {
    let server = |name: &Name| {
        let args = ["demo-tools", name.as_str(), "--db"].map(str::to_owned);
        let mut config = ServerConfig::new(name.as_str(), &exe.to_string_lossy());
        config.args = args.into_iter().chain([database.to_string_lossy().into_owned()]).collect();
        config
    };
    Name::ALL.iter().map(server).collect()
}
