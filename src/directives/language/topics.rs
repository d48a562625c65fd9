//! Work that comes in: topics, literal words, channels, kinds of customers, urgency, sources.

use super::forms::singular;
use super::narrow::{is_segment, priority_word, segment_word};
use super::pattern_set::{Form, Set};
use super::scan::{HEDGE_COST, Reader};
use super::token::Kind;
use super::values::{Clause, Slotted, Val};
use super::vocabulary::topics::{CUSTOMERS, DROPPED, GENERIC, QUANTIFIERS, SOURCES, TOPIC_STOPS};
use super::vocabulary::words::VAGUE;
use super::workers::phrase_at;
use super::{Finding, clauses};
use crate::directives::rule::Condition;

const MAX_TOPIC: usize = 7;

/// A phrase for work that comes in; each alternative becomes a rule of its own.
pub fn work(reader: &Reader<'_>, i: usize) -> Vec<Slotted> {
    let mut found = Vec::new();
    for first in items(reader, i) {
        extend(reader, first, 0, &mut found);
    }
    found
        .into_iter()
        .map(|item| Slotted { end: item.end, val: Val::Clauses(item.clauses), cost: item.cost, faults: item.faults })
        .collect()
}

#[derive(Clone)]
struct Item {
    end: usize,
    clauses: Vec<Clause>,
    cost: u32,
    faults: Vec<Finding>,
}

fn extend(reader: &Reader<'_>, item: Item, depth: usize, found: &mut Vec<Item>) {
    found.push(item.clone());
    if depth > 5 {
        return;
    }
    let mut next = item.end;
    let comma = reader.tokens.get(next).is_some_and(|t| t.is_mark(','));
    next += usize::from(comma);
    let joined = matches!(reader.low(next), "and" | "or" | "as" | "plus" | "&");
    next += match (reader.low(next), reader.low(next + 1)) {
        ("as", "well") => 3,
        ("and" | "or" | "plus" | "&", "also") => 2,
        ("and" | "or" | "plus" | "&", _) => 1,
        _ => 0,
    };
    if next == item.end || (!joined && !comma) {
        return;
    }
    for other in items(reader, next) {
        let mut clauses = item.clauses.clone();
        for clause in &other.clauses {
            merge_alternative(&mut clauses, clause);
        }
        let faults = item.faults.iter().chain(&other.faults).cloned().collect();
        // A list of one slot comes before alternatives of several.
        let apart = if clauses.len() > item.clauses.len() { 3 } else { 1 };
        extend(
            reader,
            Item { end: other.end, clauses, cost: item.cost + other.cost + apart, faults },
            depth + 1,
            found,
        );
    }
}

/// Alternatives of one slot become one list; others stand beside each other.
pub fn merge_alternative(clauses: &mut Vec<Clause>, new: &Clause) {
    let only = |c: &Condition, pick: fn(&Condition) -> bool, clear: fn(&mut Condition)| {
        let mut rest = c.clone();
        clear(&mut rest);
        pick(c) && rest.is_empty()
    };
    type Part = (fn(&Condition) -> bool, fn(&mut Condition), fn(&mut Condition, &Condition));
    let parts: [Part; 5] = [
        (|c| !c.topics.is_empty(), |c| c.topics.clear(), |c, n| add_all(&mut c.topics, &n.topics)),
        (|c| !c.mentions.is_empty(), |c| c.mentions.clear(), |c, n| add_all(&mut c.mentions, &n.mentions)),
        (|c| !c.channels.is_empty(), |c| c.channels.clear(), |c, n| add_all(&mut c.channels, &n.channels)),
        (|c| !c.from.is_empty(), |c| c.from.clear(), |c, n| add_all(&mut c.from, &n.from)),
        (|c| !c.segments.is_empty(), |c| c.segments.clear(), |c, n| add_all(&mut c.segments, &n.segments)),
    ];
    if let Some(last) = clauses.last_mut()
        && last.who == new.who
        && last.action.is_none()
    {
        for (has, clear, add) in parts {
            if only(&last.when, has, clear) && only(&new.when, has, clear) {
                add(&mut last.when, &new.when);
                return;
            }
        }
        if last.when == new.when {
            return;
        }
    }
    clauses.push(new.clone());
}

fn add_all<T: Clone + PartialEq>(list: &mut Vec<T>, more: &[T]) {
    for one in more {
        if !list.contains(one) {
            list.push(one.clone());
        }
    }
}

fn items(reader: &Reader<'_>, i: usize) -> Vec<Item> {
    let mut found = Vec::new();
    if let Some(Kind::Given(condition)) = reader.tokens.get(i).map(|t| &t.kind) {
        let clause = Clause { when: (**condition).clone(), ..Clause::default() };
        return vec![Item { end: i + 1, clauses: vec![clause], cost: 0, faults: Vec::new() }];
    }
    let mut at = i;
    let (mut hedge_cost, mut faults) = (0, Vec::new());
    while at < i + 3 {
        if let Some(end) = QUANTIFIERS.iter().filter_map(|phrase| phrase_at(reader, at, phrase)).max() {
            at = end;
        } else if reader.hedge_at(at) > 0 {
            let end = at + reader.hedge_at(at);
            faults.push(reader.hedge_fault(at, end));
            hedge_cost += HEDGE_COST;
            at = end;
        } else {
            break;
        }
    }
    let mut base = Condition::default();
    let mut adjectives = at;
    loop {
        if let Some((end, priority)) = priority_word(reader, adjectives) {
            base.priority = Some(priority);
            adjectives = end;
            let noun = if reader.low(adjectives) == "priority" { adjectives + 1 } else { adjectives };
            adjectives = noun;
        } else if let Some((length, term)) = segment_word(reader, adjectives).filter(|_| base.segments.is_empty()) {
            if !is_segment(reader, &term) {
                break;
            }
            base.segments.push(term);
            adjectives += length;
        } else {
            break;
        }
    }
    let vague = VAGUE.contains(&reader.low(adjectives))
        && !matches!(
            reader.low(adjectives),
            "new"
                | "old"
                | "special"
                | "standard"
                | "general"
                | "material"
                | "key"
                | "right"
                | "regular"
                | "late"
                | "early"
                | "short"
                | "long"
                | "recent"
        );
    for (start, from_base) in
        if adjectives > at { vec![(adjectives, base), (at, Condition::default())] } else { vec![(at, base)] }
    {
        let customers = !from_base.segments.is_empty() && CUSTOMERS.contains(&singular(reader.low(start)).as_str());
        if let Some(end) = generic_end(reader, start).or(customers.then_some(start + 1)) {
            let item = Item {
                end,
                clauses: vec![Clause { when: from_base.clone(), ..Clause::default() }],
                cost: hedge_cost + 1,
                faults: faults.clone(),
            };
            modified(reader, &item, 0, &mut found);
        }
        for topic in topic_list(reader, start, true) {
            let Val::Words(words) = topic.val else { continue };
            let mut when = from_base.clone();
            when.topics = words;
            let mut bad = faults.clone();
            let mut cost = topic.cost + hedge_cost;
            if vague && start == adjectives {
                bad.push(reader.hedge_fault(adjectives, adjectives + 1));
                cost += HEDGE_COST;
            }
            bad.extend(topic.faults);
            let item = Item { end: topic.end, clauses: vec![Clause { when, ..Clause::default() }], cost, faults: bad };
            modified(reader, &item, 0, &mut found);
        }
    }
    found.extend(mentioned(reader, at, hedge_cost, &faults));
    // "emails about …", "form submissions".
    for (phrase, source, costs) in SOURCES {
        if let Some(end) = phrase_at(reader, at, phrase).filter(|_| *costs) {
            let when = Condition { source: Some(source.to_source()), ..Condition::default() };
            let item = Item {
                end,
                clauses: vec![Clause { when, ..Clause::default() }],
                // "the email" is the one that was spoken of.
                cost: hedge_cost + if reader.low(i) == "the" && !phrase.ends_with('s') { 14 } else { 0 },
                faults: faults.clone(),
            };
            modified(reader, &item, 0, &mut found);
        }
    }
    found
}

/// "any mention of the word lawsuit".
fn mentioned(reader: &Reader<'_>, at: usize, cost: u32, faults: &[Finding]) -> Vec<Item> {
    if !matches!(reader.low(at), "mention" | "mentions") || reader.low(at + 1) != "of" {
        return Vec::new();
    }
    let words = ["the word", "the words", "the phrase", "the term", "the terms", "either"];
    let from = words.iter().filter_map(|phrase| phrase_at(reader, at + 2, phrase)).max().unwrap_or(at + 2);
    let item = |one: &Slotted| match &one.val {
        Val::Words(mentions) => Some(Item {
            end: one.end,
            clauses: vec![Clause {
                when: Condition { mentions: mentions.clone(), ..Condition::default() },
                ..Clause::default()
            }],
            cost: one.cost + cost,
            faults: faults.iter().chain(&one.faults).cloned().collect(),
        }),
        _ => None,
    };
    reader.slot(super::grammar::Slot::Mentions, from).iter().filter_map(item).collect()
}

/// The item itself, and with each chain of modifiers that may follow.
fn modified(reader: &Reader<'_>, item: &Item, depth: usize, found: &mut Vec<Item>) {
    found.push(item.clone());
    if depth > 3 {
        return;
    }
    let mut at = item.end;
    if depth > 0 && matches!(reader.low(at), "and" | "but") {
        at += 1;
    }
    for modifier in reader.from(Set::WorkMod, at).iter() {
        let Some((alternatives, mut bad)) = clauses::meaning(reader, modifier) else { continue };
        let Some(joined) = clauses::both(&item.clauses, &alternatives) else { continue };
        // "a claim for damages" may be one literal phrase.
        let literal =
            modifier.form == Form::About && item.clauses.iter().any(|clause| !clause.when.mentions.is_empty());
        bad.splice(0..0, item.faults.iter().cloned());
        bad.extend(modifier.faults.iter().cloned());
        let next = Item {
            end: modifier.end,
            clauses: joined,
            cost: item.cost + modifier.cost + if literal { 3 } else { 1 },
            faults: bad,
        };
        modified(reader, &next, depth + 1, found);
    }
}

fn generic_end(reader: &Reader<'_>, i: usize) -> Option<usize> {
    GENERIC.iter().filter_map(|phrase| phrase_at(reader, i, phrase)).max()
}

/// Topics and lists of them, with nothing but topics.
pub fn topics(reader: &Reader<'_>, i: usize) -> Vec<Slotted> {
    topic_list(reader, i, false)
}

fn topic_list(reader: &Reader<'_>, i: usize, subject: bool) -> Vec<Slotted> {
    let mut found = Vec::new();
    collect_topics(reader, i, subject, &[], 0, &[], &mut found);
    found
}

fn collect_topics(
    reader: &Reader<'_>,
    i: usize,
    subject: bool,
    before: &[Vec<String>],
    cost: u32,
    faults: &[Finding],
    found: &mut Vec<Slotted>,
) {
    if before.len() > 8 {
        return;
    }
    let mut at = i;
    while matches!(
        reader.low(at),
        "the"
            | "a"
            | "an"
            | "any"
            | "all"
            | "our"
            | "your"
            | "their"
            | "either"
            | "its"
            | "his"
            | "her"
            | "some"
            | "every"
            | "my"
            | "both"
    ) && at < i + 2
    {
        if reader.low(at) == "some" {
            return;
        }
        at += 1;
    }
    for end in at + 1..=(at + MAX_TOPIC).min(reader.tokens.len()) {
        let last = &reader.tokens[end - 1];
        let inner = end > at + 1
            && matches!(last.low.as_str(), "of" | "for" | "to" | "with" | "the" | "a" | "on" | "an" | "my" | "our");
        let word = matches!(last.kind, Kind::Word) && (!TOPIC_STOPS.contains(&last.low.as_str()) || inner)
            || (matches!(last.kind, Kind::Number) && end > at + 1);
        if !word || last.low == "'s" && end == at + 1 {
            break;
        }
        if inner || matches!(last.low.as_str(), "'s") {
            continue;
        }
        let Some(topic) = normal(reader, at, end) else { continue };
        let mut list = before.to_vec();
        list.push(topic);
        let odd = (at..end).filter(|j| matches!(reader.low(*j), "of" | "for" | "to" | "with" | "on")).count();
        let spent = cost + 2 * u32::try_from(end - at + 2 * odd).unwrap_or(9);
        let mut bad = faults.to_vec();
        let mut extra = 0;
        for j in at..end {
            if reader.hedge_at(j) > 0 && j + reader.hedge_at(j) <= end {
                bad.push(reader.hedge_fault(j, j + reader.hedge_at(j)));
                extra += HEDGE_COST;
            }
        }
        // "messages" are work in general, and "the sender" somebody, before they are a topic.
        let general = list.last().is_some_and(|words| {
            words.len() == 1
                && (GENERIC.contains(&words[0].as_str())
                    || CUSTOMERS.contains(&words[0].as_str())
                    || matches!(words[0].as_str(), "email" | "mail" | "requester" | "sender" | "person"))
        });
        extra += if general { 4 } else { 0 };
        found.push(Slotted { end, val: Val::Words(finish(&list, subject)), cost: spent + extra, faults: bad.clone() });
        let mut next = end;
        let comma = reader.tokens.get(next).is_some_and(|t| t.is_mark(','));
        next += usize::from(comma);
        let joined = matches!(reader.low(next), "and" | "or" | "&" | "nor");
        next += usize::from(joined);
        if next > end {
            collect_topics(reader, next, subject, &list, spent + extra, &bad, found);
        }
    }
}

/// "billing and invoice questions": the dropped noun belongs to all.
fn finish(list: &[Vec<String>], _subject: bool) -> Vec<String> {
    let mut topics: Vec<String> = Vec::new();
    for words in list {
        let topic = words.join(" ");
        if !topics.contains(&topic) {
            topics.push(topic);
        }
    }
    topics
}

/// The normal form of a topic: lower case, singular, without "question", "request", "issue".
fn normal(reader: &Reader<'_>, from: usize, to: usize) -> Option<Vec<String>> {
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
