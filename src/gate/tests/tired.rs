//! Time to read, and time to take a yes back.

use super::*;
use crate::gate::fatigue::prompts::likeness;
use crate::gate::fatigue::{NotUndone, Risk, may_have_read, risk, undo, undo_until};
use crate::ids::{ActionId, ApprovalId, GrantId};

fn card(tool: &str, confirm: bool) -> (Approval, Directives) {
    let mut rule = json!({"kind": "approve", "action": "x", "tools": [tool], "by": ["person:@dana"]});
    if confirm {
        rule["confirm"] = json!("typed");
    }
    let set = directives([company(rule)]);
    let agent = if tool == "deploy.apply" { "deploy-agent" } else { "finance-agent" };
    let arguments = if tool == "billing.refund" { refund(5).arguments } else { json!({}) };
    let call = proposal(agent, tool, arguments);
    let Decision::Approve(needs) = judge(&call, &facts(""), &set, &nothing_before(), NOW).decision else {
        panic!("nobody is asked about {tool}")
    };
    let accounts = accounts();
    let around = Surroundings { directives: &set, accounts: &accounts, now: NOW };
    let card = Approval::open(ApprovalId(31), ActionId(5), "sha256:x".to_owned(), Parties::of(&call), needs, &around);
    (card, set)
}

fn yes(by: &str, under: Option<GrantId>) -> Vote {
    Vote { by: by.to_owned(), account: account(by), at: NOW, counts_for: vec![0], under }
}

#[test]
fn what_destroys_or_is_unknown_or_wants_a_word_is_of_high_risk() {
    let name = |tool: &str| ToolName(tool.to_owned());
    let (plain, set) = card("billing.refund", false);
    assert_eq!(risk(&name("billing.refund"), &plain, &set), Risk::Low);
    assert_eq!(risk(&name("orders.get"), &plain, &set), Risk::Low);
    assert_eq!(risk(&name("deploy.apply"), &plain, &set), Risk::High);
    assert_eq!(risk(&name("no.such"), &plain, &set), Risk::High);
    let (typed, set) = card("billing.refund", true);
    assert_eq!(risk(&name("billing.refund"), &typed, &set), Risk::High);
}

#[test]
fn a_dangerous_card_takes_its_time_to_be_read() {
    let (card, _) = card("billing.refund", false);
    let (takes, at) = (Span::seconds(5), |seconds| NOW.plus(Span::seconds(seconds)));
    assert!(may_have_read(&card, Risk::Low, takes, NOW));
    assert_eq!([4, 5, 6].map(|s| may_have_read(&card, Risk::High, takes, at(s))), [false, true, true]);
}

#[test]
fn a_yes_is_taken_back_by_who_said_it_while_there_is_time() {
    let (mut card, _) = card("billing.refund", false);
    let (window, at) = (Span::seconds(10), |seconds| NOW.plus(Span::seconds(seconds)));
    assert_eq!(undo_until(&card, window, NOW), None, "nothing was approved");
    card.state = ApprovalState::Approved { at: NOW };
    card.votes = vec![yes("dana", None), yes("kim", Some(GrantId(3)))];
    assert_eq!([0, 9, 10].map(|s| undo_until(&card, window, at(s))), [Some(at(10)), Some(at(10)), None]);
    assert_eq!(undo(&card, &account("sam"), window, NOW), Err(NotUndone::NotYours));
    assert_eq!(undo(&card, &account("kim"), window, NOW), Err(NotUndone::NotYours), "said by a grant");
    assert_eq!(undo(&card, &account("dana"), window, at(10)), Err(NotUndone::TooLate));
    let turn = undo(&card, &account("dana"), window, at(3)).unwrap();
    assert_eq!(turn, Turn::Undone { by: "dana".to_owned(), account: account("dana"), at: at(3) });
    let after = card.after(&turn.into()).unwrap();
    assert!(matches!(after.state, ApprovalState::Denied { by, reason, .. } if by == "dana" && reason == TAKEN_BACK));
    card.votes = vec![yes("kim", Some(GrantId(3)))];
    assert_eq!(undo_until(&card, window, NOW), None, "a grant is revoked, not undone");
    card.votes = vec![];
    assert_eq!(undo_until(&card, window, NOW), None);
}

#[test]
fn alike_is_the_same_tool_worker_and_rules() {
    let (card_of, _) = card("billing.refund", false);
    let one = likeness(&refund(5), &card_of);
    assert_eq!(one, likeness(&refund(50), &card_of), "another amount is alike");
    assert_ne!(one, likeness(&proposal("support-agent", "billing.refund", json!({})), &card_of));
    assert_ne!(one, likeness(&proposal("finance-agent", "billing.invoice", json!({})), &card_of));
    assert_ne!(one, likeness(&refund(5), &card("billing.refund", true).0));
    assert!(one.starts_with("sha256:"));
}

#[test]
fn erased_cards_keep_who_and_when_and_nothing_that_anybody_wrote() {
    let (mut card, set) = card("billing.refund", false);
    let answer = Answer { account: account("ana"), text: "The blue one.".to_owned(), at: NOW };
    card.questions = vec![Question {
        by: "dana".to_owned(),
        account: account("dana"),
        text: "Which?".to_owned(),
        at: NOW,
        until: NOW.plus(Span::days(1)),
        left: vec![],
        answer: Some(answer),
        over: Some(NOW),
    }];
    let changes = vec![("Amount".to_owned(), "450".to_owned(), "150".to_owned())];
    card.edited_from = Some(EditedFrom { approval: ApprovalId(30), by: account("kim"), changes });
    let denied = |reason: &str| ApprovalState::Denied {
        by: "dana".to_owned(),
        account: account("dana"),
        reason: reason.to_owned(),
        at: NOW,
    };
    card.state = denied("Too much.");
    let bare = card.without_texts();
    assert_eq!(bare.state, denied(""));
    let question = &bare.questions[0];
    assert_eq!((question.by.as_str(), question.text.as_str()), ("dana", ""));
    assert_eq!(question.answer.as_ref().map(|answer| (answer.text.as_str(), answer.at)), Some(("", NOW)));
    let edited = bare.edited_from.unwrap();
    assert_eq!((edited.approval, edited.by, edited.changes.len()), (ApprovalId(30), account("kim"), 0));

    let outside = Outside {
        server: "s".to_owned(),
        tool_digest: "d".to_owned(),
        credential: None,
        target_version: Some("v".to_owned()),
    };
    let seen =
        LookedUp { tool: ToolName("orders.get".to_owned()), arguments: json!({}), result: json!({"a": 1}), at: NOW };
    let shown = Shown::of(&Bound { proposal: &refund(5), task: TaskId(17), outside: &outside }, &set, &[seen]);
    let bare = shown.without_texts();
    assert_eq!((bare.title.as_str(), &bare.digest, bare.erased), ("(erased)", &shown.digest, true));
    let nothing =
        (bare.amount, bare.lines.len(), bare.looked_up.len(), bare.canonical_arguments.as_str(), bare.target_version);
    assert_eq!(nothing, (None, 0, 0, "", None));
}
