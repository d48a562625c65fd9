use serde_json::json;

use super::super::brief::{Turn, turns};
use super::super::said::Usage;
use super::*;
use crate::catalogue::{Class, ToolName};

const BOUNDS: Bounds = Bounds { calls_per_answer: 3, same_call: 2 };

fn offers() -> Vec<Offer> {
    let schema = json!({ "type": "object", "properties": { "id": { "type": "string" } }, "required": ["id"] });
    vec![Offer { tool: ToolName("orders.get".into()), description: "Look up".into(), schema, class: Class::Read }]
}

fn peers() -> Peers {
    let desk = Colleague { worker: "role:legal-desk".into(), about: "law".into() };
    Peers { colleagues: vec![desk.clone()], askable: vec![desk] }
}

fn call(name: &str, arguments: Value) -> Call {
    Call { name: name.into(), arguments: Arguments::Read(arguments) }
}

fn said(text: &str, calls: Vec<Call>) -> JournalEntry {
    ended(text, calls, End::Finished)
}

fn ended(text: &str, calls: Vec<Call>, end: End) -> JournalEntry {
    JournalEntry::Said { said: Said { text: text.into(), calls, end }, usage: Usage::unknown("test") }
}

fn result(name: &str) -> JournalEntry {
    JournalEntry::ToolResult { as_name: name.into(), value: json!({ "ok": true }) }
}

fn refused(name: &str) -> JournalEntry {
    JournalEntry::Malformed { as_name: name.into(), why: "no".into() }
}

fn after(journal: &[JournalEntry]) -> Onward {
    next(journal, &offers(), &peers(), &BOUNDS)
}

fn goes_up(onward: &Onward) -> bool {
    matches!(onward, Onward::Take(Next::CannotDo { .. }))
}

#[test]
fn calls_are_made_one_after_another_and_then_it_is_asked_again() {
    assert_eq!(after(&[]), Onward::Think);
    let two = said("", vec![call("orders.get", json!({ "id": "A" })), call("orders.get", json!({ "id": "B" }))]);
    let made = |id: &str, as_name: &str| {
        Onward::Take(Next::Call {
            tool: ToolName("orders.get".into()),
            arguments: json!({ "id": id }),
            as_name: as_name.into(),
        })
    };
    assert_eq!(after(std::slice::from_ref(&two)), made("A", "s1c1"));
    assert_eq!(after(&[two.clone(), result("s1c1")]), made("B", "s1c2"));
    let both = [two, result("s1c1"), result("s1c2")];
    assert_eq!(after(&both), Onward::Think);
    let done = [both.as_slice(), &[said(" It left. ", vec![])]].concat();
    assert_eq!(after(&done), Onward::Take(Next::Answer { text: "It left.".into(), done: true }));
}

#[test]
fn what_does_not_fit_is_refused_and_may_be_mended_once() {
    for bad in [
        call("orders.delete", json!({})),
        call("orders.get", json!({ "id": 7 })),
        call("orders.get", json!({ "id": "A", "force": true })),
        call("orders.get", json!([])),
        call("hand_over", json!({ "to": "person:@ceo", "why": "x" })),
        Call { name: "orders.get".into(), arguments: Arguments::Unreadable("{}{}".into()) },
    ] {
        let once = said("", vec![bad.clone()]);
        assert!(matches!(after(std::slice::from_ref(&once)), Onward::Malformed { .. }), "{bad:?}");
        assert_eq!(after(&[once.clone(), refused("s1c1")]), Onward::Think, "{bad:?}");
        let twice = [once.clone(), refused("s1c1"), once, refused("s2c1")];
        assert!(goes_up(&after(&twice)), "{bad:?}");
    }
}

#[test]
fn an_answer_that_was_cut_off_does_nothing() {
    let cut = ended("", vec![call("orders.get", json!({ "id": "A" }))], End::CutOff);
    assert!(matches!(after(std::slice::from_ref(&cut)), Onward::Malformed { .. }), "even where its call is complete");
    let words = ended("It left on the", vec![], End::CutOff);
    assert_eq!(after(std::slice::from_ref(&words)), Onward::Think);
    assert!(goes_up(&after(&[words.clone(), words])));
    let empty = said(" ", vec![]);
    assert_eq!(after(std::slice::from_ref(&empty)), Onward::Think);
    assert!(goes_up(&after(&[empty.clone(), empty])));
    assert!(goes_up(&after(&[ended("", vec![], End::Declined)])));
}

#[test]
fn a_loop_and_a_flood_end() {
    let again = said("", vec![call("orders.get", json!({ "id": "A" }))]);
    let mut journal = Vec::new();
    for n in 1..=2 {
        journal.push(again.clone());
        assert!(matches!(after(&journal), Onward::Take(Next::Call { .. })), "time {n}");
        journal.push(result(&format!("s{n}c1")));
    }
    journal.push(again);
    assert!(goes_up(&after(&journal)));

    let many = said("", (0..5).map(|n| call("orders.get", json!({ "id": n.to_string() }))).collect());
    let journal = [many, result("s1c1"), result("s1c2"), result("s1c3")];
    assert!(matches!(after(&journal), Onward::Malformed { as_name, .. } if as_name == "s1c4"));
}

#[test]
fn it_can_ask_hand_over_and_say_that_it_cannot() {
    let ask = said("", vec![call(ASK, json!({ "question": "Which order?" }))]);
    let question = Next::Ask(Question::to_requester(QUESTION, "Which order?"));
    assert_eq!(after(std::slice::from_ref(&ask)), Onward::Take(question));
    let answered = [ask, JournalEntry::Answered { slot: QUESTION.into(), value: "ORD-7".into(), by: None }];
    assert_eq!(after(&answered), Onward::Think);
    let over = said("", vec![call(HAND_OVER, json!({ "to": "role:legal-desk", "why": "a lawsuit" }))]);
    let to = WorkerRef::Role("legal-desk".into());
    assert_eq!(after(&[over]), Onward::Take(Next::HandOver { to, why: "a lawsuit".into() }));
    assert!(goes_up(&after(&[said("", vec![call(CANNOT_DO, json!({ "why": "no access" }))])])));
}

#[test]
fn a_journal_reads_as_a_conversation() {
    let journal = [
        said("Let me look.", vec![call("orders.get", json!({ "id": "A" })), call(ASK, json!({ "question": "Sure?" }))]),
        result("s1c1"),
        JournalEntry::Unheard { why: "down".into(), usage: Usage::unknown("test") },
        JournalEntry::Answered { slot: QUESTION.into(), value: "yes".into(), by: None },
        said("", vec![]),
    ];
    let turns = turns(&journal);
    assert_eq!(turns.len(), 4);
    let Turn::Outcomes(outcomes) = &turns[1] else { panic!("{turns:?}") };
    assert_eq!((outcomes[0].text.as_str(), outcomes[1].text.as_str()), (r#"{"ok":true}"#, "yes"));
    assert!(matches!(&turns[3], Turn::Note(words) if words.contains("empty")));
}

#[test]
fn it_can_ask_whom_it_was_offered_and_nobody_else() {
    let ask = |whom: &str| {
        said("", vec![call(ASK, json!({ "question": "May we?", "whom": whom, "options": ["Yes", "No"] }))])
    };
    let options = vec!["Yes".to_owned(), "No".to_owned()];
    let question = Question {
        options: options.clone(),
        ..Question::to(WorkerRef::Role("legal-desk".into()), QUESTION, "May we?")
    };
    assert_eq!(after(&[ask("role:legal-desk")]), Onward::Take(Next::Ask(question)));
    let own = Question { options, ..Question::to_requester(QUESTION, "May we?") };
    assert_eq!(after(&[ask("requester")]), Onward::Take(Next::Ask(own)));
    assert!(matches!(after(&[ask("person:@kim")]), Onward::Malformed { .. }));
}

#[test]
fn two_questions_of_one_answer_have_an_answer_each() {
    let asks = |text: &str| call(ASK, json!({ "question": text }));
    let two = said("", vec![asks("Which order?"), asks("")]);
    let first = JournalEntry::Answered { slot: QUESTION.into(), value: "ORD-7".into(), by: None };
    let Onward::Malformed { as_name, .. } = after(&[two, first.clone()]) else {
        panic!("an empty question is refused")
    };
    assert_eq!(as_name, "s1c2");
    let two = said("", vec![asks("Which order?"), asks("Which item?")]);
    let next = Next::Ask(Question::to_requester(QUESTION, "Which item?"));
    assert_eq!(after(&[two.clone(), first.clone()]), Onward::Take(next));
    let by = Some("Dana Ruiz".to_owned());
    let second = JournalEntry::Answered { slot: QUESTION.into(), value: "the grinder".into(), by };
    let journal = [two, first, second];
    assert_eq!(after(&journal), Onward::Think);
    let Some(Turn::Outcomes(told)) = turns(&journal).pop() else { panic!() };
    let told: Vec<&str> = told.iter().map(|outcome| outcome.text.as_str()).collect();
    assert_eq!(told, ["ORD-7", "Dana Ruiz answered: the grinder"]);
}
