//! `reviews`: which agents are due for review, and who does it.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::arguments::{bare, incomplete};
use super::asked::{Asked, Query};
use super::spec::{Group, InMention, Spec};
use crate::clock::Timestamp;
use crate::replies::card::{Button, Card, Span};
use crate::replies::compose::{bold, day_and_clock, text};
use crate::replies::named::Who;
use crate::replies::verb::Verb;
use crate::replies::wording::{counted, date};

pub const SPEC: Spec = Spec {
    name: "reviews",
    aliases: &["due"],
    group: Group::Administer,
    usage: "reviews",
    about: "List whose review is due",
    examples: &["reviews"],
    read,
    mention: InMention::AloneOrId,
};

fn read(rest: &str) -> Asked {
    if bare(rest.trim()).is_empty() {
        Asked::Query(Query::Reviews)
    } else {
        incomplete(SPEC.name, "Write reviews alone for the list, or review NAME for one of them.")
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewsAnswer {
    /// Late or due within [`SOON_DAYS`], the latest first.
    pub due: Vec<ReviewLine>,
    /// How many more are reviewed later than that.
    pub later: u32,
    /// How many positions nobody asked to have reviewed.
    pub without: u32,
    pub as_of: Timestamp,
}

/// A position and its review.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewLine {
    /// Its id, which the button carries.
    pub position: String,
    pub who: Who,
    /// "finance operations".
    pub role: String,
    pub owner: Option<Who>,
    /// `None`: never reviewed.
    pub last: Option<NaiveDate>,
    pub due: NaiveDate,
    /// Zero or less: not late.
    pub days_late: i64,
    /// Whether the asker may record it.
    pub yours: bool,
}

/// What is due within so many days is listed.
pub const SOON_DAYS: i64 = 14;
/// So many lines are shown.
const MAX_LINES: usize = 15;

impl ReviewLine {
    /// "• Finn · finance operations · last 12 Aug · 10 days late · Dana Ruiz reviews".
    pub fn spans(&self, year: i32) -> Vec<Span> {
        let last = self.last.map_or_else(|| "never reviewed".to_owned(), |day| format!("last {}", date(day, year)));
        let mut spans = vec![text("• "), self.who.bold(), text(format!(" · {} · {last} · ", self.role))];
        spans.push(match self.days_late {
            late if late > 0 => bold(format!("{} late", counted(late, "day"))),
            0 => bold("due today"),
            _ => text(format!("due {}", date(self.due, year))),
        });
        spans.extend(self.owner.iter().map(|owner| text(format!(" · {} reviews", owner.name))));
        spans
    }

    pub fn button(&self) -> Option<Button> {
        let button = || Button::new("Record review", Verb::RecordReview, self.position.clone());
        self.yours.then(|| button().spoken(format!("Record review of {}", self.who.name)))
    }
}

pub fn render(answer: &ReviewsAnswer) -> Card {
    let year = answer.as_of.to_utc().year();
    let count = counted(answer.due.len() as i64, "review");
    let mut card = match answer.due.as_slice() {
        [] => Card::new("No review is due").line([bold(format!("No review is due within {SOON_DAYS} days."))]),
        [..] => Card::new(format!("{count} due")).line([bold(format!("{count} due"))]),
    };
    for line in answer.due.iter().take(MAX_LINES) {
        card = card.line(line.spans(year)).buttons(line.button().into_iter().collect::<Vec<_>>());
    }
    if let Some(rest) = answer.due.len().checked_sub(MAX_LINES).filter(|rest| *rest > 0) {
        card = card.note([text(format!("And {rest} more."))]);
    }
    let without = match answer.without {
        0 => String::new(),
        n => format!(" · {} without any line that asks for reviews", counted(i64::from(n), "agent")),
    };
    card.note([
        text(format!("Late, or due within {SOON_DAYS} days · {} later{without} · ", answer.later)),
        day_and_clock(answer.as_of),
    ])
}

#[cfg(test)]
pub(super) fn line(name: &str, last: Option<NaiveDate>, days_late: i64, yours: bool) -> ReviewLine {
    let due = NaiveDate::from_ymd_opt(2026, 11, 20).unwrap() - chrono::Duration::days(days_late);
    let owner = Some(super::fixtures::who("Dana Ruiz"));
    let role = "finance operations".to_owned();
    ReviewLine {
        position: "finance-agent".into(),
        who: super::fixtures::who(name),
        role,
        owner,
        last,
        due,
        days_late,
        yours,
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::*;

    #[test]
    fn the_latest_come_first_and_only_mine_have_a_button() {
        let last = NaiveDate::from_ymd_opt(2026, 8, 12);
        let due = vec![line("Finn", last, 10, true), line("Olga", None, 0, false), line("Eli", last, -3, false)];
        let answer = ReviewsAnswer { due, later: 4, without: 1, as_of: at(10, 2) };
        insta::assert_snapshot!(render(&answer).to_plain(), @r"
        *3 reviews due*
        • *Finn* · finance operations · last 12 Aug · *10 days late* · Dana Ruiz reviews
        [Record review]
        • *Olga* · finance operations · never reviewed · *due today* · Dana Ruiz reviews
        • *Eli* · finance operations · last 12 Aug · due 23 Nov · Dana Ruiz reviews
        · Late, or due within 14 days · 4 later · 1 agent without any line that asks for reviews · 20 Nov 10:02
        ");
        let none = ReviewsAnswer { due: vec![], later: 0, without: 0, as_of: at(10, 2) };
        insta::assert_snapshot!(render(&none).to_plain(), @r"
        *No review is due within 14 days.*
        · Late, or due within 14 days · 0 later · 20 Nov 10:02
        ");
    }
}
