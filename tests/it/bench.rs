//! `workforce bench`: that it measures what it says. No figure is judged here; machines differ.

use std::process::Command;

use serde_json::Value;

const ENVELOPES: u64 = 200;

#[test]
fn every_envelope_is_acknowledged_once_and_stored_once() {
    let folder = tempfile::tempdir().unwrap();
    let count = ENVELOPES.to_string();
    let output = Command::new(env!("CARGO_BIN_EXE_workforce"))
        .args(["bench", "ack", "--rounds", "1", "--seconds", "60", "--envelopes", &count, "--format", "json"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let rows = report["rows"].as_array().unwrap();
    let found: Vec<(&str, &str)> =
        rows.iter().map(|row| (row["behind"].as_str().unwrap(), row["driven_by"].as_str().unwrap())).collect();
    let expected = [
        ("nothing", "64 in flight"),
        ("group commit only", "64 in flight"),
        ("inbox", "64 in flight"),
        ("inbox", "200/s"),
        ("inbox and all loops", "200/s"),
        ("inbox and all loops", "64 in flight"),
    ];
    assert_eq!(found, expected);
    for row in rows {
        assert_eq!(row["findings"], Value::Array(Vec::new()), "{row}");
        assert_eq!((row["sent"].as_u64(), row["acked"].as_u64()), (Some(ENVELOPES), Some(ENVELOPES)), "{row}");
        let stored = row["behind"].as_str().is_some_and(|behind| behind.contains("inbox")).then_some(ENVELOPES);
        assert_eq!(row["stored"].as_u64(), stored, "{row}");
        assert!(row["latency_us"]["max"].as_u64() >= row["latency_us"]["p50"].as_u64());
    }
    assert_eq!(report["goals"].as_array().map(Vec::len), Some(3));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left behind");
}

#[test]
fn every_run_takes_its_step_and_waits() {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_workforce"))
        .args(["bench", "runs", "--runs", "40", "--format", "json"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["waiting"], 40, "{report}");
    assert!(report["step_ms"].as_f64() > Some(0.0) && report["vendor_ms"].as_f64() > Some(0.0), "{report}");
}

#[test]
fn every_question_is_asked_in_both_companies() {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_workforce"))
        .args(["bench", "query", "--tasks", "60", "--positions", "10", "--times", "3", "--format", "json"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let rows = report["rows"].as_array().unwrap();
    assert!(rows.len() >= 12, "{report}");
    for row in rows {
        assert!(row["latency_us"]["p50"].as_u64() > Some(0) && row["floor_us"]["p99"].as_u64() > Some(0), "{row}");
    }
}

#[test]
fn the_books_equal_the_bill_though_processes_die() {
    let output = Command::new(env!("CARGO_BIN_EXE_workforce"))
        .args(["bench", "costs", "--runs", "150", "--format", "json"])
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(output.status.success(), "{report}");
    assert_eq!(report["billed"], report["settled_by_the_bill"], "to the last token");
    assert_eq!(report["unknown"], 0, "every request on the bill is in the books");
    assert!(report["passed_by_micros"].as_i64() <= report["one_call_micros"].as_i64(), "{report}");
    let many = |figure: &str| report[figure].as_u64() > Some(10);
    assert!(many("deaths") && many("refused") && many("doubts"), "it measured something: {report}");
}

#[test]
fn sentences_are_checked_next_to_the_set_without_them() {
    let told = Command::new(env!("CARGO_BIN_EXE_workforce"))
        .args(["bench", "check", "directives", "--sentences", "60", "--runs", "1"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("the program runs");
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(told.starts_with("60 sentences, ") && told.contains("the files without them: "), "{told}");
}
