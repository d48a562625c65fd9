//! *Record review*: the form behind the button, and the word that it was kept.

use super::card::{Card, Part};
use super::compose::{bold, clock, text};
use super::form::{Field, FieldKind, Form};
use super::named::Who;
use super::verb::Verb;
use crate::clock::Timestamp;

/// Longer notes belong in a document; the ledger keeps what was decided.
pub const MAX_NOTES_CHARS: u32 = 2_000;

/// `position` is the id; the form carries nothing else.
pub fn form(position: &str, agent: &Who, owner: &Who) -> Form {
    Form {
        verb: Verb::RecordReviewForm,
        subject: position.to_owned(),
        title: super::plain::shorten(&format!("Review {}", agent.short()), super::form::MAX_TITLE_CHARS),
        submit: Some("Record review".to_owned()),
        intro: vec![
            Part::Line(vec![agent.bold(), text(format!(" · {} answers for it", owner.name))]),
            Part::Note(vec![text("Recording changes nothing that it may do; it takes the review off the list.")]),
        ],
        fields: vec![Field {
            id: "words".to_owned(),
            label: "What you looked at, and what follows".to_owned(),
            kind: FieldKind::Text { multiline: true, max: MAX_NOTES_CHARS },
            hint: Some("Kept with your name and the date.".to_owned()),
            optional: true,
        }],
    }
}

/// Only for the reviewer; the reminder is edited in place.
pub fn recorded(agent: &Who, by: &Who, at: Timestamp) -> Card {
    Card::new(format!("Review of {} is recorded", agent.name)).line([
        bold("Recorded."),
        text(format!(" {} reviewed {} at ", by.name, agent.name)),
        clock(at),
        text("; the next one counts from today."),
    ])
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::*;

    #[test]
    fn a_review_is_recorded_with_notes() {
        insta::assert_snapshot!(form("finance-agent", &finn(), &dana()).to_plain(), @r"
        = Review Finn =
        *Finn (Finance)* · Dana Ruiz answers for it
        · Recording changes nothing that it may do; it takes the review off the list.
        What you looked at, and what follows (optional): ____
          Kept with your name and the date.
        [Record review]
        ");
        insta::assert_snapshot!(recorded(&finn(), &dana(), at(10, 9)).to_plain(), @"*Recorded.* Dana Ruiz reviewed Finn (Finance) at 10:09; the next one counts from today.");
    }
}
