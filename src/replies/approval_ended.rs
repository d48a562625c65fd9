//! The approval card after the decision, and what the requester's thread hears of it.

use super::approval::{ApprovalState, ApprovalView, VoidWhy};
use super::card::{Button, Card, Span};
use super::compose::{bold, clock, day_and_clock, text};
use super::named::{Who, all_of};
use super::plain::visible_line;
use super::verb::Verb;
use crate::clock::Timestamp;

/// The card in a state in which nobody can decide any more.
pub(super) fn card(view: &ApprovalView, state: &ApprovalState) -> Card {
    let title = visible_line(&view.title);
    let head = Card::new(format!("{}: {title} · {}", word(view, state), view.id))
        .line([bold(title), text(format!(" · {} · {}", view.id, view.task))]);
    let head = head.line(outcome(view, state));
    let head = match state {
        ApprovalState::Denied { by, reason: Some(reason), .. } => {
            head.words([text(format!("{} wrote:", by.name))], reason)
        }
        ApprovalState::Denied { .. }
        | ApprovalState::Waiting
        | ApprovalState::Running { .. }
        | ApprovalState::Done { .. }
        | ApprovalState::Failed { .. }
        | ApprovalState::Unknown { .. }
        | ApprovalState::Expired { .. }
        | ApprovalState::Void { .. }
        | ApprovalState::Superseded { .. }
        | ApprovalState::Edited { .. }
        | ApprovalState::ByHand { .. }
        | ApprovalState::Recorded { .. } => head,
    };
    head.note([text(next(view, state))]).buttons(buttons(view, state))
}

/// To the requester's thread: an approver said no. "Not refunded. Dana declined at 10:09".
pub fn denied_notice(view: &ApprovalView, by: &Who, at: Timestamp, reason: Option<&str>) -> Card {
    Card::new(format!("Not {}: {} declined {}", view.past(), by.name, visible_line(&view.title)))
        .line([
            bold(format!("Not {}.", view.past())),
            text(format!(" {} declined at ", by.name)),
            clock(at),
            text(format!(" · {}", view.id)),
        ])
        .words([text(format!("{} wrote:", by.name))], reason.unwrap_or_default())
        .line([text(format!("{} Mention me here to change the request.", view.unharmed()))])
}

/// To everybody who waits: the time is over and nobody decided.
pub fn expired_notice(view: &ApprovalView, at: Timestamp, asked: &[Who]) -> Card {
    Card::new(format!("Nobody decided: {} · {}", visible_line(&view.title), view.id))
        .line([
            bold(format!("Nobody decided; nothing was {}.", view.past())),
            text(" Time was up at "),
            clock(at),
            text("."),
        ])
        .line([text(format!("{} · {}", visible_line(&view.title), view.id))])
        .line([text(format!("Asked: {}. This is not a denial.", then_of(asked)))])
        .buttons([ask_again(view), cancel(view)])
}

/// To a direct message of somebody whose turn it is now, above the card itself.
pub fn your_turn(view: &ApprovalView, before: &[Who]) -> Card {
    Card::sentence(format!(
        "{} did not answer in time, so this comes to you: {} · {}",
        all_of(before),
        visible_line(&view.title),
        view.id
    ))
}

/// "Dana, then Kim".
fn then_of(asked: &[Who]) -> String {
    match asked {
        [] => "nobody who may decide could be found".to_owned(),
        [..] => asked.iter().map(|who| who.name.as_str()).collect::<Vec<_>>().join(", then "),
    }
}

/// The state in a word or two, for lists and lock screens.
pub fn word(view: &ApprovalView, state: &ApprovalState) -> String {
    match state {
        ApprovalState::Waiting => "Waiting".to_owned(),
        ApprovalState::Running { .. } => "Approved, running".to_owned(),
        ApprovalState::Done { .. } => "Done".to_owned(),
        ApprovalState::Failed { .. } => format!("Approved, but not {}", view.past()),
        ApprovalState::Unknown { .. } => "Outcome unknown".to_owned(),
        ApprovalState::Denied { .. } => "Denied".to_owned(),
        ApprovalState::Expired { .. } => "Expired".to_owned(),
        ApprovalState::Void { .. } => "Void".to_owned(),
        ApprovalState::Superseded { .. } => "Replaced".to_owned(),
        ApprovalState::Edited { .. } => "Changed".to_owned(),
        ApprovalState::ByHand { .. } => "Being done by hand".to_owned(),
        ApprovalState::Recorded { done: Some(true), .. } => "Done by hand".to_owned(),
        ApprovalState::Recorded { done: Some(false), .. } => "Not done".to_owned(),
        ApprovalState::Recorded { done: None, .. } => "Outcome unknown".to_owned(),
    }
}

fn outcome(view: &ApprovalView, state: &ApprovalState) -> Vec<Span> {
    let by_at =
        |verb: &str, by: &[Who], at: &Timestamp| vec![text(format!("{verb} by {} at ", all_of(by))), clock(*at)];
    match state {
        ApprovalState::Waiting => view.deadline_spans(),
        ApprovalState::Running { by, at } => {
            [by_at("Approved", by, at), vec![text(format!(" · {} is doing it now", view.doer.name))]].concat()
        }
        ApprovalState::Done { by, at, done_at } => {
            let done = super::wording::capital(&view.past());
            [by_at("Approved", by, at), vec![text(" · "), bold(done), text(" at "), clock(*done_at)]].concat()
        }
        ApprovalState::Failed { by, at, why } => [
            by_at("Approved", by, at),
            vec![text(", but "), bold(format!("not {}.", view.past())), text(format!(" {why}"))],
        ]
        .concat(),
        ApprovalState::Unknown { by, at, .. } => {
            [by_at("Approved", by, at), vec![text(" · "), bold("I do not know whether it happened.")]].concat()
        }
        ApprovalState::Denied { by, at, .. } => {
            vec![bold(format!("Not {}.", view.past())), text(format!(" {} declined at ", by.name)), clock(*at)]
        }
        ApprovalState::Expired { at, asked } => vec![
            bold(format!("Nobody decided; nothing was {}.", view.past())),
            text(" Time was up at "),
            clock(*at),
            text(format!(". Asked: {}.", then_of(asked))),
        ],
        ApprovalState::Void { why, at } => {
            let mut spans = vec![bold(format!("Not {}.", view.past())), text(" ")];
            spans.extend(void_spans(why));
            spans.extend([text(" · "), clock(*at)]);
            spans
        }
        ApprovalState::Superseded { by } => vec![text(format!("Replaced by {by}: decide there."))],
        ApprovalState::Edited { by, at, into } => {
            let into = into.map(|into| format!(". {into} asks about the changed one.")).unwrap_or_default();
            vec![bold(format!("{} changed it", by.name)), text(" at "), clock(*at), text(into)]
        }
        ApprovalState::ByHand { by, at, until } => vec![
            bold(format!("{} does it by hand.", by.name)),
            text(" Taken over at "),
            clock(*at),
            text("; says what came of it by "),
            day_and_clock(*until),
        ],
        ApprovalState::Recorded { by, at, done } => {
            let said = match done {
                Some(true) => "Done by hand.",
                Some(false) => "Not done.",
                None => "I do not know whether it happened.",
            };
            let how = match done {
                Some(_) => format!(" {} said so at ", by.name),
                None => format!(" {} took it over and did not say what came of it by ", by.name),
            };
            vec![bold(said), text(how), clock(*at)]
        }
    }
}

fn void_spans(why: &VoidWhy) -> Vec<Span> {
    match why {
        VoidWhy::Cancelled { by } => vec![text(format!("{} cancelled the request.", by.name))],
        VoidWhy::Stopped { by } => vec![text(format!("{} stopped the work.", by.name))],
        VoidWhy::Forbidden(rule) => [vec![text("A line that is now in force forbids it: ")], rule.quoted()].concat(),
        VoidWhy::ApproverLost { who } => vec![text(format!("{} may no longer approve this.", who.name))],
        VoidWhy::Changed => vec![text("What would be sent is no longer what this card showed.")],
        VoidWhy::Because(why) => vec![text(why.clone())],
    }
}

/// Who answers for it, and what happens next.
fn next(view: &ApprovalView, state: &ApprovalState) -> String {
    match state {
        ApprovalState::Waiting => format!("{} decides.", super::named::any_of(&view.asked)),
        ApprovalState::Running { .. } => format!("The result comes in the thread of {}.", view.task),
        ApprovalState::Done { .. } => format!("Asked by {} · done by {}", view.requester.name, view.doer.name),
        ApprovalState::Failed { .. } => format!("{} The thread of {} says what to do.", view.unharmed(), view.task),
        ApprovalState::Unknown { asked, .. } => {
            format!("{} has been asked to look. Nothing is tried again before.", asked.name)
        }
        ApprovalState::Denied { .. } => {
            format!("{} {} was told and can change the request.", view.unharmed(), view.requester.name)
        }
        ApprovalState::Expired { .. } => format!("This is not a denial. {} was told.", view.requester.name),
        ApprovalState::Void { why, .. } => match why {
            VoidWhy::Cancelled { .. } | VoidWhy::Stopped { .. } | VoidWhy::Forbidden(_) | VoidWhy::Because(_) => {
                view.unharmed().to_owned()
            }
            VoidWhy::ApproverLost { .. } | VoidWhy::Changed => {
                format!("{} A new card follows if it still waits.", view.unharmed())
            }
        },
        ApprovalState::Superseded { .. } => view.unharmed().to_owned(),
        ApprovalState::Edited { .. } => format!("{} Nobody decides here any more.", view.unharmed()),
        ApprovalState::ByHand { by, .. } => {
            format!("Nothing is sent to {}. {} records what came of it.", view.tool, by.short())
        }
        ApprovalState::Recorded { done: Some(_), .. } => {
            format!("{} was not called; {} goes on with what was recorded.", view.tool, view.doer.name)
        }
        ApprovalState::Recorded { done: None, .. } => {
            format!("{} was not called. The owner has been asked to look.", view.tool)
        }
    }
}

fn buttons(view: &ApprovalView, state: &ApprovalState) -> Vec<Button> {
    let details =
        || Button::new("Details", Verb::Details, view.id.to_string()).spoken(format!("Details of {}", view.id));
    match state {
        ApprovalState::Expired { .. } => vec![ask_again(view), cancel(view)],
        ApprovalState::Waiting
        | ApprovalState::Running { .. }
        | ApprovalState::Done { .. }
        | ApprovalState::Failed { .. }
        | ApprovalState::Unknown { .. }
        | ApprovalState::Denied { .. }
        | ApprovalState::Void { .. }
        | ApprovalState::Edited { .. }
        | ApprovalState::Recorded { .. } => vec![details()],
        ApprovalState::ByHand { .. } => vec![
            Button::new("Record the result", Verb::Record, view.id.to_string())
                .primary()
                .spoken(format!("Record what came of {}", view.id)),
            details(),
        ],
        ApprovalState::Superseded { .. } => vec![],
    }
}

fn ask_again(view: &ApprovalView) -> Button {
    Button::new("Ask again", Verb::AskAgain, view.id.to_string()).spoken(format!("Ask again for {}", view.id))
}

fn cancel(view: &ApprovalView) -> Button {
    Button::new("Cancel", Verb::CancelTask, view.task.to_string()).spoken(format!("Cancel {}", view.task))
}

#[cfg(test)]
mod tests {
    use super::super::approval::card;
    use super::super::fixtures::*;
    use super::*;

    fn shown(state: &ApprovalState) -> String {
        card(&approval(), state).to_plain()
    }

    #[test]
    fn the_card_always_shows_the_true_state() {
        let (by, at) = (vec![dana()], at(10, 3));
        insta::assert_snapshot!(shown(&ApprovalState::Running { by: by.clone(), at }), @r"
        *Refund $450.00 to order ORD-1042* · A-31 · T-17
        Approved by Dana Ruiz at 10:03 · Finn (Finance) is doing it now
        · The result comes in the thread of T-17.
        [Details]
        ");
        insta::assert_snapshot!(shown(&ApprovalState::Done { by: by.clone(), at, done_at: super::super::fixtures::at(10, 4) }), @r"
        *Refund $450.00 to order ORD-1042* · A-31 · T-17
        Approved by Dana Ruiz at 10:03 · *Refunded* at 10:04
        · Asked by Ana Silva · done by Finn (Finance)
        [Details]
        ");
        let why = "The billing system refused: the order is already refunded.".to_owned();
        insta::assert_snapshot!(shown(&ApprovalState::Failed { by: by.clone(), at, why }), @r"
        *Refund $450.00 to order ORD-1042* · A-31 · T-17
        Approved by Dana Ruiz at 10:03, but *not refunded.* The billing system refused: the order is already refunded.
        · No money moved. The thread of T-17 says what to do.
        [Details]
        ");
        insta::assert_snapshot!(shown(&ApprovalState::Unknown { by, at, asked: kim() }), @r"
        *Refund $450.00 to order ORD-1042* · A-31 · T-17
        Approved by Dana Ruiz at 10:03 · *I do not know whether it happened.*
        · Kim Osei has been asked to look. Nothing is tried again before.
        [Details]
        ");
        insta::assert_snapshot!(shown(&ApprovalState::Denied { by: dana(), at, reason: Some("Replace it instead.".into()) }), @r"
        *Refund $450.00 to order ORD-1042* · A-31 · T-17
        *Not refunded.* Dana Ruiz declined at 10:03
        Dana Ruiz wrote:
        | Replace it instead.
        · No money moved. Ana Silva was told and can change the request.
        [Details]
        ");
        insta::assert_snapshot!(shown(&ApprovalState::Expired { at, asked: vec![dana(), kim()] }), @r"
        *Refund $450.00 to order ORD-1042* · A-31 · T-17
        *Nobody decided; nothing was refunded.* Time was up at 10:03. Asked: Dana Ruiz, then Kim Osei.
        · This is not a denial. Ana Silva was told.
        [Ask again] [Cancel]
        ");
        insta::assert_snapshot!(shown(&ApprovalState::Superseded { by: crate::ids::ApprovalId(32) }), @r"
        *Refund $450.00 to order ORD-1042* · A-31 · T-17
        Replaced by A-32: decide there.
        · No money moved.
        ");
    }

    #[test]
    fn a_void_card_says_why() {
        let shown = |why| shown(&ApprovalState::Void { why, at: at(10, 3) });
        insta::assert_snapshot!(shown(VoidWhy::Cancelled { by: ana() }), @r"
        *Refund $450.00 to order ORD-1042* · A-31 · T-17
        *Not refunded.* Ana Silva cancelled the request. · 10:03
        · No money moved.
        [Details]
        ");
        insta::assert_snapshot!(shown(VoidWhy::Stopped { by: kim() }), @r"
        *Refund $450.00 to order ORD-1042* · A-31 · T-17
        *Not refunded.* Kim Osei stopped the work. · 10:03
        · No money moved.
        [Details]
        ");
        insta::assert_snapshot!(shown(VoidWhy::Forbidden(cited("Never refund on Sundays.", "approvals.md", 11))), @r"
        *Refund $450.00 to order ORD-1042* · A-31 · T-17
        *Not refunded.* A line that is now in force forbids it: “Never refund on Sundays.” `approvals.md:11` · 10:03
        · No money moved.
        [Details]
        ");
        insta::assert_snapshot!(shown(VoidWhy::ApproverLost { who: dana() }), @r"
        *Refund $450.00 to order ORD-1042* · A-31 · T-17
        *Not refunded.* Dana Ruiz may no longer approve this. · 10:03
        · No money moved. A new card follows if it still waits.
        [Details]
        ");
        insta::assert_snapshot!(shown(VoidWhy::Changed), @r"
        *Refund $450.00 to order ORD-1042* · A-31 · T-17
        *Not refunded.* What would be sent is no longer what this card showed. · 10:03
        · No money moved. A new card follows if it still waits.
        [Details]
        ");
    }

    #[test]
    fn the_thread_hears_of_it() {
        insta::assert_snapshot!(denied_notice(&approval(), &dana(), at(10, 9), Some("Replace it instead.")).to_plain(), @r"
        *Not refunded.* Dana Ruiz declined at 10:09 · A-31
        Dana Ruiz wrote:
        | Replace it instead.
        No money moved. Mention me here to change the request.
        ");
        insta::assert_snapshot!(denied_notice(&approval(), &dana(), at(10, 9), None).to_plain(), @r"
        *Not refunded.* Dana Ruiz declined at 10:09 · A-31
        No money moved. Mention me here to change the request.
        ");
        insta::assert_snapshot!(expired_notice(&approval(), at(18, 2), &[dana(), kim()]).to_plain(), @r"
        *Nobody decided; nothing was refunded.* Time was up at 18:02.
        Refund $450.00 to order ORD-1042 · A-31
        Asked: Dana Ruiz, then Kim Osei. This is not a denial.
        [Ask again] [Cancel]
        ");
        insta::assert_snapshot!(your_turn(&approval(), &[dana(), omar()]).to_plain(), @"Dana Ruiz and Omar Haddad did not answer in time, so this comes to you: Refund $450.00 to order ORD-1042 · A-31");
    }
}
