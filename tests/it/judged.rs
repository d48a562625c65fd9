//! A company that nobody here works for, judged from the outside: 107 calls with the verdict, the approvers, their number and the
//! deciding lines that the directive language's contract gives, written down before the gate was asked.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::Value;

const WORKFORCE: &str = env!("CARGO_BIN_EXE_workforce");

/// What the gate says to every line of `calls`, in order.
fn judged(calls: &[Value]) -> Vec<Value> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/judged");
    let mut child = Command::new(WORKFORCE)
        .args(["judge", "--batch", "-", "--directives", folder, "--tools", &format!("{folder}/tools.json")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = String::new();
    for call in calls {
        let mut asked = call.clone();
        asked.as_object_mut().unwrap().remove("expect");
        lines.push_str(&format!("{asked}\n"));
    }
    child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn set(list: &Value) -> BTreeSet<String> {
    list.as_array().into_iter().flatten().map(Value::to_string).collect()
}

/// What differs from what is expected; empty where nothing does.
fn differences(expected: &Value, got: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut same = |what: &str, left: String, right: String| {
        if left != right {
            wrong.push(format!("{what}: want {left}, got {right}"));
        }
    };
    same("verdict", expected["verdict"].to_string(), got["verdict"].to_string());
    let approves = expected["verdict"] == "approve";
    if approves {
        let (want, have) = (set(&expected["approve_by"]), set(&got["approve_by"]));
        same("approve_by", format!("{want:?}"), format!("{have:?}"));
        same("count", expected["count"].to_string(), got["count"].to_string());
    }
    let (want, have) = (set(&expected["because"]), set(&got["because"]));
    // An approval is told whole: a line too many would be a rule that does not decide.
    let fits = if approves && !want.is_empty() { want == have } else { want.is_subset(&have) };
    if !fits {
        same("because", format!("{want:?}"), format!("{have:?}"));
    }
    wrong
}

#[test]
fn a_foreign_company_is_judged_to_the_letter_of_the_contract() {
    let calls: Vec<Value> = include_str!("../judged/calls.jsonl")
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    assert!(calls.len() >= 100);
    let answers = judged(&calls);
    assert_eq!(answers.len(), calls.len());
    let mut differ = Vec::new();
    for (call, got) in calls.iter().zip(&answers) {
        assert_eq!(call["id"], got["id"]);
        let wrong = differences(&call["expect"], got);
        if !wrong.is_empty() {
            differ.push(format!("{}: {}\n  {got}", call["id"], wrong.join("; ")));
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
}
