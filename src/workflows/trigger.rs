//! Whether a request starts a workflow: by its condition, by the words of its trigger, or by its name.

use crate::directives::matching::words::{Words, same_term};
use crate::directives::rule::Condition;
use crate::directives::workflow::Workflow;

/// Said before the name, these start it.
const STARTS: &[&str] = &["start", "begin", "launch", "trigger", "kick", "run"];

/// "workflow onboarding start", "onboarding start for Mia": behind the name only these do, and only where it is said first.
const STARTS_BEHIND: &[&str] = &["start", "begin", "launch"];

/// What a name may be called by.
const KINDS: &[&str] = &["workflow", "process"];

/// Whatever begins with one of these asks.
const ASKS: &[&str] = &[
    "when", "what", "who", "whom", "whose", "where", "why", "how", "which", "does", "did", "is", "are", "was", "were",
    "has",
];

/// Whether `text` starts the workflow. `holds` tells whether its condition holds, as routing reads conditions.
pub fn fits(workflow: &Workflow, text: &str, holds: impl Fn(&Condition) -> bool) -> bool {
    if is_named(&workflow.name, text) {
        return true;
    }
    // What the clock starts, it starts by name; what nothing starts, nothing does.
    if workflow.clock.is_some() || workflow.when.is_empty() {
        return false;
    }
    holds(&workflow.when) || in_other_words(&workflow.when, text)
}

/// "start the onboarding workflow", "workflow onboarding start", "run onboarding for Mia". The word that starts it stands beside the
/// name: "run the refund" asks for a refund, and "run the refund workflow" for the workflow. A question starts nothing.
pub fn is_named(name: &str, text: &str) -> bool {
    if is_question(text) {
        return false;
    }
    let said = Words::of(text);
    let said = said.stems();
    let name = Words::of(&name.replace(['-', '_', '/'], " "));
    let length = name.stems().len();
    length > 0
        && (0..said.len())
            .filter(|at| said[*at..].starts_with(name.stems()))
            .any(|at| is_started(&said[..at], &said[at + length..]))
}

/// Whether what stands around a name starts what it names.
fn is_started(before: &[String], behind: &[String]) -> bool {
    let one_of =
        |word: Option<&String>, list: &[&str]| word.is_some_and(|word| list.iter().any(|one| same_term(one, word)));
    let (kind_before, kind_behind) = (one_of(before.last(), KINDS), one_of(behind.first(), KINDS));
    let before = if kind_before { &before[..before.len() - 1] } else { before };
    let behind = if kind_behind { &behind[1..] } else { behind };
    let called = kind_before || kind_behind;
    let (article, rest) = match before.split_last() {
        Some((last, rest)) if one_of(Some(last), &["the", "a", "an", "our", "another", "new"]) => (true, rest),
        Some(_) | None => (false, before),
    };
    // "kick off the onboarding".
    let rest = match rest.split_last() {
        Some((last, verb)) if last == "off" && one_of(verb.last(), &["kick"]) => verb,
        Some(_) | None => rest,
    };
    let runs = one_of(rest.last(), &["run"]);
    let first = before.is_empty() || before.iter().all(|word| one_of(Some(word), &["please"]));
    one_of(rest.last(), STARTS) && (called || !article || !runs) || first && one_of(behind.first(), STARTS_BEHIND)
}

/// Ends a sentence with a question mark, or begins as a question does. "Could you please start onboarding?" is a polite order.
fn is_question(text: &str) -> bool {
    if is_polite_order(text) {
        return false;
    }
    let ends = |word: &str| word.trim_end_matches(['"', '”', ')', '!', '*', '_', '.']).ends_with('?');
    let addressed = |word: &&str| word.starts_with(['@', '<']);
    let first = text.split_whitespace().find(|word| !addressed(word)).unwrap_or_default();
    let first = first.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    text.split_whitespace().any(ends) || ASKS.contains(&first.as_str())
}

/// The workflow that a text begins with the name of, and what follows; the longest name wins.
pub fn called<'w, 't>(workflows: &'w [Workflow], text: &'t str) -> Option<(&'w Workflow, &'t str)> {
    let text = text.trim();
    let text = after(text, "the").unwrap_or(text);
    let found = workflows.iter().filter_map(|workflow| Some((workflow, after(text, &workflow.name)?)));
    let (workflow, rest) = found.max_by_key(|(workflow, _)| workflow.name.len())?;
    Some((workflow, after(rest, "workflow").unwrap_or(rest)))
}

/// What stands after these words, however they are joined and in whatever case.
fn after<'t>(text: &'t str, words: &str) -> Option<&'t str> {
    let spaced = |text: &str| text.replace(['-', '_', '/'], " ");
    let (start, rest) = text.split_at_checked(words.len())?;
    let ends = !rest.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '/'));
    (ends && spaced(start).eq_ignore_ascii_case(&spaced(words))).then(|| rest.trim_start_matches([' ', ':', ',']))
}

/// A trigger in its own words holds where a request has them all, in any order; a question about it starts nothing.
fn in_other_words(when: &Condition, text: &str) -> bool {
    let only_topics = Condition { topics: when.topics.clone(), ..Condition::default() } == *when;
    if !only_topics || text.contains('?') {
        return false;
    }
    let said = Words::of(text);
    when.topics.iter().any(|topic| {
        let wanted = Words::of(topic);
        wanted.stems().len() > 1 && wanted.stems().iter().all(|stem| said.stems().contains(stem))
    })
}

/// Whether a question is whether somebody would start it: the verb follows at once, so that "can you tell me when …" is none.
fn is_polite_order(text: &str) -> bool {
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let mut words = text.split_whitespace().filter(|word| !word.starts_with(['@', '<'])).map(bare);
    let mut next = || words.find(|word| word != "please");
    next().is_some_and(|word| ["can", "could", "would", "will"].contains(&word.as_str()))
        && next().is_some_and(|word| ["you", "somebody", "someone", "we"].contains(&word.as_str()))
        && next().is_some_and(|word| STARTS.contains(&word.as_str()))
}
