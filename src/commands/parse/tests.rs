use super::super::asked::{Subject, To};
use super::*;
use crate::ids::ApprovalId;

fn task_status() -> Asked {
    Asked::Query(Query::Status { of: Some(Subject::Task(TaskId(17))) })
}

#[test]
fn every_example_of_every_command_is_read_as_that_command() {
    for spec in COMMANDS.iter().copied() {
        for example in spec.examples {
            let asked = parse(example);
            assert!(
                matches!(asked, Asked::Query(_) | Asked::Intent(_) | Asked::Form { .. }),
                "{}: {example}: {asked:?}",
                spec.name
            );
            if let Some((read_as, _, _)) = command_of(example) {
                assert_eq!(read_as.name, spec.name, "{example}");
            }
        }
    }
}

#[test]
fn names_and_aliases_are_unique() {
    let mut names: Vec<&str> = COMMANDS.iter().flat_map(|spec| spec.names()).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all);
}

#[test]
fn a_slash_command_is_read_however_it_is_written() {
    assert_eq!(parse(""), Asked::Query(Query::Home));
    assert_eq!(parse("  T-17 "), task_status());
    assert_eq!(parse("STATUS t-17"), task_status());
    assert_eq!(parse("Who-Owns the refunds?"), Asked::Query(Query::WhoOwns { text: "refunds".into() }));
    assert_eq!(parse("who owns refunds"), Asked::Query(Query::WhoOwns { text: "refunds".into() }));
    assert_eq!(parse("hand over T-19 to @kim"), parse("hand-over T-19 @kim"));
    assert_eq!(parse("approve: A-31"), parse("approve A-31"));
    assert_eq!(
        parse("reassign T-17 to <@U0KIM>"),
        Asked::Intent(Intent::Reassign { task: TaskId(17), to: To::Account("U0KIM".into()) })
    );
    assert!(matches!(parse("approve the refund"), Asked::Incomplete { command: "approve", .. }));
}

#[test]
fn a_typo_gets_the_nearest_command() {
    for (typo, meant) in [
        ("aprove A-31", "approve"),
        ("stauts", "status"),
        ("hlep", "help"),
        ("who-own refunds", "who-owns"),
        ("pendign", "approvals"),
        ("resumee all", "resume"),
    ] {
        assert_eq!(parse(typo), Asked::Unclear { nearest: Some(meant) }, "{typo}");
    }
    for far in ["where is ORD-1042", "xyz", "é", "🙂 🙂"] {
        assert_eq!(parse(far), Asked::Unclear { nearest: None }, "{far}");
    }
}

#[test]
fn a_mention_that_is_plainly_a_command_is_one() {
    let asked = |text: &str| of_mention(text);
    assert_eq!(asked("status T-17"), Some(task_status()));
    assert_eq!(asked("what's the status of T-17?"), Some(task_status()));
    assert_eq!(asked("T-17"), Some(task_status()));
    assert_eq!(asked("who owns refunds?"), Some(Asked::Query(Query::WhoOwns { text: "refunds".into() })));
    assert_eq!(asked("why T-17?"), Some(Asked::Query(Query::Why { task: TaskId(17) })));
    assert_eq!(asked("approve A-31 please"), Some(Asked::Intent(Intent::Approve { id: ApprovalId(31) })));
    let reason = Some("it is too much".to_owned());
    assert_eq!(
        asked("deny A-31 because it is too much"),
        Some(Asked::Intent(Intent::Deny { id: ApprovalId(31), reason }))
    );
    assert_eq!(
        asked("stop T-17"),
        Some(Asked::Intent(Intent::Stop { what: StopWhat::Task(TaskId(17)), confirmed: false }))
    );
    assert_eq!(asked("stop all"), Some(Asked::Intent(Intent::Stop { what: StopWhat::Everything, confirmed: false })));
    assert_eq!(asked("stop the finance agent").as_ref().and_then(Asked::names_worker), Some("finance agent"));
    assert_eq!(asked("help"), Some(Asked::Query(Query::Help { topic: None })));
    assert_eq!(asked("help approve"), Some(Asked::Query(Query::Help { topic: Some("approve".into()) })));
    assert_eq!(asked("approvals"), Some(Asked::Query(Query::Approvals)));
    assert_eq!(asked("aprove A-31"), Some(Asked::Unclear { nearest: Some("approve") }));
}

#[test]
fn everything_else_is_work() {
    for work in [
        "",
        "please refund ORD-1042, $40, it arrived broken",
        "where is order ORD-1042?",
        "help me with my invoice",
        "help, the portal is down",
        "cancel my subscription",
        "cancel contract C-7 of Jonas Lind",
        "approve the new vendor",
        "deny access for Bob, he left",
        "stop sending me these newsletters every day",
        "status of my parcel?",
        "why was I charged twice?",
        "done with onboarding, what now?",
        "give Bob a licence for Figma",
        "owner of the red car please move it",
        "take the parcel to the post office",
        "accept the delivery at the door",
        "show me the order ORD-1042",
        "pass this on to legal",
        "approval for a new laptop please",
        "who owns the order ORD-1042 and when did it leave the warehouse in Leipzig",
        "hi",
        "thanks!",
        "my cat is on the roof",
    ] {
        assert_eq!(of_mention(work), None, "{work}");
        assert_eq!(of_mention_in_thread(work, TaskId(17)), None, "{work}");
    }
}

#[test]
fn a_thread_says_which_task_is_meant() {
    let here = |text: &str| of_mention_in_thread(text, TaskId(17));
    assert_eq!(here("cancel"), Some(Asked::Intent(Intent::CancelTask { id: TaskId(17) })));
    assert_eq!(here("Never mind!"), Some(Asked::Intent(Intent::CancelTask { id: TaskId(17) })));
    assert_eq!(here("why?"), Some(Asked::Query(Query::Why { task: TaskId(17) })));
    assert_eq!(here("status"), Some(task_status()));
    assert_eq!(here("I take it"), Some(Asked::Intent(Intent::TakeIt { task: TaskId(17) })));
    assert_eq!(
        here("please stop"),
        Some(Asked::Intent(Intent::Stop { what: StopWhat::Task(TaskId(17)), confirmed: false }))
    );
    assert_eq!(here("cancel T-18"), Some(Asked::Intent(Intent::CancelTask { id: TaskId(18) })));
}

#[test]
fn odd_text_never_panics() {
    proptest::proptest!(|(text in "\\PC{0,40}", head in "(stop|deny|who|what is|status|i take|T-|<@)?")| {
        let text = format!("{head}{text}");
        let _ = (parse(&text), of_mention(&text), of_mention_in_thread(&text, TaskId(1)));
    });
}
