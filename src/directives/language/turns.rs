//! A sentence in plainer words: idioms of contracts and of offices are turned into what the grammar knows.

use super::token::{Kind, Token};
use super::vocabulary::turns::{
    APPROVALS, APPROVED, BEFORE_APPROVED, HAS_DONE, IS_SO, LIGHT_NOUNS, Near, TURNS, WISHED, WISHES,
};

/// How far behind an idiom the approval that it speaks of may stand.
const REACH: usize = 9;

/// The sentence without its idioms; `None` where there are none.
pub fn plainer(tokens: &[Token]) -> Option<Vec<Token>> {
    let wished = wished(tokens);
    let mut changed = wished.is_some();
    let tokens = wished.as_deref().unwrap_or(tokens);
    let mut plain: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        match turn(tokens, at) {
            Some((length, words)) => {
                let span = tokens[at].span.clone();
                plain.extend(words.split_whitespace().map(|word| Token::new(Kind::Word, span.clone(), word)));
                at += length;
                // "Notwithstanding the above, …"
                at += usize::from(words.is_empty() && plain.is_empty() && is_comma(tokens, at));
                changed = true;
            }
            None => {
                plain.push(tokens[at].clone());
                at += 1;
            }
        }
    }
    changed.then_some(plain)
}

/// The longest idiom that stands here, by its length, and its plain words.
fn turn(tokens: &[Token], at: usize) -> Option<(usize, &'static str)> {
    let known = TURNS.iter().filter_map(|(idiom, plain, near)| {
        let length = stands(tokens, at, idiom)?;
        let fits = match near {
            Near::Anywhere => true,
            Near::Start => at == 0 || is_comma(tokens, at - 1),
            // "Failing over a database" fails nobody's approval.
            Near::Approval => low(tokens, at + length) != "over" && approval_follows(tokens, at + length),
            Near::Duration => (at + length..at + length + 3).any(|next| is_time(low(tokens, next))),
            Near::Time => at > 1 && is_time(&tokens[at - 1].low),
        };
        fits.then_some((length, *plain))
    });
    known
        .chain(light(tokens, at))
        .chain(unless_approved(tokens, at))
        .chain(contracted(tokens, at))
        .max_by_key(|(length, _)| *length)
}

/// "We'd like Joana to approve": she must.
fn wished(tokens: &[Token]) -> Option<Vec<Token>> {
    let clause = |at: usize| at == 0 || is_comma(tokens, at - 1);
    let (at, length) = (0..tokens.len())
        .filter(|at| clause(*at))
        .find_map(|at| WISHES.iter().find_map(|words| stands(tokens, at, words)).map(|length| (at, length)))?;
    let to = (at + length + 1..tokens.len())
        .find(|to| low(tokens, *to) == "to" && WISHED.contains(&low(tokens, *to + 1)))?;
    let must = Token::new(Kind::Word, tokens[to].span.clone(), "must");
    let kept = tokens.iter().enumerate().filter(|(i, _)| *i < at || *i >= at + length);
    Some(kept.map(|(i, token)| if i == to { must.clone() } else { token.clone() }).collect())
}

/// "a shift lead's signed off", "the request's from the returns team".
fn contracted(tokens: &[Token], at: usize) -> Option<(usize, &'static str)> {
    if low(tokens, at) != "'s" || at == 0 {
        return None;
    }
    let next = low(tokens, at + 1);
    if HAS_DONE.contains(&next) {
        Some((1, "has"))
    } else if IS_SO.contains(&next) {
        Some((1, "is"))
    } else {
        None
    }
}

/// "the issuance of".
fn light(tokens: &[Token], at: usize) -> Option<(usize, &'static str)> {
    let noun = at + usize::from(low(tokens, at) == "the");
    let length = LIGHT_NOUNS.iter().find_map(|noun_words| stands(tokens, noun, noun_words))?;
    (low(tokens, noun + length) == "of").then_some((noun + length + 1 - at, ""))
}

/// "unless previously countersigned by" asks for an approval.
fn unless_approved(tokens: &[Token], at: usize) -> Option<(usize, &'static str)> {
    if !matches!(low(tokens, at), "unless" | "until") {
        return None;
    }
    let mut next = at + 1;
    while let Some(length) = BEFORE_APPROVED.iter().filter_map(|words| stands(tokens, next, words)).max() {
        next += length;
    }
    next += APPROVED.iter().filter_map(|words| stands(tokens, next, words)).max()?;
    while let Some(length) = BEFORE_APPROVED.iter().filter_map(|words| stands(tokens, next, words)).max() {
        next += length;
    }
    (low(tokens, next) == "by").then_some((next + 1 - at, "without approval from"))
}

fn approval_follows(tokens: &[Token], from: usize) -> bool {
    let said = |token: &Token| APPROVALS.contains(&token.low.as_str()) || token.low == "sign" || token.low == "go";
    tokens.iter().skip(from).take(REACH).take_while(|token| !token.is_mark(',')).any(said)
}

fn is_time(word: &str) -> bool {
    let unit = word.strip_suffix('s').unwrap_or(word);
    matches!(unit, "minute" | "hour" | "day" | "week" | "month")
}

fn is_comma(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).is_some_and(|token| token.is_mark(','))
}

fn low(tokens: &[Token], at: usize) -> &str {
    tokens.get(at).map_or("", |token| token.low.as_str())
}

/// How many tokens the words take, if they stand here.
fn stands(tokens: &[Token], at: usize, words: &str) -> Option<usize> {
    let mut length = 0;
    for word in words.split(' ') {
        if low(tokens, at + length) != word {
            return None;
        }
        length += 1;
    }
    Some(length)
}
