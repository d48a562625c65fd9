//! Work for a person: asked in the thread and by direct message, one state in both.

use serde::{Deserialize, Serialize};

use super::card::{Button, Card, Span};
use super::compose::{bold, clock, text};
use super::form::{Field, FieldKind, Form};
use super::judged::{self, Judging};
use super::named::{Cited, Place, Who, all_of};
use super::receipt::Because;
use super::verb::Verb;
use crate::clock::Timestamp;
use crate::ids::TaskId;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkView {
    pub task: TaskId,
    /// Who is asked, or has it.
    pub holder: Who,
    pub requester: Who,
    pub place: Place,
    /// The request as written.
    pub request: String,
    pub because: Because,
    /// A route that fits too but gave way: told as context.
    pub also: Option<Cited>,
    /// Our permalink to the request, for the direct message.
    pub thread: Option<String>,
    /// When somebody else is asked if nobody accepts, and who; `None` where no line escalates.
    pub until: Option<(Timestamp, Vec<Who>)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkState {
    Asked,
    Accepted {
        at: Timestamp,
    },
    /// The holder gave it on; that person's card follows.
    HandedOver {
        to: Who,
        at: Timestamp,
    },
    /// Nobody accepted in time.
    Escalated {
        to: Vec<Who>,
        at: Timestamp,
        rule: Option<Cited>,
    },
    Done {
        at: Timestamp,
        note: Option<String>,
        /// The buttons by which whoever asked says what it was worth; `None`: they did it themselves, or said so already.
        judging: Option<Judging>,
    },
    Cancelled {
        by: Who,
        at: Timestamp,
    },
    /// The requester changed the words after work began, and wants the new ones: it is routed anew.
    Edited {
        by: Who,
        at: Timestamp,
    },
    /// Somebody else answered first.
    TakenByOther {
        by: Who,
        at: Timestamp,
    },
}

/// Where the card stands: only the direct message pings, so that one request rings once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Surface {
    Thread,
    Direct,
}

/// Whose words the request is: a step of a workflow is nobody's message.
fn label(view: &WorkView) -> String {
    match view.because {
        Because::Step(_) => "The step:".to_owned(),
        Because::Rule(_)
        | Because::LooksLike { .. }
        | Because::Chosen { .. }
        | Because::Escalated { .. }
        | Because::SameThread { .. }
        | Because::CannotDo { .. }
        | Because::HandedOver { .. } => {
            format!("{} wrote:", view.requester.name)
        }
    }
}

/// The card of one person's work, in one of two places.
pub fn card(view: &WorkView, state: &WorkState, surface: Surface) -> Card {
    let mut card = Card::new(notification(view, state)).line(head(view, state));
    if surface == Surface::Direct {
        let mut from = vec![text(format!("From {} ", view.requester.name))];
        from.extend(view.place.spans());
        from.extend(
            view.thread
                .iter()
                .flat_map(|url| [text(" · "), Span::Link { label: "open the thread".to_owned(), url: url.clone() }]),
        );
        card = card.line(from).words([text(label(view))], &view.request);
    }
    if let WorkState::Done { note: Some(note), .. } = state {
        card = card.words([text(format!("{} wrote:", view.holder.name))], note);
    }
    if let WorkState::Asked = state {
        card = card.line(view.because.spans());
        if let Some(also) = &view.also {
            card = card.note([vec![text("Fits too, and gives way: ")], also.quoted()].concat());
        }
    }
    let card = card.note(next(view, state)).buttons(buttons(view, state));
    let card = card.buttons(requester_buttons(view, state, surface));
    match (state, surface) {
        (WorkState::Done { judging: Some(judging), .. }, Surface::Thread) => card.buttons(judged::buttons(judging)),
        (_, Surface::Thread | Surface::Direct) => card,
    }
}

/// To the thread: nobody accepted in time, and somebody else has been asked.
pub fn escalation_notice(view: &WorkView, after: crate::clock::Span, to: &[Who], rule: Option<&Cited>) -> Card {
    let mut spans = vec![
        bold(format!("{} did not answer within {}.", view.holder.name, super::wording::length(after))),
        text(format!(" {} is asked now · {} ", all_of(to), view.task)),
    ];
    spans.extend(rule.iter().flat_map(|rule| rule.quoted()));
    Card::new(format!("{} is asked now: {} did not answer · {}", all_of(to), view.holder.name, view.task)).line(spans)
}

/// To the thread: the chain has ended and nobody took it.
pub fn nobody_left(view: &WorkView, asked: &[Who]) -> Card {
    let asked: Vec<&str> = asked.iter().map(|who| who.name.as_str()).collect();
    Card::new(format!("Nobody took {}", view.task))
        .line([bold(format!("Nobody took {}.", view.task)), text(format!(" Asked: {}.", asked.join(", then ")))])
        .line([text("Nothing has been done. It stays open; anybody asked can still accept.")])
        .buttons([accept(view.task), hand_over(view.task)])
}

/// The form behind *Hand over*.
pub fn hand_over_form(task: TaskId) -> Form {
    Form {
        verb: Verb::HandOverTo,
        subject: task.to_string(),
        title: format!("Hand over {task}"),
        submit: Some("Hand over".to_owned()),
        intro: vec![],
        fields: vec![Field {
            id: "person".to_owned(),
            label: "To whom".to_owned(),
            kind: FieldKind::Person,
            hint: Some("They are asked at once; it stays yours until they accept.".to_owned()),
            optional: false,
        }],
    }
}

/// The form behind *Done*.
pub fn done_form(task: TaskId) -> Form {
    Form {
        verb: Verb::DoneForm,
        subject: task.to_string(),
        title: format!("Finish {task}"),
        submit: Some("Done".to_owned()),
        intro: vec![],
        fields: vec![words_field("What came of it, for the thread", true), took_field()],
    }
}

/// The id of the field that asks how long something took.
pub const TOOK: &str = "took";

/// Asked of people, who need not say.
pub fn took_field() -> Field {
    Field {
        id: TOOK.to_owned(),
        label: "How long did it take?".to_owned(),
        kind: FieldKind::Text { multiline: false, max: 40 },
        hint: Some("25 min, or 1 h 30. It counts in what the work cost; leave it empty if you like.".to_owned()),
        optional: true,
    }
}

fn words_field(label: &str, optional: bool) -> Field {
    Field {
        id: "words".to_owned(),
        label: label.to_owned(),
        kind: FieldKind::Text { multiline: true, max: 2_000 },
        hint: None,
        optional,
    }
}

fn notification(view: &WorkView, state: &WorkState) -> String {
    let (holder, task) = (&view.holder.name, view.task);
    match state {
        WorkState::Asked => {
            let request = super::plain::shorten(view.request.trim(), 80);
            format!("{} asks {}: {request} · {task}", view.requester.name, view.place.plain())
        }
        WorkState::Accepted { .. } => format!("{holder} has {task}"),
        WorkState::HandedOver { to, .. } => format!("{task} goes to {}", to.name),
        WorkState::Escalated { to, .. } => format!("{task} goes to {}", all_of(to)),
        WorkState::Done { .. } => format!("{holder} finished {task}"),
        WorkState::Cancelled { by, .. } => format!("{} cancelled {task}", by.name),
        WorkState::Edited { by, .. } => format!("{} edited {task}", by.name),
        WorkState::TakenByOther { by, .. } => format!("{} has {task}", by.name),
    }
}

fn head(view: &WorkView, state: &WorkState) -> Vec<Span> {
    let task = text(format!(" · {}", view.task));
    match state {
        WorkState::Asked => vec![bold(view.holder.name.clone()), text(" is asked to take this"), task],
        WorkState::Accepted { at } => {
            vec![bold(view.holder.name.clone()), text(" has this since "), clock(*at), task]
        }
        WorkState::HandedOver { to, at } => {
            vec![text(format!("{} handed this to ", view.holder.name)), to.bold(), text(" at "), clock(*at), task]
        }
        WorkState::Escalated { to, at, .. } => vec![
            bold(format!("{} did not answer.", view.holder.name)),
            text(format!(" {} is asked since ", all_of(to))),
            clock(*at),
            task,
        ],
        WorkState::Done { at, .. } => {
            vec![bold("Done."), text(format!(" {} finished this at ", view.holder.name)), clock(*at), task]
        }
        WorkState::Cancelled { by, at } => {
            vec![bold("Cancelled."), text(format!(" {} stopped this at ", by.name)), clock(*at), task]
        }
        WorkState::Edited { by, at } => {
            vec![bold("Edited."), text(format!(" {} changed the request at ", by.name)), clock(*at), task]
        }
        WorkState::TakenByOther { by, at } => vec![by.bold(), text(" has this since "), clock(*at), task],
    }
}

/// Who answers for it, and what happens next.
fn next(view: &WorkView, state: &WorkState) -> Vec<Span> {
    match state {
        WorkState::Asked => match &view.until {
            Some((at, then)) => {
                vec![
                    text("No answer by "),
                    clock(*at),
                    text(format!(" → {} is asked. Nothing has been done yet.", all_of(then))),
                ]
            }
            None => vec![text("It waits until somebody accepts. Nothing has been done yet.")],
        },
        WorkState::Accepted { .. } => {
            vec![text(format!("{} answers for it; the result comes in the thread.", view.holder.name))]
        }
        WorkState::HandedOver { to, .. } if to.account.is_none() => {
            vec![text(format!("{} has it from here.", to.name))]
        }
        WorkState::HandedOver { to, .. } => {
            vec![text(format!("{} is asked; it stays with {} until they accept.", to.name, view.holder.name))]
        }
        WorkState::Escalated { rule, .. } => {
            let mut spans: Vec<Span> = rule.iter().flat_map(Cited::quoted).collect();
            spans.push(text(format!(" {} can still accept.", view.holder.name)));
            spans
        }
        WorkState::Done { .. } => {
            vec![text(format!("Asked by {}. Reply here if something is missing.", view.requester.name))]
        }
        WorkState::Cancelled { .. } => vec![text("Nothing more is needed. Mention me again to start anew.")],
        WorkState::Edited { .. } => vec![text("It is routed anew with the new words; this card is over.")],
        WorkState::TakenByOther { .. } => vec![text("You need to do nothing.")],
    }
}

fn buttons(view: &WorkView, state: &WorkState) -> Vec<Button> {
    let done = Button::new("Done", Verb::Done, view.task.to_string()).spoken(format!("{} is done", view.task));
    match state {
        WorkState::Asked => vec![accept(view.task).primary(), hand_over(view.task), done],
        WorkState::Accepted { .. } => vec![done.primary(), hand_over(view.task)],
        WorkState::Escalated { .. } => vec![accept(view.task)],
        WorkState::HandedOver { .. }
        | WorkState::Done { .. }
        | WorkState::Cancelled { .. }
        | WorkState::Edited { .. }
        | WorkState::TakenByOther { .. } => vec![],
    }
}

/// In the thread the requester can call it back or say that it went to the wrong person.
fn requester_buttons(view: &WorkView, state: &WorkState, surface: Surface) -> Vec<Button> {
    let open = match state {
        WorkState::Asked | WorkState::Accepted { .. } | WorkState::Escalated { .. } => surface == Surface::Thread,
        WorkState::HandedOver { .. }
        | WorkState::Done { .. }
        | WorkState::Cancelled { .. }
        | WorkState::Edited { .. }
        | WorkState::TakenByOther { .. } => false,
    };
    if !open {
        return vec![];
    }
    vec![
        Button::new("Wrong — reassign", Verb::Reassign, view.task.to_string())
            .spoken(format!("Give {} to somebody else", view.task)),
        Button::new("Cancel", Verb::CancelTask, view.task.to_string()).spoken(format!("Cancel {}", view.task)),
    ]
}

fn accept(task: TaskId) -> Button {
    Button::new("Accept", Verb::Accept, task.to_string()).spoken(format!("Accept {task}"))
}

fn hand_over(task: TaskId) -> Button {
    Button::new("Hand over", Verb::HandOver, task.to_string()).spoken(format!("Hand {task} over"))
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::*;

    fn view() -> WorkView {
        WorkView {
            task: TaskId(19),
            holder: Who::new("Priya Nair", Some("U0PRIYA")),
            requester: ana(),
            place: support(),
            request: "a customer mentions their lawyer, he says that we charged him twice".into(),
            because: Because::Rule(cited(
                "Anything mentioning a lawyer gets escalated to the legal desk.",
                "routing.md",
                18,
            )),
            also: Some(cited("Billing questions go to the finance agent.", "routing.md", 12)),
            thread: Some("https://acme.slack.example/archives/C0SUPPORT/p1".into()),
            until: Some((at(10, 32), vec![Who::new("Noor Khan", Some("U0NOOR"))])),
        }
    }

    #[test]
    fn a_person_is_asked_in_the_thread_and_directly() {
        insta::assert_snapshot!(card(&view(), &WorkState::Asked, Surface::Thread).to_plain(), @r"
        *Priya Nair* is asked to take this · T-19
        “Anything mentioning a lawyer gets escalated to the legal desk.” `routing.md:18`
        · Fits too, and gives way: “Billing questions go to the finance agent.” `routing.md:12`
        · No answer by 10:32 → Noor Khan is asked. Nothing has been done yet.
        [*Accept*] [Hand over] [Done]
        [Wrong — reassign] [Cancel]
        ");
        insta::assert_snapshot!(card(&view(), &WorkState::Asked, Surface::Direct).to_plain(), @r"
        *Priya Nair* is asked to take this · T-19
        From Ana Silva in #C0SUPPORT · open the thread (https://acme.slack.example/archives/C0SUPPORT/p1)
        Ana Silva wrote:
        | a customer mentions their lawyer, he says that we charged him twice
        “Anything mentioning a lawyer gets escalated to the legal desk.” `routing.md:18`
        · Fits too, and gives way: “Billing questions go to the finance agent.” `routing.md:12`
        · No answer by 10:32 → Noor Khan is asked. Nothing has been done yet.
        [*Accept*] [Hand over] [Done]
        ");
        insta::assert_snapshot!(card(&view(), &WorkState::Asked, Surface::Direct).notification, @"Ana Silva asks in #support: a customer mentions their lawyer, he says that we charged him twice · T-19");
        let open = WorkView { until: None, also: None, ..view() };
        insta::assert_snapshot!(card(&open, &WorkState::Asked, Surface::Thread).to_plain(), @r"
        *Priya Nair* is asked to take this · T-19
        “Anything mentioning a lawyer gets escalated to the legal desk.” `routing.md:18`
        · It waits until somebody accepts. Nothing has been done yet.
        [*Accept*] [Hand over] [Done]
        [Wrong — reassign] [Cancel]
        ");
    }

    #[test]
    fn the_card_follows_the_work() {
        let shown = |state| card(&view(), &state, Surface::Thread).to_plain();
        insta::assert_snapshot!(shown(WorkState::Accepted { at: at(10, 9) }), @r"
        *Priya Nair* has this since 10:09 · T-19
        · Priya Nair answers for it; the result comes in the thread.
        [*Done*] [Hand over]
        [Wrong — reassign] [Cancel]
        ");
        insta::assert_snapshot!(shown(WorkState::HandedOver { to: kim(), at: at(10, 9) }), @r"
        Priya Nair handed this to *Kim Osei* at 10:09 · T-19
        · Kim Osei is asked; it stays with Priya Nair until they accept.
        ");
        insta::assert_snapshot!(shown(WorkState::Escalated { to: vec![kim()], at: at(10, 32), rule: Some(escalation_rule()) }), @r"
        *Priya Nair did not answer.* Kim Osei is asked since 10:32 · T-19
        · “If nobody answers within 30 minutes, tell the support lead.” `routing.md:20` Priya Nair can still accept.
        [Accept]
        [Wrong — reassign] [Cancel]
        ");
        insta::assert_snapshot!(shown(WorkState::Done { at: at(11, 0), note: Some("Called him.".into()), judging: None }), @r"
        *Done.* Priya Nair finished this at 11:00 · T-19
        Priya Nair wrote:
        | Called him.
        · Asked by Ana Silva. Reply here if something is missing.
        ");
        insta::assert_snapshot!(shown(WorkState::Cancelled { by: ana(), at: at(11, 0) }), @r"
        *Cancelled.* Ana Silva stopped this at 11:00 · T-19
        · Nothing more is needed. Mention me again to start anew.
        ");
        insta::assert_snapshot!(shown(WorkState::Edited { by: ana(), at: at(11, 0) }), @r"
        *Edited.* Ana Silva changed the request at 11:00 · T-19
        · It is routed anew with the new words; this card is over.
        ");
        insta::assert_snapshot!(shown(WorkState::TakenByOther { by: kim(), at: at(11, 0) }), @r"
        *Kim Osei* has this since 11:00 · T-19
        · You need to do nothing.
        ");
    }

    #[test]
    fn nobody_answering_is_said() {
        let after = crate::clock::Span::minutes(30);
        insta::assert_snapshot!(escalation_notice(&view(), after, &[kim()], Some(&escalation_rule())).to_plain(), @"*Priya Nair did not answer within 30 minutes.* Kim Osei is asked now · T-19 “If nobody answers within 30 minutes, tell the support lead.” `routing.md:20`");
        insta::assert_snapshot!(nobody_left(&view(), &[view().holder, kim()]).to_plain(), @r"
        *Nobody took T-19.* Asked: Priya Nair, then Kim Osei.
        Nothing has been done. It stays open; anybody asked can still accept.
        [Accept] [Hand over]
        ");
    }

    #[test]
    fn forms_ask_for_no_more_than_they_need() {
        insta::assert_snapshot!(hand_over_form(TaskId(19)).to_plain(), @r"
        = Hand over T-19 =
        To whom: @____
          They are asked at once; it stays yours until they accept.
        [Hand over]
        ");
        insta::assert_snapshot!(done_form(TaskId(19)).to_plain(), @r"
        = Finish T-19 =
        What came of it, for the thread (optional): ____
        How long did it take? (optional): ____
          25 min, or 1 h 30. It counts in what the work cost; leave it empty if you like.
        [Done]
        ");
    }
}
