//! Policies in Rego beside sentences: they only tighten, they are cited, and their input is what the documentation says.

use proptest::prelude::*;

use super::*;
use crate::policy::Policies;

const FILE: &str = "policies/a.rego";

fn with(mut set: Directives, text: &str) -> Directives {
    let (policies, flaws) = Policies::read([(FILE, text)]);
    assert_eq!(flaws, [], "{text}");
    set.policies = policies;
    set.files.insert(FILE.to_owned(), text.to_owned());
    set
}

fn judged(set: &Directives, call: &Proposal) -> Verdict {
    judge(call, &facts("please refund ORD-1042"), set, &nothing_before(), NOW)
}

fn runs() -> Directives {
    directives([company(json!({"kind": "allow", "action": "refund", "tools": ["billing.refund"]}))])
}

#[test]
fn a_policy_denies_and_is_cited_with_its_line() {
    let set = with(runs(), "package workforce\n\ndeny contains \"not today\" if input.action.amount.value > 300\n");
    assert_eq!(judged(&set, &refund(300)).decision, Decision::Run);
    let verdict = judged(&set, &refund(301));
    let Decision::Deny(denial) = &verdict.decision else { panic!("{verdict:?}") };
    assert_eq!((denial.ground, denial.reason.as_str()), (Ground::Policy, "A policy forbids this: not today"));
    let origin = verdict.because[0].origin.clone().unwrap();
    assert_eq!((origin.file.as_str(), origin.line), (FILE, 3));
    assert_eq!(origin.text, "not today");
}

#[test]
fn a_policy_asks_beside_those_whom_the_sentences_name() {
    let ask = "package workforce\nask contains {\"reason\": \"two look\", \"by\": \"team:sre\", \"count\": 2, \"within\": \"PT4H\"} if true\n";
    let set = with(runs(), ask);
    let Decision::Approve(needs) = judged(&set, &refund(5)).decision else { panic!("it runs") };
    assert_eq!(needs.len(), 1);
    assert_eq!(
        (needs[0].count, needs[0].within, &needs[0].by),
        (2, Span::hours(4), &vec!["team:sre".parse().unwrap()])
    );

    let rule =
        json!({"kind": "approve", "action": "refund", "tools": ["billing.refund"], "by": ["role:finance-manager"]});
    let set = with(directives([company(rule)]), ask);
    let verdict = judged(&set, &refund(5));
    let Decision::Approve(needs) = &verdict.decision else { panic!("it runs") };
    assert_eq!(needs.iter().map(|need| need.by.len()).collect::<Vec<_>>(), [1, 1]);
    assert_eq!(verdict.because.last().unwrap().says, "two look");
}

#[test]
fn a_policy_that_fails_asks_the_owner_and_one_that_has_nothing_to_say_changes_nothing() {
    let set = with(runs(), "package workforce\ndeny contains \"x\" if 1 / 0 == 1\n");
    let verdict = judged(&set, &refund(5));
    let Decision::Approve(needs) = &verdict.decision else { panic!("{verdict:?}") };
    assert_eq!(needs[0].by, [WorkerRef::Owner]);
    assert!(verdict.because[0].says.contains("could not be evaluated"), "{verdict:?}");
    assert!(verdict.warnings.iter().any(|warning| warning.contains(FILE)));
    let silent = with(runs(), "package workforce\nallow if true\n");
    assert_eq!(judged(&silent, &refund(5)), judged(&runs(), &refund(5)));
}

#[test]
fn an_approval_does_not_survive_a_policy_that_came_later() {
    let set = with(runs(), "package workforce\ndeny contains \"no\" if input.now.hour >= 10\n");
    let before = NOW.minus(Span::hours(2));
    let at = |now| judge(&refund(5), &facts(""), &set, &nothing_before(), now).decision;
    assert_eq!(at(before), Decision::Run);
    assert!(matches!(at(NOW), Decision::Deny(_)));
}

#[test]
fn what_the_bot_itself_can_do_is_left_to_the_sentences() {
    let permit = json!({"kind": "permit", "who": ["person:@kim"], "tools": ["workforce.stop"]});
    let set = with(directives([company(permit)]), "package workforce\nallow if false\n");
    let stop = Proposal { worker: "person:@kim".parse().unwrap(), ..proposal("x", "workforce.stop", json!({})) };
    assert_eq!(judged(&set, &stop).decision, Decision::Run);
}

fn rank(decision: &Decision) -> u8 {
    match decision {
        Decision::Run => 0,
        Decision::Approve(_) => 1,
        Decision::Deny(_) => 2,
    }
}

fn body() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        Just("true"),
        Just("false"),
        Just("input.action.amount.value > 100"),
        Just("input.action.amount == null"),
        Just("input.requester.handle == \"ana\""),
        Just("input.task.looked_up[0].tool == \"orders.get\""),
        Just("input.sentences.verdict == \"run\""),
        Just("input.nothing.at.all"),
        Just("1 / 0 == 1"),
        Just("startswith(input.task.text, 5)"),
        Just("count(input.history.actions) > 2"),
    ]
}

fn policy() -> impl Strategy<Value = String> {
    let head = prop_oneof![
        Just("deny contains \"no\""),
        Just("deny contains {\"reason\": \"no\"}"),
        Just("deny contains 5"),
        Just("ask contains \"look\""),
        Just("ask contains {\"reason\": \"look\", \"by\": [\"team:sre\"], \"count\": 2}"),
        Just("ask contains {\"by\": []}"),
        Just("allow"),
    ];
    prop::collection::vec((head, body()), 1..4).prop_map(|rules| {
        let rules: Vec<String> = rules.into_iter().map(|(head, body)| format!("{head} if {body}\n")).collect();
        format!("package workforce.a\n\n{}", rules.concat())
    })
}

fn rules() -> impl Strategy<Value = Vec<Value>> {
    let rule = (0..3_usize, 1..400_i64).prop_map(|(kind, over)| {
        let when = json!({"amount": {"over": over, "currency": "USD"}});
        let kind = ["approve", "allow", "forbid"][kind];
        json!({"kind": kind, "action": "refund", "tools": ["billing.refund"], "when": when})
    });
    prop::collection::vec(rule, 0..4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn policies_only_tighten(rules in rules(), policy in policy(), dollars in 1..400_i64, agent in 0..2_usize) {
        let agent = ["finance-agent", "support-agent"][agent];
        let call = proposal(agent, "billing.refund", json!({"order_id": "ORD-1", "amount_cents": dollars * 100}));
        let plain = directives(rules.into_iter().map(company));
        let before = judged(&plain, &call);
        let after = judged(&with(plain, &policy), &call);
        prop_assert!(rank(&after.decision) >= rank(&before.decision), "{policy}: {before:?} → {after:?}");
        if let (Decision::Approve(before), Decision::Approve(after)) = (&before.decision, &after.decision) {
            prop_assert!(before.iter().all(|need| after.contains(need)), "{policy}: {before:?} → {after:?}");
        }
        prop_assert!(!after.because.is_empty());
    }
}

fn documentation(name: &str) -> Value {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The call that `docs/policy-input.example.json` shows.
fn documented() -> Value {
    let rule =
        json!({"kind": "approve", "action": "refund", "tools": ["billing.refund"], "by": ["role:finance-manager"]});
    let mut set = directives([company(rule)]);
    set.roster.timezone = "Europe/Berlin".to_owned();
    let mut task = facts("please refund ORD-1042, it arrived broken");
    task.segments.insert("vip".to_owned(), true);
    task.looked_up.push(LookedUp {
        tool: ToolName("orders.get".to_owned()),
        arguments: json!({"id": "ORD-1042"}),
        result: json!({"amount_cents": 45_000}),
        at: NOW.minus(Span::minutes(1)),
    });
    let usd = |cents: i64| crate::money::Money::new(cents * 10_000, crate::money::Currency::new("USD"));
    let past = Past {
        tool: ToolName("billing.refund".to_owned()),
        requester: Some("@ana".to_owned()),
        worker: Some("agent:finance-agent".to_owned()),
        customer: None,
        target: Some("ORD-1001".to_owned()),
        amount: Some(usd(1_250)),
        at: NOW.minus(Span::days(2)),
    };
    policy_document(&refund(450), &task, &set, &History::Known(vec![past]), NOW)
}

#[test]
fn the_input_is_what_the_documentation_shows_and_its_schema_allows() {
    let (schema, example) = (documentation("policy-input.schema.json"), documentation("policy-input.example.json"));
    let made = documented();
    assert_eq!(made, example, "docs/policy-input.example.json should be\n{made:#}");
    super::super::schema::check(&schema, &example).unwrap();
    // A call of which next to nothing is known fits it too, and what is not in it does not.
    let bare = Proposal { requester: None, ..refund(1) };
    let unknown = policy_document(&bare, &TaskFacts::unknown(TaskId(0)), &directives([]), &History::Unknown, NOW);
    super::super::schema::check(&schema, &unknown).unwrap();
    let mut more = example;
    more["action"]["secret"] = json!(1);
    assert!(super::super::schema::check(&schema, &more).is_err());
}
