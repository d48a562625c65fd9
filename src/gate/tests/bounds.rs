//! What a call must be and have before any precedence: privilege, arguments, look-ups, totals, segments, autonomy.

use super::precedence::{REFUND, allow, approve, check, check_with, when};
use super::*;

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
        ("inexact", json!({"order_id": "ORD-1", "amount_cents": u64::MAX}), Ground::Arguments),
        ("too large", json!({"order_id": "ORD-1", "amount_cents": 9_007_199_254_740_991_i64}), Ground::Amount),
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
    let with_refunds = |level: &str| {
        let tools = json!(["billing.refund"]);
        company(
            json!({"kind": "autonomy", "who": ["agent:finance-agent"], "level": level, "action": "refund", "tools": tools}),
        )
    };
    let with_others = company(
        json!({"kind": "autonomy", "who": ["agent:finance-agent"], "level": "observe", "tools": ["orders.get"]}),
    );
    check("its refunds", vec![allowed(), with_refunds("suggest")], 5, "deny", &[2]);
    check("refunds are the exception", vec![level("observe", None), with_refunds("act")], 5, "run", &[2]);
    check("either way round", vec![with_refunds("observe"), level("act", None)], 5, "deny", &[1]);
    check("not its refunds", vec![allowed(), with_others], 5, "run", &[1]);
    let refunds_of = |who: &str| {
        company(
            json!({"kind": "autonomy", "who": [who], "level": "act", "action": "refund", "tools": ["billing.refund"]}),
        )
    };
    check("a role's refunds", vec![level("observe", None), refunds_of("role:finance-operations")], 5, "run", &[2]);
    check("a team's", vec![level("observe", None), refunds_of("team:finance")], 5, "deny", &[1]);
    check("who may be meant is no exception", vec![level("suggest", None), refunds_of("owner")], 5, "deny", &[1]);
    check(
        "a role's own exception lifts nothing",
        vec![level("suggest", None), Said(Some("finance-operations"), with_refunds("act").1)],
        5,
        "deny",
        &[1],
    );
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
