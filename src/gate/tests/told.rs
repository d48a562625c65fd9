//! How things are told: titles, targets, subjects, refusals; and whose record says what.

use super::super::segments::Evidence;
use super::super::shown::{subject_of, target_of};
use super::*;
use crate::directives::matching::words::Terms;
use crate::ids::{ActionId, ApprovalId};

#[test]
fn the_target_is_what_identifies_the_thing() {
    let target = |arguments: Value, schema: Value| target_of(&arguments, Some(&schema));
    let none = json!({});
    let is = |label: &str, value: &str| Some((label.to_owned(), value.to_owned()));
    for (arguments, schema, expected) in [
        (json!({"order_id": "O-1", "customer_id": "C-1"}), none.clone(), is("order", "O-1")),
        (json!({"customer_id": "C-1", "zone_no": 4}), none.clone(), is("zone", "4")),
        (json!({"customer_id": "C-1"}), none.clone(), is("customer", "C-1")),
        (json!({"ticketId": "T"}), none.clone(), is("ticket", "T")),
        (json!({"valid": "x"}), none.clone(), None),
        (json!({"id": "x"}), none.clone(), is("id", "x")),
        (json!({"ID": "x"}), none.clone(), is("id", "x")),
        (json!({"sku2_id": "x"}), none.clone(), is("sku2", "x")),
        (json!({"orderLineId": "x"}), none.clone(), is("order line", "x")),
        (json!({"invoice_number": 7}), none.clone(), is("invoice", "7")),
        (json!({"a_ref": "1", "b_key": "2"}), none.clone(), is("a", "1")),
        (json!({"a_ref": "1", "b_key": "2"}), json!({"required": ["b_key"]}), is("b", "2")),
        (json!({"a_id": "", "b_id": "2"}), none.clone(), is("b", "2")),
        (json!({"idempotency_key": "k", "order_id": "O"}), none.clone(), is("order", "O")),
        (json!({"idempotency_key": "k"}), none.clone(), None),
        (json!({"email": "r@x", "name": "Rosa"}), json!({"required": ["name", "email"]}), is("name", "Rosa")),
        (json!({"email": "r@x", "order_id": "O"}), json!({"required": ["email"]}), is("order", "O")),
        (json!({"email": "r@x"}), none.clone(), None),
        (json!({"order_id": {"x": 1}}), none.clone(), None),
        (json!({"order_id": true}), none.clone(), is("order", "true")),
        (json!("O-1"), none, None),
    ] {
        assert_eq!(target(arguments.clone(), schema.clone()), expected, "{arguments} {schema}");
    }
}

#[test]
fn a_look_up_is_named_by_its_thing() {
    let subject = |name: &str| subject_of(&ToolName(name.to_owned()), None);
    assert_eq!(subject("crm.get_contract"), "contract");
    assert_eq!(subject("crm.find_the_open_contracts"), "open contracts");
    assert_eq!(subject("crm.get"), "crm.get");
    let titled = |title: &str| {
        let lock = json!({"tools": {"crm.get": {"input_schema": {}, "class": "read", "digest": "d", "title": title}}});
        let catalogue = Catalogue::from_lock(ToolsLock::parse(&lock.to_string()).unwrap());
        let name = ToolName("crm.get".to_owned());
        subject_of(&name, catalogue.get(&name))
    };
    assert_eq!([titled("Look up a Contract"), titled("Get all")], ["contract", "crm.get"]);
}

#[test]
fn refusals_and_states_are_told_in_words() {
    let names =
        |list: &[&str]| Refusal::NotAnApprover { approvers: list.iter().map(|name| (*name).to_owned()).collect() };
    assert_eq!(
        names(&[]).to_string(),
        "You cannot decide about this. Nobody can right now; whoever keeps the directives can name somebody."
    );
    assert_eq!(names(&["dana", "sam"]).to_string(), "You cannot decide about this. These people can: @dana, @sam.");
    let (by, account, at) = ("dana".to_owned(), account("dana"), NOW);
    for (state, words) in [
        (ApprovalState::Waiting, "It waits for a decision."),
        (ApprovalState::Approved { at }, "It was approved at 10:00 UTC."),
        (
            ApprovalState::Denied { by: by.clone(), account: account.clone(), reason: "no".to_owned(), at },
            "@dana denied it at 10:00 UTC.",
        ),
        (
            ApprovalState::Expired { at },
            "Nobody decided in time; it expired at 10:00 UTC. Ask again if it is still wanted.",
        ),
        (ApprovalState::Void { why: "it changed.".to_owned(), at }, "It is void: it changed."),
        (ApprovalState::Spent { by: ActionId(5), at }, "It was approved, and it started at 10:00 UTC."),
        (
            ApprovalState::Edited { by: by.clone(), account: account.clone(), into: ActionId(6), at },
            "@dana changed it at 10:00 UTC; a newer card asks about the changed one.",
        ),
        (
            ApprovalState::ByHand { by: by.clone(), account: account.clone(), at, until: at },
            "@dana took it over at 10:00 UTC and does it by hand.",
        ),
        (ApprovalState::Recorded { by, account, done: None, at }, "@dana took it over."),
    ] {
        assert_eq!(Refusal::AlreadyDecided(state).to_string(), words);
    }
}

#[test]
fn records_speak_of_their_own_thing_and_contradictions_are_unknown() {
    let set =
        directives([company(json!({"kind": "define", "term": "VIP", "means": ["customers on the Platinum plan"]}))]);
    let terms = Terms::of(&set);
    let call = json!({"order_id": "ORD-1042"});
    let judged = |stated: &[(&str, bool)], records: Vec<Value>| {
        let stated = stated.iter().map(|(name, is)| ((*name).to_owned(), *is)).collect();
        let looked_up: Vec<LookedUp> = records
            .into_iter()
            .map(|result| LookedUp {
                tool: ToolName("crm.get".to_owned()),
                arguments: json!({"id": "ORD-1042"}),
                result,
                at: NOW,
            })
            .collect();
        Evidence { stated: &stated, looked_up: &looked_up, arguments: &call, terms: &terms }.segment("vip")
    };
    for (stated, record, expected) in [
        (&[][..], json!({"plan": "Platinum"}), Holds::Met),
        (&[], json!({"plan": "Silver"}), Holds::NotMet),
        (&[], json!({"colour": "Platinum"}), Holds::Unknown),
        (&[], json!({"vip": true}), Holds::Met),
        (&[], json!({"VIP": false}), Holds::NotMet),
        (&[], json!({"is_vip": true}), Holds::Met),
        (&[], json!({"is vip": false}), Holds::NotMet),
        (&[], json!({"vip": "true"}), Holds::Unknown),
        (&[], json!({"segment": "VIP"}), Holds::Met),
        (&[], json!({"tier": "vip"}), Holds::Met),
        (&[], json!({"segment": "SMB"}), Holds::Unknown),
        (&[], json!({"vip": true, "plan": "Silver"}), Holds::Unknown),
        (&[], json!({"vip": [true, false]}), Holds::Unknown),
        (&[], json!({"plan": "Platinum Plus"}), Holds::NotMet),
        (&[], json!({"plan": ""}), Holds::NotMet),
        (&[], json!({"customer_plan": "Platinum"}), Holds::Met),
        (&[], json!({"plan_colour": "Platinum"}), Holds::Unknown),
        (&[], json!({"": "Platinum"}), Holds::Unknown),
        (&[], json!({"plan": 5, "vip": 1}), Holds::Unknown),
        (&[("vip", true)], json!({}), Holds::Met),
        (&[("VIP", false)], json!({}), Holds::NotMet),
        (&[("vip", false)], json!({"plan": "Platinum"}), Holds::Unknown),
        (&[("smb", true)], json!({}), Holds::Unknown),
    ] {
        assert_eq!(judged(stated, vec![record.clone()]), expected, "{stated:?} {record}");
    }
    let of = |arguments: Value, seen: Value| {
        let looked =
            [LookedUp { tool: ToolName("crm.get".to_owned()), arguments: seen, result: json!({"vip": true}), at: NOW }];
        let stated = BTreeMap::new();
        Evidence { stated: &stated, looked_up: &looked, arguments: &arguments, terms: &terms }.segment("vip")
    };
    for (arguments, seen, expected) in [
        (json!({"a": "O-1"}), json!({"b": "O-1"}), Holds::Met),
        (json!({"a": "O1"}), json!({"b": "O1"}), Holds::Unknown),
        (json!({"a": "r@x"}), json!({"b": ["r@x"]}), Holds::Met),
        (json!({"a": "Rosa"}), json!({"b": "Rosa"}), Holds::Unknown),
        (json!({"a": "O-1"}), json!({"b": "O-2"}), Holds::Unknown),
        (json!({"a": 1042}), json!({"b": 1042}), Holds::Unknown),
    ] {
        assert_eq!(of(arguments.clone(), seen.clone()), expected, "{arguments} {seen}");
    }
}

/// A person has a part in an action by name, by account, or by the address of either.
#[test]
fn a_second_account_of_somebody_in_the_chain_is_a_party() {
    let set = directives([company(
        json!({"kind": "approve", "action": "refund", "tools": ["billing.refund"], "by": ["person:@dana", "person:@sam"]}),
    )]);
    let decides = |requester: Option<Requester>, chain: &[&str], emails: &[(&str, &str)], who: &str| {
        let mut everybody = accounts();
        if let Accounts::Live { people, .. } = &mut everybody {
            for (handle, email) in emails {
                people.get_mut(*handle).unwrap().email = Some((*email).to_owned());
            }
        }
        let actor = ActorChain(chain.iter().map(|who| Actor::Human(account(who))).collect());
        let call = Proposal { requester, actor, ..refund(450) };
        let Decision::Approve(needs) = judge(&call, &facts(""), &set, &nothing_before(), NOW).decision else {
            panic!()
        };
        let around = Surroundings { directives: &set, accounts: &everybody, now: NOW };
        let card =
            Approval::open(ApprovalId(31), ActionId(5), "sha256:x".to_owned(), Parties::of(&call), needs, &around);
        let click = Click {
            approval: ApprovalId(31),
            by: account(who),
            choice: Choice::Approve,
            typed: None,
            digest: None,
            under: None,
        };
        authorize(&card, &click, &around).map(|yes| assert_eq!(yes.approval(), ApprovalId(31)))
    };
    let ana = || Some(Requester { handle: Some("ana".to_owned()), account: Some(account("ana")) });
    let by_name = || Some(Requester { handle: Some("ana".to_owned()), account: None });
    let same = [("ana", "a@x"), ("dana", "A@x")];
    assert_eq!(decides(ana(), &[], &[], "dana"), Ok(()));
    assert_eq!(decides(ana(), &[], &same, "dana"), Err(Refusal::OwnRequest));
    assert_eq!(decides(by_name(), &[], &same, "dana"), Err(Refusal::OwnRequest));
    assert_eq!(decides(None, &["ana"], &same, "dana"), Err(Refusal::OwnRequest));
    assert_eq!(decides(None, &["ana", "bo"], &same, "dana"), Err(Refusal::OwnRequest), "any of the chain");
    assert_eq!(decides(None, &["bo"], &same, "dana"), Ok(()));
    assert_eq!(decides(ana(), &[], &[("ana", "a@x"), ("dana", "d@x")], "dana"), Ok(()));
    assert_eq!(decides(None, &[], &[], "dana"), Ok(()), "no address is nobody's address");
    assert_eq!(decides(None, &["dana"], &[], "dana"), Err(Refusal::OwnRequest));
    assert_eq!(decides(ana(), &[], &same, "sam"), Ok(()));
    assert_eq!(decides(by_name(), &[], &[("ana", "a@x")], "dana"), Ok(()), "nobody knows hers");
}

#[test]
fn where_too_few_are_there_it_is_said_why_it_went_up() {
    let set = directives([]);
    let climbed = |by: &[&str], count: u32| {
        let need = Requirement {
            by: by.iter().map(|who| who.parse().unwrap()).collect(),
            count,
            within: DEFAULT_WITHIN,
            otherwise: Otherwise::Deny,
            confirm: None,
            origin: None,
        };
        let accounts = accounts();
        let around = Surroundings { directives: &set, accounts: &accounts, now: NOW };
        let found = approvers(&need, false, &Parties::of(&refund(5)), &around);
        (found.people.join(" "), found.climbed.map(|climbed| climbed.why))
    };
    let up = "so it went up the org chart.";
    let is = |people: &str, why: &str| (people.to_owned(), Some(format!("{why}, {up}")));
    assert_eq!(climbed(&["person:@dana"], 1), ("dana".to_owned(), None));
    assert_eq!(climbed(&["team:sre"], 2), ("sam lee".to_owned(), None));
    assert_eq!(climbed(&["person:@nobody"], 1), is("dana kim", "The rule names nobody who is here"));
    assert_eq!(climbed(&["person:@ana"], 1), is("dana", "Nobody whom the rule names can decide about this"));
    assert_eq!(
        climbed(&["person:@dana"], 2),
        is("dana kim", "Too few of those whom the rule names can decide about this")
    );
    assert_eq!(climbed(&["person:@kim"], 2), ("kim".to_owned(), None), "above Kim there is nobody");
    let cover = |by: &str| {
        company(
            json!({"kind": "cover", "person": "person:@dana", "by": [by], "from": "2026-11-20", "until": "2026-11-20"}),
        )
    };
    let set = directives([cover("person:@noor")]);
    let need = Requirement {
        by: vec![WorkerRef::Person("dana".to_owned())],
        count: 1,
        within: DEFAULT_WITHIN,
        otherwise: Otherwise::Deny,
        confirm: None,
        origin: None,
    };
    let accounts = accounts();
    let around = Surroundings { directives: &set, accounts: &accounts, now: NOW };
    let found = approvers(&need, false, &Parties::of(&refund(5)), &around);
    assert_eq!(found.stand_ins, [StandIn { away: "dana".to_owned(), by: vec!["noor".to_owned()] }]);
}

#[test]
fn the_next_thing_that_is_due() {
    let rule = |by: &str, within: &str| {
        company(
            json!({"kind": "approve", "action": "refund", "tools": ["billing.refund"], "by": [by], "within": within}),
        )
    };
    let set = directives([rule("person:@dana", "PT4H"), rule("person:@sam", "PT8H")]);
    let Decision::Approve(needs) = judge(&refund(5), &facts(""), &set, &nothing_before(), NOW).decision else {
        panic!()
    };
    let accounts = accounts();
    let around = Surroundings { directives: &set, accounts: &accounts, now: NOW };
    let mut card =
        Approval::open(ApprovalId(31), ActionId(5), "sha256:x".to_owned(), Parties::of(&refund(5)), needs, &around);
    let at = |minutes| NOW.plus(Span::minutes(minutes));
    assert_eq!((card.next_due(), card.next_deadline()), (Some(at(180)), Some(at(240))));
    // Dana's yes satisfies her own requirement and nothing else: what is due next is Sam's.
    card.votes =
        vec![Vote { by: "dana".to_owned(), account: account("dana"), at: NOW, counts_for: vec![0], under: None }];
    assert_eq!((card.next_due(), card.next_deadline()), (Some(at(360)), Some(at(480))));
    let again = Surroundings { now: at(240), ..around };
    assert_eq!(card.due(&again), None, "her time is over, and she said yes");
    let remind = Surroundings { now: at(360), ..around };
    assert_eq!(card.due(&remind), Some(Turn::Reminded { requirement: 1, at: at(360) }));
    let went_on = Turn::WentOn { answer: None, times: Vec::new(), at: NOW };
    assert_eq!(card.after(&went_on.into()), None, "nothing was asked");
    // More people than were needed satisfy it as well; one account counts once.
    let yes = |by: &str| Vote { by: by.to_owned(), account: account(by), at: NOW, counts_for: vec![0], under: None };
    card.votes = vec![yes("dana"), yes("kim")];
    assert_eq!(card.next_deadline(), Some(at(480)));
    card.progress[0].requirement.count = 2;
    assert_eq!(card.next_deadline(), Some(at(480)));
    card.votes = vec![yes("dana"), yes("dana")];
    assert_eq!(card.next_deadline(), Some(at(240)));
    card.progress[0].requirement.count = 1;
    card.votes.pop();
    let late = Surroundings { now: at(480), ..around };
    assert_eq!(card.due(&late), Some(Turn::Expired { at: at(480) }));
    let reminded = card.after(&Turn::Reminded { requirement: 1, at: at(360) }.into()).unwrap();
    assert_eq!((reminded.next_due(), reminded.progress[1].remind_at), (Some(at(480)), None));
    card.state = ApprovalState::Approved { at: NOW };
    assert_eq!((card.next_due(), card.next_deadline()), (None, None));
    card.state = ApprovalState::ByHand { by: "dana".to_owned(), account: account("dana"), at: NOW, until: at(60) };
    assert_eq!((card.next_due(), card.next_deadline()), (Some(at(60)), Some(at(60))));
    let soon = Surroundings { now: at(59), ..around };
    assert_eq!(card.due(&soon), None);
    for minutes in [60, 61] {
        let now = Surroundings { now: at(minutes), ..around };
        assert_eq!(card.due(&now), Some(Turn::Recorded { done: None, at: at(minutes) }));
    }
}
