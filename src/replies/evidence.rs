//! Why a sentence could ask less: people always said yes to this kind.

use crate::money::Money;

/// One line for whoever keeps the directives. `cases`: how many were approved up to the new limit.
pub fn why(cases: usize, tool: &str, from: &Money, to: &Money) -> String {
    format!(
        "{cases} like this ({tool}) were approved, none denied, none taken back, none failed. If up to {to} ran without \
         asking, instead of {from}, nobody would have been asked about these."
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    #[test]
    fn the_evidence_is_counted() {
        let usd = |dollars: i64| Money::new(dollars * 1_000_000, Currency::new("USD"));
        insta::assert_snapshot!(why(212, "billing.refund", &usd(200), &usd(300)), @"212 like this (billing.refund) were approved, none denied, none taken back, none failed. If up to $300.00 ran without asking, instead of $200.00, nobody would have been asked about these.");
    }
}
