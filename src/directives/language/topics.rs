//! Work that comes in: topics, literal words, channels, kinds of customers, urgency, sources.

use super::forms::singular;
use super::narrow::{priority_word, segment_word};
use super::pattern_set::{Form, Set};
use super::scan::{HEDGE_COST, Reader};
use super::token::Kind;
use super::topic_form::normal;
use super::values::{Clause, Slotted, Val, error};
use super::vocabulary::topics::{CUSTOMERS, GENERIC, QUANTIFIERS, SOURCES, TOPIC_STOPS};
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

impl Item {
    /// With one condition, up to `end`, at so much more.
    fn with(&self, end: usize, when: Condition, cost: u32) -> Self {
        let clauses = vec![Clause { when, ..Clause::default() }];
        Self { end, clauses, cost: self.cost + cost, faults: self.faults.clone() }
    }
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
    if let Some(Kind::Given(condition)) = reader.tokens.get(i).map(|t| &t.kind) {
        let clause = Clause { when: (**condition).clone(), ..Clause::default() };
        return vec![Item { end: i + 1, clauses: vec![clause], cost: 0, faults: Vec::new() }];
    }
    let mut found = Vec::new();
    let lead = quantified(reader, i);
    let (after, base) = described(reader, lead.end);
    let mut starts = vec![(after, base)];
    if after > lead.end {
        starts.push((lead.end, Condition::default()));
    }
    for (start, base) in starts {
        let vague = start == after && sounds_vague(reader.low(start));
        general(reader, start, &base, &lead, &mut found);
        vaguely(reader, start, &lead, &mut found);
        for topic in topic_list(reader, start) {
            let Val::Words(words) = topic.val else { continue };
            let mut item = lead.with(topic.end, Condition { topics: words, ..base.clone() }, topic.cost);
            if vague {
                item.faults.push(reader.hedge_fault(after, after + 1));
                item.cost += HEDGE_COST;
            }
            item.faults.extend(topic.faults);
            if let Some(fault) = kind_of_customer(reader, start, topic.end) {
                item.faults.push(fault);
                item.cost += super::actions::UNDEFINED;
            }
            modified(reader, &item, 0, &mut found);
        }
    }
    found.extend(mentioned(reader, &lead));
    found.extend(asked_by(reader, &lead));
    // "emails about …", "form submissions".
    for (phrase, source, _) in SOURCES.iter().filter(|(_, _, is_work)| *is_work) {
        if let Some(end) = phrase_at(reader, lead.end, phrase) {
            // "the email" is the one that was spoken of.
            let spoken_of = if reader.low(i) == "the" && !phrase.ends_with('s') { 14 } else { 0 };
            let when = Condition { source: Some(source.to_source()), ..Condition::default() };
            modified(reader, &lead.with(end, when, spoken_of), 0, &mut found);
        }
    }
    found
}

/// "messages", "anything", "VIP customers": work without a topic.
fn general(reader: &Reader<'_>, start: usize, base: &Condition, lead: &Item, found: &mut Vec<Item>) {
    let customer = |at: usize| CUSTOMERS.contains(&singular(reader.low(at)).as_str());
    let customers = !base.segments.is_empty() && customer(start);
    // "Newcomers get an answer": a word for customers by itself.
    if !base.segments.is_empty() && start > lead.end && super::narrow::is_plural(reader, start - 1) {
        modified(reader, &lead.with(start, base.clone(), 0), 0, found);
    }
    if !base.segments.is_empty() && (lead.end..start).any(customer) {
        modified(reader, &lead.with(start, base.clone(), 1), 0, found);
    }
    // "people who ask about leave" are work by what they ask.
    if PEOPLE.contains(&reader.low(start)) && WITH_A_WISH.contains(&reader.low(start + 1)) {
        let mut asked = Vec::new();
        let people = lead.with(start + 1, base.clone(), 1);
        modified(reader, &people, 0, &mut asked);
        found.extend(asked.into_iter().filter(|item| item.end > people.end));
    }
    if let Some(end) = generic_end(reader, start).or(customers.then_some(start + 1)) {
        modified(reader, &lead.with(end, base.clone(), 1), 0, found);
    }
}

/// Whoever may ask for something.
const PEOPLE: &[&str] = &[
    "customers", "people", "anyone", "anybody", "everyone", "everybody", "employees", "colleagues", "users", "clients",
    "staff", "those", "someone", "somebody", "whoever", "folks", "buyers", "requesters", "customer",
];
const WITH_A_WISH: &[&str] = &[
    "who", "that", "asking", "with", "wanting", "writing", "calling", "complaining", "mentioning", "ask", "asks",
    "requesting", "needing", "reporting",
];
/// After "customers" they begin what kind of customer is meant.
const OF_A_KIND: &[&str] = &["on", "with", "of", "from", "who", "whose", "that", "in", "without", "above", "over"];

/// "customers on the old plan": a kind of customer that is nowhere defined, and no topic.
fn kind_of_customer(reader: &Reader<'_>, start: usize, end: usize) -> Option<Finding> {
    let plural = matches!(reader.low(start), "customers" | "clients" | "buyers" | "subscribers" | "guests");
    (plural && end == start + 1 && OF_A_KIND.contains(&reader.low(end))).then(|| {
        error(
            "undefined-term",
            reader.span(start, end + 1),
            format!("which {} are meant is nowhere defined", reader.low(start)),
            "give them a name in company.md: “By VIP we mean customers on the Platinum plan.”",
        )
    })
}

/// "all of our", "any", and hedges such as "most"; nothing yet of what the work is.
fn quantified(reader: &Reader<'_>, i: usize) -> Item {
    let mut lead = Item { end: i, clauses: Vec::new(), cost: 0, faults: Vec::new() };
    while lead.end < i + 3 {
        let at = lead.end;
        if let Some(end) = QUANTIFIERS.iter().filter_map(|phrase| phrase_at(reader, at, phrase)).max() {
            lead.end = end;
        } else if reader.hedge_at(at) > 0 && !matches!(reader.low(at + 1), "lot") && reader.low(at) != "lots" {
            lead.end = at + reader.hedge_at(at);
            lead.faults.push(reader.hedge_fault(at, lead.end));
            lead.cost += HEDGE_COST;
        } else {
            break;
        }
    }
    lead
}

/// "urgent", "high-priority", "VIP" before a noun.
fn described(reader: &Reader<'_>, from: usize) -> (usize, Condition) {
    let mut base = Condition::default();
    let mut at = from;
    loop {
        if let Some((end, priority)) = priority_word(reader, at) {
            base.priority = Some(priority);
            at = if reader.low(end) == "priority" { end + 1 } else { end };
        } else if let Some((length, term)) = segment_word(reader, at).filter(|_| base.segments.is_empty()) {
            base.segments.push(term);
            // "a VIP's complaint".
            at += length + usize::from(reader.low(at + length) == "'s");
        } else {
            return (at, base);
        }
    }
}

/// Adjectives that sound like a limit, without those that are often part of a topic's name.
fn sounds_vague(low: &str) -> bool {
    VAGUE.contains(&low)
        && !matches!(
            low,
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
        )
}

/// "the sales team's questions about pay": whose questions they are.
fn asked_by(reader: &Reader<'_>, lead: &Item) -> Vec<Item> {
    let mut found = Vec::new();
    for one in reader.slot(super::grammar::Slot::From, lead.end).iter().filter(|one| one.faults.is_empty()) {
        let Val::Workers(from) = &one.val else { continue };
        let named = !from.everyone && from.count.is_none() && !from.refs.is_empty();
        let Some(end) = generic_end(reader, one.end + 1).filter(|_| named && reader.low(one.end) == "'s") else {
            continue;
        };
        modified(
            reader,
            &lead.with(end, Condition { from: from.refs.clone(), ..Condition::default() }, 1),
            0,
            &mut found,
        );
    }
    found
}

/// "any mention of the word lawsuit".
fn mentioned(reader: &Reader<'_>, lead: &Item) -> Vec<Item> {
    let at = lead.end;
    if !matches!(reader.low(at), "mention" | "mentions") || reader.low(at + 1) != "of" {
        return Vec::new();
    }
    let words = ["the word", "the words", "the phrase", "the term", "the terms", "either"];
    let from = words.iter().filter_map(|phrase| phrase_at(reader, at + 2, phrase)).max().unwrap_or(at + 2);
    let item = |one: &Slotted| match &one.val {
        Val::Words(mentions) => {
            let mut item =
                lead.with(one.end, Condition { mentions: mentions.clone(), ..Condition::default() }, one.cost);
            item.faults.extend(one.faults.iter().cloned());
            Some(item)
        }
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
        // "alerts to the SRE agent" says who gets them.
        let receiver = |one: &Slotted| one.end == modifier.end && one.faults.is_empty();
        if modifier.form == Form::About
            && reader.low(modifier.start) == "to"
            && reader.slot(super::grammar::Slot::To, modifier.start + 1).iter().any(receiver)
        {
            continue;
        }
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

/// "anything important": a word for work in general, and an adjective that says nothing.
fn vaguely(reader: &Reader<'_>, start: usize, lead: &Item, found: &mut Vec<Item>) {
    let general = matches!(reader.low(start), "anything" | "everything" | "something" | "whatever" | "things");
    if general && VAGUE.contains(&reader.low(start + 1)) {
        let mut item = lead.with(start + 2, Condition::default(), HEDGE_COST);
        item.faults.push(reader.hedge_fault(start + 1, start + 2));
        found.push(item);
    }
}

fn generic_end(reader: &Reader<'_>, i: usize) -> Option<usize> {
    GENERIC.iter().filter_map(|phrase| phrase_at(reader, i, phrase)).max()
}

/// Topics and lists of them, with nothing but topics.
pub fn topics(reader: &Reader<'_>, i: usize) -> Vec<Slotted> {
    topic_list(reader, i)
}

fn topic_list(reader: &Reader<'_>, i: usize) -> Vec<Slotted> {
    let mut found = Vec::new();
    collect_topics(reader, i, &Topics::default(), &mut found);
    found
}

/// A list of topics so far.
#[derive(Clone, Default)]
struct Topics {
    list: Vec<String>,
    cost: u32,
    faults: Vec<Finding>,
}

const DETERMINERS: &[&str] =
    &["the", "a", "an", "any", "all", "our", "your", "their", "either", "its", "his", "her", "every", "my", "both"];

fn collect_topics(reader: &Reader<'_>, i: usize, before: &Topics, found: &mut Vec<Slotted>) {
    if before.list.len() > 8 {
        return;
    }
    let mut at = i;
    while at < i + 2 && DETERMINERS.contains(&reader.low(at)) {
        at += 1;
    }
    if at < i + 2 && reader.low(at) == "some" {
        return;
    }
    for end in at + 1..=(at + MAX_TOPIC).min(reader.tokens.len()) {
        let last = &reader.tokens[end - 1];
        let inner = end > at + 1
            && matches!(last.low.as_str(), "of" | "for" | "to" | "with" | "the" | "a" | "on" | "an" | "my" | "our");
        // "per diems" are money for the day.
        let latin = last.low == "per" && matches!(reader.low(end), "diem" | "diems" | "capita");
        let word = matches!(last.kind, Kind::Word) && (!TOPIC_STOPS.contains(&last.low.as_str()) || inner || latin)
            || (matches!(last.kind, Kind::Number) && end > at + 1);
        if !word || last.low == "'s" && end == at + 1 {
            break;
        }
        if inner || latin || matches!(last.low.as_str(), "'s") {
            continue;
        }
        let Some(topics) = one_more(reader, before, at, end) else { continue };
        found.push(Slotted {
            end,
            val: Val::Words(topics.list.clone()),
            cost: topics.cost,
            faults: topics.faults.clone(),
        });
        let mut next = end + usize::from(reader.tokens.get(end).is_some_and(|t| t.is_mark(',')));
        next += usize::from(matches!(reader.low(next), "and" | "or" | "&" | "nor"));
        if next > end {
            collect_topics(reader, next, &topics, found);
        }
    }
}

/// The list with the topic from `at` to `end`; `None` where that is none.
fn one_more(reader: &Reader<'_>, before: &Topics, at: usize, end: usize) -> Option<Topics> {
    let words = normal(reader, at, end)?;
    // "covers a lot of ground", "approvals for hiring": an idiom, and no work that comes in.
    if NO_TOPIC.contains(&words[0].as_str()) {
        return None;
    }
    // "Felix stuck for an hour": whoever is named is no topic.
    if end == at + 1 && super::narrow::is_agent(reader, at) {
        return None;
    }
    let mut topics = before.clone();
    let odd = (at..end).filter(|j| matches!(reader.low(*j), "of" | "for" | "to" | "with" | "on")).count();
    topics.cost += 2 * u32::try_from(end - at + 2 * odd).unwrap_or(9);
    for j in at..end {
        if reader.hedge_at(j) > 0 && j + reader.hedge_at(j) <= end {
            topics.faults.push(reader.hedge_fault(j, j + reader.hedge_at(j)));
            topics.cost += HEDGE_COST;
        }
    }
    if let [word] = words.as_slice()
        && VAGUE.contains(&word.as_str())
        && sounds_vague_alone(word)
    {
        topics.faults.push(reader.hedge_fault(at, end));
        topics.cost += HEDGE_COST;
    }
    // "messages" are work in general, and "the sender" somebody, before they are a topic.
    if let [word] = words.as_slice()
        && (GENERIC.contains(&word.as_str())
            || CUSTOMERS.contains(&word.as_str())
            || matches!(word.as_str(), "email" | "mail" | "requester" | "sender" | "person"))
    {
        topics.cost += 4;
    }
    let topic = words.join(" ");
    if !topics.list.contains(&topic) {
        topics.list.push(topic);
    }
    Some(topics)
}

/// Words with which no topic begins.
const NO_TOPIC: &[&str] = &[
    "lot", "lots", "bit", "couple", "handful", "ton", "tons", "plenty", "approval", "approvals", "sign-off",
    "sign-offs", "bunch", "approved", "authorised", "authorized", "countersigned", "cleared", "signed", "hold",
    "responsibility", "competence", "accountability", "ownership", "jurisdiction", "straight", "ask", "asks", "asking",
    "whoever", "anybody", "anyone", "everybody", "everyone", "somebody", "someone", "nobody", "strength", "basis",
    "grounds", "behalf", "reminder", "reminders",
];

/// "special cases": an adjective and nothing that it describes. Some are topics by themselves ("a complaint that is new").
fn sounds_vague_alone(word: &str) -> bool {
    !matches!(word, "standard" | "material" | "key" | "right" | "good" | "regular" | "general" | "senior" | "junior")
}
