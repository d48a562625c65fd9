use super::parse::{Unreadable, parse};
use super::{Act, Expectation, Line, What};
use crate::clock::Span;

fn only(step: &str) -> Option<What> {
    let text = format!("## x\n{step}\nExpect: nothing runs\n");
    parse("x.md", &text).ok().and_then(|rehearsal| rehearsal.sections[0].steps.first().map(|step| step.what.clone()))
}

fn act(step: &str) -> Act {
    match only(step) {
        Some(What::Act(act)) => act,
        other => panic!("{step}: {other:?}"),
    }
}

fn expected(step: &str) -> Expectation {
    match only(&format!("Expect: {step}")) {
        Some(What::Expect(expected)) => expected,
        other => panic!("{step}: {other:?}"),
    }
}

fn problems(text: &str) -> Vec<Unreadable> {
    parse("rehearsals/x.md", text).expect_err("it cannot be read")
}

#[test]
fn every_act_has_a_form() {
    let who = || "ana".to_owned();
    let text = |text: &str| text.to_owned();
    assert_eq!(
        act("@ana in #support: @workforce hi: there"),
        Act::Says { who: who(), channel: text("support"), text: text("@workforce hi: there") }
    );
    assert_eq!(act("- @ana in a direct message: hi"), Act::Writes { who: who(), text: text("hi") });
    assert_eq!(act("@ana replies: $40"), Act::Replies { who: who(), text: text("$40") });
    assert_eq!(act("@ana edits: $41"), Act::Edits { who: who(), text: text("$41") });
    assert_eq!(act("@ana clicks Hand over"), Act::Clicks { who: who(), label: text("Hand over"), with: None });
    assert_eq!(
        act("@ana clicks Deny with “Replace \"it\" instead.”"),
        Act::Clicks { who: who(), label: text("Deny"), with: Some(text("Replace \"it\" instead.")) }
    );
    assert_eq!(
        act("@ana runs /workforce why T-1"),
        Act::Runs { who: who(), command: text("/workforce"), text: text("why T-1") }
    );
    assert_eq!(act("after 30 minutes"), Act::After(Span::minutes(30)));
    assert_eq!(act("After an hour and 5 minutes"), Act::After(Span::minutes(65)));
    assert_eq!(
        act("edit approvals.md: \"above $200\" → \"above $30\""),
        Act::Edit { file: text("approvals.md"), old: text("above $200"), new: text("above $30") }
    );
}

#[test]
fn every_expectation_has_a_form() {
    let line = |sentence: Option<&str>| Line { file: "routing.md".into(), sentence: sentence.map(str::to_owned) };
    let routed = |by| Expectation::RoutedTo { worker: "finance-agent".into(), by };
    assert_eq!(expected("routed to finance-agent"), routed(None));
    assert_eq!(expected("routed to finance-agent by `routing.md`"), routed(Some(line(None))));
    assert_eq!(
        expected("routed to finance-agent by routing.md \"Sent by mail.\""),
        routed(Some(line(Some("Sent by mail."))))
    );
    assert_eq!(expected("waits for @dana"), Expectation::WaitsFor("dana".into()));
    assert_eq!(expected("waits for nobody"), Expectation::WaitsForNobody);
    let runs = |times| Expectation::Runs { tool: "billing.refund".into(), times };
    assert_eq!(expected("runs billing.refund once"), runs(1));
    assert_eq!(expected("runs `billing.refund` three times."), runs(3));
    assert_eq!(expected("runs billing.refund never"), runs(0));
    assert_eq!(expected("nothing runs"), Expectation::NothingRuns);
    assert_eq!(expected("refused \"You asked\""), Expectation::Refused("You asked".into()));
    assert_eq!(expected("says \"a.b\""), Expectation::Says("a.b".into()));
    assert_eq!(expected("does not say \"x\""), Expectation::DoesNotSay("x".into()));
    assert_eq!(expected("asks \"amount\""), Expectation::Asks("amount".into()));
    assert_eq!(expected("escalates to @noor"), Expectation::EscalatesTo("noor".into()));
    assert_eq!(expected("Expires."), Expectation::Expires);
}

#[test]
fn what_cannot_be_read_is_an_error_with_its_line_and_the_forms() {
    let text = "# T\n\nFree words.\n\n## One\n@ana in #support: hi\nExpect: wats for @dana\n@ana shouts: hi\n";
    let found = problems(text);
    assert_eq!(found.iter().map(|p| p.line).collect::<Vec<_>>(), [7, 8]);
    let shown = found[0].to_string();
    assert!(shown.starts_with("rehearsals/x.md:7: ") && shown.contains("    waits for @who"), "{shown}");
    assert!(found[1].to_string().contains("    @who in #channel: TEXT"));
    for bad in [
        "after a while", "after 0 minutes", "@ana in #support:", "@ana runs workforce", "edit x: \"\" → \"y\"",
        "@ in #x: y", "Expect: runs refund once", "Expect: says hello", "Expect: routed to the finance agent",
        "after 999999999999999999 weeks",
    ] {
        assert_eq!(only(bad), None, "{bad}");
    }
}

#[test]
fn a_section_that_expects_nothing_could_never_fail() {
    let found = problems("## One\n@ana in #support: hi\n\n## Two\nExpect: nothing runs\n");
    assert_eq!((found.len(), found[0].line), (1, 1));
}

#[test]
fn comments_are_nothing_and_lines_keep_their_numbers() {
    let text = "## One <!-- a\nb -->\n@ana in #support: hi\n<!-- Expect: what -->\nExpect: nothing runs\n";
    let rehearsal = parse("x.md", text).unwrap();
    let lines: Vec<u32> = rehearsal.sections[0].steps.iter().map(|step| step.line).collect();
    assert_eq!((rehearsal.sections[0].title.as_str(), lines), ("One", vec![3, 5]));
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in "(## |@a in #b: |Expect: |after |edit |<!--|\"|→|\\PC|\n){0,40}") {
        let _ = parse("x.md", &text);
    }
}
