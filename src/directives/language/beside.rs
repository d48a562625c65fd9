//! What stands beside a main clause, gathered from its adjuncts.

use super::clauses::{and, both, or_into};
use super::grammar::Slot;
use super::pattern_set::Form;
use super::values::{Clause, Match, Val, Workers};
use crate::directives::rule::{BudgetThen, Condition, IsoDuration, Otherwise};
use crate::workers::WorkerRef;

/// Everything that adjuncts add. A builder that cannot use a part rejects the reading, so that nothing is dropped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Beside {
    /// Alternatives of the condition; one empty alternative where nothing was said.
    pub clauses: Vec<Clause>,
    pub unless: Option<Condition>,
    pub within: Option<IsoDuration>,
    pub otherwise: Option<Otherwise>,
    pub typed: bool,
    pub nothing_else: bool,
    pub until: Option<String>,
    pub then: Option<BudgetThen>,
    pub remind: Option<Vec<WorkerRef>>,
    pub by: Option<Workers>,
}

impl Beside {
    /// `None` where two adjuncts contradict each other or cannot be put into one rule.
    pub fn of(fitting: &Match) -> Option<Self> {
        let mut beside = Self { clauses: vec![Clause::default()], ..Self::default() };
        for adjunct in fitting.adjuncts() {
            beside.add(adjunct)?;
        }
        Some(beside)
    }

    fn add(&mut self, adjunct: &Match) -> Option<()> {
        let clauses = |slot: Slot| {
            adjunct.vals(slot).find_map(|val| match val {
                Val::Clauses(clauses) => Some(clauses.clone()),
                _ => None,
            })
        };
        match adjunct.form {
            // "Three failed tries and Otis hands over": only what brings somebody in is said so.
            Form::If if adjunct.pattern == "{mod} and" => {
                let events = clauses(Slot::Mod)?;
                let event = |clause: &Clause| {
                    let when = &clause.when;
                    when.failed_times.is_some() || when.unanswered_for.is_some() || when.stuck_for.is_some()
                };
                (adjunct.start == 0 && events.iter().all(event)).then_some(())?;
                self.clauses = both(&self.clauses, &events)?;
            }
            Form::If => self.clauses = both(&self.clauses, &clauses(Slot::Cond)?)?,
            Form::WhenMod => self.clauses = both(&self.clauses, &clauses(Slot::Mod)?)?,
            Form::Mentioning => {
                let Val::Words(words) = adjunct.val(Slot::Mentions)? else { return None };
                let when = Condition { mentions: words.clone(), ..Condition::default() };
                self.clauses = both(&self.clauses, &[Clause { when, ..Clause::default() }])?;
            }
            Form::Unless => {
                for clause in clauses(Slot::Cond)? {
                    self.add_unless(&clause)?;
                }
            }
            Form::UnlessMod => {
                let from = adjunct.workers(Slot::From)?;
                (!from.everyone).then_some(())?;
                let when = Condition { from: from.refs.clone(), ..Condition::default() };
                self.add_unless(&Clause { when, ..Clause::default() })?;
            }
            Form::UnlessSegment => {
                let Val::Words(segments) = adjunct.val(Slot::Seg)? else { return None };
                let when = Condition { segments: segments.clone(), ..Condition::default() };
                self.add_unless(&Clause { when, ..Clause::default() })?;
            }
            _ => self.settle(adjunct)?,
        }
        Some(())
    }

    /// What is no condition: a deadline, what follows it, whose word, until when.
    fn settle(&mut self, adjunct: &Match) -> Option<()> {
        match adjunct.form {
            Form::Within => put(&mut self.within, adjunct.duration()?.clone())?,
            Form::OtherwiseAsk => {
                let to = adjunct.workers(Slot::To)?;
                put(&mut self.otherwise, Otherwise::Ask(to.refs.clone()))?;
                if let Some(duration) = adjunct.duration() {
                    put(&mut self.within, duration.clone())?;
                }
            }
            Form::OtherwiseDeny => {
                put(&mut self.otherwise, Otherwise::Deny)?;
                if let Some(duration) = adjunct.duration() {
                    put(&mut self.within, duration.clone())?;
                }
            }
            Form::Typed => {
                self.typed = true;
                if let Some(by) = adjunct.workers(Slot::To) {
                    put(&mut self.by, by.clone())?;
                }
            }
            Form::NothingElse => self.nothing_else = true,
            Form::UntilDate => {
                let until = adjunct
                    .vals(Slot::Date)
                    .find_map(|val| match val {
                        Val::Until(until) => Some(until.clone()),
                        _ => None,
                    })
                    .or_else(|| adjunct.duration().map(|duration| duration.0.clone()))?;
                put(&mut self.until, until)?;
            }
            Form::ThenPause | Form::ThenAsk => {
                put(&mut self.then, if adjunct.form == Form::ThenAsk { BudgetThen::Ask } else { BudgetThen::Pause })?;
                if let Some(who) = adjunct.workers(Slot::Who) {
                    put(&mut self.by, who.clone())?;
                }
            }
            Form::ThenWarn => put(&mut self.then, BudgetThen::Warn)?,
            Form::RemindTo => put(&mut self.remind, adjunct.workers(Slot::To)?.refs.clone())?,
            Form::ByWho => put(&mut self.by, adjunct.workers(Slot::To)?.clone())?,
            // "first", "in any case": it was said already.
            Form::Emphatic | Form::Undefined => {}
            _ => return None,
        }
        Some(())
    }

    fn add_unless(&mut self, clause: &Clause) -> Option<()> {
        if clause.action.is_some() || !clause.who.is_empty() && !clause.when.is_empty() && !clause.when.unsure {
            return None;
        }
        if clause.when.is_empty() {
            return None;
        }
        self.unless = Some(match &self.unless {
            None => clause.when.clone(),
            Some(known) => or_into(known, &clause.when)?,
        });
        Some(())
    }

    /// The alternatives with `unless` put into each.
    pub fn conditions(&self) -> Option<Vec<Clause>> {
        let mut all = self.clauses.clone();
        if let Some(unless) = &self.unless {
            for clause in &mut all {
                let exception = Condition { unless: Some(Box::new(unless.clone())), ..Condition::default() };
                clause.when = and(&clause.when, &exception)?;
            }
        }
        Some(all)
    }

    /// Whether nothing but conditions was said.
    pub fn only_conditions(&self) -> bool {
        let Self { clauses: _, unless: _, within, otherwise, typed, nothing_else, until, then, remind, by } = self;
        within.is_none()
            && otherwise.is_none()
            && !typed
            && !nothing_else
            && until.is_none()
            && then.is_none()
            && remind.is_none()
            && by.is_none()
    }

    /// Whether nothing at all was said.
    pub fn is_nothing(&self) -> bool {
        self.only_conditions() && self.no_conditions()
    }

    pub fn no_conditions(&self) -> bool {
        self.unless.is_none() && self.clauses == [Clause::default()]
    }
}

fn put<T: PartialEq>(place: &mut Option<T>, value: T) -> Option<()> {
    match place {
        Some(known) if *known != value => None,
        _ => {
            *place = Some(value);
            Some(())
        }
    }
}
