//! Looser is a proof: whatever it does not report must be as strict for every call.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{What, grants, looser};
use crate::backtest::{Judged, Word};
use crate::directives::Directives;
use crate::gate::approvers::{Parties, Surroundings};
use crate::gate::tests::{NOW, accounts, company, directives, facts, nothing_before, proposal};
use crate::gate::{Requester, approvers, judge};
use crate::workers::WorkerRef;

fn set(rules: &[Value]) -> Directives {
    directives(rules.iter().cloned().map(company))
}

fn whats(was: &[Value], now: &[Value]) -> Vec<What> {
    let mut found: Vec<What> = looser(&set(was), &set(now)).into_iter().map(|looser| looser.what).collect();
    found.dedup();
    found
}

fn over(amount: i64) -> Value {
    json!({ "amount": { "over": amount, "currency": "USD" } })
}

fn up_to(amount: i64) -> Value {
    json!({ "amount": { "at_most": amount, "currency": "USD" } })
}

fn approve(when: Value, by: &str) -> Value {
    json!({ "kind": "approve", "action": "refund", "tools": ["billing.refund"], "when": when, "by": [by], "count": 1 })
}

fn allow(when: Value) -> Value {
    json!({ "kind": "allow", "action": "refund", "tools": ["billing.refund"], "when": when })
}

fn forbid(when: Value) -> Value {
    json!({ "kind": "forbid", "action": "refund", "tools": ["billing.refund"], "when": when })
}

#[test]
fn a_lower_limit_is_stricter_and_a_higher_one_looser() {
    let limit = |amount| [allow(up_to(amount)), approve(over(amount), "role:finance-manager")];
    assert_eq!(whats(&limit(200), &limit(200)), []);
    assert_eq!(whats(&limit(200), &limit(30)), []);
    assert_eq!(whats(&limit(30), &limit(200)), [What::Gate, What::Freedom]);
}

#[test]
fn what_the_contract_names_is_found() {
    let gate = || approve(over(200), "role:finance-manager");
    let more = |rule: Value| [gate(), rule];
    assert_eq!(whats(&[gate()], &[]), [What::Gate], "a gate is gone");
    assert_eq!(whats(&[gate()], &[approve(over(200), "person:@bo")]), [What::Gate, What::Approver]);
    assert_eq!(whats(&[gate()], &more(approve(over(900), "person:@sam"))), [What::Gate, What::Approver]);
    assert_eq!(whats(&[gate()], &more(allow(up_to(20)))), [What::Freedom]);
    assert_eq!(whats(&[gate()], &more(forbid(over(900)))), [], "a ban more");
    assert_eq!(whats(&more(forbid(over(900))), &[gate()]), [What::Gate], "a ban less");
    assert_eq!(whats(&more(forbid(over(900))), &more(forbid(over(100)))), []);
    let permit = json!({ "kind": "permit", "who": ["agent:support-agent"], "tools": ["deploy.apply"] });
    assert_eq!(whats(&[gate()], &more(permit.clone())), [What::Right]);
    assert_eq!(whats(&more(permit), &[gate()]), []);
    let only = json!({ "kind": "permit", "who": ["agent:finance-agent"], "tools": ["billing.refund"], "only": true });
    assert_eq!(whats(&more(only), &[gate()]), [What::Right]);
    let level = |level| json!({ "kind": "autonomy", "who": ["agent:finance-agent"], "level": level });
    assert_eq!(whats(&more(level("ask")), &more(level("suggest"))), []);
    assert_eq!(whats(&more(level("suggest")), &more(level("ask"))), [What::Gate]);
    assert_eq!(whats(&[gate()], &more(level("act"))), [What::Freedom]);
    let budget = |amount| json!({ "kind": "budget", "who": ["agent:finance-agent"], "amount": amount, "currency": "USD", "per": "week" });
    assert_eq!(whats(&more(budget(50)), &more(budget(40))), []);
    assert_eq!(whats(&more(budget(50)), &more(budget(60))), [What::Bound]);
    let cover = json!({ "kind": "cover", "person": "person:@dana", "by": ["person:@lee"], "from": "2026-08-03", "until": "2026-08-14" });
    assert_eq!(whats(&[gate()], &more(cover)), [What::Approver]);
    let route = json!({ "kind": "route", "when": { "topics": ["billing"] }, "to": ["agent:support-agent"] });
    assert_eq!(whats(&[gate()], &more(route)), [], "where work goes grants nothing");
}

#[test]
fn people_and_tools_are_looked_at() {
    let was = set(&[]);
    let changed = |change: &dyn Fn(&mut Directives)| {
        let mut now = set(&[]);
        change(&mut now);
        looser(&was, &now).into_iter().map(|looser| (looser.what, looser.says)).collect::<Vec<_>>()
    };
    let what = |change: &dyn Fn(&mut Directives)| changed(change).first().map(|(what, _)| *what);
    assert_eq!(what(&|_| {}), None);
    assert_eq!(what(&|set| set.roster.people.get_mut("bo").unwrap().slack_id = Some("UX".into())), Some(What::Person));
    assert_eq!(
        what(&|set| set.roster.people.get_mut("bo").unwrap().reports_to = Some("lee".into())),
        Some(What::Approver)
    );
    assert_eq!(what(&|set| set.roster.teams.get_mut("sre").unwrap().members.push("bo".into())), Some(What::Person));
    assert_eq!(what(&|set| set.roster.triage = Some("bo".into())), Some(What::Approver));
    assert_eq!(
        what(&|set| set.roster.roles.get_mut("sre").unwrap().owner = WorkerRef::Person("bo".into())),
        Some(What::Approver)
    );
    assert_eq!(
        what(&|set| set.roster.positions.get_mut("deploy-agent").unwrap().tools.push("billing.*".into())),
        Some(What::Right)
    );
    assert_eq!(what(&|set| drop(set.roster.positions.remove("deploy-agent"))), None);
    assert_eq!(
        what(&|set| drop(set.keepers.insert(String::new(), WorkerRef::Person("bo".into())))),
        Some(What::Approver)
    );
    assert!(grants(&was).iter().any(|grant| grant.says == "deploy-agent is a new position, with deploy.apply"));
}

/// A call by one of two agents, for an amount, asked for by one of three people.
fn calls() -> Vec<(crate::gate::Proposal, crate::gate::TaskFacts)> {
    let mut calls = Vec::new();
    for agent in ["finance-agent", "support-agent"] {
        for dollars in [5, 50, 150, 250, 800, 1500] {
            for asks in ["ana", "bo", "lee"] {
                for text in ["please", "please, for a vip"] {
                    let arguments = json!({ "order_id": "ORD-1042", "amount_cents": dollars * 100 });
                    let mut call = proposal(agent, "billing.refund", arguments);
                    call.requester = Some(Requester { handle: Some(asks.to_owned()), account: None });
                    calls.push((call, facts(text)));
                }
            }
        }
    }
    calls
}

/// How strict a set is about a call; of an approval, who may give it.
fn strictness(
    set: &Directives,
    call: &(crate::gate::Proposal, crate::gate::TaskFacts),
) -> (Word, Vec<(u32, Vec<String>)>) {
    let judged = Judged::of(&judge(&call.0, &call.1, set, &nothing_before(), NOW));
    let accounts = accounts();
    let around = Surroundings { directives: set, accounts: &accounts, now: NOW };
    let parties = Parties::of(&call.0);
    let who = judged.needs.iter().map(|need| {
        let mut people = approvers(need, false, &parties, &around).people;
        people.sort();
        (need.count, people)
    });
    (judged.verdict, who.collect())
}

fn condition() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(json!({})),
        (0_i64..12).prop_map(|n| over(n * 100)),
        (1_i64..12).prop_map(|n| up_to(n * 100)),
        (0_i64..5, 6_i64..12).prop_map(
            |(low, high)| json!({ "amount": { "over": low * 100, "at_most": high * 100, "currency": "USD" } })
        ),
        Just(json!({ "mentions": ["vip"] })),
        Just(json!({ "from": ["team:finance"] })),
        Just(json!({ "unless": { "from": ["team:support"] } })),
        (0_i64..12).prop_map(|n| json!({ "mentions": ["vip"], "amount": { "over": n * 100, "currency": "USD" } })),
    ]
}

const LEVELS: [&str; 2] = ["ask", "suggest"];

fn kind_of(count: u32) -> usize {
    usize::try_from(count).unwrap() - 1
}

fn rule() -> impl Strategy<Value = Value> {
    let who = prop_oneof![Just(json!([])), Just(json!(["agent:finance-agent"])), Just(json!(["role:support"]))];
    let by = prop_oneof![Just("person:@dana"), Just("person:@kim"), Just("role:finance-manager"), Just("team:sre")];
    (condition(), who, by, 1_u32..3, 0_u8..5).prop_map(|(when, who, by, count, kind)| match kind {
        0 | 1 => json!({ "kind": "approve", "action": "refund", "tools": ["billing.refund"], "who": who, "when": when, "by": [by], "count": count }),
        2 => json!({ "kind": "allow", "action": "refund", "tools": ["billing.refund"], "who": who, "when": when }),
        3 => json!({ "kind": "forbid", "action": "refund", "tools": ["billing.*"], "who": who, "when": when }),
        _last => json!({ "kind": "autonomy", "who": ["agent:finance-agent"], "level": LEVELS[kind_of(count)] }),
    })
}

/// A set, and one that came of it by taking away, adding and replacing sentences.
fn edits() -> impl Strategy<Value = (Vec<Value>, Vec<Value>)> {
    let edit = (any::<prop::sample::Index>(), 0_u8..3, rule());
    (prop::collection::vec(rule(), 1..5), prop::collection::vec(edit, 1..3)).prop_map(|(was, edits)| {
        let mut now = was.clone();
        for (at, how, rule) in edits {
            let place = at.index(now.len().max(1));
            match how {
                0 if !now.is_empty() => drop(now.remove(place)),
                1 if !now.is_empty() => now[place] = rule,
                _otherwise => now.push(rule),
            }
        }
        (was, now)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_not_reported_is_as_strict_for_every_call((was, now) in edits()) {
        let (was, now) = (set(&was), set(&now));
        if looser(&was, &now).is_empty() {
            for call in calls() {
                let (before, after) = (strictness(&was, &call), strictness(&now, &call));
                prop_assert!(after.0 >= before.0, "{:?}: {before:?} → {after:?}", call.0.arguments);
                if before.0 == Word::Approve && after.0 == Word::Approve {
                    // Whoever suffices now holds as many as sufficed before of those who could say it then.
                    for (count, people) in &before.1 {
                        let kept = after.1.iter().any(|(now, others)| {
                            let new = others.iter().filter(|person| !people.contains(person)).count();
                            usize::try_from(*now).unwrap() >= usize::try_from(*count).unwrap() + new
                        });
                        prop_assert!(kept, "{before:?} → {after:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn nothing_is_looser_than_itself_in_any_order((was, _) in edits(), shuffle in any::<prop::sample::Index>()) {
        let mut turned = was.clone();
        turned.rotate_left(shuffle.index(was.len()));
        prop_assert_eq!(looser(&set(&was), &set(&turned)), vec![]);
    }

    #[test]
    fn a_ban_more_is_never_looser((was, _) in edits(), when in condition()) {
        let mut now = was.clone();
        now.push(forbid(when));
        prop_assert_eq!(looser(&set(&was), &set(&now)), vec![]);
    }
}

#[test]
fn a_wider_gate_that_lets_an_exception_through_is_looser() {
    let vip = || allow(json!({ "mentions": ["vip"] }));
    let was = [approve(over(100), "person:@dana"), vip()];
    let now = [approve(json!({}), "person:@dana"), vip()];
    assert_eq!(whats(&was, &now), [What::Gate, What::Approver]);
}

#[test]
fn an_exception_that_goes_gives_the_owners_word_to_others() {
    let asks = json!({ "kind": "autonomy", "who": ["agent:finance-agent"], "level": "ask" });
    let sre = approve(up_to(600), "team:sre");
    assert_eq!(whats(&[asks.clone(), sre.clone(), allow(up_to(100))], &[asks, sre.clone()]), [What::Approver]);
    // Where nobody has to ask, nothing that ran is asked of anybody who was not named.
    assert_eq!(whats(&[sre.clone(), allow(up_to(100))], &[sre]), []);
}
