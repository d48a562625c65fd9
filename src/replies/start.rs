//! Starting a workflow by a command or a form: the form, and what its thread begins with.

use super::card::{Card, Part};
use super::compose::{bold, code, text};
use super::form::{Field, FieldKind, Form};
use super::named::{Cited, Who};
use super::plain::{shorten, visible_line};
use super::verb::Verb;

/// The form's fields.
pub const WORKFLOW: &str = "workflow";
pub const WORDS: &str = "words";
pub const PLACE: &str = "place";
/// The place that is no channel: the direct messages of whoever starts it.
pub const HERE: &str = "here";

/// A menu holds so many (docs.slack.dev, "Select menu element").
const MAX_CHOICES: usize = 100;
/// Longer descriptions belong in a document.
const MAX_WORDS: u32 = 2_000;
/// So much of what it is for is in the notification.
const NOTIFIED_CHARACTERS: usize = 120;

/// `workflows`: the one to be chosen first stands first. `channels`: id and name.
pub fn form(workflows: &[String], channels: &[(String, String)]) -> Form {
    let title = "Start a workflow";
    if workflows.is_empty() {
        let none =
            "There is no workflow yet. A file in directives/workflows/ is one: when it starts, and who does what.";
        return Form::page(Verb::StartWorkflowForm, "", title, vec![Part::Line(vec![text(none)])]);
    }
    let named = workflows.iter().take(MAX_CHOICES).map(|name| (name.clone(), name.clone()));
    let places = channels.iter().map(|(id, name)| (id.clone(), format!("#{name}")));
    let own = (HERE.to_owned(), "My direct messages with you".to_owned());
    let field = |id: &str, label: &str, kind, optional| Field {
        id: id.to_owned(),
        label: label.to_owned(),
        kind,
        hint: None,
        optional,
    };
    Form {
        verb: Verb::StartWorkflowForm,
        subject: String::new(),
        title: title.to_owned(),
        submit: Some("Start".to_owned()),
        intro: vec![Part::Note(vec![text(
            "Its thread begins with a plan that ticks off; each step goes to who does it.",
        )])],
        fields: vec![
            field(WORKFLOW, "Which", FieldKind::Choice(named.collect()), false),
            Field {
                hint: Some("Everybody who does a step reads it.".to_owned()),
                ..field(WORDS, "For whom or what", FieldKind::Text { multiline: true, max: MAX_WORDS }, true)
            },
            field(
                PLACE,
                "Where",
                FieldKind::Choice(std::iter::once(own).chain(places).take(MAX_CHOICES).collect()),
                false,
            ),
        ],
    }
}

/// The first message of a workflow that somebody started by a command or a form.
pub fn asked(by: &Who, name: &str, words: &str) -> Card {
    let what = shorten(&visible_line(words), NOTIFIED_CHARACTERS);
    let card = Card::new(format!("{} starts {name}: {what}", by.name));
    let head = vec![by.bold(), text(" starts "), bold(name.to_owned())];
    if what.is_empty() { card.line(head) } else { card.words(head, words) }
}

/// The first message of a workflow whose time has come.
pub fn due(name: &str, trigger: &Cited) -> Card {
    Card::new(format!("Scheduled: workflow {name}"))
        .line([bold("Scheduled:"), text(" workflow "), bold(name.to_owned())])
        .note([text(format!("“{}” ", trigger.text)), code(format!("{}:{}", trigger.file, trigger.line))])
}

/// Only for whoever started it.
pub fn begins(name: &str, place: &str) -> Card {
    Card::sentence(format!("{name} begins in {place}; the plan follows in its thread."))
}

/// Nothing was started: there is none of that name.
pub fn unknown(name: &str, known: &[String]) -> String {
    let name = shorten(&visible_line(name), NOTIFIED_CHARACTERS);
    match known {
        [] => "There is no workflow yet; a file in directives/workflows/ makes one.".to_owned(),
        known => format!("No workflow is called “{name}”. There are: {}.", known.join(", ")),
    }
}

/// Nothing was started: the bot cannot write there.
pub fn not_there(place: &str) -> String {
    format!("I am not in {place}. Invite me there with /invite, or choose another place.")
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::*;

    #[test]
    fn the_form_asks_which_for_whom_and_where() {
        let channels = [("C1".to_owned(), "people".to_owned())];
        insta::assert_snapshot!(form(&["onboarding".into(), "close".into()], &channels).to_plain(), @r"
        = Start a workflow =
        · Its thread begins with a plan that ticks off; each step goes to who does it.
        Which: onboarding / close
        For whom or what (optional): ____
          Everybody who does a step reads it.
        Where: My direct messages with you / #people
        [Start]
        ");
        insta::assert_snapshot!(form(&[], &channels).to_plain(), @r"
        = Start a workflow =
        There is no workflow yet. A file in directives/workflows/ is one: when it starts, and who does what.
        ");
    }

    #[test]
    fn its_thread_begins_with_who_started_it() {
        insta::assert_snapshot!(asked(&dana(), "onboarding", "for *Mia*").to_plain(), @r"
        *Dana Ruiz* starts *onboarding*
        | for *Mia*
        ");
        insta::assert_snapshot!(asked(&dana(), "onboarding", "").to_plain(), @"*Dana Ruiz* starts *onboarding*");
        let rule = cited("Every Monday at 9:00:", "workflows/close.md", 3);
        insta::assert_snapshot!(due("close", &rule).to_plain(), @r"
        *Scheduled:* workflow *close*
        · “Every Monday at 9:00:” `workflows/close.md:3`
        ");
        insta::assert_snapshot!(begins("onboarding", "#people").to_plain(), @"onboarding begins in #people; the plan follows in its thread.");
        assert_eq!(
            unknown("onbording", &["onboarding".into()]),
            "No workflow is called “onbording”. There are: onboarding."
        );
    }
}
