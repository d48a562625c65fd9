//! `workforce bench costs`: many runs at once spend from budgets while their process dies again and again. Afterwards every call
//! that the vendor billed must be in our books, to the last token, and no budget passed by more than one call.
//!
//! The vendor is made up and keeps its own bill. A death falls between any two of: reserve, bill, settle. The books know of each
//! question before it is asked; what broke off stands in doubt until the vendor's own list of requests settles it.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use anyhow::Context as _;
use serde_json::json;

use crate::budgets::store::{self as budgets, Call, NewCall, Spent};
use crate::budgets::{Answer, CallState, Kind, ModelPrice, Pot, PriceTable, Then, Tokens, prices::Priced};
use crate::clock::Timestamp;
use crate::ids::{ConversationId, RunId, TaskId};
use crate::ledger::{Fact, FactKind, store as ledger};
use crate::money::{Cost, Currency, Money};
use crate::runs::DriverKind;
use crate::runs::store::{self as runs, NewRun};
use crate::store::{Store, Tx};
use crate::tasks::{NewTask, store as tasks};
use crate::workers::{Actor, ActorChain, SlackUser};

/// Questions that one run asks.
const CALLS: u64 = 3;
/// Positions that share the work.
const POSITIONS: u64 = 20;
/// One in so many steps is the last of its process.
const ONE_IN_DIES: u32 = 10;
/// Runs under way at once; the rest wait their turn, as they do behind the limit on questions.
const AT_ONCE: usize = 256;
const VENDOR: &str = "made-up";
const MODEL: &str = "large-1";
const DAY: &str = "2026-11-20";
const NOW: Timestamp = Timestamp(1_795_132_800_000_000);

#[derive(Debug, clap::Args)]
pub struct Args {
    /// How many runs spend at the same time
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    runs: u64,
    /// What the deaths and the tokens are drawn from
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
}

/// The vendor's bill: what each request was charged for.
#[derive(Default)]
struct Vendor(Mutex<BTreeMap<String, Tokens>>);

impl Vendor {
    /// Answers, and writes it on the bill.
    fn ask(&self, request: &str, tokens: Tokens) {
        let mut bill = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let sum = bill.entry(request.to_owned()).or_default();
        *sum = sum.plus(tokens);
    }

    fn bill(&self) -> BTreeMap<String, Tokens> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Where a process may die.
enum Lived {
    On,
    Died,
    /// A budget has nothing left: the run waits, which ends it here.
    Refused,
}

struct World {
    store: Store,
    vendor: Vendor,
    prices: PriceTable,
    /// Each position's budget of the week, and the company's of the month.
    limits: (i64, i64),
}

/// What came of it all.
struct Books {
    runs: u64,
    calls: usize,
    deaths: u64,
    refused: u64,
    doubts: usize,
    /// Requests on the bill that the books do not know.
    unknown: usize,
    billed: Tokens,
    settled: Tokens,
    settled_after: Tokens,
    /// The most that a budget was passed by, and the most that one call can cost; in millionths.
    passed_by: i64,
    one_call: i64,
    budgets: usize,
    chains_hold: bool,
    seconds: f64,
}

impl Books {
    fn hold(&self) -> bool {
        self.unknown == 0 && self.settled_after == self.billed && self.passed_by <= self.one_call && self.chains_hold
    }
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    anyhow::ensure!(args.runs >= POSITIONS, "at least {POSITIONS} runs");
    let books = crate::cli::block_on(Box::pin(measure(args)))?;
    let text = match args.format {
        Format::Text => as_text(&books),
        Format::Json => format!("{}\n", as_json(&books)),
    };
    std::io::stdout().write_all(text.as_bytes()).context("the output cannot be written")?;
    Ok(if books.hold() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

async fn measure(args: &Args) -> anyhow::Result<Books> {
    let folder = tempfile::tempdir().context("no folder for the database can be made")?;
    let store = Store::open(&format!("sqlite:{}", folder.path().join("costs.db").display())).await?;
    let runs = open(&store, args.runs).await?;
    let world = Arc::new(World { store, vendor: Vendor::default(), prices: prices(), limits: limits(args.runs) });
    let began = Instant::now();
    let room = Arc::new(tokio::sync::Semaphore::new(AT_ONCE));
    let mut working = tokio::task::JoinSet::new();
    for (number, (task, run)) in runs.into_iter().enumerate() {
        let (world, room) = (Arc::clone(&world), Arc::clone(&room));
        let dice = fastrand::Rng::with_seed(args.seed.wrapping_mul(1_000_003).wrapping_add(number as u64));
        working.spawn(async move {
            let _place = room.acquire_owned().await.context("the room is open")?;
            work(&world, number as u64, task, run, dice).await
        });
    }
    let (mut deaths, mut refused) = (0, 0);
    while let Some(done) = working.join_next().await {
        let (died, stopped) = done.context("a run panicked")??;
        deaths += died;
        refused += u64::from(stopped);
    }
    let seconds = began.elapsed().as_secs_f64();
    let books = balance(&world, args.runs, deaths, refused, seconds).await?;
    world.store.close().await;
    Ok(books)
}

/// One run, taken up again after each death; how often it died, and whether a budget stopped it.
async fn work(
    world: &World,
    number: u64,
    task: TaskId,
    run: RunId,
    mut dice: fastrand::Rng,
) -> anyhow::Result<(u64, bool)> {
    let position = format!("agent-{}", number % POSITIONS);
    let (mut fence, mut asked, mut deaths) = (0, 0, 0);
    while asked < CALLS {
        fence += 1;
        match ask(world, &position, task, run, fence, &mut dice).await? {
            Lived::On => asked += 1,
            Lived::Died => deaths += 1,
            Lived::Refused => return Ok((deaths, true)),
        }
    }
    Ok((deaths, false))
}

/// One claim of a run and its one question.
async fn ask(
    world: &World,
    position: &str,
    task: TaskId,
    run: RunId,
    fence: i64,
    dice: &mut fastrand::Rng,
) -> anyhow::Result<Lived> {
    let key = format!("run:{run}:{fence}");
    let model = format!("{VENDOR}/{MODEL}");
    let tokens = Tokens {
        input: dice.u64(200..4_000),
        cached: dice.u64(0..8_000),
        cache_write: dice.u64(0..500),
        output: dice.u64(20..800),
        reasoning: dice.u64(0..400),
    };
    let most = cost(world, &most_tokens())?;
    let new = NewCall {
        call: &key,
        kind: Kind::Model,
        task,
        run,
        position,
        requester: "U0ANA",
        model: &model,
        most: Some(&most),
        fence,
    };
    let mut tx = world.store.begin().await?;
    budgets::leave_in_doubt(&mut tx, run, fence).await?;
    if let Answer::Refuse { .. } = budgets::reserve(&mut tx, &new, &pots(world, position), NOW).await? {
        tx.commit().await?;
        return Ok(Lived::Refused);
    }
    if dies(dice) {
        return Ok(Lived::Died);
    }
    tx.commit().await?;
    if dies(dice) {
        return Ok(Lived::Died);
    }
    world.vendor.ask(&key, tokens);
    if dies(dice) {
        return Ok(Lived::Died);
    }
    let mut tx = world.store.begin().await?;
    let call = budgets::call(&mut tx, &key).await?.context("a question that was reserved is in the books")?;
    book(world, &mut tx, &call, tokens).await?;
    if dies(dice) {
        return Ok(Lived::Died);
    }
    tx.commit().await?;
    Ok(Lived::On)
}

fn dies(dice: &mut fastrand::Rng) -> bool {
    dice.u32(0..ONE_IN_DIES) == 0
}

/// Settles a call with its fact, in the caller's transaction.
async fn book(world: &World, tx: &mut Tx, call: &Call, tokens: Tokens) -> anyhow::Result<()> {
    let money = cost(world, &tokens)?;
    let spent = Spent { cost: Cost::Known(money.clone()), charged: Some(money), tokens: Some(tokens), nothing: false };
    if budgets::settle(tx, call, &spent, NOW).await? {
        let payload = json!({ "call": call.call, "tokens": tokens, "cost": spent.cost });
        let conversation = conversation(call.task.0);
        ledger::append_fact(tx, &Fact::of_task(&conversation, call.task, FactKind::Spent, payload), NOW).await?;
    }
    Ok(())
}

/// Compares the books with the bill, before and after what is in doubt was settled by the bill.
async fn balance(world: &World, runs: u64, deaths: u64, refused: u64, seconds: f64) -> anyhow::Result<Books> {
    let bill = world.vendor.bill();
    let model = format!("{VENDOR}/{MODEL}");
    let all = (Timestamp(0), Timestamp(i64::MAX));
    let settled = budgets::tokens(&world.store, all.0, all.1).await?.remove(&model).unwrap_or_default();
    let (mut unknown, mut doubts) = (0, 0);
    for (request, tokens) in &bill {
        let mut tx = world.store.begin().await?;
        match budgets::call(&mut tx, request).await? {
            None => unknown += 1,
            Some(call) if call.state == CallState::Settled => {}
            Some(call) => {
                doubts += 1;
                book(world, &mut tx, &call, *tokens).await?;
            }
        }
        tx.commit().await?;
    }
    let settled_after = budgets::tokens(&world.store, all.0, all.1).await?.remove(&model).unwrap_or_default();
    let mut passed_by = 0;
    let mut each: Vec<Pot> = (0..POSITIONS).flat_map(|n| pots(world, &format!("agent-{n}"))).collect();
    each.sort_by(|a, b| a.key.cmp(&b.key));
    each.dedup_by(|a, b| a.key == b.key);
    for pot in &each {
        let standing = budgets::standing(&world.store, pot).await?.unwrap_or_default();
        passed_by = passed_by.max(standing.settled - pot.limit.micros);
    }
    Ok(Books {
        runs,
        calls: bill.len(),
        deaths,
        refused,
        doubts,
        unknown,
        billed: bill.values().fold(Tokens::default(), |sum, tokens| sum.plus(*tokens)),
        settled,
        settled_after,
        passed_by,
        one_call: cost(world, &most_tokens())?.micros,
        budgets: each.len(),
        chains_hold: chains_hold(&world.store).await?,
        seconds,
    })
}

async fn chains_hold(store: &Store) -> anyhow::Result<bool> {
    for (chain, seq, hash) in ledger::heads(store).await? {
        let facts = ledger::facts_of_chain(store, &chain).await?;
        if crate::ledger::verify(&facts, Some((seq, &hash))).is_err() {
            return Ok(false);
        }
    }
    Ok(true)
}

fn prices() -> PriceTable {
    let price = ModelPrice {
        vendor: VENDOR.to_owned(),
        model: MODEL.to_owned(),
        from: String::new(),
        input: 3_000_000,
        cached: 300_000,
        cache_write: 3_750_000,
        output: 15_000_000,
        reasoning: 15_000_000,
    };
    PriceTable { as_of: DAY.to_owned(), models: vec![price], ..PriceTable::default() }
}

/// No question can use more than this.
fn most_tokens() -> Tokens {
    Tokens { input: 4_000, cached: 8_000, cache_write: 500, output: 800, reasoning: 400 }
}

fn cost(world: &World, tokens: &Tokens) -> anyhow::Result<Money> {
    match world.prices.of_call(VENDOR, MODEL, DAY, tokens) {
        Priced::Known(money) => Ok(money),
        Priced::AtMost(_) | Priced::Nothing => anyhow::bail!("the made-up model has a price"),
    }
}

/// About what two of three questions cost, so that budgets run out in mid-run.
fn limits(runs: u64) -> (i64, i64) {
    let all = i64::try_from(runs * CALLS).unwrap_or(i64::MAX) * 18_000;
    (all * 2 / 3 / i64::try_from(POSITIONS).unwrap_or(1), all * 5 / 8)
}

fn pots(world: &World, position: &str) -> Vec<Pot> {
    let pot = |key: String, limit: i64, positions: Vec<String>| Pot {
        key,
        from: Timestamp(0),
        until: Some(Timestamp(i64::MAX)),
        limit: Money::new(limit, Currency::new("USD")),
        then: Then::Pause,
        positions,
        requester: None,
    };
    vec![
        pot("company|month|USD".to_owned(), world.limits.1, Vec::new()),
        pot(format!("agent:{position}|week|USD"), world.limits.0, vec![position.to_owned()]),
    ]
}

fn conversation(number: i64) -> ConversationId {
    ConversationId(format!("T1:C0:{number}"))
}

/// So many tasks with a run each.
async fn open(store: &Store, count: u64) -> anyhow::Result<Vec<(TaskId, RunId)>> {
    let requester = SlackUser { team: "T1".to_owned(), user: "U0ANA".to_owned() };
    let mut opened = Vec::new();
    let mut tx = store.begin().await?;
    for number in 1..=count {
        let new = NewTask {
            conversation: conversation(i64::try_from(number).unwrap_or(i64::MAX)),
            requester: requester.clone(),
            channel: "C0".to_owned(),
            channel_kind: "public".to_owned(),
            root_ts: number.to_string(),
            message_ts: number.to_string(),
            source: "mention".to_owned(),
            text: "spend".to_owned(),
            above: String::new(),
        };
        let task = tasks::open_task(&mut tx, &new, NOW).await?;
        let position = format!("agent-{}", (number - 1) % POSITIONS);
        let chain = ActorChain::from_origin(Actor::Human(requester.clone())).then(Actor::Agent(position.clone()));
        let new = NewRun {
            task,
            position: &position,
            driver: DriverKind::Model,
            plan: MODEL,
            actor_chain: &chain,
            directives_digest: "",
        };
        opened.push((task, runs::start_run(&mut tx, &new, NOW).await?));
    }
    tx.commit().await?;
    Ok(opened)
}

fn all(tokens: &Tokens) -> u64 {
    tokens.input + tokens.cached + tokens.cache_write + tokens.output + tokens.reasoning
}

fn as_text(books: &Books) -> String {
    let usd = |micros: i64| Money::new(micros, Currency::new("USD")).to_string();
    let lines = [
        format!("runs                         {}, {AT_ONCE} at once, {CALLS} questions each", books.runs),
        format!("processes that died          {}", books.deaths),
        format!("runs that a budget stopped   {}", books.refused),
        format!("requests on the bill         {} ({} tokens)", books.calls, all(&books.billed)),
        format!("of them not in our books     {}", books.unknown),
        format!("settled when all had ended   {} tokens, {} requests in doubt", all(&books.settled), books.doubts),
        format!("settled by the bill          {} tokens", all(&books.settled_after)),
        format!("budgets                      {}, passed by at most {}", books.budgets, usd(books.passed_by)),
        format!("one question costs at most   {}", usd(books.one_call)),
        format!("chains of the ledger hold    {}", if books.chains_hold { "yes" } else { "no" }),
        format!("seconds                      {:.1}", books.seconds),
        format!("the books hold               {}", if books.hold() { "yes" } else { "NO" }),
    ];
    lines.join("\n") + "\n"
}

fn as_json(books: &Books) -> serde_json::Value {
    json!({
        "runs": books.runs, "deaths": books.deaths, "refused": books.refused, "requests": books.calls,
        "unknown": books.unknown, "doubts": books.doubts, "billed": books.billed, "settled": books.settled,
        "settled_by_the_bill": books.settled_after, "passed_by_micros": books.passed_by,
        "one_call_micros": books.one_call, "budgets": books.budgets, "chains_hold": books.chains_hold,
        "seconds": books.seconds, "holds": books.hold(),
    })
}
