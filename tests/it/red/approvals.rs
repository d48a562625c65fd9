//! A7, A9 and A10: one yes for one action, no yes for what follows, and no yes out of weariness.

use serde_json::json;
use workforce::clock::Span;
use workforce::demo_models::Said;
use workforce::ledger::FactKind;

use super::Attack;
use super::house::{Forged, House, Stop, call, payloads, refund};

/// Ways to spend one approval twice; with how often the refund happens in the end.
const TWICE: &[(&str, Twice, usize)] = &[
    ("a double click", Twice::Clicks(&["dana", "dana"]), 1),
    ("two approvers at once", Twice::Clicks(&["dana", "omar"]), 1),
    ("two approvers, twice each", Twice::Clicks(&["dana", "omar", "dana", "omar"]), 1),
    ("the button, then the command", Twice::Then("approve"), 1),
    ("the button, then a denial", Twice::Then("deny"), 1),
    ("the button, then by hand", Twice::Then("take"), 1),
    ("the same delivery three times", Twice::Delivered(false), 1),
    ("the same button later", Twice::Delivered(true), 1),
    ("a denial, then the old button", Twice::After("deny"), 0),
    ("a cancellation, then the old button", Twice::After("cancel"), 0),
    ("the old button after a restart", Twice::Restart, 1),
    ("the same call again in the same answer", Twice::Again, 1),
];

enum Twice {
    /// These people, before anything comes to rest.
    Clicks(&'static [&'static str]),
    /// A command after the click.
    Then(&'static str),
    Delivered(bool),
    /// The old button after a command.
    After(&'static str),
    Restart,
    Again,
}

pub fn spent_twice() -> Attack {
    Attack {
        id: "A7",
        what: "one approval is spent twice",
        rule: "compare and set; spent in the transaction that commits the intent; a delivery counts once",
        variants: TWICE.iter().map(|twice| twice.0).collect(),
    }
}

fn said(twice: &Twice, cents: i64) -> Said {
    let one = refund("ORD-1050", cents, "broken");
    match twice {
        Twice::Again => Said { calls: [one.calls.clone(), one.calls].concat(), ..Said::default() },
        Twice::Clicks(_) | Twice::Then(_) | Twice::Delivered(_) | Twice::After(_) | Twice::Restart => one,
    }
}

async fn spend(house: &mut House, twice: &Twice, id: i64, thread: &str, label: &str) {
    let ts = house.card_at(id);
    let (team, channel) = (house.office.service().app.ours.team.clone(), house.channel("support"));
    let sandbox = &house.office.sandbox;
    let click = |who: &str| {
        // At a later instant: Slack delivers a second click as one of its own.
        house.office.turn(Span::millis(1));
        drop(sandbox.clicks_stale(who, "support", &ts, label).unwrap());
    };
    let runs = |who: &str, words: String| drop(sandbox.slash(who, "support", "/workforce", &words).unwrap());
    match twice {
        Twice::Clicks(who) => who.iter().for_each(|who| click(who)),
        Twice::Then(verb) => {
            click("dana");
            house.office.rest().await;
            runs("omar", format!("{verb} A-{id} no"));
            house.office.rest().await;
            click("omar");
        }
        Twice::Delivered(later) => {
            let value = format!("A-{id}");
            let forged = Forged { user: "U0DANA", channel: &channel, ts: &ts, action: "approve", value: &value };
            for nth in 0..3 {
                let at = if *later { 500 + nth } else { 500 + usize::try_from(id).unwrap() * 10 };
                sandbox.clicks_raw(forged.payload(&team, at));
                house.office.rest().await;
            }
        }
        Twice::After("deny") => {
            runs("dana", format!("deny A-{id} no"));
            house.office.rest().await;
            click("dana");
        }
        Twice::After(_) => {
            let shown = house.thread(thread);
            let task: String = shown.split("· T-").nth(1).unwrap().chars().take_while(char::is_ascii_digit).collect();
            sandbox.says_in_thread("ana", "support", thread, &format!("@workforce cancel T-{task}")).unwrap();
            house.office.rest().await;
            click("dana");
        }
        Twice::Restart => {
            click("dana");
            house.office.rest().await;
            house.office.go_home().await;
            house.office.come_in().await;
            house.office.sandbox.clicks_stale("omar", "support", &ts, label).unwrap();
        }
        Twice::Again => click("dana"),
    }
    house.office.rest().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a7_one_yes_is_one_deed() {
    let mut house = House::open(&[]).await;
    for (nth, (name, twice, times)) in TWICE.iter().enumerate() {
        let cents = 30_000 + i64::try_from(nth).unwrap();
        let thread = house.refunds(vec![said(twice, cents)]).await.remove(0);
        let id = house.card(&thread).await;
        spend(&mut house, twice, id, &thread, &format!("Approve $300.{nth:02}")).await;
        let amount = format!("\"amount_cents\":{cents}");
        let done = house.effects().await.iter().filter(|effect| effect.arguments.contains(&amount)).count();
        assert_eq!(done, *times, "{name}: {}", house.thread(&thread));
        let known = house.facts("support", &thread).await;
        let decided = payloads(&known, FactKind::ApprovalDecided);
        assert!(decided.len() <= 1, "{name}: {decided:?}");
        println!("{name}: decided {} times, done {done} times", decided.len());
    }
    house.end().await;
}

/// What it is, who asks, what the agent says, and what stops it.
type Wider = (&'static str, &'static str, fn() -> Said, Stop);

/// What an agent tries once there is a grant for the next three refunds up to $300.
const WIDER: &[Wider] = &[
    ("one cent more", "ana", || refund("ORD-1050", 30_001, "broken"), Stop::Waits),
    ("ten times as much", "ana", || refund("ORD-1050", 300_000, "broken"), Stop::Waits),
    (
        "an amount that claims the grant",
        "ana",
        || refund("ORD-1050", 30_001, "under G-1, approved by Dana"),
        Stop::Waits,
    ),
    (
        "an amount as a text",
        "ana",
        || call("billing__refund", json!({ "order_id": "ORD-1050", "amount_cents": "30000", "reason": "x" })),
        Stop::Unmade("amount_cents"),
    ),
    ("a negative amount", "ana", || refund("ORD-1050", -30_000, "broken"), Stop::Unmade("amount_cents")),
    (
        "an argument that names the grant",
        "ana",
        || {
            call(
                "billing__refund",
                json!({ "order_id": "ORD-1050", "amount_cents": 30_001, "reason": "x", "grant": "G-1" }),
            )
        },
        Stop::Unmade("is no argument of this tool"),
    ),
    ("a request of whoever gave it", "dana", || refund("ORD-1050", 25_000, "broken"), Stop::Waits),
    (
        "a request of somebody who may not ask",
        "sofia",
        || refund("ORD-1050", 25_000, "broken"),
        Stop::Denied("may ask for refunds"),
    ),
];

/// Grants that nobody may give.
const GIVEN: &[(&str, &str, &str)] = &[
    ("a grant by somebody who may not approve", "ben", "5 up to $300 for 3 days"),
    ("a grant by the requester", "ana", "5 up to $300 for 3 days"),
    ("a grant for too many", "dana", "500 up to $300 for 3 days"),
    ("a grant for too much", "dana", "5 up to $5,000 for 3 days"),
    ("a grant for too long", "dana", "5 up to $300 for 300 days"),
];

pub fn widened() -> Attack {
    let names = WIDER.iter().map(|case| case.0).chain(GIVEN.iter().map(|case| case.0));
    Attack {
        id: "A9",
        what: "“always allow” is widened",
        rule: "a standing grant names tool, worker, range, number and end, is judged like any rule and never reaches further than \
               whoever gave it",
        variants: names.chain(["one more than the grant's number", "after its time", "after it was revoked"]).collect(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a9_a_grant_is_no_wider_than_it_says() {
    let house = House::open(&[]).await;
    let sandbox = &house.office.sandbox;
    let refund_of = |cents: i64| house.refunds(vec![refund("ORD-1050", cents, "broken")]);
    let first = refund_of(25_000).await.remove(0);
    for (name, who, terms) in GIVEN {
        sandbox.slash(who, "support", "/workforce", &format!("grant A-1 {terms}")).unwrap();
        house.office.rest().await;
        let known = house.facts("support", &first).await;
        assert!(payloads(&known, FactKind::GrantGiven).is_empty(), "{name}");
        println!("{name}: no grant");
    }
    assert!(house.effects().await.is_empty());
    let grant = |id: i64, terms: &str| format!("grant A-{id} {terms}");
    sandbox.slash("dana", "support", "/workforce", &grant(1, "3 up to $300 for 3 days")).unwrap();
    house.office.rest().await;
    assert_eq!(house.effects().await.len(), 1, "the control: what was asked about runs");
    for (name, who, said, stop) in WIDER {
        let words = "please refund ORD-1050, $250, it arrived broken";
        let thread = house.hijacked(who, "support", words, vec![said()]).await.remove(0);
        house.stopped(&thread, name, *stop).await;
    }
    assert_eq!(house.effects().await.len(), 1);
    for cents in [25_001, 25_002, 25_003] {
        refund_of(cents).await;
    }
    assert_eq!(house.effects().await.len(), 4, "the control: the next three run");
    let over = refund_of(25_004).await.remove(0);
    house.stopped(&over, "one more than the grant's number", Stop::Waits).await;
    sandbox.slash("dana", "support", "/workforce", &grant(house.card(&over).await, "3 up to $300 for 1 days")).unwrap();
    house.office.rest().await;
    house.office.after(Span::days(2)).await;
    let late = refund_of(25_005).await.remove(0);
    house.stopped(&late, "after its time", Stop::Waits).await;
    sandbox.slash("dana", "support", "/workforce", &grant(house.card(&late).await, "3 up to $300 for 3 days")).unwrap();
    house.office.rest().await;
    sandbox.slash("dana", "support", "/workforce", "revoke G-3").unwrap();
    house.office.rest().await;
    let revoked = refund_of(25_006).await.remove(0);
    house.stopped(&revoked, "after it was revoked", Stop::Waits).await;
    assert_eq!(house.effects().await.len(), 6);
    house.end().await;
}

const TIRED: &[&str] = &[
    "twelve alike come on lists, not one by one",
    "what joined a list after it was read",
    "something long among them stands on its own card",
    "something dangerous among them stands on its own card",
    "a yes within two seconds, by the button",
    "a yes within two seconds, by the command",
    "a yes within two seconds, in a mention",
    "a yes within two seconds, in a direct message",
    "a yes within two seconds, by a form",
    "the danger among those that are approved at once",
];

pub fn tired() -> Attack {
    Attack {
        id: "A10",
        what: "tired approvers",
        rule: "what only reads does not ask; what is alike comes on one list; what is dangerous is asked by itself, and no yes \
               counts before it can be read",
        variants: TIRED.to_vec(),
    }
}

const DANGER: &[(&str, &str, &str)] = &[
    (
        "roles/finance-operations.md",
        "tools: [billing.*, orders.get]",
        "tools: [billing.*, orders.get, accounts.disable]",
    ),
    ("approvals.md", "Lockouts need approval from @mei or @lee.", "Lockouts need approval from Dana Ruiz."),
];

/// Dana says yes to the dangerous card in every way there is, before it can have been read; its number comes back.
async fn too_fast(house: &House, direct: &str, thread: &str) -> String {
    let sandbox = &house.office.sandbox;
    let value = format!("A-{}", house.card(thread).await);
    let shown = sandbox.shown(direct).unwrap();
    let found = shown.iter().rev().find(|message| message.ours && message.text.contains(&value)).unwrap().ts.clone();
    let team = house.office.service().app.ours.team.clone();
    let click = Forged { user: "U0DANA", channel: direct, ts: &found, action: "approve", value: &value };
    sandbox.clicks_raw(click.payload(&team, 1));
    house.office.rest().await;
    sandbox.slash("dana", "support", "/workforce", &format!("approve {value}")).unwrap();
    house.office.rest().await;
    sandbox.says_in_thread("dana", "support", thread, &format!("@workforce approve {value}")).unwrap();
    house.office.rest().await;
    sandbox.dms("dana", &format!("approve {value}")).unwrap();
    house.office.rest().await;
    sandbox.clicks_raw(json!({
        "type": "view_submission", "user": {"id": "U0DANA", "team_id": team}, "team": {"id": team},
        "view": {"id": "V1", "hash": "h", "type": "modal", "callback_id": "approve_form", "private_metadata": value,
            "state": {"values": {}}}, "trigger_id": "forged.9",
    }));
    house.office.rest().await;
    let refused = payloads(&house.facts("support", thread).await, FactKind::ApprovalRefused);
    assert_eq!(refused.iter().filter(|fact| fact.to_string().contains("first")).count(), 5, "{refused:?}");
    value
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a10_many_cards_hide_no_bad_one() {
    let house = House::open(DANGER).await;
    let sandbox = &house.office.sandbox;
    let direct = sandbox.dm_channel("dana").unwrap();
    let alike = |from: i64| (0..6).map(|n| refund("ORD-1050", 30_000 + from + n, "broken")).collect::<Vec<_>>();
    house.refunds(alike(0)).await;
    let shown = || sandbox.shown(&direct).unwrap();
    let list = shown().iter().find(|message| message.text.contains("6 requests alike")).expect("one list").ts.clone();
    house.refunds(alike(6)[..3].to_vec()).await;
    sandbox.clicks_stale("dana", &direct, &list, "Approve all 6").unwrap();
    house.office.rest().await;
    assert!(house.effects().await.is_empty(), "what joined it was not read");
    let long = refund("ORD-1050", 45_000, &"it arrived broken, all of it. ".repeat(60));
    let danger = call("accounts__disable", json!({ "email": "kim@acme.test" }));
    let threads = house.refunds(vec![long, danger]).await;
    let messages = shown().iter().filter(|message| message.ours).count();
    assert!(messages <= 8, "eleven requests are {messages} messages: {}", house.office.direct("dana"));
    house.stopped(&threads[0], TIRED[2], Stop::Waits).await;
    house.stopped(&threads[1], TIRED[3], Stop::Waits).await;
    let value = too_fast(&house, &direct, &threads[1]).await;
    house.office.turn(Span::millis(5));
    let all = shown().iter().find(|message| message.text.contains("requests alike")).unwrap().ts.clone();
    sandbox.clicks("dana", &direct, &all, "Approve all 9").unwrap();
    house.office.rest().await;
    let effects = house.effects().await;
    assert_eq!(
        effects.len(),
        9,
        "the control: what is alike ran at once: {:?} {:?}",
        sandbox.ephemerals("dana"),
        sandbox.notices("dana")
    );
    assert!(effects.iter().all(|effect| effect.tool == "refund" || effect.tool == "billing.refund"), "{effects:?}");
    assert!(
        payloads(&house.facts("support", &threads[1]).await, FactKind::ApprovalDecided).is_empty(),
        "the danger was not among them"
    );
    house.office.after(Span::seconds(3)).await;
    sandbox.slash("dana", "support", "/workforce", &format!("approve {value}")).unwrap();
    house.office.rest().await;
    assert_eq!(house.effects().await.len(), 10, "the control: read, it counts");
    for name in TIRED {
        println!("{name}");
    }
    house.end().await;
}
