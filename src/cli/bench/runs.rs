//! `workforce bench runs`: how many steps of model agents go through in a second, what a step costs beside the vendor's own time,
//! and how much memory runs take that wait for people. The vendor is a scripted one in a process of its own.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, ExitCode, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use secrecy::SecretString;
use serde::Serialize;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::resident;
use crate::clock::Clock;
use crate::config::{Config, Limits};
use crate::directives::files::read_set;
use crate::drivers::Drivers;
use crate::drivers::config::{ModelConfig, Settings, Vendor};
use crate::flow::route::route_next;
use crate::flow::think::think_next;
use crate::flow::{App, Outside, Worked};
use crate::ids::{ConversationId, RunId, TaskId};
use crate::runs::brief::{Brief, Peers};
use crate::runs::journal::JournalEntry;
use crate::runs::{DriverKind, store as runs};
use crate::slack::SlackConfig;
use crate::slack::blocks::Dress;
use crate::slack::envelope::Ours;
use crate::slack::web::Web;
use crate::store::Store;
use crate::tasks::{NewTask, store as tasks};
use crate::tools::StdioHost;
use crate::workers::SlackUser;

const COMPANY: &str = include_str!("ack/company.md");
const ROLE: &str = "---\nrole: orders\nowner: \"@dana\"\nsupervisor: \"@dana\"\npositions:\n  - id: orders-agent\n    name: Olga\n    driver: model\n    model: main\n    tools: []\n---\n\n# Orders\n\nWhere every parcel is.\n\n## What it handles\n\n- Where an order is\n";
const ROUTING: &str = "# Routing\n\nOrder questions go to the orders agent.\nBy order we mean orders and parcels.\n";
const SCRIPT: &str =
    r#"{"again": true, "say": {"calls": [{"name": "ask", "arguments": {"question": "Which order is it?"}}]}}"#;
/// Tasks that one transaction opens.
const BATCH: usize = 500;
/// Questions that are asked past the bot, for the vendor's own time.
const ALONE: usize = 200;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// How many runs shall wait at the end
    #[arg(long, default_value_t = 10_000)]
    runs: usize,
    /// How many questions are under way at once
    #[arg(long, default_value_t = 16)]
    at_once: usize,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
}

/// What was measured.
#[derive(Debug, Serialize)]
struct Report {
    runs: usize,
    waiting: i64,
    at_once: usize,
    /// Runs that were asked about and journalled in a second.
    steps_per_second: f64,
    /// Of one step among the others, in milliseconds.
    step_ms: f64,
    /// Of one question past the bot, with as many at once, in milliseconds.
    vendor_ms: f64,
    /// Of the questions as the runs asked them, in milliseconds: half were answered within the first, and so on.
    question_ms: Spread,
    resident_before_mib: Option<f64>,
    resident_after_mib: Option<f64>,
}

/// How something is distributed.
#[derive(Debug, Serialize)]
struct Spread {
    p50: u64,
    p90: u64,
    p99: u64,
    max: u64,
}

impl Spread {
    fn of(mut values: Vec<u64>) -> Self {
        values.sort_unstable();
        let at = |percent: usize| {
            let index = (values.len() * percent / 100).min(values.len().saturating_sub(1));
            values.get(index).copied().unwrap_or(0)
        };
        Self { p50: at(50), p90: at(90), p99: at(99), max: at(100) }
    }
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let report = crate::cli::block_on(measure(args))?;
    match args.format {
        Format::Json => println!("{}", serde_json::to_string_pretty(&report)?),
        Format::Text => {
            let mib = |mib: Option<f64>| mib.map_or_else(|| "unknown".to_owned(), |mib| format!("{mib:.0} MiB"));
            println!("{} of {} runs wait for people", report.waiting, report.runs);
            println!("{:.0} steps a second, {} at once", report.steps_per_second, report.at_once);
            println!("{:.1} ms a step, of which the vendor's own time is {:.1} ms", report.step_ms, report.vendor_ms);
            let Spread { p50, p90, p99, max } = report.question_ms;
            println!("a question as asked: p50 {p50} ms, p90 {p90} ms, p99 {p99} ms, max {max} ms");
            println!("memory: {} before, {} after", mib(report.resident_before_mib), mib(report.resident_after_mib));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The scripted vendor in a process of its own, so that what it keeps is not counted as ours.
struct ScriptedVendor {
    child: Child,
    /// Held open, so that whatever it still says has somewhere to go.
    _says: BufReader<ChildStdout>,
}

impl Drop for ScriptedVendor {
    fn drop(&mut self) {
        let _gone_already = self.child.kill();
        let _reaped = self.child.wait();
    }
}

async fn measure(args: &Args) -> anyhow::Result<Report> {
    let folder = tempfile::tempdir().context("no folder for the measurement")?;
    let script = folder.path().join("script.jsonl");
    std::fs::write(&script, SCRIPT)?;
    let mut child = Command::new(std::env::current_exe()?)
        .args(["demo-models", "--port", "0"])
        .arg(&script)
        .stdout(Stdio::piped())
        .spawn()
        .context("the scripted vendor does not start")?;
    let mut says = BufReader::new(child.stdout.take().context("the scripted vendor cannot be heard")?);
    let mut told = String::new();
    says.read_line(&mut told)?;
    let vendor = ScriptedVendor { child, _says: says };
    let base = told.split('"').nth(1).context("the scripted vendor said no address")?;
    let app = house(&format!("sqlite:{}", folder.path().join("bench.db").display()), base, args.at_once).await?;
    open_tasks(&app, args.runs).await?;
    while route_next(app.clone()).await? == Worked::Yes {}
    let vendor_ms = alone(&app, args.at_once).await?;
    let before = resident();
    let began = Instant::now();
    think_all(&app).await?;
    let took = began.elapsed();
    let waiting = i64::try_from(args.runs)? - runs::ready_count(&app.store).await?;
    let steps = args.runs.max(1) as f64;
    let report = Report {
        runs: args.runs,
        waiting,
        at_once: args.at_once,
        steps_per_second: steps / took.as_secs_f64(),
        step_ms: took.as_secs_f64() * 1000.0 * args.at_once as f64 / steps,
        vendor_ms,
        question_ms: Spread::of(Vec::new()),
        resident_before_mib: before,
        resident_after_mib: resident(),
    };
    // Read back after the memory was looked at.
    let report = Report { question_ms: Spread::of(questions(&app, args.runs).await?), ..report };
    app.store.close().await;
    drop(vendor);
    Ok(report)
}

/// How long each question took, from its sending to the end of its answer.
async fn questions(app: &App, count: usize) -> anyhow::Result<Vec<u64>> {
    let mut tx = app.store.begin().await?;
    let mut took = Vec::with_capacity(count);
    for run in 1..=i64::try_from(count)? {
        for step in runs::journal(&mut tx, RunId(run)).await? {
            if let Some(Ok(JournalEntry::Said { usage, .. })) = step.result.map(serde_json::from_value) {
                took.push(usage.took_ms);
            }
        }
    }
    Ok(took)
}

/// Until every run has asked its question and waits for the answer.
async fn think_all(app: &App) -> anyhow::Result<()> {
    loop {
        let version = app.bell.version();
        if think_next(app.clone()).await? == Worked::Yes {
            continue;
        }
        if app.thinking.is_idle() && runs::ready_count(&app.store).await? == 0 {
            return Ok(());
        }
        // A question that ends rings.
        let _or_soon = tokio::time::timeout(Duration::from_millis(50), app.bell.rung_after(version)).await;
    }
}

/// Milliseconds of one question past the bot, with as many at once as the runs have.
async fn alone(app: &App, at_once: usize) -> anyhow::Result<f64> {
    let driver = app.drivers.get(DriverKind::Model, "main").context("the model is not configured")?;
    let began = Instant::now();
    let rounds = ALONE.div_ceil(at_once);
    for _ in 0..rounds {
        let ask = |n| {
            let driver = Arc::clone(&driver);
            async move { driver.ask(&brief(n), Clock::system().now(), &CancellationToken::new()).await }
        };
        futures_util::future::join_all((0..at_once).map(ask)).await;
    }
    Ok(began.elapsed().as_secs_f64() * 1000.0 / rounds as f64)
}

fn brief(run: usize) -> Brief {
    Brief {
        run: RunId(i64::try_from(run).unwrap_or(0)),
        task: TaskId(1),
        asked_before: 0,
        position: "orders-agent".to_owned(),
        instructions: ROLE.to_owned(),
        request: "where is my order?".to_owned(),
        offers: Vec::new(),
        peers: Peers::default(),
        turns: Vec::new(),
    }
}

async fn open_tasks(app: &App, count: usize) -> anyhow::Result<()> {
    let mut left = count;
    while left > 0 {
        let mut tx = app.store.begin().await?;
        for n in (0..left).take(BATCH) {
            let ts = format!("{}.{:06}", 1_700_000_000 + left, n);
            let new = NewTask {
                conversation: ConversationId::of_thread("T1", "C1", &ts),
                requester: SlackUser { team: "T1".to_owned(), user: "U1".to_owned() },
                channel: "C1".to_owned(),
                channel_kind: "public".to_owned(),
                root_ts: ts.clone(),
                message_ts: ts,
                source: "mention".to_owned(),
                text: "where is my order?".to_owned(),
                above: String::new(),
            };
            tasks::open_task(&mut tx, &new, app.now()).await?;
        }
        tx.commit().await?;
        left = left.saturating_sub(BATCH);
    }
    Ok(())
}

async fn house(url: &str, base: &str, at_once: usize) -> anyhow::Result<App> {
    let token = |text: &str| SecretString::from(text.to_owned());
    let slack = SlackConfig::new("http://127.0.0.1:9/api/", token("xapp-1-bench"), token("xoxb-bench"))?;
    let model = ModelConfig {
        vendor: Vendor::Anthropic,
        base: format!("{base}/").parse().map_err(|_| anyhow::Error::msg("the vendor's address cannot be read"))?,
        model: "scripted".to_owned(),
        key: None,
        max_output_tokens: 1_000,
        timeout: Duration::from_secs(60),
        fallback: None,
    };
    let settings = Settings { models: BTreeMap::from([("main".to_owned(), model)]), agents: BTreeMap::new() };
    let drivers = Drivers::of(&settings)?;
    let config = Config {
        database_url: url.to_owned(),
        directives: std::path::PathBuf::new(),
        watched_channels: Vec::new(),
        tools: Vec::new(),
        drivers: settings,
        keep_answers: true,
        stream_answers: true,
        webhooks: None,
        limits: Limits { questions_at_once: at_once, ..Limits::default() },
        prices: Default::default(),
        approvals: crate::config::Approvals::default(),
        links: Default::default(),
    };
    let outside = Outside {
        store: Store::open(url).await?,
        clock: Clock::system(),
        web: Arc::new(Web::new(&slack)?),
        ours: Ours { team: "T1".to_owned(), user: "U0BOT".to_owned(), bot: None, app: None },
        dress: Dress { may_customize: true },
        tools: Arc::new(StdioHost::new(Vec::new())?),
        drivers,
    };
    let app = App::new(config, outside);
    app.thinking.show_nothing();
    let files = [("company.md", COMPANY), ("routing.md", ROUTING), ("roles/orders.md", ROLE)];
    let files = files.into_iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect();
    let set = read_set(&files, app.now().to_utc().date_naive()).map_err(|problems| {
        anyhow::Error::msg(format!("the benchmark's directives are broken: {}", json!(problems)))
    })?;
    app.put_in_force(Arc::new(set), &[]);
    Ok(app)
}
