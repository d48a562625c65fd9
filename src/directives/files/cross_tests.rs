//! What holds only between files, on rules that are given ready-made.

use serde_json::{Value, json};

use super::tests::{COMPANY, ROLE, told};
use super::*;
use crate::directives::Origin;
use crate::directives::rule::Rule;

fn reading(line: u32, role: Option<&str>, rule: Value) -> Reading {
    let text = format!("Sentence {line}.");
    let origin = Origin { file: "rules.md".to_owned(), line, column: 1, text };
    let mut rule: Rule = serde_json::from_value(rule).expect("the contract's JSON");
    // "Nothing else" is kept beside the contract's slots.
    if let Rule::Permit(permit) = &mut rule {
        permit.nothing_else = !permit.only;
    }
    Reading { origin, rule, paraphrase: String::new(), role: role.map(str::to_owned) }
}

fn conflicts_of(read: &[Reading]) -> Vec<String> {
    let mut problems = Vec::new();
    conflicts::check(read, &mut problems);
    problems.iter().map(|p| format!("{} {} ← {}", p.code, p.line, p.related.clone().unwrap_or_default())).collect()
}

#[test]
fn two_rules_about_the_same_case_must_agree() {
    let route = |to: &str| json!({"kind": "route", "when": {"topics": ["billing", "invoice"]}, "to": [to]});
    let same = json!({"kind": "route", "when": {"topics": ["invoice", "billing"]}, "to": ["agent:a"]});
    let other = json!({"kind": "route", "when": {"topics": ["billing"]}, "to": ["agent:b"]});
    let read = [
        reading(1, None, route("agent:a")),
        reading(2, None, route("agent:b")),
        reading(3, None, same),
        reading(4, None, other),
    ];
    assert_eq!(conflicts_of(&read), ["conflict 2 ← rules.md:1", "duplicate 3 ← rules.md:1"]);

    let gate = |kind: &str, over: u32| {
        json!({"kind": kind, "action": "refund", "tools": ["billing.refund"], "count": 1,
                                             "when": {"amount": {"over": over, "currency": "USD"}}, "by": []})
    };
    let read = [
        reading(1, None, gate("approve", 200)),
        reading(2, None, gate("approve", 1000)),
        reading(3, None, gate("allow", 200)),
        // A role may tighten what the company says of the same case.
        reading(4, Some("orders"), gate("forbid", 200)),
    ];
    assert_eq!(conflicts_of(&read), ["conflict 3 ← rules.md:1"]);

    let review = |who: Value, days: u32| json!({"kind": "review", "who": who, "every_days": days});
    let read =
        [reading(1, None, review(json!(["agent:a", "agent:b"]), 90)), reading(2, None, review(json!(["agent:b"]), 60))];
    assert_eq!(conflicts_of(&read), ["conflict 2 ← rules.md:1"]);
}

#[test]
fn rules_that_can_never_matter_are_told_with_both_lines() {
    let dead = |read: &[Reading]| {
        let mut problems = Vec::new();
        dead::check(read, NaiveDate::from_ymd_opt(2026, 11, 20).expect("a day"), &mut problems);
        problems
            .iter()
            .map(|p| format!("{} {} ← {}", p.code, p.line, p.related.clone().unwrap_or_default()))
            .collect::<Vec<_>>()
    };
    let gate = |kind: &str, who: &[&str], when: Value| {
        json!({"kind": kind, "action": "refund", "tools": ["billing.refund"], "count": 1, "who": who, "when": when,
               "by": ["person:@dana"]})
    };
    let ban = gate("forbid", &[], json!({}));
    let dear = json!({"amount": {"over": 200, "currency": "USD"}});
    let read = [
        reading(1, None, ban),
        reading(2, None, gate("approve", &[], json!({}))),
        reading(3, None, gate("allow", &["agent:orders-agent"], dear.clone())),
        reading(4, None, gate("forbid", &[], dear.clone())),
    ];
    assert_eq!(dead(&read), ["shadowed 2 ← rules.md:1", "shadowed 3 ← rules.md:1", "shadowed 4 ← rules.md:1"]);
    // A ban for one agent leaves the others' approvals alone, and one with a condition leaves the rest.
    let read = [
        reading(1, None, gate("forbid", &["agent:orders-agent"], json!({}))),
        reading(2, None, gate("approve", &[], json!({}))),
        reading(3, None, gate("forbid", &[], dear)),
        reading(4, None, gate("allow", &["agent:other"], json!({}))),
    ];
    assert_eq!(dead(&read), Vec::<String>::new());

    let mut again = gate("approve", &[], json!({}));
    again["otherwise"] = json!(["person:@dana"]);
    let cover = |person: &str, by: &str, until: &str| json!({"kind": "cover", "person": person, "by": [by], "from": "2026-08-03", "until": until});
    let read = [
        reading(1, None, again),
        reading(2, None, cover("person:@dana", "person:@kim", "2027-08-14")),
        reading(3, None, cover("person:@kim", "person:@dana", "2027-01-14")),
        reading(4, None, cover("person:@ana", "person:@kim", "2026-08-14")),
    ];
    assert_eq!(dead(&read), ["asked-again 1 ← ", "cover-loop 3 ← rules.md:2", "over 4 ← "]);

    // Round in a circle of three, and agents who bring each other in.
    let unsure = |who: &str, to: &str| json!({"kind": "escalate", "who": [who], "when": {"unsure": true}, "to": [to]});
    let read = [
        reading(1, None, cover("person:@dana", "person:@kim", "2027-08-14")),
        reading(2, None, cover("person:@kim", "person:@ana", "2027-08-14")),
        reading(3, None, cover("person:@ana", "person:@dana", "2027-08-14")),
        reading(4, None, unsure("agent:a", "agent:b")),
        reading(5, None, unsure("agent:b", "agent:a")),
        reading(6, None, unsure("agent:c", "person:@kim")),
    ];
    assert_eq!(dead(&read), ["cover-loop 3 ← rules.md:1", "escalation-loop 5 ← rules.md:4"]);
}

#[test]
fn lines_that_hold_less_than_they_seem_to_are_told() {
    let tools = |description: &str| {
        let listed = json!({"tools": [{"name": "crm.get", "description": description, "inputSchema": {}}]});
        Catalogue::from_tool_list(&listed.to_string()).expect("a list of tools")
    };
    let told = |read: &[Reading], catalogue: &Catalogue| {
        let mut problems = Vec::new();
        unheard::check(read, catalogue, &mut problems);
        problems.iter().map(|p| format!("{} {}", p.code, p.line)).collect::<Vec<_>>()
    };
    let gate = |kind: &str, when: Value| json!({"kind": kind, "action": "refund", "tools": ["billing.refund"], "count": 1, "when": when, "by": []});
    let vip = json!({"segments": ["vip"]});
    let define = json!({"kind": "define", "term": "vip", "means": ["customer on the Platinum plan"]});
    let read = [
        reading(1, None, define),
        reading(2, None, gate("approve", vip.clone())),
        reading(3, None, gate("allow", json!({"unless": vip}))),
    ];
    assert_eq!(told(&read, &tools("Says how warm it is")), ["segment-unknown 2", "segment-unknown 3"]);
    assert_eq!(told(&read, &tools("Gets a customer's record")), Vec::<String>::new());
    assert_eq!(told(&read, &tools("Says which plan somebody is on")), Vec::<String>::new());

    let small = json!({"amount": {"under": 20, "currency": "USD"}});
    let asked = gate("approve", json!({}));
    let in_role = [reading(1, None, asked.clone()), reading(2, Some("orders"), gate("allow", small.clone()))];
    assert_eq!(told(&in_role, &Catalogue::default()), ["loosened-in-role 2"]);
    let beside = [reading(1, None, asked), reading(2, None, gate("allow", small.clone()))];
    assert_eq!(told(&beside, &Catalogue::default()), Vec::<String>::new());
    // Where the company asks for more money only, the role's exception frees from the owner's word.
    let apart = [
        reading(1, None, gate("approve", json!({"amount": {"over": 200, "currency": "USD"}}))),
        reading(2, Some("orders"), gate("allow", small)),
    ];
    assert_eq!(told(&apart, &Catalogue::default()), Vec::<String>::new());
}

fn permissions_of(read: &[Reading]) -> Vec<String> {
    let files = BTreeMap::from([
        ("company.md".to_owned(), COMPANY.to_owned()),
        ("roles/orders.md".to_owned(), ROLE.replace("[orders.*]", "[orders.*, billing.refund]")),
    ]);
    let tools = json!({"tools": [
        {"name": "orders.get", "inputSchema": {}, "outputSchema": {"properties": {"ordered_on": {}}}},
        {"name": "billing.refund", "inputSchema": {}},
    ]});
    let catalogue = Catalogue::from_tool_list(&tools.to_string()).expect("a list");
    let today = NaiveDate::from_ymd_opt(2026, 11, 20).expect("a day");
    let mut problems = Vec::new();
    let pages = open(&files, today, &mut problems);
    let (set, before) = read_all(&files, Some(catalogue.clone()), today);
    assert_eq!(told(&before), ["unspoken-tool roles/orders.md:11:23"]);
    permissions::check(&pages, read, &set.playbooks, &set.roster, &catalogue, &mut problems);
    told(&problems)
}

#[test]
fn front_matter_is_never_wider_than_a_sentence() {
    let permit = |who: &str, tools: &[&str], only: bool| {
        reading(1, None, json!({"kind": "permit", "who": [who], "tools": tools, "only": only}))
    };
    let wider = vec!["wider-than-sentence roles/orders.md:11:23".to_owned()];
    assert_eq!(permissions_of(&[permit("agent:orders-agent", &["orders.*"], false)]), wider);
    assert_eq!(permissions_of(&[permit("role:orders", &["orders.*", "billing.refund"], false)]), Vec::<String>::new());
    assert_eq!(permissions_of(&[permit("person:@dana", &["billing.refund"], true)]), wider);
    assert_eq!(permissions_of(&[permit("team:finance", &["billing.refund"], true)]), Vec::<String>::new());
}

#[test]
fn freedom_from_approval_grants_no_tool() {
    let allow = |who: &str| {
        let rule = json!({"kind": "allow", "action": "refund", "tools": ["billing.refund"], "who": [who]});
        [reading(7, None, rule)]
    };
    assert_eq!(permissions_of(&allow("agent:orders-agent")), Vec::<String>::new());
    assert_eq!(permissions_of(&allow("person:@dana")), ["allow-without-tool rules.md:7:1"]);
}

/// What a set says of the tools that its agents hold; `sentences` stand in a page of their own.
fn unspoken_in(tools_of_the_agent: &str, sentences: &str) -> Vec<String> {
    let files = BTreeMap::from([
        ("company.md".to_owned(), COMPANY.to_owned()),
        ("roles/orders.md".to_owned(), ROLE.replace("[orders.*]", tools_of_the_agent)),
        ("rules.md".to_owned(), sentences.to_owned()),
    ]);
    let tools = json!({"tools": [
        {"name": "orders.get", "description": "Read one order.", "inputSchema": {}, "annotations": {"readOnlyHint": true}},
        {"name": "billing.refund", "description": "Refund a charge.", "inputSchema": {}},
        {"name": "orders.cancel", "description": "Cancel an order.", "inputSchema": {}},
    ]});
    let catalogue = Catalogue::from_tool_list(&tools.to_string()).expect("a list");
    let (_, problems) = read_all(&files, Some(catalogue), NaiveDate::from_ymd_opt(2026, 11, 20).expect("a day"));
    let said = problems.iter().filter(|problem| problem.code == "unspoken-tool");
    said.map(|problem| format!("{}:{} {}", problem.line, problem.column, problem.message)).collect()
}

#[test]
fn a_tool_of_which_no_sentence_speaks_is_told() {
    let both = "11:13 Olga (Orders) may use `orders.cancel`, and no sentence says when: each call waits for the owner";
    let table: &[(&str, &str, &[&str])] = &[
        // What only reads runs anyway.
        ("[orders.get]", "Be polite.\n", &[]),
        ("[orders.get, orders.cancel]", "Be polite.\n", &[&both.replace("11:13", "11:25")]),
        ("[orders.*]", "Be polite.\n", &[both]),
        // Each kind of sentence about the tool will do.
        ("[orders.cancel]", "Cancelling an order needs approval from Dana Ruiz.\n", &[]),
        ("[orders.cancel]", "Orders may be cancelled without approval.\n", &[]),
        ("[orders.cancel]", "Never cancel an order outside working hours.\n", &[]),
        ("[orders.cancel]", "The orders agent may cancel orders.\n", &[]),
        // One about another tool will not.
        ("[orders.cancel]", "Refunds need approval from Dana Ruiz.\n", &[both]),
    ];
    for (tools, sentences, want) in table {
        assert_eq!(unspoken_in(tools, sentences), *want, "{tools} {sentences}");
    }
}
