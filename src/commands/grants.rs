//! `grants`: what people said yes to beforehand, what is left of it; `revoke G-3` ends one.

use serde::{Deserialize, Serialize};

use super::arguments::{bare, first_word, incomplete, strip_word};
use super::asked::{Asked, Intent, Query};
use super::spec::{Group, InMention, Spec};
use crate::clock::Timestamp;
use crate::ids::GrantId;
use crate::money::Money;
use crate::replies::card::Card;
use crate::replies::compose::{bold, day_and_clock, text};
use crate::replies::grants::GrantView;
use crate::replies::wording::counted;

pub const SPEC: Spec = Spec {
    name: "grants",
    aliases: &["standing-grants"],
    group: Group::Decide,
    usage: "grants",
    about: "List what was approved beforehand, by whom, and what is left of it",
    examples: &["grants", "grants revoke G-3"],
    read,
    mention: InMention::AloneOrId,
};

pub const REVOKE: Spec = Spec {
    name: "revoke",
    aliases: &["withdraw"],
    group: Group::Decide,
    usage: "revoke G-3",
    about: "End a standing grant; the next action like it asks again",
    examples: &["revoke G-3", "withdraw g-3"],
    read: read_revoke,
    mention: InMention::WithId,
};

fn read(rest: &str) -> Asked {
    if bare(rest.trim()).is_empty() {
        return Asked::Query(Query::Grants);
    }
    match strip_word(rest, "revoke") {
        Some(rest) => read_revoke(rest),
        None => incomplete(SPEC.name, "Write grants alone for the list, or revoke G-3 to end one."),
    }
}

fn read_revoke(rest: &str) -> Asked {
    match first_word(rest).0.parse::<GrantId>() {
        Ok(id) => Asked::Intent(Intent::RevokeGrant { id }),
        Err(_) => incomplete(REVOKE.name, "Write which one: revoke G-3. /workforce grants lists them."),
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantsAnswer {
    /// Those in force that the asker may see, their own first.
    pub active: Vec<GrantLine>,
    /// The newest of those that ended.
    pub ended: Vec<GrantLine>,
    pub as_of: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantLine {
    pub grant: GrantView,
    pub moved: Option<Money>,
    /// "used up", "revoked"; `None` while it is in force.
    pub ended: Option<String>,
    /// Whether the asker may revoke it.
    pub yours: bool,
}

/// So many of each kind are shown.
const MAX_LINES: usize = 10;

pub fn render(answer: &GrantsAnswer) -> Card {
    let count = counted(answer.active.len() as i64, "grant");
    let mut card = match answer.active.as_slice() {
        [] => Card::new("No standing grant is in force").line([bold("No standing grant is in force.")]),
        [..] => Card::new(format!("{count} in force")).line([bold(format!("{count} in force"))]),
    };
    for line in answer.active.iter().take(MAX_LINES) {
        let buttons = if line.yours { vec![line.grant.revoke_button()] } else { Vec::new() };
        card = card.line(spans(line)).buttons(buttons);
    }
    if let Some(rest) = answer.active.len().checked_sub(MAX_LINES).filter(|rest| *rest > 0) {
        card = card.note([text(format!("And {rest} more."))]);
    }
    if !answer.ended.is_empty() {
        card = card.line([bold("Ended")]);
    }
    for line in answer.ended.iter().take(MAX_LINES) {
        card = card.line(spans(line));
    }
    card.note([
        text("A grant opens nothing that its giver could not approve at that moment · "),
        day_and_clock(answer.as_of),
    ])
}

fn spans(line: &GrantLine) -> Vec<crate::replies::Span> {
    let used = line.grant.uses.saturating_sub(line.grant.left);
    let moved = line.moved.as_ref().filter(|_| used > 0).map(|sum| format!(", {sum} in all")).unwrap_or_default();
    let ended = line.ended.as_ref().map(|word| format!(" · {word}")).unwrap_or_default();
    let mut spans = vec![text("• ")];
    spans.extend(line.grant.spans());
    spans.push(text(format!(" · by {} · {used} used{moved}{ended}", line.grant.giver.name)));
    spans
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::*;
    use crate::money::Currency;
    use crate::replies::Who;

    #[test]
    fn what_is_left_is_told_and_only_ones_own_has_a_button() {
        let view = |id, left| GrantView {
            id: GrantId(id),
            giver: Who::new("Dana Ruiz", Some("U0DANA")),
            doer: Who::new("Finn (Finance)", None),
            tool: "billing.refund".into(),
            at_most: Some(Money::new(50_000_000, Currency::new("USD"))),
            only: vec![],
            uses: 20,
            left,
            until: at(24, 0),
        };
        let moved = |micros| Some(Money::new(micros, Currency::new("USD")));
        let line = |grant, moved, ended: Option<&str>, yours| GrantLine {
            grant,
            moved,
            ended: ended.map(str::to_owned),
            yours,
        };
        let answer = GrantsAnswer {
            active: vec![line(view(3, 18), moved(80_000_000), None, true), line(view(4, 20), moved(0), None, false)],
            ended: vec![line(view(1, 0), moved(700_000_000), Some("used up"), false)],
            as_of: at(10, 2),
        };
        insta::assert_snapshot!(render(&answer).to_plain(), @r"
        *2 grants in force*
        • *G-3*: the next 20 `billing.refund` by Finn (Finance), up to $50.00 each, until the end of 20 Nov · by Dana Ruiz · 2 used, $80.00 in all
        [Revoke G-3]
        • *G-4*: the next 20 `billing.refund` by Finn (Finance), up to $50.00 each, until the end of 20 Nov · by Dana Ruiz · 0 used
        *Ended*
        • *G-1*: the next 20 `billing.refund` by Finn (Finance), up to $50.00 each, until the end of 20 Nov · by Dana Ruiz · 20 used, $700.00 in all · used up
        · A grant opens nothing that its giver could not approve at that moment · 20 Nov 10:02
        ");
        let none = GrantsAnswer { active: vec![], ended: vec![], as_of: at(10, 2) };
        insta::assert_snapshot!(render(&none).to_plain(), @r"
        *No standing grant is in force.*
        · A grant opens nothing that its giver could not approve at that moment · 20 Nov 10:02
        ");
    }

    #[test]
    fn a_grant_is_revoked_by_its_number() {
        let revoke = |n| Asked::Intent(Intent::RevokeGrant { id: GrantId(n) });
        assert_eq!(read("revoke G-3"), revoke(3));
        assert_eq!(read_revoke("g-3, please"), revoke(3));
        for bad in ["", "A-3", "it"] {
            assert!(matches!(read_revoke(bad), Asked::Incomplete { .. }), "{bad}");
        }
    }
}
