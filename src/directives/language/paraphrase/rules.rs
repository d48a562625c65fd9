//! Each kind of rule in its canonical wording.

use super::acts::act;
use super::conditions::{rank, tail};
use super::names::{any, each, every, length, money, number, tools, worker, workers};
use crate::directives::language::Vocabulary;
use crate::directives::rule::{
    Allow, AmountUnit, Approve, Autonomy, Budget, BudgetThen, Confirm, Cover, Define, Escalate, Expect, Forbid, Guard,
    GuardThen, Hours, IsoDuration, Level, Measure, Otherwise, Period, Permit, Route, Rule, Schedule,
};
use crate::workers::WorkerRef;

/// The rule in one sentence, defaults written out.
pub fn paraphrase(rule: &Rule, voc: &Vocabulary<'_>) -> String {
    let mut text = match rule {
        Rule::Define(define) => self::define(define),
        Rule::Route(r) => route(r, voc),
        Rule::Escalate(r) => escalate(r, voc),
        Rule::Approve(r) => approve(r, voc),
        Rule::Allow(r) => allow(r, voc),
        Rule::Forbid(r) => forbid(r, voc),
        Rule::Permit(r) => permit(r, voc),
        Rule::Before(r) => {
            let when = tail(&r.when, voc);
            let first = tools(&r.first);
            format!("{}look up {first} before {}{when}", must(&r.who, voc), act(&r.action, &r.tools).subject)
        }
        Rule::Prioritise(r) => format!("Treat it as {}{}", rank(r.priority), tail(&r.when, voc)),
        Rule::Budget(r) => budget(r, voc),
        Rule::Expect(r) => expect(r, voc),
        Rule::Review(r) => {
            let remind = workers(or_owner(&r.remind), voc);
            format!("Review {} every {} days and remind {remind}", each(&r.who, voc), r.every_days)
        }
        Rule::Sample(r) => {
            format!(
                "{}% of the answers of {} are checked by {}",
                number(r.percent),
                each(&r.who, voc),
                workers(or_owner(&r.by), voc)
            )
        }
        Rule::Guard(r) => guard(r, voc),
        Rule::Autonomy(r) => autonomy(r, voc),
        Rule::Schedule(r) => schedule(r, voc),
        Rule::Cover(r) => cover(r, voc),
        Rule::Hours(r) => hours(r, voc),
        Rule::Guidance(r) if r.who.is_empty() => "Guidance for everyone".to_owned(),
        Rule::Guidance(r) => format!("Guidance for {}", each(&r.who, voc)),
    };
    if let Some(first) = text.chars().next()
        && first.is_lowercase()
    {
        text.replace_range(..first.len_utf8(), &first.to_uppercase().to_string());
    }
    text.push('.');
    text
}

/// "Kim and Noor must ", or nothing where everyone is meant.
fn must(who: &[WorkerRef], voc: &Vocabulary<'_>) -> String {
    if who.is_empty() { String::new() } else { format!("{} must ", each(who, voc)) }
}

/// Where nobody is named, the agent's owner is meant.
fn or_owner(list: &[WorkerRef]) -> &[WorkerRef] {
    if list.is_empty() { &[WorkerRef::Owner] } else { list }
}

/// The verb's ending for these workers: one person or team "works", two "work".
fn ending(who: &[WorkerRef]) -> &'static str {
    if who.len() == 1 { "s" } else { "" }
}

fn route(r: &Route, voc: &Vocabulary<'_>) -> String {
    let to = workers(&r.to, voc);
    match r.when.topics.as_slice() {
        topics if !topics.is_empty() && only_topics(&r.when) => format!("Route {} to {to}", any(topics)),
        _ if r.when.is_empty() => format!("Route everything to {to}"),
        _ => format!("Route it to {to}{}", tail(&r.when, voc)),
    }
}

fn escalate(r: &Escalate, voc: &Vocabulary<'_>) -> String {
    let to = workers(&r.to, voc);
    if r.when.is_empty() {
        return format!("Escalate everything to {to}");
    }
    format!("{}escalate it to {to}{}", must(&r.who, voc), tail(&r.when, voc))
}

fn allow(r: &Allow, voc: &Vocabulary<'_>) -> String {
    let act = act(&r.action, &r.tools);
    let when = tail(&r.when, voc);
    if !r.who.is_empty() {
        return format!("{} may {} without approval{when}", each(&r.who, voc), act.verb);
    }
    format!("{} need{} no approval{when}", act.subject, if act.many { "" } else { "s" })
}

fn only_topics(when: &crate::directives::rule::Condition) -> bool {
    let mut rest = when.clone();
    rest.topics.clear();
    rest.is_empty()
}

fn define(define: &Define) -> String {
    if define.tools.is_empty() {
        return format!("By {} we mean {}", define.term, every(&define.means));
    }
    let codes = every(&define.tools.iter().map(|t| format!("`{}`", t.0)).collect::<Vec<_>>());
    let amount = define.amount.as_ref().map_or(String::new(), |amount| {
        let unit = match amount.unit {
            AmountUnit::Cents => format!("cents of {}", amount.currency),
            AmountUnit::Units => amount.currency.clone(),
        };
        format!("; its amount is `{}` in {unit}", amount.argument)
    });
    format!("“{}” means {codes}{amount}", define.term)
}

fn approve(r: &Approve, voc: &Vocabulary<'_>) -> String {
    let act = act(&r.action, &r.tools);
    let by = workers(or_owner(&r.by), voc);
    let approvals =
        if r.count == 1 { format!("approval from {by}") } else { format!("{} approvals from {by}", r.count) };
    let start = if r.who.is_empty() {
        format!("{} need{} {approvals}", act.subject, if act.many { "" } else { "s" })
    } else {
        format!("{} need{} {approvals} to {}", each(&r.who, voc), ending(&r.who), act.verb)
    };
    let within = r.within.clone().unwrap_or_else(|| IsoDuration("P1D".to_owned()));
    let typed = match r.confirm {
        Some(Confirm::Typed) => ", confirmed by a typed word",
        None => "",
    };
    let otherwise = match &r.otherwise {
        Otherwise::Deny => "deny it".to_owned(),
        Otherwise::Ask(others) => format!("ask {}", workers(others, voc)),
    };
    format!("{start}{}, within {}{typed}, otherwise {otherwise}", tail(&r.when, voc), length(&within))
}

fn forbid(r: &Forbid, voc: &Vocabulary<'_>) -> String {
    let act = act(&r.action, &r.tools);
    let when = tail(&r.when, voc);
    if r.who.is_empty() {
        format!("Never {}{when}", act.verb)
    } else {
        format!("{} must never {}{when}", each(&r.who, voc), act.verb)
    }
}

fn permit(r: &Permit, voc: &Vocabulary<'_>) -> String {
    let who = each(&r.who, voc);
    let tools = every(&r.tools.iter().map(|tool| format!("`{}`", tool.0)).collect::<Vec<_>>());
    match (r.only, r.nothing_else) {
        (true, _) => format!("Only {who} may use {tools}"),
        (false, true) => format!("{who} may use {tools}, nothing else"),
        (false, false) => format!("{who} may use {tools}"),
    }
}

fn budget(r: &Budget, voc: &Vocabulary<'_>) -> String {
    let per = match r.per {
        Period::Task => "task",
        Period::Day => "day",
        Period::Week => "week",
        Period::Month => "month",
        Period::Quarter => "quarter",
    };
    let then = match r.then {
        BudgetThen::Pause => "pause it",
        BudgetThen::Ask => "ask",
        BudgetThen::Warn => "warn",
    };
    format!("{} may spend at most {} per {per}; then {then}", each(&r.who, voc), money(r.amount, &r.currency))
}

fn expect(r: &Expect, voc: &Vocabulary<'_>) -> String {
    let who = must(&r.who, voc);
    let text = match (&r.respond_within, &r.resolve_within) {
        (Some(respond), Some(resolve)) => {
            format!("{who}answer everything within {} and solve it within {}", length(respond), length(resolve))
        }
        (Some(respond), None) => format!("{who}answer everything within {}", length(respond)),
        (None, Some(resolve)) => format!("{who}solve everything within {}", length(resolve)),
        (None, None) => format!("{who}answer everything"),
    };
    text + &tail(&r.when, voc)
}

fn guard(r: &Guard, voc: &Vocabulary<'_>) -> String {
    let measure = match r.measure {
        Measure::Acceptance => "acceptance",
        Measure::Escalations => "escalation rate",
        Measure::Cost => "cost",
        Measure::Csat => "csat",
    };
    let (word, value) = match (r.below, r.above) {
        (Some(value), _) => ("below", value),
        (None, Some(value)) => ("above", value),
        (None, None) => return format!("{} has no guard", each(&r.who, voc)),
    };
    let unit = match r.measure {
        Measure::Acceptance | Measure::Escalations => "%",
        Measure::Cost | Measure::Csat => "",
    };
    let then = match r.then {
        GuardThen::ApproveAll => "everything it does needs approval".to_owned(),
        GuardThen::Pause => "pause it".to_owned(),
        GuardThen::Notify => format!("tell {}", workers(&r.to, voc)),
    };
    format!(
        "When the {measure} of {} is {word} {}{unit} over {} days, {then}",
        each(&r.who, voc),
        number(value),
        r.over_days
    )
}

fn autonomy(r: &Autonomy, voc: &Vocabulary<'_>) -> String {
    let until = r.until.as_ref().map_or(String::new(), |until| {
        if until.starts_with('P') {
            format!(" for {}", length(&IsoDuration(until.clone())))
        } else {
            format!(" until {until}")
        }
    });
    let level = match (r.level, r.who.len() == 1) {
        (Level::Observe, true) => "only observes",
        (Level::Observe, false) => "only observe",
        (Level::Suggest, true) => "only suggests",
        (Level::Suggest, false) => "only suggest",
        (Level::Ask, true) => "asks before it acts",
        (Level::Ask, false) => "ask before acting",
        (Level::Act, true) => "acts on its own",
        (Level::Act, false) => "act independently",
        (Level::Report, true) => "acts and reports",
        (Level::Report, false) => "act and report",
    };
    let about = if r.tools.is_empty() { String::new() } else { format!("for {}, ", act(&r.action, &r.tools).subject) };
    format!("{about}{} {level}{until}", each(&r.who, voc))
}

fn schedule(r: &Schedule, voc: &Vocabulary<'_>) -> String {
    let when = super::super::recur::words(&r.cron);
    let zone = format!(" ({})", r.timezone.as_deref().unwrap_or(voc.timezone));
    let to = if r.to.is_empty() { String::new() } else { format!(" for {}", workers(&r.to, voc)) };
    let age = r.older_than_days.map_or(String::new(), |days| format!(" older than {days} days"));
    format!("{when}{zone}, {}run “{}”{age}{to}", must(&r.who, voc), r.what.replace(['“', '”'], ""))
}

fn cover(r: &Cover, voc: &Vocabulary<'_>) -> String {
    let (by, ends) = (each(&r.by, voc), ending(&r.by));
    format!("{by} cover{ends} for {} from {} to {}", worker(&r.person, voc), r.from, r.until)
}

fn hours(r: &Hours, voc: &Vocabulary<'_>) -> String {
    let zone = format!(" ({})", r.timezone.as_deref().unwrap_or(voc.timezone));
    let clock = |time: &str| time.strip_prefix('0').filter(|rest| !rest.starts_with(':')).unwrap_or(time).to_owned();
    let days = super::super::recur::day_words(&r.days);
    let times = format!("{days}, {} to {}{zone}", clock(&r.start), clock(&r.end));
    if r.who.is_empty() {
        format!("Working hours are {times}")
    } else {
        format!("{} work{} {times}", each(&r.who, voc), ending(&r.who))
    }
}
