//! What is behind *Details*: every argument whole, on as many pages as it takes, and the trail. Where a card could not show
//! everything, *Approve* stands at the end of the last page and nowhere else.

use super::approval::{ApprovalView, edited_spans, fact_spans};
use super::card::{Button, Part, Span};
use super::compose::{bold, day_and_clock, text};
use super::form::{Field, FieldKind, Form};
use super::named::any_of;
use super::plain::visible_line;
use super::target::approval_page;
use super::verb::Verb;
use crate::clock::Timestamp;

/// Characters of arguments on one page; a modal takes several times as many, and people do not.
const PAGE_CHARACTERS: usize = 6_000;
/// Characters of one piece of a long value; Slack takes 3,000 in one block.
const PIECE_CHARACTERS: usize = 2_500;
/// Arguments on one page: a modal takes 100 blocks.
const PAGE_ARGUMENTS: usize = 30;

/// Something that happened to a card, for the trail.
pub type Happened = (Timestamp, String);

/// One page of the details, from 1; a number beyond the last is the last. `open`: whether it can still be decided.
pub fn page(view: &ApprovalView, trail: &[Happened], wanted: usize, open: bool) -> Form {
    let pages = pages(view);
    let at = wanted.clamp(1, pages.len());
    let last = at == pages.len();
    let title = match pages.len() {
        1 => format!("{} details", view.id),
        many => format!("{} · page {at} of {many}", view.id),
    };
    let mut parts = vec![
        Part::Line(vec![bold(visible_line(&view.title)), text(format!(" · {}", view.id))]),
        Part::Note(vec![text("Sent exactly like this to "), Span::Code(view.tool.clone()), text(":")]),
    ];
    parts.extend(pages.into_iter().nth(at - 1).unwrap_or_default());
    if last {
        parts.extend(end(view, trail));
    }
    let turn = |label: &str, page: usize| {
        Button::new(label, Verb::Details, approval_page(view.id, page)).spoken(format!("{label}: page {page}"))
    };
    let back = (at > 1).then(|| turn("Back", at - 1));
    let next = (!last).then(|| turn("Next", at + 1));
    let turns: Vec<Button> = back.into_iter().chain(next).collect();
    if !turns.is_empty() {
        parts.push(Part::Buttons(turns));
    }
    let target = approval_page(view.id, at);
    match last && open && (!view.fits() || view.typed.is_some()) {
        true => Form { verb: Verb::ApproveForm, ..approve(view, &target, &title, parts) },
        false => Form::page(Verb::Details, target, &title, parts),
    }
}

/// The form that a typed confirmation is given in; a card that shows everything opens it at *Approve*.
pub fn typed_form(view: &ApprovalView) -> Form {
    let line = vec![bold(visible_line(&view.title)), text(format!(" · asked by {}", view.requester.name))];
    let mut parts = vec![Part::Line(line)];
    parts.extend(view.rules.iter().map(|rule| Part::Line(rule.quoted())));
    approve(view, &view.id.to_string(), &format!("Approve {}", view.id), parts)
}

fn approve(view: &ApprovalView, subject: &str, title: &str, parts: Vec<Part>) -> Form {
    let typed = view.typed.iter().map(|word| Field {
        id: "typed".to_owned(),
        label: format!("Type {word} to approve this"),
        kind: FieldKind::Text { multiline: false, max: 40 },
        hint: Some("A rule wants your word in writing.".to_owned()),
        optional: false,
    });
    Form {
        submit: Some("Approve".to_owned()),
        fields: typed.collect(),
        ..Form::page(Verb::ApproveForm, subject, title, parts)
    }
}

/// The arguments, cut into pages; there is always one.
fn pages(view: &ApprovalView) -> Vec<Vec<Part>> {
    let (mut pages, mut page, mut used) = (Vec::new(), Vec::new(), 0);
    for (label, value) in &view.arguments {
        let value: Vec<char> = visible_line(value).chars().collect();
        let pieces = value.chunks(PIECE_CHARACTERS).map(|piece| piece.iter().collect::<String>());
        let pieces: Vec<String> = if value.is_empty() { vec![String::new()] } else { pieces.collect() };
        let many = pieces.len();
        for (n, piece) in pieces.into_iter().enumerate() {
            let length = piece.chars().count();
            if !page.is_empty() && (used + length > PAGE_CHARACTERS || page.len() >= PAGE_ARGUMENTS) {
                pages.push(std::mem::take(&mut page));
                used = 0;
            }
            used += length;
            let part = if many > 1 { format!(" ({} of {many})", n + 1) } else { String::new() };
            page.push(Part::Words { label: vec![bold(visible_line(label)), text(part)], text: piece });
        }
    }
    pages.push(page);
    pages
}

/// What stands below the arguments: rules, facts, the trail, and what approving binds.
fn end(view: &ApprovalView, trail: &[Happened]) -> Vec<Part> {
    let mut parts = vec![Part::Divider];
    parts.extend(view.edited.iter().map(|edited| Part::Line(edited_spans(edited))));
    parts.extend(view.rules.iter().map(|rule| Part::Line(rule.quoted())));
    parts.extend(view.facts.iter().map(|fact| Part::Line(fact_spans(fact))));
    for (at, what) in trail {
        parts.push(Part::Note(vec![day_and_clock(*at), text(format!(" · {}", visible_line(what)))]));
    }
    parts.push(Part::Note(vec![
        text(format!("{} · asked: {} · approving binds ", view.task, any_of(&view.asked))),
        Span::Code(view.digest.clone()),
    ]));
    parts
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::*;

    #[test]
    fn details_show_what_will_be_sent_whole() {
        let trail = [(at(10, 2), "Finn (Finance) asked Dana Ruiz or Omar Haddad".to_owned())];
        insta::assert_snapshot!(page(&approval(), &trail, 1, true).to_plain(), @r"
        = A-31 details =
        *Refund $450.00 to order ORD-1042* · A-31
        · Sent exactly like this to `billing.refund`:
        *amount_cents*
        | 45000
        *order_id*
        | ORD-1042
        ---
        “Refunds above $200 need approval from a finance manager.” `approvals.md:4`
        Paid $450.00 on 9 Nov · earlier refunds: none (billing, 10:02)
        · 20 Nov 10:02 · Finn (Finance) asked Dana Ruiz or Omar Haddad
        · T-17 · asked: Dana Ruiz or Omar Haddad · approving binds `sha256:9f2c`
        ");
    }

    #[test]
    fn what_is_too_long_for_a_card_is_approved_at_its_end_only() {
        let long = || {
            let mut view = approval();
            view.arguments.push(("text".to_owned(), "ab ".repeat(5_000)));
            view.typed = Some("A-31".to_owned());
            view
        };
        let view = long();
        assert!(!view.fits());
        let pages: Vec<Form> = (1..=3).map(|n| page(&view, &[], n, true)).collect();
        for (n, form) in (1..).zip(&pages) {
            assert_eq!(form.title, format!("A-31 · page {n} of 3"));
            assert_eq!(form.submit.is_some(), n == 3, "Approve stands at the end only");
        }
        let shown: String = pages.iter().flat_map(|form| &form.intro).fold(String::new(), |all, part| match part {
            Part::Words { label, text } if matches!(label.first(), Some(Span::Bold(label)) if label == "text") => {
                all + text
            }
            _ => all,
        });
        assert_eq!(shown, "ab ".repeat(5_000), "not a sign is left out");
        assert_eq!(page(&view, &[], 9, true).title, "A-31 · page 3 of 3");
        assert_eq!(page(&view, &[], 3, false).submit, None, "what is decided is only read");
        assert_eq!(page(&view, &[], 3, true).fields.len(), 1);
    }
}
