//! What starts a workflow, where the sentence is no condition of the usual kinds.

use crate::directives::language::forms::singular;
use crate::directives::language::scan::Reader;
use crate::directives::language::token::{Kind, tokenize};
use crate::directives::language::{Finding, Vocabulary};

/// Says nothing about what happened.
const EMPTY: &[&str] = &[
    "someone", "somebody", "anyone", "anybody", "we", "they", "the", "a", "an", "our", "their", "his", "her", "its",
    "us", "is", "are", "has", "have", "been", "was", "were", "be", "to", "'s", "it", "that", "there", "will", "i",
    "you", "he", "she", "any", "some", "one", "also", "gets", "get", "got", "person", "people",
];

/// "someone joins the company" → "join company": the words that a request must have, in the contract's normal form.
pub fn phrase_of(clause: &str) -> String {
    let words: Vec<String> = tokenize(clause)
        .iter()
        .filter(|token| matches!(token.kind, Kind::Word | Kind::Number) && !EMPTY.contains(&token.low.as_str()))
        .map(|token| singular(&token.low))
        .collect();
    words.join(" ")
}

/// The first hedge of a text: a trigger that holds "usually" starts nothing for certain.
pub fn hedge_in(text: &str, voc: &Vocabulary<'_>) -> Option<Finding> {
    let reader = Reader::new(voc, tokenize(text));
    (0..reader.tokens.len()).find_map(|i| {
        let length = reader.hedge_at(i);
        (length > 0).then(|| reader.hedge_fault(i, i + length))
    })
}
