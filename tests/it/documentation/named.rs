//! The tests that there are, by the whole names under which `cargo test NAME` finds them.

use std::collections::{BTreeMap, BTreeSet};

use crate::architecture::project;

/// The names of all tests that stand in the sources themselves; those that a macro makes are not among them.
pub fn tests() -> BTreeSet<String> {
    let elsewhere = declared_elsewhere();
    let known = project().iter().filter_map(|source| Some((module_of(&source.path, &elsewhere)?, source)));
    known.flat_map(|(module, source)| tests_of(&module, &source.code)).collect()
}

/// Whether `cargo test NAME` finds that test, or the tests of that module.
pub fn is_found(name: &str, tests: &BTreeSet<String>) -> bool {
    let below = format!("{name}::");
    tests.contains(name) || tests.iter().any(|test| test.starts_with(&below))
}

/// The names between back-ticks of a text that stand for tests: paths whose last part is no type's.
pub fn named_in(text: &str) -> Vec<&str> {
    let ticked = text.split('`').skip(1).step_by(2).filter(|name| name.contains("::") && !name.contains(' '));
    ticked.filter(|name| name.rsplit("::").next().is_some_and(|last| last.starts_with(char::is_lowercase))).collect()
}

/// The module of a file as its binary of tests knows it; nothing for what is neither the library's nor this binary's.
fn module_of(path: &str, elsewhere: &BTreeMap<String, String>) -> Option<String> {
    if let Some(module) = elsewhere.get(path) {
        return Some(module.clone());
    }
    let inside = path.strip_prefix("src/").or_else(|| path.strip_prefix("tests/it/"))?;
    let module = inside.trim_end_matches(".rs").trim_end_matches("/mod");
    Some(if matches!(module, "lib" | "main") { String::new() } else { module.replace('/', "::") })
}

/// The files that `#[path = "…"]` gives another name than their own.
fn declared_elsewhere() -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for source in project() {
        for (at, _) in source.raw.match_indices("#[path = \"") {
            let rest = &source.raw[at + "#[path = \"".len()..];
            let (Some(file), Some(name)) = (rest.split('"').next(), rest.split("mod ").nth(1)) else { continue };
            let (folder, name) = (source.path.rsplit_once('/'), name.split(';').next());
            if let (Some((folder, _)), Some(name), Some(declarer)) = (folder, name, module_of(&source.path, &found)) {
                found.insert(format!("{folder}/{file}"), format!("{declarer}::{name}"));
            }
        }
    }
    found
}

/// The tests of one file, its inner modules among them. The sources are formatted: a module opens and closes on lines of its own.
fn tests_of(module: &str, code: &str) -> Vec<String> {
    let mut within: Vec<(String, usize)> = Vec::new();
    let (mut depth, mut marked, mut found) = (0_usize, false, Vec::new());
    for line in code.lines().map(str::trim) {
        if let Some(name) = line.split("mod ").nth(1).and_then(|rest| rest.strip_suffix(" {")) {
            within.push((name.to_owned(), depth));
        }
        marked |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
        if marked && let Some(rest) = line.split("fn ").nth(1) {
            let name = rest.split('(').next().unwrap_or_default();
            let path = [module].into_iter().chain(within.iter().map(|(inner, _)| inner.as_str())).chain([name]);
            found.push(path.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("::"));
            marked = false;
        }
        depth = (depth + line.matches('{').count()).saturating_sub(line.matches('}').count());
        within.retain(|(_, outside)| depth > *outside);
    }
    found
}

#[test]
fn a_name_is_the_whole_path() {
    let code = "#[test]\nfn a() {}\nmod tests {\n    #[tokio::test]\n    async fn b() {\n    }\n}\nfn c() {}\n#[test]\nfn d() {}\n";
    assert_eq!(tests_of("gate", code), ["gate::a", "gate::tests::b", "gate::d"]);
    let known: BTreeSet<String> = tests_of("gate", code).into_iter().collect();
    assert!(is_found("gate::tests", &known) && is_found("gate::a", &known));
    assert!(!is_found("gate::b", &known) && !is_found("gate::test", &known) && !is_found("other::gate::a", &known));
    let all = tests();
    for known in [
        "documentation::named::a_name_is_the_whole_path",
        "catalogue::diff::tests::settings_are_checked",
        "gate::tests::approvals::release_looks_at_everything_again",
    ] {
        assert!(all.contains(known), "{known}");
    }
}

#[test]
fn only_paths_to_functions_are_names_of_tests() {
    assert_eq!(named_in("`a::b` and `gate::Shown`, `x`, `c d::e`, `gate::tests`"), ["a::b", "gate::tests"]);
}
