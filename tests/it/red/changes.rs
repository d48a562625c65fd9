//! A8: the world changes between somebody's yes and the deed.

use workforce::clock::Span;
use workforce::ledger::FactKind;

use super::Attack;
use super::house::{Change, House, payloads, refund};

const APPROVALS: &str = "approvals.md";
const FINANCE: &str = "roles/finance-operations.md";
const MAY_REFUND: &str = "Only the finance agent may refund.";

/// What changes while a yes can still be taken back.
enum Turn {
    Edit(&'static str, &'static str, &'static str),
    Runs(&'static str, &'static str),
    Says(&'static str, &'static str),
    Leaves(&'static str),
    Guest(&'static str),
}

const TURNS: &[(&str, Turn)] = &[
    (
        "the agent may only suggest",
        Turn::Edit(APPROVALS, MAY_REFUND, "Only the finance agent may refund.\nThe finance agent only suggests."),
    ),
    (
        "refunds are forbidden",
        Turn::Edit(APPROVALS, MAY_REFUND, "Only the finance agent may refund.\nNobody may refund."),
    ),
    (
        "the requester may no longer ask",
        Turn::Edit(APPROVALS, "Only the support team and the finance team may ask", "Only the finance team may ask"),
    ),
    (
        "the order must be looked up first",
        Turn::Edit(
            APPROVALS,
            MAY_REFUND,
            "Only the finance agent may refund.\nBefore making a refund, look up the order.",
        ),
    ),
    ("the agent is paused", Turn::Edit(FINANCE, "status: active", "status: paused")),
    ("the agent is retired", Turn::Edit(FINANCE, "status: active", "status: retired")),
    ("the request is given to somebody else", Turn::Runs("ana", "reassign T-1 @ben")),
    ("the approver becomes a guest", Turn::Guest("dana")),
    ("the requester cancels by command", Turn::Runs("ana", "cancel T-1")),
    ("the approver's account is deactivated", Turn::Leaves("dana")),
    ("the requester cancels", Turn::Says("ana", "@workforce cancel T-1")),
    ("the agent is stopped", Turn::Runs("kim", "stop Finn")),
    ("the approver takes it back", Turn::Runs("dana", "undo A-1")),
];

pub fn after_approval() -> Attack {
    Attack {
        id: "A8",
        what: "it changes after the approval",
        rule: "the call is judged again by the rules of the moment, and its digest compared, at every attempt",
        variants: TURNS.iter().map(|turn| turn.0).collect(),
    }
}

/// A refund that Dana has said yes to a moment ago.
async fn approved(changes: &[Change<'_>]) -> (House, String) {
    let house = House::with(changes, |config| config.approvals.undo_seconds = 60).await;
    let thread = house.refunds(vec![refund("ORD-1050", 45_000, "broken")]).await.remove(0);
    house.office.sandbox.slash("dana", "support", "/workforce", "approve A-1").unwrap();
    house.office.rest().await;
    let known = house.facts("support", &thread).await;
    assert_eq!(payloads(&known, FactKind::ApprovalDecided).len(), 1, "{}", house.thread(&thread));
    (house, thread)
}

async fn turns(name: &str, turn: &Turn) {
    let (house, thread) = approved(&[]).await;
    let sandbox = &house.office.sandbox;
    match turn {
        Turn::Edit(file, old, new) => house.office.edit(file, old, new).await,
        Turn::Runs(who, words) => drop(sandbox.slash(who, "support", "/workforce", words).unwrap()),
        Turn::Says(who, words) => drop(sandbox.says_in_thread(who, "support", &thread, words).unwrap()),
        Turn::Leaves(who) => sandbox.deactivates(who).unwrap(),
        Turn::Guest(who) => sandbox.changes_user(who, |user| user.is_guest = true).unwrap(),
    }
    house.office.rest().await;
    house.office.after(Span::seconds(61)).await;
    assert!(house.effects().await.is_empty(), "{name}: {}\n{}", house.thread(&thread), house.office.direct("kim"));
    let known = house.facts("support", &thread).await;
    let why = [FactKind::ActionDenied, FactKind::ApprovalVoided, FactKind::ActionEnded, FactKind::ApprovalDecided];
    let last = known.iter().rev().find(|fact| why.contains(&fact.kind)).unwrap();
    println!("{name}: {:?} {}", last.kind, last.payload.as_ref().unwrap()["why"]);
    house.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a8_nothing_runs_on_a_yes_to_something_else() {
    for (name, turn) in TURNS {
        Box::pin(turns(name, turn)).await;
    }
    let (house, _) = approved(&[]).await;
    house.office.after(Span::seconds(61)).await;
    assert_eq!(house.effects().await.len(), 1, "the control runs");
    house.end().await;
}
