//! The decision: escalations over routes, rules over likeness, and the triage person when none of them knows.

use super::precedence::Rank;
use super::router::{Likeness, Router};
use super::rules::{Fitting, RuleIndex};
use super::said::Said;
use super::targets::who_takes;
use super::{Cause, Request, Routing, Settled};
use crate::clock::Timestamp;
use crate::directives::matching::conditions::{self, Scope, Sender};
use crate::directives::matching::people::binds;
use crate::directives::matching::words::Words;
use crate::directives::rule::{Condition, Priority, Rule};
use crate::directives::{Directives, Reading};
use crate::money::Money;
use crate::workers::WorkerRef;

/// Who should take `request` at `now`, and why. Pure: the same values give the same answer bit for bit.
///
/// `router` must have been built from the same `directives`; one of another set still routes, only slower.
pub fn route(request: &Request, directives: &Directives, router: &Router, now: Timestamp) -> Routing {
    let rules = &router.rules_for(directives);
    let mut desk = Desk::of(request, directives, rules, now);
    let could_fit = rules.that_could_fit(directives, &desk.words);
    let urgency = desk.urgency(&could_fit);
    desk.priority = Some(urgency.map_or(Priority::Normal, |(priority, _)| priority));
    let likeness = router.likeness(&request.text);
    desk.decide(&could_fit, likeness)
}

/// Whether a condition surely holds for a request as it comes in; for playbooks and for chains of escalation.
pub fn fits(when: &Condition, request: &Request, directives: &Directives, router: &Router, now: Timestamp) -> bool {
    let rules = &router.rules_for(directives);
    Desk::of(request, directives, rules, now).fits(when, None)
}

/// The same for work that has a priority.
pub fn fits_as(
    when: &Condition,
    request: &Request,
    directives: &Directives,
    router: &Router,
    now: Timestamp,
    priority: Priority,
) -> bool {
    let rules = &router.rules_for(directives);
    Desk { priority: Some(priority), ..Desk::of(request, directives, rules, now) }.fits(when, None)
}

/// How urgent `request` is and the sentence that says so; `None` where no sentence does, which is normal.
pub fn urgency(
    request: &Request,
    directives: &Directives,
    router: &Router,
    now: Timestamp,
) -> Option<(Priority, Cause)> {
    let rules = &router.rules_for(directives);
    let desk = Desk::of(request, directives, rules, now);
    let found = desk.urgency(&rules.that_could_fit(directives, &desk.words));
    found.map(|(priority, reading)| (priority, Cause::of(&reading.origin)))
}

/// One request on its way to somebody.
struct Desk<'a> {
    request: &'a Request,
    directives: &'a Directives,
    rules: &'a RuleIndex,
    words: Words,
    amounts: Vec<Money>,
    now: Timestamp,
    /// Once the `prioritise` rules have been read.
    priority: Option<Priority>,
}

impl<'a> Desk<'a> {
    fn of(request: &'a Request, directives: &'a Directives, rules: &'a RuleIndex, now: Timestamp) -> Self {
        let amounts = Money::find_all(&request.text).into_iter().map(|(_, amount)| amount).collect();
        Self { request, directives, rules, words: Words::of(&request.text), amounts, now, priority: None }
    }

    fn decide(&self, could_fit: &[&'a Reading], likeness: Likeness) -> Routing {
        let routes = could_fit.iter().filter_map(|reading| {
            let Rule::Route(route) = &reading.rule else { return None };
            Some(Fitting { reading, when: &route.when, to: &route.to })
        });
        let rule = self.strongest(routes);
        let base = match rule {
            Some(rule) => rule.to,
            None => likeness.to.as_slice(),
        };
        let escalations = could_fit.iter().filter_map(|reading| {
            let Rule::Escalate(escalate) = &reading.rule else { return None };
            self.concerns(&escalate.who, base).then_some(Fitting { reading, when: &escalate.when, to: &escalate.to })
        });
        let escalation = self.strongest(escalations);
        match (escalation, rule) {
            (Some(escalation), overridden) => {
                let mut routing = self.by_rule(escalation, Settled::Escalation, likeness);
                routing.instead_of = overridden.map(|rule| Cause::of(&rule.reading.origin));
                routing
            }
            (None, Some(rule)) => self.by_rule(rule, Settled::Rule, likeness),
            (None, None) => self.by_likeness(likeness),
        }
    }

    /// An escalation that names whose work it is about holds for that work only.
    fn concerns(&self, who: &[WorkerRef], base: &[WorkerRef]) -> bool {
        who.is_empty()
            || base
                .iter()
                .any(|worker| who.contains(worker) || binds(&self.directives.roster, who, worker).surely_met())
    }

    fn strongest(&self, rules: impl Iterator<Item = Fitting<'a>>) -> Option<Fitting<'a>> {
        let fitting = rules.filter(|rule| self.fits(rule.when, rule.to.first()));
        fitting.max_by(|one, other| {
            let rank = |rule: &Fitting<'a>| Rank::of(rule.reading, rule.when, rule.to);
            rank(one).cmp(&rank(other))
        })
    }

    /// Whether a condition surely holds as the request comes in. What only time can tell (unanswered, failed, stuck) does
    /// not hold yet.
    fn fits(&self, when: &Condition, worker: Option<&WorkerRef>) -> bool {
        let request = conditions::Request {
            words: Some(&self.words),
            topics: None,
            channel: self.request.channel.as_deref(),
            source: Some(&self.request.source),
            from: match (&self.request.from, &self.request.from_bot) {
                (Some(handle), _) => Sender::Person(handle.trim_start_matches('@')),
                (None, Some(bot)) => Sender::Bot(bot),
                (None, None) => Sender::Untold,
            },
            priority: self.priority,
            unanswered_for: None,
            failed_times: None,
            unsure: None,
            stuck_for: None,
            now: self.now,
        };
        let scope = Scope { roster: &self.directives.roster, terms: self.rules.terms(), worker };
        let said = Said { words: &self.words, terms: self.rules.terms(), amounts: &self.amounts };
        conditions::holds(when, &request, &scope, &said).surely_met()
    }

    /// The highest priority that a sentence gives; of several sentences the first.
    fn urgency(&self, could_fit: &[&'a Reading]) -> Option<(Priority, &'a Reading)> {
        let mut found: Option<(Priority, &Reading)> = None;
        for reading in could_fit {
            if let Rule::Prioritise(rule) = &reading.rule
                && found.is_none_or(|(priority, _)| rule.priority > priority)
                && self.fits(&rule.when, None)
            {
                found = Some((rule.priority, reading));
            }
        }
        found
    }

    fn priority(&self) -> Priority {
        self.priority.unwrap_or(Priority::Normal)
    }

    /// Where the rule says; to the triage person where none of those may take work now, which the line still explains.
    fn by_rule(&self, rule: Fitting<'a>, settled: Settled, likeness: Likeness) -> Routing {
        let (to, covers) = who_takes(self.directives, rule.to, self.now);
        let because = std::iter::once(rule.reading).chain(covers).map(|reading| Cause::of(&reading.origin)).collect();
        let nobody = to.is_empty();
        Routing {
            to: if nobody { vec![WorkerRef::Human] } else { to },
            priority: self.priority(),
            confidence: 1.0,
            because,
            candidates: likeness.candidates,
            settled: if nobody { Settled::Unsure } else { settled },
            instead_of: None,
        }
    }

    fn by_likeness(&self, likeness: Likeness) -> Routing {
        let sure = !likeness.to.is_empty();
        Routing {
            to: if sure { likeness.to } else { vec![WorkerRef::Human] },
            priority: self.priority(),
            confidence: likeness.confidence,
            because: Vec::new(),
            candidates: likeness.candidates,
            settled: if sure { Settled::Likeness } else { Settled::Unsure },
            instead_of: None,
        }
    }
}
