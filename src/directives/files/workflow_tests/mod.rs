//! Step texts → readings, in several voices; and what must be refused.

mod tables;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::read_all;
use crate::directives::diagnostics::{Problem, Severity};
use crate::directives::workflow::{Then, Workflow, WorkflowStep};

const COMPANY: &str = "\
# Acme

## Who is who
- Kim Osei (@kim, kim@acme.test), managing director
- Dana Ruiz (@dana, dana@acme.test), CFO, reports to @kim
- Noor Haddad (@noor, noor@acme.test), CTO, reports to @kim
- Lena Sommer (@lena, lena@acme.test), head of support, reports to @kim

## Teams
- Finance team: @dana, @kim
- SRE team: @noor, @lena

## Channels
- #it: accounts and laptops

The triage person is Kim Osei (@kim).
";

const ROLES: &[(&str, &str, &str)] = &[
    ("hr", "hr-agent", "Hanna (HR)"),
    ("it", "it-agent", "Ivo (IT)"),
    ("procurement", "procurement-agent", "Pia (Procurement)"),
    ("onboarding", "onboarding-agent", "Olli (Onboarding)"),
    ("executive-assistant", "assistant-agent", "Ada (Assistant)"),
];

fn files(workflow: &str) -> BTreeMap<String, String> {
    let mut files = BTreeMap::from([("company.md".to_owned(), COMPANY.to_owned())]);
    for (role, position, name) in ROLES {
        let text = format!(
            "---\nrole: {role}\nowner: \"@kim\"\nsupervisor: \"@kim\"\npositions:\n  - id: {position}\n    name: {name}\n    driver: model\n---\n\
             # {role}\n\nDoes what {role} does.\n"
        );
        files.insert(format!("roles/{role}.md"), text);
    }
    files.insert("workflows/onboarding.md".to_owned(), workflow.to_owned());
    files
}

fn read(workflow: &str) -> (Option<Workflow>, Vec<Problem>) {
    let (set, problems) = read_all(&files(workflow), None, NaiveDate::from_ymd_opt(2026, 11, 20).unwrap());
    let of_it = problems.into_iter().filter(|problem| problem.file.starts_with("workflows/")).collect();
    (set.workflows.into_iter().next(), of_it)
}

const BASE: &str = "# Onboarding\n\nWhen someone joins the company:\n\n\
                    1. The HR agent creates the accounts. Keep it as `accounts`.\n\
                    2. The IT agent provisions the laptop.\n";

/// A step on one line, as the tables below write it.
fn line(step: &WorkflowStep) -> String {
    let after = step.after.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
    let mut out = format!("{}: {}; after [{after}]", step.who, step.what);
    if step.parallel {
        out.push_str("; parallel");
    }
    if let Some(wait) = &step.wait {
        out.push_str(&format!("; wait {}", wait.0));
    }
    if !step.approval.is_empty() {
        let by: Vec<String> = step.approval.iter().map(ToString::to_string).collect();
        let count = if step.count == 1 { String::new() } else { format!("{} of ", step.count) };
        let within = step.within.as_ref().map_or(String::new(), |within| format!(" in {}", within.0));
        out.push_str(&format!("; gate {count}{}{within}", by.join(" ")));
    }
    if let Some(recover) = &step.recover {
        let ask = recover.ask.as_ref().map_or("-".to_owned(), ToString::to_string);
        let then = match recover.then {
            Then::Retry => "retry",
            Then::HandOver => "hand over",
            Then::Skip => "skip",
            Then::Stop => "stop",
        };
        let times = if recover.times == 1 { String::new() } else { format!(" x{}", recover.times) };
        let wait = recover.wait.as_ref().map_or(String::new(), |wait| format!(" {}", wait.0));
        let what = recover.what.as_deref().unwrap_or("-");
        out.push_str(&format!("; if {}: {ask} / {what} / {then}{times}{wait}", recover.when));
    }
    for undo in &step.undo {
        let on = undo.on.map_or(String::new(), |n| format!(" on {n}"));
        out.push_str(&format!("; undo{on} {}: {}", undo.who, undo.what));
    }
    if let Some(name) = &step.as_name {
        out.push_str(&format!("; as {name}"));
    }
    out
}

/// The reading of a third step behind [`BASE`], or the codes of what is wrong.
fn third(text: &str) -> String {
    let (workflow, problems) = read(&format!("{BASE}3. {text}\n"));
    let errors: Vec<&str> =
        problems.iter().filter(|p| p.severity == Severity::Error).map(|p| p.code.as_str()).collect();
    if !errors.is_empty() {
        return format!("!{}", errors.join(" "));
    }
    workflow.and_then(|workflow| workflow.step(3).map(line)).unwrap_or_else(|| "nothing".to_owned())
}

fn check(table: &[(&str, &str)]) {
    let wrong: Vec<String> = table
        .iter()
        .filter_map(|(text, want)| {
            let got = third(text);
            (got != *want).then(|| format!("{text}\n  want {want}\n  got  {got}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{} of {} lines:\n{}", wrong.len(), table.len(), wrong.join("\n"));
}

/// Number, what it waits for, whether it starts with another.
fn orders(text: &str) -> Vec<(u32, Vec<u32>, bool)> {
    let (workflow, problems) = read(text);
    assert!(problems.iter().all(|p| p.severity != Severity::Error), "{problems:?}");
    workflow.unwrap().steps.into_iter().map(|step| (step.n, step.after, step.parallel)).collect()
}

#[test]
fn a_list_is_an_order_and_meanwhile_makes_it_a_fan() {
    let text = "# Onboarding\n\nWhen someone joins the company:\n\n1. The HR agent creates the accounts.\n2. The IT agent provisions the laptop.\n\
                3. Meanwhile, Olli welcomes the new hire.\n4. At the same time, Ada books the first week.\n5. A human says hello.\n\
                6. After step 2, the IT agent ships the laptop.\n7. Ada closes the file.\n";
    let want = [
        (1, vec![], false),
        (2, vec![1], false),
        (3, vec![1], true),
        (4, vec![1], true),
        (5, vec![2, 3, 4], false),
        (6, vec![2], false),
        (7, vec![5, 6], false),
    ];
    assert_eq!(orders(text), want);
}

#[test]
fn bullets_paragraphs_and_remarks_belong_to_their_steps() {
    let text = "# Leaving\n\nThis page says what we do. It is kept by HR.\n\n## Steps\n\nWhen somebody leaves the company, do the following:\n\n\
                1. The HR agent collects the badge.\n   - Needs @kim's approval.\n   - Keep it as `badge`.\n\n\
                2. The IT agent revokes the accounts.\n\n   If it fails, hand over to @noor.\n\nStep 2 needs approval from the CTO.\n\nQuestions are welcome.\n";
    let (workflow, problems) = read(text);
    assert_eq!(problems, []);
    let steps: Vec<String> = workflow.unwrap().steps.iter().map(line).collect();
    assert_eq!(
        steps,
        [
            "agent:hr-agent: collect the badge; after []; gate person:@kim; as badge",
            "agent:it-agent: revoke the accounts; after [1]; gate person:@noor; if it fails: person:@noor / - / hand over"
        ]
    );
}

#[test]
fn the_contracts_json() {
    let text = format!(
        "{BASE}3. Meanwhile, Olli welcomes the new hire. Needs @kim's approval. If no room is free, ask Ada for one, wait, and try again.\n"
    );
    let value = serde_json::to_value(read(&text).0.unwrap()).unwrap();
    assert_eq!((&value["name"], &value["when"]), (&json!("onboarding"), &json!({ "topics": ["join company"] })));
    let first = json!({"n": 1, "who": "agent:hr-agent", "do": "create the accounts", "after": [], "parallel": false, "as": "accounts"});
    let third = json!({
        "n": 3, "who": "agent:onboarding-agent", "do": "welcome the new hire", "after": [1], "parallel": true, "approval": ["person:@kim"],
        "recover": {"when": "no room is free", "ask": "agent:assistant-agent", "for": "one", "then": "retry"},
    });
    for (at, want) in [(0, first), (2, third)] {
        let mut got: Value = value["steps"][at].clone();
        for shown in ["line", "text", "paraphrase"] {
            got.as_object_mut().unwrap().remove(shown);
        }
        assert_eq!(got, want);
    }
}

#[test]
fn what_starts_a_workflow() {
    let steps = "\n\n1. The HR agent creates the accounts.\n";
    for (trigger, want) in [
        ("When someone joins the company:", json!({"topics": ["join company"]})),
        ("Whenever a new colleague starts:", json!({"topics": ["new colleague start"]})),
        ("This workflow starts when someone joins the company.", json!({"topics": ["join company"]})),
        ("When someone joins the company, the following happens:", json!({"topics": ["join company"]})),
        ("For every new hire:", json!({"topics": ["new hire"]})),
        ("When a request mentions onboarding:", json!({"mentions": ["onboarding"]})),
        ("When a request is about onboarding:", json!({"topics": ["onboarding"]})),
        ("Trigger: when someone joins the company", json!({"topics": ["join company"]})),
        ("As soon as we hire somebody:", json!({"topics": ["hire"]})),
        ("Every Monday at 9:00:", json!({"source": "calendar"})),
    ] {
        let (workflow, problems) = read(&format!("# Onboarding\n\n{trigger}{steps}"));
        assert_eq!(problems, [], "{trigger}");
        assert_eq!(serde_json::to_value(workflow.unwrap().when).unwrap(), want, "{trigger}");
    }
    let (workflow, _) = read(&format!("Every Monday at 9:00:{steps}"));
    assert_eq!(workflow.unwrap().clock.map(|clock| clock.cron), Some("0 0 9 * * Mon *".to_owned()));
}

#[test]
fn what_is_wrong_with_a_whole_workflow() {
    let codes = |text: &str| read(text).1.into_iter().map(|p| (p.code, p.line)).collect::<Vec<_>>();
    let one = |code: &str, line| vec![(code.to_owned(), line)];
    assert_eq!(codes("# Empty\n\nWhen someone joins the company:\n"), one("no-steps", 1));
    assert_eq!(codes("# Onboarding\n\n1. The HR agent creates the accounts.\n"), one("no-trigger", 1));
    let twice = "When someone joins:\n\nWhen someone leaves:\n\n1. The HR agent creates the accounts.\n";
    assert_eq!(codes(twice), one("two-triggers", 3));
    let usually = "When someone usually joins:\n\n1. The HR agent creates the accounts.\n";
    assert_eq!(codes(usually), one("hedge", 1));
    let ring = "When someone joins:\n\n1. After step 2, the HR agent creates the accounts.\n2. The IT agent provisions the laptop.\n";
    assert_eq!(codes(ring), one("loop", 3));
    let about_nothing =
        "When someone joins:\n\n1. The HR agent creates the accounts.\n\nStep 4 needs @kim's approval.\n";
    assert_eq!(codes(about_nothing), one("unknown-step", 5));
    let unclear = "When someone joins:\n\n1. The HR agent creates the mail account.\n2. The IT agent creates the chat account.\n3. Once the account exists, Olli says hello.\n";
    assert_eq!(codes(unclear), one("ambiguous-step", 5));
    let broken = "When someone joins:\n\n1. The HRR agent creates the accounts.\n2. After step 1, Olli says hello.\n";
    assert_eq!(codes(broken), one("unknown-worker", 3));
}

/// Every step of every table above, written as its paraphrase, is the same step.
#[test]
fn reading_a_paraphrase_gives_the_same_step() {
    let texts = [
        "Meanwhile, Olli welcomes the new hire. Needs two approvals from the finance team within 4 hours. Keep it as `welcome`.",
        "After step 1, @lena meets the new hire. If no room is free, ask Ada to book one, wait, and try again.",
        "Two weeks later, the SRE team grants access. If it fails, try again up to three times. Undo: take the access away.",
        "Once both are done, a human decides whether to go on. If it fails, hand over to @noor.",
        "The requester confirms the date. Needs @kim's approval. If step 2 fails for good, the HR agent cancels the contract.",
        "The procurement role orders a chair. If it fails, skip this step.",
        "Their manager picks a buddy. If it fails, wait 10 minutes and try again.",
        "The owner signs. If it fails, stop the workflow.",
    ];
    for text in texts {
        let first = read(&format!("{BASE}3. {text}\n")).0.and_then(|workflow| workflow.step(3).cloned()).unwrap();
        let again = third(&first.paraphrase);
        assert_eq!(again, line(&first), "{text}\n{}", first.paraphrase);
    }
}
