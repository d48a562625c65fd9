//! (workflow, entries so far, time) → what starts now, when to look again, and whether it has ended. Pure: the same entries
//! give the same plan, and nothing that has an entry is started again.

use super::{Entry, EntryKind, EntryState};
use crate::clock::{Span, Timestamp};
use crate::directives::language::steps::stems_of;
use crate::directives::rule::IsoDuration;
use crate::directives::workflow::{Recover, Then, Undo, Workflow, WorkflowStep};

/// A piece of work that should start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Start {
    pub kind: EntryKind,
    pub n: u32,
    pub attempt: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Something is under way, or will be.
    Running,
    Finished,
    /// A step failed for good, and what could be undone was.
    Failed {
        n: u32,
        why: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub start: Vec<Start>,
    /// When something is due without anybody doing anything.
    pub wake_at: Option<Timestamp>,
    pub verdict: Verdict,
}

/// Where a step stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// For steps that are not done.
    Waiting,
    /// For its time.
    Later(Timestamp),
    /// Nothing holds it back.
    Ready,
    /// For an approval.
    Gated {
        since: Timestamp,
    },
    Running {
        since: Timestamp,
    },
    /// It failed, and somebody was asked.
    Recovering {
        since: Timestamp,
    },
    /// It failed; this starts next.
    Next(Start),
    /// It failed; it is tried again then.
    RetryAt(Timestamp, Start),
    Done {
        at: Timestamp,
    },
    Skipped {
        at: Timestamp,
    },
    Failed {
        why: String,
    },
}

impl Standing {
    pub fn is_over(&self) -> bool {
        match self {
            Self::Done { .. } | Self::Skipped { .. } => true,
            Self::Waiting
            | Self::Later(_)
            | Self::Ready
            | Self::Gated { .. }
            | Self::Running { .. }
            | Self::Recovering { .. }
            | Self::Next(_)
            | Self::RetryAt(..)
            | Self::Failed { .. } => false,
        }
    }
}

/// What happens next.
pub fn plan(workflow: &Workflow, journal: &[Entry], now: Timestamp) -> Plan {
    let standings: Vec<(&WorkflowStep, Standing)> =
        workflow.steps.iter().map(|step| (step, standing(workflow, step, journal, now))).collect();
    let failed = standings.iter().find_map(|(step, standing)| match standing {
        Standing::Failed { why } => Some((step.n, why.clone())),
        Standing::Waiting
        | Standing::Later(_)
        | Standing::Ready
        | Standing::Gated { .. }
        | Standing::Running { .. }
        | Standing::Recovering { .. }
        | Standing::Next(_)
        | Standing::RetryAt(..)
        | Standing::Done { .. }
        | Standing::Skipped { .. } => None,
    });
    if let Some((n, why)) = failed {
        return after_failure(workflow, journal, n, why);
    }
    if standings.iter().all(|(_, standing)| standing.is_over()) {
        return Plan { start: Vec::new(), wake_at: None, verdict: Verdict::Finished };
    }
    let mut start = Vec::new();
    let mut wake_at: Option<Timestamp> = None;
    for (step, standing) in &standings {
        match standing {
            Standing::Ready => start.push(Start { kind: EntryKind::Step, n: step.n, attempt: 1 }),
            Standing::Next(next) => start.push(*next),
            Standing::RetryAt(at, next) if *at <= now => start.push(*next),
            Standing::Later(at) | Standing::RetryAt(at, _) => {
                wake_at = Some(wake_at.map_or(*at, |known| known.min(*at)))
            }
            Standing::Waiting
            | Standing::Gated { .. }
            | Standing::Running { .. }
            | Standing::Recovering { .. }
            | Standing::Done { .. }
            | Standing::Skipped { .. }
            | Standing::Failed { .. } => {}
        }
    }
    Plan { start, wake_at, verdict: Verdict::Running }
}

/// Where a step stands, by its entries and those of the steps before it.
pub fn standing(workflow: &Workflow, step: &WorkflowStep, journal: &[Entry], now: Timestamp) -> Standing {
    let attempts = of(journal, EntryKind::Step, step.n);
    match attempts.last() {
        None => not_started(workflow, step, journal, now),
        Some(last) => match last.state {
            EntryState::Gated => Standing::Gated { since: last.started },
            EntryState::Given => Standing::Running { since: last.started },
            EntryState::Done => Standing::Done { at: last.ended.unwrap_or(last.started) },
            EntryState::Cancelled => Standing::Failed { why: "It was cancelled.".to_owned() },
            EntryState::Failed => recovering(step, journal, last, now),
        },
    }
}

fn not_started(workflow: &Workflow, step: &WorkflowStep, journal: &[Entry], now: Timestamp) -> Standing {
    let mut latest: Option<Timestamp> = None;
    for n in &step.after {
        let before = workflow.step(*n).map(|before| standing(workflow, before, journal, now));
        match before {
            Some(Standing::Done { at } | Standing::Skipped { at }) => latest = latest.max(Some(at)),
            Some(_) | None => return Standing::Waiting,
        }
    }
    let begun = latest.or_else(|| journal.iter().map(|entry| entry.started).min()).unwrap_or(now);
    match length(step.wait.as_ref()) {
        Some(wait) if begun.plus(wait) > now => Standing::Later(begun.plus(wait)),
        Some(_) | None => Standing::Ready,
    }
}

/// What a failed attempt leads to.
fn recovering(step: &WorkflowStep, journal: &[Entry], last: &Entry, now: Timestamp) -> Standing {
    let why = last.why.clone().unwrap_or_else(|| "It failed.".to_owned());
    let failed = || Standing::Failed { why: why.clone() };
    let at = last.ended.unwrap_or(last.started);
    let Some(recover) = step.recover.as_ref().filter(|recover| is_meant(recover, &why)) else { return failed() };
    let retry = Start { kind: EntryKind::Step, n: step.n, attempt: last.attempt + 1 };
    let help = of(journal, EntryKind::Recovery, step.n).into_iter().find(|entry| entry.attempt == last.attempt);
    match (recover.then, &recover.ask) {
        (Then::Skip, _) => Standing::Skipped { at },
        (Then::Stop, _) => failed(),
        (Then::Retry, None) if last.attempt > recover.times => failed(),
        (Then::Retry, None) => match length(recover.wait.as_ref()) {
            Some(wait) if at.plus(wait) > now => Standing::RetryAt(at.plus(wait), retry),
            Some(_) | None => Standing::Next(retry),
        },
        (Then::Retry | Then::HandOver, Some(_)) => match help {
            None if last.attempt > recover.times => failed(),
            None => Standing::Next(Start { kind: EntryKind::Recovery, n: step.n, attempt: last.attempt }),
            Some(help) => match (help.state, recover.then) {
                (EntryState::Gated | EntryState::Given, _) => Standing::Recovering { since: help.started },
                (EntryState::Done, Then::Retry) => Standing::Next(retry),
                (EntryState::Done, Then::HandOver | Then::Skip | Then::Stop) => {
                    Standing::Done { at: help.ended.unwrap_or(help.started) }
                }
                (EntryState::Failed | EntryState::Cancelled, _) => {
                    let helped = help.why.clone().unwrap_or_default();
                    Standing::Failed { why: format!("{why} {helped}").trim().to_owned() }
                }
            },
        },
        (Then::HandOver, None) => failed(),
    }
}

/// Words that say no more than that something went wrong.
const GENERAL: &[&str] = &[
    "fail", "go", "wrong", "work", "succeed", "happen", "error", "problem", "caus", "becaus", "reason", "left", "be",
    "do", "possibl",
];

/// Whether a failure is the one that the recovery is for: "if no licence is left" is not for a server that is down.
fn is_meant(recover: &Recover, why: &str) -> bool {
    let wanted: Vec<String> =
        stems_of(&recover.when).into_iter().filter(|stem| !GENERAL.contains(&stem.as_str())).collect();
    let told = stems_of(why);
    wanted.is_empty() || wanted.iter().any(|stem| told.contains(stem))
}

/// After a failure for good nothing new starts; what is under way ends; then what was done is undone, the latest first.
fn after_failure(workflow: &Workflow, journal: &[Entry], failed: u32, why: String) -> Plan {
    let running = Plan { start: Vec::new(), wake_at: None, verdict: Verdict::Running };
    if journal.iter().any(Entry::is_open) {
        return running;
    }
    let next = undoing(workflow, journal, failed)
        .into_iter()
        .map(|(n, attempt, _)| Start { kind: EntryKind::Undo, n, attempt })
        .find(|start| {
            !journal.iter().any(|entry| (entry.kind, entry.n, entry.attempt) == (start.kind, start.n, start.attempt))
        });
    match next {
        Some(start) => Plan { start: vec![start], ..running },
        None => Plan { verdict: Verdict::Failed { n: failed, why }, ..running },
    }
}

/// The compensations that a failure of step `failed` calls for, in their order: step, place in the step's list, what is done.
pub fn undoing<'a>(workflow: &'a Workflow, journal: &[Entry], failed: u32) -> Vec<(u32, u32, &'a Undo)> {
    let mut done: Vec<(Timestamp, &WorkflowStep)> = Vec::new();
    for step in &workflow.steps {
        let last = of(journal, EntryKind::Step, step.n).into_iter().rfind(|entry| entry.state == EntryState::Done);
        if let Some(entry) = last {
            done.push((entry.ended.unwrap_or(entry.started), step));
        } else if step.n == failed {
            done.push((Timestamp(i64::MAX), step));
        }
    }
    done.sort_by_key(|(at, step)| (std::cmp::Reverse(*at), std::cmp::Reverse(step.n)));
    let called = |step: &WorkflowStep, undo: &Undo| undo.on == Some(failed) || undo.on.is_none() && step.n != failed;
    done.into_iter()
        .flat_map(|(_, step)| {
            step.undo
                .iter()
                .zip(1_u32..)
                .filter(move |(undo, _)| called(step, undo))
                .map(move |(undo, at)| (step.n, at, undo))
        })
        .collect()
}

fn of(journal: &[Entry], kind: EntryKind, n: u32) -> Vec<&Entry> {
    let mut found: Vec<&Entry> = journal.iter().filter(|entry| entry.kind == kind && entry.n == n).collect();
    found.sort_by_key(|entry| entry.attempt);
    found
}

fn length(iso: Option<&IsoDuration>) -> Option<Span> {
    iso.and_then(IsoDuration::span)
}
