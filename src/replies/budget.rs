//! What owners hear of budgets, and what a task's thread says while there is no money left for it.

use serde::{Deserialize, Serialize};

use super::card::{Button, Card, Span};
use super::compose::{bold, code, day_and_clock, text};
use super::named::{Cited, Who};
use super::receipt::ReceiptView;
use super::verb::Verb;
use super::wording::counted;
use crate::clock::Timestamp;
use crate::money::Money;

/// A budget as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BudgetView {
    /// "Finn (Finance)", "the Finance team".
    pub of: String,
    pub limit: Money,
    /// What somebody added for this window; nothing, mostly.
    pub added: Option<Money>,
    /// "a week", "a task".
    pub per: String,
    pub used: Money,
    /// Of the limit with what was added.
    pub percent: i64,
    /// Calls that could not be held against it.
    pub uncounted: i64,
    /// When a new window begins.
    pub until: Option<Timestamp>,
    pub rule: Cited,
}

impl BudgetView {
    /// "$50.00 a week".
    fn limit(&self) -> String {
        let added = self.added.as_ref().map(|more| format!(" and {more} added")).unwrap_or_default();
        format!("{} {}{added}", self.limit, self.per)
    }

    /// "Budget of Finn (Finance): $50.00 a week, 21 % used ($10.50)".
    pub fn line(&self) -> Vec<Span> {
        let uncounted = match self.uncounted {
            0 => String::new(),
            n => format!(" · {} not metered", counted(n, "call")),
        };
        let used = format!("{} % used ({})", self.percent, self.used);
        vec![text(format!("Budget of {}: {}, {used}{uncounted}", self.of, self.limit()))]
    }
}

/// Three quarters, or nearly all, is spent: one message to whoever answers for it.
pub fn nearly_spent(view: &BudgetView) -> Card {
    let head = format!("{} % of the budget is spent", view.percent);
    Card::new(format!("{head}: {}", view.of))
        .line([bold(&head), text(format!(" · {}", view.of))])
        .line([text(format!("{} of {}. Nothing stops yet.", view.used, view.limit()))])
        .note(view.rule.quoted())
}

/// All is spent, by a budget that only warns.
pub fn overspent(view: &BudgetView) -> Card {
    let head = "The budget is spent; work goes on";
    Card::new(format!("{head}: {}", view.of))
        .line([bold(head), text(format!(" · {}", view.of))])
        .line([text(format!("{} of {}. This budget only warns; change its line to stop.", view.used, view.limit()))])
        .note(view.rule.quoted())
}

/// All is spent and work waits until the window ends.
pub fn paused(view: &BudgetView) -> Card {
    let head = "Paused: the budget is spent";
    let mut next = vec![text(format!("{} of {}. ", view.used, view.limit()))];
    next.extend(goes_on(view, "or when its line allows more"));
    Card::new(format!("{head}: {}", view.of))
        .line([bold(head), text(format!(" · {}", view.of))])
        .line(next)
        .note(view.rule.quoted())
}

/// All is spent and the owner is asked whether more may be.
pub fn ask_for_more(view: &BudgetView, more: &Money, target: &str) -> Card {
    let head = "May more be spent?";
    let mut next = vec![text(format!("{} of {} is used; work waits. ", view.used, view.limit()))];
    next.extend(goes_on(view, "or when you add to it"));
    let button = Button::new(format!("Add {more}"), Verb::BudgetMore, target).primary();
    Card::new(format!("{head} {}", view.of))
        .line([bold(head), text(format!(" · {}", view.of))])
        .line(next)
        .note(view.rule.quoted())
        .buttons([button.spoken(format!("Add {more} to the budget of {}", view.of))])
}

/// Somebody added to it.
pub fn raised(view: &BudgetView, more: &Money, by: &Who, at: Timestamp) -> Card {
    let head = format!("{more} added");
    Card::new(format!("{head}: {}", view.of)).line([bold(&head), text(format!(" · {}", view.of))]).line([
        text(format!("{} added it at ", by.name)),
        day_and_clock(at),
        text(". What waited goes on."),
    ])
}

/// In the task's thread, in the receipt's place.
pub fn waits(view: &ReceiptView, budget: &BudgetView, told: Option<&Who>) -> Card {
    let mut next: Vec<Span> = goes_on(budget, "or when the budget allows more");
    if let Some(told) = told {
        next.push(text(format!(" {} was told.", told.name)));
    }
    Card::new(format!("Waits: {}'s budget is spent · {}", view.worker.name, view.task))
        .posted_as(view.identity.as_ref())
        .line([
            bold("Waits."),
            text(format!(" The budget of {} ({}) is spent · {}", budget.of, budget.limit(), view.task)),
        ])
        .line(next)
        .note([text("Nothing more has been done. "), code(format!("/workforce why {}", view.task))])
}

fn goes_on(view: &BudgetView, or: &str) -> Vec<Span> {
    match view.until {
        Some(until) => vec![text("It goes on "), day_and_clock(until), text(format!(", {or}."))],
        None => vec![text(format!("It goes on {}.", or.trim_start_matches("or ")))],
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::*;
    use crate::money::Currency;

    fn usd(cents: i64) -> Money {
        Money::new(cents * 10_000, Currency::new("USD"))
    }

    fn view(used: i64, percent: i64) -> BudgetView {
        BudgetView {
            of: "Finn (Finance)".into(),
            limit: usd(5_000),
            added: None,
            per: "a week".into(),
            used: usd(used),
            percent,
            uncounted: 3,
            until: Some(at(0, 0)),
            rule: cited("Spend at most $50 a week on the finance agent.", "budgets.md", 3),
        }
    }

    #[test]
    fn owners_hear_how_much_is_spent_and_what_happens_next() {
        insta::assert_snapshot!(nearly_spent(&view(3_800, 76)).to_plain(), @r"
        *76 % of the budget is spent* · Finn (Finance)
        $38.00 of $50.00 a week. Nothing stops yet.
        · “Spend at most $50 a week on the finance agent.” `budgets.md:3`
        ");
        insta::assert_snapshot!(paused(&view(5_010, 100)).to_plain(), @r"
        *Paused: the budget is spent* · Finn (Finance)
        $50.10 of $50.00 a week. It goes on 20 Nov 00:00, or when its line allows more.
        · “Spend at most $50 a week on the finance agent.” `budgets.md:3`
        ");
        insta::assert_snapshot!(ask_for_more(&view(5_010, 100), &usd(1_000), "x").to_plain(), @r"
        *May more be spent?* · Finn (Finance)
        $50.10 of $50.00 a week is used; work waits. It goes on 20 Nov 00:00, or when you add to it.
        · “Spend at most $50 a week on the finance agent.” `budgets.md:3`
        [*Add $10.00*]
        ");
        insta::assert_snapshot!(overspent(&view(5_600, 112)).to_plain(), @r"
        *The budget is spent; work goes on* · Finn (Finance)
        $56.00 of $50.00 a week. This budget only warns; change its line to stop.
        · “Spend at most $50 a week on the finance agent.” `budgets.md:3`
        ");
        let more = BudgetView { added: Some(usd(1_000)), ..view(5_010, 83) };
        insta::assert_snapshot!(raised(&more, &usd(1_000), &dana(), at(10, 5)).to_plain(), @r"
        *$10.00 added* · Finn (Finance)
        Dana Ruiz added it at 20 Nov 10:05. What waited goes on.
        ");
        let line = |view: &BudgetView| Card::new("").line(view.line()).to_plain();
        insta::assert_snapshot!(line(&more), @"Budget of Finn (Finance): $50.00 a week and $10.00 added, 83 % used ($50.10) · 3 calls not metered");
    }

    #[test]
    fn a_thread_says_what_it_waits_for() {
        insta::assert_snapshot!(waits(&receipt(), &view(5_010, 100), Some(&dana())).to_plain(), @r"
        (Finn (Finance))
        *Waits.* The budget of Finn (Finance) ($50.00 a week) is spent · T-17
        It goes on 20 Nov 00:00, or when the budget allows more. Dana Ruiz was told.
        · Nothing more has been done. `/workforce why T-17`
        ");
        let of_a_task = BudgetView { until: None, per: "a task".into(), ..view(5_010, 100) };
        insta::assert_snapshot!(waits(&receipt(), &of_a_task, None).to_plain(), @r"
        (Finn (Finance))
        *Waits.* The budget of Finn (Finance) ($50.00 a task) is spent · T-17
        It goes on when the budget allows more.
        · Nothing more has been done. `/workforce why T-17`
        ");
    }
}
