//! Sentences that hold something back: each must be found again, at least as wide and as strict; and nothing new may make an
//! exception to one.

use super::{Looser, Pair, What, approvals, at};
use crate::directives::Reading;
use crate::directives::condition::Condition;
use crate::directives::rule::{
    Autonomy, Before, Budget, BudgetThen, Define, Forbid, Guard, IsoDuration, Level, Number, Rule, Sample, ToolPattern,
};
use crate::gate::containment::{Company, tools_inside};
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
            Rule::Before(rule) => looks_up(pair, reading, rule),
            Rule::Autonomy(rule) => rule.level >= Level::Act || limits(pair, reading, rule),
            Rule::Budget(rule) => bounds(pair, reading, rule),
            Rule::Sample(rule) => samples(pair, reading, rule),
            Rule::Guard(rule) => guards(pair, reading, rule),
            Rule::Define(rule) => !matters(pair, rule),
            // Hours that a gate speaks of are part of the gate.
            Rule::Hours(_) => !gates_speak_of_hours(pair),
            Rule::Allow(rule) => !approvals::left_it_to_the_owner(pair, rule),
            Rule::Route(_)
            | Rule::Escalate(_)
            | Rule::Permit(_)
            | Rule::Prioritise(_)
            | Rule::Expect(_)
            | Rule::Review(_)
            | Rule::Schedule(_)
            | Rule::Cover(_)
            // Each approval of the old set is looked at, whether it stays or goes.
            | Rule::Approve(_)
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
    approvals::compare(pair, found);
}

/// Sentences that were not there before and let more happen.
fn compare_new(pair: &Pair<'_>, found: &mut Vec<Looser>) {
    let new = pair.now.readings.iter().filter(|reading| !pair.was_there(reading));
    for reading in new {
        match &reading.rule {
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
            | Rule::Approve(_)
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
pub(super) struct Cases<'a> {
    pub role: Option<&'a str>,
    pub tools: &'a [ToolPattern],
    pub who: &'a [WorkerRef],
    pub when: &'a Condition,
}

impl<'a> Cases<'a> {
    pub(super) fn of(
        reading: &'a Reading,
        tools: &'a [ToolPattern],
        who: &'a [WorkerRef],
        when: &'a Condition,
    ) -> Self {
        Self { role: reading.role.as_deref(), tools, who, when }
    }

    /// Whether each of these cases is one of `wide`.
    pub(super) fn inside(&self, wide: &Self, pair: &Pair<'_>) -> bool {
        (wide.role.is_none() || wide.role == self.role)
            && tools_inside(self.tools, wide.tools)
            && pair.by_both(|company| company.who_inside(self.who, wide.who) && company.inside(self.when, wide.when))
    }
}

/// Whether the new set forbids all of these cases.
pub(super) fn now_forbidden(pair: &Pair<'_>, cases: &Cases<'_>) -> bool {
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

pub(super) fn overlap(one: &[ToolPattern], other: &[ToolPattern]) -> bool {
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
