//! Several waiting actions in one message to one approver: what is alike, or what had to wait for the hour to turn.

use serde::{Deserialize, Serialize};

use super::approval::{ApprovalState, ApprovalView, yes_button};
use super::approval_ended;
use super::card::{Button, Card, Span};
use super::compose::{bold, clock, text};
use super::plain::visible_line;
use super::verb::Verb;
use super::wording::counted;
use crate::ids::{ApprovalId, ListId};
use crate::money::Money;

/// A list as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListView {
    pub id: ListId,
    /// *Approve all* is for exactly what this state of the list shows.
    pub revision: i64,
    /// Same tool, worker and rule.
    pub alike: bool,
    pub lines: Vec<(ApprovalView, ApprovalState)>,
}

/// What came of *Approve all*.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    pub approved: Vec<ApprovalId>,
    /// Which were not, and why: a whole sentence of ours.
    pub refused: Vec<(ApprovalId, String)>,
}

/// `L-5.2`: the list and its state.
pub fn target(id: ListId, revision: i64) -> String {
    format!("{id}.{revision}")
}

/// Reads what [`target`] wrote.
pub fn read_target(text: &str) -> Option<(ListId, i64)> {
    let (id, revision) = text.split_once('.')?;
    Some((id.parse().ok()?, revision.parse().ok()?))
}

pub fn card(list: &ListView) -> Card {
    let open: Vec<&ApprovalView> =
        list.lines.iter().filter(|(_, state)| is_open(state)).map(|(view, _)| view).collect();
    let head = match (open.len(), list.alike) {
        (0, _) => format!("Nothing on this list waits any more · {}", list.id),
        (n, true) => format!("{} alike wait for you · {}", counted(n as i64, "request"), list.id),
        (n, false) => format!("{} wait for you · {}", counted(n as i64, "request"), list.id),
    };
    let mut card = Card::new(head.clone()).line([bold(head)]);
    if let Some((first, _)) = list.lines.first().filter(|_| list.alike) {
        card = card.line([text(format!("{} will do them.", first.doer.name))]);
        for rule in &first.rules {
            card = card.line([vec![text("Rule: ")], rule.quoted()].concat());
        }
    }
    for (view, state) in &list.lines {
        card = card.line(line(view, state, list.alike));
        if !list.alike && is_open(state) {
            card = card.buttons(own_buttons(view));
        }
    }
    if list.alike && !open.is_empty() {
        card = card.buttons(all_buttons(list, &open));
    }
    card
}

/// Everything that will be sent, whole; only what fits a line comes on a list.
fn line(view: &ApprovalView, state: &ApprovalState, alike: bool) -> Vec<Span> {
    let mut spans = vec![text("• "), bold(visible_line(&view.title)), text(format!(" · {}", view.id))];
    if !is_open(state) {
        spans.push(text(format!(" · {}", approval_ended::word(view, state))));
        return spans;
    }
    spans.push(text(format!(" · asked by {} ", view.requester.name)));
    spans.extend(view.place.spans());
    if let Some(arguments) = super::approval::arguments_line(view) {
        spans.push(text(format!(" · {arguments}")));
    }
    if !alike {
        spans.push(text(format!(" · {} will do it", view.doer.name)));
        spans.extend(view.rules.first().map(|rule| text(format!(" · {}:{}", rule.file, rule.line))));
    }
    spans.extend([text(" · no answer by "), clock(view.deadline), text(" → ")]);
    spans.push(text(match view.then.as_slice() {
        [] => "it expires".to_owned(),
        [only] => format!("{} is asked", only.name),
        [..] => "others are asked".to_owned(),
    }));
    spans
}

fn own_buttons(view: &ApprovalView) -> [Button; 3] {
    let id = view.id.to_string();
    [
        yes_button(view.id, &view.title, view.amount.as_ref()),
        Button::new("Deny", Verb::Deny, id.clone()).danger().spoken(format!("Deny {}", view.id)),
        Button::new("Details", Verb::Details, id).spoken(format!("Details of {}", view.id)),
    ]
}

fn all_buttons(list: &ListView, open: &[&ApprovalView]) -> [Button; 2] {
    let target = target(list.id, list.revision);
    let all = if open.len() == 1 { "Approve it".to_owned() } else { format!("Approve all {}", open.len()) };
    let sum = sum(open).map(|sum| format!(", {sum} in all")).unwrap_or_default();
    let asks = format!("Each is approved by you as it stands here{sum}. What you may not approve is left out.");
    [
        Button::new(all, Verb::ApproveList, target.clone()).primary().asks(
            &format!("Approve {}?", counted(open.len() as i64, "request")),
            asks,
            "Approve",
        ),
        Button::new("Look at each", Verb::LookAtEach, target),
    ]
}

/// What they move together; `None` where money does not move, or in more than one currency.
fn sum(open: &[&ApprovalView]) -> Option<Money> {
    let mut amounts = open.iter().map(|view| view.amount.clone());
    let first = amounts.next()??;
    amounts.try_fold(first, |sum, amount| {
        let amount = amount.filter(|amount| amount.currency == sum.currency)?;
        Some(Money::new(sum.micros.checked_add(amount.micros)?, sum.currency))
    })
}

fn is_open(state: &ApprovalState) -> bool {
    *state == ApprovalState::Waiting
}

/// Only for the approver: what came of it.
pub fn decided(outcome: &Outcome) -> Card {
    let ids = |ids: &[ApprovalId]| ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let said = match outcome.approved.as_slice() {
        [] => "Nothing was approved.".to_owned(),
        some => format!("Approved {}: {}.", some.len(), ids(some)),
    };
    let card = Card::new(said.clone()).line([bold(said)]);
    outcome.refused.iter().fold(card, |card, (id, why)| card.line([text(format!("Not {id}: {why}"))]))
}

/// Only for whoever wants to see each by itself.
pub fn each_follows(cards: usize) -> Card {
    match cards {
        0 => Card::sentence("Nothing on this list waits any more."),
        n => Card::sentence(format!("{} follow, each by itself.", counted(n as i64, "card"))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::*;
    use crate::money::Currency;

    fn one(id: i64, dollars: i64, state: ApprovalState) -> (ApprovalView, ApprovalState) {
        let title = format!("Refund ${dollars}.00 to order ORD-104{id}");
        let view = ApprovalView {
            id: ApprovalId(id),
            title,
            amount: Some(Money::new(dollars * 1_000_000, Currency::new("USD"))),
            arguments: vec![
                ("amount".into(), format!("${dollars}.00 ({dollars}00)")),
                ("order".into(), format!("ORD-104{id}")),
                ("reason".into(), "it arrived broken".into()),
            ],
            ..approval()
        };
        (view, state)
    }

    #[test]
    fn a_list_shows_every_line_whole_and_is_decided_at_once_or_one_by_one() {
        let denied = ApprovalState::Denied { by: dana(), at: at(10, 9), reason: None };
        let lines =
            vec![one(1, 450, ApprovalState::Waiting), one(2, 300, ApprovalState::Waiting), one(3, 250, denied.clone())];
        let list = ListView { id: ListId(5), revision: 2, alike: true, lines };
        insta::assert_snapshot!(card(&list).to_plain(), @r"
        *2 requests alike wait for you · L-5*
        Finn (Finance) will do them.
        Rule: “Refunds above $200 need approval from a finance manager.” `approvals.md:4`
        • *Refund $450.00 to order ORD-1041* · A-1 · asked by Ana Silva in #C0SUPPORT · reason: it arrived broken · no answer by 14:02 → Kim Osei is asked
        • *Refund $300.00 to order ORD-1042* · A-2 · asked by Ana Silva in #C0SUPPORT · reason: it arrived broken · no answer by 14:02 → Kim Osei is asked
        • *Refund $250.00 to order ORD-1043* · A-3 · Denied
        [*Approve all 2*] [Look at each]
        ");
        insta::assert_snapshot!(card(&ListView { alike: false, ..list.clone() }).to_plain(), @r"
        *2 requests wait for you · L-5*
        • *Refund $450.00 to order ORD-1041* · A-1 · asked by Ana Silva in #C0SUPPORT · reason: it arrived broken · Finn (Finance) will do it · approvals.md:4 · no answer by 14:02 → Kim Osei is asked
        [*Approve $450.00*] [!Deny!] [Details]
        • *Refund $300.00 to order ORD-1042* · A-2 · asked by Ana Silva in #C0SUPPORT · reason: it arrived broken · Finn (Finance) will do it · approvals.md:4 · no answer by 14:02 → Kim Osei is asked
        [*Approve $300.00*] [!Deny!] [Details]
        • *Refund $250.00 to order ORD-1043* · A-3 · Denied
        ");
        let over = ListView { lines: vec![one(3, 250, denied)], ..list };
        insta::assert_snapshot!(card(&over).to_plain(), @r"
        *Nothing on this list waits any more · L-5*
        Finn (Finance) will do them.
        Rule: “Refunds above $200 need approval from a finance manager.” `approvals.md:4`
        • *Refund $250.00 to order ORD-1043* · A-3 · Denied
        ");
    }

    #[test]
    fn the_approver_hears_of_each() {
        let outcome = Outcome {
            approved: vec![ApprovalId(1), ApprovalId(2)],
            refused: vec![(ApprovalId(4), "You asked for this yourself.".into())],
        };
        insta::assert_snapshot!(decided(&outcome).to_plain(), @r"
        *Approved 2: A-1, A-2.*
        Not A-4: You asked for this yourself.
        ");
        insta::assert_snapshot!(each_follows(3).to_plain(), @"3 cards follow, each by itself.");
    }

    #[test]
    fn a_target_names_the_list_and_its_state() {
        assert_eq!(read_target(&target(ListId(5), 2)), Some((ListId(5), 2)));
        for bad in ["", "L-5", "A-5.2", "L-5.x", "5.2"] {
            assert_eq!(read_target(bad), None, "{bad}");
        }
    }
}
