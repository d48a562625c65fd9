//! Questions to the requester: a missing slot, an agent's own question, an edit after the start, an empty mention.

use super::card::{Button, Card, Identity, Part, Span};
use super::compose::{bold, text};
use super::form::{Field, FieldKind, Form};
use super::named::Who;
use super::receipt::ReceiptView;
use super::verb::Verb;
use crate::ids::TaskId;

/// A slot that the request leaves out. `like` is an example of it: "ORD-1042".
pub fn missing_slot(view: &ReceiptView, label: &str, like: Option<&str>) -> Card {
    let example = like.map(|like| format!(", like {like}")).unwrap_or_default();
    Card::new(format!("{} needs the {label} · {}", view.worker.name, view.task))
        .posted_as(view.identity.as_ref())
        .line([view.worker.bold(), text(format!(" needs the {label} to go on · {}", view.task))])
        .line([view.requester.pinged(), text(format!(" reply here{example}. Nothing has been done yet."))])
        .note(view.because.spans())
        .buttons([answer_button(view.task), cancel(view.task)])
}

/// Whom a question is put to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whom {
    /// Whoever made the request.
    Requester,
    /// Any of these people; they were reached instead of the other.
    People { people: Vec<Who>, instead_of: Option<Who> },
    /// Nobody of the company made the request: the hook's next delivery about it answers, or any of these people.
    Delivery { hook: String, people: Vec<Who> },
}

/// A question in the agent's own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking<'a> {
    pub view: &'a ReceiptView,
    pub words: &'a str,
    pub whom: Whom,
    /// Answers to choose from, each with its button's target.
    pub options: Vec<(String, String)>,
}

/// A question in the thread.
pub fn question(asking: &Asking<'_>) -> Card {
    let Asking { view, words, whom, options } = asking;
    let card = Card::new(format!("{} asks: {}", view.worker.name, super::plain::shorten(words.trim(), 120)))
        .posted_as(view.identity.as_ref())
        .line([view.worker.bold(), text(format!(" asks · {}", view.task))])
        .words([], words)
        .line(to_go_on(view, whom));
    let buttons = [option_buttons(options), vec![answer_button(view.task), cancel(view.task)]].concat();
    card.note(view.because.spans()).buttons(buttons)
}

fn to_go_on(view: &ReceiptView, whom: &Whom) -> Vec<Span> {
    match whom {
        Whom::Requester => vec![view.requester.pinged(), text(" reply here to go on.")],
        Whom::People { people, instead_of } => {
            let why = instead_of.iter().map(|who| text(format!(" {} cannot be reached or did not answer.", who.name)));
            [super::named::pinged(people), vec![text(" reply here to go on.")], why.collect()].concat()
        }
        Whom::Delivery { hook, people } => {
            let hook = super::plain::visible_line(hook);
            let next = format!("What {hook} delivers next about this is taken for the answer.");
            let too = match people.as_slice() {
                [] => String::new(),
                [..] => format!(" {} can answer here too.", super::named::any_of(people)),
            };
            vec![text(format!("{next}{too}"))]
        }
    }
}

/// The question to somebody who did not make the request, in a direct message.
pub fn direct_question(asking: &Asking<'_>, others: &[Who]) -> Card {
    let Asking { view, words, options, .. } = asking;
    let mut from = vec![text(format!("About {}, asked by {} ", view.task, view.requester.name))];
    from.extend(view.place.spans());
    let card = Card::new(format!("{} asks you: {}", view.worker.name, super::plain::shorten(words.trim(), 120)))
        .posted_as(view.identity.as_ref())
        .line([view.worker.bold(), text(format!(" asks you · {}", view.task))])
        .words([], words)
        .line(from)
        .words([text("The request:")], &view.subject);
    let too = match others {
        [] => String::new(),
        [..] => format!(" {} can answer too.", super::named::any_of(others)),
    };
    let next = format!(
        "Reply in this thread, or press a button; {} waits and goes on with your words.{too}",
        view.worker.name
    );
    card.line([text(next)]).buttons([option_buttons(options), vec![answer_button(view.task)]].concat())
}

/// The same once it was answered, or is not waited for any more.
pub fn direct_question_over(view: &ReceiptView, words: &str, answered: Option<(&Who, &str)>) -> Card {
    let head = match answered {
        Some((by, _)) => format!(" has the answer of {} and goes on · {}", by.name, view.task),
        None => format!(" does not need an answer any more · {}", view.task),
    };
    let card = Card::new(format!("{}{head}", view.worker.name))
        .posted_as(view.identity.as_ref())
        .line([view.worker.bold(), text(head)])
        .words([text("The question:")], words);
    match answered {
        Some((by, answer)) => card.words([text(format!("{} wrote:", by.name))], answer),
        None => card.note([text("You need to do nothing.")]),
    }
}

/// While nobody answers: in the thread, and to those who were asked directly.
pub fn reminder(view: &ReceiptView, whom: &Whom, label: &str, until: crate::clock::Timestamp) -> Card {
    let to = match whom {
        Whom::Requester => vec![view.requester.pinged()],
        Whom::People { people, .. } | Whom::Delivery { people, .. } => super::named::pinged(people),
    };
    let waits = text(format!(" {} still waits for the {label} · {}", view.worker.name, view.task));
    let after = match whom {
        Whom::Requester | Whom::Delivery { .. } => " it is given back, and nothing is done.",
        Whom::People { .. } => " somebody else is asked, or it is given back.",
    };
    Card::new(format!("{} still waits for the {label} · {}", view.worker.name, view.task))
        .posted_as(view.identity.as_ref())
        .line([to, vec![waits]].concat())
        .line([text("Reply here. After "), super::compose::day_and_clock(until), text(after)])
}

/// The question once it is answered, so that nobody answers twice; `said` shows who answered it elsewhere, and what.
pub fn answered_question(view: &ReceiptView, label: &str, said: Option<(&Who, &str)>) -> Card {
    let from = said.map(|(by, _)| format!(" from {}", by.name)).unwrap_or_default();
    let card = Card::new(format!("{} goes on · {}", view.worker.name, view.task))
        .posted_as(view.identity.as_ref())
        .line([view.worker.bold(), text(format!(" has the {label}{from} and goes on · {}", view.task))]);
    match said {
        Some((by, words)) => card.words([text(format!("{} wrote:", by.name))], words),
        None => card,
    }
}

/// The form behind *Answer*.
pub fn answer_form(task: TaskId, label: &str) -> Form {
    Form {
        verb: Verb::AnswerForm,
        subject: task.to_string(),
        title: format!("Answer for {task}"),
        submit: Some("Send".to_owned()),
        intro: vec![],
        fields: vec![Field {
            id: "words".to_owned(),
            label: super::wording::capital(label),
            kind: FieldKind::Text { multiline: true, max: 2_000 },
            hint: None,
            optional: false,
        }],
    }
}

/// The request was edited after work began: nobody guesses which one counts.
pub fn edited(task: TaskId, worker: &Who, identity: Option<&Identity>, new_text: &str) -> Card {
    let use_edit = Button::new("Use the edit", Verb::UseEdit, task.to_string()).primary();
    let ignore = Button::new("Keep as it was", Verb::IgnoreEdit, task.to_string());
    Card::new(format!("You edited your request after {} began · {task}", worker.name))
        .posted_as(identity)
        .line([bold("You edited your request."), text(format!(" {} had begun already · {task}", worker.name))])
        .words([text("It now says:")], new_text)
        .line([text("Nothing changes until you choose. What ran already stays done; waiting approvals of the old text lapse if you use the edit.")])
        .buttons([
            use_edit.spoken(format!("Use the edited request for {task}")),
            ignore.spoken(format!("Keep the first request for {task}")),
        ])
}

/// The edit question, answered.
pub fn edit_settled(task: TaskId, worker: &Who, used: bool) -> Card {
    Card::sentence(match used {
        true => format!("The edited request counts; it starts again · {task}"),
        false => format!("{} goes on with the request as it was · {task}", worker.name),
    })
}

/// A mention without a word.
pub fn empty_mention() -> Card {
    Card::new("Yes? Write what you need after my name.")
        .part(Part::Line(vec![bold("Yes?"), text(" Write what you need after my name; I find who does it.")]))
        .note([text("/workforce help lists what else I answer. Nothing was started.")])
}

/// One person has more open requests than the limit allows; nothing was started.
pub fn too_many_open(open: i64) -> Card {
    Card::sentence(format!(
        "You have {} open already, so I did not start this. Cancel one, or wait until one ends: /workforce status lists them.",
        super::wording::counted(open, "request")
    ))
}

/// To triage: another bot and I may be answering each other; I do not answer it there any more.
pub fn circle(bot: &str, channel: Option<&str>, asked: i64) -> Card {
    let place = channel.map(|name| format!(" in #{}", super::plain::visible_line(name))).unwrap_or_default();
    Card::sentence(format!(
        "The bot “{}” and I seem to ask each other round and round{place}: {} in one thread. I do not answer it there any \
         more; look at the thread, and tell whoever keeps that bot.",
        super::plain::visible_line(bot),
        super::wording::counted(asked, "request"),
    ))
}

fn option_buttons(options: &[(String, String)]) -> Vec<Button> {
    let button = |(label, target): &(String, String)| {
        let label = super::plain::visible_line(label);
        Button::new(label.clone(), Verb::AnswerWith, target.clone()).spoken(format!("Answer {label}"))
    };
    options.iter().map(button).collect()
}

pub fn answer_button(task: TaskId) -> Button {
    Button::new("Answer", Verb::Answer, task.to_string()).spoken(format!("Answer for {task}"))
}

fn cancel(task: TaskId) -> Button {
    Button::new("Cancel", Verb::CancelTask, task.to_string()).spoken(format!("Cancel {task}"))
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::*;

    #[test]
    fn a_missing_slot_is_asked_for_in_the_thread() {
        insta::assert_snapshot!(missing_slot(&receipt(), "order number", Some("ORD-1042")).to_plain(), @r"
        (Finn (Finance))
        *Finn (Finance)* needs the order number to go on · T-17
        @U0ANA reply here, like ORD-1042. Nothing has been done yet.
        · “Billing questions go to the finance agent.” `routing.md:12`
        [Answer] [Cancel]
        ");
        insta::assert_snapshot!(missing_slot(&receipt(), "amount", None).to_plain(), @r"
        (Finn (Finance))
        *Finn (Finance)* needs the amount to go on · T-17
        @U0ANA reply here. Nothing has been done yet.
        · “Billing questions go to the finance agent.” `routing.md:12`
        [Answer] [Cancel]
        ");
        let view = receipt();
        let asks = |whom| Asking { view: &view, words: "Which of the *two* orders?", whom, options: vec![] };
        insta::assert_snapshot!(question(&asks(Whom::Requester)).to_plain(), @r"
        (Finn (Finance))
        *Finn (Finance)* asks · T-17
        | Which of the *two* orders?
        @U0ANA reply here to go on.
        · “Billing questions go to the finance agent.” `routing.md:12`
        [Answer] [Cancel]
        ");
        insta::assert_snapshot!(answered_question(&receipt(), "order number", None).to_plain(), @r"
        (Finn (Finance))
        *Finn (Finance)* has the order number and goes on · T-17
        ");
        insta::assert_snapshot!(reminder(&receipt(), &Whom::Requester, "order number", at(10, 5)).to_plain(), @r"
        (Finn (Finance))
        @U0ANA Finn (Finance) still waits for the order number · T-17
        Reply here. After 20 Nov 10:05 it is given back, and nothing is done.
        ");
        insta::assert_snapshot!(answer_form(TaskId(17), "order number").to_plain(), @r"
        = Answer for T-17 =
        Order number: ____
        [Send]
        ");
    }

    #[test]
    fn somebody_else_is_asked_in_the_thread_and_directly() {
        let view = receipt();
        let target = |n: usize| crate::replies::target::option_of(TaskId(17), "4.7", n);
        let asking = Asking {
            view: &view,
            words: "May we pay it back in cash?",
            whom: Whom::People { people: vec![dana(), omar()], instead_of: Some(kim()) },
            options: vec![("Yes".to_owned(), target(0)), ("No".to_owned(), target(1))],
        };
        insta::assert_snapshot!(question(&asking).to_plain(), @r"
        (Finn (Finance))
        *Finn (Finance)* asks · T-17
        | May we pay it back in cash?
        @U0DANA, @U0OMAR reply here to go on. Kim Osei cannot be reached or did not answer.
        · “Billing questions go to the finance agent.” `routing.md:12`
        [Yes] [No] [Answer] [Cancel]
        ");
        insta::assert_snapshot!(direct_question(&asking, &[omar()]).to_plain(), @r"
        (Finn (Finance))
        *Finn (Finance)* asks you · T-17
        | May we pay it back in cash?
        About T-17, asked by Ana Silva in #C0SUPPORT
        The request:
        | refund ORD-1042, it arrived broken
        Reply in this thread, or press a button; Finn (Finance) waits and goes on with your words. Omar Haddad can answer too.
        [Yes] [No] [Answer]
        ");
        insta::assert_snapshot!(direct_question_over(&view, asking.words, Some((&dana(), "No"))).to_plain(), @r"
        (Finn (Finance))
        *Finn (Finance)* has the answer of Dana Ruiz and goes on · T-17
        The question:
        | May we pay it back in cash?
        Dana Ruiz wrote:
        | No
        ");
        insta::assert_snapshot!(direct_question_over(&view, asking.words, None).to_plain(), @r"
        (Finn (Finance))
        *Finn (Finance)* does not need an answer any more · T-17
        The question:
        | May we pay it back in cash?
        · You need to do nothing.
        ");
        insta::assert_snapshot!(reminder(&view, &asking.whom, "answer", at(10, 5)).to_plain(), @r"
        (Finn (Finance))
        @U0DANA, @U0OMAR Finn (Finance) still waits for the answer · T-17
        Reply here. After 20 Nov 10:05 somebody else is asked, or it is given back.
        ");
        insta::assert_snapshot!(answered_question(&view, "answer", Some((&dana(), "No"))).to_plain(), @r"
        (Finn (Finance))
        *Finn (Finance)* has the answer from Dana Ruiz and goes on · T-17
        Dana Ruiz wrote:
        | No
        ");
        let whom = Whom::Delivery { hook: "helpdesk".to_owned(), people: vec![dana()] };
        insta::assert_snapshot!(question(&Asking { whom, options: vec![], ..asking }).to_plain(), @r"
        (Finn (Finance))
        *Finn (Finance)* asks · T-17
        | May we pay it back in cash?
        What helpdesk delivers next about this is taken for the answer. Dana Ruiz can answer here too.
        · “Billing questions go to the finance agent.” `routing.md:12`
        [Answer] [Cancel]
        ");
    }

    #[test]
    fn an_edit_after_the_start_is_a_question() {
        insta::assert_snapshot!(edited(TaskId(17), &finn(), None, "refund ORD-1043").to_plain(), @r"
        *You edited your request.* Finn (Finance) had begun already · T-17
        It now says:
        | refund ORD-1043
        Nothing changes until you choose. What ran already stays done; waiting approvals of the old text lapse if you use the edit.
        [*Use the edit*] [Keep as it was]
        ");
        insta::assert_snapshot!(edit_settled(TaskId(17), &finn(), true).to_plain(), @"The edited request counts; it starts again · T-17");
        insta::assert_snapshot!(edit_settled(TaskId(17), &finn(), false).to_plain(), @"Finn (Finance) goes on with the request as it was · T-17");
    }

    #[test]
    fn a_person_with_too_much_open_is_told_what_to_do() {
        insta::assert_snapshot!(too_many_open(20).to_plain(), @"You have 20 requests open already, so I did not start this. Cancel one, or wait until one ends: /workforce status lists them.");
    }

    #[test]
    fn an_empty_mention_gets_a_hint() {
        insta::assert_snapshot!(empty_mention().to_plain(), @r"
        *Yes?* Write what you need after my name; I find who does it.
        · /workforce help lists what else I answer. Nothing was started.
        ");
    }
}
