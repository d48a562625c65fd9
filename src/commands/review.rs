//! `review NAME`: one agent's reviews so far, and the button that records the next.

use chrono::Datelike;
use serde::{Deserialize, Serialize};

use super::arguments::{bare, incomplete, strip_word, worker_name};
use super::asked::{Asked, Query};
use super::reviews::ReviewLine;
use super::spec::{Group, InMention, Spec};
use crate::clock::Timestamp;
use crate::replies::card::{Button, Card};
use crate::replies::compose::{bold, day, day_and_clock, text};
use crate::replies::named::Who;
use crate::replies::verb::Verb;

pub const SPEC: Spec = Spec {
    name: "review",
    aliases: &[],
    group: Group::Administer,
    usage: "review NAME",
    about: "Show an agent's reviews, and record one",
    examples: &["review finance-agent", "review of the finance agent"],
    read,
    mention: InMention::Worker,
};

fn read(rest: &str) -> Asked {
    let rest = strip_word(rest.trim(), "of").unwrap_or(rest.trim());
    let name = worker_name(bare(rest));
    if name.is_empty() {
        return incomplete(SPEC.name, "Write whose: review finance-agent. /workforce reviews lists what is due.");
    }
    Asked::Query(Query::ReviewCard { name })
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewAnswer {
    pub position: String,
    pub who: Who,
    pub owner: Option<Who>,
    /// `None`: no line asks for one.
    pub next: Option<ReviewLine>,
    /// The newest first.
    pub past: Vec<PastReview>,
    /// The date that the file gives, where the database knows of no later one.
    pub in_file: Option<chrono::NaiveDate>,
    /// Whether the asker may record one.
    pub yours: bool,
    pub as_of: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastReview {
    pub by: Who,
    pub at: Timestamp,
    /// `None`: there are none, or they are not for the asker.
    pub notes: Option<String>,
}

pub fn render(answer: &ReviewAnswer) -> Card {
    let year = answer.as_of.to_utc().year();
    let mut card = Card::new(format!("Reviews of {}", answer.who.name));
    card = match &answer.next {
        Some(next) => card.line(next.spans(year)),
        None => {
            let owner = answer.owner.as_ref().map(|owner| format!(" · {} answers for it", owner.name));
            card.line([answer.who.bold(), text(format!(" · no line asks for reviews{}", owner.unwrap_or_default()))])
        }
    };
    for past in &answer.past {
        let label = vec![day(past.at), text(format!(" · {}", past.by.name))];
        card = match &past.notes {
            Some(notes) => card.words([label, vec![text(" wrote")]].concat(), notes),
            None => card.line(label),
        };
    }
    if answer.past.is_empty() {
        let file = answer.in_file.map(|on| format!(" The file says {}.", crate::replies::wording::date(on, year)));
        card = card.line([bold("None is recorded here."), text(file.unwrap_or_default())]);
    }
    card = card.note([text("The newest first · "), day_and_clock(answer.as_of)]);
    if answer.yours {
        let record = Button::new("Record review", Verb::RecordReview, answer.position.clone());
        card = card.buttons([record.primary().spoken(format!("Record review of {}", answer.who.name))]);
    }
    card
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::super::reviews::line;
    use super::*;

    #[test]
    fn past_reviews_stand_below_the_next() {
        let last = chrono::NaiveDate::from_ymd_opt(2026, 8, 12);
        let answer = ReviewAnswer {
            position: "finance-agent".into(),
            who: who("Finn (Finance)"),
            owner: Some(who("Dana Ruiz")),
            next: Some(line("Finn (Finance)", last, 10, true)),
            past: vec![
                PastReview { by: who("Dana Ruiz"), at: at(9, 0), notes: Some("Refunds are fine; limit stays.".into()) },
                PastReview { by: who("Kim Osei"), at: at(8, 0), notes: None },
            ],
            in_file: last,
            yours: true,
            as_of: at(10, 2),
        };
        insta::assert_snapshot!(render(&answer).to_plain(), @r"
        • *Finn (Finance)* · finance operations · last 12 Aug · *10 days late* · Dana Ruiz reviews
        20 Nov · Dana Ruiz wrote
        | Refunds are fine; limit stays.
        20 Nov · Kim Osei
        · The newest first · 20 Nov 10:02
        [*Record review*]
        ");
        let never = ReviewAnswer { next: None, past: vec![], yours: false, ..answer };
        insta::assert_snapshot!(render(&never).to_plain(), @r"
        *Finn (Finance)* · no line asks for reviews · Dana Ruiz answers for it
        *None is recorded here.* The file says 12 Aug.
        · The newest first · 20 Nov 10:02
        ");
    }

    #[test]
    fn a_name_is_needed() {
        assert_eq!(read("of the finance agent?"), Asked::Query(Query::ReviewCard { name: "finance agent".into() }));
        assert!(matches!(read(""), Asked::Incomplete { .. }));
    }
}
