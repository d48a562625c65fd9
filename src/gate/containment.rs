//! Whether one condition lies inside another: the test that makes a rule the exception to another rule.
//!
//! It is a proof, not a guess: "inside" is only said where every slot of the wide condition follows from the narrow one. What
//! cannot be proven is "not inside", and then the stricter rule wins, or both hold.

use super::amounts::Interval;
use crate::directives::matching::people::reach;
use crate::directives::matching::words::{Terms, same_term};
use crate::directives::rule::{AmountRange, Condition, IsoDuration, Times, ToolPattern};
use crate::roster::Roster;
use crate::workers::WorkerRef;

/// What is needed to compare: who is in which team, and what the company's words mean.
#[derive(Debug, Clone, Copy)]
pub struct Company<'a> {
    pub roster: &'a Roster,
    pub terms: &'a Terms,
}

impl Company<'_> {
    /// Whether every case that `narrow` fits is a case that `wide` fits.
    pub fn inside(&self, narrow: &Condition, wide: &Condition) -> bool {
        let mut known = Vec::new();
        flatten(narrow, &mut known);
        self.follows(&known, wide)
    }

    /// Whether every worker that `narrow` binds is bound by `wide`.
    pub fn who_inside(&self, narrow: &[WorkerRef], wide: &[WorkerRef]) -> bool {
        who_inside(self.roster, narrow, wide)
    }

    /// `known` are the parts of one conjunction; each part of `wide` must follow from one of them.
    fn follows(&self, known: &[&Condition], wide: &Condition) -> bool {
        let by = |test: &dyn Fn(&Condition) -> bool| known.iter().any(|part| test(part));
        let words = |wide: &[String], pick: &dyn Fn(&Condition) -> &[String], same: &dyn Fn(&str, &str) -> bool| {
            wide.is_empty()
                || by(&|part| {
                    let narrow = pick(part);
                    !narrow.is_empty() && narrow.iter().all(|n| wide.iter().any(|w| same(n, w)))
                })
        };
        words(&wide.topics, &|part| &part.topics, &|n, w| self.terms.inside(n, w))
            && words(&wide.mentions, &|part| &part.mentions, &|n, w| n == w || (!quoted(w) && same_term(n, w)))
            && words(&wide.channels, &|part| &part.channels, &|n, w| {
                n.trim_start_matches('#').eq_ignore_ascii_case(w.trim_start_matches('#'))
            })
            && words(&wide.segments, &|part| &part.segments, &same_term)
            && (wide.from.is_empty() || by(&|part| !part.from.is_empty() && self.who_inside(&part.from, &wide.from)))
            && follows_equal(wide.source.as_ref(), &by, &|part| part.source.as_ref())
            && follows_equal(wide.priority.as_ref(), &by, &|part| part.priority.as_ref())
            && follows_equal(wide.hours.as_ref(), &by, &|part| part.hours.as_ref())
            && wide.amount.as_ref().is_none_or(|range| by(&|part| amount_inside(part.amount.as_ref(), range)))
            && wide.times.as_ref().is_none_or(|times| by(&|part| times_inside(part.times.as_ref(), times)))
            && longer(wide.unanswered_for.as_ref(), &by, &|part| part.unanswered_for.as_ref())
            && longer(wide.stuck_for.as_ref(), &by, &|part| part.stuck_for.as_ref())
            && wide.failed_times.is_none_or(|least| by(&|part| part.failed_times.is_some_and(|n| n >= least)))
            && (!wide.unsure || by(&|part| part.unsure))
            && wide.all.iter().all(|each| self.follows(known, each))
            && wide.unless.as_deref().is_none_or(|never| self.excluded(known, never))
    }

    /// Whether `never` cannot hold where all of `known` hold: one of them rules it out, or says "unless" of something wider.
    fn excluded(&self, known: &[&Condition], never: &Condition) -> bool {
        let mut parts = Vec::new();
        flatten(never, &mut parts);
        known.iter().any(|part| {
            parts.iter().any(|other| apart(part, other))
                || part.unless.as_deref().is_some_and(|wider| self.inside(never, wider))
        })
    }
}

/// Whether every worker that `narrow` binds is bound by `wide`; who is in which role and team is all that it takes to tell.
pub fn who_inside(roster: &Roster, narrow: &[WorkerRef], wide: &[WorkerRef]) -> bool {
    match (reach(roster, narrow), reach(roster, wide)) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(narrow), Some(wide)) => narrow.is_subset(&wide),
    }
}

/// Whether one tool pattern covers nothing that the other does not.
pub fn tools_inside(narrow: &[ToolPattern], wide: &[ToolPattern]) -> bool {
    narrow.iter().all(|n| {
        wide.iter().any(|w| {
            n == w || w.0.strip_suffix(".*").is_some_and(|server| n.0.split_once('.').is_some_and(|(s, _)| s == server))
        })
    })
}

fn flatten<'a>(condition: &'a Condition, parts: &mut Vec<&'a Condition>) {
    parts.push(condition);
    condition.all.iter().for_each(|each| flatten(each, parts));
}

fn quoted(phrase: &str) -> bool {
    phrase.trim().starts_with(['"', '“', '„', '«'])
}

type ByPart<'a> = dyn Fn(&dyn Fn(&Condition) -> bool) -> bool + 'a;

fn follows_equal<T: PartialEq>(wide: Option<&T>, by: &ByPart<'_>, pick: &dyn Fn(&Condition) -> Option<&T>) -> bool {
    wide.is_none_or(|wanted| by(&|part| pick(part) == Some(wanted)))
}

fn longer(wide: Option<&IsoDuration>, by: &ByPart<'_>, pick: &dyn Fn(&Condition) -> Option<&IsoDuration>) -> bool {
    wide.is_none_or(|least| {
        by(&|part| pick(part).and_then(|span| span.span()).zip(least.span()).is_some_and(|(n, least)| n >= least))
    })
}

fn same_measure(left: &AmountRange, right: &AmountRange) -> bool {
    let spans = (left.per.as_ref().map(|per| per.span()), right.per.as_ref().map(|per| per.span()));
    left.currency.eq_ignore_ascii_case(&right.currency) && spans.0 == spans.1 && left.same == right.same
}

fn amount_inside(narrow: Option<&AmountRange>, wide: &AmountRange) -> bool {
    narrow.is_some_and(|narrow| same_measure(narrow, wide) && Interval::of(narrow).inside(&Interval::of(wide)))
}

fn times_inside(narrow: Option<&Times>, wide: &Times) -> bool {
    narrow.is_some_and(|n| n.over >= wide.over && n.same == wide.same && n.per.span() == wide.per.span())
}

/// Whether two parts can never hold at once. Lists are any-of over things that may overlap, so that only amounts and the
/// slots of one value can prove it.
fn apart(left: &Condition, right: &Condition) -> bool {
    let amounts = left.amount.as_ref().zip(right.amount.as_ref());
    amounts.is_some_and(|(l, r)| same_measure(l, r) && Interval::of(l).apart(&Interval::of(r)))
        || differ(left.source.as_ref(), right.source.as_ref())
        || differ(left.priority.as_ref(), right.priority.as_ref())
        || differ(left.hours.as_ref(), right.hours.as_ref())
}

fn differ<T: PartialEq>(left: Option<&T>, right: Option<&T>) -> bool {
    left.zip(right).is_some_and(|(l, r)| l != r)
}
