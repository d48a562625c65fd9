//! The one message that a task has in its thread: who has it and why, edited in place until it is the result.
//!
//! Two posts and one ping at most when nothing waits, so nothing here mentions anybody and every state replaces the one
//! before. Slack keeps a post's name when it is edited: the receipt is posted under the identity that will answer.

use serde::{Deserialize, Serialize};

use super::approval::ApprovalView;
use super::card::{Button, Card, Identity, Span};
use super::compose::{bold, clock, code, emoji, text};
use super::judged::{self, Judging};
use super::named::{Cited, Place, Who, any_of};
use super::plain::shorten;
use super::verb::Verb;
use crate::clock::Timestamp;
use crate::ids::TaskId;

/// What a receipt is made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptView {
    pub task: TaskId,
    /// Who has it: "Finn (Finance)".
    pub worker: Who,
    /// Under whose name it is posted; `None` is the bot's own.
    pub identity: Option<Identity>,
    /// The human who answers for the worker; `None` where the worker is that human.
    pub owner: Option<Who>,
    pub requester: Who,
    pub place: Place,
    /// Why this worker.
    pub because: Because,
    /// What the task is called in a list and on a lock screen: the request's first words.
    pub subject: String,
}

/// Why a worker has a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Because {
    Rule(Cited),
    /// A step of a workflow is theirs.
    Step(Cited),
    /// No sentence decided; the router's confidence in percent.
    LooksLike {
        percent: u8,
    },
    /// Somebody said who takes it, at this time.
    Chosen {
        by: Who,
        at: Timestamp,
    },
    /// The thread is theirs already, by an earlier task.
    SameThread {
        task: TaskId,
    },
    /// An agent handed it over, with what it needs.
    HandedOver {
        by: Who,
        why: String,
        at: Timestamp,
    },
    /// An agent says that it cannot do it, and why.
    CannotDo {
        by: Who,
        why: String,
    },
    /// The one before did not answer.
    Escalated {
        from: Who,
        rule: Option<Cited>,
    },
}

impl Because {
    /// One sentence.
    pub fn spans(&self) -> Vec<Span> {
        match self {
            Self::Rule(rule) | Self::Step(rule) => rule.quoted(),
            Self::LooksLike { percent } => {
                vec![text(format!("No sentence settles this; it looks like their work ({percent} % sure)."))]
            }
            Self::Chosen { by, at } => vec![text(format!("{} decided so at ", by.name)), clock(*at), text(".")],
            Self::SameThread { task } => {
                vec![text(format!("No sentence settles this; they had {task} in this thread."))]
            }
            Self::HandedOver { by, why, at } => {
                let needs =
                    if why.is_empty() { String::new() } else { format!(": {}", super::plain::visible_line(why)) };
                vec![text(format!("{} handed it over at ", by.name)), clock(*at), text(format!("{needs}."))]
            }
            Self::CannotDo { by, why } => {
                let why = super::plain::visible_line(why);
                vec![text(format!("{} cannot do this: {}.", by.name, why.trim_end_matches('.')))]
            }
            Self::Escalated { from, rule } => {
                let mut spans = vec![text(format!("{} did not answer. ", from.name))];
                spans.extend(rule.iter().flat_map(Cited::quoted));
                spans
            }
        }
    }
}

/// What an agent did on the way to its answer, one line each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Performed {
    /// "Refund $450.00 to order ORD-1042", made by the gate from the arguments that were sent.
    pub title: String,
    pub at: Timestamp,
    /// Who approved it; empty when it ran without approval.
    pub approved_by: Vec<Who>,
    /// Who changed it before it ran.
    pub changed_by: Option<Who>,
    /// Who did it by hand, so that no tool was called.
    pub by_hand: Option<Who>,
}

/// "Finn (Finance) has this".
pub fn has_this(view: &ReceiptView) -> Card {
    head(view, vec![text(" has this · "), text(view.task.to_string())])
        .line(view.because.spans())
        .buttons([wrong(view.task), cancel(view.task)])
}

/// An action waits for somebody: the receipt says for whom and until when; the card of the approval has the buttons.
pub fn waits(view: &ReceiptView, approval: &ApprovalView) -> Card {
    let mut card = head(view, vec![text(" has this · "), text(view.task.to_string())])
        .line(view.because.spans())
        .line([
            text(format!("Waits for {} to approve: ", any_of(&approval.asked))),
            bold(super::plain::visible_line(&approval.title)),
            text(format!(" · {}", approval.id)),
        ])
        .line(approval.deadline_spans());
    card.notification = format!("Waiting for approval: {} ({})", approval.title, approval.id);
    card.buttons([cancel(view.task)])
}

/// A person does it instead of the agent; what they record is what the agent goes on with.
pub fn by_hand(view: &ReceiptView, approval: &ApprovalView, by: &Who) -> Card {
    head(view, vec![text(" has this · "), text(view.task.to_string())])
        .line(view.because.spans())
        .line([
            by.bold(),
            text(" does this by hand: "),
            bold(super::plain::visible_line(&approval.title)),
            text(format!(" · {}. {} goes on with the result.", approval.id, view.worker.name)),
        ])
        .buttons([cancel(view.task)])
}

/// The answer, in the receipt's place; `judging` gives it the buttons by which people say what it was worth.
pub fn answered(
    view: &ReceiptView,
    answer: &str,
    performed: &[Performed],
    at: Timestamp,
    judging: Option<&Judging>,
) -> Card {
    let mut card = Card::new(format!("{}: {}", view.worker.name, shorten(answer.trim(), 120)))
        .posted_as(view.identity.as_ref())
        .words([], answer);
    for action in performed {
        card = card.note(performed_spans(action));
    }
    let mut end = vec![text(format!("{} · done ", view.task)), clock(at)];
    if let Because::Rule(rule) | Because::Step(rule) = &view.because {
        end.extend([text(" · "), rule.place()]);
    }
    let card = card.note(end).note(answers_for(view, "Mention me here if it is not what you needed."));
    judging.into_iter().fold(card, |card, judging| card.buttons(judged::buttons(judging)))
}

/// The worker could not finish. `why` is our sentence, with a next step; the chain of errors is in the log only.
pub fn failed(view: &ReceiptView, why: &str, performed: &[Performed]) -> Card {
    let mut card = Card::new(format!("Not finished: {} · {}", view.subject, view.task))
        .posted_as(view.identity.as_ref())
        .line([bold("Not finished."), text(format!(" {why}"))]);
    for action in performed {
        card = card.note(performed_spans(action));
    }
    if performed.is_empty() {
        card = card.note([text("Nothing was changed.")]);
    }
    card.note(answers_for(view, "Mention me here to try again, or hand it to somebody else."))
        .buttons([wrong(view.task)])
}

/// A rule forbids the action; nobody can approve it here.
pub fn forbidden(view: &ReceiptView, title: &str, rule: &Cited) -> Card {
    let title = super::plain::visible_line(title);
    Card::new(format!("Not {}: {title}", super::wording::past_of(&title)))
        .posted_as(view.identity.as_ref())
        .line([
            bold(format!("Not {}.", super::wording::past_of(&title))),
            text(format!(" {title} is not allowed here.")),
        ])
        .line(rule.quoted())
        .note(answers_for(view, "Nothing was changed. Whoever keeps that line can change it."))
}

/// The task was cancelled.
pub fn cancelled(view: &ReceiptView, by: &Who, at: Timestamp, performed: &[Performed]) -> Card {
    let mut card = Card::new(format!("Cancelled: {} · {}", view.subject, view.task))
        .posted_as(view.identity.as_ref())
        .line([bold("Cancelled."), text(format!(" {} stopped {} at ", by.name, view.task)), clock(at), text(".")]);
    for action in performed {
        card = card.note(performed_spans(action));
    }
    let end = match performed {
        [] => "Nothing was changed. Mention me again to start anew.",
        [..] => "What ran before stays done, as listed. Nothing more will run.",
    };
    card.note([text(end)])
}

/// The requester changed the words after work began, and wants the new ones; the next receipt follows.
pub fn edited(view: &ReceiptView, by: &Who, at: Timestamp) -> Card {
    Card::new(format!("{} edited {}", by.name, view.task)).posted_as(view.identity.as_ref()).line([
        text(format!("{} · {} changed the request at ", view.task, by.name)),
        clock(at),
        text(". It is routed anew with the new words; what ran already stays done."),
    ])
}

/// A worker handed the task to somebody else, with what it needs; that worker's receipt follows.
pub fn handed_over(view: &ReceiptView, to: &Who, why: &str, at: Timestamp) -> Card {
    let card = Card::new(format!("{} goes to {}", view.task, to.name)).posted_as(view.identity.as_ref()).line([
        text(format!("{} · {} handed this to ", view.task, view.worker.name)),
        to.bold(),
        text(" at "),
        clock(at),
        text(if why.trim().is_empty() { "." } else { ":" }),
    ]);
    card.words([], why)
}

/// A worker says that it cannot do it; whoever has it next is asked below. Those who could not be reached were passed over.
pub fn cannot_do(view: &ReceiptView, to: &Who, why: &str, passed_over: &[Who]) -> Card {
    let card = Card::new(format!("{} cannot do this; {} is asked · {}", view.worker.name, to.name, view.task))
        .posted_as(view.identity.as_ref())
        .line([
            bold("I cannot do this."),
            text(" "),
            to.bold(),
            text(format!(" is asked to take it over · {}", view.task)),
        ])
        .words([], why);
    match passed_over {
        [] => card,
        [..] => card.note([text(format!("{} cannot be reached.", super::named::all_of(passed_over)))]),
    }
}

/// The task went to somebody else; that worker's receipt follows.
pub fn reassigned(view: &ReceiptView, by: &Who, to: &Who, at: Timestamp) -> Card {
    Card::new(format!("{} goes to {}", view.task, to.name)).posted_as(view.identity.as_ref()).line([
        text(format!("{} · {} gave this to ", view.task, by.name)),
        to.bold(),
        text(" at "),
        clock(at),
        text(format!(". {} does nothing more here; the correction is kept for next time.", view.worker.name)),
    ])
}

/// "billing.refund" as a fact of the answer: what ran, when, by whose approval.
fn performed_spans(action: &Performed) -> Vec<Span> {
    let mut spans = vec![
        emoji("white_check_mark"),
        text(format!(" {} · ", super::plain::visible_line(&action.title))),
        clock(action.at),
    ];
    if !action.approved_by.is_empty() {
        spans.push(text(format!(" · approved by {}", super::named::all_of(&action.approved_by))));
    }
    spans.extend(action.changed_by.iter().map(|who| text(format!(" · changed by {}", who.name))));
    spans.extend(action.by_hand.iter().map(|who| text(format!(" · done by hand by {}", who.name))));
    spans
}

fn head(view: &ReceiptView, rest: Vec<Span>) -> Card {
    let mut spans = vec![emoji("eyes"), text(" "), view.worker.bold()];
    spans.extend(rest);
    Card::new(format!("{} has this: {} · {}", view.worker.name, view.subject, view.task))
        .posted_as(view.identity.as_ref())
        .line(spans)
}

fn answers_for(view: &ReceiptView, next: &str) -> Vec<Span> {
    let who = match &view.owner {
        Some(owner) => format!("{} answers for {}. ", owner.name, view.worker.name),
        None => String::new(),
    };
    vec![text(format!("{who}{next} ")), code(format!("/workforce why {}", view.task))]
}

fn wrong(task: TaskId) -> Button {
    Button::new("Wrong — reassign", Verb::Reassign, task.to_string()).spoken(format!("Give {task} to somebody else"))
}

fn cancel(task: TaskId) -> Button {
    Button::new("Cancel", Verb::CancelTask, task.to_string()).spoken(format!("Cancel {task}"))
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::*;

    #[test]
    fn a_receipt_says_who_does_it_by_hand() {
        insta::assert_snapshot!(by_hand(&receipt(), &approval(), &dana()).to_plain(), @r"
        (Finn (Finance))
        :eyes: *Finn (Finance)* has this · T-17
        “Billing questions go to the finance agent.” `routing.md:12`
        *Dana Ruiz* does this by hand: *Refund $450.00 to order ORD-1042* · A-31. Finn (Finance) goes on with the result.
        [Cancel]
        ");
    }

    #[test]
    fn a_receipt_says_who_has_it_and_by_which_line() {
        insta::assert_snapshot!(has_this(&receipt()).to_plain(), @r"
        (Finn (Finance))
        :eyes: *Finn (Finance)* has this · T-17
        “Billing questions go to the finance agent.” `routing.md:12`
        [Wrong — reassign] [Cancel]
        ");
        assert_eq!(
            has_this(&receipt()).notification,
            "Finn (Finance) has this: refund ORD-1042, it arrived broken · T-17"
        );
    }

    #[test]
    fn a_receipt_without_a_rule_says_so() {
        let because = |because| has_this(&ReceiptView { because, ..receipt() }).to_plain();
        insta::assert_snapshot!(because(Because::LooksLike { percent: 87 }), @r"
        (Finn (Finance))
        :eyes: *Finn (Finance)* has this · T-17
        No sentence settles this; it looks like their work (87 % sure).
        [Wrong — reassign] [Cancel]
        ");
        insta::assert_snapshot!(because(Because::Chosen { by: dana(), at: at(10, 5) }), @r"
        (Finn (Finance))
        :eyes: *Finn (Finance)* has this · T-17
        Dana Ruiz decided so at 10:05.
        [Wrong — reassign] [Cancel]
        ");
        insta::assert_snapshot!(because(Because::Escalated { from: dana(), rule: Some(escalation_rule()) }), @r"
        (Finn (Finance))
        :eyes: *Finn (Finance)* has this · T-17
        Dana Ruiz did not answer. “If nobody answers within 30 minutes, tell the support lead.” `routing.md:20`
        [Wrong — reassign] [Cancel]
        ");
    }

    #[test]
    fn a_hand_over_says_what_is_needed() {
        let why = "needs an account for Jonas Lind";
        insta::assert_snapshot!(handed_over(&receipt(), &eli(), why, at(10, 5)).to_plain(), @r"
        (Finn (Finance))
        T-17 · Finn (Finance) handed this to *Eli (Engineering)* at 10:05:
        | needs an account for Jonas Lind
        ");
        let because = Because::HandedOver { by: eli(), why: why.into(), at: at(10, 5) };
        insta::assert_snapshot!(has_this(&ReceiptView { because, ..receipt() }).to_plain(), @r"
        (Finn (Finance))
        :eyes: *Finn (Finance)* has this · T-17
        Eli (Engineering) handed it over at 10:05: needs an account for Jonas Lind.
        [Wrong — reassign] [Cancel]
        ");
    }

    #[test]
    fn who_cannot_do_it_says_so_and_why() {
        let why = "I have no access to the archive.";
        insta::assert_snapshot!(cannot_do(&receipt(), &dana(), why, &[]).to_plain(), @r"
        (Finn (Finance))
        *I cannot do this.* *Dana Ruiz* is asked to take it over · T-17
        | I have no access to the archive.
        ");
        insta::assert_snapshot!(cannot_do(&receipt(), &eli(), why, &[dana(), omar()]).to_plain(), @r"
        (Finn (Finance))
        *I cannot do this.* *Eli (Engineering)* is asked to take it over · T-17
        | I have no access to the archive.
        · Dana Ruiz and Omar Haddad cannot be reached.
        ");
        let because = Because::CannotDo { by: finn(), why: why.into() };
        insta::assert_snapshot!(has_this(&ReceiptView { because, ..receipt() }).to_plain(), @r"
        (Finn (Finance))
        :eyes: *Finn (Finance)* has this · T-17
        Finn (Finance) cannot do this: I have no access to the archive.
        [Wrong — reassign] [Cancel]
        ");
    }

    #[test]
    fn a_receipt_that_waits_says_for_whom() {
        insta::assert_snapshot!(waits(&receipt(), &approval()).to_plain(), @r"
        (Finn (Finance))
        :eyes: *Finn (Finance)* has this · T-17
        “Billing questions go to the finance agent.” `routing.md:12`
        Waits for Dana Ruiz or Omar Haddad to approve: *Refund $450.00 to order ORD-1042* · A-31
        No answer by 14:02 → Kim Osei is asked
        [Cancel]
        ");
    }

    #[test]
    fn the_answer_takes_the_receipts_place() {
        let card = answered(&receipt(), "Refunded $450.00 to Jonas Lind.", &[performed()], at(10, 9), None);
        insta::assert_snapshot!(card.to_plain(), @r"
        (Finn (Finance))
        | Refunded $450.00 to Jonas Lind.
        · :white_check_mark: Refund $450.00 to order ORD-1042 · 10:04 · approved by Dana Ruiz
        · T-17 · done 10:09 · `routing.md:12`
        · Dana Ruiz answers for Finn (Finance). Mention me here if it is not what you needed. `/workforce why T-17`
        ");
        assert_eq!(card.identity, receipt().identity);
        assert_eq!(card.notification, "Finn (Finance): Refunded $450.00 to Jonas Lind.");
    }

    #[test]
    fn what_went_wrong_says_what_did_not_happen() {
        let why = "The billing system does not answer.";
        insta::assert_snapshot!(failed(&receipt(), why, &[]).to_plain(), @r"
        (Finn (Finance))
        *Not finished.* The billing system does not answer.
        · Nothing was changed.
        · Dana Ruiz answers for Finn (Finance). Mention me here to try again, or hand it to somebody else. `/workforce why T-17`
        [Wrong — reassign]
        ");
        insta::assert_snapshot!(failed(&receipt(), why, &[performed()]).to_plain(), @r"
        (Finn (Finance))
        *Not finished.* The billing system does not answer.
        · :white_check_mark: Refund $450.00 to order ORD-1042 · 10:04 · approved by Dana Ruiz
        · Dana Ruiz answers for Finn (Finance). Mention me here to try again, or hand it to somebody else. `/workforce why T-17`
        [Wrong — reassign]
        ");
        let rule = cited("Only the support team may ask for refunds.", "approvals.md", 9);
        insta::assert_snapshot!(forbidden(&receipt(), "Refund $40.00 to order ORD-1042", &rule).to_plain(), @r"
        (Finn (Finance))
        *Not refunded.* Refund $40.00 to order ORD-1042 is not allowed here.
        “Only the support team may ask for refunds.” `approvals.md:9`
        · Dana Ruiz answers for Finn (Finance). Nothing was changed. Whoever keeps that line can change it. `/workforce why T-17`
        ");
    }

    #[test]
    fn cancelling_and_reassigning_leave_a_trace() {
        insta::assert_snapshot!(cancelled(&receipt(), &ana(), at(10, 9), &[]).to_plain(), @r"
        (Finn (Finance))
        *Cancelled.* Ana Silva stopped T-17 at 10:09.
        · Nothing was changed. Mention me again to start anew.
        ");
        insta::assert_snapshot!(cancelled(&receipt(), &ana(), at(10, 9), &[performed()]).to_plain(), @r"
        (Finn (Finance))
        *Cancelled.* Ana Silva stopped T-17 at 10:09.
        · :white_check_mark: Refund $450.00 to order ORD-1042 · 10:04 · approved by Dana Ruiz
        · What ran before stays done, as listed. Nothing more will run.
        ");
        insta::assert_snapshot!(reassigned(&receipt(), &ana(), &eli(), at(10, 9)).to_plain(), @r"
        (Finn (Finance))
        T-17 · Ana Silva gave this to *Eli (Engineering)* at 10:09. Finn (Finance) does nothing more here; the correction is kept for next time.
        ");
    }
}
