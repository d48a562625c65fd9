//! The company of these tests: Ana and Ben ask, Finn (an agent) does refunds, Dana owns him, Kim leads; and a database.

use std::sync::Arc;

use secrecy::SecretString;
use serde_json::{Value, json};

use super::company::{directives, directory, origin};
use crate::assignments::AssignmentState;
use crate::assignments::store::{self as assignments, NewAssignment};
use crate::catalogue::ToolName;
use crate::clock::{Clock, Span, Timestamp};
use crate::commands::Query;
use crate::config::{Approvals, Config, Limits};
use crate::directives::rule::{Level, Otherwise};
use crate::execution::Stage;
use crate::execution::store::{self as actions, NewAction, Plan};
use crate::flow::facts::Moment;
use crate::flow::query::{Asker, card};
use crate::flow::{App, Outside};
use crate::gate::store as approvals;
use crate::gate::{
    Approval, Because as GateBecause, Choice, Click, Parties, Proposal, Requester, Requirement, Shown, authorize,
};
use crate::ids::{ActionId, ApprovalId, AssignmentId, ConversationId, RunId, TaskId};
use crate::ledger::{Fact, FactKind, store as ledger};
use crate::money::{Cost, Currency, Money};
use crate::replies::Cited;
use crate::replies::receipt::Because;
use crate::runs::store::{self as runs, NewRun, Pace};
use crate::runs::{DriverKind, Waiting};
use crate::slack::SlackConfig;
use crate::slack::blocks::Dress;
use crate::slack::envelope::Ours;
use crate::slack::web::Web;
use crate::store::{Store, Tx, json as to_json, word};
use crate::tasks::{NewTask, TaskPriority, TaskState, store as tasks};
use crate::tools::StdioHost;
use crate::workers::{Actor, ActorChain, SlackUser, WorkerRef};

/// Friday, 20 November 2026, 10:00 UTC.
pub const NOW: Timestamp = Timestamp(1_795_168_800_000_000);

pub fn minutes_ago(n: i64) -> Timestamp {
    NOW.minus(Span::minutes(n))
}

/// A company with its database; the folder goes when the test ends.
pub struct House {
    pub app: App,
    _folder: tempfile::TempDir,
}

impl House {
    pub async fn new() -> Self {
        Self::with(vec![]).await
    }

    /// With more sentences in `rules.md` than the usual ones; they stand from line 101 on.
    pub async fn with(said: Vec<Value>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("house.db").display());
        let store = Store::open(&url).await.unwrap();
        let token = |text: &str| SecretString::from(text.to_owned());
        let slack = SlackConfig::new("http://127.0.0.1:9/api/", token("xapp-1-test"), token("xoxb-test")).unwrap();
        let config = Config {
            database_url: url,
            directives: folder.path().to_owned(),
            watched_channels: vec![],
            tools: vec![],
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
            store,
            clock: Clock::manual(NOW),
            web: Arc::new(Web::new(&slack).unwrap()),
            ours: Ours { team: "T1".into(), user: "U0BOT".into(), bot: None, app: None },
            dress: Dress { may_customize: true },
            tools: Arc::new(StdioHost::new(vec![]).unwrap()),
            drivers: crate::drivers::Drivers::default(),
        };
        let app = App::new(config, outside);
        app.put_in_force(Arc::new(directives(said)), &[]);
        app.learn(directory());
        Self { app, _folder: folder }
    }

    /// What the answer to `/workforce TEXT` says, seen by one person only.
    pub async fn asks(&self, who: &str, text: &str) -> String {
        self.asks_at(who, text, &Asker { channel: Some("C0GENERAL".into()), private: true }).await
    }

    /// The same by mention: everybody in the channel reads it.
    pub async fn asks_aloud(&self, who: &str, text: &str, channel: &str) -> String {
        self.asks_at(who, text, &Asker { channel: Some(channel.into()), private: false }).await
    }

    async fn asks_at(&self, who: &str, text: &str, asker: &Asker) -> String {
        let crate::commands::Asked::Query(query) = crate::commands::parse(text) else { panic!("{text} asks nothing") };
        self.answers(who, &query, asker).await
    }

    pub async fn answers(&self, who: &str, query: &Query, asker: &Asker) -> String {
        card(&self.app, &account(who), query, asker).await.unwrap().to_plain()
    }

    /// Does something in one transaction and commits it.
    pub async fn does<T>(&self, work: impl AsyncFnOnce(&mut Tx) -> T) -> T {
        let mut tx = self.app.store.begin().await.unwrap();
        let result = work(&mut tx).await;
        tx.commit().await.unwrap();
        result
    }

    /// A task, asked `ago` minutes before now in a channel, and its first fact.
    pub async fn task(&self, who: &str, text: &str, channel: &str, ago: i64) -> TaskId {
        let kind = match channel {
            "C0LEGAL" => "private",
            channel if channel.starts_with('D') => "direct",
            _ => "public",
        };
        let ts = format!("{ago}.{}", text.len());
        let new = NewTask {
            conversation: ConversationId::of_thread("T1", channel, &ts),
            requester: account(who),
            channel: channel.into(),
            channel_kind: kind.into(),
            root_ts: ts.clone(),
            message_ts: ts,
            source: "mention".into(),
            text: text.into(),
            above: String::new(),
        };
        self.does(async |tx| tasks::open_task(tx, &new, minutes_ago(ago)).await.unwrap()).await
    }

    pub async fn note(&self, task: TaskId, kind: FactKind, payload: Value, ago: i64) {
        self.does(async |tx| {
            let found = tasks::task(tx, task).await.unwrap().unwrap();
            let fact = Fact::of_task(&found.conversation, task, kind, payload);
            ledger::append_fact(tx, &fact, minutes_ago(ago)).await.unwrap();
        })
        .await;
    }

    /// Gives a task to somebody, as the shell does, by the line about billing.
    pub async fn give(&self, task: TaskId, worker: &str, state: AssignmentState, ago: i64) -> AssignmentId {
        let worker: WorkerRef = worker.parse().unwrap();
        let because = Because::Rule(Cited {
            text: "Billing questions go to the finance agent.".into(),
            file: "rules.md".into(),
            line: 1,
        });
        let id = self
            .does(async |tx| {
                let at = minutes_ago(ago);
                tasks::set_routing(tx, task, TaskState::Assigned, TaskPriority::Normal, "sha256:test", "")
                    .await
                    .unwrap();
                let due = (state == AssignmentState::Offered).then(|| at.plus(Span::minutes(30)));
                let because = to_json(&because);
                let new = NewAssignment { task, worker: &worker, state, because: &because, level: 0, due };
                assignments::assign(tx, &new, at).await.unwrap()
            })
            .await;
        let payload = json!({ "worker": worker, "state": state, "because": because, "level": 0 });
        self.note(task, FactKind::Assigned, payload, ago).await;
        id
    }

    /// Starts an agent's run and lets it wait for something.
    pub async fn run(&self, task: TaskId, position: &str, waiting: Option<&Waiting>, ago: i64) -> RunId {
        self.does(async |tx| {
            let chain = ActorChain::from_origin(Actor::Human(account("ana"))).then(Actor::Agent(position.into()));
            let new = NewRun {
                task,
                position,
                driver: DriverKind::Playbook,
                plan: "Refund an order",
                actor_chain: &chain,
                directives_digest: "sha256:test",
            };
            let id = runs::start_run(tx, &new, minutes_ago(ago)).await.unwrap();
            if let Some(waiting) = waiting {
                let run = runs::claim_next(tx, Pace::AtOnce, NOW).await.unwrap().unwrap();
                assert!(runs::wait_for(tx, &run, waiting).await.unwrap());
            }
            id
        })
        .await
    }

    /// A refund in the finance agent's run, planned at this stage; it costs what `cost` says once it started.
    pub async fn refund(
        &self,
        task: TaskId,
        run: RunId,
        dollars: i64,
        stage: &Stage,
        ago: i64,
    ) -> (ActionId, Proposal) {
        let proposal = proposal(dollars);
        let (line, sentence) = match dollars {
            ..=200 => (2, "Refunds up to $200 run without approval."),
            _ => (3, "Refunds above $200 need approval from a finance manager."),
        };
        let because = [GateBecause { origin: Some(origin(line, sentence)), says: String::new() }];
        let title = format!("Refund ${dollars}.00 to order ORD-1042");
        let id = self
            .does(async |tx| {
                let found = tasks::task(tx, task).await.unwrap().unwrap();
                let new = NewAction {
                    run,
                    task,
                    tool: "billing.refund",
                    as_name: "refund",
                    actor_chain: &proposal.actor,
                    position: "finance-agent",
                    requester: &found.requester,
                };
                let id = actions::reserve(tx, &new, minutes_ago(ago)).await.unwrap();
                let plan = Plan {
                    proposal: &proposal,
                    digest: "sha256:refund",
                    autonomy: Level::Act,
                    stage,
                    because: &because,
                    title: &title,
                };
                assert!(actions::plan(tx, id, &plan, minutes_ago(ago)).await.unwrap());
                id
            })
            .await;
        self.note(task, FactKind::ActionProposed, json!({ "action": id, "run": run, "verdict": "run" }), ago).await;
        (id, proposal)
    }

    /// Performs an allowed action: started and done, with a price where its tool told one.
    pub async fn perform(&self, cost: &Cost, ago: i64) {
        use crate::execution::{Outcome, Step};
        self.does(async |tx| {
            let at = minutes_ago(ago);
            let held = actions::claim_next(tx, at).await.unwrap().unwrap();
            let start = Step::Start { attempt: 1, fence: held.fence, version: None };
            let stage = actions::advance(tx, &held, start, None, at).await.unwrap().unwrap();
            let held = actions::Stored { stage: Some(stage), attempt: 1, ..held };
            actions::price(tx, &held, cost).await.unwrap();
            let done = Step::Settle(Outcome::Answered { result: json!({}) });
            actions::advance(tx, &held, done, None, at).await.unwrap().unwrap();
        })
        .await;
    }

    /// Opens a card for an action: a finance manager decides, within 4 hours, otherwise Kim is asked.
    pub async fn card(&self, task: TaskId, action: ActionId, proposal: &Proposal, ago: i64) -> ApprovalId {
        let opened = minutes_ago(ago);
        let need = Requirement {
            by: vec![WorkerRef::Role("finance-manager".into())],
            count: 1,
            within: Span::hours(4),
            otherwise: Otherwise::Ask(vec![WorkerRef::Person("kim".into())]),
            confirm: None,
            origin: Some(origin(3, "Refunds above $200 need approval from a finance manager.")),
        };
        let shown = Shown {
            title: "Refund $450.00 to order ORD-1042".into(),
            amount: Some("$450.00".into()),
            lines: vec![],
            looked_up: vec![],
            canonical_arguments: "{}".into(),
            digest: "sha256:refund".into(),
            looked_up_first: vec![],
            target_version: None,
            erased: false,
        };
        let parties = Parties::of(proposal);
        let moment = Moment { now: opened, ..Moment::of(&self.app).unwrap() };
        self.does(async |tx| {
            let card = approvals::open(tx, action, task, &shown, opened, |id| {
                Approval::open(id, action, "sha256:refund".into(), parties, vec![need], &moment.surroundings())
            });
            card.await.unwrap().approval.id
        })
        .await
    }

    /// A yes by somebody who may say it.
    pub async fn approves(&self, handle: &str, id: ApprovalId, ago: i64) {
        let moment = Moment { now: minutes_ago(ago), ..Moment::of(&self.app).unwrap() };
        self.does(async |tx| {
            let card = approvals::card(tx, id).await.unwrap().unwrap();
            let click = Click {
                approval: id,
                by: account(handle),
                choice: Choice::Approve,
                typed: None,
                digest: None,
                under: None,
            };
            let yes = authorize(&card.approval, &click, &moment.surroundings()).unwrap();
            approvals::decide(tx, &card, yes, moment.now).await.unwrap().unwrap();
        })
        .await;
    }

    /// Ana's refund of $450: with Finn, waiting for Dana or Omar.
    pub async fn waiting_refund(&self) -> (TaskId, ApprovalId) {
        let task = self.task("ana", "please refund ORD-1042, $450, it arrived broken", "C0SUPPORT", 9).await;
        self.give(task, "agent:finance-agent", AssignmentState::Held, 9).await;
        let run = self.run(task, "finance-agent", None, 9).await;
        let (action, proposal) = self.refund(task, run, 450, &Stage::Waiting, 8).await;
        let approval = self.card(task, action, &proposal, 8).await;
        let waiting = Waiting::Approval { approval, action, as_name: "refund".into() };
        self.does(async |tx| {
            let run = runs::claim_next(tx, Pace::AtOnce, NOW).await.unwrap().unwrap();
            assert!(runs::wait_for(tx, &run, &waiting).await.unwrap());
        })
        .await;
        (task, approval)
    }

    /// Ends a task with its fact.
    pub async fn end(&self, task: TaskId, state: TaskState, mut payload: Value, ago: i64) {
        self.does(async |tx| {
            let ended = if state == TaskState::Done { AssignmentState::Done } else { AssignmentState::Released };
            let found = tasks::task(tx, task).await.unwrap().unwrap();
            assignments::end_current(tx, task, ended, minutes_ago(ago)).await.unwrap();
            assert!(tasks::move_task(tx, task, found.state, state, minutes_ago(ago)).await.unwrap());
        })
        .await;
        payload["state"] = json!(word(&state));
        self.note(task, FactKind::TaskEnded, payload, ago).await;
    }
}

pub fn account(handle: &str) -> SlackUser {
    SlackUser { team: "T1".into(), user: format!("U0{}", handle.to_uppercase()) }
}

pub fn cents(n: i64) -> Cost {
    Cost::Known(Money::new(n * 10_000, Currency::new("USD")))
}

fn proposal(dollars: i64) -> Proposal {
    Proposal {
        tool: ToolName("billing.refund".into()),
        arguments: json!({ "order_id": "ORD-1042", "amount_cents": dollars * 100 }),
        actor: ActorChain::from_origin(Actor::Human(account("ana"))).then(Actor::Agent("finance-agent".into())),
        worker: WorkerRef::Agent("finance-agent".into()),
        requester: Some(Requester { handle: Some("ana".into()), account: Some(account("ana")) }),
        live_digest: None,
    }
}
