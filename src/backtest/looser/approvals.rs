//! Approvals and their exceptions. An exception puts an approval aside where it lies inside it, so that no sentence can be compared
//! by itself: each approval of the old set must find one of the new set that is as wide, as strict, and that nothing puts
//! aside which did not put the old one aside.

use std::collections::BTreeSet;

use super::gates::{Cases, now_forbidden, overlap};
use super::{Looser, Pair, What, at};
use crate::directives::condition::{AmountRange, Condition};
use crate::directives::rule::{Allow, Approve, IsoDuration, Level, Otherwise, Rule, ToolPattern};
use crate::directives::{Directives, Reading};
use crate::gate::containment::Company;
use crate::gate::precedence::{is_closer, is_exception};
use crate::gate::{DEFAULT_WITHIN, may_use};
use crate::workers::WorkerRef;

pub(super) fn compare(pair: &Pair<'_>, found: &mut Vec<Looser>) {
    let mut weakened: BTreeSet<&str> = BTreeSet::new();
    let mut opened: Vec<&Reading> = Vec::new();
    for (reading, rule) in approvals(pair.was) {
        match held(pair, (reading, rule)) {
            Held::Yes => {}
            Held::No => {
                if weakened.insert(reading.origin.text.as_str()) {
                    let says = format!("No longer holds as it did: “{}”", reading.origin.text);
                    found.push(at(What::Gate, says, reading));
                }
            }
            Held::But(exception) => opened.push(exception),
        }
    }
    for reading in pair.now.readings.iter().filter(|reading| !pair.was_there(reading)) {
        let opens = opened.iter().any(|one| std::ptr::eq(*one, reading));
        match &reading.rule {
            Rule::Allow(rule) if opens || !was_allowed(pair, reading, rule) => {
                found.push(at(What::Freedom, format!("Runs without approval: “{}”", reading.origin.text), reading));
            }
            Rule::Approve(rule) => {
                if opens {
                    let says = format!("An exception that asks for less: “{}”", reading.origin.text);
                    found.push(at(What::Gate, says, reading));
                }
                new_approval(pair, reading, rule, found);
            }
            Rule::Allow(_)
            | Rule::Autonomy(_)
            | Rule::Define(_)
            | Rule::Hours(_)
            | Rule::Forbid(_)
            | Rule::Before(_)
            | Rule::Budget(_)
            | Rule::Sample(_)
            | Rule::Guard(_)
            | Rule::Route(_)
            | Rule::Escalate(_)
            | Rule::Permit(_)
            | Rule::Prioritise(_)
            | Rule::Expect(_)
            | Rule::Review(_)
            | Rule::Schedule(_)
            | Rule::Cover(_)
            | Rule::Guidance(_) => {}
        }
    }
}

fn approvals(set: &Directives) -> impl Iterator<Item = (&Reading, &Approve)> {
    set.each(|rule| if let Rule::Approve(approve) = rule { Some(approve) } else { None })
}

fn allowances(set: &Directives) -> impl Iterator<Item = (&Reading, &Allow)> {
    set.each(|rule| if let Rule::Allow(allow) = rule { Some(allow) } else { None })
}

/// Whether an old approval is asked for in all cases in which it was.
enum Held<'a> {
    Yes,
    No,
    /// It would be, but for this new sentence.
    But(&'a Reading),
}

fn held<'a>(pair: &Pair<'a>, (reading, rule): (&'a Reading, &'a Approve)) -> Held<'a> {
    let cases = Cases::of(reading, &rule.tools, &rule.who, &rule.when);
    if now_forbidden(pair, &cases) {
        return Held::Yes;
    }
    let mut best = Held::No;
    for (other, kept) in approvals(pair.now) {
        let wider = Cases::of(other, &kept.tools, &kept.who, &kept.when);
        if !(cases.inside(&wider, pair) && demands(kept, rule)) {
            continue;
        }
        match put_aside(pair, (other, kept), (reading, rule)) {
            None => return Held::Yes,
            Some(by) if !pair.was_there(by) => best = Held::But(by),
            Some(_) => {}
        }
    }
    best
}

/// The sentence of the new set that puts `kept` aside somewhere where nothing put `old` aside, and asks for less.
fn put_aside<'a>(pair: &Pair<'a>, kept: (&'a Reading, &'a Approve), old: (&Reading, &Approve)) -> Option<&'a Reading> {
    let (before, after) = pair.companies();
    let matters = |narrow: &Cases<'_>| overlap(narrow.tools, &old.1.tools) && !was_aside(pair, narrow, old, &before);
    let allowed = allowances(pair.now).find(|(reading, rule)| {
        is_exception(&after, (reading, rule), kept) && matters(&Cases::of(reading, &rule.tools, &rule.who, &rule.when))
    });
    let weaker = || {
        approvals(pair.now).find(|(reading, rule)| {
            !std::ptr::eq(*reading, kept.0)
                && is_closer(&after, (reading, rule), kept)
                && !demands(rule, old.1)
                && matters(&Cases::of(reading, &rule.tools, &rule.who, &rule.when))
        })
    };
    allowed.map(|(reading, _)| reading).or_else(|| weaker().map(|(reading, _)| reading))
}

/// Whether in all of these cases a sentence of the old set put this old approval aside, so that it did not count there.
fn was_aside(pair: &Pair<'_>, cases: &Cases<'_>, old: (&Reading, &Approve), before: &Company<'_>) -> bool {
    allowances(pair.was).any(|(reading, rule)| {
        is_exception(before, (reading, rule), old)
            && cases.inside(&Cases::of(reading, &rule.tools, &rule.who, &rule.when), pair)
    }) || approvals(pair.was).any(|(reading, rule)| {
        is_closer(before, (reading, rule), old)
            && cases.inside(&Cases::of(reading, &rule.tools, &rule.who, &rule.when), pair)
    })
}

/// Whether all of these cases were allowed before; the approvals that they put aside are looked at by themselves.
fn was_allowed(pair: &Pair<'_>, reading: &Reading, rule: &Allow) -> bool {
    let cases = Cases::of(reading, &rule.tools, &rule.who, &rule.when);
    allowances(pair.was).any(|(other, allowed)| {
        other.role == reading.role && cases.inside(&Cases::of(other, &allowed.tools, &allowed.who, &allowed.when), pair)
    })
}

/// Whether an exception put the word of an approval's people aside, so that of a worker who may not act alone the owner was
/// asked: without the exception those people decide.
pub(super) fn left_it_to_the_owner(pair: &Pair<'_>, freed: &Allow) -> bool {
    let agents = |who: &[WorkerRef]| !who.is_empty() && who.iter().all(|worker| matches!(worker, WorkerRef::Agent(_)));
    let meet = |other: &[WorkerRef]| {
        !agents(&freed.who) || !agents(other) || other.iter().any(|worker| freed.who.contains(worker))
    };
    let asks = pair.was.each(|rule| if let Rule::Autonomy(autonomy) = rule { Some(autonomy) } else { None }).any(
        |(_, autonomy)| {
            autonomy.level < Level::Act
                && meet(&autonomy.who)
                && (autonomy.who.is_empty() || autonomy.who.iter().any(|worker| could_use(pair, worker, &freed.tools)))
        },
    );
    asks && pair
        .now
        .each(|rule| if let Rule::Approve(approve) = rule { Some(approve) } else { None })
        .any(|(_, gate)| overlap(&gate.tools, &freed.tools) && meet(&gate.who))
}

/// Whether a worker had the right to one of these tools; of roles and teams it is taken for granted.
fn could_use(pair: &Pair<'_>, worker: &WorkerRef, tools: &[ToolPattern]) -> bool {
    let named = tools.iter().flat_map(|pattern| pair.was.catalogue.matching(&pattern.0));
    !matches!(worker, WorkerRef::Agent(_))
        || named.into_iter().any(|tool| may_use(pair.was, worker, &tool.name).is_ok())
}

/// Whether `strict` asks for no less than `mild` does.
fn demands(strict: &Approve, mild: &Approve) -> bool {
    let by = |rule: &Approve| -> BTreeSet<WorkerRef> {
        if rule.by.is_empty() { BTreeSet::from([WorkerRef::Owner]) } else { rule.by.iter().cloned().collect() }
    };
    let within = |rule: &Approve| rule.within.as_ref().map_or(Some(DEFAULT_WITHIN), IsoDuration::span);
    let then = match (&strict.otherwise, &mild.otherwise) {
        (Otherwise::Deny, _) => true,
        (Otherwise::Ask(now), Otherwise::Ask(then)) => now.iter().all(|worker| then.contains(worker)),
        (Otherwise::Ask(_), Otherwise::Deny) => false,
    };
    let in_time = within(strict).zip(within(mild)).is_some_and(|(strict, mild)| strict <= mild);
    by(strict).is_subset(&by(mild))
        && strict.count >= mild.count
        && (mild.confirm.is_none() || strict.confirm.is_some())
        && then
        && in_time
}

/// A new approval may give a seat to somebody who had none.
fn new_approval(pair: &Pair<'_>, reading: &Reading, rule: &Approve, found: &mut Vec<Looser>) {
    let seats = seats_before(pair, rule);
    let asked = |rule: &Approve| -> Vec<WorkerRef> {
        let then = if let Otherwise::Ask(workers) = &rule.otherwise { workers.as_slice() } else { &[] };
        rule.by.iter().chain(then).cloned().collect()
    };
    let workers = asked(rule);
    let new: Vec<String> =
        workers.iter().filter(|worker| !seats.contains(worker)).map(|worker| pair.now.roster.spoken(worker)).collect();
    let only_owner = workers.iter().all(|worker| *worker == WorkerRef::Owner);
    if (!new.is_empty() && !ran_before(pair, reading, rule)) || !(only_owner || spoken_of(pair, reading, rule)) {
        let who = if new.is_empty() { "of more than before".to_owned() } else { new.join(", ") };
        let says = format!("New among the approvers, {who}: “{}”", reading.origin.text);
        found.push(at(What::Approver, says, reading));
    }
}

/// Everybody whom the old set asked about any of these tools.
fn seats_before(pair: &Pair<'_>, rule: &Approve) -> Vec<WorkerRef> {
    let approvals = pair.was.each(|rule| if let Rule::Approve(approve) = rule { Some(approve) } else { None });
    // Where no sentence speaks of an action, the owner of the agent is asked.
    let mut seats = vec![WorkerRef::Owner];
    for (_, other) in approvals.filter(|(_, other)| overlap(&rule.tools, &other.tools)) {
        seats.extend(other.by.iter().cloned());
        if let Otherwise::Ask(workers) = &other.otherwise {
            seats.extend(workers.iter().cloned());
        }
    }
    seats
}

/// Whether all of these cases ran without anybody's word: then whoever is asked now holds something back.
fn ran_before(pair: &Pair<'_>, reading: &Reading, rule: &Approve) -> bool {
    let approved = pair.was.each(|rule| if let Rule::Approve(approve) = rule { Some(approve) } else { None });
    was_free(pair, &Cases::of(reading, &rule.tools, &rule.who, &rule.when))
        && approved.into_iter().all(|(_, other)| !overlap(&rule.tools, &other.tools))
}

/// Whether a sentence of the company let all of these cases run. An agent that asks at all times asks its owner even so.
fn was_free(pair: &Pair<'_>, cases: &Cases<'_>) -> bool {
    let asks = |reading: &Reading| matches!(&reading.rule, Rule::Autonomy(rule) if rule.level == Level::Ask);
    let mut allowed = pair.was.each(|rule| if let Rule::Allow(allow) = rule { Some(allow) } else { None });
    !pair.was.readings.iter().any(asks)
        && allowed.any(|(other, allow)| {
            other.role.is_none() && cases.inside(&Cases::of(other, &allow.tools, &allow.who, &allow.when), pair)
        })
}

/// Whether the old set had its word about every one of these cases: an approval that was asked for stays or is looked at by
/// itself, and what ran is held back now. In any other case the owner was asked, and somebody else would be.
fn spoken_of(pair: &Pair<'_>, reading: &Reading, rule: &Approve) -> bool {
    let cases = Cases::of(reading, &rule.tools, &rule.who, &rule.when);
    let mut approved = pair.was.each(|rule| if let Rule::Approve(approve) = rule { Some(approve) } else { None });
    was_free(pair, &cases)
        || approved.any(|(other, old)| {
            let wide = Cases::of(other, &old.tools, &old.who, &old.when);
            cases.inside(&wide, pair)
                || below(&rule.when, &old.when).is_some_and(|(all, upper, rest)| {
                    Cases { when: &all, ..cases }.inside(&Cases { when: &upper, ..wide }, pair)
                        && was_free(pair, &Cases { when: &rest, ..cases })
                })
        })
}

/// Where the old approval begins at an amount: both conditions without their amounts, and what of the new one lies below it.
fn below(new: &Condition, old: &Condition) -> Option<(Condition, Condition, Condition)> {
    let from =
        old.amount.as_ref().filter(|range| range.per.is_none() && range.under.is_none() && range.at_most.is_none())?;
    let empty = AmountRange { currency: from.currency.clone(), ..AmountRange::default() };
    let range = new.amount.clone().unwrap_or(empty);
    if range.per.is_some() || !range.currency.eq_ignore_ascii_case(&from.currency) {
        return None;
    }
    let rest = AmountRange { at_most: from.over, under: from.at_least, ..range };
    let without = |when: &Condition| Condition { amount: None, ..when.clone() };
    Some((without(new), without(old), Condition { amount: Some(rest), ..new.clone() }))
}
