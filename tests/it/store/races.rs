//! Clicks that race through the database: whoever reads a card first need not be first to write, and one decision remains.
//!
//! Half of them look at the card in their own transaction, as the bot does; the others have looked before, so that only the
//! compare-and-set on the card's revision stands between two decisions.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use futures_util::future::join_all;
use workforce::catalogue::ToolName;
use workforce::directives::Directives;
use workforce::directives::files::read_set;
use workforce::directives::rule::Otherwise;
use workforce::execution::store::{self as actions, NewAction};
use workforce::gate::store::{self as approvals, Card};
use workforce::gate::{
    AccountState, Accounts, Approval, ApprovalState, Choice, Click, Parties, Proposal, Requester, Requirement, Shown,
    Surroundings, Turn, authorize, caught_up,
};
use workforce::ids::{ApprovalId, TaskId};
use workforce::runs::DriverKind;
use workforce::runs::store::{self as runs, NewRun};
use workforce::store::Store;
use workforce::workers::{Actor, ActorChain, SlackUser, WorkerRef};

use super::{START, at, committed, open_task};
use crate::database::on_both;

/// On each engine.
const RACES: usize = 300;
const CLICKERS: [&str; 6] = ["dana", "sam", "kim", "dana", "ana", "stranger"];

static COMPANY: LazyLock<Directives> = LazyLock::new(|| {
    let company = "# Acme\n\n## Who is who\n- Ana Ruiz (@ana, ana@acme.test), support\n- Dana Ruiz (@dana, dana@acme.test), finance\n\
        - Sam Lee (@sam, sam@acme.test), SRE\n- Kim Osei (@kim, kim@acme.test), managing director\n\n## Triage\nThe triage person is Kim Osei (@kim).\n";
    let files = BTreeMap::from([("company.md".to_owned(), company.to_owned())]);
    read_set(&files, chrono::NaiveDate::from_ymd_opt(2026, 6, 1).unwrap()).unwrap_or_else(|wrong| panic!("{wrong:?}"))
});

fn account(handle: &str) -> SlackUser {
    SlackUser { team: "T1".to_owned(), user: format!("U{}", handle.to_uppercase()) }
}

fn accounts() -> Accounts {
    let people = ["ana", "dana", "sam", "kim"].into_iter().map(|handle| {
        let state = AccountState { account: account(handle), active: true, guest: false, bot: false, email: None };
        (handle.to_owned(), state)
    });
    Accounts::Live { team: "T1".to_owned(), people: people.collect(), groups: BTreeMap::new() }
}

fn call() -> Proposal {
    Proposal {
        tool: ToolName("billing.refund".to_owned()),
        arguments: serde_json::json!({"order_id": "ORD-1042"}),
        actor: ActorChain::from_origin(Actor::Human(account("ana"))).then(Actor::Agent("finance-agent".to_owned())),
        worker: WorkerRef::Agent("finance-agent".to_owned()),
        requester: Some(Requester { handle: Some("ana".to_owned()), account: Some(account("ana")) }),
        live_digest: None,
    }
}

/// A card that waits for two of Dana, Sam and Kim.
async fn open_card(store: &Store, task: TaskId) -> Card {
    let (chain, requester) = (call().actor, account("ana"));
    let run = NewRun {
        task,
        position: "finance-agent",
        driver: DriverKind::Playbook,
        plan: "refund",
        actor_chain: &chain,
        directives_digest: "sha256:1",
    };
    committed(store, async |tx| {
        let run = runs::start_run(tx, &run, START).await.unwrap();
        let new = NewAction {
            run,
            task,
            tool: "billing.refund",
            as_name: "Finn",
            actor_chain: &chain,
            position: "finance-agent",
            requester: &requester,
        };
        let action = actions::reserve(tx, &new, START).await.unwrap();
        let accounts = accounts();
        let around = Surroundings { directives: &COMPANY, accounts: &accounts, now: START };
        let needs = vec![Requirement {
            by: ["dana", "sam", "kim"].map(|handle| WorkerRef::Person(handle.to_owned())).to_vec(),
            count: 2,
            within: workforce::clock::Span::hours(2),
            otherwise: Otherwise::Deny,
            confirm: None,
            origin: None,
        }];
        let shown = Shown {
            title: "Refund".to_owned(),
            amount: None,
            lines: Vec::new(),
            looked_up: Vec::new(),
            canonical_arguments: "{}".to_owned(),
            digest: "sha256:x".to_owned(),
            looked_up_first: Vec::new(),
            target_version: None,
            erased: false,
        };
        let parties = Parties::of(&call());
        let make = |id| Approval::open(id, action, shown.digest.clone(), parties, needs, &around);
        approvals::open(tx, action, task, &shown, START, make).await.unwrap()
    })
    .await
}

/// What somebody heard, and whether it counted.
async fn clicks(store: &Store, id: ApprovalId, who: &str, yes: bool, looked_before: bool) -> (bool, String) {
    let accounts = accounts();
    let around = Surroundings { directives: &COMPANY, accounts: &accounts, now: at(60) };
    let choice = if yes { Choice::Approve } else { Choice::Deny { reason: "No.".to_owned() } };
    let click = Click { approval: id, by: account(who), choice, typed: None, digest: None, under: None };
    loop {
        let seen = approvals::find_card(store, id).await.unwrap().unwrap();
        let mut tx = store.begin().await.unwrap();
        let card = if looked_before { seen } else { approvals::card(&mut tx, id).await.unwrap().unwrap() };
        let authorized = match authorize(&card.approval, &click, &around) {
            Ok(authorized) => authorized,
            Err(refusal) => return (false, refusal.to_string()),
        };
        if approvals::decide(&mut tx, &card, authorized, at(60)).await.unwrap().is_some() {
            tx.commit().await.unwrap();
            return (true, "It counts.".to_owned());
        }
    }
}

/// Whatever the clock owes the card, or the start of its action; how often it was written.
async fn turns(store: &Store, id: ApprovalId, expires: bool) -> usize {
    let accounts = accounts();
    let around = Surroundings { directives: &COMPANY, accounts: &accounts, now: at(3 * 3600) };
    for _ in 0..8 {
        let card = approvals::find_card(store, id).await.unwrap().unwrap();
        let turn = if expires {
            caught_up(&card.approval, &around).1.pop()
        } else {
            Some(Turn::Spent { by: card.approval.action, at: at(61) })
        };
        let Some(turn) = turn else { return 0 };
        let mut tx = store.begin().await.unwrap();
        if approvals::turn(&mut tx, &card, &turn, at(61)).await.unwrap().is_some() {
            tx.commit().await.unwrap();
            return 1;
        }
    }
    0
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_decision_remains_of_many_clicks() {
    on_both(async |store, _| {
        let task = open_task(&store, "1.0", "x").await;
        let (mut ends, mut dice) = (BTreeMap::<&str, usize>::new(), fastrand::Rng::with_seed(11));
        for race in 0..RACES {
            let id = open_card(&store, task).await.approval.id;
            let said: Vec<(&str, bool)> =
                (0..6).map(|_| (CLICKERS[dice.usize(..CLICKERS.len())], dice.u8(..4) > 0)).collect();
            let expires = race % 8 == 0;
            let clicking =
                join_all(said.iter().enumerate().map(|(n, (who, yes))| clicks(&store, id, who, *yes, n % 2 == 0)));
            let starting = join_all((0..3).map(|_| turns(&store, id, expires)));
            let (heard, turned) = futures_util::join!(clicking, starting);
            assert!(heard.iter().all(|(_, words)| !words.is_empty()), "nobody stays without an answer");
            let late = turns(&store, id, expires).await + turns(&store, id, expires).await;
            let card = approvals::find_card(&store, id).await.unwrap().unwrap().approval;
            let turned = turned.into_iter().sum::<usize>() + late;
            let counted: Vec<&str> =
                said.iter().zip(&heard).filter(|(_, (counts, _))| *counts).map(|((who, _), _)| *who).collect();
            assert!(turned <= 1 && counted.iter().all(|who| ["dana", "sam", "kim"].contains(who)), "{card:?}");
            let end = match &card.state {
                ApprovalState::Waiting => "waits",
                ApprovalState::Approved { .. } => "approved",
                ApprovalState::Spent { .. } => "spent",
                ApprovalState::Denied { .. } => "denied",
                ApprovalState::Expired { .. } => "expired",
                ApprovalState::Void { .. }
                | ApprovalState::Edited { .. }
                | ApprovalState::ByHand { .. }
                | ApprovalState::Recorded { .. } => panic!("{card:?}"),
            };
            // Every click that counted is in the row, once: as a vote, or as the denial that ended it.
            assert_eq!(card.votes.len() + usize::from(end == "denied"), counted.len(), "{card:?} {counted:?}");
            assert_eq!(usize::from(["spent", "expired"].contains(&end)), turned, "{card:?}");
            assert!(!["approved", "spent"].contains(&end) || card.votes.len() == 2);
            *ends.entry(end).or_default() += 1;
        }
        println!("{:?}: {RACES} races, {ends:?}", store.engine());
        assert!(["spent", "denied", "expired"].iter().all(|end| ends.contains_key(end)), "{ends:?}");
    })
    .await;
}
