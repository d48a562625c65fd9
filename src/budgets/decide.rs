//! May it be spent? Pure: the pots as they stand and what a call may cost at most go in, an answer comes out.

use super::{Pot, Standing, Then};

/// Whether a call may be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Its most is reserved in every pot.
    Spend,
    /// This pot (by its place in the list) has nothing left for it.
    Refuse { pot: usize },
}

/// The shares of a pot at which its owner is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Threshold {
    ThreeQuarters,
    NearlyAll,
    All,
}

impl Threshold {
    pub const EACH: [Self; 3] = [Self::ThreeQuarters, Self::NearlyAll, Self::All];

    pub fn percent(self) -> i64 {
        match self {
            Self::ThreeQuarters => 75,
            Self::NearlyAll => 95,
            Self::All => 100,
        }
    }
}

/// Whether a call that may cost `most` (in millionths of the pots' currency; `None` where it has no price at all) may be made.
///
/// It may where it fits, and where something is left and no other call is under way: so a small remainder is not lost, and a
/// pot is passed by one call at most. A call without any price may be made while something is left, since nobody can say what
/// it would take away. A pot that only warns refuses nothing.
pub fn may_spend(pots: &[(Pot, Standing)], most: Option<i64>) -> Answer {
    let refuses = |(pot, standing): &(Pot, Standing)| {
        let left = standing.limit(pot).saturating_sub(standing.used());
        let fits = most.is_none_or(|most| most <= left);
        pot.then != Then::Warn && (left <= 0 || !(fits || standing.open == 0))
    };
    match pots.iter().position(refuses) {
        Some(pot) => Answer::Refuse { pot },
        None => Answer::Spend,
    }
}

/// The highest threshold that was passed and that the owner was not told of.
pub fn crossed(pot: &Pot, standing: &Standing) -> Option<Threshold> {
    let percent = standing.percent(pot);
    let passed = Threshold::EACH.into_iter().rev().find(|threshold| percent >= threshold.percent());
    passed.filter(|threshold| threshold.percent() > standing.alerted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;
    use crate::money::{Currency, Money};

    fn pot(limit: i64, then: Then) -> Pot {
        let limit = Money::new(limit, Currency::new("USD"));
        let (key, positions) = ("agent:finn|week|USD".to_owned(), Vec::new());
        Pot { key, from: Timestamp(0), until: None, limit, then, positions, requester: None }
    }

    fn at(settled: i64, reserved: i64, open: i64) -> Standing {
        Standing { settled, reserved, open, ..Standing::default() }
    }

    #[test]
    fn what_fits_is_spent_and_what_is_gone_is_refused() {
        let ask = |standing: Standing, most| may_spend(&[(pot(100, Then::Pause), standing)], most);
        assert_eq!(ask(at(0, 0, 0), Some(100)), Answer::Spend);
        assert_eq!(ask(at(60, 30, 2), Some(10)), Answer::Spend);
        assert_eq!(ask(at(60, 30, 2), Some(11)), Answer::Refuse { pot: 0 }, "others are under way");
        assert_eq!(ask(at(90, 0, 0), Some(11)), Answer::Spend, "a remainder may be passed by one call");
        assert_eq!(ask(at(100, 0, 0), Some(0)), Answer::Refuse { pot: 0 });
        assert_eq!(ask(at(99, 0, 3), None), Answer::Spend, "something is left, and nobody knows what it costs");
        assert_eq!(ask(at(99, 1, 1), None), Answer::Refuse { pot: 0 });
        let granted = Standing { granted: 50, ..at(100, 0, 0) };
        assert_eq!(ask(granted, Some(50)), Answer::Spend);
    }

    #[test]
    fn every_pot_must_agree_and_one_that_warns_always_does() {
        let full = (pot(100, Then::Ask), at(0, 0, 0));
        let gone = (pot(10, Then::Pause), at(10, 0, 0));
        assert_eq!(may_spend(&[full.clone(), gone], Some(5)), Answer::Refuse { pot: 1 });
        let warns = (pot(10, Then::Warn), at(20, 0, 4));
        assert_eq!(may_spend(&[full, warns], Some(5)), Answer::Spend);
        assert_eq!(may_spend(&[], None), Answer::Spend);
    }

    #[test]
    fn each_threshold_is_told_once_and_only_the_highest() {
        let told = |settled, alerted| crossed(&pot(100, Then::Pause), &Standing { alerted, ..at(settled, 0, 0) });
        assert_eq!(told(74, 0), None);
        assert_eq!(told(75, 0), Some(Threshold::ThreeQuarters));
        assert_eq!(told(80, 75), None);
        assert_eq!(told(97, 0), Some(Threshold::NearlyAll));
        assert_eq!(told(130, 75), Some(Threshold::All));
        assert_eq!(told(130, 100), None);
    }
}
