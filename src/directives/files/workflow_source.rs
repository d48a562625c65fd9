//! A trigger that names a way in: "a webhook from hris arrives", "the onboarding form is sent".

use crate::directives::rule::{Condition, Source};

const HOOKS: &[&str] = &["webhook", "webhooks", "hook"];
const FORMS: &[&str] = &["form", "forms"];
/// Between the hook and its name.
const OF: &[&str] = &["from", "of", "by", "named", "called", "for"];
/// What it does; nothing else may stand around hook and name.
const DOES: &[&str] = &[
    "arrives", "arrive", "comes", "come", "in", "fires", "fire", "is", "are", "gets", "get", "received", "called",
    "delivered", "delivers", "delivery", "sends", "sent", "calls", "triggers", "triggered", "something", "anything",
    "us", "through", "via", "over", "on", "posts", "message", "event", "request", "there", "whenever",
];
/// What somebody does with a form.
const FILLED: &[&str] = &["sent", "submitted", "filled", "completed", "handed", "arrives", "comes", "received"];
const ARTICLES: &[&str] = &["a", "an", "the", "new", "our", "some"];

/// The way in, where the clause says nothing else.
pub fn way_in(clause: &str) -> Option<Condition> {
    let words: Vec<&str> = clause
        .split_whitespace()
        .map(|word| word.trim_matches([',', '.', ':', '"', '“', '”', '`', '\'']))
        .filter(|word| !word.is_empty() && !is(ARTICLES, word))
        .collect();
    by_hook(&words).or_else(|| by_form(&words))
}

fn by_hook(words: &[&str]) -> Option<Condition> {
    let at = words.iter().position(|word| is(HOOKS, word))?;
    let of = |i: usize| words.get(i).is_some_and(|word| is(OF, word));
    // "webhook from hris", "webhook hris"; else "hris webhook".
    let after = if of(at + 1) { at + 2 } else { at + 1 };
    let named_after = words.get(after).is_some_and(|word| !is(DOES, word) || of(at + 1));
    let (name, from, to) = match (named_after, at.checked_sub(1)) {
        (true, _) => (after, at, after),
        (false, Some(before)) if !is(DOES, words[before]) && !is(OF, words[before]) => (before, before, at),
        (false, _) => return None,
    };
    let rest = words[..from].iter().chain(&words[to + 1..]);
    let name = words[name];
    let plain = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
    let says_no_more = rest.clone().all(|word| is(DOES, word) || is(OF, word));
    (plain && says_no_more)
        .then(|| Condition { source: Some(Source::Webhook(name.to_owned())), ..Condition::default() })
}

fn by_form(words: &[&str]) -> Option<Condition> {
    let at = words.iter().position(|word| is(FORMS, word))?;
    let (about, done) = (&words[..at], &words[at + 1..]);
    let tail = |word: &&str| is(FILLED, word) || is(&["is", "are", "gets", "in", "out", "off"], word);
    if about.len() > 2 || !done.iter().any(|word| is(FILLED, word)) || !done.iter().all(tail) {
        return None;
    }
    let topics = if about.is_empty() { Vec::new() } else { vec![about.join(" ").to_lowercase()] };
    Some(Condition { source: Some(Source::Form), topics, ..Condition::default() })
}

fn is(list: &[&str], word: &str) -> bool {
    list.iter().any(|known| known.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_in_is_named_in_several_ways() {
        let source = |text: &str| way_in(text).map(|when| (String::from(when.source.unwrap()), when.topics));
        for text in [
            "a webhook from hris arrives",
            "the hris webhook fires",
            "the webhook `hris` is called",
            "a webhook from hris comes in",
            "something arrives through the webhook hris",
            "the hris hook delivers something",
        ] {
            assert_eq!(source(text), Some(("webhook:hris".to_owned(), vec![])), "{text}");
        }
        assert_eq!(source("the onboarding form is sent in"), Some(("form".to_owned(), vec!["onboarding".to_owned()])));
        assert_eq!(source("a form is submitted"), Some(("form".to_owned(), vec![])));
        for text in [
            "someone joins the company",
            "a webhook arrives",
            "the hris webhook says that somebody was hired",
            "the form is wrong",
            "a webhook from hris mentions a contract",
            "a customer asks for the form",
        ] {
            assert_eq!(way_in(text), None, "{text}");
        }
    }
}
