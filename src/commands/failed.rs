//! `failed`: what the bot gave up on, for those who look after it.

use serde::{Deserialize, Serialize};

use super::arguments::{bare, incomplete};
use super::asked::{Asked, Query};
use super::spec::{Group, InMention, Spec};
use crate::clock::Timestamp;
use crate::ids::InboxId;
use crate::replies::card::{Button, Card};
use crate::replies::compose::{bold, day_and_clock, text};
use crate::replies::plain::{shorten, visible_line};
use crate::replies::verb::Verb;
use crate::replies::wording::counted;

pub const SPEC: Spec = Spec {
    name: "failed",
    aliases: &["dead-letters", "failures"],
    group: Group::Administer,
    usage: "failed",
    about: "List what I gave up on, to try again or to drop",
    examples: &["failed", "dead letters"],
    read,
    mention: InMention::AloneOrId,
};

fn read(rest: &str) -> Asked {
    if bare(rest.trim()).is_empty() {
        Asked::Query(Query::Failed)
    } else {
        incomplete(SPEC.name, "Write failed alone for the list.")
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedAnswer {
    /// What arrived and could not be worked on, the newest first.
    pub letters: Vec<Letter>,
    /// What could not be posted, the newest first.
    pub unposted: Vec<Unposted>,
    /// Each list holds at most so many.
    pub at_most: u32,
    pub as_of: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    pub id: InboxId,
    pub received: Timestamp,
    pub attempts: u32,
    /// As the last attempt failed.
    pub why: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unposted {
    /// "the card of A-31", "a message about T-17".
    pub what: String,
    pub queued: Timestamp,
    pub why: String,
}

/// Longer reasons are cut; the log has them whole.
const MAX_WHY_CHARS: usize = 160;

pub fn render(answer: &FailedAnswer) -> Card {
    let count = answer.letters.len() + answer.unposted.len();
    if count == 0 {
        return Card::new("Nothing failed")
            .line([bold("Nothing failed for good.")])
            .note([text("What arrived and what was posted · "), day_and_clock(answer.as_of)]);
    }
    let mut card = Card::new(format!("{} I gave up on", counted(count as i64, "thing")));
    if !answer.letters.is_empty() {
        card = card.line([bold("Arrived, and could not be worked on")]);
    }
    for letter in &answer.letters {
        let head = vec![
            text(format!("• #{} · ", letter.id)),
            day_and_clock(letter.received),
            text(format!(" · {}", counted(i64::from(letter.attempts), "attempt"))),
        ];
        let id = letter.id.to_string();
        card = card.line(head).words([], &shorten(&visible_line(&letter.why), MAX_WHY_CHARS)).buttons([
            Button::new("Try again", Verb::RetryFailed, id.clone()).spoken(format!("Try again: {id}")),
            Button::new("Drop it", Verb::DropFailed, id.clone()).spoken(format!("Drop: {id}")),
        ]);
    }
    if !answer.unposted.is_empty() {
        card = card.line([bold("Could not be posted, and will not be tried again")]);
    }
    for post in &answer.unposted {
        card = card
            .line([text(format!("• {} · ", post.what)), day_and_clock(post.queued)])
            .words([], &shorten(&visible_line(&post.why), MAX_WHY_CHARS));
    }
    card.note([
        text(format!("The newest {} of each · the log has the whole errors · ", answer.at_most)),
        day_and_clock(answer.as_of),
    ])
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::*;

    #[test]
    fn what_failed_can_be_tried_again_or_dropped() {
        let answer = FailedAnswer {
            letters: vec![Letter {
                id: InboxId(88),
                received: at(9, 0),
                attempts: 5,
                why: "a stored trigger cannot be read".into(),
            }],
            unposted: vec![Unposted {
                what: "the card of A-31".into(),
                queued: at(9, 1),
                why: "not_in_channel".into(),
            }],
            at_most: 10,
            as_of: at(10, 2),
        };
        insta::assert_snapshot!(render(&answer).to_plain(), @r"
        *Arrived, and could not be worked on*
        • #88 · 20 Nov 09:00 · 5 attempts
        | a stored trigger cannot be read
        [Try again] [Drop it]
        *Could not be posted, and will not be tried again*
        • the card of A-31 · 20 Nov 09:01
        | not_in_channel
        · The newest 10 of each · the log has the whole errors · 20 Nov 10:02
        ");
        let nothing = FailedAnswer { letters: vec![], unposted: vec![], ..answer };
        insta::assert_snapshot!(render(&nothing).to_plain(), @r"
        *Nothing failed for good.*
        · What arrived and what was posted · 20 Nov 10:02
        ");
    }
}
