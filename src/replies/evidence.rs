//! To whoever keeps the directives: people always say yes to this, and how a sentence could ask less. A patch, nothing more.

use serde::{Deserialize, Serialize};

use super::Cited;
use super::card::Card;
use super::compose::{bold, code, text};
use crate::money::Money;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposed {
    /// How many were approved up to the new limit.
    pub cases: usize,
    /// `billing.refund`.
    pub tool: String,
    pub rule: Cited,
    pub from: Money,
    pub to: Money,
    /// A unified diff.
    pub patch: String,
}

pub fn proposal(proposed: &Proposed) -> Card {
    let Proposed { cases, tool, rule, from, to, patch } = proposed;
    Card::new(format!("{cases} like this were approved, none denied: {}", rule.text))
        .line([
            bold(format!("{cases} like this, none denied, none taken back, none failed.")),
            text(" "),
            code(tool.clone()),
        ])
        .line(rule.quoted())
        .line([text(format!(
            "If up to {to} ran without asking, instead of {from}, nobody would have been asked about these. \
             Nothing changes by itself; you keep the file."
        ))])
        .words([text("The change, for `git apply -p1` in the directives' folder or by hand:".replace('`', ""))], patch)
}

#[cfg(test)]
mod tests {
    use super::super::fixtures::*;
    use super::*;
    use crate::money::Currency;

    #[test]
    fn the_keeper_gets_the_evidence_and_a_patch() {
        let usd = |dollars: i64| Money::new(dollars * 1_000_000, Currency::new("USD"));
        let proposed = Proposed {
            cases: 212,
            tool: "billing.refund".into(),
            rule: cited("Refunds above $200 need approval from a finance manager.", "approvals.md", 4),
            from: usd(200),
            to: usd(300),
            patch: "--- a/approvals.md\n+++ b/approvals.md\n@@ -4,1 +4,1 @@\n-Refunds above $200 …\n+Refunds above $300 …\n".into(),
        };
        insta::assert_snapshot!(proposal(&proposed).to_plain(), @r"
        *212 like this, none denied, none taken back, none failed.* `billing.refund`
        “Refunds above $200 need approval from a finance manager.” `approvals.md:4`
        If up to $300.00 ran without asking, instead of $200.00, nobody would have been asked about these. Nothing changes by itself; you keep the file.
        The change, for git apply -p1 in the directives' folder or by hand:
        | --- a/approvals.md
        | +++ b/approvals.md
        | @@ -4,1 +4,1 @@
        | -Refunds above $200 …
        | +Refunds above $300 …
        ");
    }
}
