//! Reminders: what is due, to whoever answers for it.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::card::{Button, Card, Span};
use super::compose::{bold, clock, code, text};
use super::named::{Cited, Who};
use super::verb::Verb;
use super::wording::{counted, date};
use crate::clock::Timestamp;

/// So many reviews are listed; a message has room for 50 blocks.
const MAX_ROWS: usize = 15;

/// A person's reviews that are due on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewsDue {
    pub due: Vec<DueReview>,
    /// At the company's place.
    pub today: NaiveDate,
    /// The sentence that asks for the reminder, where one does.
    pub rule: Option<Cited>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueReview {
    /// Its id, which the button carries.
    pub position: String,
    pub who: Who,
    /// "finance operations".
    pub role: String,
    /// `None`: never reviewed.
    pub last: Option<NaiveDate>,
    /// Whole days since then.
    pub days: Option<i64>,
    /// Whose review it is, where they are away and the reader stands in for them.
    pub away: Option<Who>,
}

impl DueReview {
    fn spans(&self, year: i32) -> Vec<Span> {
        let last = match (self.last, self.days) {
            (Some(day), Some(days)) => format!("last {}, {}", date(day, year), counted(days, "day")),
            (Some(day), None) => format!("last {}", date(day, year)),
            (None, _) => "never reviewed".to_owned(),
        };
        let away = self.away.as_ref().map(|owner| format!(" · for {}, who is away", owner.name));
        vec![text("• "), bold(self.who.short()), text(format!(" ({}) · {last}{}", self.role, away.unwrap_or_default()))]
    }

    fn button(&self) -> Button {
        Button::new("Record review", Verb::RecordReview, self.position.clone())
            .spoken(format!("Record review of {}", self.who.name))
    }
}

/// The one message about reviews that a person has; it is edited while something stays due.
pub fn reviews_due(view: &ReviewsDue) -> Card {
    let count = format!("{} due", counted(view.due.len() as i64, "review"));
    let year = view.today.year();
    let day = view.today.format("%A %-d %B").to_string();
    let first = view.due.iter().take(3).map(|row| row.who.short()).collect::<Vec<_>>().join(", ");
    let mut card = Card::new(format!("{count}: {first}")).line([bold(count), text(format!(" · {day}"))]);
    for row in view.due.iter().take(MAX_ROWS) {
        card = card.line(row.spans(year)).buttons([row.button()]);
    }
    if let Some(more) = view.due.len().checked_sub(MAX_ROWS).filter(|more| *more > 0) {
        card = card.note([text(format!("And {more} more: ")), code("/workforce reviews"), text(" lists all.")]);
    }
    match &view.rule {
        Some(rule) => card.note(cited(rule)),
        None => card,
    }
}

/// In the place of the list, once nothing on it is due any more.
pub fn nothing_due(at: Timestamp) -> Card {
    Card::new("No review waits for you").line([
        bold("No review waits for you"),
        text(" since "),
        clock(at),
        text(". The next one that is due is a new message."),
    ])
}

/// "Remind Noor to …"; `away` is whom the reader stands in for.
pub fn reminder(of: &str, away: Option<&Who>, rule: &Cited) -> Card {
    let instead = away.map(|who| format!(" · for {}, who is away", who.name)).unwrap_or_default();
    Card::new(format!("Reminder: {of}"))
        .line([bold("Reminder:"), text(format!(" {}{instead}", of.trim_end_matches('.')))])
        .note(cited(rule))
}

fn cited(rule: &Cited) -> Vec<Span> {
    vec![text(format!("“{}” ", rule.text)), code(format!("{}:{}", rule.file, rule.line))]
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::*;

    fn view() -> ReviewsDue {
        let day = |m, d| NaiveDate::from_ymd_opt(2026, m, d).unwrap();
        let finn = DueReview {
            position: "finance-agent".into(),
            who: finn(),
            role: "finance operations".into(),
            last: Some(day(8, 12)),
            days: Some(103),
            away: None,
        };
        let olga = DueReview {
            position: "orders-agent".into(),
            who: Who::new("Olga (Orders)", None),
            role: "orders".into(),
            last: None,
            days: None,
            away: Some(kim()),
        };
        ReviewsDue { due: vec![finn, olga], today: day(11, 23), rule: None }
    }

    #[test]
    fn what_is_due_is_one_message_with_a_button_each() {
        insta::assert_snapshot!(reviews_due(&view()).to_plain(), @r"
        *2 reviews due* · Monday 23 November
        • *Finn* (finance operations) · last 12 Aug, 103 days
        [Record review]
        • *Olga* (orders) · never reviewed · for Kim Osei, who is away
        [Record review]
        ");
        assert_eq!(reviews_due(&view()).notification, "2 reviews due: Finn, Olga");
        insta::assert_snapshot!(nothing_due(at(9, 5)).to_plain(), @"*No review waits for you* since 09:05. The next one that is due is a new message.");
    }

    #[test]
    fn a_long_list_fits_into_a_message() {
        let due = vec![view().due[0].clone(); 40];
        let card = reviews_due(&ReviewsDue { due, ..view() });
        assert!(card.parts.len() < 40 && card.to_plain().contains("And 25 more: `/workforce reviews` lists all."));
    }

    #[test]
    fn a_reminder_cites_its_sentence() {
        let rule = cited_rule();
        insta::assert_snapshot!(reminder("go through the open tickets", None, &rule).to_plain(), @r"
        *Reminder:* go through the open tickets
        · “Every Monday at 8:30, remind @noor to go through the open tickets.” `schedules.md:4`
        ");
        assert!(
            reminder("x", Some(&dana()), &rule).to_plain().starts_with("*Reminder:* x · for Dana Ruiz, who is away")
        );
    }

    fn cited_rule() -> Cited {
        super::super::fixtures::cited(
            "Every Monday at 8:30, remind @noor to go through the open tickets.",
            "schedules.md",
            4,
        )
    }
}
