//! `workforce demo-models SCRIPT`: a vendor of models on this machine that says what a script tells it to say.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;

use crate::demo_models::{Format, ModelServer, Script};

#[derive(Debug, clap::Args)]
pub struct Args {
    /// JSON Lines; each line is what is said to one question
    script: PathBuf,
    /// Where to listen on this machine
    #[arg(long, value_name = "PORT", default_value_t = 8117)]
    port: u16,
}

/// Serves until told to stop.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let file = args.script.display();
    let text = std::fs::read_to_string(&args.script).with_context(|| format!("{file} cannot be read"))?;
    let script = Script::parse(&text).with_context(|| format!("{file} is no script"))?;
    super::block_on(async move {
        let port = args.port;
        let server =
            ModelServer::start(port, script).await.with_context(|| format!("port {port} cannot be listened at"))?;
        println!("anthropic: base_url = \"{}\"", server.base_url(Format::Anthropic));
        println!("openai:    base_url = \"{}\"", server.base_url(Format::Openai));
        tokio::select! {
            () = server.serve() => {}
            told = super::serve::told_to_stop() => told?,
        }
        Ok(ExitCode::SUCCESS)
    })
}
