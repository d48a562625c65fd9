//! An edited set of directives: it is in force at once, or it would be looser and waits for somebody to agree.

use serde::{Deserialize, Serialize};

use super::card::{Button, Card, Span};
use super::compose::{bold, clock, code, day_and_clock, text};
use super::named::{Who, any_of};
use super::verb::Verb;
use super::wording::counted;
use crate::clock::Timestamp;
use crate::ids::ChangeId;

/// What is told of a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeView {
    pub id: ChangeId,
    /// Files that differ.
    pub changed: Vec<String>,
    /// Empty where nobody knows.
    pub edited_by: Vec<Who>,
    /// "12 go elsewhere, 3 would skip approval".
    pub effect: String,
    pub decisions: usize,
    /// Each way in which it is looser, with the line that says so.
    pub looser: Vec<(String, Option<String>)>,
    /// Everybody who may agree.
    pub may: Vec<Who>,
    /// Those who keep the files made the edit, so that somebody else is asked.
    pub second: bool,
    pub at: Timestamp,
}

/// So many ways are shown; `workforce directives accept` shows all.
const MAX_SHOWN: usize = 8;

/// To everybody who may agree.
pub fn held(view: &ChangeView) -> Card {
    let mut card = head(view, "would be looser and wait for your word");
    for (says, place) in view.looser.iter().take(MAX_SHOWN) {
        card = card.line(way(says, place.as_deref()));
    }
    if view.looser.len() > MAX_SHOWN {
        let more = view.looser.len() - MAX_SHOWN;
        card =
            card.line([text(format!("And {more} more: ")), code("workforce directives accept"), text(" shows all.")]);
    }
    let who = if view.may.is_empty() {
        "Nobody here may agree; whoever runs the program can.".to_owned()
    } else {
        let second = if view.second { ", since whoever keeps these files edited them" } else { "" };
        format!("{} may agree{second}.", any_of(&view.may))
    };
    card.line([bold("Until then the set before stays in force."), text(format!(" {who}"))]).buttons(buttons(view, true))
}

/// The card after *Not now*: it can still be taken.
pub fn declined(view: &ChangeView, by: &Who, at: Timestamp) -> Card {
    head(view, "stay out of force")
        .line([
            text(format!("{} left them out at ", by.name)),
            clock(at),
            text("; the set before stays in force. Edit the files back, or take them later."),
        ])
        .buttons(buttons(view, false))
}

/// The card once somebody agreed.
pub fn accepted(view: &ChangeView, by: &str, at: Timestamp) -> Card {
    head(view, "are in force").line([text(format!("{by} let them take effect at ")), clock(at), text(".")])
}

/// The card of a change that the files no longer make.
pub fn withdrawn(view: &ChangeView, at: Timestamp) -> Card {
    head(view, "are gone").line([
        text("The files say something else since "),
        clock(at),
        text("; nothing of it was in force."),
    ])
}

/// To the keeper: the set is in force, and nothing became looser.
pub fn at_once(view: &ChangeView, keeper: &Who) -> Card {
    head(view, "are in force").line([
        text("Nothing became looser, so they count since "),
        clock(view.at),
        text(format!(". {} keeps them.", keeper.name)),
    ])
}

/// Only the one who clicked sees it.
pub fn thanks(id: ChangeId, taken: bool) -> Card {
    Card::sentence(if taken {
        format!("{id} takes effect now; work that waits is judged by it again.")
    } else {
        format!("{id} stays out of force; nothing changed.")
    })
}

fn head(view: &ChangeView, what: &str) -> Card {
    let mut card = Card::new(format!("Edited directives {what} · {}", view.id))
        .line([bold(format!("Edited directives {what}")), text(format!(" · {}", view.id))]);
    let mut changed = vec![text("Changed: ")];
    for (n, file) in view.changed.iter().enumerate() {
        changed.extend((n > 0).then(|| text(", ")));
        changed.push(code(file));
    }
    if !view.edited_by.is_empty() {
        let names: Vec<&str> = view.edited_by.iter().map(|who| who.name.as_str()).collect();
        changed.push(text(format!(" · by {}", names.join(", "))));
    }
    card = card.line(changed);
    let effect = match view.decisions {
        0 => "Nothing was decided in the last 30 days that they could be tried on.".to_owned(),
        n => format!(
            "Of {} in the last 30 days, {}.",
            counted(i64::try_from(n).unwrap_or(i64::MAX), "decision"),
            view.effect
        ),
    };
    card.line([text(effect)])
}

fn way(says: &str, place: Option<&str>) -> Vec<Span> {
    let mut spans = vec![text(format!("• {says}"))];
    spans.extend(place.into_iter().flat_map(|place| [text(" "), code(place)]));
    spans
}

fn buttons(view: &ChangeView, both: bool) -> Vec<Button> {
    let id = view.id.to_string();
    let take = Button::new("Take effect", Verb::TakeEffect, id.clone()).primary();
    let leave = Button::new("Not now", Verb::LeaveOut, id.clone());
    let mut row = vec![take.spoken(format!("Let the edited directives take effect, {id}"))];
    row.extend(both.then(|| leave.spoken(format!("Leave the edited directives out, {id}"))));
    row
}

/// The digest of what is in force, for a list.
pub fn since(digest: &str, at: Timestamp) -> Vec<Span> {
    vec![code(digest), text(" since "), day_and_clock(at)]
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::*;

    fn view() -> ChangeView {
        ChangeView {
            id: ChangeId(4),
            changed: vec!["approvals.md".into(), "routing.md".into()],
            edited_by: vec![],
            effect: "3 would skip approval, 12 go elsewhere".into(),
            decisions: 412,
            looser: vec![("Runs without approval: “Refunds up to $500 run.”".into(), Some("approvals.md:7".into()))],
            may: vec![kim()],
            second: false,
            at: at(10, 9),
        }
    }

    #[test]
    fn the_keeper_hears_what_would_be_looser_and_what_stays() {
        insta::assert_snapshot!(held(&view()).to_plain(), @r"
        *Edited directives would be looser and wait for your word* · D-4
        Changed: `approvals.md`, `routing.md`
        Of 412 decisions in the last 30 days, 3 would skip approval, 12 go elsewhere.
        • Runs without approval: “Refunds up to $500 run.” `approvals.md:7`
        *Until then the set before stays in force.* Kim Osei may agree.
        [*Take effect*] [Not now]
        ");
        insta::assert_snapshot!(declined(&view(), &kim(), at(10, 12)).to_plain(), @r"
        *Edited directives stay out of force* · D-4
        Changed: `approvals.md`, `routing.md`
        Of 412 decisions in the last 30 days, 3 would skip approval, 12 go elsewhere.
        Kim Osei left them out at 10:12; the set before stays in force. Edit the files back, or take them later.
        [*Take effect*]
        ");
        insta::assert_snapshot!(accepted(&view(), "Kim Osei", at(10, 12)).to_plain(), @r"
        *Edited directives are in force* · D-4
        Changed: `approvals.md`, `routing.md`
        Of 412 decisions in the last 30 days, 3 would skip approval, 12 go elsewhere.
        Kim Osei let them take effect at 10:12.
        ");
        insta::assert_snapshot!(withdrawn(&view(), at(10, 12)).to_plain(), @r"
        *Edited directives are gone* · D-4
        Changed: `approvals.md`, `routing.md`
        Of 412 decisions in the last 30 days, 3 would skip approval, 12 go elsewhere.
        The files say something else since 10:12; nothing of it was in force.
        ");
        let strict = ChangeView { effect: "2 would wait for approval".into(), looser: vec![], decisions: 1, ..view() };
        insta::assert_snapshot!(at_once(&strict, &kim()).to_plain(), @r"
        *Edited directives are in force* · D-4
        Changed: `approvals.md`, `routing.md`
        Of 1 decision in the last 30 days, 2 would wait for approval.
        Nothing became looser, so they count since 10:09. Kim Osei keeps them.
        ");
        let nobody = ChangeView { may: vec![], looser: vec![("x".into(), None); 9], decisions: 0, ..view() };
        insta::assert_snapshot!(held(&nobody).to_plain(), @r"
        *Edited directives would be looser and wait for your word* · D-4
        Changed: `approvals.md`, `routing.md`
        Nothing was decided in the last 30 days that they could be tried on.
        • x
        • x
        • x
        • x
        • x
        • x
        • x
        • x
        And 1 more: `workforce directives accept` shows all.
        *Until then the set before stays in force.* Nobody here may agree; whoever runs the program can.
        [*Take effect*] [Not now]
        ");
    }
}
