//! To those who keep the house: problems in directives, a new set in force, work that failed for good, times of deafness.

use serde::{Deserialize, Serialize};

use super::card::{Button, Card};
use super::compose::{bold, clock, code, day_and_clock, text};
use super::named::Who;
use super::plain::visible_line;
use super::verb::Verb;
use super::wording::counted;
use crate::clock::{Span, Timestamp};
use crate::ids::InboxId;

/// A problem that keeps a set of directives from loading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileProblem {
    pub file: String,
    pub line: u32,
    /// Counted from 1, in characters.
    pub column: u32,
    /// The line as written.
    pub source: String,
    /// "no worker is called “fianance agent”".
    pub what: String,
    /// "did you mean finance-agent?"
    pub help: Option<String>,
}

/// What stays in force when an edited set does not load.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LastGood {
    /// There has never been one, so no work is handed on.
    Nothing,
    /// The set before; when it was loaded, where that is known.
    Kept { since: Option<Timestamp> },
}

/// What became of an edited set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadedSet {
    pub rules: u32,
    pub files: u32,
    pub warnings: u32,
    /// Files that differ from the set before, as paths; empty at the first load.
    pub changed: Vec<String>,
    pub digest: String,
    pub at: Timestamp,
}

/// A trigger that failed too often and waits for a human.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    pub letter: InboxId,
    /// "Ana's message in #support", "the click on A-31".
    pub what: String,
    /// Our permalink, where there is one.
    pub link: Option<String>,
    pub attempts: u32,
    /// Our sentence for people; the chain is in the log.
    pub why: String,
}

/// At most this many problems are shown in one message; `workforce check` lists all.
pub const MAX_PROBLEMS: usize = 10;

/// To the keeper: the edited set does not load; which line, what is wrong, how to mend it, what stays in force.
pub fn directives_broken(keeper: &Who, problems: &[FileProblem], last_good: LastGood) -> Card {
    let count = counted(problems.len() as i64, "error");
    let first = problems.first().map(|p| format!(" · {}:{}", p.file, p.line)).unwrap_or_default();
    let mut card = Card::new(format!("The edited directives do not load: {count}{first}"))
        .line([bold(format!("The edited directives do not load: {count}."))]);
    for problem in problems.iter().take(MAX_PROBLEMS) {
        let help = problem.help.as_ref().map(|help| format!("; {help}"));
        card = card
            .line([
                code(format!("{}:{}:{}", problem.file, problem.line, problem.column)),
                text(format!(" {}{}", problem.what.trim_end_matches('.'), help.unwrap_or_else(|| ".".to_owned()))),
            ])
            .words([], &visible_line(problem.source.trim()));
    }
    if problems.len() > MAX_PROBLEMS {
        card = card.line([
            text(format!("And {} more: ", problems.len() - MAX_PROBLEMS)),
            code("workforce check"),
            text(" lists all."),
        ]);
    }
    let mut force = match last_good {
        LastGood::Kept { since: Some(at) } => {
            vec![bold("The last good set stays in force"), text(" (loaded "), day_and_clock(at), text(")")]
        }
        LastGood::Kept { since: None } => vec![bold("The last good set stays in force")],
        LastGood::Nothing => vec![bold("No set is in force"), text(", so no work is handed on")],
    };
    force.push(text(format!(". {} keeps these files; the set loads by itself once they are mended.", keeper.name)));
    card.line(force)
}

/// To the keeper, in the place of the problems: the set is in force.
pub fn directives_loaded(keeper: &Who, set: &LoadedSet) -> Card {
    let warnings = match set.warnings {
        0 => String::new(),
        n => format!(" · {}", counted(i64::from(n), "warning")),
    };
    let size =
        format!("{} in {}{warnings}", counted(i64::from(set.rules), "rule"), counted(i64::from(set.files), "file"));
    let changed = match set.changed.as_slice() {
        [] => "First set of this company.".to_owned(),
        [..] => format!("Changed: {}.", set.changed.join(", ")),
    };
    Card::new(format!("New directives are in force: {size}"))
        .line([bold("New directives are in force"), text(" since "), clock(set.at), text(format!(": {size}."))])
        .line([text(format!("{changed} Work that waits is judged by them again. {} keeps them.", keeper.name))])
        .note([code(set.digest.clone())])
}

/// To the triage person: something could not be done after several attempts.
pub fn dead_letter(triage: &Who, letter: &DeadLetter) -> Card {
    let mut what = vec![bold("I gave up on something:"), text(format!(" {}", visible_line(&letter.what)))];
    if let Some(url) = &letter.link {
        what.extend([text(" · "), super::card::Span::Link { label: "open".to_owned(), url: url.clone() }]);
    }
    let id = letter.letter.to_string();
    Card::new(format!("I gave up on {}", letter.what))
        .line(what)
        .line([text(format!("{} failed. {}", counted(i64::from(letter.attempts), "attempt"), letter.why))])
        .line([text(format!("It stays undone until {} decides.", triage.name))])
        .buttons([
            Button::new("Try again", Verb::RetryFailed, id.clone())
                .primary()
                .spoken(format!("Try again: {}", letter.what)),
            Button::new("Drop it", Verb::DropFailed, id).spoken(format!("Drop: {}", letter.what)),
        ])
}

/// The dead letter, decided.
pub fn dead_letter_settled(letter: &DeadLetter, by: &Who, retried: bool, at: Timestamp) -> Card {
    let word = if retried { "is tried again" } else { "is dropped; nothing more happens" };
    Card::new(format!("{} {word}", letter.what)).line([
        text(format!("{} {word}. {} said so at ", visible_line(&letter.what), by.name)),
        clock(at),
        text("."),
    ])
}

/// To the requester's thread: the trigger failed for good.
pub fn gave_up_notice(triage: &Who) -> Card {
    Card::sentence(format!(
        "I could not do this after several attempts; nothing more runs by itself. {} has it now.",
        triage.name
    ))
}

/// Why nothing could be heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deaf {
    NoConnection,
    Down,
}

/// To the triage person: for a while nothing could be heard; this many requests were found when channels were read back.
pub fn was_deaf(triage: &Who, from: Timestamp, until: Timestamp, why: Deaf, found: usize) -> Card {
    let why = match why {
        Deaf::NoConnection => "no connection to Slack.",
        Deaf::Down => "I was not running.",
    };
    let back = match found {
        0 => "I read the channels back and found no request that I missed.".to_owned(),
        n => format!(
            "I read the channels back and found {}; work on them goes on now.",
            super::wording::counted(i64::try_from(n).unwrap_or(i64::MAX), "missed request")
        ),
    };
    Card::new(format!("I heard nothing for {}", super::wording::length(rounded(until.since(from)))))
        .line([
            bold("I heard nothing"),
            text(" from "),
            day_and_clock(from),
            text(" to "),
            day_and_clock(until),
            text(format!(" ({}): {why}", super::wording::length(rounded(until.since(from))))),
        ])
        .line([text(format!(
            "{back} Clicks and commands of that time are lost: {}, whoever made one must repeat it. Approvals and deadlines kept counting.",
            triage.short()
        ))])
}

/// To the triage person: Slack dropped events of ours.
pub fn rate_limited(triage: &Who, at: Timestamp) -> Card {
    Card::new("Slack drops events: too many in an hour")
        .line([
            bold("Slack drops events of ours"),
            text(" since "),
            clock(at),
            text(": more than 30,000 arrived within an hour."),
        ])
        .line([text(format!(
            "Messages may be missed until it stops. {}, take me out of busy channels that no directive names.",
            triage.short()
        ))])
}

/// To whole minutes once it is longer than one.
fn rounded(span: Span) -> Span {
    let minutes = span.as_seconds() / 60;
    if minutes > 0 { Span::minutes(minutes) } else { span }
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::*;

    fn problem() -> FileProblem {
        FileProblem {
            file: "approvals.md".into(),
            line: 9,
            column: 37,
            source: "Refunds above $200 need approval from a fianance manager.".into(),
            what: "no worker is called “fianance manager”".into(),
            help: Some("did you mean finance-manager?".into()),
        }
    }

    #[test]
    fn the_keeper_hears_which_line_and_how_to_mend_it() {
        insta::assert_snapshot!(directives_broken(&kim(), &[problem()], LastGood::Kept { since: Some(at(9, 0)) }).to_plain(), @r"
        *The edited directives do not load: 1 error.*
        `approvals.md:9:37` no worker is called “fianance manager”; did you mean finance-manager?
        | Refunds above $200 need approval from a fianance manager.
        *The last good set stays in force* (loaded 20 Nov 09:00). Kim Osei keeps these files; the set loads by itself once they are mended.
        ");
        insta::assert_snapshot!(directives_broken(&kim(), &vec![problem(); 12], LastGood::Nothing).to_plain().lines().rev().take(2).collect::<Vec<_>>().join("\n"), @r"
        *No set is in force*, so no work is handed on. Kim Osei keeps these files; the set loads by itself once they are mended.
        And 2 more: `workforce check` lists all.
        ");
        let set = LoadedSet {
            rules: 48,
            files: 12,
            warnings: 1,
            changed: vec!["approvals.md".into()],
            digest: "sha256:9f2c".into(),
            at: at(10, 9),
        };
        insta::assert_snapshot!(directives_loaded(&kim(), &set).to_plain(), @r"
        *New directives are in force* since 10:09: 48 rules in 12 files · 1 warning.
        Changed: approvals.md. Work that waits is judged by them again. Kim Osei keeps them.
        · `sha256:9f2c`
        ");
        insta::assert_snapshot!(directives_loaded(&kim(), &LoadedSet { changed: vec![], warnings: 0, ..set }).to_plain(), @r"
        *New directives are in force* since 10:09: 48 rules in 12 files.
        First set of this company. Work that waits is judged by them again. Kim Osei keeps them.
        · `sha256:9f2c`
        ");
    }

    #[test]
    fn what_failed_for_good_goes_to_a_human() {
        let letter = DeadLetter {
            letter: InboxId(4),
            what: "Ana's message in #support".into(),
            link: Some("https://acme.slack.example/archives/C0SUPPORT/p1".into()),
            attempts: 5,
            why: "The ledger could not be written.".into(),
        };
        insta::assert_snapshot!(dead_letter(&kim(), &letter).to_plain(), @r"
        *I gave up on something:* Ana's message in #support · open (https://acme.slack.example/archives/C0SUPPORT/p1)
        5 attempts failed. The ledger could not be written.
        It stays undone until Kim Osei decides.
        [*Try again*] [Drop it]
        ");
        insta::assert_snapshot!(dead_letter_settled(&letter, &kim(), true, at(10, 9)).to_plain(), @"Ana's message in #support is tried again. Kim Osei said so at 10:09.");
        insta::assert_snapshot!(dead_letter_settled(&letter, &kim(), false, at(10, 9)).to_plain(), @"Ana's message in #support is dropped; nothing more happens. Kim Osei said so at 10:09.");
        insta::assert_snapshot!(gave_up_notice(&kim()).to_plain(), @"I could not do this after several attempts; nothing more runs by itself. Kim Osei has it now.");
    }

    #[test]
    fn deafness_is_admitted() {
        insta::assert_snapshot!(was_deaf(&kim(), at(9, 0), at(9, 47), Deaf::NoConnection, 2).to_plain(), @r"
        *I heard nothing* from 20 Nov 09:00 to 20 Nov 09:47 (47 minutes): no connection to Slack.
        I read the channels back and found 2 missed requests; work on them goes on now. Clicks and commands of that time are lost: Kim, whoever made one must repeat it. Approvals and deadlines kept counting.
        ");
        assert!(was_deaf(&kim(), at(9, 0), at(9, 47), Deaf::Down, 0).to_plain().contains("found no request"));
        insta::assert_snapshot!(rate_limited(&kim(), at(9, 0)).to_plain(), @r"
        *Slack drops events of ours* since 09:00: more than 30,000 arrived within an hour.
        Messages may be missed until it stops. Kim, take me out of busy channels that no directive names.
        ");
    }
}
