//! Nothing fails open: taking a fact away never lets a call run that did not run.

use proptest::prelude::*;

use super::*;

fn condition() -> impl Strategy<Value = Value> {
    let simple = prop_oneof![
        Just(json!({"topics": ["refund"]})),
        Just(json!({"topics": ["lawsuit"]})),
        Just(json!({"mentions": ["broken"]})),
        Just(json!({"mentions": ["legal"]})),
        Just(json!({"channels": ["#support"]})),
        Just(json!({"channels": ["#legal"]})),
        Just(json!({"source": "mention"})),
        Just(json!({"source": "email"})),
        Just(json!({"from": ["team:finance"]})),
        Just(json!({"from": ["team:sre"]})),
        Just(json!({"priority": "urgent"})),
        Just(json!({"segments": ["vip"]})),
        Just(json!({"hours": "outside"})),
        (1..400_i64).prop_map(|n| json!({"amount": {"over": n, "currency": "USD"}})),
        (1..400_i64).prop_map(|n| json!({"amount": {"at_most": n, "currency": "USD"}})),
        (1..400_i64).prop_map(|n| json!({"amount": {"over": n, "currency": "USD", "per": "P7D", "same": "requester"}})),
        (0..4_u32).prop_map(|n| json!({"times": {"over": n, "per": "P7D", "same": "requester"}})),
        Just(json!({})),
    ];
    simple.prop_recursive(2, 6, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|each| json!({"unless": each})),
            (inner.clone(), inner).prop_map(|(left, right)| json!({"all": [left, right]})),
        ]
    })
}

fn said() -> impl Strategy<Value = (usize, Value)> {
    (0..4_usize, condition())
}

fn set(rules: &[(usize, Value)]) -> Directives {
    directives(rules.iter().map(|(kind, when)| {
        let mut rule = json!({"action": "refund", "tools": ["billing.refund"], "when": when});
        rule["kind"] = json!(["approve", "allow", "forbid", "before"][*kind]);
        if *kind == 3 {
            rule["first"] = json!(["orders.get"]);
        }
        company(rule)
    }))
}

/// Every way to know less.
fn poorer(call: &Proposal, task: &TaskFacts, history: &History) -> Vec<(&'static str, Proposal, TaskFacts, History)> {
    let less = |change: &dyn Fn(&mut TaskFacts)| {
        let mut less = task.clone();
        change(&mut less);
        less
    };
    let mut all: Vec<_> = [
        ("text", less(&|task| task.text = None)),
        ("topics", less(&|task| task.topics = None)),
        ("channel", less(&|task| task.channel = None)),
        ("source", less(&|task| task.source = None)),
        ("priority", less(&|task| task.priority = None)),
        ("segments", less(&|task| task.segments.clear())),
        ("looked up", less(&|task| task.looked_up.clear())),
        ("everything", TaskFacts::unknown(task.task)),
    ]
    .into_iter()
    .map(|(name, task)| (name, call.clone(), task, history.clone()))
    .collect();
    all.push(("requester", Proposal { requester: None, ..call.clone() }, task.clone(), history.clone()));
    all.push(("history", call.clone(), task.clone(), History::Unknown));
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn knowing_less_never_opens(
        rules in prop::collection::vec(said(), 0..6),
        dollars in 1..400_i64,
        vip in any::<bool>(),
        looked in any::<bool>(),
        before in 0..4_i64,
    ) {
        let set = set(&rules);
        let call = refund(dollars);
        let mut task = facts("please refund ORD-1042, it arrived broken");
        task.segments.insert("vip".to_owned(), vip);
        if looked {
            task.looked_up.push(LookedUp {
                tool: ToolName("orders.get".to_owned()),
                arguments: json!({"id": "ORD-1042"}),
                result: json!({"total": 5}),
                at: NOW,
            });
        }
        let past = (0..before).map(|day| Past {
            tool: ToolName("billing.refund".to_owned()),
            requester: Some("@ana".to_owned()),
            worker: None,
            customer: None,
            target: None,
            amount: Some(crate::money::Money::new(100_000_000, crate::money::Currency::new("USD"))),
            at: NOW.minus(Span::days(day)),
        });
        let history = History::Known(past.collect());
        let whole = judge(&call, &task, &set, &history, NOW);
        prop_assert!(!whole.because.is_empty());
        for (name, call, task, history) in poorer(&call, &task, &history) {
            let less = judge(&call, &task, &set, &history, NOW);
            if less.decision == Decision::Run {
                prop_assert_eq!(&whole.decision, &Decision::Run, "without {}: {:?}", name, less);
            }
        }
    }

    #[test]
    fn any_arguments_get_a_verdict(text in "\\PC{0,40}", number in any::<f64>(), tool in "[a-z]{0,8}(\\.[a-z]{0,8})?") {
        let set = set(&[]);
        for arguments in [json!({"order_id": text, "amount_cents": number}), json!(text), json!([number]), Value::Null] {
            for tool in [tool.as_str(), "billing.refund"] {
                let verdict = judge(&proposal("finance-agent", tool, arguments.clone()), &facts(&text), &set, &History::Unknown, NOW);
                prop_assert!(verdict.decision != Decision::Run);
                prop_assert!(!verdict.because.is_empty());
            }
        }
    }
}
