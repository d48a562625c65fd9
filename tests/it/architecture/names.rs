//! Names, sizes and unfinished business.

use super::strip::is_word;
use super::tree::{Finding, Source, line_of, occurrences, project};

const LONGEST_FILE_LINES: usize = 500;
const LONGEST_FUNCTION_LINES: usize = 70;
/// Names that say nothing of what is inside.
const EMPTY_NAMES: &[&str] = &["common", "helper", "helpers", "misc", "util", "utilities", "utils"];

fn long_file(source: &Source) -> Vec<Finding> {
    let lines = source.raw.lines().count();
    if lines <= LONGEST_FILE_LINES {
        return Vec::new();
    }
    vec![source.finding(lines, format!("{lines} lines; split it by thing, {LONGEST_FILE_LINES} are the most"))]
}

/// A function fits on a screen. Data tables in tests may be longer than that.
fn long_functions(source: &Source) -> Vec<Finding> {
    let code = &source.production;
    let mut found = Vec::new();
    for at in occurrences(code, "fn ") {
        let rest = &code[at..];
        let Some(open) = rest.find(['{', ';']).filter(|i| rest[*i..].starts_with('{')) else { continue };
        let lines = rest[..open + body_length(&rest[open..])].matches('\n').count() + 1;
        if lines > LONGEST_FUNCTION_LINES {
            let name: String = rest["fn ".len()..].chars().take_while(|c| is_word(*c)).collect();
            found.push(source.finding(
                line_of(code, at),
                format!("fn {name} has {lines} lines; {LONGEST_FUNCTION_LINES} are the most"),
            ));
        }
    }
    found
}

/// The length in bytes of a body that begins with `{`.
fn body_length(code: &str) -> usize {
    let mut depth = 0_usize;
    for (i, c) in code.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 1 => return i + 1,
            '}' => depth -= 1,
            _ => {}
        }
    }
    code.len()
}

fn empty_names(source: &Source) -> Vec<Finding> {
    let in_path =
        source.path.split('/').map(|part| part.trim_end_matches(".rs")).find(|part| EMPTY_NAMES.contains(part));
    let mut found: Vec<Finding> =
        in_path.map(|name| source.finding(1, format!("`{name}` names nothing"))).into_iter().collect();
    for name in EMPTY_NAMES {
        found.extend(source.mentions(&format!("mod {name}")));
    }
    found
}

fn unfinished(source: &Source) -> Vec<Finding> {
    let macros = [
        "todo!", "unimplemented!", "dbg!", "#[ignore", "#![allow(dead_code", "#[allow(dead_code", "#[allow(warnings",
        "#![allow(warnings",
    ];
    let mut found: Vec<Finding> = macros.iter().flat_map(|needle| source.mentions(needle)).collect();
    for (line, comment) in &source.comments {
        for word in ["FIXME", "XXX", "TODO", "HACK"] {
            if !occurrences(comment, word).is_empty() {
                found.push(source.finding(*line, format!("{word} in a comment: finish it, or write an issue")));
            }
        }
    }
    found
}

/// A closed set of states is an enum. (Rows are read into enums by `Row::word`.)
fn states_as_text(source: &Source) -> Vec<Finding> {
    if source.room().is_none_or(|room| matches!(room, "sandbox" | "slack" | "demo_tools")) {
        return Vec::new();
    }
    ["status: String", "state: String", "status: &str", "state: &str"]
        .iter()
        .flat_map(|needle| source.uses(needle))
        .collect()
}

#[test]
fn no_file_is_longer_than_anybody_reads() {
    super::assert_none("too long", project().iter().flat_map(long_file));
}

/// Functions of the sentence reader that are longer still. The list may only shrink: one that fits now must leave it.
const LONGER_STILL: &[&str] = &[];

#[test]
fn a_function_fits_on_a_screen() {
    let (old, new): (Vec<Finding>, Vec<Finding>) = project()
        .iter()
        .flat_map(long_functions)
        .partition(|finding| LONGER_STILL.iter().any(|entry| is(finding, entry)));
    super::assert_none("too long", new);
    let short: Vec<_> = LONGER_STILL.iter().filter(|entry| !old.iter().any(|finding| is(finding, entry))).collect();
    assert!(short.is_empty(), "these fit now and must leave the list: {short:?}");
}

fn is(finding: &Finding, entry: &str) -> bool {
    let (file, name) = entry.split_once(": ").unwrap();
    finding.path.ends_with(&format!("directives/language/{file}")) && finding.what.starts_with(&format!("{name} has"))
}

#[test]
fn names_say_what_is_inside() {
    super::assert_none("an empty name", project().iter().flat_map(empty_names));
}

#[test]
fn nothing_is_left_unfinished() {
    super::assert_none("unfinished", project().iter().flat_map(unfinished));
}

#[test]
fn states_are_enums() {
    super::assert_none("a state as text", project().iter().flat_map(states_as_text));
}

#[test]
fn each_of_these_checks_can_fail() {
    type Check = fn(&Source) -> Vec<Finding>;
    let long_file_text = "\n".repeat(LONGEST_FILE_LINES + 1);
    let long_function = format!("fn f() {{\n{}}}", "a();\n".repeat(LONGEST_FUNCTION_LINES));
    let cases: &[(Check, &str, &str)] = &[
        (long_file, "src/gate/judge.rs", &long_file_text),
        (long_functions, "src/gate/judge.rs", &long_function),
        (empty_names, "src/gate/utils.rs", ""),
        (empty_names, "tests/it/common/mod.rs", ""),
        (empty_names, "src/gate/mod.rs", "mod helpers;"),
        (unfinished, "src/gate/judge.rs", "todo!()"),
        (unfinished, "tests/it/a.rs", "#[test]\n#[ignore = \"slow\"]\nfn f() {}"),
        (unfinished, "src/gate/judge.rs", "// FIXME later"),
        (unfinished, "src/lib.rs", "#![allow(dead_code)]"),
        (states_as_text, "src/tasks/mod.rs", "pub status: String,"),
    ];
    for (check, path, code) in cases {
        assert_eq!(check(&Source::new(path, code)).len(), 1, "{path}: {code}");
    }
    let fine: &[(Check, &str, &str)] = &[
        (long_functions, "src/gate/judge.rs", "fn f();\nfn g() {}\ntype F = fn (u8) -> u8;"),
        (empty_names, "src/gate/utility_bill.rs", "mod helpers_of_people;"),
        (unfinished, "src/gate/judge.rs", "\"todo!() FIXME\"; fn dbg() {} // TODOS and FIXMES"),
    ];
    for (check, path, code) in fine {
        assert_eq!(check(&Source::new(path, code)), [], "{path}: {code}");
    }
}
