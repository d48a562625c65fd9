//! Rules about the care of workers: budgets, reviews, samples, guards, autonomy, stand-ins and hours.

use super::Finding;
use super::beside::Beside;
use super::grammar::Slot;
use super::pattern_set::Form;
use super::scan::Reader;
use super::values::{Match, Val, error};
use crate::directives::condition::Condition;
use crate::directives::rule::{
    Autonomy, Budget, BudgetThen, Cover, Guard, GuardThen, Hours, Measure, Number, Period, Review, Rule, Sample,
};
use crate::workers::WorkerRef;

pub fn build(reader: &Reader<'_>, fitting: &Match, beside: &Beside, faults: &mut Vec<Finding>) -> Option<Vec<Rule>> {
    if !beside.no_conditions() {
        return None;
    }
    let workers = fitting.workers(Slot::Who).cloned().unwrap_or_default();
    let who = workers.refs.clone();
    if who.is_empty() && fitting.form != Form::Hours {
        faults.push(error(
            "no-worker",
            reader.span(fitting.start, fitting.end),
            "this does not say for whom".to_owned(),
            "name the agents that it is for",
        ));
    }
    let rule = match fitting.form {
        Form::Budget => Rule::Budget(budget(reader, fitting, beside, who, faults)?),
        Form::Review => review(fitting, beside, who)?,
        Form::Sample => sample(reader, fitting, beside, who, faults)?,
        Form::Autonomy => autonomy(reader, fitting, beside, who, faults)?,
        Form::Cover => cover(reader, fitting, beside, &who, faults)?,
        Form::Hours => hours(fitting, beside, who)?,
        _ => return None,
    };
    Some(vec![rule])
}

fn review(fitting: &Match, beside: &Beside, who: Vec<WorkerRef>) -> Option<Rule> {
    let Some(Val::Every(every)) = fitting.val(Slot::Period) else { return None };
    (Beside { remind: None, ..beside.clone() }).is_nothing().then_some(())?;
    let by = fitting.workers(Slot::To).map(|w| w.refs.clone());
    let remind = beside.remind.clone().or(by).unwrap_or_default();
    let remind = if remind == [WorkerRef::Owner] { Vec::new() } else { remind };
    Some(Rule::Review(Review { who, every_days: every.days, remind }))
}

fn sample(
    reader: &Reader<'_>,
    fitting: &Match,
    beside: &Beside,
    who: Vec<WorkerRef>,
    faults: &mut Vec<Finding>,
) -> Option<Rule> {
    let Some(Val::Percent(percent)) = fitting.val(Slot::Pct) else { return None };
    (Beside { by: None, ..beside.clone() }).is_nothing().then_some(())?;
    let by = fitting.workers(Slot::To).or(beside.by.as_ref()).map(|w| w.refs.clone()).unwrap_or_default();
    if by.iter().any(|w| matches!(w, WorkerRef::Agent(_))) {
        faults.push(error(
            "agent-approver",
            reader.span(fitting.start, fitting.end),
            "only people can check a sample".to_owned(),
            "name a person, a role or a team",
        ));
    }
    Some(Rule::Sample(Sample { who, percent: *percent, by }))
}

fn autonomy(
    reader: &Reader<'_>,
    fitting: &Match,
    beside: &Beside,
    who: Vec<WorkerRef>,
    faults: &mut Vec<Finding>,
) -> Option<Rule> {
    let Some(Val::Level(level)) = fitting.val(Slot::Level) else { return None };
    (Beside { until: None, ..beside.clone() }).is_nothing().then_some(())?;
    if fitting.workers(Slot::Who).is_none() && beside.until.is_none() {
        return None;
    }
    let action = fitting.action(Slot::Act);
    if action.is_some_and(|action| action.when != Condition::default() || action.same.is_some()) {
        faults.push(error(
            "condition-not-here",
            reader.span(fitting.start, fitting.end),
            "how free a worker is cannot depend on amounts or on whose case it is".to_owned(),
            "name the action alone, or write an approval: “Refunds above $200 need approval from …”",
        ));
    }
    let (action, tools) = action.map(|action| (action.text.clone(), action.tools.clone())).unwrap_or_default();
    Some(Rule::Autonomy(Autonomy { who, level: *level, action, tools, until: beside.until.clone() }))
}

fn cover(
    reader: &Reader<'_>,
    fitting: &Match,
    beside: &Beside,
    who: &[WorkerRef],
    faults: &mut Vec<Finding>,
) -> Option<Rule> {
    beside.is_nothing().then_some(())?;
    let Some(Val::Dates(from, until)) = fitting.val(Slot::Dates) else { return None };
    let [person] = who else { return None };
    let by = fitting.workers(Slot::To)?.refs.clone();
    if by.contains(person) {
        faults.push(error(
            "self-cover",
            reader.span(fitting.start, fitting.end),
            "nobody can stand in for themselves".to_owned(),
            "name someone else",
        ));
    }
    Some(Rule::Cover(Cover { person: person.clone(), by, from: from.clone(), until: until.clone() }))
}

fn hours(fitting: &Match, beside: &Beside, who: Vec<WorkerRef>) -> Option<Rule> {
    beside.is_nothing().then_some(())?;
    let Some(Val::Hours(hours)) = fitting.val(Slot::Days) else { return None };
    let (days, start, end) = (hours.days.clone(), hours.start.clone(), hours.end.clone());
    Some(Rule::Hours(Hours { who, days, start, end, timezone: hours.timezone.clone() }))
}

fn budget(
    reader: &Reader<'_>,
    fitting: &Match,
    beside: &Beside,
    who: Vec<WorkerRef>,
    faults: &mut Vec<Finding>,
) -> Option<Budget> {
    // "… at most $50 a week; then Mira is paused": whoever is named again is the same one.
    beside.by.as_ref().is_none_or(|by| by.refs == who).then_some(())?;
    (Beside { then: None, remind: None, by: None, ..beside.clone() }).is_nothing().then_some(())?;
    let (amount, currency) = fitting.binds.iter().find_map(|bind| match &bind.val {
        Val::Money(number, currency) => Some((*number, currency.clone())),
        Val::Range(range) if range.over.is_none() && range.at_least.is_none() && range.per.is_none() => {
            range.at_most.or(range.under).map(|number| (number, range.currency.clone()))
        }
        _ => None,
    })?;
    // "spends more than $80 over a month" is measured; "a month" limits.
    let measured = fitting.pattern.contains("(once|when|as soon as")
        && fitting.binds.iter().any(|bind| {
            bind.slot == Some(Slot::Period) && matches!(reader.low(bind.from), "in" | "over" | "within" | "for")
        })
        && (fitting.start..fitting.end).any(|at| reader.low(at) == "than" || reader.low(at).starts_with("exceed"));
    if measured {
        return None;
    }
    let period = if fitting.pattern.contains("{period}") {
        fitting.vals(Slot::Period).find_map(|val| match val {
            Val::Every(every) => every.period,
            _ => None,
        })?
    } else {
        let word = fitting.pattern.contains("daily|weekly");
        let named = (fitting.start..fitting.end).find_map(|i| match reader.low(i) {
            "daily" => Some(Period::Day),
            "weekly" => Some(Period::Week),
            "monthly" => Some(Period::Month),
            "quarterly" => Some(Period::Quarter),
            _ => None,
        });
        let named = named.filter(|_| word).or(fitting.pattern.contains("task (of").then_some(Period::Task));
        match named {
            Some(period) => period,
            None => {
                faults.push(error(
                    "no-period",
                    reader.span(fitting.start, fitting.end),
                    "this limit does not say for which time".to_owned(),
                    "add “a day”, “a week”, “a month” or “per task”",
                ));
                Period::Month
            }
        }
    };
    let then = beside.then.unwrap_or(if beside.remind.is_some() { BudgetThen::Warn } else { BudgetThen::Pause });
    Some(Budget { who, amount, currency, per: period, then })
}

/// A guard, from its parts.
pub fn guard(
    who: Vec<WorkerRef>,
    measure: Measure,
    bound: (bool, Number),
    over_days: u32,
    then: GuardThen,
    to: Vec<WorkerRef>,
) -> Rule {
    let (below, above) = if bound.0 { (Some(bound.1), None) } else { (None, Some(bound.1)) };
    Rule::Guard(Guard { who, measure, below, above, over_days, then, to })
}
