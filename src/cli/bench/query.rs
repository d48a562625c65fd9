//! `workforce bench query`: how long each question takes to answer, in a company at work and, as the floor, in one where
//! nothing has happened yet. Same questions, same directives, same run.

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::company::{Dice, made_up, sentence};
use crate::assignments::AssignmentState;
use crate::assignments::store::{self as assignments, NewAssignment};
use crate::catalogue::ToolName;
use crate::clock::{Clock, Span, Timestamp};
use crate::commands::{self, Asked, Query};
use crate::config::{Approvals, Config, Limits};
use crate::directives::Directives;
use crate::directives::rule::Level;
use crate::drivers::Drivers;
use crate::execution::store::{self as actions, NewAction, Plan, Stored};
use crate::execution::{Outcome, Stage, Step};
use crate::flow::query::{Asker, card};
use crate::flow::{App, Outside};
use crate::gate::{Proposal, Requester};
use crate::ids::ConversationId;
use crate::ledger::{Fact, FactKind, store as ledger};
use crate::money::{Cost, Currency, Money};
use crate::replies::receipt::Because;
use crate::roster::Person;
use crate::roster::directory::{AccountFact, ChannelState, Directory};
use crate::runs::store::{self as runs, NewRun};
use crate::runs::{DriverKind, RunState};
use crate::slack::SlackConfig;
use crate::slack::blocks::Dress;
use crate::slack::envelope::Ours;
use crate::slack::web::Web;
use crate::store::{Store, json as to_json};
use crate::tasks::{NewTask, TaskPriority, TaskState, store as tasks};
use crate::tools::StdioHost;
use crate::workers::{Actor, ActorChain, SlackUser, WorkerRef};

/// Every answer within an acknowledgement shall be there within this, but for one in a hundred.
const MOST_P99: Duration = Duration::from_millis(100);
/// Tasks that are written in one transaction.
const AT_ONCE: u64 = 500;
/// Of so many tasks one is still open.
const ONE_IN_OPEN: u64 = 5;
/// Questions of each kind that are not measured: pages and caches fill.
const WARM_UP: usize = 5;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// How many tasks the company has had
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    tasks: u64,
    /// How many positions it has
    #[arg(long, value_name = "N", default_value_t = 200)]
    positions: u64,
    /// How often each question is asked
    #[arg(long, value_name = "N", default_value_t = 200)]
    times: usize,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
}

/// What is asked, as people write it behind `/workforce`.
const QUESTIONS: &[&str] = &[
    "help", "approvals", "status", "status T-17", "why T-17", "who-owns role-007-agent", "who-owns refunds",
    "can role-007-agent", "workload", "workload role-007-agent", "costs", "reviews", "review role-007-agent",
    "directives", "failed", "explain where does this go today",
];

/// One question, in both companies.
struct Row {
    question: &'static str,
    busy: Vec<Duration>,
    empty: Vec<Duration>,
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    anyhow::ensure!(args.tasks >= 20 && args.positions >= 8 && args.times >= 1, "at least 20 tasks, 8 positions, once");
    let rows = crate::cli::block_on(Box::pin(measure(args)))?;
    let text = match args.format {
        Format::Text => as_text(args, &rows),
        Format::Json => format!("{}\n", as_json(args, &rows)),
    };
    std::io::stdout().write_all(text.as_bytes()).context("the output cannot be written")?;
    Ok(ExitCode::SUCCESS)
}

async fn measure(args: &Args) -> anyhow::Result<Vec<Row>> {
    let folder = tempfile::tempdir().context("no folder for the databases can be made")?;
    let directives = Arc::new(company(args.positions));
    let at = |name: &str| format!("sqlite:{}", folder.path().join(name).display());
    let busy = house(&at("busy.db"), &directives).await?;
    fill(&busy, args).await?;
    let empty = house(&at("empty.db"), &directives).await?;
    // The task that is asked about is there in both.
    fill(&empty, &Args { tasks: 20, positions: args.positions, times: args.times, format: args.format }).await?;
    let mut rows = Vec::new();
    for question in QUESTIONS {
        let Asked::Query(query) = commands::parse(question) else { anyhow::bail!("“{question}” asks nothing") };
        let mut row = Row { question, busy: Vec::new(), empty: Vec::new() };
        // In turns, so that a machine that is busy for a while is unfair to both.
        for round in 0..args.times + WARM_UP {
            let (full, none) = (ask(&busy, &query).await?, ask(&empty, &query).await?);
            if round >= WARM_UP {
                row.busy.push(full);
                row.empty.push(none);
            }
        }
        row.busy.sort_unstable();
        row.empty.sort_unstable();
        rows.push(row);
    }
    busy.store.close().await;
    empty.store.close().await;
    Ok(rows)
}

async fn ask(app: &App, query: &Query) -> anyhow::Result<Duration> {
    let asker = Asker { channel: Some("C0GENERAL".to_owned()), private: true };
    let started = Instant::now();
    card(app, &asker_account(), query, &asker).await?;
    Ok(started.elapsed())
}

fn asker_account() -> SlackUser {
    SlackUser { team: "T1".to_owned(), user: "U0BOSS".to_owned() }
}

/// The made-up company with one person who answers for everything, and so may read everything.
fn company(positions: u64) -> Directives {
    let mut set = made_up(positions, positions * 5);
    let boss = Person {
        handle: "boss".to_owned(),
        name: "The Boss".to_owned(),
        email: None,
        slack_id: Some(asker_account().user),
        title: None,
        reports_to: None,
        timezone: None,
    };
    set.roster.people.insert(boss.handle.clone(), boss);
    set.roster.triage = Some("boss".to_owned());
    for role in set.roster.roles.values_mut() {
        role.review_every_days = Some(90);
    }
    set
}

async fn house(url: &str, directives: &Arc<Directives>) -> anyhow::Result<App> {
    let token = |text: &str| SecretString::from(text.to_owned());
    let slack = SlackConfig::new("http://127.0.0.1:9/api/", token("xapp-1-bench"), token("xoxb-bench"))?;
    let config = Config {
        database_url: url.to_owned(),
        directives: std::path::PathBuf::new(),
        watched_channels: Vec::new(),
        tools: Vec::new(),
        webhooks: None,
        drivers: Default::default(),
        keep_answers: true,
        stream_answers: true,
        limits: Limits::default(),
        approvals: Approvals::default(),
        prices: Default::default(),
        links: Default::default(),
    };
    let outside = Outside {
        store: Store::open(url).await?,
        clock: Clock::system(),
        web: Arc::new(Web::new(&slack)?),
        ours: Ours { team: "T1".to_owned(), user: "U0BOT".to_owned(), bot: None, app: None },
        dress: Dress { may_customize: true },
        tools: Arc::new(StdioHost::new(Vec::new())?),
        drivers: Drivers::default(),
    };
    let app = App::new(config, outside);
    app.put_in_force(Arc::clone(directives), &[]);
    app.learn(directory());
    Ok(app)
}

fn directory() -> Directory {
    let account = AccountFact {
        user: asker_account(),
        handle: "boss".to_owned(),
        real_name: "The Boss".to_owned(),
        email: None,
        timezone: None,
        is_bot: false,
        is_guest: false,
        deactivated: false,
    };
    let channel = ChannelState {
        team: "T1".to_owned(),
        id: "C0GENERAL".to_owned(),
        name: "general".to_owned(),
        private: false,
        archived: false,
        joined: true,
    };
    Directory { accounts: vec![account], channels: vec![channel], ..Directory::default() }
}

/// Tasks of the last 30 days, each routed, given to an agent, and most of them done.
async fn fill(app: &App, args: &Args) -> anyhow::Result<()> {
    let mut dice = Dice::new(3);
    let now = app.now();
    let apart = Span(Span::days(30).0 / i64::try_from(args.tasks)?);
    let mut number = 0;
    while number < args.tasks {
        let mut tx = app.store.begin().await?;
        for _ in 0..AT_ONCE.min(args.tasks - number) {
            let at = now.minus(Span(apart.0 * i64::try_from(args.tasks - number)?));
            let position = dice.below(args.positions);
            let new = NewTask {
                conversation: ConversationId::of_thread("T1", "C0GENERAL", &number.to_string()),
                requester: asker_account(),
                channel: "C0GENERAL".to_owned(),
                channel_kind: "public".to_owned(),
                root_ts: number.to_string(),
                message_ts: number.to_string(),
                source: "mention".to_owned(),
                text: sentence(&mut dice, position, 12),
                above: String::new(),
            };
            let id = tasks::open_task(&mut tx, &new, at).await?;
            let (state, priority) = (TaskState::Assigned, TaskPriority::Normal);
            tasks::set_routing(&mut tx, id, state, priority, "sha256:bench", "").await?;
            let worker = WorkerRef::Agent(format!("role-{position:03}-agent"));
            let because = to_json(&Because::LooksLike { percent: 80 });
            let held = NewAssignment {
                task: id,
                worker: &worker,
                state: AssignmentState::Held,
                because: &because,
                level: 0,
                due: None,
            };
            assignments::assign(&mut tx, &held, at).await?;
            for (kind, payload) in [
                (FactKind::TaskOpened, json!({ "text": "sha256:bench" })),
                (FactKind::Assigned, json!({ "worker": worker, "because": Because::LooksLike { percent: 80 } })),
            ] {
                ledger::append_fact(&mut tx, &Fact::of_task(&new.conversation, id, kind, payload), at).await?;
            }
            if dice.below(ONE_IN_OPEN) > 0 {
                perform(&mut tx, &new, id, position, at).await?;
                end(&mut tx, &new, id, at).await?;
            }
            number += 1;
        }
        tx.commit().await?;
    }
    Ok(())
}

/// One tool call of a task, performed and metered, so that costs have something to add up.
async fn perform(
    tx: &mut crate::store::Tx,
    new: &NewTask,
    task: crate::ids::TaskId,
    position: u64,
    at: Timestamp,
) -> Result<(), crate::store::StoreError> {
    let position = format!("role-{position:03}-agent");
    let chain = ActorChain::from_origin(Actor::Human(new.requester.clone())).then(Actor::Agent(position.clone()));
    let run = NewRun {
        task,
        position: &position,
        driver: DriverKind::Playbook,
        plan: "bench",
        actor_chain: &chain,
        directives_digest: "sha256:bench",
    };
    let run = runs::start_run(tx, &run, at).await?;
    runs::end_run(tx, run, RunState::Done, at).await?;
    let reserved = NewAction {
        run,
        task,
        tool: "orders.get",
        as_name: "order",
        actor_chain: &chain,
        position: &position,
        requester: &new.requester,
    };
    let id = actions::reserve(tx, &reserved, at).await?;
    let proposal = Proposal {
        tool: ToolName("orders.get".to_owned()),
        arguments: json!({ "id": "ORD-1042" }),
        actor: chain.clone(),
        worker: WorkerRef::Agent(position.clone()),
        requester: Some(Requester { handle: Some("boss".to_owned()), account: Some(new.requester.clone()) }),
        live_digest: None,
    };
    let plan = Plan {
        proposal: &proposal,
        digest: "sha256:bench",
        autonomy: Level::Act,
        stage: &Stage::Allowed,
        because: &[],
        title: "Get the order",
    };
    actions::plan(tx, id, &plan, at).await?;
    let Some(held) = actions::claim_next(tx, at).await? else { return Ok(()) };
    let start = Step::Start { attempt: 1, fence: held.fence, version: None };
    let Some(stage) = actions::advance(tx, &held, start, None, at).await? else { return Ok(()) };
    let held = Stored { stage: Some(stage), attempt: 1, ..held };
    actions::price(tx, &held, &Cost::Known(Money::new(2_000, Currency::new("USD")))).await?;
    let done = Step::Settle(Outcome::Answered { result: json!({}) });
    actions::advance(tx, &held, done, None, at).await?;
    Ok(())
}

async fn end(
    tx: &mut crate::store::Tx,
    new: &NewTask,
    id: crate::ids::TaskId,
    opened: Timestamp,
) -> Result<(), crate::store::StoreError> {
    let at = opened.plus(Span::minutes(3));
    assignments::end_current(tx, id, AssignmentState::Done, at).await?;
    tasks::move_task(tx, id, TaskState::Assigned, TaskState::Done, at).await?;
    let fact = Fact::of_task(&new.conversation, id, FactKind::TaskEnded, json!({ "state": "done" }));
    ledger::append_fact(tx, &fact, at).await
}

impl Row {
    fn holds(&self) -> bool {
        at(&self.busy, 0.99) < MOST_P99
    }
}

/// The time within which this share of the answers came; `taken` is sorted.
fn at(taken: &[Duration], share: f64) -> Duration {
    let index = (taken.len() as f64 * share) as usize;
    taken.get(index.min(taken.len().saturating_sub(1))).copied().unwrap_or_default()
}

fn ms(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1e3)
}

fn as_text(args: &Args, rows: &[Row]) -> String {
    let profile = if cfg!(debug_assertions) { "debug" } else { "release" };
    let mut out = format!(
        "{} tasks, {} positions, each question asked {} times, SQLite, {profile} build; the floor is the same with 20 tasks\n\n",
        args.tasks, args.positions, args.times
    );
    out.push_str("| question | p50 ms | p99 ms | max ms | floor p50 ms | floor p99 ms |\n| --- | ---: | ---: | ---: | ---: | ---: |\n");
    for row in rows {
        let cells = [
            at(&row.busy, 0.5),
            at(&row.busy, 0.99),
            row.busy.last().copied().unwrap_or_default(),
            at(&row.empty, 0.5),
            at(&row.empty, 0.99),
        ];
        out.push_str(&format!("| {} | {} |\n", row.question, cells.map(ms).join(" | ")));
    }
    let slow: Vec<&str> = rows.iter().filter(|row| !row.holds()).map(|row| row.question).collect();
    let told = if slow.is_empty() { "holds".to_owned() } else { format!("MISSED by {}", slow.join(", ")) };
    out.push_str(&format!("\n{told}: every answer within {} ms, p99\n", MOST_P99.as_millis()));
    out
}

fn as_json(args: &Args, rows: &[Row]) -> Value {
    let us = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    let figures = |taken: &[Duration]| json!({ "p50": us(at(taken, 0.5)), "p99": us(at(taken, 0.99)), "max": taken.last().copied().map(us) });
    let rows = rows.iter().map(|row| {
        json!({ "question": row.question, "latency_us": figures(&row.busy), "floor_us": figures(&row.empty), "holds": row.holds() })
    });
    json!({
        "tasks": args.tasks, "positions": args.positions, "times": args.times, "debug": cfg!(debug_assertions),
        "rows": rows.collect::<Vec<_>>(),
    })
}
