//! What `workforce init` writes holds together, and what is there already stays as it is.

use std::path::Path;
use std::process::{Command, Output};

fn workforce(dir: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_workforce")).args(arguments).current_dir(dir).output().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn a_company_to_begin_with_passes_its_check() {
    let dir = tempfile::tempdir().unwrap();
    let mine =
        ["init", "shop", "--name", "Dana Ruiz", "--handle", "@dana", "--email", "dana@shop.test", "--channel", "#help"];
    let written = workforce(dir.path(), &mine);
    assert!(written.status.success(), "{}", said(&written));
    let checked = workforce(dir.path(), &["check", "shop/directives"]);
    assert!(checked.status.success(), "{}", said(&checked));
    assert!(said(&checked).contains("0 errors, 0 warnings"), "{}", said(&checked));
    let explained = workforce(
        dir.path(),
        &["explain", "--directives", "shop/directives", "welcome! who are you?", "--format", "json"],
    );
    assert!(
        said(&explained).contains("welcome-agent") && said(&explained).contains("\"confidence\":1"),
        "{}",
        said(&explained)
    );
    let company = std::fs::read_to_string(dir.path().join("shop/directives/company.md")).unwrap();
    assert!(company.contains("Dana Ruiz (@dana, dana@shop.test)") && company.contains("- #help:"), "{company}");
    let lines: usize = ["company.md", "routing.md", "roles/welcome.md"]
        .map(|file| std::fs::read_to_string(dir.path().join("shop/directives").join(file)).unwrap())
        .iter()
        .map(|text| text.lines().filter(|line| !line.trim().is_empty()).count())
        .sum();
    assert!(lines <= 40, "{lines} lines");
    let settings = dir.path().join("shop/workforce.toml");
    workforce::config::Config::load(&settings, true, &|_| None).expect("the settings are read");
    let service = std::fs::read_to_string(dir.path().join("shop/workforce.service")).unwrap();
    assert!(service.contains("ExecStart=") && service.contains("LoadCredential=app-token:"));
}

#[test]
fn nothing_is_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("workforce.toml"), "# mine\n").unwrap();
    let refused = workforce(dir.path(), &["init"]);
    assert_eq!(refused.status.code(), Some(1), "{}", said(&refused));
    assert!(said(&refused).contains("workforce.toml is there already"), "{}", said(&refused));
    assert_eq!(std::fs::read_to_string(dir.path().join("workforce.toml")).unwrap(), "# mine\n");
    assert!(!dir.path().join("directives").exists(), "all or nothing");
}

#[test]
fn the_manifest_is_printed_whole_and_checked() {
    let dir = tempfile::tempdir().unwrap();
    let printed = workforce(dir.path(), &["manifest"]);
    assert_eq!(said(&printed), std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/manifest.yml")).unwrap());
    let minimal = workforce(dir.path(), &["manifest", "--minimal"]);
    std::fs::write(dir.path().join("app.yml"), &minimal.stdout).unwrap();
    let fine = workforce(dir.path(), &["manifest", "--check", "app.yml"]);
    assert!(fine.status.success(), "{}", said(&fine));
    std::fs::write(dir.path().join("app.yml"), said(&minimal).replace("      - commands\n", "")).unwrap();
    let lacks = workforce(dir.path(), &["manifest", "--check", "app.yml"]);
    assert_eq!(lacks.status.code(), Some(1));
    assert!(said(&lacks).contains("the bot scope commands is missing: without it, there is no /workforce"));
}
