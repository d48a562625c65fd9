//! Which rule wins: one row each, as the contract's numbered points say it.

use super::*;

const REFUND: &str = "billing.refund";

fn approve(rest: Value) -> Value {
    rule("approve", json!({"count": 1, "by": ["person:@dana"]}), rest)
}

fn allow(rest: Value) -> Value {
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

fn over(amount: i64) -> Value {
    json!({"amount": {"over": amount, "currency": "USD"}})
}

fn under(amount: i64) -> Value {
    json!({"amount": {"under": amount, "currency": "USD"}})
}

fn when(condition: Value) -> Value {
    json!({"when": condition})
}

/// Rules, the refund's dollars, the verdict, and the lines that decided.
fn check(name: &str, said: Vec<Said>, dollars: i64, expected: &str, decided: &[u32]) {
    check_with(name, said, &refund(dollars), &facts("please refund ORD-1042, it arrived broken"), expected, decided);
}

fn check_with(name: &str, said: Vec<Said>, call: &Proposal, task: &TaskFacts, expected: &str, decided: &[u32]) {
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

#[test]
fn least_privilege_and_defaults() {
    let c = company;
    let permit = |rest: Value| {
        let mut whole = json!({"kind": "permit"});
        rest.as_object().unwrap().iter().for_each(|(k, v)| whole[k] = v.clone());
        whole
    };
    let finance = || proposal("finance-agent", "orders.get", json!({}));
    let deploy = || proposal("finance-agent", "deploy.apply", json!({}));
    let task = facts("hello");
    check_with("a reader runs", vec![], &finance(), &task, "run", &[]);
    check_with("a writer asks the owner", vec![], &refund(5), &task, "approve", &[]);
    check_with("a tool that it does not have", vec![], &deploy(), &task, "deny", &[]);
    check_with(
        "allow grants no tool",
        vec![c(allow(json!({"tools": ["deploy.apply"]})))],
        &deploy(),
        &task,
        "deny",
        &[],
    );
    let sentence = permit(json!({"who": ["agent:finance-agent"], "tools": ["deploy.*"]}));
    check_with("a sentence grants it", vec![c(sentence.clone())], &deploy(), &task, "approve", &[]);
    check_with(
        "to others it does not",
        vec![c(permit(json!({"who": ["agent:support-agent"], "tools": ["deploy.*"]})))],
        &deploy(),
        &task,
        "deny",
        &[],
    );
    let only = permit(json!({"who": ["agent:support-agent"], "tools": [REFUND], "only": true}));
    check_with("only others", vec![c(only.clone()), c(allow(json!({})))], &refund(5), &task, "deny", &[1]);
    let support = proposal("support-agent", REFUND, json!({"order_id": "ORD-1", "amount_cents": 5}));
    check_with("only it", vec![c(only), c(allow(json!({})))], &support, &task, "run", &[2]);
    let nothing_else = permit(json!({"who": ["agent:finance-agent"], "tools": ["orders.get"], "nothing_else": true}));
    check_with("nothing else", vec![c(nothing_else.clone()), c(allow(json!({})))], &refund(5), &task, "deny", &[1]);
    check_with("but that", vec![c(nothing_else)], &finance(), &task, "run", &[1]);
    let approve_reads = approve(json!({"tools": ["orders.*"]}));
    check_with("a gate before a reader", vec![c(approve_reads)], &finance(), &task, "approve", &[1]);
    check_with("an unknown tool", vec![], &proposal("finance-agent", "billing.burn", json!({})), &task, "deny", &[]);
    check_with("an unknown worker", vec![], &proposal("nobody", REFUND, json!({})), &task, "deny", &[]);
    let stop = Proposal { worker: WorkerRef::Person("kim".to_owned()), ..proposal("x", "workforce.stop", json!({})) };
    check_with("a built-in without a sentence", vec![], &stop, &task, "deny", &[]);
    let may_stop = permit(json!({"who": ["person:@kim", "person:@noor"], "tools": ["workforce.stop"]}));
    check_with("a built-in with one", vec![c(may_stop)], &stop, &task, "run", &[1]);
}

#[test]
fn what_the_call_carries_must_be_what_the_tool_takes() {
    let task = facts("refund");
    let allowed = || vec![company(allow(json!({})))];
    let call = |arguments: Value| proposal("finance-agent", REFUND, arguments);
    let good = json!({"order_id": "ORD-1", "amount_cents": 100});
    check_with("as it should be", allowed(), &call(good.clone()), &task, "run", &[1]);
    for (name, arguments, ground) in [
        ("no object", json!("x"), Ground::Arguments),
        ("missing", json!({"order_id": "ORD-1"}), Ground::Arguments),
        ("wrong type", json!({"order_id": "ORD-1", "amount_cents": "100"}), Ground::Arguments),
        ("not described", json!({"order_id": "ORD-1", "amount_cents": 1, "sudo": true}), Ground::Arguments),
        ("negative", json!({"order_id": "ORD-1", "amount_cents": -1}), Ground::Amount),
        ("too large", json!({"order_id": "ORD-1", "amount_cents": u64::MAX}), Ground::Amount),
    ] {
        let verdict = judge(&call(arguments), &task, &directives(allowed()), &nothing_before(), NOW);
        assert!(matches!(&verdict.decision, Decision::Deny(denial) if denial.ground == ground), "{name}: {verdict:?}");
    }
    let drifted = Proposal { live_digest: Some("sha256:other".to_owned()), ..call(good.clone()) };
    check_with("changed by its server", allowed(), &drifted, &task, "deny", &[]);
    let same = Proposal { live_digest: Some("sha256:refund".to_owned()), ..call(good) };
    check_with("as accepted", allowed(), &same, &task, "run", &[1]);
}

#[test]
fn look_ups_come_first() {
    let before = || {
        company(json!({"kind": "before", "action": "refund", "tools": [REFUND], "first": ["orders.get", "helpdesk.*"]}))
    };
    let mut task = facts("refund");
    check_with("nothing yet", vec![before(), company(allow(json!({})))], &refund(5), &task, "deny", &[1]);
    let seen =
        |tool: &str| LookedUp { tool: ToolName(tool.to_owned()), arguments: json!({}), result: json!({}), at: NOW };
    task.looked_up.push(seen("orders.get"));
    let verdict = judge(&refund(5), &task, &directives([before()]), &nothing_before(), NOW);
    let Decision::Deny(denial) = &verdict.decision else { panic!("{verdict:?}") };
    assert!(denial.reason.contains("helpdesk.*") && !denial.reason.contains("orders.get"), "{}", denial.reason);
    task.looked_up.push(seen("helpdesk.search"));
    check_with("both", vec![before(), company(allow(json!({})))], &refund(5), &task, "run", &[2]);
}

#[test]
fn running_totals_hold_small_requests_together() {
    let weekly = |same: &str| {
        company(approve(when(json!({"amount": {"over": 500, "currency": "USD", "per": "P7D", "same": same}}))))
    };
    let set = |same: &str| directives([company(allow(json!({}))), weekly(same)]);
    let past = |days: i64, dollars: i64, requester: Option<&str>| Past {
        tool: ToolName(REFUND.to_owned()),
        requester: requester.map(str::to_owned),
        worker: Some("agent:finance-agent".to_owned()),
        customer: None,
        target: None,
        amount: Some(crate::money::Money::new(dollars * 1_000_000, crate::money::Currency::new("USD"))),
        at: NOW.minus(Span::days(days)),
    };
    let word =
        |same: &str, history: History| judge(&refund(200), &facts("refund"), &set(same), &history, NOW).decision.word();
    let known = |entries: Vec<Past>| History::Known(entries);
    assert_eq!(word("requester", known(vec![])), "run");
    assert_eq!(word("requester", known(vec![past(1, 200, Some("@ana")), past(2, 100, Some("@ana"))])), "run");
    assert_eq!(word("requester", known(vec![past(1, 200, Some("@ana")), past(2, 101, Some("@ana"))])), "approve");
    assert_eq!(word("requester", known(vec![past(1, 200, Some("@ana")), past(2, 200, Some("@bo"))])), "run");
    assert_eq!(
        word("requester", known(vec![past(1, 200, Some("@ana")), past(2, 200, None)])),
        "approve",
        "it may be the same"
    );
    assert_eq!(word("requester", known(vec![past(8, 9000, Some("@ana"))])), "run", "too long ago");
    assert_eq!(word("worker", known(vec![past(1, 301, None)])), "approve");
    assert_eq!(word("customer", known(vec![past(1, 301, None)])), "approve", "nobody knows the customer");
    assert_eq!(word("requester", History::Unknown), "approve");
}

#[test]
fn segments_are_read_from_records_about_the_same_thing() {
    let define = || company(json!({"kind": "define", "term": "VIP", "means": ["customers on the Platinum plan"]}));
    let vip = || company(allow(when(json!({"segments": ["vip"]}))));
    let mut task = facts("refund");
    let record = |order: &str, plan: &str| LookedUp {
        tool: ToolName("orders.get".to_owned()),
        arguments: json!({"id": order}),
        result: json!({"customer": {"plan": plan}}),
        at: NOW,
    };
    for (name, records, expected) in [
        ("nothing", vec![], "approve"),
        ("its own record", vec![record("ORD-1042", "Platinum")], "run"),
        ("its own record, another plan", vec![record("ORD-1042", "Silver")], "approve"),
        ("somebody else's record", vec![record("ORD-7", "Platinum")], "approve"),
        ("records that disagree", vec![record("ORD-1042", "Platinum"), record("ORD-1042", "Silver")], "approve"),
    ] {
        task.looked_up = records;
        let verdict = judge(&refund(5), &task, &directives([define(), vip()]), &nothing_before(), NOW);
        assert_eq!(verdict.decision.word(), expected, "{name}");
    }
    task.looked_up.clear();
    task.segments.insert("vip".to_owned(), true);
    check_with("stated", vec![define(), vip()], &refund(5), &task, "run", &[2]);
}

#[test]
fn autonomy_and_status_take_away() {
    let level = |level: &str, until: Option<&str>| {
        let mut rule = json!({"kind": "autonomy", "who": ["agent:finance-agent"], "level": level});
        if let Some(until) = until {
            rule["until"] = json!(until);
        }
        company(rule)
    };
    let allowed = || company(allow(json!({})));
    check("observe", vec![allowed(), level("observe", None)], 5, "deny", &[2]);
    check("suggest", vec![allowed(), level("suggest", None)], 5, "deny", &[2]);
    check("ask", vec![allowed(), level("ask", None)], 5, "approve", &[2]);
    check("act", vec![level("act", None)], 5, "run", &[1]);
    check("act lifts no gate", vec![level("act", None), company(approve(json!({})))], 5, "approve", &[2]);
    check(
        "a role's own act lifts nothing",
        vec![Said(Some("finance-operations"), level("act", None).1)],
        5,
        "approve",
        &[],
    );
    check("the last day counts", vec![allowed(), level("suggest", Some("2026-11-20"))], 5, "deny", &[2]);
    check("over", vec![allowed(), level("suggest", Some("2026-11-19"))], 5, "run", &[1]);
    check("the first month", vec![allowed(), level("suggest", Some("P30D"))], 5, "deny", &[2]);
    check("after the first week", vec![allowed(), level("suggest", Some("P7D"))], 5, "run", &[1]);
    for (status, expected) in [
        (PositionStatus::Active, "run"),
        (PositionStatus::Shadow, "deny"),
        (PositionStatus::Paused, "deny"),
        (PositionStatus::Retired, "deny"),
    ] {
        let mut set = directives([allowed()]);
        set.roster.positions.get_mut("finance-agent").unwrap().status = status;
        let verdict = judge(&refund(5), &facts("refund"), &set, &nothing_before(), NOW);
        assert_eq!(verdict.decision.word(), expected, "{status:?}");
    }
    let stopped = TaskFacts { stopped: Some("Kim stopped everything at 10:00.".to_owned()), ..facts("refund") };
    check_with("stopped", vec![allowed()], &refund(5), &stopped, "deny", &[]);
}
