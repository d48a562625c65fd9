//! A replay, told: the counts first, then each difference with its conversation.

use serde_json::{Value, json};

use super::{Decision, Difference, Effect, Outcome, Word, compare};
use crate::clock::Timestamp;
use crate::routing::Cause;
use crate::workers::WorkerRef;

/// What a replay found.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    pub routings: usize,
    pub verdicts: usize,
    /// Decisions whose texts were erased.
    pub not_replayable: usize,
    pub differences: Vec<Difference>,
}

impl Report {
    /// Compares two judgements of the same decisions.
    pub fn of(decisions: &[Decision], was: &[Option<Outcome>], now: &[Option<Outcome>]) -> Self {
        let routings = decisions.iter().filter(|decision| matches!(decision.outcome, Outcome::Route(_))).count();
        Self {
            routings,
            verdicts: decisions.len() - routings,
            not_replayable: now.iter().filter(|outcome| outcome.is_none()).count(),
            differences: compare(decisions, was, now),
        }
    }

    pub fn decisions(&self) -> usize {
        self.routings + self.verdicts
    }

    pub fn count(&self, effect: Effect) -> usize {
        self.differences.iter().filter(|difference| difference.effect == effect).count()
    }

    /// What there is of each effect, the looser ones first.
    pub fn counts(&self) -> Vec<(Effect, usize)> {
        Effect::ALL.into_iter().map(|effect| (effect, self.count(effect))).filter(|(_, n)| *n > 0).collect()
    }

    pub fn is_looser(&self) -> bool {
        self.differences.iter().any(|difference| difference.effect.is_looser())
    }

    /// "12 go elsewhere, 3 would skip approval"; "nothing would change" where nothing would.
    pub fn phrase(&self) -> String {
        let told: Vec<String> =
            self.counts().into_iter().map(|(effect, n)| format!("{n} {}", effect.phrase(n != 1))).collect();
        if told.is_empty() { "nothing would change".to_owned() } else { told.join(", ") }
    }

    pub fn to_text(&self, by: &str) -> String {
        let mut out = format!(
            "{} decisions ({} routings, {} verdicts), judged again by {by}: {}.\n",
            self.decisions(),
            self.routings,
            self.verdicts,
            self.phrase()
        );
        for (effect, n) in self.counts() {
            out.push_str(&format!("\n{n} {}\n", effect.phrase(n != 1)));
            for difference in self.differences.iter().filter(|difference| difference.effect == effect) {
                out.push_str(&line(difference));
            }
        }
        if self.not_replayable > 0 {
            out.push_str(&format!(
                "\n{} not replayable: what they were made from was erased; nothing is guessed.\n",
                self.not_replayable
            ));
        }
        out
    }

    /// `directives` is the digest of the set that judged.
    pub fn to_json(&self, directives: &str) -> Value {
        let counts: serde_json::Map<String, Value> =
            Effect::ALL.into_iter().map(|effect| (crate::store::word(&effect), json!(self.count(effect)))).collect();
        let differences: Vec<Value> = self.differences.iter().map(difference_json).collect();
        json!({
            "directives": directives, "decisions": self.decisions(), "routings": self.routings,
            "verdicts": self.verdicts, "not_replayable": self.not_replayable, "counts": counts,
            "differences": differences,
        })
    }
}

fn difference_json(difference: &Difference) -> Value {
    json!({
        "effect": difference.effect, "task": difference.task.to_string(), "action": difference.action,
        "conversation": difference.conversation, "at": stamp(difference.at),
        "was": outcome_json(&difference.was), "now": outcome_json(&difference.now),
    })
}

fn outcome_json(outcome: &Outcome) -> Value {
    let because: Vec<Value> =
        outcome.lines().iter().map(|cause| json!({ "file": cause.file, "line": cause.line })).collect();
    match outcome {
        Outcome::Route(routing) => json!({ "to": routing.to, "priority": routing.priority, "because": because }),
        Outcome::Action(judged) => {
            let by: Vec<&WorkerRef> = judged.needs.iter().flat_map(|need| &need.by).collect();
            json!({ "verdict": judged.verdict, "by": by, "because": because })
        }
    }
}

fn stamp(at: Timestamp) -> String {
    at.to_utc().to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

/// "  T-17 action 3, 2026-11-20T10:02:00Z, T0ACME:C0SUPPORT:1.0: approve (approvals.md:8) → run (approvals.md:7)".
fn line(difference: &Difference) -> String {
    let action = difference.action.map(|id| format!(" action {id}")).unwrap_or_default();
    format!(
        "  {}{action}, {}, {}: {} → {}\n",
        difference.task,
        stamp(difference.at),
        difference.conversation,
        said(&difference.was),
        said(&difference.now)
    )
}

fn said(outcome: &Outcome) -> String {
    let what = match outcome {
        Outcome::Route(routing) => {
            let to: Vec<String> = routing.to.iter().map(ToString::to_string).collect();
            format!("{}, {}", to.join(" or "), crate::store::word(&routing.priority))
        }
        Outcome::Action(judged) => match judged.verdict {
            Word::Run => "run".to_owned(),
            Word::Deny => "deny".to_owned(),
            Word::Approve => {
                let by: Vec<String> = judged.needs.iter().flat_map(|need| &need.by).map(ToString::to_string).collect();
                format!("approve by {}", by.join(", "))
            }
        },
    };
    let lines: Vec<String> = outcome.lines().iter().map(|Cause { file, line, .. }| format!("{file}:{line}")).collect();
    if lines.is_empty() { what } else { format!("{what} ({})", lines.join(", ")) }
}
