//! The same rule in its other forms: active and passive, noun and gerund, with the condition first and last, terse and polite.
//! Each sentence of a block in `tests/corpus/forms.txt` means what the block's first line, marked with `=`, means.

use std::collections::BTreeMap;

use serde_json::Value;
use workforce::directives::language::{Outcome, Scope, Sentence, Vocabulary, read};
use workforce::directives::rule::{Define, Rule};

use super::corpus::{company, comparable, folder, sorted, today};

/// All readings of a sentence in a form that may be compared; what is wrong with it where it is refused.
fn meaning(text: &str, voc: &Vocabulary<'_>) -> Result<Value, String> {
    match read(&Sentence { text, scope: Scope::default() }, voc) {
        Outcome::Rules(rules) => {
            let each = rules.iter().map(|one| serde_json::to_value(&one.rule).expect("a rule is JSON"));
            Ok(sorted(&each.map(|one| comparable(&one, voc.timezone)).collect()))
        }
        Outcome::Guidance { .. } => Err("guidance".to_owned()),
        Outcome::Refused(findings) => {
            Err(findings.iter().map(|one| one.message.clone()).collect::<Vec<_>>().join("; "))
        }
    }
}

#[test]
fn every_form_of_a_rule_is_read_as_the_plainest_one() {
    let set = company("company");
    let defines: Vec<Define> = set
        .readings
        .iter()
        .filter_map(|reading| match &reading.rule {
            Rule::Define(define) => Some(define.clone()),
            _ => None,
        })
        .collect();
    let voc = Vocabulary::new(&set.roster, &set.catalogue, &defines, &set.roster.timezone, today());
    let text = std::fs::read_to_string(folder().join("forms.txt")).expect("the table of forms");
    let mut plainest = Err("the table begins with the plainest form of a rule".to_owned());
    let mut otherwise = BTreeMap::new();
    let mut forms = 0;
    for line in text.lines().filter(|line| !line.is_empty()) {
        if let Some(first) = line.strip_prefix("= ") {
            plainest = meaning(first, &voc);
            assert!(plainest.is_ok(), "{first}: {plainest:?}");
            continue;
        }
        forms += 1;
        let read = meaning(line, &voc);
        if read != plainest {
            otherwise.insert(line, read);
        }
    }
    assert!(forms > 600, "only {forms} forms");
    assert!(otherwise.is_empty(), "read otherwise: {otherwise:#?}");
}
