//! What the same people did before: the figures that running totals are made of.

use std::collections::BTreeSet;

use super::amounts::{Interval, amount_of};
use super::{Proposal, whose};
use crate::catalogue::ToolName;
use crate::clock::{Span, Timestamp};
use crate::directives::Directives;
use crate::directives::matching::holds::Holds;
use crate::directives::rule::{AmountRange, Condition, IsoDuration, Same, Times, ToolPattern};
use crate::money::Money;

/// One action of the past that counts: it ran, may have run, or is allowed to run. The action that is judged is not among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    pub tool: ToolName,
    /// As the gate names them: [`super::Whose`].
    pub requester: Option<String>,
    pub worker: Option<String>,
    pub customer: Option<String>,
    pub target: Option<String>,
    pub amount: Option<Money>,
    pub at: Timestamp,
}

/// Past actions, at least as far back as the longest period that a rule names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum History {
    Known(Vec<Past>),
    /// Nobody looked. Whatever a total would decide is unknown.
    Unknown,
}

/// Whose actions are added up with the one that is judged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Whose {
    pub requester: Option<String>,
    pub worker: Option<String>,
    pub customer: Option<String>,
    pub target: Option<String>,
}

impl Whose {
    fn of(&self, same: Same) -> Option<&str> {
        match same {
            Same::Requester => self.requester.as_deref(),
            Same::Worker => self.worker.as_deref(),
            Same::Customer => self.customer.as_deref(),
            Same::Target => self.target.as_deref(),
        }
    }
}

impl Past {
    /// What counts of a call that was planned at `at`.
    pub fn of(proposal: &Proposal, directives: &Directives, at: Timestamp) -> Self {
        let whose = whose(proposal);
        Self {
            tool: proposal.tool.clone(),
            requester: whose.requester,
            worker: whose.worker,
            customer: whose.customer,
            target: whose.target,
            amount: amount_of(directives, &proposal.tool, &proposal.arguments).ok().flatten(),
            at,
        }
    }

    fn same(&self, same: Same) -> Option<&str> {
        match same {
            Same::Requester => self.requester.as_deref(),
            Same::Worker => self.worker.as_deref(),
            Same::Customer => self.customer.as_deref(),
            Same::Target => self.target.as_deref(),
        }
    }
}

/// A window of the past for one rule.
pub(super) struct Window<'a> {
    pub history: &'a History,
    pub tools: &'a [ToolPattern],
    pub whose: &'a Whose,
    pub now: Timestamp,
}

impl Window<'_> {
    /// Whether the running total, this amount included, lies in the range. Who cannot be told apart may count, or not.
    pub(super) fn total(&self, range: &AmountRange, amount: Option<&Money>) -> Holds {
        let Some(this) = amount.filter(|money| money.currency.0.eq_ignore_ascii_case(&range.currency)) else {
            return Holds::Unknown;
        };
        let History::Known(past) = self.history else { return between(this.micros, i64::MAX, range) };
        let Some(span) = range.per.as_ref().and_then(|per| per.span()) else { return Holds::Unknown };
        let (mut low, mut high) = (this.micros, this.micros);
        for entry in past.iter().filter(|entry| self.counts(entry, self.now.minus(span))) {
            let same = self.is_same(entry, range.same);
            let known = entry.amount.as_ref().filter(|money| money.currency == this.currency);
            match (same, known) {
                (Holds::NotMet, _) => {}
                (Holds::Met, Some(money)) => {
                    low = low.saturating_add(money.micros.max(0));
                    high = high.saturating_add(money.micros.max(0));
                }
                (Holds::Unknown, Some(money)) => high = high.saturating_add(money.micros.max(0)),
                (Holds::Met | Holds::Unknown, None) => high = i64::MAX,
            }
        }
        between(low, high, range)
    }

    /// Whether it happened more often than that, this time included.
    pub(super) fn often(&self, times: &Times) -> Holds {
        let over = usize::try_from(times.over).unwrap_or(usize::MAX);
        let History::Known(past) = self.history else {
            return if over == 0 { Holds::Met } else { Holds::Unknown };
        };
        let Some(span) = times.per.span() else { return Holds::Unknown };
        let same = past
            .iter()
            .filter(|entry| self.counts(entry, self.now.minus(span)))
            .map(|entry| self.is_same(entry, times.same));
        let (mut sure, mut possible) = (1_usize, 1_usize);
        for holds in same {
            sure += usize::from(holds.surely_met());
            possible += usize::from(holds.met_or_unknown());
        }
        match (sure > over, possible > over) {
            (true, _) => Holds::Met,
            (false, true) => Holds::Unknown,
            (false, false) => Holds::NotMet,
        }
    }

    fn counts(&self, entry: &Past, since: Timestamp) -> bool {
        entry.at >= since && self.tools.iter().any(|pattern| pattern.covers(&entry.tool))
    }

    fn is_same(&self, entry: &Past, same: Option<Same>) -> Holds {
        let Some(same) = same else { return Holds::Met };
        match (self.whose.of(same), entry.same(same)) {
            (Some(this), Some(that)) => Holds::of(this == that),
            (None, _) | (_, None) => Holds::Unknown,
        }
    }
}

/// How far back policies in Rego are told what happened: no sentence says which period they add up.
const POLICY_HISTORY: Span = Span::days(30);

/// The longest period of any running total in force.
pub fn longest_period(directives: &Directives) -> Option<Span> {
    let mut periods = BTreeSet::new();
    if !directives.policies.is_empty() {
        periods.insert(POLICY_HISTORY);
    }
    for reading in &directives.readings {
        let Some(gate) = reading.rule.gate() else { continue };
        collect_periods(gate.when, &mut periods);
    }
    periods.last().copied()
}

fn collect_periods(when: &Condition, periods: &mut BTreeSet<Span>) {
    let amount = when.amount.as_ref().and_then(|range| range.per.as_ref());
    let times = when.times.as_ref().map(|times| &times.per);
    periods.extend(amount.into_iter().chain(times).filter_map(IsoDuration::span));
    for inner in when.all.iter().chain(when.unless.as_deref()) {
        collect_periods(inner, periods);
    }
}

fn between(low: i64, high: i64, range: &AmountRange) -> Holds {
    let (total, wanted) = (Interval { low, high }, Interval::of(range));
    if total.inside(&wanted) {
        Holds::Met
    } else if total.apart(&wanted) {
        Holds::NotMet
    } else {
        Holds::Unknown
    }
}
