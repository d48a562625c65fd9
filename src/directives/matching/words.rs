//! How words are compared: by stem, quoted ones exactly.

use std::collections::BTreeMap;

use rust_stemmers::{Algorithm, Stemmer};
use unicode_normalization::UnicodeNormalization as _;

use crate::directives::{Directives, rule::Rule};

/// How deep a definition may lean on other definitions before the reader stops following it.
const MAX_DEFINITION_DEPTH: usize = 4;

/// A text cut into words once, so that many phrases can be looked for in it.
#[derive(Debug, Clone)]
pub struct Words {
    stems: Vec<String>,
    plain: String,
}

impl Words {
    pub fn of(text: &str) -> Self {
        let plain = folded(text);
        let stemmer = Stemmer::create(Algorithm::English);
        let stems = plain
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .map(|word| stemmer.stem(word).into_owned())
            .collect();
        Self { stems, plain }
    }

    pub fn stems(&self) -> &[String] {
        &self.stems
    }

    /// Whether `phrase` occurs: its words next to each other by stem, or letter by letter where it is quoted.
    pub fn contain(&self, phrase: &str) -> bool {
        if let Some(exact) = unquoted(phrase) {
            return self.contain_exactly(&folded(exact));
        }
        let wanted = Self::of(phrase).stems;
        !wanted.is_empty() && self.stems.windows(wanted.len()).any(|window| window == wanted.as_slice())
    }

    /// The text itself with whole words at both ends: "legal" is not in "illegal".
    fn contain_exactly(&self, exact: &str) -> bool {
        let is_word = |c: char| c.is_alphanumeric();
        !exact.is_empty()
            && self.plain.match_indices(exact).any(|(at, found)| {
                let before = self.plain[..at].chars().next_back();
                let after = self.plain[at + found.len()..].chars().next();
                let open = !before.is_some_and(is_word) || !exact.starts_with(is_word);
                let close = !after.is_some_and(is_word) || !exact.ends_with(is_word);
                open && close
            })
    }
}

/// Whether two terms are the same by stem.
pub fn same_term(left: &str, right: &str) -> bool {
    let (left, right) = (Words::of(left).stems, Words::of(right).stems);
    !left.is_empty() && left == right
}

/// Compatibility forms and letter case make no other word.
fn folded(text: &str) -> String {
    text.nfkc().collect::<String>().to_lowercase()
}

fn unquoted(phrase: &str) -> Option<&str> {
    let phrase = phrase.trim();
    [('"', '"'), ('“', '”'), ('„', '“'), ('«', '»')]
        .into_iter()
        .find_map(|(open, close)| phrase.strip_prefix(open)?.strip_suffix(close))
}

/// What the company's words mean: term → the words that it stands for.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    /// By the term's stems joined with a blank.
    means: BTreeMap<String, Vec<String>>,
}

impl Terms {
    pub fn of(directives: &Directives) -> Self {
        let mut means: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for reading in &directives.readings {
            if let Rule::Define(define) = &reading.rule {
                means.entry(key(&define.term)).or_default().extend(define.means.iter().cloned());
            }
        }
        Self { means }
    }

    /// The term itself and everything that it stands for, definitions of definitions included.
    pub fn expand(&self, term: &str) -> Vec<String> {
        let mut all = vec![term.to_owned()];
        let mut next = 0;
        for _ in 0..MAX_DEFINITION_DEPTH {
            let end = all.len();
            for at in next..end {
                for meaning in self.means.get(&key(&all[at])).into_iter().flatten() {
                    if !all.contains(meaning) {
                        all.push(meaning.clone());
                    }
                }
            }
            next = end;
        }
        all
    }

    /// Whether `narrow` is `wide` itself or one of the things that it stands for.
    pub fn inside(&self, narrow: &str, wide: &str) -> bool {
        self.expand(wide).iter().any(|term| same_term(term, narrow))
    }
}

fn key(term: &str) -> String {
    Words::of(term).stems.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_by_stem_and_quoted_ones_exactly() {
        let text = Words::of("The customer's lawyers are Suing us; two refunds, please. It is illegal!");
        for found in ["refund", "lawyer", "suing", "customer", "two refunds", "“illegal”", "\"suing us\""] {
            assert!(text.contain(found), "{found}");
        }
        for absent in ["legal", "“legal”", "“refund”", "refund two", "", "\"\""] {
            assert!(!text.contain(absent), "{absent}");
        }
    }
}
