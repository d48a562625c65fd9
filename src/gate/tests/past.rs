//! Running totals and counts at their limits, and whose actions they add up.

use super::precedence::{REFUND, allow, approve, when};
use super::*;
use crate::money::{Currency, Money};

fn usd(dollars: i64) -> Money {
    Money::new(dollars * 1_000_000, Currency::new("USD"))
}

fn earlier(hours: i64, dollars: i64) -> Past {
    Past {
        tool: ToolName(REFUND.to_owned()),
        requester: Some("@ana".to_owned()),
        worker: Some("agent:finance-agent".to_owned()),
        customer: Some("C-9".to_owned()),
        target: Some("ORD-1042".to_owned()),
        amount: Some(usd(dollars)),
        at: NOW.minus(Span::hours(hours)),
    }
}

fn word(rule: &Value, call: &Proposal, history: History) -> &'static str {
    let set = directives([company(allow(json!({}))), company(approve(when(rule.clone())))]);
    judge(call, &facts("refund"), &set, &history, NOW).decision.word()
}

fn known(past: Vec<Past>) -> History {
    History::Known(past)
}

#[test]
fn a_count_is_over_when_it_happened_more_often() {
    let often = |over: u32| json!({"times": {"over": over, "per": "P7D", "same": "requester"}});
    let after = |over: u32, times: usize| word(&often(over), &refund(5), known(vec![earlier(1, 1); times]));
    assert_eq!([0, 1, 2, 3].map(|times| after(2, times)), ["run", "run", "approve", "approve"], "this time counts");
    assert_eq!(after(0, 0), "approve", "more often than never is always");
    assert_eq!(word(&often(0), &refund(5), History::Unknown), "approve");
    assert_eq!(word(&often(5), &refund(5), History::Unknown), "approve", "nobody knows");
    let unknown = Past { requester: None, ..earlier(1, 1) };
    assert_eq!(word(&often(1), &refund(5), known(vec![unknown.clone()])), "approve", "it may be the same person");
    assert_eq!(word(&often(2), &refund(5), known(vec![unknown])), "run", "even then it is not more often");
    let other = Past { requester: Some("@bo".to_owned()), ..earlier(1, 1) };
    assert_eq!(word(&often(1), &refund(5), known(vec![other.clone(), other])), "run");
    // What surely happened too often is no guess: it displaces the wider rule, and the reason says nothing of doubt.
    let set = directives([company(approve(when(often(1))))]);
    let verdict = judge(&refund(5), &facts("refund"), &set, &known(vec![earlier(1, 1)]), NOW);
    assert!(!verdict.because[0].says.contains("could not be looked up"), "{verdict:?}");
    let verdict = judge(&refund(5), &facts("refund"), &set, &History::Unknown, NOW);
    assert!(verdict.because[0].says.contains("could not be looked up"), "{verdict:?}");
    assert!(verdict.warnings.iter().any(|warning| warning == "rules.md:1: its condition could not be looked up."));
}

#[test]
fn a_total_takes_in_what_lies_in_its_period_and_with_its_tools() {
    let week = json!({"amount": {"over": 500, "currency": "USD", "per": "P7D"}});
    let with = |past: Vec<Past>| word(&week, &refund(200), known(past));
    assert_eq!(with(vec![earlier(1, 300)]), "run", "500 is not over 500");
    assert_eq!(with(vec![earlier(1, 301)]), "approve");
    assert_eq!(with(vec![earlier(7 * 24, 301)]), "approve", "the first instant of the period counts");
    assert_eq!(with(vec![earlier(7 * 24 + 1, 301)]), "run");
    let reply = Past { tool: ToolName("helpdesk.reply".to_owned()), ..earlier(1, 301) };
    assert_eq!(with(vec![reply]), "run", "another tool");
    assert_eq!(with(vec![Past { amount: None, ..earlier(1, 0) }]), "approve", "nobody knows how much");
    let euros = Past { amount: Some(Money::new(1, Currency::new("EUR"))), ..earlier(1, 0) };
    assert_eq!(with(vec![euros]), "approve", "nobody knows how much that is");
    let back = Past { amount: Some(Money::new(-900_000_000, Currency::new("USD"))), ..earlier(1, 0) };
    assert_eq!(with(vec![earlier(1, 301), back]), "approve", "nothing is taken off");
    let doubtful = json!({"amount": {"over": 500, "currency": "USD", "per": "P7D", "same": "requester"}});
    let somebody = Past { requester: None, ..earlier(1, 301) };
    assert_eq!(word(&doubtful, &refund(200), known(vec![somebody])), "approve");
    let below = json!({"amount": {"under": 500, "currency": "USD", "per": "P7D"}});
    assert_eq!(word(&below, &refund(200), known(vec![earlier(1, 299)])), "approve");
    assert_eq!(word(&below, &refund(200), known(vec![earlier(1, 300)])), "run");
    let every_tool = json!({"kind": "approve", "action": "refund", "tools": ["orders.*", "billing.*"], "when": week});
    let set = directives([company(allow(json!({}))), company(every_tool)]);
    let verdict = judge(&refund(200), &facts("refund"), &set, &known(vec![earlier(1, 301)]), NOW);
    assert_eq!(verdict.decision.word(), "approve", "one of its tools");
}

#[test]
fn totals_are_kept_for_whoever_the_rule_says() {
    let call = proposal(
        "finance-agent",
        REFUND,
        json!({"order_id": "ORD-1042", "amount_cents": 20_000, "customer_id": "C-9"}),
    );
    let own = whose(&call);
    assert_eq!(own.requester.as_deref(), Some("@ana"));
    assert_eq!(own.worker.as_deref(), Some("agent:finance-agent"));
    assert_eq!((own.customer.as_deref(), own.target.as_deref()), (Some("C-9"), Some("ORD-1042")));
    let number = proposal("finance-agent", REFUND, json!({"customer": 9, "order_id": "ORD-1042"}));
    assert_eq!(whose(&number).customer.as_deref(), Some("9"));
    for nothing in [json!({"customer": true}), json!({"customer": null}), json!({"customer": {"id": 1}}), json!([])] {
        assert_eq!(whose(&proposal("finance-agent", REFUND, nothing.clone())).customer, None, "{nothing}");
    }
    let no_name = Requester { handle: None, account: Some(account("ana")) };
    assert_eq!(whose(&Proposal { requester: Some(no_name), ..call.clone() }).requester.as_deref(), Some("T1:UANA"));
    for (same, other) in [
        ("requester", Past { requester: Some("@bo".to_owned()), ..earlier(1, 400) }),
        ("worker", Past { worker: Some("agent:other".to_owned()), ..earlier(1, 400) }),
        ("customer", Past { customer: Some("C-1".to_owned()), ..earlier(1, 400) }),
        ("target", Past { target: Some("ORD-1".to_owned()), ..earlier(1, 400) }),
    ] {
        let rule = json!({"amount": {"over": 500, "currency": "USD", "per": "P7D", "same": same}});
        assert_eq!(word(&rule, &call, known(vec![earlier(1, 400)])), "approve", "{same}");
        assert_eq!(word(&rule, &call, known(vec![other])), "run", "{same}");
    }
    let past = Past::of(&call, &directives([]), NOW);
    assert_eq!((past.tool.0.as_str(), past.amount, past.at), (REFUND, Some(usd(200)), NOW));
    assert_eq!(
        (past.requester, past.worker, past.customer, past.target),
        (own.requester, own.worker, own.customer, own.target)
    );
}

#[test]
fn the_past_is_looked_at_as_far_back_as_a_rule_looks() {
    assert_eq!(longest_period(&directives([])), None);
    let total = |per: &str| json!({"amount": {"over": 5, "currency": "USD", "per": per}});
    let set = directives([
        company(approve(when(total("P7D")))),
        company(allow(when(json!({"all": [{"unless": total("P14D")}]})))),
        company(approve(when(json!({"times": {"over": 3, "per": "PT1H"}})))),
    ]);
    assert_eq!(longest_period(&set), Some(Span::days(14)));
    let counted = directives([company(allow(when(json!({"times": {"over": 3, "per": "P2D"}}))))]);
    assert_eq!(longest_period(&counted), Some(Span::days(2)));
    let mut policies = directives([company(approve(when(total("P7D"))))]);
    let text = "package workforce\n\ndeny contains \"x\" if false\n";
    policies.policies = crate::policy::Policies::read([("policies/a.rego", text)]).0;
    assert_eq!(longest_period(&policies), Some(Span::days(30)), "policies are told of a month");
}
