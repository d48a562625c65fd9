//! The nearest sentence that would be read, for one that is refused: its own words with the one slip mended, or the phrases
//! that were recognised, put plainly. It is read back before anybody sees it, and it is never looser than what was written:
//! where one word is not understood, or a gate, a bound or an exception would be lost, there is no suggestion.

use super::beside::Beside;
use super::grammar::Slot;
use super::pattern_set::{Form, Set};
use super::scan::Reader;
use super::token::tokenize;
use super::values::{Action, Bind, Match, Val};
use super::verdict::{Meaning, same, understand};
use super::vocabulary::turns::APPROVALS;
use super::workers::display;
use super::{Finding, Outcome, Scope, Severity, Vocabulary};
use crate::directives::condition::Condition;
use crate::directives::rule::{Approve, Confirm, Forbid, IsoDuration, Rule};
use crate::workers::WorkerRef;

/// Hedges of how often: without one a gate holds always.
const OFTEN: &[&str] = &[
    "usually", "normally", "generally", "typically", "mostly", "often", "ordinarily", "customarily", "as a rule",
    "in principle", "in general", "by and large", "for the most part", "as a general rule", "more or less always",
];
/// Words between phrases that change nothing in a gate.
const PLAIN: &[&str] = &[
    "the", "a", "an", "of", "to", "for", "by", "in", "on", "with", "from", "that", "which", "is", "are", "be", "been",
    "must", "shall", "should", "will", "has", "have", "had", "need", "needs", "needed", "require", "requires",
    "required", "get", "gets", "obtain", "obtained", "given", "give", "gives", "please", "always", "they", "it",
    "there", "do", "does", "may", "can", "any", "each", "every", "all", "first", "beforehand", "prior", "wants",
    "want", "made", "issued", "done", "paid", ",", ":", ";", "-", "→", "?", "(", ")",
];
/// Words that approve, behind whoever does.
const APPROVES: &[&str] = &[
    "approve", "approves", "approved", "authorise", "authorises", "authorize", "authorizes", "agree", "agrees", "okays",
];
const BANS: &[&str] = &["never", "forbidden", "prohibited", "banned", "no", "nobody", "not"];
/// Words after which a ban ends; without a ban they may free something, so nothing is suggested.
const BUT: &[&str] = &["without", "unless", "until", "before"];

/// The nearest sentence, where there is one.
pub fn nearest(text: &str, scope: &Scope<'_>, findings: &[Finding], voc: &Vocabulary<'_>) -> Option<String> {
    let wrong: Vec<&Finding> = findings.iter().filter(|one| one.severity == Severity::Error).collect();
    if let [only] = wrong.as_slice() {
        let mended = match only.code {
            "unknown-worker" => renamed(text, only, voc),
            "hedge" => unhedged(text, only),
            _ => None,
        };
        if let Some(mended) = mended.filter(|mended| reads_well(mended, scope, voc, only.code == "hedge")) {
            return Some(mended);
        }
    }
    let unread = wrong.iter().all(|one| one.code == "unread-gate");
    if unread { plainly(text, voc) } else { None }
}

/// "the fianance agent": the name that is written most like it.
fn renamed(text: &str, finding: &Finding, voc: &Vocabulary<'_>) -> Option<String> {
    let said = text.get(finding.span.clone())?;
    let words = super::index::name_words(said).join(" ");
    let near = voc.index.nearest(&words)?;
    let before = text[..finding.span.start].trim_end();
    let article =
        before.rsplit(' ').next().is_some_and(|word| matches!(word.to_lowercase().as_str(), "the" | "a" | "an"));
    let start = if article { before.rfind(' ').map_or(0, |at| at + 1) } else { finding.span.start };
    Some(format!("{}{}{}", &text[..start], display(&near.worker), &text[finding.span.end..]))
}

/// "Refunds usually need approval": they need it always.
fn unhedged(text: &str, finding: &Finding) -> Option<String> {
    let said = text.get(finding.span.clone())?.to_lowercase();
    OFTEN.contains(&said.as_str()).then_some(())?;
    let left = text[..finding.span.start].trim_end_matches([' ', ',']);
    let right = text[finding.span.end..].trim_start_matches([',', ' ']);
    let joined = if left.is_empty() { capital(right) } else { format!("{left} {right}") };
    Some(joined)
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

/// Whether it is read as rules and nothing is wrong with it; `gates`: as nothing but what holds something back.
fn reads_well(text: &str, scope: &Scope<'_>, voc: &Vocabulary<'_>, gates: bool) -> bool {
    match super::read_trimmed(text, scope, voc) {
        Outcome::Rules(rules) => {
            let holds = |rule: &Rule| matches!(rule, Rule::Approve(_) | Rule::Forbid(_) | Rule::Before(_));
            !gates || rules.iter().all(|read| holds(&read.rule))
        }
        Outcome::Guidance { .. } | Outcome::Refused(_) => false,
    }
}

/// What was recognised in a gate.
#[derive(Default)]
struct Phrases {
    action: Option<Action>,
    who: Vec<WorkerRef>,
    by: Vec<WorkerRef>,
    count: Option<u32>,
    beside: Vec<Bind>,
    bans: u32,
    buts: u32,
}

/// The canonical wording of the gate, if every word of it belongs to a phrase that is understood.
fn plainly(text: &str, voc: &Vocabulary<'_>) -> Option<String> {
    let reader = Reader::new(voc, tokenize(text));
    let phrases = phrases(&reader)?;
    let action = phrases.action?;
    let fitting = Match {
        form: Form::Approve,
        pattern: "",
        start: 0,
        end: reader.tokens.len(),
        binds: phrases.beside,
        cost: 0,
        faults: Vec::new(),
    };
    let beside = Beside::of(&fitting)?;
    let clauses = beside.conditions()?;
    let [clause] = clauses.as_slice() else { return None };
    (clause.action.is_none() && clause.who.is_empty()).then_some(())?;
    let when: Condition = super::clauses::and(&clause.when, &action.when)?;
    let rule = match (phrases.by.is_empty(), phrases.bans, phrases.buts) {
        (false, 0, 0) | (false, 1, 1) => Rule::Approve(Approve {
            action: action.text,
            tools: action.tools,
            who: phrases.who,
            when,
            count: phrases.count.unwrap_or(1),
            by: phrases.by,
            // What the canonical wording says of a gate that names no time.
            within: beside.within.clone().or_else(|| Some(IsoDuration("P1D".to_owned()))),
            otherwise: beside.otherwise.clone().unwrap_or_default(),
            confirm: beside.typed.then_some(Confirm::Typed),
        }),
        (true, 1, 0) if beside.only_conditions() => {
            Rule::Forbid(Forbid { action: action.text, tools: action.tools, who: phrases.who, when })
        }
        _ => return None,
    };
    let said = super::paraphrase(&rule, voc);
    match understand(voc, &tokenize(&said), 0) {
        Meaning::Rules(rules, _) => {
            let read: Vec<Rule> = rules.into_iter().map(|(rule, ..)| rule).collect();
            same(&read, std::slice::from_ref(&rule)).then_some(said)
        }
        Meaning::Broken(_) | Meaning::Ambiguous(_) | Meaning::Nothing => None,
    }
}

/// Every word as a part of a phrase, or nothing.
fn phrases(reader: &Reader<'_>) -> Option<Phrases> {
    let mut found = Phrases::default();
    let mut at = 0;
    while at < reader.tokens.len() {
        let low = reader.low(at);
        let plain = || {
            let known = PLAIN.contains(&low) || BANS.contains(&low) || BUT.contains(&low);
            known.then_some(at + 1)
        };
        let next = found
            .approver(reader, at)
            .or_else(|| found.act(reader, at))
            .or_else(|| found.adjunct(reader, at))
            .or_else(|| found.subject(reader, at));
        if next.is_none() {
            found.bans += u32::from(BANS.contains(&low));
            found.buts += u32::from(BUT.contains(&low));
        }
        at = next.or_else(plain)?;
    }
    Some(found)
}

impl Phrases {
    /// "Elena's approval", "approved by Elena", "Elena must approve".
    fn approver(&mut self, reader: &Reader<'_>, at: usize) -> Option<usize> {
        let okays = reader.slot(Slot::Okay, at);
        let spoken = |end: usize| (at..end).any(|i| APPROVALS.contains(&reader.low(i)));
        let best = okays.iter().filter_map(|one| match &one.val {
            Val::Okay(okay) if one.faults.is_empty() && !okay.by.is_empty() && !okay.typed && spoken(one.end) => {
                let all = okay.all.then(|| u32::try_from(okay.by.len()).unwrap_or(1));
                Some((one.end, okay.by.clone(), okay.count.or(all)))
            }
            _ => None,
        });
        let named = |from: usize| {
            reader
                .slot(Slot::To, from)
                .iter()
                .filter_map(|one| match &one.val {
                    Val::Workers(workers) if one.faults.is_empty() && !workers.everyone && !workers.refs.is_empty() => {
                        let all = workers.all.then(|| u32::try_from(workers.refs.len()).unwrap_or(1));
                        Some((one.end, workers.refs.clone(), workers.count.or(all)))
                    }
                    _ => None,
                })
                .collect::<Vec<_>>()
        };
        let approved = APPROVES.contains(&reader.low(at)) && reader.low(at + 1) == "by";
        let behind = if approved { named(at + 2) } else { Vec::new() };
        let verb = |end: usize| {
            let aux = |i: &usize| {
                matches!(reader.low(*i), "must" | "has" | "have" | "to" | "should" | "shall" | "needs" | "first")
            };
            let verb = (end..).find(|i| !aux(i)).unwrap_or(end);
            APPROVES.contains(&reader.low(verb)).then_some(verb + 1)
        };
        let before = named(at).into_iter().filter_map(|(end, by, count)| Some((verb(end)?, by, count)));
        let (end, by, count) = best.chain(behind).chain(before).max_by_key(|(end, ..)| *end)?;
        // A second approver is one too many for a plain sentence.
        self.by.is_empty().then_some(())?;
        (self.by, self.count) = (by, count);
        Some(end)
    }

    fn adjunct(&mut self, reader: &Reader<'_>, at: usize) -> Option<usize> {
        let clean = reader.from(Set::Adjunct, at);
        let kept = |one: &&Match| {
            one.faults.is_empty()
                && matches!(
                    one.form,
                    Form::If
                        | Form::Unless
                        | Form::UnlessMod
                        | Form::UnlessSegment
                        | Form::WhenMod
                        | Form::Mentioning
                        | Form::Within
                        | Form::OtherwiseAsk
                        | Form::OtherwiseDeny
                        | Form::Typed
                )
        };
        let best = clean.iter().filter(kept).max_by_key(|one| (one.end, std::cmp::Reverse(one.cost)))?;
        let val = Val::Adjunct(std::rc::Rc::new(best.clone()));
        self.beside.push(Bind { slot: None, val, from: at, to: best.end });
        Some(best.end)
    }

    fn act(&mut self, reader: &Reader<'_>, at: usize) -> Option<usize> {
        let acts = reader.slot(Slot::Act, at);
        let best = acts.iter().filter(|one| one.faults.is_empty() && one.cost < 4).max_by_key(|one| one.end)?;
        let Val::Action(action) = &best.val else { return None };
        let reads = |tool: &str| reader.index.tools.iter().any(|known| known.name == tool && known.reads);
        // What only looks is no gate's business.
        (self.action.is_none() && !action.tools.iter().any(|tool| reads(&tool.0))).then_some(())?;
        (action.same.is_none()).then_some(())?;
        self.action = Some((**action).clone());
        Some(best.end)
    }

    /// The agent that the gate is for.
    fn subject(&mut self, reader: &Reader<'_>, at: usize) -> Option<usize> {
        let named = reader.slot(Slot::Who, at);
        named.iter().rev().find_map(|one| match &one.val {
            Val::Workers(workers) if one.faults.is_empty() && self.who.is_empty() => {
                let agents = workers.refs.iter().all(|who| matches!(who, WorkerRef::Agent(_)));
                (agents && !workers.refs.is_empty() && !workers.everyone).then(|| {
                    self.who.clone_from(&workers.refs);
                    one.end
                })
            }
            _ => None,
        })
    }
}
