//! The five things to try in the example company, as the page offers them.

use crate::roster::Roster;
use crate::sandbox::{Try, TryLine};

/// All that fit this company: in another one than the example the people or the sentences may be others.
pub(super) fn fitting(roster: &Roster, files: &std::collections::BTreeMap<String, String>) -> Vec<Try> {
    let fits = |line: &TryLine| match line {
        TryLine::Say { user, channel, .. } => {
            roster.people.contains_key(user) && roster.channels.values().any(|known| known.name == *channel)
        }
        TryLine::Edit { file, from, .. } => files.get(file).is_some_and(|text| text.contains(from)),
    };
    let mut tries = all();
    tries.retain(|one| one.lines.iter().all(fits));
    tries
}

fn all() -> Vec<Try> {
    let one = |title: &str, lines: &[TryLine], then: &str| Try {
        title: title.to_owned(),
        lines: lines.to_vec(),
        then: then.to_owned(),
    };
    vec![
        one(
            "A question that an agent answers",
            &[said("@workforce where is order ORD-1042?")],
            "Send it, and open the thread: the answer names the line that decided who takes it.",
        ),
        one(
            "Refunds under and over the limit",
            &[
                said("@workforce please refund ORD-1043, $40, it arrived broken"),
                said("@workforce please refund ORD-1042, $450, it arrived broken"),
            ],
            "$40 is refunded at once. $450 waits: act as Lee Park and approve it, and you are refused; as Dana Ruiz you are not.",
        ),
        one(
            "A question for a person",
            &[said("@workforce a customer mentions their lawyer, he says that we charged him twice")],
            "It goes to the legal desk. Act as Priya Nair and open your direct messages.",
        ),
        one("Who owns what", &[said("/workforce who-owns refunds")], "Only you see the answer; share it if you like."),
        one(
            "Another limit",
            &[TryLine::Edit { file: "approvals.md".to_owned(), from: "$200".to_owned(), to: "$30".to_owned() }],
            "Save it, and ask for the refund of $40 once more: now it waits for a finance manager.",
        ),
    ]
}

/// Ana Silva, support clerk, in #support.
fn said(text: &str) -> TryLine {
    TryLine::Say { user: "ana".to_owned(), channel: "support".to_owned(), text: text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directives::files::read_set;
    use crate::rehearsals::example;

    #[test]
    fn all_five_fit_the_example_company() {
        let files = example::files();
        let set = read_set(&files, chrono::NaiveDate::from_ymd_opt(2026, 9, 9).unwrap()).unwrap();
        assert_eq!(fitting(&set.roster, &files).len(), 5);
        let bare = std::collections::BTreeMap::new();
        assert_eq!(fitting(&set.roster, &bare).len(), 4, "without the file there is nothing to edit");
    }
}
