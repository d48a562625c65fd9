//! `rule TEXT`: how a sentence would be read, where it would stand, and what it would have changed. Nothing is written.

use serde::{Deserialize, Serialize};

use super::arguments::incomplete;
use super::asked::{Asked, Query};
use super::spec::{Group, InMention, Spec};
use crate::replies::Verb;
use crate::replies::card::{Button, Card};
use crate::replies::compose::{bold, code, text};
use crate::replies::named::{Who, any_of};
use crate::replies::rule::{tried, ways};

pub const SPEC: Spec = Spec {
    name: "rule",
    aliases: &[],
    group: Group::Administer,
    usage: "rule TEXT",
    about: "Say how a sentence would be read as a rule, where it would stand, and what it would change; propose it",
    examples: &["rule refunds above $500 need approval from @kim"],
    read,
    // In a mention such a text is work.
    mention: InMention::WithId,
};

fn read(rest: &str) -> Asked {
    match rest.trim() {
        "" => incomplete(SPEC.name, "Write a sentence: rule refunds above $500 need approval from @kim."),
        words => Asked::Query(Query::Rule { text: words.to_owned() }),
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleAnswer {
    /// As it would be written.
    pub sentence: String,
    /// What it means, a rule a line.
    pub reading: Vec<String>,
    /// What is wrong or doubtful, and how to mend it.
    pub problems: Vec<(String, Option<String>)>,
    /// `None` where it cannot be read, or where the file with it would not hold.
    pub spot: Option<RuleSpot>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleSpot {
    pub file: String,
    /// The line that it would be, counted from 1.
    pub line: u32,
    pub diff: String,
    pub keepers: Vec<Who>,
    pub effect: String,
    pub decisions: usize,
    pub looser: Vec<(String, Option<String>)>,
}

pub fn render(answer: &RuleAnswer) -> Card {
    let mut card = Card::new(match &answer.spot {
        Some(spot) => format!("It would stand in {}:{}", spot.file, spot.line),
        None => "This cannot be a rule yet".to_owned(),
    });
    card = card.words([text("You wrote")], &answer.sentence);
    for reading in &answer.reading {
        card = card.line([text("It means: "), bold(reading)]);
    }
    for (what, help) in &answer.problems {
        let help = help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
        card = card.line([text(format!("• {}{help}", what.trim_end_matches('.')))]);
    }
    let Some(spot) = &answer.spot else {
        return card.line([bold("Nothing was written."), text(" Mend the sentence, and try it again.")]);
    };
    card = card.line([
        text("It would stand in "),
        code(format!("{}:{}", spot.file, spot.line)),
        text(format!(", kept by {}.", any_of(&spot.keepers))),
    ]);
    card = tried(card, &spot.effect, spot.decisions);
    card = ways(card, &spot.looser);
    card = card.words([text("As a patch: save it, then git apply --directory=directives FILE")], &spot.diff);
    card.line([bold("Nothing was written.")]).buttons([Button::new(
        "Propose",
        Verb::ProposeRule,
        answer.sentence.clone(),
    )
    .primary()
    .spoken(format!("Propose this sentence to whoever keeps {}", spot.file))])
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::*;

    #[test]
    fn the_reading_the_place_and_the_patch_are_shown() {
        let answer = RuleAnswer {
            sentence: "Refunds above $500 need approval from @kim.".into(),
            reading: vec!["Refunds need approval from @kim if the amount is over 500 USD.".into()],
            problems: vec![],
            spot: Some(RuleSpot {
                file: "approvals.md".into(),
                line: 9,
                diff: "--- a/approvals.md\n+++ b/approvals.md\n@@ -8,1 +8,2 @@\n old\n+new\n".into(),
                keepers: vec![who("Kim Osei")],
                effect: "2 would ask other people, or otherwise".into(),
                decisions: 412,
                looser: vec![("New among the approvers, Kim Osei".into(), Some("approvals.md:9".into()))],
            }),
        };
        insta::assert_snapshot!(render(&answer).to_plain(), @r"
        You wrote
        | Refunds above $500 need approval from @kim.
        It means: *Refunds need approval from @kim if the amount is over 500 USD.*
        It would stand in `approvals.md:9`, kept by Kim Osei.
        Of 412 decisions in the last 30 days, 2 would ask other people, or otherwise.
        *It would be looser:*
        • New among the approvers, Kim Osei `approvals.md:9`
        As a patch: save it, then git apply --directory=directives FILE
        | --- a/approvals.md
        | +++ b/approvals.md
        | @@ -8,1 +8,2 @@
        |  old
        | +new
        *Nothing was written.*
        [*Propose*]
        ");
        let unread = RuleAnswer {
            sentence: "Large refunds need approval.".into(),
            reading: vec![],
            problems: vec![("nobody knows what large is".into(), Some("write an amount".into()))],
            spot: None,
        };
        insta::assert_snapshot!(render(&unread).to_plain(), @r"
        You wrote
        | Large refunds need approval.
        • nobody knows what large is; write an amount
        *Nothing was written.* Mend the sentence, and try it again.
        ");
        assert!(matches!(read(" "), Asked::Incomplete { .. }));
    }
}
