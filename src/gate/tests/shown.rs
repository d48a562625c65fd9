//! What approvers see is what will be sent, and the digest moves with every part of it.

use super::*;

fn outside() -> Outside {
    Outside {
        server: "stdio:billing".to_owned(),
        tool_digest: "sha256:refund".to_owned(),
        credential: Some("billing-live".to_owned()),
        target_version: Some("v1".to_owned()),
    }
}

fn of(call: &Proposal) -> Shown {
    Shown::of(&Bound { proposal: call, task: TaskId(17), outside: &outside() }, &directives([]), &[])
}

#[test]
fn the_title_says_what_will_happen() {
    assert_eq!(of(&refund(450)).title, "Refund $450.00 to order ORD-1042");
    assert_eq!(of(&refund(450)).amount.as_deref(), Some("$450.00"));
    for (tool, arguments, title) in [
        (
            "crm.cancel_subscription",
            json!({"subscription_id": "SUB-1", "customer_id": "C-9"}),
            "Cancel subscription SUB-1",
        ),
        ("licences.revoke", json!({"licence_id": "L-1"}), "Revoke licence L-1"),
        ("helpdesk.reply", json!({"body": "hi", "ticketId": 4}), "Reply ticket 4"),
        ("deploy.apply", json!({}), "Apply"),
        ("deploy.apply", json!("odd"), "Apply"),
    ] {
        assert_eq!(of(&proposal("finance-agent", tool, arguments)).title, title);
    }
}

#[test]
fn every_argument_is_shown_whole_and_in_plain_signs() {
    let long = "x".repeat(5_000);
    let shown = of(&proposal(
        "finance-agent",
        "billing.refund",
        json!({"amount_cents": 45000, "order_id": "ORD\u{202E}1042", "reason": long, "to": {"iban": ["DE\u{200B}1", "x\ny"]}}),
    ));
    let value =
        |argument: &str| shown.lines.iter().find(|line| line.argument == argument).map(|line| line.value.as_str());
    assert_eq!(value("amount_cents"), Some("$450.00 (45000)"));
    assert_eq!(value("order_id"), Some("ORD<U+202E>1042"));
    assert_eq!(value("reason"), Some(long.as_str()));
    assert_eq!(value("to.iban.0"), Some("DE<U+200B>1"));
    assert_eq!(value("to.iban.1"), Some("x<U+000A>y"));
    assert!(shown.title.contains("ORD<U+202E>1042"));
    let order = shown.lines.iter().find(|line| line.argument == "order_id").unwrap();
    assert_eq!(order.label, "Order id");
}

#[test]
fn the_digest_moves_with_every_part_and_with_nothing_else() {
    let call = refund(450);
    let of =
        |call: &Proposal, task: i64, outside: &Outside| digest(&Bound { proposal: call, task: TaskId(task), outside });
    let whole = of(&call, 17, &outside());
    let mut others = vec![of(&call, 18, &outside())];
    let mut change = |edit: &dyn Fn(&mut Proposal)| {
        let mut other = call.clone();
        edit(&mut other);
        others.push(of(&other, 17, &outside()));
    };
    change(&|call| call.tool = ToolName("billing.charge".to_owned()));
    change(&|call| call.arguments["amount_cents"] = json!(45001));
    change(&|call| call.arguments["amount_cents"] = json!("45000"));
    change(&|call| call.arguments["order_id"] = json!("ORD-1042 "));
    change(&|call| call.arguments["reason"] = Value::Null);
    change(&|call| call.requester = None);
    change(&|call| call.requester = Some(Requester { handle: Some("ana".to_owned()), account: Some(account("bo")) }));
    change(&|call| call.worker = WorkerRef::Agent("support-agent".to_owned()));
    change(&|call| call.actor = call.actor.then(Actor::Agent("other".to_owned())));
    let mut elsewhere = |edit: &dyn Fn(&mut Outside)| {
        let mut other = outside();
        edit(&mut other);
        others.push(of(&call, 17, &other));
    };
    elsewhere(&|outside| outside.server.push('2'));
    elsewhere(&|outside| outside.tool_digest.push('2'));
    elsewhere(&|outside| outside.credential = None);
    elsewhere(&|outside| outside.credential = Some("billing-test".to_owned()));
    elsewhere(&|outside| outside.target_version = Some("v2".to_owned()));
    let count = others.len();
    others.push(whole.clone());
    others.sort();
    others.dedup();
    assert_eq!(others.len(), count + 1, "every part changes the digest, each to another one");

    let respelled = "{ \"order_id\" : \"ORD-10\\u0034\\u0032\",\n \"amount_cents\": 4.5e4 }";
    let same = Proposal { arguments: serde_json::from_str(respelled).unwrap(), ..call };
    assert_eq!(of(&same, 17, &outside()), whole, "order, white space and spelling change nothing");
}
