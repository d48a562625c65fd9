//! A sentence that somebody wants to stand in the directives: shown to whoever keeps the file, taken in or left.

use serde::{Deserialize, Serialize};

use super::card::{Button, Card};
use super::compose::{bold, clock, code, text};
use super::named::{Who, any_of};
use super::verb::Verb;
use super::wording::counted;
use crate::clock::Timestamp;
use crate::ids::ProposalId;

/// What is told of a proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleView {
    pub id: ProposalId,
    pub sentence: String,
    pub by: Who,
    pub reading: Vec<String>,
    pub file: String,
    /// The line that it would be, counted from 1.
    pub line: u32,
    pub diff: String,
    pub effect: String,
    pub decisions: usize,
    pub looser: Vec<(String, Option<String>)>,
    /// Everybody who may agree.
    pub may: Vec<Who>,
    /// Whoever keeps the file proposes it, so that somebody else is asked.
    pub second: bool,
    /// The file changed since it was shown before.
    pub anew: bool,
    /// Why it is proposed, where nobody wrote it.
    pub because: Option<String>,
}

/// So many ways are shown.
const MAX_SHOWN: usize = 8;

/// To everybody who may agree.
pub fn asked(view: &RuleView) -> Card {
    let mut card = head(view, "Take this sentence into the directives?");
    if view.anew {
        card = card.line([text("The file changed since this was shown before; it is shown anew.")]);
    }
    for reading in &view.reading {
        card = card.line([text("It means: "), bold(reading)]);
    }
    card = ways(tried(card, &view.effect, view.decisions), &view.looser);
    card = card.words([text(if view.because.is_some() { "The change" } else { "The line" })], &view.diff);
    let id = view.id.to_string();
    let second = if view.second { ", since whoever keeps the file proposes it" } else { "" };
    card.line([bold("Nothing is written until then."), text(format!(" {} may agree{second}.", any_of(&view.may)))])
        .buttons([
            Button::new("Take it in", Verb::TakeIn, id.clone()).primary().spoken(format!("Take the sentence in, {id}")),
            Button::new("Not now", Verb::LeaveRule, id.clone()).spoken(format!("Leave the sentence out, {id}")),
        ])
}

/// The card once somebody decided.
pub fn decided(view: &RuleView, by: &Who, taken: bool, at: Timestamp) -> Card {
    let (title, does) = if taken {
        ("This sentence is taken in.", "took it in at ")
    } else {
        ("This sentence is left out.", "left it out at ")
    };
    let after = if taken { "; it is written now." } else { "; nothing was written." };
    head(view, title).line([text(format!("{} {does}", by.name)), clock(at), text(after)])
}

/// The card once the line stands in the file.
pub fn written(view: &RuleView, by: &Who, committed: &str, in_force: bool) -> Card {
    let force = if in_force {
        "It is in force."
    } else {
        "The files hold other edits too, so that it is in force once somebody lets those take effect."
    };
    head(view, "This sentence stands in the directives.")
        .line([text(format!("{} took it in. {committed} {force}", by.name))])
}

/// The card where the line could not be written.
pub fn not_written(view: &RuleView, why: &str) -> Card {
    head(view, "This sentence could not be written.")
        .line([text(format!("{}. Nothing changed; propose it again, or write it by hand.", why.trim_end_matches('.')))])
}

/// To the proposer, where the sentence cannot be shown to anybody.
pub fn refused(id: ProposalId, sentence: &str, why: &str) -> Card {
    Card::new(format!("{id} was not proposed"))
        .line([bold("Your sentence was not proposed"), text(format!(" · {id}"))])
        .words([text("You wrote")], sentence)
        .line([text(format!("{}. Nothing was written.", why.trim_end_matches('.')))])
}

/// Only the proposer sees it.
pub fn proposed(id: ProposalId) -> Card {
    Card::sentence(format!(
        "Proposed as {id}: it is tried on the last 30 days, then whoever keeps its file is asked. Nothing is written until they agree."
    ))
}

/// Only the proposer sees it: nothing was proposed.
pub fn too_many(open: i64) -> Card {
    Card::sentence(format!(
        "You have {} waiting already, so this one was not proposed. Ask their keepers to decide first.",
        counted(open, "proposal")
    ))
}

/// Only the one who clicked sees it.
pub fn thanks(id: ProposalId, taken: bool) -> Card {
    Card::sentence(if taken {
        format!("{id} is written now.")
    } else {
        format!("{id} is left out; nothing was written.")
    })
}

/// What a replay of the last weeks found.
pub fn tried(card: Card, effect: &str, decisions: usize) -> Card {
    card.line([text(match decisions {
        0 => "Nothing was decided in the last 30 days that it could be tried on.".to_owned(),
        n => format!("Of {} in the last 30 days, {effect}.", counted(i64::try_from(n).unwrap_or(i64::MAX), "decision")),
    })])
}

/// Each way in which something would be looser.
pub fn ways(mut card: Card, looser: &[(String, Option<String>)]) -> Card {
    if looser.is_empty() {
        return card;
    }
    card = card.line([bold("It would be looser:")]);
    for (says, place) in looser.iter().take(MAX_SHOWN) {
        let mut spans = vec![text(format!("• {says}"))];
        spans.extend(place.iter().flat_map(|place| [text(" "), code(place)]));
        card = card.line(spans);
    }
    if looser.len() > MAX_SHOWN {
        card = card.line([text(format!("And {} more.", looser.len() - MAX_SHOWN))]);
    }
    card
}

fn head(view: &RuleView, title: &str) -> Card {
    let card = Card::new(format!("{} · {} · {}", title.trim_end_matches(['.', '?']), view.sentence, view.id))
        .line([bold(title), text(format!(" · {}", view.id))]);
    let card = match &view.because {
        Some(why) => card.line([text(why)]).words([text("The sentence would be")], &view.sentence),
        None => card.words([text(format!("{} wrote", view.by.name))], &view.sentence),
    };
    card.line([text("Its place: "), code(format!("{}:{}", view.file, view.line))])
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::*;

    #[test]
    fn the_keeper_sees_line_reading_and_back_test_and_nothing_is_written_before() {
        let view = RuleView {
            id: ProposalId(3),
            sentence: "Refunds above $500 need approval from @kim.".into(),
            by: ana(),
            reading: vec!["Refunds need approval from @kim if the amount is over 500 USD.".into()],
            file: "approvals.md".into(),
            line: 9,
            diff: "--- a/approvals.md\n+++ b/approvals.md\n@@ -8,1 +8,2 @@\n old\n+new\n".into(),
            effect: "nothing would change".into(),
            decisions: 1,
            looser: vec![("New among the approvers".into(), Some("approvals.md:9".into()))],
            may: vec![kim()],
            second: false,
            anew: true,
            because: None,
        };
        insta::assert_snapshot!(asked(&view).to_plain(), @r"
        *Take this sentence into the directives?* · R-3
        Ana Silva wrote
        | Refunds above $500 need approval from @kim.
        Its place: `approvals.md:9`
        The file changed since this was shown before; it is shown anew.
        It means: *Refunds need approval from @kim if the amount is over 500 USD.*
        Of 1 decision in the last 30 days, nothing would change.
        *It would be looser:*
        • New among the approvers `approvals.md:9`
        The line
        | --- a/approvals.md
        | +++ b/approvals.md
        | @@ -8,1 +8,2 @@
        |  old
        | +new
        *Nothing is written until then.* Kim Osei may agree.
        [*Take it in*] [Not now]
        ");
        insta::assert_snapshot!(decided(&view, &kim(), true, at(10, 9)).to_plain(), @r"
        *This sentence is taken in.* · R-3
        Ana Silva wrote
        | Refunds above $500 need approval from @kim.
        Its place: `approvals.md:9`
        Kim Osei took it in at 10:09; it is written now.
        ");
        insta::assert_snapshot!(written(&view, &kim(), "Committed as 1a2b3c.", true).to_plain(), @r"
        *This sentence stands in the directives.* · R-3
        Ana Silva wrote
        | Refunds above $500 need approval from @kim.
        Its place: `approvals.md:9`
        Kim Osei took it in. Committed as 1a2b3c. It is in force.
        ");
        insta::assert_snapshot!(not_written(&view, "approvals.md changed meanwhile").to_plain(), @r"
        *This sentence could not be written.* · R-3
        Ana Silva wrote
        | Refunds above $500 need approval from @kim.
        Its place: `approvals.md:9`
        approvals.md changed meanwhile. Nothing changed; propose it again, or write it by hand.
        ");
        insta::assert_snapshot!(proposed(view.id).to_plain(), @r"Proposed as R-3: it is tried on the last 30 days, then whoever keeps its file is asked. Nothing is written until they agree.");
    }
}
