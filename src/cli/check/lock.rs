//! `readings.lock`: every rule as it is read, under version control. A review of an edit, or of an upgrade of this program,
//! then shows what changed in meaning and not only in words.
//!
//! Lines of the files are left out: a sentence that only moved means what it meant.

use std::collections::BTreeMap;
use std::path::Path;

use crate::directives::diagnostics::{Problem, Severity};
use crate::directives::rule::Rule;
use crate::directives::{Directives, LANGUAGE_VERSION, Origin, Reading};

/// Beside the directives.
pub const FILE: &str = "readings.lock";

/// What stands in the lock for each sentence: file and sentence → the rules that are read from it, in their order.
type Locked = BTreeMap<(String, String), Vec<String>>;

/// The lock of a set, as it is written.
pub fn of(set: &Directives) -> String {
    let mut out = format!(
        "# How each rule is read, by version {LANGUAGE_VERSION} of the language. Written by `workforce check --write-lock`.\n"
    );
    let mut file = "";
    for ((in_file, text), readings) in &locked(set) {
        if file != in_file {
            out.push_str(&format!("\n{in_file}\n"));
            file = in_file;
        }
        out.push_str(&format!("  {text}\n"));
        for reading in readings {
            out.push_str(&format!("    = {reading}\n"));
        }
    }
    out
}

fn locked(set: &Directives) -> Locked {
    let mut locked = Locked::new();
    for (origin, said) in meanings(set) {
        let key = (origin.file, one_line(&origin.text));
        locked.entry(key).or_default().push(one_line(&said));
    }
    locked
}

/// Every sentence that binds, with what it means: rules, and the triggers and steps of workflows.
fn meanings(set: &Directives) -> Vec<(Origin, String)> {
    let rules = set.readings.iter().filter(|reading| is_rule(reading));
    let mut all: Vec<(Origin, String)> =
        rules.map(|reading| (reading.origin.clone(), reading.paraphrase.clone())).collect();
    for workflow in &set.workflows {
        let when = serde_json::to_string(&(&workflow.when, &workflow.clock)).unwrap_or_default();
        all.push((workflow.origin(), format!("Starts {} when {when}.", workflow.name)));
        all.extend(workflow.steps.iter().map(|step| {
            let after = step.after.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
            (workflow.origin_of(step), format!("{}. {} [after {after}]", step.n, step.paraphrase))
        }));
    }
    all
}

fn is_rule(reading: &Reading) -> bool {
    !matches!(reading.rule, Rule::Guidance(_))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Reads a lock; lines that are none of its forms are passed over, since what is missing shows as a difference.
fn read(text: &str) -> Locked {
    let mut locked = Locked::new();
    let (mut file, mut sentence) = (String::new(), String::new());
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        if let Some(reading) = line.strip_prefix("    = ") {
            locked.entry((file.clone(), sentence.clone())).or_default().push(reading.to_owned());
        } else if let Some(text) = line.strip_prefix("  ") {
            sentence = text.to_owned();
        } else {
            file = line.to_owned();
        }
    }
    locked
}

/// What differs between the set and the lock beside it; nothing where there is no lock.
pub fn differences(dir: &Path, set: &Directives, required: bool) -> Vec<Problem> {
    let Ok(text) = std::fs::read_to_string(dir.join(FILE)) else {
        let missing = note(FILE, 1, 1, 0, "there is no readings.lock to compare with".to_owned());
        return if required { vec![as_error(missing)] } else { Vec::new() };
    };
    let (before, now) = (read(&text), locked(set));
    let mut found = Vec::new();
    for (origin, _) in meanings(set) {
        let key = (origin.file.clone(), one_line(&origin.text));
        let Some(was) = before.get(&key).filter(|was| now.get(&key) != Some(was)) else { continue };
        let length = u32::try_from(origin.text.chars().count()).unwrap_or(u32::MAX);
        let message = format!("this sentence is read otherwise than in {FILE}, where it is “{}”", was.join(" / "));
        let changed = note(&origin.file, origin.line, origin.column, length, message);
        found.push(Problem { severity: Severity::Warning, ..changed });
    }
    let new = now.keys().filter(|key| !before.contains_key(*key)).count();
    let gone = before.keys().filter(|key| !now.contains_key(*key)).count();
    if new + gone > 0 {
        found.push(note(FILE, 1, 1, 0, format!("{new} sentences are new and {gone} are gone since it was written")));
    }
    if required { found.into_iter().map(as_error).collect() } else { found }
}

fn note(file: &str, line: u32, column: u32, length: u32, message: String) -> Problem {
    Problem {
        severity: Severity::Note,
        code: "readings-changed".to_owned(),
        file: file.to_owned(),
        line,
        column,
        message,
        help: Some("look at what changed, then write it anew with `workforce check --write-lock`".to_owned()),
        length,
        related: None,
        suggestion: None,
    }
}

fn as_error(problem: Problem) -> Problem {
    Problem { severity: Severity::Error, ..problem }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMPANY: &str = "# Acme\n\n## Who is who\n\n- Kim Osei (@kim), managing director\n\nThe triage person is @kim.\n\n\
                           Always be polite.\nBilling questions go to @kim.\n";

    fn set(text: &str) -> Directives {
        let files = BTreeMap::from([("company.md".to_owned(), text.to_owned())]);
        crate::directives::files::read_set(&files, chrono::NaiveDate::default()).unwrap()
    }

    #[test]
    fn the_lock_holds_rules_and_no_guidance_and_is_read_back() {
        let lock = of(&set(COMPANY));
        assert!(lock.contains("\ncompany.md\n  Billing questions go to @kim.\n    = "), "{lock}");
        assert!(!lock.contains("polite"), "{lock}");
        assert_eq!(read(&lock), locked(&set(COMPANY)));
    }

    #[test]
    fn a_sentence_that_is_read_otherwise_is_told_with_what_it_was() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(differences(dir.path(), &set(COMPANY), false), []);
        assert_eq!(differences(dir.path(), &set(COMPANY), true).len(), 1);
        let lock = of(&set(COMPANY));
        std::fs::write(dir.path().join(FILE), &lock).unwrap();
        let moved = COMPANY.replace("Always be polite.\n", "");
        assert_eq!(differences(dir.path(), &set(&moved), true), []);
        std::fs::write(dir.path().join(FILE), lock.replace("    = ", "    = Formerly: ")).unwrap();
        let told = differences(dir.path(), &set(COMPANY), false);
        assert_eq!((told.len(), told[0].severity, told[0].line), (1, Severity::Warning, 10), "{told:?}");
        assert!(told[0].message.contains("Formerly: "), "{told:?}");
        let edited = COMPANY.replace("Billing questions", "Order questions");
        let told = differences(dir.path(), &set(&edited), true);
        assert!(told.iter().all(|problem| problem.severity == Severity::Error), "{told:?}");
        assert!(told[0].message.starts_with("1 sentences are new and 1 are gone"), "{told:?}");
    }
}
