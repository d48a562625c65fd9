//! `workforce serve`: the bot in a real workspace, until it is told to stop.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use tracing_subscriber::EnvFilter;

use crate::clock::Clock;
use crate::config::{Config, environment};
use crate::flow::resume::CannotStart;
use crate::flow::service::Service;
use crate::redact;
use crate::slack::SlackConfig;

/// The exit status when Slack refuses us for good.
const EXIT_REFUSED: u8 = 1;
/// The settings that are read when nobody names others; they may be absent.
const DEFAULT_CONFIG: &str = "workforce.toml";
/// From being told to stop to the end of the process.
const DRAIN_LIMIT: Duration = Duration::from_secs(10);
/// What is logged when neither `WORKFORCE_LOG` nor `RUST_LOG` says otherwise.
const DEFAULT_FILTER: &str = "info,sqlx=warn,hyper=warn,rmcp=warn";

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The settings [default: workforce.toml, if it is there]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[arg(long, value_enum, default_value_t = LogFormat::Text, env = "WORKFORCE_LOG_FORMAT")]
    log_format: LogFormat,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum LogFormat {
    Text,
    /// One JSON object a line
    Json,
}

/// Serves until SIGTERM or SIGINT, then finishes what is in hand.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let file = args.config.clone().unwrap_or_else(|| PathBuf::from(DEFAULT_CONFIG));
    let (config, settings) = Config::load(&file, args.config.is_some(), &environment)?;
    let slack = settings.with_tokens(&environment)?;
    start_logging(args.log_format)?;
    super::block_on(async move {
        let directives = config.directives.clone();
        let service = start(config, slack, &directives).await?;
        serve(service).await
    })
}

async fn start(config: Config, slack: SlackConfig, directives: &Path) -> anyhow::Result<Service> {
    Service::start(config, slack, Clock::system()).await.map_err(|error| match error {
        CannotStart::Directives(problems) => {
            let told = super::check::told(&problems, directives);
            anyhow::Error::msg(format!("the directives cannot be put in force, so nothing was started\n\n{told}"))
        }
        other => other.into(),
    })
}

async fn serve(mut service: Service) -> anyhow::Result<ExitCode> {
    let outcome = tokio::select! {
        refused = service.refused() => refused.map_err(anyhow::Error::from).context("Slack refuses us for good"),
        told = told_to_stop() => told.map(|()| tracing::info!("told to stop; finishing what is in hand")),
    };
    if tokio::time::timeout(DRAIN_LIMIT, service.stop()).await.is_err() {
        tracing::warn!("not everything could be finished in time; what is open is taken up at the next start");
    }
    match outcome {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(error) => {
            eprintln!("error: {error:#}");
            Ok(ExitCode::from(EXIT_REFUSED))
        }
    }
}

/// Returns at SIGTERM (what service managers send) or SIGINT (Ctrl-C).
pub(super) async fn told_to_stop() -> anyhow::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate()).context("SIGTERM cannot be listened for")?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted.context("Ctrl-C cannot be listened for"),
            _told = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await.context("Ctrl-C cannot be listened for")
}

/// Standard error, with what looks like a secret taken out of each line. The formatter writes whole lines.
struct WithoutSecrets;

impl std::io::Write for WithoutSecrets {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let line = String::from_utf8_lossy(bytes);
        std::io::stderr().write_all(redact::text(&line).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        std::io::stderr().flush()
    }
}

fn start_logging(format: LogFormat) -> anyhow::Result<()> {
    let filter = environment("WORKFORCE_LOG").or_else(|| environment("RUST_LOG"));
    let filter = filter.unwrap_or_else(|| DEFAULT_FILTER.to_owned());
    let filter = EnvFilter::try_new(&filter).with_context(|| format!("“{filter}” is no filter for the log"))?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(|| WithoutSecrets)
        // Colours are for people; a file or a service manager gets plain lines.
        .with_ansi(std::io::stderr().is_terminal());
    let started = match format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
    started.map_err(|error| anyhow::Error::msg(format!("the log cannot be started: {error}")))
}
