//! What strangers wrote and the reader once got wrong, by class.

use serde_json::{Value, json};

use super::{VOCABULARY, outcome, readings, told};
use crate::directives::language::{Outcome, Scope, Sentence, read};

fn assert_one(text: &str, wanted: Value) {
    assert_eq!(readings(text), json!([wanted]), "{text}");
}

#[test]
fn imperatives_of_manner_stay_guidance() {
    for text in [
        "Say what the person does next, step by step.",
        "Ask for the time at which it happened.",
        "Ask for the order number before anything else.",
        "Never promise a discount that has not been approved.",
        "Offer to call back when a problem is hard to explain.",
    ] {
        assert!(matches!(outcome(text), Outcome::Guidance { .. }), "{text}: {}", told(&outcome(text)));
        let scope = Scope { role: Some("support"), ..Scope::default() };
        let in_role = read(&Sentence { text, scope }, &VOCABULARY);
        assert!(matches!(in_role, Outcome::Guidance { .. }), "{text}: {}", told(&in_role));
    }
}

#[test]
fn a_pronoun_for_work_is_no_condition_beside_other_work() {
    assert_one(
        "Anything mentioning a help article or a ticket goes to the support agent.",
        json!({"kind": "route", "when": {"mentions": ["help article", "ticket"]}, "to": ["agent:support-agent"]}),
    );
    assert_one(
        "Anything to do with lost parcels is for Sunny.",
        json!({"kind": "route", "when": {"topics": ["lost parcel"]}, "to": ["agent:support-agent"]}),
    );
}

#[test]
fn what_people_may_see_of_the_bot() {
    for (text, tool) in [
        ("The support lead may see the workload of all agents.", "workforce.see_workload"),
        ("The support lead can look at the workload of every team.", "workforce.see_workload"),
        ("The support lead may see the costs of all agents.", "workforce.see_costs"),
        ("The support lead may see what the agents cost.", "workforce.see_costs"),
    ] {
        assert_one(text, json!({"kind": "permit", "who": ["role:support-lead"], "tools": [tool]}));
    }
    // A right is for all that the tool shows; one that sounds narrower must not become a wider one.
    let narrow = outcome("The support lead may see the workload of the support agent.");
    assert!(matches!(narrow, Outcome::Refused(_)), "{}", told(&narrow));
}

#[test]
fn a_term_of_the_company_binds_its_tool() {
    for text in [
        "Payouts over €500 need Dana's approval.",
        "A payout of more than €500 needs Dana's approval.",
        "Making payouts over €500 needs Dana's approval.",
        "Dana must approve payouts above €500.",
        "Every payout over 500 euros waits for Dana's OK.",
    ] {
        let amount = json!({"over": 500, "currency": "EUR"});
        let by = json!(["person:@dana"]);
        let rule =
            json!({"kind": "approve", "tools": ["billing.transfer"], "when": {"amount": amount}, "by": by, "count": 1});
        assert_one(text, rule);
    }
    assert_one("Never make a payout.", json!({"kind": "forbid", "tools": ["billing.transfer"]}));
}

#[test]
fn an_approver_whom_nobody_knows_is_never_passed_over() {
    for text in [
        "Licences must not be revoked without approval from Evan.",
        "Refunds need approval from Evan.",
        "No refund without Evan's approval.",
        "The SRE agent must approve refunds.",
    ] {
        assert!(matches!(outcome(text), Outcome::Refused(_)), "{text}: {}", told(&outcome(text)));
    }
}

/// "Not alone" wants somebody's word; it forbids nothing.
#[test]
fn not_on_its_own_is_a_gate_and_no_ban() {
    for text in [
        "The support agent must not issue refunds on its own.",
        "The support agent is not allowed to issue refunds on its own.",
        "The support agent may not issue refunds by itself.",
        "The support agent should never issue refunds unsupervised.",
    ] {
        let read = readings(text);
        assert_eq!((&read[0]["kind"], &read[0]["who"]), (&json!("approve"), &json!(["agent:support-agent"])), "{text}");
    }
    assert_eq!(readings("The support agent may issue refunds on its own.")[0]["kind"], json!("allow"));
}

/// A gate that someone believes in must not be missing: what looks like one and cannot be read is an error, not guidance.
#[test]
fn what_looks_like_a_gate_is_never_left_as_guidance() {
    for text in [
        "Refunds that go to somebody who already got two this month wait for Dana.",
        "Nothing gets refunded without Dana's blessing.",
        "Refund nothing after 6 pm.",
        "Never issue refunds without talking to the customer.",
    ] {
        let read = outcome(text);
        assert!(matches!(read, Outcome::Refused(_)), "{text}: {}", told(&read));
    }
    for text in [
        "A smile costs nothing.",
        "Never promise a discount that has not been approved.",
        "Refunds without an order number take longer.",
        "A refund is not lost until the bank says so.",
    ] {
        assert!(matches!(outcome(text), Outcome::Guidance { .. }), "{text}: {}", told(&outcome(text)));
    }
}
