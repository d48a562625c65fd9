//! Three-valued truth: what cannot be looked up is neither true nor false.
//!
//! The gate reads `Unknown` as met where a rule tightens (`approve`, `before`, `forbid`) and as not met where it loosens
//! (`allow`). Every operation here is monotone: learning a fact may turn `Unknown` into either answer, and never turns one
//! answer into the other. That is why a missing fact cannot open the gate.

/// Whether a condition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    Met,
    NotMet,
    Unknown,
}

impl Holds {
    pub fn of(known: bool) -> Self {
        if known { Self::Met } else { Self::NotMet }
    }

    /// `None` is what nobody told.
    pub fn of_known(known: Option<bool>) -> Self {
        known.map_or(Self::Unknown, Self::of)
    }

    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::NotMet, _) | (_, Self::NotMet) => Self::NotMet,
            (Self::Met, Self::Met) => Self::Met,
            (Self::Unknown, Self::Met | Self::Unknown) | (Self::Met, Self::Unknown) => Self::Unknown,
        }
    }

    #[must_use]
    pub fn or(self, other: Self) -> Self {
        self.negated().and(other.negated()).negated()
    }

    #[must_use]
    pub fn negated(self) -> Self {
        match self {
            Self::Met => Self::NotMet,
            Self::NotMet => Self::Met,
            Self::Unknown => Self::Unknown,
        }
    }

    /// All of them; of none, met.
    pub fn all(each: impl IntoIterator<Item = Self>) -> Self {
        each.into_iter().fold(Self::Met, Self::and)
    }

    /// Any of them; of none, not met.
    pub fn any(each: impl IntoIterator<Item = Self>) -> Self {
        each.into_iter().fold(Self::NotMet, Self::or)
    }

    /// As a tightening rule reads it.
    pub fn met_or_unknown(self) -> bool {
        self != Self::NotMet
    }

    /// As a loosening rule reads it.
    pub fn surely_met(self) -> bool {
        self == Self::Met
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_stays_unknown_unless_the_other_side_decides() {
        use Holds::{Met, NotMet, Unknown};
        assert_eq!(Unknown.and(NotMet), NotMet);
        assert_eq!(Unknown.and(Met), Unknown);
        assert_eq!(Unknown.or(Met), Met);
        assert_eq!(Unknown.or(NotMet), Unknown);
        assert_eq!(Unknown.negated(), Unknown);
        assert_eq!(Holds::all([]), Met);
        assert_eq!(Holds::any([]), NotMet);
    }

    #[test]
    fn learning_a_fact_never_turns_one_answer_into_the_other() {
        let every = [Holds::Met, Holds::NotMet, Holds::Unknown];
        for other in every {
            for learned in [Holds::Met, Holds::NotMet] {
                for join in [Holds::and, Holds::or] {
                    let before = join(Holds::Unknown, other);
                    assert!(before == Holds::Unknown || before == join(learned, other));
                }
            }
        }
    }
}
