//! `workforce tools`, run as a person would.

use std::path::Path;
use std::process::{Command, Output};

use workforce::catalogue::{Class, ToolName, ToolsLock};

use super::WORKFORCE;

fn tools(directory: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(WORKFORCE);
    command.arg("tools").args(args).current_dir(directory).stdin(std::process::Stdio::null()).output().unwrap()
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn lock(directory: &Path) -> ToolsLock {
    ToolsLock::parse(&std::fs::read_to_string(directory.join("directives/tools.lock")).unwrap()).unwrap()
}

/// A configuration with one server, that of the orders.
fn with_orders() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let text = "[[tools]]\nname = 'orders'\ncommand = 'workforce'\nargs = ['demo-tools', 'orders']\n";
    std::fs::write(directory.path().join("workforce.toml"), text).unwrap();
    directory
}

#[test]
fn nothing_is_accepted_unless_someone_says_so() {
    let directory = with_orders();
    let path = directory.path();
    assert_eq!(tools(path, &["diff"]).status.code(), Some(1));
    let asked = tools(path, &["lock"]);
    assert_eq!(asked.status.code(), Some(1));
    assert!(said(&asked).contains("new      orders.get") && said(&asked).contains("Nothing was written"));
    assert!(!path.join("directives/tools.lock").exists());
    let written = tools(path, &["lock", "--yes"]);
    assert_eq!(written.status.code(), Some(0), "{}", said(&written));
    assert_eq!(tools(path, &["diff"]).status.code(), Some(0));
    assert!(said(&tools(path, &["lock"])).contains("up to date: 2 tools"));
    assert!(!said(&tools(path, &["list"])).contains("held back"));
}

#[test]
fn what_a_human_set_stays_and_nothing_falls_below_the_claim() {
    let directory = with_orders();
    let path = directory.path();
    let raised = tools(path, &["lock", "--yes", "--set", "orders.search:class=write"]);
    assert_eq!(raised.status.code(), Some(0), "{}", said(&raised));
    assert_eq!(tools(path, &["lock", "--yes"]).status.code(), Some(0));
    assert_eq!(lock(path).tools[&ToolName("orders.search".into())].class, Class::Write);
    let demo = tools(path, &["--demo", "lock", "--yes", "--set", "crm.cancel:class=read"]);
    assert_eq!(demo.status.code(), Some(2));
    assert!(said(&demo).contains("may only raise"), "{}", said(&demo));
}

#[test]
fn a_server_that_is_away_loses_no_tools() {
    let directory = with_orders();
    let path = directory.path();
    assert_eq!(tools(path, &["lock", "--yes"]).status.code(), Some(0));
    let before = lock(path);
    std::fs::write(path.join("workforce.toml"), "[[tools]]\nname = 'orders'\ncommand = '/nowhere/at/all'\n").unwrap();
    let away = tools(path, &["lock", "--yes"]);
    assert_eq!(away.status.code(), Some(2));
    assert!(said(&away).contains("stays as it is"), "{}", said(&away));
    assert_eq!(lock(path), before);
}

#[test]
fn a_lock_that_cannot_be_read_is_not_overwritten() {
    let directory = with_orders();
    let path = directory.path();
    std::fs::create_dir(path.join("directives")).unwrap();
    std::fs::write(path.join("directives/tools.lock"), "<<<<<<< ours").unwrap();
    let refused = tools(path, &["lock", "--yes"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(said(&refused).contains("tools.lock cannot be used"), "{}", said(&refused));
    assert_eq!(std::fs::read_to_string(path.join("directives/tools.lock")).unwrap(), "<<<<<<< ours");
}
