//! Sentences that hold something back: each must be found again, at least as wide and as strict; and nothing new may make an
//! exception to one.

use std::collections::BTreeSet;

use super::{Looser, Pair, What, at};
use crate::directives::Reading;
use crate::directives::condition::{AmountRange, Condition};
use crate::directives::rule::{
    Allow, Approve, Autonomy, Before, Budget, BudgetThen, Define, Forbid, Guard, IsoDuration, Level, Number, Otherwise,
    Rule, Sample, ToolPattern,
};
use crate::gate::containment::{Company, tools_inside};
use crate::gate::{DEFAULT_WITHIN, may_use};
use crate::workers::WorkerRef;

pub(super) fn compare(pair: &Pair<'_>, found: &mut Vec<Looser>) {
    // Who is in which role decides what a limit's exceptions are: one that stands as it stood may hold less.
    let as_it_was = |reading: &Reading| {
        let same = |rule: &Autonomy| excepted(pair, (reading, rule), (reading, rule));
        pair.still_there(reading) && !matches!(&reading.rule, Rule::Autonomy(rule) if same(rule))
    };
    let gone = pair.was.readings.iter().filter(|reading| !as_it_was(reading));
    for reading in gone {
        let held = match &reading.rule {
            Rule::Forbid(rule) => forbids(pair, reading, rule),
            Rule::Approve(rule) => approves(pair, reading, rule),
            Rule::Before(rule) => looks_up(pair, reading, rule),
            Rule::Autonomy(rule) => rule.level >= Level::Act || limits(pair, reading, rule),
            Rule::Budget(rule) => bounds(pair, reading, rule),
            Rule::Sample(rule) => samples(pair, reading, rule),
            Rule::Guard(rule) => guards(pair, reading, rule),
            Rule::Define(rule) => !matters(pair, rule),
            // Hours that a gate speaks of are part of the gate.
            Rule::Hours(_) => !gates_speak_of_hours(pair),
            Rule::Allow(rule) => !left_it_to_the_owner(pair, rule),
            Rule::Route(_)
            | Rule::Escalate(_)
            | Rule::Permit(_)
            | Rule::Prioritise(_)
            | Rule::Expect(_)
            | Rule::Review(_)
            | Rule::Schedule(_)
            | Rule::Cover(_)
            | Rule::Guidance(_) => true,
        };
        if !held {
            let bound = matches!(reading.rule, Rule::Budget(_) | Rule::Sample(_) | Rule::Guard(_));
            let (what, says) = if matches!(reading.rule, Rule::Allow(_)) {
                (What::Approver, "Others decide where the owner did")
            } else {
                (if bound { What::Bound } else { What::Gate }, "No longer holds as it did")
            };
            found.push(at(what, format!("{says}: “{}”", reading.origin.text), reading));
        }
    }
    compare_new(pair, found);
}

/// Whether an exception put the word of an approval's people aside, so that of a worker who may not act alone the owner was
/// asked: without the exception those people decide.
fn left_it_to_the_owner(pair: &Pair<'_>, freed: &Allow) -> bool {
    let agents = |who: &[WorkerRef]| !who.is_empty() && who.iter().all(|worker| matches!(worker, WorkerRef::Agent(_)));
    let meet = |other: &[WorkerRef]| {
        !agents(&freed.who) || !agents(other) || other.iter().any(|worker| freed.who.contains(worker))
    };
    let asks = pair.was.each(|rule| if let Rule::Autonomy(autonomy) = rule { Some(autonomy) } else { None }).any(
        |(_, autonomy)| {
            autonomy.level < Level::Act
                && meet(&autonomy.who)
                && autonomy.who.iter().any(|worker| could_use(pair, worker, &freed.tools))
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

/// Sentences that were not there before and let more happen.
fn compare_new(pair: &Pair<'_>, found: &mut Vec<Looser>) {
    let new = pair.now.readings.iter().filter(|reading| !pair.was_there(reading));
    for reading in new {
        match &reading.rule {
            Rule::Allow(rule) if !was_allowed(pair, reading, rule) => {
                found.push(at(What::Freedom, format!("Runs without approval: “{}”", reading.origin.text), reading));
            }
            Rule::Approve(rule) => new_approval(pair, reading, rule, found),
            // One that names an action is an exception to the others: it may let that action out of a stricter one.
            Rule::Autonomy(rule)
                if rule.level >= Level::Act || (!rule.tools.is_empty() && rule.level > Level::Observe) =>
            {
                found.push(at(What::Freedom, format!("Acts on its own: “{}”", reading.origin.text), reading));
            }
            Rule::Define(rule) if matters(pair, rule) => {
                found.push(at(What::Gate, format!("Gates depend on this word: “{}”", reading.origin.text), reading));
            }
            Rule::Hours(_) if gates_speak_of_hours(pair) => {
                found.push(at(What::Gate, format!("Gates depend on hours: “{}”", reading.origin.text), reading));
            }
            Rule::Cover(_) => {
                found.push(at(
                    What::Approver,
                    format!("Decides for somebody else: “{}”", reading.origin.text),
                    reading,
                ));
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
            | Rule::Guidance(_) => {}
        }
    }
}

/// The cases that a rule speaks of.
#[derive(Clone, Copy)]
struct Cases<'a> {
    role: Option<&'a str>,
    tools: &'a [ToolPattern],
    who: &'a [WorkerRef],
    when: &'a Condition,
}

impl<'a> Cases<'a> {
    fn of(reading: &'a Reading, tools: &'a [ToolPattern], who: &'a [WorkerRef], when: &'a Condition) -> Self {
        Self { role: reading.role.as_deref(), tools, who, when }
    }

    /// The same by one set alone, as its own gate compares rules.
    fn within(&self, wide: &Self, company: &Company<'_>) -> bool {
        tools_inside(self.tools, wide.tools)
            && company.who_inside(self.who, wide.who)
            && company.inside(self.when, wide.when)
    }

    /// Whether each of these cases is one of `wide`.
    fn inside(&self, wide: &Self, pair: &Pair<'_>) -> bool {
        (wide.role.is_none() || wide.role == self.role)
            && tools_inside(self.tools, wide.tools)
            && pair.by_both(|company| company.who_inside(self.who, wide.who) && company.inside(self.when, wide.when))
    }
}

/// Whether the new set forbids all of these cases.
fn now_forbidden(pair: &Pair<'_>, cases: &Cases<'_>) -> bool {
    pair.now
        .each(|rule| if let Rule::Forbid(forbid) = rule { Some(forbid) } else { None })
        .any(|(reading, rule)| cases.inside(&Cases::of(reading, &rule.tools, &rule.who, &rule.when), pair))
}

fn forbids(pair: &Pair<'_>, reading: &Reading, rule: &Forbid) -> bool {
    now_forbidden(pair, &Cases::of(reading, &rule.tools, &rule.who, &rule.when))
}

fn looks_up(pair: &Pair<'_>, reading: &Reading, rule: &Before) -> bool {
    let cases = Cases::of(reading, &rule.tools, &rule.who, &rule.when);
    let kept = pair.now.each(|rule| if let Rule::Before(before) = rule { Some(before) } else { None }).any(
        |(reading, other)| {
            cases.inside(&Cases::of(reading, &other.tools, &other.who, &other.when), pair)
                && rule.first.iter().all(|first| other.first.contains(first))
        },
    );
    kept || now_forbidden(pair, &cases)
}

/// Whether the new set asks for at least the same word in all of these cases. What it asks for besides makes it no looser;
/// exceptions to it are new rules, and are looked at as such.
fn approves(pair: &Pair<'_>, reading: &Reading, rule: &Approve) -> bool {
    let cases = Cases::of(reading, &rule.tools, &rule.who, &rule.when);
    let kept = pair.now.each(|rule| if let Rule::Approve(approve) = rule { Some(approve) } else { None }).any(
        |(other, kept)| {
            let wider = Cases::of(other, &kept.tools, &kept.who, &kept.when);
            cases.inside(&wider, pair) && demands(kept, rule) && !opens(pair, (other, &wider), (&cases, rule))
        },
    );
    kept || now_forbidden(pair, &cases)
}

/// Whether the wider gate has exceptions that the old one had not: a rule that stood beside the old one, so that both held,
/// lies inside the wider one now and displaces it.
fn opens(pair: &Pair<'_>, wider: (&Reading, &Cases<'_>), old: (&Cases<'_>, &Approve)) -> bool {
    let (_, company) = pair.companies();
    let displaces = |reading: &Reading, cases: &Cases<'_>| {
        reading.origin != wider.0.origin && reading.role == wider.0.role && cases.within(wider.1, &company)
    };
    let allowed =
        pair.now.each(|rule| if let Rule::Allow(allow) = rule { Some(allow) } else { None }).any(|(reading, rule)| {
            let cases = Cases::of(reading, &rule.tools, &rule.who, &rule.when);
            displaces(reading, &cases) && overlap(&rule.tools, old.0.tools) && !cases.inside(old.0, pair)
        });
    let approved = pair.now.each(|rule| if let Rule::Approve(approve) = rule { Some(approve) } else { None }).any(
        |(reading, rule)| {
            let cases = Cases::of(reading, &rule.tools, &rule.who, &rule.when);
            displaces(reading, &cases)
                && overlap(&rule.tools, old.0.tools)
                && !cases.inside(old.0, pair)
                && !demands(rule, old.1)
        },
    );
    allowed || approved
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

/// Whether all of these cases ran before. An exception that covered them is not enough: where an approval spoke of them, it counted
/// unless such an exception lay inside it and put it aside, as the new one does.
fn was_allowed(pair: &Pair<'_>, reading: &Reading, rule: &Allow) -> bool {
    let cases = Cases::of(reading, &rule.tools, &rule.who, &rule.when);
    let covering: Vec<Cases<'_>> = pair
        .was
        .each(|rule| if let Rule::Allow(allow) = rule { Some(allow) } else { None })
        .filter(|(other, _)| other.role == reading.role)
        .map(|(other, allowed)| Cases::of(other, &allowed.tools, &allowed.who, &allowed.when))
        .filter(|allowed| cases.inside(allowed, pair))
        .collect();
    let (old, new) = pair.companies();
    let put_aside =
        |gate: &Cases<'_>| covering.iter().any(|allowed| allowed.within(gate, &old) && !gate.within(allowed, &old));
    !covering.is_empty()
        && pair
            .was
            .each(|rule| if let Rule::Approve(approve) = rule { Some(approve) } else { None })
            .filter(|(gate, _)| gate.role == reading.role)
            .map(|(gate, approve)| Cases::of(gate, &approve.tools, &approve.who, &approve.when))
            .all(|gate| !(cases.within(&gate, &old) || cases.within(&gate, &new)) || put_aside(&gate))
}

/// A new approval may be an exception to a stricter one, or give a seat to somebody who had none.
fn new_approval(pair: &Pair<'_>, reading: &Reading, rule: &Approve, found: &mut Vec<Looser>) {
    let cases = Cases::of(reading, &rule.tools, &rule.who, &rule.when);
    let approvals = || pair.now.each(|rule| if let Rule::Approve(approve) = rule { Some(approve) } else { None });
    let weaker = approvals().any(|(other, wide)| {
        let wider = Cases::of(other, &wide.tools, &wide.who, &wide.when);
        other.origin != reading.origin && cases.inside(&wider, pair) && !demands(rule, wide)
    });
    if weaker {
        found.push(at(What::Gate, format!("An exception that asks for less: “{}”", reading.origin.text), reading));
    }
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

fn overlap(one: &[ToolPattern], other: &[ToolPattern]) -> bool {
    let meet = |a: &ToolPattern, b: &ToolPattern| {
        let (one, other) = (std::slice::from_ref(a), std::slice::from_ref(b));
        tools_inside(one, other) || tools_inside(other, one)
    };
    one.iter().any(|a| other.iter().any(|b| meet(a, b)))
}

fn limits(pair: &Pair<'_>, reading: &Reading, rule: &Autonomy) -> bool {
    pair.now.each(|rule| if let Rule::Autonomy(autonomy) = rule { Some(autonomy) } else { None }).any(
        |(other, kept)| {
            let lasts = match (&kept.until, &rule.until) {
                (None, _) => true,
                (Some(kept), Some(was)) => kept == was || later(kept, was),
                (Some(_), None) => false,
            };
            // One that names an action holds for that action only, and only its like says the same of it.
            !excepted(pair, (other, kept), (reading, rule))
                && (other.role.is_none() || other.role == reading.role)
                && tools_inside(&rule.tools, &kept.tools)
                && tools_inside(&kept.tools, &rule.tools)
                && pair.by_both(|company| company.who_inside(&rule.who, &kept.who))
                && kept.level <= rule.level
                && lasts
        },
    )
}

/// Whether a freer sentence that names an action is an exception to this limit now, and was none to the limit of before.
fn excepted(pair: &Pair<'_>, now: (&Reading, &Autonomy), was: (&Reading, &Autonomy)) -> bool {
    let (old, new) = pair.companies();
    let is_one = |company: &Company<'_>, named: (&Reading, &Autonomy), limit: (&Reading, &Autonomy)| {
        limit.1.tools.is_empty()
            && !named.1.tools.is_empty()
            && named.0.role == limit.0.role
            && company.who_inside(&named.1.who, &limit.1.who)
    };
    pair.now
        .each(|rule| if let Rule::Autonomy(autonomy) = rule { Some(autonomy) } else { None })
        .filter(|(_, named)| named.level > now.1.level)
        .any(|named| is_one(&new, named, now) && !is_one(&old, named, was))
}

/// Whether a limit that lasts until `kept` lasts at least until `was`; of two that are not alike nothing is proven.
fn later(kept: &str, was: &str) -> bool {
    let date = |text: &str| text.parse::<chrono::NaiveDate>().ok();
    let span = |text: &str| IsoDuration(text.to_owned()).span();
    date(kept).zip(date(was)).is_some_and(|(kept, was)| kept >= was)
        || span(kept).zip(span(was)).is_some_and(|(kept, was)| kept >= was)
}

fn bounds(pair: &Pair<'_>, reading: &Reading, rule: &Budget) -> bool {
    let hardness = |then: BudgetThen| match then {
        BudgetThen::Pause => 2,
        BudgetThen::Ask => 1,
        BudgetThen::Warn => 0,
    };
    pair.now.each(|rule| if let Rule::Budget(budget) = rule { Some(budget) } else { None }).any(|(other, kept)| {
        other.role == reading.role
            && pair.by_both(|company| company.who_inside(&rule.who, &kept.who))
            && kept.currency == rule.currency
            && kept.per == rule.per
            && kept.amount <= rule.amount
            && hardness(kept.then) >= hardness(rule.then)
    })
}

fn samples(pair: &Pair<'_>, reading: &Reading, rule: &Sample) -> bool {
    pair.now.each(|rule| if let Rule::Sample(sample) = rule { Some(sample) } else { None }).any(|(other, kept)| {
        other.role == reading.role
            && pair.by_both(|company| company.who_inside(&rule.who, &kept.who))
            && kept.percent >= rule.percent
            && kept.by == rule.by
    })
}

fn guards(pair: &Pair<'_>, reading: &Reading, rule: &Guard) -> bool {
    let tighter = |kept: Option<Number>, was: Option<Number>, fits: fn(Number, Number) -> bool| match (kept, was) {
        (_, None) => true,
        (Some(kept), Some(was)) => fits(kept, was),
        (None, Some(_)) => false,
    };
    pair.now.each(|rule| if let Rule::Guard(guard) = rule { Some(guard) } else { None }).any(|(other, kept)| {
        other.role == reading.role
            && pair.by_both(|company| company.who_inside(&rule.who, &kept.who))
            && (kept.measure, kept.over_days, kept.then) == (rule.measure, rule.over_days, rule.then)
            && tighter(kept.below, rule.below, |kept, was| kept >= was)
            && tighter(kept.above, rule.above, |kept, was| kept <= was)
    })
}

/// Whether a word's meaning can change what a gate holds back: it moves money, or a condition of a gate uses it, itself or by a
/// word that leans on it.
fn matters(pair: &Pair<'_>, rule: &Define) -> bool {
    let leans = |word: &str| [pair.old_terms, pair.new_terms].into_iter().any(|terms| terms.inside(&rule.term, word));
    rule.amount.is_some()
        || pair
            .was
            .readings
            .iter()
            .chain(&pair.now.readings)
            .any(|reading| reading.rule.gate().is_some_and(|gate| mentions(gate.when, &leans)))
}

fn mentions(when: &Condition, leans: &dyn Fn(&str) -> bool) -> bool {
    let mut words = when.topics.iter().chain(&when.segments).chain(&when.mentions);
    words.any(|word| leans(word))
        || when.all.iter().any(|part| mentions(part, leans))
        || when.unless.as_deref().is_some_and(|part| mentions(part, leans))
}

pub(super) fn gates_speak_of_hours(pair: &Pair<'_>) -> bool {
    fn speaks(when: &Condition) -> bool {
        when.hours.is_some() || when.all.iter().any(speaks) || when.unless.as_deref().is_some_and(speaks)
    }
    pair.was
        .readings
        .iter()
        .chain(&pair.now.readings)
        .any(|reading| reading.rule.gate().is_some_and(|gate| speaks(gate.when)))
}
