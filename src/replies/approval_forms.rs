//! The forms behind a card's other buttons: change it, ask the requester, answer, say what came of it.

use super::approval::{ApprovalView, Asked};
use super::card::Part;
use super::compose::{bold, text};
use super::form::{Field, FieldKind, Form};
use super::plain::{visible, visible_line};
use super::verb::Verb;

/// The longest question and the longest answer, in characters.
const WORDS: u32 = 1_000;

/// The arguments, to be changed. `left_out` are labels of those that a form cannot hold; they stay as they are.
pub fn edit(view: &ApprovalView, fields: Vec<Field>, left_out: &[String]) -> Form {
    let mut intro = vec![
        head(view),
        Part::Note(vec![text(
            "What you change is judged anew, by the same rules. Where it needs somebody else's word, they are asked.",
        )]),
    ];
    if !left_out.is_empty() {
        let labels: Vec<String> = left_out.iter().map(|label| visible_line(label)).collect();
        intro.push(Part::Note(vec![text(format!("Not changed here, too long for a form: {}.", labels.join(", ")))]));
    }
    form(Verb::EditForm, view, format!("Edit {}", view.id), "Approve as changed", intro, fields)
}

pub fn ask(view: &ApprovalView) -> Form {
    let hint = format!(
        "{} reads this in the thread. The time stands still until the answer, for a day at most.",
        view.requester.name
    );
    form(
        Verb::AskBackForm,
        view,
        format!("Ask about {}", view.id),
        "Ask",
        vec![head(view)],
        vec![words("Your question", Some(hint), false)],
    )
}

pub fn answer(view: &ApprovalView, question: &Asked) -> Form {
    let asked =
        Part::Words { label: vec![text(format!("{} asked:", question.by.name))], text: visible(&question.text) };
    let fields = vec![words("Your answer", Some(format!("{} reads this on the card.", question.by.name)), false)];
    form(Verb::AnswerBackForm, view, format!("Answer for {}", view.id), "Send", vec![head(view), asked], fields)
}

/// What came of something that a person did by hand. `fields` are those of the tool's result.
pub fn record(view: &ApprovalView, fields: Vec<Field>) -> Form {
    let choices = [("yes", "It is done"), ("no", "It was not done")];
    let choices = choices.map(|(value, label)| (value.to_owned(), label.to_owned())).to_vec();
    let done = Field {
        id: "done".to_owned(),
        label: "What came of it".to_owned(),
        kind: FieldKind::Choice(choices),
        hint: None,
        optional: false,
    };
    let note = words("What the thread should know", None, true);
    let all = std::iter::once(done).chain(fields).chain([note, super::human::took_field()]).collect();
    let says = format!("{} goes on with what you write, marked as done by you.", view.doer.name);
    form(
        Verb::RecordForm,
        view,
        format!("Result of {}", view.id),
        "Record",
        vec![head(view), Part::Note(vec![text(says)])],
        all,
    )
}

fn head(view: &ApprovalView) -> Part {
    Part::Line(vec![bold(visible_line(&view.title)), text(format!(" · asked by {}", view.requester.name))])
}

fn words(label: &str, hint: Option<String>, optional: bool) -> Field {
    let kind = FieldKind::Text { multiline: true, max: WORDS };
    Field { id: "words".to_owned(), label: label.to_owned(), kind, hint, optional }
}

fn form(verb: Verb, view: &ApprovalView, title: String, submit: &str, intro: Vec<Part>, fields: Vec<Field>) -> Form {
    Form { verb, subject: view.id.to_string(), title, submit: Some(submit.to_owned()), intro, fields }
}
