//! Definitions: "By billing we mean …", "A refund means `billing.refund`; its amount is `amount_cents` in cents of USD."

use super::forms::singular;
use super::grammar::Slot;
use super::quantities::unknown_code;
use super::scan::Reader;
use super::token::{Kind, Token, tokenize};
use super::values::error;
use super::vocabulary::words::CURRENCY_WORDS;
use super::{Finding, Vocabulary};
use crate::directives::rule::{AmountArgument, AmountUnit, Define, ToolPattern};

/// A definition, or what is wrong with one; `None` where the sentence defines nothing.
pub fn define(text: &str) -> Option<Result<Define, Finding>> {
    let tokens = tokenize(text);
    let (term, rest) = head(&tokens)?;
    if term.is_empty() {
        return None;
    }
    let term_words = normal_term(&tokens[term.clone()]);
    if term_words.is_empty() {
        return None;
    }
    let body = &tokens[rest..];
    if body.is_empty() {
        return None;
    }
    if matches!(
        body.iter()
            .find(|t| !matches!(
                t.low.as_str(),
                "a" | "the" | "tool" | "to" | "call" | "calling" | "use" | "using" | "of" | "calls" | "any"
            ))
            .map(|t| &t.kind),
        Some(Kind::Code(_))
    ) {
        return tools(term_words, body);
    }
    let means = list(body);
    (!means.is_empty()).then(|| Ok(Define { term: term_words, means, tools: Vec::new(), amount: None }))
}

/// Two definitions of actions in one sentence, each with the byte where it starts.
pub fn pair(text: &str) -> Option<[(Define, usize); 2]> {
    let tokens = tokenize(text);
    let codes = tokens.iter().filter(|token| matches!(token.kind, Kind::Code(_))).count();
    if codes < 2 {
        return None;
    }
    let action = |part: &str| define(part)?.ok().filter(|define| !define.tools.is_empty());
    (1..tokens.len().saturating_sub(2)).find_map(|cut| {
        let joint = matches!(tokens[cut].kind, Kind::Mark(',' | ';')) || tokens[cut].low == "and";
        let next = cut + 1 + usize::from(tokens[cut + 1].low == "and");
        let start = tokens.get(next).filter(|_| joint)?.span.start;
        let second = action(&text[start..])?;
        Some([(action(&text[..tokens[cut].span.start])?, 0), (second, start)])
    })
}

/// "Finance covers refunds and invoices" is about a worker, whatever it looks like.
pub fn names_worker(text: &str, vocabulary: &Vocabulary<'_>) -> bool {
    let tokens = tokenize(text);
    let weak = tokens.iter().take(5).any(|t| matches!(t.low.as_str(), "covers" | "includes" | "comprises"));
    if !weak {
        return false;
    }
    let reader = Reader::new(vocabulary, tokens);
    reader.slot(Slot::To, 0).iter().any(|s| s.faults.is_empty())
}

/// An error for each tool that a definition names and nobody knows.
pub fn unknown_tools(define: &Define, text: &str, vocabulary: &Vocabulary<'_>) -> Vec<Finding> {
    let reader = Reader::new(vocabulary, tokenize(text));
    (0..reader.tokens.len())
        .filter_map(|i| match &reader.tokens[i].kind {
            Kind::Code(code) if define.tools.iter().any(|tool| tool.0 == *code) => unknown_code(&reader, code, i),
            _ => None,
        })
        .collect()
}

/// "By X we mean", "When we say X we mean", "With X we mean".
const LEADS: &[&[&str]] = &[
    &["by"],
    &["with"],
    &["when", "we", "say"],
    &["when", "i", "say"],
    &["if", "i", "say"],
    &["if", "we", "say"],
    &["when", "we", "write"],
    &["when", "we", "speak", "of"],
    &["when", "we", "talk", "about"],
    &["under"],
    &["when", "these", "rules", "say"],
    &["when", "these", "directives", "say"],
    &["when", "this", "page", "says"],
    &["where", "these", "rules", "say"],
    &["when", "someone", "says"],
    &["when", "you", "read"],
    &["if", "you", "read"],
    &["if", "these", "rules", "say"],
    &["wherever", "these", "rules", "say"],
    &["wherever", "we", "say"],
];

const MEANT: &[&[&str]] = &[
    &["we", "mean"],
    &["is", "meant"],
    &["are", "meant"],
    &["i", "mean"],
    &["that", "is"],
    &["that", "means"],
    &["it", "means"],
    &["this", "means"],
    &["think", "of"],
    &["we", "understand"],
    &["you", "should", "understand"],
    &["shall", "be", "meant"],
    &["should", "be", "understood"],
    &["is", "understood"],
    &["we", "refer", "to"],
    &["is", "to", "be", "understood"],
];

/// "X means …".
const MEANS: &[&[&str]] = &[
    &["shall", "mean"],
    &["means"],
    &["mean"],
    &["stands", "for"],
    &["stand", "for"],
    &["refers", "to"],
    &["refer", "to"],
    &["is", "short", "for"],
    &["is", "defined", "as"],
    &["are", "defined", "as"],
    &["is", "what", "we", "call"],
    &["is", "our", "word", "for"],
    &["is", "the", "tool"],
    &["is", "done", "with"],
    &["is", "done", "by"],
    &["is", "made", "with"],
    &["is", "a", "call", "to"],
    &["is", "a", "call", "of"],
    &["is", "our", "name", "for"],
    &["covers"],
    &["includes"],
    &["comprises"],
    &["is", "carried", "out", "by"],
    &["is", "carried", "out", "with"],
    &["translates", "to"],
    &["denotes"],
    &["shall", "mean"],
    &["shall", "denote"],
    &["denote"],
    &["is", "to", "denote"],
    &["shall", "refer", "to"],
    &["is", "deemed", "to", "mean"],
    &["signifies"],
    &["shall", "be", "understood", "as"],
    &["shall", "be", "read", "as"],
    &["is", "to", "be", "read", "as"],
    &["shall", "have", "the", "meaning"],
    &["is", "understood", "to", "mean"],
    &["is", "taken", "to", "mean"],
    &["should", "be", "read", "as"],
    &["is", "another", "word", "for"],
    &["is", "shorthand", "for"],
    &["is", "understood", "as"],
    &["has", "the", "meaning"],
    &["is", "to", "mean"],
    &["always", "means"],
    &["is", "used", "for"],
];

/// Where `words` stand, from a place on.
fn find(tokens: &[Token], words: &[&str], from: usize) -> Option<usize> {
    (from..tokens.len()).find(|i| words.iter().enumerate().all(|(n, word)| low(tokens, i + n) == *word))
}

fn low(tokens: &[Token], i: usize) -> &str {
    tokens.get(i).map_or("", |token| token.low.as_str())
}

/// "For the purposes of these directives, by leave we mean …".
fn preamble(tokens: &[Token]) -> usize {
    let comma = tokens.iter().take(9).position(|token| token.is_mark(','));
    let opens = matches!(
        (low(tokens, 0), low(tokens, 1)),
        ("for", "the" | "our" | "purposes") | ("in", "these" | "this" | "our" | "what") | ("throughout" | "within", _)
    );
    comma.filter(|_| opens).map_or(0, |comma| comma + 1)
}

/// (tokens of the term, where the meaning starts).
fn head(all: &[Token]) -> Option<(std::ops::Range<usize>, usize)> {
    let skipped = preamble(all);
    let (term, rest) = bare_head(&all[skipped..])?;
    Some((term.start + skipped..term.end + skipped, rest + skipped))
}

fn bare_head(tokens: &[Token]) -> Option<(std::ops::Range<usize>, usize)> {
    for lead in LEADS.iter().filter(|lead| find(&tokens[..tokens.len().min(lead.len())], lead, 0) == Some(0)) {
        if let Some((at, phrase)) = MEANT.iter().find_map(|phrase| Some((find(tokens, phrase, lead.len())?, phrase))) {
            let end = at - usize::from(tokens[at - 1].is_mark(','));
            let colon = usize::from(tokens.get(at + phrase.len()).is_some_and(|token| token.is_mark(':')));
            return Some((lead.len()..end, at + phrase.len() + colon));
        }
    }
    let start = usize::from(matches!(low(tokens, 0), "a" | "an" | "the" | "our"))
        + usize::from(matches!(low(tokens, 0), "the") && matches!(low(tokens, 1), "word" | "term"));
    let plain = MEANS.iter().find_map(|phrase| {
        let at = find(tokens, phrase, start + 1).filter(|at| *at <= start + 4)?;
        defines(tokens, start, at, phrase).then(|| (start..at, at + phrase.len()))
    });
    if plain.is_some() {
        return plain;
    }
    // "A refund is `billing.refund`".
    let at = find(tokens, &["is"], start + 1).filter(|at| *at <= start + 3)?;
    matches!(tokens.get(at + 1).map(|t| &t.kind), Some(Kind::Code(_))).then(|| (start..at, at + 1))
}

/// Whether the words from `start` to `at` are a term, and what follows `phrase` is its meaning rather than a remark.
fn defines(tokens: &[Token], start: usize, at: usize, phrase: &[&str]) -> bool {
    let weak = matches!(phrase[0], "covers" | "includes" | "comprises") || phrase == ["is", "done", "by"];
    let code = tokens[at..].iter().any(|t| matches!(t.kind, Kind::Code(_)));
    let of_words = tokens[start..at].iter().all(|t| t.is_word() || matches!(t.kind, Kind::Quote(_)));
    let quoted_term = matches!(tokens[start].kind, Kind::Quote(_));
    let list = tokens[at..].iter().any(|t| t.is_mark(',') || t.low == "and");
    let free = !tokens[start..at].iter().any(|t| matches!(t.low.as_str(), "and" | "or" | "if" | "when" | "not"));
    let figures = tokens.iter().any(|t| matches!(t.kind, Kind::Number | Kind::Date(..) | Kind::Handle(_)));
    let listed = weak && !code && list && !figures && at == start + 1 && phrase.len() == 1;
    let rest = at + phrase.len();
    let pronoun = rest + 1 == tokens.len()
        && matches!(low(tokens, rest), "it" | "that" | "this" | "them" | "so" | "nothing" | "well");
    let names_nothing = matches!(
        low(tokens, start),
        "it" | "this" | "that" | "which" | "what" | "no" | "if" | "when" | "nobody" | "silence" | "mention"
    );
    free && !pronoun && of_words && (!weak || code || quoted_term || listed) && !names_nothing
}

fn normal_term(tokens: &[Token]) -> String {
    let words: Vec<String> = tokens
        .iter()
        .filter(|t| !matches!(t.low.as_str(), "a" | "an" | "the" | "word" | "term" | "to"))
        .fold(Vec::new(), |mut words: Vec<String>, t| {
            let word = match &t.kind {
                Kind::Quote(text) => text.to_lowercase(),
                _ => t.low.clone(),
            };
            // "month-end" is one word.
            match words.last_mut().filter(|_| t.hyphen && t.glued) {
                Some(last) => last.push_str(&format!("-{word}")),
                None => words.push(word),
            }
            words
        });
    let mut words = words;
    if let Some(last) = words.last_mut() {
        *last = singular(last);
    }
    words.join(" ")
}

/// The meanings as a list, lower case and in the singular; proper names keep their capitals.
fn list(body: &[Token]) -> Vec<String> {
    let mut means: Vec<Vec<&Token>> = vec![Vec::new()];
    for (i, token) in body.iter().enumerate() {
        let joint = token.is_mark(',') || token.is_mark(';') || matches!(token.low.as_str(), "and" | "or");
        let anything = i < 3
            && matches!(
                token.low.as_str(),
                "anything" | "everything" | "all" | "about" | "with" | "any" | "either" | "both" | "all of"
            );
        if joint {
            means.push(Vec::new());
        } else if !anything && let Some(last) = means.last_mut() {
            last.push(token);
        }
    }
    means.iter().filter(|part| !part.is_empty()).map(|part| meaning(part)).filter(|text| !text.is_empty()).collect()
}

fn meaning(part: &[&Token]) -> String {
    let mut words: Vec<String> = Vec::new();
    for (i, token) in part.iter().enumerate() {
        if i == 0 && matches!(token.low.as_str(), "a" | "an" | "the" | "any" | "all" | "our") {
            continue;
        }
        let name = token.text.chars().next().is_some_and(char::is_uppercase)
            || matches!(token.kind, Kind::Quote(_) | Kind::Channel(_) | Kind::Handle(_));
        let word = match &token.kind {
            Kind::Quote(text) => text.clone(),
            _ if name => token.text.clone(),
            _ => token.low.clone(),
        };
        // "$10k", "self-service" are one word.
        match words.last_mut() {
            Some(last) if token.glued && word != "'s" => {
                last.push_str(if token.hyphen { "-" } else { "" });
                last.push_str(&word);
            }
            _ => words.push(word),
        }
    }
    let head = part_head(&words);
    if let Some(word) = words.get_mut(head)
        && word.chars().all(|c| c.is_lowercase() || c == '-')
    {
        *word = singular(word);
    }
    words.join(" ").replace(" 's", "'s")
}

/// The noun that a phrase is about: before the first preposition, or the last word.
fn part_head(words: &[String]) -> usize {
    let first = words.iter().position(|w| {
        matches!(
            w.as_str(),
            "on" | "of"
                | "for"
                | "with"
                | "in"
                | "who"
                | "that"
                | "which"
                | "from"
                | "to"
                | "about"
                | "at"
                | "under"
                | "over"
                | "whose"
                | "by"
        )
    });
    match first {
        Some(at) if at > 0 => at - 1,
        _ => words.len().saturating_sub(1),
    }
}

/// "`billing.refund` and `billing.credit`; its amount is `amount_cents` in cents of USD".
fn tools(term: String, body: &[Token]) -> Option<Result<Define, Finding>> {
    let mut tools = Vec::new();
    let mut at = 0;
    while at < body.len() {
        match &body[at].kind {
            Kind::Code(code) if code.contains('.') => tools.push(ToolPattern(code.clone())),
            Kind::Mark(',') => {}
            Kind::Word
                if matches!(
                    body[at].low.as_str(),
                    "and"
                        | "or"
                        | "plus"
                        | "both"
                        | "together"
                        | "with"
                        | "the"
                        | "tool"
                        | "tools"
                        | "a"
                        | "call"
                        | "to"
                        | "calling"
                        | "use"
                        | "using"
                        | "of"
                        | "calls"
                        | "any"
                ) => {}
            _ => break,
        }
        at += 1;
    }
    if tools.is_empty() {
        return None;
    }
    let rest = &body[at..];
    let amount = if rest.is_empty() { None } else { Some(amount(rest)) };
    match amount {
        Some(Err(finding)) => Some(Err(finding)),
        Some(Ok(amount)) => Some(Ok(Define { term, means: Vec::new(), tools, amount: Some(amount) })),
        None => Some(Ok(Define { term, means: Vec::new(), tools, amount: None })),
    }
}

fn amount(rest: &[Token]) -> Result<AmountArgument, Finding> {
    let span = rest[0].span.start..rest[rest.len() - 1].span.end;
    let argument = rest.iter().find_map(|t| match &t.kind {
        Kind::Code(code) => Some(code.clone()),
        _ => None,
    });
    let minor = rest.iter().any(|t| matches!(t.low.as_str(), "cents" | "cent" | "pence" | "pennies" | "minor"));
    let currency = rest.iter().find_map(|t| match &t.kind {
        Kind::Currency(code) => Some((*code).to_owned()),
        Kind::Word => CURRENCY_WORDS
            .iter()
            .find(|(word, _, scale)| *word == t.low && *scale == 100)
            .map(|(_, code, _)| (*code).to_owned()),
        _ => None,
    });
    let hundredths = rest.iter().any(|t| matches!(t.low.as_str(), "hundredths"));
    match (argument, currency) {
        (Some(argument), Some(currency)) => Ok(AmountArgument {
            argument,
            unit: if minor || hundredths { AmountUnit::Cents } else { AmountUnit::Units },
            currency,
        }),
        (Some(_), None) => Err(error(
            "no-unit",
            span,
            "this amount has no currency".to_owned(),
            "write “in cents of USD”, or “in USD”",
        )),
        (None, _) => Err(error(
            "define",
            span,
            "this does not say which argument holds the amount".to_owned(),
            "write “its amount is `amount_cents` in cents of USD”",
        )),
    }
}
