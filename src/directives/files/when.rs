//! The "When …" sentence of a playbook → a condition.
//!
//! It is put to the sentence reader as the condition of a route, so that "mentions a refund" means here what it means
//! there. Plain lists of words and topics are read here where the sentence reader has no such form.

use super::names::list_items;
use crate::directives::language::{Outcome, Scope, Sentence, Vocabulary, read};
use crate::directives::rule::Condition;

/// Words in one item of a plain list; a longer item is a sentence that was not understood.
const MAX_WORDS: usize = 4;
const MENTIONS: &[&str] = &["mentions ", "mention ", "says ", "contains "];
const ABOUT: &[&str] = &["is about ", "are about ", "asks about ", "ask about ", "concerns "];

/// The condition, or `None` where the sentence says none that can be told.
pub fn read_when(text: &str, vocabulary: &Vocabulary<'_>) -> Option<Condition> {
    let clause = text.trim_end_matches(['.', ':', ',']).trim();
    let bare = clause.split_once(' ').map(|(_, rest)| rest)?;
    let subjects = ["a request ", "requests ", "the request ", "somebody ", "someone ", "anyone ", "a message ", "it "];
    let said = after(bare, &subjects).unwrap_or(bare);
    let found = |sentence: String| condition_of(&sentence, vocabulary);
    if let Some(words) = after(said, MENTIONS) {
        let read = found(format!("Anything mentioning {words} goes to a human."));
        return read.filter(|when| !when.mentions.is_empty()).or_else(|| plain_list(said));
    }
    // "About orders" is a topic here, also where "order" is a defined term that could be a segment elsewhere.
    if let Some(topics) = after(said, ABOUT) {
        let read = found(format!("Questions about {topics} go to a human."));
        return read.filter(|when| !when.topics.is_empty() && when.segments.is_empty()).or_else(|| plain_list(said));
    }
    found(format!("{clause}, ask a human.")).or_else(|| found(format!("{clause}, it goes to a human.")))
}

fn condition_of(sentence: &str, vocabulary: &Vocabulary<'_>) -> Option<Condition> {
    let sentence = Sentence { text: sentence, scope: Scope::default() };
    let Outcome::Rules(reads) = read(&sentence, vocabulary) else { return None };
    let [only] = reads.as_slice() else { return None };
    only.rule.way().map(|way| way.when).filter(|when| !when.is_empty()).cloned()
}

/// "mentions a bug, an outage or “is down”"; "is about orders".
fn plain_list(said: &str) -> Option<Condition> {
    if let Some(words) = after(said, MENTIONS) {
        return Some(Condition { mentions: items(words)?, ..Condition::default() });
    }
    let topics = items(after(said, ABOUT)?)?.iter().map(|topic| singular(&topic.to_lowercase())).collect();
    Some(Condition { topics, ..Condition::default() })
}

fn items(list: &str) -> Option<Vec<String>> {
    let list = list.replace(", or ", ", ").replace(" or ", ", ");
    let items: Vec<String> = list_items(&list, 0..list.len())
        .into_iter()
        .map(|range| {
            let item = list[range].trim();
            let item = after(item, &["the word ", "a ", "an ", "the "]).unwrap_or(item);
            item.trim_matches(['"', '“', '”', '`']).to_owned()
        })
        .collect();
    let sane = |item: &String| !item.is_empty() && item.split_whitespace().count() <= MAX_WORDS;
    (!items.is_empty() && items.iter().all(sane)).then_some(items)
}

fn singular(word: &str) -> String {
    match word.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => word.strip_suffix('s').filter(|stem| !stem.ends_with(['s', 'u', 'i'])).unwrap_or(word).to_owned(),
    }
}

fn after<'a>(text: &'a str, heads: &[&str]) -> Option<&'a str> {
    heads
        .iter()
        .find_map(|head| text.get(..head.len()).filter(|s| s.eq_ignore_ascii_case(head)).map(|_| &text[head.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_lists_are_words_or_topics() {
        let mentions = |text| plain_list(text).map(|when| when.mentions);
        assert_eq!(
            mentions("mentions a bug, an outage, an error or \"is down\""),
            Some(["bug", "outage", "error", "is down"].map(str::to_owned).to_vec())
        );
        let topics = |text| plain_list(text).map(|when| when.topics);
        assert_eq!(topics("is about Orders and deliveries"), Some(vec!["order".to_owned(), "delivery".to_owned()]));
        assert_eq!(plain_list("looks as if nobody had thought of it"), None);
        assert_eq!(plain_list("mentions something that nobody has ever thought of before"), None);
    }
}
