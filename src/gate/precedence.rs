//! Which rule wins, once it is known which rules fit.
//!
//! An `allow` is the exception to an `approve` only where it lies inside it, tools, workers and condition together; an
//! `approve` gives way to another only where that one lies inside it. A rule that fits only because something could not be
//! looked up never displaces another. What a role file says displaces nothing that the company's files say.

use super::containment::{Company, tools_inside};
use crate::directives::Reading;
use crate::directives::matching::holds::Holds;
use crate::directives::rule::{Allow, Approve, Condition, ToolPattern};
use crate::workers::WorkerRef;

/// An `approve` or `allow` that fits, and how surely.
pub(super) struct Fitting<'a, R> {
    pub reading: &'a Reading,
    pub rule: &'a R,
    pub holds: Holds,
}

impl<R> Clone for Fitting<'_, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Fitting<'_, R> {}

/// Tools, workers and condition of a rule: the cases that it speaks of.
#[derive(Clone, Copy)]
struct Region<'a> {
    tools: &'a [ToolPattern],
    who: &'a [WorkerRef],
    when: &'a Condition,
}

impl<'a> From<&'a Approve> for Region<'a> {
    fn from(rule: &'a Approve) -> Self {
        Self { tools: &rule.tools, who: &rule.who, when: &rule.when }
    }
}

impl<'a> From<&'a Allow> for Region<'a> {
    fn from(rule: &'a Allow) -> Self {
        Self { tools: &rule.tools, who: &rule.who, when: &rule.when }
    }
}

/// What is left of the approvals, and the allowances that count: those that made an exception, or met no approval at all.
pub(super) fn settle<'a>(
    company: &Company<'_>,
    approvals: &[Fitting<'a, Approve>],
    allowances: &[Fitting<'a, Allow>],
) -> (Vec<Fitting<'a, Approve>>, Vec<Fitting<'a, Allow>>) {
    let left: Vec<_> = approvals
        .iter()
        .filter(|approval| !allowances.iter().any(|allowed| excepts(company, allowed, approval)))
        .filter(|wide| !approvals.iter().any(|narrow| replaces(company, narrow, wide)))
        .copied()
        .collect();
    let allowed = allowances.iter().filter(|allowed| allowed.holds.surely_met()).copied().collect();
    (left, allowed)
}

fn excepts(company: &Company<'_>, allowed: &Fitting<'_, Allow>, approval: &Fitting<'_, Approve>) -> bool {
    allowed.holds.surely_met()
        && is_exception(company, (allowed.reading, allowed.rule), (approval.reading, approval.rule))
}

/// Whether an allowance puts an approval aside wherever it surely fits.
pub fn is_exception(
    company: &Company<'_>,
    (allowed, narrow): (&Reading, &Allow),
    (approval, wide): (&Reading, &Approve),
) -> bool {
    let (narrow, wide) = (Region::from(narrow), Region::from(wide));
    may_displace(allowed, approval) && within(company, &narrow, &wide) && !within(company, &wide, &narrow)
}

fn replaces(company: &Company<'_>, narrow: &Fitting<'_, Approve>, wide: &Fitting<'_, Approve>) -> bool {
    narrow.holds.surely_met() && is_closer(company, (narrow.reading, narrow.rule), (wide.reading, wide.rule))
}

/// Whether one approval stands in for another wherever both fit. Between two approvals only the call matters: where workers and
/// conditions are the same, the one that names its tools more closely is inside.
pub fn is_closer(company: &Company<'_>, (narrow, n): (&Reading, &Approve), (wide, w): (&Reading, &Approve)) -> bool {
    let (n, w) = (Region::from(n), Region::from(w));
    let there = cases_within(company, &n, &w);
    let back = cases_within(company, &w, &n);
    may_displace(narrow, wide)
        && there
        && (!back || (tools_inside(n.tools, w.tools) && !tools_inside(w.tools, n.tools)))
}

/// Only rules of the same standing displace each other: the company's among themselves, a role file's among themselves.
/// A role may tighten what the company says, so that both hold; it may not loosen it, so that the company's stays.
fn may_displace(narrow: &Reading, wide: &Reading) -> bool {
    narrow.role == wide.role
}

fn within(company: &Company<'_>, narrow: &Region<'_>, wide: &Region<'_>) -> bool {
    tools_inside(narrow.tools, wide.tools) && cases_within(company, narrow, wide)
}

fn cases_within(company: &Company<'_>, narrow: &Region<'_>, wide: &Region<'_>) -> bool {
    company.who_inside(narrow.who, wide.who) && company.inside(narrow.when, wide.when)
}
