//! How approvers fare: how many, how fast, how often yes, and whether they looked at the details. A mirror for each of them,
//! never a ranking: nothing is kept for it and nothing is told unless a sentence permits somebody to see it.

use crate::clock::{Span, Timestamp};

/// The built-in tool whose permission turns it on: "Kim may see approver health."
pub const TOOL: &str = "workforce.see_approver_health";
/// Totals over fewer people than this would tell of one of them.
pub const FEWEST_PEOPLE: usize = 3;
/// So far back it looks.
pub const PERIOD: Span = Span::days(7);

/// One decision at a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// `U…`.
    pub user: String,
    pub yes: bool,
    pub asked: Timestamp,
    pub at: Timestamp,
    pub opened_details: bool,
}

/// Figures over some decisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Health {
    pub decided: u32,
    pub yes: u32,
    pub opened_details: u32,
    /// Half of them took no longer than this.
    pub half_within: Span,
}

/// `None` where nothing was decided: no figures are not figures of zero.
pub fn of<'a>(decisions: impl Iterator<Item = &'a Decided>) -> Option<Health> {
    let all: Vec<&Decided> = decisions.collect();
    let mut took: Vec<Span> = all.iter().map(|one| one.at.since(one.asked).max(Span::ZERO)).collect();
    took.sort_unstable();
    let half_within = *took.get(took.len().checked_sub(1)? / 2)?;
    let count = |is: fn(&Decided) -> bool| u32::try_from(all.iter().filter(|one| is(one)).count()).unwrap_or(u32::MAX);
    Some(Health {
        decided: count(|_| true),
        yes: count(|one| one.yes),
        opened_details: count(|one| one.opened_details),
        half_within,
    })
}

/// Over everybody, with how many they are; `None` where they are too few.
pub fn totals(decisions: &[Decided]) -> Option<(usize, Health)> {
    let mut people: Vec<&str> = decisions.iter().map(|one| one.user.as_str()).collect();
    people.sort_unstable();
    people.dedup();
    (people.len() >= FEWEST_PEOPLE).then(|| of(decisions.iter())).flatten().map(|health| (people.len(), health))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(user: &str, yes: bool, seconds: i64, opened_details: bool) -> Decided {
        Decided {
            user: user.to_owned(),
            yes,
            asked: Timestamp(0),
            at: Timestamp(0).plus(Span::seconds(seconds)),
            opened_details,
        }
    }

    #[test]
    fn nothing_decided_is_no_figure_and_few_people_are_no_total() {
        assert_eq!(of([].iter()), None);
        let two = [one("U1", true, 4, true), one("U2", true, 8, false), one("U1", false, 90, false)];
        assert_eq!(totals(&two), None);
        let own = of(two.iter().filter(|decided| decided.user == "U1"));
        let figures = Health { decided: 2, yes: 1, opened_details: 1, half_within: Span::seconds(4) };
        assert_eq!(own, Some(figures));
        let three = [two.as_slice(), &[one("U3", true, 12, true)]].concat();
        let figures = Health { decided: 4, yes: 3, opened_details: 2, half_within: Span::seconds(8) };
        assert_eq!(totals(&three), Some((3, figures)));
    }
}
