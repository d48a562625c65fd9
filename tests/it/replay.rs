//! `workforce replay`: a company's real history, judged again by the real binary.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use workforce::clock::Span;
use workforce::store::Store;

use crate::office::Office;

/// Work of every kind: a question, a small refund, a large one that is approved, one that is not, and a lawyer.
pub(super) async fn at_work() -> Office {
    let office = Office::open(&[]).await;
    let ask = async |who: &str, text: &str| {
        office.sandbox.says(who, "#support", &format!("@workforce {text}")).unwrap();
        office.rest().await;
        office.after(Span::minutes(1)).await;
    };
    ask("ana", "where is order ORD-1042?").await;
    ask("ana", "please refund ORD-1043, $40, it arrived broken").await;
    ask("ana", "please refund ORD-1042, $450, it arrived broken").await;
    ask("ana", "a customer mentions their lawyer, he says that we charged him twice").await;
    ask("ben", "my laptop fell into the sea").await;
    office
}

/// A machine without git cannot try what git keeps; CI must have one.
pub(super) fn goes_without_git() {
    assert!(std::env::var_os("CI").is_none(), "CI tries what git keeps; install the package git");
}

fn replayed(office: &Office, more: &[&str]) -> Output {
    let config = office.config();
    Command::new(env!("CARGO_BIN_EXE_workforce"))
        .args(["replay", "--since", "500w", "--database", &config.database_url, "--directives"])
        .arg(&config.directives)
        .args(more)
        .current_dir(std::env::temp_dir())
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn effects(report: &Value) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let found = report["differences"].as_array().unwrap().iter();
    found.map(|one| (text(&one["effect"]), text(&one["task"]), one["now"]["because"].to_string())).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_directives_decide_the_same_and_twice_alike() {
    let office = at_work().await;
    let first = said(&replayed(&office, &["--format", "json"]));
    assert_eq!(first, said(&replayed(&office, &["--format", "json"])), "byte for byte");
    let report: Value = serde_json::from_str(&first).unwrap();
    assert_eq!(effects(&report), [], "{first}");
    assert_eq!((&report["routings"], &report["not_replayable"]), (&5.into(), &0.into()), "{first}");
    assert!(report["verdicts"].as_u64() >= Some(4), "{first}");
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_difference_is_told_with_its_conversation() {
    let office = at_work().await;
    let directives = office.config().directives.clone();
    let change = |file: &str, old: &str, new: &str| {
        let path = directives.join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(old), "{file}: {old}");
        std::fs::write(path, text.replace(old, new)).unwrap();
    };
    change("approvals.md", "$200", "$30");
    let text = said(&replayed(&office, &[]));
    assert!(text.contains("1 would wait for approval\n  T-2 action "), "{text}");
    assert!(text.contains("T0ACME:C0SUPPORT:"), "{text}");
    assert!(text.contains("run (approvals.md:7) → approve by role:finance-manager (approvals.md:8)"), "{text}");

    change("approvals.md", "$30", "$900");
    let looser: Value = serde_json::from_str(&said(&replayed(&office, &["--format", "json"]))).unwrap();
    assert_eq!(looser["counts"]["skips_approval"], 1, "{looser}");

    change("approvals.md", "Refunds above $900 need", "Never refund more than $900.\nRefunds above $100 need");
    change("approvals.md", "Refunds up to $900 run", "Refunds up to $10 run");
    change("routing.md", "Order questions go to the orders agent", "Order questions go to the support agent");
    let report: Value = serde_json::from_str(&said(&replayed(&office, &["--format", "json"]))).unwrap();
    let told: Vec<(String, String)> = effects(&report).into_iter().map(|(effect, task, _)| (effect, task)).collect();
    assert!(told.contains(&("elsewhere".to_owned(), "T-1".to_owned())), "{told:?}");
    assert!(told.contains(&("gains_approval".to_owned(), "T-2".to_owned())), "{told:?}");
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_erased_is_counted_and_never_guessed() {
    let office = at_work().await;
    office.after(Span::days(100)).await;
    let report: Value = serde_json::from_str(&said(&replayed(&office, &["--format", "json"]))).unwrap();
    assert!(report["not_replayable"].as_u64() >= Some(3), "{report}");
    assert_eq!(effects(&report), [], "{report}");
    office.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revision_of_the_folder_can_judge_too() {
    let office = at_work().await;
    let directives = office.config().directives.clone();
    let git = |args: &[&str]| {
        let done = Command::new("git")
            .args(["-c", "user.name=Kim", "-c", "user.email=kim@acme.test", "-C"])
            .arg(&directives)
            .args(args)
            .output();
        done.is_ok_and(|output| output.status.success())
    };
    if !(git(&["init", "-q"]) && git(&["add", "."]) && git(&["commit", "-q", "-m", "as it was"])) {
        goes_without_git();
        office.end().await;
        return;
    }
    let file = Path::new(&directives).join("approvals.md");
    std::fs::write(&file, std::fs::read_to_string(&file).unwrap().replace("$200", "$30")).unwrap();
    let now = said(&replayed(&office, &[]));
    assert!(now.contains("1 would wait for approval"), "{now}");
    let then = said(&replayed(&office, &["--against", "HEAD"]));
    assert!(then.contains("judged again by the directives of HEAD: nothing would change."), "{then}");
    let unknown = replayed(&office, &["--against", "nowhere"]);
    assert_eq!(unknown.status.code(), Some(2));
    office.end().await;
}

#[tokio::test]
async fn a_database_that_is_not_there_is_not_made() {
    let dir = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_workforce"))
        .args(["replay", "--database", "sqlite:nowhere.db"])
        .current_dir(dir.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    assert!(Store::open("nowhere").await.is_err());
}
