//! What conditions mean: a fitting pattern → one or more alternatives of a condition.

use super::Finding;
use super::grammar::Slot;
use super::numbers::empty;
use super::pattern_set::{Form, Set};
use super::scan::Reader;
use super::topics::merge_alternative;
use super::values::{Action, Clause, Match, Okay, Slotted, Val, error};
use crate::directives::rule::{AmountRange, Condition, HoursSide, Times};
use crate::workers::WorkerRef;

/// Clauses joined by "and" and "or". `Mod` leaves out those that need an "if".
pub fn fill(reader: &Reader<'_>, slot: Slot, i: usize) -> Vec<Slotted> {
    let mut found = Vec::new();
    for first in simple(reader, slot, i) {
        extend(reader, slot, first, 0, &mut found);
    }
    found
}

fn simple(reader: &Reader<'_>, slot: Slot, i: usize) -> Vec<Slotted> {
    let mut found = Vec::new();
    let mut at = i;
    // "if and when", "if it so happens that": only the plain fillers.
    while reader.is_filler(at) && at < i + 2 {
        at += 1;
    }
    // "also (…)": a whole condition in brackets.
    if reader.tokens.get(at).is_some_and(|t| t.is_mark('(')) {
        let closed = |s: &&Slotted| reader.tokens.get(s.end).is_some_and(|t| t.is_mark(')'));
        found.extend(
            reader.slot(Slot::Cond, at + 1).iter().filter(closed).map(|s| Slotted { end: s.end + 1, ..s.clone() }),
        );
        if !found.is_empty() {
            return found;
        }
    }
    for fitting in reader.from(Set::Clause, at).iter() {
        // With a subject of its own it is a sentence, not something beside one.
        let subject = fitting.val(Slot::Work).is_some() || SUBJECTS.contains(&reader.low(fitting.start));
        if slot == Slot::Mod && (!stands_alone(fitting.form) || subject) {
            continue;
        }
        let Some((clauses, bad)) = meaning(reader, fitting) else { continue };
        let faults: Vec<Finding> = fitting.faults.iter().chain(&bad).cloned().collect();
        let once = match fitting.form {
            Form::FailedOnce => 5,
            // "approval from Dana" is no request that comes from her.
            Form::FromWorker if slot == Slot::Mod || reader.low(at) == "by" => 3,
            _ => 0,
        };
        let cost = fitting.cost + once + if bad.is_empty() { 0 } else { 80 };
        found.push(Slotted { end: fitting.end, val: Val::Clauses(clauses), cost, faults });
    }
    found
}

/// With one of these in front, a clause has a subject of its own.
const SUBJECTS: &[&str] = &[
    "it", "they", "he", "she", "we", "you", "anything", "something", "everything", "someone", "anyone", "somebody",
    "anybody", "people", "customers",
];

/// Forms that may stand beside a main clause without "if".
fn stands_alone(form: Form) -> bool {
    matches!(
        form,
        Form::Amount
            | Form::NotAmount
            | Form::Outside
            | Form::Inside
            | Form::InChannel
            | Form::FromWorker
            | Form::Segment
            | Form::Came
            | Form::Acting
            | Form::TimesOver
            | Form::FailedTimes
            | Form::Unanswered
            | Form::Stuck
            | Form::About
    )
}

fn extend(reader: &Reader<'_>, slot: Slot, one: Slotted, depth: u32, found: &mut Vec<Slotted>) {
    found.push(one.clone());
    if depth > 4 {
        return;
    }
    let mut next = one.end;
    next += usize::from(reader.tokens.get(next).is_some_and(|t| t.is_mark(',')));
    let word = reader.low(next);
    let or = word == "or";
    if !matches!(word, "and" | "or" | "but") {
        return;
    }
    next += 1;
    let nested = reader.low(next) == "also" && reader.tokens.get(next + 1).is_some_and(|t| t.is_mark('('));
    if nested {
        next += 1;
    }
    if matches!(reader.low(next), "if" | "when") || word == "and" && reader.low(next) == "only" {
        next += 1;
    }
    let Val::Clauses(left) = &one.val else { return };
    for other in simple(reader, slot, next) {
        let Val::Clauses(right) = &other.val else { continue };
        let joined = if nested {
            nest(left, right)
        } else if or {
            let mut all = left.clone();
            right.iter().for_each(|clause| merge_alternative(&mut all, clause));
            Some(all)
        } else {
            both(left, right)
        };
        let Some(clauses) = joined else { continue };
        let faults: Vec<Finding> = one.faults.iter().chain(&other.faults).cloned().collect();
        // "in #it or #finance" is one list before it is two conditions.
        let cost = one.cost + other.cost + if or { 2 } else { 0 };
        let next = Slotted { end: other.end, val: Val::Clauses(clauses), cost, faults };
        extend(reader, slot, next, depth + 1, found);
    }
}

/// "and also (…)" puts the second condition beside the first one as a whole.
fn nest(left: &[Clause], right: &[Clause]) -> Option<Vec<Clause>> {
    let [inner] = right else { return None };
    Some(
        left.iter()
            .map(|clause| {
                let mut clause = clause.clone();
                clause.when.all.push(inner.when.clone());
                clause
            })
            .collect(),
    )
}

/// All pairs of alternatives, each holding both; `None` if a pair cannot be put into one condition.
pub fn both(left: &[Clause], right: &[Clause]) -> Option<Vec<Clause>> {
    let mut joined = Vec::new();
    for a in left {
        for b in right {
            let mut who = a.who.clone();
            who.extend(b.who.iter().filter(|w| !a.who.contains(w)).cloned());
            if a.action.is_some() && b.action.is_some() {
                return None;
            }
            joined.push(Clause {
                when: and(&a.when, &b.when)?,
                who,
                action: a.action.clone().or_else(|| b.action.clone()),
            });
        }
    }
    Some(joined)
}

/// Both conditions in one. A slot that both hold goes to `all`; scalars that differ cannot be joined so.
pub fn and(a: &Condition, b: &Condition) -> Option<Condition> {
    let mut out = a.clone();
    let mut beside = Condition::default();
    let place = |clash: bool, out: &mut Condition, beside: &mut Condition, set: &dyn Fn(&mut Condition)| {
        set(if clash { beside } else { out });
    };
    macro_rules! list {
        ($field:ident) => {
            if !b.$field.is_empty() && a.$field != b.$field {
                place(!a.$field.is_empty(), &mut out, &mut beside, &|c: &mut Condition| c.$field.clone_from(&b.$field));
            }
        };
    }
    macro_rules! scalar {
        ($field:ident) => {
            if b.$field.is_some() && a.$field != b.$field {
                if a.$field.is_some() {
                    return None;
                }
                out.$field.clone_from(&b.$field);
            }
        };
    }
    list!(topics);
    list!(mentions);
    list!(channels);
    list!(from);
    list!(segments);
    scalar!(source);
    scalar!(times);
    scalar!(priority);
    scalar!(hours);
    scalar!(unanswered_for);
    scalar!(failed_times);
    scalar!(stuck_for);
    out.unsure |= b.unsure;
    match (&a.amount, &b.amount) {
        (Some(one), Some(two)) if one != two => out.amount = Some(narrow(one, two)?),
        (None, Some(two)) => out.amount = Some(two.clone()),
        (Some(_) | None, Some(_) | None) => {}
    }
    match (&a.unless, &b.unless) {
        (Some(one), Some(two)) => out.unless = Some(Box::new(or_into(one, two)?)),
        (None, Some(two)) => out.unless = Some(two.clone()),
        (Some(_) | None, None) => {}
    }
    out.all.extend(b.all.iter().cloned());
    if !beside.is_empty() {
        out.all.push(beside);
    }
    Some(out)
}

/// Two bounds on one amount, one from each side.
fn narrow(a: &AmountRange, b: &AmountRange) -> Option<AmountRange> {
    let lower = |r: &AmountRange| r.over.is_some() || r.at_least.is_some();
    let upper = |r: &AmountRange| r.under.is_some() || r.at_most.is_some();
    let apart = !(lower(a) && lower(b) || upper(a) && upper(b));
    (apart && a.currency == b.currency && a.per == b.per && a.same == b.same).then(|| AmountRange {
        over: a.over.or(b.over),
        at_least: a.at_least.or(b.at_least),
        under: a.under.or(b.under),
        at_most: a.at_most.or(b.at_most),
        ..a.clone()
    })
}

/// One condition that holds when either does: only where both are one list of one slot.
pub fn or_into(a: &Condition, b: &Condition) -> Option<Condition> {
    let mut list = vec![Clause { when: a.clone(), ..Clause::default() }];
    merge_alternative(&mut list, &Clause { when: b.clone(), ..Clause::default() });
    match list.as_slice() {
        [one] => Some(one.when.clone()),
        _ => None,
    }
}

/// The alternatives that a fitting pattern stands for, and what is wrong with them.
pub fn meaning(reader: &Reader<'_>, fitting: &Match) -> Option<(Vec<Clause>, Vec<Finding>)> {
    // "a refund request waits …": the work named inside of the clause.
    let inner = fitting.vals(Slot::Work).find_map(|val| match val {
        Val::Clauses(clauses) => Some(clauses.clone()),
        _ => None,
    });
    let mut clause = match fitting.form {
        Form::Acts | Form::ActsAmount => acts(reader, fitting)?,
        _ => Clause { when: said_of_work(fitting)?, ..Clause::default() },
    };
    // "transfers by the same agent exceeding …" add up.
    if fitting.pattern.starts_with("(by|from) (the same") {
        let same = (fitting.start..fitting.end).find_map(|at| super::times::counted_by(reader.low(at)));
        let total = clause.when.amount.as_mut().filter(|amount| amount.per.is_some())?;
        total.same = same;
    }
    if let Some(who) = fitting.workers(Slot::Who)
        && !matches!(fitting.form, Form::Inside | Form::Outside)
    {
        clause.who.clone_from(&who.refs);
    }
    // "messages about “late parcels”" means these words, "messages about parcels" a topic.
    if fitting.pattern.starts_with("(about|regarding") && !quoted(reader, fitting) {
        return None;
    }
    // "What people write in #warehouse" says nothing of who they are.
    let some = |bind: &super::values::Bind| {
        bind.slot == Some(Slot::From) && matches!(reader.low(bind.from), "people" | "someone" | "anyone" | "somebody")
    };
    if fitting.form == Form::FromWorker && fitting.binds.iter().any(some) {
        return None;
    }
    let mut faults = Vec::new();
    // "Refunds for Leo": he may be the one who asks, or the one who gets it.
    if fitting.pattern == "for {from}" && clause.when.from.iter().any(|from| matches!(from, WorkerRef::Person(_))) {
        faults.push(error(
            "ambiguous",
            reader.span(fitting.start, fitting.end),
            "this can mean whoever asks for it, or whoever gets it".to_owned(),
            "for whoever asks, write “requested by …”; for whoever gets it there is no rule",
        ));
    }
    if clause.when.amount.as_ref().is_some_and(empty) {
        faults.push(error(
            "empty-range",
            reader.span(fitting.start, fitting.end),
            "no amount lies in this range".to_owned(),
            "",
        ));
    }
    let clauses = vec![clause];
    let all = match inner.filter(|inner| !inner.is_empty()) {
        Some(inner) => both(&inner, &clauses)?,
        None => clauses,
    };
    Some((all, faults))
}

/// "a refund is over $200", "the agent wants to delete an account".
fn acts(reader: &Reader<'_>, fitting: &Match) -> Option<Clause> {
    let action = fitting.action(Slot::Act).cloned().or_else(|| passive(reader, fitting))?;
    let mut when = action.when.clone();
    // "If the same requester books overtime more than 3 times in 14 days".
    if let (Some(over), Some(Val::Per { days, same })) = (count(fitting, Slot::NumBound), fitting.val(Slot::Per)) {
        when.times = Some(Times { over, per: days.clone(), same: *same });
    }
    if fitting.form == Form::ActsAmount {
        let mut total = amount(fitting)?;
        // "makes in one week transfers of together more than £10,000".
        if let Some(Val::Per { days, .. }) = fitting.val(Slot::Per) {
            (total.per.is_none()).then_some(())?;
            total.per = Some(days.clone());
        }
        when.amount = Some(total);
    }
    // "If the same requester has more than three …": counted by whoever is the subject.
    let subject = fitting.binds.iter().find(|bind| matches!(bind.slot, Some(Slot::Act | Slot::Part)));
    let subject = subject.map_or(fitting.start, |bind| bind.from);
    if fitting.workers(Slot::Who).is_none()
        && let Some(by) = (fitting.start..subject).find_map(|at| super::times::counted_by(reader.low(at)))
    {
        let total = when.amount.as_mut().filter(|amount| amount.per.is_some()).map(|amount| &mut amount.same);
        let same = total.or(when.times.as_mut().map(|times| &mut times.same))?;
        (same.is_none() || *same == Some(by)).then_some(())?;
        *same = Some(by);
    }
    Some(Clause { when, action: Some(action), ..Clause::default() })
}

/// "more than $300 is refunded", "a customer has been refunded": the action of a passive clause.
fn passive(reader: &Reader<'_>, fitting: &Match) -> Option<Action> {
    let place = |slot: Slot| fitting.binds.iter().find(|bind| bind.slot == Some(slot)).map(|bind| (bind.from, bind.to));
    let part = place(Slot::Part)?;
    let object = place(Slot::Obj).unwrap_or((part.0, part.0));
    let found = super::passives::passive(reader, object, part);
    match found.val {
        Val::Action(action) if found.faults.is_empty() => Some(*action),
        _ => None,
    }
}

fn words(fitting: &Match, slot: Slot) -> Option<Vec<String>> {
    fitting.vals(slot).find_map(|val| match val {
        Val::Words(words) => Some(words.clone()),
        _ => None,
    })
}

fn count(fitting: &Match, slot: Slot) -> Option<u32> {
    fitting.vals(slot).find_map(|val| match val {
        Val::Count(n) => Some(*n),
        _ => None,
    })
}

/// The condition that a clause sets on the work that comes in.
fn said_of_work(fitting: &Match) -> Option<Condition> {
    let mut when = Condition::default();
    match fitting.form {
        Form::Unanswered => {
            when.unanswered_for = Some(fitting.duration()?.clone());
            when.channels = words(fitting, Slot::Channels).unwrap_or_default();
        }
        Form::Stuck => when.stuck_for = Some(fitting.duration()?.clone()),
        Form::FailedTimes => {
            when.failed_times = Some(count(fitting, Slot::Count).or_else(|| count(fitting, Slot::Num))?);
        }
        Form::FailedOnce => when.failed_times = Some(1),
        Form::Unsure => when.unsure = true,
        Form::Acting => {
            let agents = fitting.workers(Slot::Who)?.refs.iter().all(|who| matches!(who, WorkerRef::Agent(_)));
            agents.then_some(())?;
        }
        Form::About => when.topics = words(fitting, Slot::Topics)?,
        Form::Mentions => when.mentions = words(fitting, Slot::Mentions)?,
        Form::MentionsAll => {
            let each = words(fitting, Slot::Mentions)?.into_iter();
            when.all = each.map(|word| Condition { mentions: vec![word], ..Condition::default() }).collect();
        }
        Form::InChannel => when.channels = words(fitting, Slot::Channels)?,
        Form::Segment => when.segments = words(fitting, Slot::Seg)?,
        Form::FromWorker => {
            let from = fitting.workers(Slot::From)?;
            let vague = from.everyone || from.refs.contains(&WorkerRef::Human) && from.refs.len() > 1;
            (!vague).then_some(())?;
            when.from.clone_from(&from.refs);
            when.topics = words(fitting, Slot::Topics).unwrap_or_default();
        }
        Form::Amount => when.amount = Some(amount(fitting)?),
        Form::NotAmount => when.amount = Some(negated(fitting)?),
        Form::Outside => when.hours = Some(HoursSide::Outside),
        Form::Inside => when.hours = Some(HoursSide::Inside),
        Form::Urgency => {
            when.priority = fitting.vals(Slot::Prio).find_map(|val| match val {
                Val::Priority(priority) => Some(*priority),
                _ => None,
            });
        }
        Form::Came => {
            when.source = fitting.vals(Slot::Source).find_map(|val| match val {
                Val::Source(source) => Some(source.clone()),
                _ => None,
            });
        }
        Form::TimesOver => {
            let Some(Val::Per { days, same }) = fitting.val(Slot::Per) else { return None };
            let at_least = || count(fitting, Slot::Num).map(|n| n.saturating_sub(1));
            let over = count(fitting, Slot::NumBound).or_else(at_least)?;
            when.times = Some(Times { over, per: days.clone(), same: *same });
        }
        _ => return None,
    }
    Some(when)
}

fn amount(fitting: &Match) -> Option<AmountRange> {
    fitting
        .vals(Slot::Bound)
        .find_map(|val| match val {
            Val::Range(range) => Some(range.clone()),
            _ => None,
        })
        .or_else(|| {
            fitting.vals(Slot::Money).find_map(|val| match val {
                Val::Money(number, currency) => {
                    Some(AmountRange { over: Some(*number), currency: currency.clone(), ..AmountRange::default() })
                }
                _ => None,
            })
        })
}

/// "is not over $200": at most.
fn negated(fitting: &Match) -> Option<AmountRange> {
    let range = amount(fitting)?;
    let one_sided = AmountRange {
        at_most: range.over,
        under: range.at_least,
        at_least: range.under,
        over: range.at_most,
        ..range.clone()
    };
    let bounds = [range.over, range.at_least, range.under, range.at_most];
    (bounds.iter().flatten().count() == 1).then_some(one_sided)
}

fn quoted(reader: &Reader<'_>, fitting: &Match) -> bool {
    let said = fitting.binds.iter().find(|bind| bind.slot == Some(Slot::Mentions));
    said.is_some_and(|said| matches!(reader.tokens[said.from].kind, super::token::Kind::Quote(_)))
}

fn each_of(fitting: &Match) -> Vec<WorkerRef> {
    let mut all: Vec<WorkerRef> = Vec::new();
    for val in fitting.vals(Slot::To) {
        if let Val::Workers(workers) = val {
            all.extend(workers.refs.iter().filter(|one| !all.contains(one)).cloned().collect::<Vec<_>>());
        }
    }
    all
}

/// Whose approval, and how many.
pub fn okay(reader: &Reader<'_>, i: usize) -> Vec<Slotted> {
    let mut found = Vec::new();
    for fitting in reader.from(Set::Okay, i).iter() {
        let workers = fitting.workers(Slot::To);
        let count = fitting.vals(Slot::Num).find_map(|val| match val {
            Val::Count(n) => Some(*n),
            _ => None,
        });
        let by = match fitting.form {
            Form::OkayHuman => vec![WorkerRef::Human],
            _ => each_of(fitting),
        };
        // "one from Peter and one from Jun".
        let apart = fitting.vals(Slot::To).count() > 1;
        let okay = Okay {
            by,
            count: count.or_else(|| workers.and_then(|w| w.count)),
            all: apart || workers.is_some_and(|w| w.all),
            typed: fitting.pattern.contains("typed"),
        };
        found.push(Slotted {
            end: fitting.end,
            val: Val::Okay(okay),
            cost: fitting.cost,
            faults: fitting.faults.clone(),
        });
    }
    found
}
