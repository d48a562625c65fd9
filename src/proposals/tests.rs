//! Where sentences belong in the example company, and what the patch says.

use std::collections::BTreeMap;

use super::{inserted, patch, place};
use crate::directives::Directives;
use crate::directives::files::read_set;

fn today() -> chrono::NaiveDate {
    chrono::NaiveDate::from_ymd_opt(2026, 9, 9).unwrap()
}

fn example() -> Directives {
    let mut files = BTreeMap::new();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("directives");
    for folder in ["", "roles"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|end| end == "md" || end == "lock") {
                let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
                files.insert(name, std::fs::read_to_string(&path).unwrap());
            }
        }
    }
    files.remove("readings.lock");
    read_set(&files, today()).unwrap()
}

#[test]
fn a_sentence_stands_beside_those_of_its_kind() {
    let set = example();
    for (sentence, file, beside) in [
        ("Refunds above $900 need approval from @kim.", "approvals.md", "Refunds above $200 need approval"),
        ("Invoice questions go to the finance agent", "routing.md", ""),
        ("Never let the support agent issue refunds over $1,000.", "", ""),
        ("- By gold we mean customers on the Gold plan.", "company.md", ""),
        ("Always be kind.", "", ""),
    ] {
        let placed = place(sentence, &set, today());
        let spot = placed.spot.unwrap_or_else(|| panic!("{sentence}: {:?}", placed.problems));
        assert!(file.is_empty() || spot.file == file, "{sentence}: {}", spot.file);
        let above = spot.text.lines().nth(spot.after - 1).unwrap();
        assert!(above.contains(beside), "{sentence} stands below {above}");
        assert!(spot.line.ends_with('.'), "{}", spot.line);
        assert_eq!(spot.text.lines().nth(spot.after), Some(spot.line.as_str()));
    }
}

#[test]
fn what_cannot_be_read_belongs_nowhere_and_says_how_to_mend_it() {
    let set = example();
    for sentence in [
        "Large refunds need approval.", "", "# A heading", "<!-- Refunds run. -->",
        "Refunds need approval from @nobody.",
    ] {
        let placed = place(sentence, &set, today());
        assert_eq!(placed.spot, None, "{sentence}");
        assert!(!placed.problems.is_empty(), "{sentence}");
    }
    let named = place("Refunds above $900 need approval from a fianance manager.", &set, today());
    assert!(
        named.problems.iter().any(|(_, help)| help.as_deref().is_some_and(|help| help.contains("finance-manager")))
    );
}

#[test]
fn the_patch_is_one_that_git_applies() {
    let text = "one\ntwo\nthree\nfour\nfive\n";
    assert_eq!(inserted(text, 2, "new"), "one\ntwo\nnew\nthree\nfour\nfive\n");
    assert_eq!(inserted("one", 1, "new"), "one\nnew\n");
    assert_eq!(inserted("", 0, "new"), "new\n");
    insta::assert_snapshot!(patch("a.md", text, 4, "new"), @r"
    --- a/a.md
    +++ b/a.md
    @@ -2,4 +2,5 @@
     two
     three
     four
    +new
     five
    ");
    for (text, after) in [(text, 0), (text, 2), (text, 5), ("one\n", 1), ("one", 1), ("", 0), ("one\ntwo", 1)] {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("a.md"), text).unwrap();
        let Ok(mut git) = std::process::Command::new("git")
            .args(["apply", "--unsafe-paths", "-"])
            .current_dir(dir.path())
            .stdin(std::process::Stdio::piped())
            .stderr(std::process::Stdio::null())
            .spawn()
        else {
            assert!(
                std::env::var_os("CI").is_none(),
                "CI has git apply what the bot proposes; install the package git"
            );
            return;
        };
        use std::io::Write as _;
        git.stdin.take().unwrap().write_all(patch("a.md", text, after, "new").as_bytes()).unwrap();
        assert!(git.wait().unwrap().success(), "{text:?} {after}");
        let made = std::fs::read_to_string(dir.path().join("a.md")).unwrap();
        assert_eq!(made, inserted(text, after, "new"));
    }
}
