//! `workforce bench replay`: how long it takes to judge a month's decisions again.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context as _;
use serde_json::json;

use super::company::{Dice, made_up, sentence};
use crate::backtest::{
    ActionFacts, Asker, Counted, Decision, Facts, Judged, Material, Outcome, Report, RouteFacts, Word, judge_again,
};
use crate::catalogue::{Catalogue, ToolName, ToolsLock, canonical};
use crate::clock::{Span, Timestamp};
use crate::directives::condition::{AmountRange, Condition, Same, Source};
use crate::directives::rule::{AmountArgument, AmountUnit, Approve, Define, IsoDuration, Number, Rule, ToolPattern};
use crate::directives::{Directives, Origin, Reading};
use crate::gate::{Proposal, Requester, TaskFacts};
use crate::ids::{ActionId, ConversationId, TaskId};
use crate::routing::{Routing, Settled};
use crate::workers::{ActorChain, SlackUser, WorkerRef};

/// The instant of the first decision: 20 November 2026.
const BEGINS: Timestamp = Timestamp(1_795_132_800_000_000);

#[derive(Debug, clap::Args)]
pub struct Args {
    /// How many decisions were recorded; every second is a verdict about a refund
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    decisions: u32,
    /// How many rules the made-up company has
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    rules: u64,
    /// How many positions it has
    #[arg(long, value_name = "N", default_value_t = 100)]
    positions: u64,
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let company = with_refunds(made_up(args.positions, args.rules))?;
    let (decisions, material) = month(args);
    let recorded: Vec<Option<Outcome>> = decisions.iter().map(|decision| Some(decision.outcome.clone())).collect();
    let mut told = Vec::new();
    let mut digests = Vec::new();
    for _ in 0..2 {
        let started = Instant::now();
        let again = judge_again(&decisions, &material, &company);
        let report = Report::of(&decisions, &recorded, &again);
        told.push(started.elapsed());
        digests.push(canonical::digest(&report.to_json(&company.digest)));
    }
    let same = if digests.first() == digests.last() { "byte for byte the same" } else { "NOT the same" };
    println!(
        "{} decisions by {} rules and {} positions: {:.2} s, again {:.2} s, {same}",
        args.decisions,
        args.rules,
        args.positions,
        told[0].as_secs_f64(),
        told[1].as_secs_f64()
    );
    Ok(if digests.first() == digests.last() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The company with a tool that moves money, one limit, and one running total.
fn with_refunds(mut company: Directives) -> anyhow::Result<Directives> {
    let lock = json!({ "tools": { "billing.refund": {
        "input_schema": { "type": "object" }, "class": "write", "digest": "sha256:refund",
    } } });
    company.catalogue = Catalogue::from_lock(ToolsLock::parse(&lock.to_string()).context("the tool cannot be read")?);
    for position in company.roster.positions.values_mut() {
        position.tools = vec!["billing.*".to_owned()];
    }
    let tools = vec![ToolPattern("billing.refund".to_owned())];
    let argument =
        AmountArgument { argument: "amount_cents".to_owned(), unit: AmountUnit::Cents, currency: "USD".to_owned() };
    let define = Define { term: "refund".to_owned(), means: vec![], tools: tools.clone(), amount: Some(argument) };
    let limit = AmountRange { over: Some(Number(200_000_000)), currency: "USD".to_owned(), ..AmountRange::default() };
    let total = AmountRange {
        per: Some(IsoDuration("P7D".to_owned())),
        same: Some(Same::Requester),
        over: Some(Number(500_000_000)),
        ..limit.clone()
    };
    let mut rules = vec![Rule::Define(define)];
    rules.extend([limit, total].map(|amount| {
        Rule::Approve(Approve {
            action: "refund".to_owned(),
            tools: tools.clone(),
            who: vec![],
            when: Condition { amount: Some(amount), ..Condition::default() },
            by: vec![WorkerRef::Human],
            count: 1,
            within: None,
            otherwise: crate::directives::rule::Otherwise::Deny,
            confirm: None,
        })
    }));
    for (line, rule) in (1_u32..).zip(rules) {
        let origin = Origin { file: "approvals.md".to_owned(), line, column: 1, text: String::new() };
        company.readings.push(Reading { origin, rule, paraphrase: String::new(), role: None });
    }
    Ok(company)
}

/// The record of a month: a request and a refund in turn.
fn month(args: &Args) -> (Vec<Decision>, Material) {
    let mut dice = Dice::new(3);
    let every = Span::days(30).0 / i64::from(args.decisions.max(1));
    let (mut decisions, mut past) = (Vec::new(), Vec::new());
    for n in 0..i64::from(args.decisions) {
        let at = BEGINS.plus(Span(every * n));
        let task = TaskId(n / 2 + 1);
        let account = SlackUser { team: "T1".to_owned(), user: format!("U{}", dice.below(50)) };
        let asker = Asker { account: account.clone(), email: None };
        let worker = format!("role-{:03}-agent", dice.below(args.positions));
        let (action, facts, outcome) = if n % 2 == 0 {
            let text = sentence(&mut dice, u64::try_from(n).unwrap_or(0) % args.positions, 14);
            (None, routed(text, asker), unrouted())
        } else {
            let id = ActionId(n);
            let facts = refunded(&mut dice, task, worker, account, asker);
            past.push(Counted { id, proposal: Some(facts.proposal.clone()), planned: at, from: at, until: None });
            let judged = Judged { verdict: Word::Run, needs: Vec::new(), because: Vec::new() };
            (Some(id), Facts::Action(Box::new(facts)), Outcome::Action(judged))
        };
        let conversation = ConversationId(format!("T1:C1:{n}"));
        let directives = String::new();
        decisions.push(Decision { id: n, task, action, conversation, directives, at, facts: Some(facts), outcome });
    }
    (decisions, Material { lessons: Vec::new(), past, looked_up: BTreeMap::new() })
}

fn routed(text: String, asker: Asker) -> Facts {
    let channel = Some("channel-7".to_owned());
    Facts::Route(RouteFacts { text, channel, asker, from_bot: None, source: Source::Mention, lessons: 0 })
}

fn unrouted() -> Outcome {
    Outcome::Route(Routing {
        to: vec![WorkerRef::Human],
        priority: crate::directives::rule::Priority::Normal,
        confidence: 0.0,
        because: Vec::new(),
        candidates: Vec::new(),
        settled: Settled::Unsure,
        instead_of: None,
    })
}

fn refunded(dice: &mut Dice, task: TaskId, worker: String, account: SlackUser, asker: Asker) -> ActionFacts {
    let proposal = Proposal {
        tool: ToolName("billing.refund".to_owned()),
        arguments: json!({ "order_id": "ORD-1042", "amount_cents": 100 + dice.below(40_000) }),
        actor: ActorChain(Vec::new()),
        worker: WorkerRef::Agent(worker),
        requester: Some(Requester { handle: None, account: Some(account) }),
        live_digest: None,
    };
    let task = TaskFacts { text: Some(sentence(dice, 1, 14)), topics: Some(Vec::new()), ..TaskFacts::unknown(task) };
    ActionFacts { proposal, asker, task, looked_up: Vec::new() }
}
