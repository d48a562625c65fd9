//! Which rule wins: one row each, as the contract's numbered points say it.

use super::*;

pub const REFUND: &str = "billing.refund";

pub fn approve(rest: Value) -> Value {
    rule("approve", json!({"count": 1, "by": ["person:@dana"]}), rest)
}

pub fn allow(rest: Value) -> Value {
    rule("allow", json!({}), rest)
}

fn forbid(rest: Value) -> Value {
    rule("forbid", json!({}), rest)
}

fn rule(kind: &str, base: Value, rest: Value) -> Value {
    let mut whole = json!({"kind": kind, "action": "refund", "tools": [REFUND]});
    for part in [base, rest] {
        for (name, value) in part.as_object().unwrap() {
            whole[name] = value.clone();
        }
    }
    whole
}

pub fn over(amount: i64) -> Value {
    json!({"amount": {"over": amount, "currency": "USD"}})
}

fn under(amount: i64) -> Value {
    json!({"amount": {"under": amount, "currency": "USD"}})
}

pub fn when(condition: Value) -> Value {
    json!({"when": condition})
}

/// Rules, the refund's dollars, the verdict, and the lines that decided.
pub fn check(name: &str, said: Vec<Said>, dollars: i64, expected: &str, decided: &[u32]) {
    check_with(name, said, &refund(dollars), &facts("please refund ORD-1042, it arrived broken"), expected, decided);
}

pub fn check_with(name: &str, said: Vec<Said>, call: &Proposal, task: &TaskFacts, expected: &str, decided: &[u32]) {
    let verdict = judge(call, task, &directives(said), &nothing_before(), NOW);
    assert_eq!(verdict.decision.word(), expected, "{name}: {verdict:?}");
    assert_eq!(lines(&verdict), decided, "{name}: {verdict:?}");
    assert!(!verdict.because.is_empty(), "{name} has no reason");
    assert!(verdict.because.iter().all(|because| !because.says.is_empty()), "{name}");
}

#[test]
fn forbid_wins_over_everything() {
    let c = company;
    check("alone", vec![c(forbid(json!({})))], 5, "deny", &[1]);
    check("over allow", vec![c(allow(json!({}))), c(forbid(json!({})))], 5, "deny", &[2]);
    check("over approve", vec![c(approve(json!({}))), c(forbid(json!({})))], 5, "deny", &[2]);
    check("a narrower allow is no way out", vec![c(forbid(json!({}))), c(allow(when(under(20))))], 5, "deny", &[1]);
    check("above its limit", vec![c(forbid(when(over(1000))))], 1001, "deny", &[1]);
    check("at its limit", vec![c(forbid(when(over(1000)))), c(allow(json!({})))], 1000, "run", &[2]);
    check(
        "of a role file",
        vec![
            c(allow(json!({}))),
            Said(Some("finance-operations"), forbid(json!({"who": ["role:finance-operations"]}))),
        ],
        5,
        "deny",
        &[2],
    );
    check(
        "of another role's file",
        vec![c(allow(json!({}))), Said(Some("support"), forbid(json!({"who": ["role:support"]})))],
        5,
        "run",
        &[1],
    );
    check(
        "for another agent",
        vec![c(allow(json!({}))), c(forbid(json!({"who": ["agent:support-agent"]})))],
        5,
        "run",
        &[1],
    );
    check(
        "for this agent",
        vec![c(allow(json!({}))), c(forbid(json!({"who": ["agent:finance-agent"]})))],
        5,
        "deny",
        &[2],
    );
    check("for its team", vec![c(allow(json!({}))), c(forbid(json!({"who": ["team:finance"]})))], 5, "deny", &[2]);
    check(
        "all tools of a server",
        vec![c(allow(json!({}))), c(forbid(json!({"tools": ["billing.*"]})))],
        5,
        "deny",
        &[2],
    );
    check(
        "another server's tools",
        vec![c(allow(json!({}))), c(forbid(json!({"tools": ["deploy.*"]})))],
        5,
        "run",
        &[1],
    );
    check("both are named", vec![c(forbid(when(over(10)))), c(forbid(when(over(20))))], 30, "deny", &[1, 2]);
    check(
        "unless it comes from the team",
        vec![c(allow(json!({}))), c(forbid(when(json!({"unless": {"from": ["team:finance"]}}))))],
        5,
        "run",
        &[1],
    );
    check(
        "unless it comes from others",
        vec![c(allow(json!({}))), c(forbid(when(json!({"unless": {"from": ["team:support"]}}))))],
        5,
        "deny",
        &[2],
    );
}

#[test]
fn the_inner_of_approve_and_allow_is_the_exception() {
    let c = company;
    let small = || c(allow(when(under(20))));
    check("under the limit", vec![c(approve(json!({}))), small()], 19, "run", &[2]);
    check("at the limit", vec![c(approve(json!({}))), small()], 20, "approve", &[1]);
    check("order does not matter", vec![small(), c(approve(json!({})))], 19, "run", &[1]);
    check("approve inside allow", vec![c(allow(json!({}))), c(approve(when(over(200))))], 201, "approve", &[2]);
    check("outside the approve", vec![c(allow(json!({}))), c(approve(when(over(200))))], 200, "run", &[1]);
    check("the same condition", vec![c(allow(json!({}))), c(approve(json!({})))], 5, "approve", &[2]);
    check("ranges that cross", vec![c(allow(when(under(300)))), c(approve(when(over(200))))], 250, "approve", &[2]);
    check(
        "different slots",
        vec![c(allow(when(json!({"channels": ["#support"]})))), c(approve(when(over(200))))],
        250,
        "approve",
        &[2],
    );
    check(
        "more slots are narrower",
        vec![
            c(approve(when(over(200)))),
            c(allow(when(json!({"channels": ["#support"], "amount": {"over": 200, "currency": "USD"}})))),
        ],
        250,
        "run",
        &[2],
    );
    check(
        "one agent inside everyone",
        vec![c(approve(json!({}))), c(allow(json!({"who": ["agent:finance-agent"]})))],
        5,
        "run",
        &[2],
    );
    check(
        "an agent inside its role",
        vec![
            c(approve(json!({"who": ["role:finance-operations"]}))),
            c(allow(json!({"who": ["agent:finance-agent"]}))),
        ],
        5,
        "approve",
        &[1],
    );
    check(
        "who and amount cross",
        vec![c(approve(when(over(200)))), c(allow(json!({"who": ["agent:finance-agent"]})))],
        250,
        "approve",
        &[1],
    );
    check(
        "a wider tool list is not inside",
        vec![c(approve(json!({}))), c(allow(json!({"tools": ["billing.*"], "when": under(20)})))],
        5,
        "approve",
        &[1],
    );
    check(
        "a narrower tool list is",
        vec![c(approve(json!({"tools": ["billing.*"]}))), c(allow(json!({})))],
        5,
        "run",
        &[2],
    );
    check(
        "another currency is unknown",
        vec![c(approve(json!({}))), c(allow(when(json!({"amount": {"under": 20, "currency": "EUR"}}))))],
        5,
        "approve",
        &[1],
    );
    check(
        "two approvals, one exception",
        vec![c(approve(json!({}))), c(approve(when(under(10)))), small()],
        5,
        "approve",
        &[2],
    );
    check(
        "through all",
        vec![c(approve(json!({}))), c(allow(when(json!({"all": [under(20), {"channels": ["#support"]}]}))))],
        5,
        "run",
        &[2],
    );
    check("unless", vec![c(approve(when(json!({"unless": under(20)})))), c(allow(json!({})))], 5, "run", &[2]);
    check(
        "unless does not hold",
        vec![c(approve(when(json!({"unless": under(20)})))), c(allow(json!({})))],
        25,
        "approve",
        &[1],
    );
    check(
        "a defined topic inside a wider one",
        vec![
            c(json!({"kind": "define", "term": "billing", "means": ["refund", "invoice"]})),
            c(approve(when(json!({"topics": ["billing"]})))),
            c(allow(when(json!({"topics": ["refund"]})))),
        ],
        5,
        "run",
        &[3],
    );
}

#[test]
fn between_two_approvals_the_inner_decides_or_both_hold() {
    let c = company;
    let cfo = || c(approve(json!({"by": ["person:@kim"], "when": over(1000)})));
    check("below both", vec![c(approve(when(over(200)))), cfo(), c(allow(json!({})))], 100, "run", &[3]);
    check("in the outer", vec![c(approve(when(over(200)))), cfo()], 500, "approve", &[1]);
    check("in the inner", vec![c(approve(when(over(200)))), cfo()], 1500, "approve", &[2]);
    check(
        "crossing",
        vec![c(approve(when(over(200)))), c(approve(when(json!({"channels": ["#support"]}))))],
        500,
        "approve",
        &[1, 2],
    );
    check(
        "one does not fit",
        vec![c(approve(when(over(200)))), c(approve(when(json!({"channels": ["#legal"]}))))],
        500,
        "approve",
        &[1],
    );
    check(
        "equal conditions: both",
        vec![c(approve(json!({}))), c(approve(json!({"by": ["person:@kim"]})))],
        5,
        "approve",
        &[1, 2],
    );
    check(
        "named worker inside everyone",
        vec![c(approve(json!({}))), c(approve(json!({"who": ["agent:finance-agent"]})))],
        5,
        "approve",
        &[2],
    );
    check("closer tool", vec![c(approve(json!({"tools": ["billing.*"]}))), c(approve(json!({})))], 5, "approve", &[2]);
    check(
        "a longer list of tools, a narrower range",
        vec![c(approve(when(over(200)))), c(approve(json!({"tools": [REFUND, "deploy.apply"], "when": over(1000)})))],
        1500,
        "approve",
        &[2],
    );
    check(
        "a role file adds",
        vec![c(approve(json!({}))), Said(Some("finance-operations"), approve(when(over(100))))],
        500,
        "approve",
        &[1, 2],
    );
    check(
        "the company does not lift a role's",
        vec![Said(Some("finance-operations"), approve(json!({}))), c(allow(when(under(20))))],
        5,
        "approve",
        &[1],
    );
}

#[test]
fn a_role_file_tightens_and_never_loosens() {
    let c = company;
    let role = |rule| Said(Some("finance-operations"), rule);
    check(
        "its allow lifts no company rule",
        vec![c(approve(json!({}))), role(allow(when(under(20))))],
        5,
        "approve",
        &[1],
    );
    check("its allow lifts its own rule", vec![role(approve(json!({}))), role(allow(when(under(20))))], 5, "run", &[2]);
    check("its allow lifts the default", vec![role(allow(json!({})))], 5, "run", &[1]);
    check("another role's allow does not", vec![Said(Some("support"), allow(json!({})))], 5, "approve", &[]);
}

#[test]
fn what_cannot_be_looked_up_counts_against_the_call() {
    let c = company;
    let unknown = TaskFacts::unknown(TaskId(1));
    let vip = json!({"segments": ["vip"]});
    let no_requester = Proposal { requester: None, ..refund(5) };
    for (name, condition) in [
        ("topic", json!({"topics": ["lawsuit"]})),
        ("mention", json!({"mentions": ["legal"]})),
        ("channel", json!({"channels": ["#legal"]})),
        ("source", json!({"source": "webhook:shop"})),
        ("priority", json!({"priority": "urgent"})),
        ("segment", vip.clone()),
        ("from", json!({"from": ["team:sre"]})),
        ("unless", json!({"unless": {"channels": ["#finance"]}})),
    ] {
        check_with(
            &format!("{name} forbids"),
            vec![c(forbid(when(condition.clone())))],
            &no_requester,
            &unknown,
            "deny",
            &[1],
        );
        check_with(
            &format!("{name} waits"),
            vec![c(allow(json!({}))), c(approve(when(condition.clone())))],
            &no_requester,
            &unknown,
            "approve",
            &[2],
        );
        check_with(
            &format!("{name} allows nothing"),
            vec![c(approve(json!({}))), c(allow(when(condition)))],
            &no_requester,
            &unknown,
            "approve",
            &[1],
        );
    }
    check(
        "an unknown inner approval displaces nothing",
        vec![c(approve(json!({}))), c(approve(json!({"by": ["person:@noor"], "when": vip})))],
        5,
        "approve",
        &[1, 2],
    );
    let reply = proposal("support-agent", "helpdesk.reply", json!({"amount": 5}));
    let amount = json!({"tools": ["helpdesk.reply"], "when": over(100)});
    check_with("a tool without an amount", vec![c(approve(amount))], &reply, &facts("hi"), "approve", &[1]);
}

#[test]
fn conditions_are_those_of_the_request() {
    let c = company;
    for (name, condition, fits) in [
        ("topic in the words", json!({"topics": ["refund"]}), true),
        ("another topic", json!({"topics": ["licence"]}), false),
        ("mention by stem", json!({"mentions": ["refunds"]}), true),
        ("quoted mention", json!({"mentions": ["“refunds”"]}), false),
        ("channel", json!({"channels": ["#support", "#finance"]}), true),
        ("another channel", json!({"channels": ["#finance"]}), false),
        ("source", json!({"source": "mention"}), true),
        ("another source", json!({"source": "email"}), false),
        ("from a person", json!({"from": ["person:@ana"]}), true),
        ("from a team", json!({"from": ["team:finance"]}), true),
        ("from a role", json!({"from": ["role:finance-manager"]}), false),
        ("from the triage person", json!({"from": ["human"]}), false),
        ("priority", json!({"priority": "normal"}), true),
        ("inside hours", json!({"hours": "inside"}), true),
        ("outside hours", json!({"hours": "outside"}), false),
        ("both slots", json!({"channels": ["#support"], "priority": "urgent"}), false),
        ("often", json!({"times": {"over": 0, "per": "P1D", "same": "requester"}}), true),
        ("seldom", json!({"times": {"over": 1, "per": "P1D", "same": "requester"}}), false),
    ] {
        let (expected, lines): (_, &[u32]) = if fits { ("deny", &[2]) } else { ("run", &[1]) };
        check(name, vec![c(allow(json!({}))), c(forbid(when(condition)))], 5, expected, lines);
    }
}
