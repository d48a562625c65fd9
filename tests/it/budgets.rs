//! Money that agents spend: reserved before each call, settled after it, held back when nothing is left.

use workforce::budgets::store::{self as budgets, NewCall, Spent};
use workforce::budgets::{Answer, Kind, Pot, Then, Tokens};
use workforce::clock::{Span, Timestamp};
use workforce::ids::{RunId, TaskId};
use workforce::ledger::{FactKind, store as facts};
use workforce::money::{Cost, Currency, Money};

use crate::database::on_both;
use crate::office::Office;

const LINE: &str = "Password resets run without approval.";

/// The example company with one more sentence.
async fn office(budget: &str) -> Office {
    Office::open(&[("approvals.md", LINE, &format!("{LINE}\n\n## Spending\n\n{budget}"))]).await
}

async fn asks(office: &Office, text: &str) {
    office.sandbox.says("ana", "support", text).unwrap();
    office.rest().await;
}

async fn kinds(office: &Office, kind: FactKind) -> usize {
    let store = &office.service().app.store;
    let mut found = 0;
    for (chain, _, _) in facts::heads(store).await.unwrap() {
        found += facts::facts_of_chain(store, &chain).await.unwrap().iter().filter(|fact| fact.kind == kind).count();
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_budget_pauses_until_the_window_ends() {
    // A look-up costs $0.0005, a refund $0.002.
    let office = office("Spend at most $0.0025 a week on the finance agent; pause it after that.").await;
    asks(&office, "@workforce please refund ORD-1042, $40, it arrived broken").await;
    assert!(office.channel("support").contains("Refunded $40.00"), "{}", office.channel("support"));
    assert_eq!(office.told("dana", "Paused: the budget is spent"), 1, "{}", office.direct("dana"));
    asks(&office, "@workforce please refund ORD-1043, $20, it arrived broken").await;
    let thread = office.channel("support");
    assert!(thread.contains("*Waits.* The budget of Finn (Finance) ($0.0025 a week) is spent"), "{thread}");
    assert!(!thread.contains("Refunded $20.00"), "{thread}");
    assert_eq!(office.told("dana", "Paused: the budget is spent"), 1, "once");
    assert_eq!(kinds(&office, FactKind::BudgetRefused).await, 1);
    // The company opens on a Wednesday at 10:00; Monday at midnight is a new week.
    office.after(Span::hours(5 * 24)).await;
    assert!(office.channel("support").contains("Refunded $20.00"), "{}", office.channel("support"));
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_owner_is_asked_and_adds_and_nobody_else_can() {
    let office = office("Spend at most $0.0025 a week on the finance agent; ask the owner after that.").await;
    asks(&office, "@workforce please refund ORD-1042, $40, it arrived broken").await;
    asks(&office, "@workforce please refund ORD-1043, $20, it arrived broken").await;
    let channel = office.sandbox.dm_channel("dana").unwrap();
    let shown = office.sandbox.shown(&channel).unwrap();
    let card = shown.iter().find(|message| message.text.contains("May more be spent?")).expect("a card");
    office.sandbox.clicks("dana", &channel, &card.ts, "Add $0.01").unwrap();
    office.rest().await;
    assert!(office.channel("support").contains("Refunded $20.00"), "{}", office.channel("support"));
    assert!(office.direct("dana").contains("$0.01 added"), "{}", office.direct("dana"));
    assert_eq!(kinds(&office, FactKind::BudgetRaised).await, 1);
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_line_wakes_what_waited() {
    let office = office("Spend at most $0.0025 a week on the finance agent; pause it after that.").await;
    asks(&office, "@workforce please refund ORD-1042, $40, it arrived broken").await;
    asks(&office, "@workforce please refund ORD-1043, $20, it arrived broken").await;
    let file = office.service().app.config.directives.join("approvals.md");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("$0.0025 a week", "$5 a week")).unwrap();
    workforce::flow::directives::load(&office.service().app).await.unwrap();
    office.rest().await;
    // A wider limit waits for whoever keeps the directives.
    office.clicks("kim", "Take effect").await.unwrap();
    assert!(office.channel("support").contains("Refunded $20.00"), "{}", office.channel("support"));
    office.sandbox.slash("kim", "support", "/workforce", "costs finance-agent").unwrap();
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_share_is_told_once_and_a_budget_that_warns_stops_nothing() {
    let office = office("Spend at most $0.0030 a month on the finance agent; warn the owner after that.").await;
    asks(&office, "@workforce please refund ORD-1042, $40, it arrived broken").await;
    assert_eq!(office.told("dana", "83 % of the budget is spent"), 1, "{}", office.direct("dana"));
    asks(&office, "@workforce please refund ORD-1043, $20, it arrived broken").await;
    assert!(office.channel("support").contains("Refunded $20.00"), "{}", office.channel("support"));
    assert_eq!(office.told("dana", "The budget is spent; work goes on"), 1, "{}", office.direct("dana"));
    asks(&office, "@workforce please refund ORD-1041, $10, it arrived broken").await;
    assert_eq!(office.told("dana", "The budget is spent"), 1, "once");
    assert_eq!(kinds(&office, FactKind::BudgetAlert).await, 2);
    office.end().await;
}

fn pot(limit: i64) -> Pot {
    let limit = Money::new(limit, Currency::new("USD"));
    let positions = vec!["finance-agent".to_owned()];
    let key = "agent:finance-agent|week|USD".to_owned();
    Pot {
        key,
        from: Timestamp(0),
        until: Some(Timestamp(i64::MAX)),
        limit,
        then: Then::Pause,
        positions,
        requester: None,
    }
}

fn call<'a>(key: &'a str, most: &'a Money) -> NewCall<'a> {
    NewCall {
        call: key,
        kind: Kind::Model,
        task: TaskId(1),
        run: RunId(1),
        position: "finance-agent",
        requester: "U0ANA",
        model: "acme/large-1",
        most: Some(most),
        fence: 1,
    }
}

#[tokio::test]
async fn a_call_is_reserved_once_and_settled_once_and_a_doubt_stands() {
    on_both(async |store, database| {
        database.meddle(include_str!("../../migrations/sample/0001_house.sql")).await.unwrap();
        let now = Timestamp(1_795_132_800_000_000);
        let (most, pots) = (Money::new(400, Currency::new("USD")), [pot(1_000)]);
        let mut tx = store.begin().await.unwrap();
        for key in ["a", "b", "a"] {
            assert_eq!(budgets::reserve(&mut tx, &call(key, &most), &pots, now).await.unwrap(), Answer::Spend);
        }
        let full = budgets::reserve(&mut tx, &call("c", &most), &pots, now).await.unwrap();
        assert_eq!(full, Answer::Refuse { pot: 0 }, "800 of 1,000 are reserved");
        let tokens = Tokens { input: 100, output: 10, ..Tokens::default() };
        let cost = Money::new(150, Currency::new("USD"));
        let spent =
            Spent { cost: Cost::Known(cost.clone()), charged: Some(cost), tokens: Some(tokens), nothing: false };
        let a = budgets::call(&mut tx, "a").await.unwrap().unwrap();
        assert!(budgets::settle(&mut tx, &a, &spent, now).await.unwrap());
        assert!(!budgets::settle(&mut tx, &a, &spent, now).await.unwrap(), "once");
        let left = budgets::leave_in_doubt(&mut tx, RunId(1), 2).await.unwrap();
        assert_eq!(left.len(), 1);
        let standing = budgets::standing_in(&mut tx, &pots[0].key, pots[0].from).await.unwrap().unwrap();
        assert_eq!((standing.settled, standing.reserved, standing.open), (150, 400, 0));
        let later = now.plus(workforce::clock::Span::days(1));
        assert_eq!(budgets::old_doubts(&mut tx, now, 10).await.unwrap(), [], "not old yet");
        assert_eq!(budgets::old_doubts(&mut tx, later, 10).await.unwrap().len(), 1);
        // Somebody finds out what it cost after all.
        let b = budgets::call(&mut tx, "b").await.unwrap().unwrap();
        assert!(budgets::settle(&mut tx, &b, &spent, now).await.unwrap());
        let standing = budgets::standing_in(&mut tx, &pots[0].key, pots[0].from).await.unwrap().unwrap();
        assert_eq!((standing.settled, standing.reserved, standing.open), (300, 0, 0));
        tx.commit().await.unwrap();
        let sums = budgets::tokens(&store, Timestamp(0), Timestamp(i64::MAX)).await.unwrap();
        assert_eq!(sums["acme/large-1"], tokens.plus(tokens));
        // A sentence that is new takes up what was spent in its window before.
        let mut tx = store.begin().await.unwrap();
        let newer = Pot { key: "role:finance-operations|week|USD".to_owned(), ..pot(350) };
        let answer = budgets::reserve(&mut tx, &call("d", &most), std::slice::from_ref(&newer), now).await.unwrap();
        assert_eq!(answer, Answer::Spend, "the last call may pass it");
        let standing = budgets::standing_in(&mut tx, &newer.key, newer.from).await.unwrap().unwrap();
        assert_eq!((standing.settled, standing.reserved), (300, 400));
        drop(tx);
        store.close().await;
    })
    .await;
}
