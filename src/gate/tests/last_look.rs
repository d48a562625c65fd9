//! What the last look sees besides the digest: grants, escalations, and several requirements at once.

use super::*;
use crate::directives::rule::Confirm;
use crate::gate::grants::{Body, Grant, GrantState, Terms};
use crate::ids::{ActionId, ApprovalId, GrantId};

fn outside() -> Outside {
    Outside { server: "s".to_owned(), tool_digest: "sha256:refund".to_owned(), credential: None, target_version: None }
}

fn rule(more: Value) -> Said {
    let mut rule = json!({"kind": "approve", "action": "refund", "tools": ["billing.refund"], "by": ["person:@dana"]});
    more.as_object().unwrap().iter().for_each(|(name, value)| rule[name] = value.clone());
    company(rule)
}

/// An action whose card was approved by these people, `up` after it had gone up.
fn row(set: &Directives, yes: &[(&str, Option<GrantId>)], up: bool) -> ActionRow {
    let (call, facts) = (refund(450), facts("refund"));
    let Decision::Approve(needs) = judge(&call, &facts, set, &nothing_before(), NOW).decision else {
        panic!("nobody is asked")
    };
    let accounts = accounts();
    let around = Surroundings { directives: set, accounts: &accounts, now: NOW };
    let digest = digest(&Bound { proposal: &call, task: facts.task, outside: &outside() });
    let mut card = Approval::open(ApprovalId(31), ActionId(5), digest.clone(), Parties::of(&call), needs, &around);
    let vote = |(by, under): &(&str, Option<GrantId>)| Vote {
        by: (*by).to_owned(),
        account: account(by),
        at: NOW,
        counts_for: vec![0],
        under: *under,
    };
    card.votes = yes.iter().map(vote).collect();
    card.state = ApprovalState::Approved { at: NOW };
    card.progress[0].escalated = up;
    ActionRow { id: ActionId(5), proposal: call, facts, digest, attempt: 1, approval: Some(card), grants: Vec::new() }
}

fn passes(row: &ActionRow, set: &Directives, now: Timestamp) -> Result<Approved<Action>, Void> {
    let accounts = accounts();
    release(row, &outside(), &nothing_before(), &Surroundings { directives: set, accounts: &accounts, now })
}

fn grant(by: &str) -> Grant {
    let call = refund(450);
    let terms = Terms {
        worker: call.worker.clone(),
        tool: call.tool.clone(),
        tool_digest: "sha256:refund".to_owned(),
        at_most: Some(crate::money::Money::new(500_000_000, crate::money::Currency::new("USD"))),
        only: BTreeMap::new(),
        arguments: ["order_id", "amount_cents"].map(str::to_owned).into(),
        uses: 1,
        until: NOW.plus(Span::days(1)),
        from: ApprovalId(30),
        like: ActionId(4),
    };
    let body = Body { by: by.to_owned(), terms };
    Grant { id: GrantId(3), account: account(by), body, used: 1, state: GrantState::UsedUp, given_at: NOW }
}

#[test]
fn a_word_given_beforehand_counts_while_its_grant_holds() {
    let set = directives([rule(json!({}))]);
    let granted = |grants: Vec<Grant>, attempt: u32, now: Timestamp| {
        let row = ActionRow { grants, attempt, ..row(&set, &[("dana", Some(GrantId(3)))], false) };
        passes(&row, &set, now).is_ok()
    };
    let late = NOW.plus(Span::days(1));
    assert!(granted(vec![grant("dana")], 1, NOW), "the last use is counted already");
    assert!(!granted(vec![], 1, NOW), "there is no such grant");
    assert!(!granted(vec![Grant { id: GrantId(4), ..grant("dana") }], 1, NOW), "another grant");
    assert!(!granted(vec![grant("kim")], 1, NOW), "somebody else's grant");
    assert!(!granted(vec![Grant { state: GrantState::Revoked, ..grant("dana") }], 1, NOW), "revoked meanwhile");
    assert!(!granted(vec![grant("dana")], 1, late), "its time is over");
    assert!(granted(vec![grant("dana")], 2, late), "what began in time is finished");
    assert!(!granted(vec![Grant { state: GrantState::Void, ..grant("dana") }], 2, NOW), "void is void");
    let spent = |attempt| {
        let mut row =
            ActionRow { grants: vec![grant("dana")], attempt, ..row(&set, &[("dana", Some(GrantId(3)))], false) };
        row.approval.as_mut().unwrap().state = ApprovalState::Spent { by: ActionId(5), at: NOW };
        passes(&row, &set, NOW).is_ok()
    };
    assert_eq!([spent(1), spent(2)], [false, true]);
}

#[test]
fn who_was_asked_by_escalation_counts_while_the_rule_says_so() {
    let up = |otherwise: Value| directives([rule(json!({"otherwise": otherwise}))]);
    let (to_kim, to_sam, to_none) = (up(json!(["person:@kim"])), up(json!(["person:@sam"])), up(json!("deny")));
    let by_kim = row(&to_kim, &[("kim", None)], true);
    assert!(passes(&by_kim, &to_kim, NOW).is_ok());
    assert!(matches!(passes(&by_kim, &to_sam, NOW), Err(Void::AskAnew(_))), "somebody else would be asked now");
    assert!(matches!(passes(&by_kim, &to_none, NOW), Err(Void::AskAnew(_))), "nobody else would be asked now");
    let too_early = row(&to_kim, &[("kim", None)], false);
    assert!(matches!(passes(&too_early, &to_kim, NOW), Err(Void::AskAnew(_))), "it had not gone up");
    let none = row(&to_none, &[("kim", None)], true);
    assert!(matches!(passes(&none, &to_none, NOW), Err(Void::AskAnew(_))));
    // One requirement that went up makes nobody an approver of another.
    let two = directives([
        rule(json!({"otherwise": ["person:@kim"]})),
        rule(json!({"by": ["person:@sam"], "otherwise": ["person:@lee"], "within": "PT1H"})),
    ]);
    let both = row(&two, &[("dana", None), ("lee", None)], true);
    assert!(matches!(passes(&both, &two, NOW), Err(Void::AskAnew(_))), "only the first had gone up");
    let right = row(&two, &[("kim", None), ("sam", None)], true);
    assert!(passes(&right, &two, NOW).is_ok());
    let one = row(&two, &[("dana", None)], false);
    let Err(Void::AskAnew(needs)) = passes(&one, &two, NOW) else { panic!("one of two suffices") };
    assert_eq!(needs.len(), 2);
}

#[test]
fn a_word_that_must_be_typed_was_typed_or_does_not_count() {
    let (plain, typed) = (directives([rule(json!({}))]), directives([rule(json!({"confirm": "typed"}))]));
    let card = row(&plain, &[("dana", None)], false);
    assert!(passes(&card, &plain, NOW).is_ok());
    assert!(matches!(passes(&card, &typed, NOW), Err(Void::AskAnew(_))), "nobody was asked to type anything");
    let card = row(&typed, &[("dana", None)], false);
    assert!(passes(&card, &typed, NOW).is_ok() && passes(&card, &plain, NOW).is_ok());
    // Where one of several requirements wants something typed, the card does.
    let both = directives([rule(json!({"confirm": "typed"})), rule(json!({"by": ["person:@sam"]}))]);
    let card = row(&both, &[], false).approval.unwrap();
    let typed: Vec<Option<Confirm>> = card.progress.iter().map(|progress| progress.requirement.confirm).collect();
    assert_eq!(typed, [Some(Confirm::Typed), None]);
    assert_eq!(card.word_to_type().as_deref(), Some("A-31"));
}

#[test]
fn what_passes_is_what_was_shown_and_every_refusal_has_words() {
    let set = directives([rule(json!({}))]);
    let action = passes(&ActionRow { attempt: 3, ..row(&set, &[("dana", None)], false) }, &set, NOW).unwrap();
    assert_eq!(action.get().canonical_arguments(), r#"{"amount_cents":45000,"order_id":"ORD-1042"}"#);
    assert_eq!((action.get().attempt(), action.get().tool().0.as_str()), (3, "billing.refund"));
    assert_eq!(action.verdict().decision.word(), "approve");
    let (by, account, at) = ("dana".to_owned(), account("dana"), NOW);
    for (state, words) in [
        (ApprovalState::Waiting, "This still waits for approval."),
        (
            ApprovalState::Denied { by: by.clone(), account: account.clone(), reason: "no".to_owned(), at },
            "This was denied.",
        ),
        (ApprovalState::Expired { at }, "Nobody approved this in time."),
        (ApprovalState::Void { why: "x".to_owned(), at }, "The approval is void."),
        (ApprovalState::Spent { by: ActionId(5), at }, "This approval was used already."),
        (
            ApprovalState::Edited { by: by.clone(), account: account.clone(), into: ActionId(6), at },
            "A person changed this; the changed action is asked about by itself.",
        ),
        (ApprovalState::ByHand { by, account, at, until: at.plus(Span::days(1)) }, "A person took this over."),
    ] {
        let mut row = row(&set, &[("dana", None)], false);
        row.approval.as_mut().unwrap().state = state;
        assert_eq!(passes(&row, &set, NOW).unwrap_err().to_string(), words);
    }
}

/// The definition that is judged is the one that the server gives now, not the one that the row tells of.
#[test]
fn the_live_definition_is_judged() {
    let set = directives([rule(json!({}))]);
    let changed = Outside { tool_digest: "sha256:other".to_owned(), ..outside() };
    let mut row = row(&set, &[("dana", None)], false);
    let accounts = accounts();
    let around = Surroundings { directives: &set, accounts: &accounts, now: NOW };
    row.proposal.live_digest = Some("sha256:refund".to_owned());
    row.digest = digest(&Bound { proposal: &row.proposal, task: row.facts.task, outside: &changed });
    row.approval.as_mut().unwrap().digest = row.digest.clone();
    let Err(Void::Denied(denial)) = release(&row, &changed, &nothing_before(), &around) else { panic!("it passes") };
    assert_eq!(denial.ground, Ground::HeldBack);
}
