//! Work that went through several hands: handing it on never widens what may happen.

use super::precedence::{REFUND, allow, approve, check_with};
use super::*;

/// A refund by the finance agent that the support agent handed to it.
fn handed_on(dollars: i64) -> Proposal {
    let chain = ActorChain::from_origin(Actor::Human(account("ana")))
        .then(Actor::Agent("support-agent".to_owned()))
        .then(Actor::Agent("finance-agent".to_owned()));
    Proposal { actor: chain, ..refund(dollars) }
}

fn of_support(kind: &str, rest: Value) -> Value {
    let mut rule = json!({"kind": kind, "action": "refund", "tools": [REFUND], "who": ["agent:support-agent"]});
    rest.as_object().unwrap().iter().for_each(|(key, value)| rule[key] = value.clone());
    rule
}

#[test]
fn what_binds_an_agent_binds_whoever_acts_in_its_place() {
    let task = facts("a refund");
    let c = company;
    let over = json!({"when": {"amount": {"over": 100, "currency": "USD"}}});
    let set = || vec![c(of_support("forbid", over.clone())), c(allow(json!({})))];
    check_with("its ban holds for whoever it hands to", set(), &handed_on(200), &task, "deny", &[1]);
    check_with("for nobody else", set(), &refund(200), &task, "run", &[2]);
    check_with("and no further than it says", set(), &handed_on(50), &task, "run", &[2]);

    let gate = || vec![c(of_support("approve", json!({"by": ["person:@kim"], "count": 1}))), c(allow(json!({})))];
    check_with("so does its approval", gate(), &handed_on(5), &task, "approve", &[1]);
    check_with("for nobody else", gate(), &refund(5), &task, "run", &[2]);

    let first = || vec![c(of_support("before", json!({"first": ["orders.get"]}))), c(allow(json!({})))];
    check_with("so does what it must look up", first(), &handed_on(5), &task, "deny", &[1]);

    let role = || vec![Said(Some("support"), json!({"kind": "forbid", "action": "refund", "tools": [REFUND]}))];
    let with = |first: Vec<Said>| first.into_iter().chain([c(allow(json!({})))]).collect::<Vec<_>>();
    check_with("and what stands in its role's file", with(role()), &handed_on(5), &task, "deny", &[1]);
    check_with("which is nobody else's", with(role()), &refund(5), &task, "run", &[2]);
}

#[test]
fn no_right_is_handed_on() {
    let task = facts("a refund");
    let c = company;
    let allowed = || vec![c(of_support("allow", json!({})))];
    check_with("what one may without asking, the next may not", allowed(), &handed_on(5), &task, "approve", &[]);
    let deploy = || {
        let may = json!({"kind": "permit", "who": ["agent:support-agent"], "tools": ["deploy.*"]});
        vec![c(may), c(allow(json!({"tools": ["deploy.apply"]})))]
    };
    let call = Proposal { actor: handed_on(1).actor, ..proposal("finance-agent", "deploy.apply", json!({})) };
    check_with("nor a tool", deploy(), &call, &task, "deny", &[]);
}

#[test]
fn the_least_free_of_the_chain_counts() {
    let task = facts("a refund");
    let level = |who: &str, level: &str| company(json!({"kind": "autonomy", "who": [who], "level": level}));
    for less in ["observe", "suggest", "ask"] {
        let set = vec![level("agent:support-agent", less), company(allow(json!({})))];
        check_with("a person looks at what it could not do alone", set, &handed_on(5), &task, "approve", &[1]);
    }
    let set = vec![level("agent:support-agent", "act"), company(allow(json!({})))];
    check_with("who is free hands on freely", set, &handed_on(5), &task, "run", &[2]);
    let set =
        vec![level("agent:support-agent", "suggest"), company(approve(json!({"by": ["person:@kim"], "count": 1})))];
    check_with("a sentence that asks already is asked by", set, &handed_on(5), &task, "approve", &[2]);
}
