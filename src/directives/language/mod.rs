//! The sentence reader and the paraphraser: one sentence in, its typed rules (or guidance, or what is wrong with it) out.
//!
//! The way of a sentence: tokens with byte spans → typed phrases, resolved against roster and catalogue → patterns that
//! yield *all* readings, scored → exactly one, or an error that shows both → a typed rule. Every word of a rule must be
//! accounted for by a pattern; a word that nothing accounts for is never skipped, because it may be the one that matters.
//!
//! Absent here: files, positions in files, clocks, models, regular expressions.

mod actions;
mod believed;
mod beside;
mod build;
mod build_care;
mod build_gates;
mod calendar;
mod clauses;
mod clock_time;
mod counts;
mod define;
mod forms;
mod grammar;
mod guards;
mod halves;
mod index;
mod narrow;
mod nearest;
mod nobody;
mod numbers;
mod paraphrase;
mod passives;
mod pattern_set;
mod quantities;
mod reasons;
mod recur;
mod scan;
mod schedule;
mod scope;
pub mod steps;
#[cfg(test)]
mod tests;
mod times;
mod token;
mod tools;
mod topic_form;
mod topics;
mod totals;
mod turns;
mod values;
mod verdict;
mod vocabulary;
mod workers;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Mutex;

use crate::catalogue::Catalogue;
use crate::roster::Roster;
use crate::workers::WorkerRef;

pub use super::diagnostics::Severity;
use super::rule::{Define, Rule};
pub use paraphrase::paraphrase;
pub use verdict::scoped;

/// One sentence, or a list item that may be a fragment: no trailing newline, soft breaks already single spaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence<'a> {
    pub text: &'a str,
    pub scope: Scope<'a>,
}

/// Where the sentence stands, as far as that changes what it means.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope<'a> {
    /// The id of the role whose file this is.
    pub role: Option<&'a str>,
    /// The nearest heading that names something; a page's title never scopes.
    pub heading: Option<Heading>,
    /// The introducing sentence that ends with a colon, where this is an item of its list.
    pub bullet_of: Option<&'a str>,
}

/// What a heading names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heading {
    Worker(WorkerRef),
    /// With its `#`.
    Channel(String),
    /// In the contract's normal form, see [`heading`].
    Topic(String),
}

/// Everything that a sentence may refer to. Built once per set of files; the index of names is part of it.
#[derive(Debug)]
pub struct Vocabulary<'a> {
    pub roster: &'a Roster,
    pub catalogue: &'a Catalogue,
    /// From a first pass with [`read_define`].
    pub defines: &'a [Define],
    /// The company's IANA time zone.
    pub timezone: &'a str,
    pub today: chrono::NaiveDate,
    index: index::Index,
    /// What headings name: each stands over many sentences.
    headings: Mutex<HashMap<String, Option<Heading>>>,
}

/// How a sentence was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// One entry per rule, in the order of the sentence.
    Rules(Vec<Read>),
    /// No rule. `ban_like`: shaped like a ban that binds no tool; listed as "guidance, not enforced".
    Guidance { who: Vec<WorkerRef>, ban_like: bool },
    /// Looks like a rule but cannot be enforced; at least one finding is an error.
    Refused(Vec<Finding>),
}

/// One rule of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    pub rule: Rule,
    /// Byte offset in the sentence's text where this rule starts.
    pub offset: usize,
    /// Warnings.
    pub findings: Vec<Finding>,
}

/// What is wrong with a sentence, by byte span in its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub severity: Severity,
    /// Stable and short: `unknown-worker`, `hedge`, `ambiguous-tool`.
    pub code: &'static str,
    pub span: Range<usize>,
    pub message: String,
    pub help: Option<String>,
    /// The nearest sentence that would be read, where one is known that is no looser.
    pub suggestion: Option<String>,
}

impl<'a> Vocabulary<'a> {
    /// Builds the index of all names once.
    pub fn new(
        roster: &'a Roster,
        catalogue: &'a Catalogue,
        defines: &'a [Define],
        timezone: &'a str,
        today: chrono::NaiveDate,
    ) -> Self {
        let index = index::Index::new(roster, catalogue, defines);
        Self { roster, catalogue, defines, timezone, today, index, headings: Mutex::default() }
    }
}

/// Reads one sentence.
pub fn read(sentence: &Sentence<'_>, vocabulary: &Vocabulary<'_>) -> Outcome {
    let text = sentence.text.trim();
    let shift = sentence.text.len() - sentence.text.trim_start().len();
    let outcome = match read_trimmed(text, &sentence.scope, vocabulary) {
        Outcome::Refused(mut findings) => {
            let nearest = nearest::nearest(text, &sentence.scope, &findings, vocabulary);
            if let Some(first) = findings.iter_mut().find(|one| one.severity == Severity::Error) {
                first.suggestion = nearest;
            }
            Outcome::Refused(findings)
        }
        other => other,
    };
    if shift == 0 { outcome } else { shifted(outcome, shift) }
}

fn read_trimmed(text: &str, scope: &Scope<'_>, vocabulary: &Vocabulary<'_>) -> Outcome {
    if let Some(pair) = define::pair(text) {
        return defined_twice(text, pair, vocabulary);
    }
    if let Some(defined) = define::define(text)
        && !define::names_worker(text, vocabulary)
    {
        return match defined {
            Ok(define) => {
                let unknown = define::unknown_tools(&define, text, vocabulary);
                if !unknown.is_empty() {
                    return Outcome::Refused(unknown);
                }
                let read = Read { rule: Rule::Define(define), offset: 0, findings: Vec::new() };
                Outcome::Rules(vec![read])
            }
            Err(finding) => Outcome::Refused(vec![finding]),
        };
    }
    // An introduction says nothing without its list.
    if text.ends_with(':') {
        return Outcome::Guidance { who: verdict::addressed(scope), ban_like: false };
    }
    let mut refused = None;
    let mut guidance = None;
    for tokens in wordings(text) {
        for list in scope::attempts_of(&tokens.list, scope, vocabulary) {
            match verdict::read_tokens(vocabulary, list, scope) {
                Outcome::Rules(rules) => return Outcome::Rules(rules),
                other @ Outcome::Refused(_) => refused = refused.or(Some(other)),
                other @ Outcome::Guidance { .. } if tokens.as_written => guidance = Some(other),
                Outcome::Guidance { .. } => {}
            }
        }
    }
    refused.or(guidance).unwrap_or(Outcome::Guidance { who: Vec::new(), ban_like: false })
}

/// "A disclosure means `vault.reveal`, and a disposal means `backups.purge`."
fn defined_twice(text: &str, pair: [(Define, usize); 2], vocabulary: &Vocabulary<'_>) -> Outcome {
    let unknown: Vec<Finding> =
        pair.iter().flat_map(|(define, _)| define::unknown_tools(define, text, vocabulary)).collect();
    if !unknown.is_empty() {
        return Outcome::Refused(unknown);
    }
    let read = |(define, offset)| Read { rule: Rule::Define(define), offset, findings: Vec::new() };
    Outcome::Rules(pair.map(read).into())
}

/// The tokens of a sentence, or of what it says in other words.
struct Wording {
    list: Vec<token::Token>,
    as_written: bool,
}

/// The sentence without its idioms, as it is written, and without its reason: why a rule is there changes nothing in it.
fn wordings(text: &str) -> Vec<Wording> {
    let written = token::tokenize(text);
    let plain = turns::plainer(&written);
    let without = |list: &[token::Token]| reasons::without(list).map(|list| Wording { list, as_written: false });
    let unreasoned = [without(&written), plain.as_deref().and_then(without)];
    let mut all: Vec<Wording> = plain.into_iter().map(|list| Wording { list, as_written: false }).collect();
    all.push(Wording { list: written, as_written: true });
    all.extend(unreasoned.into_iter().flatten());
    all
}

fn shifted(outcome: Outcome, by: usize) -> Outcome {
    let move_all = |findings: Vec<Finding>| {
        findings.into_iter().map(|f| Finding { span: f.span.start + by..f.span.end + by, ..f }).collect::<Vec<_>>()
    };
    match outcome {
        Outcome::Rules(rules) => Outcome::Rules(
            rules.into_iter().map(|r| Read { offset: r.offset + by, findings: move_all(r.findings), ..r }).collect(),
        ),
        Outcome::Refused(findings) => Outcome::Refused(move_all(findings)),
        Outcome::Guidance { who, ban_like } => Outcome::Guidance { who, ban_like },
    }
}

/// The first pass: the terms that this sentence defines, if it is a definition that can be read.
pub fn read_define(sentence: &Sentence<'_>, _catalogue: &Catalogue) -> Vec<Define> {
    let text = sentence.text.trim();
    match define::pair(text) {
        Some(pair) => pair.into_iter().map(|(define, _)| define).collect(),
        None => define::define(text).and_then(Result::ok).into_iter().collect(),
    }
}

/// What a heading names: a worker, a channel, or else a topic in normal form; `None` for an empty one.
pub fn heading(text: &str, vocabulary: &Vocabulary<'_>) -> Option<Heading> {
    if let Ok(known) = vocabulary.headings.lock()
        && let Some(named) = known.get(text)
    {
        return named.clone();
    }
    let named = scope::heading(text, vocabulary);
    if let Ok(mut known) = vocabulary.headings.lock() {
        known.insert(text.to_owned(), named.clone());
    }
    named
}
