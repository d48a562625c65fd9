//! Where a sentence stands: headings that name a worker, a channel or a topic, and items of a list under an introduction.

use super::pattern_set::Set;
use super::scan::Reader;
use super::token::{Kind, Token, tokenize};
use super::topic_form::normal_words;
use super::values::Val;
use super::{Heading, Scope, Vocabulary, grammar::Slot};
use crate::directives::rule::Condition;
use crate::workers::WorkerRef;

/// The token lists to try, in order; the first that gives a rule wins, the last one's outcome stands otherwise.
pub fn attempts_of(tokens: &[Token], scope: &Scope<'_>, voc: &Vocabulary<'_>) -> Vec<Vec<Token>> {
    let mut attempts = Vec::new();
    if let Some(intro) = scope.bullet_of {
        attempts.extend(under_introduction(tokens, intro));
    }
    let worker = match &scope.heading {
        Some(Heading::Worker(worker)) => Some(worker.clone()),
        Some(Heading::Channel(_) | Heading::Topic(_)) | None => scope.role.map(|role| WorkerRef::Role(role.to_owned())),
    };
    let resolved: Vec<Vec<Token>> = match &worker {
        Some(worker) => {
            let mut lists: Vec<Vec<Token>> = attempts.iter().map(|list| with_pronouns(list, worker)).collect();
            let plain = with_pronouns(tokens, worker);
            // Under a heading of another kind a whole sentence means what it says.
            let under = matches!(scope.heading, Some(Heading::Worker(_))) || lacks_subject(tokens);
            if under {
                lists.extend(with_subject(&plain, worker));
            }
            lists.push(plain.clone());
            if !under && scope.heading.is_some() {
                lists.extend(with_subject(&plain, worker));
            }
            // "…; after that it asks": what the pronoun stands for may be plain from the sentence itself.
            if scope.heading.is_some() || lacks_subject(tokens) {
                lists.extend(with_subject(tokens, worker));
            }
            // "before you offer a discount": "you" may be whoever does it.
            if plain != tokens && scope.heading.is_none() {
                lists.push(tokens.to_vec());
            }
            lists
        }
        None => {
            attempts.push(tokens.to_vec());
            attempts
        }
    };
    let mut all = resolved;
    if let Some(condition) = given(scope)
        && is_fragment(tokens, voc)
    {
        let given = Token::new(Kind::Given(Box::new(condition)), 0..0, "");
        let mut list = vec![given];
        list.extend(tokens.iter().cloned());
        all.insert(0, list);
        // "Finn" or "to the finance agent" alone.
        let given = all[0][0].clone();
        let goes = Token::new(Kind::Word, 0..0, "goes");
        let to = Token::new(Kind::Word, 0..0, "to");
        let mut list = vec![given, goes];
        if tokens.first().is_none_or(|t| !matches!(t.low.as_str(), "to" | "straight" | "directly")) {
            list.push(to);
        }
        list.extend(tokens.iter().cloned());
        all.insert(1, list);
        // "Handled by Iggy", "Urgent".
        let is = Token::new(Kind::Word, 0..0, "is");
        all.insert(2, [all[0][0].clone(), is].into_iter().chain(tokens.iter().cloned()).collect());
    }
    all.retain(|list| !list.is_empty());
    all
}

fn given(scope: &Scope<'_>) -> Option<Condition> {
    match scope.heading.as_ref()? {
        Heading::Channel(name) => Some(Condition { channels: vec![name.clone()], ..Condition::default() }),
        Heading::Topic(topic) => Some(Condition { topics: vec![topic.clone()], ..Condition::default() }),
        Heading::Worker(_) => None,
    }
}

/// Without a subject of its own: starts with a verb of routing or with a name, and says nothing about which work.
fn is_fragment(tokens: &[Token], voc: &Vocabulary<'_>) -> bool {
    let first = tokens.first().map_or("", |t| t.low.as_str());
    let verb = matches!(
        first,
        "goes"
            | "go"
            | "is"
            | "are"
            | "handled"
            | "escalate"
            | "belongs"
            | "belong"
            | "lands"
            | "to"
            | "always"
            | "must"
            | "should"
            | "needs"
            | "get"
            | "gets"
            | "ends"
            | "routed"
            | "sent"
            | "urgent"
            | "straight"
            | "directly"
            | "first"
            | "answer"
            | "reply"
            | "answered"
            | "solved"
            | "resolved"
            | "high"
            | "low"
    );
    if verb {
        return true;
    }
    let reader = Reader::new(voc, tokens.to_vec());
    reader.slot(Slot::To, 0).iter().any(|s| s.end == tokens.len() && s.cost < 60)
}

/// Starts with a verb, a modal or "if unsure": the heading's worker is the missing subject.
fn lacks_subject(tokens: &[Token]) -> bool {
    let first =
        tokens.iter().map(|t| t.low.as_str()).find(|low| !matches!(*low, "always" | "please" | "also" | "only"));
    matches!(
        first,
        Some(
            "may"
                | "must"
                | "can"
                | "should"
                | "shall"
                | "will"
                | "never"
                | "cannot"
                | "needs"
                | "has"
                | "is"
                | "gets"
                | "asks"
                | "hands"
                | "may not"
                | "do"
                | "does"
                | "if"
                | "when"
                | "handles"
                | "takes"
                | "answers"
                | "spends"
                | "uses"
                | "suggests"
                | "works"
        )
    )
}

/// The worker put before the main clause: at the start, or after a leading "if …,".
fn with_subject(tokens: &[Token], worker: &WorkerRef) -> Vec<Vec<Token>> {
    let mut lists = Vec::new();
    let subject = worker_token(worker);
    let low = |i: usize| tokens.get(i).map_or("", |t| t.low.as_str());
    if matches!(low(0), "if" | "when" | "whenever" | "before" | "after" | "unless" | "once" | "for" | "until") {
        if let Some(comma) = tokens.iter().position(|t| t.is_mark(',')) {
            let mut list = tokens[..=comma].to_vec();
            list.push(subject.clone());
            list.extend(tokens[comma + 1..].iter().cloned());
            // "if unsure": the worker is unsure.
            if matches!(low(1), "unsure" | "in" | "not" | "uncertain" | "stuck") {
                let mut both = vec![list[0].clone(), subject.clone(), Token::new(Kind::Word, 0..0, "is")];
                both.extend(list[1..].iter().cloned());
                lists.push(both);
            }
            lists.push(list);
        }
        return lists;
    }
    let named = matches!(tokens.first().map(|t| &t.kind), Some(Kind::Worker(_)));
    if !named {
        lists.push(std::iter::once(subject).chain(tokens.iter().cloned()).collect());
    }
    lists
}

fn worker_token(worker: &WorkerRef) -> Token {
    Token::new(Kind::Worker(worker.clone()), 0..0, "")
}

/// "it", "they" and "you" as subjects mean the heading's worker.
fn with_pronouns(tokens: &[Token], worker: &WorkerRef) -> Vec<Token> {
    tokens
        .iter()
        .enumerate()
        .map(|(i, token)| {
            let before = i.checked_sub(1).map_or("", |n| tokens[n].low.as_str());
            let after = tokens.get(i + 1).map_or("", |t| t.low.as_str());
            let subject = i == 0
                || matches!(
                    before,
                    "," | "if"
                        | "when"
                        | "whenever"
                        | "unless"
                        | "before"
                        | "that"
                        | "once"
                        | "while"
                        | "and"
                        | "but"
                        | "let"
                        | "until"
                        | ";"
                        | "may"
                        | "must"
                );
            let referring = matches!(token.low.as_str(), "it" | "they" | "you");
            let of_request = matches!(token.low.as_str(), "it")
                && matches!(after, "mentions" | "contains" | "concerns" | "costs" | "exceeds" | "says");
            if referring
                && subject
                && !of_request
                && !(before == "if" && tokens.iter().take(i).any(|t| matches!(t.kind, Kind::Worker(_))))
            {
                Token { span: token.span.clone(), ..worker_token(worker) }
            } else {
                token.clone()
            }
        })
        .collect()
}

/// An item and its introduction as one sentence: "The support agent may:" + "reply to tickets".
fn under_introduction(item: &[Token], intro: &str) -> Vec<Vec<Token>> {
    let hidden = |token: Token| Token { span: 0..0, ..token };
    let mut intro: Vec<Token> = tokenize(intro).into_iter().map(hidden).collect();
    while intro.last().is_some_and(|t| t.is_mark(':')) {
        intro.pop();
    }
    let mut lists = Vec::new();
    let low = |i: usize| intro.get(i).map_or("", |t| t.low.as_str());
    // "The following need Dana's approval" takes the item's place.
    for i in 0..intro.len() {
        let width = match (low(i), low(i + 1), low(i + 2)) {
            (
                "the",
                "following",
                "actions" | "things" | "changes" | "topics" | "requests" | "questions" | "tools" | "messages" | "words"
                | "cases" | "tickets" | "work" | "people" | "steps",
            ) => 3,
            ("any", "of", "the") if low(i + 3) == "following" => 4,
            ("all", "of", "the") if low(i + 3) == "following" => 4,
            ("one", "of", "the") if low(i + 3) == "following" => 4,
            ("the", "following", _)
            | ("these", "actions" | "things" | "topics" | "requests" | "questions" | "tools", _)
            | ("any", "of", _) => 2,
            ("these" | "following" | "those", _, _) => 1,
            _ => 0,
        };
        if width > 0 {
            let list = intro[..i]
                .iter()
                .cloned()
                .chain(item.iter().cloned())
                .chain(intro[i + width..].iter().cloned())
                .collect();
            lists.push(list);
        }
    }
    lists.push(intro.iter().cloned().chain(item.iter().cloned()).collect());
    lists.push(item.iter().cloned().chain(intro.iter().cloned()).collect());
    lists
}

/// What a heading names.
pub fn heading(text: &str, voc: &Vocabulary<'_>) -> Option<Heading> {
    let tokens = tokenize(text.trim().trim_end_matches(':'));
    if tokens.is_empty() {
        return None;
    }
    if let Some(Kind::Channel(name)) = tokens.iter().map(|t| &t.kind).find(|k| matches!(k, Kind::Channel(_)))
        && tokens.len() <= 3
    {
        return Some(Heading::Channel(format!("#{name}")));
    }
    let reader = Reader::new(voc, tokens.clone());
    for start in 0..tokens.len().min(2) {
        if start == 1 && !matches!(tokens[0].low.as_str(), "for" | "rules" | "about") {
            break;
        }
        let whole = reader.slot(Slot::Who, start);
        let named = whole.iter().find(|s| s.end == tokens.len() && s.cost < 60 && s.faults.is_empty());
        if let Some(named) = named
            && let Val::Workers(workers) = &named.val
            && let [worker] = workers.refs.as_slice()
            && workers.count.is_none()
            && !matches!(worker, WorkerRef::Human)
        {
            return Some(Heading::Worker(worker.clone()));
        }
    }
    debug_assert!(!reader.grammar.patterns(Set::Main).is_empty());
    let mut words: Vec<String> = tokens
        .iter()
        .filter(|t| t.is_word() && !matches!(t.low.as_str(), "the" | "a" | "an"))
        .map(|t| t.low.clone())
        .collect();
    normal_words(&mut words);
    (!words.is_empty()).then(|| Heading::Topic(words.join(" ")))
}
