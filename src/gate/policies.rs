//! The company's policies in Rego: the document that they look at, and what they add to what the sentences decided.
//!
//! They only add. A denial takes the place of anything else; a person who is asked for stands beside those whom the sentences
//! name; a policy that failed asks the owner. Nothing here can take away a requirement or turn one into leave.

use serde_json::{Map, Value, json};

use super::judge::Court;
use super::shown::target_of;
use super::{Because, DEFAULT_WITHIN, Decision, Denial, Ground, History, Past, Proposal, Requirement, TaskFacts};
use crate::catalogue::canonical;
use crate::clock::Timestamp;
use crate::directives::matching::people::{position_of, role_of};
use crate::directives::rule::{IsoDuration, Level, Otherwise, Priority};
use crate::directives::{Directives, Origin};
use crate::money::Money;
use crate::policy::{Finding, Objection};
use crate::workers::{Actor, WorkerRef};

/// The version of the document; raised when a field changes its meaning, never when one is added.
const DOCUMENT: u32 = 1;
/// How many look-ups and earlier actions are told, the newest.
const MAX_TOLD: usize = 200;
/// A look-up whose answer is larger than this many bytes is told without it.
const MAX_RESULT_BYTES: usize = 8 * 1024;

/// What the policies make of a decision that is no denial.
pub(super) fn tighten(
    court: &mut Court<'_>,
    autonomy: Level,
    decided: (Decision, Vec<Because>),
) -> (Decision, Vec<Because>) {
    if court.directives.policies.is_empty() {
        return decided;
    }
    let (decision, because) = decided;
    let findings = court.directives.policies.judge(&document(court, autonomy, &decision, &because));
    let denials: Vec<(&Finding, &String)> = findings
        .iter()
        .filter_map(|finding| match &finding.says {
            Objection::Deny { reason } => Some((finding, reason)),
            Objection::Ask { .. } | Objection::Failed { .. } => None,
        })
        .collect();
    if let Some((_, first)) = denials.first() {
        let denial = Denial { ground: Ground::Policy, reason: format!("A policy forbids this: {first}") };
        let because = denials.iter().map(|(finding, reason)| cited(finding, (*reason).clone())).collect();
        return (Decision::Deny(denial), because);
    }
    let mut asks = Vec::new();
    let mut asked = Vec::new();
    for finding in &findings {
        if let Some((requirement, says)) = requirement(court, finding) {
            asks.push(requirement);
            asked.push(cited(finding, says));
        }
    }
    match (decision, asks.is_empty()) {
        (decision, true) => (decision, because),
        (Decision::Approve(mut needs), false) => {
            needs.extend(asks);
            (Decision::Approve(needs), because.into_iter().chain(asked).collect())
        }
        (Decision::Run, false) => (Decision::Approve(asks), asked),
        (Decision::Deny(denial), false) => (Decision::Deny(denial), because),
    }
}

fn requirement(court: &mut Court<'_>, finding: &Finding) -> Option<(Requirement, String)> {
    match &finding.says {
        Objection::Deny { .. } => None,
        Objection::Ask { reason, by, count, within } => {
            let span = within.as_ref().map_or(Some(DEFAULT_WITHIN), |text| IsoDuration(text.clone()).span());
            if span.is_none() {
                court.warnings.push(format!("{}: its time limit is unreadable; one day is taken.", finding.file));
            }
            let by = if by.is_empty() { vec![WorkerRef::Owner] } else { by.clone() };
            let within = span.unwrap_or(DEFAULT_WITHIN);
            let origin = Some(origin(finding, reason));
            let need = Requirement { by, count: *count, within, otherwise: Otherwise::Deny, confirm: None, origin };
            Some((need, reason.clone()))
        }
        Objection::Failed { why } => {
            let says = format!("{} could not be evaluated ({why}), so the owner is asked.", finding.file);
            court.warnings.push(says.clone());
            let origin = Some(origin(finding, &says));
            let by = vec![WorkerRef::Owner];
            let need =
                Requirement { by, count: 1, within: DEFAULT_WITHIN, otherwise: Otherwise::Deny, confirm: None, origin };
            Some((need, says))
        }
    }
}

fn cited(finding: &Finding, says: String) -> Because {
    Because { origin: Some(origin(finding, &says)), says }
}

/// The line of a rule in Rego tells people nothing; what it says does.
fn origin(finding: &Finding, says: &str) -> Origin {
    Origin { file: finding.file.clone(), line: finding.line, column: 1, text: says.to_owned() }
}

/// The document that the policies would look at for this call: for those who write them, and for their tests.
pub fn policy_document(
    proposal: &Proposal,
    facts: &TaskFacts,
    directives: &Directives,
    history: &History,
    now: Timestamp,
) -> Value {
    super::judge::with_court(proposal, facts, directives, history, now, |court, autonomy| {
        let (decision, because) = court.sentences();
        document(court, autonomy, &decision, &because)
    })
}

/// The input document of `docs/policies.md`. Every key is always there; what nobody knows is `null`.
fn document(court: &Court<'_>, autonomy: Level, decision: &Decision, because: &[Because]) -> Value {
    let lines: Vec<Value> = because
        .iter()
        .filter_map(|because| because.origin.as_ref())
        .map(|origin| json!({"file": origin.file, "line": origin.line}))
        .collect();
    json!({
        "document": DOCUMENT,
        "now": moment(court),
        "action": action(court),
        "worker": worker(court, autonomy),
        "requester": requester(court),
        "chain": court.proposal.actor.0.iter().map(link).collect::<Vec<_>>(),
        "task": task(court),
        "history": history(court),
        "sentences": {"verdict": decision.word(), "because": lines},
    })
}

fn moment(court: &Court<'_>) -> Value {
    use chrono::{Datelike as _, Timelike as _};
    let zone: chrono_tz::Tz = court.directives.roster.timezone.parse().unwrap_or(chrono_tz::Tz::UTC);
    let utc = court.now.to_utc();
    let local = utc.with_timezone(&zone);
    json!({
        "ns": nanoseconds(court.now),
        "utc": utc.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        "local": local.to_rfc3339_opts(chrono::SecondsFormat::Secs, true),
        "timezone": zone.name(),
        "date": local.date_naive().to_string(),
        "weekday": local.weekday().to_string(),
        "hour": local.hour(),
        "minute": local.minute(),
    })
}

/// Rego counts time in nanoseconds since 1970.
fn nanoseconds(at: Timestamp) -> i64 {
    at.0.saturating_mul(1_000)
}

fn action(court: &Court<'_>) -> Value {
    let proposal = court.proposal;
    let tool = court.directives.catalogue.get(&proposal.tool);
    let schema = tool.map(|tool| &tool.binding.input_schema);
    let target = target_of(&proposal.arguments, schema).map(|(kind, value)| json!({"kind": kind, "value": value}));
    json!({
        "tool": proposal.tool,
        "server": proposal.tool.server(),
        "name": proposal.tool.local(),
        "class": tool.map(|tool| tool.binding.class),
        "arguments": proposal.arguments,
        "amount": court.amount.as_ref().map(amount),
        "target": target,
        "customer": court.whose.customer,
    })
}

/// In units of the currency: 450 for $450.00.
fn amount(money: &Money) -> Value {
    let units = Money::MICROS_PER_UNIT;
    let value = if money.micros % units == 0 {
        json!(money.micros / units)
    } else {
        #[allow(
            clippy::cast_precision_loss,
            reason = "amounts below nine thousand million units are exact to the cent"
        )]
        let value = money.micros as f64 / units as f64;
        json!(value)
    };
    json!({"value": value, "currency": money.currency.0, "text": money.to_string()})
}

fn worker(court: &Court<'_>, autonomy: Level) -> Value {
    let roster = &court.directives.roster;
    let who = &court.proposal.worker;
    let position = position_of(roster, who);
    let role = role_of(roster, who);
    json!({
        "worker": who,
        "name": position.map(|position| &position.name),
        "position": position.map(|position| &position.id),
        "role": role.map(|role| &role.id),
        "team": role.and_then(|role| role.team.as_ref()),
        "owner": role.map(|role| &role.owner),
        "driver": position.map(|position| position.driver),
        "autonomy": autonomy,
    })
}

fn requester(court: &Court<'_>) -> Value {
    let Some(requester) = &court.proposal.requester else { return Value::Null };
    let roster = &court.directives.roster;
    let handle = requester.handle.as_ref();
    let teams = roster.teams.values().filter(|team| handle.is_some_and(|handle| team.members.contains(handle)));
    let seats = roster.positions.values().filter(|seat| handle.is_some() && seat.person.as_ref() == handle);
    let manager = handle.and_then(|handle| roster.people.get(handle)).and_then(|person| person.reports_to.as_ref());
    json!({
        "handle": handle,
        "account": requester.account.as_ref().map(|account| format!("{}:{}", account.team, account.user)),
        "teams": teams.map(|team| &team.id).collect::<Vec<_>>(),
        "roles": seats.map(|seat| &seat.role).collect::<Vec<_>>(),
        "manager": manager,
    })
}

fn link(actor: &Actor) -> String {
    match actor {
        Actor::Human(user) => format!("human:{}:{}", user.team, user.user),
        Actor::Schedule(key) => format!("schedule:{key}"),
        Actor::Webhook(name) => format!("webhook:{name}"),
        Actor::Agent(id) => format!("agent:{id}"),
    }
}

fn task(court: &Court<'_>) -> Value {
    let facts = court.facts;
    let newest = facts.looked_up.len().saturating_sub(MAX_TOLD);
    let looked: Vec<Value> = facts.looked_up[newest..]
        .iter()
        .map(|looked| {
            let small = canonical::to_canonical(&looked.result).len() <= MAX_RESULT_BYTES;
            json!({
                "tool": looked.tool,
                "arguments": looked.arguments,
                "result": small.then_some(&looked.result),
                "ns": nanoseconds(looked.at),
            })
        })
        .collect();
    let segments: Map<String, Value> =
        facts.segments.iter().map(|(name, holds)| (name.clone(), json!(holds))).collect();
    json!({
        "id": facts.task,
        "text": facts.text,
        "channel": facts.channel,
        "source": facts.source.clone().map(String::from),
        "priority": facts.priority.map(word),
        "topics": facts.topics,
        "segments": segments,
        "failed_times": facts.failed_times,
        "unsure": facts.unsure,
        "looked_up": looked,
    })
}

fn word(priority: Priority) -> Value {
    serde_json::to_value(priority).unwrap_or(Value::Null)
}

fn history(court: &Court<'_>) -> Value {
    let History::Known(past) = court.history else { return Value::Null };
    let newest = past.len().saturating_sub(MAX_TOLD);
    let told: Vec<Value> = past[newest..].iter().map(earlier).collect();
    json!({"complete": newest == 0, "actions": told})
}

fn earlier(past: &Past) -> Value {
    json!({
        "tool": past.tool,
        "requester": past.requester,
        "worker": past.worker,
        "customer": past.customer,
        "target": past.target,
        "amount": past.amount.as_ref().map(amount),
        "ns": nanoseconds(past.at),
    })
}
