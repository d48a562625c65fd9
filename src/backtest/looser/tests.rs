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
        Just(json!({ "channels": ["support"] })),
        (1_i64..12)
            .prop_map(|n| json!({ "channels": ["support"], "amount": { "at_most": n * 100, "currency": "USD" } })),
        Just(json!({ "unless": { "from": ["team:support"] } })),
        (0_i64..12).prop_map(|n| json!({ "mentions": ["vip"], "amount": { "over": n * 100, "currency": "USD" } })),
    ]
}

const LEVELS: [&str; 3] = ["ask", "suggest", "act"];

fn rule() -> impl Strategy<Value = Value> {
    let who = prop_oneof![Just(json!([])), Just(json!(["agent:finance-agent"])), Just(json!(["role:support"]))];
    let by = prop_oneof![Just("person:@dana"), Just("person:@kim"), Just("role:finance-manager"), Just("team:sre")];
    let freedom = (0_usize..LEVELS.len(), any::<bool>());
    (condition(), who, by, 1_u32..3, 0_u8..6, freedom).prop_map(|(when, who, by, count, kind, (level, named))| match kind {
        0 | 1 => json!({ "kind": "approve", "action": "refund", "tools": ["billing.refund"], "who": who, "when": when, "by": [by], "count": count }),
        2 => json!({ "kind": "allow", "action": "refund", "tools": ["billing.refund"], "who": who, "when": when }),
        3 => json!({ "kind": "forbid", "action": "refund", "tools": ["billing.*"], "who": who, "when": when }),
        4 if named => json!({ "kind": "autonomy", "who": who, "level": LEVELS[level], "tools": ["billing.refund"] }),
        4 => json!({ "kind": "autonomy", "who": who, "level": LEVELS[level] }),
        _last => json!({ "kind": "autonomy", "who": ["agent:finance-agent"], "level": LEVELS[level] }),
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
fn an_exception_inside_one_that_put_nothing_aside_is_looser() {
    let here = || json!({ "channels": ["support"] });
    let small = |mut when: Value| {
        when["amount"] = json!({ "under": 20, "currency": "USD" });
        allow(when)
    };
    let was = [approve(here(), "person:@dana"), small(json!({}))];
    let now = [was[0].clone(), was[1].clone(), small(here())];
    assert_eq!(whats(&was, &now), [What::Freedom]);
    // What the old exception put aside, the new one puts aside no more than it.
    let was = [approve(json!({}), "person:@dana"), small(json!({}))];
    assert_eq!(whats(&was, &[was[0].clone(), was[1].clone(), small(here())]), []);
}

#[test]
fn a_limit_that_gets_an_exception_is_looser() {
    let level = |who: Value, level: &str| json!({ "kind": "autonomy", "who": who, "level": level });
    let mut freed = level(json!(["team:finance"]), "act");
    freed["tools"] = json!(["billing.refund"]);
    let was = [freed.clone(), level(json!(["agent:finance-agent"]), "suggest")];
    assert_eq!(whats(&was, &[freed.clone(), level(json!([]), "suggest")]), [What::Gate]);
    assert_eq!(whats(&was, &[freed, level(json!(["agent:finance-agent"]), "observe")]), []);
}

#[test]
fn a_word_that_a_word_of_a_gate_leans_on_is_looked_at() {
    let define = |term: &str, means: &str| json!({ "kind": "define", "term": term, "means": [means] });
    let gate = || approve(json!({ "segments": ["vip"] }), "person:@dana");
    let was = [gate(), define("vip", "key account"), define("key account", "Gold plan")];
    let now = [gate(), define("vip", "key account"), define("key account", "Platinum plan")];
    assert_eq!(whats(&was, &now), [What::Gate]);
    let of_work = |means: &str| [gate(), define("vip", "key account"), define("trouble", means)];
    assert_eq!(whats(&of_work("outages"), &of_work("alarms")), []);
}

#[test]
fn another_time_zone_is_looked_at_where_gates_depend_on_it() {
    let moved = |rules: &[Value]| {
        let mut now = set(rules);
        now.roster.timezone = "Pacific/Auckland".to_owned();
        looser(&set(rules), &now).into_iter().map(|looser| looser.what).collect::<Vec<_>>()
    };
    assert_eq!(moved(&[approve(over(200), "person:@dana")]), []);
    assert_eq!(moved(&[approve(json!({ "hours": "outside" }), "person:@dana")]), [What::Gate]);
    let level = json!({ "kind": "autonomy", "who": ["agent:finance-agent"], "level": "suggest" });
    assert_eq!(moved(std::slice::from_ref(&level)), []);
    let mut until = level;
    until["until"] = json!("2026-12-31");
    assert_eq!(moved(&[until]), [What::Gate]);
}

#[test]
fn a_step_that_moves_into_another_workflow_brings_its_approval() {
    use crate::directives::workflow::Workflow;
    type Step<'a> = (&'a str, &'a [&'a str]);
    let flow = |name: &str, steps: &[Step<'_>]| -> Workflow {
        let step = |(at, (what, by)): (usize, &Step<'_>)| {
            json!({ "n": at + 1, "line": at + 1, "who": "person:@sam", "do": what, "after": [], "parallel": false,
                    "approval": by, "text": what, "paraphrase": what })
        };
        let steps: Vec<Value> = steps.iter().enumerate().map(step).collect();
        serde_json::from_value(json!({ "name": name, "file": name, "line": 1, "when": {}, "steps": steps })).unwrap()
    };
    let with = |flows: Vec<Workflow>| Directives { workflows: flows, ..set(&[]) };
    let (signs, waits): (Step<'_>, Step<'_>) = (("sign it", &[]), ("sign it", &["person:@kim"]));
    let was = with(vec![flow("joining", &[("greet", &[])]), flow("hiring", &[waits])]);
    let now = |steps: &[Step<'_>]| looser(&was, &with(vec![flow("joining", steps)]));
    assert_eq!(now(&[("greet", &[])]), [], "what is gone starts nothing");
    assert_eq!(now(&[("greet", &[]), waits]), []);
    let found = now(&[("greet", &[]), signs]);
    assert_eq!(found.iter().map(|looser| looser.what).collect::<Vec<_>>(), [What::Gate]);
}

#[test]
fn an_exception_that_goes_gives_the_owners_word_to_others() {
    let asks = json!({ "kind": "autonomy", "who": ["agent:finance-agent"], "level": "ask" });
    let sre = approve(up_to(600), "team:sre");
    assert_eq!(whats(&[asks.clone(), sre.clone(), allow(up_to(100))], &[asks, sre.clone()]), [What::Approver]);
    // Where nobody has to ask, nothing that ran is asked of anybody who was not named.
    assert_eq!(whats(&[sre.clone(), allow(up_to(100))], &[sre]), []);
}
