//! A promise about time was not kept: one direct message to whoever answers for the work, edited when a second one is missed.

use serde::{Deserialize, Serialize};

use super::card::Card;
use super::compose::{bold, code, day_and_clock, text};
use super::named::{Cited, Who};
use crate::clock::Timestamp;
use crate::ids::TaskId;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LateView {
    pub task: TaskId,
    /// The request's first words.
    pub subject: String,
    pub holder: Option<Who>,
    /// A first answer, else the end of it.
    pub first_answer: bool,
    pub due: Timestamp,
    pub rule: Cited,
}

pub fn card(view: &LateView) -> Card {
    let what = if view.first_answer { "has no answer yet" } else { "is not solved yet" };
    let head = format!("{} {what}", view.task);
    let holder = match &view.holder {
        Some(holder) => format!("{} has it. ", holder.name),
        None => "Nobody has it. ".to_owned(),
    };
    Card::new(format!("{head}: {}", view.subject))
        .line([bold(&head), text(" · promised by "), day_and_clock(view.due)])
        .words([], &view.subject)
        .line([text(holder), code(format!("/workforce status {}", view.task))])
        .note(view.rule.quoted())
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::*;

    #[test]
    fn whoever_answers_for_it_hears_what_was_promised() {
        let rule = cited("Urgent tickets get a first answer in 15 minutes.", "routing.md", 31);
        let view = LateView {
            task: TaskId(17),
            subject: "the shop is down".into(),
            holder: Some(finn()),
            first_answer: true,
            due: at(10, 15),
            rule,
        };
        insta::assert_snapshot!(card(&view).to_plain(), @r"
        *T-17 has no answer yet* · promised by 20 Nov 10:15
        | the shop is down
        Finn (Finance) has it. `/workforce status T-17`
        · “Urgent tickets get a first answer in 15 minutes.” `routing.md:31`
        ");
        let end = LateView { first_answer: false, holder: None, ..view };
        insta::assert_snapshot!(card(&end).to_plain(), @r"
        *T-17 is not solved yet* · promised by 20 Nov 10:15
        | the shop is down
        Nobody has it. `/workforce status T-17`
        · “Urgent tickets get a first answer in 15 minutes.” `routing.md:31`
        ");
    }
}
