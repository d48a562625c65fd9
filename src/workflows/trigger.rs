//! Whether a request starts a workflow: by its condition, by the words of its trigger, or by its name.

use crate::directives::matching::words::Words;
use crate::directives::rule::Condition;
use crate::directives::workflow::Workflow;

/// Said with the name, these start it.
const STARTS: &[&str] = &["start", "run", "begin", "launch", "trigger", "kick"];

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

/// "start the onboarding workflow", "workflow onboarding start", "run onboarding for Mia".
pub fn is_named(name: &str, text: &str) -> bool {
    let said = Words::of(text);
    let name = Words::of(&name.replace(['-', '_', '/'], " "));
    let has = |stem: &String| said.stems().contains(stem);
    let starts = STARTS.iter().any(|word| said.contain(word));
    !name.stems().is_empty() && starts && name.stems().iter().all(has)
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
