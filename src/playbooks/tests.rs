//! A playbook is played against journals; each test is one conversation.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::json;

use super::*;
use crate::catalogue::{Catalogue, ToolName};
use crate::directives::rule::{AmountArgument, AmountUnit, Condition, Define, Rule, ToolPattern};
use crate::directives::{Directives, Origin, PlaybookSource, Reading, Slot, SlotShape, Step, StepAct};
use crate::workers::WorkerRef;

fn directives() -> Directives {
    let tools = json!({"tools": [
        {"name": "orders.get", "title": "Look up an order", "annotations": {"readOnlyHint": true},
         "inputSchema": {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}},
        {"name": "billing.refund", "title": "Refund an order",
         "inputSchema": {"type": "object", "properties": {"order_id": {"type": "string"}, "amount_cents": {"type": "integer"},
                         "note": {"type": "string"}}, "required": ["order_id", "amount_cents"]}},
        {"name": "helpdesk.note", "title": "Note it", "inputSchema": {}},
    ]});
    let origin = Origin { file: "company.md".to_owned(), line: 1, column: 1, text: String::new() };
    let define = Define {
        term: "refund".to_owned(),
        means: Vec::new(),
        tools: vec![ToolPattern("billing.refund".to_owned())],
        amount: Some(AmountArgument {
            argument: "amount_cents".to_owned(),
            unit: AmountUnit::Cents,
            currency: "USD".to_owned(),
        }),
    };
    Directives {
        digest: String::new(),
        readings: vec![Reading { origin, rule: Rule::Define(define), paraphrase: String::new(), role: None }],
        roster: Default::default(),
        catalogue: Catalogue::from_tool_list(&tools.to_string()).unwrap(),
        playbooks: Vec::new(),
        workflows: Vec::new(),
        step_gates: Vec::new(),
        problems: Vec::new(),
        policies: crate::policy::Policies::default(),
        keepers: BTreeMap::new(),
        files: BTreeMap::new(),
    }
}

fn slot(label: &str, shape: SlotShape) -> Slot {
    Slot { name: label.replace(' ', "_"), label: label.to_owned(), shape }
}

fn call(tool: &str, arguments: &[(&str, &str)], as_name: &str) -> StepAct {
    let arguments = arguments.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    StepAct::Call { tool: ToolName(tool.to_owned()), arguments, as_name: as_name.to_owned() }
}

fn playbook(takes: Vec<Slot>, steps: Vec<(&str, StepAct)>) -> PlaybookSource {
    let steps = (1..)
        .zip(steps)
        .map(|(number, (text, act))| Step { number, line: number, text: text.to_owned(), act })
        .collect();
    let origin = Origin { file: "roles/finance.md".to_owned(), line: 1, column: 1, text: String::new() };
    let when = Condition::default();
    PlaybookSource { name: "Refund an order".to_owned(), role: "finance".to_owned(), origin, when, takes, steps }
}

fn refund() -> PlaybookSource {
    let over = StepAct::If {
        expression: "amount.cents > order.amount_cents".to_owned(),
        then: Box::new(StepAct::HandOver { to: WorkerRef::Human, why: String::new() }),
    };
    let arguments =
        [("order_id", "{{ order.id }}"), ("amount_cents", "{{ amount.cents }}"), ("note", "for {{ amount }}")];
    playbook(
        vec![slot("order number", SlotShape::Like("ORD-1042".to_owned())), slot("amount", SlotShape::Money)],
        vec![
            ("Look up the order", call("orders.get", &[("id", "{{ order_number }}")], "order")),
            ("If the amount is higher than what was paid, `amount.cents > …`, hand over to a human.", over),
            ("Make the refund", call("billing.refund", &arguments, "refund")),
            (
                "Answer",
                StepAct::Answer {
                    template: "Refunded {{ amount }} for {{ order.id }}, shipped {{ order.shipped_on }}.".to_owned(),
                },
            ),
        ],
    )
}

fn asked(text: &str) -> Request {
    let today = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap();
    Request { text: text.to_owned(), today, ..Request::default() }
}

fn order() -> JournalEntry {
    let value = json!({"id": "ORD-1042", "amount_cents": 45_000, "shipped_on": "2026-11-09"});
    JournalEntry::ToolResult { as_name: "order".to_owned(), value }
}

fn refunded() -> JournalEntry {
    JournalEntry::ToolResult { as_name: "refund".to_owned(), value: json!({"refund_id": "R-1"}) }
}

fn answered(slot: &str, value: &str) -> JournalEntry {
    JournalEntry::Answered { slot: slot.to_owned(), value: value.to_owned(), by: None }
}

fn ask(slot: &str, question: &str) -> Next {
    Next::Ask(Question::to_requester(slot, question))
}

fn lookup(id: &str) -> Next {
    let arguments = json!({ "id": id });
    Next::Call { tool: ToolName("orders.get".to_owned()), arguments, as_name: "order".to_owned() }
}

#[test]
fn a_request_that_says_everything_runs_to_its_answer() {
    let (playbook, set) = (refund(), directives());
    let request = asked("please refund ord-1042, $40, it arrived broken");
    assert_eq!(next(&playbook, &set, &request, &[]), lookup("ORD-1042"));
    let arguments = json!({"order_id": "ORD-1042", "amount_cents": 4_000, "note": "for $40.00"});
    assert_eq!(
        next(&playbook, &set, &request, &[order()]),
        Next::Call { tool: ToolName("billing.refund".to_owned()), arguments, as_name: "refund".to_owned() }
    );
    assert_eq!(
        next(&playbook, &set, &request, &[order(), refunded()]),
        Next::Answer { text: "Refunded $40.00 for ORD-1042, shipped 9 November.".to_owned(), done: true }
    );
}

#[test]
fn what_is_missing_is_asked_for_one_by_one() {
    let (playbook, set) = (refund(), directives());
    let request = asked("please refund an order");
    assert_eq!(
        next(&playbook, &set, &request, &[]),
        ask("order_number", "Which order is it? The order number is written like ORD-1042.")
    );
    let journal = [answered("order_number", "1042")];
    assert_eq!(next(&playbook, &set, &request, &journal), ask("amount", "What is the amount? Write it as $40."));
    let journal = [answered("order_number", "1042"), answered("amount", "40")];
    assert_eq!(next(&playbook, &set, &request, &journal), lookup("ORD-1042"));
    // One answer may hold both.
    let journal = [answered("order_number", "ORD-1043 and $12.50")];
    assert_eq!(next(&playbook, &set, &request, &journal), lookup("ORD-1043"));
}

#[test]
fn the_thread_above_says_what_the_request_leaves_out() {
    let (playbook, set) = (refund(), directives());
    let thread_above = vec!["ORD-1 is fine".to_owned(), "but ORD-1042 came broken".to_owned(), "oh no".to_owned()];
    let request = Request { thread_above, ..asked("refund it please, $40") };
    assert_eq!(next(&playbook, &set, &request, &[]), lookup("ORD-1042"));
    let request = Request { text: "refund ORD-7, $40".to_owned(), ..request };
    assert_eq!(next(&playbook, &set, &request, &[]), lookup("ORD-7"));
}

#[test]
fn two_values_are_never_guessed_between() {
    let (playbook, set) = (refund(), directives());
    let request = asked("refund ORD-1042 or ORD-1043, $40");
    let question = "Which order number is meant: ORD-1042 or ORD-1043?";
    assert_eq!(next(&playbook, &set, &request, &[]), ask("order_number", question));
    let request = asked("refund ORD-1042, €40");
    let question = "This can only be done in USD. What is the amount in USD?";
    assert_eq!(next(&playbook, &set, &request, &[]), ask("amount", question));
}

#[test]
fn nobody_is_asked_for_ever() {
    let (playbook, set) = (refund(), directives());
    let vain = [answered("order_number", "no idea"), answered("order_number", "really"), answered("order_number", "?")];
    let again = "I could not find it in your answer. Which order is it? The order number is written like ORD-1042.";
    assert_eq!(next(&playbook, &set, &asked("refund $40"), &vain[..1]), ask("order_number", again));
    let why = "nobody could say which order number is meant".to_owned();
    assert_eq!(next(&playbook, &set, &asked("refund $40"), &vain), Next::HandOver { to: WorkerRef::Human, why });
}

#[test]
fn a_condition_hands_over_with_its_reason() {
    let request = asked("refund ORD-1042, $451");
    let why = "the amount is higher than what was paid".to_owned();
    assert_eq!(next(&refund(), &directives(), &request, &[order()]), Next::HandOver { to: WorkerRef::Human, why });
}

#[test]
fn refusals_and_failures_end_in_an_honest_answer() {
    let (playbook, set) = (refund(), directives());
    let request = asked("refund ORD-1042, $40");
    let refused =
        JournalEntry::ToolRefused { as_name: "refund".to_owned(), why: "Dana declined: replace it.".to_owned() };
    let text = "“Refund an order” was not run: Dana declined: replace it. Nothing was changed.".to_owned();
    assert_eq!(next(&playbook, &set, &request, &[order(), refused]), Next::Answer { text, done: false });

    let two = playbook_of_two_changes();
    let failed = JournalEntry::ToolFailed { as_name: "note".to_owned(), why: "the help desk is closed".to_owned() };
    let text = "“Note it” did not work: the help desk is closed. Done before that: Refund an order.".to_owned();
    assert_eq!(next(&two, &set, &request, &[refunded(), failed]), Next::Answer { text, done: false });
    let noted = JournalEntry::ToolResult { as_name: "note".to_owned(), value: json!({}) };
    let done = Next::Answer { text: "Done.".to_owned(), done: true };
    assert_eq!(next(&two, &set, &request, &[refunded(), noted]), done);
}

fn playbook_of_two_changes() -> PlaybookSource {
    let arguments = [("order_id", "ORD-1"), ("amount_cents", "100")];
    let steps =
        vec![("Refund", call("billing.refund", &arguments, "refund")), ("Note", call("helpdesk.note", &[], "note"))];
    playbook(Vec::new(), steps)
}

#[test]
fn a_journal_that_does_not_fit_is_not_continued() {
    let request = asked("refund ORD-1042, $40");
    let next = next(&refund(), &directives(), &request, &[refunded()]);
    assert!(matches!(&next, Next::Broken { why } if why.contains("step 1")), "{next:?}");
}

#[test]
fn a_value_that_does_not_fit_the_schema_breaks_before_the_call() {
    let arguments = [("order_id", "ORD-1"), ("amount_cents", "a lot")];
    let playbook = playbook(Vec::new(), vec![("Refund", call("billing.refund", &arguments, "refund"))]);
    let next = next(&playbook, &directives(), &asked("x"), &[]);
    assert!(
        matches!(&next, Next::Broken { why } if why.contains("“amount_cents” needs integer, not “a lot”")),
        "{next:?}"
    );
}

#[test]
fn a_step_may_ask_and_no_fitting_step_goes_to_a_human() {
    let question = StepAct::Ask { template: "Why?".to_owned(), as_name: "reason".to_owned(), of: WorkerRef::Requester };
    let answer = StepAct::If {
        expression: "reason == 'broken'".to_owned(),
        then: Box::new(StepAct::Answer { template: "Because {{ reason }}.".to_owned() }),
    };
    let playbook = playbook(Vec::new(), vec![("Ask: Why?", question), ("If …", answer)]);
    let (set, request) = (directives(), asked("x"));
    assert_eq!(next(&playbook, &set, &request, &[]), ask("reason", "Why?"));
    let journal = [answered("reason", "broken")];
    let text = "Because broken.".to_owned();
    assert_eq!(next(&playbook, &set, &request, &journal), Next::Answer { text, done: true });
    let why = "no step of the playbook “Refund an order” fits".to_owned();
    let journal = [answered("reason", "late")];
    assert_eq!(next(&playbook, &set, &request, &journal), Next::HandOver { to: WorkerRef::Human, why });
}

#[test]
fn every_shape_is_found_in_what_people_write() {
    let text = "we need five seats of CodeHost for <mailto:rosa@acme.test|rosa@acme.test>, told by <@U024BE7LH>, \
                from 1 December, at $12 for 30 days, “as soon as possible”; it is for IT";
    let options = |names: &[&str]| SlotShape::OneOf(names.iter().map(|name| (*name).to_owned()).collect());
    for (label, shape, want) in [
        ("number of seats", SlotShape::Number, "5"),
        ("product", options(&["codehost", "mailroom"]), "codehost"),
        ("department", options(&["IT", "Finance"]), "IT"),
        ("email address", SlotShape::Email, "rosa@acme.test"),
        ("person", SlotShape::Person, "U024BE7LH"),
        ("date", SlotShape::Date, "1 December"),
        ("amount", SlotShape::Money, "$12.00"),
        ("text", SlotShape::Quoted, "as soon as possible"),
    ] {
        let slot = Slot { name: "it".to_owned(), label: label.to_owned(), shape };
        let playbook = playbook(vec![slot], vec![("Answer", StepAct::Answer { template: "{{ it }}".to_owned() })]);
        let said = next(&playbook, &directives(), &asked(text), &[]);
        assert_eq!(said, Next::Answer { text: want.to_owned(), done: true }, "{label}");
    }
}
