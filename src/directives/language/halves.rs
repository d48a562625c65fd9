//! A sentence that holds two rules: where it may be cut, and what its second half leaves out.

use super::Vocabulary;
use super::build::build;
use super::grammar::Slot;
use super::pattern_set::Set;
use super::scan::Reader;
use super::token::{Kind, Token};
use super::values::Val;
use super::verdict::{Meaning, Placed, understand};
use super::workers::phrase_at;
use crate::directives::condition::Condition;
use crate::directives::rule::Rule;

const MAX_SPLITS: usize = 8;

/// The sentence as two: cut at a semicolon, a comma, "and" or "but"; a half without a subject takes the other one's.
pub fn halves(voc: &Vocabulary<'_>, reader: &Reader<'_>, tokens: &[Token], depth: usize) -> Option<(Placed, u32)> {
    let cuts = cuts(reader);
    for (left_end, right_start) in cuts.into_iter().take(MAX_SPLITS) {
        let left = &tokens[..left_end];
        let Meaning::Rules(first, left_cost) = understand(voc, left, 3) else { continue };
        let subject = subject(voc, left);
        let right = &tokens[right_start..];
        let mut tries: Vec<Vec<Token>> = Vec::new();
        let pronoun = right
            .first()
            .is_some_and(|t| matches!(t.low.as_str(), "it" | "they" | "these" | "those" | "this" | "he" | "she"));
        if let Some(subject) = &subject {
            let rest = if pronoun { &right[1..] } else { right };
            let joined = subject.iter().chain(rest).cloned().collect();
            // "may reroute and must never close": a verb without a subject has the first half's.
            let bare = right.first().is_some_and(|token| BARE.contains(&token.low.as_str()));
            if pronoun {
                tries.push(joined);
            } else if bare {
                tries.push(joined);
                tries.push(right.to_vec());
            } else {
                tries.push(right.to_vec());
                tries.push(joined);
            }
        } else {
            tries.push(right.to_vec());
        }
        // "Before a licence is revoked, list the licences and get Ivan's approval."
        if matches!(reader.low(0), "before" | "for" | "if" | "when" | "whenever" | "on" | "in" | "where")
            && let Some(comma) = tokens.iter().position(|token| token.is_mark(',')).filter(|comma| *comma < left_end)
        {
            tries.push(tokens[..=comma].iter().chain(right).cloned().collect());
        }
        tries.extend(still_silent(reader, &first, right, right_start));
        tries.extend(about_it(voc, left, right, subject.as_deref()));
        tries.extend(gapped(reader, tokens, right_start, subject.as_deref()));
        tries.extend(elliptic(reader, tokens, (left_end, right_start), subject.as_deref()));
        for attempt in tries {
            if let Meaning::Rules(second, right_cost) = understand(voc, &attempt, depth + 1) {
                if contradict(&first, &second) {
                    continue;
                }
                let second = of_the_same_work(&first, second, right);
                let mut all = first.clone();
                let offset = right.first().map_or(0, |t| t.span.start);
                all.extend(second.into_iter().map(|(rule, at, findings)| (rule, at.max(offset), findings)));
                return Some((all, left_cost + right_cost));
            }
        }
    }
    None
}

/// "… are urgent, and Tomas is told if nobody answers them": the second rule is about the work of the first one.
fn of_the_same_work(first: &Placed, second: Placed, right: &[Token]) -> Placed {
    let spoken_of = right.iter().any(|token| matches!(token.low.as_str(), "them" | "it" | "they" | "these" | "those"));
    let work = match first.as_slice() {
        [(Rule::Prioritise(rule), ..)] => Some(&rule.when),
        [(Rule::Route(rule), ..)] => Some(&rule.when),
        [(Rule::Expect(rule), ..)] => Some(&rule.when),
        _ => None,
    };
    let Some(work) = work.filter(|work| spoken_of && !work.is_empty()) else { return second };
    let joined = |rule: Rule| match rule {
        Rule::Escalate(mut escalate) if escalate.when.unanswered_for.is_some() || escalate.when.stuck_for.is_some() => {
            let bare = Condition {
                unanswered_for: escalate.when.unanswered_for.clone(),
                stuck_for: escalate.when.stuck_for.clone(),
                ..Condition::default()
            };
            if escalate.when == bare
                && let Some(when) = super::clauses::and(work, &escalate.when)
            {
                escalate.when = when;
            }
            Rule::Escalate(escalate)
        }
        other => other,
    };
    second.into_iter().map(|(rule, at, findings)| (joined(rule), at, findings)).collect()
}

/// "After 15 minutes without an answer page Tadhg, after 45 minutes page Hugo": still without an answer.
fn still_silent(reader: &Reader<'_>, first: &Placed, right: &[Token], right_start: usize) -> Vec<Vec<Token>> {
    let silent = matches!(first.as_slice(), [(Rule::Escalate(rule), ..)] if rule.when.unanswered_for.is_some());
    if !silent || !matches!(reader.low(right_start), "after" | "following") {
        return Vec::new();
    }
    let lasts = reader.slot(Slot::Dur, right_start + 1);
    let Some(end) = lasts.iter().filter(|one| one.faults.is_empty()).map(|one| one.end).max() else {
        return Vec::new();
    };
    let words = ["without", "an", "answer", ","].map(|word| match word {
        "," => Token::new(Kind::Mark(','), 0..0, ","),
        _ => Token::new(Kind::Word, 0..0, word),
    });
    let length = end - right_start;
    vec![right[..length].iter().cloned().chain(words).chain(right[length..].iter().cloned()).collect()]
}

/// "may reship orders but must not cancel *them*", "may write off debts, but never more than €100": what the first half's
/// action acts on, or all of that action, is understood.
fn about_it(voc: &Vocabulary<'_>, left: &[Token], right: &[Token], subject: Option<&[Token]>) -> Vec<Vec<Token>> {
    let Some(act) = action(voc, left) else { return Vec::new() };
    let mut lists = Vec::new();
    let lead: Vec<Token> = subject.map(<[Token]>::to_vec).unwrap_or_default();
    if let Some(at) = right.iter().position(|token| matches!(token.low.as_str(), "them" | "it")).filter(|at| *at > 0)
        && act.len() > 1
    {
        let noun = |list: &mut Vec<Token>| {
            list.extend(right[..at].iter().cloned());
            list.extend(act[1..].iter().cloned());
            list.extend(right[at + 1..].iter().cloned());
        };
        let mut list = lead.clone();
        noun(&mut list);
        lists.push(list);
        let mut alone = Vec::new();
        noun(&mut alone);
        lists.push(alone);
    }
    let words: Vec<&str> = right.iter().take(2).map(|token| token.low.as_str()).collect();
    if let ["never" | "not" | "no", "more" | "over" | "above" | "beyond"] = words.as_slice()
        && !lead.is_empty()
    {
        let word = |text: &str| Token::new(Kind::Word, 0..0, text);
        let mut list = lead;
        list.extend([word("may"), word("never")]);
        list.extend(act.iter().cloned());
        list.extend(right[1..].iter().cloned());
        lists.push(list);
    }
    lists
}

/// The tokens of a clean reading's action.
fn action(voc: &Vocabulary<'_>, tokens: &[Token]) -> Option<Vec<Token>> {
    let reader = Reader::new(voc, tokens.to_vec());
    let fittings = reader.whole(Set::Main);
    let clean = fittings.iter().filter_map(|fitting| {
        let built = build(&reader, fitting).filter(|built| built.faults.is_empty())?;
        let act = fitting.binds.iter().find(|bind| bind.slot == Some(Slot::Act))?;
        Some((built.cost, act.from, act.to))
    });
    clean.min().map(|(_, from, to)| tokens[from..to].to_vec())
}

/// "are to be approved by the CFO and are made without approval": both cannot be.
fn contradict(first: &Placed, second: &Placed) -> bool {
    let allowed = |rule: &Rule| match rule {
        Rule::Allow(allow) => Some((allow.tools.clone(), allow.who.clone(), allow.when.clone())),
        _ => None,
    };
    let waits = |rule: &Rule| match rule {
        Rule::Approve(approve) => Some((approve.tools.clone(), approve.who.clone(), approve.when.clone())),
        _ => None,
    };
    first.iter().any(|(one, ..)| {
        second.iter().any(|(two, ..)| {
            allowed(one).is_some_and(|one| waits(two) == Some(one))
                || waits(one).is_some_and(|one| allowed(two) == Some(one))
        })
    })
}

/// "…, above $2,000 from the CFO": subject and verb of the first half are understood.
fn gapped(reader: &Reader<'_>, tokens: &[Token], right_start: usize, subject: Option<&[Token]>) -> Vec<Vec<Token>> {
    let Some(subject) = subject else { return Vec::new() };
    let approval = tokens[..right_start]
        .iter()
        .any(|t| matches!(t.low.as_str(), "approval" | "approve" | "approved" | "sign" | "ok" | "consent" | "okay"));
    if !approval {
        return Vec::new();
    }
    let word = |text: &str| Token::new(Kind::Word, 0..0, text);
    let mut lists = Vec::new();
    // "…, refunds above $250 by the CFO".
    let right = &tokens[right_start..];
    if let Some(by) = right.iter().position(|t| matches!(t.low.as_str(), "by" | "from")).filter(|by| *by > 0) {
        let mut list = right[..by].to_vec();
        list.extend([word("need"), word("approval"), word("from")]);
        list.extend(right[by + 1..].iter().cloned());
        lists.push(list);
    }
    // "those above £250, the approval of Idris".
    let those = matches!(
        reader.low(right_start),
        "those" | "ones" | "sums" | "amounts" | "anything" | "everything" | "any" | "that" | "these" | "larger"
    );
    // "…, and transfers above £25,000 the CFO's": the noun once more.
    let again = subject.iter().zip(&tokens[right_start..]).take_while(|(one, two)| one.low == two.low).count();
    let starts = [
        Some(right_start),
        those.then_some(right_start + 1),
        (again > 0 && again == subject.len()).then_some(right_start + again),
    ];
    let bounds: Vec<(usize, usize)> = starts
        .into_iter()
        .flatten()
        .flat_map(|from| reader.slot(Slot::Bound, from).iter().map(|bound| (from, bound.end)).collect::<Vec<_>>())
        .collect();
    for (from, bound_end) in bounds {
        let comma = usize::from(tokens.get(bound_end).is_some_and(|token| token.is_mark(',')));
        let rest = &tokens[bound_end + comma..];
        let Some(first) = rest.first() else { continue };
        let mut list: Vec<Token> = subject.to_vec();
        list.extend(tokens[from..bound_end].iter().cloned());
        let okay = reader.slot(Slot::Okay, bound_end + comma);
        if okay.iter().any(|okay| okay.faults.is_empty() && okay.end == tokens.len()) {
            list.push(word("need"));
            list.extend(rest.iter().cloned());
            lists.push(list);
            continue;
        }
        list.extend([word("need"), word("approval")]);
        match first.low.as_str() {
            "from" | "by" => list.extend(rest.iter().cloned()),
            "need" | "needs" | "require" | "requires" => continue,
            _ => {
                list.push(word("from"));
                // "above $2,000 the CFO's".
                list.extend(rest.iter().filter(|t| t.low != "'s").cloned());
            }
        }
        lists.push(list);
    }
    lists
}

/// What a second half leaves out: "…, anything above that needs Jun's", "… but not sign them", "…, praise by Marcus".
fn elliptic(
    reader: &Reader<'_>,
    tokens: &[Token],
    (left_end, right_start): (usize, usize),
    subject: Option<&[Token]>,
) -> Vec<Vec<Token>> {
    let word = |text: &str| Token::new(Kind::Word, 0..0, text);
    let mut lists = Vec::new();
    let right = &tokens[right_start..];
    // Up to what the first half holds is where "above that" begins.
    if let Some(end) = BEYOND.iter().filter_map(|phrase| phrase_at(reader, right_start, phrase)).max()
        && let Some(subject) = subject
        && let Some((limit, over)) = limit(reader, left_end)
    {
        let end = end + usize::from(matches!(reader.low(end), "that" | "this" | "it"));
        let mut list = subject.to_vec();
        list.extend(over.iter().map(|low| word(low)));
        list.extend(tokens[limit].iter().cloned());
        list.extend(tokens[end..].iter().cloned());
        lists.push(list);
    }
    // "may draft contracts but not sign them".
    if reader.low(right_start) == "not"
        && let Some(subject) = subject
    {
        let mut list = subject.to_vec();
        list.extend([word("may"), word("not")]);
        list.extend(right[1..].iter().cloned());
        lists.push(list);
    }
    // "Complaints are dealt with by Mira, praise by Marcus."
    let joint = |t: &Token| matches!(t.low.as_str(), "by" | "to" | "with");
    if let Some(said) = tokens[..left_end].iter().rposition(joint)
        && let Some(at) = right.iter().position(joint).filter(|at| *at > 0 && right[*at].low == tokens[said].low)
    {
        let mut list = right[..at].to_vec();
        list.extend([word("go"), word("to")]);
        list.extend(right[at + 1..].iter().cloned());
        lists.push(list);
    }
    lists
}

/// Words with which a half begins whose subject stands in the first one.
const BARE: &[&str] = &[
    "get", "gets", "go", "goes", "receive", "receives", "must", "may", "can", "should", "shall", "will", "never",
    "needs", "need", "has", "have", "is", "are", "does",
];

const BEYOND: &[&str] = &[
    "anything above", "anything over", "anything beyond", "everything above", "everything over", "all above", "above",
    "beyond", "anything more", "more than", "anything higher", "those above", "larger ones", "anything larger",
    "bigger ones", "higher ones", "anything bigger", "whatever is above", "what is above", "everything beyond", "over",
    "anything more than", "higher amounts", "larger amounts", "bigger amounts", "amounts above", "sums above", "past",
];

/// The tokens of the upper limit before `end`, and the words for what lies beyond it.
fn limit(reader: &Reader<'_>, end: usize) -> Option<(std::ops::Range<usize>, &'static [&'static str])> {
    (0..end).find_map(|at| {
        let bounds = reader.slot(Slot::Bound, at);
        let widest = bounds.iter().filter(|one| one.faults.is_empty() && one.end <= end).max_by_key(|one| one.end)?;
        let Val::Range(range) = &widest.val else { return None };
        let over: &'static [&'static str] = match (range.at_most, range.under) {
            (Some(_), _) => &["over"],
            (None, Some(_)) => &["at", "least"],
            (None, None) => return None,
        };
        let amount = (at..widest.end).rev().filter_map(|from| {
            let money = reader.slot(Slot::Money, from);
            money.iter().find(|one| one.faults.is_empty() && one.end <= widest.end).map(|one| from..one.end)
        });
        amount.max_by_key(|range| (range.end, range.len())).map(|amount| (amount, over))
    })
}

fn cuts(reader: &Reader<'_>) -> Vec<(usize, usize)> {
    let mut strong = Vec::new();
    let mut weak = Vec::new();
    for i in 2..reader.tokens.len().saturating_sub(1) {
        let token = &reader.tokens[i];
        let mark = matches!(token.kind, Kind::Mark(';' | '.' | '-' | ':'));
        let comma = token.is_mark(',');
        let word = matches!(token.low.as_str(), "and" | "but" | "while" | "whereas" | "yet");
        if !(mark || comma || word) {
            continue;
        }
        let mut next = i + 1;
        while matches!(reader.low(next), "and" | "but" | "while" | "whereas" | "then" | "also" | "however" | ",")
            && next < i + 4
        {
            next += 1;
        }
        if next >= reader.tokens.len() {
            continue;
        }
        if mark { strong.push((i, next)) } else { weak.push((i, next)) }
    }
    strong.extend(weak);
    strong
}

/// The tokens of a clean reading's subject.
fn subject(voc: &Vocabulary<'_>, tokens: &[Token]) -> Option<Vec<Token>> {
    let reader = Reader::new(voc, tokens.to_vec());
    let best = reader
        .whole(Set::Main)
        .iter()
        .filter_map(|fitting| build(&reader, fitting))
        .filter(|built| built.faults.is_empty())
        .min_by_key(|built| built.cost)?;
    let (from, to) = best.subject;
    (to > from).then(|| tokens[from..to].to_vec())
}
