//! Verdicts at the edges of their rules: what was looked up, who is free, what is assumed, how it is told.

use super::super::amounts::{Interval, amount_argument};
use super::super::approvers::fewest_deciders;
use super::super::containment::{Company, tools_inside};
use super::precedence::{REFUND, allow, approve, over, when};
use super::*;
use crate::directives::matching::words::Terms;
use crate::directives::rule::{Condition, ToolPattern};

fn verdict(said: Vec<Said>, call: &Proposal, task: &TaskFacts) -> Verdict {
    judge(call, task, &directives(said), &nothing_before(), NOW)
}

fn seen(tool: &str, minutes_ago: i64) -> LookedUp {
    let at = NOW.minus(Span::minutes(minutes_ago));
    LookedUp { tool: ToolName(tool.to_owned()), arguments: json!({}), result: json!({}), at }
}

#[test]
fn the_card_tells_when_each_look_up_was_made_last() {
    let before =
        |first: Value| company(json!({"kind": "before", "action": "refund", "tools": [REFUND], "first": first}));
    let task = TaskFacts {
        looked_up: vec![
            seen("orders.get", 30),
            seen("helpdesk.search", 20),
            seen("orders.get", 10),
            seen("billing.invoice", 5),
        ],
        ..facts("refund")
    };
    let found =
        verdict(vec![before(json!(["orders.get", "helpdesk.*"])), before(json!(["orders.*"]))], &refund(5), &task);
    let at = |minutes| NOW.minus(Span::minutes(minutes));
    assert_eq!(found.looked_up_first, [("orders.get".to_owned(), at(10)), ("helpdesk.search".to_owned(), at(20))]);
    let found = verdict(
        vec![before(json!(["orders.get", "crm.*", "crm.a"])), before(json!(["crm.*"]))],
        &refund(5),
        &facts("refund"),
    );
    let Decision::Deny(denial) = &found.decision else { panic!("{found:?}") };
    assert_eq!(denial.reason, "Look up first in this task: crm.*, crm.a, orders.get. Then try again.");
    assert_eq!(found.because.len(), 2);
    let outside =
        Outside { server: "s".to_owned(), tool_digest: "d".to_owned(), credential: None, target_version: None };
    let shown = Shown::of(&Bound { proposal: &refund(5), task: TaskId(17), outside: &outside }, &directives([]), &[]);
    let told = Verdict { looked_up_first: vec![("contract".to_owned(), NOW)], ..found };
    assert_eq!(shown.after(&told).looked_up_first, [("contract".to_owned(), NOW)]);
}

#[test]
fn autonomy_asks_about_writers_and_lets_readers_be() {
    let level = |level: &str| company(json!({"kind": "autonomy", "who": ["agent:finance-agent"], "level": level}));
    let read = proposal("finance-agent", "orders.get", json!({}));
    for how in ["ask", "suggest", "observe"] {
        assert_eq!(verdict(vec![level(how)], &read, &facts("")).decision, Decision::Run, "{how}");
    }
    let guarded = TaskFacts { guarded: Some(lines_origin()), ..facts("") };
    assert_eq!(verdict(vec![], &read, &guarded).decision, Decision::Run, "what reads is not guarded");
    let asked = verdict(vec![company(allow(json!({})))], &refund(5), &guarded);
    assert!(matches!(&asked.decision, Decision::Approve(needs) if needs[0].by == [WorkerRef::Owner]), "{asked:?}");
    assert_eq!(asked.because[0].origin, Some(lines_origin()));
    assert_eq!(verdict(vec![level("report")], &refund(5), &facts("")).decision, Decision::Run, "above act is as free");
    let set = directives([level("suggest")]);
    let who = WorkerRef::Agent("finance-agent".to_owned());
    let found = level_of(&set, &who, NOW).unwrap();
    assert_eq!((found.0, found.1.map(|origin| origin.line)), (Level::Suggest, Some(1)));
    assert_eq!(level_of(&directives([]), &who, NOW), None);
    let mut shadow = directives([]);
    shadow.roster.positions.get_mut("finance-agent").unwrap().status = PositionStatus::Shadow;
    assert_eq!(level_of(&shadow, &who, NOW), Some((Level::Observe, None)));
    shadow.roster.positions.get_mut("finance-agent").unwrap().driver = Driver::Human;
    assert_eq!(level_of(&shadow, &who, NOW), None, "a person in a shadow seat is a person");
}

fn lines_origin() -> Origin {
    Origin { file: "guards.md".to_owned(), line: 7, column: 1, text: "…".to_owned() }
}

#[test]
fn limits_of_autonomy_end_with_their_day() {
    let until = |until: &str| {
        company(json!({"kind": "autonomy", "who": ["agent:finance-agent"], "level": "suggest", "until": until}))
    };
    // In service since 1 November; today is the twentieth.
    for (text, still) in [
        ("2026-11-19", false),
        ("2026-11-20", true),
        ("2026-11-21", true),
        ("P18D", false),
        ("P19D", false),
        ("P20D", true),
        ("one day", true),
    ] {
        let word = verdict(vec![company(allow(json!({}))), until(text)], &refund(5), &facts("")).decision.word();
        assert_eq!(word, if still { "deny" } else { "run" }, "{text}");
    }
}

#[test]
fn people_act_by_themselves_whatever_their_seat_is() {
    let permit = company(json!({"kind": "permit", "who": ["person:@dana"], "tools": ["workforce.stop"]}));
    let set = |status| {
        let mut set = directives([Said(None, permit.1.clone())]);
        set.roster.positions.get_mut("manager-1").unwrap().status = status;
        set
    };
    let call = Proposal { worker: WorkerRef::Person("dana".to_owned()), ..proposal("x", "workforce.stop", json!({})) };
    for status in [PositionStatus::Active, PositionStatus::Paused, PositionStatus::Retired, PositionStatus::Shadow] {
        let found = judge(&call, &facts(""), &set(status), &nothing_before(), NOW);
        assert_eq!(found.decision, Decision::Run, "{status:?}");
    }
    let nobody = Proposal { worker: WorkerRef::Person("nobody".to_owned()), ..call.clone() };
    let found = judge(&nobody, &facts(""), &set(PositionStatus::Active), &nothing_before(), NOW);
    assert!(matches!(&found.decision, Decision::Deny(denial) if denial.reason == "There is no worker person:@nobody."));
    let agent = proposal("no-agent", REFUND, json!({}));
    let found = judge(&agent, &facts(""), &set(PositionStatus::Active), &nothing_before(), NOW);
    assert!(matches!(&found.decision, Decision::Deny(denial) if denial.ground == Ground::Worker));
    // A server that calls itself `workforce` is a server like any other.
    let mut own = set(PositionStatus::Active);
    let lock = json!({"tools": {"workforce.stop": {"input_schema": {}, "class": "write", "digest": "sha256:x"}}});
    own.catalogue = Catalogue::from_lock(ToolsLock::parse(&lock.to_string()).unwrap());
    assert_eq!(judge(&call, &facts(""), &own, &nothing_before(), NOW).decision.word(), "approve");
    let other = Proposal { tool: ToolName("other.stop".to_owned()), ..call };
    let found = judge(&other, &facts(""), &set(PositionStatus::Active), &nothing_before(), NOW);
    assert!(matches!(&found.decision, Decision::Deny(denial) if denial.ground == Ground::UnknownTool));
}

#[test]
fn what_is_assumed_is_told() {
    let outside_hours = json!({"hours": "outside"});
    for condition in [outside_hours.clone(), json!({"all": [outside_hours.clone()]}), json!({"unless": outside_hours})]
    {
        let found = verdict(vec![company(approve(when(condition.clone())))], &refund(5), &facts(""));
        assert!(found.warnings.iter().any(|told| told.starts_with("No working hours are written down")), "{condition}");
        assert_eq!(found.warnings.len(), 1, "{:?}", found.warnings);
    }
    assert_eq!(verdict(vec![company(approve(when(over(2))))], &refund(5), &facts("")).warnings, [] as [String; 0]);
    let twice = vec![
        company(approve(when(json!({"channels": ["#a"], "hours": "outside"})))),
        company(approve(when(json!({"hours": "inside"})))),
    ];
    assert_eq!(verdict(twice, &refund(5), &facts("")).warnings.len(), 1, "said once");
    let bad = approve(json!({"within": "soon"}));
    let found = verdict(vec![company(bad)], &refund(5), &facts(""));
    assert_eq!(found.warnings, ["rules.md: its time limit is unreadable; one day is taken."]);
    assert!(matches!(&found.decision, Decision::Approve(needs) if needs[0].within == DEFAULT_WITHIN));
    let good = verdict(vec![company(approve(json!({"within": "PT4H"})))], &refund(5), &facts(""));
    assert!(
        good.warnings.is_empty()
            && matches!(&good.decision, Decision::Approve(needs) if needs[0].within == Span::hours(4))
    );
}

#[test]
fn refusals_name_who_and_where() {
    let told = |call: &Proposal, said: Vec<Said>| match verdict(said, call, &facts("")).decision {
        Decision::Deny(denial) => denial.reason,
        other => panic!("{other:?}"),
    };
    let deploy = proposal("finance-agent", "deploy.apply", json!({}));
    assert_eq!(
        told(&deploy, vec![]),
        "finance-agent may not use deploy.apply. Whoever keeps the directives can add it to its tools."
    );
    let by_person = Proposal { worker: WorkerRef::Person("dana".to_owned()), ..deploy.clone() };
    assert!(told(&by_person, vec![]).starts_with("dana may not use deploy.apply."));
    let found = verdict(vec![], &deploy, &facts(""));
    let origin = found.because[0].origin.clone().unwrap();
    assert_eq!((origin.file.as_str(), origin.line), ("roles/finance-operations.md", 5));
    let mut set = directives([]);
    let text = "---\nid: finance-operations\npositions:\n- x\n- id: finance-agent\n";
    set.files.insert("roles/finance-operations.md".to_owned(), text.to_owned());
    let found = judge(&deploy, &facts(""), &set, &nothing_before(), NOW);
    assert_eq!(found.because[0].origin.as_ref().map(|origin| origin.text.as_str()), Some("- id: finance-agent"));
}

#[test]
fn permits_bind_whom_they_name() {
    let permit = |who: &str, more: Value| {
        let mut rule = json!({"kind": "permit", "who": [who], "tools": ["deploy.apply"]});
        more.as_object().unwrap().iter().for_each(|(name, value)| rule[name] = value.clone());
        rule
    };
    let deploy = proposal("finance-agent", "deploy.apply", json!({}));
    let word = |said: Vec<Said>, call: &Proposal| verdict(said, call, &facts("")).decision.word();
    let own = permit("agent:finance-agent", json!({}));
    assert_eq!(word(vec![Said(Some("finance-operations"), own.clone())], &deploy), "approve", "its own role file");
    assert_eq!(
        word(vec![Said(Some("support"), own.clone())], &deploy),
        "deny",
        "another role's file grants it nothing"
    );
    let many = permit("agent:finance-agent", json!({"tools": ["orders.get", "deploy.*"]}));
    assert_eq!(word(vec![company(many)], &deploy), "approve", "one of several");
    let else_nothing = permit("agent:finance-agent", json!({"nothing_else": true}));
    assert_eq!(word(vec![company(else_nothing.clone())], &deploy), "approve");
    assert_eq!(word(vec![company(else_nothing)], &refund(5)), "deny");
    let others = permit("agent:support-agent", json!({"nothing_else": true}));
    assert_eq!(word(vec![company(others)], &refund(5)), "approve", "that binds another");
    let only = permit("agent:support-agent", json!({"only": true}));
    assert_eq!(word(vec![company(only)], &refund(5)), "approve", "that is about another tool");
    // A person's tools are those of all their seats.
    let mut set = directives([]);
    set.roster.positions.get_mut("manager-1").unwrap().tools = vec!["helpdesk.*".to_owned()];
    let reply = |who: &str| Proposal {
        worker: WorkerRef::Person(who.to_owned()),
        ..proposal("x", "helpdesk.reply", json!({}))
    };
    assert!(may_use(&set, &WorkerRef::Person("dana".to_owned()), &reply("dana").tool).is_ok());
    assert!(may_use(&set, &WorkerRef::Person("bo".to_owned()), &reply("bo").tool).is_err());
}

#[test]
fn amounts_stand_where_everybody_says() {
    let define = |argument: &str, tools: Value| {
        company(json!({"kind": "define", "term": "payment", "tools": tools,
            "amount": {"argument": argument, "unit": "cents", "currency": "USD"}}))
    };
    let place = |said: Vec<Said>| {
        amount_argument(&directives(said), &ToolName(REFUND.to_owned())).map(|place| place.argument.clone())
    };
    assert_eq!(
        place(vec![define("amount_cents", json!(["orders.get", "billing.*"]))]).as_deref(),
        Some("amount_cents")
    );
    assert_eq!(place(vec![define("total", json!([REFUND]))]), None, "two that differ are none");
    assert_eq!(place(vec![define("total", json!(["orders.get"]))]).as_deref(), Some("amount_cents"));
    let of = |low, high| Interval { low, high };
    assert_eq!([4, 5, 7, 8].map(|n| of(5, 7).holds(n)), [false, true, true, false]);
    assert!(of(5, 7).inside(&of(5, 7)) && !of(4, 7).inside(&of(5, 7)) && !of(5, 8).inside(&of(5, 7)));
    assert!(of(1, 4).apart(&of(5, 7)) && of(8, 9).apart(&of(5, 7)));
    assert!(!of(1, 5).apart(&of(5, 7)) && !of(7, 9).apart(&of(5, 7)));
    let call = |currency: Value| {
        proposal("finance-agent", REFUND, json!({"order_id": "O", "amount_cents": 500, "currency": currency}))
    };
    let amount = |call: &Proposal| {
        super::super::amounts::amount_of(&directives([]), &call.tool, &call.arguments).unwrap().unwrap().currency.0
    };
    assert_eq!(
        [amount(&call(json!("EUR"))), amount(&call(json!(""))), amount(&call(json!(null)))],
        ["EUR", "USD", "USD"]
    );
}

#[test]
fn what_lies_inside_what() {
    let pattern = |list: &[&str]| list.iter().map(|text| ToolPattern((*text).to_owned())).collect::<Vec<_>>();
    for (narrow, wide, inside) in [
        (&["billing.refund"][..], &["billing.refund"][..], true),
        (&["billing.refund"], &["orders.get", "billing.*"], true),
        (&["billing.refund", "orders.get"], &["billing.*"], false),
        (&["billing.*"], &["billing.refund"], false),
        (&["billing.refund"], &["billin.*"], false),
        (&[], &["billing.*"], true),
    ] {
        assert_eq!(tools_inside(&pattern(narrow), &pattern(wide)), inside, "{narrow:?} in {wide:?}");
    }
    let set = directives([]);
    let terms = Terms::of(&set);
    let company = Company { roster: &set.roster, terms: &terms };
    let inside = |narrow: Value, wide: Value| {
        let of = |value: Value| serde_json::from_value::<Condition>(value).unwrap();
        company.inside(&of(narrow), &of(wide))
    };
    let amount = |more: Value| {
        let mut range = json!({"over": 5, "currency": "USD"});
        more.as_object().unwrap().iter().for_each(|(name, value)| range[name] = value.clone());
        json!({"amount": range})
    };
    let times = |over: u32, per: &str, same: &str| json!({"times": {"over": over, "per": per, "same": same}});
    for (narrow, wide, expected) in [
        (json!({"failed_times": 3}), json!({"failed_times": 2}), true),
        (json!({"failed_times": 2}), json!({"failed_times": 2}), true),
        (json!({"failed_times": 1}), json!({"failed_times": 2}), false),
        (json!({}), json!({"failed_times": 2}), false),
        (json!({"unanswered_for": "PT4H"}), json!({"unanswered_for": "PT2H"}), true),
        (json!({"unanswered_for": "PT2H"}), json!({"unanswered_for": "PT2H"}), true),
        (json!({"unanswered_for": "PT1H"}), json!({"unanswered_for": "PT2H"}), false),
        (json!({}), json!({"stuck_for": "PT2H"}), false),
        (json!({"unsure": true}), json!({"unsure": true}), true),
        (json!({}), json!({"unsure": true}), false),
        (times(3, "P7D", "requester"), times(2, "P7D", "requester"), true),
        (times(2, "P7D", "requester"), times(2, "P7D", "requester"), true),
        (times(1, "P7D", "requester"), times(2, "P7D", "requester"), false),
        (times(3, "P1D", "requester"), times(2, "P7D", "requester"), false),
        (times(3, "P7D", "worker"), times(2, "P7D", "requester"), false),
        (amount(json!({"currency": "usd"})), amount(json!({})), true),
        (amount(json!({"currency": "EUR"})), amount(json!({})), false),
        (amount(json!({"per": "P7D", "same": "worker"})), amount(json!({"per": "P7D", "same": "requester"})), false),
        (amount(json!({"per": "P7D"})), amount(json!({"per": "P1D"})), false),
        (json!({"mentions": ["“legal”"]}), json!({"mentions": ["“legal”"]}), true),
        (json!({"mentions": ["refunds"]}), json!({"mentions": ["refund"]}), true),
        (json!({"mentions": ["refund"]}), json!({"mentions": ["\"refunds\""]}), false),
        (
            json!({"source": "email", "channels": ["#a"]}),
            json!({"unless": {"channels": ["#b"], "source": "mention"}}),
            true,
        ),
        (json!({"channels": ["#a"]}), json!({"unless": {"channels": ["#b"], "source": "mention"}}), false),
    ] {
        assert_eq!(inside(narrow.clone(), wide.clone()), expected, "{narrow} inside {wide}");
    }
}

#[test]
fn the_fewest_who_suffice() {
    let people: Vec<String> = (0..16).map(|n| format!("p{n:02}")).collect();
    assert_eq!(fewest_deciders(&[(1, &people[..7]), (1, &people[..7])]), 1);
    assert_eq!(fewest_deciders(&[(1, &people[..14]), (1, &people[..14])]), 1, "fourteen are tried");
    assert_eq!(fewest_deciders(&[(1, &people[..15]), (1, &people[..15])]), 2, "fifteen are not");
    assert_eq!(fewest_deciders(&[(2, &people[..2]), (1, &people[1..3])]), 2);
    assert_eq!(fewest_deciders(&[(2, &people[..2]), (2, &people[2..4])]), 4);
    assert_eq!(fewest_deciders(&[(2, &people[..2]), (3, &people[2..4])]), 5, "more than there are");
    assert_eq!(fewest_deciders(&[(0, &people[..2])]), 0);
}
