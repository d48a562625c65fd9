//! Action phrases: "refunds", "issue refunds or cancel subscriptions", "look up the contract and the open tickets",
//! "refund (`billing.refund`)".

use super::Finding;
use super::grammar::Slot;
use super::index::ToolWords;
use super::narrow::priority_word;
use super::scan::{HEDGE_COST, Reader};
use super::token::Kind;
use super::tools::{Bound, bind};
use super::values::{Action, Slotted, Val, error};
use super::vocabulary::synonyms::NOISE;
use super::vocabulary::words::VAGUE;
use crate::catalogue::ToolName;
use crate::directives::rule::{Condition, Same, ToolPattern};

/// No action phrase is longer.
pub const MAX_WORDS: usize = 14;
pub const NO_TOOL: u32 = 100;
pub const UNDEFINED: u32 = 85;

/// Words at which an action phrase ends.
pub const STOPS: &[&str] = &[
    "if", "when", "whenever", "unless", "without", "before", "after", "until", "till", "within", "otherwise", "only",
    "over", "above", "under", "below", "more", "less", "than", "must", "should", "shall", "will", "may", "can", "is",
    "are", "be", "was", "were", "been", "being", "has", "have", "had", "does", "did", "not", "never", "need", "needs",
    "require", "requires", "by", "per", "who", "which", "while", "outside", "during", "except", "but", "because",
    "exceeding", "nothing", "once", "else", "between", "least", "most", "where", "so", "prior", "first", "then",
    "anyone", "anybody", "needing", "requiring", "inside", "unapproved", "worth", "upwards", "provided", "themselves",
    "asked", "requested", "that", "you", "they", "we", "nobody", "exceeds", "exceed", "alone", "he", "she",
];

pub fn fill(reader: &Reader<'_>, slot: Slot, i: usize) -> Vec<Slotted> {
    let mut found = cores(reader, slot, i);
    found.extend(super::quantities::quantities(reader, slot, i));
    found
}

pub fn cores(reader: &Reader<'_>, slot: Slot, i: usize) -> Vec<Slotted> {
    let mut found = Vec::new();
    let codes = super::quantities::codes(reader, i);
    let by_code = !codes.is_empty();
    found.extend(codes);
    if by_code && reader.tokens.get(i).is_some_and(|t| matches!(t.kind, Kind::Code(_))) {
        return found;
    }
    let mut end = i;
    while end < reader.tokens.len() && end - i < MAX_WORDS {
        let token = &reader.tokens[end];
        let joins = token.is_mark(',') && end > i;
        // "pay anyone more than …": whoever it is, it says nothing about the act.
        let whoever = matches!(token.low.as_str(), "anyone" | "anybody" | "somebody" | "someone")
            && end > i
            && matches!(reader.low(end + 1), "more" | "over" | "above" | "up" | "at" | "less" | "under" | "anything");
        // "fail over a database".
        let fails =
            token.low == "over" && end > i && matches!(reader.low(end - 1), "fail" | "fails" | "failing" | "failed");
        let stop = !fails && STOPS.contains(&token.low.as_str()) && !whoever && (end != i || token.low != "first");
        if !(token.is_word() && !stop || joins || matches!(token.kind, Kind::Code(_))) {
            break;
        }
        end += 1;
        let last = &reader.tokens[end - 1];
        if last.is_mark(',')
            || matches!(last.low.as_str(), "and" | "or" | "the" | "a" | "an" | "to" | "of" | "for" | "nor")
        {
            continue;
        }
        if let Some(one) = phrase(reader, slot, i, end) {
            found.push(one);
        }
    }
    found
}

/// The words from `i` to `end` as one action phrase, a list perhaps.
fn phrase(reader: &Reader<'_>, slot: Slot, i: usize, end: usize) -> Option<Slotted> {
    // "Approval takes Wen an hour" is about approving and not about what is approved.
    if matches!(reader.low(i), "approval" | "approvals" | "approver" | "approvers") {
        return None;
    }
    // "Kim has a look at it" names nothing that is looked at.
    let at_what = |at: usize| {
        matches!(
            reader.low(at),
            "at" | "it" | "them" | "this" | "that" | "the" | "request" | "message" | "ticket" | "case"
        )
    };
    if reader.low(i) == "a" && reader.low(i + 1) == "look" && (i + 2..end).all(at_what) {
        return None;
    }
    // "look it up with `records.get`" belongs to no list of actions.
    let pronoun = (i..end).any(|at| matches!(reader.low(at), "it" | "them"));
    if slot == Slot::Act && pronoun && (i..end).any(|at| matches!(reader.tokens[at].kind, Kind::Code(_))) {
        return None;
    }
    let mut parts = Parts::of(reader, slot, i, end);
    parts.lists.retain(|part| part.iter().any(|at| !NOISE.contains(&reader.low(*at))));
    if parts.lists.is_empty() {
        return None;
    }
    let (mut cost, mut faults) = (parts.cost, parts.faults);
    let mut tools: Vec<ToolPattern> = Vec::new();
    for (order, part) in parts.lists.iter().enumerate() {
        let (bound, tried) = bind_part(reader, slot, &parts.lists, order, part);
        cost += 1;
        let (tool, far, fault) = settled(reader, bound, &tried, part);
        cost += far;
        faults.extend(fault);
        tools.extend(tool.map(ToolPattern).filter(|tool| !tools.contains(tool)));
    }
    let text: Vec<&str> = (i..end)
        .filter(|at| *at > i || reader.low(*at) != "to")
        .map(|at| reader.low(at))
        .filter(|low| !matches!(*low, "the" | "a" | "an" | "any" | "all" | "every" | "our" | "'s"))
        .collect();
    let same = match counted(reader, i, end, &tools) {
        Some(Err(fault)) => {
            cost += UNDEFINED;
            faults.push(fault);
            None
        }
        Some(Ok(same)) => Some(same),
        None => None,
    };
    let action = Action { text: text.join(" "), tools, when: parts.when, same, span: reader.span(i, end) };
    Some(Slotted { end, val: Val::Action(Box::new(action)), cost, faults })
}

/// The words of an action phrase by item of its list, without what only narrows it.
struct Parts {
    lists: Vec<Vec<usize>>,
    when: Condition,
    cost: u32,
    faults: Vec<Finding>,
}

impl Parts {
    fn of(reader: &Reader<'_>, slot: Slot, i: usize, end: usize) -> Self {
        let mut parts = Self { lists: vec![Vec::new()], when: Condition::default(), cost: 0, faults: Vec::new() };
        let mut at = i;
        while at < end {
            at += parts.take(reader, slot, at, end);
        }
        parts
    }

    /// How many words it took.
    fn take(&mut self, reader: &Reader<'_>, slot: Slot, at: usize, end: usize) -> usize {
        let low = reader.low(at);
        let comma = reader.tokens[at].is_mark(',');
        if comma || matches!(low, "and" | "or" | "nor" | "either") {
            // A comma may as well end the phrase; that reading comes first.
            self.cost += if comma { 2 } else { 0 };
            self.lists.push(Vec::new());
            return 1;
        }
        // "An emergency purchase means …": what the company has a word for is no urgent something.
        if let Some(length) = term_at(reader, at, end) {
            if let Some(list) = self.lists.last_mut() {
                list.extend(at..at + length);
            }
            return length;
        }
        if let Some((length, term)) = segment_at(reader, at, end) {
            self.when.segments.push(term);
            return length;
        }
        if let Some((stop, priority)) = priority_of(reader, at).filter(|(stop, _)| *stop < end) {
            self.when.priority = Some(priority);
            return stop - at;
        }
        let hedge = reader.hedge_at(at);
        if hedge > 0 && at + hedge <= end && !is_tool_word(reader, at) && !matches!(low, "about" | "say" | "around") {
            self.faults.push(reader.hedge_fault(at, at + hedge));
            self.cost += HEDGE_COST;
            return hedge;
        }
        if is_vague(reader, slot, at) {
            self.faults.push(reader.hedge_fault(at, at + 1));
            self.cost += HEDGE_COST;
        } else if let Some(list) = self.lists.last_mut() {
            list.push(at);
        }
        1
    }
}

/// The tool that a part is taken for, what that costs, and what is wrong with it.
fn settled(
    reader: &Reader<'_>,
    bound: Bound,
    tried: &[usize],
    part: &[usize],
) -> (Option<String>, u32, Option<Finding>) {
    match bound {
        Bound::Tool(name, far) => (Some(name), far, None),
        Bound::Several(names) => {
            let fault = several(reader, tried, &names);
            (names.into_iter().next(), UNDEFINED, Some(fault))
        }
        Bound::Unknown(name, missing) => {
            let cost = UNDEFINED + u32::try_from(missing.len()).unwrap_or(9);
            // The verb itself is no tool's: what looks like a ban may be guidance.
            let mut said = tried.iter().filter(|at| !NOISE.contains(&reader.low(**at)));
            let (first, object) = (said.next(), said.next());
            // "block the corridor": what is acted on right after the verb is not the tool's.
            let direct = first.zip(object).is_some_and(|(verb, object)| {
                missing.contains(object)
                    && (*verb + 1..*object)
                        .all(|at| matches!(reader.low(at), "the" | "a" | "an" | "any" | "your" | "our"))
                    && !WITH_PEOPLE.contains(&reader.stem(*verb))
                    && !of_an_act(reader, *verb)
            });
            let unbound = direct
                || first.is_some_and(|at| missing.contains(at))
                || first.is_some_and(|at| super::tools::is_light(reader, *at) || names_its_object(&name))
                    && object.is_some_and(|at| missing.contains(at));
            let mut fault = undefined(reader, &missing, &name);
            if unbound {
                fault.code = "undefined-act";
            }
            (Some(name), cost, Some(fault))
        }
        Bound::None => {
            let cost = NO_TOOL + u32::try_from(part.len()).unwrap_or(9);
            (None, cost, Some(no_tool(reader, part)))
        }
    }
}

/// Stems of acts that are done to people, so that whoever stands after the verb is a condition.
const WITH_PEOPLE: &[&str] = &[
    "refund", "pay", "reimburs", "credit", "email", "mail", "messag", "charg", "hire", "reject", "invit", "suspend",
    "onboard", "offboard", "ban", "discount", "repli", "answer", "notifi", "bill", "invoic", "repay",
];

/// "refunds resellers": a noun in the plural is the act itself and takes no object.
fn of_an_act(reader: &Reader<'_>, verb: usize) -> bool {
    let low = reader.low(verb);
    low.ends_with('s') && !low.ends_with("ss") || low.ends_with("ing") || low.ends_with("ion")
}

/// `billing.send_invoice` sends invoices and nothing else, `billing.refund` refunds whatever was paid.
fn names_its_object(tool: &str) -> bool {
    tool.rsplit('.').next().is_some_and(|local| local.contains('_'))
}

/// "to one customer", "of the same order".
fn counted(reader: &Reader<'_>, from: usize, to: usize, tools: &[ToolPattern]) -> Option<Result<Same, Finding>> {
    (from + 1..to).filter(|at| matches!(reader.low(at - 1), "one" | "single" | "same")).find_map(|at| {
        let again = reader.low(at - 1) == "same" && !STOPS.contains(&reader.low(at));
        if again { Some(same_one(reader, at, tools)) } else { super::times::counted_by(reader.low(at)).map(Ok) }
    })
}

/// What stands behind "the same": somebody, or the thing that these tools are about. Of anything else nobody keeps count.
pub fn same_one(reader: &Reader<'_>, at: usize, tools: &[ToolPattern]) -> Result<Same, Finding> {
    let is_target = || of(reader, tools).any(|tool| tool.target.iter().any(|word| word == reader.stem(at)));
    super::times::counted_by(reader.low(at)).or_else(|| is_target().then_some(Same::Target)).ok_or_else(|| {
        error(
            "undefined-term",
            reader.span(at - 1, at + 1),
            format!("“the same {}” is nothing that calls are counted by", reader.low(at)),
            "count them by the customer, the requester, the worker or the target, as in “per customer and week”",
        )
    })
}

/// Verbs are shared forwards and objects backwards: "look up the contract and the tickets", "create or delete accounts".
fn bind_part(
    reader: &Reader<'_>,
    slot: Slot,
    parts: &[Vec<usize>],
    order: usize,
    part: &[usize],
) -> (Bound, Vec<usize>) {
    let reading = slot == Slot::First || order > 0 && starts_with_look(reader, &parts[0]);
    let good = |bound: &Bound| matches!(bound, Bound::Tool(..));
    if part.len() == 1 && order + 1 < parts.len() {
        // "search and reply to tickets and look up shipments": the next object is the one that is shared.
        let spoken = |next: &Vec<usize>| {
            let start = next.iter().position(|at| reader.low(*at) != "to")?;
            (next.len() - start > 1).then(|| next[start..].to_vec())
        };
        if let Some(last) = parts[order + 1..].iter().find_map(spoken) {
            let shared: Vec<usize> = part.iter().chain(&last[1..]).copied().collect();
            let bound = bind(reader, &shared, reading);
            if good(&bound) {
                return (bound, shared);
            }
        }
    }
    let determined =
        part.first().is_some_and(|at| matches!(reader.low(*at), "the" | "a" | "an" | "its" | "their" | "any"));
    if reading && slot != Slot::First && !determined {
        let own = bind(reader, part, false);
        if good(&own) && part.len() > 1 {
            return (own, part.to_vec());
        }
    }
    if let Some(named) = spoken_of(reader, part, slot == Slot::First) {
        return named;
    }
    let alone = bind(reader, part, reading);
    if good(&alone) || order == 0 {
        return (alone, part.to_vec());
    }
    let verb: Vec<usize> = parts[0].iter().copied().take(1).collect();
    let shared: Vec<usize> = verb.into_iter().chain(part.iter().copied()).collect();
    let bound = bind(reader, &shared, reading);
    if good(&bound) { (bound, shared) } else { (alone, part.to_vec()) }
}

/// "cancel an order without looking *it* up": the noun before that a tool can look up, if there is exactly one.
fn spoken_of(reader: &Reader<'_>, part: &[usize], reading: bool) -> Option<(Bound, Vec<usize>)> {
    let pronoun = part.iter().position(|at| matches!(reader.low(*at), "it" | "them"))?;
    let others = part.iter().filter(|at| {
        let low = reader.low(**at);
        !NOISE.contains(&low) && !super::vocabulary::synonyms::READ_PARTICLES.contains(&low)
    });
    (others.count() == 1).then_some(())?;
    let first = *part.first()?;
    let mut known: Vec<(Bound, Vec<usize>)> = (0..first)
        .filter(|at| is_tool_word(reader, *at))
        .map(|at| {
            let mut words = part.to_vec();
            words[pronoun] = at;
            (bind(reader, &words, reading), words)
        })
        .filter(|(bound, _)| matches!(bound, Bound::Tool(..)))
        .collect();
    known.dedup_by(|a, b| a.0 == b.0);
    if known.len() == 1 { known.pop() } else { None }
}

fn starts_with_look(reader: &Reader<'_>, part: &[usize]) -> bool {
    part.iter().find(|at| !NOISE.contains(&reader.low(**at))).is_some_and(|at| {
        matches!(
            reader.low(*at),
            "look"
                | "looking"
                | "check"
                | "checking"
                | "read"
                | "reading"
                | "search"
                | "searching"
                | "view"
                | "viewing"
                | "see"
                | "seeing"
                | "consult"
                | "fetch"
                | "fetching"
                | "verify"
                | "verifying"
        )
    })
}

/// "urgent refunds", "high-priority refunds"; a "high refund" is a large one, which says nothing.
fn priority_of(reader: &Reader<'_>, at: usize) -> Option<(usize, crate::directives::rule::Priority)> {
    priority_word(reader, at).filter(|(stop, _)| *stop > at + 1 || !VAGUE.contains(&reader.low(at)))
}

/// How many words a term of several takes that a `define` gives to a tool, if it stands here.
fn term_at(reader: &Reader<'_>, at: usize, end: usize) -> Option<usize> {
    let terms = reader.index.tools.iter().flat_map(|tool| &tool.terms).filter(|term| term.len() > 1);
    let stands = |term: &&Vec<String>| {
        at + term.len() <= end && term.iter().enumerate().all(|(n, stem)| reader.stem(at + n) == stem)
    };
    terms.filter(stands).map(Vec::len).max()
}

/// An adjective that sounds like a limit, and that no tool is known by.
fn is_vague(reader: &Reader<'_>, slot: Slot, at: usize) -> bool {
    let low = reader.low(at);
    let plain = matches!(low, "new" | "old") || slot == Slot::First && matches!(low, "open" | "recent" | "late");
    VAGUE.contains(&low) && !plain && !NOISE.contains(&low) && !is_tool_word(reader, at)
}

/// Whether a tool or a term is known by this word, so that it is no mere adjective.
pub fn is_tool_word(reader: &Reader<'_>, at: usize) -> bool {
    reader.index.tools.iter().any(|tool| tool.is_known_by(reader.stem(at)))
}

/// Whether one of these tools is known by this word.
pub fn is_word_of(reader: &Reader<'_>, tools: &[ToolPattern], at: usize) -> bool {
    of(reader, tools).any(|tool| tool.is_known_by(reader.stem(at)))
}

fn of<'a>(reader: &'a Reader<'_>, tools: &'a [ToolPattern]) -> impl Iterator<Item = &'a ToolWords> {
    let named = |tool: &&ToolWords| tools.iter().any(|pattern| pattern.covers(&ToolName(tool.name.clone())));
    reader.index.tools.iter().filter(named)
}

/// A defined term for customers or accounts: ("VIP", "the VIP customers") → its length and the term.
pub fn segment_at(reader: &Reader<'_>, at: usize, end: usize) -> Option<(usize, String)> {
    super::narrow::segment_word(reader, at).filter(|(length, _)| at + length <= end)
}

pub fn several(reader: &Reader<'_>, part: &[usize], names: &[String]) -> Finding {
    let span = part_span(reader, part);
    error(
        "ambiguous-tool",
        span,
        format!("this fits more than one tool: {}", names.join(", ")),
        &format!("name the tool in backticks, or define the word: “A … means `{}`.”", names[0]),
    )
}

pub fn undefined(reader: &Reader<'_>, missing: &[usize], tool: &str) -> Finding {
    let words: Vec<&str> = missing.iter().map(|at| reader.low(*at)).collect();
    let span = part_span(reader, missing);
    error(
        "undefined-term",
        span,
        format!("“{}” is nowhere defined, so {tool} cannot be judged by it", words.join(" ")),
        &format!("define it (“By {} we mean …”) or leave it out", words.join(" ")),
    )
}

pub fn no_tool(reader: &Reader<'_>, part: &[usize]) -> Finding {
    let words: Vec<&str> = part.iter().map(|at| reader.low(*at)).collect();
    error(
        "no-tool",
        part_span(reader, part),
        format!("no tool does “{}”, so this cannot be enforced", words.join(" ")),
        "name the tool in backticks, or define the word: “A … means `server.tool`.”",
    )
}

fn part_span(reader: &Reader<'_>, part: &[usize]) -> std::ops::Range<usize> {
    match (part.first(), part.last()) {
        (Some(first), Some(last)) => reader.span(*first.min(last), last.max(first) + 1),
        _ => 0..0,
    }
}
