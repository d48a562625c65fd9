//! `costs [WHO] [PERIOD]`: what was measured, how much of the work that covers, and what money moved by whose word.
//!
//! An unknown cost is "not metered", never zero.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::arguments::{bare, strip_word};
use super::asked::{Asked, Query};
use super::lines::Spent;
use super::spec::{Group, InMention, Spec};
use super::workload::named;
use crate::clock::Timestamp;
use crate::money::Money;
use crate::replies::budget::BudgetView;
use crate::replies::card::{Card, Part};
use crate::replies::compose::{bold, day_and_clock, text};
use crate::replies::named::Who;
use crate::replies::wording::{counted, date};

pub const SPEC: Spec = Spec {
    name: "costs",
    aliases: &["cost", "spend", "spending"],
    group: Group::Ask,
    usage: "costs [WHO] [PERIOD]",
    about: "Tell what was measured and what money moved; this month, or the period that you name",
    examples: &[
        "costs", "costs finance-agent", "costs last month", "spend of finance-agent this week", "costs 2026-11",
    ],
    read,
    mention: InMention::AloneOrWorker,
};

fn read(rest: &str) -> Asked {
    let rest = bare(rest.trim());
    let words: Vec<&str> = rest.split_whitespace().collect();
    // The longest ending that names a period is one; what stands before it is a name.
    let cut = (0..words.len()).find(|from| is_period(&words[*from..].join(" "))).unwrap_or(words.len());
    let period = words[cut..].join(" ");
    let who = words[..cut].join(" ");
    let who = ["in", "for", "of"].iter().find_map(|word| who.strip_suffix(&format!(" {word}"))).unwrap_or(&who);
    let who = ["in", "for"].iter().find_map(|word| strip_word(who, word)).unwrap_or(who);
    Asked::Query(Query::Costs { who: named(who), period: (!period.is_empty()).then_some(period) })
}

fn is_period(text: &str) -> bool {
    // Whether a text names a period does not depend on the day; any will do.
    NaiveDate::from_ymd_opt(2026, 1, 1).is_some_and(|day| Period::read(text, day).is_some())
}

/// Whole days at the company's place, the last one not included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    pub from: NaiveDate,
    pub before: NaiveDate,
}

impl Period {
    /// "today", "this week", "last month", "november", "2026-11"; `None` for anything else.
    pub fn read(text: &str, today: NaiveDate) -> Option<Self> {
        let text = text.trim().to_lowercase();
        let text = strip_word(&text, "the").unwrap_or(&text);
        let week = today - chrono::Days::new(u64::from(today.weekday().num_days_from_monday()));
        let days = |from: NaiveDate, days: u64| Some(Self { from, before: from + chrono::Days::new(days) });
        match text {
            "today" => days(today, 1),
            "yesterday" => days(today - chrono::Days::new(1), 1),
            "week" | "this week" => days(week, 7),
            "last week" => days(week - chrono::Days::new(7), 7),
            "month" | "this month" => Self::month(today.year(), today.month()),
            "last month" => {
                let end = Self::month(today.year(), today.month())?.from.pred_opt()?;
                Self::month(end.year(), end.month())
            }
            "year" | "this year" => Self::year(today.year()),
            "last year" => Self::year(today.year() - 1),
            other => Self::named(other, today),
        }
    }

    fn named(text: &str, today: NaiveDate) -> Option<Self> {
        if let Some((year, month)) = text.split_once('-') {
            return Self::month(year.parse().ok().filter(|year| (1970..=9999).contains(year))?, month.parse().ok()?);
        }
        let at = MONTHS.iter().position(|name| text.len() >= 3 && name.starts_with(text))?;
        let month = u32::try_from(at).ok()? + 1;
        // A month that is still to come is last year's.
        Self::month(if month > today.month() { today.year() - 1 } else { today.year() }, month)
    }

    fn month(year: i32, month: u32) -> Option<Self> {
        let from = NaiveDate::from_ymd_opt(year, month, 1)?;
        Some(Self { from, before: from.checked_add_months(chrono::Months::new(1))? })
    }

    fn year(year: i32) -> Option<Self> {
        Some(Self { from: NaiveDate::from_ymd_opt(year, 1, 1)?, before: NaiveDate::from_ymd_opt(year + 1, 1, 1)? })
    }

    /// "1 Nov to 30 Nov".
    pub fn spoken(&self, year: i32) -> String {
        let last = self.before.pred_opt().unwrap_or(self.from);
        if last == self.from { date(last, year) } else { format!("{} to {}", date(self.from, year), date(last, year)) }
    }
}

/// So many budgets are listed.
const MAX_BUDGETS: usize = 8;

const MONTHS: [&str; 12] = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
];

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostsAnswer {
    /// "every agent", "Finn (Finance)", "what Ana Silva asked for".
    pub of: String,
    pub period: Period,
    /// IANA name of the zone in which its days begin.
    pub zone: String,
    pub spent: Spent,
    /// Tasks in which a tool or a model was called, and those of them with a call that told no price.
    pub tasks: u32,
    pub tasks_unmetered: u32,
    /// The dearest first; empty where `of` is one.
    pub by: Vec<(Who, Spent)>,
    /// What models cost, the dearest first: "anthropic/claude-sonnet-4-5".
    pub models: Vec<(String, Spent)>,
    /// Model calls that broke off and may have been billed, with the most that they can have cost.
    pub doubts: u32,
    pub doubted: Vec<Money>,
    /// What people said of their time; `None` where one agent's costs are asked for.
    pub people: Option<People>,
    /// Those that are in force now and that `of` spends from.
    pub budgets: Vec<BudgetView>,
    /// The ISO date of the prices; empty where nobody said.
    pub prices_as_of: String,
    pub moved: Moved,
    pub as_of: Timestamp,
}

/// The time that people said their work took.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct People {
    /// Tasks that people finished, and those of them for which somebody said.
    pub finished: u32,
    pub stated: u32,
    pub minutes: u32,
    /// By the rates of `[prices]`; empty where none is set.
    pub known: Vec<Money>,
}

/// "People: 3 h 20 min, said for 5 of 12 tasks that they finished · $150.00".
fn people(people: &People) -> String {
    let tasks = counted(i64::from(people.finished), "task");
    if people.stated == 0 {
        return format!("People's time: not told for any of {tasks} that they finished");
    }
    let length = match (people.minutes / 60, people.minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    };
    let cost = if people.known.is_empty() { "no rate is set".to_owned() } else { sum(&people.known) };
    format!("People's time: {length}, told for {} of {tasks} that they finished · {cost}", people.stated)
}

/// Money that tools were told to move, one sum per currency.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    pub automatic: Vec<Money>,
    pub approved: Vec<Money>,
    /// Set where more happened than was added up: only so many of the newest calls.
    pub only_newest: Option<usize>,
    /// Calls whose amounts were erased or cannot be read.
    pub unreadable: u32,
}

/// "$0.41 measured", "Not metered", "Nothing to meter".
pub fn measured(answer: &CostsAnswer) -> String {
    match answer.spent.known.as_slice() {
        [] if answer.tasks == 0 => "Nothing to meter".to_owned(),
        [] => "Not metered".to_owned(),
        [..] => format!("{} measured", sum(&answer.spent.known)),
    }
}

pub fn render(answer: &CostsAnswer) -> Card {
    let year = answer.as_of.to_utc().year();
    let measured = measured(answer);
    let mut card = Card::new(format!("{measured}: {}", answer.of))
        .line([bold(&measured), text(format!(" · {}", coverage(answer)))])
        .line([text(format!("For {}", answer.of))]);
    if !answer.by.is_empty() {
        let rows = answer.by.iter().map(|(who, spent)| vec![vec![who.named()], vec![text(spent.phrase())]]);
        card = card.part(Part::Table { columns: vec!["Who".to_owned(), "Cost".to_owned()], rows: rows.collect() });
    }
    if !answer.models.is_empty() {
        let rows = answer.models.iter().map(|(model, spent)| vec![vec![text(model)], vec![text(spent.phrase())]]);
        card = card.part(Part::Table { columns: vec!["Model".to_owned(), "Cost".to_owned()], rows: rows.collect() });
    }
    if answer.doubts > 0 {
        let calls = counted(i64::from(answer.doubts), "call");
        let most = none_or(&answer.doubted);
        card = card
            .note([text(format!("{calls} broke off and may have been billed: {most} at most, held back in budgets."))]);
    }
    if let Some(told) = answer.people.as_ref().filter(|told| told.finished > 0) {
        card = card.line([text(people(told))]);
    }
    for budget in answer.budgets.iter().take(MAX_BUDGETS) {
        card = card.line(budget.line());
    }
    if let Some(more) = answer.budgets.len().checked_sub(MAX_BUDGETS).filter(|more| *more > 0) {
        card = card.note([text(format!("And {more} more budgets; name an agent or a team to see its own."))]);
    }
    if answer.budgets.is_empty() {
        card = card.line([text("Budget: none is in force")]);
    }
    card = card.line([text(moved(&answer.moved))]);
    if let Some(n) = answer.moved.only_newest {
        card = card.note([text(format!("Money: the {n} newest calls only."))]);
    }
    if answer.moved.unreadable > 0 {
        let calls = counted(i64::from(answer.moved.unreadable), "call");
        card = card.note([text(format!("Money: without {calls} whose amount is no longer known."))]);
    }
    let prices = match NaiveDate::parse_from_str(&answer.prices_as_of, "%Y-%m-%d") {
        Ok(day) => format!("prices of {} · ", date(day, year)),
        Err(_) => String::new(),
    };
    let scope = format!("{}, {} time · {prices}", answer.period.spoken(year), place(&answer.zone));
    card.note([text(scope), day_and_clock(answer.as_of)])
}

/// "91 % of 412 tasks metered".
pub fn coverage(answer: &CostsAnswer) -> String {
    match answer.tasks {
        0 => "nothing was called".to_owned(),
        tasks => {
            let metered = tasks.saturating_sub(answer.tasks_unmetered);
            let percent = u64::from(metered) * 100 / u64::from(tasks);
            format!("{percent} % of {} metered", counted(i64::from(tasks), "task"))
        }
    }
}

fn moved(moved: &Moved) -> String {
    match (moved.automatic.as_slice(), moved.approved.as_slice()) {
        ([], []) => "Money moved: none".to_owned(),
        (automatic, approved) => {
            format!("Money moved: {} without approval, {} approved", none_or(automatic), none_or(approved))
        }
    }
}

/// The sums, or "nothing".
pub fn none_or(sums: &[Money]) -> String {
    if sums.is_empty() { "nothing".to_owned() } else { sum(sums) }
}

fn sum(sums: &[Money]) -> String {
    sums.iter().map(Money::to_string).collect::<Vec<_>>().join(" + ")
}

/// "Berlin" of "Europe/Berlin".
fn place(zone: &str) -> String {
    zone.rsplit('/').next().unwrap_or(zone).replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::*;

    fn day(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).unwrap()
    }

    #[test]
    fn what_is_not_known_is_said() {
        let answer = CostsAnswer {
            of: "every agent".into(),
            period: Period { from: day(2026, 11, 1), before: day(2026, 12, 1) },
            zone: "Europe/Berlin".into(),
            spent: Spent { known: vec![dollars(41)], metered: 375, unmetered: 40 },
            tasks: 412,
            tasks_unmetered: 37,
            by: vec![(who("Finn (Finance)"), Spent { known: vec![dollars(22)], metered: 9, unmetered: 3 })],
            models: vec![("acme/large-1".into(), Spent { known: vec![dollars(30)], metered: 300, unmetered: 0 })],
            doubts: 2,
            doubted: vec![dollars(1)],
            people: Some(People { finished: 12, stated: 5, minutes: 200, known: vec![dollars(150)] }),
            budgets: vec![],
            prices_as_of: "2026-11-17".into(),
            moved: Moved { automatic: vec![dollars(3100)], approved: vec![dollars(9240)], ..Moved::default() },
            as_of: at(10, 2),
        };
        insta::assert_snapshot!(render(&answer).to_plain(), @r"
        *$41.00 measured* · 91 % of 412 tasks metered
        For every agent
        Who | Cost
        Finn (Finance) | $22.00 measured, 3 steps not metered
        Model | Cost
        acme/large-1 | $30.00
        · 2 calls broke off and may have been billed: $1.00 at most, held back in budgets.
        People's time: 3 h 20 min, told for 5 of 12 tasks that they finished · $150.00
        Budget: none is in force
        Money moved: $3,100.00 without approval, $9,240.00 approved
        · 1 Nov to 30 Nov, Berlin time · prices of 17 Nov · 20 Nov 10:02
        ");
        let unmetered = CostsAnswer {
            spent: Spent { known: vec![], metered: 0, unmetered: 3 },
            tasks: 2,
            tasks_unmetered: 2,
            by: vec![],
            models: vec![],
            doubts: 0,
            people: Some(People { finished: 2, ..People::default() }),
            prices_as_of: String::new(),
            moved: Moved { only_newest: Some(2000), unreadable: 1, ..Moved::default() },
            ..answer.clone()
        };
        insta::assert_snapshot!(render(&unmetered).to_plain(), @r"
        *Not metered* · 0 % of 2 tasks metered
        For every agent
        People's time: not told for any of 2 tasks that they finished
        Budget: none is in force
        Money moved: none
        · Money: the 2000 newest calls only.
        · Money: without 1 call whose amount is no longer known.
        · 1 Nov to 30 Nov, Berlin time · 20 Nov 10:02
        ");
        let nothing =
            CostsAnswer { spent: Spent::default(), tasks: 0, tasks_unmetered: 0, moved: Moved::default(), ..unmetered };
        assert!(render(&nothing).to_plain().starts_with("*Nothing to meter* · nothing was called"));
    }

    #[test]
    fn a_period_is_told_from_a_name() {
        let costs = |who: Option<&str>, period: Option<&str>| {
            Asked::Query(Query::Costs { who: who.map(str::to_owned), period: period.map(str::to_owned) })
        };
        assert_eq!(read(""), costs(None, None));
        assert_eq!(read("finance-agent"), costs(Some("finance-agent"), None));
        assert_eq!(read("of the finance agent last month"), costs(Some("finance agent"), Some("last month")));
        assert_eq!(read("in November?"), costs(None, Some("November")));
        assert_eq!(read("finn in 2026-11"), costs(Some("finn"), Some("2026-11")));
        assert_eq!(read("June"), costs(None, Some("June")));
    }

    #[test]
    fn periods_are_whole_days() {
        let today = day(2026, 11, 20);
        let read = |text: &str| Period::read(text, today).map(|period| (period.from, period.before));
        assert_eq!(read("today"), Some((today, day(2026, 11, 21))));
        assert_eq!(read("this week"), Some((day(2026, 11, 16), day(2026, 11, 23))));
        assert_eq!(read("last month"), Some((day(2026, 10, 1), day(2026, 11, 1))));
        assert_eq!(read("December"), Some((day(2025, 12, 1), day(2026, 1, 1))), "the last one that has been");
        assert_eq!(read("2026-02"), Some((day(2026, 2, 1), day(2026, 3, 1))));
        for bad in ["", "ju", "2026-13", "-", "99999-1", "fortnight"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
