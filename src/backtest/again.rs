//! Recorded decisions → what `set` would have decided, in their order.

use std::collections::{BTreeMap, BTreeSet};

use super::{ActionFacts, Asker, Counted, Decision, Facts, Judged, LookUps, Outcome, RouteFacts};
use crate::clock::Timestamp;
use crate::directives::Directives;
use crate::directives::rule::Priority;
use crate::gate::{History, Past, TaskFacts, judge, longest_period};
use crate::ids::{ActionId, TaskId};
use crate::roster::directory::{AccountFact, Directory};
use crate::routing::{Experience, Request, Router, route};

/// So many routers are fitted for one replay. Where the record knows more states of learning than that, a request is routed
/// by the nearest earlier one.
const MAX_ROUTERS: usize = 16;

/// The record, besides the decisions.
#[derive(Debug, Clone, Default)]
pub struct Material {
    /// Every correction, oldest first.
    pub lessons: Vec<Experience>,
    /// Every action that ever counted in a running total and may still do so for one of the decisions, in the order of
    /// `from` and number.
    pub past: Vec<Counted>,
    pub looked_up: LookUps,
}

/// Judges each decision again by `set`; `None` where what it was made from was erased. Pure: the same record and set give
/// the same answers.
pub fn judge_again(decisions: &[Decision], material: &Material, set: &Directives) -> Vec<Option<Outcome>> {
    let routers = Routers::fit(decisions, &material.lessons, set);
    let mut priorities: BTreeMap<TaskId, Priority> = BTreeMap::new();
    let mut timeline = Timeline::new(&material.past, set);
    let mut out = Vec::with_capacity(decisions.len());
    for decision in decisions {
        let outcome = match &decision.facts {
            None => None,
            Some(Facts::Route(facts)) => {
                let request = request(facts, set, decision.at);
                let routing = route(&request, set, routers.for_lessons(facts.lessons), decision.at);
                priorities.insert(decision.task, routing.priority);
                Some(Outcome::Route(routing))
            }
            Some(Facts::Action(facts)) => {
                task_facts(facts, &material.looked_up, set, decision, &priorities).and_then(|(proposal, known)| {
                    let history = timeline.at(decision.at, decision.action)?;
                    Some(Outcome::Action(Judged::of(&judge(&proposal, &known, set, history, decision.at))))
                })
            }
        };
        out.push(outcome);
    }
    out
}

fn request(facts: &RouteFacts, set: &Directives, at: Timestamp) -> Request {
    Request {
        text: facts.text.clone(),
        channel: facts.channel.clone(),
        from: handle_of(&facts.asker, set),
        from_bot: facts.from_bot.clone(),
        source: facts.source.clone(),
        at,
    }
}

/// The asker in the roster of `set`, by the account and address of then.
fn handle_of(asker: &Asker, set: &Directives) -> Option<String> {
    let account = AccountFact {
        user: asker.account.clone(),
        handle: String::new(),
        real_name: String::new(),
        email: asker.email.clone(),
        timezone: None,
        is_bot: false,
        is_guest: false,
        deactivated: false,
    };
    let directory = Directory { accounts: vec![account], ..Directory::default() };
    directory.person_of(&set.roster, &asker.account.user).map(|person| person.handle.clone())
}

/// The call and what was known of its task; `None` where something that was looked up is erased. How urgent the task is, the
/// other set says too.
fn task_facts(
    facts: &ActionFacts,
    looked_up: &LookUps,
    set: &Directives,
    decision: &Decision,
    priorities: &BTreeMap<TaskId, Priority>,
) -> Option<(crate::gate::Proposal, TaskFacts)> {
    let mut proposal = facts.proposal.clone();
    if let Some(requester) = &mut proposal.requester {
        requester.handle = handle_of(&facts.asker, set);
    }
    let found = facts.looked_up.iter().map(|id| looked_up.get(id).cloned()).collect::<Option<Vec<_>>>()?;
    let priority = priorities.get(&decision.task).copied().or(facts.task.priority);
    Some((proposal, TaskFacts { looked_up: found, priority, ..facts.task.clone() }))
}

/// A router per state of learning.
struct Routers(BTreeMap<usize, Router>);

impl Routers {
    fn fit(decisions: &[Decision], lessons: &[Experience], set: &Directives) -> Self {
        let known: BTreeSet<usize> = decisions
            .iter()
            .filter_map(|decision| match &decision.facts {
                Some(Facts::Route(facts)) => Some(facts.lessons.min(lessons.len())),
                Some(Facts::Action(_)) | None => None,
            })
            .collect();
        let all: Vec<usize> = known.into_iter().collect();
        let step = all.len().div_ceil(MAX_ROUTERS).max(1);
        let fitted = all.iter().step_by(step).map(|n| (*n, Router::build(set, &lessons[..*n])));
        Self(fitted.collect())
    }

    fn for_lessons(&self, lessons: usize) -> &Router {
        let earlier = self.0.range(..=lessons).next_back().or_else(|| self.0.iter().next());
        earlier.map(|(_, router)| router).expect("a router is fitted for every request that is routed")
    }
}

/// The past as it grows along the decisions: what counted at the instant of each.
struct Timeline<'a> {
    past: &'a [Counted],
    set: &'a Directives,
    /// `None`: no sentence of the set adds anything up, so that the past is not looked at.
    longest: Option<crate::clock::Span>,
    next: usize,
    ids: Vec<(ActionId, Option<Timestamp>)>,
    known: History,
    /// When an erased action was planned last: totals that reach back so far are not known.
    erased: Option<Timestamp>,
}

impl<'a> Timeline<'a> {
    fn new(past: &'a [Counted], set: &'a Directives) -> Self {
        let known = History::Known(Vec::new());
        Self { past, set, longest: longest_period(set), next: 0, ids: Vec::new(), known, erased: None }
    }

    /// The past at `now`, without the action that is judged; `None` where part of it was erased.
    fn at(&mut self, now: Timestamp, judged: Option<ActionId>) -> Option<&History> {
        let Some(longest) = self.longest else { return Some(&self.known) };
        let since = now.minus(longest);
        let earlier = |counted: &Counted| (counted.from, Some(counted.id)) < (now, judged);
        while let Some(counted) = self.past.get(self.next).filter(|counted| earlier(counted)) {
            self.next += 1;
            self.take(counted);
        }
        if self.erased.is_some_and(|at| at >= since) {
            return None;
        }
        let History::Known(entries) = &mut self.known else { return None };
        let counts = |(_, until): &(ActionId, Option<Timestamp>), entry: &Past| {
            entry.at >= since && until.is_none_or(|until| until > now)
        };
        if self.ids.iter().zip(entries.iter()).any(|(id, entry)| !counts(id, entry)) {
            let keep: Vec<bool> = self.ids.iter().zip(entries.iter()).map(|(id, entry)| counts(id, entry)).collect();
            let (mut of_ids, mut of_entries) = (keep.iter(), keep.iter());
            self.ids.retain(|_| of_ids.next().copied().unwrap_or(true));
            entries.retain(|_| of_entries.next().copied().unwrap_or(true));
        }
        Some(&self.known)
    }

    fn take(&mut self, counted: &Counted) {
        let Some(proposal) = &counted.proposal else {
            self.erased = self.erased.max(Some(counted.planned));
            return;
        };
        self.ids.push((counted.id, counted.until));
        if let History::Known(entries) = &mut self.known {
            entries.push(Past::of(proposal, self.set, counted.planned));
        }
    }
}
