//! No rule fits, or two do: the triage person is asked, with the candidates as buttons.

use serde::{Deserialize, Serialize};

use super::card::{Button, Card, Part, Span};
use super::compose::{bold, clock, text};
use super::form::{Field, FieldKind, Form};
use super::named::{Cited, Place, Who};
use super::target::task_and_worker;
use super::verb::Verb;
use crate::clock::Timestamp;
use crate::ids::TaskId;
use crate::workers::WorkerRef;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnsureView {
    pub task: TaskId,
    pub requester: Who,
    pub place: Place,
    /// The request as written.
    pub request: String,
    /// The best first.
    pub candidates: Vec<Candidate>,
    /// Who is asked.
    pub triage: Who,
    pub why: Why,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    pub worker: WorkerRef,
    /// "Finn · Finance".
    pub label: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    NoRule,
    /// The router's best guess was not good enough.
    NotSure {
        percent: u8,
    },
    /// Two lines fit and neither is nearer.
    TwoRules {
        one: Cited,
        other: Cited,
    },
    /// It was given to several, and each gave it back.
    GivenBack {
        times: u32,
    },
    /// It works by playbooks, and none of them is for such a request.
    NoPlaybook {
        who: Who,
    },
    /// An agent would give what was asked in private to somebody who was not there.
    Private {
        by: Who,
        to: Who,
    },
    /// The one who should have it does no work now.
    Unavailable {
        who: Who,
    },
}

/// At most this many candidates stand as buttons; the list has all.
pub const MAX_CANDIDATES: usize = 4;

/// To the triage person; the request stands apart, as plain text.
pub fn ask(view: &UnsureView) -> Card {
    let mut head = vec![bold("Who should take this?"), text(format!(" {}, ", view.requester.name))];
    head.extend(view.place.spans());
    head.push(text(format!(" · {}", view.task)));
    Card::new(format!("Who should take this? {} asks {} · {}", view.requester.name, view.place.plain(), view.task))
        .line(head)
        .words([], &view.request)
        .line(why_spans(view))
        .buttons(choices(view))
}

/// To the requester's thread, in the receipt's place, while the triage person thinks.
pub fn waiting(view: &UnsureView) -> Card {
    Card::new(format!("{} decides who takes this · {}", view.triage.name, view.task))
        .line([view.triage.bold(), text(format!(" decides who takes this · {}", view.task))])
        .line([text("No line of the directives settles it, so I asked a human. Nothing has been done yet.")])
        .buttons([
            Button::new("Cancel", Verb::CancelTask, view.task.to_string()).spoken(format!("Cancel {}", view.task))
        ])
}

/// The same card after somebody chose.
pub fn settled(view: &UnsureView, by: &Who, to: &Who, at: Timestamp) -> Card {
    let chose = if by == to { "took it at ".to_owned() } else { format!("gave it to {} at ", to.name) };
    Card::new(format!("Settled: {} · {}", to.name, view.task))
        .line([bold("Settled."), text(format!(" {} {chose}", by.name)), clock(at), text(format!(" · {}", view.task))])
        .words([], &view.request)
        .note([text(format!("{} was told. The choice is kept for next time.", view.requester.name))])
}

/// The list behind *Wrong — reassign*: workers by name, or any person.
pub fn reassign_form(task: TaskId, workers: &[Candidate]) -> Form {
    let choices = std::iter::once((NOBODY.to_owned(), "— choose —".to_owned()))
        .chain(workers.iter().map(|candidate| (candidate.worker.to_string(), candidate.label.clone())))
        .collect();
    Form {
        verb: Verb::ReassignTo,
        subject: task.to_string(),
        title: format!("Reassign {task}"),
        submit: Some("Reassign".to_owned()),
        intro: vec![Part::Note(vec![text("Whoever has it now stops. What ran already stays done.")])],
        fields: vec![
            Field {
                id: "worker".to_owned(),
                label: "To an agent or role".to_owned(),
                kind: FieldKind::Choice(choices),
                hint: None,
                optional: true,
            },
            Field {
                id: "person".to_owned(),
                label: "Or to a person".to_owned(),
                kind: FieldKind::Person,
                hint: Some("A person wins over the list above.".to_owned()),
                optional: true,
            },
        ],
    }
}

/// The value of "— choose —".
pub const NOBODY: &str = "nobody";

fn why_spans(view: &UnsureView) -> Vec<Span> {
    let knows = format!("{} knows you have it.", view.requester.name);
    match &view.why {
        Why::NoRule => vec![text(format!("No rule fits. {knows}"))],
        Why::NotSure { percent } => {
            vec![text(format!("No rule fits; the best guess is only {percent} % sure. Closest first; {knows}"))]
        }
        Why::TwoRules { one, other } => [
            vec![text("Two rules fit: ")],
            one.quoted(),
            vec![text(" and ")],
            other.quoted(),
            vec![text(format!(" {knows}"))],
        ]
        .concat(),
        Why::GivenBack { times } => {
            vec![text(format!(
                "Handed on {}, so it comes to a human. {knows}",
                super::wording::counted(i64::from(*times), "time")
            ))]
        }
        Why::NoPlaybook { who } => vec![text(format!("{} has no playbook for this. {knows}", who.name))],
        Why::Unavailable { who } => vec![text(format!("{} does no work now. {knows}", who.name))],
        Why::Private { by, to } => vec![text(format!(
            "{} wants to hand it to {}, who was not there when it was asked in private. {knows}",
            by.name, to.name
        ))],
    }
}

fn choices(view: &UnsureView) -> Vec<Button> {
    let candidates = view.candidates.iter().take(MAX_CANDIDATES).map(|candidate| {
        Button::new(&candidate.label, Verb::ReassignTo, task_and_worker(view.task, &candidate.worker))
            .spoken(format!("Give {} to {}", view.task, candidate.label))
    });
    let mine = Button::new("I take it", Verb::TakeIt, view.task.to_string()).spoken(format!("I take {}", view.task));
    let other = Button::new("Somebody else", Verb::Reassign, view.task.to_string());
    candidates.chain([mine, other]).collect()
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::*;

    fn view() -> UnsureView {
        let candidate = |id: &str, label: &str| Candidate { worker: WorkerRef::Agent(id.into()), label: label.into() };
        UnsureView {
            task: TaskId(18),
            requester: ana(),
            place: support(),
            request: "Customer says the portal charged twice and logs out".into(),
            candidates: vec![
                candidate("finance-agent", "Finn · Finance"),
                candidate("engineering-agent", "Eli · Engineering"),
            ],
            triage: kim(),
            why: Why::NotSure { percent: 41 },
        }
    }

    #[test]
    fn the_triage_person_gets_the_request_and_the_candidates() {
        insta::assert_snapshot!(ask(&view()).to_plain(), @r"
        *Who should take this?* Ana Silva, in #C0SUPPORT · T-18
        | Customer says the portal charged twice and logs out
        No rule fits; the best guess is only 41 % sure. Closest first; Ana Silva knows you have it.
        [Finn · Finance] [Eli · Engineering] [I take it] [Somebody else]
        ");
        let why = |why| ask(&UnsureView { why, candidates: vec![], ..view() }).to_plain();
        insta::assert_snapshot!(why(Why::NoRule), @r"
        *Who should take this?* Ana Silva, in #C0SUPPORT · T-18
        | Customer says the portal charged twice and logs out
        No rule fits. Ana Silva knows you have it.
        [I take it] [Somebody else]
        ");
        let one = cited("Billing questions go to the finance agent.", "routing.md", 12);
        let other = cited("Login questions go to engineering.", "routing.md", 13);
        insta::assert_snapshot!(why(Why::TwoRules { one, other }), @r"
        *Who should take this?* Ana Silva, in #C0SUPPORT · T-18
        | Customer says the portal charged twice and logs out
        Two rules fit: “Billing questions go to the finance agent.” `routing.md:12` and “Login questions go to engineering.” `routing.md:13` Ana Silva knows you have it.
        [I take it] [Somebody else]
        ");
        insta::assert_snapshot!(why(Why::GivenBack { times: 3 }), @r"
        *Who should take this?* Ana Silva, in #C0SUPPORT · T-18
        | Customer says the portal charged twice and logs out
        Handed on 3 times, so it comes to a human. Ana Silva knows you have it.
        [I take it] [Somebody else]
        ");
        insta::assert_snapshot!(why(Why::Private { by: finn(), to: kim() }), @r"
        *Who should take this?* Ana Silva, in #C0SUPPORT · T-18
        | Customer says the portal charged twice and logs out
        Finn (Finance) wants to hand it to Kim Osei, who was not there when it was asked in private. Ana Silva knows you have it.
        [I take it] [Somebody else]
        ");
        assert!(why(Why::NoPlaybook { who: finn() }).contains("Finn (Finance) has no playbook for this."));
        insta::assert_snapshot!(why(Why::Unavailable { who: finn() }), @r"
        *Who should take this?* Ana Silva, in #C0SUPPORT · T-18
        | Customer says the portal charged twice and logs out
        Finn (Finance) does no work now. Ana Silva knows you have it.
        [I take it] [Somebody else]
        ");
    }

    #[test]
    fn the_requester_knows_who_decides() {
        insta::assert_snapshot!(waiting(&view()).to_plain(), @r"
        *Kim Osei* decides who takes this · T-18
        No line of the directives settles it, so I asked a human. Nothing has been done yet.
        [Cancel]
        ");
        insta::assert_snapshot!(settled(&view(), &kim(), &finn(), at(10, 7)).to_plain(), @r"
        *Settled.* Kim Osei gave it to Finn (Finance) at 10:07 · T-18
        | Customer says the portal charged twice and logs out
        · Ana Silva was told. The choice is kept for next time.
        ");
        insta::assert_snapshot!(settled(&view(), &kim(), &kim(), at(10, 7)).to_plain(), @r"
        *Settled.* Kim Osei took it at 10:07 · T-18
        | Customer says the portal charged twice and logs out
        · Ana Silva was told. The choice is kept for next time.
        ");
    }

    #[test]
    fn any_worker_or_person_can_be_chosen() {
        insta::assert_snapshot!(reassign_form(TaskId(18), &view().candidates).to_plain(), @r"
        = Reassign T-18 =
        · Whoever has it now stops. What ran already stays done.
        To an agent or role (optional): — choose — / Finn · Finance / Eli · Engineering
        Or to a person (optional): @____
          A person wins over the list above.
        [Reassign]
        ");
    }
}
