//! Why a rule is there: "because …", "so that …", "to avoid …", "for audit reasons". It changes nothing in the rule.

use super::token::{Kind, Token};

/// What introduces a reason.
const MARKERS: &[&str] = &[
    "because", "as this", "as it", "as that", "as they", "as we", "as these", "as those", "since we", "since it",
    "since they", "since that", "since this", "since these", "since those", "since there", "so that", "so we",
    "so nobody", "so no one", "so everyone", "in order to", "to avoid", "to prevent", "to make sure", "to be sure",
    "to keep", "to protect", "to comply", "to ensure", "to limit", "to stay", "to be on the safe side",
    "for compliance reasons", "for audit reasons", "for legal reasons", "for security reasons", "for tax reasons",
    "for safety reasons", "for audit purposes", "for fraud reasons", "for privacy reasons", "for reasons of", "due to",
    "owing to", "given how", "which is why", "that is why", "that way", "even though", "although", "as our auditors",
    "since our", "as our", "as the law", "as required by", "as agreed with", "as per", "by law", "in line with",
    "in accordance with", "per our", "according to our", "thanks to",
];

/// Words with which a part of the rule may begin inside of what looks like a reason.
const RULE_GOES_ON: &[&str] = &[
    "unless", "except", "otherwise", "within", "if", "only", "when", "needs", "need", "must", "may", "never", "without",
];

/// The sentence without its reason; `None` where it has none, or where more than a reason would be cut.
pub fn without(tokens: &[Token]) -> Option<Vec<Token>> {
    let at = (0..tokens.len()).find(|at| MARKERS.iter().any(|marker| stands(tokens, *at, marker)))?;
    if at == 0 {
        let comma = tokens.iter().position(|token| token.is_mark(','))?;
        let rest = &tokens[comma + 1..];
        return (rest.len() > 2).then(|| rest.to_vec());
    }
    let goes_on = tokens[at..].iter().any(|token| RULE_GOES_ON.contains(&token.low.as_str()));
    if goes_on {
        return None;
    }
    let mut end = at;
    while end > 0 && matches!(tokens[end - 1].kind, Kind::Mark(',' | '-' | ';' | '(')) {
        end -= 1;
    }
    (end > 2).then(|| tokens[..end].to_vec())
}

fn stands(tokens: &[Token], at: usize, marker: &str) -> bool {
    marker.split(' ').enumerate().all(|(n, word)| tokens.get(at + n).is_some_and(|token| token.low == word))
}
