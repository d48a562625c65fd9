//! Each kind of rule in its canonical wording.

use super::conditions::{rank, tail};
use super::names::{action, any, length, money, number, tools, worker, workers};
use crate::directives::language::Vocabulary;
use crate::directives::rule::{
    AmountUnit, Approve, Autonomy, Budget, BudgetThen, Confirm, Cover, Define, Expect, Forbid, Guard, GuardThen, Hours,
    IsoDuration, Level, Measure, Otherwise, Period, Permit, Rule, Schedule,
};

/// The rule in one sentence.
pub fn paraphrase(rule: &Rule, voc: &Vocabulary<'_>) -> String {
    let mut text = match rule {
        Rule::Define(define) => self::define(define),
        Rule::Route(r) => match r.when.topics.as_slice() {
            topics if !topics.is_empty() && only_topics(&r.when) => {
                format!("Route {} to {}", any(topics), workers(&r.to, voc))
            }
            _ if r.when.is_empty() => format!("Route everything to {}", workers(&r.to, voc)),
            _ => format!("Route it to {}{}", workers(&r.to, voc), tail(&r.when, voc)),
        },
        Rule::Escalate(r) => {
            let who = if r.who.is_empty() { String::new() } else { format!("{} must ", workers(&r.who, voc)) };
            if r.when.is_empty() {
                format!("Escalate everything to {}", workers(&r.to, voc))
            } else {
                format!("{who}escalate it to {}{}", workers(&r.to, voc), tail(&r.when, voc))
            }
        }
        Rule::Approve(r) => approve(r, voc),
        Rule::Allow(r) => {
            let act = action(&r.action, &r.tools);
            let start = if r.who.is_empty() {
                format!("{act} runs without approval")
            } else {
                format!("{} may {act} without approval", workers(&r.who, voc))
            };
            start + &tail(&r.when, voc)
        }
        Rule::Forbid(r) => forbid(r, voc),
        Rule::Permit(r) => permit(r, voc),
        Rule::Before(r) => {
            let who = if r.who.is_empty() { String::new() } else { format!("{} must ", workers(&r.who, voc)) };
            let when = tail(&r.when, voc);
            format!("{who}look up {} before {}{when}", tools(&r.first), action(&r.action, &r.tools))
        }
        Rule::Prioritise(r) => format!("Treat it as {} priority{}", rank(r.priority), tail(&r.when, voc)),
        Rule::Budget(r) => budget(r, voc),
        Rule::Expect(r) => expect(r, voc),
        Rule::Review(r) => {
            let remind =
                if r.remind.is_empty() { String::new() } else { format!("; remind {}", workers(&r.remind, voc)) };
            format!("Review {} every {} days{remind}", workers(&r.who, voc), r.every_days)
        }
        Rule::Sample(r) => {
            let by = if r.by.is_empty() { String::new() } else { format!(" by {}", workers(&r.by, voc)) };
            format!("{}% of {}'s answers are checked{by}", number(r.percent), workers(&r.who, voc))
        }
        Rule::Guard(r) => guard(r, voc),
        Rule::Autonomy(r) => autonomy(r, voc),
        Rule::Schedule(r) => schedule(r, voc),
        Rule::Cover(r) => cover(r, voc),
        Rule::Hours(r) => hours(r, voc),
        Rule::Guidance(r) if r.who.is_empty() => "Guidance for everyone".to_owned(),
        Rule::Guidance(r) => format!("Guidance for {}", workers(&r.who, voc)),
    };
    if let Some(first) = text.chars().next()
        && first.is_lowercase()
    {
        text.replace_range(..first.len_utf8(), &first.to_uppercase().to_string());
    }
    text.push('.');
    text
}

fn only_topics(when: &crate::directives::rule::Condition) -> bool {
    let mut rest = when.clone();
    rest.topics.clear();
    rest.is_empty()
}

fn define(define: &Define) -> String {
    if define.tools.is_empty() {
        return format!("By {} we mean {}", define.term, any(&define.means).replace(" or ", " and "));
    }
    let codes = any(&define.tools.iter().map(|t| format!("`{}`", t.0)).collect::<Vec<_>>()).replace(" or ", " and ");
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
    let act = action(&r.action, &r.tools);
    let approvals = match (r.by.is_empty(), r.count) {
        (true, 1) => "approval".to_owned(),
        (true, n) => format!("{n} approvals"),
        (false, n) => format!("{n} approvals from {}", workers(&r.by, voc)).replacen("1 approvals", "approval", 1),
    };
    let start = if r.who.is_empty() {
        format!("{act} needs {approvals}")
    } else {
        format!("{} needs {approvals} for {act}", workers(&r.who, voc))
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
    let act = action(&r.action, &r.tools);
    let start =
        if r.who.is_empty() { format!("Never {act}") } else { format!("{} must never {act}", workers(&r.who, voc)) };
    start + &tail(&r.when, voc)
}

fn permit(r: &Permit, voc: &Vocabulary<'_>) -> String {
    let who = workers(&r.who, voc);
    match (r.only, r.nothing_else) {
        (true, _) => format!("Only {who} may use {}", tools(&r.tools)),
        (false, true) => format!("{who} may use {}, nothing else", tools(&r.tools)),
        (false, false) => format!("{who} may use {}", tools(&r.tools)),
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
    format!("{} may spend at most {} per {per}; then {then}", workers(&r.who, voc), money(r.amount, &r.currency))
}

fn expect(r: &Expect, voc: &Vocabulary<'_>) -> String {
    let who = if r.who.is_empty() { String::new() } else { format!("{} must ", workers(&r.who, voc)) };
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
        (None, None) => return format!("{} has no guard", workers(&r.who, voc)),
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
        workers(&r.who, voc),
        number(value),
        r.over_days
    )
}

fn autonomy(r: &Autonomy, voc: &Vocabulary<'_>) -> String {
    let level = match r.level {
        Level::Observe => "only observe",
        Level::Suggest => "only suggest",
        Level::Ask => "ask before it acts",
        Level::Act => "act on its own",
        Level::Report => "act and report",
    };
    let until = r.until.as_ref().map_or(String::new(), |until| {
        if until.starts_with('P') {
            format!(" for {}", length(&IsoDuration(until.clone())))
        } else {
            format!(" until {until}")
        }
    });
    format!("{} must {level}{until}", workers(&r.who, voc))
}

fn schedule(r: &Schedule, voc: &Vocabulary<'_>) -> String {
    let when = super::super::recur::words(&r.cron);
    let zone = r.timezone.as_ref().map_or(String::new(), |zone| format!(" {zone}"));
    let who = if r.who.is_empty() { String::new() } else { format!("{} must ", workers(&r.who, voc)) };
    let to = if r.to.is_empty() { String::new() } else { format!(" for {}", workers(&r.to, voc)) };
    let age = r.older_than_days.map_or(String::new(), |days| format!(" older than {days} days"));
    format!("{when}{zone}, {who}run “{}”{age}{to}", r.what.replace(['“', '”'], ""))
}

fn cover(r: &Cover, voc: &Vocabulary<'_>) -> String {
    format!("{} cover for {} from {} to {}", workers(&r.by, voc), worker(&r.person, voc), r.from, r.until)
}

fn hours(r: &Hours, voc: &Vocabulary<'_>) -> String {
    let zone = r.timezone.as_ref().map_or(String::new(), |zone| format!(" {zone}"));
    let days = super::super::recur::day_words(&r.days);
    let times = format!("{days} from {} to {}{zone}", r.start, r.end);
    if r.who.is_empty() {
        format!("Working hours are {times}")
    } else {
        format!("{} work {times}", workers(&r.who, voc))
    }
}
