//! Work that nobody wrote a message for: what begins its thread, and what comes in later about the same matter.

use super::card::Card;
use super::compose::{bold, code, text};
use super::named::Cited;
use super::plain::{shorten, visible_line};

/// So much of a delivery is in its notification.
const NOTIFIED_CHARACTERS: usize = 120;

/// The first message of what a schedule starts.
pub fn scheduled(rule: &Cited) -> Card {
    Card::new(format!("Scheduled: {}", rule.text))
        .line([bold("Scheduled:"), text(format!(" {}", rule.text))])
        .note([code(format!("{}:{}", rule.file, rule.line))])
}

/// The first message of what a hook delivered; the words are whoever's sent it.
pub fn delivered(hook: &str, words: &str) -> Card {
    card(hook, "From", words)
}

/// A later delivery about the same matter, in its thread.
pub fn delivered_more(hook: &str, words: &str) -> Card {
    card(hook, "More from", words)
}

fn card(hook: &str, from: &str, words: &str) -> Card {
    let start = shorten(&visible_line(words), NOTIFIED_CHARACTERS);
    Card::new(format!("{from} {hook}: {start}")).words([bold(format!("{from} {hook}:"))], words)
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::cited as rule;
    use super::*;

    #[test]
    fn a_thread_begins_with_what_started_it() {
        let rule = rule("Every Monday at 8:30 the finance agent lists the payments.", "schedules.md", 13);
        insta::assert_snapshot!(scheduled(&rule).to_plain(), @r"
        *Scheduled:* Every Monday at 8:30 the finance agent lists the payments.
        · `schedules.md:13`
        ");
        insta::assert_snapshot!(delivered("billing", "Invoice *9* was disputed").to_plain(), @r"
        *From billing:*
        | Invoice *9* was disputed
        ");
        assert_eq!(delivered_more("billing", "paid").notification, "More from billing: paid");
    }
}
