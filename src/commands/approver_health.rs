//! `approvals health`: how somebody approves, for themselves; for those whom a sentence permits, everybody's in total.

use serde::{Deserialize, Serialize};

use crate::clock::{Span, Timestamp};
use crate::replies::Cited;
use crate::replies::card::Card;
use crate::replies::compose::{bold, code, day_and_clock, text};
use crate::replies::wording::{counted, length};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthAnswer {
    /// The sentence that turned it on; `None`: it is off, and nothing is told.
    pub rule: Option<Cited>,
    /// Of the asker; `None`: they decided nothing.
    pub yours: Option<HealthLine>,
    /// `None`: not for the asker.
    pub totals: Option<Totals>,
    pub days: i64,
    pub as_of: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Totals {
    Of {
        people: usize,
        line: HealthLine,
    },
    /// They would tell of single people.
    TooFew {
        least: usize,
    },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthLine {
    pub decided: u32,
    pub yes: u32,
    pub opened_details: u32,
    pub half_within: Span,
}

impl HealthLine {
    /// "12 decided, 11 of them yes (92%) · details opened for 3 · half of them within 40 seconds".
    fn sentence(&self) -> String {
        let percent = (u64::from(self.yes) * 200 + u64::from(self.decided)) / (u64::from(self.decided).max(1) * 2);
        format!(
            "{} decided, {} of them yes ({percent}%) · details opened for {} · half of them within {}",
            self.decided,
            self.yes,
            self.opened_details,
            length(Span::seconds(self.half_within.as_seconds()))
        )
    }
}

pub fn render(answer: &HealthAnswer) -> Card {
    let Some(rule) = &answer.rule else {
        return Card::new("Nobody looks at how people approve")
            .line([bold("Nobody looks at how people approve.")])
            .line([
                text(
                    "A sentence such as “Kim may see approver health.” turns it on: each approver then sees their own ",
                ),
                text("figures, and Kim sees everybody's in total."),
            ]);
    };
    let period = counted(answer.days, "day");
    let mut card = Card::new("How you approve").line([bold(format!("How you approve, over {period}"))]);
    card = match &answer.yours {
        Some(line) => card.line([text(line.sentence())]),
        None => card.line([text("You decided nothing.")]),
    };
    card = match &answer.totals {
        None => card,
        Some(Totals::Of { people, line }) => {
            card.line([bold(format!("{} together", counted(*people as i64, "approver")))]).line([text(line.sentence())])
        }
        Some(Totals::TooFew { least }) => {
            card.line([text(format!("Totals are told from {least} approvers on; fewer would tell of single people."))])
        }
    };
    card.note(
        [vec![text("Only you see your figures · ")], rule.quoted(), vec![text(" · "), day_and_clock(answer.as_of)]]
            .concat(),
    )
    .note([code("/workforce approvals health"), text(" tells this at any time.")])
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::*;

    #[test]
    fn ones_own_is_told_and_of_others_only_totals() {
        let line = |decided, yes| HealthLine { decided, yes, opened_details: 3, half_within: Span::seconds(40) };
        let rule = Cited { text: "Kim may see approver health.".into(), file: "approvals.md".into(), line: 31 };
        let answer = HealthAnswer {
            rule: Some(rule),
            yours: Some(line(12, 11)),
            totals: Some(Totals::Of { people: 4, line: line(80, 78) }),
            days: 7,
            as_of: at(10, 2),
        };
        insta::assert_snapshot!(render(&answer).to_plain(), @r"
        *How you approve, over 7 days*
        12 decided, 11 of them yes (92%) · details opened for 3 · half of them within 40 seconds
        *4 approvers together*
        80 decided, 78 of them yes (98%) · details opened for 3 · half of them within 40 seconds
        · Only you see your figures · “Kim may see approver health.” `approvals.md:31` · 20 Nov 10:02
        · `/workforce approvals health` tells this at any time.
        ");
        let few = HealthAnswer { yours: None, totals: Some(Totals::TooFew { least: 3 }), ..answer.clone() };
        insta::assert_snapshot!(render(&few).to_plain(), @r"
        *How you approve, over 7 days*
        You decided nothing.
        Totals are told from 3 approvers on; fewer would tell of single people.
        · Only you see your figures · “Kim may see approver health.” `approvals.md:31` · 20 Nov 10:02
        · `/workforce approvals health` tells this at any time.
        ");
        insta::assert_snapshot!(render(&HealthAnswer { rule: None, ..answer }).to_plain(), @r"
        *Nobody looks at how people approve.*
        A sentence such as “Kim may see approver health.” turns it on: each approver then sees their own figures, and Kim sees everybody's in total.
        ");
    }
}
