//! The project's sources, read once for all checks: which room a file belongs to, and which part of it is production code.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::strip::{is_word, strip};

/// One Rust file under `src`, `tests` or `benches`.
pub struct Source {
    /// From the project's root, with `/`: `src/inbox/store.rs`.
    pub path: String,
    pub raw: String,
    /// Without comments and literal texts; lines and columns as in the file.
    pub code: String,
    /// The same without `#[cfg(test)]` modules; empty in files that only tests use.
    pub production: String,
    pub comments: Vec<(usize, String)>,
    pub strings: Vec<(usize, String)>,
    /// The string literals of production code.
    pub production_strings: Vec<(usize, String)>,
}

/// Something that a wall forbids, with where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub path: String,
    pub line: usize,
    pub what: String,
}

impl Source {
    pub fn new(path: &str, raw: &str) -> Self {
        let parts = strip(raw);
        let test_file = !path.starts_with("src/");
        let production = if test_file { String::new() } else { without_test_modules(&parts.code) };
        let lines: Vec<&str> = production.lines().collect();
        // A literal belongs to production if its quotes are still there.
        let is_production = |line: usize| lines.get(line - 1).is_some_and(|text| text.contains('"'));
        let production_strings = parts.strings.iter().filter(|(line, _)| is_production(*line)).cloned().collect();
        Self {
            path: path.to_owned(),
            raw: raw.to_owned(),
            code: parts.code,
            production,
            comments: parts.comments,
            strings: parts.strings,
            production_strings,
        }
    }

    /// The top-level module: `inbox` for `src/inbox/store.rs`, `clock` for `src/clock.rs`, nothing outside `src`.
    pub fn room(&self) -> Option<&str> {
        let rest = self.path.strip_prefix("src/")?;
        Some(rest.split('/').next()?.trim_end_matches(".rs"))
    }

    pub fn file_name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    pub fn finding(&self, line: usize, what: impl Into<String>) -> Finding {
        Finding { path: self.path.clone(), line, what: what.into() }
    }

    /// Every place in production code where `needle` stands as words of its own.
    pub fn uses(&self, needle: &str) -> Vec<Finding> {
        occurrences(&self.production, needle).into_iter().map(|at| self.at(&self.production, at, needle)).collect()
    }

    /// Every place in any code of the file, tests included.
    pub fn mentions(&self, needle: &str) -> Vec<Finding> {
        occurrences(&self.code, needle).into_iter().map(|at| self.at(&self.code, at, needle)).collect()
    }

    fn at(&self, text: &str, at: usize, what: &str) -> Finding {
        self.finding(line_of(text, at), format!("`{what}`"))
    }

    fn forget_production(&mut self) {
        self.production.clear();
        self.production_strings.clear();
    }
}

/// Byte offsets at which `needle` stands and does not continue a longer word.
pub fn occurrences(text: &str, needle: &str) -> Vec<usize> {
    let opens_word = needle.starts_with(is_word);
    let ends_word = needle.ends_with(is_word);
    text.match_indices(needle)
        .filter(|(at, _)| !opens_word || !text[..*at].ends_with(is_word))
        .filter(|(at, _)| !ends_word || !text[at + needle.len()..].starts_with(is_word))
        .map(|(at, _)| at)
        .collect()
}

pub fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

/// Blanks every module under `#[cfg(test)]`, so that only what is built for production remains.
fn without_test_modules(code: &str) -> String {
    let mut out = code.to_owned();
    while let Some(at) = out.find("#[cfg(test)]") {
        let end = end_of_item(&out, at);
        let blank: String = out[at..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
        // Blanks keep the length in characters, which is all that lines need.
        out.replace_range(at..end, &blank);
    }
    out
}

/// Where the item ends whose attributes begin at `at`: after its `;`, or after the brace that closes its body.
fn end_of_item(code: &str, at: usize) -> usize {
    let mut depth = 0_usize;
    for (i, c) in code[at..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth <= 1 => return at + i + 1,
            '}' => depth -= 1,
            ';' if depth == 0 => return at + i + 1,
            _ => {}
        }
    }
    code.len()
}

/// Every Rust source of the project, with test-only files under `src` marked as such. Read once.
pub fn project() -> &'static [Source] {
    static PROJECT: OnceLock<Vec<Source>> = OnceLock::new();
    PROJECT.get_or_init(read_project)
}

fn read_project() -> Vec<Source> {
    let root = root();
    let mut paths = Vec::new();
    for folder in ["src", "tests", "benches"] {
        collect(&root.join(folder), &mut paths);
    }
    paths.sort();
    let read = |path: &PathBuf| {
        let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        Source::new(&name, &std::fs::read_to_string(path).unwrap())
    };
    let mut sources: Vec<Source> = paths.iter().map(read).collect();
    mark_test_files(&mut sources);
    sources
}

/// The project's root; `WORKFORCE_ARCHITECTURE_ROOT` looks at another checkout, to see what a merge would bring.
pub fn root() -> PathBuf {
    std::env::var_os("WORKFORCE_ARCHITECTURE_ROOT").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from)
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            collect(&entry, into);
        } else if entry.extension().is_some_and(|e| e == "rs") {
            into.push(entry);
        }
    }
}

/// A file that is only reached through `#[cfg(test)] mod NAME;` is a test, and so is everything below it.
pub fn mark_test_files(sources: &mut [Source]) {
    let mut tests: BTreeSet<String> = BTreeSet::new();
    for source in sources.iter().filter(|source| source.path.starts_with("src/")) {
        tests.extend(test_modules(source));
    }
    for source in sources {
        let below = |test: &String| source.path == format!("{test}.rs") || source.path.starts_with(&format!("{test}/"));
        if tests.iter().any(below) {
            source.forget_production();
        }
    }
}

/// The paths, without `.rs`, of the modules that this file declares for tests only.
fn test_modules(source: &Source) -> Vec<String> {
    let folder = match source.path.strip_suffix("/mod.rs") {
        Some(folder) => folder.to_owned(),
        None => source.path.trim_end_matches(".rs").to_owned(),
    };
    let beside = source.path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut found = Vec::new();
    for at in occurrences(&source.code, "#[cfg(test)]") {
        let item = &source.code[at..end_of_item(&source.code, at)];
        let Some(name) = item.trim_end_matches(';').rsplit_once("mod ").map(|(_, name)| name.trim()) else { continue };
        if !item.ends_with(';') {
            continue;
        }
        match path_attribute(source, line_of(&source.code, at), item.matches('\n').count()) {
            Some(path) => found.push(format!("{beside}/{}", path.trim_end_matches(".rs"))),
            None if matches!(source.path.as_str(), "src/lib.rs" | "src/main.rs") => found.push(format!("src/{name}")),
            None => found.push(format!("{folder}/{name}")),
        }
    }
    found
}

/// The value of `#[path = "…"]` among the attributes that begin at `line`.
fn path_attribute(source: &Source, line: usize, lines: usize) -> Option<String> {
    let attribute =
        (line..=line + lines).find(|l| source.code.lines().nth(l - 1).is_some_and(|t| t.contains("#[path")))?;
    source.strings.iter().find(|(l, _)| *l == attribute).map(|(_, path)| path.clone())
}

#[test]
fn test_modules_are_no_production_code() {
    let source = Source::new(
        "src/inbox/decide.rs",
        "fn a() { b(\"x\") }\n#[cfg(test)]\nmod tests {\n    fn c() { Utc::now(); \"y\"; }\n}\nfn d() {}\n",
    );
    assert!(source.production.contains("fn a()") && source.production.contains("fn d()"));
    assert!(source.uses("Utc::now").is_empty());
    assert_eq!(source.mentions("Utc::now")[0].line, 4);
    assert_eq!(source.production_strings, [(1, "x".to_owned())]);
    assert_eq!(source.room(), Some("inbox"));
}

#[test]
fn files_that_only_tests_reach_are_tests() {
    let mut sources = vec![
        Source::new(
            "src/gate/mod.rs",
            "#[cfg(test)]\nmod tests;\n#[cfg(test)]\n#[path = \"odd_name.rs\"]\nmod odd;\nmod judge;",
        ),
        Source::new("src/gate/tests.rs", "fn t() {}"),
        Source::new("src/gate/tests/deep.rs", "fn t() {}"),
        Source::new("src/gate/odd_name.rs", "fn t() {}"),
        Source::new("src/gate/judge.rs", "fn t() {}\n#[cfg(test)]\nmod cases;"),
        Source::new("src/gate/judge/cases.rs", "fn t() {}"),
    ];
    mark_test_files(&mut sources);
    let production: Vec<&str> =
        sources.iter().filter(|s| s.production.contains("fn t")).map(|s| s.path.as_str()).collect();
    assert_eq!(production, ["src/gate/judge.rs"]);
}

#[test]
fn a_word_inside_a_longer_word_does_not_count() {
    assert_eq!(occurrences("sleepy sleep asleep sleep()", "sleep").len(), 2);
    assert_eq!(occurrences("crate::tasks crate::tasks_x", "crate::tasks").len(), 1);
}
