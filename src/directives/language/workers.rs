//! Worker phrases: "the finance agent", "Dana", "two people from the SRE team", "@kim or the CFO", "the agent's owner".

use super::Finding;
use super::forms::singular;
use super::grammar::Slot;
use super::scan::{HEDGE_COST, Reader};
use super::token::Kind;
use super::values::{Slotted, Val, Workers, error};
use super::vocabulary::people::{CROWD, EVERYONE, NOUNS_OF_WORKERS, PRONOUNS, SPECIAL, THINGS_OF_WORKERS};
use super::vocabulary::words::NUMBER_WORDS;
use crate::workers::WorkerRef;

#[derive(Clone)]
pub struct One {
    pub end: usize,
    pub workers: Workers,
    pub cost: u32,
    pub faults: Vec<Finding>,
}

pub const UNKNOWN_COST: u32 = 100;

/// All worker phrases that start at `i`: single ones, and lists with commas, "and", "or".
pub fn fill(reader: &Reader<'_>, slot: Slot, i: usize) -> Vec<Slotted> {
    let (start, all) = match reader.low(i) {
        "either" | "any" if reader.low(i) == "either" => (i + 1, false),
        "both" => (i + 1, true),
        _ => (i, false),
    };
    let mut found = Vec::new();
    // "two out of Amara, Jun and Ravi", "one of @a, @b".
    let (count, after, ..) = leading_count(reader, i);
    if let Some(count) = count
        && let Some(list) =
            ["out of", "of", "from among", "among"].iter().find_map(|lead| phrase_at(reader, after, lead))
    {
        let mut lists = Vec::new();
        for first in singles(reader, slot, list) {
            extend(reader, slot, first, 0, &mut lists);
        }
        for mut one in lists.into_iter().filter(|one| one.workers.refs.len() > 1) {
            one.workers.count = Some(count);
            found.push(one);
        }
    }
    for first in singles(reader, slot, start) {
        extend(reader, slot, first, 0, &mut found);
    }
    if all {
        found.retain_mut(|one| {
            one.workers.all = one.workers.refs.len() > 1;
            one.workers.all
        });
        // "both finance managers".
        found.extend(singles(reader, slot, i).into_iter().filter(|one| one.workers.count == Some(2)));
    }
    for one in &mut found {
        one.workers.all |= joined_by_and(reader, start, one);
    }
    found
        .into_iter()
        .map(|one| Slotted { end: one.end, val: Val::Workers(one.workers), cost: one.cost, faults: one.faults })
        .collect()
}

/// "Peter and Jun", without an "or": where people approve, both must.
fn joined_by_and(reader: &Reader<'_>, start: usize, one: &One) -> bool {
    let joint = |words: &[&str]| (start..one.end).any(|at| words.contains(&reader.low(at)));
    one.workers.refs.len() > 1
        && one.workers.count.is_none()
        && joint(&["and", "&", "plus", "together", "along", "well"])
        && !joint(&["or", "nor"])
}

fn extend(reader: &Reader<'_>, slot: Slot, one: One, depth: usize, found: &mut Vec<One>) {
    found.push(one.clone());
    // A crowd ("everyone", "two people from …") and an unknown name do not start lists of more than a few.
    if depth > 6 || one.workers.everyone {
        return;
    }
    let mut next = one.end;
    // "Marcus's or Lucia's approval".
    if reader.low(next) == "'s" && matches!(reader.low(next + 1), "and" | "or" | "nor" | ",") {
        next += 1;
    }
    if reader.tokens.get(next).is_some_and(|t| t.is_mark(',')) {
        next += 1;
    }
    let as_well = ["as well as", "together with", "along with"].iter().find_map(|joint| phrase_at(reader, next, joint));
    let joined = as_well.is_some() || matches!(reader.low(next), "and" | "or" | "nor" | "&" | "plus");
    if joined {
        next = as_well.unwrap_or(next + 1);
        if matches!(reader.low(next), "also" | "to" | "from" | "by" | "with") {
            next += 1;
        }
    } else if next == one.end {
        return;
    }
    for other in singles(reader, slot, next) {
        if other.workers.everyone || (!joined && other.cost >= UNKNOWN_COST) {
            continue;
        }
        let mut workers = one.workers.clone();
        if !workers.refs.contains(&other.workers.refs[0]) {
            workers.refs.extend(other.workers.refs.iter().cloned());
        }
        workers.count = workers.count.or(other.workers.count);
        let mut faults = one.faults.clone();
        faults.extend(other.faults.iter().cloned());
        let list = One { end: other.end, workers, cost: one.cost + other.cost + u32::from(!joined), faults };
        extend(reader, slot, list, depth + 1, found);
    }
}

pub fn known(end: usize, worker: WorkerRef, cost: u32) -> One {
    One { end, workers: Workers { refs: vec![worker], ..Workers::default() }, cost, faults: Vec::new() }
}

fn singles(reader: &Reader<'_>, slot: Slot, i: usize) -> Vec<One> {
    let mut found = Vec::new();
    let Some(token) = reader.tokens.get(i) else { return found };
    match &token.kind {
        Kind::Worker(worker) => found.push(known(i + 1, worker.clone(), 0)),
        Kind::Handle(handle) => found.push(handle_one(reader, handle, i)),
        Kind::Channel(name) if slot == Slot::To => found.push(channel(reader, name, i)),
        Kind::Code(code) => {
            if let Ok(worker) = code.parse::<WorkerRef>() {
                found.push(known(i + 1, worker, 0));
            }
        }
        Kind::Word => words(reader, slot, i, &mut found),
        _ => {}
    }
    // "Hedda's desk", "on Yara's plate": what somebody has is with them.
    if slot == Slot::To {
        let theirs = |one: &One| {
            let thing = reader.low(one.end) == "'s" && THINGS_OF_WORKERS.contains(&reader.low(one.end + 1));
            thing.then(|| One { end: one.end + 2, ..one.clone() })
        };
        let held: Vec<One> = found.iter().filter_map(theirs).collect();
        found.extend(held);
    }
    // "Finn (finance-agent)", "Kim Osei (@kim)": the bracket says which one is meant.
    let bracketed: Vec<One> = found.iter().filter_map(|one| bracket(reader, slot, one)).collect();
    found.extend(bracketed);
    found
}

fn bracket(reader: &Reader<'_>, slot: Slot, one: &One) -> Option<One> {
    if !reader.tokens.get(one.end)?.is_mark('(') {
        return None;
    }
    let inner = singles(reader, slot, one.end + 1)
        .into_iter()
        .find(|inner| inner.cost < UNKNOWN_COST && reader.tokens.get(inner.end).is_some_and(|t| t.is_mark(')')))?;
    let named = one.workers.refs.contains(&inner.workers.refs.first()?.clone()) || one.cost >= HEDGE_COST;
    named.then(|| One { end: inner.end + 1, cost: 0, ..inner })
}

fn handle_one(reader: &Reader<'_>, handle: &str, i: usize) -> One {
    let roster = reader.voc.roster;
    if roster.people.contains_key(handle) {
        return known(i + 1, WorkerRef::Person(handle.to_owned()), 0);
    }
    if let Some(team) = roster.teams.values().find(|team| {
        team.id == handle || team.user_group.as_deref().is_some_and(|group| group.trim_start_matches('@') == handle)
    }) {
        return known(i + 1, WorkerRef::Team(team.id.clone()), 0);
    }
    if roster.positions.contains_key(handle) {
        return known(i + 1, WorkerRef::Agent(handle.to_owned()), 0);
    }
    let near = roster
        .people
        .keys()
        .map(|known| (strsim::jaro_winkler(known, handle), known))
        .filter(|(score, _)| *score > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let help = near.map_or("add the person to company.md".to_owned(), |(_, name)| format!("did you mean @{name}?"));
    let fault = error("unknown-worker", reader.span(i, i + 1), format!("nobody has the handle @{handle}"), &help);
    One { faults: vec![fault], ..known(i + 1, WorkerRef::Person(handle.to_owned()), UNKNOWN_COST) }
}

fn channel(reader: &Reader<'_>, name: &str, i: usize) -> One {
    let mut one = known(i + 1, WorkerRef::Channel(name.to_owned()), 0);
    if let Some(fault) = channel_fault(reader, name, i) {
        one.faults.push(fault);
        one.cost = UNKNOWN_COST;
    }
    one
}

/// What is wrong with a channel's name, if anything: where channels are listed, others are unknown.
pub fn channel_fault(reader: &Reader<'_>, name: &str, i: usize) -> Option<Finding> {
    let channels = &reader.voc.roster.channels;
    if channels.is_empty() || channels.contains_key(name) {
        return None;
    }
    let near = channels
        .keys()
        .map(|known| (strsim::jaro_winkler(known, name), known))
        .filter(|(score, _)| *score > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let help = near.map_or("add the channel to company.md".to_owned(), |(_, name)| format!("did you mean #{name}?"));
    Some(error("unknown-channel", reader.span(i, i + 1), format!("there is no channel #{name}"), &help))
}

fn words(reader: &Reader<'_>, slot: Slot, i: usize, found: &mut Vec<One>) {
    let seats = SPECIAL.iter().filter_map(|(phrase, seat)| phrase_at(reader, i, phrase).map(|end| (end, seat)));
    let longest = seats.clone().map(|(end, _)| end).max();
    for (end, seat) in seats {
        // "the owner of the agent" is one seat rather than an owner and something about agents.
        found.push(known(end, seat.to_ref(), if Some(end) == longest { 0 } else { 3 }));
    }
    for phrase in EVERYONE {
        if let Some(end) = phrase_at(reader, i, phrase)
            && matches!(slot, Slot::Who | Slot::From)
        {
            let workers = Workers { everyone: true, ..Workers::default() };
            found.push(One { end, workers, cost: 1, faults: Vec::new() });
        }
    }
    crowd(reader, slot, i, found);
    let article = matches!(reader.low(i), "a" | "an" | "any" | "each" | "every");
    let mut at = i;
    while matches!(reader.low(at), "the" | "a" | "an" | "our" | "any" | "all" | "each" | "every" | "your" | "their")
        && at < i + 2
    {
        at += 1;
    }
    named(reader, at, article, found);
    kind_and_name(reader, at, found);
    if slot == Slot::To && reader.low(at + 1) != "channel" && found.is_empty() {
        // "the finance channel" is looked up below, among the names of channels.
    }
    if let Some((_, fact)) = reader.voc.roster.channels.iter().find(|(name, _)| **name == reader.low(at))
        && reader.low(at + 1) == "channel"
    {
        found.push(known(at + 2, WorkerRef::Channel(fact.name.clone()), 1));
    }
    pronoun(reader, i, found);
    if slot == Slot::From {
        bot(reader, at, found);
    }
    let vague_one = matches!(reader.low(i), "someone" | "somebody" | "anyone" | "anybody");
    // "the security agent" is nobody, even where there is a security team.
    let longest = found.iter().map(|one| one.end).max().unwrap_or(0);
    let cut_short = longest > at && NOUNS_OF_WORKERS.contains(&singular(reader.low(longest)).as_str());
    if found.is_empty() || vague_one || cut_short {
        super::nobody::unknown(reader, slot, i, at, found);
    }
}

/// "two people from the SRE team", "someone in finance", "a member of the finance team", "two finance managers".
fn crowd(reader: &Reader<'_>, slot: Slot, i: usize, found: &mut Vec<One>) {
    let (count, mut at, cost, faults) = leading_count(reader, i);
    if let Some(end) = CROWD.iter().find_map(|phrase| phrase_at(reader, at, phrase)) {
        for one in singles(reader, slot, end) {
            if !one.workers.everyone {
                let workers = Workers { count, ..one.workers };
                let faults = faults.iter().chain(&one.faults).cloned().collect();
                found.push(One { end: one.end, workers, cost: one.cost + cost, faults });
            }
        }
    }
    if let Some(count) = count {
        while matches!(reader.low(at), "different" | "separate" | "independent" | "of" | "the" | "other" | "our") {
            at += 1;
        }
        if matches!(reader.low(at), "human" | "humans" | "people" | "persons") {
            let mut one = known(at + 1, WorkerRef::Human, cost + 1);
            one.workers.count = Some(count);
            one.faults.clone_from(&faults);
            found.push(one);
        }
        let mut named_here = Vec::new();
        named(reader, at, true, &mut named_here);
        for mut one in named_here {
            one.workers.count = Some(count);
            one.cost += cost;
            one.faults.extend(faults.iter().cloned());
            found.push(one);
        }
    }
}

fn leading_count(reader: &Reader<'_>, i: usize) -> (Option<u32>, usize, u32, Vec<Finding>) {
    let mut at = i;
    if reader.low(at) == "at" && reader.low(at + 1) == "least" {
        at += 2;
    } else if reader.low(at) == "any" {
        at += 1;
    }
    let written = reader.tokens.get(at).and_then(|token| match &token.kind {
        Kind::Number => token.low.parse::<u32>().ok(),
        Kind::Word => NUMBER_WORDS.iter().find(|(word, _)| *word == token.low).map(|(_, n)| *n),
        _ => None,
    });
    match written {
        Some(count) => (Some(count), at + 1, 0, Vec::new()),
        None if reader.low(i) == "both" => (Some(2), i + 1, 0, Vec::new()),
        None => (None, i, 0, Vec::new()),
    }
}

/// Names from the roster that stand here; a name that two bear is an error that lists both.
fn named(reader: &Reader<'_>, at: usize, article: bool, found: &mut Vec<One>) {
    // "it" is a pronoun, "IT" may be a team.
    let pronoun = reader.tokens.get(at).is_some_and(|t| t.text == "it" || t.text == "It");
    let first = singular(reader.low(at));
    let mut lengths: Vec<usize> = Vec::new();
    for name in reader.index.names_from(&first) {
        if !lengths.contains(&name.words.len()) && words_at(reader, at, &name.words).is_some() {
            lengths.push(name.words.len());
        }
    }
    for (order, length) in lengths.into_iter().enumerate() {
        let mut bearers: Vec<_> = reader
            .index
            .names_from(&first)
            .iter()
            .filter(|name| name.words.len() == length && words_at(reader, at, &name.words).is_some())
            .filter(|name| !pronoun || name.words.len() > 1)
            .collect();
        bearers.sort_by_key(|name| name.rank);
        if article && let Some(role) = bearers.iter().position(|name| matches!(name.worker, WorkerRef::Role(_))) {
            // "a finance manager" names the role, whoever bears the title.
            if !matches!(bearers[0].worker, WorkerRef::Agent(_)) {
                bearers = vec![bearers[role]];
            }
        }
        let Some(best) = bearers.first() else { continue };
        let rivals: Vec<String> = bearers
            .iter()
            .filter(|name| name.worker != best.worker && rivals(best.rank, name.rank, &best.worker, &name.worker))
            .map(|name| name.worker.to_string())
            .collect();
        let end = words_at(reader, at, &best.words).unwrap_or(at + length);
        let mut one = known(end, best.worker.clone(), u32::try_from(order).unwrap_or(9) + best.rank / 3);
        if !rivals.is_empty() {
            let message = format!("“{}” may be {} or {}", best.words.join(" "), best.worker, rivals.join(" or "));
            one.faults.push(error(
                "ambiguous-worker",
                reader.span(at, end),
                message,
                "name the one you mean by id or handle",
            ));
            one.cost += UNKNOWN_COST - 20;
        }
        found.push(one);
    }
}

/// Two bearers of one name are rivals when neither is named more directly.
fn rivals(best: u32, other: u32, best_worker: &WorkerRef, other_worker: &WorkerRef) -> bool {
    match (best_worker, other_worker) {
        (WorkerRef::Role(_), WorkerRef::Person(_)) | (WorkerRef::Agent(_), WorkerRef::Role(_)) => false,
        (WorkerRef::Person(_), WorkerRef::Person(_)) => best / 3 == other / 3,
        _ => best.abs_diff(other) < 2,
    }
}

/// "the role finance-manager", "the team finance", "agent finance-agent".
fn kind_and_name(reader: &Reader<'_>, at: usize, found: &mut Vec<One>) {
    let kind = reader.low(at);
    if !matches!(kind, "role" | "team" | "agent" | "position" | "person") {
        return;
    }
    let first = singular(reader.low(at + 1));
    for name in reader.index.names_from(&first) {
        let fits = matches!(
            (kind, &name.worker),
            ("role", WorkerRef::Role(_))
                | ("team", WorkerRef::Team(_))
                | ("agent" | "position", WorkerRef::Agent(_))
                | ("person", WorkerRef::Person(_))
        );
        if fits && let Some(end) = words_at(reader, at + 1, &name.words) {
            found.push(known(end, name.worker.clone(), 0));
        }
    }
}

/// "the bot sentry", "the sentry bot": another program in the channel.
fn bot(reader: &Reader<'_>, at: usize, found: &mut Vec<One>) {
    let name = |i: usize| match reader.tokens.get(i).map(|t| (&t.kind, &t.low)) {
        Some((Kind::Word, low)) if !STOPS.contains(&low.as_str()) => Some(low.clone()),
        Some((Kind::Code(name) | Kind::Quote(name), _)) => Some(name.to_lowercase()),
        _ => None,
    };
    if matches!(reader.low(at), "bot" | "app")
        && let Some(name) = name(at + 1)
    {
        found.push(known(at + 2, WorkerRef::Bot(name), 1));
    } else if matches!(reader.low(at + 1), "bot" | "app")
        && found.is_empty()
        && let Some(name) = name(at)
    {
        found.push(known(at + 2, WorkerRef::Bot(name), 1));
    }
}

fn pronoun(reader: &Reader<'_>, i: usize, found: &mut Vec<One>) {
    let low = reader.low(i);
    if !PRONOUNS.contains(&low) {
        return;
    }
    // "it" that the heading explains has been replaced before the sentence is read.
    let fault = error(
        "pronoun",
        reader.span(i, i + 1),
        format!("“{low}” does not say who is meant"),
        "name the worker, or write the sentence under a heading that names it",
    );
    found.push(One { faults: vec![fault], ..known(i + 1, WorkerRef::Human, UNKNOWN_COST - 10) });
}

/// How a worker is called in messages.
pub fn display(worker: &WorkerRef) -> String {
    match worker {
        WorkerRef::Person(handle) => format!("@{handle}"),
        WorkerRef::Agent(id) | WorkerRef::Role(id) => id.clone(),
        WorkerRef::Team(id) => format!("the {id} team"),
        other => other.to_string(),
    }
}

pub const STOPS: &[&str] = &[
    "is", "are", "be", "may", "can", "must", "should", "shall", "will", "has", "have", "had", "do", "does", "not",
    "and", "or", "to", "for", "if", "when", "unless", "with", "without", "in", "on", "by", "within", "otherwise",
    "before", "after", "from", "at", "who", "that", "which", "until", "about", "as", "of", "then", "but", "than", "'s",
    "over", "under", "above", "once", "needs", "need", "what", "how", "why", "where", "whose", "next",
];

/// Where `phrase` (words separated by spaces) ends if it stands at `i`.
pub fn phrase_at(reader: &Reader<'_>, i: usize, phrase: &str) -> Option<usize> {
    let mut at = i;
    for word in phrase.split(' ') {
        if reader.low(at) != word {
            return None;
        }
        at += 1;
    }
    Some(at)
}

/// Where the name `words` ends if it stands at `i`, compared in the singular.
fn words_at(reader: &Reader<'_>, i: usize, words: &[String]) -> Option<usize> {
    let mut at = i;
    for word in words {
        if at > i && matches!(reader.low(at), "of" | "the" | "&") {
            at += 1;
        }
        let token = reader.tokens.get(at)?;
        if !matches!(token.kind, Kind::Word | Kind::Number) || (token.low != *word && singular(&token.low) != *word) {
            return None;
        }
        at += 1;
    }
    Some(at)
}
