//! Rules about actions, and what makes one of them impossible to enforce.

use super::Finding;
use super::beside::Beside;
use super::grammar::Slot;
use super::pattern_set::Form;
use super::scan::Reader;
use super::totals;
use super::values::{Action, Clause, Match, Okay, Val, error, warning};
use crate::catalogue::ToolName;
use crate::directives::rule::{
    Allow, AmountRange, Approve, Before, Condition, Confirm, Forbid, Otherwise, Permit, Rule, Same, ToolPattern,
};
use crate::workers::WorkerRef;

pub fn build(
    reader: &Reader<'_>,
    fitting: &Match,
    beside: &Beside,
    faults: &mut Vec<Finding>,
    warnings: &mut Vec<Finding>,
    extra: &mut u32,
) -> Option<Vec<Rule>> {
    let span = reader.span(fitting.start, fitting.end);
    let alternatives = gate_clauses(reader, fitting, beside, faults, extra)?;
    let everyone_but_actor = actors_named(reader, fitting);
    let mut rules = Vec::new();
    for clause in alternatives {
        // "They need approval": the pronoun is what is wrong.
        let nothing = || fitting.faults.iter().any(|f| f.code == "pronoun").then(Action::default);
        let action = clause.action.clone().or_else(nothing)?;
        let mut clause = clause;
        // "No customer may be granted …": what is counted is counted for each.
        let each = fitting.pattern.contains("no (customer|client)").then_some(Same::Customer);
        if let Some(same) = action.same.or(each) {
            totals::counted_by(&mut clause.when, same, &span, faults);
        }
        *extra += totals::uncounted(&action, &clause.when, beside);
        totals::check_amount(reader, &action, &clause.when, &span, faults);
        check_moment(&clause.when, &span, faults);
        // Two who act are one too many for a rule.
        if !everyone_but_actor.is_empty() && !clause.who.is_empty() && clause.who != everyone_but_actor {
            return None;
        }
        let who = if everyone_but_actor.is_empty() { clause.who.clone() } else { everyone_but_actor.clone() };
        rules.push(match fitting.form {
            Form::Approve => approve(reader, fitting, beside, action, who, clause.when, &span, faults)?,
            Form::Allow => {
                plain(beside)?;
                // At an agent's discretion it runs; at a person's it waits for their word, or for nobody's: who knows.
                let theirs = fitting.pattern.contains("discretion");
                if theirs && who.iter().any(|one| !matches!(one, WorkerRef::Agent(_))) {
                    return None;
                }
                if !who.is_empty() {
                    warnings.extend(not_granted(reader, &who, &action, &span));
                }
                Rule::Allow(Allow { action: action.text, tools: action.tools, who, when: clause.when })
            }
            Form::Forbid => {
                plain(beside)?;
                Rule::Forbid(Forbid { action: action.text, tools: action.tools, who, when: clause.when })
            }
            Form::ForbidUnlessFrom | Form::ForbidUnless => {
                plain(beside)?;
                forbid_unless(fitting, action, who, clause.when)?
            }
            Form::Permit | Form::PermitNothingElse | Form::PermitOnly => {
                permit(fitting, beside, action, who, &clause.when, &span, faults)?
            }
            Form::Before => {
                plain(beside)?;
                *extra += looks_itself(reader, &action);
                let first = looked_up(reader, fitting)?;
                Rule::Before(Before { action: action.text, tools: action.tools, who, when: clause.when, first })
            }
            _ => return None,
        });
    }
    Some(rules)
}

/// Who acts; "before somebody rejects a claim" is about whoever it is.
fn actors_named(reader: &Reader<'_>, fitting: &Match) -> Vec<WorkerRef> {
    let anybody = |bind: &super::values::Bind| {
        bind.slot == Some(Slot::Who)
            && matches!(reader.low(bind.from), "somebody" | "someone" | "anybody" | "anyone" | "one" | "people")
    };
    let named = fitting.workers(Slot::Who).filter(|_| !fitting.binds.iter().any(anybody));
    named.map(|workers| workers.refs.clone()).unwrap_or_default()
}

/// "Before cancelling a subscription, look up the customer, …": the list belongs to what is looked up.
fn looks_itself(reader: &Reader<'_>, action: &Action) -> u32 {
    let reads = |tool: &ToolPattern| reader.index.tools.iter().any(|known| known.name == tool.0 && known.reads);
    if action.tools.len() > 1 && action.tools.iter().any(reads) { 4 } else { 0 }
}

/// "only Kim may ask for refunds", "refunds only in #money": forbidden but for that.
fn forbid_unless(fitting: &Match, action: Action, who: Vec<WorkerRef>, mut when: Condition) -> Option<Rule> {
    if when.unless.is_some() {
        return None;
    }
    if fitting.form == Form::ForbidUnlessFrom {
        (!who.is_empty()).then_some(())?;
        when.unless = Some(Box::new(Condition { from: who, ..Condition::default() }));
        return Some(Rule::Forbid(Forbid { action: action.text, tools: action.tools, who: Vec::new(), when }));
    }
    // "only in spring" is a limit too, if one that nobody can check.
    if when.is_empty() && fitting.faults.is_empty() {
        return None;
    }
    let when = Condition { unless: Some(Box::new(when)), ..Condition::default() };
    Some(Rule::Forbid(Forbid { action: action.text, tools: action.tools, who, when }))
}

/// What must have been looked up; "orders must be looked up before they are cancelled" names it once for both.
fn looked_up(reader: &Reader<'_>, fitting: &Match) -> Option<Vec<ToolPattern>> {
    // "unless the customer's a VIP" looks nothing up.
    let is = |bind: &super::values::Bind| {
        (bind.from..bind.to)
            .any(|at| reader.low(at) == "'s" && matches!(reader.low(at + 1), "a" | "an" | "not" | "been"))
    };
    if fitting.binds.iter().any(|bind| bind.slot == Some(Slot::First) && is(bind)) {
        return None;
    }
    let mut named: Vec<ToolPattern> = Vec::new();
    for bind in fitting.binds.iter().filter(|bind| bind.slot == Some(Slot::First)) {
        if let Some(tool) = by_verb(reader, bind.from, bind.to) {
            named.push(tool);
        } else if let Val::Action(first) = &bind.val {
            named.extend(first.tools.iter().filter(|tool| !named.contains(tool)).cloned().collect::<Vec<_>>());
        }
    }
    if !named.is_empty() {
        return Some(named);
    }
    // "closing a ticket before it has been read": what is closed, behind its verb.
    let object = fitting.binds.iter().find(|bind| matches!(bind.slot, Some(Slot::Obj | Slot::Act)))?;
    let behind = if object.slot == Some(Slot::Act) { object.from + 1 } else { object.from };
    let article = usize::from(matches!(reader.low(behind), "a" | "an" | "the" | "any"));
    let starts = [behind, behind + article];
    let whole: Vec<_> = starts.iter().flat_map(|from| reader.slot(Slot::First, *from).to_vec()).collect();
    whole.iter().find(|one| one.end == object.to && one.faults.is_empty()).and_then(|one| match &one.val {
        Val::Action(action) => Some(action.tools.clone()),
        _ => None,
    })
}

/// "the conversations have been searched": the verb behind may say which tool it is.
fn by_verb(reader: &Reader<'_>, from: usize, to: usize) -> Option<ToolPattern> {
    let aux = |at: &usize| {
        matches!(
            reader.low(*at),
            "has"
                | "have"
                | "been"
                | "is"
                | "are"
                | "be"
                | "to"
                | "must"
                | "should"
                | "first"
                | "shall"
                | "will"
                | "need"
                | "needs"
        )
    };
    let verb = (to..reader.tokens.len()).find(|at| !aux(at)).filter(|verb| *verb > to)?;
    matches!(reader.stem(verb), "search" | "list" | "find").then_some(())?;
    let words: Vec<usize> = std::iter::once(verb).chain(from..to).collect();
    match super::tools::bind(reader, &words, true) {
        super::tools::Bound::Tool(name, _) if beside_it(reader, &name, from, to) => Some(ToolPattern(name)),
        _ => None,
    }
}

/// Whether the noun alone binds a tool of the same server.
fn beside_it(reader: &Reader<'_>, tool: &str, from: usize, to: usize) -> bool {
    let server = |name: &str| name.split('.').next().map(str::to_owned);
    reader.slot(Slot::First, from).iter().any(|one| match &one.val {
        Val::Action(action) => one.end == to && action.tools.iter().any(|pattern| server(&pattern.0) == server(tool)),
        _ => false,
    })
}

fn plain(beside: &Beside) -> Option<()> {
    beside.only_conditions().then_some(())
}

/// The action of the main clause, or of its "when …", with all conditions.
fn gate_clauses(
    reader: &Reader<'_>,
    fitting: &Match,
    beside: &Beside,
    faults: &mut Vec<Finding>,
    extra: &mut u32,
) -> Option<Vec<Clause>> {
    let mut all = beside.conditions()?;
    let place = |slot: Slot| fitting.binds.iter().find(|b| b.slot == Some(slot)).map(|b| (b.from, b.to));
    let passive = match (place(Slot::Obj), place(Slot::Part)) {
        (Some(object), Some(part)) => {
            let found = super::passives::passive(reader, object, part);
            *extra += found.cost;
            faults.extend(found.faults);
            match found.val {
                Val::Action(action) => Some(*action),
                _ => None,
            }
        }
        _ => None,
    };
    // "must not exceed $2,000 a month".
    if let Some(Val::Money(over, currency)) = fitting.val(Slot::Money) {
        let mut amount = AmountRange { over: Some(*over), currency: currency.clone(), ..AmountRange::default() };
        if let Some(Val::Per { days, same }) = fitting.val(Slot::Per) {
            amount.per = Some(days.clone());
            amount.same = *same;
        }
        let when = Condition { amount: Some(amount), ..Condition::default() };
        all = super::clauses::both(&all, &[Clause { when, ..Clause::default() }])?;
    }
    // "where the HR team asks for it".
    if let Some(from) = fitting.workers(Slot::From) {
        (!from.everyone).then_some(())?;
        let when = Condition { from: from.refs.clone(), ..Condition::default() };
        all = super::clauses::both(&all, &[Clause { when, ..Clause::default() }])?;
    }
    if let Some(Val::Words(segments)) = fitting.val(Slot::Seg) {
        let when = Condition { segments: segments.clone(), ..Condition::default() };
        all = super::clauses::both(&all, &[Clause { when, ..Clause::default() }])?;
    }
    if fitting.workers(Slot::Who).is_none() {
        all.iter_mut().for_each(actors);
    }
    if let Some(action) = fitting.action(Slot::Act).or(passive.as_ref()) {
        for clause in &mut all {
            if clause.action.is_some() {
                return None;
            }
            clause.when = super::clauses::and(&clause.when, &action.when)?;
            clause.action = Some(action.clone());
        }
    }
    Some(all)
}

/// "Refunds by Felix": an agent is the one who acts, a person the one who asks.
fn actors(clause: &mut Clause) {
    let agents = clause.when.from.iter().all(|from| matches!(from, WorkerRef::Agent(_)));
    if agents && clause.who.is_empty() {
        clause.who = std::mem::take(&mut clause.when.from);
    }
}

#[expect(clippy::too_many_arguments, reason = "the parts of one rule, each named")]
fn approve(
    reader: &Reader<'_>,
    fitting: &Match,
    beside: &Beside,
    action: Action,
    who: Vec<WorkerRef>,
    when: Condition,
    span: &std::ops::Range<usize>,
    faults: &mut Vec<Finding>,
) -> Option<Rule> {
    if beside.nothing_else || beside.until.is_some() || beside.then.is_some() || beside.remind.is_some() {
        return None;
    }
    let okay = match fitting.val(Slot::Okay) {
        Some(Val::Okay(okay)) => okay.clone(),
        _ => Okay::default(),
    };
    let mut okay = okay;
    for workers in fitting.workers(Slot::To).into_iter().chain(beside.by.as_ref()) {
        if okay.by.is_empty() {
            okay.by.clone_from(&workers.refs);
            okay.count = okay.count.or(workers.count);
            okay.all |= workers.all;
        } else if okay.by != workers.refs {
            return None;
        }
    }
    let by = okay.by.clone();
    let count = okay.count.unwrap_or(if okay.all { u32::try_from(by.len()).unwrap_or(1) } else { 1 });
    check_approvers(reader, &by, count, span, faults);
    if let Some(Otherwise::Ask(others)) = &beside.otherwise {
        check_approvers(reader, others, 1, span, faults);
    }
    Some(Rule::Approve(Approve {
        action: action.text,
        tools: action.tools,
        who,
        when,
        by,
        count,
        within: beside.within.clone(),
        otherwise: beside.otherwise.clone().unwrap_or_default(),
        confirm: (beside.typed || okay.typed).then_some(Confirm::Typed),
    }))
}

fn permit(
    fitting: &Match,
    beside: &Beside,
    action: Action,
    who: Vec<WorkerRef>,
    when: &Condition,
    span: &std::ops::Range<usize>,
    faults: &mut Vec<Finding>,
) -> Option<Rule> {
    if !(Beside { nothing_else: false, ..beside.clone() }).only_conditions() || who.is_empty() {
        return None;
    }
    if !when.is_empty() {
        faults.push(error(
            "permit-condition",
            span.clone(),
            "a right to use a tool has no conditions".to_owned(),
            "grant the tool in one sentence, and say in another one what needs approval or must never happen",
        ));
    }
    let nothing_else = beside.nothing_else || fitting.form == Form::PermitNothingElse;
    Some(Rule::Permit(Permit { who, tools: action.tools, only: fitting.form == Form::PermitOnly, nothing_else }))
}

/// An approver must be a person other than the requester, and there must be enough of them.
pub(super) fn check_approvers(
    reader: &Reader<'_>,
    by: &[WorkerRef],
    count: u32,
    span: &std::ops::Range<usize>,
    faults: &mut Vec<Finding>,
) {
    for worker in by {
        match worker {
            WorkerRef::Agent(id) => faults.push(error(
                "agent-approver",
                span.clone(),
                format!("{id} is an agent, and only people can approve"),
                "name a person, a role or a team",
            )),
            WorkerRef::Requester => faults.push(error(
                "requester-approver",
                span.clone(),
                "nobody can approve what they asked for themselves".to_owned(),
                "name someone else, or “the requester's manager”",
            )),
            WorkerRef::Bot(name) => faults.push(error(
                "agent-approver",
                span.clone(),
                format!("{name} is a bot, and only people can approve"),
                "name a person",
            )),
            WorkerRef::Role(id) if only_agents(reader, id) => faults.push(error(
                "agent-approver",
                span.clone(),
                format!("only agents fill the role {id}, and only people can approve"),
                "name a person, a role or a team",
            )),
            _ => {}
        }
    }
    if count == 0 {
        faults.push(error(
            "count",
            span.clone(),
            "no approval at all is no gate".to_owned(),
            "write how many must approve",
        ));
    }
    if let Some(people) = people(reader, by)
        && usize::try_from(count).is_ok_and(|count| count > people)
    {
        faults.push(error(
            "too-many-approvals",
            span.clone(),
            format!("{count} approvals are asked for, but there are only {people} who could give one"),
            "ask for fewer, or name more approvers",
        ));
    }
}

fn only_agents(reader: &Reader<'_>, role: &str) -> bool {
    let roster = reader.voc.roster;
    let mut fills = roster.positions.values().filter(|p| p.role == role).peekable();
    fills.peek().is_some() && fills.all(|p| p.driver != crate::roster::Driver::Human)
}

/// How many people could approve; `None` where the roster cannot tell.
fn people(reader: &Reader<'_>, by: &[WorkerRef]) -> Option<usize> {
    let roster = reader.voc.roster;
    let mut known = std::collections::BTreeSet::new();
    let mut seats = 0;
    if by.is_empty() {
        return Some(1);
    }
    for worker in by {
        match worker {
            WorkerRef::Person(handle) => {
                known.insert(handle.clone());
            }
            WorkerRef::Team(id) => {
                let team = roster.teams.get(id)?;
                if team.user_group.is_some() {
                    return None;
                }
                known.extend(team.members.iter().map(|m| m.trim_start_matches('@').to_owned()));
            }
            WorkerRef::Role(id) => {
                let mut people: Vec<String> = roster
                    .positions
                    .values()
                    .filter(|p| p.role == *id)
                    .filter_map(|p| p.person.as_ref().map(|h| h.trim_start_matches('@').to_owned()))
                    .collect();
                if people.is_empty() {
                    return None;
                }
                known.extend(people.drain(..));
            }
            WorkerRef::Channel(_) => return None,
            WorkerRef::Human | WorkerRef::Owner | WorkerRef::Supervisor | WorkerRef::RequesterManager => seats += 1,
            WorkerRef::Agent(_) | WorkerRef::Bot(_) | WorkerRef::Requester => {}
        }
    }
    Some((known.len() + seats).max(1))
}

/// A gate is judged when the action is proposed: silence and doubt only bring people in.
fn check_moment(when: &Condition, span: &std::ops::Range<usize>, faults: &mut Vec<Finding>) {
    let waits = |c: &Condition| c.unanswered_for.is_some() || c.stuck_for.is_some() || c.unsure;
    if waits(when) || when.unless.as_ref().is_some_and(|unless| waits(unless)) || when.all.iter().any(waits) {
        faults.push(error(
            "hedge",
            span.clone(),
            "nobody can check this at the moment when the action is to run".to_owned(),
            "say for which amounts, topics, people or hours it holds",
        ));
    }
}

/// "may … without approval" grants no tool by itself.
fn not_granted(
    reader: &Reader<'_>,
    who: &[WorkerRef],
    action: &Action,
    span: &std::ops::Range<usize>,
) -> Option<Finding> {
    let roster = reader.voc.roster;
    let lacks = |id: &String, tool: &ToolPattern| {
        roster.positions.get(id).is_some_and(|position| {
            !position.tools.iter().any(|pattern| *pattern == tool.0 || ToolName(tool.0.clone()).matches(pattern))
        })
    };
    who.iter().find_map(|worker| match worker {
        WorkerRef::Agent(id) => action.tools.iter().find(|tool| lacks(id, tool)).map(|tool| {
            warning(
                "not-granted",
                span.clone(),
                format!("this frees {id} from approval but does not grant it {}", tool.0),
                "add the tool to its front matter, or write that it may use it",
            )
        }),
        _ => None,
    })
}
