//! From all readings of a sentence to one outcome: exactly one reading, guidance, or what is wrong.

use super::believed;
use super::build::{Built, build};
use super::pattern_set::{Form, Set};
use super::scan::Reader;
use super::token::Token;
use super::values::{Val, error};
use super::{Finding, Outcome, Read, Scope, Severity, Vocabulary, guards, schedule};
use crate::directives::rule::Rule;
use crate::workers::WorkerRef;

/// Readings that differ by no more than this are equally good.
const MARGIN: u32 = 1;

/// Rules, each with the byte offset where it starts and its warnings.
pub type Placed = Vec<(Rule, usize, Vec<Finding>)>;

/// What the tokens mean: rules with the byte offset of each, or the best broken reading, or nothing.
pub enum Meaning {
    /// With what the reading costs.
    Rules(Placed, u32),
    Broken(Built),
    Ambiguous(Vec<Finding>),
    Nothing,
}

pub fn read_tokens(voc: &Vocabulary<'_>, tokens: Vec<Token>, scope: &Scope<'_>) -> Outcome {
    let ban_like = ban_like(&tokens);
    match understand(voc, &tokens, 0) {
        Meaning::Rules(rules, _) => Outcome::Rules(
            rules
                .into_iter()
                .map(|(rule, offset, findings)| Read { rule: scoped(rule, scope), offset, findings })
                .collect(),
        ),
        Meaning::Ambiguous(findings) => Outcome::Refused(findings),
        Meaning::Broken(built)
            if built.faults.iter().all(|f| f.code == "no-worker") && !addressed(scope).is_empty() =>
        {
            let offset = tokens.first().map_or(0, |token| token.span.start);
            let read = |rule: Rule| Read { rule: scoped(rule, scope), offset, findings: Vec::new() };
            Outcome::Rules(built.rules.into_iter().map(read).collect())
        }
        Meaning::Broken(built) if enforceable(voc, &built, &tokens) => {
            let mut findings: Vec<Finding> = Vec::new();
            for mut fault in built.faults {
                if fault.code == "undefined-act" {
                    fault.code = "undefined-term";
                }
                if !findings.contains(&fault) {
                    findings.push(fault);
                }
            }
            Outcome::Refused(findings)
        }
        Meaning::Broken(_) | Meaning::Nothing if negated_gate(voc, &tokens) => {
            Outcome::Refused(unreadable(&tokens).into_iter().collect())
        }
        Meaning::Broken(_) | Meaning::Nothing => match believed::gate(voc, &tokens) {
            Some(finding) => Outcome::Refused(vec![finding]),
            None => Outcome::Guidance { who: addressed(scope), ban_like },
        },
    }
}

/// Whom guidance under this heading or in this file addresses.
pub fn addressed(scope: &Scope<'_>) -> Vec<WorkerRef> {
    match (&scope.heading, scope.role) {
        (Some(super::Heading::Worker(worker)), _) => vec![worker.clone()],
        (_, Some(role)) => vec![WorkerRef::Role(role.to_owned())],
        (_, None) => Vec::new(),
    }
}

/// In a role file a rule that names nobody is for that role.
pub fn scoped(mut rule: Rule, scope: &Scope<'_>) -> Rule {
    let role = match (scope.role, &scope.heading) {
        (Some(role), _) => WorkerRef::Role(role.to_owned()),
        (None, Some(super::Heading::Worker(worker))) if needs_worker(&rule) => worker.clone(),
        (None, _) => return rule,
    };
    let fill = |who: &mut Vec<WorkerRef>| {
        if who.is_empty() {
            who.push(role.clone());
        }
    };
    match &mut rule {
        Rule::Escalate(r) => fill(&mut r.who),
        Rule::Approve(r) => fill(&mut r.who),
        Rule::Allow(r) => fill(&mut r.who),
        Rule::Forbid(r) => fill(&mut r.who),
        Rule::Permit(r) => fill(&mut r.who),
        Rule::Before(r) => fill(&mut r.who),
        Rule::Expect(r) => fill(&mut r.who),
        Rule::Hours(r) => fill(&mut r.who),
        Rule::Guidance(r) => fill(&mut r.who),
        Rule::Schedule(r) => fill(&mut r.who),
        Rule::Budget(r) => fill(&mut r.who),
        Rule::Review(r) => fill(&mut r.who),
        Rule::Sample(r) => fill(&mut r.who),
        Rule::Guard(r) => fill(&mut r.who),
        Rule::Autonomy(r) => fill(&mut r.who),
        Rule::Define(_) | Rule::Route(_) | Rule::Prioritise(_) | Rule::Cover(_) => {}
    }
    rule
}

/// Kinds that must name whom they are for.
fn needs_worker(rule: &Rule) -> bool {
    matches!(rule, Rule::Budget(_) | Rule::Review(_) | Rule::Sample(_) | Rule::Guard(_) | Rule::Autonomy(_))
}

pub fn understand(voc: &Vocabulary<'_>, tokens: &[Token], depth: usize) -> Meaning {
    let reader = Reader::new(voc, tokens.to_vec());
    let mut candidates: Vec<Built> =
        reader.whole(Set::Main).iter().filter_map(|fitting| build(&reader, fitting)).collect();
    candidates.extend(schedule::read(&reader));
    candidates.extend(guards::read(&reader));
    candidates.sort_by_key(|built| built.cost);
    let clean: Vec<&Built> = candidates.iter().filter(|built| built.faults.is_empty()).collect();
    if let Some(best) = clean.first() {
        let natural =
            candidates.iter().filter(|b| b.natural.is_some_and(|cost| cost < best.cost)).min_by_key(|b| b.natural);
        if let Some(natural) = natural {
            return Meaning::Broken(natural.clone());
        }
        // A reading that swallows a second rule as free text loses against two clean halves.
        if best.cost >= 14
            && depth < 3
            && let Some((rules, cost)) = super::halves::halves(voc, &reader, tokens, depth)
            && cost <= best.cost
        {
            return Meaning::Rules(rules, cost);
        }
        let rival = clean.iter().find(|other| other.cost <= best.cost + MARGIN && !same(&other.rules, &best.rules));
        if let Some(rival) = rival {
            return Meaning::Ambiguous(vec![ambiguous(voc, &reader, best, rival)]);
        }
        let offset = reader.tokens.first().map_or(0, |token| token.span.start);
        let rules = best.rules.iter().map(|rule| (rule.clone(), offset, best.warnings.clone())).collect();
        return Meaning::Rules(rules, best.cost);
    }
    if depth < 3
        && let Some((rules, cost)) = super::halves::halves(voc, &reader, tokens, depth)
    {
        return Meaning::Rules(rules, cost);
    }
    // A gate that someone believes in counts before a cheaper reading that nobody would miss.
    let believed = candidates.iter().position(|built| enforceable(voc, built, tokens)).unwrap_or(0);
    match candidates.into_iter().nth(believed) {
        Some(built) => Meaning::Broken(built),
        None => Meaning::Nothing,
    }
}

/// Whether two readings are the same rules; how the action is displayed does not count.
pub fn same(left: &[Rule], right: &[Rule]) -> bool {
    left.len() == right.len() && left.iter().zip(right).all(|(a, b)| without_display(a) == without_display(b))
}

fn without_display(rule: &Rule) -> Rule {
    let mut rule = rule.clone();
    match &mut rule {
        Rule::Approve(r) => r.action.clear(),
        Rule::Allow(r) => r.action.clear(),
        Rule::Forbid(r) => r.action.clear(),
        Rule::Before(r) => r.action.clear(),
        Rule::Autonomy(r) => r.action.clear(),
        Rule::Schedule(r) => r.what.clear(),
        _ => {}
    }
    rule
}

fn ambiguous(voc: &Vocabulary<'_>, reader: &Reader<'_>, one: &Built, two: &Built) -> Finding {
    let say = |built: &Built| built.rules.iter().map(|rule| super::paraphrase(rule, voc)).collect::<Vec<_>>().join(" ");
    error(
        "ambiguous",
        reader.span(0, reader.tokens.len()),
        format!("this can be read in two ways: “{}” or “{}”", say(one), say(two)),
        "write the one that you mean",
    )
}

/// Whether the best broken reading is a rule that someone believes in, rather than guidance that looks a little like one.
fn enforceable(voc: &Vocabulary<'_>, built: &Built, tokens: &[Token]) -> bool {
    let says = |words: &[&str]| tokens.iter().any(|t| words.contains(&t.low.as_str()));
    let has = |code: &str| built.faults.iter().any(|f| f.code == code && f.severity == Severity::Error);
    let approval_word = says(&[
        "approval", "approve", "approves", "approved", "approvals", "sign", "signs", "signed", "consent", "permission",
        "authorise", "authorize", "authorised", "authorized", "ok", "okay", "approver", "approvers", "authorisation",
        "authorization", "clearance", "signature",
    ]);
    if tells_what_was(voc, tokens) {
        return false;
    }
    // Who answers, in a case that nobody can check, is no gate.
    if built.form == Form::RouteIf && built.faults.iter().all(|f| f.code == "undefined-condition") {
        return false;
    }
    if has("no-tool") && tokens.windows(2).any(|pair| pair[0].low.starts_with("approve") && pair[1].low == "of") {
        return false;
    }
    if has("undefined-act")
        && matches!(built.form, Form::Forbid | Form::ForbidUnless)
        && !tokens.iter().any(|t| t.low == "no")
    {
        return false;
    }
    if has("no-tool") || has("unknown-tool") && built.form != Form::Permit {
        if has("unknown-tool") {
            return true;
        }
        return match built.form {
            Form::Approve | Form::Allow => approval_word,
            Form::PermitOnly | Form::ForbidUnlessFrom => {
                says(&["only", "alone", "nobody", "reserved", "exclusively", "except"])
                    && says(&["may", "can", "allowed", "permitted"])
            }
            _ => false,
        };
    }
    if has("pronoun") {
        return !says(&["you", "your"])
            && matches!(
                built.form,
                Form::Approve
                    | Form::Allow
                    | Form::Forbid
                    | Form::Permit
                    | Form::PermitOnly
                    | Form::Route
                    | Form::RouteIf
                    | Form::Escalate
                    | Form::EscalateWork
                    | Form::Budget
                    | Form::Autonomy
                    | Form::Before
            )
            && built.cost < 200;
    }
    built.cost < 330
}

/// "Tomas used to run a bike shop": a person, and what they did once. What is "used to refund" is no person.
fn tells_what_was(voc: &Vocabulary<'_>, tokens: &[Token]) -> bool {
    let is = |at: usize, word: &str| tokens.get(at).is_some_and(|token| token.low == word);
    let Some(used) = (1..tokens.len()).find(|at| is(*at, "used") && is(at + 1, "to")) else { return false };
    let no_verb =
        ["the", "a", "an", "this", "that", "these", "those", "our", "your", "their", "his", "her", "its", "my"];
    let verb = tokens.get(used + 2).filter(|token| token.is_word() && !no_verb.contains(&token.low.as_str()));
    let reader = Reader::new(voc, tokens.to_vec());
    let pronoun = used == 1 && matches!(reader.low(0), "i" | "he" | "she" | "we" | "they");
    let person = pronoun
        || reader.slot(super::grammar::Slot::Who, 0).iter().any(|who| {
            let people = |refs: &[WorkerRef]| refs.iter().all(|one| matches!(one, WorkerRef::Person(_)));
            who.end == used && who.faults.is_empty() && matches!(&who.val, Val::Workers(who) if people(&who.refs))
        });
    verb.is_some() && person
}

/// Shaped like a ban.
fn ban_like(tokens: &[Token]) -> bool {
    tokens.iter().enumerate().any(|(i, token)| {
        let next = tokens.get(i + 1).map_or("", |t| t.low.as_str());
        matches!(token.low.as_str(), "never" | "forbidden" | "prohibited" | "nobody")
            || matches!(
                (token.low.as_str(), next),
                ("do" | "must" | "may" | "can" | "should" | "shall" | "allowed", "not") | ("no", "one" | "agent")
            )
    })
}

/// Two negations around something that a tool does or someone approves.
fn negated_gate(voc: &Vocabulary<'_>, tokens: &[Token]) -> bool {
    if unreadable(tokens).is_none() {
        return false;
    }
    let reader = Reader::new(voc, tokens.to_vec());
    (0..tokens.len()).any(|i| {
        matches!(reader.low(i), "approval" | "approve" | "approved")
            || matches!(reader.low(i), "ask" | "asking")
                && reader.slot(super::grammar::Slot::To, i + 1).iter().any(|s| s.cost < 60)
            || reader.slot(super::grammar::Slot::Act, i).iter().any(|s| s.faults.is_empty() && s.cost < 4)
    })
}

/// "a direct no" is what somebody says; "a customer no refund" is not.
fn is_an_answer(tokens: &[Token], no: usize) -> bool {
    let said = |back: usize| {
        no.checked_sub(back).is_some_and(|at| matches!(tokens[at].low.as_str(), "a" | "the" | "your" | "our"))
    };
    let ends = tokens.get(no + 1).is_none_or(|next| {
        [',', '.', ';', '!', '?'].into_iter().any(|mark| next.is_mark(mark))
            || matches!(next.low.as_str(), "is" | "was" | "means")
    });
    ends && (said(1) || said(2))
}

/// What a term of a double negation reads as, and other shapes that no grammar should try to read.
pub fn unreadable(tokens: &[Token]) -> Option<Finding> {
    let negations: Vec<usize> = tokens
        .iter()
        .enumerate()
        .filter(|(i, t)| t.low != "no" || !is_an_answer(tokens, *i))
        .filter(|(_, t)| {
            matches!(t.low.as_str(), "not" | "never" | "forbidden" | "prohibited" | "nobody" | "banned" | "no")
        })
        .map(|(i, _)| i)
        .collect();
    let double = negations.windows(2).find(|pair| {
        let between: Vec<&str> = tokens[pair[0] + 1..pair[1]].iter().map(|t| t.low.as_str()).collect();
        let plain = between.iter().any(|word| {
            matches!(
                *word,
                "that"
                    | "which"
                    | "who"
                    | "unless"
                    | "without"
                    | "until"
                    | ","
                    | "if"
                    | "when"
                    | "and"
                    | "or"
                    | ";"
                    | "but"
                    | "except"
                    | "before"
                    | "("
                    | "-"
                    | ":"
                    | "as"
                    | "because"
                    | "since"
            )
        });
        !plain && between.len() < 6
    })?;
    let span = tokens[double[0]].span.start..tokens[double[1]].span.end;
    Some(error(
        "double-negation",
        span,
        "two negations in one clause can be read either way".to_owned(),
        "say it without “not … not”: who may, who must, or who never may",
    ))
}
