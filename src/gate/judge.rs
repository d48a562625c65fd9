//! The verdict: which of the rules that fit decides, or which default where none does.

use serde_json::Value;

use super::amounts::amount_of;
use super::autonomy::lowest;
use super::containment::Company;
use super::policies::tighten;
use super::precedence::{Fitting, settle};
use super::privilege::{may_use, name, own_line};
use super::shown::{subject_of, target_of};
use super::{
    Because, DEFAULT_WITHIN, Decision, Denial, Ground, History, Proposal, Requirement, TaskFacts, Verdict, Whose,
    schema,
};
use crate::catalogue::{Class, Tool};
use crate::clock::Timestamp;
use crate::directives::matching::holds::Holds;
use crate::directives::matching::people::position_of;
use crate::directives::matching::words::{Terms, Words};
use crate::directives::rule::{Approve, Autonomy, Before, Forbid, IsoDuration, Level, Otherwise, Rule, ToolPattern};
use crate::directives::{Directives, Reading};
use crate::money::Money;
use crate::roster::{Driver, PositionStatus};
use crate::workers::WorkerRef;

/// The server name under which sentences speak of what the bot itself can do (`workforce.stop`).
const BUILT_IN_SERVER: &str = "workforce";

/// Judges one call. Pure and total: the same facts give the same verdict, and every input gives one.
pub fn judge(
    proposal: &Proposal,
    facts: &TaskFacts,
    directives: &Directives,
    history: &History,
    now: Timestamp,
) -> Verdict {
    with_court(proposal, facts, directives, history, now, |court, level| {
        let decided = court.sentences();
        // What the bot itself can do is left to the sentences: a policy that fails must not hold up a stop.
        let (decision, because) = if matches!(decided.0, Decision::Deny(_)) || court.built_in() {
            decided
        } else {
            tighten(court, level, decided)
        };
        let mut warnings = std::mem::take(&mut court.warnings);
        warnings.dedup();
        let looked_up_first = std::mem::take(&mut court.looked_up_first);
        Verdict { decision, because, autonomy: level, looked_up_first, warnings }
    })
}

/// Holds a sitting; `hear` gets the court and how free the worker is now.
pub(super) fn with_court<T>(
    proposal: &Proposal,
    facts: &TaskFacts,
    directives: &Directives,
    history: &History,
    now: Timestamp,
    hear: impl FnOnce(&mut Court<'_>, Level) -> T,
) -> T {
    let terms = Terms::of(directives);
    let words = facts.text.as_deref().map(Words::of);
    let mut court = Court {
        proposal,
        facts,
        directives,
        history,
        now,
        terms: &terms,
        words: words.as_ref(),
        whose: whose(proposal),
        amount: None,
        looked_up_first: Vec::new(),
        warnings: Vec::new(),
    };
    let level = court.autonomy().map_or(Level::Act, |(_, rule)| rule.level);
    hear(&mut court, level)
}

/// Under which names this call is added to running totals; stored with the action.
pub fn whose(proposal: &Proposal) -> Whose {
    let requester = proposal.requester.as_ref().and_then(|requester| {
        let account = requester.account.as_ref().map(|account| format!("{}:{}", account.team, account.user));
        requester.handle.as_ref().map(|handle| format!("@{handle}")).or(account)
    });
    let customer = proposal.arguments.as_object().and_then(|fields| {
        let named = fields.iter().find(|(name, _)| name.to_lowercase().starts_with("customer"));
        named.and_then(|(_, value)| scalar_text(value))
    });
    let target = target_of(&proposal.arguments, None).map(|(_, value)| value);
    Whose { requester, worker: Some(proposal.worker.to_string()), customer, target }
}

fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

type Refused = (Denial, Vec<Because>);

/// One sitting: the call and all that is known about it.
pub(super) struct Court<'a> {
    pub(super) proposal: &'a Proposal,
    pub(super) facts: &'a TaskFacts,
    pub(super) directives: &'a Directives,
    pub(super) history: &'a History,
    pub(super) now: Timestamp,
    pub(super) terms: &'a Terms,
    pub(super) words: Option<&'a Words>,
    pub(super) whose: Whose,
    pub(super) amount: Option<Money>,
    pub(super) looked_up_first: Vec<(String, Timestamp)>,
    pub(super) warnings: Vec<String>,
}

impl<'a> Court<'a> {
    /// The sentence that makes the worker least free now.
    pub(super) fn autonomy(&self) -> Option<(&'a Reading, &'a Autonomy)> {
        lowest(self.directives, &self.proposal.worker, Some(&self.proposal.tool), self.now)
    }

    /// What the sentences and their defaults say, without the policies.
    pub(super) fn sentences(&mut self) -> (Decision, Vec<Because>) {
        let autonomy = self.autonomy();
        self.decide(autonomy).unwrap_or_else(|(denial, because)| (Decision::Deny(denial), because))
    }

    fn decide(&mut self, autonomy: Option<(&'a Reading, &'a Autonomy)>) -> Result<(Decision, Vec<Because>), Refused> {
        self.may_act()?;
        let class = self.known_tool()?;
        let permitted = may_use(self.directives, &self.proposal.worker, &self.proposal.tool)
            .map_err(|(denial, because)| (denial, vec![because]))?;
        self.forbidden()?;
        self.looked_up_first()?;
        self.free_enough(class, autonomy)?;

        let (approvals, allowances) = settle(
            &Company { roster: &self.directives.roster, terms: self.terms },
            &self.approvals(),
            &self.allowances(),
        );
        if !approvals.is_empty() {
            let because = approvals.iter().map(|fitting| self.because(fitting.reading, fitting.holds)).collect();
            let mut needs: Vec<Requirement> = Vec::new();
            for fitting in &approvals {
                needs.push(self.requirement(fitting));
            }
            return Ok((Decision::Approve(needs), because));
        }
        if let (Some(origin), true) = (&self.facts.guarded, class > Class::Read) {
            let says =
                "The record of who works on it fell below what this line asks for, so the owner decides.".to_owned();
            return Ok((self.owner_decides(), vec![Because { origin: Some(origin.clone()), says }]));
        }
        let asks =
            autonomy.filter(|(_, rule)| rule.level == Level::Ask).or_else(|| self.handed_on_by_somebody_less_free());
        if let (Some((reading, _)), true) = (asks, class > Class::Read) {
            return Ok((self.owner_decides(), vec![cited(reading)]));
        }
        if !allowances.is_empty() {
            return Ok((Decision::Run, allowances.iter().map(|fitting| cited(fitting.reading)).collect()));
        }
        let free = autonomy.filter(|(reading, rule)| rule.level >= Level::Act && reading.role.is_none());
        Ok(match (class, free) {
            (Class::Read, _) => {
                let says = "A read-only tool runs when nothing else is said.".to_owned();
                (Decision::Run, vec![permitted, self.default_because(says)])
            }
            (Class::Write | Class::Destructive, Some((reading, _))) => (Decision::Run, vec![cited(reading)]),
            (Class::Write | Class::Destructive, None) if self.built_in() => (Decision::Run, vec![permitted]),
            (Class::Write | Class::Destructive, None) => {
                let says = "When nothing else is said, what changes something asks the owner first.".to_owned();
                (self.owner_decides(), vec![self.default_because(says)])
            }
        })
    }

    /// The sentence that leaves an agent less free through whose hands the work came: what it may not do alone, nobody does for
    /// it without a person's word.
    fn handed_on_by_somebody_less_free(&self) -> Option<(&'a Reading, &'a Autonomy)> {
        let before = self.earlier().filter(|worker| *worker != self.proposal.worker);
        let least = before.filter_map(|worker| lowest(self.directives, &worker, Some(&self.proposal.tool), self.now));
        least.filter(|(_, rule)| rule.level < Level::Act).min_by_key(|(_, rule)| rule.level)
    }

    /// The worker exists, works, and nobody stopped it.
    fn may_act(&self) -> Result<(), Refused> {
        let who = &self.proposal.worker;
        let refuse = |ground, reason: String| {
            let because = self.default_because(reason.clone());
            Err((Denial { ground, reason }, vec![because]))
        };
        if let Some(why) = &self.facts.stopped {
            return refuse(Ground::Stopped, format!("Nothing starts here: {why}"));
        }
        let person = matches!(who, WorkerRef::Person(handle) if self.directives.roster.people.contains_key(handle));
        match position_of(&self.directives.roster, who).map(|position| (position.status, position.name.as_str())) {
            None if person => Ok(()),
            None => refuse(Ground::Worker, format!("There is no worker {who}.")),
            Some(_) if person => Ok(()),
            Some((PositionStatus::Paused, name)) => {
                refuse(Ground::Worker, format!("{name} is paused. Its owner can set it active again."))
            }
            Some((PositionStatus::Retired, name)) => refuse(Ground::Worker, format!("{name} is retired.")),
            Some((PositionStatus::Active | PositionStatus::Shadow, _)) => Ok(()),
        }
    }

    /// The tool is known, as a human accepted it, and the arguments are what it takes.
    fn known_tool(&mut self) -> Result<Class, Refused> {
        let Proposal { tool: wanted, arguments, live_digest, .. } = self.proposal;
        let refuse = |ground, reason: String| {
            let because = self.default_because(reason.clone());
            Err((Denial { ground, reason }, vec![because]))
        };
        let Some(Tool { binding, .. }) = self.directives.catalogue.get(wanted) else {
            // What the bot itself can do is no server's tool: sentences name it, and a sentence must permit it.
            if self.directives.step_gate(wanted).is_some() && arguments.is_object() {
                // By itself the start of a step changes nothing; what the step then does passes here again.
                return Ok(Class::Read);
            }
            if wanted.server() == BUILT_IN_SERVER && arguments.is_object() {
                return Ok(Class::Write);
            }
            return refuse(Ground::UnknownTool, format!("No tool called {wanted} was accepted (tools.lock)."));
        };
        if live_digest.as_ref().is_some_and(|live| *live != binding.digest) {
            let reason =
                format!("{wanted} changed since a human accepted it; it is held back until someone does again.");
            return refuse(Ground::HeldBack, reason);
        }
        let fits = schema::check(&binding.input_schema, arguments).and_then(|()| schema::exact(arguments));
        if let Err(wrong) = fits {
            return refuse(Ground::Arguments, format!("{wanted} does not take this: {wrong}."));
        }
        match amount_of(self.directives, wanted, arguments) {
            Err(bad) => return refuse(Ground::Amount, format!("{bad}.")),
            Ok(amount) => self.amount = amount,
        }
        Ok(binding.class)
    }

    fn forbidden(&mut self) -> Result<(), Refused> {
        let mut because = Vec::new();
        for (reading, rule) in self.directives.each(|rule| if let Rule::Forbid(r) = rule { Some(r) } else { None }) {
            let Forbid { tools, who, when, .. } = rule;
            let fits = self.tightens(reading, tools, who, when);
            if fits.met_or_unknown() {
                because.push(self.because(reading, fits));
            }
        }
        match because.first() {
            None => Ok(()),
            Some(first) => {
                let reason = format!("This is forbidden: {}", first.says);
                Err((Denial { ground: Ground::Forbidden, reason }, because))
            }
        }
    }

    fn looked_up_first(&mut self) -> Result<(), Refused> {
        let (mut because, mut missing) = (Vec::new(), Vec::new());
        for (reading, rule) in self.directives.each(|rule| if let Rule::Before(r) = rule { Some(r) } else { None }) {
            let Before { tools, who, when, first, .. } = rule;
            let fits = self.tightens(reading, tools, who, when);
            let not_yet =
                first.iter().filter(|pattern| !self.facts.looked_up.iter().any(|looked| pattern.covers(&looked.tool)));
            let not_yet: Vec<String> = not_yet.map(|pattern| pattern.0.clone()).collect();
            if fits.met_or_unknown() {
                self.note_look_ups(first);
                if !not_yet.is_empty() {
                    because.push(self.because(reading, fits));
                    missing.extend(not_yet);
                }
            }
        }
        if because.is_empty() {
            return Ok(());
        }
        missing.sort();
        missing.dedup();
        let reason = format!("Look up first in this task: {}. Then try again.", missing.join(", "));
        Err((Denial { ground: Ground::LookUpFirst, reason }, because))
    }

    /// Notes when each of these was looked up last in this task, for the card.
    fn note_look_ups(&mut self, first: &[ToolPattern]) {
        for pattern in first {
            let last = self.facts.looked_up.iter().filter(|looked| pattern.covers(&looked.tool)).max_by_key(|l| l.at);
            let told = last.map(|last| (subject_of(&last.tool, self.directives.catalogue.get(&last.tool)), last.at));
            self.looked_up_first.extend(told.filter(|told| !self.looked_up_first.contains(told)));
        }
    }

    /// Who only observes or suggests changes nothing, approved or not; neither does a shadow.
    fn free_enough(&self, class: Class, autonomy: Option<(&Reading, &Autonomy)>) -> Result<(), Refused> {
        let who = name(self.directives, &self.proposal.worker);
        let refuse =
            |reason: String, because: Because| Err((Denial { ground: Ground::Autonomy, reason }, vec![because]));
        if class == Class::Read {
            return Ok(());
        }
        let position = position_of(&self.directives.roster, &self.proposal.worker);
        if position.is_some_and(|p| p.status == PositionStatus::Shadow && p.driver != Driver::Human) {
            let reason = format!("{who} works in the shadow of another position; nothing that it does takes effect.");
            return refuse(reason.clone(), self.default_because(reason));
        }
        match autonomy {
            Some((reading, rule)) if rule.level < Level::Ask => {
                let does = if rule.level == Level::Observe { "observes" } else { "suggests" };
                refuse(format!("{who} only {does} at present; a person has to do this."), cited(reading))
            }
            Some(_) | None => Ok(()),
        }
    }

    fn built_in(&self) -> bool {
        self.proposal.tool.server() == BUILT_IN_SERVER && self.directives.catalogue.get(&self.proposal.tool).is_none()
    }

    fn requirement(&mut self, fitting: &Fitting<'_, Approve>) -> Requirement {
        let rule = fitting.rule;
        let within = rule.within.as_ref().map_or(Some(DEFAULT_WITHIN), IsoDuration::span);
        if within.is_none() {
            self.warnings
                .push(format!("{}: its time limit is unreadable; one day is taken.", fitting.reading.origin.file));
        }
        Requirement {
            by: if rule.by.is_empty() { vec![WorkerRef::Owner] } else { rule.by.clone() },
            count: rule.count.max(1),
            within: within.unwrap_or(DEFAULT_WITHIN),
            otherwise: rule.otherwise.clone(),
            confirm: rule.confirm,
            origin: Some(fitting.reading.origin.clone()),
        }
    }

    fn owner_decides(&self) -> Decision {
        Decision::Approve(vec![Requirement {
            by: vec![WorkerRef::Owner],
            count: 1,
            within: DEFAULT_WITHIN,
            otherwise: Otherwise::Deny,
            confirm: None,
            origin: None,
        }])
    }

    fn because(&self, reading: &Reading, holds: Holds) -> Because {
        let mut because = cited(reading);
        if holds == Holds::Unknown {
            because.says.push_str(" (Part of it could not be looked up, which counts as met.)");
        }
        because
    }

    fn default_because(&self, says: String) -> Because {
        Because { origin: own_line(self.directives, &self.proposal.worker), says }
    }
}

fn cited(reading: &Reading) -> Because {
    Because { origin: Some(reading.origin.clone()), says: reading.paraphrase.clone() }
}
