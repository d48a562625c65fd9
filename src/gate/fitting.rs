//! Which rules fit a call, and how surely: conditions against the request and against the record of the action.

use super::amounts::Interval;
use super::autonomy::speaks_of;
use super::history::Window;
use super::judge::Court;
use super::precedence::Fitting;
use super::segments::Evidence;
use crate::clock::Timestamp;
use crate::directives::matching::conditions::{Measures, Request, Scope, Sender, holds, hours_are_assumed};
use crate::directives::matching::holds::Holds;
use crate::directives::rule::{Allow, AmountRange, Approve, Condition, Rule, Times, ToolPattern};
use crate::directives::{Directives, Reading};
use crate::workers::{Actor, WorkerRef};

impl<'a> Court<'a> {
    pub(super) fn approvals(&mut self) -> Vec<Fitting<'a, Approve>> {
        let mut fitting = Vec::new();
        let pick = |rule: &'a Rule| if let Rule::Approve(r) = rule { Some(r) } else { None };
        let steps = self.directives.step_gates.iter().filter_map(|reading| Some((reading, pick(&reading.rule)?)));
        for (reading, rule) in self.directives.each(pick).chain(steps) {
            let holds = self.tightens(reading, &rule.tools, &rule.who, &rule.when);
            if holds.met_or_unknown() {
                fitting.push(Fitting { reading, rule, holds });
            }
        }
        fitting
    }

    pub(super) fn allowances(&mut self) -> Vec<Fitting<'a, Allow>> {
        let mut fitting = Vec::new();
        for (reading, rule) in self.directives.each(|rule| if let Rule::Allow(r) = rule { Some(r) } else { None }) {
            let holds = self.fits(reading, &rule.tools, &rule.who, &rule.when);
            if holds.surely_met() {
                fitting.push(Fitting { reading, rule, holds });
            }
        }
        fitting
    }

    /// Agents that had the work before and handed it on.
    pub(super) fn earlier(&self) -> impl Iterator<Item = WorkerRef> + use<'a> {
        self.proposal.actor.0.iter().filter_map(|link| match link {
            Actor::Agent(id) => Some(WorkerRef::Agent(id.clone())),
            Actor::Human(_) | Actor::Schedule(_) | Actor::Webhook(_) => None,
        })
    }

    /// Whether a sentence that loosens fits: it speaks of whoever acts, and of nobody before.
    fn fits(&mut self, reading: &Reading, tools: &[ToolPattern], who: &[WorkerRef], when: &Condition) -> Holds {
        let bound = speaks_of(self.directives, reading, who, &self.proposal.worker);
        self.fits_bound(reading, tools, bound, when)
    }

    /// Whether a sentence that tightens fits. What binds an agent binds whoever acts in its place: handing work on is no way
    /// around a sentence.
    pub(super) fn tightens(
        &mut self,
        reading: &Reading,
        tools: &[ToolPattern],
        who: &[WorkerRef],
        when: &Condition,
    ) -> Holds {
        let doer = std::iter::once(self.proposal.worker.clone());
        let bound =
            Holds::any(doer.chain(self.earlier()).map(|worker| speaks_of(self.directives, reading, who, &worker)));
        self.fits_bound(reading, tools, bound, when)
    }

    fn fits_bound(&mut self, reading: &Reading, tools: &[ToolPattern], bound: Holds, when: &Condition) -> Holds {
        if !tools.iter().any(|pattern| pattern.covers(&self.proposal.tool)) {
            return Holds::NotMet;
        }
        if bound == Holds::NotMet {
            return bound;
        }
        let scope = Scope { roster: &self.directives.roster, terms: self.terms, worker: Some(&self.proposal.worker) };
        if speaks_of_hours(when) && hours_are_assumed(&scope) {
            self.warnings
                .push("No working hours are written down; Monday to Friday 9:00 to 17:00 is assumed.".to_owned());
        }
        let measured = Measured { court: self, tools };
        let fits = bound.and(holds(when, &self.request(), &scope, &measured));
        if fits == Holds::Unknown {
            let place = format!("{}:{}", reading.origin.file, reading.origin.line);
            self.warnings.push(format!("{place}: its condition could not be looked up."));
        }
        fits
    }

    fn request(&self) -> Request<'_> {
        let facts = self.facts;
        Request {
            words: self.words,
            topics: facts.topics.as_deref(),
            channel: facts.channel.as_deref(),
            source: facts.source.as_ref(),
            from: self.sender(),
            priority: facts.priority,
            unanswered_for: facts.unanswered_for,
            failed_times: facts.failed_times,
            unsure: facts.unsure,
            stuck_for: facts.stuck_for,
            now: self.now,
        }
    }

    fn sender(&self) -> Sender<'_> {
        match (&self.proposal.requester, self.proposal.actor.0.first()) {
            (Some(requester), _) => requester.handle.as_deref().map_or(Sender::Stranger, Sender::Person),
            (None, Some(Actor::Agent(id))) => Sender::Agent(id),
            (None, Some(Actor::Human(_) | Actor::Schedule(_) | Actor::Webhook(_)) | None) => Sender::Untold,
        }
    }
}

/// The calendar day at the company's place.
pub(super) fn local_date(directives: &Directives, now: Timestamp) -> chrono::NaiveDate {
    let zone = directives.roster.timezone.parse().unwrap_or(chrono_tz::Tz::UTC);
    now.to_utc().with_timezone(&zone).date_naive()
}

fn speaks_of_hours(when: &Condition) -> bool {
    when.hours.is_some() || when.all.iter().any(speaks_of_hours) || when.unless.as_deref().is_some_and(speaks_of_hours)
}

/// The record of this call, for one rule's tools.
struct Measured<'c, 'a> {
    court: &'c Court<'a>,
    tools: &'c [ToolPattern],
}

impl Measured<'_, '_> {
    fn window(&self) -> Window<'_> {
        Window { history: self.court.history, tools: self.tools, whose: &self.court.whose, now: self.court.now }
    }
}

impl Measures for Measured<'_, '_> {
    fn amount(&self, range: &AmountRange) -> Holds {
        let amount = self.court.amount.as_ref();
        if range.per.is_some() {
            return self.window().total(range, amount);
        }
        let amount = amount.filter(|money| money.currency.0.eq_ignore_ascii_case(&range.currency));
        Holds::of_known(amount.map(|money| Interval::of(range).holds(money.micros)))
    }

    fn times(&self, times: &Times) -> Holds {
        self.window().often(times)
    }

    fn segment(&self, name: &str) -> Holds {
        let evidence = Evidence {
            stated: &self.court.facts.segments,
            looked_up: &self.court.facts.looked_up,
            arguments: &self.court.proposal.arguments,
            terms: self.court.terms,
        };
        evidence.segment(name)
    }
}
