//! `workforce bench ack`: how fast events are acknowledged, next to two floors in the same run.
//!
//! The look-alike Slack sprays mentions over real sockets at the real socket client. Behind it stand in turn: nothing, a
//! group commit of the same bytes and nothing else, the inbox, and everything that `serve` runs. Sandbox and bot share one
//! process, so that the figures bear the cost of both.

mod intakes;
mod report;
mod store;

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;

use crate::sandbox::{self, ClockKind, Drive, FindingKind, FirehoseSpec, Latencies, Sandbox, SandboxConfig};
use intakes::{Behind, Bot};
use report::Report;
use store::Databases;

/// The rate at which the paced rows send: a large workspace at its busiest.
const PACED_PER_SECOND: u32 = 200;

/// What everybody says; a request of ordinary length.
const SAID: &str = "@workforce where is the order of the customer who wrote this morning? They asked twice already.";

#[derive(Debug, clap::Args)]
pub struct Args {
    /// How long each row is driven, in each round
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=3600))]
    seconds: u64,
    /// At most this many envelopes for each row, in each round
    #[arg(long, value_name = "N", default_value_t = u64::MAX, hide_default_value = true)]
    envelopes: u64,
    /// How many envelopes are on their way at any time
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u64).range(1..=4096))]
    in_flight: u64,
    /// How many sockets the bot holds
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=10))]
    sockets: u64,
    /// How often the floors and the inbox take turns; the median counts
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=100))]
    rounds: u64,
    /// Where the databases are made and removed: beside this SQLite file, or as schemas of this PostgreSQL database (default: files in the working directory)
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
}

/// One line of the result: what stood behind the sockets, how it was driven, and how all its rounds went.
#[derive(Debug)]
struct Row {
    behind: Behind,
    drive: Drive,
    /// Acknowledgements per second, by round.
    rates: Vec<f64>,
    sent: u64,
    acked: u64,
    /// Triggers in the databases of all rounds; nothing where there is no inbox.
    stored: Option<i64>,
    latencies: Latencies,
    /// What the sandbox holds against the bot: acknowledgements that came late, twice, for nothing, or not at all.
    findings: Vec<String>,
    /// The most that was resident at the end of a round.
    resident_mib: Option<f64>,
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let report = crate::cli::block_on(Box::pin(measure(args)))?;
    let text = match args.format {
        Format::Text => report.text(),
        Format::Json => format!("{:#}\n", report.json()),
    };
    std::io::stdout().lock().write_all(text.as_bytes()).context("the output cannot be written")?;
    Ok(ExitCode::SUCCESS)
}

async fn measure(args: &Args) -> anyhow::Result<Report> {
    let mut databases = Databases::at(args.database.as_deref())?;
    let engine = databases.engine().await?;
    let rows = Box::pin(all_rows(args, &mut databases)).await;
    // What was made on a server is removed also after a failure.
    databases.remove().await?;
    Ok(Report { engine, in_flight: args.in_flight, sockets: args.sockets, rows: rows? })
}

async fn all_rows(args: &Args, databases: &mut Databases) -> anyhow::Result<Vec<Row>> {
    let window = Drive::Window { in_flight: usize::try_from(args.in_flight)? };
    let paced = Drive::Paced { per_second: PACED_PER_SECOND };
    let mut rows: Vec<Row> =
        [Behind::Nothing, Behind::GroupCommit, Behind::Inbox].map(|behind| Row::new(behind, window)).into();
    // In turns, so that a machine that is busy for a while is unfair to all of them.
    for _ in 0..args.rounds {
        for row in &mut rows {
            row.round(args, databases).await?;
        }
    }
    for (behind, drive) in [(Behind::Inbox, paced), (Behind::Everything, paced), (Behind::Everything, window)] {
        let mut row = Row::new(behind, drive);
        row.round(args, databases).await?;
        rows.push(row);
    }
    Ok(rows)
}

impl Row {
    fn new(behind: Behind, drive: Drive) -> Self {
        Self {
            behind,
            drive,
            rates: Vec::new(),
            sent: 0,
            acked: 0,
            stored: None,
            latencies: Latencies::default(),
            findings: Vec::new(),
            resident_mib: None,
        }
    }

    /// Drives a bot of its own, with a database of its own.
    async fn round(&mut self, args: &Args, databases: &mut Databases) -> anyhow::Result<()> {
        let config = SandboxConfig { clock: ClockKind::System, ..sandbox::acme() };
        let slack = Sandbox::start(config).await?;
        let directives = tempfile::tempdir().context("no folder for the directives can be made")?;
        let database = databases.make().await?;
        let sockets = usize::try_from(args.sockets)?;
        let bot = Box::pin(Bot::start(self.behind, &slack, sockets, &database, directives.path())).await?;
        let spec = FirehoseSpec {
            user: "ana".to_owned(),
            channel: "support".to_owned(),
            text: SAID.to_owned(),
            drive: self.drive,
            envelopes: args.envelopes,
            lasting: Duration::from_secs(args.seconds),
            // Only the loops look for the messages that they were told of.
            kept: self.behind == Behind::Everything,
        };
        let sprayed = slack.firehose(spec).await?;
        self.rates.push(sprayed.acked as f64 / sprayed.elapsed.as_secs_f64().max(1e-9));
        self.sent += sprayed.sent;
        self.acked += sprayed.acked;
        self.latencies.merge(&sprayed.latencies);
        if let Some(stored) = bot.stored().await? {
            self.stored = Some(self.stored.unwrap_or(0) + stored);
        }
        let resident = super::resident();
        self.resident_mib = match (self.resident_mib, resident) {
            (Some(before), Some(now)) => Some(before.max(now)),
            (one, other) => one.or(other),
        };
        // Work goes on while it stops: the bot's own posts come back as events, and the last of them find nobody.
        slack.allow_containing(FindingKind::UnackedEnvelope, "(attempt 1) is not acknowledged");
        Box::pin(bot.stop()).await;
        self.findings.extend(slack.findings().iter().map(ToString::to_string));
        Ok(())
    }
}
