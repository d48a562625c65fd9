//! What a grant may be and what it never opens.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::tests::{NOW, Said, account, accounts, company, directives, facts, nothing_before, proposal, refund};
use super::super::{
    AccountState, Accounts, ActionRow, ApprovalState, Bound, Outside, Shown, Surroundings, authorize, digest, record,
    release,
};
use super::*;
use crate::clock::Span;
use crate::money::Currency;

const LIMITS: Limits = Limits { uses: 50, days: 14, amount: 1_000 };

fn rule(more: Value) -> Vec<Said> {
    let mut rule = json!({"kind": "approve", "action": "refund", "tools": ["billing.refund"], "when": {},
        "by": ["role:finance-manager"], "count": 1});
    for (key, value) in more.as_object().unwrap() {
        rule[key] = value.clone();
    }
    vec![company(rule)]
}

fn outside() -> Outside {
    Outside {
        server: "stdio:billing".to_owned(),
        tool_digest: "sha256:refund".to_owned(),
        credential: None,
        target_version: None,
    }
}

fn digest_of(call: &Proposal) -> String {
    digest(&Bound { proposal: call, task: crate::ids::TaskId(17), outside: &outside() })
}

/// The card of a call under these directives; `None` where it does not wait.
fn card(call: &Proposal, set: &Directives, now: Timestamp) -> Option<Approval> {
    let verdict = judge(call, &facts("refund"), set, &nothing_before(), now);
    let Decision::Approve(needs) = verdict.decision else { return None };
    let accounts = accounts();
    let around = Surroundings { directives: set, accounts: &accounts, now };
    Some(Approval::open(ApprovalId(31), ActionId(5), digest_of(call), Parties::of(call), needs, &around))
}

fn usd(dollars: i64) -> Money {
    Money::new(dollars * 1_000_000, Currency::new("USD"))
}

fn asked(uses: u32, at_most: Option<i64>) -> Asked {
    Asked { uses, at_most: at_most.map(usd), until: NOW.plus(Span::days(5)), only: vec![] }
}

/// Dana's grant, given on a refund of so many dollars.
fn grant(on: i64, asked: &Asked, set: &Directives) -> Grant {
    let call = refund(on);
    let open = card(&call, set, NOW).expect("it waits");
    let terms = terms(&call, (&open, ActionId(5)), asked, LIMITS, set, NOW).expect("it can be granted");
    Grant {
        id: GrantId(3),
        account: account("dana"),
        body: Body { by: "dana".to_owned(), terms },
        used: 0,
        state: GrantState::Active,
        given_at: NOW,
    }
}

/// Lets a call pass under a grant as the flow does it: the giver's click, then the last look.
fn run_under(grant: &Grant, call: &Proposal, set: &Directives, accounts: &Accounts, now: Timestamp) -> bool {
    let Some(open) = card(call, set, now) else { return false };
    let around = Surroundings { directives: set, accounts, now };
    if grant.covers(call, set, now).is_err() {
        return false;
    }
    let Ok(authorized) = authorize(&open, &grant.click(&open), &around) else { return false };
    let (open, _) = record(&open, authorized).expect("it waits");
    let row = ActionRow {
        id: ActionId(5),
        proposal: call.clone(),
        facts: facts("refund"),
        digest: digest_of(call),
        attempt: 1,
        approval: Some(open),
        grants: vec![Grant { used: grant.used + 1, ..grant.clone() }],
    };
    release(&row, &outside(), &nothing_before(), &around).is_ok()
}

/// Whether this person's own click, now and on this very card, would let it pass.
fn could_approve(who: &str, call: &Proposal, set: &Directives, accounts: &Accounts, now: Timestamp) -> bool {
    let Some(open) = card(call, set, now) else { return false };
    let around = Surroundings { directives: set, accounts, now };
    let click =
        Click { approval: open.id, by: account(who), choice: Choice::Approve, typed: None, digest: None, under: None };
    let Ok(authorized) = authorize(&open, &click, &around) else { return false };
    let Some((open, _)) = record(&open, authorized) else { return false };
    matches!(open.state, ApprovalState::Approved { .. })
}

#[test]
fn a_grant_covers_what_is_like_the_first_and_nothing_else() {
    let set = directives(rule(json!({})));
    let given = grant(40, &asked(20, Some(50)), &set);
    let run = |call: &Proposal| run_under(&given, call, &set, &accounts(), NOW);
    assert!(run(&refund(40)) && run(&refund(50)) && run(&refund(1)));
    assert!(!run(&refund(51)), "more than the bound");
    let more = json!({"order_id": "ORD-1", "amount_cents": 4000, "currency": "EUR"});
    assert!(!run(&proposal("finance-agent", "billing.refund", more)), "an argument that the first one had not");
    let other = json!({"order_id": "ORD-1", "amount_cents": 4000});
    assert!(!run(&proposal("support-agent", "billing.refund", other)), "another agent");
    assert!(!run(&proposal("finance-agent", "helpdesk.reply", json!({}))), "another tool");
    assert!(!run_under(&given, &refund(40), &set, &accounts(), NOW.plus(Span::days(5))), "its time is over");
    for ended in [
        Grant { used: 20, ..given.clone() },
        Grant { state: GrantState::Revoked, ..given.clone() },
        Grant { state: GrantState::Void, ..given.clone() },
    ] {
        assert!(!run_under(&ended, &refund(40), &set, &accounts(), NOW), "{:?}", ended.state);
    }
}

#[test]
fn what_is_held_fixed_stays_as_it_was() {
    let set = directives(rule(json!({})));
    let fixed = Asked { only: vec!["order_id".to_owned()], ..asked(20, None) };
    let given = grant(40, &fixed, &set);
    assert!(run_under(&given, &refund(40), &set, &accounts(), NOW));
    let other = proposal("finance-agent", "billing.refund", json!({"order_id": "ORD-2", "amount_cents": 4000}));
    assert!(!run_under(&given, &other, &set, &accounts(), NOW));
}

#[test]
fn nothing_typed_or_destructive_is_granted_and_the_limits_hold() {
    let set = directives(rule(json!({})));
    let (call, open) = (refund(40), card(&refund(40), &set, NOW).unwrap());
    let try_terms = |asked: &Asked, limits| terms(&call, (&open, ActionId(5)), asked, limits, &set, NOW).map(|_| ());
    assert_eq!(try_terms(&asked(50, Some(1_000)), LIMITS), Ok(()));
    assert_eq!(try_terms(&asked(51, None), LIMITS), Err(Unfit::Uses { most: 50 }));
    assert_eq!(try_terms(&asked(0, None), LIMITS), Err(Unfit::Uses { most: 50 }));
    assert_eq!(try_terms(&asked(5, Some(1_001)), LIMITS), Err(Unfit::Amount { most: usd(1_000) }));
    assert_eq!(try_terms(&asked(5, Some(0)), LIMITS), Err(Unfit::Amount { most: usd(1_000) }));
    let late = Asked { until: NOW.plus(Span::days(15)), ..asked(5, None) };
    assert_eq!(try_terms(&late, LIMITS), Err(Unfit::Until { days: 14 }));
    assert_eq!(try_terms(&Asked { until: NOW, ..asked(5, None) }, LIMITS), Err(Unfit::Until { days: 14 }));
    let euros = Asked { at_most: Some(Money::new(1, Currency::new("EUR"))), ..asked(5, None) };
    assert_eq!(try_terms(&euros, LIMITS), Err(Unfit::Currency));
    let field = Asked { only: vec!["colour".to_owned()], ..asked(5, None) };
    assert_eq!(try_terms(&field, LIMITS), Err(Unfit::Field("colour".to_owned())));
    assert_eq!(try_terms(&asked(5, None), Limits { uses: 0, ..LIMITS }), Err(NoGrant::Off.into()));

    let large = refund(1_500);
    let open = card(&large, &set, NOW).unwrap();
    assert_eq!(
        terms(&large, (&open, ActionId(5)), &asked(5, None), LIMITS, &set, NOW).err(),
        Some(NoGrant::TooMuch.into())
    );
    let typed = directives(rule(json!({"confirm": "typed"})));
    let open = card(&call, &typed, NOW).unwrap();
    assert_eq!(
        terms(&call, (&open, ActionId(5)), &asked(5, None), LIMITS, &typed, NOW).err(),
        Some(NoGrant::Typed.into())
    );
    let apply = proposal("deploy-agent", "deploy.apply", json!({}));
    let open = card(&apply, &set, NOW).unwrap();
    let destroys = terms(&apply, (&open, ActionId(5)), &asked(5, None), LIMITS, &set, NOW);
    assert_eq!(destroys.err(), Some(NoGrant::Destructive.into()));
}

#[test]
fn a_grant_is_one_vote_and_loses_what_its_giver_loses() {
    let set = directives(rule(json!({})));
    let given = grant(40, &asked(20, Some(50)), &set);
    let two = directives(rule(json!({"count": 2})));
    assert!(!run_under(&given, &refund(40), &two, &accounts(), NOW), "one word of two");
    let typed = directives(rule(json!({"confirm": "typed"})));
    assert!(!run_under(&given, &refund(40), &typed, &accounts(), NOW), "nobody typed anything");
    let own = Proposal {
        requester: Some(super::super::Requester { handle: Some("dana".to_owned()), account: Some(account("dana")) }),
        ..refund(40)
    };
    assert!(!run_under(&given, &own, &set, &accounts(), NOW), "her own request");

    let around = |set, accounts| Surroundings { directives: set, accounts, now: NOW };
    let everybody = accounts();
    assert_eq!(lost(&given, Some(&refund(40)), &around(&set, &everybody)), None);
    let kim = directives(rule(json!({"by": ["person:@kim"]})));
    assert!(!run_under(&given, &refund(40), &kim, &everybody, NOW));
    assert_eq!(lost(&given, Some(&refund(40)), &around(&kim, &everybody)), Some(Lost::Right));
    let gone = without("dana");
    assert!(!run_under(&given, &refund(40), &set, &gone, NOW));
    assert_eq!(lost(&given, Some(&refund(40)), &around(&set, &gone)), Some(Lost::Giver));
    let mut changed = given;
    changed.body.terms.tool_digest = "sha256:older".to_owned();
    assert!(!run_under(&changed, &refund(40), &set, &everybody, NOW));
    assert_eq!(lost(&changed, None, &around(&set, &everybody)), Some(Lost::Tool));
}

/// Everyone, with one account deactivated.
fn without(who: &str) -> Accounts {
    let Accounts::Live { team, mut people, groups } = accounts() else { unreachable!("these accounts are live") };
    if let Some(state) = people.get_mut(who) {
        *state = AccountState { active: false, ..state.clone() };
    }
    Accounts::Live { team, people, groups }
}

#[test]
fn the_offer_begins_with_this_action_and_ends_at_the_limits() {
    let set = directives(rule(json!({})));
    let (call, open) = (refund(40), card(&refund(40), &set, NOW).unwrap());
    let shown = Shown::of(&Bound { proposal: &call, task: crate::ids::TaskId(17), outside: &outside() }, &set, &[]);
    let limits = Limits { uses: 12, days: 8, amount: 300 };
    let found = offer(&call, &open, &shown, limits, &set, NOW).unwrap();
    assert_eq!(found.uses, [5, 10]);
    assert_eq!(found.amounts, [usd(40), usd(50), usd(100), usd(200)]);
    // 20 November 2026 is a Friday.
    let days: Vec<String> = found.ends.iter().map(|(day, _)| day.to_string()).collect();
    assert_eq!(days, ["2026-11-20", "2026-11-21", "2026-11-27"]);
    let names: Vec<&str> = found.fields.iter().map(|line| line.argument.as_str()).collect();
    assert_eq!(names, ["order_id"]);
    for (_, until) in found.ends {
        let asked = Asked { uses: 5, at_most: None, until, only: vec![] };
        assert!(
            terms(&call, (&open, ActionId(5)), &asked, limits, &set, NOW).is_ok(),
            "what is offered can be granted"
        );
    }
}

#[test]
fn what_is_offered_stops_at_the_limits_themselves() {
    let set = directives(rule(json!({})));
    let (call, open) = (refund(50), card(&refund(50), &set, NOW).unwrap());
    let shown = Shown::of(&Bound { proposal: &call, task: crate::ids::TaskId(17), outside: &outside() }, &set, &[]);
    let offered = |limits| offer(&call, &open, &shown, limits, &set, NOW);
    let found = offered(Limits { uses: 20, days: 1, amount: 100 }).unwrap();
    assert_eq!((found.uses, found.amounts), (vec![5, 10, 20], vec![usd(50), usd(100)]));
    let days = |found: &Offer| found.ends.iter().map(|(day, _)| day.to_string()).collect::<Vec<_>>();
    assert_eq!(days(&offered(Limits { days: 1, ..LIMITS }).unwrap()), ["2026-11-20"], "today is a Friday");
    assert_eq!(days(&offered(Limits { days: 2, ..LIMITS }).unwrap()), ["2026-11-20", "2026-11-21"]);
    let found = offered(LIMITS).unwrap();
    assert_eq!(days(&found), ["2026-11-20", "2026-11-21", "2026-11-27", "2026-12-03"]);
    assert_eq!(found.ends[0].1, NOW.plus(Span::hours(14)), "the end of the day");
    assert_eq!(offered(Limits { uses: 3, ..LIMITS }).unwrap().uses, [3]);
    assert_eq!(offered(Limits { amount: 50, ..LIMITS }).unwrap().amounts, [usd(50)]);
    assert_eq!(offered(Limits { amount: 49, ..LIMITS }), Err(NoGrant::TooMuch));
    assert_eq!(offered(Limits { days: 0, ..LIMITS }), Err(NoGrant::Off));
    let monday = NOW.plus(Span::days(3));
    let found = offer(&call, &open, &shown, LIMITS, &set, monday).unwrap();
    assert_eq!(days(&found), ["2026-11-23", "2026-11-24", "2026-11-27", "2026-12-04", "2026-12-06"]);
    // Nested arguments and the key of a call are not for holding fixed.
    let line = |argument: &str| super::super::Line {
        label: String::new(),
        argument: argument.to_owned(),
        value: String::new(),
    };
    let nested = Proposal {
        arguments: json!({"a": {"b": 1}, "c": [1], "d": 1, "idempotency_key": "k", "amount_cents": 1}),
        ..call.clone()
    };
    let lines = ["a", "a.b", "c", "d", "idempotency_key", "amount_cents"].map(line).to_vec();
    let found = offer(&nested, &open, &Shown { lines, ..shown.clone() }, LIMITS, &set, NOW).unwrap();
    assert_eq!(found.fields, [line("d")]);
}

#[test]
fn an_amount_that_nobody_can_tell_is_not_granted() {
    let set = directives(rule(json!({})));
    let open = card(&refund(5), &set, NOW).unwrap();
    let of = |call: &Proposal| {
        terms(call, (&open, ActionId(5)), &asked(5, None), LIMITS, &set, NOW).map(|terms| terms.at_most)
    };
    assert_eq!(of(&refund(1_000)), Ok(Some(usd(1_000))), "as much as may be granted");
    let missing = proposal("finance-agent", "billing.refund", json!({"order_id": "O"}));
    assert_eq!(of(&missing), Err(NoGrant::Unknown.into()));
    let invoice = proposal("finance-agent", "billing.invoice", json!({}));
    assert_eq!(of(&invoice), Ok(None), "it moves no money");
    assert_eq!(of(&proposal("finance-agent", "no.such", json!({}))), Err(NoGrant::Unknown.into()));
    let at = |asked: &Asked| terms(&refund(5), (&open, ActionId(5)), asked, LIMITS, &set, NOW).map(|terms| terms.uses);
    let last = Asked { until: NOW.plus(Span::days(14)), ..asked(1, None) };
    assert_eq!(at(&last), Ok(1), "the last instant that the limit allows");
    let early = Asked { until: NOW.minus(Span::days(1)), ..asked(1, None) };
    assert_eq!(at(&early), Err(Unfit::Until { days: 14 }));
    let back = Asked { at_most: Some(usd(-5)), ..asked(1, None) };
    assert_eq!(at(&back), Err(Unfit::Amount { most: usd(1_000) }));
    // Several held fixed: each of them must be as it was.
    let fixed = Asked { only: vec!["order_id".to_owned(), "amount_cents".to_owned()], ..asked(5, None) };
    let given = grant(40, &fixed, &set);
    assert!(run_under(&given, &refund(40), &set, &accounts(), NOW));
    assert!(!run_under(&given, &refund(39), &set, &accounts(), NOW));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Whatever the rules are at the moment of acting, a grant lets nothing run that its giver could not approve then.
    #[test]
    fn a_grant_never_lets_run_what_its_giver_could_not_approve(
        approver in prop::sample::select(vec!["role:finance-manager", "person:@dana", "person:@kim", "team:finance", "team:sre", "owner"]),
        count in 1..3_u32,
        typed in any::<bool>(),
        second in prop::option::of(prop::sample::select(vec!["person:@kim", "team:finance"])),
        over in 0..100_i64,
        forbidden in prop::bool::weighted(0.1),
        asks in prop::sample::select(vec!["ana", "dana", "bo", "lee"]),
        gone in prop::option::of(prop::sample::select(vec!["dana", "kim", "bo"])),
        dollars in 1..120_i64,
        bound in 1..100_i64,
        hours in 0..200_i64,
        revoked in prop::bool::weighted(0.1),
        used in 0..3_u32,
    ) {
        let before = directives(rule(json!({})));
        let mut given = grant(40, &asked(2, Some(bound)), &before);
        given.used = used;
        if revoked {
            given.state = GrantState::Revoked;
        }
        let mut said = rule(json!({"by": [approver], "count": count, "when": {"amount": {"over": over, "currency": "USD"}}}));
        if typed {
            said = rule(json!({"by": [approver], "count": count, "confirm": "typed"}));
        }
        if let Some(second) = second {
            said.push(company(json!({"kind": "approve", "action": "refund", "tools": ["billing.refund"],
                "when": {"mentions": ["refund"]}, "by": [second], "count": 1})));
        }
        if forbidden {
            said.push(company(json!({"kind": "forbid", "action": "refund", "tools": ["billing.refund"], "when": {}})));
        }
        let set = directives(said);
        let accounts = gone.map_or_else(accounts, without);
        let now = NOW.plus(Span::hours(hours));
        let asker = super::super::Requester { handle: Some(asks.to_owned()), account: Some(account(asks)) };
        let call = Proposal { requester: Some(asker), ..refund(dollars) };
        if run_under(&given, &call, &set, &accounts, now) {
            prop_assert!(could_approve("dana", &call, &set, &accounts, now));
            prop_assert!(dollars <= bound && used < 2 && !revoked && hours < 120);
        }
    }
}
