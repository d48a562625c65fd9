//! Actions as a person would write them: "refunds", "changing production", "reply to tickets"; always with the tool's name.

use crate::directives::language::forms::{doing, stem};
use crate::directives::language::vocabulary::synonyms::{LIGHT_VERBS, READ_VERBS, SAME_ACT};
use crate::directives::rule::ToolPattern;

use super::names::any;

/// An action phrase in the forms that the canonical wordings need.
pub struct Act {
    /// As a subject: "Refunds (`billing.refund`)", "Changing production (`deploy.apply`)", "`deploy.apply`".
    pub subject: String,
    /// Whether the subject takes a verb in the plural.
    pub many: bool,
    /// After "may", "never" and "to": "run refunds (`billing.refund`)", "change production (`deploy.apply`)".
    pub verb: String,
}

pub fn act(text: &str, tools: &[ToolPattern]) -> Act {
    let codes = any(&tools.iter().map(|tool| format!("`{}`", tool.0)).collect::<Vec<_>>());
    let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
    let plain = words.iter().all(|word| word.chars().all(char::is_alphabetic) && !matches!(*word, "in" | "and" | "or"));
    let Some((first, rest)) = words.split_first().filter(|_| plain && words.len() < 7) else {
        return Act { many: false, verb: format!("use {codes}"), subject: codes };
    };
    let tail: String = rest.iter().map(|word| format!(" {word}")).collect();
    if let Some(verb) = verb(first, tools).filter(|verb| *verb != *first || !rest.is_empty() || is_local(first, tools))
    {
        return Act {
            subject: format!("{}{tail} ({codes})", doing(&verb)),
            many: false,
            verb: format!("{verb}{tail} ({codes})"),
        };
    }
    // The head of "changes to production" is "changes".
    let head = words.iter().position(|w| matches!(*w, "to" | "of" | "for" | "from" | "with")).unwrap_or(words.len());
    let many = head > 0 && words[head - 1].ends_with('s') && !words[head - 1].ends_with("ss");
    Act { subject: format!("{text} ({codes})"), many, verb: format!("run {text} ({codes})") }
}

fn is_local(word: &str, tools: &[ToolPattern]) -> bool {
    tools.iter().any(|tool| tool.0.rsplit('.').next().is_some_and(|local| local.split('_').any(|part| part == word)))
}

/// The base form of a word that stands for doing something; `None` for a noun, such as the licence of `licences.order`.
fn verb(word: &str, tools: &[ToolPattern]) -> Option<String> {
    let does: Vec<&str> = tools.iter().filter_map(|tool| tool.0.rsplit('.').next()?.split('_').next()).collect();
    let alike = SAME_ACT.iter().filter(|group| group.iter().any(|act| does.contains(act))).copied().flatten();
    let known = || alike.clone().chain(LIGHT_VERBS).chain(READ_VERBS).copied().chain(does.iter().copied());
    if known().any(|base| base == word) {
        return Some(word.to_owned());
    }
    if !word.ends_with("ing") {
        return None;
    }
    let same = |base: &&str| stem(base) == stem(word) && !base.contains(' ');
    known().find(same).map(str::to_owned).filter(|base| forms_meet(base, word))
}

fn forms_meet(base: &str, gerund: &str) -> bool {
    crate::directives::language::forms::forms_of(base).iter().any(|form| form == gerund)
}
