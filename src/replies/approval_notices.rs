//! What a thread and the people concerned hear while a card waits: questions and answers, changes, reminders.

use super::approval::{ApprovalView, Asked, edited_spans};
use super::card::{Button, Card};
use super::compose::{bold, clock, day_and_clock, text};
use super::plain::visible_line;
use super::verb::Verb;

/// To the requester's thread: somebody who decides wants to know something.
pub fn question(view: &ApprovalView, asked: &Asked) -> Card {
    Card::new(format!("{} asks about {}", asked.by.name, visible_line(&view.title)))
        .line([
            asked.by.bold(),
            text(format!(" asks before deciding about {} · {}", visible_line(&view.title), view.id)),
        ])
        .words([], &asked.text)
        .line([
            view.requester.pinged(),
            text(" reply here. The time for the decision stands still until you do, at most until "),
            day_and_clock(asked.until),
            text("."),
        ])
        .buttons([
            Button::new("Answer", Verb::AnswerBack, view.id.to_string()).spoken(format!("Answer about {}", view.id)),
            Button::new("Cancel", Verb::CancelTask, view.task.to_string()).spoken(format!("Cancel {}", view.task)),
        ])
}

/// The question once it is over, so that nobody answers twice.
pub fn question_over(view: &ApprovalView, asked: &Asked) -> Card {
    let said = match &asked.answer {
        Some((_, at)) => vec![text(format!("{} answered at ", view.requester.name)), clock(*at), text(". ")],
        None => vec![text(format!("{} did not answer. ", view.requester.name))],
    };
    Card::new(format!("{} asked about {}", asked.by.name, view.id))
        .line([asked.by.bold(), text(format!(" asked about {} · {}", visible_line(&view.title), view.id))])
        .words([], &asked.text)
        .line([said, vec![text("The time for the decision goes on.")]].concat())
}

/// To whoever asked: the answer is there, and so is the card.
pub fn answer_came(view: &ApprovalView, asked: &Asked) -> Card {
    let answer = asked.answer.as_ref().map_or("", |(answer, _)| answer.as_str());
    Card::new(format!("{} answered: {} · {}", view.requester.name, visible_line(&view.title), view.id))
        .line([text(format!("{} answered about {} · {}:", view.requester.name, visible_line(&view.title), view.id))])
        .words([], answer)
        .line([text(format!("Decide on the card, or with /workforce approve {}.", view.id))])
}

/// To the requester's thread: a person changed what was asked for.
pub fn changed(view: &ApprovalView) -> Option<Card> {
    let edited = view.edited.as_ref()?;
    let head = format!("{} changed your request: {} · {}", edited.by.name, visible_line(&view.title), view.id);
    Some(
        Card::new(head)
            .line([
                bold("Changed before it was approved."),
                text(format!(" {} · {}", visible_line(&view.title), view.id)),
            ])
            .line(edited_spans(edited))
            .note([text(format!("Asked by {}. Mention me here to change the request.", view.requester.name))]),
    )
}

/// To those who have not answered, while there is still time.
pub fn reminder(view: &ApprovalView) -> Card {
    let then = match view.then.as_slice() {
        [] => format!(" After that it expires, and nothing is {}.", view.past()),
        [only] => format!(" After that {} is asked.", only.name),
        many => format!(" After that {} are asked.", super::named::all_of(many)),
    };
    Card::new(format!("Still waits for you: {} · {}", visible_line(&view.title), view.id))
        .line([bold("Still waits for you:"), text(format!(" {} · {}", visible_line(&view.title), view.id))])
        .line([
            text(format!("{} asked. You have until ", view.requester.name)),
            view.deadline_at(),
            text(format!(".{then} The card stands above; /workforce approve {} does the same.", view.id)),
        ])
}

#[cfg(test)]
mod tests {
    use super::super::approval::Edited;
    use super::super::fixtures::*;
    use super::*;

    fn asked(answer: Option<&str>) -> Asked {
        Asked {
            by: dana(),
            text: "Which parcel broke?".to_owned(),
            at: at(10, 5),
            until: at(14, 5),
            open: answer.is_none(),
            answer: answer.map(|answer| (answer.to_owned(), at(10, 9))),
        }
    }

    #[test]
    fn a_question_goes_to_the_thread_and_its_answer_to_whoever_asked() {
        insta::assert_snapshot!(question(&approval(), &asked(None)).to_plain(), @r"
        *Dana Ruiz* asks before deciding about Refund $450.00 to order ORD-1042 · A-31
        | Which parcel broke?
        @U0ANA reply here. The time for the decision stands still until you do, at most until 20 Nov 14:05.
        [Answer] [Cancel]
        ");
        insta::assert_snapshot!(question_over(&approval(), &asked(Some("The blue one."))).to_plain(), @r"
        *Dana Ruiz* asked about Refund $450.00 to order ORD-1042 · A-31
        | Which parcel broke?
        Ana Silva answered at 10:09. The time for the decision goes on.
        ");
        insta::assert_snapshot!(question_over(&approval(), &Asked { open: false, ..asked(None) }).to_plain(), @r"
        *Dana Ruiz* asked about Refund $450.00 to order ORD-1042 · A-31
        | Which parcel broke?
        Ana Silva did not answer. The time for the decision goes on.
        ");
        insta::assert_snapshot!(answer_came(&approval(), &asked(Some("The blue one."))).to_plain(), @r"
        Ana Silva answered about Refund $450.00 to order ORD-1042 · A-31:
        | The blue one.
        Decide on the card, or with /workforce approve A-31.
        ");
    }

    #[test]
    fn the_thread_hears_of_changes_and_the_silent_are_reminded() {
        let mut view = approval();
        let change = ("amount_cents".to_owned(), "45000".to_owned(), "15000".to_owned());
        view.edited = Some(Edited { from: crate::ids::ApprovalId(30), by: dana(), changes: vec![change] });
        insta::assert_snapshot!(changed(&view).unwrap().to_plain(), @r"
        *Changed before it was approved.* Refund $450.00 to order ORD-1042 · A-31
        Dana Ruiz changed it (A-30): amount_cents 45000 → 15000
        · Asked by Ana Silva. Mention me here to change the request.
        ");
        insta::assert_snapshot!(reminder(&approval()).to_plain(), @r"
        *Still waits for you:* Refund $450.00 to order ORD-1042 · A-31
        Ana Silva asked. You have until 14:02. After that Kim Osei is asked. The card stands above; /workforce approve A-31 does the same.
        ");
    }
}
