//! Standing grants: the form that gives one, what is said where one was used, and what its giver hears of its end.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::approval::ApprovalView;
use super::card::{Button, Card, Part, Span};
use super::compose::{bold, clock, code, day, text};
use super::form::{Field, FieldKind, Form};
use super::named::Who;
use super::plain::{shorten, visible_line};
use super::verb::Verb;
use super::wording::{counted, date};
use crate::clock::Timestamp;
use crate::ids::GrantId;
use crate::money::Money;

/// Characters of an argument that is held fixed.
const VALUE_CHARACTERS: usize = 60;
/// The choice of a form that holds nothing fixed.
pub const ANY: &str = "any";

/// A grant, as messages tell it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantView {
    pub id: GrantId,
    pub giver: Who,
    pub doer: Who,
    /// The tool's qualified name: `billing.refund`.
    pub tool: String,
    pub at_most: Option<Money>,
    /// What is held fixed: label and value.
    pub only: Vec<(String, String)>,
    pub uses: u32,
    pub left: u32,
    /// The first instant at which it is over.
    pub until: Timestamp,
}

/// What can be chosen on the form; the first of each is chosen when it opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choices {
    pub uses: Vec<u32>,
    pub amounts: Vec<Money>,
    /// Last days, inclusive.
    pub ends: Vec<NaiveDate>,
    pub today: NaiveDate,
    /// Name, label and value of arguments that may be held fixed.
    pub fields: Vec<(String, String, String)>,
}

/// Why a grant ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantEnd {
    UsedUp,
    Over,
    Revoked {
        by: Who,
    },
    /// A whole sentence of ours.
    Void {
        why: String,
    },
}

impl GrantView {
    /// "G-3: the next 20 `billing.refund` by Finn (Finance), up to $50.00 each, until 27 Nov".
    pub fn spans(&self) -> Vec<Span> {
        let uses = if self.uses == 1 { "the next".to_owned() } else { format!("the next {}", self.uses) };
        let mut spans = vec![bold(self.id.to_string()), text(format!(": {uses} ")), code(self.tool.clone())];
        spans.push(text(format!(" by {}{}, until the end of ", self.doer.name, self.bounds())));
        spans.push(day(self.last_moment()));
        spans
    }

    /// ", up to $50.00 each, only order ORD-1042".
    fn bounds(&self) -> String {
        let amount = self.at_most.as_ref().map(|most| format!(", up to {most} each")).unwrap_or_default();
        let fixed = self.only.iter().map(|(label, value)| {
            format!(", only {} {}", visible_line(label), shorten(&visible_line(value), VALUE_CHARACTERS))
        });
        std::iter::once(amount).chain(fixed).collect()
    }

    /// The last instant of the last day.
    fn last_moment(&self) -> Timestamp {
        self.until.minus(crate::clock::Span::seconds(1))
    }

    pub fn revoke_button(&self) -> Button {
        Button::new(format!("Revoke {}", self.id), Verb::RevokeGrant, self.id.to_string()).asks(
            "Revoke this grant?",
            "The next action like these asks again. What has started is not called back.",
            "Revoke",
        )
    }
}

/// The form behind *Approve, and the next like this…*.
pub fn form(view: &ApprovalView, choices: &Choices) -> Form {
    let choice = |id: &str, label: &str, options: Vec<(String, String)>, hint: Option<String>| Field {
        id: id.to_owned(),
        label: label.to_owned(),
        kind: FieldKind::Choice(options),
        hint,
        optional: false,
    };
    let uses = choices.uses.iter().map(|n| (n.to_string(), format!("the next {n}"))).collect();
    let ends = choices.ends.iter().map(|end| (end.to_string(), last_day(*end, choices.today))).collect();
    let mut fields = vec![choice("uses", "How many", uses, None)];
    if !choices.amounts.is_empty() {
        let amounts = choices.amounts.iter().map(|most| {
            let value = format!("{} {}", most.micros, most.currency.0);
            (value, format!("up to {most} each"))
        });
        fields.push(choice("amount", "How much", amounts.collect(), None));
    }
    fields.push(choice("until", "How long", ends, None));
    if !choices.fields.is_empty() {
        let mut only = vec![(ANY.to_owned(), "Whatever they are about".to_owned())];
        only.extend(choices.fields.iter().map(|(name, label, value)| {
            let value = shorten(&visible_line(value), VALUE_CHARACTERS);
            (name.clone(), format!("Only {} {value}", visible_line(label)))
        }));
        fields.push(choice("only", "Which ones", only, None));
    }
    Form {
        verb: Verb::ApproveNextForm,
        subject: view.id.to_string(),
        title: "Approve, and the next".to_owned(),
        submit: Some("Approve and grant".to_owned()),
        intro: vec![
            Part::Line(vec![bold(visible_line(&view.title)), text(format!(" · {}", view.id))]),
            Part::Line(vec![
                text(format!("Approves this now, and what {} does next with ", view.doer.name)),
                code(view.tool.clone()),
                text(" as far as you could approve it yourself then. You can revoke it at any time."),
            ]),
        ],
        fields,
    }
}

fn last_day(end: NaiveDate, today: NaiveDate) -> String {
    match end.signed_duration_since(today).num_days() {
        0 => "today".to_owned(),
        1 => "until tomorrow".to_owned(),
        _ => format!("until {} {}", end.format("%A"), date(end, today.year())),
    }
}

/// Only for the giver: it counts from now.
pub fn given(view: &ApprovalView, grant: &GrantView) -> Card {
    Card::new(format!("Approved: {} · {} given", visible_line(&view.title), grant.id))
        .line([text(format!("Approved: {} · {}. You also granted:", visible_line(&view.title), view.id))])
        .line(grant.spans())
        .line([text("Each is told in its thread. "), code("/workforce grants"), text(" lists what you gave.")])
        .buttons([grant.revoke_button()])
}

/// On the card of an action that ran under a grant; `n` is which use it was, from 1.
pub fn ran_under(card: Card, grant: &GrantView, n: u32) -> Card {
    let left = grant.uses.saturating_sub(n);
    card.note([
        text(format!("{} said yes beforehand, by {} · {left} left, until the end of ", grant.giver.name, grant.id)),
        day(grant.last_moment()),
    ])
}

/// Only for the one who revoked it.
pub fn revoked(grant: &GrantView) -> Card {
    Card::sentence(format!(
        "{} is revoked; {} of {} were used. The next such action asks again.",
        grant.id,
        grant.uses - grant.left.min(grant.uses),
        grant.uses
    ))
}

/// Only for somebody who revokes what has ended.
pub fn ended_already(grant: &GrantView) -> Card {
    Card::sentence(format!("{} had ended already; nothing changed.", grant.id))
}

/// To its giver: it has ended, and what it did.
pub fn ended(grant: &GrantView, end: &GrantEnd, moved: Option<&Money>, at: Timestamp) -> Card {
    let used = grant.uses - grant.left.min(grant.uses);
    let why = match end {
        GrantEnd::UsedUp => "It is used up.".to_owned(),
        GrantEnd::Over => "Its time is over.".to_owned(),
        GrantEnd::Revoked { by } => format!("{} revoked it.", by.name),
        GrantEnd::Void { why } => why.clone(),
    };
    let moved = moved.map(|sum| format!(", {sum} in all")).unwrap_or_default();
    Card::new(format!("{} has ended: {why}", grant.id))
        .line([bold(format!("{} has ended.", grant.id)), text(format!(" {why} · ")), clock(at)])
        .line(grant.spans())
        .line([text(format!(
            "{} ran under it{moved}. The next one asks again; you can grant more from its card.",
            counted(i64::from(used), "action")
        ))])
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::*;
    use crate::money::Currency;

    fn grant() -> GrantView {
        GrantView {
            id: GrantId(3),
            giver: dana(),
            doer: finn(),
            tool: "billing.refund".into(),
            at_most: Some(Money::new(50_000_000, Currency::new("USD"))),
            only: vec![],
            uses: 20,
            left: 19,
            until: at(24, 0),
        }
    }

    #[test]
    fn the_form_begins_with_what_is_nearest_to_this_action() {
        let day = |d| NaiveDate::from_ymd_opt(2026, 11, d).unwrap();
        let choices = Choices {
            uses: vec![5, 10, 20],
            amounts: vec![Money::new(450_000_000, Currency::new("USD")), Money::new(500_000_000, Currency::new("USD"))],
            ends: vec![day(20), day(21), day(27)],
            today: day(20),
            fields: vec![("order_id".into(), "order".into(), "ORD-1042".into())],
        };
        insta::assert_snapshot!(form(&approval(), &choices).to_plain(), @r"
        = Approve, and the next =
        *Refund $450.00 to order ORD-1042* · A-31
        Approves this now, and what Finn (Finance) does next with `billing.refund` as far as you could approve it yourself then. You can revoke it at any time.
        How many: the next 5 / the next 10 / the next 20
        How much: up to $450.00 each / up to $500.00 each
        How long: today / until tomorrow / until Friday 27 Nov
        Which ones: Whatever they are about / Only order ORD-1042
        [Approve and grant]
        ");
    }

    #[test]
    fn a_grant_says_for_what_it_is_good_and_what_became_of_it() {
        insta::assert_snapshot!(given(&approval(), &grant()).to_plain(), @r"
        Approved: Refund $450.00 to order ORD-1042 · A-31. You also granted:
        *G-3*: the next 20 `billing.refund` by Finn (Finance), up to $50.00 each, until the end of 20 Nov
        Each is told in its thread. `/workforce grants` lists what you gave.
        [Revoke G-3]
        ");
        let only = GrantView { only: vec![("order".into(), "ORD-1042".into())], uses: 1, left: 1, ..grant() };
        insta::assert_snapshot!(Card::new("").line(only.spans()).to_plain(), @"*G-3*: the next `billing.refund` by Finn (Finance), up to $50.00 each, only order ORD-1042, until the end of 20 Nov");
        insta::assert_snapshot!(ran_under(Card::sentence("Refunded."), &grant(), 1).to_plain(), @r"
        Refunded.
        · Dana Ruiz said yes beforehand, by G-3 · 19 left, until the end of 20 Nov
        ");
        insta::assert_snapshot!(revoked(&grant()).to_plain(), @"G-3 is revoked; 1 of 20 were used. The next such action asks again.");
        let moved = Money::new(812_000_000, Currency::new("USD"));
        insta::assert_snapshot!(ended(&GrantView { left: 0, ..grant() }, &GrantEnd::UsedUp, Some(&moved), at(10, 2)).to_plain(), @r"
        *G-3 has ended.* It is used up. · 10:02
        *G-3*: the next 20 `billing.refund` by Finn (Finance), up to $50.00 each, until the end of 20 Nov
        20 actions ran under it, $812.00 in all. The next one asks again; you can grant more from its card.
        ");
        insta::assert_snapshot!(ended(&grant(), &GrantEnd::Void { why: "The tool changed.".into() }, None, at(10, 2)).to_plain(), @r"
        *G-3 has ended.* The tool changed. · 10:02
        *G-3*: the next 20 `billing.refund` by Finn (Finance), up to $50.00 each, until the end of 20 Nov
        1 action ran under it. The next one asks again; you can grant more from its card.
        ");
    }
}
