//! The normal form of topics.

use super::forms::singular;
use super::scan::Reader;
use super::vocabulary::topics::DROPPED;

/// The normal form of a topic: lower case, singular, without "question", "request", "issue".
pub fn normal(reader: &Reader<'_>, from: usize, to: usize) -> Option<Vec<String>> {
    let mut words: Vec<String> = Vec::new();
    for j in from..to {
        let low = reader.low(j);
        match words.last_mut() {
            Some(last) if reader.tokens[j].hyphen => {
                last.push('-');
                last.push_str(low);
            }
            _ if matches!(low, "the" | "a" | "an" | "my" | "our" | "please") => {}
            _ => words.push(low.to_owned()),
        }
    }
    normal_words(&mut words);
    (!words.is_empty()).then_some(words)
}

/// See [`normal`]; in place.
pub fn normal_words(words: &mut Vec<String>) {
    let last = words.last().map(|word| singular(word)).unwrap_or_default();
    if DROPPED.contains(&last.as_str()) {
        words.pop();
    } else if words.len() > 2
        && DROPPED.contains(&singular(&words[0]).as_str())
        && matches!(words[1].as_str(), "for" | "about" | "on" | "with" | "of" | "to")
    {
        words.drain(..2);
    }
    // The head of "password resets for customers" is "reset".
    let head = words
        .iter()
        .position(|word| matches!(word.as_str(), "of" | "for" | "to" | "with" | "on"))
        .unwrap_or(words.len());
    if head > 0 && head < words.len() {
        words[head - 1] = singular(&words[head - 1]);
    }
    if let Some(last) = words.last_mut() {
        *last = singular(last);
    }
    words.retain(|word| word != "'s");
}
