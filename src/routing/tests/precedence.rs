//! Which rule decides.

use super::*;

/// The rules in both orders, since the order of reading must not matter; the worker and line that must win.
#[test]
fn the_stronger_rule_decides_whatever_the_order() {
    let when = |line, when: Value, to: &str| said(line, json!({"kind": "route", "when": when, "to": [to]}));
    let topic = |line, to| when(line, json!({"topics": ["refund"]}), to);
    let own_file = Said { file: "roles/finance.md", role: Some("finance"), ..topic(9, "role:orders") };
    let later_file = Said { file: "zzz.md", ..topic(1, "agent:orders-agent") };
    let cases: Vec<(&str, Said, Said)> = vec![
        (
            "words over channel",
            when(2, json!({"mentions": ["broken"]}), "team:support"),
            when(1, json!({"channels": ["#support"]}), "role:finance"),
        ),
        (
            "channel over topic",
            when(2, json!({"channels": ["#support"]}), "team:support"),
            topic(1, "agent:finance-agent"),
        ),
        ("words over topic", when(2, json!({"mentions": ["broken"]}), "team:support"), topic(1, "agent:finance-agent")),
        (
            "more slots",
            when(2, json!({"topics": ["refund"], "from": ["team:support"]}), "team:support"),
            topic(1, "agent:finance-agent"),
        ),
        (
            "slots inside count",
            when(2, json!({"all": [{"topics": ["refund"]}, {"source": "mention"}]}), "role:orders"),
            topic(1, "agent:finance-agent"),
        ),
        ("an agent over a role", topic(2, "agent:finance-agent"), topic(1, "role:orders")),
        ("a role over a team", topic(2, "role:finance"), topic(1, "team:support")),
        ("the nearer scope", own_file, topic(1, "role:finance")),
        ("the upper line", topic(1, "agent:finance-agent"), topic(2, "agent:orders-agent")),
        ("the first file", topic(7, "agent:finance-agent"), later_file),
    ];
    for (name, stronger, weaker) in cases {
        let wins = (stronger.rule["to"][0].as_str().unwrap().to_owned(), stronger.file, stronger.line);
        for pair in [[&stronger, &weaker], [&weaker, &stronger]] {
            let mut set = directives(&[]);
            set.readings = pair.into_iter().map(reading).collect();
            let routing = ask(&set, "please refund ORD-1042, it arrived broken");
            assert_eq!(short(&routing), (vec![wins.0.clone()], vec![(wins.1.to_owned(), wins.2)]), "{name}");
            assert_eq!((routing.settled, routing.confidence), (Settled::Rule, 1.0), "{name}");
        }
    }
}

#[test]
fn an_escalation_wins_over_a_route_and_tells_it() {
    let legal = said(9, json!({"kind": "escalate", "when": {"mentions": ["legal", "lawyer"]}, "to": ["human"]}));
    let set = directives(&[billing_means(1), billing_to_finance(2), legal]);
    let routing = ask(&set, "A customer mentions their lawyers because of a refund");
    assert_eq!(short(&routing), (vec!["human".to_owned()], vec![("routing.md".to_owned(), 9)]));
    assert_eq!(routing.settled, Settled::Escalation);
    assert_eq!(routing.instead_of.map(|cause| cause.line), Some(2));
    assert_eq!(routing.candidates.len(), 3, "candidates are there although a rule decided");
    assert_eq!(ask(&set, "is it illegal to refund twice?").settled, Settled::Rule, "a word is a whole word");
}

#[test]
fn what_only_time_can_tell_does_not_escalate_at_once() {
    let late = said(1, json!({"kind": "escalate", "when": {"unanswered_for": "PT30M"}, "to": ["person:@noor"]}));
    let stuck = said(2, json!({"kind": "escalate", "when": {"stuck_for": "PT1H"}, "to": ["person:@noor"]}));
    let failed = said(3, json!({"kind": "escalate", "when": {"failed_times": 2}, "to": ["person:@noor"]}));
    let unsure = said(4, json!({"kind": "escalate", "when": {"unsure": true}, "to": ["person:@noor"]}));
    let set = directives(&[late, stuck, failed, unsure, billing_means(5), billing_to_finance(6)]);
    assert_eq!(ask(&set, "refund this").settled, Settled::Rule);
    assert_eq!(ask(&set, "my cat is on the roof").settled, Settled::Unsure);
}

#[test]
fn an_escalation_of_one_workers_work_leaves_the_others_alone() {
    let breach = said(
        1,
        json!({"kind": "escalate", "who": ["role:finance"], "when": {"mentions": ["fraud"]}, "to": ["person:@dana"]}),
    );
    let parcels = said(3, json!({"kind": "route", "when": {"topics": ["parcel"]}, "to": ["agent:orders-agent"]}));
    let set = directives(&[breach, billing_to_finance(2), billing_means(4), parcels]);
    assert_eq!(short(&ask(&set, "this refund smells of fraud")).0, ["person:@dana"]);
    assert_eq!(short(&ask(&set, "this parcel smells of fraud")).0, ["agent:orders-agent"]);
}

#[test]
fn conditions_look_at_all_that_is_told() {
    let route = |line, when: Value| said(line, json!({"kind": "route", "when": when, "to": ["person:@dana"]}));
    let fits = |when: Value, text: &str| ask(&directives(&[route(1, when)]), text).settled == Settled::Rule;
    assert!(fits(json!({"topics": ["refund"], "amount": {"over": 500, "currency": "USD"}}), "refund me $501"));
    assert!(!fits(json!({"topics": ["refund"], "amount": {"over": 500, "currency": "USD"}}), "refund me $500"));
    assert!(!fits(json!({"topics": ["refund"], "amount": {"over": 500, "currency": "USD"}}), "refund me, and quickly"));
    let small = json!({"topics": ["refund"], "unless": {"amount": {"over": 500, "currency": "USD"}}});
    assert!(fits(small.clone(), "refund me, and quickly"));
    assert!(!fits(small, "refund me $9,000"));
    assert!(fits(json!({"amount": {"at_least": 1000, "currency": "USD"}}), "€20, or rather $1k"));
    assert!(fits(json!({"from": ["team:support"]}), "anything"));
    assert!(!fits(json!({"from": ["person:@dana"]}), "anything"));
    assert!(fits(json!({"source": "mention", "channels": ["#support"]}), "anything"));
    assert!(!fits(json!({"source": "email"}), "anything"));
    assert!(fits(json!({"hours": "inside"}), "anything"));
    assert!(!fits(json!({"hours": "outside"}), "anything"));
    assert!(fits(json!({"segments": ["vip"]}), "a VIP customer is angry"));
    assert!(!fits(json!({"segments": ["vip"]}), "a customer is angry"));
    assert!(fits(json!({"mentions": ["“Money Back”"]}), "he wants his money back!"));
    assert!(!fits(json!({"mentions": ["“refund”"]}), "he wants two refunds"));
}

#[test]
fn definitions_lead_to_definitions() {
    let money = said(1, json!({"kind": "define", "term": "money", "means": ["billing"]}));
    let to = said(3, json!({"kind": "route", "when": {"topics": ["money"]}, "to": ["agent:finance-agent"]}));
    let set = directives(&[money, billing_means(2), to]);
    assert_eq!(short(&ask(&set, "two payment methods failed")).1, [("routing.md".to_owned(), 3)]);
}

#[test]
fn the_higher_priority_holds_and_rules_can_lean_on_it() {
    let low = said(1, json!({"kind": "prioritise", "when": {"topics": ["newsletter"]}, "priority": "low"}));
    let high = said(2, json!({"kind": "prioritise", "when": {"mentions": ["broken"]}, "priority": "high"}));
    let urgent = said(3, json!({"kind": "prioritise", "when": {"segments": ["vip"]}, "priority": "urgent"}));
    let means = said(4, json!({"kind": "define", "term": "vip", "means": ["customer on the Platinum plan"]}));
    let to = said(5, json!({"kind": "route", "when": {"priority": "urgent"}, "to": ["person:@noor"]}));
    let set = directives(&[low, high, urgent, means, to]);
    assert_eq!(ask(&set, "hello").priority, Priority::Normal);
    assert_eq!(ask(&set, "the newsletter").priority, Priority::Low);
    assert_eq!(ask(&set, "the newsletter is broken").priority, Priority::High);
    let vip = ask(&set, "broken again, says a customer on the platinum plan");
    assert_eq!((vip.priority, short(&vip).0), (Priority::Urgent, vec!["person:@noor".to_owned()]));
    let router = Router::build(&set, &[]);
    let (_, cause) = urgency(&request("it is broken"), &set, &router, NOW).unwrap();
    assert_eq!(cause.line, 2);
}

#[test]
fn who_may_not_take_work_is_no_target() {
    for status in [PositionStatus::Paused, PositionStatus::Retired, PositionStatus::Shadow] {
        let mut set = directives(&[billing_means(1), billing_to_finance(2)]);
        set.roster.positions.get_mut("finance-agent").unwrap().status = status;
        let routing = ask(&set, "a refund please");
        assert_eq!(short(&routing), (vec!["human".to_owned()], vec![("routing.md".to_owned(), 2)]));
        assert_eq!(routing.settled, Settled::Unsure);
        let offered: Vec<String> = routing.candidates.iter().map(|candidate| candidate.worker.to_string()).collect();
        assert!(offered.len() == 2 && !offered.contains(&"agent:finance-agent".to_owned()), "{offered:?}");
        assert_eq!(ask(&set, "money back for invoices and charges").to, [WorkerRef::Human]);
    }
}

#[test]
fn whoever_is_away_is_stood_in_for() {
    let to = said(1, json!({"kind": "route", "when": {"topics": ["press"]}, "to": ["person:@dana"]}));
    let cover = |line, from: &str, until: &str| {
        said(
            line,
            json!({"kind": "cover", "person": "person:@dana", "by": ["person:@kim"], "from": from, "until": until}),
        )
    };
    let away = directives(&[to, cover(2, "2026-11-01", "2026-11-20")]);
    let expected = [("routing.md".to_owned(), 1), ("routing.md".to_owned(), 2)];
    assert_eq!(short(&ask(&away, "the press called")), (vec!["person:@kim".to_owned()], expected.to_vec()));
    let to = said(1, json!({"kind": "route", "when": {"topics": ["press"]}, "to": ["person:@dana"]}));
    let back = directives(&[to, cover(2, "2026-11-01", "2026-11-19")]);
    assert_eq!(short(&ask(&back, "the press called")).0, ["person:@dana"]);
}

#[test]
fn a_router_of_another_set_still_routes_by_the_set_it_is_given() {
    let other = Router::build(&directives(&[]), &[]);
    let set = directives(&[billing_means(1), billing_to_finance(2)]);
    let request = request("a refund please");
    assert_eq!(route(&request, &set, &other, NOW).to, route(&request, &set, &Router::build(&set, &[]), NOW).to);
}
