//! From a fitting pattern to typed rules.

use super::beside::Beside;
use super::grammar::Slot;
use super::numbers::empty;
use super::pattern_set::Form;
use super::scan::Reader;
use super::values::{Clause, Match, Val, Workers, error};
use super::{Finding, build_care, build_gates};
use crate::directives::rule::{Condition, Escalate, Expect, Prioritise, Priority, Route, Rule};
use crate::workers::WorkerRef;

/// What one fitting pattern means.
#[derive(Debug, Clone)]
pub struct Built {
    pub rules: Vec<Rule>,
    pub cost: u32,
    pub faults: Vec<Finding>,
    pub warnings: Vec<Finding>,
    pub form: Form,
    /// The tokens of the first slot: the subject that a second half may share.
    pub subject: (usize, usize),
    /// What the reading would cost if it could be enforced: nobody may be led to a worse reading by a rule that cannot.
    pub natural: Option<u32>,
}

/// `None` where the parts do not make a rule together.
pub fn build(reader: &Reader<'_>, fitting: &Match) -> Option<Built> {
    if !fitting.faults.is_empty() && preference(fitting) >= 8 {
        return None;
    }
    let mut beside = Beside::of(fitting)?;
    let mut faults = Vec::new();
    let mut warnings = Vec::new();
    let mut extra = 0;
    let rules = match fitting.form {
        Form::Route | Form::RouteIf => {
            let routes = route(reader, fitting, &beside, &mut faults)?;
            extra += beside_the_point(fitting, &beside) + about_a_sum(&routes);
            routes
        }
        Form::EscalateWork | Form::Escalate => {
            extra += beside_the_point(fitting, &beside) + handles(reader, fitting);
            faults.extend(nobody_spoken_of(reader, fitting));
            escalate(fitting, &beside)?
        }
        Form::Prioritise => prioritise(fitting, &beside)?,
        Form::ExpectBoth | Form::ExpectRespond | Form::ExpectResolve => expect(reader, fitting, &mut beside)?,
        Form::PermitOnly if asks(reader, fitting) => return None,
        Form::Forbid if asked_of_people(reader, fitting) => return None,
        Form::ForbidUnlessFrom if orders(reader, fitting) => return None,
        Form::Approve
        | Form::Allow
        | Form::Forbid
        | Form::ForbidUnless
        | Form::ForbidUnlessFrom
        | Form::Permit
        | Form::PermitOnly
        | Form::PermitNothingElse
        | Form::Before => build_gates::build(reader, fitting, &beside, &mut faults, &mut warnings, &mut extra)?,
        Form::Budget
        | Form::Review
        | Form::Sample
        | Form::GuardBelow
        | Form::GuardAbove
        | Form::Autonomy
        | Form::Cover
        | Form::Hours => build_care::build(reader, fitting, &beside, &mut faults)?,
        _ => return None,
    };
    let subject = subject(fitting);
    if rules.iter().filter_map(condition).any(impossible) {
        faults.push(error(
            "empty-range",
            reader.span(fitting.start, fitting.end),
            "no amount lies in this range".to_owned(),
            "put the smaller amount first",
        ));
    }
    if rules.iter().filter_map(condition).any(in_two_channels) {
        extra += 6;
    }
    let penalty = if faults.is_empty() { 0 } else { 70 };
    let natural =
        (!faults.is_empty() && fitting.faults.is_empty()).then_some(fitting.cost + extra + preference(fitting));
    faults.splice(0..0, fitting.faults.iter().cloned());
    Some(Built {
        rules,
        cost: fitting.cost + extra + penalty + preference(fitting),
        natural,
        faults,
        warnings,
        form: fitting.form,
        subject,
    })
}

/// The tokens of the first slot; "messages from VIPs" are one subject, whether what narrows them belongs to the phrase or not.
fn subject(fitting: &Match) -> (usize, usize) {
    let mut binds = fitting.binds.iter().skip_while(|bind| bind.slot.is_none());
    let Some(first) = binds.next() else { return (0, 0) };
    let mut to = first.to;
    if first.slot == Some(Slot::Work) {
        for more in binds.take_while(|bind| bind.slot.is_none()) {
            if more.from == to {
                to = more.to;
            }
        }
    }
    (first.from, to)
}

/// "Only Jun can request a write-off": it is the asking that is reserved.
fn asks(reader: &Reader<'_>, fitting: &Match) -> bool {
    let act = fitting.binds.iter().find(|bind| bind.slot == Some(Slot::Act));
    act.is_some_and(|act| {
        let order = reader.low(act.from) == "order" && !super::actions::is_tool_word(reader, act.from);
        order || matches!(reader.low(act.from), "request" | "ask" | "demand")
    })
}

/// "The sales team must not request …": people are kept from asking, rather than from a tool.
fn asked_of_people(reader: &Reader<'_>, fitting: &Match) -> bool {
    let people = fitting
        .workers(Slot::Who)
        .is_some_and(|who| !who.refs.is_empty() && who.refs.iter().all(|one| !matches!(one, WorkerRef::Agent(_))));
    people && asks(reader, fitting)
}

/// "Only Ines may order medicine", where ordering is what the tool does: that is no asking.
fn orders(reader: &Reader<'_>, fitting: &Match) -> bool {
    let act = fitting.binds.iter().find(|bind| bind.slot == Some(Slot::Act));
    let Some(Val::Action(action)) = act.map(|bind| &bind.val) else { return false };
    let said = |at: usize| {
        matches!(reader.low(at), "order" | "orders" | "ordered")
            && super::actions::is_word_of(reader, &action.tools, at)
    };
    act.is_some_and(|bind| bind.from > 0 && said(bind.from - 1) || (bind.to..fitting.end).any(said))
}

/// "Refunds of $200 and more: ask Jun" is about the refund rather than about a message.
fn about_a_sum(routes: &[Rule]) -> u32 {
    let sum = |rule: &Rule| condition(rule).is_some_and(|when| when.amount.is_some() && !when.topics.is_empty());
    if routes.iter().any(sum) { 6 } else { 0 }
}

/// Whoever "handles it" is given the work; whoever "takes over" is brought in.
fn handles(reader: &Reader<'_>, fitting: &Match) -> u32 {
    let given = |at: usize| {
        matches!(reader.low(at), "handles" | "handle" | "deals" | "deal" | "answers" | "care")
            || matches!(reader.low(at), "get" | "gets" | "take" | "takes")
                && reader.low(at + 1) == "it"
                && reader.low(at + 2) != "over"
                && reader.low(at + 2) != "up"
    };
    let said = fitting.pattern.contains("<takes_over>") && (fitting.start..fitting.end).any(given);
    if said { 4 } else { 0 }
}

/// The condition of a rule, where its kind has one.
pub fn condition(rule: &Rule) -> Option<&Condition> {
    match rule {
        Rule::Route(r) => Some(&r.when),
        Rule::Escalate(r) => Some(&r.when),
        Rule::Approve(r) => Some(&r.when),
        Rule::Allow(r) => Some(&r.when),
        Rule::Forbid(r) => Some(&r.when),
        Rule::Before(r) => Some(&r.when),
        Rule::Prioritise(r) => Some(&r.when),
        Rule::Expect(r) => Some(&r.when),
        Rule::Define(_)
        | Rule::Permit(_)
        | Rule::Budget(_)
        | Rule::Review(_)
        | Rule::Sample(_)
        | Rule::Guard(_)
        | Rule::Autonomy(_)
        | Rule::Schedule(_)
        | Rule::Cover(_)
        | Rule::Hours(_)
        | Rule::Guidance(_) => None,
    }
}

/// No message stands in two channels at once: a list of them is any of them, unless only both is said.
fn in_two_channels(when: &Condition) -> bool {
    !when.channels.is_empty() && when.all.iter().any(|also| !also.channels.is_empty())
}

/// Whether some amount in the condition can never be.
fn impossible(when: &Condition) -> bool {
    when.amount.as_ref().is_some_and(empty)
        || when.all.iter().any(impossible)
        || when.unless.as_ref().is_some_and(|unless| impossible(unless))
}

/// Patterns with little to hold on to give way to others.
fn preference(fitting: &Match) -> u32 {
    let literal = fitting.pattern.split(' ').filter(|part| !part.starts_with(['{', '~'])).count();
    let loose = match (fitting.form, literal) {
        (Form::Escalate, 0) => 30,
        (_, 0) => 8,
        (Form::Route, 1) if fitting.pattern.contains("} to {") || fitting.pattern.contains("} , (") => 12,
        _ => 0,
    };
    loose
        + match fitting.form {
            Form::RouteIf => 3,
            Form::Escalate => 2,
            Form::Permit => 1,
            _ => 0,
        }
}

/// The alternatives for work: those of the phrase, each with what stands beside.
pub fn work_clauses(fitting: &Match, beside: &Beside) -> Option<Vec<Clause>> {
    let inner = fitting.vals(Slot::Work).find_map(|val| match val {
        Val::Clauses(clauses) => Some(clauses.clone()),
        _ => None,
    });
    let mut all = beside.conditions()?;
    if let Some(work) = inner {
        all = super::clauses::both(&work, &all)?;
    }
    for slot in [Slot::Channels, Slot::Topics] {
        if let Some(Val::Words(words)) = fitting.val(slot) {
            let when = match slot {
                Slot::Channels => Condition { channels: words.clone(), ..Condition::default() },
                _ => Condition { topics: words.clone(), ..Condition::default() },
            };
            all = super::clauses::both(&[Clause { when, ..Clause::default() }], &all)?;
        }
    }
    all.iter().all(|clause| clause.action.is_none()).then_some(all)
}

/// "If nobody answers, call for Kim" is about silence; that some word in it could be a topic as well ("call") is not meant.
fn beside_the_point(fitting: &Match, beside: &Beside) -> u32 {
    let bare_topic = fitting.vals(Slot::Work).any(|val| match val {
        Val::Clauses(clauses) => clauses.iter().any(|clause| !clause.when.topics.is_empty()),
        _ => false,
    });
    if bare_topic && beside.clauses.iter().any(|clause| trigger(&clause.when)) { 9 } else { 0 }
}

fn trigger(when: &Condition) -> bool {
    when.unanswered_for.is_some() || when.failed_times.is_some() || when.unsure || when.stuck_for.is_some()
}

fn route(reader: &Reader<'_>, fitting: &Match, beside: &Beside, faults: &mut Vec<Finding>) -> Option<Vec<Rule>> {
    if !beside.only_conditions() {
        return None;
    }
    let to = fitting.workers(Slot::To)?;
    if to.everyone || to.count.is_some() {
        return None;
    }
    let clauses = work_clauses(fitting, beside)?;
    // "The legal team sits next to finance": without a verb only a short topic is meant.
    if fitting.pattern.contains("{work} to {to}") && !short_topic(reader, fitting) {
        return None;
    }
    if fitting.form == Form::RouteIf && clauses.iter().any(|clause| clause.when.is_empty()) {
        if !matches!(reader.low(0), "it" | "they" | "this" | "these" | "those")
            || !fitting.pattern.contains("<it> <goes_to>")
        {
            return None;
        }
        faults.push(error(
            "pronoun",
            reader.span(0, 1),
            format!("“{}” does not say which work is meant", reader.low(0)),
            "name the topic, or write the sentence under a heading that names it",
        ));
    }
    clauses
        .into_iter()
        .map(|clause| {
            // Whatever goes to "a human" is brought to one.
            let human = to.refs.iter().all(|one| *one == WorkerRef::Human);
            if trigger(&clause.when) || human && !clause.when.is_empty() {
                return Some(Rule::Escalate(Escalate { who: clause.who, when: clause.when, to: to.refs.clone() }));
            }
            clause.who.is_empty().then(|| Rule::Route(Route { when: clause.when, to: to.refs.clone() }))
        })
        .collect()
}

fn short_topic(reader: &Reader<'_>, fitting: &Match) -> bool {
    let work = fitting.binds.iter().find(|bind| bind.slot == Some(Slot::Work));
    work.is_some_and(|work| {
        let named = reader.slot(Slot::Who, work.from).iter().any(|one| one.faults.is_empty() && one.end <= work.to);
        work.to - work.from <= 5 && !named && !matches!(reader.low(work.from), "the" | "a" | "an" | "our")
    })
}

/// "If it fails twice, page Tadhg": nobody was spoken of who could fail, be unsure or be stuck.
fn nobody_spoken_of(reader: &Reader<'_>, fitting: &Match) -> Option<Finding> {
    let adjunct = fitting.adjuncts().find(|adjunct| adjunct.form == Form::If && adjunct.start == 0)?;
    let worker = fitting.workers(Slot::Who).is_some();
    let Some(Val::Clauses(clauses)) = adjunct.val(Slot::Cond) else { return None };
    let doing = |clause: &Clause| {
        let when = &clause.when;
        clause.who.is_empty() && (when.failed_times.is_some() || when.unsure || when.stuck_for.is_some())
    };
    let at = (adjunct.start + 1..adjunct.end.min(adjunct.start + 4))
        .find(|at| matches!(reader.low(*at), "it" | "they" | "he" | "she"))?;
    (!worker && !clauses.is_empty() && clauses.iter().all(doing)).then(|| {
        error(
            "pronoun",
            reader.span(at, at + 1),
            format!("“{}” does not say who is meant", reader.low(at)),
            "name the agent, or write the sentence under a heading that names it",
        )
    })
}

fn escalate(fitting: &Match, beside: &Beside) -> Option<Vec<Rule>> {
    if !beside.only_conditions() {
        return None;
    }
    // "must be escalated": to a human, where nobody is named.
    let triage = Workers { refs: vec![WorkerRef::Human], ..Workers::default() };
    let to = fitting.workers(Slot::To).unwrap_or(&triage);
    if to.everyone {
        return None;
    }
    let who = fitting.workers(Slot::Who).map(|w| w.refs.clone()).unwrap_or_default();
    let clauses = work_clauses(fitting, beside)?;
    // "…, after that Selma": a bare name is only called where something waits.
    if fitting.pattern == "~ {to} ~" && !clauses.iter().all(|clause| trigger(&clause.when)) {
        return None;
    }
    if fitting.form == Form::Escalate && clauses.iter().any(|clause| clause.when.is_empty()) {
        return None;
    }
    Some(
        clauses
            .into_iter()
            .map(|clause| {
                let who = if who.is_empty() { clause.who } else { who.clone() };
                // Bringing an agent in for nothing but a topic is to give it the work.
                let agents = to.refs.iter().all(|one| matches!(one, WorkerRef::Agent(_)));
                if agents && who.is_empty() && !trigger(&clause.when) && clause.when.mentions.is_empty() {
                    return Rule::Route(Route { when: clause.when, to: to.refs.clone() });
                }
                Rule::Escalate(Escalate { who, when: clause.when, to: to.refs.clone() })
            })
            .collect(),
    )
}

fn prioritise(fitting: &Match, beside: &Beside) -> Option<Vec<Rule>> {
    // "… and the priority is urgent" is a condition rather than a rule of its own.
    if fitting.pattern.contains("(the|its|their) priority") && !led(fitting) {
        return None;
    }
    let priority: Priority = fitting.vals(Slot::Prio).find_map(|val| match val {
        Val::Priority(priority) => Some(*priority),
        _ => None,
    })?;
    if !beside.only_conditions() {
        return None;
    }
    let clauses = work_clauses(fitting, beside)?;
    if clauses.iter().any(|clause| clause.when.is_empty() || !clause.who.is_empty()) {
        return None;
    }
    Some(clauses.into_iter().map(|clause| Rule::Prioritise(Prioritise { when: clause.when, priority })).collect())
}

/// Whether the sentence begins with "if …".
fn led(fitting: &Match) -> bool {
    fitting.adjuncts().any(|adjunct| adjunct.start == 0 && adjunct.form == Form::If)
}

fn expect(reader: &Reader<'_>, fitting: &Match, beside: &mut Beside) -> Option<Vec<Rule>> {
    // "by Kim" says who answers; "from Kim" is whose request it is.
    let by_whom = fitting.adjuncts().all(|adjunct| adjunct.form != Form::ByWho || reader.low(adjunct.start) == "by");
    let by = if by_whom { beside.by.take() } else { None };
    if !beside.only_conditions() {
        return None;
    }
    let who: Vec<WorkerRef> = fitting.workers(Slot::Who).or(by.as_ref()).map(|w| w.refs.clone()).unwrap_or_default();
    let mut durations = fitting.vals(Slot::Dur).filter_map(|val| match val {
        Val::Duration(duration, _) => Some(duration.clone()),
        _ => None,
    });
    let (respond_within, resolve_within) = match fitting.form {
        Form::ExpectBoth => (Some(durations.next()?), Some(durations.next()?)),
        Form::ExpectRespond => (Some(durations.next()?), None),
        _ => (None, Some(durations.next()?)),
    };
    // "If a ticket is urgent, answer it within …": "it" is what the sentence began with.
    let unsaid = fitting.workers(Slot::Who).is_none() && fitting.val(Slot::Work).is_none();
    if unsaid && !led(fitting) {
        return None;
    }
    let clauses = work_clauses(fitting, beside)?;
    Some(
        clauses
            .into_iter()
            .map(|clause| {
                let who = if who.is_empty() { clause.who } else { who.clone() };
                Rule::Expect(Expect {
                    who,
                    when: clause.when,
                    respond_within: respond_within.clone(),
                    resolve_within: resolve_within.clone(),
                })
            })
            .collect(),
    )
}
