//! `workforce doctor`: what keeps an installation from working, one check after the other, each with its mend.
//!
//! It changes nothing at Slack. What Slack tells nobody (which events are subscribed to) shows only when somebody mentions the
//! bot: `--mention CHANNEL` waits for that.

mod house;
mod mention;
mod report;
mod slack;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;

use crate::clock::Clock;
use crate::config::{Config, SlackSettings, environment};
use crate::slack::SlackConfig;
use report::{Check, Report, State};

/// The exit status when a check failed.
const EXIT_FAILS: u8 = 1;
/// The settings that are read when nobody names others; they may be absent.
const DEFAULT_CONFIG: &str = "workforce.toml";
/// Nobody is waited for longer.
const LONGEST_WAIT_SECONDS: u64 = 600;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The settings [default: workforce.toml, if it is there]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Wait until somebody mentions the bot in this channel, and see what Slack delivers
    #[arg(long, value_name = "CHANNEL")]
    mention: Option<String>,
    /// How many seconds to wait for the mention
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    wait: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Checks everything; exits 1 when something fails.
pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let report = super::block_on(examine(&args))?;
    let text = match args.format {
        Format::Text => report.to_text(),
        Format::Json => report.to_json(),
    };
    std::io::stdout().write_all(text.as_bytes()).context("the output cannot be written")?;
    Ok(if report.fails() { ExitCode::from(EXIT_FAILS) } else { ExitCode::SUCCESS })
}

async fn examine(args: &Args) -> anyhow::Result<Report> {
    let mut report = Report::default();
    let file = args.config.clone().unwrap_or_else(|| PathBuf::from(DEFAULT_CONFIG));
    let (config, settings) = match Config::load(&file, args.config.is_some(), &environment) {
        Ok(loaded) => loaded,
        Err(error) => {
            let mend = "docs/configuration.md lists every key and what it may be";
            report.add(Check::fails("settings", error.to_string(), mend));
            return Ok(report);
        }
    };
    report.add(Check::fine("settings", format!("read from {}", file.display())));
    let set = house::directives(&mut report, &config);
    house::prices(&mut report, &config, set.as_ref());
    house::drivers(&mut report, &config, set.as_ref());
    house::database(&mut report, &config).await;
    house::tools(&mut report, &config, set.as_ref()).await;
    house::webhooks(&mut report, &config).await;
    if let Some(connection) = tokens(&mut report, &settings) {
        let wait = Duration::from_secs(args.wait.clamp(1, LONGEST_WAIT_SECONDS));
        let mention = args.mention.as_deref().map(|channel| (channel.trim_start_matches('#'), wait));
        slack::examine(&mut report, &config, connection, set.as_ref(), Clock::system(), mention).await;
    }
    Ok(report)
}

/// Each kind of token in its place.
fn tokens(report: &mut Report, settings: &SlackSettings) -> Option<SlackConfig> {
    match settings.with_tokens(&environment) {
        Ok(connection) => {
            report.add(Check::fine("tokens", "an app-level token and a bot token, each in its place"));
            Some(connection)
        }
        Err(error) => {
            let kind = |name: &str| environment(name).and_then(|token| token.split('-').next().map(str::to_owned));
            let swapped = kind("SLACK_APP_TOKEN").as_deref() == Some("xoxb")
                && kind("SLACK_BOT_TOKEN").as_deref() == Some("xapp");
            let mend = match swapped {
                true => "the two tokens are swapped: SLACK_APP_TOKEN takes xapp-…, SLACK_BOT_TOKEN takes xoxb-…",
                false => {
                    "xapp-… is under Basic Information → App-Level Tokens, xoxb-… under OAuth & Permissions at api.slack.com/apps"
                }
            };
            report.add(Check::fails("tokens", error.to_string(), mend));
            for check in ["bot token", "scopes", "Socket Mode", "channels", "people", "clock", "mention"] {
                report.add(Check::of(check, State::Skipped, "needs the tokens"));
            }
            None
        }
    }
}
