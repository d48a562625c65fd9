//! What the text of a request itself tells of amounts and segments: all there is before anyone looked anything up.
//!
//! Here the world is closed: an amount that is not written is not there, so that "refunds over $500 go to Dana" leaves a
//! request without an amount to whoever takes refunds. The gate looks again, with the real arguments.

use crate::directives::matching::conditions::Measures;
use crate::directives::matching::holds::Holds;
use crate::directives::matching::words::{Terms, Words};
use crate::directives::rule::{AmountRange, Number, Times};
use crate::money::Money;

pub(super) struct Said<'a> {
    pub words: &'a Words,
    pub terms: &'a Terms,
    /// Every amount of money in the text.
    pub amounts: &'a [Money],
}

impl Measures for Said<'_> {
    fn amount(&self, range: &AmountRange) -> Holds {
        // A running total needs a record; one request has none.
        let single = range.per.is_none() && range.same.is_none();
        let fits = |said: &Money| said.currency.0.eq_ignore_ascii_case(&range.currency) && inside(said.micros, range);
        Holds::of(single && self.amounts.iter().any(fits))
    }

    fn times(&self, _: &Times) -> Holds {
        Holds::NotMet
    }

    fn segment(&self, name: &str) -> Holds {
        Holds::of(self.terms.expand(name).iter().any(|term| self.words.contain(term)))
    }
}

fn inside(micros: i64, range: &AmountRange) -> bool {
    let holds = |bound: Option<Number>, test: fn(i64, i64) -> bool| bound.is_none_or(|bound| test(micros, bound.0));
    holds(range.over, |a, b| a > b)
        && holds(range.at_least, |a, b| a >= b)
        && holds(range.under, |a, b| a < b)
        && holds(range.at_most, |a, b| a <= b)
}
